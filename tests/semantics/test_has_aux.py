"""`has_aux`: a function that returns its value and something beside it, which is handed out with the gradient."""

from __future__ import annotations

import pickle
from collections import namedtuple

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import X, apart, run

State = namedtuple("State", "position steps")


def loss(x, k):
    path = np.empty(x.size)
    total = 0.0
    for i in range(x.size):
        path[i] = k * x[i] ** 2
        total += path[i]
    return total * total, (State(path, x.size), x, total)


def plain(x, k):
    return loss(x, k)[0]


def test_value_gradient_and_aux() -> None:
    (value, (state, same, total)), (gradient, slope) = run(wg.value_and_grad(loss, (0, 1), has_aux=True), X, 1.5)
    expected, (gradient_, slope_) = run(wg.value_and_grad(plain, (0, 1)), X, 1.5)
    assert (value, slope) == (expected, slope_)
    np.testing.assert_array_equal(gradient, gradient_)
    np.testing.assert_array_equal(state.position, 1.5 * X**2)
    np.testing.assert_array_equal(same, X)
    assert isinstance(state, State)
    assert (state.steps, total) == (5, pytest.approx(np.sum(1.5 * X**2), rel=1e-15))
    apart((X,), (state, same), gradient)
    again, aux = run(wg.grad(loss, has_aux=True), X, 1.5)
    np.testing.assert_array_equal(again, gradient)
    np.testing.assert_array_equal(aux[0].position, state.position)


@wg.grad(argnums="k", has_aux=True)
def decorated(x, k):
    return k * k * x, k


def nested(x):
    g, (state, _, total) = wg.grad(loss, has_aux=True)(x, 2.0)
    (value, c), (s, t) = wg.value_and_grad(lambda y, k: (y * k * total, y * x[0]), (0, 1), has_aux=True)(x[1], 3.0)
    return np.sum(g * state.position) + value * c * s * t + decorated(x[0], x[1])[1]


def nested_closed(x):
    total = 2.0 * np.sum(x * x)
    return np.sum(2.0 * total * 4.0 * x * 2.0 * x**2) + x[1] * 3.0 * total * x[1] * x[0] * 3.0 * total * x[1] * total + x[1]


def test_inside_a_differentiated_function_and_to_second_order() -> None:
    value, gradient = run(wg.value_and_grad(nested), X)
    assert value == pytest.approx(nested_closed(X), rel=1e-13)
    np.testing.assert_allclose(gradient, run(wg.grad(nested_closed), X), rtol=1e-12)
    v = np.array([0.5, -1.0, 2.0, 0.1, 0.7])
    _, dot = run(wg.jvp(wg.grad(loss, has_aux=True)), (X, 1.5), (v, None))
    np.testing.assert_allclose(dot[0], run(wg.hvp(plain), X, v, 1.5), rtol=1e-13)
    np.testing.assert_allclose(dot[1][0].position, 3.0 * X * v, rtol=1e-14)


@pytest.mark.compiled
def test_compiled_and_pickled() -> None:
    transformed = pickle.loads(pickle.dumps(wg.value_and_grad(loss, has_aux=True)))
    (value, (state, _, total)), gradient = transformed(X, 1.5)
    (value_, (state_, _, total_)), gradient_ = run(transformed, X, 1.5)
    np.testing.assert_allclose((value, total), (value_, total_), rtol=1e-15)
    np.testing.assert_allclose(gradient, gradient_, rtol=1e-14)
    np.testing.assert_allclose(state.position, state_.position, rtol=1e-15)


def three(x):
    return x, x, x


@pytest.mark.parametrize(("f", "message"), [(three, "has to return two values"), (np.float64, "cannot be differentiated"),
                                            (lambda x: x * x, "has to return two values")])  # fmt: skip
def test_refused(f, message) -> None:
    with pytest.raises(wg.TransformError, match=message):
        run(wg.grad(f, has_aux=True), 1.3)
