"""Lists of numbers, as arrays.

In: a typed Function before it is resolved.  Out: the same without lists.  A list whose length never changes is an array; one
that grows or shrinks is an array with room to spare and a number that says how much of it counts (`l` and `l_size`).
Every name has both, which is right because no other name may be waiting when a length changes (`listnames`).
Positions are checked as Numba checks them, unless the loop around tells that they are there.
"""
from __future__ import annotations

from dataclasses import replace

from ..errors import UnsupportedError
from ..ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    Const,
    For,
    Function,
    Grow,
    If,
    Index,
    ListOf,
    Load,
    Operand,
    Scalar,
    Slice,
    Statement,
    Store,
    TupleOf,
    Type,
    Var,
    View,
    While,
)
from ..names import Namer, base
from ..walk import binds, blocks, names, reads, walk, with_blocks
from .apart import without_tuples
from .builder import Builder
from .covered import Covered, Trail
from .displays import Displays
from .kept import without_arrays
from .listbinding import coalesced, rebound
from .listnames import ListNames, list_names
from .refuse import refuse

_ROOM = 8                               # the least capacity of a list that grows


def without_lists(function: Function) -> Function:
    """The function with arrays in the place of lists, and of `np.array` of what is written out."""
    function = without_tuples(Displays(function).lowered())
    if not any(isinstance(type_, ListOf) for type_ in function.types.values()):
        return function
    function = coalesced(without_arrays(function))
    lowering = _Lists(function, list_names(function))
    return rebound(replace(function, body=lowering.block(function.body), types=lowering.types), lowering.known, lowering.namer)


