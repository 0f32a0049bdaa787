"""`@njit("float64(float64[:])")`: what was compiled is differentiated as it is, or refused."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import run

X = np.array([0.4, -1.2, 2.0, 0.9, 1.7])
M = np.array([[1.0, 2.0], [3.0, 4.0]])


@numba.njit("float64(float64[:], int64)")
def weighted(x, k):
    return np.sum(x * x) * k


@pytest.mark.parametrize("x", [X, X[::2], np.asfortranarray(X)])
def test_arrays_of_any_layout(x: Any) -> None:
    np.testing.assert_array_equal(run(wg.grad(weighted), x, 3), 6.0 * x)


@pytest.mark.parametrize("x", [X.astype(np.float32), X.reshape(5, 1)])
def test_other_types_are_refused(x: Any) -> None:
    with pytest.raises(wg.TransformError, match="`weighted` is compiled for"):
        wg.grad(weighted).source_for(x, 3)


def flat(m):
    for _ in range(1):
        r = m.ravel()
        r[0] = 5.0
    return m[0, 0] * m[0, 1]


ANY, ROWS = numba.njit("float64(float64[:, :])")(flat), numba.njit(["float64(float64[:, :])", "float64(float64[:, ::1])"])(flat)


def test_what_is_a_copy_in_an_array_of_any_layout() -> None:
    """Compiled for any layout, `ravel` makes a copy."""
    assert ANY(M.copy()) == 2.0 and ROWS(M.copy()) == 10.0
    with pytest.raises(wg.TransformError, match=r"(?s)`flat` is compiled for arrays of any layout.*r = m.ravel\(\)\n *\| *\^"):
        wg.grad(ANY).source_for(M)
    np.testing.assert_array_equal(run(wg.grad(ROWS), M.copy()), [[0.0, 5.0], [0.0, 0.0]])
    wide = np.repeat(M, 2, axis=0)[::2]
    np.testing.assert_array_equal(run(wg.grad(ANY), wide), [[2.0, 1.0], [0.0, 0.0]])
    np.testing.assert_array_equal(run(wg.grad(ROWS), wide), [[2.0, 1.0], [0.0, 0.0]])


@numba.njit
def first_of_rows(m, depth):
    if depth > 0:
        return first_of_rows(m, depth - 1)
    z = np.zeros_like(m)
    r = z.ravel()
    r[0] = 5.0
    return m[0, 0] * m[0, 1] + z[0, 0]


@numba.njit("float64(float64[:, :], int64)")
def deep(m, depth):
    return first_of_rows(m, depth) * 2.0


def test_what_is_a_copy_where_a_function_calls_itself() -> None:
    """What is made like an array of any layout lies by rows, and what is made like one by columns does not."""
    columns = np.asfortranarray(M)
    assert deep(columns, 1) == 14.0 and numba.njit(deep.py_func)(columns, 1) == 4.0
    assert run(wg.value_and_grad(deep), M, 1)[0] == 14.0
    with pytest.raises(wg.TransformError, match="`deep` is compiled for arrays of any layout"):
        wg.grad(deep).source_for(columns, 1)


def sine(x):
    return np.sin(x) * 3.0


def pair(x, k):
    return x * x, k * 2


@pytest.mark.parametrize("declared", ["float32", "int64"])
def test_results_that_are_converted_are_refused(declared: str) -> None:
    with pytest.raises(wg.TransformError, match=f"`sine` is compiled to return {declared}, and computes float64"):
        wg.grad(numba.njit(f"{declared}(float64)")(sine)).source_for(0.3)
    with pytest.raises(wg.TransformError, match=r"`pair` is compiled to return int64, and computes float64"):
        wg.grad(numba.njit("UniTuple(int64, 2)(float64, int64)")(pair), has_aux=True).source_for(0.3, 2)


def test_results_as_they_are() -> None:
    assert run(wg.grad(numba.njit("float64(float64)")(sine)), 0.3) == 3.0 * np.cos(0.3)
    made = numba.njit("Tuple((float64, int64))(float64, int64)")(pair)
    assert run(wg.grad(made, has_aux=True), 0.3, 2) == (0.6, 4)


def fills(x, y):
    y[:] = x * x
    return y


def test_arguments_that_are_results() -> None:
    made = numba.njit("float64[:](float64[:], float64[:])")(fills)
    (_, y), pulled = run(wg.vjp(made, outputs="y"), (X, np.zeros(5)), (np.ones(5), np.ones(5)))
    np.testing.assert_array_equal(y, X * X)
    np.testing.assert_array_equal(pulled[0], 4.0 * X)


def test_a_rule_that_is_compiled() -> None:
    """Of a rule, too, a result that is converted would be another number."""
    square = wg.custom_vjp(lambda x: x * x)
    square.defvjp(lambda x: (x * x, x), numba.njit("int64(float64, float64)")(lambda x, y_bar: 2.0 * x * y_bar))

    def f(x):
        return square(x) * x

    with pytest.raises(wg.TransformError, match="is compiled to return int64, and computes float64"):
        wg.grad(f).source_for(1.3)
