"""Control flow: branches, loops and returns."""

from __future__ import annotations

import math

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees, run


def branch(x):
    if x > 1.0:
        y = x * x
    elif x > 0.0:
        y = math.sin(x)
    else:
        y = -3.0 * x
    return y


@pytest.mark.parametrize(("x", "slope"), [(2.0, 4.0), (0.5, math.cos(0.5)), (-1.0, -3.0)])
def test_the_derivative_is_that_of_the_branch_taken(x: float, slope: float) -> None:
    assert run(wg.grad(branch), x) == pytest.approx(slope, rel=1e-15)
    agrees(branch, x)


def ternary(x, y):
    return (x * y if x < y else x - y) + max(x, y) * 2.0 + min(x, 3.0 * y)


@pytest.mark.parametrize("point", [(1.0, 2.0), (2.0, 1.0)])
def test_ternaries_and_max_and_min(point: tuple[float, float]) -> None:
    agrees(ternary, *point)


def both(x, y):
    z = x
    if x > 0.0 and y > 0.0:
        z = z * y
    if x < 0.0 or (y > 1.0 and not x > 5.0):
        z = z * z
    return z


@pytest.mark.parametrize("point", [(1.0, 2.0), (2.0, 0.5), (-1.0, 2.0), (6.0, 2.0)])
def test_and_or_not(point: tuple[float, float]) -> None:
    agrees(both, *point)


def steps(x, n):
    total = 0.0
    for i in range(n, 0, -2):
        total += math.sin(x * i)
    for i in range(1, 2 * n, 3):
        total *= 1.0 + 0.1 * math.cos(x + i)
    return total


@pytest.mark.parametrize("n", [0, 1, 4, 7])
def test_ranges_with_any_step_and_without_a_round(n: int) -> None:
    agrees(steps, 0.3, n)


def step_given(x, start, stop, step):
    total = x
    for i in range(start, stop, step):
        total = total * (1.0 + 0.01 * i * x)
    return total


@pytest.mark.parametrize("bounds", [(0, 5, 2), (5, 0, -2), (0, -5, 1), (3, 3, 1), (-4, 5, 3)])
def test_a_step_known_at_run_time(bounds: tuple[int, int, int]) -> None:
    agrees(step_given, 0.3, *bounds)


def newton(a):
    x = 0.5 * a + 0.5
    while abs(x * x - a) > 1e-14 * a:
        x = 0.5 * (x + a / x)
    return x


def test_while_with_a_data_dependent_trip_count() -> None:
    assert run(wg.grad(newton), 2.0) == pytest.approx(0.5 / math.sqrt(2.0), rel=1e-12)
    agrees(newton, 2.0, tolerance=1e-6)


def collatz(x, n):
    while n > 1:
        if n % 2 == 0:
            n = n // 2
            x = x * 1.1
        else:
            n = 3 * n + 1
            x = x + 0.5 * x * x * 0.01
    return x


@pytest.mark.parametrize("n", [1, 2, 6, 7])
def test_while_over_integers_and_zero_rounds(n: int) -> None:
    agrees(collatz, 0.4, n)


def triangular(x, n):
    total = 0.0
    for i in range(n):
        for j in range(i):
            k = 0
            while k < j:
                total = total * x + math.sin(x * k)
                k += 1
    return total


def test_nested_loops_of_growing_length() -> None:
    agrees(triangular, 0.7, 5)


def early(x, n):
    if n < 0:
        return -x
    if n == 0:
        return x * x
    y = x * x * x
    return y * n


@pytest.mark.parametrize("n", [-1, 0, 3])
def test_early_and_multiple_returns(n: int) -> None:
    agrees(early, 1.5, n)


def named_in_a_test(x):
    n, y = 0, x
    while (y := y * 0.8 + 0.05 * y * y) > 0.3:
        n += 1
        if n > 4:
            break
    return y * (z := y + x) + z * n


def named_and_read_before(x):
    y = x
    s = y * (y := y * 2.0) + y
    t = 0.0
    for i in range(3):
        if (w := s * x + i) > 2.0 and (v := w * w) > 5.0:
            t += w * v
        else:
            t -= w
    return t + y


@pytest.mark.parametrize("x", [0.9, 0.2, 2.0])
def test_names_bound_inside_expressions(x: float) -> None:
    agrees(named_in_a_test, x)
    agrees(named_and_read_before, x)


def _shrink(a):
    for i in range(len(a)):
        a[i] = a[i] * 0.8 * (1.0 + 0.01 * a[0])
    return np.sum(a * a)


def left_after_a_test_that_writes(x):
    a = x * 1.0
    s = 0.0
    while _shrink(a) > 0.3:
        s += a[0] * a[1]
        if s > 1.5:
            break
    else:
        s *= 2.0
    return s + a[2]


@pytest.mark.parametrize("scale", [1.0, 0.5, 2.0])
def test_a_test_that_writes_and_a_break(scale: float) -> None:
    agrees(left_after_a_test_that_writes, scale * np.array([0.9, 1.1, 0.7]))
