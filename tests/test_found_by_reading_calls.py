"""Programs that a reading of calls without a rule, and of rules by text, found wrong: each with what it should be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run

X = np.array([0.7, -1.3, 0.4, 2.1, -0.6])
M = np.array([[2.0, 1.0], [1.0, 1.0]])

Program = Callable[..., Any]


# ---- what a tuple holds that no derivative comes to ------------------------------------------------------------------


def edges_that_are_written(x):
    _, edges = np.histogram(np.arange(6.0), 3)
    edges[1] = x[0] * x[2]
    return np.sum(edges * edges)


def orthogonal_on_one_path(x, m):
    q, _ = np.linalg.qr(m)
    a = x[:4].copy().reshape(2, 2) * 2.0
    if x[0] > 0:
        a = q
    return np.sum(a * a) * x[1]


def vectors_that_are_written(x, m):
    w, v = np.linalg.eigh(m)
    v[0, 1] = x[0] * x[1]
    return np.sum(v * v) * w[0]


def vectors_in_a_tuple(x, m):
    pair = np.linalg.eigh(m)
    pair[1][0, 0] = x[0] * x[1]
    return np.sum(pair[1] * pair[1]) * pair[0][1]


def test_what_a_tuple_holds_may_be_written() -> None:
    agrees(edges_that_are_written, X)


@pytest.mark.parametrize("function", [orthogonal_on_one_path, vectors_that_are_written, vectors_in_a_tuple])
def test_an_array_of_a_tuple_may_carry_a_derivative_later(function: Program) -> None:
    agrees(lambda x: function(x, M), X)


# ---- what is called for what it raises -------------------------------------------------------------------------------


def checked(x, m):
    np.linalg.cholesky(m)
    return x[0] * x[1]


def inverted_for_nothing(x, m):
    inverse = np.linalg.inv(m)
    dead = inverse[0, 0] * 0.0  # noqa: F841
    return x[0] * x[1]


def out_of_range(x, m):
    np.percentile(m[0], 200.0)
    return x[0] * x[1]


RAISING = [(checked, np.linalg.LinAlgError), (inverted_for_nothing, np.linalg.LinAlgError), (out_of_range, ValueError)]


@pytest.mark.parametrize(("function", "error"), RAISING)
def test_it_raises_though_nobody_needs_what_it_gives(function: Program, error: type[Exception]) -> None:
    m = np.zeros((2, 2))
    with pytest.raises(error):
        run(wg.grad(function), X, m)
    with pytest.raises(error):
        run(wg.jvp(lambda x: function(x, m)), (X,), (X,))


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize(("function", "error"), RAISING)
def test_it_raises_compiled(function: Program, error: type[Exception]) -> None:
    with pytest.raises(error):
        wg.grad(function)(X, np.zeros((2, 2)))


# ---- norms, averages and bounds --------------------------------------------------------------------------------------


def not_zero(x):
    return np.linalg.norm(x, 0) * x[0]


def bounded_below(x):
    return np.sum(np.clip(x, 0.0, None) ** 2)


def bounded_below_by_name(x):
    return np.sum(np.clip(x, a_min=0.0, a_max=None) ** 2)


def bounded_below_by_a_method(x):
    return np.sum(x.clip(0.0, None) ** 2)


def weighed_by_an_array(x):
    a = np.outer(x, x)
    return np.average(a * x[0], weights=a)


RIGHT = [not_zero, bounded_below, bounded_below_by_name, bounded_below_by_a_method, weighed_by_an_array]


@pytest.mark.parametrize("function", RIGHT)
def test_it_is_differentiated(function: Program) -> None:
    agrees(function, X)


def weighed_by_a_row(x):
    return np.average(np.outer(x, x), weights=np.ones((1, 5)))


def test_weights_of_another_shape_raise_as_in_numba() -> None:
    with pytest.raises(TypeError, match="1D weights expected when shapes of a and weights differ"):
        run(wg.value_and_grad(weighed_by_a_row), X)


def norm_of_a_vector_that_lies_backwards(x):
    return np.linalg.norm(x[::-2]) * 1.0


@pytest.mark.compiled
def test_the_norm_of_a_vector_that_lies_backwards() -> None:
    """Numba hands it to a routine that reads other elements."""
    value, gradient = wg.value_and_grad(norm_of_a_vector_that_lies_backwards)(X)
    size = np.sqrt(0.7**2 + 0.4**2 + 0.6**2)
    assert value == pytest.approx(size, rel=1e-15)
    np.testing.assert_allclose(gradient, np.array([0.7, 0.0, 0.4, 0.0, -0.6]) / size, rtol=1e-14)


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize("function", RIGHT)
def test_numba_gives_that(function: Program) -> None:
    assert njit(function)(X) == pytest.approx(run(wg.value_and_grad(function), X)[0], rel=1e-14)
