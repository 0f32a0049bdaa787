"""Results that are lists of tuples, of lists or of arrays: taken apart into lists of numbers before the function returns.

In: a typed Function, before it is resolved.  Out: the same, where every list that it returns is one of numbers; its output says
what they are put together to (`structure.Spread`), which the last line of the text does (`listtext`).
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from ..ir import Array, Assign, Const, Function, ListOf, Load, Operand, Other, Return, Scalar, TupleOf, Type, Var
from ..names import Namer, base
from ..structure import Extent, Nested, Record, Stacked, Zipped, mapped
from ..walk import names
from .builder import Builder

_INTEGER = Scalar("int64")
Tree = Any                              # an operand, or a structure of trees


def with_plain_results(function: Function) -> Function:
    """The function with lists of numbers in the place of the other lists that it returns."""
    *body, last = function.body
    if not isinstance(last, Return) or not any(_is_spread(function.types, value) for value in last.values):
        return function
    maker = _Maker(Builder(dict(function.types), Namer(names(function)), last.loc))
    trees = [maker.tree(value) if isinstance(value, Var) and _is_spread(function.types, value) else value for value in last.values]
    places = count()
    values: list[Operand] = []

    def place(leaf: Any) -> int:
        values.append(leaf)
        number = next(places)
        return Extent(number) if leaf in maker.extents else number

    moved = [mapped(place, tree) for tree in trees]
    output = mapped(lambda old: None if old is None else moved[old], function.output)
    returns = replace(last, values=tuple(values), packed=isinstance(output, tuple))
    return replace(function, body=(*body, *maker.b.out, returns), types=maker.b.types, output=output)


def _is_spread(types: Mapping[str, Type], value: Operand) -> bool:
    type_ = types.get(value.name) if isinstance(value, Var) else None
    return isinstance(type_, ListOf) and not isinstance(type_.item, Scalar)


class _Maker:
    def __init__(self, b: Builder) -> None:
        self.b = b
        self.extents: set[Operand] = set()              # lists that say how long parts of others are

    def tree(self, array: Var) -> Tree:
        """The list as a structure of lists of numbers."""
        type_ = self.b.types[array.name]
        assert isinstance(type_, ListOf)
        match type_.item:
            case TupleOf(items, kind):
                columns = [self.column(array, k, item) for k, item in enumerate(items)]
                return Zipped([self.inside(column, item) for column, item in zip(columns, items, strict=True)], kind)
            case ListOf(inner):
                return self.nested(array, inner)
            case Array():
                return self.stacked(array, type_.item)
            case _:
                return array

    def inside(self, column: Var, item: Type) -> Tree:
        """Items that are tuples stand in the tuple itself."""
        tree = self.tree(column)
        if not isinstance(item, TupleOf):
            return tree
        return Record(tree, item.kind) if item.kind is not None else tuple(tree)

    def empty(self, hint: str, item: Type) -> Var:
        return self.b.assign(hint, ListOf(item), "list")

    def append(self, array: Var, item: Operand) -> None:
        self.b.emit(Assign(self.b.new("none", Other("none")), ".append", (array, item), loc=self.b.loc))

    def item(self, array: Var, k: Var, type_: Type) -> Var:
        target = self.b.new("item", type_)
        self.b.emit(Load(target, array, (k,), loc=self.b.loc))
        return target

    def length(self, array: Var) -> Var:
        return self.b.integer("count", "len", array)

    def column(self, array: Var, number: int, item: Type) -> Var:
        """Item `number` of every tuple."""
        b, column = self.b, self.empty(f"{base(array.name)}_{number}", item)
        whole = b.types[array.name]
        assert isinstance(whole, ListOf)

        def add(k: Var) -> None:
            self.append(column, b.assign("part", item, "item", self.item(array, k, whole.item), Const(number)))

        b.loop("k", self.length(array), add)
        return column

    def nested(self, array: Var, inner: Type) -> Tree:
        b = self.b
        items, lengths = self.empty(f"{base(array.name)}_items", inner), self.empty(f"{base(array.name)}_lengths", _INTEGER)

        def add(k: Var) -> None:
            row = self.item(array, k, ListOf(inner))
            n = self.length(row)
            self.append(lengths, n)
            b.loop("j", n, lambda j: self.append(items, self.item(row, j, inner)))

        b.loop("k", self.length(array), add)
        self.extents.add(lengths)
        return Nested((self.tree(items), lengths))

    def stacked(self, array: Var, type_: Array) -> Tree:
        b = self.b
        flat = self.empty(f"{base(array.name)}_flat", Scalar(type_.dtype))
        extents = [self.empty(f"{base(array.name)}_{axis}", _INTEGER) for axis in range(type_.ndim)]

        def add(k: Var) -> None:
            one = self.item(array, k, type_)
            shape = b.shape(one)
            for axis, column in enumerate(extents):
                self.append(column, b.integer("extent", "item", shape, Const(axis)))
            elements = b.assign("elements", Array(type_.dtype, 1, "C"), ".flatten", one)
            b.loop("j", b.integer("count", ".size", one), lambda j: self.append(flat, b.load(elements, (j,), "element")))

        b.loop("k", self.length(array), add)
        self.extents |= set(extents)
        return Stacked((flat, *extents))
