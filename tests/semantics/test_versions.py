"""Types of names: Numba gives each version of a name its own, and types a callee for any number that it may be given.

Whole numbers and floats are not the same: an array that is filled with 0 cuts off what is written into it.  CPython makes other
arrays than Numba here, so each program of the first part stands beside one that says with floats what Numba makes of it.
"""
# ruff: noqa: SIM108

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests import oracles, shipped
from tests.semantics.agreement import agrees, run

X = np.array([0.7, -1.3, 0.4, 1.1, 0.9, -0.6])
FIRST, MODES = True, (0, 1)

# ---- what is passed is not known ------------------------------------------------------------------------------------


@njit
def legendre(x, order):
    if order == 0:
        return 1
    elif order == 1:
        return x
    return 0.5 * (3 * x * x - 1)


@njit
def start(x, zero):
    if zero:
        s = 0
    else:
        s = x[0]
    return s


@njit
def weight(x, mode=0):
    if mode == 0:
        w = 2
    else:
        w = x[0]
    return w


@njit
def twice(x, k, first):
    if first:
        w = 2 * k
    else:
        w = x[0]
    return w


@njit
def base(x, two):
    if two:
        y = 2
    else:
        y = x
    return y


@njit
def holds(x):
    return True


@njit
def changed(x, order):
    if x[0] > 0.0:
        order = 1
    if order == 0:
        return x[1]
    return x[2]


@njit
def compared(x, order, k):
    if order < k:
        return x[1]
    return x[2]


def of_what_the_callee_changes(x, k):
    return changed(x, 0) * changed(-x, 0) * x[0]


def of_what_is_not_known(x, k):
    return compared(x, 0, k) * compared(x, 1, k) * x[0]


@njit
def filled(x, value):
    a = np.full(3, value)
    a[0] = x[1] * x[2]
    return np.sum(a * x[:3])


def of_an_argument(x, k):
    return filled(x, start(x, True))


def of_a_global(x, k):
    return filled(x, start(x, FIRST))


def of_a_default(x, k):
    return filled(x, weight(x))


def of_a_computed_number(x, k):
    return filled(x, twice(x, k, True))


def of_a_power(x, k):
    return base(x[0], True) ** (-k) * x[1]


def of_several_branches(x, k):
    s = 0.0
    for i in range(3):
        c = np.full(2, legendre(x[i], 0))
        c[0] = x[i]
        s += np.sum(c * x[:2])
    return s


def of_items(x, k):
    s = 0.0
    for mode in (0, 1):
        if mode == 0:
            w = 2
        else:
            w = x[0]
        a = np.full(3, w)
        a[0] = x[1] * x[2]
        s += np.sum(a * x[:3])
    return s


def of_a_captured_tuple(x, k):
    mode = MODES[0]
    if mode == 0:
        w = 2
    else:
        w = x[0]
    return filled(x, w)


def of_a_module(x, k):
    if shipped.ORDER == 0:
        w = 2
    else:
        w = x[0]
    return filled(x, w)


def of_a_result(x, k):
    if holds(x):
        w = 2
    else:
        w = x[0]
    return filled(x, w)


def several_branches_meant(x, k):
    s = 0.0
    for i in range(3):
        s += x[i] * x[0] + x[1]
    return s


PASSED: dict[Callable[..., Any], Callable[..., Any]] = {
    of_what_the_callee_changes: lambda x, k: -x[2] * x[1] * x[0],
    of_what_is_not_known: lambda x, k: x[1] * x[2] * x[0],
    of_an_argument: lambda x, k: x[0] * x[1] * x[2],
    of_a_global: lambda x, k: x[0] * x[1] * x[2],
    of_a_default: lambda x, k: x[0] * x[1] * x[2] + 2.0 * x[1] + 2.0 * x[2],
    of_a_computed_number: lambda x, k: x[0] * x[1] * x[2] + 2.0 * k * (x[1] + x[2]),
    of_a_power: lambda x, k: 0.5 * x[1],
    of_several_branches: several_branches_meant,
    of_items: lambda x, k: 2.0 * x[0] * x[1] * x[2] + (2.0 + x[0]) * (x[1] + x[2]),
    of_a_captured_tuple: lambda x, k: x[0] * x[1] * x[2] + 2.0 * x[1] + 2.0 * x[2],
    of_a_module: lambda x, k: x[0] * x[1] * x[2] + 2.0 * x[1] + 2.0 * x[2],
    of_a_result: lambda x, k: x[0] * x[1] * x[2] + 2.0 * x[1] + 2.0 * x[2],
}


