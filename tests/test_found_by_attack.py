"""Programs that the attack found and made small: a wrong derivative once, or an error of this library."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests import oracles
from wengert.transform.analyses.versions import unify
from wengert.transform.ir import Array, TupleOf
from wengert.transform.switches import OPTIMISATIONS, without

X = np.array([0.7, -1.3, 0.4, 1.1, 0.9, -0.6])


def right(program: Any, *args: Any) -> None:
    """Value, and gradient by the first argument against differences, of the generated source run by CPython."""
    value, gradient = wg.value_and_grad(program).python_for(*args)(*oracles.copied(args))
    assert value == pytest.approx(program(*oracles.copied(args)), rel=1e-14)
    assert oracles.relative_gap((gradient,), oracles.difference_gradient(program, args, (0,))) <= 1e-8


def start_of_a_range_that_was_computed_before(x: Any, n: Any) -> Any:
    a = np.zeros(6)
    items = [y * x[5] for y in x]
    while True:
        x[1 % n] = x[n % 4] * x[2]
        for _ in range(n % 4, -1, -1):
            items.append(x[2])
            for y in items:
                a += a * y + x[3:4]
        break
    return np.sum(a)


def test_an_integer_that_a_loop_steps_from_a_start_that_was_computed_before() -> None:
    right(start_of_a_range_that_was_computed_before, X, 5)


def array_of_a_list_in_a_branch(x: Any, k: Any) -> Any:
    if k != 2:
        s = 1.5 * x[1]
    else:
        items = [y * x[2] for y in x]
        s = np.sum(np.array(items)) * 0.2
    return s


@pytest.mark.parametrize("k", [1, 2])
def test_a_list_that_numba_would_take_away(k: int) -> None:
    right(array_of_a_list_in_a_branch, X, k)


def names_of_memory_that_a_loop_changes(x: Any, m: Any) -> Any:
    s = x[1]
    a = x * 2.0
    b = x * 3.0
    c = np.sin(x)
    for i in range(-2, 2):
        rounds = 0
        while True:
            rounds += 1
            tries = 0
            while abs(s) > 0.05 and tries < 6:
                s = s * 0.6 - 0.1 * s
                a[x > -0.2] = (1.2 + s**2) ** np.sin(c[(i + 1) % 5])
            if rounds > 2:
                break
        a = b if m[i] <= 0.0 else b[::-1]
    return np.sum(a * x) + np.sum(b * np.arange(6.0)) + s


@pytest.mark.parametrize("switch", OPTIMISATIONS)
def test_a_loop_that_binds_arrays_is_not_run_again(switch: str) -> None:
    with without(switch):
        right(names_of_memory_that_a_loop_changes, np.abs(X), np.array([-1.0, 1.0, 1.0, -1.0]))


def rounds_of_one_length_in_two_branches(x: Any, k: Any) -> Any:
    s = x[k % len(x)]
    if k > 2:
        for i in range(len(x)):
            s += x[i] * x[1]
    else:
        for i in range(len(x)):
            s += x[i] * s
    return s


def rounds_over_a_list_in_branches(x: Any, k: Any) -> Any:
    s = 1.0
    items = [y * x[2] for y in x]
    for j in range(3):
        s += items[j % len(items)]
        if k > 2:
            for y in items:
                s += y * x[1]
        elif k > 1:
            for y in items:
                s += y * s
        else:
            s += len(items) * s
    return s


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("program", [rounds_of_one_length_in_two_branches, rounds_over_a_list_in_branches])
def test_what_waits_in_front_of_a_branch_is_there_in_both_arms_and_behind_it(program: Any, k: int) -> None:
    right(program, X, k)


def changed_after_it_was_bound_inside(y: Any) -> Any:
    a = 0.5 * y
    s = (u := 0.5 * y)
    u *= 0.4
    a += u * s
    b = (c := np.array([y, 2.0 * y])) * 3.0
    c += s
    c[0] *= b[1]
    for _ in range(3):
        u -= (w := s + u) * 0.1
        w *= y
        (t := w + u)
        t *= 0.5
        a += w + t
    return a + np.sum(c)


def test_a_name_that_an_expression_binds_is_changed_in_place() -> None:
    right(changed_after_it_was_bound_inside, 1.3)


def place_that_the_next_round_moves(x: Any) -> Any:
    a = np.zeros(5)
    k = 0
    while k < 2:
        k += 1
        for i in range(2):
            a[(k + 1) % 5] = x[i] * x[2]
    return np.sum(a) * x[1]


@pytest.mark.parametrize("switch", OPTIMISATIONS)
def test_a_round_that_reads_what_changes_behind_its_loop_is_not_run_again(switch: str) -> None:
    with without(switch):
        right(place_that_the_next_round_moves, X)


def scaled_at_each_depth(y: Any, q: Any, depth: Any) -> Any:
    if depth == 0:
        return y
    q *= 0.0 if 1.0 < y < 1.6 else y
    return np.sin(scaled_at_each_depth(y * q[depth - 1], q, depth - 1))


def flag_and_choice_of_one_spelling(x: Any) -> Any:
    a = np.sin(x)
    return scaled_at_each_depth(x[0], a, 2) + np.sum(a)


@pytest.mark.parametrize("switch", OPTIMISATIONS)
def test_what_waits_does_not_wait_beyond_a_choice_that_takes_its_name(switch: str) -> None:
    with without(switch):
        right(flag_and_choice_of_one_spelling, X)


def multiplied(y: Any, q: Any) -> Any:
    q *= y
    return np.sum(q)


def doubled_through_a_view(q: Any) -> Any:
    part = q[1:]
    part *= 2.0
    return part[0]


def element_that_its_own_update_writes(x: Any) -> Any:
    a = np.sin(x)
    a[2] *= multiplied(x, a)
    a[1] += multiplied(0.5, a)
    a[2:] -= doubled_through_a_view(a)
    a[3] -= doubled_through_a_view(a)
    items = [x[0], a[1], 2.0]
    items[-1] += items.pop() * x[1]
    return np.sum(a) + items[1]


def raised_first(a: Any) -> int:
    a[0] += 1.0
    return 1


def place_that_its_own_index_writes(x: Any) -> Any:
    a = np.sin(x)
    a[raised_first(a)] += a[0] * x[1]
    a[raised_first(a)] *= a[0] * x[1]
    return np.sum(a * x)


def place_and_value_drawn(x: Any) -> Any:
    a = np.sin(x)
    for _ in range(4):
        a[np.random.randint(0, 6)] += np.random.random() * x[0]
        a[int(np.random.random() * 6)] *= np.random.random() * x[1]
    return np.sum(a * x)


def last_value_of_an_adjoint(x: Any, m: Any) -> Any:
    s = x[0]
    for _ in range(3, 1, -1):
        m += s**2
        s = 0.0
    return np.sum(m)


def lists_whose_lengths_are_known(x: Any) -> Any:
    s = 0.0
    for i in range(3):
        items = [x[i] * x[1]]
        if len(items) > 1:
            s += items.pop(0) * 0.7
        if len(items) > 1:
            s += items.pop() * 0.7
        s += items[0]
    return s


def from_the_first_item(y: Any, q: Any, items: Any, depth: Any) -> Any:
    u = y * 0.5
    if depth == 0:
        return y * 0.7
    return without_the_first_item(u, q, [items[0]], depth - 1) * 0.6 + u


def without_the_first_item(y: Any, q: Any, items: Any, depth: Any) -> Any:
    u = y * 0.5
    if depth == 0:
        return y * 0.7
    if len(items) > 1:
        u = items.pop(0) * 0.7
    return np.sin(from_the_first_item(u, q, items, depth - 1)) * u


def lists_of_known_length_in_turn(x: Any, y: Any) -> Any:
    return from_the_first_item(x[1] * y, x * x, [x[0], y], 2)


def test_a_test_that_one_branch_sets_to_a_constant_and_another_asks() -> None:
    right(lists_of_known_length_in_turn, X, 0.4)


def test_an_element_is_read_before_its_update_writes_to_it() -> None:
    right(element_that_its_own_update_writes, X)


def test_the_place_of_an_update_comes_before_its_value() -> None:
    right(place_that_its_own_index_writes, X)
    np.random.seed(3)
    expected = place_and_value_drawn(X)
    np.random.seed(3)
    assert wg.value_and_grad(place_and_value_drawn).python_for(X)(X)[0] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("switch", OPTIMISATIONS)
def test_a_loop_runs_backwards_if_an_adjoint_is_set_and_meant_behind_it(switch: str) -> None:
    with without(switch):
        right(last_value_of_an_adjoint, X, np.full(3, 0.4))


def test_a_tuple_whose_arrays_change_their_layout_has_one_type() -> None:
    plain, strided = Array("float64", 1, "C"), Array("float64", 1, "A")
    assert unify(TupleOf((strided, plain)), TupleOf((plain, plain))) == TupleOf((strided, plain))


@pytest.mark.compiled
def test_branches_that_the_length_of_a_list_rules_out_are_gone() -> None:
    right(lists_whose_lengths_are_known, X)
    np.testing.assert_allclose(wg.grad(lists_whose_lengths_are_known)(X), [X[1], X[0] + 2 * X[1] + X[2], X[1], 0, 0, 0])


def test_what_follows_a_guard_stands_under_no_condition() -> None:
    def guarded(x: Any, y: Any) -> Any:
        if y > 50.0:
            raise ValueError("too large")
        s = y
        for i in range(len(x)):
            if x[i] > 9.0:
                raise ValueError(i)
            s *= x[i]
        return s

    right(guarded, X, 0.7)
    assert "else" not in wg.grad(guarded).source_for(X, 0.7)


PLACES = np.array([3, 0, 0])


def value_that_is_read_behind_a_break(x: Any, n: Any) -> Any:
    c = x * 2.0
    k = n
    q = 0
    while True:
        q += 1
        c[PLACES] *= x[0]
        if q > 2:
            break
        k = q * 3 + 1
    return c[k % 4] * x[1]


def test_a_counter_of_a_loop_that_is_left_is_not_called_like_what_is_read_behind_it() -> None:
    """The counter of the elements of PLACES was `k`, too."""
    right(value_that_is_read_behind_a_break, X, 5)
