"""np.where, positions that are found by looking, operators on bits, whole numbers in indices, scalars of NumPy types."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import X, agrees, run

M = np.array([[0.7, -1.3, 0.4, 2.1], [-0.6, 0.9, 1.7, -0.2], [1.1, -0.5, 0.3, 0.8]])


# ---- np.where ------------------------------------------------------------------------------------------------------------


def clipped(x):
    return np.sum(np.where(x > 0.5, x * x, 0.25) * x)


def both(x, y):
    return np.where(np.abs(x) > 0.55, np.exp(x) * y, x - y * y)


def nested(x, s):
    return np.where(x < 0.0, s, np.where(x > 1.0, s * s, x * x)) * x


def of_a_number(x, y, flag):
    return np.where(flag, x * y, x - y) * np.where(y, x, 2.0) + np.sum(np.where(x < X, x, y))


def test_where_is_linear_in_what_it_chooses_from() -> None:
    agrees(clipped, X)
    agrees(clipped, M)
    agrees(nested, X, 1.3)
    for args in ((X, X[::-1].copy()), (M, X[:4]), (M, M[:, :1].copy()), (M[:1], M[:, :1].copy()), (X, 1.3)):
        agrees(both, *args)
    agrees(both, M[::-1, ::2], M[:, ::-2] + 1.0)
    for flag in (True, False):
        agrees(of_a_number, 0.8, 1.3, flag)


def logarithm(x):
    return np.sum(np.where(x > 0.0, np.log(x), 0.0))


def root(x):
    return np.sum(np.where(x > 0.0, np.sqrt(np.abs(x)) * x, x * x))


def test_what_was_not_chosen_is_silent_whatever_it_is() -> None:
    x = np.array([2.0, 0.0, -1.0])
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(run(wg.grad(logarithm), x), [0.5, 0.0, 0.0])
        y, y_dot = run(wg.jvp(logarithm), (x,), (np.ones(3),))
        assert (y, y_dot) == (np.log(2.0), 0.5)
        np.testing.assert_array_equal(run(wg.hvp(logarithm), x, np.ones(3)), [-0.25, 0.0, 0.0])
        np.testing.assert_allclose(run(wg.grad(root), x), [1.5 * np.sqrt(2.0), 0.0, -2.0])
        np.testing.assert_allclose(run(wg.hvp(root), x, np.ones(3)), [0.75 / np.sqrt(2.0), 2.0, 2.0])


def where_true(x):
    i, = np.where(x > 0.5)
    rows, columns = np.nonzero(M > 1.0)
    return x[i] * x[i[0]] + np.sum(M[rows, columns]) * x[np.where(x < 0.0)[0]][0]


def test_positions_where_a_condition_is_true() -> None:
    agrees(where_true, X)


# ---- positions -------------------------------------------------------------------------------------------------------------


def largest(x):
    total = 0.0
    for _ in range(3):
        k = np.argmax(x)
        total += x[k] * x[k]
        x[k] = -0.1 * x[k]
        total += x[k] * x[np.argmin(x)]
    return total


def sorted_by_key(x, y):
    order = np.argsort(x)
    x *= 2.0
    return y[order] * x[order[::-1]]


def table_lookup(x, grid, values):
    total = 0.0
    for i in range(x.size):
        k = np.searchsorted(grid, x[i]) - 1
        t = (x[i] - grid[k]) / (grid[k + 1] - grid[k])
        total += (1.0 - t) * values[k] + t * values[k + 1]
        x[i] = 0.0
    return total


def by_columns(a):
    k = a.argmax(axis=0)
    return a[k, np.flatnonzero(a[0] == a[0])] ** 2 * a[a[:, 1].argmin(), 0]


def counted(x):
    if np.any(x > 2.0) and not np.all(x > 0.0) and (x > 0.0).any():
        return x * np.count_nonzero(x > 0.0)
    return x


def test_positions_are_whole_numbers_and_are_not_looked_for_again() -> None:
    agrees(largest, X)
    agrees(sorted_by_key, X, X[::-1] + 1.0)
    agrees(table_lookup, np.array([0.3, 1.7, 2.2]), np.array([0.0, 1.0, 2.5, 3.0]), X[1:])
    agrees(by_columns, M)
    agrees(counted, X)


# ---- bits ------------------------------------------------------------------------------------------------------------------


def masks(x, y):
    inside = (x > -1.0) & (y < 2.0) | ~(x < 0.5) ^ (y > 0.0)
    inside &= x < 2.0
    x[~inside] *= y[~inside]
    return np.where(inside & (x > 0.0), x * y, y)


def flags(x, a, b):
    if (a & b) | (~a ^ b) and ~(x > 100.0):
        return x * x
    return x * 2.0


def gray_code(x, n):
    total = 0.0
    for i in range(1 << n):
        k = (i ^ (i >> 1)) & 3
        total += x[k] * (i | 1) * x[~k % x.size]
        n ^= 1
        k <<= 1
    return total * n


def test_bits_of_whole_numbers_and_of_conditions() -> None:
    agrees(masks, X, X[::-1].copy())
    for a in (True, False):
        for b in (True, False):
            agrees(flags, 1.3, a, b, primal=njit(flags))
            agrees(flags, 1.3, np.bool_(a), np.bool_(b))
    agrees(gray_code, X, 3)


# ---- whole numbers in indices ------------------------------------------------------------------------------------------------


def wrapped(x, n):
    total = 0.0
    for i in range(n):
        q, r = divmod(7 * i + 3, x.size)
        total += x[r] * x[-(i % x.size) - 1] * (q + 1)
        total += x[(i * i) // 2 % x.size] * x[min(i, x.size - 1)]
        total -= x[-i // 2] * abs(i - 2)
    return total


def test_integer_arithmetic_in_indices() -> None:
    agrees(wrapped, X, 5)


# ---- scalars of NumPy types ----------------------------------------------------------------------------------------------------


def numpy_scalars(x, i, s):
    k = np.int32(i) + np.uint8(1)
    half = np.float32(0.5)
    y = x[k] * half * np.float64(i) + np.float32(s) * 1.0
    return y * x[np.int64(k - 1)] * np.int16(3) + np.bool_(i) * s


def test_scalars_of_numpy_types() -> None:
    for i in (1, np.int8(1), np.uint16(1), np.int64(1)):
        x, s = X, np.float64(0.25)
        value = njit(numpy_scalars)(x, i, s)
        y, (x_bar, _, s_bar) = run(wg.vjp(numpy_scalars), (x, i, s), 1.0)
        assert y == pytest.approx(value, rel=1e-15)
        assert (x_bar.dtype, type(s_bar)) == (np.float64, np.float64)
        y, y_dot = run(wg.jvp(numpy_scalars), (x, i, s), (np.ones(5), None, 1.0))
        assert y_dot == pytest.approx(np.sum(x_bar) + s_bar, rel=1e-7)
    assert run(wg.grad(math_of_float32), np.float32(0.5)).dtype == np.float32


def math_of_float32(x):
    return math.exp(x) * np.float32(2.0)


# ---- compiled ------------------------------------------------------------------------------------------------------------------


def everything(x, y):
    k = np.argmax(x)
    z = np.where((x > 0.0) & (y < 1.0), x * y, y * y)
    z[~(z < 3.0)] = x[k]
    q, r = divmod(k + 7, 3)
    return np.sum(z) * x[q % x.size] * y[r] + np.where(x[0] > 0.0, x[0], y[0]) * z[np.nonzero(x > 0.0)[0][0]]


@pytest.mark.full
@pytest.mark.compiled
def test_compiled() -> None:
    y = X[::-1] + 0.1
    value, bars = wg.value_and_grad(everything, (0, 1))(X, y)
    assert value == njit(everything)(X, y)
    expected, same = run(wg.value_and_grad(everything, (0, 1)), X, y)
    np.testing.assert_allclose(value, expected, rtol=1e-14)
    np.testing.assert_allclose(bars, same, rtol=1e-13)
    agrees(everything, X, y)
    assert wg.grad(flags)(1.3, True, False) == run(wg.grad(flags), 1.3, True, False)
    along = (np.ones(5), np.ones(5))
    np.testing.assert_allclose(wg.hvp(everything, (0, 1))(X, along, y), run(wg.hvp(everything, (0, 1)), X, along, y), rtol=1e-12)
