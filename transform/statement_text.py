"""One statement or one type of the Wengert list → one line of text.

In: a statement and how its names are to be spelled.  Out: what Python would write for it, without what it nests; types
in Numba's notation.
"""
from __future__ import annotations

import ast
from collections.abc import Callable
from typing import assert_never

from . import op_text
from .expression_text import source_of
from .ir import (
    Accumulate,
    Array,
    Assign,
    Break,
    Call,
    For,
    Grow,
    If,
    Index,
    Leave,
    ListOf,
    Load,
    Operand,
    Other,
    Pop,
    Push,
    Raise,
    Remark,
    Return,
    Scalar,
    Statement,
    Store,
    TupleOf,
    Type,
    Var,
    View,
    While,
)


def type_text(type_: Type | None) -> str:
    """A type in Numba's notation: float64, float64[:, ::1], (int64, float64)."""
    match type_:
        case Scalar(dtype):
            return dtype
        case Array(dtype, 0, _):
            return f"{dtype}[()]"
        case Array(dtype, ndim, layout):
            axes = [":"] * ndim
            if layout in "CF":
                axes[-1 if layout == "C" else 0] = "::1"
            return f"{dtype}[{', '.join(axes)}]"
        case TupleOf(items):
            return f"({', '.join(map(type_text, items))}{',' if len(items) == 1 else ''})"
        case ListOf(item):
            return f"list({type_text(item)})"
        case Other(text):
            return text
        case None:
            return ""
        case _:
            assert_never(type_)


Name = Callable[[Var], str]


def operand_text(operand: Operand, name: Name) -> str:
    return source_of(op_text.operand(operand, lambda text: name(Var(text))))


def statement_text(s: Statement, name: Name = lambda var: var.name) -> str:
    """The statement, or its first line, as Python would have it; `name` spells what it reads and binds."""

    def expression(operand: Operand) -> ast.expr:
        return op_text.operand(operand, lambda text: name(Var(text)))

    def text(operand: Operand) -> str:
        return source_of(expression(operand))

    def place(array: Var, index: tuple[Index, ...]) -> str:
        items = tuple(op_text.index_item(item, expression) for item in index)
        return source_of(op_text.subscript(expression(array), items))

    match s:
        case Assign(target, op, args):
            return f"{name(target)} = {source_of(op_text.primitive(op, [expression(arg) for arg in args]))}"
        case Load(target, array, index):
            return f"{name(target)} = {place(array, index)}"
        case View(target, array):
            return f"{name(target)} = {source_of(op_text.view(s, expression(array), expression))}"
        case Store(array, index, value):
            return f"{place(array, index)} = {text(value)}"
        case Accumulate(array, index, value):
            return f"{place(array, index)} += {text(value)}"
        case Call(targets, routine, args):
            return op_text.called([name(target) for target in targets], routine, [text(arg) for arg in args])
        case Grow(tapes, position):
            return f"grow({', '.join(map(name, tapes))}, {text(position)})"
        case Push(list_, value):
            return f"{name(list_)}.append({name(value)})"
        case Pop(target, list_):
            return f"{name(target)} = {name(list_)}.pop()"
        case Remark(remark):
            return f"# {remark}"
        case For(counter, start, stop, step):
            bounds = [text(start), text(stop), text(step)]
            bounds = bounds[:-1] if bounds[2] == "1" else bounds
            bounds = bounds[1:] if bounds[0] == "0" and len(bounds) == 2 else bounds
            return f"for {name(counter)} in range({', '.join(bounds)}):"
        case While():
            return "while True:"
        case If(test):
            return f"if {text(test)}:"
        case Leave(test):
            return f"if {text(test)}: break"
        case Break():
            return "break"
        case Raise(exception, args):
            return f"raise {source_of(op_text.raised(exception, args, expression))}"
        case Return(values, packed):
            return f"return {', '.join(map(text, values))}{',' if packed and len(values) == 1 else ''}"
        case _:
            assert_never(s)
