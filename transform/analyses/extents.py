"""When two integers, or an integer and an extent of an array, are known to be the same number.

Every temporary and every extent gets a canonical term: a constant, a name, or axis k of an array.  `np.empty((n, d))` makes
its extents n and d; views pass extents on; equal terms are equal numbers.
"""
from __future__ import annotations

from collections.abc import Mapping

from ..ir import Array, Assign, Const, Function, Operand, Slice, Statement, Var, View
from ..walk import binds, walk

Term = tuple[object, ...]

_MAKERS = ("np.zeros", "np.ones", "np.empty", "np.full")
_LIKE = ("np.zeros_like", "np.ones_like", "np.empty_like", "np.full_like", "np.copy", ".copy")


class Extents:
    def __init__(self, function: Function, single: frozenset[str]) -> None:
        """`single`: names with one definition (others have no term but themselves)."""
        self.types = function.types
        self.definition: Mapping[str, Statement] = {
            var.name: s for s in walk(function.body) if (var := binds(s)) is not None and var.name in single
        }

    def term(self, operand: Operand) -> Term:
        if isinstance(operand, Const):
            return ("const", operand.value)
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
        match self.definition.get(array):
            case Assign(_, op, (shape, *_)) if op in _MAKERS:
                if isinstance(shape, Var) and (found := self.definition.get(shape.name)) is not None:
                    if isinstance(found, Assign) and found.op in ("tuple", ".shape"):
                        return self.item(shape.name, axis)
                return self.term(shape) if rank == 1 else ("axis", array, axis)
            case Assign(_, op, (Var(like), *_)) if op in _LIKE:
                return self.axis(like, axis)
            case View(_, Var(source), "="):
                return self.axis(source, axis)
            case View(_, Var(source), ".T"):
                return self.axis(source, rank - 1 - axis)
            case View(_, Var(source), "index", index):
                return self._indexed(array, source, index, axis)
            case _:
                return ("axis", array, axis)

    def _indexed(self, array: str, source: str, index: tuple[object, ...], axis: int) -> Term:
        """Integers drop an axis, a bare `:` keeps its extent, other slices make a new one."""
        kept = -1
        for position, item in enumerate(index):
            if isinstance(item, Slice):
                kept += 1
                if kept == axis:
                    whole = item.start is None and item.stop is None and item.step is None
                    return self.axis(source, position) if whole else ("axis", array, axis)
            elif not isinstance(item, Var | Const):
                return ("axis", array, axis)
        return self.axis(source, axis - (kept + 1) + len(index))
