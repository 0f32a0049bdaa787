"""Copies and constants are passed on to where they are read; generated arithmetic with 0 and 1 is folded.

A statement ``t = v`` lets later reads of t read v, until either is bound again.  Names that the user wrote win over
generated ones.  The user's own arithmetic is never folded (x + 0.0 is not x if x is -0.0).
"""
from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from math import inf

from ..ir import FLOATS, Array, Assign, Block, Const, For, Function, If, Operand, Scalar, Statement, Type, Var, View, While
from ..names import base, is_temporary, looks_generated
from ..switches import on
from ..walk import all_binds, binds, map_reads, walk

Known = dict[str, Operand]


def propagate(function: Function) -> Function:
    """The function with copies passed on; the copies themselves are left for `deadcode`."""
    return replace(function, body=_Copies(function).block(function.body, {})) if on("copies") else function


def generated(name: str, named: Collection[str]) -> bool:
    """A temporary, an adjoint, a tangent, or the length of a list, and none of the user's own names for such."""
    return is_temporary(name) or (looks_generated(name) and base(name) not in named)


class _Copies:
    def __init__(self, function: Function) -> None:
        self.types: dict[str, Type] = dict(function.types)
        self.named = function.named
        self.constants = _constants(function) if on("folding") else {}

    def block(self, block: Block, known: Known) -> Block:
        known = dict(known)
        out: list[Statement] = []
        for s in block:
            s = self.statement(s, known)
            if isinstance(s, If) and isinstance(s.test, Const) and s.test.label is None and on("folding"):
                out += s.then if s.test.value else s.orelse
                continue
            if not (isinstance(s, Assign | View) and self.source(s) == s.target):
                out.append(s)
        return tuple(out)

    def read(self, known: Known, s: Statement) -> Statement:
        return map_reads(s, lambda o: known.get(o.name) or self.constants.get(o.name, o) if isinstance(o, Var) else o)

    def statement(self, s: Statement, known: Known) -> Statement:
        match s:
            case For(body=body):
                s = self.read(known, s)
                assert isinstance(s, For)
                self.forget(known, all_binds((s,)))
                return replace(s, body=self.block(body, known))
            case While(header, _, body):
                self.forget(known, all_binds((s,)))
                inside = dict(known)
                head: list[Statement] = [self.statement(h, inside) for h in header]
                test = inside.get(s.test.name, s.test) if isinstance(s.test, Var) else s.test
                return replace(s, header=tuple(head), test=test, body=self.block(body, known))
            case If(_, then, orelse):
                s = self.read(known, s)
                assert isinstance(s, If)
                s = replace(s, then=self.block(then, known), orelse=self.block(orelse, known))
                self.forget(known, all_binds((s,)))
                return s
            case _:
                return self.simple(self.read(known, s), known)

    def simple(self, s: Statement, known: Known) -> Statement:
        if isinstance(s, Assign) and on("folding"):
            s = fold(s, self.types, self.named)
            s = known_number(s)
        if isinstance(s, Assign) and s.op == "=" and generated(s.target.name, self.named):
            s = self.converted(s)
        self.forget(known, {var.name for var in binds(s)})
        source = self.source(s)
        if source is None or not isinstance(s, Assign | View) or source == s.target:
            return s
        target = s.target
        if isinstance(source, Var) and is_temporary(source.name) and not is_temporary(target.name):
            known[source.name] = target
        elif generated(target.name, self.named):
            known[target.name] = source
        return s

    def converted(self, s: Assign) -> Assign:
        """What generated code copies into a float of another type is converted: a gradient has its argument's dtype."""
        mine, (value,) = self.types.get(s.target.name), s.args
        if not isinstance(mine, Scalar) or mine.dtype not in FLOATS:
            return s
        if isinstance(value, Const):
            if type(value.value) is not int or value.label is not None:
                return s
            return replace(s, args=(Const(float(value.value), "float32" if mine.dtype == "float32" else None),))
        theirs = self.types.get(value.name)
        return replace(s, op=f"cast:{mine.dtype}") if isinstance(theirs, Scalar) and theirs != mine else s

    def source(self, s: Statement) -> Operand | None:
        """What a copy copies."""
        match s:
            case Assign(_, "=", (source,)):
                return source
            case View(target, array, "=") if self.types.get(array.name) == self.types.get(target.name):
                return array
            case _:
                return None

    def forget(self, known: Known, changed: set[str]) -> None:
        for name in [n for n, o in known.items() if n in changed or (isinstance(o, Var) and o.name in changed)]:
            del known[name]


def _constants(function: Function) -> Known:
    """Generated whole numbers and flags that are one constant wherever they are bound: one branch may test what another has set."""
    found: dict[str, set[Operand]] = {param.name: {param} for param in function.params}
    for s in walk(function.body):
        for target in binds(s):
            copied = isinstance(s, Assign) and s.op == "=" and isinstance(s.args[0], Const)
            constant = copied and generated(target.name, function.named)
            found.setdefault(target.name, set()).add(s.args[0] if isinstance(s, Assign) and constant else target)
    return {name: value for name, (value, *more) in found.items()
            if not more and isinstance(value, Const) and type(value.value) in (bool, int)}  # fmt: skip


def fold(s: Assign, types: Mapping[str, Type], named: Collection[str]) -> Assign:
    """Generated arithmetic with a literal 0 or 1 without the literal."""
    if s.op == "strong" and any(isinstance(a, Const) and isinstance(a.value, float) and 0.0 < abs(a.value) < inf for a in s.args):
        s = replace(s, op="*")                          # a number that is neither 0 nor infinite
    name = base(s.target.name)
    if not name.endswith(("_bar", "_dot")) or name in named or any(_integer(arg, types) for arg in s.args):
        return s                                        # 1.0 * n is not n: it is a float
    if any(isinstance(types.get(o.name), Array) for o in (s.target, *s.args) if isinstance(o, Var)):
        return s                                        # 1.0 * a is not a: it has memory of its own
    match s.op, s.args:
        case "+", (Const(0.0), other) | (other, Const(0.0)):
            return _copy(s, other)
        case "-", (other, Const(0.0)):
            return _copy(s, other)
        case "-", (Const(0.0), other):
            return replace(s, op="neg", args=(other,))
        case "*", (Const(1.0), other) | (other, Const(1.0)):
            return _copy(s, other)
        case "*", (Const(-1.0), other) | (other, Const(-1.0)):
            return replace(s, op="neg", args=(other,))
        case "strong", (Const(1.0), other):
            return _copy(s, other)
        case "strong", (Const(0.0), _) | (_, Const(0.0)):
            return _copy(s, Const(0.0))
        case "neg", (Const(float() | int() as value, dtype, None),):
            return _copy(s, Const(-value, dtype))
        case _:
            return s


_WHOLE: Mapping[str, Callable[[int, int], int | bool]] = {
    "+": operator.add, "-": operator.sub, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


def known_number(s: Assign) -> Assign:
    """Sums and tests of two whole numbers that are written out, such as the length of a list."""
    match s.args:
        case (Const(value, None, None), Const(other, None, None)) if type(value) is int and type(other) is int and s.op in _WHOLE:
            return _copy(s, Const(_WHOLE[s.op](value, other)))
        case _:
            return s


def _integer(operand: Operand, types: Mapping[str, Type]) -> bool:
    return isinstance(operand, Var) and getattr(types.get(operand.name), "dtype", "float64") not in FLOATS


def _copy(s: Assign, operand: Operand) -> Assign:
    return replace(s, op="=", args=(operand,))


