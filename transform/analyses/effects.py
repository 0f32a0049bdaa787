"""Which statements are there for what they do, as against what they compute."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..ir import Assign, Call, Function, Raise, Statement
from ..rules import RULES
from ..walk import walk

FOREIGN = ("foreign", "foreign:unsure", "foreign:acts")
"""Calls of functions that have not been read: they may raise.  The second kind may do more, and is taken to; the third kind prints
or draws random numbers."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What a function does beside computing its results."""

    raises: bool = False
    prints: bool = False
    draws: bool = False                                 # or sets the state of what is drawn


def is_effect(s: Statement) -> bool:
    """Does it print, or draw a random number?  It runs once, and in the primal's order."""
    return s.acts if isinstance(s, Call) else isinstance(s, Assign) and s.op in RULES and RULES[s.op].effect


def is_print(s: Statement) -> bool:
    return isinstance(s, Assign) and s.op == "print"


def acts(s: Statement) -> bool:
    """Is it an effect, a check that is made for what it raises, or a call as it stands in the text, which may raise?"""
    called = isinstance(s, Assign) and s.op in RULES and RULES[s.op].opaque
    return is_effect(s) or called or (isinstance(s, Assign) and s.op.startswith("check_"))


def acting(function: Function) -> Statement | None:
    """A statement that prints or draws for sure, by itself or through a routine."""
    known: set[str] = set()
    while True:
        new = {name for name, routine in function.routines.items() if _acting(routine, known) is not None}
        if new == known:
            return _acting(function, known)
        known = new


def _acting(function: Function, known: set[str]) -> Statement | None:
    def surely(s: Statement) -> bool:
        if isinstance(s, Call):
            return s.routine in known
        return is_effect(s) or (isinstance(s, Assign) and s.op == FOREIGN[-1])

    return next(filter(surely, walk(function.body)), None)


def draws(function: Function) -> bool:
    """Does it draw random numbers, by itself or through its routines?"""
    own = any(is_effect(s) and not is_print(s) for s in walk(function.body))
    return own or any(doing.draws for doing in doings(function.routines).values())


def doings(routines: Mapping[str, Function]) -> dict[str, Doing]:
    """What each routine does, by itself and through those that it calls."""
    found = {name: Doing() for name in routines}
    while True:
        new = {name: _doing(routine, found) for name, routine in routines.items()}
        if new == found:
            return found
        found = new


def _doing(routine: Function, known: Mapping[str, Doing]) -> Doing:
    raises = prints = draws = False
    for s in walk(routine.body):
        inner = known[s.routine] if isinstance(s, Call) else Doing()
        foreign = s.op if isinstance(s, Assign) and s.op in FOREIGN else ""
        raises = raises or inner.raises or isinstance(s, Raise) or bool(foreign) or (acts(s) and not is_effect(s))
        prints = prints or inner.prints or is_print(s)
        draws = draws or inner.draws or foreign in FOREIGN[1:] or (is_effect(s) and isinstance(s, Assign) and not is_print(s))
    return Doing(raises, prints, draws)
