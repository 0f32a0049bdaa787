"""Lists of arrays, at any depth, as lists of numbers that arrays are known by.

In: a typed Function before it is resolved, without tuples that hold arrays.  Out: the same with no list of arrays but those that
only ever get longer: an array that comes into a list is kept there for good (`Push`), and what the user's lists hold is
its place.  Lists between which no place can pass keep theirs apart, so that no array of the one is taken for one of the other.
An item is bound by its place (`View` of the kind `kept`): the array itself, so that writes through any name of it
reach all of them, and its shadow is what is kept at the same place of the list of shadows.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from ..ir import (
    Accumulate,
    Array,
    Assign,
    Const,
    Function,
    ListOf,
    Load,
    Operand,
    Pop,
    Push,
    Scalar,
    Slice,
    Statement,
    Store,
    Type,
    Var,
    View,
)
from ..names import Namer
from ..walk import binds, map_block, names, reads, walk
from .builder import INTEGER, Builder
from .refuse import refuse


def item_of(type_: Type | None) -> Type | None:
    """What lists, lists of lists and so on are lists of."""
    while isinstance(type_, ListOf):
        type_ = type_.item
    return type_


def without_arrays(function: Function) -> Function:
    """The function with places in the place of arrays inside lists.  What a derivative within it keeps stays as it is."""
    records = {s.list.name for s in walk(function.body) if isinstance(s, Push | Pop)}
    records |= {s.array.name for s in walk(function.body) if isinstance(s, View) and s.kind == "kept"}
    holders = [name for name, type_ in function.types.items() if name not in records and _holds_arrays(type_)]
    if not holders:
        return function
    kept = _Kept(function, _groups(function, holders), frozenset(records))
    body = (*kept.start(), *map_block(function.body, kept.statement))
    return replace(function, body=body, types=kept.types)


def _holds_arrays(type_: Type) -> bool:
    return isinstance(type_, ListOf) and isinstance(item_of(type_), Array)


def _groups(function: Function, holders: Sequence[str]) -> dict[str, str]:
    """For each list of arrays the first of those that places may pass to or from: the lists of one statement, and so on."""
    first = {name: name for name in holders}

    def of(name: str) -> str:
        while first[name] != name:
            name = first[name]
        return name

    order = {name: number for number, name in enumerate(holders)}
    for s in walk(function.body):
        together = [var.name for var in (*reads(s), *binds(s)) if var.name in first]
        for one, other in pairwise(together):
            left, right = sorted((of(one), of(other)), key=order.__getitem__)
            first[right] = left
    return {name: of(name) for name in holders}


class _Kept:
    def __init__(self, function: Function, groups: Mapping[str, str], records: frozenset[str]) -> None:
        self.namer = Namer(names(function))
        self.old, self.records, self.groups = function.types, records, groups
        self.types = {name: type_ if name in records else _numbered(type_) for name, type_ in function.types.items()}
        self.lists: dict[str, Var] = {}                 # for each group those that are kept, and how many there are
        self.counts: dict[str, Var] = {}
        for group in dict.fromkeys(groups.values()):
            item = item_of(self.old[group])
            assert item is not None
            self.lists[group], self.counts[group] = self.namer.fresh("kept"), self.namer.fresh("kept_size")
            self.types |= {self.lists[group].name: ListOf(item), self.counts[group].name: Scalar("int64")}

    def start(self) -> list[Statement]:
        made: list[Statement] = [Assign(kept, "list", ()) for kept in self.lists.values()]
        return [*made, *(Assign(size, "=", (Const(0),)) for size in self.counts.values())]

    def array(self, operand: object) -> bool:
        return isinstance(operand, Var) and isinstance(self.old.get(operand.name), Array)

    def holder(self, operand: object) -> Array | None:
        """The type of the arrays in a list of arrays."""
        type_ = self.old.get(operand.name) if isinstance(operand, Var) and operand.name not in self.records else None
        inner = type_.item if isinstance(type_, ListOf) else None
        return inner if isinstance(inner, Array) else None

    def statement(self, s: Statement) -> list[Statement]:
        b = Builder(self.types, self.namer, s.loc)
        match s:
            case Assign(target, "list", items) if (type_ := self.holder(target)) is not None:
                b.emit(replace(s, args=tuple(self.enter(item, target, type_, b) for item in items)))
            case Assign(_, ".append", (array, item, *rest)) if (type_ := self.holder(array)) is not None:
                b.emit(replace(s, args=(array, self.enter(item, array, type_, b), *rest)))
            case Assign(_, ".insert", (array, k, item)) if (type_ := self.holder(array)) is not None:
                b.emit(replace(s, args=(array, k, self.enter(item, array, type_, b))))
            case Store(array, _, item) if (type_ := self.holder(array)) is not None and self.array(item):
                b.emit(replace(s, value=self.enter(item, array, type_, b)))
            case Accumulate(array, index, value) if (type_ := self.holder(array)) is not None:
                place = b.new("place", INTEGER)
                b.emit(Load(place, array, index, loc=s.loc))
                part = b.new("part", type_)
                self.leave(part, place, array, b)
                b.emit(Accumulate(part, (), value, loc=s.loc))
            case Assign(target, ".pop" | "item", (array, *_)) if (type_ := self.holder(array)) is not None:
                place = b.new("place", INTEGER)
                b.emit(replace(s, target=place))
                self.leave(target, place, array, b)
            case Load(target, array, _) if (type_ := self.holder(array)) is not None and self.array(target):
                place = b.new("place", INTEGER)
                b.emit(replace(s, target=place))
                self.leave(target, place, array, b)
            case Assign(_, ".index" | ".count" | ".remove" | "in" | "not in" as op, (array, *_)) if self.holder(array) is not None:
                raise refuse(s, f"`{op}` of a list of arrays", "arrays are compared element by element", "write the loop")
            case Assign(_, "==" | "!=" | "<" | "<=" | ">" | ">=", (left, right)) if self.holder(left) or self.holder(right):
                raise refuse(s, "lists of arrays are compared", "arrays are compared element by element", "write the loop")
            case _:
                return [s]
        return b.out

    def enter(self, item: Operand, array: Operand, type_: Array, b: Builder) -> Var:
        """The place of an array that comes into a list."""
        assert isinstance(item, Var) and isinstance(array, Var)
        group = self.groups[array.name]
        if type_.layout == "A":                         # one type for all that are kept
            item = b.view(item, (Slice(step=Const(1)),), type_.ndim)
        place = b.integer("place", "=", self.counts[group])
        b.emit(Push(self.lists[group], item, loc=b.loc))
        b.emit(Assign(self.counts[group], "+", (self.counts[group], Const(1)), loc=b.loc))
        return place

    def leave(self, target: Var, place: Var, array: Operand, b: Builder) -> None:
        assert isinstance(array, Var)
        b.emit(View(target, self.lists[self.groups[array.name]], "kept", (place,), loc=b.loc))


def _numbered(type_: Type) -> Type:
    """A type with places in the place of arrays inside lists."""
    def inside(item: Type) -> Type:
        return ListOf(inside(item.item)) if isinstance(item, ListOf) else INTEGER if isinstance(item, Array) else item

    return inside(type_) if isinstance(type_, ListOf) else type_
