"""Programs that a reading found wrong: what is written in place, copies that may be none, draws by functions that recurse."""


from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run

X = np.array([0.7, -1.3, 0.4, 1.1, 0.9, -0.6])

Program = Callable[..., Any]


# ---- in place, element by element, as Numba does it ------------------------------------------------------------------


def added_to_an_array_that_overlaps(x, k):
    c = x * 2.0
    b = np.zeros(len(c))
    b[:] = np.ones(len(c)) * x[0]
    if k > 0:
        c = b[0:1]
    b += c
    return np.sum(b * x)


def one_after_the_other(x, k):
    b = np.ones(6) * x[0]
    for i in range(6):
        b[i] += b[0] if k > 0 else x[i] * 2.0
    return np.sum(b * x)


def cut_before(x, k):
    c = x * 2.0
    d = c[1:]
    b = np.ones_like(d) * x[0]
    if k > 0:
        c = b[1:3]
    b += c[1:]
    return np.sum(b * d)


def cut_one_after_the_other(x, k):
    d = x[1:] * 2.0
    b = np.ones(5) * x[0]
    for i in range(5):
        b[i] += b[2] if k > 0 else d[i]
    return np.sum(b * d)


def transposed_before(x, k):
    c = x.reshape(2, 3) * 2.0
    t = c.T
    b = np.zeros_like(t)
    b[:] = t * t
    if k > 0:
        c = b.T[1:, 1:2]
    b += c.T
    return np.sum(b * t)


def by_columns(x, k):
    t = x.reshape(2, 3).T * 2.0
    b = t * t
    for j in range(2):
        for i in range(3):
            b[i, j] += b[1, 1] if k > 0 else t[i, j]
    return np.sum(b * t)


def by_columns_backwards(x, k):
    b = np.zeros_like(x.reshape(2, 3).T)
    b[:] = x.reshape(3, 2) * x[0]
    b *= b[k : k + 1, 1:]
    return np.sum(b * x.reshape(3, 2))


def backwards_one_after_the_other(x, k):
    b = x.reshape(3, 2) * x[0]
    for j in range(2):
        for i in range(3):
            b[i, j] *= b[k, 1]
    return np.sum(b * x.reshape(3, 2))


IN_PLACE = [
    (added_to_an_array_that_overlaps, one_after_the_other), (cut_before, cut_one_after_the_other),
    (transposed_before, by_columns), (by_columns_backwards, backwards_one_after_the_other),
]  # fmt: skip


@pytest.mark.parametrize("k", [0, 1])
@pytest.mark.parametrize(("program", "written_out"), IN_PLACE)
def test_overlapping_arrays_of_another_shape_are_added_in_the_order_of_the_layout(program: Any, written_out: Any, k: int) -> None:
    agrees(program, X, k, primal=written_out)


@pytest.mark.full
@pytest.mark.parametrize(("program", "written_out"), IN_PLACE)
def test_that_order_is_that_of_numba(program: Any, written_out: Any) -> None:
    assert njit(program)(X.copy(), 1) == pytest.approx(written_out(X.copy(), 1), rel=1e-13)


# ---- a difference of bools -------------------------------------------------------------------------------------------


def less_bools(x, k):
    x[:3] -= k
    return x[0] * x[1]


def less_bools_in_rows(x, k):
    m = np.ones((2, 3)) * x[0]
    m -= k
    m[1] -= k
    y = m[0]
    y[np.array([0, 2])] -= k[1:]
    return np.sum(m * m) * x[1]


@pytest.mark.parametrize("program", [less_bools, less_bools_in_rows])
def test_an_array_of_bools_is_subtracted_and_not_negated(program: Program) -> None:
    agrees(program, X, np.array([True, False, True]))


# ---- draws in a function that calls itself ---------------------------------------------------------------------------


@njit
def drawn(x, n):
    if n == 0:
        return np.random.standard_gamma(x[0])
    return drawn(x, n - 1)


def drawn_by_a_parameter(x, k):
    np.random.seed(3)
    return drawn(x, 2) * x[1]


@njit
def drawn_by_one_that_calls_another(x, n):
    if n == 0:
        return drawn(x * x, 1)
    return drawn_by_one_that_calls_another(x, n - 1)


def drawn_farther_away(x, k):
    np.random.seed(3)
    return drawn_by_one_that_calls_another(x, 2) * x[1]


@njit
def drawn_by_a_constant(x, n):
    if n == 0:
        return np.random.standard_gamma(2.0) * x[0]
    return drawn_by_a_constant(x, n - 1)


@pytest.mark.parametrize("program", [drawn_by_a_parameter, drawn_farther_away])
def test_a_draw_by_an_active_parameter_is_refused_in_both_modes(program: Program) -> None:
    x = np.abs(X)
    with pytest.raises(wg.UnsupportedError, match="has a parameter that carries a derivative") as there:
        wg.jvp(program).python_for((x, 0), (x, None))
    with pytest.raises(wg.UnsupportedError, match="has a parameter that carries a derivative") as back:
        wg.grad(program).python_for(x, 0)
    assert str(there.value) == str(back.value)


def test_a_draw_by_a_constant_is_not() -> None:
    def constant(x, k):
        np.random.seed(3)
        return drawn_by_a_constant(x, 2) * x[1]

    assert np.isfinite(run(wg.jvp(constant), (X, 0), (X, None))[1])
