"""What decides a branch for Numba, and what does not: constants through names, calls, items, defaults, jumps and exits.

`product` shows which type a number has: an array that is filled with a whole number cuts off what is written into it.
"""
# ruff: noqa: SIM108, SIM201

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import run

X = np.array([0.7, -1.3, 0.4, 2.1])
THRESHOLD, MEAN, ORDER = np.float32(0.1), False, 0


@njit
def product(w, x):
    a = np.full(2, w)
    a[0] = x[1] * 3
    return a[0] * a[1] * x[2]


@njit
def zero():
    return 0


@njit
def one():
    return 1


@njit
def mode(x, n):
    if n:
        w = 1
    else:
        w = x[0]
    return product(w, x)


@njit
def first_of(t, x):
    a, _ = t
    if a == 0:
        w = 1
    else:
        w = x[0]
    return product(w, x)


@njit
def at(x, s):
    if s == 0.1:
        return x[0] * x[1]
    return x[2] * x[3]


@njit
def rows(x, k, flag=False):
    if k == 0:
        r = x
    else:
        r = -x
    if not flag:
        return r.sum()
    return r[0]


@njit
def zeros(n, dtype):
    return np.zeros(n, dtype)


def parameter_bound_again(x, n=1):
    if n > 3:
        n = zero()
    if n == 0:
        y = x[0] * 2
    else:
        y = x[0] * 3
    return y * x[1]


def flag_of_later_rounds(x, n=0):
    s = 0.0
    for i in range(4):
        if n:
            s += x[i] * x[i]
        else:
            s += x[i]
        n = one()
    return s


def float32_passed(x):
    return at(x, THRESHOLD)


def local_passed(x):
    flag = True
    return mode(x, flag)


def global_through_two_names(x):
    n = ORDER
    m = n
    return mode(x, m)


def items_passed(x):
    return first_of((0, 1), x)


def negated(x):
    n = 0
    if not n:
        w = 1
    else:
        w = x[0]
    return product(w, x)


def negated_comparison(x):
    n = 0
    if not n == 0:
        w = x[0]
    else:
        w = 1
    return product(w, x)


def default_of_its_own(x, m=0):
    if m == 0:
        w = 1
    else:
        w = x[0]
    a = np.full(2, w)
    a[0] = x[1] * 3
    return a[0] * a[1] * x[2]


def endless_loop(x):
    w = x[0]
    while True:
        w = 1
        if x[0] > 0:
            break
    return product(w, x)


def branch_that_raises(x):
    w = 1
    if x[0] < 0:
        w = x[0]
        raise ValueError
    return product(w, x)


def index_where_nothing_is_raised(x):
    n = 3
    if x[0] < 0:
        n = x[0] * 2
        raise ValueError("no")
    return x[n] * x[n]


def index_behind_an_endless_loop(x):
    n = -1.0
    while True:
        n = 3
        if x[0] > 0:
            break
    return x[n] * x[n]


def number_where_something_is_raised(x):
    y = x * 2.0
    if x[0] > 5.0:
        y = 3.0
        raise ValueError("no")
    return y[0] * x[1]


def global_that_decides(x):
    s = 0.0
    for k in range(4):
        if k == 0:
            r = x
        else:
            r = -x
        if not MEAN:
            s += r.sum()
        else:
            s += r[0]
    return s * s


def flag_that_decides(x):
    s = 0.0
    for k in range(4):
        s += rows(x, k)
    return s * s


def dtype_passed(x):
    a = zeros(2, np.float64)
    a[0] = x[0]
    return a[0] * a[0]


def of_an_int(x):
    return np.trunc(x[1] * 3) * x[2]


def of_a_float(x):
    return x[1] * 3 * x[2]


def of_an_item(x):
    return x[1] * 3 * x[0] * x[2]


Function = Callable[..., Any]
MEANT: dict[Function, Function] = {
    parameter_bound_again: lambda x: x[0] * 3 * x[1],
    flag_of_later_rounds: lambda x: x[0] + x[1] ** 2 + x[2] ** 2 + x[3] ** 2,
    float32_passed: lambda x: x[2] * x[3],
    local_passed: of_a_float,
    global_through_two_names: of_an_item,
    items_passed: of_a_float,
    negated: of_an_int,
    negated_comparison: of_an_int,
    default_of_its_own: of_a_float,
    endless_loop: of_an_int,
    branch_that_raises: of_an_int,
    index_where_nothing_is_raised: lambda x: x[3] ** 2,
    index_behind_an_endless_loop: lambda x: x[3] ** 2,
    number_where_something_is_raised: lambda x: 2.0 * x[0] * x[1],
    global_that_decides: lambda x: 4.0 * np.sum(x) ** 2,
    flag_that_decides: lambda x: 4.0 * np.sum(x) ** 2,
    dtype_passed: lambda x: x[0] ** 2,
}


@pytest.mark.parametrize("function", MEANT, ids=lambda f: f.__name__)
def test_what_decides_a_branch(function: Function) -> None:
    v = np.cos(np.arange(4.0))
    y, y_dot = run(wg.jvp(function), (X,), (v,))
    expected, expected_dot = run(wg.jvp(MEANT[function]), (X,), (v,))
    assert (y, y_dot) == (pytest.approx(expected, rel=1e-14), pytest.approx(expected_dot, rel=1e-13))
    value, gradient = run(wg.value_and_grad(function), X)
    assert value == pytest.approx(expected, rel=1e-14)
    np.testing.assert_allclose(gradient, run(wg.grad(MEANT[function]), X), rtol=1e-13, atol=1e-15)


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize("function", MEANT, ids=lambda f: f.__name__)
def test_numba_means_the_same(function: Function) -> None:
    assert njit(function)(X) == pytest.approx(MEANT[function](X), rel=1e-14)
    value, gradient = wg.value_and_grad(function)(X)
    assert value == pytest.approx(MEANT[function](X), rel=1e-14)
    np.testing.assert_allclose(gradient, run(wg.grad(MEANT[function]), X), rtol=1e-13, atol=1e-15)


@pytest.mark.compiled
def test_no_branch_is_left_for_numba_to_take_away() -> None:
    """It takes away half of what a list of shadows is made in."""
    np.testing.assert_allclose(wg.grad(global_that_decides)(X), 8.0 * np.sum(X) * np.ones(4), rtol=1e-14)
