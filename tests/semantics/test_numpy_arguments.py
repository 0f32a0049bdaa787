"""NumPy functions with arguments that are seldom given: what Numba makes of them is what is differentiated."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run

X = np.array([0.7, -1.3, 0.4, 2.1, -0.6])
M = np.array([[0.3, -1.2, 0.8, 1.9], [1.1, 0.2, -0.7, 0.4], [-0.5, 1.6, 0.9, -1.4]])
SINGLE = M.astype(np.float32)


def differences_of_order_zero(x):
    """A copy in Numba; in NumPy the array itself."""
    y = np.diff(x, 0)
    y[0] = y[0] * 3.0
    return np.sum(y * x)


def taken_rows(m):
    return np.sum(np.take(m, (1, -1), axis=0) * m[:2]) + np.take(m, (1,), axis=0)[0, 1]


def taken_elements(m, i):
    return np.take(m, (1, -2, 1, i)).reshape(2, 2) * np.take(m, (i, i + 1), 1)[:2]


def taken_by_an_argument(m, places):
    return np.take(m, places, axis=1) * m[0, 0] + m.take(places)


def indices_in_a_tuple(x):
    y = x * 2.0
    y[np.where(x > 0.5)] *= x[0]
    low = np.nonzero(x < 0.0)
    y[low] += x[1]
    return np.sum(y * x) + np.sum(x[low] ** 3)


def pairs_of_indices(m):
    return np.sum(m[np.where(m > 0.0)] * m[0, 0])


@pytest.mark.parametrize(
    ("f", "args"),
    [(differences_of_order_zero, (X,)), (taken_rows, (M,)), (taken_elements, (M, 0)), (taken_by_an_argument, (M, (2, 0, 1))),
     (indices_in_a_tuple, (X,)), (pairs_of_indices, (M,))],
)  # fmt: skip
def test_arguments(f: Any, args: tuple[Any, ...]) -> None:
    agrees(f, *args, primal=njit(f))


# ---- dtypes ---------------------------------------------------------------------------------------------------------


def _ones(n, like):
    return np.ones((n, 2), like.dtype)


def as_another(x, m):
    kind = x.dtype
    made = np.empty(3, dtype=kind)
    for i in range(3):
        made[i] = x[i] * x[0]
    again = np.zeros_like(x, dtype=kind) + np.zeros(5, SINGLE.dtype) + x.astype(m.dtype)
    return np.sum(made * np.full(3, 2.0, kind)) * np.sum(_ones(2, x)) + np.sum(again * x)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_the_dtype_of_an_array(kind: Any) -> None:
    x = X.astype(kind)
    gradient = run(wg.grad(as_another), x, M)
    assert gradient.dtype == kind
    np.testing.assert_allclose(gradient, run(wg.grad(as_another), X, M), rtol=1e-6)
    if kind is np.float64:
        agrees(as_another, x, M)


# ---- what only compiling shows --------------------------------------------------------------------------------------


def with_flags(x, b):
    """A bool is no number to Numba, and counts as one."""
    up = np.maximum(x, x > 0.5) + np.minimum(b, x) + np.fmax(x, x < 0.0) - np.fmin(x, b)
    return (np.sum(up + x ** (x > 0.0) + np.power(x, b) + np.arctan2(x, x > 0.0) + np.hypot(x, b)) + max(x[0], b) * min(b, x[2])
            + x[0] ** b + b ** x[0] + math.atan2(x[1], b) + math.pow(x[0], b) + np.copysign(x[1], b))  # fmt: skip


def single_and_double(m, y):
    """Products of float32 whose adjoints are float64."""
    square = m @ m.T
    return np.sum(square * y) + np.sum(np.dot(square, m[0, :3]) * y[0]) + np.sum((m[1, :3] @ square) * y[1]) + np.trace(square)


WIDE = np.arange(9.0).reshape(3, 3) * 0.1


@pytest.mark.parametrize(("f", "args"), [(with_flags, (X, True)), (with_flags, (X, False)), (single_and_double, (M, WIDE))])
def test_flags_and_products(f: Any, args: tuple[Any, ...]) -> None:
    agrees(f, *args)


@pytest.mark.compiled
@pytest.mark.parametrize(("f", "args"), [(with_flags, (X, True)), (single_and_double, (SINGLE, WIDE))])
def test_compiled(f: Any, args: tuple[Any, ...]) -> None:
    gradient = wg.grad(f)(*args)
    np.testing.assert_allclose(gradient, run(wg.grad(f), *args), rtol=1e-6 if f is single_and_double else 1e-13)
    assert gradient.dtype == args[0].dtype
