"""A number that is spread over an array, only to be multiplied with an array of that shape or added to one, stays a number.

The adjoint of ``np.sum(x * x)`` is the number g in the shape of ``x * x``; ``2 * x * g`` and ``x_bar += g`` need no such array.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from ..analyses.cells import cells_of
from ..ir import Accumulate, Array, Assign, Const, Function, Load, Operand, Scalar, Statement, Store, Type, Var, View
from ..names import Namer, is_temporary
from ..rules import RULES
from ..switches import on
from ..walk import binds, map_block, names, reads, walk

_SPREAD = ("spread", "spread_mean")
_PRODUCTS = ("*", "strong")
Shape = frozenset[str]                  # the arrays that are broadcast with each other


def unspread(function: Function) -> Function:
    """The function with numbers in place of arrays that are full of one."""
    if not on("spreads") or not any(isinstance(s, Assign) and s.op in _SPREAD for s in walk(function.body)):
        return function
    return replace(function, body=map_block(function.body, _Spreads(function).statement))


class _Spreads:
    def __init__(self, function: Function) -> None:
        self.types = function.types
        several = cells_of(function)
        self.made: dict[str, Statement | None] = dict.fromkeys((*(param.name for param in function.params), *function.captures))
        for s in walk(function.body):
            self.made |= {target.name: s for target in binds(s)}
        self.made = {name: s for name, s in self.made.items() if name not in several}
        self.namer = Namer(names(function))
        self.uses = Counter(var.name for s in walk(function.body) for var in reads(s))

    def statement(self, s: Statement) -> Iterator[Statement]:
        out: list[Statement] = []
        match s:
            case Assign(_, op, (left, right)) if op in _PRODUCTS:
                s = self.product(self.product(s, left, right, out), right, left, out)
            case Accumulate(array, (), value) | Store(array, (), value) if self.has_axes(self.types.get(array.name)):
                spread = self.spread(value)
                s = s if spread is None else replace(s, value=self.number(spread, out))
            case _:
                pass
        yield from out
        yield s

    def product(self, s: Statement, operand: Operand, other: Operand, out: list[Statement]) -> Statement:
        """The product of the two with a number for the first, if that is spread over the shape of the other."""
        spread = self.spread(operand)
        if spread is None or not isinstance(s, Assign) or not self.shape(spread.args[1]) <= self.shape(other):
            return s
        number = self.number(spread, out)
        if number == Const(1.0) and isinstance(other, Var) and self.is_passing(other):
            return View(s.target, other, "=", loc=s.loc)
        return replace(s, args=tuple(number if arg == operand else arg for arg in s.args))

    def number(self, spread: Assign, out: list[Statement]) -> Operand:
        """What is spread: that itself, or for a mean one share of it."""
        number, like, *_ = spread.args
        if spread.op == "spread":
            return number
        (array,) = self.shape(like)
        size, share = self.namer.temporary("size"), self.namer.temporary("share")
        out += [Assign(size, ".size", (Var(array),), loc=spread.loc), Assign(share, "/", (number, size), loc=spread.loc)]
        return share

    def is_passing(self, array: Var) -> bool:
        """Is it memory that is made to be read once?"""
        return is_temporary(array.name) and self.uses[array.name] == 1 and self.elementwise(self.made[array.name]) is not None

    def spread(self, operand: Operand) -> Assign | None:
        """The statement that spreads a number over all axes, if the operand comes from one."""
        match self.made.get(operand.name) if isinstance(operand, Var) else None:
            case View(_, array, "="):
                return self.spread(array)
            case Assign(_, "spread", (number, like) | (number, like, Const(None))) as made:
                return made if self.is_number(number) and self.shape(like) else None
            case Assign(_, "spread_mean", (number, like)) as made:
                return made if self.is_number(number) and len(self.shape(like)) == 1 else None
            case _:
                return None

    def is_number(self, operand: Operand) -> bool:
        """Is it known to be one, that is bound once?"""
        if isinstance(operand, Const):
            return True
        if operand.name not in self.made:
            return False
        type_, made = self.types.get(operand.name), self.made[operand.name]
        if type_ is not None:
            return isinstance(type_, Scalar)
        args = self.elementwise(made)
        return isinstance(made, Load) or (args is not None and all(map(self.is_number, args)))

    def elementwise(self, made: Statement | None) -> tuple[Operand, ...] | None:
        """The operands of an operation on numbers and on the elements of arrays alike."""
        rule = RULES.get(made.op) if isinstance(made, Assign) else None
        return made.args if isinstance(made, Assign) and rule is not None and rule.kind == "elementwise" else None

    def shape(self, operand: Operand) -> Shape:
        """The arrays whose shapes make that of the operand; none where it has no axes, or is bound more than once."""
        if not isinstance(operand, Var) or operand.name not in self.made or self.is_number(operand):
            return frozenset()
        type_, args = self.types.get(operand.name), self.elementwise(self.made[operand.name])
        if args is not None:
            parts = [self.shape(arg) for arg in args if not self.is_number(arg)]
            return frozenset().union(*parts) if parts and all(parts) else frozenset()
        return frozenset([operand.name]) if self.has_axes(type_) else frozenset()

    def has_axes(self, type_: Type | None) -> bool:
        return isinstance(type_, Array) and type_.ndim > 0
