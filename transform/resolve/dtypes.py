"""`x.dtype`: known once types are, and then a constant like `np.float32`."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..ir import Array, Assign, Const, Function, Operand, Statement, Var
from ..walk import map_block, map_reads, walk
from .builder import dtype_constant


def with_dtypes(function: Function) -> Function:
    """The function without names for dtypes, as far as each stands for one."""
    known: dict[str, set[Const]] = {}
    for s in walk(function.body):
        match s:
            case Assign(target, ".dtype", (Var(array),)) if isinstance(type_ := function.types.get(array), Array):
                known.setdefault(target.name, set()).add(dtype_constant(type_.dtype))
            case Assign(target, "bind", (Var(name),)) if name in known:
                known.setdefault(target.name, set()).update(known[name])
    constants = {name: next(iter(found)) for name, found in known.items() if len(found) == 1}
    if not constants:
        return function

    def read(operand: Operand) -> Operand:
        return constants.get(operand.name, operand) if isinstance(operand, Var) else operand

    def statement(s: Statement) -> Iterable[Statement]:
        return [] if isinstance(s, Assign) and s.target.name in constants else [map_reads(s, read)]

    return replace(function, body=map_block(function.body, statement))
