"""Programs that somebody found by reading the library, kept small: each is right now, or refused for what it is."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import X, agrees, run

# ---- the text, read ----


def view_taken_apart(x: Any) -> Any:
    x[1], x[0] = x[:2]
    return x[0] * x[0] * x[1]


def view_of_what_is_written(x: Any) -> Any:
    x[2], x[3], x[4] = x[1:4]
    return np.sum(x * x * x)


def list_taken_apart(x: Any) -> Any:
    items = [x[0], x[1]]
    items[1], items[0] = items
    return items[0] * items[0] * items[1]


def part_and_name(x: Any) -> Any:
    p = x[:2]
    p[1], b = p
    return b * b * p[1]


def column_taken_apart(x: Any) -> Any:
    m = np.outer(x, x)[1:3, 2:4]
    m[1, 1], m[0, 1] = m[:, 1]
    return m[0, 1] * m[1, 1] * m[1, 1]


def row_of_a_loop(x: Any) -> Any:
    m = np.outer(x, x)
    s = 0.0
    for m[0, 1], m[0, 0] in m[:1, :2]:  # noqa: B020
        s += m[0, 0] * m[0, 0] * m[0, 1]
    return s


def list_of_tuples_taken_apart(x: Any) -> Any:
    items = [(x[0], x[1]), (x[2], x[3])]
    items[1], items[0] = items
    return items[0][0] * items[0][1] * items[1][0] * items[1][0]


def list_of_arrays_taken_apart(x: Any) -> Any:
    a = [x[:2] * 1.0, x[2:4] * 1.0]
    a[1], a[0] = a
    a[0][0], a[0][1] = a[0][::-1]
    return a[0][0] * a[0][0] * a[0][1] * a[1][0]


def inner_targets(x: Any) -> Any:
    m = np.outer(x, x)[1:3, 2:4]
    (m[1, 1], m[0, 0]), (m[0, 1], m[1, 0]) = m
    return m[0, 0] * 2 + m[0, 1] * m[0, 1] + m[1, 0] ** 3 + m[1, 1] ** 4


def place_that_the_same_targets_bind(x: Any) -> Any:
    i = 0
    i, x[i] = 1, x[3]
    return x[1] * x[0]


def list_of_targets(x: Any) -> Any:
    a, b, c = x[0], x[1], x[2]
    [a, b] = b, a
    [a, (b, c)] = b, (c, a)
    return a * a * b * c * c * c


@pytest.mark.parametrize("function", [
    view_taken_apart, view_of_what_is_written, list_taken_apart, part_and_name, column_taken_apart, row_of_a_loop,
    list_of_tuples_taken_apart, list_of_arrays_taken_apart, inner_targets, place_that_the_same_targets_bind, list_of_targets,
])  # fmt: skip
def test_all_items_are_taken_before_any_target_is_written(function: Any) -> None:
    agrees(function, X)


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


def captured_and_renewed(x: Any) -> Any:
    y = x[0]

    def g() -> Any:
        return y

    z = g() + (y := y * 2.0)
    return z * y


def captured_place(x: Any) -> Any:
    n = 1

    def g() -> Any:
        return n

    x[g()] += x[(n := n + 1)]
    return x[1] * x[2] * n


def captured_in_a_test(x: Any) -> Any:
    n = 3
    s = 0.0

    def g() -> Any:
        return n

    while g() > (n := n - 1) and n > 0:
        s += x[n] * x[n]
    return s


def captured_in_a_tuple(x: Any) -> Any:
    y = x[0]
    t = (x[0], x[1])

    def g() -> Any:
        return y

    def h() -> Any:
        return t

    a, b, c = (g(), (y := y * y * x[1]), g())
    return a * b * c * c + h()[0] * (t := (x[2], x[3]))[0] * h()[1]


@pytest.mark.parametrize("function", [captured_and_renewed, captured_place, captured_in_a_test, captured_in_a_tuple])
def test_a_captured_name_is_what_it_was_when_the_closure_was_called(function: Any) -> None:
    agrees(function, X)


@njit
def filled(a: Any) -> Any:
    a.fill(0.5)
    return a[1]


@njit
def with_a_diagonal(a: Any) -> Any:
    np.fill_diagonal(a, 0.5)
    return a[1, 1]


@njit
def in_order(items: Any) -> Any:
    items.sort()
    return items[0]


def doubled(a: Any, k: Any) -> Any:
    a[0] = a[1] * 2.0
    return a[0] * k


doubled_again = wg.checkpoint(doubled)


def added_to_what_is_filled(x: Any) -> Any:
    x[0] += filled(x)
    return x[0] * x[1]


def added_to_a_diagonal(x: Any) -> Any:
    m = np.outer(x, x)
    m[0, 0] += with_a_diagonal(m)
    return m[0, 0] * m[1, 1] * m[0, 1]


def added_to_what_is_sorted(x: Any) -> Any:
    items = [x[0], x[1], x[2]]
    items[0] += in_order(items)
    return items[0] * items[1] * items[1] * items[2]


def added_to_what_a_checkpoint_writes(x: Any) -> Any:
    x[0] += doubled_again(x, 2.0)
    x[0] -= doubled_again(x, x[2])
    return x[0] * x[1]


@pytest.mark.parametrize("function", [
    added_to_what_is_filled, added_to_a_diagonal, added_to_what_is_sorted, added_to_what_a_checkpoint_writes,
])  # fmt: skip
def test_an_element_is_what_it_was_before_the_call_that_is_added_to_it(function: Any) -> None:
    agrees(function, X)


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


def with_a_message(x: Any, k: Any) -> Any:
    n = 1
    assert k == 0, (n := 10 // k)  # noqa: RUF018
    return x[0] * x[n]


def test_the_message_of_an_assert_is_computed_when_it_fails() -> None:
    agrees(with_a_message, X, 0)
    with pytest.raises(AssertionError, match="3"):
        run(wg.grad(with_a_message), X, 3)


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
