"""What the values of some parameters of a routine reach, and how.  Every name of the routine is typed.

Shapes do not count: an array that is made like another one depends on nothing in it.  A test that depends on a parameter counts as
if everything after it did.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..ir import Assign, Call, For, Function, If, Leave, Return, Statement, Var, While, is_float
from ..walk import binds, reads, walk, written
from .activity import active_args
from .aliases import Aliases, aliases_of
from .contents import contents


def influences(function: Function, params: Iterable[str]) -> bool:
    """Do the values of these parameters reach what the function returns, or leaves for its caller to see?"""
    memory = aliases_of(function)
    found = _reached(function, memory, params)
    if any(_uses(s, memory) & found for s in walk(function.body) if isinstance(s, For | If | While | Leave | Return)):
        return True
    return any(memory.of(name) & found for name in function.seen)


def flows_smoothly(function: Function, params: Iterable[str], routines: Mapping[str, Function]) -> bool:
    """Does all that depends on these parameters depend on them through derivatives?  A sign and a comparison depend on a number,
    and have the derivative zero."""
    seen: set[tuple[str, frozenset[str]]] = set()

    def smooth(function: Function, params: frozenset[str]) -> bool:
        if (function.name, params) in seen:
            return True
        seen.add((function.name, params))
        memory = aliases_of(function)
        found = _reached(function, memory, params)
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


def _reached(function: Function, memory: Aliases, params: Iterable[str]) -> frozenset[str]:
    """The numbers, and the memory, that depend on the parameters."""
    found = set(params)
    statements = list(walk(function.body))
    changed = True
    while changed:
        before = len(found)
        for s in statements:
            if _uses(s, memory) & found:
                found |= {place for var in (*binds(s), *written(s)) for place in _places(var, memory)}
        changed = len(found) != before
    return frozenset(found)


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
