"""Calls, captured values, exceptions, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run
from wengert.transform.errors import UnsupportedError


def helper(x, scale=2.0, *, shift=0.5):
    return math.sin(scale * x) + shift * x


@njit
def fills(out, x):
    for i in range(out.size):
        out[i] = x * out[i] + i
    return out[0]


def two(x):
    return x * x, math.exp(x)


def calls(x, y):
    square, power = two(x)
    a = np.ones(3)
    first = fills(a, y)
    return helper(x) + helper(y, 3.0) + helper(x, shift=y) * first + square * power + np.sum(a)


def test_helper_calls_with_defaults_keywords_tuples_and_writes() -> None:
    agrees(calls, 0.7, 1.1)


def with_defaults(x, p=2.0, n=3):
    for i in range(n):
        x = x * p
    return x


def test_default_and_keyword_arguments_of_the_primal() -> None:
    assert wg.grad(with_defaults).python_for(1.5)(1.5, 2.0, 3) == 8.0
    assert run(wg.grad(with_defaults, "p"), 1.5, 2.0, 3) == 18.0
    assert str(wg.wengert(with_defaults, 1.5)).startswith("with_defaults(x: float64, p: float64, n: int64)")


@pytest.mark.compiled
def test_defaults_and_keywords_in_compiled_calls() -> None:
    gradient = wg.grad(with_defaults)
    assert gradient(1.5) == 8.0
    assert gradient(1.5, n=2) == 4.0
    assert gradient(x=1.5, p=3.0) == 27.0


WEIGHTS = np.array([1.0, -2.0, 3.0])
RATE = 0.25


def captured(x):
    return np.sum(x * WEIGHTS) * RATE


def test_globals_are_constants() -> None:
    np.testing.assert_allclose(run(wg.grad(captured), np.ones(3)), 0.25 * WEIGHTS)
    agrees(captured, np.ones(3))


def ratio(x, y):
    return x / y


def quotient(x, n):
    return x * (10 // n)


def test_float_division_by_zero_gives_inf_and_integer_division_keeps_its_check() -> None:
    assert np.isinf(wg.grad(ratio)(1.0, 0.0))
    with pytest.raises(ZeroDivisionError):
        wg.grad(quotient)(1.0, 0)


def complex_values(x):
    z = x + 1j * x
    return abs(z)


def test_complex_values_are_refused_with_the_line() -> None:
    with pytest.raises(UnsupportedError) as caught:
        wg.grad(complex_values).source_for(1.0)
    assert "test_calls.py:" in str(caught.value)
    assert "reason:" in str(caught.value)


def recursive(x, n):
    return x if n == 0 else x * recursive(x, n - 1)


def test_a_function_may_call_itself() -> None:
    agrees(recursive, 1.3, 3)
