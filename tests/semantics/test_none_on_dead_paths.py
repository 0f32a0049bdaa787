"""What a name is on a path that is not taken, where an argument is None and another is not, says nothing about the name.

Numba types both paths, and None on one of them makes no difference to the type of what there is on the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import run
from tests.semantics.decided import Function, X

A, B = X + 3, X * 2


def chosen_by_branches(x, a=None, b=None):
    if a is None and b is None:
        w = x
    elif a is None:
        w = b
    elif b is None:
        w = a
    else:
        w = a * b
    return np.sum(w * x**2)


def chosen_by_an_expression(x, a=None, b=None):
    w = (b if b is not None else x) if a is None else a
    return np.sum(w * x**2)


def chosen_by_a_negation(x, a=None, b=None):
    w = x
    if a is None and b is not None:
        w = b
    elif not (a is None):  # noqa: E714 (it is `not` that is tried)
        w = a
    return np.sum(w * x**2)


def replaced_afterwards(x, a=None, b=None):
    w = b if a is None else a
    if w is None:
        w = x
    return np.sum(w * x**2)


def none_at_first(x, a=None, b=None):
    w = None
    if a is not None:
        w = a * 2
    if w is None:
        w = x
    return np.sum(w * x**2)


def a_negated_test(x, a=None, b=None):
    w = b
    if not (a is None):  # noqa: E714 (it is `not` that is tried)
        w = a
    if w is None:
        w = x
    return np.sum(w * x**2)


def both_or_none(x, a=None, b=None):
    w = None
    if a is not None and b is not None:
        w = a * b
    if w is None:
        w = x
    return np.sum(w * x**2)


def either(x, a=None, b=None):
    w = None
    if a is not None or b is not None:
        w = np.full(x.size, 3.0)
    if w is None:
        w = x
    return np.sum(w * x**2)


def an_operand_behind_one_that_is_not_known(x, a=None, b=None):
    s = 0.0
    for i in range(x.size):
        if a is None and b is not None:
            w = b[i]
        elif x[i] > 0 and a is not None and b is None:
            w = a[i]
        else:
            w = x[i]
        s += w * x[i] ** 2
    return s


WEIGHTS: dict[Function, Any] = {
    chosen_by_branches: lambda x, a, b: x if a is None and b is None else b if a is None else a if b is None else a * b,
    chosen_by_an_expression: lambda x, a, b: a if a is not None else b if b is not None else x,
    chosen_by_a_negation: lambda x, a, b: a if a is not None else b if b is not None else x,
    replaced_afterwards: lambda x, a, b: a if a is not None else b if b is not None else x,
    a_negated_test: lambda x, a, b: a if a is not None else b if b is not None else x,
    both_or_none: lambda x, a, b: x if a is None or b is None else a * b,
    either: lambda x, a, b: x if a is None and b is None else np.full(x.size, 3.0),
    none_at_first: lambda x, a, b: x if a is None else a * 2,
    an_operand_behind_one_that_is_not_known: (
        lambda x, a, b: b if a is None and b is not None else np.where(x > 0, a, x) if a is not None and b is None else x
    ),
}
GIVEN = [(None, None), (A, None), (None, B), (A, B)]


@pytest.mark.parametrize("given", GIVEN, ids=["neither", "a", "b", "both"])
@pytest.mark.parametrize("function", WEIGHTS, ids=lambda f: f.__name__)
def test_what_is_taken_decides(function: Function, given: tuple[Any, Any]) -> None:
    value, gradient = run(wg.value_and_grad(function), X, *given)
    weights = WEIGHTS[function](X, *given)
    assert value == pytest.approx(np.sum(weights * X**2), rel=1e-14)
    of_x = np.where(weights == X, X**2, 0.0)            # where the weights are x itself
    np.testing.assert_allclose(gradient, 2 * weights * X + of_x, rtol=1e-14)


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize("given", GIVEN, ids=["neither", "a", "b", "both"])
@pytest.mark.parametrize("function", WEIGHTS, ids=lambda f: f.__name__)
def test_numba_takes_the_same(function: Function, given: tuple[Any, Any]) -> None:
    assert njit(function)(X, *given) == pytest.approx(run(wg.value_and_grad(function), X, *given)[0], rel=1e-14)
