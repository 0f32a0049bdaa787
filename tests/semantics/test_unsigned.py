"""Loops whose bounds are unsigned integers: the reverse sweep counts down, and Numba makes floats of two types of integers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import run

Array = np.ndarray[Any, Any]
X = np.array([0.7, 1.3, 0.4, 2.1, 0.6])


def up_to(x: Array, low: int, high: int) -> float:
    s = 1.0
    for i in range(high):
        s = np.sin(s * x[i])
    return s + low


def between(x: Array, low: int, high: int) -> float:
    s = 1.0
    for i in range(low, high):
        s = np.sin(s * x[i])
    return s


def left_between(x: Array, low: int, high: int) -> float:
    s = 1.0
    for i in range(low, high):
        s = np.sin(s * x[i])
        if s < 0.4:
            break
    return s


def every_second(x: Array, low: int, high: int) -> float:
    s = 1.0
    for i in range(low, high, 2):
        s = np.sin(s * x[i])
    return s


def downwards(x: Array, low: int, high: int) -> float:
    s = 1.0
    for i in range(high, low, -1):
        s = np.sin(s * x[i])
    return s


def by_a_step(x: Array, low: int, high: int) -> float:
    s = 1.0
    for i in range(low, high, high):
        s = np.sin(s * x[i]) + x[i]
    return s


def below_zero(x: Array, low: int, high: int) -> float:
    s = 1.0
    for i in range(high):
        s = np.sin(s * x[0]) * ((i - low) / 1e19 + 0.5)         # unsigned: as large as can be where i < low
    return s


def on_some_paths(x: Array, low: int, high: int) -> float:
    s = 1.0
    if high > 2:
        k = high
    for _ in range(5):
        if high > 2:
            s = s * x[k] + np.sin(s)
    return s


UNSIGNED = [up_to, between, left_between, every_second, downwards, by_a_step, below_zero, on_some_paths]


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize(("low", "high"), [(0, 4), (1, 4), (4, 1)])
@pytest.mark.parametrize("dtype", [np.uint64, np.uint8])
@pytest.mark.parametrize("f", UNSIGNED)
def test_loops_over_unsigned_integers(f: Any, dtype: Any, low: int, high: int) -> None:
    args = X, dtype(low), dtype(high)
    np.testing.assert_allclose(run(wg.grad(f), *args), run(wg.jacfwd(f), *args), rtol=1e-12)


@pytest.mark.compiled
@pytest.mark.parametrize("dtype", [np.uint64, pytest.param(np.uint8, marks=pytest.mark.full)])
@pytest.mark.parametrize("f", UNSIGNED)
def test_loops_over_unsigned_integers_are_compiled(f: Any, dtype: Any) -> None:
    """Against the primal, compiled too: what wraps where depends on the types that Numba gives counters."""
    gradient, primal, h = wg.grad(f), njit(f), 1e-6
    for bounds in ((dtype(1), dtype(4)), (dtype(4), dtype(1))):
        slopes = [(primal(X + h * e, *bounds) - primal(X - h * e, *bounds)) / (2.0 * h) for e in np.eye(X.size)]
        np.testing.assert_allclose(gradient(X, *bounds), slopes, rtol=1e-7, atol=1e-9)


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("f", UNSIGNED)
def test_loops_over_unsigned_integers_to_second_order(f: Any) -> None:
    args = X, np.uint64(1), np.uint64(4)
    columns = [run(wg.hvp(f), args[0], np.eye(5)[k], *args[1:]) for k in range(5)]
    np.testing.assert_allclose(columns, run(wg.hessian(f), *args), rtol=1e-12)
