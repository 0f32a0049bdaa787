"""Every transform of every transform: inside a function and handed over as it is, against differences.

In the first half a transform is called in a function of one array, which is transformed again; in the second it is
transformed directly, with all its arguments and results.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests import oracles

Array = np.ndarray[Any, Any]
V = np.array([0.6, -1.1, 0.8])
W = np.array([0.3, 0.9, -0.7])
X = np.array([0.7, 1.3, 0.4])


def polynomial(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i] ** 3 * x[i - 1]
    return s


def overwritten(x):
    a = x.copy()
    for i in range(1, len(a)):
        a[i] = a[i - 1] * np.sin(a[i])
        a[0] *= a[i]
    return np.sum(a * x)


def left_early(x):
    s = x[0]
    while True:
        s += 0.5 * s * x[1]
        if s > 4.0:
            break
    return np.log(s) * x[2]


def views(x):
    m = np.outer(x, x)
    d = m[1]
    d *= x
    return np.tanh(m[1, 2]) + np.dot(m[0], d)


def branching(x):
    s = 1.0
    for v in x:
        s = s * v if v > 0.5 else s + np.exp(v * s)
    return s * s


FUNCTIONS = (polynomial, overwritten, left_early, views, branching)


def inner(transform: str, f: Any) -> Callable[[Array], Any]:
    """A function of an array that calls a transform of f."""
    if transform == "grad":
        return lambda x: wg.grad(f)(x)
    if transform == "value_and_grad":
        def scaled(x):
            value, gradient = wg.value_and_grad(f)(x)
            return value * gradient
        return scaled
    if transform == "vjp":
        return lambda x: wg.vjp(f)((x,), x[0])[1][0]
    if transform == "jvp":
        return lambda x: wg.jvp(f)((x,), (V,))[1] * x
    if transform == "hvp":
        return lambda x: wg.hvp(f)(x, V)
    if transform == "jacfwd":
        return lambda x: wg.jacfwd(f)(x)
    if transform == "jacrev":
        return lambda x: wg.jacrev(f)(x)
    assert transform == "hessian"
    return lambda x: np.dot(wg.hessian(f)(x), V)


def outer(transform: str, g: Any) -> tuple[Array, Array]:
    """What a transform of g gives at X along V, with W as the weights of the results; and what differences give."""
    def total(x):
        return np.sum(g(x) * W)

    expected = oracles.directional_difference(lambda x: evaluated(g, x), (X,), (V,))
    scalar = np.dot(expected, W)
    match transform:
        case "jvp":
            return run(wg.jvp(g), (X,), (V,))[1], expected
        case "vjp":
            return np.dot(run(wg.vjp(g), (X,), W)[1][0], V), scalar
        case "jacfwd":
            return np.dot(run(wg.jacfwd(g), X), V), expected
        case "jacrev":
            return np.dot(run(wg.jacrev(g), X), V), expected
        case "grad":
            return np.dot(run(wg.grad(total), X), V), scalar
        case "value_and_grad":
            return np.dot(run(wg.value_and_grad(total), X)[1], V), scalar
        case "hvp":
            slope = wg.grad(total).python_for(X)
            return run(wg.hvp(total), X, V), oracles.directional_difference(slope, (X,), (V,))
        case _:
            slope = wg.grad(total).python_for(X)
            return np.dot(run(wg.hessian(total), X), V), oracles.directional_difference(slope, (X,), (V,))


def run(transformed: Any, *args: Any) -> Any:
    """The generated function as plain Python: nothing is compiled."""
    return transformed.python_for(*args)(*args)


def evaluated(g: Any, x: Array) -> Array:
    """g, with what is transformed in it as plain Python."""
    return run(wg.vjp(g), (x,), W)[0]


TRANSFORMS = ("grad", "value_and_grad", "vjp", "jvp", "hvp", "jacfwd", "jacrev", "hessian")


PAIRS = [(second, first) for second in TRANSFORMS for first in TRANSFORMS]
CASES = [
    pytest.param(f, *pair, marks=() if (number - 4 * place) % 27 == 0 else pytest.mark.full, id=f"{f.__name__}-{'-of-'.join(pair)}")
    for place, f in enumerate(FUNCTIONS) for number, pair in enumerate(PAIRS)
]  # fmt: skip


@pytest.mark.parametrize(("f", "second", "first"), CASES)
def test_inside_a_function(f: Any, second: str, first: str) -> None:
    found, expected = outer(second, inner(first, f))
    assert oracles.relative_gap(found, expected, scale=1e-2) <= 1e-6


# ---- transforms of transforms, directly ------------------------------------------------------------------------------

ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "grad": (X,), "value_and_grad": (X,), "jacfwd": (X,), "jacrev": (X,), "jacobian": (X,), "hessian": (X,),
    "hvp": (X, V), "vjp": ((X,), 0.7), "jvp": ((X,), (V,)),
}  # fmt: skip


@pytest.mark.parametrize("f", [overwritten, branching], ids=lambda f: f.__name__)
@pytest.mark.parametrize("first", ARGUMENTS)
def test_directly(first: str, f: Any) -> None:
    """Forward against differences, and reverse against forward, by everything that goes in."""
    transformed, args = getattr(wg, first)(f), ARGUMENTS[first]
    v = oracles.random_like(args, np.random.default_rng(0))
    y, along = run(wg.jvp(transformed), args, v)
    again = run(transformed, *args)
    np.testing.assert_allclose(oracles.flat(y), oracles.flat(again), rtol=1e-13)
    expected = oracles.directional_difference(transformed.python_for(*args), args, v)
    assert oracles.relative_gap(along, expected, scale=1e-2) <= 1e-7
    u = oracles.random_like(again, np.random.default_rng(1))
    _, bars = run(wg.vjp(transformed), args, u)
    assert oracles.dot_product_gap(u, along, bars, v) <= 1e-12


def test_any_order_of_modes() -> None:
    """The third derivative of sin(x) exp(x) along three directions, whatever the modes."""
    def product(x):
        return math.sin(x) * math.exp(x)

    third = 2 * math.exp(0.4) * (math.cos(0.4) - math.sin(0.4))
    forward = lambda f: lambda x: wg.jvp(f)((x,), (1.0,))[1]                    # noqa: E731
    reverse = lambda f: lambda x: wg.vjp(f)((x,), 1.0)[1][0]                    # noqa: E731
    for modes in [(a, b, c) for a in (forward, reverse) for b in (forward, reverse) for c in (forward, reverse)]:
        derivative: Any = product
        for mode in modes:
            derivative = mode(derivative)
        assert evaluated_number(derivative, 0.4) == pytest.approx(third, rel=1e-14)


def evaluated_number(f: Any, x: float) -> float:
    return float(run(wg.jvp(f), (x,), (1.0,))[0])


def test_the_fourth_derivative_of_a_loop() -> None:
    """x is multiplied n times with itself in a loop: x ** (n + 1), whose fourth derivative is (n+1) n (n-1) (n-2) x ** (n-3)."""
    def power(x, n):
        p = x
        for _ in range(n):
            p *= x
        return p

    derivative: Any = power
    for _ in range(4):
        derivative = wg.grad(derivative)
    assert run(derivative, 1.3, 9) == pytest.approx(10 * 9 * 8 * 7 * 1.3**6, rel=1e-9)
    assert run(derivative, -0.7, 4) == pytest.approx(5 * 4 * 3 * 2 * -0.7, rel=1e-9)
    assert run(derivative, 1.3, 2) == 0.0
