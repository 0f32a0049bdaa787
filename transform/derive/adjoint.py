"""The adjoint of one statement.

Numbers: the adjoint of the target is distributed over the active operands, times the partials of the rule.  Memory: an array
has a shadow of its shape, and a view of the primal is the same view of the shadow; a write takes the shadow's element,
clears it and gives it to the value, in this order.  Griewank & Walther, Evaluating Derivatives, §3.3 and §4.2.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..analyses.contents import contents
from ..ir import (
    Accumulate,
    Array,
    Assign,
    Const,
    Ellipsis_,
    Index,
    Load,
    Loc,
    Operand,
    Scalar,
    Slice,
    Statement,
    Store,
    Var,
    View,
)
from ..names import base
from ..rules import RULES
from ..switches import on
from ..walk import Path, map_reads
from .bodies import Bodies
from .keeping import keeping, overwrites
from .partials import Partial, named_arguments, partials_of
from .program import Program


@dataclass
class Position:
    """Where reversal stands in a block: the block, the context that it is replayed in, and which of the adjoints that the
    block owns hold something already."""

    block: Path
    context: Path
    seen: set[str] = field(default_factory=set)


@dataclass
class Sides:
    """What a statement adds before and after itself in the forward sweep, and its adjoint."""

    before: list[Statement] = field(default_factory=list)
    after: list[Statement] = field(default_factory=list)
    reverse: list[Statement] = field(default_factory=list)


class Adjoints:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.bodies = Bodies(program.namer, program.is_array)

    def statement(self, s: Statement, path: Path, at: Position) -> Sides:
        sides = Sides()
        active = self.program.activity
        if isinstance(s, Assign) and s.target in active and self._sum(s, at, sides.reverse):
            return sides
        match s:
            case Assign(target, op, args) if target in active:
                if self.program.is_array(target.name) and target.name not in self.program.values:
                    self._primitive(s, self.program.bar(target.name), at, sides)
                elif target.name in at.seen or self.program.owner(target.name) != at.block:
                    seed = self.program.bar(target.name)
                    if op == "=" or op.startswith("cast:"):
                        self._moved(s, target, args[0], seed, at, sides.reverse)
                    else:
                        self._primitive(s, seed, at, sides)
                self._snapshot(s, path, at, sides)
            case Load(target, array, index) if target in active and array in active and target.name in at.seen:
                bar = self.program.bar
                sides.reverse.append(Accumulate(bar(array.name), index, bar(target.name), loc=s.loc))
            case Store(array, index, value) if array in active:
                self._store(s, array, index, value, at, sides.reverse, clear=True)
            case Accumulate(array, index, value) if array in active and value in active:
                self._store(s, array, index, value, at, sides.reverse, clear=False)
            case _:
                pass
        return sides

    def _sum(self, s: Assign, at: Position, out: list[Statement]) -> bool:
        """`cell += term`: the term gets the cell's adjoint, which stays as it is."""
        program = self.program
        written = s.args[0] if s.op == "=" and s.target.name in program.prepared.cells else None
        if isinstance(written, Var) and written.name in program.sums and program.sums[written.name].cell == s.target.name:
            return True
        found = program.sums.get(s.target.name)
        if found is None:
            return False
        if s.op in "+-" and found.term in program.activity:
            if program.owner(found.cell) == at.block and found.cell not in at.seen:
                return True
            amount = self._cast(found.term, program.bar(found.cell), (Var(found.cell), found.term), out, s.loc)
            self.give(found.term, amount, at, out, s.loc, found.minus)
        return True

    # ---- giving -------------------------------------------------------------------------------------------

    def give(
        self, to: Operand, amount: Operand, at: Position, out: list[Statement], loc: Loc | None, minus: bool = False
    ) -> None:
        """to_bar += amount, or -=."""
        assert isinstance(to, Var)
        bar = self.program.bar(to.name)
        if to.name in self.program.values:
            self._give_value(to, amount, at, out, loc, minus)
        elif self.program.is_array(to.name):
            if minus:
                negated = self.program.namer.temporary("minus")
                out.append(Assign(negated, "neg", (amount,), loc=loc))
                amount = negated
            out.append(Accumulate(bar, (), amount, loc=loc))
        elif self.program.owner(to.name) == at.block and to.name not in at.seen:
            at.seen.add(to.name)
            out.append(Assign(bar, "neg" if minus else "=", (amount,), loc=loc))
        else:
            out.append(Assign(bar, "-" if minus else "+", (bar, amount), loc=loc))

    def _give_value(
        self, to: Var, amount: Operand, at: Position, out: list[Statement], loc: Loc | None, minus: bool
    ) -> None:
        """As for a number: the first amount is the adjoint, later ones make a new array.  Memory that changes is copied."""
        bar = self.program.bar(to.name)
        if to.name in at.seen:
            out.append(Assign(bar, "-" if minus else "+", (bar, amount), loc=loc))
            return
        at.seen.add(to.name)
        assert isinstance(amount, Var)
        if minus:
            out.append(Assign(bar, "neg", (amount,), loc=loc))
        elif self._is_value(amount, out):
            out.append(View(bar, amount, "=", loc=loc))
        else:
            out.append(Assign(bar, ".copy", (amount,), loc=loc))

    def _is_value(self, amount: Operand, out: list[Statement]) -> bool:
        """A number, or an array that nothing writes to: made here, or the adjoint of such an array."""
        if not on("shared adjoints"):
            return False
        if isinstance(amount, Const) or self.program.primal.get(amount.name) in self.program.values:
            return True
        made = any(isinstance(s, Assign) and s.target == amount for s in out)
        return made or not self.program.is_array(amount.name)

    def _moved(self, s: Assign, target: Var, value: Operand, seed: Var, at: Position, out: list[Statement]) -> None:
        """A copy between a cell and a temporary: what the cell had goes to the temporary, and the cell starts anew."""
        if value in self.program.activity:
            self.give(value, self._cast(value, seed, (target, value), out, s.loc), at, out, s.loc)
        if target.name in self.program.prepared.cells:
            if self.program.owner(target.name) == at.block:
                at.seen.discard(target.name)
            else:
                out.append(Assign(seed, "=", (self.program.zero(target.name),), loc=s.loc))

    def _cast(
        self, to: Operand, amount: Operand, others: tuple[Operand, ...], out: list[Statement], loc: Loc | None
    ) -> Operand:
        """The amount in the dtype of the variable that it is given to."""
        program = self.program
        if not isinstance(to, Var) or program.dtype(to.name) != "float32" or program.is_array(to.name):
            return amount
        if all(isinstance(o, Var) and program.dtype(o.name) == "float32" for o in others):
            return amount
        cast = program.namer.temporary(base(to.name) + "_bar")
        out.append(Assign(cast, "cast:float32", (amount,), loc=loc))
        return cast

    # ---- primitives ---------------------------------------------------------------------------------------

    def _primitive(self, s: Assign, seed: Var, at: Position, sides: Sides) -> None:
        if s.op == "item":                              # of a tuple that carries no derivative
            return
        rule = RULES[s.op]
        out, dtype = sides.reverse, self._literals(s)
        if rule.kind == "elementwise":
            partials, names = partials_of(s)
            for partial in partials:
                if rule.active[partial.position] and s.args[partial.position] in self.program.activity:
                    self._times_partial(s, partial, names, seed, dtype, at, out)
            return
        names = named_arguments(rule, s.args) | ({rule.result: s.target} if rule.result else {}) | {rule.seed: seed}
        active = [k for k, arg in enumerate(s.args) if rule.active[k] and arg in self.program.activity]
        amounts: dict[int, Operand | None]
        if rule.kind == "rule":
            assert rule.vjp is not None
            amounts = dict(enumerate(self.bodies.run(rule.vjp, names, dtype, out, s.loc)))
        else:
            transposes = {k: rule.transposes[k] for k in active}
            amounts = {k: self.bodies.lower(t, names, dtype, out, s.loc) for k, t in transposes.items() if t is not None}
        for k in active:
            amount = amounts.get(k)
            if amount is not None:
                amount = self._summed(s, s.args[k], amount, out) if rule.broadcasts else amount
                self.give(s.args[k], self._cast(s.args[k], amount, (s.target, *s.args), out, s.loc), at, out, s.loc)

    def _literals(self, s: Assign) -> str | None:
        """What literals of the rule are cast to."""
        dtypes = {self.program.dtype(v.name) for v in (s.target, *s.args) if isinstance(v, Var)}
        return "float32" if "float32" in dtypes and "float64" not in dtypes else None

    def _times_partial(
        self, s: Assign, partial: Partial, names: Mapping[str, Operand], seed: Var, dtype: str | None, at: Position,
        out: list[Statement],
    ) -> None:  # fmt: skip
        """arg_bar += partial * seed, summed back to the shape of the argument."""
        arg = s.args[partial.position]
        assert isinstance(arg, Var)
        amount: Operand = seed
        if not partial.one:
            factor = self.bodies.lower(partial.factor, names, dtype, out, s.loc)
            amount = self.program.namer.temporary(base(arg.name) + "_bar")
            infinite = self.program.infinite
            huge = any(map(infinite.value, partial.reads(names))) or infinite.derivative(s.target)
            strong = (partial.strong and not infinite.regular(s)) or huge or not on("plain products")
            op, args = ("strong", (seed, factor)) if strong else ("*", (factor, seed))
            out.append(Assign(amount, op, args, loc=s.loc))
        amount = self._summed(s, arg, amount, out)
        self.give(arg, self._cast(arg, amount, (s.target, *s.args), out, s.loc), at, out, s.loc, partial.minus)

    def _summed(self, s: Assign, arg: Operand, amount: Operand, out: list[Statement]) -> Operand:
        """Undo the broadcasting of an elementwise operation."""
        program = self.program
        whole = program.types.get(s.target.name)
        if not isinstance(whole, Array) or not isinstance(arg, Var):
            return amount
        mine = program.types.get(arg.name)
        if isinstance(mine, Array) and mine.ndim == whole.ndim and self._as_whole(s, arg, mine.ndim):
            return amount
        return self.unbroadcast(arg, amount, out, s.loc)

    def unbroadcast(self, arg: Var, amount: Operand, out: list[Statement], loc: Loc | None) -> Var:
        summed = self.program.namer.temporary(base(arg.name) + "_bar")
        if self.program.is_array(arg.name):
            out.append(Assign(summed, "unbroadcast", (amount, arg), loc=loc))
        else:
            out.append(Assign(summed, "np.sum", (amount,), loc=loc))
        return summed

    def _as_whole(self, s: Assign, arg: Var, rank: int) -> bool:
        """Is it known that an operand has the shape of the result?"""
        arrays = [o.name for o in s.args if isinstance(o, Var) and self.program.is_array(o.name)]
        if set(arrays) == {arg.name}:
            return True
        extents = self.program.extents
        return all(extents.axis(arg.name, k) == extents.broadcast(arrays, rank, k) for k in range(rank))

    # ---- memory -------------------------------------------------------------------------------------------

    def _store(
        self, s: Store | Accumulate, array: Var, index: tuple[Index, ...], value: Operand, at: Position,
        out: list[Statement], clear: bool,
    ) -> None:  # fmt: skip
        program = self.program
        shadow = program.bar(array.name)
        whole = program.types[array.name]
        assert isinstance(whole, Array)
        if whole.ndim and all(item in (Ellipsis_(), Slice()) for item in index):    # all: Numba cannot read a[...]
            index = ()
        element = len(index) == whole.ndim and not any(isinstance(item, Slice | Ellipsis_) for item in index)
        if index and not element:
            part = program.namer.temporary(base(array.name) + "_bar")
            program.types[part.name] = Array(whole.dtype, 1, "A")
            out.append(View(part, shadow, "index", index, loc=s.loc))
            shadow, index = part, ()
        cleared = Store(shadow, index, program.zero(array.name), loc=s.loc)
        if value in program.activity:
            assert isinstance(value, Var)
            taken = program.namer.temporary(base(value.name) + "_bar")
            if element:
                program.types[taken.name] = Scalar(whole.dtype)
                out.append(Load(taken, shadow, index, loc=s.loc))
            elif clear and not program.memory.disjoint(value.name, array.name):
                program.types[taken.name] = Array(whole.dtype, 1, "C")
                out.append(Assign(taken, ".copy", (shadow,), loc=s.loc))
            else:
                taken = shadow
            if clear and taken != shadow:
                out.append(cleared)
            amount = taken if element else self._summed_slice(value, array, s.index, taken, out, s.loc)
            amount_ = self._cast(value, amount, (array, value), out, s.loc)
            self.give(value, amount_, at, out, s.loc)
            if clear and taken == shadow:
                out.append(cleared)
        elif clear:
            out.append(cleared)

    def _summed_slice(
        self, value: Var, array: Var, index: tuple[Index, ...], taken: Var, out: list[Statement], loc: Loc | None
    ) -> Var:
        """What a slice gives to a value that may have been broadcast into it."""
        mine = self.program.types.get(value.name)
        if isinstance(mine, Array):
            slots = self.program.extents.slots(array.name, index)
            if len(slots) == mine.ndim and all(slots[k] == self.program.extents.axis(value.name, k) for k in range(mine.ndim)):
                return taken
        return self.unbroadcast(value, taken, out, loc)

    # ---- contents that change later -----------------------------------------------------------------------

    def _snapshot(self, s: Assign, path: Path, at: Position, sides: Sides) -> None:
        """An array whose contents the adjoint reads and the primal overwrites later is copied in the forward sweep."""
        program = self.program
        changed: dict[str, Var] = {}
        for statement in sides.reverse:
            for var in contents(statement):
                if var.name in changed or var.name in program.primal or not program.is_array(var.name):
                    continue
                if var.name in program.definitions and not program.stable(var.name, path, at.context):
                    why = overwrites(program.overwriting(var.name, path, at.context))
                    copy = program.namer.fresh(base(var.name) + "_then")
                    program.types[copy.name] = program.types[var.name]
                    changed[var.name] = copy
                    side = sides.after if var == s.target else sides.before
                    made = Assign(copy, ".copy", (var,), loc=keeping(s.loc, "copy", base(var.name), why))
                    side.append(made)
                    program.define(made, path)
        if changed:
            sides.reverse = [self._use(statement, changed) for statement in sides.reverse]

    def _use(self, statement: Statement, changed: dict[str, Var]) -> Statement:
        def read(operand: Operand) -> Operand:
            return changed.get(operand.name, operand) if isinstance(operand, Var) else operand

        return map_reads(statement, read)


