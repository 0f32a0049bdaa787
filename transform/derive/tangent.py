"""Forward mode: each statement followed (or preceded) by its tangent.

In: a typed, resolved Function, whatever names it assigns again.  Out: the same function that carries `x_dot` beside every
active `x`.  A tangent is computed from the operands as they are when its statement runs, so nothing has to be recorded; a shadow of
an array is bound, viewed, written and rebound exactly as the array is.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ..analyses.activity import Activity, activity_of, refuse_opaque, returned
from ..analyses.aliases import Aliases, aliases_of
from ..analyses.infinite import Around, infinite
from ..ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    Call,
    Const,
    For,
    Function,
    Grow,
    If,
    ListOf,
    Load,
    Loc,
    Operand,
    Pop,
    Push,
    Return,
    Scalar,
    Statement,
    Store,
    Type,
    Var,
    View,
    While,
    is_float,
)
from ..names import Namer, base, is_temporary
from ..resolve.layouts import any_strides, copy_of
from ..rules import RULES
from ..rules.declare import Rule
from ..switches import on
from ..walk import names, walk, written
from .bodies import Bodies
from .custom_calls import tangent_of
from .keeping import active_names, along
from .own_memory import own_arguments, own_results
from .partials import Partial, partials_of
from .reverse import adjoint_routine
from .routines import Derivatives, Wanted


@dataclass(frozen=True, slots=True)
class Pushed:
    """`function` takes the tangents of `wrt` behind the primal's parameters and does not return; `tangents` belong to
    `values`, one by one (None: the result carries no derivative)."""

    function: Function
    seeds: dict[str, Var]
    values: tuple[Operand, ...]
    tangents: tuple[Operand | None, ...]


def push(function: Function, wrt: Sequence[str], seed_types: Mapping[str, Type]) -> Pushed:
    """The function with tangents for the parameters `wrt`; `seed_types` are those of what the caller hands in."""
    derivatives = Derivatives(function)
    namer = Namer(names(function))
    arguments, copies, types = own_arguments(function, namer)
    memory = aliases_of(function)
    results = returned(function)
    refuse_opaque(function, memory, wrt)
    activity = activity_of(function, memory, wrt, [v.name for v in results if isinstance(v, Var)])
    touched = {root for s in walk(function.body) for a in written(s) for root in memory.of(a.name)}
    tangent = Tangents(replace(function, types={**function.types, **types}), activity, memory, namer, derivatives)
    seeds: dict[str, Var] = {}
    start: list[Statement] = list(copies)
    for param in function.params:
        if param in activity or (param.name in wrt):
            start += tangent.enter(param, seed_types.get(param.name) if param.name in wrt else None, param.name in touched, seeds)
    for name in function.captures:
        if Var(name) in activity:
            start += tangent.shadow(Var(name))
    body = tangent.block(function.body[:-1])
    values, shared = own_results(tangent.types, memory, function, results, namer, touched)
    tangents = [tangent.result(value, shared) for value in results]
    shadows = _shadow_memory(tangent, memory)
    owned, copied = own_results(tangent.types, shadows, function, [t or Const(None) for t in tangents], namer, touched)
    finals = tuple(None if old is None else new for old, new in zip(tangents, owned, strict=True))
    full = replace(
        function, params=(*arguments, *seeds.values()), body=(*start, *body, *shared, *copied), types=tangent.types,
        active=active_names(function, activity),
    )  # fmt: skip
    return Pushed(replace(full, routines=derivatives.made(partial(_made, derivatives))), seeds, values, finals)


def _made(derivatives: Derivatives, function: Function, wanted: Wanted) -> Function:
    """What is asked for of a routine: adjoints are parts of transposes."""
    return (adjoint_routine if wanted.kind == "vjp" else _routine)(derivatives, function, wanted)


def _routine(derivatives: Derivatives, function: Function, wanted: Wanted) -> Function:
    """A routine with tangents: behind its parameters it takes those of the active ones, behind its results it returns those of
    the active results."""
    if function.rule is not None:
        return tangent_of(derivatives, function, wanted)
    namer = Namer(names(function))
    memory = aliases_of(function)
    results = returned(function)
    active = [function.params[k] for k in wanted.active]
    wrt = [param.name for param in active]
    refuse_opaque(function, memory, wrt)
    asked = [results[k] for k in wanted.results]
    arrays = [param.name for param in active if isinstance(function.types[param.name], Array)]
    activity = activity_of(function, memory, wrt, [*(v.name for v in asked if isinstance(v, Var)), *arrays])
    tangent = Tangents(function, activity, memory, namer, derivatives)
    start: list[Statement] = []
    for name in (*(param.name for param in function.params), *function.captures):
        if Var(name) in activity and name not in wrt:
            start += tangent.shadow(Var(name))
    dots = tuple(tangent.dot(name) for name in wrt)
    body = tangent.block(function.body[:-1])
    last: list[Statement] = []
    tangents = [tangent.result(value, last) or Const(0.0) for value in asked]
    values = (*results, *tangents)
    returns = Return(values, len(values) > 1, loc=function.body[-1].loc)
    seen = (*function.seen, *(dot.name for dot, name in zip(dots, wrt, strict=True) if name in function.seen))
    return replace(
        function, name=derivatives.name(wanted), params=(*function.params, *dots), body=(*start, *body, *last, returns),
        types=tangent.types, seen=seen, active=active_names(function, activity),
    )  # fmt: skip


def _shadow_memory(tangent: Tangents, memory: Aliases) -> Aliases:
    """A shadow shares memory with another shadow exactly if their arrays do."""
    return Aliases({tangent.dot(name).name: roots for name, roots in memory.roots.items() if Var(name) in tangent.activity})


class Tangents:
    def __init__(
        self, function: Function, activity: Activity, memory: Aliases, namer: Namer, derivatives: Derivatives
    ) -> None:
        self.function, self.activity, self.memory, self.namer, self.derivatives = function, activity, memory, namer, derivatives
        self.types: dict[str, Type] = dict(function.types)
        self.bodies = Bodies(namer, lambda name: isinstance(self.types.get(name), Array))
        around = derivatives.around
        self.infinite = infinite(function, memory, "forward", around, around if function.routine else Around())
        self._dots: dict[str, Var] = {}
        self.lists = {name for name, type_ in self.types.items() if isinstance(type_, ListOf)}

    def dot(self, name: str) -> Var:
        if name not in self._dots:
            stem = base(name) + "_dot"
            self._dots[name] = self.namer.temporary(stem) if is_temporary(name) else self.namer.fresh(stem)
            if name in self.types:
                self.types[self._dots[name].name] = self.types[name]
        return self._dots[name]

    def dtype(self, name: str) -> str:
        type_ = self.types.get(name)
        return type_.dtype if isinstance(type_, Array | Scalar) else ""

    def zero(self, name: str) -> Const:
        return Const(0.0, "float32" if self.dtype(name) == "float32" else None)

    def enter(self, param: Var, given: Type | None, touched: bool, seeds: dict[str, Var]) -> list[Statement]:
        """The tangent of a parameter: what the caller gave, checked, and copied where the function writes to it or its
        type is another; or zeros."""
        dot = self.dot(param.name)
        type_ = self.types[param.name]
        if given is None:
            return self.shadow(param) if isinstance(type_, Array) else [self.zeros(param)]
        seed = self.namer.fresh(dot.name) if given != type_ or touched else dot
        seeds[param.name] = seed
        self.types[seed.name] = given
        if not isinstance(type_, Array):
            return [] if seed == dot else [Assign(dot, f"cast:{self.dtype(param.name)}", (seed,))]
        checked: list[Statement] = [Assign(self.namer.temporary("checked"), "check_seed", (seed, param, Const(base(dot.name))))]
        if given != type_:
            return [*checked, *self.shadow(param), Accumulate(dot, (), seed)]
        return [*checked, *(copy_of(dot, seed, self.types, self.namer) if touched else ())]

    def shadow(self, array: Var) -> list[Statement]:
        """Zeros for an array that comes from outside, of the same type to Numba (`layouts.copy_of` says why)."""
        type_, dot = self.types[array.name], self.dot(array.name)
        if not isinstance(type_, Array) or type_.layout != "A" or not type_.ndim:
            return [self.zeros(array)]
        zeros = self.namer.temporary(base(dot.name))
        self.types[zeros.name] = Array(type_.dtype, type_.ndim, "C")
        return [Assign(zeros, "np.zeros_like", (array,)), any_strides(dot, zeros)]

    def result(self, value: Operand, out: list[Statement]) -> Operand | None:
        """The tangent of a result; None: it has none."""
        if isinstance(value, Const) and isinstance(value.value, float):
            return Const(0.0, value.dtype)
        type_ = self.types.get(value.name) if isinstance(value, Var) else None
        if not isinstance(value, Var) or not is_float(type_):
            return None
        if value in self.activity:
            return self.dot(value.name)
        if not isinstance(type_, Array):
            return self.zero(value.name)
        zeros = self.namer.temporary(base(value.name) + "_dot")
        out.append(Assign(zeros, "np.zeros_like", (value,)))
        return zeros

    def call(self, s: Call) -> list[Statement]:
        """A call of the routine with tangents in place of the routine itself."""
        active = tuple(k for k, arg in enumerate(s.args) if arg in self.activity)
        results = tuple(k for k, target in enumerate(s.targets) if target in self.activity)
        if not active:
            return [s, *(self.zeros(s.targets[k], s.loc) for k in results)]
        name = self.derivatives.name(Wanted("jvp", s.routine, active, results))
        dots = tuple(self.of(s.args[k]) for k in active)
        targets = (*s.targets, *(self.dot(s.targets[k].name) for k in results))
        reads, writes = ((*flags, *(flags[k] for k in active)) for flags in (s.reads, s.writes))
        return [replace(s, targets=targets, routine=name, args=(*s.args, *dots), reads=reads, writes=writes)]

    def zeros(self, target: Var, loc: Loc | None = None) -> Statement:
        """The tangent of what does not move."""
        if isinstance(self.types.get(target.name), Array):
            return Assign(self.dot(target.name), "np.zeros_like", (target,), loc=loc)
        return Assign(self.dot(target.name), "=", (self.zero(target.name),), loc=loc)

    def zeros_of(self, s: Assign) -> Statement:
        """The tangent of what does not move.  That of storage which was made for the reverse sweep is made as the storage is, which
        may not be needed itself."""
        made = {"np.zeros_like": "np.zeros_like", "np.empty": "np.zeros"}.get(s.op)
        if made is None or not base(s.target.name).endswith(("_bar", "_tape")):
            return self.zeros(s.target, s.loc)
        return Assign(self.dot(s.target.name), made, s.args, loc=s.loc)

    def block(self, block: Block) -> Block:
        return tuple(along(s, t) for s in block for t in self.statement(s))

    def of(self, operand: Operand) -> Operand:
        """The tangent of an operand, or a zero."""
        if isinstance(operand, Var):
            return self.dot(operand.name) if operand in self.activity else self.zero(operand.name)
        return Const(0.0)

    def statement(self, s: Statement) -> list[Statement]:
        active = self.activity
        match s:
            case For(counter, body=body):
                still = (self.zeros(counter, s.loc),) if counter in active else ()
                return [replace(s, body=(*still, *self.block(body)))]
            case While(header, _, body):
                return [replace(s, header=self.block(header), body=self.block(body))]
            case If(_, then, orelse):
                return [replace(s, then=self.block(then), orelse=self.block(orelse))]
            case Load(target, array, index) if target in active:
                dot: Statement = Load(self.dot(target.name), self.dot(array.name), index, loc=s.loc) if array in active else (
                    Assign(self.dot(target.name), "=", (self.zero(target.name),), loc=s.loc))
                return [dot, s]
            case View(target, array, kind, args) if target in active:
                return [View(self.dot(target.name), self.dot(array.name), kind, args, loc=s.loc), s]
            case Store(array, index, value) if array in active:
                given = self.of(value) if value in active else self.zero(array.name)
                return [Store(self.dot(array.name), index, given, loc=s.loc), s]
            case Accumulate(array, index, value) if array in active and value in active:
                return [Accumulate(self.dot(array.name), index, self.of(value), loc=s.loc), s]
            case Call():
                return self.call(s)
            case Grow(tapes, position):
                dots = tuple(self.dot(tape.name) for tape in tapes if tape in active)
                return [Grow((*tapes, *dots), position, loc=s.loc)]
            case Push(list_, value) if value in active:
                return [Push(self.list_dot(list_), self.dot(value.name)), s]
            case Pop(target, list_) if target in active:
                return [Pop(self.dot(target.name), self.list_dot(list_)), s]
            case Assign(target, "list", ()):
                return [Assign(self.list_dot(target), "list", ()), s]
            case Assign(target) if target in active:
                return self.assign(s)
            case Return():
                raise AssertionError("returns are packed by the pipeline")
            case _:
                return [s]

    def list_dot(self, list_: Var) -> Var:
        return self.dot(list_.name)

    def assign(self, s: Assign) -> list[Statement]:
        target, dot = s.target, self.dot(s.target.name)
        if s.op == "=" or s.op.startswith("cast:"):
            given = self.of(s.args[0]) if s.args[0] in self.activity else self.zero(target.name)
            return [Assign(dot, s.op, (given,), loc=s.loc), s]
        rule = RULES.get(s.op)                          # none for an item of a tuple, which carries no derivative
        moving = [] if rule is None else [k for k, arg in enumerate(s.args) if rule.active[k] and arg in self.activity]
        if rule is None or not moving:
            return [s, self.zeros_of(s)]
        if target in s.args:
            new = self.namer.temporary(base(target.name))
            self.types[new.name] = self.types[target.name]
            out: list[Statement] = [replace(s, target=new)]
            self.derive(replace(s, target=new), rule, moving, dot, out)
            return [*out, Assign(target, "=", (new,), loc=s.loc)]
        out = [s]
        self.derive(s, rule, moving, dot, out)
        return out

    def derive(self, s: Assign, rule: Rule, moving: list[int], dot: Var, out: list[Statement]) -> None:
        """dot = the tangent of the statement."""
        arrays = {self.dtype(v.name) for v in (s.target, *s.args) if isinstance(v, Var)}
        dtype = "float32" if "float32" in arrays and "float64" not in arrays else None
        terms: list[tuple[Operand, bool]] = []
        covered: set[Operand] = {s.target} if rule.kind != "elementwise" else set()         # whose shapes the terms have
        if rule.kind == "elementwise":
            partials, names = partials_of(s)
            double = s.op == "*" and s.args[0] == s.args[1] and on("squares")
            for partial in partials:
                if partial.position in (moving[:1] if double else moving):
                    terms.append((self.term(s, partial, names, dtype, out), partial.minus))
                    covered |= {s.args[partial.position], *partial.reads(names)}
        elif rule.kind in ("linear", "bilinear"):
            groups = [moving] if rule.kind == "linear" else [[k] for k in moving]
            for group in groups:
                args = tuple(
                    self.of(arg) if k in group else (self.zero_like(arg, out) if rule.kind == "linear" and rule.active[k] else arg)
                    for k, arg in enumerate(s.args)
                )
                part = self.namer.temporary(base(dot.name))
                out.append(Assign(part, s.op, args, loc=s.loc))
                terms.append((part, False))
        else:
            assert rule.jvp is not None
            known = dict(zip(rule.params, s.args, strict=False)) | {rule.result: s.target}
            for k, arg in enumerate(s.args):
                if rule.active[k]:
                    known[rule.params[k] + "_dot"] = self.of(arg) if k in moving else self.zero_like(arg, out)
            result = self.bodies.run(rule.jvp, known, dtype, out, s.loc)[0]
            assert result is not None
            terms.append((result, False))
        self.add_up(s, dot, terms, covered, out)

    def term(
        self, s: Assign, partial: Partial, names: Mapping[str, Operand], dtype: str | None, out: list[Statement]
    ) -> Operand:
        """partial * tangent of one operand."""
        arg = s.args[partial.position]
        if partial.one:
            return self.of(arg)
        factor = self.bodies.lower(partial.factor, names, dtype, out, s.loc)
        product = self.namer.temporary(base(s.target.name) + "_dot")
        huge = self.infinite.value(arg) or any(map(self.infinite.value, partial.reads(names))) or self.infinite.derivative(arg)
        strong = (partial.strong and not self.infinite.regular(s)) or huge or not on("plain products")
        op, args = ("strong", (self.of(arg), factor)) if strong else ("*", (factor, self.of(arg)))
        out.append(Assign(product, op, args, loc=s.loc))
        return product

    def zero_like(self, arg: Operand, out: list[Statement]) -> Operand:
        if isinstance(arg, Var) and isinstance(self.types.get(arg.name), Array):
            zeros = self.namer.temporary(base(arg.name) + "_dot")
            out.append(Assign(zeros, "np.zeros_like", (arg,)))
            return zeros
        return self.zero(arg.name) if isinstance(arg, Var) else Const(0.0)

    def add_up(
        self, s: Assign, dot: Var, terms: list[tuple[Operand, bool]], covered: set[Operand], out: list[Statement]
    ) -> None:
        """The sum of the terms, in the shape and dtype of the target; they are computed from arrays of the shapes of `covered`."""
        if not terms:
            out.append(self.zeros(s.target, s.loc))
            return
        terms = sorted(terms, key=lambda term: term[1])         # a difference rather than the sum with a negation
        total, minus = terms[0]
        if minus:
            negated = self.namer.temporary(base(dot.name))
            out.append(Assign(negated, "neg", (total,), loc=s.loc))
            total = negated
        for term, minus in terms[1:]:
            more = self.namer.temporary(base(dot.name))
            out.append(Assign(more, "-" if minus else "+", (total, term), loc=s.loc))
            total = more
        narrow = self.dtype(dot.name) == "float32" and any(
            not isinstance(a, Var) or self.dtype(a.name) != "float32" for a in s.args
        )
        if isinstance(self.types.get(s.target.name), Array):
            self.shaped(s, dot, total, covered, out)
        else:
            out.append(Assign(dot, "cast:float32" if narrow else "=", (total,), loc=s.loc))

    def shaped(self, s: Assign, dot: Var, total: Operand, covered: set[Operand], out: list[Statement]) -> None:
        """An array tangent: a fresh array of the target's shape, broadcast where only a smaller operand moves."""
        arrays = {arg for arg in s.args if isinstance(arg, Var) and isinstance(self.types.get(arg.name), Array)}
        full = s.target in covered or (bool(arrays) and arrays <= covered)
        last = out[-1] if out else None
        if full and isinstance(last, Assign) and last.target == total and last.op != "=":
            out[-1] = replace(last, target=dot)
            return
        zeros = self.namer.temporary(base(dot.name))
        out.append(Assign(zeros, "np.zeros_like", (s.target,), loc=s.loc))
        out.append(Assign(dot, "+", (zeros, total), loc=s.loc))
