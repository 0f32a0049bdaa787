"""Numba's types of arguments → flat types, and the structure that takes the arguments apart into them.

A tuple or a namedtuple, at any depth, is its items; None is nothing at all, and neither is a function, which is known from its
type.  What is left is numbers and arrays.
"""
from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from numba.core import types

from .errors import TransformError
from .source import Head
from .structure import Listed, Record, Structure, leaves, mapped

ArgTypes = tuple[Any, ...]


def inputs_of(argtypes: Sequence[Any]) -> tuple[Structure, ...]:
    """For each argument what it is made of: places among the flat types, in order."""
    places = count()
    def place(leaf: Any) -> int | None:
        return None if _no_value(leaf) else Listed(next(places)) if isinstance(leaf, types.List) else next(places)

    return tuple(mapped(place, items_of(type_)) for type_ in argtypes)


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
    if not isinstance(type_, types.BaseTuple):
        return type_
    items = [items_of(item) for item in type_]
    return Record(items, type_.instance_class) if isinstance(type_, types.BaseNamedTuple) else tuple(items)


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
