"""`vjp(f, *primals)` and `jvp(f, primals, tangents)`: the forms that are given their arguments at once.

In: a transform of a function, and values of Python.  Out: the result, and for `vjp` a `Pullback`.

A pullback has copies of the arguments and, if the function draws random numbers, the state that they were drawn from; nothing is
recorded between the two.  It runs the function again for each cotangent: without printing, and with the draws that belong to y.
Its text is made when it is, so it is the derivative of what was computed, whatever becomes of globals meanwhile.  Modules are
found again by what they mean (`runtime.build`): in a loop nothing is derived or compiled twice.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numba.core import errors
from numba.core.dispatcher import Dispatcher
from numba.core.typing.typeof import Purpose, typeof

from ..runtime.build import Built, build
from ..runtime.check import check_seed
from ..runtime.dispatch import compiled
from ..runtime.trees import node_of, packed, restored
from .errors import TransformError
from .reading.source import head
from .request import Request
from .structure import has_other_keys, kind_in, rebuilt, structured, unstructured, ways


def pulled(request: Request, primals: tuple[Any, ...]) -> tuple[Any, Pullback]:
    """(y, pullback); the request is that of `vjp`."""
    name = head(request.checked().primal).name
    given = packed(primals)
    owned = tuple(map(_owned, given))
    y, state = _built(request.of_kind("value"), name, given).function(given)    # refuses what shares memory, which no copies do
    return restored(y), Pullback(request.of_kind("pullback"), name, owned, state, y)


def pushed(request: Request, primals: Iterable[Any], tangents: Iterable[Any]) -> tuple[Any, Any]:
    """(y, y_dot); the request is that of `jvp`."""
    given = packed(_tuple(primals, "primals")), packed(_tuple(tangents, "tangents"))
    found: tuple[Any, Any] = restored(_built(request, head(request.checked().primal).name, given[0], given[1]).function(*given))
    return found


class Pullback:
    """`pullback(y_bar)` gives one adjoint for each primal, None for those that are not floats; as often as wanted.

    `y_bar` has the structure and the shape of y; None stands for what is no float."""

    def __init__(self, request: Request, name: str, primals: tuple[Any, ...], state: Any, y: Any) -> None:
        self._name, self._primals, self._state = name, primals, state
        self._y = structured(_outline(y))
        seed = unstructured(_seeded(self._y, _ones(self._y), "y_bar", name))
        self._built = _built(request, name, primals, state, seed)

    def __call__(self, y_bar: Any) -> tuple[Any, ...]:
        seed = unstructured(_seeded(self._y, packed(y_bar), "y_bar", self._name))
        found: tuple[Any, ...] = restored(self._built.function(self._primals, self._state, seed))
        return found

    @property
    def source(self) -> str:
        """The generated Python, a complete module."""
        return self._built.text

    def __repr__(self) -> str:
        return f"<wengert pullback of {self._name}>"


def _built(request: Request, name: str, *args: Any) -> Built:
    argtypes = tuple(_type(name, value) for value in args)
    built = build(request, argtypes)
    if isinstance(built.function, Dispatcher):          # (else it is run as Python)
        compiled(built.function, built, argtypes)
    return built


def _type(name: str, value: Any) -> Any:
    try:
        found = typeof(value, Purpose.argument)
    except (errors.NumbaValueError, ValueError):
        found = None
    if found is not None:
        return found
    if isinstance(value, tuple):
        for item in value:
            _type(name, item)
    raise TypeError(f"{name}: Numba has no type for an argument, a {type(value).__name__}")


def _tuple(values: Iterable[Any], name: str) -> tuple[Any, ...]:
    if not isinstance(values, tuple | list):
        raise TypeError(f"`{name}` must be a tuple with one item for each argument, not a {type(values).__name__}")
    return tuple(values)


# ---- what is kept ----------------------------------------------------------------------------------------------------


def _owned(value: Any) -> Any:
    """The same value in memory that nobody else has, of the same type to Numba."""
    if isinstance(value, np.ndarray):
        return _copy(value)
    if isinstance(value, tuple):
        items = map(_owned, value)
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return [_owned(item) for item in value] if isinstance(value, list) else value


def _copy(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if array.flags.forc:
        copy = array.copy(order="K")
    else:                                               # what is a view or a copy in the function goes by strides
        copy = np.empty((*array.shape, 2), array.dtype)[..., 0]
        copy[...] = array
    copy.flags.writeable = array.flags.writeable
    return copy


def _outline(y: Any) -> Any:
    """The result without its numbers: arrays of its shapes that take no memory, 0.0 for a number, None for what is no float."""
    if isinstance(y, tuple):
        items = map(_outline, y)
        return type(y)(*items) if hasattr(y, "_fields") else tuple(items)
    if isinstance(y, list) and any(isinstance(item, tuple | list | np.ndarray) for item in y):
        return list(map(_outline, y))
    if isinstance(y, list):
        y = np.array(y, float) if all(isinstance(item, float) for item in y) else np.array(y)
    if isinstance(y, np.ndarray):
        return np.broadcast_to(np.zeros((), y.dtype), y.shape) if y.dtype.kind == "f" else None
    return 0.0 if isinstance(y, float | np.floating) else None


# ---- cotangents ------------------------------------------------------------------------------------------------------


_REAL = "fiub"
"""The kinds of dtypes that a cotangent may have."""


def _seeded(y: Any, given: Any, label: str, name: str) -> Any:
    """The cotangent as the pullback takes it: contiguous, of the dtypes of the result."""
    if isinstance(y, tuple):
        if given is None and not _floats(y):
            given = (None,) * len(y)
        node = node_of(kind_in(y))
        if has_other_keys(kind_in(y), kind_in(given)):
            raise _misfit(label, name, given, "a tuple" if node is None else str(node))
        if not isinstance(given, tuple | list) or len(given) != len(y):
            raise _misfit(label, name, given, f"a tuple of {len(y)}")
        return rebuilt(y, (_seeded(a, b, f"{label}{way}", name) for a, b, way in zip(y, given, ways(y), strict=True)))
    if isinstance(y, list):
        if not isinstance(given, list) or len(given) != len(y):
            raise _misfit(label, name, given, f"a list of {len(y)}")
        return [_seeded(a, b, f"{label}[{k}]", name) for k, (a, b) in enumerate(zip(y, given, strict=True))]
    if y is None:
        return None
    kind = np.asarray(given).dtype.kind if given is not None else "O"
    if kind not in _REAL:
        raise _misfit(label, name, given, "a number" if isinstance(y, float) else f"an array of {y.dtype}")
    if isinstance(y, float):
        if np.ndim(given):
            raise _misfit(label, name, given, "a number")
        return float(given)
    check_seed(given, y, f"`{label}`")
    return np.asarray(given, y.dtype, order="C")


def _ones(y: Any) -> Any:
    """A cotangent of the right form."""
    if isinstance(y, list):
        return list(map(_ones, y))
    return rebuilt(y, map(_ones, y)) if isinstance(y, tuple) else y


def _floats(y: Any) -> bool:
    return any(map(_floats, y)) if isinstance(y, tuple | list) else y is not None


def _misfit(label: str, name: str, given: Any, what: str) -> TransformError:
    node = node_of(type(given))
    found = f"a {type(given).__name__}" if node is None else str(node)
    reason = "the adjoint of a result has the shape of the result"
    if isinstance(given, np.ndarray):
        found = f"an array of shape {given.shape}"
        if given.dtype.kind not in _REAL:
            found, reason = f"an array of {given.dtype}", "the adjoint of a real result is real"
    elif isinstance(given, complex | np.complexfloating):
        reason = "the adjoint of a real result is real"
    return TransformError(f"`{label}` of `{name}` is {found}, its result is {what}", reason=reason)
