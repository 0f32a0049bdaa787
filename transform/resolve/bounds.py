"""Bounds of loops and of slices are whole numbers.

Numba rounds a float, and makes one where an unsigned integer of 64 bits meets a signed one; what counts rounds backwards would
not meet it again.  Numba's counter of `range(n)` has the type of n, that of `range(0, n)` is an int64: as both are written in one
way from here on, an unsigned n of the latter is converted.
"""
from __future__ import annotations

from dataclasses import replace

from ..ir import (
    WRITTEN_ZERO,
    Accumulate,
    Assign,
    Const,
    For,
    Function,
    Index,
    Load,
    Operand,
    Scalar,
    Slice,
    Statement,
    Store,
    View,
)
from ..names import Namer
from ..parse.calls import FLOAT_IN_RANGE
from ..walk import map_block, names
from .refuse import refuse


def with_whole_bounds(function: Function) -> Function:
    types = dict(function.types)
    namer = Namer(names(function))

    def dtype(operand: Operand) -> str:
        if isinstance(operand, Const):
            return type(operand.value).__name__
        type_ = types.get(operand.name)
        return type_.dtype if isinstance(type_, Scalar) else ""

    def checked(s: Statement) -> list[Statement]:
        for item in _index(s):
            if isinstance(item, Slice) and any(isinstance(part, Const) and dtype(part) == "float" for part in _parts(item)):
                raise refuse(s, "a float as a bound of a slice", "Python raises TypeError", "write a whole number, as in `x[:3]`")
        if isinstance(s, Assign) and s.op == "signed":
            if dtype(s.args[0]).startswith("uint"):
                raise refuse(s, "an unsigned range among other series, or with a step of 1 that is written out",
                             "its counter is of another type for Numba than in the text of a derivative",
                             "convert it: `range(np.int64(n))`")  # fmt: skip
            return []
        if not isinstance(s, For):
            return [s]
        if any(dtype(bound).startswith("float") for bound in (s.start, s.stop, s.step)):
            raise refuse(s, *FLOAT_IN_RANGE)
        if s.start != WRITTEN_ZERO:
            return [s]
        s = replace(s, start=Const(0))
        if not dtype(s.stop).startswith("uint"):
            return [s]
        stop = namer.temporary("stop")
        types[stop.name] = Scalar("int64")
        return [Assign(stop, "cast:int64", (s.stop,), loc=s.loc), replace(s, stop=stop)]

    return replace(function, body=map_block(function.body, checked), types=types)


def _index(s: Statement) -> tuple[Index, ...]:
    match s:
        case Load(_, _, index) | Store(_, index) | Accumulate(_, index):
            return index
        case View(kind="index", args=index):
            return index
        case _:
            return ()


def _parts(item: Slice) -> tuple[Operand | None, ...]:
    return item.start, item.stop, item.step
