"""Copies that may be none, and views that are written out as copies: right as long as nobody writes.

`np.ascontiguousarray` of an array with any strides asks at run time whether to copy; `np.broadcast_to` gives a view whose elements
repeat, which is made a copy here.  If the one is written and the other is read after that, the two would differ.

A mark behind the statements that such a call is written as says what was made of which array.  It stays until all is written out
and calls say what they write; then it is looked at, and goes.
"""
from __future__ import annotations

from dataclasses import replace

from ..analyses.aliases import Aliases
from ..ir import Assign, Const, Function, Operand, Statement, Var
from ..walk import Path, binds, everywhere, located, map_block
from .may_share import Lives, Memory
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
    """The function and its routines, if no array is written while a copy of it that may be none is needed, or the other way."""
    return everywhere(function, _settled)


def _settled(function: Function) -> Function:
    marks = [(path, s, found) for path, s in located(function.body) if (found := marked(s)) is not None]
    if not marks:
        return function
    memory = Memory(function)
    fills = fills_of(function, memory.plain)
    made = {path: root for path, (_, root) in _made(function, memory.plain).items()}
    for path, _, (_, source, _) in marks:
        memory.add(made[path], [source])
    lives = Lives(function, memory)
    calls = {lives.pair(path, made[path], [source]): (s, call) for path, s, (_, source, call) in marks}
    for pair, _, _ in lives.clashes(list(calls), fills):
        s, call = calls[pair]
        assert isinstance(call, Const)
        raise refuse(s, f"what `{call.value}` is made of, or what it makes, is written while the other is needed",
                     "whether the two share memory is not known before the call", "write `.copy()` behind it")  # fmt: skip
    return _unmarked(function)


def _unmarked(function: Function) -> Function:
    gone = {var.name for _, s in located(function.body) if marked(s) is not None for var in binds(s)}
    body = map_block(function.body, lambda s: [] if marked(s) is not None else [s])
    types = {name: type_ for name, type_ in function.types.items() if name not in gone}
    return replace(function, body=body, types=types)


def fills_of(function: Function, memory: Aliases) -> set[Path]:
    """The statements of such calls that fill what they make, between the new array and the mark."""
    places = [(mark_[:-1], start, mark_[-1]) for mark_, (start, _) in _made(function, memory).items()]
    return {
        path for path, _ in located(function.body) for block, start, end in places
        if path[: len(block)] == block and start < path[len(block)] < end
    }  # fmt: skip


def _made(function: Function, memory: Aliases) -> dict[Path, tuple[int, str]]:
    """For each mark the new array: at which place of the block it is made, and its root."""
    found: dict[Path, tuple[int, str]] = {}
    starts: dict[tuple[Path, str], int] = {}            # where a block makes an array
    for path, s in located(function.body):
        if isinstance(s, Assign):
            starts[path[:-1], s.target.name] = path[-1]
        if (mark_ := marked(s)) is not None:
            roots = memory.of(mark_[0].name)
            found[path] = max((starts[path[:-1], root], root) for root in sorted(roots) if (path[:-1], root) in starts)
    return found
