# ruff: noqa: C410
"""What is made of items: sums, extremes, lists and arrays of what is written out, ramps; builtins, `:=`."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run

A = np.array([0.7, 1.3, 0.2, 0.9])
M = np.array([[0.7, -1.3, 0.4], [2.1, -0.6, 1.5]])


def of_items(a, m, n):
    total = sum(a) + sum(a, 2.0) * sum((a[0], a[1], 3)) + sum(range(n)) * a[0] + sum([True, False]) * a[1]
    total += max(a) * min(a[1:]) + max((a[0], a[1])) * min([a[2], a[3], 0.5]) + max(range(3)) * a[3]
    for part in m:
        total += max(part) * sum(part * part) + min(part)
    return total + list(a)[2] * list((a[0], a[1]))[1] + list(range(n))[-1] * sum(list(m[0]))


@pytest.mark.parametrize("n", [1, 4])
def test_sums_and_extremes_and_lists_of_items(n: int) -> None:
    agrees(of_items, A, M, n, primal=njit(of_items))


def arrays(a, x):
    b = np.array([[a[0], 2.0], [a[1] * a[0], 3.0]])
    c = np.array((a[2], 1, x)) * np.array([x, a[0], a[1]])
    d = np.asarray([[[a[0]], [x]]])
    e = np.array(((x, a[3]), (1.0, x * x)))
    f = np.asarray(a)
    f[0] = f[0] * x
    g = np.array([1, 2], np.float64)
    a[1:] = (x, x * x, f[0])
    h = [a[0], x]
    a[:2] = h
    return np.sum(b @ e) * c[0] + c[2] + d[0, 1, 0] * a[0] + g[1] * np.sum(np.array(h) * g) + a[3]


def test_arrays_of_what_is_written_out() -> None:
    agrees(arrays, A, 0.3, primal=njit(arrays))


def ramps(a, x, n):
    grid = np.linspace(x, 2.0 * a[0], n)
    steps = np.arange(x, a[1] + 2.0, 0.5 * a[3])
    up = np.arange(n) * a[0] + np.arange(1, 2 * n, 2)
    last = np.linspace(0, x, 3) * np.linspace(0.0, 1.0, 3) * np.arange(3.0)
    m = np.eye(3)[:2] @ np.identity(3) * x + np.eye(2, 3, 1) * a[2]
    return np.sum(np.sin(grid)) + np.sum(steps * steps) + np.sum(up * x) + np.sum(last) + np.sum(m * m) + np.arange(x)[0]


@pytest.mark.parametrize("n", [0, 1, 5])
def test_ramps_and_unit_matrices(n: int) -> None:
    agrees(ramps, A, 1.7, n, primal=njit(ramps))


def named(a):
    total = 0.0
    if (n := len(a)) > 2 and (y := a[0] * n) > 0.0:
        total = y * y
    while (x := total * 0.5) > 1.0:
        total = x
    z = (w := a[1]) * w + (w := w * 2.0) * w
    pairs = [(last := v * v) * 0.5 for v in a]
    return total * x + z + sum(pairs) * last + w


def test_assignment_expressions() -> None:
    agrees(named, A)


def divided(x, y):
    q, r = divmod(x, y)
    return q * x + r * r * y + pow(x, 2) * round(y) + abs(-x) * int(y) + float(3) * x * bool(y) + (1.0 < x <= y != 7.0) * x


def test_other_builtins() -> None:
    agrees(divided, 7.3, 2.1, primal=njit(divided))


@pytest.mark.compiled
@pytest.mark.full
def test_compiled() -> None:
    for function, args in ((arrays, (A, 0.3)), (ramps, (A, 1.7, 5))):
        value, gradients = wg.vjp(function)(args, 1.0)
        plain, expected = run(wg.vjp(function), args, 1.0)
        assert value == njit(function)(A.copy(), *args[1:])
        assert value == pytest.approx(plain, rel=1e-14)
        np.testing.assert_allclose(gradients[0], expected[0], rtol=1e-13, atol=1e-15)
