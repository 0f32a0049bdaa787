"""Derivatives of calls whose function has a rule of the user's (`custom_vjp`, `custom_jvp`).

Reverse mode by `custom_vjp`: before anything else a call of the function becomes one of `fwd` (`with_forwards`); the residuals are
results that the reverse sweep reads, and the adjoint of the call is a call of `bwd` (`pulled`).  Forward mode by
`custom_jvp`, and both transposes, are routines like the derivatives of any routine (`tangent_of`, `adjoint_of`): the adjoint of
`bwd` by `y_bar`, or of the rule by the tangents, at zero.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..analyses.activity import activity_of, returned
from ..analyses.aliases import aliases_of
from ..custom.contract import Along, Pair
from ..ir import Accumulate, Array, Assign, Call, Const, Function, Loc, Operand, Return, Scalar, Statement, Type, Var
from ..names import Namer, base
from ..walk import Path, map_block, names
from .adjoint import Adjoints, Position, Sides
from .calls import kept_copy
from .keeping import keeping, overwrites
from .program import Program
from .routines import Derivatives, Ruled, Wanted


def with_forwards(
    function: Function, wrt: Sequence[str], results: Sequence[str], namer: Namer, derivatives: Derivatives
) -> Function:
    """The function with calls of `fwd` in the place of those whose adjoint is asked for."""
    rules = {name: routine.rule for name, routine in derivatives.routines.items()}
    if not any(rule is not None and rule.kind == "vjp" for rule in rules.values()):
        return function
    activity = activity_of(function, aliases_of(function), wrt, results)
    types = dict(function.types)

    def forward(s: Statement) -> list[Statement]:
        rule = rules.get(s.routine) if isinstance(s, Call) else None
        if not isinstance(s, Call) or rule is None or rule.kind != "vjp" or not any(arg in activity for arg in s.args):
            return [s]
        name = derivatives.ruled(s.routine).names[0]
        routine = derivatives.routines[name]
        targets = list(s.targets)
        for value in returned(routine)[len(targets) :]:
            targets.append(namer.temporary(base(getattr(value, "name", "residual"))))
            types[targets[-1].name] = _type(routine, value)
        return [_called(derivatives, name, targets, s.args, s.loc)]

    return replace(function, body=map_block(function.body, forward), types=types)


def pulled(adjoints: Adjoints, s: Call, ruled: Ruled, path: Path, at: Position) -> Sides:
    """The adjoint of a call of `fwd`: a call of `bwd` with the residuals as they were."""
    program, sides, pair = adjoints.program, Sides(), ruled.made
    assert isinstance(pair, Pair)
    results = {k: s.targets[k] for k in pair.moving}
    seen = [k for k, t in results.items() if t in program.activity and (program.is_array(t.name) or t.name in at.seen)]
    wanted = [k for k, arg in enumerate(s.args) if arg in program.activity and pair.given[k] is not None]
    if not seen or not wanted:
        return sides
    args: list[Operand] = []
    for residual in pair.residuals:
        if residual.kind == "argument":
            args.append(_kept(program, s.args[residual.place], path, at, sides.before, s.loc))
        else:
            args.append(_kept(program, s.targets[residual.place], path, at, sides.after, s.loc))
    zeros = _Body(program.namer, program.types)
    args += [program.bar(t.name) if k in seen else zeros.zero(t, s.loc) for k, t in results.items()]
    backward = program.derivatives.routines[ruled.names[1]]
    hints = {place: base(getattr(s.args[k], "name", "x")) + "_bar" for k, place in enumerate(pair.given) if place is not None}
    targets: list[Var] = []
    for number, value in enumerate(returned(backward)):
        targets.append(program.namer.temporary(hints[number]))
        program.types[targets[-1].name] = _type(backward, value)
    sides.reverse += [*zeros.out, _called(program.derivatives, ruled.names[1], targets, args, s.loc)]
    for k in wanted:
        arg, place = s.args[k], pair.given[k]
        assert isinstance(arg, Var) and place is not None
        amount: Operand = targets[place]
        if program.is_array(arg.name):
            checked = program.namer.temporary("checked")
            given = amount, program.bar(arg.name), _told(hints[place], backward)
            sides.reverse.append(Assign(checked, "check_seed", given, loc=s.loc))
        elif program.types[targets[place].name] != program.types[arg.name]:
            amount = program.namer.temporary(base(arg.name) + "_bar")
            sides.reverse.append(Assign(amount, f"cast:{program.dtype(arg.name)}", (targets[place],), loc=s.loc))
        adjoints.give(arg, amount, at, sides.reverse, s.loc)
    return sides


def _told(name: str, function: Function) -> Const:
    """What a message calls a result of a rule."""
    return Const(f"{name} from {base(function.name).removeprefix('call_')}")


def _kept(
    program: Program, operand: Operand, path: Path, at: Position, side: list[Statement], loc: Loc | None
) -> Operand:
    """The value as it is when the function has been called."""
    if not isinstance(operand, Var) or not program.is_array(operand.name) or program.stable(operand.name, path, at.context):
        return operand
    why = overwrites(program.overwriting(operand.name, path, at.context))
    return kept_copy(program, operand, path, side, keeping(loc, "copy", base(operand.name), why, quiet=True))


# ---- routines -------------------------------------------------------------------------------------------------------


def tangent_of(derivatives: Derivatives, function: Function, wanted: Wanted) -> Function:
    """The routine with tangents, by its rule."""
    made = _Body(Namer(names(function)), dict(function.types))
    dots = {k: made.like(function.params[k], "_dot") for k in wanted.active}
    ruled = derivatives.ruled(function.name)
    rule = ruled.made
    tangents: list[Operand]
    if isinstance(rule, Along):
        args = [dots[k] if k in dots else made.zero(function.params[k]) for k in rule.moving]
        targets = made.call(derivatives, ruled.names[0], [*function.params, *args])
        values = targets[: len(rule.dots)]
        tangents = [made.tangent(values[k], targets, rule.dots[k], derivatives.routines[ruled.names[0]]) for k in wanted.results]
    else:
        values, tangents = _transposed_pair(derivatives, function, wanted, made, dots, ruled, rule)
    returns = Return((*values, *tangents), len(values) + len(tangents) > 1, loc=function.body[-1].loc)
    return replace(
        function, name=derivatives.name(wanted), params=(*function.params, *dots.values()), body=(*made.out, returns),
        types=made.types, seen=(), rule=None, unread=None, captures={},
    )  # fmt: skip


def _transposed_pair(
    derivatives: Derivatives, function: Function, wanted: Wanted, made: _Body, dots: dict[int, Var], ruled: Ruled, pair: Pair
) -> tuple[list[Var], list[Operand]]:
    """y and y_dot by `fwd` and the adjoint of `bwd`."""
    backward = derivatives.routines[ruled.names[1]]
    targets = made.call(derivatives, ruled.names[0], function.params)
    values = targets[: pair.count]
    bars = {k: len(pair.residuals) + place for place, k in enumerate(pair.moving)}
    moving = [(k, place) for k in wanted.active if (place := pair.given[k]) is not None]
    residuals = [targets[r.place] if r.kind == "result" else function.params[r.place] for r in pair.residuals]
    args = [*residuals, *(made.zero(values[k]) for k in pair.moving)]
    shaped = [(k, place) for k, place in moving if isinstance(function.types[function.params[k].name], Array)]
    if shaped:
        again = made.call(derivatives, ruled.names[1], args)
        for k, place in shaped:
            made.emit("check_seed", again[place], function.params[k], _told(base(function.params[k].name) + "_bar", backward))
    asked = Wanted("vjp", ruled.names[1], tuple(bars[k] for k in wanted.results), tuple(sorted(place for _, place in moving)))
    name = derivatives.transpose(function.name, asked)
    shadows = {k: made.zeros_like(values[k]) for k in wanted.results if isinstance(made.types[values[k].name], Array)}
    seeds = [dots[k] for k, _ in sorted(moving, key=lambda pair: pair[1])]
    numbers = [k for k in wanted.results if k not in shadows]
    found = made.adjoint(name, backward, [*args, *shadows.values(), *seeds], len(shadows), [values[k] for k in numbers])
    known = shadows | dict(zip(numbers, found, strict=True))
    return values, [known[k] for k in wanted.results]


def adjoint_of(derivatives: Derivatives, function: Function, wanted: Wanted) -> Function:
    """The adjoint of a routine with a rule for forward mode, as `reverse` would make it."""
    made = _Body(Namer(names(function)), dict(function.types))
    ruled = derivatives.ruled(function.name)
    rule = ruled.made
    assert isinstance(rule, Along), "calls with a rule for reverse mode are gone"
    routine = derivatives.routines[ruled.names[0]]
    arrays = [k for k in wanted.active if isinstance(function.types[function.params[k].name], Array)]
    shadows = [made.like(function.params[k], "_bar") for k in arrays]
    values = returned(routine)
    seeds = {k: made.named(f"{base(getattr(values[k], 'name', 'result'))}_bar", _type(routine, values[k])) for k in wanted.results}
    args = [*function.params, *(made.zero(function.params[k]) for k in rule.moving)]
    shaped = [k for k in seeds if isinstance(_type(routine, values[k]), Array) and rule.dots[k] is not None]
    if shaped:
        targets = made.call(derivatives, ruled.names[0], args)
        for k in shaped:
            place = rule.dots[k]
            assert place is not None
            made.emit("check_seed", targets[place], targets[k], _told("y_dot", routine))
    tangents = {k: len(function.params) + place for place, k in enumerate(rule.moving)}
    moving = [(k, place) for k in wanted.results if (place := rule.dots[k]) is not None]
    asked = Wanted("vjp", ruled.names[0], tuple(tangents[k] for k in wanted.active), tuple(sorted(place for _, place in moving)))
    name = derivatives.transpose(function.name, asked)
    given = [seeds[k] for k, _ in sorted(moving, key=lambda pair: pair[1])]
    numbers = [function.params[k] for k in wanted.active if k not in arrays]
    found = made.adjoint(name, routine, [*args, *shadows, *given], len(shadows), numbers)
    returns = Return(tuple(found), len(found) > 1, loc=function.body[-1].loc)
    return replace(
        function, name=derivatives.name(wanted), params=(*function.params, *shadows, *seeds.values()), body=(*made.out, returns),
        types=made.types, seen=tuple(shadow.name for shadow in shadows), rule=None, unread=None, captures={},
    )  # fmt: skip


@dataclass
class _Body:
    """Statements that call routines, and the names that they bind."""

    namer: Namer
    types: dict[str, Type]
    out: list[Statement] = field(default_factory=list)

    def named(self, hint: str, type_: Type) -> Var:
        var = self.namer.fresh(hint)
        self.types[var.name] = type_
        return var

    def like(self, var: Var, suffix: str) -> Var:
        return self.named(base(var.name) + suffix, self.types[var.name])

    def emit(self, op: str, *args: Operand) -> None:
        self.out.append(Assign(self.namer.temporary("checked"), op, args))

    def zeros_like(self, var: Var, loc: Loc | None = None) -> Var:
        zeros = self.named(f"%{base(var.name)}_zeros", self.types[var.name])
        self.out.append(Assign(zeros, "np.zeros_like", (var,), loc=loc))
        return zeros

    def zero(self, var: Var, loc: Loc | None = None) -> Operand:
        match self.types[var.name]:
            case Array():
                return self.zeros_like(var, loc)
            case Scalar(dtype):
                return Const(0.0, "float32" if dtype == "float32" else None)
            case other:
                raise AssertionError(other)

    def call(self, derivatives: Derivatives, name: str, args: Sequence[Operand]) -> list[Var]:
        routine = derivatives.routines[name]
        values = returned(routine)
        targets = [self.named("%" + base(getattr(value, "name", "result")), _type(routine, value)) for value in values]
        self.out.append(_called(derivatives, name, targets, args, None))
        return targets

    def adjoint(self, name: str, routine: Function, args: list[Operand], shadows: int, numbers: Sequence[Var]) -> list[Var]:
        """A call of an adjoint: it adds to the shadows, which stand behind the arguments, and returns the rest."""
        targets = [self.like(var, "_bar") for var in numbers]
        first = len(routine.params)
        writes = tuple(first <= k < first + shadows for k in range(len(args)))
        self.out.append(Call(tuple(targets), name, tuple(args), (True,) * len(args), writes, False))
        return targets

    def tangent(self, value: Var, targets: list[Var], place: int | None, routine: Function) -> Operand:
        """What a rule says of a result, in its shape and of its type."""
        if place is None:
            return self.zero(value)
        dot, type_ = targets[place], self.types[value.name]
        if isinstance(type_, Array):
            self.emit("check_seed", dot, value, _told("y_dot", routine))
            if self.types[dot.name] == type_:
                return dot
            whole = self.zeros_like(value)
            self.out.append(Accumulate(whole, (), dot))
            return whole
        if self.types[dot.name] == type_:
            return dot
        cast = self.like(value, "_dot")
        assert isinstance(type_, Scalar)
        self.out.append(Assign(cast, f"cast:{type_.dtype}", (dot,)))
        return cast


def _called(derivatives: Derivatives, name: str, targets: Sequence[Var], args: Sequence[Operand], loc: Loc | None) -> Call:
    does = derivatives.doing[name]
    acts = does.prints or does.draws
    return Call(tuple(targets), name, tuple(args), (True,) * len(args), (False,) * len(args), acts or does.raises, acts, loc=loc)


def _type(routine: Function, value: Operand) -> Type:
    if isinstance(value, Var):
        return routine.types[value.name]
    return Scalar(value.dtype or {bool: "bool", int: "int64", float: "float64"}[type(value.value)])
