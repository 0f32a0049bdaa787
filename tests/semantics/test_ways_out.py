"""A name that is bound before an exit, and what it is behind it: whole numbers and floats.

`product` shows which type a number has: an array that is filled with a whole number cuts off what is written into it.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run
from wengert import TransformError

X = np.array([0.7, -1.3, 0.4, 2.1])
Function = Callable[..., Any]


@njit
def product(w, x):
    a = np.full(2, w)
    a[0] = x[1] * 3
    return a[0] * a[1] * x[2]


def at_once(x):
    w = 1
    if x[0] > 5:
        w = x[0]
        return w
    return product(w, x)


def one_way(x):
    w = 1
    if x[0] > 5:
        w = x[0]
        if x[1] > 0:
            return w
    return product(w, x)


def behind_a_break(x):
    w = 1
    for i in range(3):
        if x[i] > 5:
            w = x[i]
            break
    return product(w, x)


def sum_that_returns(x):
    s = 0
    for i in range(4):
        s += x[i] * x[i]
        if s > 5:
            s = s * 0.5
            return s
    return s * x[0]


def best_so_far(x):
    best, n = 0, 0
    while n < 4:
        n += 1
        if x[n - 1] < 0:
            continue
        if x[n - 1] > best:
            best = x[n - 1]
            if best > 2:
                break
    return best * x[1] + n


def continued(x):
    s = 0.0
    for i in range(3):
        w = 1
        if x[i] > 5:
            w = x[i]
            continue
        s += (w << 1) * x[i] if x[0] > 5 else (w // 2) * x[i]
    return s


@njit
def helper(x, y):
    s = 0
    for i in range(4):
        if x[i] > y:
            s = x[i] * y
            return s
        s += i
    return 2.5


def in_helpers(x):
    return helper(x, 5.0) * helper(x, x[0]) * helper(x, 2 * x[0]) * x[2]


MEANT: dict[Function, Function] = {
    at_once: lambda x: np.trunc(x[1] * 3) * x[2],
    one_way: lambda x: x[1] * 3 * x[2],
    behind_a_break: lambda x: x[1] * 3 * x[2],
}


@pytest.mark.parametrize("function", MEANT, ids=lambda f: f.__name__)
def test_the_type_behind_it(function: Function) -> None:
    assert run(wg.value_and_grad(function), X)[0] == pytest.approx(MEANT[function](X), rel=1e-14)


@pytest.mark.parametrize("function", [sum_that_returns, best_so_far, continued, in_helpers], ids=lambda f: f.__name__)
def test_what_types_do_not_change_is_differentiated(function: Function) -> None:
    agrees(function, X)


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize("function", MEANT, ids=lambda f: f.__name__)
def test_numba_means_the_same(function: Function) -> None:
    assert njit(function)(X) == pytest.approx(MEANT[function](X), rel=1e-14)


def returned(x):
    w = 1
    for i in range(3):
        if x[i] > 5:
            w = x[i]
            return w
    return product(w, x)


def broken(x):
    w, s = 1, 0.0
    for i in range(3):
        if x[i] > 5:
            w = x[i]
            break
        s += 7 / (w * x[i])
        s += (w // 2) * x[0]
    return s


def two_loops(x):
    w = 1
    for i in range(3):
        for j in range(2):
            if x[i] > 5 + j:
                w = x[i]
                return w
    return product(w, x)


@njit
def left_early(x):
    w = 1
    for i in range(3):
        if x[i] > 5:
            w = x[i]
            return w
    return product(w, x)


def in_a_helper(x):
    return left_early(x) * x[3]


@pytest.mark.parametrize("function", [returned, broken, two_loops, in_a_helper], ids=lambda f: f.__name__)
def test_what_would_have_another_type_is_refused(function: Function) -> None:
    with pytest.raises(TransformError, match=r"`w` has one type here, and another where it is bound in line \d+"):
        run(wg.grad(function), X)
