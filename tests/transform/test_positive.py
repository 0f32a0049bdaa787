"""What is never near zero has plain roots and powers; what only looks like it has strong ones, which are right where it is zero."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees, run

X = np.array([0.7, -1.3, 0.4])
Z = np.zeros(3)
EPS = 1e-6


def softened(x):
    s = 0.0
    for i in range(x.size):
        for j in range(i):
            d = x[i] - x[j]
            s += 1.0 / np.sqrt(d * d + EPS)
    return s


def of_arrays(x):
    return np.sum(np.sqrt(x * x + 1.0)) + np.sum((1.5 + x**2) ** -1.5) + np.sum(x / (1.0 + np.abs(x)))


def of_a_root(x):
    r = np.sqrt(np.sum(x * x) + 0.1)
    return np.sqrt(r + abs(x[0])) + np.cosh(x[1]) ** -2.0 + (np.exp(x[2]) * 0.5 + 2) ** 0.3


@pytest.mark.parametrize("f", [softened, of_arrays, of_a_root], ids=lambda f: f.__name__)
def test_never_near_zero(f: Any) -> None:
    agrees(f, X)
    text = wg.grad(f).source_for(X) + wg.jvp(f).source_for((X,), (X,))
    assert ("strong(" in text) is (f is of_a_root)          # (the exponential may overflow)
    assert "strong(x_bar" not in text


def any_number_added(x):
    return np.sqrt(1.0 + (x[0] ** 3 - 1.0))


def bound_again(x, k=1):
    c = x[0] * x[0]
    if k < 1:
        c = x[0] * x[0] + 1.0
    return np.sqrt(c)


def written_into(x):
    a = x * x + 1.0
    a[0] = x[0] * x[0]
    return np.sum(np.sqrt(a))


def subtracted_from(x):
    a = x * x + 1.0
    a -= np.cosh(x * x)
    return np.sum(np.sqrt(a))


def written_into_through_a_view(x):
    a = x * x + 1.0
    b = a[1:]
    for i in range(b.size):
        b[i] = x[i] * x[i]
    return np.sum(np.sqrt(a))


def negative_product(x):
    p = (x[0] * x[0] - 1.0) * (1.0 + x[0] * x[0])
    return np.sqrt(p + 1.0)


def odd_power(x):
    return np.sqrt((x[0] * x[0] - 1.0) ** 3 + 1.0)


def underflows(x):
    c = 1.0
    for _ in range(1100):
        c = c * 0.5
    return np.sqrt(x[0] * x[0] + c)


def small(x):
    return (x[0] * x[0] + 1e-300) ** -1.0


def high_power(x):
    return (x[0] * x[0] + 1e-9) ** -34.0


def quotient(x):
    q = (x + 1.0) / (x * x)
    return np.sum(np.where(x > 0.0, q * x, 0.0))


@pytest.mark.parametrize("f", [
    any_number_added, bound_again, written_into, subtracted_from, written_into_through_a_view, negative_product, odd_power,
    underflows, small, high_power, quotient,
], ids=lambda f: f.__name__)  # fmt: skip
def test_what_only_looks_like_it(f: Any) -> None:
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(run(wg.grad(f), Z), Z)
        assert run(wg.jvp(f), (Z,), (X,))[1] == 0


def parameter_bound_again(y, k):
    if y > 5.0:
        y = y * y + 1.0
    return k * np.sqrt(y)


def test_a_parameter_that_is_bound_again() -> None:
    with np.errstate(all="ignore"):
        assert run(wg.grad(parameter_bound_again), np.float64(0.0), np.float64(0.0)) == 0.0
