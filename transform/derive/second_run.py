"""What is run again later: it prints nothing, and draws the random numbers that it drew.

In: a derived function that does not return yet.  Out: for the first run the function with the state that it draws from as one more
result; for the second the function with that state as one more parameter, which leaves the state as it finds it.
"""
from __future__ import annotations

from dataclasses import replace

from ..analyses.effects import draws
from ..ir import Array, Assign, Function, Statement, Type, Var
from ..names import Namer
from ..walk import names
from .routines import Derivatives

_STATE = Array("uint32", 1, "C")


def first_run(function: Function) -> tuple[Function, Var | None]:
    """The function, and the state before it drew anything; None: it draws nothing."""
    if not draws(function):
        return function, None
    state = Namer(names(function)).fresh("state")
    start = Assign(state, "random_state", ())
    return replace(function, body=(start, *function.body), types={**function.types, state.name: _STATE}), state


def second_run(function: Function) -> tuple[Function, Var | None]:
    """The function, and the parameter for the state, behind its others."""
    quiet = unprinted(function)
    if not draws(function):
        return quiet, None
    namer = Namer(names(quiet))
    state, now = namer.fresh("state"), namer.fresh("state_now")
    start: list[Statement] = [Assign(now, "random_state", ()), Assign(namer.temporary("set"), "set_random_state", (state,))]
    last = Assign(namer.temporary("set"), "set_random_state", (now,))
    types: dict[str, Type] = {**quiet.types, state.name: _STATE, now.name: _STATE}
    return replace(quiet, params=(*quiet.params, state), body=(*start, *quiet.body, last), types=types), state


def unprinted(function: Function) -> Function:
    """What has run before, and does not print what it printed then."""
    derivatives = Derivatives(function)
    quiet = derivatives.unprinted(function)
    return replace(quiet, routines=derivatives.made(lambda routine, _: routine))
