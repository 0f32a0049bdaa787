"""What decides a branch for Numba: operands of `and` and `or`, folded numbers, ranks, lengths, and what nested functions return.

`product` shows which type a number has: an array that is filled with a whole number cuts off what is written into it.  The two
lists at the end are what Numba makes of the programs (`test_numba_means_the_same`).
"""
# ruff: noqa: SIM108, E731, F841

from __future__ import annotations

from typing import NamedTuple

import pytest
from numba import njit

from tests.semantics.decided import Function, decides, numba_means, of_a_float, of_a_whole_number, product

THREE, ZERO_AND_ONE = 3, (0, 1)


class Pair(NamedTuple):
    a: int
    b: float


def later_operand(x):
    n = 0
    if x[0] > 9 or n == 0:
        w = 1
    else:
        w = x[0]
    return product(w, x)


def last_of_three(x):
    n = 0
    return product(1 if x[0] > 9 or x[1] > 9 or n == 0 else x[0], x)


def operand_in_the_middle(x):
    n = 0
    return product(1 if x[0] > 9 or n == 0 or x[1] > 9 else x[0], x)


def negated_conjunction(x):
    n = 0
    return product(1 if not (x[0] < 9 and n != 0) else x[0], x)


def negated_disjunction(x):
    n = 0
    return product(1 if not (x[0] > 9 or n == 0) or n == 0 else x[0], x)


def number_as_an_operand(x):
    n = 1
    return product(1 if x[0] > 9 or n else x[0], x)


def chain_as_an_operand(x):
    n = 0
    return product(1 if x[0] > 9 or 0 <= n < 2 else x[0], x)


def one_arm_of_a_choice(x):
    n = 0
    return product(1 if (x[1] > 0 if x[0] > 9 else n == 0) else x[0], x)


def truth_with_a_name(x):
    n = 0
    c = x[0] > 9 or n == 0
    return product(1 if c else x[0], x)


def named_in_the_test(x):
    n = 0
    return product(1 if x[0] > 9 or (m := n) == 0 else x[0], x)


def folded(x):
    n = 2 * 3 - 6
    return product(1 if n == 0 else x[0], x)


def folded_in_the_test(x):
    return product(1 if 2 * 3 - 6 == 0 else x[0], x)


def arithmetic_of_a_global(x):
    n = 1 + 2 * THREE - 7
    return product(1 if n == 0 else x[0], x)


def result_of_a_nested_function(x):
    def z():
        return 0
    n = z()
    return product(1 if n == 0 else x[0], x)


def result_of_a_lambda(x):
    z = lambda: 0
    return product(1 if z() == 0 else x[0], x)


def handed_through_a_lambda(x):
    z = lambda a: a
    return product(1 if z(0) == 0 else x[0], x)


def argument_of_a_nested_function(x):
    def z(a):
        if a == 0:
            w = 1
        else:
            w = x[0]
        return w
    return product(z(0), x)


def default_of_a_nested_function(x):
    def z(a, b=0):
        if b == 0:
            w = 1
        else:
            w = x[0]
        return w
    return product(z(0), x)


def captured_by_a_nested_function(x):
    n = 0
    def z(a):
        if n == 0:
            w = 1
        else:
            w = x[0]
        return w
    return product(z(0), x)


def length_in_a_nested_function(x):
    def z(t):
        if len(t) == 2:
            w = 1
        else:
            w = x[0]
        return w
    return product(z((1,2)), x)


@njit
def rank_in_a_helper_h(a, x):
    return product(1 if a.ndim == 1 else x[0], x)


def rank_in_a_helper(x):
    return rank_in_a_helper_h(x[1:], x)


@njit
def rank_of_a_part_h(a, x):
    b = a[1:]
    return product(1 if b.ndim == 1 else x[0], x)


def rank_of_a_part(x):
    return rank_of_a_part_h(x[1:], x)


@njit
def rank_of_what_is_bound_again_h(a, x):
    a = a[1:]
    return product(1 if a.ndim == 1 else x[0], x)


def rank_of_what_is_bound_again(x):
    return rank_of_what_is_bound_again_h(x[1:], x)


@njit
def rank_with_a_name_h(a, x):
    n = a.ndim
    return product(1 if n == 1 else x[0], x)


def rank_with_a_name(x):
    return rank_with_a_name_h(x[1:], x)


def rank_in_a_lambda(x):
    z = lambda a: a.ndim
    return product(1 if z(x) == 1 else x[0], x)


@njit
def named_rank_as_an_operand_h(a, x):
    n = a.ndim
    return product(1 if x[0] > 9 or n == 1 else x[0], x)


def named_rank_as_an_operand(x):
    return named_rank_as_an_operand_h(x[1:], x)


@njit
def rank_as_an_operand_h(a, x):
    return product(1 if x[0] > 9 or a.ndim == 1 else x[0], x)


