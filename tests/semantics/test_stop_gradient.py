"""`stop_gradient`: the identity, and a constant to every derivative."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import X, run
from wengert import stop_gradient

Pair = namedtuple("Pair", "a b")


def stopped(x, n):
    y = wg.stop_gradient(x)
    y[0] = x[0] * y[1]                                  # what is written into it is active again
    p = stop_gradient(Pair(x[0], (x[1], x)))
    a, b = stop_gradient((np.sum(x), n))
    for k in range(stop_gradient(n)):
        a += p.a * x[k]
    return np.sum(y * x) + p.b[0] * np.sum(p.b[1] * x) * a * b


def constant(x, n, x0):
    """The same, with a constant in the place of what is stopped."""
    y = x0.copy()
    y[0] = x[0] * y[1]
    a = np.sum(x0)
    for k in range(n):
        a += x0[0] * x[k]
    return np.sum(y * x) + x0[1] * np.sum(x0 * x) * a * n


def test_it_is_a_constant_in_every_mode() -> None:
    v = np.array([0.5, -1.0, 2.0, 0.1, 0.7])
    value, gradient = run(wg.value_and_grad(stopped), X, 3)
    expected, same = run(wg.value_and_grad(constant), X, 3, X)
    assert value == pytest.approx(expected, rel=1e-15)
    assert value == pytest.approx(stopped(X, 3), rel=1e-15)
    np.testing.assert_allclose(gradient, same, rtol=1e-14)
    assert run(wg.jvp(stopped), (X, 3), (v, None))[1] == pytest.approx(np.sum(gradient * v), rel=1e-13)
    np.testing.assert_allclose(run(wg.hvp(stopped), X, v, 3), run(wg.hvp(constant), X, v, 3, X), rtol=1e-13)


def cube(x):
    return x * x * stop_gradient(x)


def inside(x):
    return wg.grad(cube)(x) * wg.grad(lambda t: t * stop_gradient(t * x))(x)


def test_it_is_a_constant_at_every_level() -> None:
    assert run(wg.grad(wg.grad(cube)), 3.0) == 6.0
    # grad(cube) = 2 x c with c constant at every level; the other factor is a constant altogether
    assert run(wg.grad(inside), 3.0) == pytest.approx(2.0 * 3.0 * 9.0, rel=1e-15)


@pytest.mark.compiled
def test_compiled() -> None:
    @njit
    def in_numba(x):
        a, (b, c) = stop_gradient((x, (2, x)))
        return a[0] * b * np.sum(c * x) + stop_gradient(3)

    assert in_numba(X) == pytest.approx(X[0] * 2 * np.sum(X * X) + 3, rel=1e-15)
    np.testing.assert_allclose(wg.grad(in_numba)(X), X[0] * 2 * X, rtol=1e-14)
    assert wg.value_and_grad(cube)(np.float32(3.0)) == (27.0, 18.0)
