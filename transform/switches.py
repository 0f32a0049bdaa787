"""Every optimisation has a switch, so that tests can take it away: the text changes, no number does.

`on("replay")` is what an optimisation asks before it acts; `without("replay")` switches it off for the calls that are made
inside.  All are on unless a test says otherwise, and nothing of this is part of the public interface.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

OPTIMISATIONS = (
    # simplify: what is written down in vain is not
    "copies",                           # a copy is read in place of what it copies
    "folding",                          # generated arithmetic with 0 and 1
    "needless copies",                  # a generated copy that nobody could tell from its array
    "branches",                         # two branches on one flag become one
    "dead code",                        # statements whose effect nobody sees, bindings that are bound again before they are read
    "registers",                        # sums at one place of an array are kept in a number
    "clearings",                        # elements of an adjoint are not cleared for nobody
    "spreads",                          # a number that is spread over an array to be multiplied or added stays a number
    "webs",                             # versions of a name that could be one variable
    # derive: what need not be computed, kept or cleared
    "activity",                         # a number that carries no derivative has no adjoint and no tangent
    "held cells",                       # a cell is copied once for all reads until it changes
    "inductions",                       # integers that a loop steps by a constant are computed from the round
    "sharing",                          # what was computed or loaded before is not computed or loaded again
    "extents",                          # integers and extents of arrays that are known to be equal
    "sums",                             # the adjoint of `c += t` passes through unchanged
    "array values",                     # arrays that are only operands have adjoints without memory of their own
    "shapes of others",                 # shapes that adjoints ask for are those of arrays that need no record
    "shared adjoints",                  # the adjoint of such an array may be an array that is there already
    "stable memory",                    # memory that nothing overwrites is read again, not recorded or copied
    "recomputation",                    # what is cheap is computed again
    "counted tapes",                    # tapes are indexed by loop counters
    "replay",                           # rounds of a loop are run again
    "leaf records",                     # expensive results in a round that is run again are recorded
    "direction",                        # independent rounds are reversed in the primal's order
    "squares",                          # x * x has one partial, 2 x
    "copies of arguments",              # an array that nobody writes to is not copied on entry, nor on the way out
    "wide tangents",                    # a Jacobian takes several numbers in one pass
    "plain products",                   # a product is strong only where one of its factors may be infinite
    # emit: fewer lines
    "nesting",                          # a temporary that is read once moves to where it is read
    "repeats",                          # short loads and shapes are written wherever they are read
    "one spelling",                     # versions of a name share its spelling where their lives do not meet
)

_off: ContextVar[frozenset[str]] = ContextVar("optimisations that are off", default=frozenset())


def on(name: str) -> bool:
    """May this optimisation act?"""
    assert name in OPTIMISATIONS, name
    return name not in _off.get()


def off() -> tuple[str, ...]:
    """What is switched off: texts that were made with it and without are two."""
    return tuple(sorted(_off.get()))


@contextmanager
def without(*names: str) -> Iterator[None]:
    """These optimisations are off inside, beside those that are off already."""
    assert set(names) <= set(OPTIMISATIONS), names
    token = _off.set(_off.get() | set(names))
    try:
        yield
    finally:
        _off.reset(token)
