"""Tests against None: Numba takes a branch away for what is None or a number written out, and types both for everything else.

`product` shows which type a number has: an array that is filled with a whole number cuts off what is written into it.  The two
lists at the end are what Numba makes of the programs (`test_numba_means_the_same`).
"""
# ruff: noqa: SIM108, E711

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees
from tests.semantics.decided import Function, X, decides, numba_means, of_a_float, of_a_whole_number, product

THREE = 3


@njit
def scaled(x, k=None):
    if k is None:
        w = x[0]
    else:
        w = 1
    return product(w, x)


@njit
def scaled_behind_return(x, k=None):
    if k is None:
        return x[0]
    return 1


@njit
def scaled_by_choice(x, k=None):
    return product(x[0] if k is None else 1, x)


@njit
def one_unless_given(x, k=None):
    w = 1
    if k is None:
        return product(w, x)
    w = x[0]
    return product(w, x)


@njit
def with_an_operand(x, k=None):
    w = 1
    if k is None and x[0] < 9:
        w = x[0]
    return product(w, x)


@njit
def equal_to_none(x, k=None):
    w = 1
    if k == None:
        w = x[0]
    return product(w, x)


@njit
def named_test(x, k=None):
    missing = k is None
    if missing:
        w = x[0]
    else:
        w = 1
    return product(w, x)


@njit
def negated_test(x, k=None):
    if not k is not None:
        w = x[0]
    else:
        w = 1
    return product(w, x)


@njit
def one_where_it_is_none(x, k=None):
    if k is None:
        w = 1
    else:
        w = x[0]
    return product(w, x)


@njit
def handed_on(x, k):
    return scaled(x, k)


@njit
def with_a_default(x, k=3):
    return product(x[0] if k is None else 1, x)


@njit
def filled_in(x, k=None):
    if k is None:
        k = x[0]
    return product(k, x)


def an_element(x):
    return scaled(x, x[3])


def a_whole_number_that_is_read(x):
    return scaled(x, len(x))


def an_array(x):
    return scaled(x, x)


def a_tuple(x):
    return scaled(x, (x[1], 2))


def a_result_of_two_returns(x):
    return product(scaled_behind_return(x, x[3]), x)


def a_choice(x):
    return scaled_by_choice(x, x[3])


def an_operand(x):
    return with_an_operand(x, x[3])


def equality(x):
    return equal_to_none(x, x[3])


def a_test_with_a_name(x):
    return named_test(x, x[3])


def a_negated_test(x):
    return negated_test(x, x[3])


def a_whole_number_that_may_be_filled_in(x):
    return filled_in(x, len(x) - 3)


def by_name(x):
    return scaled(x, k=x[3])


def through_a_lambda(x):
    inner = lambda k: scaled(x, k)  # noqa: E731
    return inner(x[3])


def nothing(x):
    return one_where_it_is_none(x)


def none_itself(x):
    return one_where_it_is_none(x, None)


def none_with_a_name(x):
    k = None
    return one_where_it_is_none(x, k)


def return_where_none_was_given(x):
    return one_unless_given(x)


def a_number_in_a_call(x):
    return scaled(x, 3)


def a_name_of_a_number_in_a_call(x):
    n = 3
    return scaled(x, n)


def a_number_two_calls_down(x):
    return handed_on(x, 3)


def a_number_by_name(x):
    return scaled(x, k=3)


def a_bool_in_a_call(x):
    return scaled(x, True)


def a_float_in_a_call(x):
    return scaled(x, 3.0)


def a_global_in_a_call(x):
    return scaled(x, THREE)


def a_number_that_is_bound_again(x):
    n = 3
    for _ in range(2):
        n += 1
    return scaled(x, n)


def a_default(x):
    return with_a_default(x)


def a_number_for_a_default(x):
    return with_a_default(x, 4)


def a_local_number(x):
    k = 2.5
    if k is None:
        w = x[0]
    else:
        w = 1
    return product(w, x)


def a_number_in_a_lambda(x):
    inner = lambda k: product(x[0] if k is None else 1, x)  # noqa: E731
    return inner(2.5)


def an_element_in_a_lambda(x):
    inner = lambda k: product(x[0] if k is None else 1, x)  # noqa: E731
    return inner(x[0])


def an_item(x):
    t = (3, x[0])
    return product(x[0] if t[0] is None else 1, x)


def a_named_item(x):
    t = (x[0], 3)
    k = t[1]
    return product(x[0] if k is None else 1, x)


def many_returns(x, k=None):
    for i in range(3):
        if k is None:
            return np.sum(x)
        elif k[i] > 0:
            break
        x = x * 1.5
    if k is None:
        return 0.0
    return np.sum(x * k)


def an_array_in_its_place(x, k=None):
    if k is None:
        k = np.ones(len(x))
    else:
        k = k * 0.5
    return np.sum(x * x * k)


def a_tuple_in_its_place(x, bounds=None):
    if bounds is None:
        bounds = (0.0, 1.0)
    low, high = bounds
    return np.sum(np.minimum(np.maximum(x * 0.5, low), high) * x)


def raised(x, k=None):
    if k is None:
        raise ValueError("k is needed")
    return np.sum(x) * k


def nested(x, k=None, c=None):
    if k is not None and c is not None and c > 0.0:
        return x[0] * k * c
    elif k is not None:
        return x[1] * k
    return x[2]


WHOLE: list[Function] = [nothing, none_itself, none_with_a_name, return_where_none_was_given, a_number_in_a_call,
    a_name_of_a_number_in_a_call, a_number_two_calls_down, a_number_by_name, a_bool_in_a_call, a_global_in_a_call,
    a_number_for_a_default, a_local_number, a_number_in_a_lambda]
FLOAT: list[Function] = [
    an_element, a_whole_number_that_is_read, an_array, a_tuple, a_result_of_two_returns, a_choice, an_operand, equality,
    a_test_with_a_name, a_negated_test, a_float_in_a_call, a_number_that_is_bound_again, a_default, an_element_in_a_lambda,
    an_item, a_named_item, a_whole_number_that_may_be_filled_in, by_name, through_a_lambda,
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


@pytest.mark.parametrize("function", [many_returns, an_array_in_its_place])
def test_arrays_that_may_be_left_out(function: Function) -> None:
    agrees(function, X)
    agrees(function, X, np.array([-0.5, 0.3, 1.1, 0.2]))


def test_other_things_that_may_be_left_out() -> None:
    agrees(a_tuple_in_its_place, X)
    agrees(a_tuple_in_its_place, X, (0.1, 0.7))
    agrees(raised, X, 0.5)
    for given in ((), (0.3,), (0.3, 0.9), (0.3, -0.9)):
        agrees(nested, X, *given)


def test_the_branch_is_gone() -> None:
    assert "if" not in wg.grad(an_array_in_its_place).source_for(X, X).split("import")[-1]
