"""Calls of transformed functions inside a function, for Numba's type inference.

`parse` writes `g(y, state)`, where g is the result of a transform, as one step over the leaves of its arguments; what is called
there is an `Applied`.  Numba asks it for the type of the result, and it derives g for these types to know: nothing is compiled.
`nesting` puts the steps of the derivative in the place of the call once all types are known.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from numba.core import types
from numba.core.typing import signature

from ..runtime.lanes import LANES
from .errors import UnsupportedError
from .interface import Packed
from .ir import Array, ListOf, Loc, Scalar, TupleOf, Type
from .structure import Record, Structure, rebuilt


class Transform(Protocol):
    """What is asked of the result of a transform."""

    def product(self, argtypes: tuple[Any, ...]) -> Packed:
        """The derivative for these types of arguments."""

    def result_type(self, packed: Packed, argtypes: tuple[Any, ...]) -> Any:
        """Numba's type of what that derivative returns."""

    def outline(self, inputs: tuple[Structure, ...], around: frozenset[object]) -> Structure:
        """The structure of the result for arguments of these structures, called in the text of the functions `around`."""


class Applied:
    """A transformed function, called with arguments whose leaves stand at these places (None: nothing is there).  Behind them
    come `captured` values that the function reads from around itself, for whose types `transform` gives the transform.  `outline`
    is the structure of the result as the text tells it, before types say which of its parts are nothing."""

    def __init__(
        self, transform: Callable[[tuple[Any, ...]], Transform], structure: tuple[Structure, ...], captured: int,
        outline: Structure = None, loc: Loc | None = None,
    ) -> None:  # fmt: skip
        self.transform, self.structure, self.captured, self.outline, self.loc = transform, structure, captured, outline, loc
        self._known: dict[tuple[Any, ...], tuple[Packed, Any]] = {}

    def product(self, flat: tuple[Any, ...]) -> tuple[Packed, Any]:
        """The derivative for these types of the leaves, and Numba's type of what it returns."""
        if flat not in self._known:
            self._check_lists(flat)
            count = len(flat) - self.captured
            given = tuple(whole_type(part, flat[:count]) for part in self.structure)
            transform = self.transform(flat[count:])
            packed = transform.product(given)
            type_ = _typed_like(self.outline, transform.result_type(packed, given))
            self._known[flat] = replace(packed, result=_like(self.outline, packed.result)), type_
        return self._known[flat]

    def _check_lists(self, flat: tuple[Any, ...]) -> None:
        if any(isinstance(type_, types.List) and not isinstance(type_.dtype, types.Number | types.Boolean) for type_ in flat):
            raise UnsupportedError(
                "a derivative inside a differentiated function is given a list of tuples, lists or arrays, or captures one",
                loc=self.loc, reason="only lists of numbers are handed to derivatives",
                remedy="hand over an array, or a list for each item",
            )  # fmt: skip

    @property
    def _numba_type_(self) -> Any:
        return _AppliedType(self)


class _AppliedType(types.Callable, types.Opaque):  # type: ignore[misc]  # Numba is untyped
    def __init__(self, applied: Applied) -> None:
        self.applied = applied
        super().__init__(f"derivative at {id(applied)}")

    def get_call_type(self, context: Any, args: Any, kws: Any) -> Any:
        flat = tuple(types.unliteral(arg) for arg in args)
        _, result = self.applied.product(flat)
        return signature(result, *args)

    def get_call_signatures(self) -> Any:
        return [], True

    def get_impl_key(self, sig: Any) -> Any:
        return self.applied


def _like(outline: Structure, result: Structure) -> Structure:
    """The result with a tuple of nothing in the place of nothing, where the text takes a tuple apart."""
    if not isinstance(outline, tuple):
        return result
    items = result if isinstance(result, tuple) else (None,) * len(outline)
    return rebuilt(outline, [_like(part, item) for part, item in zip(outline, items, strict=True)])


def _typed_like(outline: Structure, type_: Any) -> Any:
    """The same for Numba's type of it."""
    if not isinstance(outline, tuple):
        return type_
    items = tuple(type_) if isinstance(type_, types.BaseTuple) else (types.none,) * len(outline)
    return _tuple(outline, [_typed_like(part, item) for part, item in zip(outline, items, strict=True)])


def whole_type(structure: Structure, flat: tuple[Any, ...]) -> Any:
    """The type of an argument that is made of leaves of these types."""
    if structure is None:
        return types.none
    if isinstance(structure, int):
        return flat[structure]
    return _tuple(structure, [whole_type(item, flat) for item in structure])


def _tuple(like: tuple[Any, ...], items: list[Any]) -> Any:
    if isinstance(like, Record):
        return types.BaseTuple.from_types(items, like.kind)
    return types.BaseTuple.from_types(items)


def numba_type(type_: Type | None) -> Any:
    """Our type as Numba's."""
    match type_:
        case Scalar("bool"):
            return types.boolean
        case Scalar("Lanes"):
            return LANES
        case Scalar(dtype):
            return getattr(types, dtype)
        case Array(dtype, ndim, layout):
            return types.Array(numba_type(Scalar(dtype)), ndim, layout)
        case TupleOf(items):
            return types.BaseTuple.from_types([numba_type(item) for item in items])
        case ListOf(item):
            return types.List(numba_type(item))
        case _:
            return types.none


def result_type(structure: Structure, values: list[Any]) -> Any:
    """The type of results of these types in a structure of places among them."""
    if structure is None:
        return types.none
    if isinstance(structure, int):
        return values[structure]
    return _tuple(structure, [result_type(item, values) for item in structure])

