# ruff: noqa: C416, E741
"""Lists that are sorted, and items that are put in the place of others or deleted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run

A = np.array([0.7, 1.3, 0.2, 0.9])


def sorts(a):
    l = [x * a[0] for x in a]
    l.sort()
    m = sorted(a, reverse=True)
    pairs = [(x, k) for k, x in enumerate(a)]
    pairs.sort(key=lambda p: -p[0])
    total = 0.0
    for k in range(4):
        total += (k + 1.0) * l[k] * m[k] + k * pairs[k][0] * pairs[k][1]
    return total


def sorts_what_is_no_number(a):
    rows = [a * x for x in a]
    rows.sort(key=lambda r: r[1], reverse=True)
    order = sorted([3, 1, 2], key=lambda k: -k)
    lists = [[x, 1.0] for x in a]
    lists.sort(key=lambda r: r[0])
    total = 0.0
    for k in range(4):
        total += k * rows[k][2] + lists[k][0] * k * k
    return total * a[order[0]]


@pytest.mark.full
@pytest.mark.parametrize("function", [sorts, sorts_what_is_no_number])
def test_lists_sorted(function: Any) -> None:
    agrees(function, A, primal=njit(function))


def with_ties(n):
    l = [np.sin(3.0 * k * n) for k in range(40)]
    pairs = [(k, x) for k, x in enumerate(l)]
    pairs.sort(key=lambda p: int(10.0 * p[1]))
    places = [k for k, _ in pairs]
    l.sort()
    total = 0.0
    for k in range(40):
        total = total * 0.9 + l[k] * (k + 1) + l[places[k]] * k
    return total


def with_nan(n):
    l = [np.sin(3.0 * k * n) for k in range(40)]
    l[7] = np.nan
    l[21] = np.nan
    l.sort(reverse=True)
    total = 0.0
    for k in range(40):
        if l[k] == l[k]:
            total = total * 0.9 + l[k] * (k + 1)
    return total


@pytest.mark.parametrize("function", [pytest.param(with_ties, marks=pytest.mark.full), with_nan])
def test_the_order_is_that_of_numba_s_quicksort(function: Any) -> None:
    value, gradient = run(wg.value_and_grad(function), 1.0)
    assert value == njit(function)(1.0)
    assert gradient == pytest.approx(run(wg.jvp(function), (1.0,), (1.0,))[1], rel=1e-12)


def spliced(a):
    l = [x * x for x in a]
    l[1:3] = [a[0], a[1] * a[2], a[3], 2.0]
    l[:0] = l[-2:]
    l[-100:1] = l[2:3]
    l[5:2] = [a[1] * a[0]]
    del l[2]
    del l[-1]
    del l[3:5]
    pairs = [(x, 2.0 * x) for x in a]
    pairs[:2] = [(a[3], a[0])]
    del pairs[-1]
    total = pairs[0][0] * pairs[-1][1] + len(pairs)
    for x in l:
        total = total * 1.1 + x
    return total


def lists_spliced(a):
    rows = [[x] for x in a]
    rows[1:2] = [[a[3], a[0]], rows[0]]
    del rows[0]
    rows[0][:1] = [a[1], a[2]]
    rows[1][:] = rows[0]
    return sum([sum(r) * len(r) for r in rows])


def test_items_put_in_the_place_of_others_and_deleted() -> None:
    agrees(spliced, A, primal=njit(spliced))
    agrees(lists_spliced, A)                            # Numba crashes here


def deleted_in_vain(a, k):
    l = [x for x in a]
    del l[k]
    return l[0] * l[2]


def test_what_is_deleted_is_there() -> None:
    agrees(deleted_in_vain, A, -4, primal=njit(deleted_in_vain))
    for fails in (njit(deleted_in_vain), wg.grad(deleted_in_vain).python_for(A, 4)):
        with pytest.raises(IndexError):
            fails(A, 4)


@pytest.mark.compiled
@pytest.mark.full
@pytest.mark.parametrize("function", [sorts, sorts_what_is_no_number])
def test_lists_sorted_compiled(function: Any) -> None:
    value, gradient = wg.value_and_grad(function)(A)
    plain, expected = run(wg.value_and_grad(function), A)
    assert value == njit(function)(A) == pytest.approx(plain, rel=1e-14)
    assert np.allclose(gradient, expected, rtol=1e-13)


@pytest.mark.full
@pytest.mark.compiled
def test_compiled() -> None:
    assert wg.value_and_grad(with_ties)(1.0) == pytest.approx(run(wg.value_and_grad(with_ties), 1.0), rel=1e-13)
