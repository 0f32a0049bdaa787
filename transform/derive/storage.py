"""Records of what is computed in a loop: a number in an array that is indexed by the loop counters (or by a position, where the
number of rounds is not known on entry), an array by reference in a plain list.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ..analyses.contents import SHAPE_ONLY
from ..ir import (
    Array,
    Assign,
    Const,
    For,
    Grow,
    Load,
    Loc,
    Operand,
    Pop,
    Push,
    Scalar,
    Statement,
    Store,
    TupleOf,
    Var,
    While,
)
from ..names import base
from ..switches import on
from ..walk import all_binds, leaves
from .integers import Integers, rounds
from .keeping import called, keeping
from .prepare import rounds_of
from .program import Program

_ROOM = 1 << 16
_AT_FIRST = 1 << 22
_INTEGER = {"+", "-", "*", "=", "item", "neg", "min", "max"}


@dataclass(frozen=True, slots=True)
class Nest:
    """The loops around a block, within one context, outermost first.

    `counted`: their rounds are known on entry, so that records have their full size from the start.  Else the records grow:
    indexed by the one loop's own counter, or in a nest by `position`, which counts the rounds of the innermost loop.
    `bounded`: the rounds are known on entry, and there may be far fewer, since a loop of the nest stands under a condition: records
    begin with room for all of them, unless that is large."""

    loops: tuple[For | While, ...]
    counted: bool = True
    position: Var | None = None
    bounded: bool = False


@dataclass(frozen=True, slots=True)
class Tape:
    """A record of one temporary: what holds it, over which loops, and why it is not computed again."""

    name: Var
    of: str
    nest: Nest
    why: str = ""


def enter(program: Program, nest: Nest, loop: For | While) -> Nest:
    """The nest of a loop's body."""
    loops = (*nest.loops, loop)
    changed = all_binds((loops[0],))
    known = on("counted tapes") and all(
        isinstance(inner, For)
        and (not leaves(inner) or (len(loops) == 1 and _modest(program, inner)))
        and isinstance(inner.step, Const)
        and all(invariant(program, bound, changed) for bound in (inner.start, inner.stop))
        for inner in loops
    )
    if known and not any(_seldom(program, outer, inner) for outer, inner in pairwise(loops)):
        return Nest(loops)
    if len(loops) == 1 and (isinstance(loop, While) or isinstance(loop.step, Const)):
        return Nest(loops, counted=False)
    hint = base(loop.counter.name) if isinstance(loop, For) else "round"
    position = program.namer.fresh(hint + "_pos")
    program.types[position.name] = Scalar("int64")
    return Nest(loops, counted=False, position=position, bounded=known)


def _seldom(program: Program, outer: For | While, loop: For | While) -> bool:
    """May there be far fewer rounds of a loop than all around it have, because it stands under a condition?"""
    few = isinstance(loop, For) and _end(program, loop) is not None and _modest(program, loop)
    return not few and not any(s is loop for s in outer.body)


def _modest(program: Program, loop: For) -> bool:
    """A loop that may be left is given room for all of its range, unless that is large for sure."""
    end = _end(program, loop)
    return end is None or abs(end) <= _ROOM


def _end(program: Program, loop: For) -> int | None:
    """Where a range ends, if that is known: it is written out, or a constant of the module."""
    value = loop.stop.value if isinstance(loop.stop, Const) else program.function.captures.get(loop.stop.name)
    return int(value) if isinstance(value, int | np.integer) else None


def invariant(program: Program, operand: Operand, changed: set[str]) -> bool:
    """Is this integer the same before a loop that binds the names `changed`?"""
    if isinstance(operand, Const) or operand.name not in changed:
        return True
    found = program.definition(operand.name)
    match found.statement if found is not None else None:
        case Assign(_, op, args) if op in _INTEGER or op in SHAPE_ONLY:
            return all(invariant(program, arg, changed) for arg in args)
        case _:
            return False


def before_loop(program: Program, operand: Operand, changed: set[str], out: list[Statement], known: dict[str, Var]) -> Operand:
    """The same integer, computed before the loop."""
    if isinstance(operand, Const) or operand.name not in changed:
        return operand
    if operand.name not in known:
        found = program.definitions[operand.name].statement
        assert isinstance(found, Assign)
        args = tuple(before_loop(program, arg, changed, out, known) for arg in found.args)
        known[operand.name] = program.namer.temporary(base(operand.name))
        program.types[known[operand.name].name] = program.types[operand.name]
        out.append(replace(found, target=known[operand.name], args=args, loc=None))
        program.integers[known[operand.name].name] = out[-1]
    return known[operand.name]


# ---- records ------------------------------------------------------------------------------------------------------


