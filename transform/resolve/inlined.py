"""The text of a function in the place of a call: what NumPy defines by a loop is written as that loop.

In: a function of the module `numpy_texts`, and the operands of a call.  Out: its statements, typed by Numba for these operands,
with names of their own and the place of the call in the user's text.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from numba import types

from ..analyses.types import infer
from ..applied import numba_type
from ..errors import TransformError
from ..ir import Const, Function, Operand, Return, Statement, Var
from ..names import base, is_temporary
from ..normalise import split_webs
from ..parse import parse
from ..reading.source import read
from ..walk import all_binds, map_bind, map_block, map_reads
from .dtypes import with_dtypes
from .refuse import refuse
from .site import Site
from .tupleindices import with_plain_indices


def result_of(b: Site, function: Callable[..., Any], *args: Operand) -> Operand:
    """What the function gives for the operands: a number or an array that the statements before it make."""
    try:
        typed = _typed(function, tuple(_type_of(b, arg) for arg in args))
    except TransformError as error:
        raise refuse(b.s, f"`{b.s.op}` of such arguments", f"there is no rule for their types: {error.reason}",
                     "write it out, or convert them") from None  # fmt: skip
    known: dict[str, Operand] = {param.name: arg for param, arg in zip(typed.params, args, strict=True)}
    bound = all_binds(typed.body)
    assert not bound & known.keys(), f"{typed.name} binds one of its parameters"
    for name in sorted(bound):
        known[name] = b.new(base(name), typed.types[name], written=not is_temporary(name))

    def placed(s: Statement) -> list[Statement]:
        moved = map_bind(map_reads(s, lambda o: known.get(o.name, o) if isinstance(o, Var) else o), lambda v: _var(known[v.name]))
        return [replace(moved, loc=b.loc)]

    *body, last = map_block(typed.body, placed)
    assert isinstance(last, Return)
    b.out.extend(body)
    return last.values[0]


def _var(operand: Operand) -> Var:
    assert isinstance(operand, Var)
    return operand


def _type_of(b: Site, operand: Operand) -> Any:
    match operand:
        case Var(name):
            return numba_type(b.types[name])
        case Const(_, str() as dtype):
            return getattr(types, dtype)
        case Const(bool()):
            return types.boolean
        case Const(int()):
            return types.int64
        case _:
            return types.float64


@lru_cache(maxsize=256)
def _typed(function: Callable[..., Any], argtypes: tuple[Any, ...]) -> Function:
    return with_plain_indices(with_dtypes(infer(split_webs(parse(read(function))), argtypes)))
