"""The public transforms: arguments and objects, no algorithm.

`grad`, `value_and_grad`, `vjp`, `jvp` and `hvp` make a callable that asks `pipeline` for the source of each combination of argument
types when it is first called with them (`runtime.dispatch`).
"""
from __future__ import annotations

import hashlib
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numba
import numpy as np

from ..runtime.build import Generated
from ..runtime.cache import stamp
from ..runtime.dispatch import Specialised, make_template, make_transformed
from . import fence, pipeline
from .errors import TransformError, UnsupportedError
from .fingerprint import fingerprint, fingerprint_of_type
from .interface import Packed, ParameterKind, direction_name
from .nesting import result_of
from .pickling import packed, unpacked
from .show import WengertList
from .source import EMPTY, Lifted, arguments_of, head, is_transformed, python_function, read, signature_with
from .structure import Structure, mapped
from .userrules import declared

Argnums = int | str | Sequence[int | str]

_STAMP = stamp(Path(__file__).parent)


@dataclass(frozen=True)
class Request:
    """A transform of a function: what is pickled, and what generates source."""

    kind: str
    primal: Any
    argnums: int | tuple[int, ...] | None
    options: tuple[tuple[str, object], ...]
    has_aux: bool = False

    @property
    def name(self) -> str:
        nested = isinstance(self.primal, Lifted) or is_transformed(self.primal)
        return f"{head(self.primal).name if nested else python_function(self.primal).__name__}_{self.kind}"

    def key(self, argtypes: tuple[Any, ...]) -> str | None:
        found = self.fingerprint()
        given = tuple(map(fingerprint_of_type, argtypes))
        if found is None or None in given:
            return None
        parts = (found, given, declared(), _STAMP, numba.__version__, np.__version__)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]

    def generate(self, argtypes: tuple[Any, ...]) -> Generated:
        written = pipeline.write(self.product(argtypes), dict(self.options))
        return Generated(written.entry, written.text, written.injected)

    def __reduce__(self) -> tuple[Callable[..., Request], tuple[object, ...]]:
        return _request, (self.kind, packed(self.primal), self.argnums, self.options, self.has_aux)

    def fingerprint(self) -> str | None:
        """What tells this transform from others, for the keys of functions that call it."""
        found = fingerprint(self.primal)
        return None if found is None else repr((self.kind, self.argnums, self.options, self.has_aux, found))

    def outline(self, inputs: tuple[Structure, ...], around: frozenset[object]) -> Structure:
        """The structure of the result for arguments of these structures, called in the text of the functions `around`."""
        if self.kind in ("vjp", "jvp"):
            given = inputs[0] if isinstance(inputs[0], tuple) else ()
            output = pipeline.outline(self.primal, given, around)
            return output, (tuple(given) if self.kind == "vjp" else output)
        own = (inputs[0], *inputs[2:]) if self.kind == "hvp" else inputs
        assert self.argnums is not None
        slots: Structure = own[self.argnums] if isinstance(self.argnums, int) else tuple(own[k] for k in self.argnums)
        output = pipeline.outline(self.primal, own, around) if self.has_aux else 0
        if self.kind in ("jacfwd", "jacrev", "jacobian"):
            output = pipeline.outline(self.primal, own, around)
        if self.kind in ("jacfwd", "jacrev", "jacobian", "hessian"):
            found: Structure = mapped(lambda leaf: None if leaf is None else slots, slots if self.kind == "hessian" else output)
            return found
        if self.kind == "value_and_grad":
            return output, slots
        return (slots, output[1]) if isinstance(output, tuple) and len(output) == 2 else slots

    def result_type(self, packed: Packed, argtypes: tuple[Any, ...]) -> Any:
        return result_of(packed, argtypes)

    def product(self, argtypes: tuple[Any, ...]) -> Packed:
        fastmath = bool(dict(self.options).get("fastmath"))
        match self.kind:
            case "grad" | "value_and_grad":
                assert self.argnums is not None
                with_value = self.kind == "value_and_grad"
                return pipeline.gradient(self.primal, argtypes, self.argnums, with_value, self.has_aux, fastmath)
            case "jacfwd" | "jacrev" | "jacobian":
                assert self.argnums is not None
                return pipeline.jacobian(self.primal, argtypes, self.argnums, self.kind, fastmath)
            case "hessian":
                assert self.argnums is not None
                return pipeline.hessian(Request("grad", self.primal, self.argnums, ()).make(), argtypes, self.argnums)
            case "hvp":
                assert self.argnums is not None
                return pipeline.hessian_vector(self.primal, argtypes, self.argnums, fastmath)
            case "vjp":
                return pipeline.vector_jacobian(self.primal, argtypes, fastmath)
            case _:
                return pipeline.jacobian_vector(self.primal, argtypes)

    def make(self) -> Specialised:
        """The transformed callable."""
        if not isinstance(self.primal, Lifted) and not is_transformed(self.primal):
            fence.check_parameters(read(self.primal), self.kind == "hvp")
        source = head(self.primal)
        required: tuple[ParameterKind, object] = "plain", EMPTY
        match self.kind:
            case "vjp":
                params = {"primals": required, "y_bar": required}
            case "jvp":
                params = {"primals": required, "tangents": required}
            case "hvp":
                first, *rest = source.parameters.items()
                params = {first[0]: required, direction_name(source.params): required, **dict(rest)}
            case _:
                params = source.parameters
        template = make_template(self.name, signature_with(params), source.doc, source.module)
        return make_transformed(template, self, self.primal, dict(self.options), self)


