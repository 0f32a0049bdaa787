"""Which parts of an expression Numba computes in one loop over elements, and where that gives other numbers than arrays would.

Numba makes one loop of `(u + v) * x` (its rewriting of array expressions).  In it u + v is the sum of two numbers, of which two
uint8 make a uint64, and True + True makes 2; as an array of its own it is of uint8 again, and wraps.  Parts that have a name of the
user's, and what `+=` adds, are arrays for Numba, too.
"""
from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..ir import Array, Assign, Block, Const, Function, Operand, Statement, Type, Var
from ..names import is_temporary
from ..rules import RULES, SYMBOLS
from ..walk import blocks, reads, walk

_OPERATORS = {symbol: function for function, symbol in SYMBOLS.items() if function not in (operator.matmul, operator.not_)}
CALCULATING = ("+", "-", "*", "/", "//", "%", "**", "<<")
"""Operators that make other numbers of narrow operands than of wide ones.  (Numba negates whole numbers in their own type.)"""
_NARROW = ("bool", "int8", "int16", "int32", "uint8", "uint16", "uint32")
_WHOLE = (*_NARROW, "int64", "uint64")

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
    numbers an int64; the quotient of two arrays of uint8 is of float32, that of two numbers a float64."""
    if not isinstance(s, Assign) or s.op not in CALCULATING:
        return False
    made = types.get(s.target.name)
    if not isinstance(made, Array):
        return False
    return made.dtype in _NARROW or all(_is_whole(arg, types) for arg in s.args)


def may_differ(function: Function) -> bool:
    return any(isinstance(type_, Array) and type_.dtype in (*_NARROW, "uint64") for type_ in function.types.values())


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


def parts(block: Block, types: Types) -> set[str]:
    """What is computed as part of another expression of the block; a branch ends one."""
    found: set[str] = set()
    open_: set[str] = set()
    for s in block:
        if blocks(s):
            open_ = set()
        elif isinstance(s, Assign) and is_looped(s, types):
            found |= {arg.name for arg in s.args if isinstance(arg, Var)} & open_
            open_ |= {s.target.name} if is_temporary(s.target.name) else set()
    return found
