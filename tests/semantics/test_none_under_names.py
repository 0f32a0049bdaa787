"""What is None under other names, in tuples, as a value and as an operand: which branches Numba takes away for it.

`product` shows which type a number has: an array that is filled with a whole number cuts off what is written into it.  The two
lists at the end are what Numba makes of the programs (`test_numba_means_the_same`).
"""
# ruff: noqa: SIM108, E712, F841

from __future__ import annotations

import pytest
from numba import njit

from tests.semantics.decided import Function, decides, numba_means, of_a_float, of_a_whole_number, product


@njit
def find(x):
    return None


@njit
def replaced(x, k=None, j=2):
    if k is None:
        k = j
    return product(k, x)


def a_truth_that_is_negated(x, k=None):
    if not k:
        w = 1
    else:
        w = x[0]
    return product(w, x)


def a_truth(x, k=None):
    if k:
        w = x[0]
    else:
        w = 1
    return product(w, x)


def an_operand_that_is_none(x, k=None):
    w = 1
    if k and x[0] > 0:
        w = x[0]
    return product(w, x)


def a_later_operand_that_is_none(x, k=None):
    w = 1
    if x[0] < 0 and k:
        w = x[0]
    return product(w, x)


def a_test_as_a_value(x, k=None):
    w = 1
    if (k is None) == False:
        w = x[0]
    return product(w, x)


def a_name_of_what_is_not(x, k=None):
    w = 1
    a = k is None
    b = not a
    if b:
        w = x[0]
    return product(w, x)


def a_name_of_a_conjunction(x, k=None):
    w = 1
    a = k is not None and x[0] < 0
    if a:
        w = x[0]
    return product(w, x)


def an_item_that_is_none(x):
    t = (None, 1)
    w = 1
    if t[0] is not None:
        w = x[0]
    return product(w, x)


def one_of_two_names(x):
    a, b = None, 1
    w = 1
    if a is not None:
        w = x[0]
    return product(w, x)


def the_second_of_two_targets(x, k=None):
    a = b = k
    w = 1
    if b is not None:
        w = x[0]
    return product(w, x)


def in_a_loop_that_is_left(x, k=None):
    w = 1
    for i in range(2):
        if k is not None:
            w = x[0]
            break
    return product(w, x)


def a_result_that_is_none(x):
    c = find(x)
    w = 1
    if c is not None:
        w = x[0]
    return product(w, x)


def a_rank_under_the_second_of_two_targets(x):
    y = z = x
    w = 1 if z.ndim == 1 else x[0]
    return product(w, x)


def a_decided_test_as_a_value(x):
    n = 0
    w = 1 if (n == 0) == True else x[0]
    return product(w, x)


def what_python_computes(x):
    w = 1 if (not False) == True else x[0]
    return product(w, x)


def a_name_that_the_test_binds(x, k=None):
    w = 1 if (c := k) is None else x[0]
    return product(w, x)


def a_number_that_would_be_replaced(x):
    return replaced(x, 1)


def a_number_that_would_be_replaced_by_a_float(x):
    return replaced(x, 1, x[0])


def what_is_replaced_is_a_length(x):
    return replaced(x, len(x) - 3, x[0])


def a_last_operand_that_is_false(x, k=None):
    w = 1
    if x[0] > 0 and k is not None:
        w = x[0]
    return product(w, x)


def a_middle_operand_that_is_false(x, k=None):
    w = 1
    if x[0] > 0 and k is not None and x[1] < 0:
        w = x[0]
    return product(w, x)


def a_last_operand_that_is_true(x, k=None):
    if x[0] < 0 or k is None:
        w = 1
    else:
        w = x[0]
    return product(w, x)


def a_value_is_no_test(x, k=None):
    c = x[0] > 0 and k is not None
    w = 1
    if c:
        w = x[0]
    return product(w, x)


WHOLE: list[Function] = [
    a_name_of_a_conjunction, the_second_of_two_targets, in_a_loop_that_is_left, a_rank_under_the_second_of_two_targets,
    what_python_computes, a_name_that_the_test_binds, a_number_that_would_be_replaced,
    a_number_that_would_be_replaced_by_a_float, a_last_operand_that_is_false, a_middle_operand_that_is_false,
    a_last_operand_that_is_true,
]
FLOAT: list[Function] = [
    a_truth_that_is_negated, a_truth, an_operand_that_is_none, a_later_operand_that_is_none, a_test_as_a_value,
    a_name_of_what_is_not, an_item_that_is_none, one_of_two_names, a_result_that_is_none, a_decided_test_as_a_value,
    what_is_replaced_is_a_length, a_value_is_no_test,
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
