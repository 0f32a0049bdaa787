"""Counters of loops as Numba types them: that of `range(n)` as n, that of `range(0, n)` as an int64."""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees

Function = Callable[..., Any]
X = np.array([0.4, 1.2, -0.7, 0.9, 0.3, 1.1])
ONE = np.uint64(1)
MAXIT = 10**13
ROW, COLUMN = np.uint64(0), np.uint8(1)
AXES = namedtuple("AXES", "first second")(0, 1)


def has_a_left_neighbour(x, n):
    y = x * 0.5
    for i in range(n):
        if i - ONE < n:
            y[i] = np.sin(y[i - ONE]) * y[i]
    return np.sum(y)


def below(x, n):
    s = 1.0
    for i in range(0, n):
        if i - n < 0:
            s = np.sin(s * x[i])
        else:
            s = s * x[i]
    return s


def below_in_a_list(x, n):
    s = 1.0
    for v in [x[i] * x[i] * (1.0 if i - n < 0 else 2.0) for i in range(0, n)]:
        s = np.sin(s * v)
    return s


def largest(x, n):
    best = n - n
    for i in range(n):
        if x[i] > x[best]:
            best = i
    return x[best] ** 2


def as_many_items(x, n):
    squares = [x[i] * x[i] for i in range(n)]
    products = [0.0] * n
    for i in range(n):
        products[i] = squares[i] * x[0]
    return sum(products)


def from_two_bounds(x, n):
    s = 1.0
    for i in range(n - n, n):
        if i - ONE < n:
            s = np.sin(s * x[i])
    return s


def triangle(x, n):
    s = 1.0
    for i in range(n):
        for j in range(i):
            s = np.sin(s * x[i] * x[j])
    return s


@pytest.mark.compiled
@pytest.mark.parametrize("dtype", [np.uint64, *(pytest.param(t, marks=pytest.mark.full) for t in (np.uint32, np.int32))])
@pytest.mark.parametrize("f", [has_a_left_neighbour, below, below_in_a_list, largest, as_many_items, triangle, from_two_bounds])
def test_the_types_of_counters(f: Function, dtype: type) -> None:
    """Python's own counters have one type: only compiled code can tell."""
    primal, n, h = njit(f), dtype(5), 1e-6
    y, x_bar = wg.value_and_grad(f)(X, n)
    np.testing.assert_allclose(y, primal(X, n), rtol=1e-14)
    slopes = [(primal(X + h * e, n) - primal(X - h * e, n)) / (2.0 * h) for e in np.eye(X.size)]
    np.testing.assert_allclose(x_bar, slopes, rtol=1e-7, atol=1e-9)


# ---- what is no whole number -------------------------------------------------------------------------------------------


def half_as_many(x, n):
    s = 0.0
    for i in range(n / 2):
        s = 0.5 * s + x[i]
    return s


def from_a_float(x, n):
    y = x * 0.5
    for i in range(1.0, n):
        y[i] = np.sin(y[i - 1]) * y[i]
    return np.sum(y)


def in_a_list(x, n):
    return sum([x[i] * x[i] for i in range(0.0, n)])


def fewer_of_two_types(x, n):
    y = x * 0.5
    for i in range(min(len(x), n)):
        y[i] = np.sin(y[i]) * y[0]
    return np.sum(y)


def unsigned_beside_an_array(x, n):
    s = 1.0
    for i, v in zip(range(n), x):
        s = np.sin(s * v * x[i])
    return s


def by_one(x, n):
    s = 1.0
    for i in range(n - n, n, 1):
        s = np.sin(s * x[i])
    return s


def up_to_a_float(x, n):
    y = x * 0.5
    for i in range(4, 6):
        y[i] = np.sum(y[math.pi : i]) * y[0]
    return np.sum(y)


@pytest.mark.parametrize(("f", "n", "what"), [
    (half_as_many, 6, "a range with a float"), (from_a_float, 6, "a range with a float"), (in_a_list, 6, "a range with a float"),
    (fewer_of_two_types, np.uint64(6), "a range with a float"),
    (unsigned_beside_an_array, np.uint32(5), "an unsigned range among other series"),
    (by_one, np.uint32(5), "with a step of 1 that is written out"),
    (up_to_a_float, 6, "a float as a bound of a slice"),
])  # fmt: skip
def test_what_is_no_whole_number_is_refused(f: Function, n: Any, what: str) -> None:
    with pytest.raises(wg.UnsupportedError, match=what):
        wg.grad(f).source_for(X, n)


# ---- constants of the module -------------------------------------------------------------------------------------------


def along_axes(m):
    both = np.concatenate((m, m * m), axis=COLUMN)
    return np.sum(both.sum(axis=ROW) ** 2) + np.sum(np.expand_dims(m, AXES.second) ** 3) + np.sum(np.diag(m, AXES.second) ** 2)


def shaped(m):
    return np.sum(m.reshape(np.uint32(3), -1)[0] ** 2) + np.sum(m.reshape(np.uint8(3), 2)[1] ** 3)


@pytest.mark.parametrize("f", [along_axes, shaped])
def test_axes_and_extents_of_any_type_of_integer(f: Function) -> None:
    agrees(f, X.reshape(2, 3))


@pytest.mark.compiled
@pytest.mark.parametrize("f", [along_axes, shaped])
def test_axes_and_extents_of_any_type_of_integer_compiled(f: Function) -> None:
    m = X.reshape(2, 3)
    y, m_bar = wg.value_and_grad(f)(m)
    np.testing.assert_allclose(y, njit(f)(m), rtol=1e-14)
    np.testing.assert_allclose(m_bar, wg.grad(f).python_for(m)(m), rtol=1e-14)


def root(x):
    s = x[0]
    for _ in range(MAXIT):
        d = (s * s - x[1]) / (2.0 * s)
        s = s - d
        if abs(d) < 1e-12:
            break
    return s


def test_no_room_is_made_for_all_rounds_of_a_limit() -> None:
    agrees(root, X)


def test_argnums_is_not_none() -> None:
    with pytest.raises(TypeError, match="argnums takes positions or names, not a NoneType"):
        wg.grad(root, argnums=None)
