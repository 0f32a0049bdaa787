"""`==`, `<` and the like between tuples and between lists of tuples, item by item: the first pair that differs decides."""
from __future__ import annotations

from typing import Any

from ..ir import Assign, Const, If, Leave, ListOf, Load, Scalar, Var
from ..structure import leaves, mapped
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


def rows_compared(target: Var, op: str, left: tuple[Any, ...], right: tuple[Any, ...], b: Builder) -> None:
    """target = left op right, where a list for each item of the items stands for a list of tuples: row by row, and the lengths
    if no row decides."""
    first, second = (b.integer("count", "len", next(leaves(columns))) for columns in (left, right))
    b.emit(Assign(target, op, (first, second), loc=b.loc))

    def look(k: Var) -> None:
        def item(column: Var) -> Var:
            type_ = b.types[column.name]
            assert isinstance(type_, ListOf)
            found = b.new("item", type_.item)
            b.emit(Load(found, column, (k,), loc=b.loc))
            return found

        one, other = mapped(item, left), mapped(item, right)
        differ = b.new("differ", Scalar("bool"))
        compared(differ, "!=", one, other, b)
        b.when(differ, lambda: compared(target, op, one, other, b))
        b.emit(Leave(differ, loc=b.loc))

    b.loop("k", b.integer("count", "min", first, second), look)
