"""Tuples that are bound more than once are taken apart: their items are numbers, which can be recorded.

In: a resolved Function.  Out: the same function with a variable for each item in the place of such a tuple; where the whole
of it is asked for, it is put together again.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..analyses.cells import cells_of
from ..ir import Assign, Const, Function, Operand, Statement, TupleOf, Type, Var
from ..names import Namer, base
from ..walk import map_block, map_reads, reads


def taken_apart(function: Function, namer: Namer) -> Function:
    names = sorted(name for name in cells_of(function) if isinstance(function.types.get(name), TupleOf))
    if not names:
        return function
    apart = _Apart(dict(function.types), namer)
    for name in names:
        apart.parts[name] = apart.items(name, base(name))
    return replace(function, body=map_block(function.body, apart.statement), types=apart.types)


class _Apart:
    def __init__(self, types: dict[str, Type], namer: Namer) -> None:
        self.types, self.namer = types, namer
        self.parts: dict[str, tuple[Var, ...]] = {}

    def variable(self, hint: str, type_: Type) -> Var:
        var = self.namer.fresh(hint)
        self.types[var.name] = type_
        return var

    def items(self, name: str, hint: str) -> tuple[Var, ...]:
        """A new variable for each item of a tuple."""
        type_ = self.types[name]
        assert isinstance(type_, TupleOf)
        return tuple(self.variable(f"{hint}_{k}", item) for k, item in enumerate(type_.items))

    def statement(self, s: Statement) -> list[Statement]:
        match s:
            case Assign(target, "item", (Var(name), Const(int() as k))) if name in self.parts:
                return [Assign(target, "=", (self.parts[name][k],), loc=s.loc)]
            case Assign(target, "tuple", items) if target.name in self.parts:
                return self.bound(target, items, s)
            case Assign(target) if target.name in self.parts:
                whole = self.variable("%tuple", self.types[target.name])
                items = self.items(target.name, "%item")
                taken = [Assign(item, "item", (whole, Const(k)), loc=s.loc) for k, item in enumerate(items)]
                return [*self.statement(replace(s, target=whole)), *taken, *self.bound(target, items, s)]
            case _ if any(var.name in self.parts for var in reads(s)):
                out: list[Statement] = []
                changed = map_reads(s, lambda operand: self.together(operand, s, out))
                return [*out, changed]
            case _:
                return [s]

    def bound(self, target: Var, items: Sequence[Operand], s: Statement) -> list[Statement]:
        """All items are taken before any is bound."""
        out: list[Statement] = []
        given = [self.together(item, s, out) for item in items]
        held = self.items(target.name, "%item")
        out += [Assign(hold, "=", (item,), loc=s.loc) for hold, item in zip(held, given, strict=True)]
        return [*out, *(Assign(part, "=", (hold,), loc=s.loc) for part, hold in zip(self.parts[target.name], held, strict=True))]

    def together(self, operand: Operand, s: Statement, out: list[Statement]) -> Operand:
        """The operand; as a new tuple if it is one that was taken apart."""
        if not isinstance(operand, Var) or operand.name not in self.parts:
            return operand
        whole = self.variable("%tuple", self.types[operand.name])
        out.append(Assign(whole, "tuple", self.parts[operand.name], loc=s.loc))
        return whole
