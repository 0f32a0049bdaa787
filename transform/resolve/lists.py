"""Lists of numbers and lists of lists, as arrays.

In: a typed Function before it is resolved.  Out: the same without lists.  A list whose length never changes is an array; one
that grows or shrinks is an array with room to spare and a number that says how much of it counts (`l` and `l_size`), if each
name may have its own, and is boxed otherwise (`listitems`).  What stands in a list of lists is the number of a boxed list.
Positions are checked as Numba checks them, unless the loop around tells that they are there.
"""
from __future__ import annotations

from dataclasses import replace

from ..ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    Call,
    Const,
    For,
    Function,
    If,
    Index,
    ListOf,
    Load,
    Operand,
    Return,
    Scalar,
    Slice,
    Statement,
    Store,
    Var,
    While,
)
from ..names import base
from ..structure import Extent, Listed, mapped
from ..walk import binds, blocks, reads, with_blocks
from .builder import Builder
from .displays import Displays
from .list_positions import Trail
from .listbinding import coalesced, rebound
from .listitems import Plain
from .listloops import asking
from .listmaking import ListMaking
from .listmethods import CHANGES, SEARCHES, compare, splice
from .listnames import list_names
from .lists_of_arrays import without_arrays
from .refuse import refuse
from .tuple_items import without_tuples


def without_lists(function: Function) -> Function:
    """The function with arrays in the place of lists, and of `np.array` of what is written out."""
    function = without_tuples(Displays(function).lowered())
    if not any(isinstance(type_, ListOf) for type_ in function.types.values()):
        return function
    function = coalesced(asking(without_arrays(function)))
    lowering = _Lists(function, list_names(function))
    params = tuple(map(lowering.parameter, function.params))
    body = lowering.block(function.body)
    body = (*lowering.entered(), *body)
    seen = tuple(name for name in function.seen if Var(name) in params)
    function = replace(function, params=params, body=body, types=lowering.types, output=lowering.output, seen=seen)
    return rebound(function, lowering.known, lowering.namer)


