"""What a type is made of: a tuple is its items, and a list of tuples is a list for each item."""
from __future__ import annotations

from typing import Any

from ..ir import ListOf, TupleOf, Type
from ..structure import Record, mapped


def parts_of(type_: Type) -> Any:
    """The type as a structure of types that are no tuples and hold none."""
    match type_:
        case TupleOf(items):
            parts = tuple(map(parts_of, items))
            return Record(parts, type_.kind) if type_.kind is not None else parts
        case ListOf(item):
            return mapped(ListOf, parts_of(item))
        case _:
            return type_