def _request(kind: str, primal: Any, argnums: Any, options: tuple[tuple[str, object], ...], has_aux: bool) -> Request:
    return Request(kind, unpacked(primal), argnums, options, has_aux)


# ---- transforms -------------------------------------------------------------------------------------------------------


@overload
def grad(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, **numba_options: Any) -> Specialised: ...
@overload
def grad(
    f: None = None, argnums: Argnums = 0, has_aux: bool = False, **numba_options: Any
) -> Callable[[Callable[..., Any]], Specialised]: ...
def grad(f: Any = None, argnums: Argnums = 0, has_aux: bool = False, **numba_options: Any) -> Any:
    """The gradient of a scalar function: ``g(*args)`` has the shape and dtype of the argument, and its structure where that is a
    tuple or a namedtuple.

    `argnums` is the position or the name of the argument to differentiate, or a tuple of them (then the result is a tuple).
    With `has_aux` the function returns two values, of which the first is differentiated: the result is ``(gradient, aux)``.
    Works as a decorator with and without arguments; `numba_options` go to ``@njit``.

    >>> @grad
    ... def cube(x):
    ...     return x * x * x
    >>> cube(2.0)
    12.0

    Raises UnsupportedError where the function uses what cannot be differentiated, NotDifferentiableError (a TypeError) for an
    integer argument or a result that is not one number.  (Griewank & Walther, chapter 3.)
    """
    return _transform("grad", f, argnums, numba_options, has_aux)


@overload
def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, **numba_options: Any) -> Specialised: ...
@overload
def value_and_grad(
    f: None = None, argnums: Argnums = 0, has_aux: bool = False, **numba_options: Any
) -> Callable[[Callable[..., Any]], Specialised]: ...
def value_and_grad(f: Any = None, argnums: Argnums = 0, has_aux: bool = False, **numba_options: Any) -> Any:
    """``(value, gradient)`` in one call: the order that ``scipy.optimize.minimize(..., jac=True)`` takes.

    Parameters as for `grad`, with `has_aux` the result is ``((value, aux), gradient)``; the value is the primal's, bit for bit.

    >>> def cube(x):
    ...     return x * x * x
    >>> value_and_grad(cube)(2.0)
    (8.0, 12.0)
    """
    return _transform("value_and_grad", f, argnums, numba_options, has_aux)


def vjp(f: Callable[..., Any], *primals: Any, **numba_options: Any) -> Specialised:
    """The vector-Jacobian product, compiled: ``(primals, y_bar) -> (y, primals_bar)``.

    `primals` is the tuple of all arguments; `y_bar` has the structure of the result; `primals_bar` has one item for each
    argument, None for those that are not floats.

    >>> def product(x, y):
    ...     return x * y
    >>> vjp(product)((2.0, 3.0), 1.0)
    (6.0, (3.0, 2.0))
    """
    if primals:
        raise UnsupportedError(
            "vjp takes the function alone", reason="`vjp(f, x, ...)`, which returns a pullback, is not supported",
            remedy="call the result: `y, primals_bar = vjp(f)((x, ...), y_bar)`",
        )  # fmt: skip
    return _made("vjp", f, None, numba_options)


def jvp(f: Callable[..., Any], *primals_and_tangents: Any, **numba_options: Any) -> Specialised:
    """The Jacobian-vector product, compiled: ``(primals, tangents) -> (y, y_dot)``.

    `tangents` has one item for each argument; None stands for one that does not move.

    >>> def product(x, y):
    ...     return x * y
    >>> jvp(product)((2.0, 3.0), (1.0, None))
    (6.0, 3.0)
    """
    if primals_and_tangents:
        raise UnsupportedError(
            "jvp takes the function alone", reason="`jvp(f, primals, tangents)`, which calls at once, is not supported",
            remedy="call the result: `y, y_dot = jvp(f)((x, ...), (x_dot, ...))`",
        )  # fmt: skip
    return _made("jvp", f, None, numba_options)


def jacfwd(f: Callable[..., Any], argnums: Argnums = 0, **numba_options: Any) -> Specialised:
    """The dense Jacobian by forward mode, the axes of the result first: one sweep for each number that goes in.

    A result that is a tuple gives a tuple of Jacobians, and so does `argnums` within it, or an argument that is a tuple.

    >>> import numpy as np
    >>> def powers(x):
    ...     return np.array([x, x * x, x * x * x])
    >>> jacfwd(powers)(2.0)
    array([ 1.,  4., 12.])
    """
    return _made("jacfwd", f, argnums, numba_options)


