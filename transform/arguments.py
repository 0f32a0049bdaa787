"""Numba's types of arguments → flat types, and the structure that takes the arguments apart into them.

A tuple or a namedtuple, at any depth, is its items; None is nothing at all.  What is left is numbers and arrays.
"""
from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from numba.core import types

from .structure import Record, Structure, leaves, mapped

ArgTypes = tuple[Any, ...]


def inputs_of(argtypes: Sequence[Any]) -> tuple[Structure, ...]:
    """For each argument what it is made of: places among the flat types, in order."""
    places = count()
    return tuple(mapped(lambda leaf: None if is_none(leaf) else next(places), items_of(type_)) for type_ in argtypes)


def flat_types(argtypes: Sequence[Any]) -> ArgTypes:
    return tuple(leaf for type_ in argtypes for leaf in leaves(items_of(type_)) if not is_none(leaf))


def items_of(type_: Any) -> Any:
    """A type as a structure of types."""
    if not isinstance(type_, types.BaseTuple):
        return type_
    items = [items_of(item) for item in type_]
    return Record(items, type_.instance_class) if isinstance(type_, types.BaseNamedTuple) else tuple(items)


def is_none(type_: Any) -> bool:
    return isinstance(type_, types.NoneType) or (isinstance(type_, types.Omitted) and type_.value is None)