def rank_as_an_operand(x):
    return rank_as_an_operand_h(x[1:], x)


@njit
def rank_two_calls_down_g(a, x):
    return product(1 if a.ndim == 1 else x[0], x)


@njit
def rank_two_calls_down_h(a, x):
    return rank_two_calls_down_g(a, x)


def rank_two_calls_down(x):
    return rank_two_calls_down_h(x[1:], x)


def rank_under_another_name(x):
    b = x
    return product(1 if b.ndim == 1 else x[0], x)


@njit
def length_of_a_default_h(x, t=(1, 2)):
    return product(1 if len(t) == 2 else x[0], x)


def length_of_a_default(x):
    return length_of_a_default_h(x)


@njit
def default_as_an_operand_h(x, k=0):
    return product(1 if x[0] > 9 or k == 0 else x[0], x)


def default_as_an_operand(x):
    return default_as_an_operand_h(x)


def item(x):
    t = (0, x[0])
    return product(1 if t[0] == 0 else x[0], x)


def item_of_a_global(x):
    return product(1 if ZERO_AND_ONE[0] == 0 else x[0], x)


def field(x):
    p = Pair(0, x[0])
    return product(1 if p.a == 0 else x[0], x)


def length_of_a_local(x):
    t = (0, x[0])
    return product(1 if len(t) == 2 else x[0], x)


def item_in_a_chain(x):
    t = (0, x[0])
    return product(1 if 0 <= t[0] < 2 else x[0], x)


def length_with_a_name(x):
    t = (0, x[0])
    n = len(t)
    return product(1 if n == 2 else x[0], x)


def item_of_constants(x):
    return product(1 if (1, 2)[0] == 1 else x[0], x)


def membership(x):
    n = 0
    return product(1 if n in (0, 1) else x[0], x)


def item_that_is_a_bool(x):
    t = (True, x[0])
    return product(1 if t[0] else x[0], x)


def loop_that_only_a_break_leaves(x):
    n = 0
    w = x[0]
    while n == 0:
        w = 1
        if x[0] > 0:
            break
    return product(w, x)


def loop_with_a_later_operand(x):
    n = 0
    w = x[0]
    while x[0] > 9 or n == 0:
        w = 1
        if x[0] > 0:
            break
    return product(w, x)


def choice_by_a_later_operand(x):
    n = 0
    w = 1 if (x[0] > 9 or n == 0) else x[0]
    return product(w, x)


def number_that_holds_or(x):
    n = 1
    w = n or x[0]
    return product(w, x)


def rank_before_two_operands(x):
    return product(1 if x.ndim == 1 or x[0] > 9 or x[1] > 9 else x[0], x)


def rank_before_an_operand_that_binds(x):
    return product(1 if x.ndim == 1 or (k := x[0]) > 9 or k > 8 else x[0], x)


def operands_that_bind_before_a_number(x):
    n = 0
    return product(1 if (x.ndim == 2 and (k := x[0]) > 0 and k > -1) or n == 0 else x[0], x)


WHOLE: list[Function] = [
    later_operand, last_of_three, operand_in_the_middle, negated_conjunction, negated_disjunction, number_as_an_operand,
    chain_as_an_operand, named_in_the_test, folded, folded_in_the_test,
    result_of_a_nested_function, result_of_a_lambda, handed_through_a_lambda,
    argument_of_a_nested_function, default_of_a_nested_function, captured_by_a_nested_function,
    rank_in_a_helper, rank_with_a_name, rank_in_a_lambda, named_rank_as_an_operand, rank_as_an_operand,
    rank_two_calls_down, rank_under_another_name, item_of_constants, loop_that_only_a_break_leaves,
    loop_with_a_later_operand, choice_by_a_later_operand, number_that_holds_or, rank_before_two_operands,
    rank_before_an_operand_that_binds, operands_that_bind_before_a_number,
]
FLOAT: list[Function] = [
    one_arm_of_a_choice, truth_with_a_name, arithmetic_of_a_global, length_in_a_nested_function, rank_of_a_part,
    rank_of_what_is_bound_again, length_of_a_default, default_as_an_operand, item, item_of_a_global, field,
    length_of_a_local, item_in_a_chain, length_with_a_name, membership,
    item_that_is_a_bool,
]
MEANT = {**dict.fromkeys(WHOLE, of_a_whole_number), **dict.fromkeys(FLOAT, of_a_float)}


@pytest.mark.parametrize("function", MEANT, ids=lambda f: f.__name__)
def test_what_decides_a_branch(function: Function) -> None:
    decides(function, MEANT[function])


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize("function", MEANT, ids=lambda f: f.__name__)
def test_numba_means_the_same(function: Function) -> None:
    numba_means(function, MEANT[function])
