"""May a round of a loop be run again in the reverse sweep, and which part of it?

The part that the reverse of the round needs is sliced out of its forward sweep.  Running it again gives the same values if
what it reads is as it was: numbers that the round itself computes or that come from outside the loop, memory that nothing
overwrites after the loop or in it, and memory that the round fills completely before it reads it.
"""
from __future__ import annotations

from dataclasses import dataclass

from ..analyses.activity import returned
from ..analyses.contents import contents
from ..analyses.effects import is_effect
from ..ir import Accumulate, Array, Assign, Const, For, Grow, If, Leave, Pop, Push, Slice, Statement, Store, Var, View, While
from ..op_text import COMPARE
from ..simplify.deadcode import live_part
from ..walk import Path, all_reads, binds, leaves, walk, written
from .program import Program, exposed_names


@dataclass(frozen=True, slots=True)
class Replay:
    """The statements that are run again, and the memory that they fill before they read it."""

    part: tuple[Statement, ...]
    private: frozenset[str]


def replayable(
    program: Program, loop: For, path: Path, context: Path, forward: list[Statement], reverse: list[Statement]
) -> Replay | None:
    """The part of a round's forward sweep that its reverse needs, if it can be run again; else None."""
    memory = program.memory
    if leaves(loop):
        forward = forward[:-1]
    wanted = {var.name for s in walk(tuple(reverse)) for var in contents(s)}
    if program.fastmath and any(_compares_floats(program, s) for s in walk(loop.body)):
        return None
    part = live_part(tuple(forward), memory, all_reads(tuple(reverse)), wanted, effects=False)
    if any(isinstance(s, Grow | Push | Pop) or is_effect(s) for s in walk(part)):
        return None
    both = (*part, *reverse)
    cells = program.prepared.cells
    bound = {var.name for s in walk(loop.body) for var in binds(s)}
    if any(program.is_array(name) for name in bound & cells):
        return None
    if exposed_names(part) & cells:
        return None
    fresh = {name for name in bound if memory.of(name) == {name}}
    stored = {root for s in walk(loop.body) for array in written(s) for root in memory.of(array.name)}
    results = {root for value in returned(program.function) if isinstance(value, Var) for root in memory.of(value.name)}
    read = {root for s in walk(both) for var in contents(s) for root in memory.of(var.name)} - fresh
    for root in sorted(read):
        if root in stored:
            if root in results or not _filled_first(program, part, root):
                return None
        elif not program.stable(root, path, context):
            return None
    return Replay(part, frozenset(read & stored))


def _compares_floats(program: Program, s: Statement) -> bool:
    """Under fastmath a comparison that is evaluated twice may come out differently: its outcome has to be recorded."""
    if not isinstance(s, Assign) or s.op not in COMPARE:
        return False
    return any(isinstance(a, Var) and program.dtype(a.name).startswith("float") for a in s.args)


def _filled_first(program: Program, block: tuple[Statement, ...], root: str) -> bool:
    """Does the block never read of `root` what it has not written in this round?"""
    for s in block:
        if _fills(program, s, root):
            return True
        touched = any(root in program.memory.of(var.name) for inner in walk((s,)) for var in contents(inner)) or any(
            isinstance(inner, Accumulate) and root in program.memory.of(inner.array.name) for inner in walk((s,))
        )
        if touched and not (isinstance(s, For) and _filled_first(program, s.body, root)):
            return False
    return True


def _fills(program: Program, s: Statement, root: str) -> bool:
    """Is this a loop, or a slice assignment, that writes every element of `root` and reads none?"""
    if isinstance(s, Store):
        whole = all(isinstance(i, Slice) and i.start is None and i.stop is None and i.step is None for i in s.index)
        value_apart = not (isinstance(s.value, Var) and root in program.memory.of(s.value.name))
        return whole and value_apart and _is_all_of(program, s.array, root)
    if isinstance(s, If | While) or not isinstance(s, For) or any(isinstance(inner, Leave) for inner in walk((s,))):
        return False
    if any(root in program.memory.of(var.name) for inner in walk((s,)) for var in contents(inner)):
        return False
    type_ = program.types.get(root)
    return isinstance(type_, Array) and _sweeps_all(program, s, root, (), type_.ndim)


def _sweeps_all(program: Program, loop: For, root: str, counters: tuple[str, ...], rank: int) -> bool:
    """Nested loops over all of each axis with a store at their counters, in any order of the axes' loops outside in."""
    axis = len(counters)
    if axis >= rank or loop.start != Const(0) or loop.step != Const(1):
        return False
    if program.extents.term(loop.stop) != program.extents.axis(root, axis):
        return False
    counters = (*counters, loop.counter.name)
    for s in loop.body:
        if isinstance(s, For) and len(counters) < rank and _sweeps_all(program, s, root, counters, rank):
            return True
        if isinstance(s, Store) and s.index == tuple(map(Var, counters)) and len(counters) == rank:
            return _is_all_of(program, s.array, root)
    return False


def _is_all_of(program: Program, array: Var, root: str) -> bool:
    """Is the name the whole of the root, and always that root?"""
    while array.name != root:
        found = program.definition(array.name)
        if found is None or not isinstance(found.statement, View) or found.statement.kind != "=":
            return False
        array = found.statement.array
    return True
