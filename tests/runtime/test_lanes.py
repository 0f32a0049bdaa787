"""Numbers that are eight numbers: the same in plain Python and compiled, and as eight times the number alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from wengert.runtime import lanes, lanes_dot, lanes_like, lanes_mean, lanes_sum, strong, strong_lanes, unpacked
from wengert.runtime.lanes import WIDTH, Lanes


def everything(a: Any, b: Any, c: float, x: Any) -> Any:
    """`a` and `b` are rows of WIDTH numbers."""
    u, v = lanes(a), lanes(b)
    total = u + v - 2 * u * c / (v + 3.0)
    total += c - u
    total -= c / v
    total *= 1.5
    total /= -v
    kept = total
    total = total + strong_lanes(u, c) + strong_lanes(0.0, v) + strong_lanes(u, v / (u - u)) + (True * u)
    table = lanes_like(x)
    table[0] = total
    table[1, :] = 2.0
    table[-1] = lanes(table, 0) + lanes(3.0)
    sums = unpacked(lanes_sum(table)), unpacked(lanes_mean(table)), unpacked(lanes_dot(table, x))
    return unpacked(total), unpacked(kept), table, *sums


def alone(a: float, b: float, c: float, x: Any) -> Any:
    """What one of the numbers becomes."""
    total = a + b - 2 * a * c / (b + 3.0)
    total += c - a
    total -= c / b
    total *= 1.5
    total /= -b
    kept = total
    total = total + strong(a, c) + strong(0.0, b) + strong(a, np.divide(b, 0.0)) + a
    column = np.zeros(x.size)
    column[0], column[1], column[-1] = total, 2.0, total + 3.0
    return total, kept, column, column.sum(), column.mean(), column @ x


A = np.array([0.5, -1.0, 2.0, 0.0, 3.0, -0.25, 1.0, 4.0])
B = np.linspace(1.0, 2.0, WIDTH)
X = np.array([1.0, 2.0, 3.0])


def compared(found: Any) -> None:
    with np.errstate(divide="ignore"):
        for k in range(WIDTH):
            for whole, one in zip(found, alone(A[k], B[k], 0.7, X), strict=True):
                np.testing.assert_allclose(whole[..., k], one, rtol=1e-14)


def test_plain() -> None:
    compared(everything(A, B, 0.7, X))


@pytest.mark.compiled
def test_compiled() -> None:
    compared(njit(error_model="numpy")(everything)(A, B, 0.7, X))


def test_they_never_change() -> None:
    u = v = lanes(A)
    u += 1.0
    assert np.array_equal(unpacked(v), A) and np.array_equal(unpacked(u), A + 1.0)
    row = unpacked(v)
    row[:] = 7.0
    assert np.array_equal(unpacked(v), A)


def test_numbers_of_numpy_leave_arithmetic_to_them() -> None:
    assert isinstance(np.float64(2.0) * lanes(A), Lanes) and isinstance(lanes(A) * np.float64(2.0), Lanes)
    assert repr(-lanes(1.0)) == "Lanes([-1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0])"
