"""Which parts of an expression Numba computes in one loop over elements, and where that gives other numbers than arrays would.

Numba makes one loop of `(u + v) * x` (its rewriting of array expressions).  In it u + v is the sum of two numbers, of which two
uint8 make a uint64, and True + True makes 2; as an array of its own it is of uint8 again, and wraps.  What has a name, what `+=`
adds, and what goes to a function is an array for Numba, too: parse marks the parts (`parse.fused`).
"""
from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..ir import Array, Assign, Const, Function, Operand, Scalar, Statement, Type, Var
from ..rules import RULES, SYMBOLS
from ..walk import reads, walk

_OPERATORS = {symbol: function for function, symbol in SYMBOLS.items() if function not in (operator.matmul, operator.not_)}
CALCULATING = ("+", "-", "*", "/", "//", "%", "**", "<<")
"""Operators that make other numbers of narrow operands than of wide ones.  (Numba negates whole numbers in their own type.)"""
_NARROW = ("bool", "int8", "int16", "int32", "uint8", "uint16", "uint32")
WRAPPING = (*_NARROW, "uint64")
"""Types in which the negative of a number may be another number."""
_WHOLE = (*WRAPPING, "int64")

Types = Mapping[str, Type]


def function_of(op: str) -> Any:
    """The operator or ufunc of that name, None for all else."""
    if op in _OPERATORS:
        return _OPERATORS[op]
    rule = RULES.get(op)
    return next((f for f in rule.callables if isinstance(f, np.ufunc)), None) if rule is not None else None


def is_looped(s: Statement, types: Types) -> bool:
    """Is it an array expression, or a part of one?"""
    return isinstance(s, Assign) and isinstance(types.get(s.target.name), Array) and function_of(s.op) is not None


def differs(s: Statement, types: Types) -> bool:
    """Does it make other numbers as an array than as a part of an expression?  Arrays of uint64 and int64 make one of floats, two
    numbers an int64; arrays of uint8 have a quotient of float32, and so has one with an array of float32, numbers a float64.  (With
    a number that is written out, as in `1 - x`, that is left as it is.)"""
    if not isinstance(s, Assign) or s.op not in CALCULATING:
        return False
    made = types.get(s.target.name)
    if not isinstance(made, Array):
        return False
    whole = [_is_whole(arg, types) for arg in s.args]
    beside = made.dtype == "float32" and any(isinstance(arg, Var) and is_whole for arg, is_whole in zip(s.args, whole, strict=True))
    return made.dtype in _NARROW or all(whole) or beside


def may_differ(function: Function) -> bool:
    return any(
        (isinstance(type_, Array) and type_.dtype in (*WRAPPING, "float32"))
        or (isinstance(type_, Scalar) and type_.dtype in WRAPPING and type_.dtype != "bool")
        for type_ in function.types.values()
    )


def _is_whole(operand: Operand, types: Types) -> bool:
    if isinstance(operand, Const):
        return type(operand.value) is int
    return getattr(types.get(operand.name), "dtype", "") in _WHOLE


def apart(function: Function) -> set[str]:
    """Arrays that Numba would compute otherwise if they were written where they are read."""
    if not may_differ(function):
        return set()
    everything = list(walk(function.body))
    read = {var.name for s in everything if isinstance(s, Assign) and function_of(s.op) is not None for var in reads(s)}
    return {s.target.name for s in everything if isinstance(s, Assign) and differs(s, function.types)} & read
