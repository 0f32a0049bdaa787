"""Copies that may be none, and views that are written out as copies: right as long as nobody writes.

`np.ascontiguousarray` of an array with any strides asks at run time whether to copy; `np.broadcast_to` gives a view whose elements
repeat, which is made a copy here.  If the array, or what was made of it, is written later, the two would differ.

A mark behind the statements that such a call is written as says what was made of which array.  It stays until all is written out
and calls say what they write; then it is looked at, and goes.
"""
from __future__ import annotations

from dataclasses import replace

from ..analyses.aliases import Aliases, aliases_of
from ..ir import Assign, Const, For, Function, Operand, Statement, Var, While
from ..walk import Path, binds, everywhere, located, map_block, written
from .refuse import refuse

MARK = "may_share"


def mark(checked: Var, made: Var, source: Var, call: Assign) -> Assign:
    """What is behind a call: `made` may be `source`, or a part of it."""
    return Assign(checked, MARK, (made, source, Const(call.op)), loc=call.loc)


def marked(s: Statement) -> tuple[Var, Var, Operand] | None:
    """What was made, of which array, and by which function."""
    match s:
        case Assign(_, op, (Var() as made, Var() as source, call)) if op == MARK:
            return made, source, call
        case _:
            return None


def without_marks(function: Function) -> Function:
    """The function and its routines, if no array is written while there may be a copy of it that is none."""
    return everywhere(function, _settled)


def _settled(function: Function) -> Function:
    marks = [(path, s, found) for path, s in located(function.body) if (found := marked(s)) is not None]
    if not marks:
        return function
    memory = aliases_of(function)
    fills = fills_of(function, memory)
    writes = [(path, memory.of(array.name)) for path, s in located(function.body) if path not in fills for array in written(s)]
    loops = {path for path, s in located(function.body) if isinstance(s, For | While)}
    for path, s, (made, source, call) in marks:
        roots = memory.of(source.name) | memory.of(made.name)
        if any(roots & stored and _later(store, path, loops) for store, stored in writes):
            assert isinstance(call, Const)
            raise refuse(s, f"what `{call.value}` is made of, or what it makes, is written later",
                         "whether the two share memory is not known before the call", "write `.copy()` behind it")  # fmt: skip
    return _unmarked(function)


def _unmarked(function: Function) -> Function:
    gone = {var.name for _, s in located(function.body) if marked(s) is not None for var in binds(s)}
    body = map_block(function.body, lambda s: [] if marked(s) is not None else [s])
    types = {name: type_ for name, type_ in function.types.items() if name not in gone}
    return replace(function, body=body, types=types)


def fills_of(function: Function, memory: Aliases) -> set[Path]:
    """The statements of such calls that fill what they make, between the new array and the mark."""
    found: set[Path] = set()
    starts: dict[tuple[Path, str], int] = {}            # where a block makes an array
    places: list[tuple[Path, int, int]] = []
    for path, s in located(function.body):
        block, position = path[:-1], path[-1]
        if isinstance(s, Assign):
            starts[block, s.target.name] = position
        if (mark_ := marked(s)) is not None:
            made = [starts[block, root] for root in sorted(memory.of(mark_[0].name)) if (block, root) in starts]
            places.append((block, max(made, default=position), position))
    for path, _ in located(function.body):
        found |= {path for block, start, end in places if path[: len(block)] == block and start < path[len(block)] < end}
    return found


def _later(store: Path, call: Path, loops: set[Path]) -> bool:
    """May the write run after the call?"""
    shared = next((k for k, (one, other) in enumerate(zip(store, call, strict=False)) if one != other), min(len(store), len(call)))
    if any(call[:length] in loops for length in range(1, shared + 1)):
        return True
    return store > call and shared % 2 == 0             # else the two are in different branches
