"""Loops that were found wrong by reading the library: counters that are bound again, and lists that change before a round."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from tests.semantics.agreement import X, agrees


def counter_bound_again(x: Any, n: Any) -> Any:
    s = 0.0
    for i, j in np.ndindex(2, n):
        i = i + 1
        s += x[i] * x[j]
    return s


def counter_of_an_inner_loop(x: Any, n: Any) -> Any:
    s = 0.0
    for i, j in np.ndindex(2, n):
        s += x[i] * x[j] * x[i]
        for i in range(4):
            s += x[i] * x[j]
    return s


def counter_bound_in_an_expression(x: Any, n: Any) -> Any:
    s = 0.0
    for i, j in np.ndindex(2, n):
        s += (i := i + 1) * x[i] * x[j]
    return s


def counter_of_elements_bound_again(x: Any, n: Any) -> Any:
    s = 0.0
    m = np.outer(x, x)[:2, :n]
    for (i, _), v in np.ndenumerate(m):
        i += 1
        s += x[i] * v
    return s


def counter_of_a_loop_around(x: Any, n: Any) -> Any:
    s = 0.0
    for i in range(3):
        for i, j in np.ndindex(2, n):
            s += x[i] * x[j]
        s += x[i] * x[i]
    return s


@pytest.mark.parametrize("n", [0, 3])
@pytest.mark.parametrize("function", [
    counter_bound_again, counter_of_an_inner_loop, counter_bound_in_an_expression, counter_of_elements_bound_again,
    counter_of_a_loop_around,
])  # fmt: skip
def test_a_place_that_is_taken_apart_and_bound_again(function: Any, n: int) -> None:
    agrees(function, X, n)


@njit
def shorter(items: Any, x: Any) -> Any:
    items.pop()
    return x


@njit
def longer(items: Any, x: Any) -> Any:
    items.append(x[0])
    return x


@njit
def fewer(items: Any, n: Any) -> Any:
    if n == 0:
        return 0.0
    v = items.pop()
    return v + fewer(items, n - 1)


def sum_from_an_item(x: Any) -> Any:
    items = [x[0], x[1], x[2]]
    return sum(items, items.pop()) * items[0]


def sum_from_a_routine(x: Any) -> Any:
    items = [x[0], x[1], x[2], x[3]]
    return sum(items, fewer(items, 2)) * items[0]


def beside_what_pops(x: Any) -> Any:
    items = [x[0], x[1], x[2]]
    m = items
    s = 0.0
    for k in range(2):
        for a, b in zip(items, shorter(m, x)):  # noqa: B905
            s += a * b * b * x[k]
    return s


def beside_what_appends(x: Any) -> Any:
    items = [x[0], x[1], x[2]]
    s = 0.0
    for a, b in zip(items, longer(items, x)):  # noqa: B905
        s += a * b * b
    return s


def numbers_from_an_item(x: Any) -> Any:
    items = [x[0], x[1], x[2]]
    s = 0.0
    for i, v in enumerate(items, 2 + int(items.pop() * 0.0)):
        s += v * x[i]
    return s


def comprehension_beside_what_pops(x: Any) -> Any:
    items = [x[0], x[1], x[2]]
    m = [a * b * b for a, b in zip(items, shorter(items, x))]  # noqa: B905
    s = 0.0
    for v in m:
        s += v * v
    return s + len(m)


def tuples_beside_what_pops(x: Any) -> Any:
    items = [(x[0], x[1]), (x[1], x[3]), (x[2], x[0])]
    s = 0.0
    for (a, c), b in zip(items, shorter(items, x)):  # noqa: B905
        s += a * b * b * c
    return s


def arrays_beside_what_pops(x: Any) -> Any:
    items = [x[:2] * 1.0, x[1:3] * 1.0, x[2:4] * 2.0]
    s = 0.0
    for a, b in zip(items, shorter(items, x)):  # noqa: B905
        s += a[0] * b * b * a[1]
    return s


def inner_list_beside_what_pops(x: Any) -> Any:
    rows = [[x[0], x[1], x[2]], [x[3]]]
    s = 0.0
    for r in rows:
        for a, b in zip(r, shorter(rows[0], x)):  # noqa: B905
            s += a * b * b
    return s


@pytest.mark.parametrize("function", [
    sum_from_an_item, sum_from_a_routine, beside_what_pops, beside_what_appends, numbers_from_an_item,
    comprehension_beside_what_pops, tuples_beside_what_pops, arrays_beside_what_pops, inner_list_beside_what_pops,
])  # fmt: skip
def test_a_list_that_changes_before_the_first_round(function: Any) -> None:
    agrees(function, X)
