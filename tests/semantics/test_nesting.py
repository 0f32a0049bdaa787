"""Transforms inside a differentiated function, and transforms of transforms: each level has adjoints and tangents of its own."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests import oracles
from tests.semantics.agreement import run

X = np.array([0.3, -0.7, 1.1])


def height(y, k):
    s = 0.0
    for i in range(len(y)):
        s += math.sin(k * y[i]) * y[i] ** 2
    return s


slope = wg.grad(height)


@wg.value_and_grad(argnums=(0, 1))
def volume(y, k):
    total = 0.0
    for value in range(y.size):
        if y[value] > 5.0:
            break
        total += y[value] ** 3 * k
    return total


def quartic(x):
    return x**4


def total(y, x):
    return x + y


# ---- inside a function ------------------------------------------------------------------------------------------------


def captured(x, k):
    g = slope(x * 2.0, k)
    v, (a, b) = volume(g, k)
    return v + np.sum(a) * b


def made_inside(x):
    g = wg.grad(height)(x, 0.5)
    return np.sum(g * g * x)


def by_name(x):
    return x[0] * wg.grad(height, argnums="k")(x, k=x[1])


def in_a_loop(x):
    y = x
    for _ in range(3):
        y = y - quartic(y) / wg.grad(quartic)(y)
    return y


def _newton_step(y):
    return y - quartic(y) / wg.grad(quartic)(y)


def in_a_helper(x):
    return _newton_step(_newton_step(x)) * x


def bound_to_a_name(x):
    derivative = wg.grad(quartic)
    return derivative(x) * derivative(2.0 * x)


def hessian_product(x):
    w = wg.hvp(height)(x, x * x, 0.7)
    return np.sum(w * x)


def forward_and_reverse(x):
    y, y_dot = wg.jvp(height)((x, 0.3), (x * 2.0, None))
    z, bars = wg.vjp(height)((x, 0.3), y)
    return y * y_dot + np.sum(bars[0]) * z


def perturbation(x):
    """Siskind & Pearlmutter's example: d/dx [x · d/dy (x + y)] = 1."""
    return x * wg.grad(total)(x, x)


def deep(x):
    return wg.grad(wg.grad(wg.grad(quartic)))(x) * x


@pytest.mark.parametrize(
    ("f", "args"),
    [(captured, (X, 0.4)), (made_inside, (X,)), (by_name, (X,)), (in_a_loop, (1.3,)), (in_a_helper, (1.3,)),
     (hessian_product, (X,)), (bound_to_a_name, (1.3,)), (forward_and_reverse, (X,)), (perturbation, (1.5,)), (deep, (0.8,))],
)  # fmt: skip
def test_a_transform_inside_a_differentiated_function(f: Any, args: tuple[Any, ...]) -> None:
    both = wg.value_and_grad(f).python_for(*args)

    def value(*given: Any) -> Any:
        return both(*given)[0]

    _, gradient = both(*args)
    v = oracles.random_like(args[0], np.random.default_rng(0))
    _, tangent = run(wg.jvp(f), args, (v, *(None for _ in args[1:])))
    along = lambda function: oracles.directional_difference(function, args, (v, *(None for _ in args[1:])))  # noqa: E731
    assert oracles.relative_gap(tangent, along(value), scale=1e-3) <= 1e-7
    assert oracles.dot_product_gap(1.0, tangent, gradient, v) <= 1e-12
    product = run(wg.hvp(f), args[0], v, *args[1:])
    assert oracles.relative_gap(product, along(wg.grad(f).python_for(*args)), scale=1e-2 * oracles.norm(gradient)) <= 1e-6


def test_perturbation_confusion() -> None:
    assert run(wg.grad(perturbation), 1.5) == 1.0
    assert run(wg.hvp(perturbation), 1.5, 1.0) == 0.0


@pytest.mark.compiled
def test_a_nested_transform_is_compiled_like_any_function() -> None:
    args = (X, 0.4)
    value, gradient = wg.value_and_grad(captured)(*args)
    assert value == njit(captured)(*args)
    np.testing.assert_array_equal(gradient, run(wg.grad(captured), *args))
    again = pickle.loads(pickle.dumps(wg.grad(captured)))
    np.testing.assert_array_equal(again(*args), gradient)


# ---- transforms of transforms -----------------------------------------------------------------------------------------


def test_derivatives_of_every_order() -> None:
    derivative: Any = quartic
    for expected in (4 * 1.5**3, 12 * 1.5**2, 24 * 1.5, 24.0, 0.0):
        derivative = wg.grad(derivative)
        assert run(derivative, 1.5) == pytest.approx(expected, rel=1e-14)


def test_reverse_over_reverse_and_reverse_over_forward_are_forward_over_reverse() -> None:
    v = np.array([0.5, -1.0, 2.0])
    product = run(wg.hvp(height), X, v, 0.4)
    _, (reverse_over_reverse, _) = run(wg.vjp(slope), (X, 0.4), v)
    np.testing.assert_allclose(reverse_over_reverse, product, rtol=1e-13)
    _, forward_over_reverse = run(wg.jvp(slope), (X, 0.4), (v, None))
    np.testing.assert_allclose(forward_over_reverse, product, rtol=1e-13)
    forward = wg.jvp(height)
    _, bars = run(wg.vjp(forward), ((X, 0.4), (v, None)), (0.0, 1.0))
    np.testing.assert_allclose(bars[0][0], product, rtol=1e-13)


def test_a_transform_of_a_transform_can_be_pickled() -> None:
    second = pickle.loads(pickle.dumps(wg.grad(wg.grad(quartic))))
    assert run(second, 1.5) == pytest.approx(27.0, rel=1e-14)
