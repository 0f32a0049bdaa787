"""A list as memory: what is at its places, how long it is, and what it takes to make it longer.

`Plain`: every name of the list is an array with room to spare, and a number that says how much of it counts.  `Boxed`: the name is
a number, by which tables know where in one array for many lists its items are; so a list may have several names and stand in
other lists, and whoever knows the number knows the list as it is now.  Either way what a list does is loads and stores.
"""
from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from ..ir import Array, Assign, Const, Grow, Operand, Scalar, Slice, Var
from .builder import INTEGER, Builder

ROOM = 8                                # the least capacity of a list that grows


class Items(ABC):
    memory: Var

    @abstractmethod
    def length(self, b: Builder) -> Operand:
        """How many items there are now."""

    @abstractmethod
    def position(self, k: Operand, b: Builder) -> Operand:
        """Where in the memory item number k is."""

    @abstractmethod
    def make_room(self, b: Builder) -> None:
        """There is a place behind the last item."""

    @abstractmethod
    def put_length(self, count: Operand, b: Builder) -> None:
        """So many of the items count from here on."""

    @abstractmethod
    def whole(self, b: Builder) -> Var:
        """The items as an array, until the next list is made or grows."""

    def resize(self, by: int, b: Builder) -> None:
        self.put_length(b.integer("size", "+" if by > 0 else "-", self.length(b), Const(abs(by))), b)

    def load(self, k: Operand, b: Builder, hint: str = "item") -> Var:
        return b.load(self.memory, (self.position(k, b),), hint)

    def store(self, k: Operand, value: Operand, b: Builder) -> None:
        b.store(self.memory, (self.position(k, b),), value)

    def append(self, item: Operand, b: Builder) -> None:
        self.make_room(b)
        self.store(self.length(b), item, b)
        self.resize(1, b)


class Plain(Items):
    def __init__(self, name: Var, size: Var | None) -> None:
        self.memory, self.size = name, size

    def length(self, b: Builder) -> Operand:
        return b.integer("count", "len", self.memory) if self.size is None else self.size

    def position(self, k: Operand, b: Builder) -> Operand:
        return k

    def make_room(self, b: Builder) -> None:
        assert self.size is not None
        b.emit(Grow((self.memory,), self.size, loc=b.loc))

    def put_length(self, count: Operand, b: Builder) -> None:
        assert self.size is not None
        b.emit(Assign(self.size, "=", (count,), loc=b.loc))

    def resize(self, by: int, b: Builder) -> None:
        assert self.size is not None
        b.emit(Assign(self.size, "+" if by > 0 else "-", (self.size, Const(abs(by))), loc=b.loc))

    def whole(self, b: Builder) -> Var:
        return self.memory if self.size is None else b.view(self.memory, (Slice(None, self.size),), 1)


@dataclass(frozen=True, slots=True)
class Table:
    """Where the lists of one kind are: list number l has `sizes[l]` items from `items[starts[l]]` on, and room for `rooms[l]`.
    There are `count` lists; `end` is behind the last of their places."""

    items: Var
    starts: Var
    sizes: Var
    rooms: Var
    count: Var
    end: Var


class Boxed(Items):
    def __init__(self, name: Var, table: Table) -> None:
        self.name, self.table, self.memory = name, table, table.items

    def length(self, b: Builder) -> Operand:
        return b.load(self.table.sizes, (self.name,), "size")

    def position(self, k: Operand, b: Builder) -> Operand:
        return b.integer("place", "+", b.load(self.table.starts, (self.name,), "start"), k)

    def make_room(self, b: Builder) -> None:
        """A list that fills its room moves behind all others, where it gets twice the room."""
        table, name = self.table, self.name
        count, room = b.integer("count", "=", self.length(b)), b.load(table.rooms, (name,), "room")
        full = b.assign("full", Scalar("bool"), ">=", count, room)

        def move() -> None:
            start = b.load(table.starts, (name,), "start")
            more = b.integer("room", "max", b.integer("room", "*", room, Const(2)), Const(ROOM))
            new = taken(table, more, b)
            b.loop("k", count, lambda k: b.store(table.items, (b.integer("place", "+", new, k),), b.load(
                table.items, (b.integer("place", "+", start, k),), "item")))
            b.store(table.starts, (name,), new)
            b.store(table.rooms, (name,), more)

        b.when(full, move)

    def put_length(self, count: Operand, b: Builder) -> None:
        b.store(self.table.sizes, (self.name,), count)

    def whole(self, b: Builder) -> Var:
        start = b.load(self.table.starts, (self.name,), "start")
        return b.view(self.memory, (Slice(start, b.integer("stop", "+", start, self.length(b))),), 1)


def taken(table: Table, room: Operand, b: Builder) -> Var:
    """The first of so many places that no list had before."""
    start = b.integer("start", "=", table.end)
    b.emit(Assign(table.end, "+", (table.end, room), loc=b.loc))
    b.emit(Grow((table.items,), table.end, loc=b.loc))
    return start


def new_list(target: Var, table: Table, count: Operand, b: Builder) -> None:
    """target = a new list of so many items, which are still to be stored."""
    count = b.integer("count", "=", count)
    start = taken(table, count, b)
    number = b.integer("number", "=", table.count)
    b.emit(Grow((table.starts, table.sizes, table.rooms), number, loc=b.loc))
    for column, value in ((table.starts, start), (table.sizes, count), (table.rooms, count)):
        b.store(column, (number,), value)
    b.emit(Assign(table.count, "+", (table.count, Const(1)), loc=b.loc))
    b.emit(Assign(target, "=", (number,), loc=b.loc))


def new_table(hint: str, dtype: str, b: Builder) -> Table:
    """A table without lists, made where it is used everywhere after."""
    names = [b.new(f"{hint}_{part}", Array(kind, 1, "C"), written=True)
             for part, kind in (("items", dtype), ("starts", "int64"), ("sizes", "int64"), ("rooms", "int64"))]  # fmt: skip
    for name in names:
        b.empty(name, (Const(ROOM),))
    numbers = [b.new(f"{hint}_{part}", INTEGER, written=True) for part in ("count", "end")]
    for name in numbers:
        b.emit(Assign(name, "=", (Const(0),), loc=b.loc))
    return Table(*names, *numbers)
