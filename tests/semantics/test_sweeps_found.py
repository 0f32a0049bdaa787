"""Programs that readers of the two sweeps found wrong, kept as they were minimised: what is one variable, which elements need no
clearing, what a loop's bounds were when it began, and variables of several types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees, run
from wengert.transform.switches import without

Array = np.ndarray[Any, Any]
X = np.array([0.7, 1.3, 0.4, 2.1, 0.6])


# ---- parameters that nobody reads before they are overwritten -------------------------------------------------------


def starts_at_one(x: Array, s: float) -> float:
    s = 1.0
    for v in x:
        s = s * v
    return s


def starts_in_a_while(x: Array, s: float) -> float:
    s = x[0]
    while s < 100.0:
        s = s * s + x[1]
    return s


def squared_from_another(x: Array, s: float) -> float:
    s = x[0] * 2.0
    return s * s


def counts_with_its_parameter(x: Array, s: float, i: int) -> float:
    s = x[0]
    for i in range(4):
        s = s * x[i] + i
    return s


OVERWRITTEN = [
    (starts_at_one, (X, 3.0)), (starts_in_a_while, (X, 3.0)), (squared_from_another, (X, 3.0)),
    (counts_with_its_parameter, (X, 3.0, 2)),
]  # fmt: skip


@pytest.mark.parametrize("off", ["", "held cells"])
@pytest.mark.parametrize(("f", "args"), OVERWRITTEN)
def test_a_parameter_that_is_overwritten_unread_has_no_derivative(f: Any, args: Any, off: str) -> None:
    with without(*filter(None, [off])):
        agrees(f, *args)
        assert not np.any(run(wg.vjp(f), args, 1.0)[1][1])


def gradient_of_what_starts_at_one(x: Array) -> float:
    g, s_bar = wg.grad(starts_at_one, (0, 1))(x, x[0])
    return np.sum(g * x) + s_bar


def test_a_parameter_overwritten_unread_in_a_derivative_within() -> None:
    agrees(gradient_of_what_starts_at_one, X, primal=lambda x: x.size * np.prod(x))


def an_int_becomes_a_float(x: Array, n: int) -> float:
    n = x[0] * 2.0
    return n * n


def a_float_becomes_an_int(x: Array, k: float) -> float:
    k = 2
    return x[k] * x[k]


def a_number_becomes_an_array(x: Array, m: float) -> float:
    m = x * 2.0
    return np.sum(m) * x[0]


RETYPED = [
    (an_int_becomes_a_float, (X, 4)), (a_float_becomes_an_int, (X, 4.0)), (a_number_becomes_an_array, (X, 3.0)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "args"), RETYPED)
def test_a_parameter_that_is_overwritten_unread_keeps_its_own_type(f: Any, args: Any) -> None:
    agrees(f, *args)


# ---- elements that are set to zero ----------------------------------------------------------------------------------


def read_behind_the_loop(x: Array) -> float:
    for _ in range(2):
        a = x * 1.5
        for j in range(a.size):
            a[j] = 0.0
    return a[0] * x[0] + x[1]


def read_behind_a_while(x: Array) -> float:
    while True:
        a = x * x
        s = a[2] * a[1]
        for j in range(1, a.size):
            a[j] = 0.0
        break
    return np.sum(a * x) + s


def read_in_another_branch(x: Array, c: bool) -> float:
    s = 0.0
    if c:
        a = x * 1.5
        s = a[1]
        for j in range(a.size):
            a[j] = 0.0
    for k in range(3):
        s += x[k]
    if c:
        s += a[0] * x[0]
    return s


def one_counter_for_two_loops(x: Array) -> float:
    a = x * 1.5
    s = 0.0
    for i in range(2):
        for i in range(a.size):
            t = a[i]
            a[i] = 0.0
            s += t * x[i]
        s += i * x[0]
    return s


def a_counter_set_back(x: Array, c: int) -> float:
    a = x * 1.5
    s = 0.0
    for i in range(4):
        if i > c:
            i = 0
        t = a[i]
        a[i] = 0.0
        s += t * x[1] + i
    return s


CLEARED = [
    (read_behind_the_loop, (X,)), (read_behind_a_while, (X,)), (read_in_another_branch, (X, True)),
    (one_counter_for_two_loops, (X,)), (a_counter_set_back, (X, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "args"), CLEARED)
def test_elements_are_cleared_where_they_are_read_again(f: Any, args: Any) -> None:
    agrees(f, *args)


# ---- sums in numbers ------------------------------------------------------------------------------------------------


def stop_moves(x: Array, n: int) -> float:
    a = np.zeros(3)
    for i in range(n):
        n -= 1
        a[0] += x[i] * x[i]
    return a[0] * x[0]


def start_moves(x: Array, low: int) -> float:
    a = np.zeros(3)
    for i in range(low, x.size):
        low = 9
        a[0] += x[i] * x[i]
    return a[0] * x[0] * low


@pytest.mark.parametrize(("f", "number"), [(stop_moves, 4), (start_moves, 1)])
def test_a_loop_that_moves_its_bounds_has_run(f: Any, number: int) -> None:
    agrees(f, X, number)


def a_counter_far_out(x: Array, rounds: int) -> float:
    a = np.zeros(3)
    for i in range(3):
        if rounds == 0:
            i = 100
        for k in range(rounds):
            a[i] += x[k] * x[k]
    return a[0] * a[1] + x[0]


def a_counter_that_another_loop_moves(x: Array, rounds: int) -> float:
    a = np.zeros(3)
    for i in range(3):
        for i in range(100):
            pass
        for k in range(rounds):
            a[i] += x[k] * x[k]
    return a[0] * a[1] + x[0]


@pytest.mark.parametrize("f", [a_counter_far_out, a_counter_that_another_loop_moves])
def test_a_loop_that_does_not_run_touches_no_element(f: Any) -> None:
    agrees(f, X, 0)


# ---- variables of several types -------------------------------------------------------------------------------------


def an_int_handed_on(x: Array, n: int) -> tuple[float, int]:
    a = 0.5 * x[0]
    b = n
    for _ in range(n):
        a = b
        b = a * 2
    return a * x[0], b


def an_index_handed_on(x: Array, n: int) -> float:
    a = 0.5 * x[0]
    b = n
    for _ in range(2):
        a = b
        b = a - 1
    return a * x[0] * x[b]


def an_index_from_a_copy(x: Array, n: int) -> float:
    a = x[0]
    k = 1
    while k < n:
        a = k
        k = a + 1
        x[k] *= x[k - 1] + a
    return np.sum(x) * a


def rounds_handed_on(x: Array, n: int) -> float:
    a = 0.5 * x[0]
    b = n
    c = 0
    while c < n:
        a = b
        c += 1
        b = c
        for j in range(a):
            x[j % 3] *= 1.5 * x[1]
    return a * x[0] * b


@pytest.mark.parametrize("f", [an_int_handed_on, an_index_handed_on, an_index_from_a_copy, rounds_handed_on])
def test_what_is_copied_has_the_type_of_its_source(f: Any) -> None:
    agrees(f, X, 3)


def test_an_int_that_is_copied_stays_an_int() -> None:
    value = run(wg.vjp(an_int_handed_on), (X, 3), (1.0, None))[0]
    assert type(value[1]) is int
    assert value[1] == 24
    assert run(wg.hvp(lambda x, n: an_int_handed_on(x, n)[0]), X, X, 3).tolist() == [0.0] * 5


# ---- sums whose variable is looked at in between --------------------------------------------------------------------


def read_before_the_sum_is_written(x: Array) -> float:
    s = x[0]
    r = 1.0
    for i in range(4):
        t = s + x[i]
        u = s * 3.0
        s = t
        r *= u
    return s * r


def read_in_a_branch_before_the_sum_is_written(x: Array) -> float:
    s = x[0]
    r = 1.0
    for i in range(4):
        t = s - x[i]
        if x[i] > 0.5:
            r *= s * 3.0
        s = t
    return s * r


def handed_on_before_the_sum_is_written(x: Array) -> float:
    s = x[0]
    r = 1.0
    q = x[1]
    for i in range(4):
        t = s + x[i]
        q = s
        s = t
        r *= q
    return s * r


SUMS = [read_before_the_sum_is_written, read_in_a_branch_before_the_sum_is_written, handed_on_before_the_sum_is_written]


@pytest.mark.parametrize("f", SUMS)
def test_what_is_read_between_a_sum_and_its_write(f: Any) -> None:
    with without("held cells"):
        agrees(f, X)


# ---- Jacobians that take several numbers in one pass ----------------------------------------------------------------


def sometimes_from_a_constant_array(x: Array) -> Array:
    y = np.zeros(9)
    s = x[0]
    a = np.ones(3)
    for i in range(5):
        y[i] = s * x[i]
        s = a[0]
        if i == 3:
            s = x[2]
    return y


def test_a_wide_number_is_sometimes_made_of_what_is_not() -> None:
    f, x = sometimes_from_a_constant_array, np.arange(1.0, 9.0)
    with without("activity"):
        assert "lanes" in wg.jacfwd(f).source_for(x)
        np.testing.assert_allclose(run(wg.jacfwd(f), x), run(wg.jacrev(f), x), rtol=1e-12)


# ---- arguments that share memory, and a pullback that has copies of them --------------------------------------------


def writes_and_reads_another(a: Array, b: Array) -> float:
    a[0] = 5.0 * a[0]
    return np.sum(a * b)


def writes(a: Array) -> float:
    a[0] = 5.0 * a[0]
    return np.sum(a * a)


@pytest.mark.compiled
def test_a_pullback_is_of_no_arguments_that_share_memory() -> None:
    for args in ((X, X), (X[:-1], X[1:])):
        with pytest.raises(ValueError, match="a and b share memory"):
            wg.vjp(writes_and_reads_another, *args)
    with pytest.raises(ValueError, match="a is written, and elements of it share memory"):
        wg.vjp(writes, np.lib.stride_tricks.as_strided(np.ones(3), (3,), (0,)))
    y, pullback = wg.vjp(writes_and_reads_another, X, X.copy())
    assert y == writes_and_reads_another(X.copy(), X)
    np.testing.assert_array_equal(pullback(1.0)[1], [3.5, *X[1:]])
