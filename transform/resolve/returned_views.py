"""Results of routines that may share memory with an argument, a captured array or another result: copies of it.

In: a resolved Function with its routines, the calls of which say what they write.  Out: the same, where every result of a routine
is memory of its own.  A copy is as good as the memory itself while nobody writes into one of the two and reads the other: so
where a name for the result and a name for the argument are both needed after a write into either, the call is refused.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..analyses.activity import returned
from ..analyses.aliases import Aliases, aliases_of
from ..errors import UnsupportedError
from ..ir import Array, Call, Function, Loc, Return, Statement, Type, Var
from ..names import Namer, base, is_temporary
from ..walk import everywhere, located, names, walk
from .copy_or_view import fills_of, marked
from .layouts import copy_of
from .may_share import Lives, Memory

Shares = Mapping[str, tuple[tuple[frozenset[int], frozenset[int]], ...]]
"""For each result of each routine: the parameters, and the other results, that it may share memory with."""


def with_own_results(function: Function) -> Function:
    """The function with routines that return memory of their own."""
    shares: Shares = {name: tuple((_NONE, _NONE) for _ in returned(routine)) for name, routine in function.routines.items()}
    while True:
        new = {name: _shares(routine, _memory(routine, shares)) for name, routine in function.routines.items()}
        if new == shares:
            break
        shares = new
    if not any(of_params or of_results for results in shares.values() for of_params, of_results in results):
        return everywhere(function, _copied)
    for one in (function, *function.routines.values()):
        _check(one, _memory(one, shares), shares)
    return everywhere(function, _copied)


_NONE: frozenset[int] = frozenset()


def _memory(function: Function, shares: Shares) -> Memory:
    """What may share memory where calls return parts of what they are given."""
    memory = Memory(function)
    for s in walk(function.body):
        if (copy := marked(s)) is not None:             # which may be none
            for root in memory.plain.of(copy[0].name):
                memory.add(root, [copy[1]])
        if isinstance(s, Call):
            for target, (params, others) in zip(s.targets, shares[s.routine], strict=True):
                memory.add(target.name, _near(s, params, others))
    return memory


def _near(call: Call, params: frozenset[int], others: frozenset[int]) -> list[Var]:
    """The arguments and the other results that a result may share memory with."""
    args = [arg for k in sorted(params) if isinstance(arg := call.args[k], Var)]
    return [*args, *(call.targets[k] for k in sorted(others))]


def _shares(routine: Function, memory: Memory) -> tuple[tuple[frozenset[int], frozenset[int]], ...]:
    roots = [memory.of(value.name) if isinstance(value, Var) else frozenset() for value in returned(routine)]
    params = [param.name for param in routine.params]
    return tuple((
        frozenset(k for k, name in enumerate(params) if name in mine),
        frozenset(k for k, other in enumerate(roots) if k != place and mine & other),
    ) for place, mine in enumerate(roots))  # fmt: skip


def _check(function: Function, memory: Memory, shares: Shares) -> None:
    lives = Lives(function, memory)
    pairs = [
        lives.pair(path, target.name, near)
        for path, s in located(function.body) if isinstance(s, Call)
        for target, (params, others) in zip(s.targets, shares[s.routine], strict=True) if (near := _near(s, params, others))
    ]  # fmt: skip
    for _, name, loc in lives.clashes(pairs, set(fills_of(function, memory.plain))):
        raise _refused(name, loc)


def _refused(name: str, loc: Loc | None) -> UnsupportedError:
    shown = "an array" if is_temporary(name) else f"`{base(name)}`"
    return UnsupportedError(
        f"{shown} is written, and may share memory with what a function that calls itself was given or gave", loc=loc,
        reason="whether the two are one memory depends on the path that the function takes",
        remedy="let the function return a copy: `.copy()`, or write into a copy",
    )  # fmt: skip


# ---- copies -----------------------------------------------------------------------------------------------------------


def _copied(routine: Function) -> Function:
    if not routine.routine:
        return routine
    memory: Aliases = aliases_of(routine)
    foreign = {param.name for param in routine.params} | set(routine.captures)
    types: dict[str, Type] = dict(routine.types)
    namer = Namer(names(routine))
    *body, last = routine.body
    assert isinstance(last, Return)
    made: list[Statement] = []
    values = []
    for value in last.values:
        roots = memory.of(value.name) if isinstance(value, Var) else frozenset()
        if isinstance(value, Var) and isinstance(types.get(value.name), Array) and roots & foreign:
            copy = namer.fresh(base(value.name))
            types[copy.name] = types[value.name]
            made += [replace(s, loc=last.loc) for s in copy_of(copy, value, types, namer)]
            value = copy
        foreign |= roots
        values.append(value)
    return replace(routine, body=(*body, *made, replace(last, values=tuple(values))), types=types) if made else routine
