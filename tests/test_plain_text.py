"""Generated text is what an expert would write: rounds of loops, chains of `and` and `or`, checks that stand once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import X, agrees

Program = Callable[..., Any]


def downwards(x):
    n = x.size
    s = x[0]
    for i in range(n - 2, 0, -1):
        s = np.sin(s * x[i])
    for i in range(n - 1, -1, -2):
        s = np.cos(s * x[i]) * x[0]
    return s


def with_itself(x):
    s = 0.0
    for a, b in zip(x, x):  # noqa: B905
        s += np.sin(a * b)
    return s


def divided_twice(x, k):
    s = 0.0
    for i in range(5):
        s += x[i % k] * x[i // k]
        if i > 2:
            s += x[i // k]
    return s


def one_of_three(x, k):
    s = 0.0
    n = x.size
    for i in range(n):
        if i == 0 or x[i - 1] > 0.5 or (i > k and x[i] < 0.5):
            s += x[i] * x[i]
    return s


def while_either(x, k):
    i = 0
    s = x[0]
    while i < x.size and x[i] < 2.0 and (i < k or s < 3.0):
        s *= x[i] + 1.5
        i += 1
    return s


def likelihood(x, q):
    m, p = 0.0, 1.0
    total = 0.0
    for i in range(x.size):
        p = p + q
        v = x[i] - m
        s = p + 1.5
        total -= 0.5 * (np.log(s) + v * v / s)
        m = m + p / s * v
    return total


def attraction(x):
    s = 0.0
    for i in range(1, x.size):
        s -= 1.0 / np.sqrt(x[i] * x[i] + x[0])
    return s


@pytest.mark.parametrize(("program", "args", "there", "gone"), [
    (likelihood, (0.3,), ("s_bar -= 0.5 * (1 / s)", "v_bar -= 2 * v * (0.5 * (1 / s))"), "strong(-"),
    (attraction, (), ("strong(1.0 / sqrt_total / sqrt_total, 0.5 / sqrt_total)",), "strong(-"),
    (downwards, (), ("_tape_1[n - 2 - i]", "_tape[(n - 1 - i) // 2]"), "// -"),
    (with_itself, (), ("in range(len(x)):",), "min("),
    (divided_twice, (2,), ("check_divisor(k)",), "flag"),
    (one_of_three, (2,), ("if i == 0 or x[i - 1] > 0.5 or i > k and x[i] < 0.5:",), "flag"),
    (while_either, (2,), ("while i < x.size and x[i] < 2.0 and (i < k or s < 3.0):",), "flag"),
])  # fmt: skip
def test_texts_are_what_one_would_write(program: Program, args: Any, there: tuple[str, ...], gone: str) -> None:
    agrees(program, X, *args)
    text = wg.grad(program, (0, 1) if program is likelihood else 0).source_for(X, *args)
    assert all(part in text for part in there)
    assert gone not in text
    assert text.count("check_divisor(") <= 1


def test_a_divisor_that_is_bound_again_is_checked_again() -> None:
    def halved(x, k):
        s = x[0] // 1.0 * 0.0
        for i in range(3):
            s += x[i // k] * x[i % k]
            k -= 1
        return s + x[3 % k]

    text = wg.grad(halved).source_for(X, 5)
    assert text.count("check_divisor(k") == 2
    with pytest.raises(ZeroDivisionError):
        wg.grad(halved).python_for(X, 3)(X, 3)


def test_a_check_on_one_path_does_not_stand_for_the_other() -> None:
    def on_one_path(x, k):
        s = 0.0
        if x[0] > 0.0:
            s += x[3 % k]
        return s + x[2 % k] ** 2

    for x in (X, -X):
        assert wg.grad(on_one_path).python_for(x, 2)(x, 2) is not None
        with pytest.raises(ZeroDivisionError):
            wg.grad(on_one_path).python_for(x, 0)(x, 0)