@pytest.mark.parametrize("function", PASSED, ids=lambda f: f.__name__)
def test_what_a_callee_is_given_is_not_known_when_it_is_typed(function) -> None:
    v = np.cos(np.arange(6.0))
    meant = PASSED[function]
    y, y_dot = run(wg.jvp(function), (X, 1), (v, None))
    expected, expected_dot = run(wg.jvp(meant), (X, 1), (v, None))
    assert y == pytest.approx(expected, rel=1e-14) and y_dot == pytest.approx(expected_dot, rel=1e-13)
    value, gradient = run(wg.value_and_grad(function), X, 1)
    assert value == pytest.approx(expected, rel=1e-14)
    np.testing.assert_allclose(gradient, run(wg.grad(meant), X, 1), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(run(wg.hvp(function), X, v, 1), run(wg.hvp(meant), X, v, 1), rtol=1e-13, atol=1e-14)


@pytest.mark.compiled
@pytest.mark.parametrize(
    "function", [pytest.param(f, marks=[] if f in (of_an_argument, of_a_default) else pytest.mark.full) for f in PASSED],
    ids=lambda f: f.__name__,
)
def test_numba_means_the_same(function) -> None:
    assert njit(function)(X, 1) == pytest.approx(PASSED[function](X, 1), rel=1e-14)
    value, gradient = wg.value_and_grad(function)(X, 1)
    assert value == pytest.approx(PASSED[function](X, 1), rel=1e-14)
    np.testing.assert_allclose(gradient, run(wg.grad(PASSED[function]), X, 1), rtol=1e-13, atol=1e-15)


# ---- a name with several types --------------------------------------------------------------------------------------


def a_layout_that_changes_later(x, k):
    a = x.reshape(2, 3) * 1.0
    b = a.ravel()
    b[0] = x[1] * x[2]
    if k > 5:
        a = a[:, ::-1]
    return np.sum(a * a)


def a_layout_that_changes_in_a_loop(x, k):
    a = x.reshape(2, 3) * 1.0
    b = np.ravel(a)
    s = 0.0
    for _ in range(2):
        b[0] = x[1] * x[2]
        s += np.sum(a)
        a = a[:, ::-1]
    return np.sum(a * a) * s


def an_array_without_gaps_here(x, k):
    a = x.reshape(2, 3) * 1.0
    b = np.ascontiguousarray(a)
    if k > 5:
        a = a[:, ::-1]
    return np.sum(a * b)


def in_place_before_it_is_a_view(x, k):
    a = x.copy()
    a += x
    a[0] *= 2.0
    b = a.ravel()
    b[1] = 3.0 * x[0]
    if k > 0:
        a = a[::2]
    a *= x[1]
    return np.sum(a) * b[1]


def a_size_that_becomes_a_number(x, k):
    n = 3
    a = np.zeros(n)
    for i in range(n):
        a[i] = x[i] * n
    if k > 0:
        n = np.sum(a)
    return n * x[1]


def an_index_of_two_definitions(x, k):
    n = 2
    if k > 0:
        n = 3
    s = x[n]
    if s > -5:
        n = x[0]
    return s * n


def an_index_in_a_loop(x, k):
    s = 0.0
    for i in range(4):
        y = (i * i) % 6
        s += x[y] * x[y + 1]
        if i > 1:
            y = x[i] * 2.0
        s += y * x[0]
    return s


def a_bool_a_number_and_a_float(x, k):
    n = True
    s = 0.0
    if n:
        s += x[0]
    if k > 0:
        n = 2
    s += x[n]
    if s > -5:
        n = x[0]
    return s * n


def a_parameter(x, n):
    s = 0.0
    for i in range(n + 1):
        s += x[i]
    if s > 0:
        n = x[0] * 0.5
    return s * n * x[1]


def a_counter(x, k):
    i = x[0] * x[1]
    s = i
    if k > 5:
        s += 1.0
    for i in range(3):
        s += x[i] * x[i + 1]
    return s * i * x[0]


TYPED = [
    a_layout_that_changes_later, a_layout_that_changes_in_a_loop, an_array_without_gaps_here, in_place_before_it_is_a_view,
    a_size_that_becomes_a_number, an_index_of_two_definitions, an_index_in_a_loop, a_bool_a_number_and_a_float, a_parameter,
    a_counter,
]  # fmt: skip


@pytest.mark.parametrize("function", TYPED, ids=lambda f: f.__name__)
def test_each_version_has_its_own_type(function) -> None:
    agrees(function, X, 1)


@pytest.mark.compiled
@pytest.mark.parametrize("function", [a_layout_that_changes_later, an_index_of_two_definitions], ids=lambda f: f.__name__)
def test_each_version_has_its_own_type_compiled(function) -> None:
    value, gradient = wg.value_and_grad(function)(X, 1)
    assert value == pytest.approx(njit(function)(X, 1), rel=1e-14)
    np.testing.assert_allclose(gradient, run(wg.grad(function), X, 1), rtol=1e-13)


def test_a_whole_number_has_no_gradient_whatever_its_name_becomes() -> None:
    with pytest.raises(wg.NotDifferentiableError, match="`n`: it is an integer"):
        run(wg.grad(a_parameter, (0, 1)), X, 2)


def filled_anew(x, k):
    s = x[0]
    for i in range(4):
        y = 0
        a = np.full(2, y)
        a[0] = s * 3.0
        if i == 2:
            y = x[i]
        s += a[0] * x[1] + y * x[i]
    return s


@pytest.mark.compiled
def test_an_array_of_whole_numbers_stays_one() -> None:
    value, gradient = wg.value_and_grad(filled_anew)(X, 1)
    assert value == njit(filled_anew)(X, 1)
    (differences,) = oracles.difference_gradient(njit(filled_anew), (X, 1), (0,))
    np.testing.assert_allclose(gradient, differences, rtol=1e-6)
