"""Which parts of an expression of arrays are computed in its loop, as Numba has it: calls leave it whole, choices and names end it.

Each function is compared with itself, compiled: with small integers, what is a part does not wrap.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees, run
from tests.semantics.test_narrow_integers import SIGNED, U, V, X, holds
from wengert.transform.errors import UnsupportedError
from wengert.transform.switches import without

F = X.astype(np.float32)
LARGE = np.array([10**6, -7, 1234567, 5, -2])
FLAG = True


@numba.njit
def branching(s):
    if s > 0:
        return s * 2.0
    return s


@numba.njit
def looping(x):
    s = 0.0
    for k in range(len(x)):
        s += x[k]
    return s


@numba.njit
def raising(s):
    if s < -100.0:
        raise ValueError("small")
    return s


@numba.njit(inline="always")
def written_out(s):
    return s * 2.0 if s > 0 else s


def beside_calls(x, u, v):
    return np.sum((u + v) * branching(x[0]) * x) + np.sum((u + v) * looping(x) * x) + np.sum((u + v) * raising(x[0]) * x)


def beside_a_call_that_is_written_out(x, u, v):
    return np.sum((u + v) * written_out(x[0]) * x)


def beside_constant_choices(x, u, v, w=None):
    return np.sum((u + v) * (2.0 if FLAG else 3.0) * x) + np.sum((u + v) * (2.0 if w is None else w) * x)


def beside_nested_functions(x, u, v):
    def plain(s):
        return s * 2.0

    def choosing(s):
        return s * 2.0 if s > 0.0 else s

    return np.sum((u + v) * plain(x[0]) * x) + np.sum((u + v) * choosing(x[0]) * x)


def beside_others(x, u, v):
    chained = np.sum((u + v) * (0.0 < x[0] < 1.0) * x)
    listed = np.sum((u * v) * np.array([s * 2.0 for s in x]) * x)
    return chained + listed + np.sum((u + v) * (x[0] > 0 and x[1] < 0) * x)


@numba.njit
def product(a, x):
    return np.sum(a * x)


@numba.njit
def pair(u, v):
    return u + v, u * v


@numba.njit
def starred(x, *t):
    return np.sum(t[0] * x) + np.sum(t[1] * x)


class Two(NamedTuple):
    first: Any
    second: Any


def handed_on(x, u, v):
    def times(a):
        return a * x

    return (product(u + v, x) + np.sum(times(u + v)) + np.sum((u + v, u)[0] * x) + np.sum(Two(u + v, x).first * x)
            + np.sum(pair(u, v)[0] * x) + starred(x, u + v, v * u))  # fmt: skip


def subtracted(x, u, v):
    y = x * 1.0
    y[1:] -= u[1:] * v[:-1]
    y[2:] -= u[2:] - v[2:]
    y[0] -= u[0]
    y[1:] -= u[1:]
    return np.sum(y * y)


def subtracted_in_rounds(x, u, v):
    y = x * 1.0
    for k in range(3):
        y[k:] -= u[k:] * v[k]
        y[k + 1] -= (x[0] > 0.0) * y[k] + u[k]
    return np.sum(y * y)


def with_integers(x, f, n, i):
    return np.sum((f + n) * x - n * x) + np.sum((f + i) * x - i * x) + np.sum((f / i) * x)


CASES: list[tuple[Any, tuple[Any, ...]]] = [
    (beside_calls, (X, U, V)), (beside_a_call_that_is_written_out, (X, U, V)), (beside_constant_choices, (X, U, V)),
    (beside_nested_functions, (X, U, V)), (beside_others, (X, U, V)), (handed_on, (X, U, V)),
    (subtracted, (X, U, V)), (subtracted_in_rounds, (X, U, V)),
]  # fmt: skip
FULL = pytest.mark.full
SOME = [pytest.param(*case, id=case[0].__name__, marks=() if n % 4 == 0 else FULL) for n, case in enumerate(CASES)]


@pytest.mark.compiled
@pytest.mark.parametrize(("f", "args"), SOME)
def test_generated(f: Any, args: tuple[Any, ...]) -> None:
    holds(run, f, args)


@FULL
@pytest.mark.compiled
def test_a_negative_on_a_line_of_its_own() -> None:
    with without("nesting"):
        holds(run, subtracted, (X, U, V))


@FULL
@pytest.mark.compiled
@pytest.mark.parametrize(("f", "args"), [pytest.param(*case, id=case[0].__name__) for case in CASES])
def test_compiled(f: Any, args: tuple[Any, ...]) -> None:
    holds(lambda transformed, *given: transformed(*given), f, args)


@FULL
@pytest.mark.compiled
@pytest.mark.parametrize("how", [run, lambda transformed, *given: transformed(*given)])
def test_float32_beside_integers(how: Any) -> None:
    """Numba computes them in float64, where little is lost when the large numbers go."""
    args = X, F, 10**6, LARGE
    primal = numba.njit(with_integers)
    value, gradient = how(wg.value_and_grad(with_integers), *args)
    assert value == pytest.approx(primal(*args), rel=1e-9)
    for place in range(X.size):
        step = np.where(np.arange(X.size) == place, 1e-2, 0.0)
        slope = (primal(X + step, *args[1:]) - primal(X - step, *args[1:])) / 2e-2
        assert gradient[place] == pytest.approx(slope, rel=1e-6, abs=1e-6)


def matrices(f, w, i):
    """`@` is a call, whose operands have to be of one type."""
    return (f + i) @ w + w @ (f * i)


@pytest.mark.compiled
def test_products_of_matrices_are_no_expressions() -> None:
    f, w, i = F, np.cos(F), np.arange(5)
    value, gradient = wg.value_and_grad(matrices)(f, w, i)
    assert value == numba.njit(matrices)(f, w, i)
    np.testing.assert_allclose(gradient, w + w * i, rtol=1e-6)


@numba.njit
def set_first(y):
    y[0] = 5.0
    return y[1]


@numba.njit
def set_other(y, z):
    z[0] = 5.0
    return y[1]


def set_in_rounds(y, n):
    if n == 0:
        return y[1]
    y[0] = 5.0
    return set_in_rounds(y, n - 1)


def late(x):
    y = x * 1.0
    return np.sum((y * 2.0) * set_first(y))


def late_in_a_ufunc(x):
    y = x * 1.0
    return np.sum(np.sin(np.exp(y) * 0.5) * set_first(y[1:]))


def late_by_recursion(x):
    y = x * 1.0
    return np.sum((y * 2.0) * set_in_rounds(y, 2))


@pytest.mark.parametrize("f", [late, late_in_a_ufunc, late_by_recursion])
def test_what_is_changed_before_numba_computes_it_is_refused(f: Any) -> None:
    with pytest.raises(UnsupportedError, match="what a part of an expression reads is changed by a call in a later part"):
        wg.grad(f).source_for(X)


def on_time(x):
    y, z = x * 1.0, x * 1.0
    t = y * 2.0
    first = np.sum(t * set_first(y))
    return first + np.sum(set_first(y) * (y * 2.0)) + np.sum((y * 2.0) * set_other(y, z)) + np.sum(y * set_first(y))


@pytest.mark.compiled
def test_what_is_computed_in_time_is_right() -> None:
    holds(run, on_time, (X,))


def test_places_that_wrap_are_refused() -> None:
    def area(x, u):
        return np.trapezoid(x, u)

    with pytest.raises(UnsupportedError, match="over places of uint8"):
        wg.grad(area).source_for(X, U)
    agrees(area, X, SIGNED * 1.0)
