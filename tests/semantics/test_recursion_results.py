"""Functions that call themselves and return the array that they were given: the name is another one for the argument."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import X, agrees, run


def doubled(a, n):
    if n == 0:
        return a
    a[0] = 2.0 * a[0] * a[n]
    return doubled(a, n - 1)


def returned_at_last(x):
    b = doubled(x, 3)
    b[1] *= x[0]
    return np.sum(b * x)


def swept(a, b, n):
    """Two arrays in turn, a number between them."""
    if n == 0:
        return b, 1.0, a
    b[n] += a[n - 1] * a[n]
    c, s, d = swept(a, b, n - 1)
    c[0] *= s + d[1]
    return c, s * d[n], d


def in_turn(x):
    y = x.copy()
    first, s, second = swept(x, y, 2)
    second[2] *= first[1]
    return s * np.sum(first) * x[2]


def even(a, n):
    a *= 1.5
    return a if n == 0 else odd(a, n - 1)


def odd(a, n):
    a[1:] *= a[0]
    return even(a, n)


def mutual(x):
    v = even(x[1:4], 2)
    v[0] = x[0] * v[2]
    w = v
    for _ in range(2):
        w = even(w, 1)
    return np.sum(x * x) + w[1]


CASES = [returned_at_last, in_turn, mutual]


@pytest.mark.parametrize("f", CASES, ids=lambda f: f.__name__)
def test_results_that_are_arguments(f: Any) -> None:
    agrees(f, X)


@pytest.mark.compiled
def test_compiled() -> None:
    value, gradient = wg.value_and_grad(in_turn)(X)
    assert value == njit_of_in_turn(X.copy())
    np.testing.assert_allclose(gradient, run(wg.grad(in_turn), X), rtol=1e-13)


@njit
def compiled_swept(a, b, n):
    if n == 0:
        return b, 1.0, a
    b[n] += a[n - 1] * a[n]
    c, s, d = compiled_swept(a, b, n - 1)
    c[0] *= s + d[1]
    return c, s * d[n], d


@njit
def njit_of_in_turn(x):
    y = x.copy()
    first, s, second = compiled_swept(x, y, 2)
    second[2] *= first[1]
    return s * np.sum(first) * x[2]
