# ruff: noqa: SIM108
"""Lists of arrays: the arrays themselves are in them, so that a write through any name of one is seen through all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run, switches
from wengert.transform.switches import without

A = np.array([0.7, 1.3, 0.2, 0.9])
M = np.array([[0.7, -1.3, 0.4], [2.1, -0.6, 1.5]])


def products(a):
    rows = []
    for x in a:
        rows.append(a * x)
    total = 0.0
    for r in rows:
        total += np.sum(r * r) * r[0]
    return total + rows[1] @ rows[2] + rows[-1][0]


def written_through_every_name(a):
    b = a.copy()
    rows = [b, a * 2.0]
    b[0] = a[1] * a[2]
    rows[0][1] *= 3.0
    c = rows[0]
    c[2] += b[0]
    rows.append(b)
    rows[2][3] = b[2] * a[0]
    rows[1] = b
    rows[1][0] += a[3] * b[3]
    return np.sum(b * b) + rows[0][0] * rows[2][1]


def history(a, n):
    u = a.copy()
    hist = [u.copy()]
    for t in range(n):
        u[1:-1] += 0.1 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        u[0] *= 0.5
        hist.append(u.copy())
    s = 0.0
    for t in range(len(hist)):
        s += hist[t][1] * hist[t - 1][2]
    return s


def comprehension(a):
    vs = [np.zeros(3) for k in range(4)]
    for k in range(4):
        vs[k][k % 3] = a[k] * a[0]
        vs[(k + 1) % 4][:2] += vs[k][1:]
    return sum([np.sum(v * v) for v in vs])


def views(m):
    rows = [m[0], m[1]]
    w = m.copy()
    cols = [w[:, 0], w[:, 2]]
    cols[0][1] = 3.0 * rows[0][0]
    w[0, 2] = rows[1][1] * 2.0
    cols.reverse()
    return rows[0] @ rows[1] + np.sum(cols[0] * cols[1]) + w[1, 0]


def two_buffers(a, n):
    bufs = [a.copy(), np.zeros_like(a)]
    for t in range(n):
        src, dst = bufs[t % 2], bufs[1 - t % 2]
        for i in range(1, 3):
            dst[i] = src[i - 1] * src[i + 1] + 0.1 * src[i]
        dst[0] = src[3] * 0.5
    return np.sum(bufs[0] * bufs[1])


def pool(a, n):
    free = [np.ones(2), np.ones(2)]
    t = 0.0
    for i in range(n):
        b = free.pop()
        b[0] = a[i % 4] * b[1]
        b[1] += b[0]
        t += b[0] * b[1]
        free.insert(0, b)
    return t


def chosen(a, n):
    r = a[:2]
    rows = [a * 2.0, a * a]
    for i in range(n):
        if a[i % 4] > 0.5:
            r = rows[i % 2]
        r2 = r * a[0]
        rows.append(r2)
        rows[0] = r2
    return np.sum(r * r) * len(rows)


def in_tuples(a, n):
    s = []
    for i in range(n):
        s.append((a * a[i % 4], a[i % 4]))
        s[0][0][1] += s[i][1]
    t = 0.0
    for v, c in s:
        t += c * np.sum(v * v)
    return t


def handed_back(a, n):
    rows = [a]
    for i in range(n):
        rows.append(rows[-1] * a[0])
    return rows[-1], rows[0]


def layouts(a, m):
    rows = [a[:2], m[:, 1]]
    rows.append(a[::2])
    return sum([r @ r for r in rows]) * rows[1][0]


def added_to_in_place(a):
    rows = [a * 2.0, a * a]
    rows[0] += a[1] * a
    r = rows[1]
    rows[1] *= a[0]
    rows[1][0] -= a[2]
    return rows[0] @ r + rows[1][0]


def matrices(m, n):
    steps = [m]
    for _ in range(n):
        steps.append(steps[-1] * 0.5 + m @ m.T @ steps[0])
    return np.sum(steps[-1] * steps[n // 2])


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (products, (A,)), (written_through_every_name, (A,)), (history, (A, 3)), (history, (A, 0)), (comprehension, (A,)),
        (views, (M,)), (two_buffers, (A, 3)), (pool, (A, 5)), (chosen, (A, 5)), (chosen, (A, 0)), (in_tuples, (A, 3)),
        (handed_back, (A, 2)), (added_to_in_place, (A,)), (layouts, (A, M)), (matrices, (M, 3)),
    ],
)
def test_lists_of_arrays(function: Any, args: tuple[Any, ...]) -> None:
    agrees(function, *args, primal=njit(function))


def the_arguments_themselves(a, b):
    rows = [a, b]
    rows[0][0] = 2.0 * a[1] * b[0]
    rows[1][1] += a[0]
    c = rows[1]
    rows.append(c)
    rows[2][0] *= 3.0
    return a[0] * a[2] + np.sum(b * b) + c[0]


def bound_in_branches(a, n):
    if n > 2:
        rows = [a * 1.0]
    else:
        rows = [a * 2.0, a * a]
    best = rows[0]
    for i in range(n):
        if i % 2 == 0:
            rows.append(best * a[i % 4])
        else:
            best = rows[-1]
            best[0] += a[1]
            rows = rows[1:]
    t = 0.0
    while rows:
        r = rows.pop()
        t = t * 0.5 + np.sum(r * r)
    return t + best[0]


def in_recursion(a, n):
    return walked(a, n) * a[0]


@njit
def walked(a, n):
    if n == 0:
        return a[0]
    rows = [[a[n]], [a[0], a[1]]]
    rows[n % 2].append(walked(a, n - 1))
    pairs = [(x, x * a[0]) for x in rows[n % 2]]
    parts = [a * 2.0]
    parts[0][1] = pairs[-1][1]
    return parts[0][1] + pairs[0][0]


def beside_a_derivative(a):
    rows = [a * x for x in a]
    g = wg.grad(total)(rows[1], 2.0)
    rows.append(g)
    return rows[-1] @ rows[0]


def total(v, s):
    parts = [v * s, v * v]
    parts[0][0] += parts[1][1]
    return np.sum(parts[0] * parts[1])


def filled_by_a_nested_function(a):
    rows = []

    def put(v):
        rows.append(v)
        return len(rows)

    t = 0.0
    for x in a:
        t += put(a * x)
    return rows[1] @ rows[2] * t


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (the_arguments_themselves, (A, np.array([1.1, 0.4]))), (bound_in_branches, (A, 1)), (bound_in_branches, (A, 7)),
        (in_recursion, (A, 3)), (filled_by_a_nested_function, (A,)),
    ],
)
def test_wherever_they_come_from(function: Any, args: tuple[Any, ...]) -> None:
    agrees(function, *args, primal=njit(function))


def test_beside_a_derivative() -> None:
    agrees(beside_a_derivative, A)


@pytest.mark.parametrize("switch", switches(2))
def test_lists_of_arrays_without_each_optimisation(switch: str) -> None:
    with without(switch):
        for function, args in ((two_buffers, (A, 3)), (pool, (A, 5)), (chosen, (A, 4))):
            value, gradient = run(wg.value_and_grad(function), *args)
            assert value == pytest.approx(function(*args), rel=1e-14)
            tangent = run(wg.jvp(function), args, (A, None))[1]
            assert np.dot(gradient, A) == pytest.approx(tangent, rel=1e-12)


def test_derivatives_of_derivatives() -> None:
    for function, args in ((two_buffers, (A, 3)), (written_through_every_name, (A,))):
        directions = (A, *(None for _ in args[1:]))
        forward = run(wg.jvp(wg.grad(function)), args, directions)[1]
        backward = run(wg.vjp(wg.grad(function)), args, A)[1][0]
        assert np.allclose(forward, backward, rtol=1e-12)


@pytest.mark.full
@pytest.mark.compiled
def test_compiled() -> None:
    for function, args in ((written_through_every_name, (A,)), (chosen, (A, 5)), (layouts, (A, M))):
        value, gradient = wg.value_and_grad(function)(*args)
        plain, expected = run(wg.value_and_grad(function), *args)
        assert value == njit(function)(*args) == pytest.approx(plain, rel=1e-14)
        assert np.allclose(gradient, expected, rtol=1e-13, atol=1e-15)
    product = wg.hvp(two_buffers)(A, A, 3)
    assert np.allclose(product, run(wg.hvp(two_buffers), A, A, 3), rtol=1e-13)
