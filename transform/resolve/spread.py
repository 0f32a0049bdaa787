"""What is written to a place, element by element: a number, or an array that is broadcast to the shape of the place."""
from __future__ import annotations

from collections.abc import Sequence

from ..analyses.cells import cells_of
from ..analyses.extents import Extents, Term
from ..ir import Const, Function, Operand, Scalar, Var
from ..walk import binds, walk
from .builder import Builder


class Spread:
    """`shape`: the extents of the place; `terms`: what is known of them (None: nothing)."""

    def __init__(
        self, b: Builder, value: Operand, shape: Sequence[Operand], terms: Sequence[Term | None], extents: Extents
    ) -> None:
        self.b, self.value, self.rank = b, value, b.rank(value)
        self.moves: list[Operand | None] = []           # for each axis: whether it counts; None: it does
        self.extra = max(self.rank - len(shape), 0)     # axes of length 1 in front of those of the place
        if not self.rank:
            return
        assert isinstance(value, Var)
        first = len(shape) - self.rank + self.extra
        known = [extents.axis(value.name, k + self.extra) == term for k, term in enumerate(terms[first:])]
        if self.extra or not all(known):
            b.effect("check_fits", b.shape(value), b.packed(shape[first:]))
        for k, same in enumerate(known):
            self.moves.append(None if same else b.assign("moves", Scalar("bool"), "!=", b.extent(value, k + self.extra), Const(1)))

    def element(self, here: Sequence[Operand]) -> Operand:
        """The element that goes to one position of the place."""
        if not self.rank:
            return self.value
        assert isinstance(self.value, Var)
        index: list[Operand] = [Const(0)] * self.extra
        for counter, moves in zip(here[len(here) - len(self.moves) :], self.moves, strict=True):
            index.append(counter if moves is None else self.b.integer("place", "*", counter, moves))
        return self.b.load(self.value, index, "value")


def extents_of(function: Function) -> Extents:
    return Extents(function, frozenset(var.name for s in walk(function.body) for var in binds(s)) - cells_of(function))
