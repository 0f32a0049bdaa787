"""What the values of some parameters of a routine reach, and how.  Every name of the routine and of those that it calls is typed.

Shapes do not count: an array that is made like another one depends on nothing in it.  What a test decides is no flow of
values: that no test depends on a parameter is part of `flows_smoothly`.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..ir import Assign, Call, For, Function, If, Leave, Return, Statement, Var, While, is_float
from ..walk import binds, reads, walk, written
from .activity import active_args
from .aliases import Aliases, aliases_of
from .contents import contents


@dataclass(frozen=True, slots=True)
class Reach:
    """What one parameter reaches: results, and the contents of parameters."""

    results: frozenset[int] = frozenset()
    contents: frozenset[int] = frozenset()


Reaches = Mapping[str, tuple[Reach, ...]]               # by routine, for each of its parameters


def influences(function: Function, params: Iterable[str]) -> bool:
    """Do the values of these parameters reach what the function returns, or leaves for its caller to see?"""
    memory = aliases_of(function)
    found = _reached(function, memory, params, _reaches(function.routines))
    returned = any(_uses(s, memory) & found for s in walk(function.body) if isinstance(s, Return))
    return returned or any(memory.of(name) & found for name in function.seen)


def flows_smoothly(function: Function, params: Iterable[str], routines: Mapping[str, Function]) -> bool:
    """Does all that depends on these parameters depend on them through derivatives?  A sign and a comparison depend on a number,
    and have the derivative zero."""
    reaches = _reaches(routines)
    seen: set[tuple[str, frozenset[str]]] = set()

    def smooth(function: Function, params: frozenset[str]) -> bool:
        if (function.name, params) in seen:
            return True
        seen.add((function.name, params))
        memory = aliases_of(function)
        found = _reached(function, memory, params, reaches)
        return all(step(function, s, memory, found) for s in walk(function.body) if _uses(s, memory) & found)

    def step(function: Function, s: Statement, memory: Aliases, found: frozenset[str]) -> bool:
        match s:
            case For() | If() | While() | Leave():
                return False
            case Call(_, routine, args):
                inner = routines[routine]
                pairs = zip(inner.params, args, strict=True)
                return smooth(inner, frozenset(param.name for param, arg in pairs if _places(arg, memory) & found))
            case Assign(target, op, args) if not op.startswith("check_"):
                still = (arg for arg, moves in zip(args, active_args(s), strict=False) if not moves)
                return is_float(function.types.get(target.name)) and not any(_places(arg, memory) & found for arg in still)
            case _:
                return True

    return smooth(function, frozenset(params))


def _reaches(routines: Mapping[str, Function]) -> Reaches:
    """To a fixed point: routines may call themselves."""
    memories = {name: aliases_of(routine) for name, routine in routines.items()}
    known: Reaches = {name: (Reach(),) * len(routine.params) for name, routine in routines.items()}
    while True:
        new = {name: tuple(_reach(routine, memories[name], param, known) for param in routine.params)
               for name, routine in routines.items()}  # fmt: skip
        if new == known:
            return known
        known = new


def _reach(routine: Function, memory: Aliases, param: Var, known: Reaches) -> Reach:
    found = _reached(routine, memory, [param.name], known)
    last = routine.body[-1]
    values = last.values if isinstance(last, Return) else ()
    into = {root for s in walk(routine.body) for var in written(s) for root in memory.of(var.name)}
    return Reach(
        frozenset(k for k, value in enumerate(values) if _places(value, memory) & found),
        frozenset(k for k, other in enumerate(routine.params) if other.name in into & found),
    )


def _reached(function: Function, memory: Aliases, params: Iterable[str], known: Reaches) -> frozenset[str]:
    """The numbers, and the memory, that depend on the parameters."""
    found = set(params)
    statements = list(walk(function.body))
    changed = True
    while changed:
        before = len(found)
        for s in statements:
            if _uses(s, memory) & found:
                found |= _by_call(s, memory, found, known) if isinstance(s, Call) else _by(s, memory)
        changed = len(found) != before
    return frozenset(found)


def _by(s: Statement, memory: Aliases) -> set[str]:
    return {place for var in (*binds(s), *written(s)) for place in _places(var, memory)}


def _by_call(s: Call, memory: Aliases, found: set[str], known: Reaches) -> set[str]:
    out: set[str] = set()
    for arg, reach in zip(s.args, known[s.routine], strict=True):
        if _places(arg, memory) & found:
            reached = (*(s.targets[k] for k in reach.results), *(s.args[k] for k in reach.contents))
            out |= {place for operand in reached for place in _places(operand, memory)}
    return out


def _uses(s: Statement, memory: Aliases) -> set[str]:
    """The numbers, and the memory, whose values a statement uses."""
    found = {place for var in contents(s) for place in _places(var, memory)}
    if isinstance(s, Assign):
        return found
    return found | {var.name for var in reads(s) if var.name not in memory.roots}       # indices, bounds, tests


def _places(operand: object, memory: Aliases) -> frozenset[str]:
    if not isinstance(operand, Var):
        return frozenset()
    return memory.of(operand.name) or frozenset([operand.name])
