"""Checks of shapes before statements that raise where they do not fit.

A derivative runs what it needs of the primal, and a product of two arrays of different length may not be among it: the primal
raises, and so must the derivative, instead of handing out what cannot be a gradient.  Where the extents are known to be the
same there is nothing to check.  `simplify.checks` takes a check out again where the statement itself is still there.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..analyses.cells import cells_of
from ..analyses.extents import Extents
from ..ir import (
    Accumulate,
    Array,
    Assign,
    Const,
    Ellipsis_,
    For,
    Function,
    Index,
    Operand,
    Other,
    Scalar,
    Slice,
    Statement,
    Store,
    TupleOf,
    Type,
    Var,
    View,
)
from ..names import Namer
from ..rules import RULES
from ..walk import binds, map_block, names, walk

PRODUCTS = ("np.dot", ".dot", "@")


def with_checks(function: Function) -> Function:
    """The function with a check before each statement whose shapes are not known to fit."""
    shapes = Shapes(function)
    types = dict(function.types)
    namer = Namer(names(function))

    def checked(s: Statement) -> list[Statement]:
        out: list[Statement] = []
        if isinstance(s, Store | Accumulate) and not shapes.fits(s.array, s.index, s.value):
            place = s.array
            if s.index:
                place = namer.temporary("place")
                types[place.name] = shapes.place(s)
                out.append(View(place, s.array, "index", s.index, loc=s.loc))
            out.append(effect("check_assign", (place, shapes.plain(s.value)), s))
        if isinstance(s, View) and s.kind == ".reshape":
            shape = namer.temporary("shape")
            types[shape.name] = TupleOf((Scalar("int64"),) * len(s.args))
            sizes = tuple(arg for arg in s.args if isinstance(arg, Var | Const))
            out += [Assign(shape, "tuple", sizes, loc=s.loc), effect("check_reshape", (s.array, shape), s)]
        out += [effect(op, args, s) for op, args in shapes.checks(s)]
        return [*out, s]

    def effect(op: str, args: tuple[Operand, ...], s: Statement) -> Statement:
        target = namer.temporary("checked")
        types[target.name] = Other("none")
        return Assign(target, op, args, loc=s.loc)

    return replace(function, body=map_block(function.body, checked), types=types)


class Shapes:
    """What is known of the shapes in a function."""

    def __init__(self, function: Function) -> None:
        bound = frozenset(var.name for s in walk(function.body) for var in binds(s))
        self.types: dict[str, Type] = dict(function.types)
        self.extents = Extents(function, bound - cells_of(function))

    def checks(self, s: Statement) -> Iterator[tuple[str, tuple[Operand, ...]]]:
        match s:
            case Assign(_, op, args) if op in RULES and RULES[op].broadcasts:
                arrays = [arg for arg in args if self.rank(arg) > 0]
                for k, arg in enumerate(arrays[1:], 1):
                    yield from self.pairs([leaf for left in arrays[:k] for leaf in self.leaves(left)], self.leaves(arg))
            case Assign(_, op, (left, right)) if op in PRODUCTS and self.rank(left) > 0 and self.rank(right) > 0:
                if self.axis(left, self.rank(left) - 1) != self.axis(right, max(self.rank(right) - 2, 0)):
                    yield "check_product", (left, right)
            case For(step=Var() as step):
                yield "check_step", (step,)
            case _:
                pass

    def fits(self, array: Var, index: tuple[Index, ...], value: Operand) -> bool:
        """Is the value a number, or known to have the shape of array[index]?"""
        rank = self.rank(value)
        if rank == 0:
            return True
        if not index:
            return self.same(array, value)
        if any(isinstance(item, Ellipsis_) for item in index):
            return False
        return self.extents.slots(array.name, index) == [self.axis(value, k) for k in range(rank)]

    def plain(self, value: Operand) -> Operand:
        """An array of the same shape that is there anyhow: `x -= k` adds -k, which is none for an array of bools in Python."""
        match self.extents.definition.get(value.name) if isinstance(value, Var) else None:
            case Assign(_, "neg", (Var() as operand,)):
                return operand
            case _:
                return value

    def place(self, s: Store | Accumulate) -> Array:
        """The type of the part of an array that is written to, which has any strides."""
        whole = self.types[s.array.name]
        assert isinstance(whole, Array)
        taken = sum(not isinstance(item, Slice | Ellipsis_) for item in s.index)
        return Array(whole.dtype, whole.ndim - taken, "A")

    def pairs(self, left: list[Var], right: list[Var]) -> Iterator[tuple[str, tuple[Operand, ...]]]:
        """Arrays fit if any two of them do."""
        seen: set[tuple[str, str]] = set()
        for one in left:
            for other in right:
                pair = (one.name, other.name)
                if one != other and not self.same(one, other) and pair not in seen:
                    seen.add(pair)
                    yield "check_broadcast", (one, other)

    def leaves(self, operand: Operand) -> list[Var]:
        """The arrays that give an elementwise expression its shape."""
        assert isinstance(operand, Var)
        match self.extents.definition.get(operand.name):
            case Assign(_, op, args) if op in RULES and RULES[op].broadcasts:
                found = [leaf for arg in args if self.rank(arg) > 0 for leaf in self.leaves(arg)]
                return list(dict.fromkeys(found))
            case _:
                return [operand]

    def rank(self, operand: Operand) -> int:
        type_ = self.types.get(operand.name) if isinstance(operand, Var) else None
        return type_.ndim if isinstance(type_, Array) else 0

    def axis(self, operand: Operand, axis: int) -> object:
        assert isinstance(operand, Var)
        return self.extents.axis(operand.name, axis)

    def same(self, left: Operand, right: Operand) -> bool:
        rank = self.rank(left)
        return rank == self.rank(right) and all(self.axis(left, k) == self.axis(right, k) for k in range(rank))
