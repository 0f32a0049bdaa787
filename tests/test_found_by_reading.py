"""Programs that somebody found by reading the library, kept small: each is right now, or refused for what it is."""

from __future__ import annotations

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
    added_to_what_is_filled, added_to_a_diagonal, pytest.param(added_to_what_is_sorted, marks=pytest.mark.full),
    added_to_what_a_checkpoint_writes,
])  # fmt: skip
def test_an_element_is_what_it_was_before_the_call_that_is_added_to_it(function: Any) -> None:
    agrees(function, X)


def with_a_message(x: Any, k: Any) -> Any:
    n = 1
    assert k == 0, (n := 10 // k)  # noqa: RUF018
    return x[0] * x[n]


def test_the_message_of_an_assert_is_computed_when_it_fails() -> None:
    agrees(with_a_message, X, 0)
    with pytest.raises(AssertionError, match="3"):
        run(wg.grad(with_a_message), X, 3)
