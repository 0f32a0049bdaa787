"""Programs that a reading of the analyses found wrong: names that get other arrays, and `...` on the left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees, run

X = np.array([0.7, -1.3, 0.4, 1.1, 0.9, -0.6])

Program = Callable[..., Any]


# ---- names that get another array between two statements -------------------------------------------------------------


def places_of_an_array_that_is_another_one_later(x, k):
    c = x * 2.0
    places = np.zeros(len(c), np.int64)
    for i in range(len(places)):
        places[i] = (i + 1) % 6
    if k > 0:
        c = c[2:3]
    a = x * 1.0
    a[places] = c
    return np.sum(a * x)


def added_at_places_of_an_array_that_is_another_one_later(x, k):
    c = x * 2.0
    places = np.zeros(len(c), np.int64)
    for i in range(len(places)):
        places[i] = (i + 1) % 6
    if k > 0:
        c = c[2:3]
    a = x * 1.0
    a[places] += c
    return np.sum(a * x)


def places_by_a_number_that_is_another_one_later(x, k):
    n = 6
    places = np.arange(n)
    found = np.zeros(n, np.int64)
    found[:] = places
    if k > 0:
        n = 1
    c = np.zeros(n)
    c[:] = x[0] * x[1]
    a = x * 1.0
    a[found] = c
    return np.sum(a * x)


def places_of_a_parameter_that_is_another_array_later(x, k):
    places = np.zeros(len(x), np.int64)
    for i in range(len(places)):
        places[i] = (i + 1) % 6
    a = x * 1.5
    if k > 0:
        x = x[2:3]
    a[places] = x
    return np.sum(a * a) * x[0]


def places_of_the_array_of_the_round_before(x, k):
    c = x * 2.0
    a = x * 1.0
    for _ in range(2):
        places = np.zeros(len(c), np.int64)
        for i in range(len(places)):
            places[i] = (i + k) % 6
        if k > 0:
            c = c[:1]
        a[places] *= c
    return np.sum(a * x)


def elements_that_are_there_no_more(x, k):
    c = np.sin(x)
    n = len(c)
    if k > 0:
        c = c[:2]
    a = c * 2.0
    s = 0.0
    for i in range(n):
        m = 3 if i < len(a) else 0
        for j in range(m):
            s += a[i] * x[j]
    return s


def elements_that_are_there_no_more_from_behind(x, k):
    c = np.sin(x)
    n = len(c)
    last = n - 1
    if k > 0:
        c = c[:2]
    a = c * 2.0
    s = 0.0
    for i in range(last, -1, -1):
        m = 3 if i < len(a) else 0
        for j in range(m):
            s += a[i] * x[j]
    return s


def elements_that_go_round_by_round(x, k):
    c = np.sin(x)
    s = 0.0
    for i in range(len(c)):
        if k > 0:
            c = c[:2]
        a = c * 2.0
        m = 3 if i < len(a) else 0
        for j in range(m):
            s += a[i] * x[j]
    return s


def places_for_the_round_after(x, k):
    c = x * 2.0
    a = x * 1.0
    places = np.zeros(len(c), np.int64)
    for i in range(len(places)):
        places[i] = (i + 1) % 6
    for _ in range(2):
        a[places] += c
        if k > 0:
            c = c[2:3]
    return np.sum(a * x)


def elements_that_are_added_to_as_long_as_they_are_there(x, k):
    c = np.sin(x)
    s = 0.0
    for i in range(len(c)):
        if k > 0:
            c = c[:2]
        a = np.ones_like(c)
        m = 3 if i < len(a) else 0
        for j in range(m):
            a[i] += x[j] * x[j]
        s += np.sum(a)
    return s


def a_counter_that_goes_on_in_the_round(x, k):
    a = x * 1.0
    for i in range(len(a)):
        if k > 0:
            i = i + 2
        m = 3 if i < len(a) else 0
        for j in range(m):
            a[i] += x[j] * x[i]
    return np.sum(a * a)


@pytest.mark.parametrize("k", [0, 1])
@pytest.mark.parametrize("program", [
    places_of_an_array_that_is_another_one_later, added_at_places_of_an_array_that_is_another_one_later,
    places_by_a_number_that_is_another_one_later, places_of_the_array_of_the_round_before,
    places_of_a_parameter_that_is_another_array_later,
    elements_that_are_there_no_more, elements_that_are_there_no_more_from_behind, elements_that_go_round_by_round,
    a_counter_that_goes_on_in_the_round, places_for_the_round_after, elements_that_are_added_to_as_long_as_they_are_there,
])  # fmt: skip
def test_an_extent_is_that_of_the_array_that_a_name_had_then(program: Program, k: int) -> None:
    agrees(program, X, k)


# ---- what raises, raises; and nothing else does ----------------------------------------------------------------------


def written_and_too_short(x, k):
    c = x * 2.0
    n = len(c)
    if k > 0:
        c = c[:3]
    e = np.zeros(n)
    e[:] = c
    return np.sum(x * x)


def multiplied_in_every_round(x, k):
    c = x * x
    d = x * 2.0
    s = 0.0
    for t in range(2):
        np.sum(c * d)
        if k > 0:
            c = c[:3] * x[t]
        s += np.sum(c * d[: len(c)]) * x[t]
    return s


def multiplied_before_it_fits(x, k):
    c = x * x
    d = x[:3] * 2.0
    if k > 0:
        s = np.sum(c * d)
        c = c[:3] * x[0]
        s = np.sum(c * d)
    else:
        s = x[0] * x[1]
    return s


def dotted_before_it_fits(x, k):
    c = x * x
    d = x[:3] * 2.0
    if k > 0:
        s = np.dot(c, d)
        c = c[:3] * x[0]
        s = np.dot(c, d)
    else:
        s = x[0] * x[1]
    return s


def written_before_it_fits(x, k):
    c = x * x
    d = np.zeros(3)
    if k > 0:
        d[:] = c
        c = c[:3] * x[0]
        d[:] = c
    return np.sum(d * x[:3])


@pytest.mark.parametrize("program", [
    written_and_too_short, multiplied_in_every_round, multiplied_before_it_fits, dotted_before_it_fits, written_before_it_fits,
])  # fmt: skip
def test_what_raises_in_the_primal_raises_in_the_gradient(program: Program) -> None:
    agrees(program, X, 0)
    with pytest.raises(ValueError):
        program(X, 1)
    for transformed in (wg.value_and_grad(program), wg.grad(program)):
        with pytest.raises(ValueError):
            run(transformed, X, 1)


def of_one_length_when_it_was_made(x, k):
    c = x * 2.0
    e = c * 3.0
    if k > 0:
        c = c[1:4]
    d = x[0:6] * x[1]
    w = e - d
    s = np.sum(e) + np.sum(c)
    return s if k < 2 else s + w[0]


def longer_round_by_round(x, k):
    c = x[:1] * 2.0
    s = 0.0
    for i in range(1, 4):
        e = c * x[i]
        d = np.ones(i) * x[0]
        if k > 0:
            c = x[: i + 1] * 1.0
            w = e - d
            s += np.sum(c) * np.sum(e)
            if k > 1:
                s += w[0]
    return s * c[0]


@pytest.mark.parametrize("k", [0, 1, 2])
@pytest.mark.parametrize("program", [of_one_length_when_it_was_made, longer_round_by_round])
def test_a_gradient_raises_only_where_the_primal_does(program: Program, k: int) -> None:
    agrees(program, X, k)


# ---- `...` on the left -----------------------------------------------------------------------------------------------


def rows_by_an_ellipsis(x, k):
    n = len(x)
    a = np.zeros((n, n))
    v = x * x
    a[:, ...] = v
    s = 0.0
    for i in range(n):
        for j in range(n):
            s += a[i, j] * (i + 2 * j + k)
    return s


def rows_added_by_an_ellipsis(x, k):
    n = len(x)
    a = np.ones((n, n))
    v = x * x
    a[:, ...] += v
    s = 0.0
    for i in range(n):
        for j in range(n):
            s += a[i, j] * (i + 2 * j + k)
    return s


def matrices_by_an_ellipsis(x, k):
    a = np.zeros((6, 6, 6))
    m = np.outer(x, x * x)
    a[:, :, ...] = m
    s = 0.0
    for i in range(6):
        for j in range(6):
            s += a[i, j, 2] * (i + 2 * j + k)
    return s


def a_row_of_one_number(x, k):
    a = np.zeros((6, 6))
    v = np.zeros(())
    v[()] = x[1] * x[2]
    a[2, ...] = v
    a[..., 1] = v
    return np.sum(a * x) * (1.0 + k)


def a_part_by_an_ellipsis(x, k):
    a = np.zeros((2, 6, 3))
    a[1, ..., :2] = x.reshape(6, 1)
    a[0, ..., 1] += x * x
    b = a[..., 1]
    c = a[:, ..., 0]
    return np.sum(b * c) + np.sum(b[0] * x) * k


@pytest.mark.parametrize("k", [0, 1])
@pytest.mark.parametrize("program", [
    rows_by_an_ellipsis, rows_added_by_an_ellipsis, matrices_by_an_ellipsis, a_row_of_one_number, a_part_by_an_ellipsis,
])  # fmt: skip
def test_an_ellipsis_on_the_left_is_as_many_axes_as_are_missing(program: Program, k: int) -> None:
    agrees(program, X, k)


# ---- extents of what has changed since ------------------------------------------------------------------------------


def twice_what_was_longer(x, n):
    a = x * 1.0
    s = 0.0
    for _ in range(n):
        c = a * 2.0
        a = a[1:] * 1.0
        s += np.sum(c + a)
    return s


def ones_of_two_lengths(x, n):
    s = 0.0
    for _ in range(2):
        a = x[0] * np.ones(n)
        n += 1
        b = x[1] * np.ones(n)
        b[:] = a
        s += np.sum(b)
    return s


@pytest.mark.parametrize("f", [twice_what_was_longer, ones_of_two_lengths])
def test_lengths_that_do_not_fit_are_seen_where_a_name_has_changed(f: Program) -> None:
    for call in (lambda: f(X, 2), lambda: run(wg.grad(f), X, 2), lambda: run(wg.hvp(f), X, X, 2)):
        with pytest.raises(ValueError, match="shape"):
            call()


def longer_than_the_array(x, rounds):
    s, n = x[0], 3
    for _ in range(2):
        a = np.zeros(n)
        n += 50
        for i in range(n):
            for k in range(rounds):
                a[i] += x[k] * x[k]
        s += np.sum(a) * x[0]
    return s


def test_an_array_that_was_made_before_its_length_changed() -> None:
    agrees(longer_than_the_array, X, 0)
