"""What the tests of branches that Numba takes away share: a function whose value shows which type a number has.

An array that is filled with a whole number cuts off what is written into it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import run

X = np.array([0.7, -1.3, 0.4, 2.1])

Function = Callable[..., Any]


@njit
def product(w, x):
    a = np.full(2, w)
    a[0] = x[1] * 3
    return a[0] * a[1] * x[2]


def of_a_whole_number(x):
    return np.trunc(x[1] * 3) * x[2]


def of_a_float(x):
    return x[1] * 3 * x[2]


def decides(function: Function, meant: Function) -> None:
    """Value and gradient are those of what is meant."""
    value, gradient = run(wg.value_and_grad(function), X)
    assert value == pytest.approx(meant(X), rel=1e-14)
    np.testing.assert_allclose(gradient, run(wg.grad(meant), X), rtol=1e-13, atol=1e-15)


def numba_means(function: Function, meant: Function) -> None:
    """So it is for Numba, and for the compiled derivative."""
    assert njit(function)(X) == pytest.approx(meant(X), rel=1e-14)
    value, _ = wg.value_and_grad(function)(X)
    assert value == pytest.approx(meant(X), rel=1e-14)
