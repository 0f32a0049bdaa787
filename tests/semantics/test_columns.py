"""Parts of an array that lies by columns, changed in place while they are read: Numba goes through them as they lie.

CPython takes a copy first, so that what Numba computes stands here as numbers.
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


@njit
def columns(x):
    a = np.zeros((2, 2, 3))
    for i in range(2):
        for j in range(2):
            for k in range(3):
                a[i, j, k] = x[(i * 5 + j * 3 + k) % 4] + 0.1 * i
    return a.T


@njit
def weighed(b):
    s = 0.0
    for i in range(3):
        for j in range(2):
            for k in range(2):
                s += b[i, j, k] ** 2 * (i + 1) * (j + 3) * (k + 2)
    return s


def last_axis_taken(x):
    b = columns(x)
    b[..., 0] += b[::-1, ::-1, 0]
    return weighed(b)


def last_axis_taken_and_subtracted(x):
    b = columns(x)
    b[..., 0] -= b[::-1, ::-1, 0]
    return weighed(b)


def last_axis_cut(x):
    b = columns(x)
    b[..., 1:] += b[::-1, ::-1, 1:]
    return weighed(b)


def last_axis_cut_with_a_step(x):
    b = columns(x)
    b[..., ::1] += b[::-1, ::-1, ::-1]
    return weighed(b)


def last_axis_taken_without_dots(x):
    b = columns(x)
    b[:, :, 0] += b[::-1, ::-1, 0]
    return weighed(b)


def first_axis_taken(x):
    b = columns(x)
    b[1] += b[1, ::-1, ::-1]
    return weighed(b)


MEANT: dict[Callable[..., Any], float] = {
    last_axis_taken: 574.44, last_axis_taken_and_subtracted: 816.92, last_axis_cut: 627.37, last_axis_cut_with_a_step: 2354.76,
    last_axis_taken_without_dots: 494.04, first_axis_taken: 729.22,
}  # fmt: skip


@pytest.mark.parametrize("function", MEANT, ids=lambda f: f.__name__)
def test_parts_of_columns_are_gone_through_as_they_lie(function: Callable[..., Any]) -> None:
    value, gradient = run(wg.value_and_grad(function), X)
    assert value == pytest.approx(MEANT[function], rel=1e-12)
    for k, unit in enumerate(np.eye(4)):
        after, slope = run(wg.jvp(function), (X + unit,), (unit,))
        before, _ = run(wg.jvp(function), (X - unit,), (unit,))
        assert gradient[k] == pytest.approx((after - before) / 2, rel=1e-12)           # the function is quadratic
        assert slope == pytest.approx(after - value + (after + before - 2 * value) / 2, rel=1e-12)


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize("function", MEANT, ids=lambda f: f.__name__)
def test_numba_computes_that(function: Callable[..., Any]) -> None:
    assert njit(function)(X) == pytest.approx(MEANT[function], rel=1e-12)


def written_through_a_copy_without_gaps(m, x):
    b = m.T * x[1]
    v = b.ravel()
    v[2] = x[0] * x[2]
    return np.sum(v * v) + b[0, 1] * x[1] + b[1, 0] * x[1] * x[3] + b[2, 0]


@pytest.mark.compiled
def test_the_tangent_of_a_matrix_with_gaps_has_gaps() -> None:
    """What is computed from its transpose has layout C; from that of a matrix without gaps, which lies by columns, not."""
    f = written_through_a_copy_without_gaps
    m, m_dot, x_dot = np.sin(np.arange(12.0)).reshape(2, 6)[:, ::2], np.cos(np.arange(6.0)).reshape(2, 3), np.sin(X)
    m_bar, x_bar = wg.grad(f, argnums=(0, 1))(m, X)
    value, slope = wg.jvp(f)((m, X), (m_dot, x_dot))
    assert value == pytest.approx(njit(f)(m, X), rel=1e-14)
    assert slope == pytest.approx(np.sum(m_bar * m_dot) + np.sum(x_bar * x_dot), rel=1e-13)
    np.testing.assert_allclose(wg.jacfwd(f)(m, X), m_bar, rtol=1e-13)
