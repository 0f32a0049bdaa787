"""What is known of the lists of a function while they are turned into arrays, and how new ones are made.

The size of each list that grows, the table of each that is boxed, the types of all names; a new list of nothing, of an array or
of another list.  `lists` does the rest.
"""
from __future__ import annotations

from collections import Counter

from ..ir import Array, Assign, Const, Function, ListOf, Operand, Scalar, Type, Var, View
from ..names import Namer, base, is_temporary
from ..walk import binds, names, reads, walk
from .builder import INTEGER, Builder
from .list_positions import Covered
from .listitems import ROOM, Boxed, Items, Plain, Table, new_list, new_table
from .listnames import ITEM, ListNames


def _single(function: Function) -> dict[str, Operand]:
    """The item of each list of one item that is written where it is used, and nowhere else: `[0.0] * n`."""
    bound = Counter(var.name for s in walk(function.body) for var in binds(s))
    read = Counter(var.name for s in walk(function.body) for var in reads(s))
    return {
        s.target.name: s.args[0] for s in walk(function.body)
        if isinstance(s, Assign) and s.op == "list" and len(s.args) == 1 and is_temporary(s.target.name)
        and bound[s.target.name] == read[s.target.name] == 1
    }  # fmt: skip


class ListMaking:
    def __init__(self, function: Function, known: ListNames) -> None:
        self.known = known
        self.namer = Namer(names(function))
        self.old = function.types
        self.types: dict[str, Type] = dict(function.types)
        self.covered = Covered(function, known)
        self.single = _single(function)
        self.sizes = {name: self.namer.fresh(base(name) + "_size") for name in sorted(known.growing)}
        self.types |= {size.name: Scalar("int64") for size in self.sizes.values()}
        self.tables: dict[str, Table] = {}
        self.start = Builder(self.types, self.namer, None)
        self.output = function.output
        self.params = function.params
        self.given: dict[Var, Var] = {}                 # lists that grow, and the arrays that they come as
        for name in sorted(known.lists):
            self.types[name] = INTEGER if name in known.boxed else Array(self.dtype(name), 1, "C")
        for name in sorted(known.boxed):
            root = known.kin[name]
            if root not in self.tables:
                self.tables[root] = new_table(base(name), self.dtype(name), self.start)

    def dtype(self, name: str) -> str:
        """Of what stands in a list: a number, or the number of a list."""
        type_ = self.old[name]
        item = type_.item if isinstance(type_, ListOf) else None
        return item.dtype if isinstance(item, Scalar) else "int64"

    def is_list(self, operand: object) -> bool:
        return isinstance(operand, Var) and operand.name in self.known.lists

    def fixed(self, array: Var) -> bool:
        """Is the list an array and nothing else, because its length never changes?"""
        return array.name not in self.sizes and array.name not in self.known.boxed

    def of_lists(self, operand: object) -> bool:
        type_ = self.old[operand.name] if isinstance(operand, Var) and self.is_list(operand) else None
        return isinstance(type_, ListOf) and isinstance(type_.item, ListOf)

    def items(self, array: Var) -> Items:
        if array.name in self.known.boxed:
            return Boxed(array, self.tables[self.known.kin[array.name]])
        return Plain(array, self.sizes.get(array.name))

    def inside(self, array: Var, number: Var) -> Items:
        """A list in a list of lists."""
        return Boxed(number, self.tables[self.known.kin[array.name + ITEM]])

    def extend(self, items: Items, others: Items, b: Builder) -> None:
        count = b.integer("count", "=", others.length(b))
        b.loop("k", count, lambda k: items.append(others.load(k, b), b))

    # ---- new lists ------------------------------------------------------------------------------------------

    def create(self, target: Var, count: Operand, b: Builder) -> None:
        """A new list of so many items, which are still to be stored."""
        if target.name in self.known.boxed:
            new_list(target, self.tables[self.known.kin[target.name]], count, b)
            return
        size = self.sizes.get(target.name)
        if size is None:
            b.empty(target, (count,))
            return
        if isinstance(count, Const):
            assert isinstance(count.value, int)
            b.empty(target, (Const(max(count.value, ROOM)),))
        else:
            b.empty(target, (b.integer("room", "max", count, Const(ROOM)),))
        b.emit(Assign(size, "=", (count,), loc=b.loc))

    def at_least_none(self, count: Operand, b: Builder) -> Operand:
        if isinstance(count, Const):
            return Const(max(int(count.value), 0)) if isinstance(count.value, int) else count
        type_ = b.types.get(count.name)
        if isinstance(type_, Scalar) and type_.dtype == "uint64":         # which beside an int64 is a float
            return b.integer("count", "cast:int64", count)
        return b.integer("count", "max", count, Const(0))

    def copy(self, target: Var, part: Var, b: Builder) -> None:
        if self.fixed(target):
            b.emit(Assign(target, ".copy", (part,), loc=b.loc))
            return
        count = b.integer("count", "len", part)
        self.create(target, count, b)
        items = self.items(target)
        b.loop("k", count, lambda k: items.store(k, b.load(part, (k,), "item"), b))

    def bind(self, target: Var, array: Var, b: Builder) -> None:
        if target.name in self.known.boxed:
            b.emit(Assign(target, "=", (array,), loc=b.loc))
            return
        b.emit(View(target, array, "=", loc=b.loc))
        if target.name in self.sizes:
            b.emit(Assign(self.sizes[target.name], "=", (self.sizes[array.name],), loc=b.loc))

    def repeat(self, target: Var, array: Var, times: Operand, b: Builder) -> None:
        single = self.single.get(array.name)
        if single is not None and not self.is_list(single) and self.fixed(target):
            b.emit(Assign(target, "np.full", (times, single), loc=b.loc))
            return
        items = self.items(array)
        count = b.integer("count", "=", items.length(b))
        self.create(target, b.integer("count", "*", times, count), b)
        made = self.items(target)

        def once(j: Var) -> None:
            start = b.integer("start", "*", j, count)
            b.loop("k", count, lambda k: made.store(b.integer("place", "+", start, k), items.load(k, b), b))

        b.loop("j", times, once)

    def array(self, target: Var, array: Var, b: Builder) -> None:
        """`np.array` of a list of numbers."""
        items = self.items(array)
        if b.array(target).dtype == b.array(items.memory).dtype:
            b.emit(Assign(target, ".copy", (items.whole(b),), loc=b.loc))
            return
        count = items.length(b)
        b.empty(target, (count,))
        b.loop("k", count, lambda k: b.store(target, (k,), items.load(k, b)))
