"""What a function that calls itself returns may be a part of what it was given: where the two meet again in the statement that
writes, in a list of arrays, by path, or in a later round of a loop, the call is refused, and nothing else is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import X, agrees


@njit
def part(a, n):
    if n == 0:
        return a
    return part(a[1:], n - 1)


@njit
def rest(a, n):
    if n == 0:
        return a[1:]
    return rest(a, n - 1)


@njit
def two_parts(a, n):
    if n == 0:
        return a[1:], a[:-1]
    return two_parts(a, n - 1)


# ---- by the statement that writes ---------------------------------------------------------------------------------------


def added_where_it_stands(x):
    x = x.copy()
    h = part(x, 0)
    x[1:3] += h[:2]
    return np.sum(x * x * x)


def subtracted_where_it_stands(x):
    x = x.copy()
    h = rest(x, 1)
    x[2:4] -= h[:2]
    return np.sum(x * x * x)


def multiplied_where_it_stands(x):
    x = x.copy()
    h = part(x, 0)
    x[1:4] *= h[:3]
    return np.sum(x * x * x)


@njit
def add_products(a, v, n):
    if n == 0:
        return 0.0
    a[n] += v[n - 1] * v[n]
    return a[n] + add_products(a, v, n - 1) * v[n]


def read_by_the_call_that_writes(x):
    x = x.copy()
    v = part(x, 0)
    s = add_products(x, v, 3)
    return s * x[1]


# ---- through lists ------------------------------------------------------------------------------------------------------


def kept_in_a_list(x):
    x = x.copy()
    rows = [part(x, 0)]
    x[0] *= 3.0
    return rows[0][0] * x[0]


def given_from_a_list(x):
    a = x * 2.0
    rows = [a, x * 3.0]
    r = rest(a, 2)
    r[0] = 5.0 * x[0]
    s = 0.0
    for q in rows:
        s += np.sum(q * q)
    return s


def both_in_one_list(x):
    a = x * 2.0
    rows = [a, rest(a, 1)]
    rows[1][0] = 5.0 * x[0]
    return np.sum(rows[0] * rows[0])


def one_of_two_in_a_list(x):
    a = x * 2.0
    p, q = two_parts(a, 1)
    rows = [p]
    q[1] = 5.0 * x[0]
    return np.sum(rows[0] * rows[0])


def in_a_list_of_pairs(x):
    a = x * 2.0
    rows = [(a, x[1])]
    r = rest(a, 2)
    r[0] = 5.0 * x[0]
    s = 0.0
    for q, w in rows:
        s += np.sum(q * q) * w
    return s


@njit
def within(a, n):
    if n == 0:
        return 0.0
    a = a.copy()
    rows = [rest(a, 1)]
    a[1] = a[0] * 3.0
    return rows[0][0] * a[1] + within(a, n - 1)


def in_a_list_of_a_routine(x):
    return within(x * 2.0, 2)


# ---- by path, and by round ------------------------------------------------------------------------------------------------


def one_or_the_other(x):
    a = x * 2.0
    r = part(a, 0)
    b = a if x[0] > 0 else r
    r[0] = 5.0 * x[0]
    return np.sum(b * b)


def of_the_round_before(x):
    a = x * 2.0
    s = 0.0
    p = x * 1.0
    for i in range(3):
        r = part(a, 1)
        r[i] = 5.0 * x[0]
        s += p[i] * p[0]
        p = r
    return s


def of_all_rounds(x):
    a = x * 2.0
    rows = [x * 1.0]
    for _ in range(2):
        r = rest(a, 1)
        rows.append(part(r, 0))
    rows[1][0] = 5.0 * x[0]
    return np.sum(rows[2] * rows[2])


def before_the_call_in_the_next_round(x):
    a = x * 2.0
    rows = [x * 1.0]
    s = 0.0
    for i in range(3):
        a[i] = 3.0 * x[1]
        s += rows[-1][i]
        rows.append(part(a, 0))
    return s


REFUSED = [
    added_where_it_stands, subtracted_where_it_stands, multiplied_where_it_stands, read_by_the_call_that_writes, kept_in_a_list,
    given_from_a_list, both_in_one_list, one_of_two_in_a_list, in_a_list_of_pairs, in_a_list_of_a_routine, one_or_the_other,
    of_the_round_before, of_all_rounds, before_the_call_in_the_next_round,
]  # fmt: skip


@pytest.mark.parametrize("f", REFUSED, ids=lambda f: f.__name__)
def test_refused(f: Any) -> None:
    with pytest.raises(wg.UnsupportedError, match="is written, and may share memory with what a function that calls itself"):
        wg.grad(f).source_for(X)


# ---- and what is not refused ----------------------------------------------------------------------------------------------


def made_in_the_round(x):
    rows = [x[1:] * 1.0]
    for i in range(3):
        a = x * (i + 1.0)
        r = rest(a, 1)
        r *= 2.0
        rows.append(r)
    s = 0.0
    for q in rows:
        s += np.sum(q * q)
    return s


def beside_another_list(x):
    rows = [x * 1.0, x * 2.0]
    a = x * 3.0
    r = rest(a, 1)
    r[0] = x[0] * x[1]
    s = np.sum(r * r)
    for q in rows:
        r = rest(q, 1)
        s += np.sum(q * q) * r[0]
    return s


def into_something_else(x):
    y = x * 2.0
    h = part(x, 0)
    y[1:4] *= h[:3]
    y += h
    y -= h
    s = add_products(y, h, 3)
    rows = [rest(x, 1), part(y, 1)]
    for q in rows:
        s += q[0] * q[1]
    return s * np.sum(y)


def into_a_view_of_the_result(x):
    a = x * 2.0
    r = rest(a, 1)
    v = r[1:]
    r[1] = 3.0 * x[0]
    return np.sum(v * v)


def written_before_the_call(x):
    rows = [x * 3.0]
    a = x * 2.0
    a[0] = x[1]
    rows.append(rest(a, 0))
    for i in range(3):
        a = x * (i + 1.0)
        a[1] *= 2.0
        rows.append(part(a, 1))
    s = 0.0
    for q in rows:
        s += np.sum(q * q)
    return s


@pytest.mark.parametrize("f", [made_in_the_round, beside_another_list, into_something_else, into_a_view_of_the_result,
                               written_before_the_call], ids=lambda f: f.__name__)  # fmt: skip
def test_not_refused(f: Any) -> None:
    agrees(f, X)
