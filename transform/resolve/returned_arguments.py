"""Results of routines that are one of the arguments: the caller has the array, or the list, already.

In: a Function with its routines, resolved, or before that for its lists.  Out: the same, where a result that is always the
array of one parameter, on every path and through every call, is no result any more; a call of the routine binds the name to
the argument instead.  So the name has the argument's memory, and its shadow, as any other name for it.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from ..analyses.activity import returned
from ..ir import Assign, Call, Function, ListOf, Return, Statement, Type, Var, View, is_array
from ..walk import binds, everywhere, map_block, walk

Places = frozenset[int]
Kind = Callable[[Type | None], bool]
Known = Mapping[str, tuple[Places, ...]]                # for each result of each routine: the parameters that it may always be


def without_arguments(function: Function, kind: Kind = is_array) -> Function:
    """The function and its routines, where no result is an argument on every path; of those of one kind of types."""
    known: Known = {name: tuple(_arrays(routine, kind) for _ in returned(routine)) for name, routine in function.routines.items()}
    while True:
        new = {name: _always(routine, known, kind) for name, routine in function.routines.items()}
        if new == known:
            break
        known = new
    if not any(places for results in known.values() for places in results):
        return function
    routines = {name: _shortened(routine, known[name]) for name, routine in function.routines.items()}
    return everywhere(replace(function, routines=routines), partial(_rebound, known=known))


def _arrays(routine: Function, kind: Kind) -> Places:
    return frozenset(k for k, param in enumerate(routine.params) if kind(routine.types.get(param.name)))


def _always(routine: Function, known: Known, kind: Kind) -> tuple[Places, ...]:
    """For each result the parameters that it always is, if the calls return what is known."""
    every = _arrays(routine, kind)
    same = {param.name: frozenset((k,)) & every for k, param in enumerate(routine.params)}
    names = {var.name for s in walk(routine.body) for var in binds(s)}
    found = {name: same.get(name, every) for name in names} | same
    while True:
        new = dict(same)
        for s in walk(routine.body):
            for position, target in enumerate(binds(s)):
                new[target.name] = new.get(target.name, every) & _source(s, position, found, known)
        if new == found:
            break
        found = new
    return tuple(found.get(value.name, frozenset()) if isinstance(value, Var) else frozenset() for value in returned(routine))


def _source(s: Statement, position: int, found: Mapping[str, Places], known: Known) -> Places:
    """The parameters whose array a statement binds a name to."""
    match s:
        case View(_, array, "=") | Assign(_, "bind" | "+=" | "*=", (Var() as array, *_)):
            return found.get(array.name, frozenset())
        case Call(_, routine, args):
            handed = [args[k] for k in sorted(known[routine][position])]
            return frozenset(k for arg in handed if isinstance(arg, Var) for k in found.get(arg.name, ()))
        case _:
            return frozenset()


def _shortened(routine: Function, results: tuple[Places, ...]) -> Function:
    *body, last = routine.body
    assert isinstance(last, Return)
    values = tuple(value for value, places in zip(last.values, results, strict=True) if not places)
    return replace(routine, body=(*body, replace(last, values=values, packed=len(values) > 1)))


def _rebound(function: Function, known: Known) -> Function:
    def rebind(s: Statement) -> list[Statement]:
        if not isinstance(s, Call):
            return [s]
        left = tuple(target for target, places in zip(s.targets, known[s.routine], strict=True) if not places)
        views: list[Statement] = []
        for target, places in zip(s.targets, known[s.routine], strict=True):
            array = s.args[min(places)] if places else None
            if isinstance(array, Var) and array != target:
                listed = isinstance(function.types.get(array.name), ListOf)
                views.append(Assign(target, "bind", (array,), loc=s.loc) if listed else View(target, array, "=", loc=s.loc))
        return [replace(s, targets=left), *views]

    return replace(function, body=map_block(function.body, rebind))
