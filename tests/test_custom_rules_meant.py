"""What a rule says is not questioned: rules that are no derivative of their function, and what is made of them in every mode; kinds
of arguments, results and residuals; what fails at run time."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests import oracles
from tests.semantics.agreement import run

X = np.array([0.3, -0.7, 1.4])
WEIGHTS = np.array([1.0, 2.0, 3.0])


def ruled(f: Any, fwd: Any, bwd: Any) -> Any:
    made = wg.custom_vjp(f)
    made.defvjp(fwd, bwd)
    return made


# ---- straight through -----------------------------------------------------------------------------------------------


@wg.custom_vjp
def rounded(x):
    return np.floor(x + 0.5)


def rounded_fwd(x):
    return rounded(x), None


def straight(_, y_bar):
    return (y_bar,)


rounded.defvjp(rounded_fwd, straight)


def quantised(w):
    return np.sum((rounded(w * 4.0) / 4.0 - w) ** 2 * WEIGHTS) + np.sum(rounded(w) ** 3)


def quantised_slope(w):
    q, r = np.floor(w * 4.0 + 0.5) / 4.0, np.floor(w + 0.5)
    return 2.0 * (q - w) * WEIGHTS * (1.0 - 1.0) + 3.0 * r**2


def test_straight_through() -> None:
    w = np.array([0.6, -1.7, 2.2])
    np.testing.assert_allclose(run(wg.grad(quantised), w), quantised_slope(w), rtol=1e-13)
    _, slope = run(wg.jvp(quantised), (w,), (X,))
    assert slope == pytest.approx(quantised_slope(w) @ X, rel=1e-13)
    expected = 6.0 * np.floor(w + 0.5) * X
    np.testing.assert_allclose(run(wg.hvp(quantised), w, X), expected, rtol=1e-13)
    twice = wg.grad(lambda w, v: np.sum(wg.grad(quantised)(w) * v))
    np.testing.assert_allclose(run(twice, w, X), expected, rtol=1e-13)


def test_numbers_straight_through() -> None:
    step = ruled(
        lambda x: 1.0 if x > 0 else 0.0,
        lambda x: (1.0 if x > 0 else 0.0, x),
        lambda x, y_bar: (y_bar * math.exp(-abs(x)),),
    )

    def cost(x):
        return (step(x) - 3.0 * x) ** 2

    x = 0.4
    assert run(wg.grad(cost), x) == pytest.approx(2.0 * (1.0 - 3.0 * x) * (math.exp(-x) - 3.0), rel=1e-14)


# ---- kinds of arguments, results and residuals --------------------------------------------------------------------------


def several(x, n, w=2.0):
    return x**n * w, n + 1, np.arange(3), x * w


def several_bwd(residuals, bars):
    (x, (n, two)), (), w, _ = residuals
    y_bar, n_bar, numbers_bar, z_bar = bars
    x_bar = n * x ** (n - 1) * w * y_bar + w * z_bar
    if n_bar is not None or numbers_bar is not None:
        x_bar = math.nan
    return x_bar, None, x**n * y_bar + x * z_bar * (two - 1.0)


def test_integers_constants_and_empty_tuples() -> None:
    function = ruled(several, lambda x, n, w: (several(x, n, w), ((x, (n, 2.0)), (), w, None)), several_bwd)

    def first(x, n):
        y, m, numbers, _ = function(x, n)
        return y * m + numbers[2]

    def last(x, w):
        return function(x, 3, w)[3] * function(x, 1, w)[0]

    assert run(wg.grad(first), 0.7, 3) == pytest.approx(4.0 * 2.0 * 3.0 * 0.7**2, rel=1e-14)
    found = run(wg.grad(last, (0, 1)), 0.7, 0.3)
    assert found == pytest.approx((2.0 * 0.7 * 0.3**2, 2.0 * 0.7**2 * 0.3), rel=1e-14)


def test_rules_that_are_derivatives() -> None:
    """`vjp` and `jvp` take and give what a rule is given and gives."""

    def power(x, n, spring):
        return spring[0] * x**n, n + 1, (x * spring[1], spring[2] * 2)

    backwards = ruled(
        power,
        lambda x, n, spring: (power(x, n, spring), (x, n, spring)),
        lambda residuals, bars: wg.vjp(power)(residuals, bars)[1],
    )
    forwards = wg.custom_jvp(power)
    forwards.defjvp(lambda primals, tangents: wg.jvp(power)(primals, tangents))
    args, dots, bars = (X, 3, (0.4, X[::-1].copy(), 2)), (X**2, None, (0.3, X, None)), (X + 1.0, None, (X - 1.0, None))
    for function in (backwards, forwards):
        for transform, given in ((wg.jvp, dots), (wg.vjp, bars)):
            y, moved = run(transform(function), args, given)
            expected, right = run(transform(power), args, given)
            assert oracles.relative_gap(y, expected) == 0.0
            assert oracles.relative_gap(moved, right) <= 1e-14


def test_an_argument_is_a_result() -> None:
    function = ruled(
        lambda x, k: (k, x * k, x),
        lambda x, k: ((k, x * k, x), (k, x)),
        lambda r, bars: (r[0] * bars[1] + 2.0 * bars[2], 3.0 * bars[0] + np.sum(r[1] * bars[1])),
    )

    def uses(x, k):
        a, y, z = function(x, k)
        return a * k + np.sum(y) + np.sum(z)

    x_bar, k_bar = run(wg.grad(uses, (0, 1)), X, 0.7)
    np.testing.assert_allclose(x_bar, np.full(3, 2.7))
    assert k_bar == pytest.approx(3.0 * 0.7 + 0.7 + np.sum(X))


def test_zero_is_none() -> None:
    function = ruled(
        lambda x, k: x * k,
        lambda x, k: (x * k, k),
        lambda k, y_bar: (0, 7.0 * y_bar),
    )
    assert run(wg.grad(function, (0, 1)), 2.0, 3.0) == (0.0, 7.0)
    assert run(wg.jvp(function), (2.0, 3.0), (1.0, 10.0)) == (6.0, 70.0)
    nothing = ruled(
        lambda x: x * x,
        lambda x: (x * x, None),
        lambda _, y_bar: (None,),
    )
    assert run(wg.grad(lambda x: nothing(x) + x), 2.0) == 1.0
    assert run(wg.jvp(nothing), (2.0,), (1.0,)) == (4.0, 0.0)


@pytest.mark.full
def test_float32() -> None:
    x = X.astype(np.float32)
    double = ruled(
        lambda x, k: x * k,
        lambda x, k: (x * k, (x, k)),
        lambda r, y_bar: (y_bar * np.float64(r[1]), np.float64(np.sum(y_bar * r[0]))),
    )
    x_bar, k_bar = run(wg.grad(lambda x, k: np.sum(double(x, k)), (0, 1)), x, np.float32(3.0))
    assert x_bar.dtype == np.float32 and np.asarray(k_bar).dtype == np.float32
    np.testing.assert_array_equal(x_bar, np.full(3, 3.0, np.float32))
    _, y_dot = run(wg.jvp(double), (x, np.float32(3.0)), (x, None))
    assert y_dot.dtype == np.float32
    np.testing.assert_allclose(y_dot, 3.0 * x)


@pytest.mark.full
def test_layouts() -> None:
    a = np.asfortranarray(np.outer(X, X) + np.eye(3))
    product = ruled(
        lambda a, b: a @ b,
        lambda a, b: (a @ b, (a.T, b)),
        lambda r, y_bar: (np.outer(y_bar, r[1]), r[0] @ y_bar),
    )
    for matrix in (a, a.T, np.repeat(a, 2, axis=1)[:, ::2]):
        b = np.ascontiguousarray(matrix[0])
        found = run(wg.grad(lambda a, b: np.sum(product(a, b) * WEIGHTS), (0, 1)), matrix, b)
        np.testing.assert_allclose(found[0], np.outer(WEIGHTS, b), rtol=1e-14)
        np.testing.assert_allclose(found[1], matrix.T @ WEIGHTS, rtol=1e-14)


@pytest.mark.full
def test_one_argument_twice() -> None:
    product = ruled(
        lambda a, b: a * b,
        lambda a, b: (a * b, (a, b)),
        lambda r, y_bar: (r[1] * y_bar, 10.0 * r[0] * y_bar),
    )
    np.testing.assert_allclose(run(wg.grad(lambda x: np.sum(product(x, x))), X), 11.0 * X, rtol=1e-14)
    np.testing.assert_allclose(run(wg.grad(lambda x: np.sum(product(x[1:], x[:-1]))), X),
                               [10.0 * X[1], X[0] + 10.0 * X[2], X[1]], rtol=1e-14)  # fmt: skip


def test_what_it_returns_is_its_own() -> None:
    given_back = ruled(
        lambda x: x,
        lambda x: (x, None),
        lambda _, y_bar: (-y_bar,),
    )

    def written(x):
        y = given_back(x)
        y[0] = 5.0 * x[1]
        return np.sum(x * y)

    x = X.copy()
    value, slope = run(wg.value_and_grad(written), x)
    assert value == pytest.approx(X[0] * 5.0 * X[1] + X[1] ** 2 + X[2] ** 2)
    np.testing.assert_allclose(slope, [5.0 * X[1], 5.0 * X[0] + X[1] - X[1], 0.0], atol=1e-15)
    np.testing.assert_array_equal(x, X)


def test_drawn_once() -> None:
    def noise(x):
        return x * np.random.rand()

    def noise_fwd(x):
        u = np.random.rand()
        return x * u, u

    noisy = ruled(noise, noise_fwd, lambda u, y_bar: (u * y_bar,))

    def cost(x):
        s = 0.0
        for _ in range(3):
            s += noisy(x) ** 2
        return s

    np.random.seed(3)
    draws = np.random.rand(3)
    np.random.seed(3)
    assert run(wg.grad(cost), 0.7) == pytest.approx(2.0 * 0.7 * np.sum(draws**2), rel=1e-14)


def test_what_is_not_differentiated_is_not_recorded() -> None:
    text = wg.grad(lambda x, w: np.sum(rounded(x) * w), 1).source_for(X, X)
    assert "rounded_fwd" not in text and "= rounded(x)" in text


def test_wrong_shapes_are_told() -> None:
    wrong = ruled(
        lambda x: x * 2.0,
        lambda x: (x * 2.0, x),
        lambda x, y_bar: (y_bar[1:] * 2.0,),
    )
    with pytest.raises(ValueError, match=r"x_bar from lambda_ has shape \(2,\), its value has shape \(3,\)"):
        run(wg.grad(lambda x: np.sum(wrong(x))), X)
    with pytest.raises(ValueError, match=r"x_bar from lambda_ has shape \(2,\)"):
        run(wg.jvp(wrong), (X,), (X,))
    along = wg.custom_jvp(lambda x: x * 2.0)
    along.defjvp(lambda primals, tangents: (primals[0] * 2.0, tangents[0][1:] * 2.0))
    for transform, given in ((wg.jvp, ((X,), (X,))), (wg.vjp, ((X,), X))):
        with pytest.raises(ValueError, match=r"y_dot from lambda_ has shape \(2,\)"):
            run(transform(along), *given)


def test_what_it_raises() -> None:
    def root_fwd(x):
        if x < 0:
            raise ValueError("negative")
        return math.sqrt(x), x

    root = ruled(
        lambda x: math.sqrt(x), root_fwd,
        lambda x, y_bar: (0.5 / math.sqrt(x) * y_bar,),
    )
    with pytest.raises(ValueError, match="negative"):
        run(wg.grad(root), -1.0)
    assert run(wg.grad(root), 4.0) == 0.25


@pytest.mark.full
def test_a_derivative_inside_a_derivative() -> None:
    cubed = ruled(
        lambda x: x**3,
        lambda x: (x**3, x),
        lambda x, y_bar: (3.0 * x * x * y_bar,),
    )

    def inner(x):
        return wg.grad(cubed)(x) * wg.grad(wg.grad(cubed))(x) + cubed(x)

    x = 0.7
    assert run(wg.grad(inner), x) == pytest.approx(54.0 * x**2 + 3.0 * x**2, rel=1e-13)
    assert run(wg.grad(wg.grad(inner)), x) == pytest.approx(114.0 * x, rel=1e-13)
    assert run(wg.hessian(inner), x) == pytest.approx(114.0 * x, rel=1e-13)


@pytest.mark.full
def test_of_a_newton_iteration() -> None:
    """The implicit function theorem: the iteration is not differentiated."""

    def solve(a):
        x = 1.0
        for _ in range(50):
            x = x - (x**3 + x - a) / (3.0 * x * x + 1.0)
        return x

    def solve_bwd(x, y_bar):
        return (y_bar / (3.0 * x * x + 1.0),)

    made: list[Callable[..., Any]] = []
    root = wg.custom_vjp(solve)
    made.append(root)
    root.defvjp(lambda a: (root(a), root(a)), solve_bwd)
    x = solve(2.5)
    slope = 1.0 / (3.0 * x * x + 1.0)
    assert run(wg.grad(root), 2.5) == pytest.approx(slope, rel=1e-14)
    assert run(wg.hvp(root), 2.5, 1.0) == pytest.approx(-6.0 * x * slope**3, rel=1e-13)
    assert run(wg.grad(wg.grad(wg.grad(root))), 2.5) == pytest.approx(slope**4 * (-6.0 + 108.0 * x**2 * slope), rel=1e-12)
