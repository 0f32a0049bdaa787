"""Derivatives of routines: which are asked for, under which names.

A routine that calls itself has a derivative that does the same: the adjoint of a call is a call of the routine's adjoint, and
which arguments carry derivatives decides which one.  Here it is only named and put on a list; `reverse` and `tangent`
make what is on the list until nothing more is asked for.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from ..analyses.effects import Doing, doings, is_print
from ..analyses.infinite import Around, around
from ..ir import Call, Function, Statement
from ..names import Namer, base
from ..walk import map_block


@dataclass(frozen=True, slots=True)
class Wanted:
    """A derivative of a routine; `active` and `results` are the places of the parameters and results that carry one.  `again`: the
    routine as it is run in the reverse sweep, where nothing is printed."""

    kind: Literal["vjp", "jvp", "again"]
    routine: str
    active: tuple[int, ...] = ()
    results: tuple[int, ...] = ()


class Derivatives:
    def __init__(self, function: Function, fastmath: bool = False) -> None:
        self.routines, self.fastmath = dict(function.routines), fastmath
        self.doing = doings(self.routines)
        self.around = around([function, *self.routines.values()]) if self.routines else Around()
        self.asked: dict[Wanted, str] = {}
        self._namer = Namer(self.routines)

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
                done[name] = replace(self.unprinted(routine), name=name) if wanted.kind == "again" else make(routine, wanted)
        return self.routines | done
