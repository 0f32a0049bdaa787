"""The public transforms: arguments and objects, no algorithm.

`grad`, `value_and_grad`, `vjp`, `jvp`, `hvp` and the Jacobians make a callable (`request`) that derives for each combination of
argument types when it is first called with them.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

import numba

from ..runtime.dispatch import Specialised
from ..runtime.trees import packed
from . import pipeline
from .pullback import Pullback, pulled, pushed
from .reading.source import arguments_of
from .request import Argnums, Outputs, requested
from .show import WengertList


@overload
def grad(
    f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, outputs: Outputs = (), into: bool = False,
    **numba_options: Any,
) -> Specialised: ...
@overload
def grad(
    f: None = None, argnums: Argnums = 0, has_aux: bool = False, outputs: Outputs = (), into: bool = False,
    **numba_options: Any,
) -> Callable[[Callable[..., Any]], Specialised]: ...
def grad(
    f: Any = None, argnums: Argnums = 0, has_aux: bool = False, outputs: Outputs = (), into: bool = False, **numba_options: Any
) -> Any:
    """The gradient of a scalar function: ``g(*args)`` has the shape and dtype of the argument, and its structure where that is a
    tuple or a namedtuple.

    `argnums` is the position or the name of the argument to differentiate, or a tuple of them (then the result is a tuple).
    With `has_aux` the function returns two values, of which the first is differentiated: the result is ``(gradient, aux)``.
    `outputs` names array arguments whose final contents are results, for functions that write into what they are given: they count
    as if they were returned, behind what the function returns.  (The caller's array is not written to.)
    With `into` the result takes buffers, ``g(*args, into=b)``: arrays like those of the gradient, which it is written to (None in
    the place of one: it is made).
    Works as a decorator with and without arguments; `numba_options` go to ``@njit``.

    >>> @grad
    ... def cube(x):
    ...     return x * x * x
    >>> cube(2.0)
    12.0

    Raises UnsupportedError where the function uses what cannot be differentiated, NotDifferentiableError (a TypeError) for an
    integer argument or a result that is not one number.  (Griewank & Walther, chapter 3.)
    """
    return _transform("grad", f, argnums, numba_options, has_aux, outputs, into)


@overload
def value_and_grad(
    f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, outputs: Outputs = (), into: bool = False,
    **numba_options: Any,
) -> Specialised: ...
@overload
def value_and_grad(
    f: None = None, argnums: Argnums = 0, has_aux: bool = False, outputs: Outputs = (), into: bool = False,
    **numba_options: Any,
) -> Callable[[Callable[..., Any]], Specialised]: ...
def value_and_grad(
    f: Any = None, argnums: Argnums = 0, has_aux: bool = False, outputs: Outputs = (), into: bool = False, **numba_options: Any
) -> Any:
    """``(value, gradient)`` in one call: the order that ``scipy.optimize.minimize(..., jac=True)`` takes.

    Parameters as for `grad`, with `has_aux` the result is ``((value, aux), gradient)``; the value is the primal's, bit for bit.

    >>> def cube(x):
    ...     return x * x * x
    >>> value_and_grad(cube)(2.0)
    (8.0, 12.0)
    """
    return _transform("value_and_grad", f, argnums, numba_options, has_aux, outputs, into)


@overload
def vjp(f: Callable[..., Any], /, *, outputs: Outputs = (), into: bool = False, **numba_options: Any) -> Specialised: ...
@overload
def vjp(f: Callable[..., Any], x: Any, /, *primals: Any, outputs: Outputs = (), **numba_options: Any) -> tuple[Any, Pullback]: ...
def vjp(f: Callable[..., Any], /, *primals: Any, outputs: Outputs = (), into: bool = False, **numba_options: Any) -> Any:
    """The vector-Jacobian product, compiled: ``(primals, y_bar) -> (y, primals_bar)``.

    `primals` is the tuple of all arguments; `y_bar` has the structure of the result; `primals_bar` has one item for each
    argument, None for those that are not floats.

    >>> def product(x, y):
    ...     return x * y
    >>> vjp(product)((2.0, 3.0), 1.0)
    (6.0, (3.0, 2.0))

    Given the primals as well, ``vjp(f, *primals)`` is ``(y, pullback)`` (from Python only), where ``pullback(y_bar)`` is
    `primals_bar`, as often as wanted and whatever becomes of the primals: it has copies of them, and runs the function again,
    with the random numbers that y was computed from.

    >>> y, pullback = vjp(product, 2.0, 3.0)
    >>> y, pullback(1.0), pullback(10.0)
    (6.0, (3.0, 2.0), (30.0, 20.0))
    """
    if primals and into:
        raise TypeError("into: a pullback makes its results; buffers are for the compiled form, vjp(f, into=True)")
    request = requested("vjp", f, None, numba_options, outputs=outputs, into=into)
    return pulled(request, primals) if primals else request.make()


@overload
def jvp(f: Callable[..., Any], *, outputs: Outputs = (), **numba_options: Any) -> Specialised: ...
@overload
def jvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], *, outputs: Outputs = (), **numba_options: Any
) -> tuple[Any, Any]: ...
def jvp(f: Callable[..., Any], primals: Any = None, tangents: Any = None, *, outputs: Outputs = (), **numba_options: Any) -> Any:
    """The Jacobian-vector product, compiled: ``(primals, tangents) -> (y, y_dot)``.

    `tangents` has one item for each argument; None stands for one that does not move.  Given both, ``jvp(f, primals, tangents)``
    is ``(y, y_dot)`` at once (from Python only).

    >>> def product(x, y):
    ...     return x * y
    >>> jvp(product)((2.0, 3.0), (1.0, None))
    (6.0, 3.0)
    >>> jvp(product, (2.0, 3.0), (1.0, None))
    (6.0, 3.0)
    """
    request = requested("jvp", f, None, numba_options, outputs=outputs)
    if primals is None and tangents is None:
        return request.make()
    return pushed(request, primals, tangents)


def jacfwd(f: Callable[..., Any], argnums: Argnums = 0, outputs: Outputs = (), **numba_options: Any) -> Specialised:
    """The dense Jacobian by forward mode, the axes of the result first: one sweep for each number that goes in.

    A result that is a tuple gives a tuple of Jacobians, and so does `argnums` within it, or an argument that is a tuple.

    >>> import numpy as np
    >>> def powers(x):
    ...     return np.array([x, x * x, x * x * x])
    >>> jacfwd(powers)(2.0)
    array([ 1.,  4., 12.])
    """
    return requested("jacfwd", f, argnums, numba_options, outputs=outputs).make()


def jacrev(f: Callable[..., Any], argnums: Argnums = 0, outputs: Outputs = (), **numba_options: Any) -> Specialised:
    """The dense Jacobian by reverse mode, the axes of the result first: one sweep for each number that comes out.

    >>> import numpy as np
    >>> def line(x):
    ...     return x[0] * x[1], x[1]
    >>> jacrev(line)(np.array([2.0, 3.0]))
    (array([3., 2.]), array([0., 1.]))
    """
    return requested("jacrev", f, argnums, numba_options, outputs=outputs).make()


def jacobian(f: Callable[..., Any], argnums: Argnums = 0, outputs: Outputs = (), **numba_options: Any) -> Specialised:
    """The dense Jacobian, the axes of the result first, by the mode that takes fewer sweeps.

    >>> import numpy as np
    >>> def squares(x):
    ...     return x * x
    >>> jacobian(squares)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return requested("jacobian", f, argnums, numba_options, outputs=outputs).make()


def hessian(f: Callable[..., Any], argnums: Argnums = 0, outputs: Outputs = (), **numba_options: Any) -> Specialised:
    """The dense matrix of second derivatives of a scalar function: forward mode over reverse mode.

    >>> import numpy as np
    >>> def saddle(x):
    ...     return x[0] * x[1]
    >>> hessian(saddle)(np.array([1.0, 2.0]))
    array([[0., 1.],
           [1., 0.]])
    """
    return requested("hessian", f, argnums, numba_options, outputs=outputs).make()


def hvp(f: Callable[..., Any], argnums: Argnums = 0, outputs: Outputs = (), **numba_options: Any) -> Specialised:
    """The Hessian-vector product of a scalar function: ``h(args[0], v, *args[1:])``, as ``scipy.optimize``'s ``hessp=``.

    `v` is structured like the gradient; forward mode over reverse mode (Pearlmutter 1994).

    >>> def cube(x):
    ...     return x * x * x
    >>> hvp(cube)(2.0, 1.0)
    12.0
    """
    return requested("hvp", f, argnums, numba_options, outputs=outputs).make()


def _transform(kind: str, f: Any, *rest: Any) -> Any:
    """The transform of f, or without f a decorator."""
    if f is None:
        return lambda function: requested(kind, function, *rest).make()
    return requested(kind, f, *rest).make()


def wengert(f: Callable[..., Any], *args: Any, **kwargs: Any) -> WengertList:
    """The Wengert list of `f` for such arguments: printable, typed, linked to the source lines.

    >>> def square(x):
    ...     return x * x
    >>> print(wengert(square, 3.0))
    square(x: float64)           # 1  def square(x):
      v1 = x            float64
      v2 = v1 * v1      float64  # 2  return x * x
      return v2                  # 2
    """
    return WengertList(pipeline.wengert_list(f, tuple(map(numba.typeof, packed(tuple(arguments_of(f, args, kwargs)))))))
