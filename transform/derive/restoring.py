"""Where the values that the reverse sweep needs come from.

A temporary that is computed once still holds its value when the reverse sweep gets there.  One that is computed in a loop is
computed again if that is cheap and provably gives the same (loads of memory that nothing overwrites, + − ×, integer
arithmetic), is loaded from where the user keeps it (`y[i + 1] = np.exp(y[i])`), and recorded otherwise.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..analyses.effects import is_effect
from ..ir import Array, Assign, Const, Ellipsis_, Load, Slice, Statement, Store, TupleOf, Var, View, While
from ..names import base
from ..op_text import COMPARE
from ..rules import RULES
from ..switches import on
from ..walk import Path, all_reads, reads
from .integers import Integers
from .keeping import Verdict, called, keeping, overwrites
from .prepare import rounds_of
from .program import Program
from .storage import Nest, Tape, restore

_NEEDS = "its operand is not kept"


class Restorer:
    """For one block in a loop: what is computed again or loaded at the top of its reverse, and what is recorded."""

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
        again: dict[str, Statement] = {}                # by the name that the statement binds

        def order(name: str) -> tuple[int, str]:
            return program.definitions[name].position, name

        done: set[str] = set()
        while wanted - done:
            name = max(wanted - done, key=order)
            done.add(name)
            if name in program.prepared.inductions or name in given:
                continue
            verdict = self.again(name, first)
            s = program.definitions[name].statement if verdict.again else self.stored(name)
            if s is not None:
                why = verdict.why if verdict.again else "is in memory that nothing overwrites"
                again[name] = replace(s, loc=keeping(s.loc, "again", called(s), why, "redo"))
                wanted |= {var.name for var in reads(s) if self.here(var.name)}
            else:
                hint = base(name) + ("_list" if program.is_array(name) else "_tape")
                tapes[name] = Tape(program.namer.fresh(hint), name, self.nest, verdict.why)
        out: list[Statement] = []
        placed: set[str] = set()

        def place(name: str) -> None:
            """What gives the value back, behind what that reads."""
            if name in placed:
                return
            placed.add(name)
            for var in sorted(reads(again[name]), key=str) if name in again else ():
                if var.name in done:
                    place(var.name)
            if name in program.prepared.inductions:
                out.extend(self.stepped(name))
            elif name in again:
                out.append(again[name])
            elif name in tapes:
                out.extend(restore(program, tapes[name], program.definitions[name].statement))

        for name in sorted(done, key=order):
            place(name)
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

    def stored(self, name: str) -> Load | None:
        """The load that gives a number back from where the block has put it, if it stays there."""
        program = self.program
        made = program.definitions[name].statement
        if not on("stable memory") or made is None or not program.is_number(name):
            return None
        for path, s, _ in program.stores:
            if path[:-1] != self.path or not isinstance(s, Store) or s.value != Var(name) or not self._element(s, name):
                continue
            there = not any(self.missing(var.name, set()) for var in (s.array, *s.index) if isinstance(var, Var))
            if there and program.stable(s.array.name, path, self.context, s.index):
                return Load(Var(name), s.array, s.index, loc=made.loc)
        return None

    def _element(self, s: Store, value: str) -> bool:
        """Is this a store to one element, which holds the value as it is?"""
        program, type_ = self.program, self.program.types.get(s.array.name)
        one = all(not isinstance(i, Slice | Ellipsis_) and not (isinstance(i, Var) and program.is_array(i.name)) for i in s.index)
        return isinstance(type_, Array) and type_.dtype == program.dtype(value) and len(s.index) == type_.ndim and one

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
            case Load(_, array, index):
                at = program.definitions[s.target.name]
                place = (*at.block, at.position)
                if program.stable(array.name, place, self.context, index):
                    return Verdict(True, "reads memory that nothing overwrites")
                return Verdict(False, f"reads {overwrites(program.overwriting(array.name, place, self.context, index))}")
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
