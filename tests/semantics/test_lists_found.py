"""Programs with lists and tuples that readers found wrong, kept as they were minimised: each is right now, or refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import X, agrees, run

# ---- what is written out, and changed before it is used ---------------------------------------------------------------


def doubled_and_made(items):
    items[0] = items[0] * 2.0
    return np.array(items)


def array_of_a_changed_list(x):
    a = doubled_and_made([x[0], x[1]])
    return a[0] * a[1]


def longer_and_made(items):
    items.append(3.0)
    return np.array(items)


def array_of_a_longer_list(x):
    a = longer_and_made([x[0], x[1]])
    return a[0] * a[1] * a[2]


def filled(a, items):
    items[1] = items[1] * 3.0
    a[:2] = items
    return a[1]


def part_from_a_changed_list(x):
    a = np.zeros(4)
    return filled(a, [x[0], x[1]]) * a[1] * a[0]


def changed_through_another(items, more):
    rows = [items, more]
    rows[0][1] = 3.0 * rows[0][1]
    return np.array(items) * more[0]


def array_of_a_list_in_another(x):
    a = changed_through_another([x[0], x[1]], [x[2]])
    return a[0] * a[1]


def summed_and_made(rows):
    s = 0.0
    for row in rows:
        for v in row:
            s += v
    return np.array(rows) * s


def array_of_rows_that_are_read(x):
    a = summed_and_made([[x[0], x[1]], [x[2], x[3]]])
    return a[0, 0] * a[1, 1] * a[0, 1]


def changed_and_made(rows):
    rows[0][1] = rows[0][1] * 2.0
    return np.array(rows)


def array_of_rows_that_change(x):
    a = changed_and_made([[x[0], x[1]], [x[2], x[3]]])
    return a[0, 0] * a[0, 1] * a[1, 1]


def repeated_after_a_write(x):
    items = [0.5]
    items[0] = x[0]
    m = items * 3
    return m[0] * m[1] * m[2]


def repeated_by_path(x):
    if x[0] > 0.0:  # noqa: SIM108
        items = [x[0]]
    else:
        items = [x[1]]
    m = items * 3
    return m[0] * m[1] * m[2]


def repeated_with_the_item_renewed(x):
    s, y = 0.0, 1.0
    for _ in range(3):
        items = [y]
        y = y * x[1]
        m = items * 2
        s += m[0] * m[1]
    return s


def doubled_and_repeated(items):
    items[0] = items[0] * 2.0
    return items * 3


def repeated_by_a_helper(x):
    m = doubled_and_repeated([x[0]])
    return m[0] * m[1] * m[2]


# ---- comparisons and searches -----------------------------------------------------------------------------------------


def pairs_in_order(x):
    a = [(1, 5), (2, 0)]
    b = [(1, 6), (1, 0)]
    if a < b:
        return x[0] * x[0]
    return x[1] * x[1]


def pairs_in_every_order(x):
    s = 0.0
    lists = [[(1, x[0])], [(1, x[1]), (2, x[2])], [(1, x[0]), (0, x[3])]]
    for p in lists:
        for q in lists:
            if p < q:
                s += p[0][1] * q[-1][1] * 2
            if p <= q:
                s += p[0][1] * q[-1][1] * 3
            if p > q:
                s += p[0][1] * q[-1][1] * 5
            if p >= q:
                s += p[0][1] * q[-1][1] * 7
    return s


def nested_pairs_in_order(x):
    p = [(1, (2, 3.0)), (4, (2, x[0]))]
    q = [(1, (2, 3.0)), (4, (2, x[1]))]
    return x[0] * x[1] if p > q else x[2] * x[3]


def found_in_itself(x):
    flags = [True, True]
    f = True
    s = x[0]
    for _ in range(2):
        f = f in flags
        s = s * x[1] if f else s * x[2]
    return s


# ---- lists in tuples in lists -----------------------------------------------------------------------------------------


def pairs_first(x):
    rows = [([(x[2], x[3])], x[0])]
    s = 0.0
    for p in rows:
        s += p[0][0][1] * p[1]
    q, w = rows[0]
    for u, v in q:
        s += u * v * w
    return s


def pairs_second(x):
    rows = [(x[0], [(x[1], x[2])]), (x[1], [(x[3], x[2]), (x[0], x[1])])]
    s = 0.0
    for r in rows:
        a, q = r
        q.append((a, x[4]))
        for u, v in q:
            s += a * u * u * v
    return s


def pairs_deep(x):
    rows = [(x[0], ([(x[1], x[2])], x[3]))]
    a, (q, b) = rows[0]
    return a * q[0][0] * b * rows[0][1][0][0][1]


# ---- lists that routines make -----------------------------------------------------------------------------------------


def made(x, n):
    if n == 0:
        return [x[0], x[1]]
    return made(x, n - 1)


def another_name_for_what_was_made(x):
    items = made(x, 2)
    if x[0] > 0.0:  # noqa: SIM108
        m = items
    else:
        m = [x[3]]
    m.append(x[2])
    s = 0.0
    for q in items:
        s += q * q
    return s


def made_pairs(x, n):
    if n == 0:
        return [(x[0], x[1])]
    return made_pairs(x, n - 1)


def another_name_for_pairs(x):
    items = made_pairs(x, 2)
    if x[0] > 0.0:  # noqa: SIM108
        m = items
    else:
        m = [(x[3], x[2])]
    m.append((x[2], x[1]))
    s = 0.0
    for q, w in items:
        s += q * q * w
    return s


def two_made(x, n):
    if n == 0:
        return [x[0], x[1]], [x[2]]
    return two_made(x, n - 1)


def names_of_older_rounds(x):
    s = 0.0
    m = [x[3]]
    for i in range(3):
        p, q = two_made(x * (i + 1), 2)
        p.append(x[i])
        m.append(x[i])
        for v in p:
            s += v * v
        for v in m:
            s += v * v * v
        m = p if i < 1 else q
    return s


PROGRAMS = [
    array_of_a_changed_list, array_of_a_longer_list, part_from_a_changed_list, array_of_a_list_in_another,
    array_of_rows_that_are_read, repeated_after_a_write, repeated_by_path, repeated_with_the_item_renewed, repeated_by_a_helper,
    pairs_in_order, pairs_in_every_order, nested_pairs_in_order, found_in_itself, pairs_first, pairs_second, pairs_deep,
    another_name_for_what_was_made, another_name_for_pairs, names_of_older_rounds,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_found(f: Any) -> None:
    agrees(f, X)


def shape_or_pair(x, m, n):
    if n > 0:  # noqa: SIM108
        t = m.shape
    else:
        t = (1, 2)
    y = np.take(x, t)
    return y[0] * y[1] * y[1]


@pytest.mark.parametrize("n", [0, 1])
def test_a_name_is_a_shape_or_a_tuple_by_path(n: int) -> None:
    agrees(shape_or_pair, X, np.ones((3, 4)), n)


# ---- positions that are not there --------------------------------------------------------------------------------------


def one_path_is_longer(values, c):
    if c:
        values = [1.0, 2.0]
    return values[1] * values[0]


def test_a_parameter_is_a_binding_of_its_name() -> None:
    with pytest.raises(IndexError, match="list index out of range"):
        run(wg.grad(one_path_is_longer), [2.0], False)
    assert run(wg.grad(one_path_is_longer), [2.0, 3.0], False) == [3.0, 2.0]


def behind_the_loop(x):
    items = [x[0], x[1], x[2]]
    s = 0.0
    for i in range(len(items)):
        s += items[i]
    items.pop()
    return s * items[i]


def test_a_counter_counts_in_its_loop_only() -> None:
    with pytest.raises(IndexError, match="list index out of range"):
        run(wg.grad(behind_the_loop), X)


# ---- refused -----------------------------------------------------------------------------------------------------------


def one_of_two(left, right, n):
    if n == 0:
        return left
    return one_of_two(right, left, n - 1)


def one_of_two_in_a_list(x):
    left, right = [x[0], x[1]], [x[2], x[3]]
    chosen = one_of_two(left, right, 1)
    rows = [chosen]
    return rows[0][0] * left[1]


def the_same_twice(x, n):
    if n == 0:
        items = [x[0], x[1]]
        return items, items
    return the_same_twice(x, n - 1)


def longer_under_one_name(x):
    p, q = the_same_twice(x, 2)
    p.append(x[2])
    return sum(q)


def lists_in_order(x):
    p = [([1], 2.0)]
    q = [([2], x[0])]
    return x[0] * x[1] if p > q else x[2] * x[3]


REFUSED = [
    (one_of_two_in_a_list, "has been given, or another one, and one of them stands in another list"),
    (longer_under_one_name, "returns twice, or another one, and lists change their length"),
    (lists_in_order, "`>` between lists of tuples that hold arrays or lists"),
    (array_of_rows_that_change, r"a list is used in `return np.array\(rows\)`"),
]


@pytest.mark.parametrize(("f", "words"), REFUSED, ids=lambda case: getattr(case, "__name__", ""))
def test_refused(f: Any, words: str) -> None:
    with pytest.raises(wg.UnsupportedError, match=words):
        wg.grad(f).source_for(X)
