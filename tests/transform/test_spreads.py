"""Adjoints of sums: a number stays a number where the shape is there already, and memory is handed on that nobody else reads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import Array, X, agrees, run
from wengert.transform.switches import without

M = np.array([[0.3, -1.2], [0.7, 0.4], [-0.5, 2.0]])


def squares(x):
    return 0.3 * np.sum(x * x)


def means(x, m):
    return np.mean(x * x) + 0.5 * np.mean(x) + np.mean(x * m)


def table(x, m):
    """The sum runs over a larger shape than that of either factor."""
    return np.sum(x * m) + 0.5 * np.sum((x + m) * m)


def twice(x):
    """What one product hands on is read by another."""
    y = np.sin(x)
    return np.sum(y * y) * np.sum(y)


def in_a_loop(x, n):
    s = 0.0
    for _ in range(n):
        s = s * 0.5 + np.sum(x * x) * s + np.sum(np.exp(x) * s)
        x = x * (1.0 + 0.1 * s)
    return s + np.sum(x)


def rebound(x, u, m):
    """What the shape of `t` is nobody knows; its adjoint is summed over the rows for `u`."""
    t = u + m
    for _ in range(2):
        t = t * 0.5 + u
    return np.sum(x * t)


def into_an_array(x, m):
    y = m * 0.5
    y += np.sum(x * x)
    y[0] = np.sum(np.exp(x))
    return np.sum(y * y) + np.sum(y)


def through_views(x):
    a = np.sin(x)
    v = a[1:]
    s = np.sum(v * v)
    v *= s
    w = a[::-1]
    w[:2] += np.mean(a * a)
    return np.sum(v * a[:-1]) + np.mean(v * v) + np.sum(np.exp(a)) * np.sum(np.exp(a))


def left_early(x, m):
    a = x * 1.0
    s = np.sum(a * a)
    a[0] = s * 0.1
    b = m[1]
    for k in range(3):
        t = np.sum(b * b) + np.mean(np.exp(b))
        b[k % 2] = np.sum(a * a) * 0.01 + t * 0.1
        if t > 50.0:
            break
        a = a * 0.5 + np.sum(b)
    return s + np.sum(a * a) + np.mean(m * m)


def until_small(x, k):
    y = x.copy()
    while np.sum(y * y) > 0.3:
        y *= 0.5
        y[k] += np.mean(y * y)
    return np.sum(y * y) + y[0] * np.mean(y)


def rows_of_a_transpose(m, w, n):
    t = m.T
    out = 0.0
    for i in range(n):
        r = t[i % 2]
        q = r + w[:, None]
        out += np.sum(q * q) + 0.5 * np.mean(r * r)
        r *= np.mean(q) + 0.3
        if np.sum(r * r) < 0.2:
            continue
        t[(i + 1) % 2, ::2] = np.sum(w * w) * 0.1
        if out > 30.0:
            break
    else:
        out += np.mean(t * t)
    return out + np.sum(m)


def stirred(a, b):
    b += np.sum(a * a)
    if b[0] > 3.0:
        return np.mean(b * b), b[:1]
    a[-1] = np.mean(b)
    return np.sum(a * b), a[:1]


def stirs(x, w):
    a = x[:3]
    p, v = stirred(a, w * 0.2)
    k = 0
    while p < 6.0 and k < 5:
        p, v = stirred(a[::-1], v + np.zeros(3))
        a -= np.sum(v * v) * 0.05
        k += 1
    return p * np.sum(x * x) + np.mean(v)


def two_names(x, s):
    y = x
    for k in range(len(x)):
        z = y[k:]
        c = np.sum(z * z)
        z[0] = c * s
        y[: k + 1] += np.mean(x * x) * 0.1
        if c > 4.0:
            return np.sum(y * x) * s, y, y[::2]
    x[:] = np.sum(y * y)
    return np.mean(x * y), x, y[1:]


ROW = np.array([0.8, -0.4])
CASES: list[tuple[Any, tuple[Any, ...]]] = [
    (squares, (X,)), (squares, (M,)), (means, (X, X * 0.3 - 1.0)), (means, (ROW, M)), (table, (M[:, :1], ROW)),
    (table, (ROW, M[:, :1])), (table, (ROW, M)), (twice, (X,)), (in_a_loop, (X * 0.3, 3)), (into_an_array, (X, M)),
    (rebound, (ROW, ROW * 0.3, M)), (through_views, (X,)), (left_early, (X, M)), (until_small, (X, 1)),
    (rows_of_a_transpose, (M, X[:3], 5)), (stirs, (X, X[2:] + 0.1)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "args"), CASES)
def test_numbers(f: Any, args: tuple[Any, ...]) -> None:
    agrees(f, *args)
    with without("spreads"):
        expected = run(wg.grad(f), *args)
    np.testing.assert_allclose(run(wg.grad(f), *args), expected, rtol=1e-14)


@pytest.mark.parametrize("s", [0.4, -1.5])
def test_results_that_share_memory_with_an_argument(s: float) -> None:
    agrees(two_names, X * 0.7, s)


def test_an_expert_would_write_no_array_of_one_number() -> None:
    text = wg.grad(squares).source_for(X)
    assert "spread(" not in text and "x_bar += 2 * x * 0.3" in text
    assert text.count("x * x") == 0
    text = wg.grad(lambda x: np.mean(x * x)).source_for(X)
    assert "x_bar += 2 * x * (1.0 / x.size)" in text


def unlike(x: Array, m: Array) -> float:
    total: float = np.sum(x * m)
    return total


def test_a_shape_that_is_larger_than_the_other_factor_stays() -> None:
    assert "spread(" in wg.grad(unlike).source_for(ROW, M)
