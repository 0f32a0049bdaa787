"""When two integers, or an integer and an extent of an array, are known to be the same number.

Every temporary and every extent gets a canonical term: a constant, a name, or axis k of an array.  `np.empty((n, d))` makes
its extents n and d; views pass extents on; equal terms are equal numbers while no name is bound again: one may compare the terms
of operands of one statement, and those with the terms of bounds of the loops around it.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..ir import Array, Assign, Const, Ellipsis_, Function, Grow, Index, Operand, Slice, Statement, Var, View
from ..rules import RULES
from ..switches import on
from ..walk import binds, reads, walk
from .lasting import MAKERS, lasting

Term = tuple[object, ...]

_LIKE = ("np.zeros_like", "np.ones_like", "np.empty_like", "np.full_like", "np.copy", ".copy")


NEW_AXIS = Const(None)


class Extents:
    def __init__(self, function: Function, single: frozenset[str]) -> None:
        """`single`: names with one definition (others have no term but themselves)."""
        self.types = function.types
        longer = [tape for s in walk(function.body) if isinstance(s, Grow) for tape in s.tapes]
        growing = {array.name for array in longer}      # whose extent is another one later
        bound = {var.name: s for s in walk(function.body) for var in binds(s)}
        changing = bound.keys() - single                # two copies of such a name may be two numbers
        known = {name: s for name, s in bound.items() if name in single - growing and not any(v.name in growing for v in reads(s))}
        self.definition: Mapping[str, Statement] = lasting(function, known, changing)

    def term(self, operand: Operand) -> Term:
        if isinstance(operand, Const):
            return ("const", operand.value)
        if not on("extents"):
            return ("name", operand.name)
        match self.definition.get(operand.name):
            case Assign(_, "item", (Var(shape), Const(axis))):
                return self.item(shape, axis)
            case Assign(_, ".size", (Var(array),)) if self.rank(array) == 1:
                return self.axis(array, 0)
            case Assign(_, "len", (Var(array),)):
                return self.axis(array, 0)
            case Assign(_, "=", (value,)):
                return self.term(value)
            case _:
                return ("name", operand.name)

    def rank(self, array: str) -> int:
        type_ = self.types.get(array)
        return type_.ndim if isinstance(type_, Array) else -1

    def item(self, shape: str, axis: object) -> Term:
        match self.definition.get(shape):
            case Assign(_, ".shape", (Var(array),)) if isinstance(axis, int):
                return self.axis(array, axis)
            case Assign(_, "tuple", items) if isinstance(axis, int) and -len(items) <= axis < len(items):
                return self.term(items[axis])
            case _:
                return ("item", shape, axis)

    def axis(self, array: str, axis: int) -> Term:
        """The extent of one axis of an array."""
        rank = self.rank(array)
        axis = axis + rank if axis < 0 else axis
        if not on("extents"):
            return ("axis", array, axis)
        match self.definition.get(array):
            case Assign(_, op, (shape, *_)) if op in MAKERS:
                found = self.definition.get(shape.name) if isinstance(shape, Var) else None
                if isinstance(shape, Var) and isinstance(found, Assign) and found.op in ("tuple", ".shape"):
                    return self.item(shape.name, axis)
                return self.term(shape) if rank == 1 else ("axis", array, axis)
            case Assign(_, op, (Var(like), *_)) if op in _LIKE:
                return self.axis(like, axis)
            case View(_, Var(source), "="):
                return self.axis(source, axis)
            case View(_, Var(source), ".T"):
                return self.axis(source, rank - 1 - axis)
            case View(_, Var(source), ".transpose", axes):
                match axes[axis]:
                    case Const(int() as place):
                        return self.axis(source, place)
                    case _:
                        return ("axis", array, axis)
            case View(_, Var(source), "index", index):
                return self._indexed(array, source, index, axis)
            case Assign(_, op, args) if op in RULES and RULES[op].broadcasts and rank > 0:
                return self.broadcast([a.name for a in args if isinstance(a, Var) and self.rank(a.name) > 0], rank, axis)
            case _:
                return ("axis", array, axis)

    def broadcast(self, arrays: Sequence[str], rank: int, axis: int) -> Term:
        """The extent that arrays have together: the set of their extents says which, as those that are not 1 are equal."""
        lined_up = [(a, axis - rank + self.rank(a)) for a in arrays]
        terms = {part for a, k in lined_up if k >= 0 for part in _parts(self.axis(a, k))}
        if len(terms) > 1:
            terms.discard(("const", 1))
        return terms.pop() if len(terms) == 1 else ("broadcast", frozenset(terms))

    def slots(self, array: str, index: tuple[Index, ...]) -> list[Term]:
        """The extents of array[index]; an empty index is all of it."""
        index = self._written_out(array, index)
        taken = sum(-1 if item == NEW_AXIS else not isinstance(item, Slice) for item in index)
        return [self._indexed(f"{array}[...]", array, index, axis) for axis in range(self.rank(array) - taken)]

    def _written_out(self, array: str, index: tuple[Index, ...]) -> tuple[Index, ...]:
        """`...` is as many bare slices as axes are missing."""
        if Ellipsis_() not in index or self.rank(array) < 0:
            return index
        place = index.index(Ellipsis_())
        missing = self.rank(array) - sum(item not in (Ellipsis_(), NEW_AXIS) for item in index)
        return (*index[:place], *(Slice(),) * missing, *index[place + 1 :])

    def _indexed(self, array: str, source: str, index: tuple[Index, ...], axis: int) -> Term:
        """Integers drop an axis, a bare `:` keeps its extent, other slices make a new one, as does None."""
        kept, position = -1, -1
        for item in self._written_out(source, index):
            if item == NEW_AXIS:
                kept += 1
                if kept == axis:
                    return ("const", 1)
                continue
            position += 1
            if isinstance(item, Slice):
                kept += 1
                if kept == axis:
                    cut = _cut(item)
                    whole = self.axis(source, position)
                    return self._slice(whole, item) if cut is None else ("short", whole, cut) if cut else whole
            elif isinstance(item, Ellipsis_):           # of an array that nothing is known of
                return ("axis", array, axis)
        return self.axis(source, axis - kept + position)

    def _slice(self, whole: Term, item: Slice) -> Term:
        """Slices with the same bounds leave the same of the same extent."""
        return ("slice", whole, *(None if part is None else self.term(part) for part in (item.start, item.stop, item.step)))


def _parts(term: Term) -> Iterator[Term]:
    if term[0] == "broadcast" and isinstance(term[1], frozenset):
        yield from term[1]
    else:
        yield term


def _cut(item: Slice) -> int | None:
    """How many elements a slice such as `1:`, `:-1` or `2:-1` leaves out (of an extent that has so many), if known."""
    if item.step is not None and item.step != Const(1):
        return None
    start = 0 if item.start is None else item.start.value if isinstance(item.start, Const) else None
    stop = 0 if item.stop is None else item.stop.value if isinstance(item.stop, Const) else None
    if not isinstance(start, int) or not isinstance(stop, int) or start < 0 or (item.stop is not None and stop >= 0):
        return None
    return start - stop
