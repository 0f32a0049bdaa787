"""What was found by reading the library to be refused without need: tuples that meet, branches for other types of argument."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import X, agrees

Pair = namedtuple("Pair", "a b")


def item_or_tuple(x: Any, c: Any) -> Any:
    items = [(x[0], x[1]), (x[2], x[3])]
    a, b = items[0] if c > 1 else items[1] if c else (x[3], x[4])
    return a * b * b


def tuple_or_item(x: Any, c: Any) -> Any:
    items = [((x[0], x[1]), x[2]), ((x[2], x[3]), x[1])]
    (a, b), d = (items[0][0], x[0]) if c > 1 else ((x[3], x[4]), x[0]) if c else items[1]
    return a * b * b * d * d * d


def item_or_namedtuple(x: Any, c: Any) -> Any:
    items = [Pair(x[0], x[1]), Pair(x[2], x[3])]
    p = items[1] if c else Pair(x[3], x[4])
    q = Pair(x[3], x[4]) if c > 1 else items[0]
    return p.a * p.b * p.b * q.a * q.b * q.b


def shape_or_tuple(x: Any, c: Any) -> Any:
    m = np.outer(x, x)
    t = m.shape if c else (1, 2)
    return x[t[0] - 1] * x[t[1] - 1]


@njit
def item_first(items: Any, c: Any, a: Any) -> Any:
    if c:
        return items[1]
    return a, 2.0


@njit
def tuple_first(items: Any, c: Any, a: Any) -> Any:
    if c:
        return a, 2.0
    best = items[0]
    return best


@njit
def item_in_the_end(items: Any, n: Any, a: Any) -> Any:
    if n == 0:
        return items[1]
    if n == 2:
        return a, 2.0
    return item_in_the_end(items, n - 1, a)


def returned_item_or_tuple(x: Any, c: Any) -> Any:
    items = [(x[0], x[1]), (x[2], x[3])]
    a, b = item_first(items, c, x[1])
    p = tuple_first(items, c, x[3])
    q = item_in_the_end(items, c, x[2])
    return a * b * b * p[0] * p[1] * q[0] * q[1]


@pytest.mark.parametrize("c", [0, 1, 2])
@pytest.mark.parametrize("function", [
    item_or_tuple, tuple_or_item, item_or_namedtuple, shape_or_tuple, returned_item_or_tuple,
])  # fmt: skip
def test_an_item_of_a_list_or_a_tuple_that_is_written_out(function: Any, c: int) -> None:
    agrees(function, X, c)


def tuple_or_number(x: Any, c: Any) -> Any:
    t = (x[1], x[2]) if c else x[0] * 2.0
    return t[0]


def tuple_or_argument(x: Any, c: Any) -> Any:
    t = (x[1], x[2]) if c else x
    return t[0]


@pytest.mark.parametrize("function", [tuple_or_number, tuple_or_argument])
def test_a_tuple_or_something_else(function: Any) -> None:
    with pytest.raises(wg.UnsupportedError, match="a number or an array here and a tuple of 2 on another path"):
        wg.grad(function).python_for(X, True)


@njit
def by_rank(a: Any) -> Any:
    if a.ndim == 1:
        return a[0] * a[1]
    if a.ndim == 2 and a.shape[1] > 2:
        return a[1, 0]
    return a[0, 1]


@njit
def flat_of(a: Any) -> Any:
    return a if a.ndim == 1 else a.ravel()


@njit
def by_rank_again(x: Any, n: Any) -> Any:
    if n == 0:
        return by_rank(x * 1.0)
    return x[0] * by_rank_again(x, n - 1) + by_rank(np.outer(x, x))


def helpers_by_rank(x: Any) -> Any:
    m = np.outer(x, x)
    s = by_rank(x * 2.0) + by_rank(m) * by_rank(m[:, :2]) + by_rank_again(x, 2)
    for k in range(2):
        s += np.sum(flat_of(m * k)) * np.sum(flat_of(x * x))
    return s


@njit
def by_length(t: Any) -> Any:
    if len(t) == 2:
        return t[0] * t[1]
    return t[2]


@njit
def taken_apart_by_length(t: Any) -> Any:
    if len(t) > 2:
        a, b, c = t
        return a * b * c
    a, b = t
    return a * b


@njit
def with_more(x: Any, *more: Any) -> Any:
    if len(more) == 0:
        return x[0]
    if len(more) == 1:
        return x[0] * more[0]
    return x[0] * more[0] * more[1]


def helpers_by_length(x: Any) -> Any:
    s = by_length((x[0], x[1])) + by_length((x[0], x[1], x[2]))
    s += taken_apart_by_length((x[0], x[1], x[3])) * taken_apart_by_length((x[0], x[4]))
    return s + with_more(x) * with_more(x, x[1]) * with_more(x, x[1], 2.0)


@pytest.mark.parametrize("function", [helpers_by_rank, helpers_by_length])
def test_branches_for_other_arguments_of_a_helper(function: Any) -> None:
    agrees(function, X)
