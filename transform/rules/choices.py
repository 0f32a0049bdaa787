"""What is chosen by a condition, and whole numbers that are found by looking at values: positions, counts, tests.

`np.where` is linear in what it chooses from: what was not chosen gets a zero, whatever stands there, so that
`np.where(x > 0, np.log(x), 0)` has the derivative 0 at 0.  Positions and counts have no derivative.  They are never computed
again in the reverse sweep, where the values may be others.
"""
# mypy: allow-untyped-defs, no-check-untyped-defs
import operator

import numpy as np

from ...runtime import matched, segment
from .declare import linear, zero


@linear(np.where, broadcasts=True)
def where(z_bar, condition, x=None, y=None):
    return None, np.where(condition, z_bar, 0), np.where(condition, 0, z_bar)


@zero(operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift,
      np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.left_shift, np.right_shift, cheap=True, broadcasts=True)
def bits(x, y): ...


@zero(operator.invert, np.invert, cheap=True, broadcasts=True)
def inverted(x): ...


@zero(np.any, ".any", np.all, ".all", np.flatnonzero, np.nonzero, ".nonzero", np.argwhere)
def found(a): ...


@zero(np.argmax, ".argmax", np.argmin, ".argmin", np.count_nonzero)
def place(a, axis=None): ...


@zero(np.argsort, ".argsort")
def order(a): ...


@zero(np.searchsorted)
def searched(a, v, side="left"): ...


@zero(np.digitize)
def digitized(x, bins, right=False): ...


@zero(np.array_equal)
def equal(a, b): ...


@zero(np.isclose, broadcasts=True)
def close(a, b, rtol=1e-05, atol=1e-08, equal_nan=False): ...


@zero(np.allclose)
def all_close(a, b, rtol=1e-05, atol=1e-08, equal_nan=False): ...


@zero(segment)
def segment_(x, xp, fp): ...


@zero(matched)
def matched_(index, other): ...
