"""Structures: nested tuples and namedtuples, whatever their leaves are.

Values while a function is read, the names of parameters, places among flat results: each is a tree with tuples inside.  A
namedtuple is a `Record`, which is a tuple too: who only takes things apart needs no case for it, who builds a
structure from another one says `rebuilt`.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum, IntEnum
from typing import Any

import numpy as np

from ..runtime.trees import node_of

Structure = int | None | tuple["Structure", ...]        # places among flat parameters or results; None: there is nothing


class Record(tuple[Any, ...]):
    """The fields of a namedtuple in their order; `kind` is its class."""

    kind: type

    def __new__(cls, items: Any, kind: type) -> Record:
        self = super().__new__(cls, items)
        self.kind = kind
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        return fields_of(self.kind)


class Spread(tuple[Any, ...]):
    """A list of something else than numbers, as lists of numbers: a tuple to whoever only takes things apart."""

    def __new__(cls, items: Any, kind: type | None = None) -> Spread:
        self = super().__new__(cls, items)
        self.kind = kind
        return self

    kind: type | None


class Zipped(Spread):
    """A list of tuples: a list for each of their items; `kind` is the class of namedtuples.  A tuple inside is an item."""


class Nested(Spread):
    """A list of lists: the list of all that is in them, and how long each is."""


class Stacked(Spread):
    """A list of arrays: the list of all their elements, and for each axis how long it is in each array."""


def plain_numbers(value: Any) -> Any:
    """A value of the user's with numbers of classes of their own, such as members of an IntEnum, as the numbers that they are."""
    if isinstance(value, tuple):
        items = [plain_numbers(item) for item in value]
        changed = any(new is not old for new, old in zip(items, value, strict=True))
        return value if not changed else value._make(items) if hasattr(value, "_make") else tuple(items)
    if type(value) in (bool, int, float) or isinstance(value, np.generic):
        return value
    if isinstance(value, float):
        return float(value)
    return int(value) if isinstance(value, int) and (isinstance(value, IntEnum) or not isinstance(value, Enum)) else value


class Extent(int):
    """A place whose value says how long parts of a list are: it belongs to every derivative of the list."""


def extent(place: Any) -> Any:
    """The place, if it is that of an extent."""
    return place if isinstance(place, Extent) else None


class CheckedName(str):
    """The name of an extent that is known, and that a seed must have, too."""


class Listed(int):
    """A place whose value is an array inside, and a list of numbers for the user."""


class ListedName(str):
    """The name of a parameter that comes as a list."""


def listed_like(leaf: Any, new: Any) -> Any:
    """What stands for a leaf that is a list is one, too."""
    if isinstance(leaf, Extent):
        return Extent(new) if type(new) is int else new
    if not isinstance(leaf, Listed | ListedName):
        return new
    return Listed(new) if type(new) is int else ListedName(new) if type(new) is str else new


def unlisted(structure: Any) -> Any:
    """The structure with arrays in the place of lists."""
    if isinstance(structure, tuple):
        return rebuilt(structure, map(unlisted, structure))
    return int(structure) if isinstance(structure, Listed) else structure


def fields_of(kind: type) -> tuple[str, ...]:
    """The names of the fields of a namedtuple's class."""
    names: tuple[str, ...] = kind._fields  # type: ignore[attr-defined]
    return names


def is_record_class(value: object) -> bool:
    """Is it the class of a namedtuple?"""
    return isinstance(value, type) and issubclass(value, tuple) and isinstance(getattr(value, "_fields", None), tuple)


def structured(value: Any) -> Any:
    """A value of Python as a structure."""
    if not isinstance(value, tuple):
        return value
    items = tuple(map(structured, value))
    return Record(items, type(value)) if is_record_class(type(value)) else items


def unstructured(structure: Any) -> Any:
    """A structure as a value of Python."""
    if not isinstance(structure, tuple):
        return structure
    items = tuple(map(unstructured, structure))
    return structure.kind(*items) if isinstance(structure, Record) else items


def rebuilt(like: tuple[Any, ...], items: Any) -> tuple[Any, ...]:
    """The items as a tuple of the kind of `like`."""
    if isinstance(like, Spread):
        return type(like)(items, like.kind)
    return Record(items, like.kind) if isinstance(like, Record) else tuple(items)


def mapped(function: Callable[..., Any], structure: Any) -> Any:
    """The structure with the function applied to its leaves."""
    if isinstance(structure, tuple):
        return rebuilt(structure, (mapped(function, item) for item in structure))
    return listed_like(structure, function(structure))


def leaves(structure: Any) -> Iterator[Any]:
    if isinstance(structure, tuple):
        for item in structure:
            yield from leaves(item)
    else:
        yield structure


def keys(structure: tuple[Any, ...]) -> tuple[str, ...]:
    """What tells the items of a tuple apart: the names of fields, or positions."""
    node = node_of(structure.kind) if isinstance(structure, Record) else None
    named = isinstance(structure, Record) and (node is None or node.access != "place")
    return structure.fields if named else tuple(map(str, range(len(structure))))  # type: ignore[attr-defined]


def labelled(structure: Any, label: str) -> Iterator[tuple[str, Any]]:
    """Each leaf with the way to it as a user would write it: `p.mass`, `state[1][0]`."""
    if not isinstance(structure, tuple):
        yield label, structure
        return
    for way, item in zip(ways(structure), structure, strict=True):
        yield from labelled(item, f"{label}{way}")


def ways(structure: tuple[Any, ...]) -> tuple[str, ...]:
    """What a user writes behind a structure for each of its items: `.mass`, `[0]`, `['mass']`."""
    node = node_of(structure.kind) if isinstance(structure, Record) else None
    if node is not None:
        return tuple(map(node.suffix, range(len(structure))))
    return tuple(f"[{key}]" if key.isdecimal() else f".{key}" for key in keys(structure))


def kind_in(structure: Any) -> type:
    """The class of a namedtuple, and of what a namedtuple stands for."""
    return structure.kind if isinstance(structure, Record) else type(structure)


def has_other_keys(kind: type, other: type) -> bool:
    """Of two structures of one length: has one keys that the other has not?  Any namedtuple stands for another one, and for a tuple
    or a list; a dict and a dataclass are their keys."""
    return kind is not other and any((node := node_of(k)) is not None and node.access != "place" for k in (kind, other))


def other_keys_in(one: Any, other: Any) -> bool:
    """The same for any of their parts."""
    if not isinstance(one, tuple) or not isinstance(other, tuple) or len(one) != len(other):
        return False
    return has_other_keys(kind_in(one), kind_in(other)) or any(map(other_keys_in, one, other))


def labels_of(inputs: Mapping[str, Structure]) -> dict[int, str]:
    """What the user would call the parts that arguments are taken apart into."""
    found = (pair for name, structure in inputs.items() for pair in labelled(structure, name))
    return {place: label for label, place in found if place is not None}


def records(structure: Any) -> Iterator[type]:
    """The classes of the namedtuples in a structure."""
    if isinstance(structure, tuple):
        if isinstance(structure, Record) or (isinstance(structure, Zipped) and structure.kind is not None):
            yield structure.kind  # type: ignore[misc]
        for item in structure:
            yield from records(item)


def spreads(structure: Any) -> bool:
    """Is there a list of something else than numbers in it?"""
    return isinstance(structure, tuple) and (isinstance(structure, Spread) or any(map(spreads, structure)))


def stacked_in(structure: Any) -> Iterator[Stacked]:
    """The lists of arrays in it."""
    if isinstance(structure, tuple):
        if isinstance(structure, Stacked):
            yield structure
        for item in structure:
            yield from stacked_in(item)
