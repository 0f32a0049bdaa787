"""Temporaries and cells: the form that reverse mode starts from.

A *temporary* has one definition, which comes before all its uses in its own block or in blocks nested there: at any moment
of the reverse sweep it is clear which value it had.  Every other name is a *cell*: a variable that is assigned on several
paths or carried around a loop.  After this pass cells are only copied into (``c = t``) and out of (``t = c``), so that
every rule sees temporaries, and the adjoint of a cell needs no value at all.  This is SSA with copies in place of phi nodes
(Cytron et al. 1991, section 6).

A copy out of a cell is made once for all reads until the cell changes, outside the loops that do not change it.
`while` loops count their rounds here, and a `for` that may be left remembers how far it came.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..analyses.cells import cells_of
from ..ir import (
    Array,
    Assign,
    Block,
    Const,
    For,
    Function,
    If,
    Leave,
    Operand,
    Scalar,
    Statement,
    Type,
    Var,
    View,
    While,
)
from ..names import Namer, base
from ..switches import on
from ..walk import all_binds, all_reads, binds, leaves, map_bind, map_reads, reads, walk, written


@dataclass(frozen=True, slots=True)
class Rounds:
    """How the rounds of a loop are known when its range does not tell.

    A while loop counts them: `here` numbers the round inside the body, `after` is their number, known after the loop.  Of a
    for loop that may be left, `here` is the counter and `after` what it was in the last round (start - step if none ran)."""

    here: Var
    after: Var


@dataclass(frozen=True, slots=True)
class Induction:
    """The value of an integer that a loop steps by a constant: entry + round * step."""

    entry: Var
    step: int
    loop: For


@dataclass(frozen=True, slots=True)
class Prepared:
    function: Function
    cells: frozenset[str]
    rounds: Mapping[str, Rounds]        # by the name of the cell that counts, or remembers
    inductions: Mapping[str, Induction]             # by the name of the temporary that reads the integer


def prepare(function: Function, namer: Namer) -> Prepared:
    types = dict(function.types)
    rounds: dict[str, Rounds] = {}
    uses = Counter(var.name for s in walk(function.body) for var in reads(s))
    body = _count_rounds(function.body, namer, types, rounds, uses)
    cells = cells_of(replace(function, body=body))
    copier = _Copier(cells, types, namer)
    block, _ = copier.block(body, {})
    return Prepared(replace(function, body=block, types=types), frozenset(cells), rounds, copier.forms)


# ---- rounds -------------------------------------------------------------------------------------------------------


def _count_rounds(
    block: Block, namer: Namer, types: dict[str, Type], rounds: dict[str, Rounds], uses: Counter[str]
) -> Block:
    out: list[Statement] = []
    for s in block:
        match s:
            case While() if not _is_plain(s, uses):
                out += _count_rounds(_with_plain_header(s, namer, types), namer, types, rounds, uses)
            case While(header, test, body):
                count, here, total = namer.fresh("rounds"), namer.temporary("round"), namer.temporary("rounds")
                for var in (count, here, total):
                    types[var.name] = Scalar("int64")
                inner = _count_rounds(body, namer, types, rounds, uses)
                after = namer.temporary("round")
                types[after.name] = Scalar("int64")
                step: tuple[Statement, ...] = (Assign(after, "+", (here, Const(1))), Assign(count, "=", (after,)))
                out.append(Assign(count, "=", (Const(0),)))
                start = Assign(here, "=", (count,))
                inner = (start, *step, *inner) if leaves(s) else (start, *inner, *step)
                out.append(While(header, test, inner, loc=s.loc))
                out.append(Assign(total, "=", (count,)))
                rounds[count.name] = Rounds(here, total)
            case For(counter, start, body=body) if leaves(s):
                reached, last, none = (namer.fresh(base(counter.name) + "_last"), namer.temporary("last"), namer.temporary("last"))
                for var in (reached, last, none):
                    types[var.name] = Scalar("int64")
                out += _stepped_back(none, start, s.step, types, namer)
                out.append(Assign(reached, "=", (none,)))
                remember = Assign(reached, "cast:int64" if _unsigned(counter, types) else "=", (counter,))
                out.append(replace(s, body=(remember, *_count_rounds(body, namer, types, rounds, uses))))
                out.append(Assign(last, "=", (reached,)))
                rounds[reached.name] = Rounds(counter, last)
            case For(body=body):
                out.append(replace(s, body=_count_rounds(body, namer, types, rounds, uses)))
            case If(_, then, orelse):
                then, orelse = (_count_rounds(b, namer, types, rounds, uses) for b in (then, orelse))
                out.append(replace(s, then=then, orelse=orelse))
            case _:
                out.append(s)
    return tuple(out)


def _stepped_back(target: Var, start: Operand, step: Operand, types: dict[str, Type], namer: Namer) -> list[Statement]:
    """target = start - step"""
    match start, step:
        case Const(int() as first), Const(int() as stride):
            return [Assign(target, "=", (Const(first - stride),))]
    out: list[Statement] = []

    def signed(operand: Operand) -> Operand:
        if not _unsigned(operand, types):
            return operand
        var = namer.temporary("last")
        types[var.name] = Scalar("int64")
        out.append(Assign(var, "cast:int64", (operand,)))
        return var

    if isinstance(step, Const) and isinstance(step.value, int) and step.value < 0:
        return [*out, Assign(target, "+", (signed(start), Const(-step.value)))]
    back = Assign(target, "-", (signed(start), signed(step)))
    return [*out, back]


def _unsigned(operand: Operand, types: Mapping[str, Type]) -> bool:
    """An integer that does not go below zero, and that Numba makes a float where it meets an int64."""
    type_ = types.get(operand.name) if isinstance(operand, Var) else None
    return isinstance(type_, Scalar) and type_.dtype.startswith("uint")


def _with_plain_header(loop: While, namer: Namer, types: dict[str, Type]) -> Block:
    """The same loop with its header in the body, where it is reversed like any other statement."""
    going = namer.fresh("going")
    types[going.name] = Scalar("bool")
    stop = Assign(going, "=", (Const(False),), loc=loop.loc)
    inner, last = loop.body, loop.body[-1] if loop.body else None
    if isinstance(last, Leave):
        inner = (*inner[:-1], If(last.test, (stop,), (), loc=last.loc))
    body = (*loop.header, If(loop.test, inner, (stop,), loc=loop.loc))
    return Assign(going, "=", (Const(True),), loc=loop.loc), While((), going, body, loc=loop.loc)


def _is_plain(loop: While, uses: Counter[str]) -> bool:
    """Does the header only compute the test?"""
    if any(written(s) for s in walk(loop.header)):
        return False
    inside = Counter(var.name for s in walk(loop.header) for var in reads(s))
    tested = loop.test.name if isinstance(loop.test, Var) else ""
    return all(uses[name] == inside[name] + (name == tested) for name in all_binds(loop.header))


def rounds_of(loop: For | While, prepared: Prepared) -> Rounds:
    """What is known of the rounds of a while loop, or of a for loop that may be left: its body starts with it."""
    for s in loop.body:
        if isinstance(s, Assign) and s.op == "=" and isinstance(s.args[0], Var):    # a cell that is read, or written
            cell = s.args[0].name if isinstance(loop, While) else s.target.name
            if cell in prepared.rounds:
                return prepared.rounds[cell]
    raise AssertionError("a loop that does not count its rounds")


# ---- copies -----------------------------------------------------------------------------------------------------


Copies = dict[str, Var]


class _Copier:
    """Rewrites reads and writes of cells; `held` maps a cell to a temporary that still equals it."""

    def __init__(self, cells: set[str], types: dict[str, Type], namer: Namer) -> None:
        self.cells, self.types, self.namer = cells, types, namer
        self.forms: dict[str, Induction] = {}
        self.stepped: dict[str, Induction] = {}

    def temporary(self, cell: str) -> Var:
        var = self.namer.temporary(cell)
        self.types[var.name] = self.types[cell]
        return var

    def copy(self, target: Var, source: Var, s: Statement) -> Statement:
        if isinstance(self.types.get(source.name), Array):
            return View(target, source, "=", loc=s.loc)
        return Assign(target, "=", (source,), loc=s.loc)

    def fetch(self, cell: str, held: Copies, out: list[Statement], s: Statement) -> Var:
        if cell not in held or not on("held cells"):
            held[cell] = self.temporary(cell)
            if cell in self.stepped:
                self.forms[held[cell].name] = self.stepped[cell]
            out.append(self.copy(held[cell], Var(cell), s))
        return held[cell]

    def block(self, block: Block, held: Copies) -> tuple[Block, Copies]:
        out: list[Statement] = []
        held = dict(held)
        for s in block:
            self.statement(s, held, out)
        return tuple(out), held

    def statement(self, s: Statement, held: Copies, out: list[Statement]) -> None:
        match s:
            case For(body=body):
                s = self.read(s, held, out)
                assert isinstance(s, For)
                counter = s.counter
                if counter.name in self.cells:
                    new = self.temporary(counter.name)
                    body = (self.copy(counter, new, s), *body)
                    s = replace(s, counter=new, body=body)
                stepped = self.steps(s, held, out)
                self.hoist(body, s, held, out)
                outer, self.stepped = self.stepped, {n: f for n, f in self.stepped.items() if n not in all_binds(body)} | stepped
                inner, _ = self.block(body, held)
                self.stepped = outer
                out.append(replace(s, body=inner))
            case While(header, test, body):
                changed = all_binds((*header, *body))
                outer, self.stepped = self.stepped, {n: f for n, f in self.stepped.items() if n not in changed}
                self.hoist((*header, *body), s, held, out)
                head, after = self.block(header, held)
                extra: list[Statement] = []
                fetched = self.operand(test, after, extra, s)
                inner, _ = self.block(body, held)
                out.append(replace(s, header=(*head, *extra), test=fetched, body=inner))
                self.stepped = outer
                self.forget((*header, *body), held)
            case If(_, then, orelse):
                s = self.read(s, held, out)
                assert isinstance(s, If)
                first, _ = self.block(then, held)
                second, _ = self.block(orelse, held)
                self.forget((*then, *orelse), held)
                out.append(replace(s, then=first, orelse=second))
            case Assign(target, "=", (Var() as value,)) if target.name in self.cells:
                source = value if value.name not in self.cells else self.fetch(value.name, held, out, s)
                out.append(replace(s, args=(source,)))
                held[target.name] = source              # of the type of what is copied
            case _:
                if isinstance(s, Assign):
                    self.pass_step(s)
                s = self.read(s, held, out)
                made = {var: self.temporary(var.name) for var in binds(s) if var.name in self.cells}
                out.append(map_bind(s, lambda var: made.get(var, var)))
                for bound, temporary in made.items():
                    out.append(self.copy(bound, temporary, s))
                    held[bound.name] = temporary

    def steps(self, loop: For, held: Copies, out: list[Statement]) -> dict[str, Induction]:
        """Integers that each round of the loop changes once, by the same constant; their values on entry are fetched."""
        if not isinstance(loop.step, Const) or not on("inductions"):
            return {}
        found: dict[str, Induction] = {}
        bound = Counter(var.name for s in walk(loop.body) for var in binds(s))
        for s in loop.body:
            match s:
                case Assign(Var(name), "+" | "-" as op, (Var(same), Const(int() as value))) if name == same and bound[name] == 1:
                    if name in self.cells and self.types.get(name) == Scalar("int64") and name != loop.counter.name:
                        found[name] = Induction(self.fetch(name, held, out, loop), value if op == "+" else -value, loop)
                case _:
                    pass
        return found

    def pass_step(self, s: Assign) -> None:
        """After its step an integer is not what its induction says until the next round."""
        if s.target.name in self.stepped:
            self.stepped = {n: f for n, f in self.stepped.items() if n != s.target.name}

    def operand(self, operand: Operand, held: Copies, out: list[Statement], s: Statement) -> Operand:
        if isinstance(operand, Var) and operand.name in self.cells:
            return self.fetch(operand.name, held, out, s)
        return operand

    def read(self, s: Statement, held: Copies, out: list[Statement]) -> Statement:
        return map_reads(s, lambda operand: self.operand(operand, held, out, s))

    def hoist(self, body: Block, s: Statement, held: Copies, out: list[Statement]) -> None:
        """Before a loop: copy the cells that it reads and does not change, forget those that it changes."""
        changed = all_binds(body) | ({s.counter.name} if isinstance(s, For) else set())
        for cell in sorted((all_reads(body) & self.cells) - changed):
            self.fetch(cell, held, out, s)
        self.forget(body, held)
        if isinstance(s, For):
            held.pop(s.counter.name, None)

    def forget(self, body: Block, held: Copies) -> None:
        for name in all_binds(body):
            held.pop(name, None)
