"""Numba's types of arguments → flat types, and the structure that takes the arguments apart into them.

A tuple or a namedtuple, at any depth, is its items; None is nothing at all, and neither is a function, which is known from its
type.  What is left is numbers and arrays.
"""
from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from numba.core import types

from ..errors import TransformError
from ..reading.source import Head
from ..structure import Extent, Listed, Record, Stacked, Structure, Zipped, leaves, mapped, rebuilt

ArgTypes = tuple[Any, ...]


def inputs_of(argtypes: Sequence[Any]) -> tuple[Structure, ...]:
    """For each argument what it is made of: places among the flat types, in order."""
    places = count()
    def place(leaf: Any) -> int | None:
        return None if _no_value(leaf) else Listed(next(places)) if isinstance(leaf, types.List) else next(places)

    return tuple(_with_extents(mapped(place, items_of(type_))) for type_ in argtypes)


def _with_extents(structure: Structure) -> Structure:
    if not isinstance(structure, tuple):
        return structure
    if isinstance(structure, Stacked):
        return Stacked((structure[0], *map(Extent, structure[1:])))
    return rebuilt(structure, map(_with_extents, structure))


def flat_types(argtypes: Sequence[Any]) -> ArgTypes:
    return tuple(leaf for type_ in argtypes for leaf in leaves(items_of(type_)) if not _no_value(leaf))


def inner_types(argtypes: Sequence[Any]) -> ArgTypes:
    """The flat types that a derivative works with: a list is an array inside."""
    return tuple(types.Array(leaf.dtype, 1, "C") if isinstance(leaf, types.List) else leaf for leaf in flat_types(argtypes))


def functions_of(argtypes: Sequence[Any]) -> tuple[Any, ...]:
    """For each argument the functions in it, and None for all else, in the structure of the argument."""

    def function(leaf: Any) -> Any:
        return leaf.dispatcher if isinstance(leaf, types.Dispatcher) else None

    return tuple(mapped(function, items_of(type_)) for type_ in argtypes)


def items_of(type_: Any) -> Any:
    """A type as a structure of types."""
    if isinstance(type_, types.List):
        return _of_list(type_)
    if not isinstance(type_, types.BaseTuple):
        return type_
    items = [items_of(item) for item in type_]
    return Record(items, type_.instance_class) if isinstance(type_, types.BaseNamedTuple) else tuple(items)


def _of_list(type_: Any) -> Any:
    """A list of tuples or of arrays as lists of numbers."""
    item = type_.dtype
    if isinstance(item, types.Array) and item.layout == "C" and item.ndim:
        return Stacked((types.Array(item.dtype, 1, "C"), *[types.Array(types.int64, 1, "C")] * item.ndim))
    if not isinstance(item, types.BaseTuple):
        return types.none if is_none(item) else type_
    columns = [items_of(types.List(part)) for part in item]
    return Zipped(map(_in_a_tuple, columns), item.instance_class if isinstance(item, types.BaseNamedTuple) else None)


def _in_a_tuple(found: Any) -> Any:
    """Items that are tuples stand in the tuple itself."""
    if not isinstance(found, Zipped):
        return found
    return Record(found, found.kind) if found.kind is not None else tuple(found)


def _no_value(type_: Any) -> bool:
    return is_none(type_) or isinstance(type_, types.Dispatcher)


def is_none(type_: Any) -> bool:
    return isinstance(type_, types.NoneType) or (isinstance(type_, types.Omitted) and type_.value is None)


def bound(source: Head, given: ArgTypes) -> dict[str, tuple[Any, object]]:
    """For each parameter of a function that is called with these arguments, in their turn: the type of its argument, or None
    and its default."""
    found: dict[str, tuple[Any, object]] = {}
    left = list(given)
    for name in source.params:
        if source.kind(name) == "starred":
            found[name] = types.BaseTuple.from_types(left), None
            left = []
        elif left:
            found[name] = left.pop(0), None
        elif name in source.defaults:
            found[name] = None, source.defaults[name]
        else:
            left = [None]
            break
    if left:
        raise TransformError(
            f"`{source.name}` takes {', '.join(source.params)}: `primals` has {len(given)} items",
            loc=source.loc, reason="every argument without a default needs its value",
        )  # fmt: skip
    return found
