"""Where the values that the reverse sweep needs come from.

A temporary that is computed once still holds its value when the reverse sweep gets there.  One that is computed in a loop is
computed again if that is cheap and provably gives the same (loads of memory that nothing overwrites, + − ×, integer
arithmetic), and recorded otherwise: a number in an array that is indexed by the loop counters (or by a position, where the
number of rounds is not known on entry), an array by reference in a plain list.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..analyses.contents import SHAPE_ONLY
from ..analyses.effects import is_effect
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
    View,
    While,
)
from ..names import base
from ..rules import RULES
from ..spell import COMPARE
from ..switches import on
from ..walk import Path, all_binds, all_reads, leaves, reads
from .integers import Integers, rounds
from .keeping import Verdict, called, keeping, overwrites
from .prepare import rounds_of
from .program import Program

_ROOM = 1 << 16
_AT_FIRST = 1 << 22
_NEEDS = "its operand is not kept"
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
        and (not leaves(inner) or (len(loops) == 1 and _modest(inner)))
        and isinstance(inner.step, Const)
        and all(invariant(program, bound, changed) for bound in (inner.start, inner.stop))
        for inner in loops
    )
    if known and not any(_seldom(outer, inner) for outer, inner in pairwise(loops)):
        return Nest(loops)
    if len(loops) == 1 and (isinstance(loop, While) or isinstance(loop.step, Const)):
        return Nest(loops, counted=False)
    hint = base(loop.counter.name) if isinstance(loop, For) else "round"
    position = program.namer.fresh(hint + "_pos")
    program.types[position.name] = Scalar("int64")
    return Nest(loops, counted=False, position=position, bounded=known)


def _seldom(outer: For | While, loop: For | While) -> bool:
    """May there be far fewer rounds of a loop than all around it have, because it stands under a condition?"""
    few = isinstance(loop, For) and isinstance(loop.stop, Const) and _modest(loop)
    return not few and not any(s is loop for s in outer.body)


def _modest(loop: For) -> bool:
    """A loop that may be left is given room for all of its range, unless that is large for sure."""
    return not (isinstance(loop.stop, Const) and isinstance(loop.stop.value, int) and abs(loop.stop.value) > _ROOM)


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


# ---- the choice -----------------------------------------------------------------------------------------------------


class Restorer:
    """For one block in a loop: what is computed again at the top of its reverse, and what is recorded."""

    def __init__(self, program: Program, path: Path, context: Path, nest: Nest) -> None:
        self.program, self.path, self.context, self.nest = program, path, context, nest

    def here(self, name: str) -> bool:
        """Is it defined by a statement of this very block?"""
        found = self.program.definition(name)
        return found is not None and found.block == self.path and found.position >= 0

    def choose(self, reverse: Sequence[Statement]) -> tuple[list[Statement], list[Tape]]:
        """Statements for the top of the reverse block, and the tapes they read."""
        program = self.program
        given = {rounds_of(loop, program.prepared).here.name for loop in self.nest.loops if isinstance(loop, While)}
        first = {name for name in all_reads(tuple(reverse)) if self.here(name)}
        wanted = set(first)
        tapes: dict[str, Tape] = {}
        again: dict[str, str] = {}

        def order(name: str) -> tuple[int, str]:
            return program.definitions[name].position, name

        done: set[str] = set()
        while wanted - done:
            name = max(wanted - done, key=order)
            done.add(name)
            s = program.definitions[name].statement
            assert s is not None
            if name in program.prepared.inductions or name in given:
                continue
            verdict = self.again(name, first)
            if verdict.again:
                again[name] = verdict.why
                wanted |= {var.name for var in reads(s) if self.here(var.name)}
            else:
                hint = base(name) + ("_list" if program.is_array(name) else "_tape")
                tapes[name] = Tape(program.namer.fresh(hint), name, self.nest, verdict.why)
        out: list[Statement] = []
        for name in sorted(done, key=order):
            s = program.definitions[name].statement
            assert s is not None
            if name in program.prepared.inductions:
                out.extend(self.stepped(name))
            elif name in again:
                out.append(replace(s, loc=keeping(s.loc, "again", called(s), again[name], "redo")))
            elif name in tapes:
                out.extend(restore(program, tapes[name], s))
        return out, [tapes[name] for name in sorted(tapes, key=order)]

    def stepped(self, name: str) -> list[Statement]:
        """An integer that its loop steps by a constant, from its value on entry and the round."""
        form = self.program.prepared.inductions[name]
        out: list[Statement] = []
        calc = Integers(self.program, out, None)
        moved = calc("*", calc.round_of(form.loop), Const(form.step))
        out.append(Assign(Var(name), "+", (form.entry, moved)))
        return out

    def again(self, name: str, recorded_anyway: set[str]) -> Verdict:
        """Is computing it again right, and possible without a record that nothing else needs?"""
        if name in self.program.prepared.inductions:
            return Verdict(True, "steps by a constant in each round")
        s = self.program.definitions[name].statement
        found = self.repeatable(s)
        if not found.again or isinstance(self.program.types.get(name), TupleOf):
            return found
        if not on("recomputation"):
            return Verdict(False, "recomputation is switched off")
        assert s is not None
        missing = (self.missing(var.name, recorded_anyway) for var in reads(s))
        return next((Verdict(False, why) for why in missing if why), found)

    def missing(self, name: str, recorded_anyway: set[str]) -> str:
        """Why what a statement reads is not there in the reverse sweep; nothing, if it is."""
        if not self.here(name):
            return "computed in a loop and overwritten" if name in self.program.cells else ""
        if name in recorded_anyway:
            return ""
        found = self.again(name, recorded_anyway)
        return "" if found.again else found.why if found.why.startswith(_NEEDS) else f"{_NEEDS}: {found.why}"

    def repeatable(self, s: Statement | None) -> Verdict:
        program = self.program
        match s:
            case None:
                return Verdict(False, "set by its loop")
            case _ if is_effect(s):
                return Verdict(False, "happens once")
            case Assign(target, op, args):
                if program.is_array(target.name) or any(isinstance(a, Var) and program.is_array(a.name) for a in args):
                    if op in (".shape", ".size", "len", ".ndim"):
                        return Verdict(True, "asks for a shape only")
                    made = "an array that each round makes anew" if program.is_array(target.name) else "costs more than a load"
                    return Verdict(False, made)
                if op in COMPARE:
                    if any(isinstance(a, Var) and program.dtype(a.name).startswith("float") for a in args):
                        return Verdict(False, "compares floats, which may come out differently")
                    return Verdict(True, "integer arithmetic")
                return self.cheap(s)
            case Load(_, array):
                at = program.definitions[s.target.name]
                place = (*at.block, at.position)
                if program.stable(array.name, place, self.context):
                    return Verdict(True, "reads memory that nothing overwrites")
                return Verdict(False, f"reads {overwrites(program.overwriting(array.name, place, self.context))}")
            case View():
                return Verdict(True, "a view")
            case _:
                return Verdict(False, "comes from a call")

    def cheap(self, s: Assign) -> Verdict:
        rule = RULES.get(s.op)
        integer = not self.program.dtype(s.target.name).startswith("float")
        if integer and rule is not None and (rule.cheap or rule.kind == "elementwise"):
            return Verdict(True, "integer arithmetic")
        if s.op in ("=", "item", "tuple") or (rule is not None and rule.cheap):
            return Verdict(True, "costs no more than a load")
        return Verdict(False, "costs more than a load")
