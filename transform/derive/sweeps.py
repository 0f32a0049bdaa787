"""Forward and reverse sweep of blocks, loops and branches.

`Sweeps.block` walks a block backwards and returns both sides: the block with records, and its reverse.  A loop is reversed
in one of two ways.  *Recording*: the forward loop records what its reverse needs (`storage`).  *Replaying*: the forward
loop stays as the user wrote it; each round of the reverse loop runs the part of its own body forward that its reverse needs,
and then the reverse; possible if a round depends on nothing that other rounds or later statements change (`replay`).
Replaying is chosen where it saves records (Griewank & Walther, chapter 12: checkpointing with one level).
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..ir import Assign, Block, Call, Const, For, If, Loc, Operand, Pop, Push, Return, Scalar, Statement, Var, View, While
from ..names import base
from ..rules import RULES
from ..switches import on
from ..walk import Path, all_binds, all_reads, before_leave, binds, leaves, reads, walk
from .adjoint import Adjoints, Position, Sides
from .calls import call
from .custom_calls import pulled
from .direction import independent
from .integers import Integers, rounds
from .keeping import run_again
from .prepare import rounds_of
from .program import Program
from .replay import replayable
from .restoring import Restorer
from .shape_sources import spared
from .storage import Nest, Tape, allocate, enter, record, room


@dataclass
class Swept:
    """A piece of program after reversal."""

    forward: list[Statement] = field(default_factory=list)
    reverse: list[Statement] = field(default_factory=list)
    tapes: list[Tape] = field(default_factory=list)


class Sweeps:
    def __init__(
        self, program: Program, seeds: Sequence[Operand | None], mirrored: frozenset[str]
    ) -> None:
        """`seeds`: the adjoint of each result, None where there is none; `mirrored`: arrays whose shadows are bound in
        the forward sweep, because names are rebound to them."""
        self.program, self.seeds, self.mirrored = program, seeds, mirrored
        program.cells |= {program.bar(name).name for name in sorted(mirrored & program.prepared.cells)}
        self.adjoints = Adjoints(program)

    # ---- blocks -------------------------------------------------------------------------------------------

    def block(self, block: Block, path: Path, context: Path, nest: Nest) -> Swept:
        at = Position(path, context)
        pieces: list[tuple[list[Statement], Statement, list[Statement]]] = []
        swept = Swept()
        for number in reversed(range(len(block))):
            s, here = block[number], (*path, number)
            if isinstance(s, For | While | If):
                inner = self.nested(s, here, context, nest)
                self.begin(inner.reverse, at, swept.reverse)
                swept.reverse += inner.reverse
                swept.tapes += inner.tapes
                pieces.append((inner.forward[:-1], inner.forward[-1], []))
            elif isinstance(s, Return):
                for value, seed in zip(s.values, self.seeds, strict=True):
                    if seed is not None and value in self.program.activity:
                        self.adjoints.give(value, seed, at, swept.reverse, s.loc)
            else:
                sides = self.call(s, here, at) if isinstance(s, Call) else self.adjoints.statement(s, here, at)
                swept.reverse += sides.reverse
                pieces.append((sides.before, s, [*sides.after, *self.mirror(s, here)]))
        pieces.reverse()
        swept.reverse = spared(self.program, swept.reverse, path)
        swept.reverse[:0] = self.shadows(block, nest, swept.reverse)
        records: dict[str, list[Statement]] = {}
        if nest.loops:
            self.restore(path, context, nest, swept, records)
        final = [name for name in records if name in self.program.growing]
        for before, s, after in pieces:
            for statement in (*before, s, *after):
                swept.forward.append(statement)
                for target in binds(statement):
                    if target.name in records and target.name not in final:
                        swept.forward += records.pop(target.name)
        last = [record for name in final for record in records.pop(name)]
        swept.forward = list(before_leave(tuple(swept.forward), last))
        assert not records, records
        return swept

    def call(self, s: Call, here: Path, at: Position) -> Sides:
        ruled = self.program.derivatives.forwards.get(s.routine)
        return call(self.adjoints, s, here, at) if ruled is None else pulled(self.adjoints, s, ruled, here, at)

    def begin(self, reverse: list[Statement], at: Position, out: list[Statement]) -> None:
        """Adjoints that a nested block adds to, and that this block owns, start at zero before it."""
        program = self.program
        touched = all_reads(tuple(reverse)) | all_binds(tuple(reverse))
        for bar in sorted(touched & program.primal.keys(), key=lambda b: (program.primal[b], b)):
            name = program.primal[bar]
            if name in at.seen or not program.is_number(name) or program.owner(name) != at.block:
                continue
            at.seen.add(name)
            out.append(Assign(Var(bar), "=", (program.zero(name),)))

    def restore(
        self, path: Path, context: Path, nest: Nest, swept: Swept, records: dict[str, list[Statement]]
    ) -> None:
        """Put what the reverse block reads at its top."""
        restorer = Restorer(self.program, path, context, nest)
        top, tapes = restorer.choose(swept.reverse)
        swept.reverse[:0] = top
        swept.tapes += tapes
        for tape in tapes:
            records[tape.of] = record(self.program, tape)

    # ---- shadows ------------------------------------------------------------------------------------------

    def mirror(self, s: Statement, here: Path) -> list[Statement]:
        """The shadow of a binding that the forward sweep has to make (names that are rebound to arrays)."""
        program = self.program
        match s:
            case Assign(target, "list") if target.name in program.active_lists:
                return [Assign(program.bar(target.name), "list", ())]
            case Push(list_, value) if list_.name in program.active_lists:
                return [Push(program.bar(list_.name), program.bar(value.name))]
            case _:
                return [self.mirrored_by(s, target, here) for target in binds(s) if target.name in self.mirrored]

    def mirrored_by(self, s: Statement, target: Var, here: Path) -> Statement:
        made = self.shadow(s, target, None)
        if target.name not in self.program.cells:
            self.program.define(made, here)
        return made

    def shadow(self, s: Statement, target: Var, nest: Nest | None) -> Assign | View | Pop:
        bar = self.program.bar(target.name)
        match s:
            case Assign(Var(name), "np.empty" | "np.zeros", args) if nest and nest.loops and name not in self.program.growing:
                return Assign(bar, "np.zeros", args)
            case View(_, array, kind, args):
                return View(bar, self.program.bar(array.name), kind, args)
            case Pop(_, list_):
                return Pop(bar, self.program.bar(list_.name))
            case _:
                return Assign(bar, "np.zeros_like", (target,))

    def shadows(self, block: Block, nest: Nest, reverse: list[Statement]) -> list[Statement]:
        """Shadows of the arrays that a block binds, as far as its reverse uses them."""
        program = self.program
        used = all_reads(tuple(reverse))
        out: list[Statement] = []
        bound = [(s, target) for s in reversed(block) for target in binds(s)]
        for s, target in bound:
            if not program.is_array(target.name) or target not in program.activity:
                continue
            if target.name in self.mirrored or target.name in program.values or program.bar(target.name).name not in used:
                continue
            made = self.shadow(s, target, nest)
            used |= {var.name for var in reads(made)}
            out.insert(0, made)
        return out

    # ---- nested statements --------------------------------------------------------------------------------

    def nested(self, s: For | While | If, here: Path, context: Path, nest: Nest) -> Swept:
        if isinstance(s, If):
            then = self.block(s.then, (*here, 0), context, nest)
            orelse = self.block(s.orelse, (*here, 1), context, nest)
            swept = Swept([replace(s, then=tuple(then.forward), orelse=tuple(orelse.forward))], [], then.tapes + orelse.tapes)
            if then.reverse or orelse.reverse:
                swept.reverse = [If(s.test, tuple(then.reverse), tuple(orelse.reverse), loc=s.loc)]
            return swept
        swept = self.recorded(s, here, context, nest)
        if swept.tapes and on("replay") and isinstance(s, For) and not self.better_recorded(s, swept.tapes, context):
            replayed = self.replayed(s, here, context)
            if replayed is not None:
                return replayed
        if not nest.loops:
            swept.forward[:0] = allocate(self.program, swept.tapes)
            swept.tapes = []
        return swept

    def better_recorded(self, s: For, tapes: list[Tape], context: Path) -> bool:
        """A leaf loop in a replayed round records expensive results: the records do not outlive the round."""
        if not on("leaf records") or not context or any(isinstance(inner, For | While) for inner in walk(s.body)):
            return False
        made = [self.program.definitions[tape.of].statement for tape in tapes]
        return all(
            isinstance(d, Assign) and d.op in RULES and not RULES[d.op].cheap and RULES[d.op].kind == "elementwise" for d in made
        )

    def recorded(self, s: For | While, here: Path, context: Path, nest: Nest) -> Swept:
        inside = enter(self.program, nest, s)
        number = 0 if isinstance(s, For) else 1
        body = self.block(s.body, (*here, number), context, inside)
        if not body.reverse:
            return Swept([replace(s, body=tuple(body.forward))])        # it may bind shadows
        forward, reverse = body.forward, body.reverse
        counter = rounds_of(s, self.program.prepared).here if isinstance(s, While) else s.counter
        first = next((k + 1 for k, made in enumerate(forward) if counter in binds(made)), 0)
        before, forward[first:first] = room(self.program, inside, body.tapes)
        if inside.position is not None and any(tape.nest is inside for tape in body.tapes):
            forward = list(before_leave(tuple(forward), [Assign(inside.position, "+", (inside.position, Const(1)))]))
            reverse = [Assign(inside.position, "-", (inside.position, Const(1))), *reverse]
        return Swept([*before, replace(s, body=tuple(forward))], self.backwards(s, reverse), body.tapes)

    def replayed(self, s: For, here: Path, context: Path) -> Swept | None:
        if any(isinstance(inner, Push) or any(target.name in self.mirrored for target in binds(inner)) for inner in walk(s.body)):
            return None                                 # what is kept has its shadow from the forward sweep
        inside = (*here, 0)
        body = self.block(s.body, inside, inside, Nest(()))
        again = replayable(self.program, s, here, context, body.forward, body.reverse)
        if again is None:
            return None
        part = run_again(again.part, "its round depends on nothing that other rounds or later lines change")
        return Swept([s], self.backwards(s, [*part, *body.reverse], again.private), [])

    def backwards(
        self, s: For | While, body: list[Statement], private: frozenset[str] = frozenset()
    ) -> list[Statement]:
        """A loop over the same rounds in reverse order, or in the primal's where the order does not matter."""
        program = self.program
        if isinstance(s, For) and on("direction") and not leaves(s) and independent(program, s, body, private):
            return [replace(s, body=tuple(body))]
        out: list[Statement] = []
        calc = Integers(program, out, s.loc)
        if isinstance(s, While):
            counted = rounds_of(s, program.prepared)
            last = calc("-", counted.after, Const(1))
            return [*out, For(counted.here, last, Const(-1), Const(-1), tuple(body), loc=s.loc)]
        start: Operand
        stop: Operand
        step: Operand
        after = rounds_of(s, program.prepared).after if leaves(s) else None
        s, body = self.signed(s, body, calc)
        if after is not None:
            stop, step = calc("-", s.start, s.step), self.negative(s.step, out, s.loc)
            return [*out, For(s.counter, after, stop, step, tuple(body), loc=s.loc)]
        if s.step == Const(1):
            start, stop, step = calc("-", s.stop, Const(1)), calc("-", s.start, Const(1)), Const(-1)
        elif s.step == Const(-1):
            start, stop, step = calc("+", s.stop, Const(1)), calc("+", s.start, Const(1)), Const(1)
        else:
            if isinstance(s.step, Const):
                count = rounds(program, s, calc)
            else:
                count = program.namer.temporary("count")
                program.types[count.name] = Scalar("int64")
                out.append(Assign(count, "trips", (s.start, s.stop, s.step), loc=s.loc))
            start = calc("+", s.start, calc("*", calc("-", count, Const(1)), s.step))
            stop, step = calc("-", s.start, s.step), self.negative(s.step, out, s.loc)
        return [*out, For(s.counter, start, stop, step, tuple(body), loc=s.loc)]

    def signed(self, s: For, body: list[Statement], calc: Integers) -> tuple[For, list[Statement]]:
        """The loop with bounds that may be below zero, as `start - 1` is; in its body the counter has the type that it has."""
        program, dtype = self.program, self.program.dtype(s.counter.name)
        start, stop, step = map(calc.signed, (s.start, s.stop, s.step))
        s = replace(s, start=start, stop=stop, step=step)
        if not dtype.startswith("uint"):
            return s, body
        counter = program.namer.temporary(base(s.counter.name))
        program.types[counter.name] = Scalar("int64")
        return replace(s, counter=counter), [Assign(s.counter, f"cast:{dtype}", (counter,), loc=s.loc), *body]

    def negative(self, step: Operand, out: list[Statement], loc: Loc | None) -> Operand:
        if isinstance(step, Const) and isinstance(step.value, int):
            return Const(-step.value)
        back = self.program.namer.temporary("back")
        out.append(Assign(back, "neg", (step,), loc=loc))
        return back


