"""Integers that reversal computes: places in records, how often a loop runs, and its bounds the other way round."""
from __future__ import annotations

from ..ir import Assign, Const, For, Loc, Operand, Scalar, Statement, Var
from .program import Program


class Integers:
    """Appends integer arithmetic to a block, folding constants."""

    def __init__(self, program: Program, out: list[Statement], loc: Loc | None, hint: str = "count") -> None:
        self.program, self.out, self.loc, self.hint = program, out, loc, hint

    def __call__(self, op: str, left: Operand, right: Operand) -> Operand:
        if isinstance(left, Const) and isinstance(right, Const):
            a, b = left.value, right.value
            assert isinstance(a, int) and isinstance(b, int)
            return Const({"+": a + b, "-": a - b, "*": a * b, "//": a // b if b else 0, "max": max(a, b), "min": min(a, b)}[op])
        if (op in "+-" and right == Const(0)) or (op in ("*", "//") and right == Const(1)):
            return left
        if op in "+-" and isinstance(left, Var) and isinstance(right, Const) and isinstance(right.value, int):
            left, offset = self.program.offset(left)
            offset += right.value if op == "+" else -right.value
            if offset == 0:
                return left
            op, right = ("+", Const(offset)) if offset > 0 else ("-", Const(-offset))
        var = self.program.namer.temporary(self.hint)
        self.program.types[var.name] = Scalar("int64")
        self.out.append(Assign(var, op, (left, right), loc=self.loc))
        self.program.integers[var.name] = self.out[-1]
        return var

    def round_of(self, loop: For) -> Operand:
        """Which round the loop is in, from 0: how far the counter is from the start."""
        start, here = self.signed(loop.start), self.signed(loop.counter)
        if isinstance(loop.step, Const) and isinstance(loop.step.value, int) and loop.step.value < 0:
            return self("//", self("-", start, here), Const(-loop.step.value))
        return self("//", self("-", here, start), self.signed(loop.step))

    def signed(self, operand: Operand) -> Operand:
        """The operand, as an int64 if it is unsigned: a difference of two such is never below zero, and one that meets an int64 is
        a float to Numba."""
        if not isinstance(operand, Var) or not self.program.dtype(operand.name).startswith("uint"):
            return operand
        var = self.program.namer.temporary(self.hint)
        self.program.types[var.name] = Scalar("int64")
        self.out.append(Assign(var, "cast:int64", (operand,), loc=self.loc))
        return var


def rounds(program: Program, loop: For, calc: Integers, exact: bool = True) -> Operand:
    """How often a loop with a constant step runs; not `exact`: it may be below zero where it does not run."""
    assert isinstance(loop.step, Const) and isinstance(loop.step.value, int)
    step = loop.step.value
    low, high = (loop.start, loop.stop) if step > 0 else (loop.stop, loop.start)
    distance = calc("-", calc.signed(high), calc.signed(low))
    count = calc("//", calc("+", distance, Const(abs(step) - 1)), Const(abs(step)))
    if not exact or (low == Const(0) and _never_negative(program, high)):
        return count
    return calc("max", count, Const(0))


def _never_negative(program: Program, operand: Operand) -> bool:
    if isinstance(operand, Const):
        return isinstance(operand.value, int) and operand.value >= 0
    kind, *what = program.extents.term(operand)
    return kind == "axis" or (kind == "const" and isinstance(what[0], int) and what[0] >= 0)
