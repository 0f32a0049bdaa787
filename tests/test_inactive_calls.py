"""Functions without a rule, on data that no derivative flows through: labels, sorted indices, statistics of constants, matrices."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numba as nb
import numpy as np
import pytest
from numba import float64, njit

import wengert as wg
from tests.semantics.agreement import agrees, run
from wengert import UnsupportedError

X = np.array([0.7, -1.3, 0.4, 2.1])
G = np.array([3, 1, 2, 1, 0])
Function = Callable[..., Any]


def labels(x, g):
    found = np.unique(g)
    s = 0.0
    for k in range(found.size):
        s += x[found[k]] * (k + 1)
    return s * x[0]


def in_order(x, g):
    s = 1.0
    for i in np.sort(g):
        s *= 1.0 + x[i] * 0.1
    return s


def statistics_of_constants(x, g):
    middle = np.median(np.array([1.0, 5.0, 2.0]))
    part = np.percentile(np.arange(5.0), 30.0)
    return middle * x[0] * x[1] + part * x[2]


def principal_axes(x, g):
    values, vectors = np.linalg.eigh(np.array([[2.0, 0.5], [0.5, 1.0]]))
    y = vectors @ x[:2]
    return np.sum(y * y * values)


def inverse_of_each_round(x, g):
    a = np.linalg.inv(np.array([[2.0, 0.5], [0.5, 1.0]]))
    s = 0.0
    for k in range(3):
        y = a @ x[k : k + 2]
        s += y @ y
        a = np.linalg.inv(a + 0.5)
    return s


def sorted_buffer_that_changes(x, g):
    buffer = np.arange(4.0)
    s = 0.0
    for k in range(3):
        s += np.sort(buffer)[k] * x[k] * x[k]
        buffer[k] = -k * 1.5
    return s * s


@njit
def interval(t, knots):
    return np.searchsorted(knots, t, side="right") - 1


def in_a_helper(x, g):
    knots = np.linspace(-2.0, 3.0, 6)
    s = 0.0
    for i in range(4):
        k = interval(x[i], knots)
        s += (x[i] - knots[k]) * (k + 1)
    return s * x[0]


def tuples_of_results(x, g):
    counts, edges = np.histogram(np.arange(6.0), 3)
    rows, columns = np.tril_indices(2)
    s = 0.0
    for k in range(rows.size):
        s += x[rows[k]] * x[columns[k] + 1] * counts[0] * edges[1]
    return s * math.gcd(12, g[0] * 6)


def factors_of_a_constant(x, g):
    q, r = np.linalg.qr(np.array([[2.0, 0.5], [0.5, 1.0]]))
    return (q @ x[:2]) @ (r @ x[2:]) * np.linalg.det(r)


def sorted_copy_that_is_written_to(x, g):
    b = np.sort(g * 0.5)
    b[1] = x[0] * x[1]
    return np.sum(b * b * x[2])


def masks(x, g):
    s = 0.0
    for i in range(3):
        s += np.sum(np.isin(g, np.array([i, 1]))) * x[i] * x[i + 1].item()
    return s * np.max(g)


SERVED = [
    labels, in_order, statistics_of_constants, principal_axes, inverse_of_each_round, sorted_buffer_that_changes, in_a_helper,
    tuples_of_results, factors_of_a_constant, sorted_copy_that_is_written_to, masks,
]  # fmt: skip


@pytest.mark.parametrize("function", SERVED, ids=lambda f: f.__name__)
def test_calls_on_what_carries_no_derivative(function: Function) -> None:
    agrees(function, X, G)


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize("function", SERVED, ids=lambda f: f.__name__)
def test_numba_means_the_same(function: Function) -> None:
    value, gradient = wg.value_and_grad(function)(X, G)
    assert value == pytest.approx(njit(function)(X, G), rel=1e-13)
    np.testing.assert_allclose(gradient, run(wg.grad(function), X, G), rtol=1e-12)


def dtypes_as_texts_and_of_numba(x, g):
    a = np.zeros(3, dtype="float64")
    b = np.zeros(3, dtype=nb.float32)
    c = np.zeros(2, dtype=float64)
    a[0] = x[0] * x[1]
    b[1] = x[2]
    c[0] = nb.float64(3) * x[3]
    flag = nb.boolean(x[0])
    return a[0] * c[0] + b[1] * nb.int64(x[3]) * flag


@pytest.mark.compiled
def test_dtypes_of_numba() -> None:
    """In CPython they are none."""
    value, gradient = wg.value_and_grad(dtypes_as_texts_and_of_numba)(X, G)
    assert value == njit(dtypes_as_texts_and_of_numba)(X, G)
    np.testing.assert_allclose(gradient, [3 * X[1] * X[3], 3 * X[0] * X[3], 2.0, 3 * X[0] * X[1]], rtol=1e-6)


def of_what_moves(x, g):
    return np.sum(np.sort(x) * x)


def of_a_buffer_that_moves_later(x, g):
    buffer = np.zeros(3)
    for i in range(3):
        buffer[i] = x[i] * np.median(buffer)
    return buffer.sum()


@njit
def determinant(a):
    return np.linalg.det(a)


def where_a_helper_is_called(x, g):
    return determinant(np.outer(x[:2], x[1:3])) * x[0]


REFUSED: dict[Function, str] = {of_what_moves: "np.sort", of_a_buffer_that_moves_later: "np.median",
                                where_a_helper_is_called: "np.linalg.det"}  # fmt: skip


@pytest.mark.parametrize("transform", [wg.grad, wg.jvp, wg.hvp])
@pytest.mark.parametrize("function", REFUSED, ids=lambda f: f.__name__)
def test_calls_on_what_carries_one_are_refused(function: Function, transform: Any) -> None:
    args = {wg.grad: (X, G), wg.jvp: ((X, G), (X, None)), wg.hvp: (X, X, G)}[transform]
    with pytest.raises(UnsupportedError, match=f"there is no derivative rule for `{REFUSED[function]}`"):
        transform(function).source_for(*args)


def test_edges_of_a_histogram_that_are_handed_back() -> None:
    def f(x, edges):
        return np.histogram(edges, edges)[1][0] * x[0]

    with pytest.raises(UnsupportedError, match="edges of your own"):
        run(wg.grad(f), X, np.arange(3.0))


def written_where_it_was_resized_from(x, g):
    a = np.arange(1.0, 4.0)
    r = np.resize(a, 2)
    r[0] = 10.0
    return a[0] * x[0] * x[1]


def what_moves_through_a_resized_part(x, g):
    a = np.arange(1.0, 4.0)
    r = np.resize(a, 3)
    r[0] = x[0] * x[1]
    return a[0] * a[0] * x[2]


RESIZED = [written_where_it_was_resized_from, what_moves_through_a_resized_part]


@pytest.mark.parametrize("function", RESIZED, ids=lambda f: f.__name__)
def test_what_numba_resizes_may_be_a_part_of_the_array(function: Function) -> None:
    """In Numba, not in CPython, `np.resize` to what is no larger is a view: writes pass through it."""
    with pytest.raises(UnsupportedError, match=r"there is no derivative rule for `np\.resize`"):
        run(wg.grad(function), X, G)


def test_what_does_not_move_for_one_argument_moves_for_another() -> None:
    def f(x, t):
        return np.sum(x * np.sort(t))

    t = np.array([3.0, 1.0, 2.0, 0.5])
    np.testing.assert_array_equal(run(wg.grad(f), X, t), np.sort(t))
    with pytest.raises(UnsupportedError, match=r"np\.sort"):
        run(wg.grad(f, argnums=1), X, t)
