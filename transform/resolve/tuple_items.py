"""Tuples that are values, and lists of them: a name for each item, and a list for each item of the items.

In: a typed Function before it is resolved.  Out: the same without names of tuples that hold numbers with a derivative, arrays
or lists, or that stand in a list: `pairs` becomes `pairs_0` and `pairs_1`, which grow and shrink together, and `p = pairs[k]`
becomes two numbers.  Tuples of integers that never meet a list, such as shapes, stay what they are.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, pairwise
from typing import Any

from ..ir import (
    Array,
    Assign,
    Call,
    Const,
    For,
    Function,
    If,
    Leave,
    ListOf,
    Load,
    Operand,
    Other,
    Return,
    Scalar,
    Statement,
    Store,
    TupleOf,
    Type,
    Var,
    While,
    is_float,
)
from ..names import Namer, base, is_temporary
from ..rules import RULES
from ..structure import Structure, fields_of, keys, leaves, mapped, rebuilt
from ..walk import binds, map_bind, map_block, map_reads, names, reads, walk
from .builder import Builder
from .comparisons import ORDER, compared, rows_compared
from .refuse import refuse
from .tupletypes import parts_of

_LISTS = ("list_of", ".clear", ".reverse", ".copy", "*", "*=", "+", "+=", ".permute", ".append", ".insert", ".pop", "bind", "item")
_TAKES = ("bind", "item", "part", "len", "rounds_of", "+", *ORDER)
_FLOWS = ("bind", "item", "part", "tuple", "record", "list", ".append", ".insert", ".pop", "+", "+=", "*", ".copy")

Tree = Any                              # an operand, or a tuple of trees


def without_tuples(function: Function) -> Function:
    chosen = _chosen(function)
    if not chosen and not any(map(_is_record, walk(function.body))):
        return function
    apart = _Apart(function, chosen)
    body = map_block(function.body, apart.statement)
    types = {name: type_ for name, type_ in apart.types.items() if name not in apart.trees}
    captures = {name: value for name, value in function.captures.items() if name not in apart.classes}
    params = tuple(apart.flat(function.params))
    seen = tuple(param.name for param in params) if function.routine else function.seen
    return replace(function, params=params, body=body, types=types, output=apart.output, captures=captures, seen=seen)


def _chosen(function: Function) -> list[str]:
    """The names that are taken apart."""
    types = function.types
    tuples = {name for name, type_ in types.items() if isinstance(parts_of(type_), tuple)}
    found = {name for name in tuples if isinstance(types[name], ListOf)}
    for s in walk(function.body):                       # those that are only arguments stay what they are: `np.stack((a, b))`
        if not isinstance(s, Assign) or s.op in _TAKES or s.op.startswith("field:"):
            held = [var.name for var in reads(s) if var.name in tuples]
            found |= {name for name in held if any(map(_counts, leaves(parts_of(types[name]))))}
    pairs: list[tuple[str, str]] = []
    for s in walk(function.body):
        if isinstance(s, Load | Store) or (isinstance(s, Assign) and s.op in _FLOWS):
            near = sorted({var.name for var in (*reads(s), *binds(s)) if var.name in tuples})
            pairs += list(pairwise(near))
    before = -1
    while before != len(found):
        before = len(found)
        for left, right in pairs:
            if left in found or right in found:
                found |= {left, right}
    return sorted(found)


def _is_record(s: Statement) -> bool:
    return isinstance(s, Assign) and (s.op == "record" or s.op.startswith("field:"))


def _counts(type_: Type) -> bool:
    return is_float(type_) or isinstance(type_, Array | ListOf)


class _Apart:
    def __init__(self, function: Function, chosen: Sequence[str]) -> None:
        self.types: dict[str, Type] = dict(function.types)
        self.namer = Namer(names(function))
        self.output, self.routine = function.output, function.routine
        self.trees: dict[str, Tree] = {name: self.named(parts_of(self.types[name]), name) for name in chosen}
        self.classes = {s.args[0].name for s in walk(function.body)
                        if isinstance(s, Assign) and s.op == "record" and isinstance(s.args[0], Var)}  # fmt: skip

    def named(self, types: Any, hint: str) -> Tree:
        """Fresh names in the structure of a type: `p_mass`, `pairs_0`."""
        if isinstance(types, tuple):
            return rebuilt(types, [self.named(item, f"{hint}_{key}") for key, item in zip(keys(types), types, strict=True)])
        stem = base(hint) + hint.split(".", 1)[1].lstrip("0123456789") if "." in hint else base(hint)
        var = self.namer.temporary(stem) if is_temporary(hint) else self.namer.fresh(stem)
        self.types[var.name] = types
        return var

    def tree(self, operand: Operand) -> Tree:
        return self.trees.get(operand.name, operand) if isinstance(operand, Var) else operand

    def is_list(self, operand: object) -> bool:
        return isinstance(operand, Var) and isinstance(self.types[operand.name], ListOf)

    def builder(self, s: Statement) -> Builder:
        return Builder(self.types, self.namer, s.loc)

    # ---- statements ---------------------------------------------------------------------------------------

    def statement(self, s: Statement) -> list[Statement]:
        touched = [var for var in (*reads(s), *binds(s)) if var.name in self.trees]
        if not touched:
            return [self.plain(s)]
        b = self.builder(s)
        if any(self.is_list(var) for var in touched) and self.of_list(s, b):
            return b.out
        if self.of_tuple(s, b):
            return b.out
        return self.whole(s, b)

    def plain(self, s: Statement) -> Statement:
        """A namedtuple of integers is a tuple of integers."""
        match s:
            case Assign(_, "record", (_, *items)):
                return replace(s, op="tuple", args=tuple(items))
            case Assign(_, op, (Var(name),)) if op.startswith("field:") and isinstance(type_ := self.types[name], TupleOf):
                assert type_.kind is not None
                return replace(s, op="item", args=(*s.args, Const(fields_of(type_.kind).index(op[6:]))))
            case _:
                return s

    def of_list(self, s: Statement, b: Builder) -> bool:
        """The statement once for each of the lists that a list is taken apart into."""
        match s:
            case Load(_, whole) | Assign(_, "item", (whole, *_)) if not self.is_list(whole):
                return False                            # a list that stands in a tuple
            case Assign(target, "list", items):
                self.each(self.tree(target), [self.tree(item) for item in items], lambda t, args: self.again(s, t, args, b))
            case Assign(target, "<" | "<=" | ">" | ">=" as op, (left, right)):
                if not all(isinstance(column := self.types[leaf.name], ListOf) and isinstance(column.item, Scalar)
                           for leaf in self.flat((left, right))):  # fmt: skip
                    raise refuse(s, f"`{op}` between lists of tuples that hold arrays or lists", "only numbers are in an order",
                                  "write the loop")  # fmt: skip
                rows_compared(target, op, self.tree(left), self.tree(right), b)
            case Assign(_, "sort_order", (keys, backwards)):
                first, *others = self.flat((keys,))
                b.emit(replace(s, args=(first, backwards, *others)))
            case Assign(target, "len" | "rounds_of" | "bool", (Var() as array,)):
                b.emit(replace(s, args=(next(leaves(self.tree(array))),)))
            case Assign(target, op, args) if op in _LISTS:
                given = [self.tree(arg) for arg in args]
                like = next(tree for tree in (self.tree(target), *given) if isinstance(tree, tuple))
                self.each(like, [self.tree(target), *given], lambda _, all_: self.again(s, all_[0], all_[1:], b))
            case Load(target, array, index):
                self.each(self.tree(target), [self.tree(array)], lambda t, all_: b.emit(Load(t, all_[0], index, loc=s.loc)))
            case Store(array, index, value):
                self.each(self.tree(array), [self.tree(value)], lambda a, all_: b.emit(Store(a, index, all_[0], loc=s.loc)))
            case Call(targets, _, args):
                b.emit(replace(s, targets=tuple(self.flat(targets)), args=tuple(self.flat(args))))
            case If(test) | While(test=test) | Leave(test) if isinstance(test, Var):
                b.emit(replace(s, test=next(leaves(self.tree(test)))))
            case _:
                return False
        return True

    def flat(self, operands: Sequence[Operand]) -> Iterator[Any]:
        return (leaf for operand in operands for leaf in leaves(self.tree(operand)))

    def each(self, like: Tree, trees: Sequence[Tree], make: Any) -> None:
        """`make` for every leaf of `like`, with those at the same place of the other trees; what is no tree is the same for all."""
        if not isinstance(like, tuple):
            make(like, list(trees))
            return
        for k, item in enumerate(like):
            self.each(item, [tree[k] if isinstance(tree, tuple) else tree for tree in trees], make)

    def again(self, s: Assign, target: Var, args: Sequence[Operand], b: Builder) -> None:
        used = {var.name for one in b.out for var in binds(one)}
        if target.name in used:                         # what an append gives back, which is nothing
            target = b.new(base(target.name), Other("none"))
        b.emit(Assign(target, s.op, tuple(args), loc=s.loc))

    # ---- tuples -------------------------------------------------------------------------------------------

    def of_tuple(self, s: Statement, b: Builder) -> bool:
        match s:
            case Assign(target, "tuple", items):
                self.bind(self.tree(target), tuple(map(self.tree, items)), s, b)
            case Assign(target, "record", (_, *items)):
                self.bind(self.tree(target), tuple(map(self.tree, items)), s, b)
            case Assign(target, "bind", (value,)):
                self.bind(self.tree(target), self.items(s, value), s, b)
            case Assign(target, "item" | "part", (Var() as whole, Const(int() as k), *rest)):
                items = self.items(s, whole)
                if rest and rest[0] != Const(len(items)):
                    raise refuse(s, f"{len(items)} values for {getattr(rest[0], 'value', 0)} names", "Python would raise here")
                self.bind(self.tree(target), items[k], s, b)
            case Assign(target, op, (Var() as whole,)) if op.startswith("field:"):
                items = self.items(s, whole)
                self.bind(self.tree(target), items[keys(items).index(op[6:])], s, b)
            case Assign(target, "len" | "rounds_of", (Var() as whole,)):
                b.emit(Assign(target, "bind", (Const(len(self.items(s, whole))),), loc=s.loc))
            case Assign(target, "+", (left, right)):
                self.bind(self.tree(target), (*self.items(s, left), *self.items(s, right)), s, b)
            case Assign(target, op, (left, right)) if op in ORDER:
                compared(target, op, self.items(s, left), self.items(s, right), b)
            case Load(target, whole, (index,)):
                self.load(s, self.tree(target), self.items(s, whole), index, b)
            case Return(values):
                b.emit(self.returned(s, values))
            case _:
                return False
        return True

    def items(self, s: Statement, operand: Operand) -> tuple[Tree, ...]:
        """The items of a tuple."""
        tree = self.tree(operand)
        if not isinstance(tree, tuple):
            raise refuse(s, "a name is a tuple in one place and something else in another", "a name keeps its structure",
                          "use another name")  # fmt: skip
        return tree

    def bind(self, target: Tree, value: Tree, s: Statement, b: Builder) -> None:
        """All items are taken before any is bound."""
        mine = set(leaves(target))
        held: dict[Var, Var] = {}
        for part in leaves(value):
            if part in mine and part not in held:
                held[part] = b.assign(base(part.name), self.types[part.name], "bind", part)
        self.each(target, [value], lambda t, all_: b.emit(Assign(t, "bind", (held.get(all_[0], all_[0]),), loc=s.loc)))

    def load(self, s: Statement, target: Tree, items: tuple[Tree, ...], index: Any, b: Builder) -> None:
        match index:
            case Const(int() as k):
                self.bind(target, items[k], s, b)
            case Var():
                b.effect("check_item", index, Const(len(items)))
                self.chosen(s, target, items, b.integer("place", "%", index, Const(len(items))), 0, b)
            case _:
                bounds = [None if part is None else getattr(part, "value", part) for part in (index.start, index.stop, index.step)]
                if any(isinstance(part, Var) for part in bounds):
                    raise refuse(s, "a tuple is cut at a place that is not known before the call",
                                  "how many items are left must be known", "use a constant, or an array")  # fmt: skip
                self.bind(target, items[slice(*bounds)], s, b)

    def chosen(self, s: Statement, target: Tree, items: tuple[Tree, ...], place: Var, k: int, b: Builder) -> None:
        """The item at a place that is known when the function runs: one branch for each."""
        if k == len(items) - 1:
            self.bind(target, items[k], s, b)
            return
        here = b.assign("here", Scalar("bool"), "==", place, Const(k))
        then = b.block(lambda: self.bind(target, items[k], s, b))
        b.emit(If(here, then, b.block(lambda: self.chosen(s, target, items, place, k + 1, b)), loc=s.loc))

    def returned(self, s: Return, values: tuple[Operand, ...]) -> Return:
        if self.routine:
            given = tuple(self.flat(values))
            return replace(s, values=given, packed=len(given) > 1)
        trees = [self.tree(value) for value in values]
        places = count()
        moved = [mapped(lambda _: next(places), tree) for tree in trees]
        output: Structure = mapped(lambda place: None if place is None else moved[place], self.output)
        self.output = output
        return replace(s, values=tuple(leaf for tree in trees for leaf in leaves(tree)), packed=isinstance(output, tuple))

    # ---- anything else ------------------------------------------------------------------------------------

    def whole(self, s: Statement, b: Builder) -> list[Statement]:
        """A tuple is put together for the functions that ask for it, and taken apart where one makes it."""
        if isinstance(s, For | While | If | Leave):
            raise self.unfit(s)
        new: dict[Var, Var] = {}
        for var in (*reads(s), *binds(s)):
            tree = self.trees.get(var.name)
            if tree is None or var in new:
                continue
            if any(isinstance(part, tuple) for part in tree) or self.is_list(var):
                raise self.unfit(s)
            called = isinstance(s, Assign) and s.op in RULES
            if not called and any(_counts(self.types[part.name]) for part in tree):
                raise self.unfit(s)
            new[var] = b.new(base(var.name), self.types[var.name])
        for var in dict.fromkeys(reads(s)):
            if var in new:
                b.emit(Assign(new[var], "tuple", self.trees[var.name], loc=s.loc))
        b.emit(_renamed(s, new))
        for var in binds(s):
            if var in new:
                taken = [b.assign("item", self.types[part.name], "item", new[var], Const(k))
                         for k, part in enumerate(self.trees[var.name])]  # fmt: skip
                self.bind(self.trees[var.name], tuple(taken), s, b)
        return b.out

    def unfit(self, s: Statement) -> Exception:
        shown = s.loc.text.strip() if s.loc is not None else "this statement"
        return refuse(s, f"a tuple of numbers is used as a value in `{shown}`", "a tuple is its items, each with a name of its own",
                      "take the items out of it first: `x, y = p`")  # fmt: skip


def _renamed(s: Statement, new: dict[Var, Var]) -> Statement:
    changed = map_reads(s, lambda operand: new.get(operand, operand) if isinstance(operand, Var) else operand)
    return map_bind(changed, lambda var: new.get(var, var))
