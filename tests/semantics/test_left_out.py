"""Arguments that are left out: defaults that are arrays, tuples and NumPy scalars, in vjp and jvp and of nested functions."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees, run

Oscillator = namedtuple("Oscillator", "mass stiffness")

W = np.array([1.0, 2.0, 3.0])
TWO, SINGLE, HEAVY = 2.0, np.float32(2.0), Oscillator(1.5, W)


def weighted(x, w=W, k=SINGLE, p=HEAVY):
    return k * np.sum(w * x * x) * p.mass + p.stiffness[0]


def weighs_anew(x, w=W, k=2.0):
    w *= x
    w = w * k
    return np.sum(w * w)


def with_defaults(x):
    return wg.vjp(weighted)((x,), 1.0)[1][0][1] * wg.jvp(weighs_anew)((x,), (x,))[1]


def with_defaults_closed(x):
    return 6.0 * 2.0 * x[1] * 2.0 * 4.0 * np.sum((W * x) ** 2)


@pytest.mark.parametrize("f", [weighted, weighs_anew])
def test_defaults_that_are_arrays(f: Any) -> None:
    x = np.array([0.7, -1.3, 0.4])
    value, (bar,) = run(wg.vjp(f), (x,), 1.0)
    assert value == pytest.approx(f(x, W.copy()), rel=1e-14)
    np.testing.assert_allclose(bar, run(wg.grad(f), x, W.copy()), rtol=1e-14)
    _, dot = run(wg.jvp(f), (x,), (x,))
    assert dot == pytest.approx(np.sum(bar * x), rel=1e-12)
    np.testing.assert_array_equal(W, [1.0, 2.0, 3.0])


def test_defaults_that_are_arrays_inside_a_function() -> None:
    agrees(with_defaults, np.array([0.7, -1.3, 0.4]), primal=with_defaults_closed)


def nested_defaults(x):
    def g(t, k=TWO, w=W, p=HEAVY):
        return t * k * x * w[1] + p.mass

    value, (bar,) = wg.vjp(g)((x,), x)
    return value * bar + wg.grad(g)(x) + _twice(g, x)


def _twice(f, y, n=2):
    return y if n == 0 else _twice(f, f(y), n - 1)


def nested_defaults_closed(x):
    return (4.0 * x * x + 1.5) * 4.0 * x * x + 4.0 * x + (4.0 * x * (4.0 * x * x + 1.5) + 1.5)


def test_defaults_of_nested_functions() -> None:
    """They are constants of the module; a routine captures them for itself."""
    agrees(nested_defaults, 0.7, primal=nested_defaults_closed)