class _Lists(ListMaking):
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
        if isinstance(s, For):
            self.covered.leave(s)
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
        return b.assign("filled", Scalar("bool"), ">", self.items(test).length(b), Const(0))

    # ---- statements ---------------------------------------------------------------------------------------

    def statement(self, s: Statement) -> list[Statement]:
        if not any(var.name in self.known.lists for var in (*reads(s), *binds(s))):
            return [s]
        b = self.builder(s)
        if not self.lowered(s, b):
            raise refuse(s, f"a list is used in `{_shown(s)}`", "lists have items, a length, and what changes those",
                          "make an array of it: `np.array(values)`")  # fmt: skip
        return b.out

    def lowered(self, s: Statement, b: Builder) -> bool:
        match s:
            case Assign(target, "list", items):
                self.create(target, Const(len(items)), b)
                for k, item in enumerate(items):
                    self.items(target).store(Const(k), item, b)
            case Assign(target, "list_of", (count,)):
                self.create(target, self.at_least_none(count, b), b)
            case Assign(_, ".append", (Var() as array, item, k)):
                self.items(array).store(k, item, b)
            case Assign(target, "bind", (Var() as array,)):
                self.bind(target, array, b)
            case Assign(target, "len" | "rounds_of", (Var() as array,)):
                b.emit(Assign(target, "=", (self.items(array).length(b),), loc=s.loc))
            case Assign(target, "bool", (Var() as array,)):
                b.emit(Assign(target, "=", (self.filled(array, b),), loc=s.loc))
            case Assign(target, "item", (Var() as array, number, Const() as count)):
                if number == Const(0):
                    b.effect("check_count", self.items(array).length(b), count)
                self.take(target, array, number, b)
            case Load(target, array, (Slice() as part,)):
                self.copy(target, b.view(self.items(array).whole(b), (part,), 1), b)
            case Load(target, array, (k,)):
                self.take(target, array, self.place(s, array, k, b), b)
            case Accumulate(array, (k,), Var() as more) if self.of_lists(array):
                self.extend(self.inside(array, self.items(array).load(self.place(s, array, k, b), b)), self.items(more), b)
            case Store(array, (k,), _) | Accumulate(array, (k,), _) if not isinstance(k, Slice) and self.is_list(array):
                held = self.items(array)
                b.emit(replace(s, array=held.memory, index=(held.position(self.place(s, array, k, b), b),)))
            case Assign(_, "sort_order", (keys, backwards, *more)):
                return self.ordered(s, (keys, *more), backwards, b)
            case Store(array, (Slice(step=None) as part,), Var() as value) if self.is_list(array) and self.is_list(value):
                splice(self.items(array), part, self.items(value), b)
            case Store(array, _, Var() as value) if not self.is_list(array) and not self.of_lists(value):
                b.emit(replace(s, value=self.items(value).whole(b)))
            case Assign(_, "print", args) if not any(map(self.of_lists, args)):
                b.emit(replace(s, args=tuple(self.printed(arg, b) for arg in args)))
            case Call():
                self.call(s, b)
            case Return(values):
                b.emit(replace(s, values=tuple(self.given_back(value, b) for value in values)))
                marked = {place for place, value in enumerate(values) if self.is_list(value)}
                self.output = mapped(lambda k: Listed(k) if k in marked and not isinstance(k, Extent) else k, self.output)
            case Assign(target, "np.array" | "np.asarray", (Var() as array, *_)) if not self.of_lists(array):
                self.array(target, array, b)
            case Assign():
                return self.changed(s, b) or self.combined(s, b)
            case _:
                return False
        return True

    def ordered(self, s: Assign, keys: tuple[Operand, ...], backwards: Operand, b: Builder) -> bool:
        """The order of the items of a list, or of several side by side, the first of which counts most."""
        if any(isinstance(type_ := self.old[key.name], ListOf) and not isinstance(type_.item, Scalar)
               for key in keys if isinstance(key, Var)):  # fmt: skip
            return False
        arrays = tuple(self.items(key).whole(b) for key in keys if isinstance(key, Var))
        several = len(arrays) > 1
        b.emit(replace(s, op="sort_order_of", args=(backwards, *arrays)) if several else replace(s, args=(*arrays, backwards)))
        return True

    def printed(self, arg: Operand, b: Builder) -> Operand:
        """What is printed for a list: a list of numbers."""
        if not isinstance(arg, Var) or not self.is_list(arg):
            return arg
        type_ = self.old[arg.name]
        return b.assign(base(arg.name), type_, "as_list", self.items(arg).whole(b))

    def call(self, s: Call, b: Builder) -> None:
        """A routine gets the items as arrays, and returns such."""
        args = tuple(self.items(arg).whole(b) if isinstance(arg, Var) and self.is_list(arg) else arg for arg in s.args)
        made = {target: b.new(base(target.name), Array(self.dtype(target.name), 1, "C"))
                for target in s.targets if self.is_list(target) and not self.fixed(target)}  # fmt: skip
        b.emit(replace(s, targets=tuple(made.get(target, target) for target in s.targets), args=args))
        for target, array in made.items():
            self.copy(target, array, b)

    def given_back(self, value: Operand, b: Builder) -> Operand:
        """A result that is a list, as an array of its items."""
        if not isinstance(value, Var) or not self.is_list(value):
            return value
        items = self.items(value)
        if isinstance(items, Plain) and items.size is None:
            return value
        return b.assign(base(value.name), Array(self.dtype(value.name), 1, "C"), ".copy", items.whole(b))

    def take(self, target: Var, array: Var, k: Operand, b: Builder) -> None:
        items = self.items(array)
        b.emit(Load(target, items.memory, (items.position(k, b),), loc=b.loc))

    def changed(self, s: Assign, b: Builder) -> bool:
        """What changes a list in place, or looks for something in it."""
        match s:
            case Assign(target, ".pop" | ".remove" | ".insert" as op, (Var() as array, k, *rest)) if self.is_list(array):
                where = k if op != ".pop" else self.place(s, array, k, b)
                CHANGES[op](target, self.items(array), (where, *rest), b)
            case Assign(target, op, (Var() as array, *args)) if op in CHANGES and self.is_list(array):
                CHANGES[op](target, self.items(array), args, b)
            case Assign(target, op, (Var() as array, *args)) if op in SEARCHES and self.is_list(array) and not self.of_lists(array):
                SEARCHES[op](target, self.items(array), args, b)
            case Assign(target, "in" | "not in" as op, (item, Var() as array)) if self.is_list(array) and not self.of_lists(array):
                SEARCHES[op](target, self.items(array), (item,), b)
            case Assign(target, "+=", (Var() as array, Var() as more)) if self.is_list(more):
                self.extend(self.items(array), self.items(more), b)
                if target != array:
                    self.bind(target, array, b)
            case Assign(target, "*=", (Var() as array, times)):
                items = self.items(array)
                count, least = b.integer("count", "=", items.length(b)), self.at_least_none(times, b)
                more = b.integer("more", "*", count, b.integer("times", "-", least, Const(1)))
                b.loop("k", more, lambda k: items.append(items.load(k, b), b))
                none = b.assign("none", Scalar("bool"), "<", more, Const(0))
                b.when(none, lambda: items.put_length(Const(0), b))
                if target != array:
                    self.bind(target, array, b)
            case _:
                return False
        return True

    def combined(self, s: Assign, b: Builder) -> bool:
        """New lists made of others."""
        match s:
            case Assign(target, "+", (Var() as left, Var() as right)) if self.is_list(left) and self.is_list(right):
                one, other = self.items(left), self.items(right)
                first, second = b.integer("count", "=", one.length(b)), b.integer("count", "=", other.length(b))
                self.create(target, b.integer("count", "+", first, second), b)
                made = self.items(target)
                b.loop("k", first, lambda k: made.store(k, one.load(k, b), b))
                b.loop("k", second, lambda k: made.store(b.integer("place", "+", first, k), other.load(k, b), b))
            case Assign(target, "*", (Var() as array, times) | (times, Var() as array)) if self.is_list(array):
                self.repeat(target, array, self.at_least_none(times, b), b)
            case Assign(target, ".copy", (Var() as array,)):
                self.copy(target, self.items(array).whole(b), b)
            case Assign(target, "==" | "!=" | "<" | "<=" | ">" | ">=" as op, (Var() as left, Var() as right)):
                if self.of_lists(left):
                    return False
                compare(target, op, self.items(left), self.items(right), b)
            case _:
                return False
        return True

    # ---- parameters -----------------------------------------------------------------------------------------

    def parameter(self, param: Var) -> Var:
        """A list comes as an array; one that grows, or that has to be boxed, is made of it first."""
        if not self.is_list(param) or self.fixed(param):
            return param
        given = self.namer.fresh(param.name)
        self.types[given.name] = Array(self.dtype(param.name), 1, "C")
        self.given[param] = given
        return given

    def entered(self) -> list[Statement]:
        """Lists that grow are made of what the caller gave, which must not be the list of another parameter."""
        for param, given in self.given.items():
            for other in self.params:
                if other != param and self.is_list(other) and self.dtype(other.name) == self.dtype(param.name):
                    names = Const(base(param.name)), Const(base(other.name))
                    self.start.effect("check_disjoint", given, self.given.get(other, other), *names)
        for param, given in self.given.items():
            self.copy(param, given, self.start)
        return self.start.out

    # ---- positions ------------------------------------------------------------------------------------------

    def place(self, s: Statement, array: Var, k: Index, b: Builder) -> Operand:
        """The position of an item in the list, after Numba's check that it is there."""
        if not isinstance(k, Var | Const):
            raise refuse(s, "a list has one index", "it has one axis", "use an array")
        boxed = array.name in self.known.boxed
        if not boxed and self.covered.surely(array, k):
            return k
        count = self.items(array).length(b)
        b.effect("check_index", k, count)
        if self.fixed(array) or self.covered.never_negative(k):
            return k
        if isinstance(k, Const):
            assert isinstance(k.value, int)
            return b.integer("place", "-", count, Const(-k.value))
        return b.integer("place", "list_place", k, count)


def _shown(s: Statement) -> str:
    return s.loc.text.strip() if s.loc is not None else "this statement"
