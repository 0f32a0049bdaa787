"""The oracles against derivatives written by hand: they accept what is right and catch what is wrong."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from numba import njit
from numba.extending import is_jitted

from tests import oracles

Array = np.ndarray[Any, np.dtype[np.float64]]
X = np.array([0.3, -0.7, 1.1])
K = 1.4


def value(x: Array, k: float, n: int) -> float:
    """Overwrites its argument, as programs may."""
    x *= x
    return float(np.sum(np.sin(k * x))) * n


def gradient(x: Array, k: float, n: int) -> tuple[Array, float]:
    return 2 * n * k * x * np.cos(k * x * x), float(n * np.sum(x * x * np.cos(k * x * x)))


def hessian_product(x: Array, k: float, n: int, v: Array, v_k: float) -> tuple[Array, float]:
    s, c = np.sin(k * x * x), np.cos(k * x * x)
    cross = 2 * n * x * (c - k * x * x * s)
    return (2 * n * k * c - 4 * n * k**2 * x**2 * s) * v + cross * v_k, float(cross @ v - n * np.sum(x**4 * s) * v_k)


def test_differences_give_the_gradient_to_ten_digits() -> None:
    found = oracles.difference_gradient(value, (X, K, 3), (0, 1))
    assert oracles.relative_gap(found, gradient(X, K, 3)) < 1e-10
    np.testing.assert_array_equal(X, [0.3, -0.7, 1.1])


def test_differences_along_a_direction_skip_inactive_slots() -> None:
    rng = np.random.default_rng(0)
    direction = oracles.random_like((X, K, 3), rng)
    assert direction[2] is None
    assert oracles.norm(direction) == pytest.approx(1.0)
    found = oracles.directional_difference(value, (X, K, 3), direction)
    assert found == pytest.approx(oracles.inner(direction[:2], gradient(X, K, 3)), rel=1e-10)


def test_differences_of_array_results_keep_the_structure() -> None:
    def pair(x: Array) -> tuple[Array, float]:
        return np.exp(x), float(x[0] * x[1])

    v = np.array([1.0, 2.0, -1.0])
    found = oracles.directional_difference(pair, (X,), (v,))
    assert oracles.relative_gap(found, (np.exp(X) * v, X[1] + 2.0 * X[0])) < 1e-10


def test_the_dot_product_test_catches_a_transposed_matrix() -> None:
    rng = np.random.default_rng(1)
    j, u, v = rng.normal(size=(3, 4)), rng.normal(size=3), rng.normal(size=4)
    assert oracles.dot_product_gap(u, j @ v, j.T @ u, v) < 1e-15
    assert oracles.dot_product_gap(u, j @ v, j.T @ u * (1 + 1e-9), v) > 1e-12


def test_the_symmetry_test_catches_an_asymmetry() -> None:
    rng = np.random.default_rng(2)
    h, u, v = rng.normal(size=(4, 4)), rng.normal(size=4), rng.normal(size=4)
    assert oracles.symmetry_gap(lambda w: (h + h.T) @ w, u, v) < 1e-14
    assert oracles.symmetry_gap(lambda w: h @ w, u, v) > 1e-3


def test_second_order_products_are_held_against_differences_of_the_gradient() -> None:
    v = (np.array([0.4, -0.2, 0.7]), 0.3)
    product = hessian_product(X, K, 3, *v)
    assert oracles.second_order_gap(product, gradient, (X, K, 3), (*v, None)) < 1e-9
    assert oracles.second_order_gap((product[0], 0.0), gradient, (X, K, 3), (*v, None)) > 1e-3


def test_a_result_that_is_not_finite_is_infinitely_far_away() -> None:
    assert oracles.relative_gap(np.array([1.0, np.nan]), np.array([1.0, np.nan])) == np.inf


def test_float32_is_promoted_and_random_structures_keep_it() -> None:
    args = (np.ones(2, np.float32), np.float32(2.0), 3)
    wide = oracles.promoted(args)
    assert wide[0].dtype == np.float64 and type(wide[1]) is float
    drawn = oracles.random_like(args, np.random.default_rng(3))
    assert drawn[0].dtype == np.float32 and type(drawn[1]) is np.float32 and drawn[2] is None


class Pair(NamedTuple):
    """A number and an array."""

    number: float
    array: Array


def test_tuples_and_namedtuples_keep_their_type() -> None:
    def value(pair: Pair, rest: tuple[int, tuple[float, ...]]) -> float:
        pair.array[0] *= pair.number
        return float(np.sum(pair.array)) * rest[1][0] * rest[0]

    args = (Pair(2.0, np.array([3.0, 1.0])), (2, (0.5, 1.0)))
    drawn = oracles.random_like(args, np.random.default_rng(4))
    assert type(drawn[0]) is Pair and drawn[1][0] is None
    found = oracles.difference_gradient(value, args, (0, 1))
    assert type(found[0]) is Pair and found[1][0] is None
    assert oracles.relative_gap(found, (3.0, [2.0, 1.0], 14.0, 0.0)) < 1e-10
    oracles.assert_structured_like((Pair(1.0, np.zeros(2)), (None, (1.0, 1.0))), args)
    with pytest.raises(AssertionError):
        oracles.assert_structured_like(((1.0, np.zeros(2)), (None, (1.0, 1.0))), args)


def double(x: float) -> float:
    return 2.0 * x


def quadruple(x: float) -> float:
    return double(double(x))


def test_a_compiled_primal_compiles_the_plain_functions_that_it_calls() -> None:
    assert oracles.compiled_primal(quadruple)(1.5) == 6.0


@njit
def down(x: float, n: int) -> float:
    return x if n == 0 else double(down(x, n - 1))


def test_an_interpreted_primal_takes_what_it_calls_out_of_numba() -> None:
    interpreted = oracles.interpreted_primal(down)
    assert not is_jitted(interpreted) and interpreted(1.5, 3) == 12.0
    assert interpreted.__globals__["down"] is interpreted