def jacrev(f: Callable[..., Any], argnums: Argnums = 0, **numba_options: Any) -> Specialised:
    """The dense Jacobian by reverse mode, the axes of the result first: one sweep for each number that comes out.

    >>> import numpy as np
    >>> def line(x):
    ...     return x[0] * x[1], x[1]
    >>> jacrev(line)(np.array([2.0, 3.0]))
    (array([3., 2.]), array([0., 1.]))
    """
    return _made("jacrev", f, argnums, numba_options)


def jacobian(f: Callable[..., Any], argnums: Argnums = 0, **numba_options: Any) -> Specialised:
    """The dense Jacobian, the axes of the result first, by the mode that takes fewer sweeps.

    >>> import numpy as np
    >>> def squares(x):
    ...     return x * x
    >>> jacobian(squares)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return _made("jacobian", f, argnums, numba_options)


def hessian(f: Callable[..., Any], argnums: Argnums = 0, **numba_options: Any) -> Specialised:
    """The dense matrix of second derivatives of a scalar function: forward mode over reverse mode.

    >>> import numpy as np
    >>> def saddle(x):
    ...     return x[0] * x[1]
    >>> hessian(saddle)(np.array([1.0, 2.0]))
    array([[0., 1.],
           [1., 0.]])
    """
    return _made("hessian", f, argnums, numba_options)


def hvp(f: Callable[..., Any], argnums: Argnums = 0, **numba_options: Any) -> Specialised:
    """The Hessian-vector product of a scalar function: ``h(args[0], v, *args[1:])``, as ``scipy.optimize``'s ``hessp=``.

    `v` is structured like the gradient; forward mode over reverse mode (Pearlmutter 1994).

    >>> def cube(x):
    ...     return x * x * x
    >>> hvp(cube)(2.0, 1.0)
    12.0
    """
    return _made("hvp", f, argnums, numba_options)


def _made(kind: str, f: Any, argnums: Argnums | None, options: Mapping[str, object], has_aux: bool = False) -> Specialised:
    positions = None if argnums is None else _positions(f, argnums)
    return Request(kind, f, positions, _checked(options), has_aux).make()


_OPTIONS = {"boundscheck", "cache", "error_model", "fastmath", "forceinline", "inline", "nogil", "parallel"}


_KEEPS_NAN = ("afn", "arcp", "contract", "nsz", "reassoc")
"""LLVM's fast-math flags without nnan and ninf: those make NaN and Inf undefined, which a user has to ask for by name."""


def _checked(options: Mapping[str, object]) -> tuple[tuple[str, object], ...]:
    """Options of `@njit` in a fixed order."""
    for name in options:
        if name not in _OPTIONS:
            raise TypeError(f"`{name}` is not an option of numba.njit that derivatives take: {', '.join(sorted(_OPTIONS))}")
    given = sorted(({**options, "fastmath": _KEEPS_NAN} if options.get("fastmath") is True else options).items())
    return tuple((k, tuple(sorted(v)) if isinstance(v, set | frozenset) else v) for k, v in given)


def _transform(kind: str, f: Any, argnums: Argnums | None, options: Mapping[str, object], has_aux: bool) -> Any:
    if f is None:
        return lambda function: _made(kind, function, argnums, options, has_aux)
    return _made(kind, f, argnums, options, has_aux)


def _positions(f: Any, argnums: Argnums) -> int | tuple[int, ...]:
    if isinstance(argnums, Sequence) and not isinstance(argnums, str):
        if not argnums:
            raise TypeError("argnums is empty: name at least one argument")
        positions = tuple(_position(f, item) for item in argnums)
        if len(set(positions)) < len(positions):
            raise TypeError("argnums names an argument twice")
        return positions
    return _position(f, argnums)


def _position(f: Any, argnum: int | str) -> int:
    params = head(f).params
    if isinstance(argnum, str):
        if argnum not in params:
            raise TransformError(f"`{head(f).name}` has no argument `{argnum}`", reason=f"it has {', '.join(params)}")
        return params.index(argnum)
    if isinstance(argnum, bool) or not hasattr(argnum, "__index__") or isinstance(argnum, np.ndarray):
        raise TypeError(
            f"argnums takes positions or names, not a {type(argnum).__name__}: the arguments of f go to the result, grad(f)(x)"
        )
    argnum = operator.index(argnum)
    if not -len(params) <= argnum < len(params):
        raise TransformError(f"`{head(f).name}` has no argument {argnum}", reason=f"it has {len(params)}: {', '.join(params)}")
    return argnum % len(params)


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
    return WengertList(pipeline.wengert_list(f, tuple(map(numba.typeof, arguments_of(f, args, kwargs)))))
