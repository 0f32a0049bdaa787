"""Names of lists: those that are never needed at the same time become one, and growing under a name that stands for several.

`l = [x for x in a]` is made in a temporary and bound to l; `l += m` binds l anew.  Where one name is read no more when the
other one is bound, both are the same variable (Chaitin's coalescing of copies), and there is no second name to think of.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from ..analyses.cells import cells_of
from ..analyses.liveness import live_after
from ..ir import Assign, Function, Grow, Load, Scalar, Statement, Var
from ..names import Namer, is_temporary
from ..walk import binds, located, map_bind, map_block, map_reads, names, reads, walk
from .builder import Builder
from .listnames import ListNames, lists_of

SAME = ("bind", "+=", "*=")             # what they give is the list that they are given


def coalesced(function: Function) -> Function:
    """The function with one name for lists that are bound to each other and never needed at the same time."""
    function = _apart_from_arguments(function)
    lists = lists_of(function)
    apart = _interference(function, lists)
    group = {name: {name} for name in sorted(lists)}
    for left, right in _copies(function, lists):
        if group[left] is not group[right] and not any(frozenset((a, b)) in apart for a in group[left] for b in group[right]):
            group[left] |= group[right]
            for name in group[right]:
                group[name] = group[left]
    params = {param.name for param in function.params}
    chosen = {name: Var(min(alike, key=lambda n: (n not in params, is_temporary(n), n))) for name, alike in group.items()}

    def change(s: Statement) -> list[Statement]:
        s = map_reads(s, lambda operand: chosen.get(operand.name, operand) if isinstance(operand, Var) else operand)
        s = map_bind(s, lambda var: chosen.get(var.name, var))
        return [] if isinstance(s, Assign) and s.op == "bind" and s.args[0] == s.target else [s]

    return replace(function, body=map_block(function.body, change))


def _apart_from_arguments(function: Function) -> Function:
    """A list that is made of the list that has its name is made under another one: `l = l + [x]`."""
    lists = lists_of(function)
    types = dict(function.types)
    namer = Namer(names(function))

    def change(s: Statement) -> list[Statement]:
        bound = [var for var in binds(s) if var.name in lists and var in reads(s)]
        if not bound or not isinstance(s, Assign | Load) or (isinstance(s, Assign) and s.op in SAME):
            return [s]
        made = namer.temporary("made")
        types[made.name] = types[bound[0].name]
        return [replace(s, target=made), Assign(bound[0], "bind", (made,), loc=s.loc)]

    return replace(function, body=map_block(function.body, change), types=types)


def _copies(function: Function, lists: set[str]) -> Iterator[tuple[str, str]]:
    for s in walk(function.body):
        match s:
            case Assign(Var(target), "bind" | "+=" | "*=", (Var(source), *_)) if target != source and {target, source} <= lists:
                yield source, target
            case _:
                pass


def _interference(function: Function, lists: set[str]) -> set[frozenset[str]]:
    """Pairs of lists one of which is bound while the other is still to be read."""
    live = live_after(function.body)
    params = sorted(param.name for param in function.params if param.name in lists)
    found = {frozenset(pair) for pair in combinations(params, 2)}
    for path, s in located(function.body):
        for var in binds(s):
            if var.name in lists:
                source = s.args[0] if isinstance(s, Assign) and s.op in SAME else None
                near = live[path] if source is not None else live[path] | {other.name for other in reads(s)}
                found |= {frozenset((var.name, other)) for other in (near & lists) - {var.name} if Var(other) != source}
    return found


def rebound(function: Function, known: ListNames, namer: Namer) -> Function:
    """Where a name is bound to several lists, or a list to several names, growing binds it once more."""
    cells = cells_of(function)
    types = dict(function.types)
    several = {name for name in known.growing if any(known.kin[other] == known.kin[name] for other in known.growing - {name})}

    def change(s: Statement) -> list[Statement]:
        if not isinstance(s, Grow) or s.tapes[0].name not in cells | several:
            return [s]
        (array,) = s.tapes
        b = Builder(types, namer, s.loc)
        full = b.assign("full", Scalar("bool"), ">=", s.position, b.integer("room", "len", array))
        b.when(full, lambda: b.emit(Assign(array, "grow", (array,), loc=s.loc)))
        return b.out

    return replace(function, body=map_block(function.body, change), types=types)