class _Lists:
    def __init__(self, function: Function, known: ListNames) -> None:
        self.known = known
        self.namer = Namer(names(function))
        self.types: dict[str, Type] = dict(function.types)
        self.covered = Covered(function, known)
        self.single = {s.target.name: s.args[0] for s in walk(function.body)
                       if isinstance(s, Assign) and s.op == "list" and len(s.args) == 1}  # fmt: skip
        self.sizes = {name: self.namer.fresh(base(name) + "_size") for name in sorted(known.growing)}
        for name in sorted(known.lists):
            item = function.types[name]
            assert isinstance(item, ListOf)
            if isinstance(item.item, Scalar):
                self.types[name] = Array(item.item.dtype, 1, "C")
        self.types |= {size.name: Scalar("int64") for size in self.sizes.values()}
        for param in function.params:
            if param.name in known.lists:
                raise UnsupportedError(f"`{param.name}` is a list", loc=function.loc, reason="a list has no adjoint of its own",
                                       remedy="pass an array: `np.array(values)`")  # fmt: skip

    def is_list(self, operand: object) -> bool:
        return isinstance(operand, Var) and operand.name in self.known.lists

    # ---- blocks -------------------------------------------------------------------------------------------

    def block(self, block: Block, trail: Trail = ()) -> Block:
        out: list[Statement] = []
        for position, s in enumerate(block):
            here = (*trail, (block, position))
            out += self.nested(s, here) if blocks(s) else self.statement(s)
        return tuple(out)

    def nested(self, s: Statement, trail: Trail) -> list[Statement]:
        if isinstance(s, For):
            self.covered.enter(s, trail)
        changed = with_blocks(s, tuple(self.block(inner, trail) for inner in blocks(s)))
        b = self.builder(s)
        match changed:
            case If(test) if self.is_list(test):
                flag = self.filled(test, b)
                return [*b.out, replace(changed, test=flag)]
            case While(header, test) if self.is_list(test):
                flag = self.filled(test, b)
                return [replace(changed, header=(*header, *b.out), test=flag)]
            case _:
                return [changed]

    def builder(self, s: Statement) -> Builder:
        return Builder(self.types, self.namer, s.loc)

    def filled(self, test: Operand, b: Builder) -> Var:
        """Has the list any items?"""
        assert isinstance(test, Var)
        return b.assign("filled", Scalar("bool"), ">", self.length(test, b), Const(0))

    # ---- statements ---------------------------------------------------------------------------------------

    def statement(self, s: Statement) -> list[Statement]:
        touched = [var for var in reads(s) if var.name in self.known.lists]
        touched += [var for var in binds(s) if var.name in self.known.lists]
        if not touched:
            return [s]
        self.simple_items(s, touched)
        b = self.builder(s)
        if not self.lowered(s, b):
            raise refuse(s, f"a list is used in `{_shown(s)}`", "lists have items, a length, and what changes those",
                          "make an array of it: `np.array(values)`")  # fmt: skip
        return b.out

    def simple_items(self, s: Statement, lists: list[Var]) -> None:
        for var in lists:
            if not isinstance(self.types[var.name], Array):
                type_ = self.types[var.name]
                what = {ListOf: "lists", Array: "arrays", TupleOf: "tuples"}.get(type(getattr(type_, "item", None)), "such values")
                raise refuse(s, f"a list of {what} is not supported", "only lists of numbers have an adjoint",
                              "use an array with one more axis: `np.empty((n, m))`")  # fmt: skip

    def lowered(self, s: Statement, b: Builder) -> bool:
        match s:
            case Assign(target, "list", items):
                self.create(target, Const(len(items)), b)
                for k, item in enumerate(items):
                    b.store(target, (Const(k),), item)
            case Assign(target, "list_of", (count,)):
                self.create(target, self.at_least_none(count, b), b)
            case Assign(_, ".append", (Var() as array, item, k)):
                b.store(array, (k,), item)
            case Assign(_, ".append", (Var() as array, item)):
                self.append(array, item, b)
            case Assign(target, "bind", (Var() as array,)):
                self.bind(target, array, b)
            case Assign(target, "len" | "rounds_of", (Var() as array,)):
                b.emit(Assign(target, "=", (self.length(array, b),), loc=s.loc))
            case Assign(target, "bool", (Var() as array,)):
                b.emit(Assign(target, "=", (self.filled(array, b),), loc=s.loc))
            case Assign(target, "item", (Var() as array, number, Const() as count)):
                if number == Const(0):
                    b.effect("check_count", self.length(array, b), count)
                b.emit(Load(target, array, (number,), loc=s.loc))
            case Load(target, array, (Slice() as part,)):
                whole = self.whole(array, b)
                self.copy(target, b.view(whole, (part,), 1), b)
            case Load(target, array, (k,)):
                b.emit(Load(target, array, (self.place(s, array, k, b),), loc=s.loc))
            case Store(array, (k,), value) | Accumulate(array, (k,), value) if not isinstance(k, Slice) and not self.is_list(value):
                b.emit(replace(s, index=(self.place(s, array, k, b),)))
            case Store(array, _, Var() as value) if not self.is_list(array):
                b.emit(replace(s, value=self.whole(value, b)))
            case Assign(target, "np.array" | "np.asarray", (Var() as array, *_)):
                self.array(target, array, b)
            case Assign():
                return self.changed(s, b) or self.combined(s, b)
            case _:
                return False
        return True

    def changed(self, s: Assign, b: Builder) -> bool:
        """What changes a list in place."""
        match s:
            case Assign(target, ".pop", (Var() as array,)):
                b.effect("check_pop", self.length(array, b))
                self.resize(array, -1, b)
                b.emit(Load(target, array, (self.sizes[array.name],), loc=s.loc))
            case Assign(target, ".pop", (Var() as array, k)):
                place = self.place(s, array, k, b)
                b.emit(Load(target, array, (place,), loc=s.loc))
                self.resize(array, -1, b)
                self.shift(array, place, b)
            case Assign(_, ".insert", (Var() as array, k, item)):
                place = b.integer("place", "insert_place", k, self.length(array, b))
                b.emit(Grow((array,), self.sizes[array.name], loc=s.loc))
                self.make_room(array, place, b)
                b.store(array, (place,), item)
                self.resize(array, 1, b)
            case Assign(_, ".clear", (Var() as array,)):
                b.emit(Assign(self.sizes[array.name], "=", (Const(0),), loc=s.loc))
            case Assign(_, ".reverse", (Var() as array,)):
                self.turn(array, b)
            case Assign(target, "+=", (Var() as array, Var() as more)) if self.is_list(more):
                count = b.integer("count", "=", self.length(more, b))
                b.loop("k", count, lambda k: self.append(array, b.load(more, (k,), "item"), b))
                if target != array:
                    self.bind(target, array, b)
            case _:
                return False
        return True

    def combined(self, s: Assign, b: Builder) -> bool:
        """New lists made of others."""
        match s:
            case Assign(target, "+", (Var() as left, Var() as right)) if self.is_list(left) and self.is_list(right):
                first, second = self.length(left, b), self.length(right, b)
                self.create(target, b.integer("count", "+", first, second), b)
                b.loop("k", first, lambda k: b.store(target, (k,), b.load(left, (k,), "item")))
                b.loop("k", second, lambda k: b.store(target, (b.integer("place", "+", first, k),), b.load(right, (k,), "item")))
            case Assign(target, "*", (Var() as array, times) | (times, Var() as array)) if self.is_list(array):
                self.repeat(target, array, self.at_least_none(times, b), b)
            case Assign(target, ".copy", (Var() as array,)):
                self.copy(target, self.whole(array, b), b)
            case _:
                return False
        return True

    # ---- lists as arrays ------------------------------------------------------------------------------------

    def create(self, target: Var, count: Operand, b: Builder) -> None:
        """A new list of so many items, which are still to be stored."""
        size = self.sizes.get(target.name)
        if size is None:
            b.empty(target, (count,))
            return
        if isinstance(count, Const):
            assert isinstance(count.value, int)
            b.empty(target, (Const(max(count.value, _ROOM)),))
        else:
            b.empty(target, (b.integer("room", "max", count, Const(_ROOM)),))
        b.emit(Assign(size, "=", (count,), loc=b.loc))

    def at_least_none(self, count: Operand, b: Builder) -> Operand:
        if isinstance(count, Const):
            return Const(max(int(count.value), 0)) if isinstance(count.value, int) else count
        return b.integer("count", "max", count, Const(0))

    def length(self, array: Var, b: Builder) -> Operand:
        size = self.sizes.get(array.name)
        return b.integer("count", "len", array) if size is None else size

    def whole(self, array: Var, b: Builder) -> Var:
        """All items that count, as an array."""
        size = self.sizes.get(array.name)
        return array if size is None else b.view(array, (Slice(None, size),), 1)

    def copy(self, target: Var, part: Var, b: Builder) -> None:
        size = self.sizes.get(target.name)
        if size is None:
            b.emit(Assign(target, ".copy", (part,), loc=b.loc))
            return
        count = b.integer("count", "len", part)
        self.create(target, count, b)
        b.loop("k", count, lambda k: b.store(target, (k,), b.load(part, (k,), "item")))

    def bind(self, target: Var, array: Var, b: Builder) -> None:
        b.emit(View(target, array, "=", loc=b.loc))
        if target.name in self.sizes:
            b.emit(Assign(self.sizes[target.name], "=", (self.sizes[array.name],), loc=b.loc))

    def append(self, array: Var, item: Operand, b: Builder) -> None:
        size = self.sizes[array.name]
        b.emit(Grow((array,), size, loc=b.loc))
        b.store(array, (size,), item)
        self.resize(array, 1, b)

    def resize(self, array: Var, by: int, b: Builder) -> None:
        size = self.sizes[array.name]
        b.emit(Assign(size, "+" if by > 0 else "-", (size, Const(abs(by))), loc=b.loc))

    def shift(self, array: Var, place: Operand, b: Builder) -> None:
        """Everything behind the place moves one to the front."""
        counter = b.new("k", Scalar("int64"))
        def move() -> None:
            b.store(array, (counter,), b.load(array, (b.integer("next", "+", counter, Const(1)),), "item"))

        b.emit(For(counter, place, self.sizes[array.name], Const(1), b.block(move), loc=b.loc))

    def make_room(self, array: Var, place: Operand, b: Builder) -> None:
        """Everything from the place on moves one to the back."""
        counter = b.new("k", Scalar("int64"))
        def move() -> None:
            b.store(array, (counter,), b.load(array, (b.integer("before", "-", counter, Const(1)),), "item"))

        b.emit(For(counter, self.sizes[array.name], place, Const(-1), b.block(move), loc=b.loc))

    def turn(self, array: Var, b: Builder) -> None:
        count = self.length(array, b)
        last = b.integer("last", "-", count, Const(1))

        def swap(k: Var) -> None:
            other = b.integer("other", "-", last, k)
            first, second = b.load(array, (k,), "item"), b.load(array, (other,), "item")
            b.store(array, (k,), second)
            b.store(array, (other,), first)

        b.loop("k", b.integer("half", "//", count, Const(2)), swap)

    def repeat(self, target: Var, array: Var, times: Operand, b: Builder) -> None:
        single = self.single.get(array.name)
        if single is not None and target.name not in self.sizes:
            b.emit(Assign(target, "np.full", (times, single), loc=b.loc))
            return
        count = self.length(array, b)
        self.create(target, b.integer("count", "*", times, count), b)

        def once(j: Var) -> None:
            start = b.integer("start", "*", j, count)
            b.loop("k", count, lambda k: b.store(target, (b.integer("place", "+", start, k),), b.load(array, (k,), "item")))

        b.loop("j", times, once)

    def array(self, target: Var, array: Var, b: Builder) -> None:
        """`np.array` of a list of numbers."""
        type_ = b.array(target)
        count = self.length(array, b)
        if type_.dtype == b.array(array).dtype:
            b.emit(Assign(target, ".copy", (self.whole(array, b),), loc=b.loc))
            return
        b.empty(target, (count,))
        b.loop("k", count, lambda k: b.store(target, (k,), b.load(array, (k,), "item")))

    # ---- positions ------------------------------------------------------------------------------------------

    def place(self, s: Statement, array: Var, k: Index, b: Builder) -> Operand:
        """The position of an item in the array, after Numba's check that it is there."""
        if not isinstance(k, Var | Const):
            raise refuse(s, "a list has one index", "it has one axis", "use an array")
        fixed = array.name not in self.sizes
        if self.covered.surely(array, k):
            return k
        count = self.length(array, b)
        b.effect("check_index", k, count)
        if fixed or self.covered.never_negative(k):
            return k
        if isinstance(k, Const):
            assert isinstance(k.value, int)
            return b.integer("place", "-", count, Const(-k.value))
        return b.integer("place", "list_place", k, count)


def _shown(s: Statement) -> str:
    return s.loc.text.strip() if s.loc is not None else "this statement"

