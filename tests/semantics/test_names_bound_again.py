"""Names with several definitions, and whether a number among them decides a branch for Numba.

What one definition alone reaches is known.  Ranks are constants earlier than that: only those of names with one definition, where a
name that is bound on every path has begun anew.
"""
# ruff: noqa: SIM108

from __future__ import annotations

import pytest
from numba import njit

from tests.semantics.decided import Function, decides, numba_means, of_a_float, of_a_whole_number, product


def in_one_piece(x):
    n = 0
    if n == 0:
        w = 1
    else:
        w = x[0]
    if x[1] > 5:
        n = 5
        w = n * x[0]
    return product(w, x) + 0 * n


def behind_a_branch(x):
    n = 0
    s = 0.0
    if x[0] > 5:
        s += x[0]
    if n == 0:
        w = 1
    else:
        w = x[0]
    if x[1] > 5:
        n = 5
        s = n * x[0]
    return product(w, x) + s


def of_two_versions(x):
    n = 0
    s = 0.0
    if x[0] > 5:
        s += x[0]
    if n == 0:
        w = 1
    else:
        w = x[0]
    n = 5
    return product(w, x) + s + 0 * n


def in_a_round(x):
    s = 0.0
    for _ in range(1):
        n = 0
        if x[0] > 5:
            s += x[0]
        if n == 0:
            w = 1
        else:
            w = x[0]
        n = 5
        s += product(w, x) + 0 * n
    return s


def counter_of_a_later_loop(x):
    n = 0
    s = 0.0
    if x[0] > 5:
        s += x[0]
    if n == 0:
        w = 1
    else:
        w = x[0]
    for n in range(3):
        s += 0 * n * x[n]
    return product(w, x) + s


def parameter_bound_again(x):
    x = x * 1.0
    return product(1 if x.ndim == 1 else x[0], x)


def parameter_bound_under_a_condition(x):
    w = product(1 if x.ndim == 1 else x[0], x)
    if x[0] > 9:
        x = x * 1.0
    return w + 0 * x[0]


def parameter_bound_later(x):
    w = product(1 if x.ndim == 1 else x[0], x)
    x = x[1:]
    return w + 0 * x[0]


@njit
def choosing(x, k):
    n = 0
    if k > 9:
        n = 7
        k = n
    if n == 0:
        w = 1
    else:
        w = x[0]
    return product(w, x)


def in_a_helper(x):
    return choosing(x, 2)


def of_a_nested_function(x):
    def chosen(a):
        if a == 0:
            w = 1
        else:
            w = x[0]
        a = 3
        return w

    return product(chosen(0), x)


MEANT: dict[Function, Function] = {
    in_one_piece: of_a_float,
    behind_a_branch: of_a_whole_number,
    of_two_versions: of_a_whole_number,
    in_a_round: of_a_whole_number,
    counter_of_a_later_loop: of_a_whole_number,
    parameter_bound_again: of_a_float,
    parameter_bound_under_a_condition: of_a_float,
    parameter_bound_later: of_a_whole_number,
    in_a_helper: of_a_float,
    of_a_nested_function: of_a_whole_number,
}


@pytest.mark.parametrize("function", MEANT, ids=lambda f: f.__name__)
def test_what_decides_a_branch(function: Function) -> None:
    decides(function, MEANT[function])


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize("function", MEANT, ids=lambda f: f.__name__)
def test_numba_means_the_same(function: Function) -> None:
    numba_means(function, MEANT[function])
