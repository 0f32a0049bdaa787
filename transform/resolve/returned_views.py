"""Results of routines that may share memory with an argument, a captured array or another result: copies of it.

In: a resolved Function with its routines, the calls of which say what they write.  Out: the same, where every result of a routine
is memory of its own.  A copy is as good as the memory itself while nobody writes into one of the two and reads the other: so
where a name for the result and a name for the argument are both needed after a write into either, the call is refused.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ..analyses.activity import returned
from ..analyses.aliases import Aliases, aliases_of
from ..analyses.liveness import live_after
from ..errors import UnsupportedError
from ..ir import Array, Call, Function, Loc, Return, Statement, Type, Var, is_array
from ..names import Namer, base
from ..walk import binds, everywhere, located, names, walk, written
from .layouts import alike

Shares = Mapping[str, tuple[tuple[frozenset[int], frozenset[int]], ...]]
"""For each result of each routine: the parameters, and the other results, that it may share memory with."""


def with_own_results(function: Function) -> Function:
    """The function with routines that return memory of their own."""
    shares: Shares = {name: tuple((_NONE, _NONE) for _ in returned(routine)) for name, routine in function.routines.items()}
    while True:
        new = {name: _shares(routine, _Memory(routine, shares)) for name, routine in function.routines.items()}
        if new == shares:
            break
        shares = new
    if not any(of_params or of_results for results in shares.values() for of_params, of_results in results):
        return everywhere(function, _copied)
    for one in (function, *function.routines.values()):
        _check(one, _Memory(one, shares), shares)
    return everywhere(function, _copied)


_NONE: frozenset[int] = frozenset()


class _Memory:
    """What may share memory where calls return parts of what they are given."""

    def __init__(self, function: Function, shares: Shares) -> None:
        self.plain = aliases_of(function)
        self.sources: dict[str, frozenset[str]] = {}    # of the results of calls: roots that they may be parts of
        for s in walk(function.body):
            if isinstance(s, Call):
                for target, (params, others) in zip(s.targets, shares[s.routine], strict=True):
                    near = (*(s.args[k] for k in sorted(params)), *(s.targets[k] for k in sorted(others)))
                    roots = frozenset(root for var in near if isinstance(var, Var) for root in self.plain.of(var.name))
                    self.sources[target.name] = self.sources.get(target.name, frozenset()) | roots

    def of(self, name: str) -> frozenset[str]:
        found = self.plain.of(name)
        while True:
            more = found.union(*(self.sources.get(root, ()) for root in sorted(found)))
            if more == found:
                return found
            found = more


def _shares(routine: Function, memory: _Memory) -> tuple[tuple[frozenset[int], frozenset[int]], ...]:
    roots = [memory.of(value.name) if isinstance(value, Var) else frozenset() for value in returned(routine)]
    params = [param.name for param in routine.params]
    return tuple((
        frozenset(k for k, name in enumerate(params) if name in mine),
        frozenset(k for k, other in enumerate(roots) if k != place and mine & other),
    ) for place, mine in enumerate(roots))  # fmt: skip


# ---- what is written while both are needed --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Pair:
    """The names for a result of a call, and those for what it may be a part of; `kept`: the caller of the function sees those."""

    result: frozenset[str]
    given: frozenset[str]
    kept: bool


def _check(function: Function, memory: _Memory, shares: Shares) -> None:
    live = live_after(function.body)
    pairs = list(_pairs(function, memory, shares))
    for path, s in located(function.body):
        later = live[path] - {var.name for var in binds(s)}             # a call writes before it returns
        for array in written(s):
            for pair in pairs:
                one, other = array.name in pair.result, array.name in pair.given
                if (one and (pair.kept or later & pair.given)) or (other and not one and later & pair.result):
                    raise _refused(array.name, s.loc)


def _pairs(function: Function, memory: _Memory, shares: Shares) -> Iterator[_Pair]:
    arrays = [name for name, type_ in function.types.items() if is_array(type_)]
    seen = {param.name for param in function.params} if function.routine else set(function.seen)
    for s in walk(function.body):
        if not isinstance(s, Call):
            continue
        for target, (params, others) in zip(s.targets, shares[s.routine], strict=True):
            near = (*(s.args[k] for k in sorted(params)), *(s.targets[k] for k in sorted(others)))
            if near:
                mine = frozenset(name for name in arrays if target.name in memory.plain.of(name))
                roots = frozenset(root for var in near if isinstance(var, Var) for root in memory.of(var.name))
                given = frozenset(name for name in arrays if memory.of(name) & roots) - mine
                yield _Pair(mine, given, bool(given & seen))


def _refused(name: str, loc: Loc | None) -> UnsupportedError:
    return UnsupportedError(
        f"`{base(name)}` is written, and may share memory with what a function that calls itself was given or gave", loc=loc,
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
            made += [replace(s, loc=last.loc) for s in alike(copy, value, types, namer)]
            value = copy
        foreign |= roots
        values.append(value)
    return replace(routine, body=(*body, *made, replace(last, values=tuple(values))), types=types) if made else routine
