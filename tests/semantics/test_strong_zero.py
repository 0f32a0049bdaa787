"""Zero times what overflowed is zero: a value that saturates, is clipped, or is not used after all has the derivative 0."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import run


def logistic(x):
    return 1 / (1 + np.exp(-x))


def growth(x, k):
    return 3.0 / (1 + k * np.exp(-x))


def clipped(x):
    return min(x * np.exp(x), 1e6)


def clipped_array(x):
    return np.sum(np.minimum(x * np.exp(x), 1e6))


def branch_after(x):
    z = x * np.exp(x)
    if z > 1e6:
        return 1e6
    return z


def unused_in_the_other_branch(x):
    z = np.exp(x)
    s = np.sin(z) * np.square(z)
    return s if z < 1e6 else 0.0 * x


def unused_elements(x):
    powers = np.empty(3)
    for k in range(3):
        powers[k] = np.exp(x * 10.0**k) * x
    return powers[0]


def saturated(x):
    return np.tanh(np.exp(x)) + np.arctan(np.cosh(x))


def gompertz(x):
    return np.exp(-np.exp(x))


def entropy(x):
    term = x * np.log(x)
    return term if x > 0.0 else 0.0


def chosen_array(x):
    return np.sum(np.where(x > 0.0, x * np.log(x), 0.0))


def pole(x):
    return 1 / (1 + x**-3.0)


def quotient(x, y):
    q = x / y
    return q if y > 0.0 else 0.0


def quotients(x, y):
    return np.sum(np.where(y > 0.0, x / y, 0.0))


def logarithm(x):
    y = np.log(x)
    return y if x > 0.0 else 0.0


def scaled_root(x, k):
    y = np.sqrt(x) * k
    return y if x > 0.0 else 0.0


HUGE = [
    (logistic, (-1000.0,)), (growth, (-1000.0, 2.0)), (clipped, (1000.0,)), (clipped_array, (np.array([1000.0, 2000.0]),)),
    (branch_after, (1000.0,)), (unused_in_the_other_branch, (1000.0,)), (saturated, (1000.0,)), (gompertz, (1000.0,)),
    (entropy, (0.0,)), (chosen_array, (np.array([0.0, -1.0]),)), (pole, (0.0,)), (quotient, (1.0, 0.0)),
    (quotients, (np.array([1.0, 2.0]), np.zeros(2))), (logarithm, (0.0,)), (scaled_root, (0.0, 1.0)),
]  # fmt: skip


def typed(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Numbers as NumPy's: a Python float raises where Numba gives Inf."""
    return tuple(np.float64(a) if isinstance(a, float) else a for a in args)


@pytest.mark.parametrize(("f", "args"), HUGE, ids=[f.__name__ for f, _ in HUGE])
def test_what_overflowed_and_does_not_count_has_the_derivative_0(f, args) -> None:
    args = typed(args)
    wrt, ones = tuple(range(len(args))), tuple(np.ones_like(a)[()] for a in args)
    with np.errstate(all="ignore"):
        value, gradient = run(wg.value_and_grad(f, wrt), *args)
        assert np.isfinite(value)
        assert all(np.all(g == 0) for g in gradient), gradient
        assert run(wg.jvp(f), args, ones)[1] == 0
        assert all(np.all(h == 0) for h in run(wg.hvp(f, wrt), args[0], ones, *args[1:]))


def test_elements_that_nobody_reads() -> None:
    x = np.float64(1.0)
    with np.errstate(all="ignore"):
        assert np.isinf(np.exp(x * 1000))
        np.testing.assert_allclose(run(wg.grad(unused_elements), np.float64(8.0)), 9 * np.exp(8.0), rtol=1e-15)
        np.testing.assert_allclose(run(wg.jvp(unused_elements), (np.float64(8.0),), (x,))[1], 9 * np.exp(8.0), rtol=1e-15)


@pytest.mark.parametrize(("f", "args"), [(logistic, (0.3,)), (growth, (0.3, 2.0)), (gompertz, (0.3,)), (saturated, (0.3,))])
def test_the_strong_zero_changes_nothing_at_regular_points(f, args) -> None:
    args = typed(args)
    wrt = tuple(range(len(args)))
    v = tuple(np.float64(0.7 - k) for k in wrt)
    step = 1e-6
    slope = [run(wg.grad(f, wrt), *(a + s * d for a, d in zip(args, v, strict=True))) for s in (step, -step)]
    expected = (np.array(slope[0]) - np.array(slope[1])) / (2 * step)
    np.testing.assert_allclose(run(wg.hvp(f, wrt), args[0], v, *args[1:]), expected, rtol=1e-7)


@pytest.mark.compiled
def test_what_overflowed_compiled() -> None:
    assert wg.grad(growth, (0, 1))(-1000.0, 2.0) == (0.0, 0.0)
    np.testing.assert_array_equal(wg.grad(clipped_array)(np.array([1000.0, 0.0])), [0.0, 1.0])


def plain(k, x):
    return k * x


def test_products_of_ordinary_numbers_are_plain() -> None:
    """The strong zero stands where a factor may be infinite, and nowhere else."""
    assert "strong(" not in wg.grad(plain, (0, 1)).source_for(2.0, 3.0)
    assert "strong(" in wg.grad(growth, (0, 1)).source_for(2.0, 3.0)


def nothing_of_roots(x):
    return 0.0 * np.sum(np.sqrt(x)) + np.sum(x)


def without_end(x):
    return np.inf * (x[0] / x[1]) + x[2]


@pytest.mark.parametrize(("f", "x", "expected"), [
    (nothing_of_roots, np.zeros(3), [1.0, 1.0, 1.0]), (without_end, np.array([2.0, np.inf, 0.5]), [0.0, 0.0, 1.0]),
])  # fmt: skip
def test_0_is_strong_beside_a_number_that_is_written_out(f, x, expected) -> None:
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(run(wg.grad(f), x), expected)


def half_of_the_root(x):
    return 0.5 * np.sum(np.sqrt(x))


def test_beside_other_numbers_a_product_is_plain() -> None:
    assert "strong(" not in wg.grad(half_of_the_root).source_for(np.ones(3))
