"""Loops over lists whose length changes in the loop, or between `in` and the first round (`zip(l, popped(l))`): they ask in every
round whether there is another item, as Numba's do.

In: a typed Function with lists.  Out: the same with a `While` in the place of such a `For`.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ..ir import Accumulate, Assign, Block, For, Function, Operand, Scalar, Statement, Type, Var, While
from ..names import Namer
from ..walk import binds, blocks, map_block, names, reads, walk
from .builder import Builder
from .listnames import ITEM, kinship, lists_of, resizes
from .refuse import refuse

_COMPUTED = ("min", "+", "-", "bind")   # what a number of rounds is made of


def asking(function: Function) -> Function:
    lists = lists_of(function)
    loops = _Loops(function, lists)
    if not any(True for s in walk(function.body) for _ in loops.changes(s)):
        return function
    loops.look_before(function.body)
    body = map_block(map_block(function.body, loops.statement), loops.growing)
    return replace(function, body=body, types=loops.types)


class _Loops:
    def __init__(self, function: Function, lists: set[str]) -> None:
        self.lists, self.kin = lists, kinship(function, lists)
        self.types: dict[str, Type] = dict(function.types)
        self.namer = Namer(names(function))
        self.before: dict[Operand, set[str]] = {}       # by number of rounds: kin that change after it is known, before the loop
        self.made: set[str] = set()                     # lists by comprehensions over lists that change
        self.definition: Mapping[str, Statement] = {var.name: s for s in walk(function.body) for var in binds(s)}

    def statement(self, s: Statement) -> list[Statement]:
        if not isinstance(s, For):
            return [s]
        over = {self.kin[name] for name in self.gone_over(s.stop)}
        changed = {name for inner in walk(s.body) for name in self.changes(inner)}
        changed |= self.before.get(s.stop, set())
        if not over & changed:
            return [s]
        self.made |= {name for name, counter in self.appended(s) if counter == s.counter}
        b = Builder(self.types, self.namer, s.loc)
        number = b.new("k", Scalar("int64"))
        b.emit(Assign(number, "=", (s.start,), loc=s.loc))
        b.emit(self.asked(s, number, b))
        return b.out

    def look_before(self, block: Block) -> None:
        """What changes between the place where a series is made, which counts its rounds, and its loop in the same block."""
        counted: dict[str, int] = {}                    # where in the block each number of items was
        changed: list[set[str]] = []
        for position, s in enumerate(block):
            changed.append({name for inner in walk((s,)) for name in self.changes(inner)})
            match s:
                case Assign(target, "rounds_of"):
                    counted[target.name] = position
                case For(_, _, stop):
                    starts = [counted[name] for name in self.counts(stop) if name in counted]
                    if starts:
                        self.before.setdefault(stop, set()).update(*changed[min(starts) : position])
            for inner in blocks(s):
                self.look_before(inner)

    def appended(self, loop: For) -> Iterator[tuple[str, Operand]]:
        """Lists that a comprehension or the like makes, and the place that it puts an item at."""
        for s in walk(loop.body):
            match s:
                case Assign(_, ".append", (Var(name), _, place)):
                    yield name, place
                case _:
                    pass

    def growing(self, s: Statement) -> list[Statement]:
        """How many items such a list will have is not known when it begins."""
        match s:
            case Assign(_, "list_of", (_,)) if s.target.name in self.made:
                return [replace(s, op="list", args=())]
            case Assign(_, ".append", (Var(name), item, _)) if name in self.made:
                return [replace(s, args=(s.args[0], item))]
            case Assign(_, "sort_order", (Var(name), *_)) if name in self.made:
                raise refuse(s, "a list changes its length while it is sorted", "there is no telling which of its items are sorted",
                              "change it before or after")  # fmt: skip
            case _:
                return [s]

    def changes(self, s: Statement) -> Iterator[str]:
        """The kin whose length the statement changes."""
        name = resizes(s, self.lists)
        if name is not None:
            yield self.kin[name]
        if isinstance(s, Accumulate) and s.array.name + ITEM in self.kin:
            yield self.kin[s.array.name + ITEM]

    def asked(self, s: For, number: Var, b: Builder) -> While:
        test = b.new("more", Scalar("bool"))

        def ask() -> None:
            b.emit(Assign(test, "<", (number, self.again(s.stop, b)), loc=s.loc))

        header = b.block(ask)
        start: Block = (Assign(s.counter, "=", (number,), loc=s.loc), Assign(number, "+", (number, s.step), loc=s.loc))
        return While(header, test, (*start, *s.body), loc=s.loc)

    def gone_over(self, stop: Operand) -> Iterator[str]:
        """The lists whose lengths say how many rounds there are."""
        for count in self.counts(stop):
            yield from (var.name for var in reads(self.definition[count]) if var.name in self.lists)

    def counts(self, stop: Operand) -> Iterator[str]:
        """The names of the numbers of items that a number of rounds is made of."""
        match self.definition.get(stop.name) if isinstance(stop, Var) else None:
            case Assign(target, "rounds_of"):
                yield target.name
            case Assign(_, op, args) if op in _COMPUTED:
                for arg in args:
                    yield from self.counts(arg)
            case _:
                pass

    def again(self, stop: Operand, b: Builder) -> Operand:
        """The number of rounds as it is now."""
        if not any(True for _ in self.gone_over(stop)):
            return stop
        match self.definition.get(stop.name) if isinstance(stop, Var) else None:
            case Assign(_, "rounds_of", (array,)):
                return b.integer("n", "len", array)
            case Assign(_, op, args):
                return b.integer("n", "=" if op == "bind" else op, *(self.again(arg, b) for arg in args))
            case _:
                return stop
