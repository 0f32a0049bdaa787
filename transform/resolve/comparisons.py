"""`==`, `<` and the like between tuples, item by item: the first pair that differs decides."""
from __future__ import annotations

from typing import Any

from ..ir import Assign, Const, If, Scalar, Var
from .builder import Builder

ORDER = ("==", "!=", "<", "<=", ">", ">=")


def compared(target: Var, op: str, left: tuple[Any, ...], right: tuple[Any, ...], b: Builder) -> None:
    """target = left op right"""
    if op == "!=":
        same = b.new("same", Scalar("bool"))
        compared(same, "==", left, right, b)
        b.emit(Assign(target, "not", (same,), loc=b.loc))
        return
    if not left or not right:
        found = {"==": left == right, "<": len(left) < len(right), "<=": not left, ">": len(left) > len(right), ">=": not right}
        b.emit(Assign(target, "bind", (Const(found[op]),), loc=b.loc))
        return
    one, other = left[0], right[0]
    alike = b.new("alike", Scalar("bool"))
    if isinstance(one, tuple) and isinstance(other, tuple):
        compared(alike, "==", one, other, b)
    else:
        b.emit(Assign(alike, "==", (one, other), loc=b.loc))

    def decided() -> None:
        if op == "==":
            b.emit(Assign(target, "bind", (Const(False),), loc=b.loc))
        elif isinstance(one, tuple) and isinstance(other, tuple):
            compared(target, op, one, other, b)
        else:
            b.emit(Assign(target, op, (one, other), loc=b.loc))

    b.emit(If(alike, b.block(lambda: compared(target, op, left[1:], right[1:], b)), b.block(decided), loc=b.loc))