def allocate(program: Program, tapes: Sequence[Tape]) -> list[Statement]:
    """What stands before the outermost loop: empty tapes and positions at zero."""
    out: list[Statement] = []
    started: set[str] = set()
    known: dict[str, Var] = {}
    extents_of: dict[int, Operand] = {}
    shapes: dict[tuple[Operand, ...], Var] = {}
    for tape in tapes:
        position = tape.nest.position
        if position is not None and position.name not in started:
            started.add(position.name)
            out.append(Assign(position, "=", (Const(0),), loc=None))
        type_ = program.types[tape.of]
        if isinstance(type_, Array):
            out.append(Assign(tape.name, "list", (), loc=_told(program, tape)))
            continue
        assert isinstance(type_, Scalar)
        dtype = () if type_.dtype == "float64" else (Const(type_.dtype, label=_dtype_label(type_.dtype)),)
        if tape.nest.counted or tape.nest.bounded:
            changed = all_binds((tape.nest.loops[0],))
            for loop in tape.nest.loops:
                if isinstance(loop, For) and id(loop) not in extents_of:
                    start, stop = (before_loop(program, bound, changed, out, known) for bound in (loop.start, loop.stop))
                    calc = Integers(program, out, None, base(loop.counter.name) + "_rounds")
                    extents_of[id(loop)] = rounds(program, replace(loop, start=start, stop=stop), calc)
            extents = [extents_of[id(loop)] for loop in tape.nest.loops]
            extents = [_at_first(program, extents, out)] if tape.nest.bounded else extents
        else:
            extents = [Const(64)]
        shape = extents[0]
        if len(extents) > 1 and tuple(extents) in shapes:
            shape = shapes[tuple(extents)]
        elif len(extents) > 1:
            shape = program.namer.temporary("shape")
            program.types[shape.name] = TupleOf((Scalar("int64"),) * len(extents))
            out.append(Assign(shape, "tuple", tuple(extents), loc=None))
            shapes[tuple(extents)] = shape
        out.append(Assign(tape.name, "np.empty", (shape, *dtype), loc=_told(program, tape)))
        program.types[tape.name.name] = Array(type_.dtype, len(extents), "C")
    return out


def _at_first(program: Program, extents: Sequence[Operand], out: list[Statement]) -> Operand:
    """Room for all rounds of a nest, unless that is large."""
    calc = Integers(program, out, None, "room")
    size, *others = extents
    for extent in others:
        size = calc("min", calc("*", size, extent), Const(_AT_FIRST))
    return size


def _told(program: Program, tape: Tape) -> Loc | None:
    """The place of what is recorded, with the reason."""
    shadowed = program.primal.get(tape.of)
    s = program.definitions[tape.of if shadowed is None else shadowed].statement
    assert s is not None
    source = s.args[0] if isinstance(s, Assign) and s.op == "=" else None
    counted = isinstance(source, Var) and source.name in program.prepared.rounds
    loc = s.loc or next((loop.loc for loop in reversed(tape.nest.loops) if loop.loc is not None), program.function.loc)
    of = "number of rounds" if counted else called(s) if shadowed is None else f"adjoint of {called(s)}"
    return keeping(loc, "record", of, tape.why, quiet=True)


def _dtype_label(dtype: str) -> str:
    return "np.bool_" if dtype == "bool" else f"np.{dtype}"


def record(program: Program, tape: Tape) -> list[Statement]:
    """What follows the definition in the forward sweep."""
    if isinstance(program.types[tape.of], Array):
        return [Push(tape.name, Var(tape.of))]
    out: list[Statement] = []
    index = _index(program, tape.nest, out)
    return [*out, Store(tape.name, index, Var(tape.of))]


def room(program: Program, nest: Nest, tapes: Sequence[Tape]) -> tuple[list[Statement], list[Statement]]:
    """What stands before a loop, and at the top of its body: its tapes grow, all at once, until they have a place for all its
    rounds, or for this one."""
    growing = tuple(tape.name for tape in tapes if tape.nest is nest and not isinstance(program.types[tape.of], Array))
    if nest.counted or not growing:
        return [], []
    out: list[Statement] = []
    loop = nest.loops[-1]
    if nest.position is not None and isinstance(loop, For) and isinstance(loop.step, Const) and not leaves(loop):
        calc = Integers(program, out, None, base(loop.counter.name) + "_last")
        count = rounds(program, loop, calc, exact=False)
        last = calc("-", calc("+", nest.position, count), Const(1))
        return [*out, Grow(growing, last)], []
    index = _index(program, nest, out)
    return [], [*out, Grow(growing, index[0])]


def restore(program: Program, tape: Tape, s: Statement | None) -> list[Statement]:
    """What gives the value back in the reverse sweep."""
    loc = _noted(s, "undo")
    if isinstance(program.types[tape.of], Array):
        return [Pop(Var(tape.of), tape.name, loc=loc)]
    out: list[Statement] = []
    index = _index(program, tape.nest, out)
    return [*out, Load(Var(tape.of), tape.name, index, loc=loc)]


def _index(program: Program, nest: Nest, out: list[Statement]) -> tuple[Operand, ...]:
    if nest.position is not None:
        return (nest.position,)
    calc = Integers(program, out, None)
    index: list[Operand] = []
    for loop in nest.loops:
        if isinstance(loop, For):
            index.append(calc.round_of(loop))
        else:
            index.append(rounds_of(loop, program.prepared).here)
    return tuple(index)


def _noted(s: Statement | None, note: str) -> Loc | None:
    return replace(s.loc, note=note) if s is not None and s.loc is not None else None
