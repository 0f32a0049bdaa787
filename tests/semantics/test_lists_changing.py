# ruff: noqa: C416
"""Lists that change their length under a comprehension that goes over them, and lists of tuples that are sorted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run

A = np.array([0.7, 1.3, 0.2, 0.9])


@njit
def halve(values, x):
    if x > 0.3:
        values.append(0.5 * x)
    return x * x


def grows(a):
    values = [x for x in a]
    squares = [halve(values, v) for v in values]
    return sum(squares) * len(values) + squares[-1] * values[5]


def shrinks(a):
    values = [x * a[0] for x in a]
    taken = [values.pop() * v for v in values]
    return taken[0] * taken[1] + len(taken) * values[1]


@njit
def doubled(pairs, k):
    if len(pairs) < 7:
        pairs.append((2.0 * pairs[k][0], k))
    return pairs[k][0]


def grows_in_pairs(a):
    pairs = [(x, 1) for x in a]
    made = [(doubled(pairs, k), x * n) for k, (x, n) in enumerate(pairs)]
    return sum([x * y for x, y in made]) * pairs[-1][0]


@njit
def copied(rows, row):
    if len(rows) < 6:
        rows.append(row * row[0])
    return row * 2.0


def grows_by_arrays(a):
    rows = [a, a * a[1]]
    made = [copied(rows, row) for row in rows]
    made[2][1] = a[0]
    return np.sum(made[5] * made[2]) + len(rows) * rows[-1][2]


def around_another(a):
    values = [a[0]]
    total = 0.0
    for v in values:
        total += sum([v * x for x in a])
        if len(values) < 4:
            values.append(v * a[1])
    return total * values[-1]


@pytest.mark.parametrize(
    "f", [grows, *(pytest.param(f, marks=pytest.mark.full) for f in (shrinks, grows_in_pairs, grows_by_arrays, around_another))]
)
def test_a_comprehension_over_a_list_that_changes(f: Any) -> None:
    agrees(f, A, primal=njit(f))


def sorts_pairs(a):
    pairs = [(x * a[0], 1.0 - x) for x in a]
    pairs.sort()
    total = 0.0
    for k, (x, y) in enumerate(pairs):
        total = total * 0.7 + (k + 1) * x * y
    pairs.sort(reverse=True)
    return total * pairs[0][0] + pairs[3][1]


def sorts_by_several(a):
    """The first items are the same in pairs; a nested tuple counts like its items in a row."""
    triples = [((k % 2, x), k) for k, x in enumerate(a)]
    best = sorted(triples, reverse=True)
    keyed = [(x, k) for k, x in enumerate(a)]
    keyed.sort(key=lambda p: (p[1] % 2, -p[0]))
    return best[0][0][1] * best[3][0][1] ** 2 + keyed[0][0] * keyed[1][0] ** 2 * keyed[2][1]


def extremes(a):
    pairs = [(x // 0.5, x) for x in a]
    return max(pairs)[1] * 3.0 + min(pairs)[1] ** 2


@pytest.mark.full
@pytest.mark.parametrize("f", [sorts_pairs, sorts_by_several, extremes])
def test_tuples_in_order(f: Any) -> None:
    agrees(f, A, primal=njit(f))


def with_equal_and_without_order(n):
    """Many equal first items, and NaN among the second: the order is that of the algorithm."""
    pairs = [(float(k % 3), np.sin(3.0 * k * n)) for k in range(40)]
    pairs[7] = (1.0, np.nan)
    pairs[22] = (np.nan, 2.0 * n)
    pairs.sort()
    total = 0.0
    for k, (x, y) in enumerate(pairs):
        if x == x and y == y:
            total = total * 0.9 + (k + 1) * (x + y)
    return total


def test_the_order_is_that_of_numba_s_quicksort() -> None:
    value, gradient = run(wg.value_and_grad(with_equal_and_without_order), 1.0)
    assert value == njit(with_equal_and_without_order)(1.0)
    assert gradient == pytest.approx(run(wg.jvp(with_equal_and_without_order), (1.0,), (1.0,))[1], rel=1e-12)


@pytest.mark.compiled
@pytest.mark.parametrize("f", [pytest.param(sorts_by_several, marks=pytest.mark.full), grows])
def test_compiled(f: Any) -> None:
    value, gradient = wg.value_and_grad(f)(A)
    plain, expected = run(wg.value_and_grad(f), A)
    assert value == njit(f)(A) == pytest.approx(plain, rel=1e-14)
    assert np.allclose(gradient, expected, rtol=1e-13)


@pytest.mark.compiled
@pytest.mark.full
def test_the_order_of_what_has_none_compiled() -> None:
    value = wg.value_and_grad(with_equal_and_without_order)(1.0)[0]
    assert value == njit(with_equal_and_without_order)(1.0)


def sorted_while_it_grows(a):
    values = [x for x in a]
    values.sort(key=lambda x: halve(values, x))
    return values[0]


def test_a_list_that_changes_while_it_is_sorted_is_refused() -> None:
    with pytest.raises(wg.UnsupportedError, match="changes its length while it is sorted"):
        wg.grad(sorted_while_it_grows).source_for(A)
