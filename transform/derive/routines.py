"""Derivatives of routines: which are asked for, under which names.

A routine that calls itself has a derivative that does the same: the adjoint of a call is a call of the routine's adjoint, and
which arguments carry derivatives decides which one.  Here it is only named and put on a list; `reverse` and `tangent`
make what is on the list until nothing more is asked for.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ..analyses.effects import Doing, doings, is_print
from ..analyses.infinite import Around, around
from ..analyses.influence import flows_smoothly, influences
from ..analyses.types import infer
from ..applied import numba_type
from ..custom.contract import Along, Pair
from ..errors import UnsupportedError
from ..ir import Call, Function, Statement, Type
from ..names import Namer, base
from ..resolve.routines import taken_over
from ..simplify import simplify
from ..walk import map_block


@dataclass(frozen=True, slots=True)
class Wanted:
    """A derivative of a routine; `active` and `results` are the places of the parameters and results that carry one.  `again`: the
    routine as it is run in the reverse sweep, where nothing is printed."""

    kind: Literal["vjp", "jvp", "again"]
    routine: str
    active: tuple[int, ...] = ()
    results: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule of the user's with the names of its routines."""

    names: tuple[str, ...]
    made: Pair | Along


class Derivatives:
    def __init__(self, function: Function, fastmath: bool = False) -> None:
        self.function, self.routines, self.fastmath = function, dict(function.routines), fastmath
        self.asked: dict[Wanted, str] = {}
        self.forwards: dict[str, Ruled] = {}            # by the name of the routine `fwd`
        self.linear: dict[Wanted, str] = {}
        self._rules: list[tuple[Function, Ruled]] = []
        self._namer = Namer(self.routines)
        self._look()

    def _look(self) -> None:
        self.doing = doings(self.routines)
        self.around = around([self.function, *self.routines.values()]) if self.routines else Around()

    def ruled(self, name: str) -> Ruled:
        """The rule of a routine, its routines among the others."""
        routine = self.routines[name]
        assert routine.rule is not None
        for other, known in self._rules:
            assert other.rule is not None
            if other.rule.same(routine.rule) and _types(other) == _types(routine):
                return known
        made: Pair | Along
        if routine.rule.kind == "vjp":
            made = routine.rule.pair(routine)
            found = Ruled((self._enter(made.forward), self._enter(made.backward)), made)
            self.forwards[found.names[0]] = found
        else:
            made = routine.rule.along(routine)
            found = Ruled((self._enter(made.rule),), made)
        self._rules.append((routine, found))
        self._look()
        return found

    def _enter(self, routine: Function) -> str:
        key = Namer(routine.routines).fresh(routine.name).name
        own = {**routine.routines, key: replace(routine, name=key, routines={})}
        return taken_over(own, self.routines, self._namer)[key]

    def transpose(self, of: str, wanted: Wanted) -> str:
        """What the adjoint of a rule of `of` is called.  The rule has to be linear in what the adjoint is taken by."""
        self.linear[wanted] = of
        return self.name(wanted)

    def _check(self, routines: Mapping[str, Function]) -> None:
        """A rule is linear if its adjoint does not depend on what it is taken by, and what it depends on has derivatives."""
        for wanted, of in self.linear.items():
            adjoint, rule = routines[self.asked[wanted]], routines[wanted.routine]
            taken = [rule.params[place].name for place in wanted.active]
            types = tuple(numba_type(adjoint.types[param.name]) for param in adjoint.params)
            typed = infer(replace(adjoint, types={}, routines=routines), types)
            if influences(simplify(typed), taken) or not flows_smoothly(rule, taken, self.routines):
                function = self.routines[of]
                assert function.rule is not None
                raise function.rule.not_linear(function)

    def name(self, wanted: Wanted) -> str:
        """What the derivative is called."""
        if wanted not in self.asked:
            self.asked[wanted] = self._namer.fresh(f"{base(wanted.routine)}_{wanted.kind}").name
        return self.asked[wanted]

    def unprinted(self, function: Function) -> Function:
        """A routine that has run before, and does not print what it printed then."""

        def again(s: Statement) -> list[Statement]:
            if is_print(s):
                return []
            does = self.doing.get(s.routine, Doing()) if isinstance(s, Call) else Doing()
            if not isinstance(s, Call) or not does.prints:
                return [s]
            return [replace(s, routine=self.name(Wanted("again", s.routine)), effects=does.raises or does.draws, acts=does.draws)]

        return replace(function, body=map_block(function.body, again))

    def made(self, make: Callable[[Function, Wanted], Function]) -> dict[str, Function]:
        """All routines with the derivatives that were asked for; making one may ask for more."""
        done: dict[str, Function] = {}
        while len(done) < len(self.asked):
            for wanted, name in list(self.asked.items()):
                if name in done:
                    continue
                routine = self.routines[wanted.routine]
                if wanted.kind != "again" and routine.unread is not None and routine.rule is None:
                    raise _unread(routine, routine.unread)
                done[name] = replace(self.unprinted(routine), name=name) if wanted.kind == "again" else make(routine, wanted)
        routines = self.routines | done
        self._check(routines)
        return routines


def _unread(routine: Function, refusal: Exception) -> UnsupportedError:
    assert isinstance(refusal, UnsupportedError)
    name = base(routine.name).removeprefix("call_")
    reason = f"{refusal.reason}; a rule may call it, but here `{name}` is differentiated itself"
    return UnsupportedError(refusal.message, loc=refusal.loc, reason=reason, remedy=refusal.remedy, calls=refusal.calls)


def _types(routine: Function) -> list[Type]:
    return [routine.types[param.name] for param in routine.params]
