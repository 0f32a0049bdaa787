"""What Numba knows and is not followed here: Numba types the function in the end, and where its types are others it is refused."""
# ruff: noqa: E731, F841, SIM108

from __future__ import annotations

import math
import sys

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run
from tests.semantics.decided import Function, X, decides, of_a_float, of_a_whole_number, product

PAIR = (0, 1)


@njit
def unless_given(x, k=None):
    return product(x[0] if k is None else 1, x)


def a_while_that_runs_for_sure(x):
    b = x[0]
    i = 0
    while i < 2:
        b = 1
        i += 1
    return product(b, x)


@njit
def apply(g, x):
    return product(g(0, x), x)


def a_lambda_handed_on(x):
    return apply(lambda a, y: 1 if a == 0 else y[0], x)


@njit
def apply_r(g, x):
    return product(1 if g(x) == 0 else x[0], x)


def a_lambda_handed_on_decides(x):
    return apply_r(lambda y: 0, x)


@njit
def apply_rank(g, x):
    return product(g(x[1:], x), x)


def a_rank_in_a_lambda_handed_on(x):
    return apply_rank(lambda a, y: 1 if a.ndim == 1 else y[0], x)


def a_rank_against_none(x):
    return unless_given(x, x.ndim)


def a_sum_against_none(x):
    return unless_given(x, 1 + 2)


@njit
def three():
    return 3


def a_result_against_none(x):
    return unless_given(x, three())


def one_of_two_names_against_none(x):
    a, b = 3, x[0]
    return unless_given(x, a)


def a_name_bound_twice_against_none(x):
    n = 3
    r = unless_given(x, n)
    n = 4
    return r + n


@njit
def rec(x, k, d):
    if d == 0:
        return product(x[0] if k is None else 1, x)
    return rec(x, k, d - 1)


def a_number_through_recursion(x):
    return rec(x, 3, 2)


def none_of_two_names(x):
    a, b = None, x[0]
    return product(1 if a is None else x[0], x)


def an_annotated_number(x):
    n: int = 3
    return product(x[0] if n is None else 1, x)


def a_product_under_a_name(x):
    n = 2 * 3
    return product(x[0] if n is None else 1, x)


def a_number_bound_twice(x):
    n = 3
    r = product(x[0] if n is None else 1, x)
    n = 4
    return r + n


def an_item_bound_twice(x):
    t = (None, x[0])
    a = t[0]
    r = product(1 if a is None else x[0], x)
    a = t[0]
    return r + product(1 if a is None else x[0], x)


@njit
def rebind(x, k):
    t = (None, x[0])
    k = t[0]
    return product(1 if k is None else x[0], x)


def a_parameter_bound_to_an_item(x):
    return rebind(x, 3)


def what_a_lambda_returns(x):
    z = lambda a: a
    n = z(None)
    return product(1 if n is None else x[0], x)


@njit
def one(x):
    return 1


@njit
def called_if_given(x, f=None):
    if f is None:
        return x[0]
    return f(x)


def a_function_against_none(x):
    return product(called_if_given(x, one), x)


def truth_of_a_name_of_none(x):
    k = None
    return product(x[0] if k else 1, x)


def a_name_that_an_if_binds(x):
    if x[0] > 0:
        step = 1
    else:
        step = -1
    if step:
        w = 1
    else:
        w = x[0]
    return product(w, x)


@njit(inline="always")
def inlined(n, x):
    return 1 if n == 0 else x[0]


def an_inlined_function(x):
    return product(inlined(0, x), x)


def an_element_and_a_name(x):
    a = np.zeros(2)
    a[0], n = x[0], 0
    return product(1 if n == 0 else x[0], x)


def a_target_in_a_target(x):
    n, (q, p) = 0, (x[0], 1)
    return product(1 if n == 0 else x[0], x)


def an_item_of_a_global(x):
    n, q = PAIR[0], x[0]
    return product(1 if n == 0 else x[0], x)


def a_loop_with_one_round(x):
    m = 1
    b = 1
    once = True
    for i in range(3):
        if m == 1:
            m = 0
        else:
            b = x[0]
        if once:
            break
    return product(b, x)


def a_rank_itself_against_none(x):
    return product(x[0] if x.ndim is None else 1, x)


def a_global_tuple_against_none(x):
    return product(x[0] if PAIR is None else 1, x)


def pi_against_none(x):
    return product(x[0] if math.pi is None else 1, x)

OTHERWISE: list[Function] = [
    a_while_that_runs_for_sure, a_lambda_handed_on, a_lambda_handed_on_decides, a_rank_in_a_lambda_handed_on,
    a_rank_against_none, a_sum_against_none, a_result_against_none, one_of_two_names_against_none,
    a_name_bound_twice_against_none, a_number_through_recursion, none_of_two_names, an_annotated_number,
    a_product_under_a_name, a_number_bound_twice, an_item_bound_twice, a_parameter_bound_to_an_item, what_a_lambda_returns,
    a_function_against_none, an_inlined_function, an_element_and_a_name, a_target_in_a_target, an_item_of_a_global,
    a_loop_with_one_round, a_rank_itself_against_none, a_global_tuple_against_none, pi_against_none,
]


