"""Results of routines that may share memory with an argument, a captured array or another result: copies of it.

In: a resolved Function with its routines, the calls of which say what they write.  Out: the same, where every result of a routine
is memory of its own.  A copy is as good as the memory itself while nobody writes into one of the two and reads the other: so
where a name for the result and a name for the argument are both needed after a write into either, the call is refused.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..analyses.activity import returned
from ..analyses.aliases import Aliases, aliases_of
from ..analyses.liveness import live_after
from ..errors import UnsupportedError
from ..ir import Accumulate, Array, Assign, Call, For, Function, Loc, Return, Statement, Store, Type, Var, While, is_array
from ..names import Namer, base, is_temporary
from ..walk import Path, binds, everywhere, located, names, walk, written
from .kept import item_of
from .layouts import alike
from .unsure import fills_of, marked

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
            if (copy := marked(s)) is not None:         # which may be none
                for root in self.plain.of(copy[0].name):
                    self.sources[root] = self.sources.get(root, frozenset()) | self.plain.of(copy[1].name)
            if isinstance(s, Call):
                for target, (params, others) in zip(s.targets, shares[s.routine], strict=True):
                    near = (*(s.args[k] for k in sorted(params)), *(s.targets[k] for k in sorted(others)))
                    roots = frozenset(root for var in near if isinstance(var, Var) for root in self.plain.of(var.name))
                    self.sources[target.name] = self.sources.get(target.name, frozenset()) | roots

    def of(self, name: str) -> frozenset[str]:
        return self.closed(self.plain.of(name))

    def beside(self, name: str, result: str) -> frozenset[str]:
        """What the name may stand for where it does not stand for that result of a call."""
        return self.closed(self.plain.of(name) - {result}, result)

    def closed(self, found: frozenset[str], apart: str = "") -> frozenset[str]:
        """The memory, and all that it may be a part of, but what is a part of `apart` only."""
        while True:
            more = found.union(*(self.sources.get(root, ()) for root in sorted(found))) - {apart}
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
    """The names for a result of a call, and those for what it may be a part of, lists of arrays among both; `kept`: the caller of
    the function sees the latter.  A name that is the one or the other by path is in both.  `call`: its path; `loops`: of those
    around it that carry what it is given from round to round."""

    call: Path
    loops: tuple[Path, ...]
    result: frozenset[str]
    given: frozenset[str]
    kept: bool

    def met(self, path: Path) -> bool:
        """May a statement run when the call has given the result?  A list is there before what it will hold."""
        apart = next((k for k, (here, there) in enumerate(zip(path, self.call, strict=False)) if here != there), None)
        after = apart is not None and path[apart] > self.call[apart]
        return after or any(path[: len(loop)] == loop for loop in self.loops)


def _check(function: Function, memory: _Memory, shares: Shares) -> None:
    live = live_after(function.body)
    pairs = list(_pairs(function, memory, shares, live))
    made = {s.target.name: s for s in walk(function.body) if isinstance(s, Assign)}
    fills = fills_of(function, memory.plain)
    for path, s in located(function.body):
        if path in fills:
            continue
        later = live[path] - {var.name for var in binds(s)} | _meanwhile(s, made)  # a call writes before it returns
        for array in written(s):
            needed = later - {array.name}
            for pair in pairs:
                if not pair.met(path):
                    continue
                if array.name in pair.result and (pair.kept or needed & pair.given):
                    raise _refused(array.name, s.loc)
                if array.name in pair.given and needed & pair.result:
                    raise _refused(array.name, s.loc)


def _meanwhile(s: Statement, made: Mapping[str, Assign]) -> frozenset[str]:
    """The arrays that are read while the statement writes, element by element: by a call, and by `x += y`, `x -= y`, `x *= y`."""
    match s:
        case Call(_, _, args):
            return frozenset(arg.name for arg, reads in zip(args, s.reads, strict=True) if reads and isinstance(arg, Var))
        case Accumulate(_, _, Var(name)):
            minus = made.get(name)
            operands = minus.args if minus is not None and minus.op == "neg" and minus.loc == s.loc else ()
            return frozenset((name, *(part.name for part in operands if isinstance(part, Var))))
        case Store(array, (), Var(name)) if (new := made.get(name)) is not None and new.loc == s.loc and array in new.args:
            return frozenset(part.name for part in new.args if isinstance(part, Var))
        case _:
            return frozenset()


def _pairs(function: Function, memory: _Memory, shares: Shares, live: Mapping[Path, frozenset[str]]) -> Iterator[_Pair]:
    arrays = [name for name, type_ in function.types.items() if is_array(item_of(type_))]
    seen = {param.name for param in function.params} if function.routine else set(function.seen)
    statements = dict(located(function.body))
    for path, s in statements.items():
        if not isinstance(s, Call):
            continue
        around = [path[:k] for k in range(1, len(path), 2) if isinstance(statements[path[:k]], For | While)]
        for target, (params, others) in zip(s.targets, shares[s.routine], strict=True):
            args = [arg for k in sorted(params) if isinstance(arg := s.args[k], Var)]
            near = [*args, *(s.targets[k] for k in sorted(others))]
            if near:
                mine = frozenset(name for name in arrays if target.name in memory.of(name))
                roots = frozenset(root for var in near for root in memory.of(var.name))
                given = frozenset(name for name in arrays if memory.beside(name, target.name) & roots)
                loops = tuple(
                    loop for loop in around
                    if _carries(top := live[(*loop, -1)], args, memory) or _both(top & mine, top & given, function.types)
                )  # fmt: skip
                carried = [live[(*loop, -1)] for loop in loops]
                older = mine & carried[-1] if carried else frozenset[str]()     # results of earlier rounds
                yield _Pair(path, loops, mine, given | older, bool(given & seen))


def _both(result: frozenset[str], given: frozenset[str], types: Mapping[str, Type]) -> bool:
    """Do both last longer than a round: under two names, or in one list?"""
    return any(one != other or not isinstance(types.get(one), Array) for one in result for other in given)


def _carries(live: frozenset[str], args: Sequence[Var], memory: _Memory) -> bool:
    """Does any memory of the arguments last longer than a round?  `live`: what is needed where a round begins."""
    roots = frozenset(root for var in args for root in memory.of(var.name))
    return any(memory.plain.of(name) & roots for name in live)


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
            made += [replace(s, loc=last.loc) for s in alike(copy, value, types, namer)]
            value = copy
        foreign |= roots
        values.append(value)
    return replace(routine, body=(*body, *made, replace(last, values=tuple(values))), types=types) if made else routine
