"""Constants that cross calls, tuples and choices, and branches with one empty arm: what Numba knows of them, and what it does not.

`product` shows which type a number has: an array that is filled with a whole number cuts off what is written into it.
"""
# ruff: noqa: E731

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from numba import njit

from tests.semantics.agreement import agrees
from tests.semantics.decided import Function, X, decides, numba_means, of_a_float, of_a_whole_number, product

FLAG, THREE, PAIR = True, 3, (0, 1)


class Point(NamedTuple):
    a: int
    b: float


@njit
def flagged(x, flag):
    return product(1 if flag else x[0], x)


@njit
def by_item(t, x):
    return product(1 if t[0] == 0 else x[0], x)


@njit
def by_length(t, x):
    return product(1 if len(t) - 1 == 1 else x[0], x)


@njit
def is_three():
    n = 3
    return n == 3


@njit
def rank(a):
    return a.ndim


def empty_arm(x):
    n = 0
    w = x[0]
    if n == 0:
        w = 1
    return product(w, x)


def empty_arm_behind_a_flag(x):
    w = x[0]
    if FLAG:
        w = 1
    return product(w, x)


def comparison_as_an_argument(x):
    n = 0
    return flagged(x, n == 0)


def negation_as_an_argument(x):
    n = 0
    return flagged(x, not n)


def rank_as_an_argument(x):
    return flagged(x, x.ndim == 1)


def named_comparison_as_an_argument(x):
    n = 0
    c = n == 0
    return flagged(x, c)


def comparison_as_a_result(x):
    return product(1 if is_three() else x[0], x)


def rank_as_a_result(x):
    return product(1 if rank(x) == 1 else x[0], x)


def comparison_in_a_tuple(x):
    n = 0
    t = (n == 0, x[0])
    return product(1 if t[0] else x[0], x)


def negation_for_a_lambda(x):
    n = 0
    z = lambda a: 1 if a else x[0]
    return product(z(not n), x)


def length_for_a_lambda(x):
    t = (x[0], x[1])
    z = lambda a: 1 if a == 2 else x[0]
    return product(z(len(t)), x)


def arithmetic_of_a_length(x):
    return by_length((1, 2), x)


def arithmetic_of_an_item(x):
    return product(1 if PAIR[0] + 1 == 1 else x[0], x)


def item_of_an_argument(x):
    return by_item((0, 1), x)


def field_of_an_argument(x):
    p = Point(0, x[0])
    n = p.a * 2
    return product(1 if n == 0 else x[0], x)


def item_of_a_global_with_a_name(x):
    pair = PAIR
    return product(1 if pair[1] == 1 else x[0], x)


def choice_with_a_name(x):
    order = 2 if FLAG else 1
    return product(1 if order == 2 else x[0], x)


def number_or_with_a_name(x):
    n = 0 or 5  # noqa: SIM222
    return product(1 if n == 5 else x[0], x)


def constant_tuple_with_a_negation(x):
    a, b = 0, -1
    return product(1 if a == 0 else x[0], x) + 0 * b


def explicit_bool(x):
    n = 0
    return product(1 if bool(n == 0) else x[0], x)


def tuples_of_two_lengths(x):
    t = (x[0], x[1])
    return product(x[0] if t == (1.0, 2.0, 3.0) else 1, x)


@njit
def named_test(t, x):
    k = len(t) == 2
    return product(1 if k else x[0], x)


def named_test_of_a_length_in_a_helper(x):
    return named_test((1, 2), x)


WHOLE: list[Function] = [
    empty_arm, empty_arm_behind_a_flag, choice_with_a_name, number_or_with_a_name, named_test_of_a_length_in_a_helper,
]
FLOAT: list[Function] = [
    comparison_as_an_argument, negation_as_an_argument, rank_as_an_argument, named_comparison_as_an_argument,
    comparison_as_a_result, rank_as_a_result, comparison_in_a_tuple, negation_for_a_lambda, length_for_a_lambda,
    arithmetic_of_a_length, arithmetic_of_an_item, item_of_an_argument, field_of_an_argument, item_of_a_global_with_a_name,
    constant_tuple_with_a_negation, explicit_bool, tuples_of_two_lengths,
]  # fmt: skip
MEANT = {**dict.fromkeys(WHOLE, of_a_whole_number), **dict.fromkeys(FLOAT, of_a_float)}


@pytest.mark.parametrize("function", MEANT, ids=lambda f: f.__name__)
def test_what_decides_a_branch(function: Function) -> None:
    decides(function, MEANT[function])


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize("function", MEANT, ids=lambda f: f.__name__)
def test_numba_means_the_same(function: Function) -> None:
    numba_means(function, MEANT[function])


def other_rank_where_a_flag_holds(x):
    b = x
    if FLAG:
        b = np.outer(x, x)
    return b[0, 1] * b[2, 2]


@njit
def as_a_matrix(a):
    b = a
    if a.ndim == 1:
        b = a.reshape((2, 2))
    return b


def at_least_two_axes(x):
    return as_a_matrix(x)[0, 1] * as_a_matrix(as_a_matrix(x))[1, 1]


@njit
def downwards(a, k):
    return a[k] if k == 0 else a[k] * downwards(a, k - 1)


def left_by_its_rank(x):
    s = x[0] * x[1]
    for _ in range(3):
        if x.ndim == 1:
            break
        s += downwards(x, 2)
    return s


@pytest.mark.parametrize("function", [other_rank_where_a_flag_holds, at_least_two_axes, left_by_its_rank], ids=lambda f: f.__name__)
def test_names_that_a_branch_held_together_which_is_gone(function: Function) -> None:
    agrees(function, X)