@pytest.mark.parametrize("function", OTHERWISE, ids=lambda f: f.__name__)
def test_what_comes_out_otherwise_is_refused(function: Function) -> None:
    """Which branches Numba takes away depends on the bytecode: what is accepted under another Python is what it computes there."""
    if sys.version_info >= (3, 12) and not refused(function):
        h = 1e-6
        y, x_bar = run(wg.value_and_grad(function), X)
        primal = njit(function)
        np.testing.assert_allclose(y, primal(X), rtol=1e-14)
        np.testing.assert_allclose(x_bar, [(primal(X + h * e) - primal(X - h * e)) / (2.0 * h) for e in np.eye(X.size)], atol=1e-7)
        return
    with pytest.raises(wg.UnsupportedError) as caught:
        wg.grad(function).source_for(X)
    assert "a = np.full(2, w)" in str(caught.value)
    assert "which branches Numba takes away decides that" in str(caught.value)


def refused(function: Function) -> bool:
    try:
        wg.grad(function).source_for(X)
    except wg.UnsupportedError:
        return True
    return False


def an_array_without_a_name(x):
    b = x[0]
    i = 0
    while i < 2:
        b = 1
        i += 1
    return np.sum(np.full(2, b) // 2) * x[1]


def test_arrays_without_a_name() -> None:
    with pytest.raises(wg.UnsupportedError, match="an array of this line is of floats here and of whole numbers for Numba"):
        wg.grad(an_array_without_a_name).source_for(X)


def test_what_does_not_is_not() -> None:
    decides(truth_of_a_name_of_none, of_a_whole_number)
    decides(a_name_that_an_if_binds, of_a_float)


def a_default_that_is_left_out(x, k=3):
    return unless_given(x, k)


def one_of_two_that_are_left_out(x, j=2.0, k=3):
    return unless_given(x, k) * j


@njit
def first_that_is_given(x, k=None, j=None):
    w = k
    if w is None:
        w = j
    if w is None:
        return product(x[0], x)
    if k is None or x[0] < 0.0:
        w = 1
    return product(w, x)


def a_number_under_a_name_that_is_bound_again(x):
    return first_that_is_given(x, 2, 1.5)


@pytest.mark.parametrize(("function", "what"), [
    (a_default_that_is_left_out, "floats here and of whole numbers for Numba where `k` is left out"),
    (one_of_two_that_are_left_out, "floats here and of whole numbers for Numba where `j`, `k` are left out"),
    (a_number_under_a_name_that_is_bound_again, "whole numbers for Numba, and never here"),
])  # fmt: skip
def test_what_numba_takes_for_a_constant(function: Function, what: str) -> None:
    with pytest.raises(wg.UnsupportedError, match=f"`a` is of {what}"):
        wg.grad(function).source_for(X)


@njit
def unless_none(x, k=None, j=None):
    w = k
    if w is None:
        w = j
    if w is None:
        return product(1, x)
    if k is not None and j is None:
        w = x[0]
    return product(w, x)


def a_number_that_may_be_none_for_numba(x):
    return unless_none(x, k=1.5) * 1.0


def test_what_may_be_none_for_numba_is_a_number() -> None:
    decides(a_number_that_may_be_none_for_numba, lambda x: x[1] * 3 * x[2] * x[0])


@njit
def gathered(a, k):
    k = k[::-1]
    a = a * 2.0
    return a[k]


def whole_numbers_handed_on(x):
    k = np.argsort(x)
    y = gathered(x, k)
    s = 0
    for v in y[y > 0]:
        s += v
    return s * np.sum(y * x)


def arrays_of_both(x):
    a = np.arange(4)
    b, a[1] = a * x, 3
    s = product(1 if x.ndim == 1 else x[0], x)
    return np.sum(b) * x[0] + (a * 0.5)[1] * s


@pytest.mark.parametrize("function", [whole_numbers_handed_on, arrays_of_both])
def test_both_kinds_in_a_line_are_fine(function: Function) -> None:
    agrees(function, X)


def test_the_message() -> None:
    with pytest.raises(wg.UnsupportedError) as caught:
        wg.grad(a_while_that_runs_for_sure).source_for(X)
    first, _, _, reason, remedy = str(caught.value).splitlines()
    assert first.endswith(": `a` is of floats here and of whole numbers for Numba")
    assert reason == "  reason: which branches Numba takes away decides that, and here it came out otherwise"
    assert remedy == "  help:   let what is a float on one path be one on every path: `w = 1.0` for `w = 1`"


def followed_where_it_says_so(x):
    b = x[0]
    i = 0
    while i < 2:
        b = 1.0
        i += 1
    return product(b, x)


def test_the_remedy() -> None:
    decides(followed_where_it_says_so, of_a_float)
