"""What a call returns, and what it may be a part of, from one round of a loop to the next; rows of an array without axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg

X = np.array([0.7, -1.3, 0.4, 1.1, 0.9, -0.6])

Program = Callable[..., Any]


def written_under_rows_of_a_number(x, k):
    z = np.asarray(x[0] * 2)
    rows = np.broadcast_to(z, (3,))
    z[()] = x[1]
    return np.sum(rows * rows)


@njit
def part_in_the_end(a, n):
    if n == 0:
        return a
    return part_in_the_end(a[1:], n - 1)


@njit
def rest_in_the_end(a, n):
    if n == 0:
        return a[1:]
    return rest_in_the_end(a, n - 1)


@njit
def both_in_the_end(a, n):
    if n == 0:
        b = a * 2.0
        return b, b[1:]
    return both_in_the_end(a, n - 1)


def parts_of_one_array_of_the_round_before(x, k):
    p = x * 1.0
    q = x * 3.0
    s = 0.0
    for i in range(3):
        p[1] = 5 * x[i]
        s += np.sum(q * q) * (i + 1)
        a = x * (i + 1.0)
        p = part_in_the_end(a, 0)
        q = rest_in_the_end(a, 1)
    return s + np.sum(p)


def results_of_one_call_of_the_round_before(x, k):
    p = x * 1.0
    q = x[1:] * 3.0
    s = 0.0
    for i in range(3):
        p[1] = x[i]
        s += np.sum(q * q) * (i + 1)
        p, q = both_in_the_end(x, 1)
    return s + np.sum(p)


@pytest.mark.parametrize("program", [
    written_under_rows_of_a_number, parts_of_one_array_of_the_round_before, results_of_one_call_of_the_round_before,
])  # fmt: skip
def test_what_lasts_longer_than_a_round_is_refused_too(program: Program) -> None:
    with pytest.raises(wg.UnsupportedError, match=r"is written(, and may share memory with| later| while the other is needed)"):
        wg.grad(program).python_for(X, 1)
