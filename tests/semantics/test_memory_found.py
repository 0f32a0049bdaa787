"""Programs that a reading found wrong: copies that may be none, differences of bools, draws by functions that recurse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run

X = np.array([0.7, -1.3, 0.4, 1.1, 0.9, -0.6])

Program = Callable[..., Any]


# ---- a difference of bools -------------------------------------------------------------------------------------------


def less_bools(x, k):
    x[:3] -= k
    return x[0] * x[1]


def less_bools_in_rows(x, k):
    m = np.ones((2, 3)) * x[0]
    m -= k
    m[1] -= k
    y = m[0]
    y[np.array([0, 2])] -= k[1:]
    return np.sum(m * m) * x[1]


@pytest.mark.parametrize("program", [less_bools, less_bools_in_rows])
def test_an_array_of_bools_is_subtracted_and_not_negated(program: Program) -> None:
    agrees(program, X, np.array([True, False, True]))


# ---- draws in a function that calls itself ---------------------------------------------------------------------------


@njit
def drawn(x, n):
    if n == 0:
        return np.random.standard_gamma(x[0])
    return drawn(x, n - 1)


def drawn_by_a_parameter(x, k):
    np.random.seed(3)
    return drawn(x, 2) * x[1]


@njit
def drawn_by_one_that_calls_another(x, n):
    if n == 0:
        return drawn(x * x, 1)
    return drawn_by_one_that_calls_another(x, n - 1)


def drawn_farther_away(x, k):
    np.random.seed(3)
    return drawn_by_one_that_calls_another(x, 2) * x[1]


@njit
def drawn_by_a_constant(x, n):
    if n == 0:
        return np.random.standard_gamma(2.0) * x[0]
    return drawn_by_a_constant(x, n - 1)


@pytest.mark.parametrize("program", [drawn_by_a_parameter, drawn_farther_away])
def test_a_draw_by_an_active_parameter_is_refused_in_both_modes(program: Program) -> None:
    x = np.abs(X)
    with pytest.raises(wg.UnsupportedError, match="has a parameter that carries a derivative") as there:
        wg.jvp(program).python_for((x, 0), (x, None))
    with pytest.raises(wg.UnsupportedError, match="has a parameter that carries a derivative") as back:
        wg.grad(program).python_for(x, 0)
    assert str(there.value) == str(back.value)


def test_a_draw_by_a_constant_is_not() -> None:
    def constant(x, k):
        np.random.seed(3)
        return drawn_by_a_constant(x, 2) * x[1]

    assert np.isfinite(run(wg.jvp(constant), (X, 0), (X, None))[1])


# ---- copies that may be none -----------------------------------------------------------------------------------------


@njit
def in_one_piece(a):
    return np.ascontiguousarray(a)


@njit
def twice(a):
    return np.broadcast_to(a, (2, 6))


@njit
def doubled(a, n):
    if n == 0:
        return 0.0
    a[0] *= 2.0
    return a[0] + doubled(a, n - 1)


@njit
def twice_in_the_end(a, n):
    if n == 0:
        return np.broadcast_to(a, (2, 6))
    return twice_in_the_end(a, n - 1)


@njit
def in_one_piece_in_the_end(a, n):
    if n == 0:
        return np.ascontiguousarray(a[::n + 1])
    return in_one_piece_in_the_end(a, n - 1)


@njit
def part_of(a, n):
    if n == 0:
        return a[1:]
    return part_of(a, n - 1)


def written_between_two_calls_of_a_helper(x, k):
    a = (x * 2.0)[::k]
    b = in_one_piece(a)
    a[0] = 5.0 * x[1]
    c = in_one_piece(a)
    return np.sum(b * b) + np.sum(c)


def written_between_two_rows(x, k):
    x = x.copy()
    b = twice(x)
    x[0] *= 3.0
    c = twice(x)
    return b[0, 0] * c[0, 0]


def written_after_a_fancy_index(x, k):
    t = (x * 2.0)[np.array([0, 2, 3])]
    b = np.broadcast_to(t, (2, 3))
    t[0] = 5.0 * x[1]
    return np.sum(b * b)


def written_after_a_mask(x, k):
    t = x[x > 0.0]
    b = np.ascontiguousarray(t[::k])
    t[0] = 5.0 * x[1]
    return np.sum(b * b)


def written_after_take(x, k):
    t = np.take(x, np.array([0, 2, 3]))
    b = np.broadcast_to(t, (2, 3))
    b += x[0]
    return np.sum(t * t)


def written_by_a_call(x, k):
    x = x.copy()
    b = np.broadcast_to(x, (2, 6))
    s = doubled(x, 2)
    return s * b[1, 0]


def written_by_a_call_in_one_piece(x, k):
    x = x.copy()
    b = np.ascontiguousarray(x[::k])
    s = doubled(b, 2)
    return s * x[0]


def written_after_a_call(x, k):
    x = x.copy()
    c = twice_in_the_end(x, 1)
    x[0] *= 3.0
    return c[0, 0] * x[0]


def written_after_a_call_in_one_piece(x, k):
    x = x.copy()
    c = in_one_piece_in_the_end(x, 1)
    c[0] *= 3.0
    return c[0] * x[0]


def written_after_rows_of_a_part(x, k):
    x = x.copy()
    v = part_of(x, 1)
    b = np.broadcast_to(v, (2, 5))
    x[1] *= 3.0
    return b[0, 0] * x[0]


def written_in_the_round_after(x, k):
    a = x * 2.0
    b = np.zeros((2, 6))
    s = x[0]
    for i in range(3):
        a[i] *= s
        s += b[k, i]
        b = np.broadcast_to(a, (2, 6))
    return s


@pytest.mark.parametrize("program", [
    written_in_the_round_after, written_between_two_calls_of_a_helper, written_between_two_rows, written_after_a_fancy_index,
    written_after_a_mask, written_after_take, written_by_a_call, written_by_a_call_in_one_piece, written_after_a_call,
    written_after_a_call_in_one_piece, written_after_rows_of_a_part,
])  # fmt: skip
def test_a_write_beside_a_copy_that_may_be_none_is_refused(program: Program) -> None:
    with pytest.raises(wg.UnsupportedError, match=r"is written(, and may share memory with| while the other is needed)"):
        wg.grad(program).python_for(X, 1)


def rows_of_two_calls(x, k):
    a = x * 2.0
    b = twice(a)
    c = twice(a)
    x[0] = 3.0 * x[1]
    return np.sum(b * c) * x[0]


def rows_on_two_paths(x, k):
    a = x * 2.0
    if k > 0:
        b = np.broadcast_to(a, (2, 6))
    else:
        b = np.broadcast_to(x, (2, 6))
        a[0] = x[1]
    return np.sum(b * b) * x[0] + a[0]


def rows_in_a_loop(x, k):
    a = x * 2.0
    s = x[0]
    for i in range(3):
        b = np.broadcast_to(a, (2, 6))
        c = np.ascontiguousarray(a[:: k + 1])
        s += np.sum(b[1] * x) * c[i % 2]
        a = a * s
    return s


def rows_of_a_function_that_calls_itself(x, k):
    a = x * 2.0
    a[k] *= x[1]
    b = twice_in_the_end(a, 2)
    c = in_one_piece_in_the_end(a, 2)
    d = np.broadcast_to(part_of(a, 1), (2, 5))
    return np.sum(b * c) + np.sum(d * d) * a[0]


def rows_of_what_was_taken(x, k):
    t = x[np.array([0, 2, 3])]
    t[k] = x[1] * x[2]
    b = np.broadcast_to(t, (2, 3))
    u = np.zeros(3)
    u[:] = b[0]
    u[np.array([0, 0, 1])] += np.ascontiguousarray(t[::-1])
    return np.sum(b * u)


@pytest.mark.parametrize("k", [0, 1])
@pytest.mark.parametrize("program", [
    rows_of_two_calls, rows_on_two_paths, rows_in_a_loop, rows_of_a_function_that_calls_itself, rows_of_what_was_taken,
])  # fmt: skip
def test_a_copy_that_may_be_none_is_as_good_while_nobody_writes(program: Program, k: int) -> None:
    agrees(program, X, k, primal=lambda x, k: program(x.copy(), k))
