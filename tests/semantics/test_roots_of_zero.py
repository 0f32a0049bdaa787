"""The adjoint of what a root is taken of is infinite at 0: a partial that is zero there stays zero, as in forward mode.

Each program has the least subgradient of its norm or distance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import run

X = np.array([0.7, -1.3, 0.7])
Z = np.zeros(3)


def length(x):
    return np.sqrt(np.sum(x * x))


def length_of_elements(x):
    s = 0.0
    for i in range(x.size):
        s += x[i] ** 2
    return s**0.5


def length_of_what_is_stored(x):
    squares = np.empty(x.size)
    for i in range(x.size):
        squares[i] = x[i] * x[i]
    return np.sqrt(squares[0] + squares[1])


def added_up_in_an_array(x):
    total = np.zeros(2)
    for i in range(x.size):
        total[0] += x[i] * x[i]
    return np.sqrt(total[0])


def through_a_view(x):
    squares = x * x
    part = squares[1:]
    return np.sum(np.sqrt(part))


def step(x, out):
    for i in range(x.size):
        out[i] = x[i] * x[i]


def written_by_a_helper(x):
    out = np.zeros(x.size)
    step(x, out)
    return np.sqrt(np.sum(out))


def squared(x, k):
    if k == 0:
        return x[0] * x[0]
    return squared(x, k - 1) + x[k] * x[k]


def of_a_function_that_calls_itself(x):
    return np.sqrt(squared(x, 2))


def rooted(x, k):
    if k == 0:
        return np.sqrt(x[0] * x[0])
    return rooted(x * x[0], k - 1)


def inside_a_function_that_calls_itself(x):
    return rooted(x, 2)


def filled(x, out, k):
    if k < x.size:
        out[k] = x[k] * x[k]
        filled(x, out, k + 1)


def written_by_one_that_calls_itself(x):
    out = np.zeros(x.size)
    filled(x, out, 0)
    return np.sqrt(np.sum(out))


def rooted_as_given(x, k):
    if k == 0:
        return np.sqrt(np.sum(x))
    return rooted_as_given(x, k - 1)


def given_to_one_that_takes_the_root(x):
    return rooted_as_given(x * x, 2)


def filled_again(x, out, k):
    out[0] = np.sum(x * x)
    if k > 0:
        filled_again(x, np.zeros(1), k - 1)


def written_before_it_calls_itself(x):
    out = np.zeros(1)
    filled_again(x, out, 1)
    return np.sqrt(out[0])


def order_three(x):
    return np.linalg.norm(x, 3)


def other_powers(x, p=0.25):
    return np.sum(np.abs(x) ** 4) ** p


def stored_and_read_beside_zero(x):
    roots = np.empty(x.size)
    for i in range(x.size):
        roots[i] = np.sqrt(x[i])
    return roots[0] * x[1] + roots[1] * x[2]


def inverse_sine(x):
    return np.arcsin(1.0 - np.sum(x * x)) + np.arccos(np.cosh(np.sum(x * x)))


PROGRAMS = [
    length, length_of_elements, length_of_what_is_stored, added_up_in_an_array, through_a_view, written_by_a_helper,
    of_a_function_that_calls_itself, inside_a_function_that_calls_itself, written_by_one_that_calls_itself,
    given_to_one_that_takes_the_root, written_before_it_calls_itself, order_three, other_powers, stored_and_read_beside_zero,
    inverse_sine,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_at_zero(f: Any) -> None:
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(run(wg.grad(f), Z), Z)
        assert run(wg.jvp(f), (Z,), (X,))[1] == 0


def distances(x):
    s = 0.0
    for i in range(x.size):
        for j in range(x.size):
            s += np.sqrt((x[i] - x[j]) * (x[i] - x[j]))
    return s


def distances_at_once(x):
    d = x[:, None] - x[None, :]
    return np.sum(np.sqrt(d * d))


@pytest.mark.parametrize("f", [distances, distances_at_once])
def test_distances_among_all_even_of_each_to_itself(f: Any) -> None:
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(run(wg.grad(f), X), [2.0, -4.0, 2.0])
        assert run(wg.jvp(f), (X,), (X,))[1] == 8.0


@pytest.mark.compiled
def test_compiled() -> None:
    np.testing.assert_array_equal(wg.grad(length)(Z), Z)
    np.testing.assert_array_equal(wg.grad(distances)(X), [2.0, -4.0, 2.0])


def test_what_no_root_is_taken_of_is_plain() -> None:
    def plain(x):
        return x[0] * x[1] + np.sqrt(x[2])

    text = wg.grad(plain).source_for(X)
    assert "x_bar[1] += x[0]" in text
    assert "x_bar[0] += x[1]" in text
