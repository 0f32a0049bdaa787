"""The adjoint of a call of a routine: a call of the routine's adjoint.

It gets the arguments as they were when the routine was called, the shadows of its arrays, and the adjoints of its results; it
runs the routine again, then backwards (joint reversal, Griewank & Walther, chapter 12), updates the shadows in place and
returns the adjoints of the numbers.  An array that the routine or somebody later changes is kept as it was in a copy; the
routine's own changes go to that copy when it is run again.  What it printed is not printed again, and of random numbers it draws
the same: their state before the call is kept, too.
"""
from __future__ import annotations

from ..ir import Accumulate, Array, Assign, Call, Loc, Operand, Statement, Var, View
from ..names import base
from ..resolve.layouts import copy_of
from ..walk import Path
from .adjoint import Adjoints, Position, Sides
from .keeping import called, keeping, overwrites
from .program import Program
from .routines import Wanted


def call(adjoints: Adjoints, s: Call, path: Path, at: Position) -> Sides:
    """What the call adds to both sweeps."""
    program, sides = adjoints.program, Sides()
    active = tuple(k for k, arg in enumerate(s.args) if arg in program.activity)
    results = tuple(k for k, t in enumerate(s.targets) if t in program.activity and (program.is_array(t.name) or t.name in at.seen))
    if not active or not (results or any(s.writes[k] for k in active)):
        return sides
    name = program.derivatives.name(Wanted("vjp", s.routine, active, results))
    args = [_entry(program, s, k, path, at, sides) for k in range(len(s.args))]
    reads = [reads or writes for reads, writes in zip(s.reads, s.writes, strict=True)]
    writes = list(s.writes)
    before: list[Statement] = []
    after: list[Statement] = []
    targets: list[Var] = []
    for k in active:
        arg = s.args[k]
        assert isinstance(arg, Var)
        if program.is_array(arg.name):
            args.append(_shadow(program, s, k, active, before, after))
            reads.append(True)
            writes.append(True)
        else:
            targets.append(program.namer.temporary(base(arg.name) + "_bar"))
            program.types[targets[-1].name] = program.types[arg.name]
    args += [program.bar(s.targets[k].name) for k in results]
    reads += [True] * len(results)
    writes += [False] * len(results)
    does = program.derivatives.doing[s.routine]
    told = keeping(s.loc, "again", called(s), "the adjoint of a call runs the call once more")
    again = Call(tuple(targets), name, tuple(args), tuple(reads), tuple(writes), does.raises or does.draws, does.draws, loc=told)
    drawing = _drawing(program, s, path, sides) if does.draws else ([], [])
    sides.reverse += [*before, *drawing[0], again, *drawing[1], *after]
    numbers = [k for k in active if not program.is_array(getattr(s.args[k], "name", ""))]
    for k, amount in zip(numbers, targets, strict=True):
        adjoints.give(s.args[k], amount, at, sides.reverse, s.loc)
    return sides


def _entry(program: Program, s: Call, k: int, path: Path, at: Position, sides: Sides) -> Operand:
    """The argument as it was on entry."""
    arg = s.args[k]
    if not isinstance(arg, Var) or not program.is_array(arg.name):
        return arg
    if not s.writes[k] and (not s.reads[k] or program.stable(arg.name, path, at.context)):
        return arg
    changed = s if s.writes[k] else program.overwriting(arg.name, path, at.context)
    loc = keeping(s.loc, "copy", base(arg.name), overwrites(changed), quiet=True)
    return kept_copy(program, arg, path, sides.before, loc, full=s.reads[k])


def kept_copy(program: Program, arg: Var, path: Path, side: list[Statement], loc: Loc | None, full: bool = True) -> Var:
    """A copy of an array, made beside the statement at `path`; only its memory if it is not `full`."""
    type_ = program.types[arg.name]
    assert isinstance(type_, Array)
    copy = program.namer.fresh(base(arg.name) + "_then")
    program.types[copy.name] = type_
    made: list[Statement] = [Assign(copy, "np.empty_like", (arg,), loc=loc)]
    if full or (type_.layout == "A" and type_.ndim):
        made = copy_of(copy, arg, program.types, program.namer, loc)
    side += made
    for statement in made:
        assert isinstance(statement, Assign | View)
        program.define(statement, path)
    return copy


def _drawing(program: Program, s: Call, path: Path, sides: Sides) -> tuple[list[Statement], list[Statement]]:
    """Before and after the call in the reverse sweep: what was drawn is drawn again, and then the state is what it was."""
    then, now = program.namer.fresh("state"), program.namer.temporary("state")
    program.types[then.name] = program.types[now.name] = Array("uint32", 1, "C")
    told = keeping(s.loc, "copy", "state of random numbers", "what is run again draws what it drew")
    kept = Assign(then, "random_state", (), loc=told)
    sides.before.append(kept)
    program.define(kept, path)
    back, on = (Assign(program.namer.temporary("set"), "set_random_state", (state,), loc=s.loc) for state in (then, now))
    return [Assign(now, "random_state", (), loc=s.loc), back], [on]


def _shadow(
    program: Program, s: Call, k: int, active: tuple[int, ...], before: list[Statement], after: list[Statement]
) -> Var:
    """The shadow of an array; one of its own if the routine may get the same memory twice, to be added up afterwards."""
    arg = s.args[k]
    assert isinstance(arg, Var)
    bar = program.bar(arg.name)
    earlier = [s.args[m] for m in active if m < k and not s.writes[m]]         # what is written is checked to be apart
    same = any(isinstance(o, Var) and program.is_array(o.name) and not program.memory.disjoint(o.name, arg.name) for o in earlier)
    if not same or s.writes[k]:
        return bar
    own = program.namer.temporary(base(arg.name) + "_bar")
    program.types[own.name] = program.types[arg.name]
    before.append(Assign(own, "np.zeros_like", (arg,), loc=s.loc))
    after.append(Accumulate(bar, (), own, loc=s.loc))
    return own
