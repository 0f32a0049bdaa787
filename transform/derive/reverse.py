"""Reverse mode of a whole function.

In: a typed, resolved Function.  Out: the same function with its adjoint behind it, still a Function without Return, and
the operands that hold the results and the gradients; `pipeline` packs them.  The steps are those of the modules beside
this one: prepare, analyse, sweep.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ..analyses.activity import activity_of, refuse_opaque, returned
from ..analyses.aliases import aliases_of
from ..ir import Array, Assign, Const, Function, Operand, Pop, Push, Remark, Return, Scalar, Statement, Type, Var, View, is_float
from ..names import Namer, base
from ..walk import all_binds, names, walk
from .custom_calls import adjoint_of, with_forwards
from .initial_values import with_values
from .keeping import active_names, unmarked
from .own_memory import own_arguments, own_results
from .prepare import prepare
from .program import Program
from .routines import Derivatives, Wanted
from .storage import Nest
from .sweeps import Sweeps
from .tuples import taken_apart
from .value_numbering import share


@dataclass(frozen=True, slots=True)
class Reversed:
    """`function` has the seeds behind the primal's parameters and does not return; `values` are the primal's results,
    `gradients` the adjoint of each parameter that was asked for (None: no derivative)."""

    function: Function
    seeds: tuple[Var | None, ...]
    values: tuple[Operand, ...]
    gradients: Mapping[str, Operand | None]


def reverse(
    function: Function, wrt: Sequence[str], seed_types: Sequence[Type | None] | None, fastmath: bool = False
) -> Reversed:
    """The adjoint of `function` with respect to the parameters `wrt`.

    `fastmath`: the code will be compiled so.
    `seed_types`: those of the adjoints that the caller hands in, one for each result; None: the first result has adjoint 1, and
    the others have none."""

    derivatives = Derivatives(function, fastmath)
    namer = Namer(names(function))
    function, entry = _enter(with_values(taken_apart(unmarked(function), namer), namer), namer)
    wrt = [entry.get(name, name) for name in wrt]
    arguments, copies, types = own_arguments(function, namer)
    unit_seed = seed_types is None
    seeds = _seeds(function, namer)
    useful = [v.name for v in returned(function)[: 1 if unit_seed else None] if isinstance(v, Var)]
    program = _program(function, wrt, useful, namer, derivatives)
    prepared, memory = program.prepared, program.memory
    results = returned(prepared.function)
    program.types |= types
    for seed, value in zip(seeds, results, strict=True):
        if seed is not None and isinstance(value, Var):
            program.types[seed.name] = program.types[value.name]
    given, taken = _take(program, results, seeds, seed_types or ())
    if unit_seed:
        given = [None for _ in results]
        if isinstance(first := results[0], Var):
            given[0] = Const(1.0, "float32" if program.dtype(first.name) == "float32" else None)
    mirrored = _mirrored(program)
    sweeps = Sweeps(program, given, mirrored)
    swept = sweeps.block(prepared.function.body, (), (), Nest(()))
    before, start = _parameter_shadows(program, wrt, mirrored)
    values, shared = own_results(program.types, memory, function, results, namer)
    forward = [*copies, *before, *(s for s in swept.forward if s is not prepared.function.body[-1]), *shared]
    asked = {new: old for old, new in entry.items()}
    gradients = {asked.get(name, name): _gradient(program, name, [*before, *start, *swept.reverse]) for name in wrt}
    body = (
        Remark(f"---- forward sweep: {function.name} itself, recording what the reverse sweep needs ----"),
        *forward,
        Remark("---- reverse sweep ----"),
        *([] if unit_seed else taken),
        *start,
        *swept.reverse,
    )
    params = (*arguments, *(seed for seed in seeds if seed is not None and not unit_seed))
    active = active_names(function, program.activity)
    whole = replace(function, params=params, body=body, types=program.types, active=active)
    routines = derivatives.made(partial(adjoint_routine, derivatives))
    return Reversed(replace(whole, routines=routines), tuple(seeds), values, gradients)


def _program(
    function: Function, wrt: Sequence[str], results: Sequence[str], namer: Namer, derivatives: Derivatives
) -> Program:
    """The function prepared and analysed."""
    function = with_forwards(function, wrt, results, namer, derivatives)
    prepared = share(prepare(function, namer))
    last = [v.name for v in returned(prepared.function) if isinstance(v, Var)]
    named = dict(zip([v.name for v in returned(function) if isinstance(v, Var)], last, strict=True))
    memory = aliases_of(prepared.function)
    refuse_opaque(prepared.function, memory, wrt)
    activity = activity_of(prepared.function, memory, wrt, [named.get(name, name) for name in results])
    return Program(prepared, memory, activity, namer, derivatives)


def adjoint_routine(derivatives: Derivatives, function: Function, wanted: Wanted) -> Function:
    """The adjoint of a routine.  Behind its parameters it takes the shadows of its active arrays, which it updates, and the
    adjoints of its results; it returns the adjoints of its active numbers."""
    if function.rule is not None:
        return adjoint_of(derivatives, function, wanted)
    namer = Namer(names(function))
    active = [function.params[k].name for k in wanted.active]
    name = derivatives.name(wanted)
    function, entry = _enter(with_values(taken_apart(unmarked(function), namer), namer), namer)
    wrt = [entry.get(name, name) for name in active]
    arrays = [name for name in wrt if isinstance(function.types[name], Array)]
    returns = returned(function)
    asked = [returns[k] for k in wanted.results]
    useful = [*(v.name for v in asked if isinstance(v, Var)), *arrays]
    program = _program(function, wrt, useful, namer, derivatives)
    results = returned(program.function)
    seeds = {k: namer.fresh(base(getattr(returns[k], "name", "result")) + "_bar") for k in wanted.results}
    for k, seed in seeds.items():
        program.types[seed.name] = program.types.get(getattr(results[k], "name", ""), Scalar("float64"))
    mirrored = _mirrored(program)
    swept = Sweeps(program, [seeds.get(k) for k in range(len(results))], mirrored).block(program.function.body, (), (), Nest(()))
    before, start = _parameter_shadows(program, wrt, mirrored, given=True)
    gradients = [_gradient(program, name, swept.reverse) for name in wrt if name not in arrays]
    values = tuple(gradient for gradient in gradients if gradient is not None)
    forward = [s for s in swept.forward if s is not program.function.body[-1]]
    body = (*before, *forward, *start, *swept.reverse, Return(values, len(values) > 1, loc=function.body[-1].loc))
    shadows = tuple(program.bar(name) for name in arrays)
    params = (*function.params, *shadows, *seeds.values())
    seen = tuple(bar.name for bar in shadows)
    active_ = active_names(function, program.activity)
    whole = replace(function, name=name, params=params, body=body, types=program.types, seen=seen, active=active_)
    return derivatives.unprinted(whole)


def _enter(function: Function, namer: Namer) -> tuple[Function, dict[str, str]]:
    """Array parameters whose name is rebound get a name of their own, which keeps their shadow."""
    entry: dict[str, str] = {}
    bound = all_binds(function.body)
    params: list[Var] = []
    types = dict(function.types)
    start: list[Statement] = []
    for param in function.params:
        if param.name in bound and isinstance(types.get(param.name), Array):
            new = namer.fresh(param.name)
            types[new.name] = types[param.name]
            entry[param.name] = new.name
            start.append(View(param, new, "="))
            param = new
        params.append(param)
    return replace(function, params=tuple(params), body=(*start, *function.body), types=types), entry


def _seeds(function: Function, namer: Namer) -> list[Var | None]:
    """One parameter for the adjoint of each float result, named after it."""
    seeds: list[Var | None] = []
    for value in returned(function):
        known = function.types.get(value.name) if isinstance(value, Var) else None
        seeds.append(namer.fresh(base(value.name) + "_bar") if isinstance(value, Var) and is_float(known) else None)
    return seeds


def _take(
    program: Program, results: Sequence[Operand], seeds: Sequence[Var | None], types: Sequence[Type | None]
) -> tuple[list[Operand | None], list[Statement]]:
    """The caller's adjoints of the results, their shape checked and their dtype the result's."""
    given: list[Operand | None] = list(seeds)
    out: list[Statement] = []
    for position, (seed, value, type_) in enumerate(zip(seeds, results, types, strict=False)):
        if seed is None or not isinstance(value, Var):
            continue
        if program.is_array(value.name):
            name = Const(base(seed.name))
            out.append(Assign(program.namer.temporary("checked"), "check_seed", (seed, value, name)))
        elif type_ != program.types[value.name]:
            cast = program.namer.temporary(base(seed.name))
            out.append(Assign(cast, f"cast:{program.dtype(value.name)}", (seed,)))
            given[position] = cast
    return given, out


def _gradient(program: Program, name: str, reverse: list[Statement]) -> Operand | None:
    type_ = program.types.get(name)
    if not is_float(type_):
        return None
    bar = program.bar(name)
    if bar.name in all_binds(tuple(reverse)):
        return bar
    assert isinstance(type_, Scalar)
    return program.zero(name)


def _parameter_shadows(
    program: Program, wrt: Sequence[str], mirrored: frozenset[str], given: bool = False
) -> tuple[list[Statement], list[Statement]]:
    """Shadows of array parameters: those that names are rebound to before the forward sweep, the others after it.
    `given`: the caller has made those of `wrt`."""
    before: list[Statement] = []
    start: list[Statement] = []
    arrays = [p.name for p in program.function.params] + list(program.function.captures)
    for name in arrays:
        if not isinstance(program.types.get(name), Array) or not is_float(program.types[name]):
            continue
        if given and name in wrt:
            continue
        if name in wrt or Var(name) in program.activity:
            zeros = Assign(program.bar(name), "np.zeros_like", (Var(name),))
            (before if name in mirrored else start).append(zeros)
    return before, start


def _mirrored(program: Program) -> frozenset[str]:
    """Arrays that flow into names which are rebound or into lists, and those names."""
    active = program.activity
    found = {name for name in program.prepared.cells if program.is_array(name) and Var(name) in active}
    for s in walk(program.function.body):
        if isinstance(s, Push) and s.list.name in program.active_lists:
            found.add(s.value.name)
        elif isinstance(s, Pop) and s.list.name in program.active_lists:
            found.add(s.target.name)
    changed = bool(found)
    while changed:
        before = len(found)
        for s in walk(program.function.body):
            if isinstance(s, View) and s.target.name in found:
                found.add(s.array.name)
            elif isinstance(s, View) and s.array.name in program.prepared.cells and s.array.name in found:
                found.add(s.target.name)
        changed = len(found) != before
    return frozenset(found)


