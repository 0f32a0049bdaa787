"""Functions that call themselves: what a call of one reads and changes, and what is refused in them.

In: a resolved Function with its routines.  Out: the same, with every Call saying what it reads and writes (from the bodies of
all routines together, to a fixed point), and with a check in front of calls whose arguments may share memory.  No result of a
routine shares memory with an argument (the shadow of a result is the caller's, that of an argument its own): one that is always
the argument is none (`returned_arguments`), and of one that may be a part of it there is a copy (`returned_views`).
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from ..analyses.aliases import Aliases, aliases_of
from ..analyses.contents import contents
from ..analyses.effects import Doing, doings
from ..ir import Accumulate, Assign, Block, Call, Const, Function, Other, Statement, Type, Var, is_array
from ..names import Namer, base
from ..walk import everywhere, map_block, names, walk, written
from .returned_arguments import without_arguments
from .returned_views import with_own_results


@dataclass(frozen=True, slots=True)
class Summary:
    """For each parameter: are the contents of the array read, are they changed?"""

    reads: tuple[bool, ...]
    writes: tuple[bool, ...]


def with_summaries(function: Function) -> Function:
    """The function and its routines with what their calls do."""
    if not function.routines:
        return function
    function = without_arguments(function)
    nothing = {name: (False,) * len(routine.params) for name, routine in function.routines.items()}
    found = {name: Summary(none, none) for name, none in nothing.items()}
    doing = doings(function.routines)
    while True:
        function = everywhere(function, partial(_told, summaries=found, doing=doing))
        new = {name: _summary(routine) for name, routine in function.routines.items()}
        if new == found:
            break
        found = new
    function = with_own_results(function)
    params = {name: routine.params for name, routine in function.routines.items()}
    return everywhere(function, lambda one: _checked(one, params))


def reachable(function: Function) -> Function:
    """The function with the routines that it still calls, directly or not."""
    found: dict[str, Function] = {}
    waiting = list(_called(function.body))
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = function.routines[name]
            waiting += _called(found[name].body)
    return replace(function, routines=found)


def calls_itself(function: Function) -> bool:
    """Is any of its routines called by itself, directly or not?"""
    open_ = {name: set(_called(routine.body)) for name, routine in function.routines.items()}
    while done := [name for name, inner in open_.items() if not inner & open_.keys()]:
        for name in done:
            del open_[name]
    return bool(open_)


def _called(block: Block) -> Iterator[str]:
    return (s.routine for s in walk(block) if isinstance(s, Call))


def taken_over(new: Mapping[str, Function], known: dict[str, Function], namer: Namer) -> dict[str, str]:
    """Enter routines among those that are known, and say under which names.  One that is there already is entered no second
    time: those that call themselves apart, whose names are part of what they do."""
    called: dict[str, str] = {}
    waiting = list(new)
    while waiting:
        ready = [name for name in waiting if all(inner in called for inner in _called(new[name].body))]
        if not ready:
            called |= {name: namer.fresh(name).name for name in waiting}
            known |= {called[name]: _calling(new[name], called[name], called) for name in waiting}
            break
        for name in ready:
            routine = _calling(new[name], name, called)
            called[name] = next((other for other in known if _same(routine, known[other])), "") or namer.fresh(name).name
            known[called[name]] = replace(routine, name=called[name])
        waiting = [name for name in waiting if name not in called]
    return called


def _calling(routine: Function, name: str, names: Mapping[str, str]) -> Function:
    body = map_block(routine.body, lambda s: [replace(s, routine=names[s.routine]) if isinstance(s, Call) else s])
    return replace(routine, name=name, body=body)


def _same(one: Function, other: Function) -> bool:
    if one.rule is not other.rule and not (one.rule and other.rule and one.rule.same(other.rule)):
        return False
    captures = one.captures.keys() == other.captures.keys() and all(one.captures[k] is other.captures[k] for k in one.captures)
    return replace(one, name=other.name) == other and captures and one.types == other.types and one.seen == other.seen


def _told(function: Function, summaries: Mapping[str, Summary], doing: Mapping[str, Doing]) -> Function:
    def tell(s: Statement) -> list[Statement]:
        if not isinstance(s, Call):
            return [s]
        known, does = summaries[s.routine], doing[s.routine]
        acts = does.prints or does.draws
        return [replace(s, reads=known.reads, writes=known.writes, effects=acts or does.raises, acts=acts)]

    return replace(function, body=map_block(function.body, tell))


def _summary(routine: Function) -> Summary:
    memory = aliases_of(routine)
    reads: set[str] = set()
    writes: set[str] = set()
    for s in walk(routine.body):
        reads |= {root for var in contents(s) for root in memory.of(var.name)}
        writes |= {root for var in written(s) for root in memory.of(var.name)}
        if isinstance(s, Accumulate):
            reads |= memory.of(s.array.name)
    params = [param.name for param in routine.params]
    return Summary(tuple(name in reads for name in params), tuple(name in writes for name in params))


def _checked(function: Function, params: Mapping[str, tuple[Var, ...]]) -> Function:
    """Arguments that may share memory, one of them written, are checked before the call."""
    memory = aliases_of(function)
    namer = Namer(names(function))
    types: dict[str, Type] = dict(function.types)

    def check(s: Statement) -> list[Statement]:
        if not isinstance(s, Call):
            return [s]
        out: list[Statement] = []
        for one, other in _doubtful(s, memory, types):
            checked = namer.temporary("checked")
            types[checked.name] = Other("none")
            named = (Const(base(params[s.routine][k].name)) for k in (one, other))
            out.append(Assign(checked, "check_disjoint", (s.args[one], s.args[other], *named), loc=s.loc))
        return [*out, s]

    return replace(function, body=map_block(function.body, check), types=types)


def _doubtful(s: Call, memory: Aliases, types: Mapping[str, Type]) -> Iterator[tuple[int, int]]:
    """Pairs of arrays among the arguments that may share memory that the call changes."""
    arrays = [(k, arg) for k, arg in enumerate(s.args) if isinstance(arg, Var) and is_array(types.get(arg.name))]
    for position, (k, one) in enumerate(arrays):
        for m, other in arrays[position + 1 :]:
            if (s.writes[k] or s.writes[m]) and not memory.disjoint(one.name, other.name):
                yield k, m
