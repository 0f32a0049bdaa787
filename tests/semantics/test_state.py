"""State: what is overwritten, aliased, viewed and swapped."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests import oracles
from tests.semantics.agreement import Array, X, agrees, run


def overwritten(x, n):
    y = x
    for i in range(n):
        x = x * y
        y = math.sin(y) + x
        x, y = y, x
    return x * y


@pytest.mark.parametrize("n", [0, 1, 5])
def test_scalars_overwritten_and_swapped_in_a_loop(n: int) -> None:
    agrees(overwritten, 0.8, n)


def augmented(a, s):
    t = s
    for i in range(a.size):
        t *= a[i]
        t -= 0.5
        a[i] *= t
        a[i] += s
        a[i] /= 2.0
        a[i] **= 2
    a[1:3] *= s
    a[2:] += t
    a -= 0.25
    return np.sum(a) * t


def test_augmented_assignment_of_scalars_elements_and_slices() -> None:
    agrees(augmented, X, 1.3)


def alias(a, s):
    b = a
    b[1] = s * a[0]
    a[2] = b[1] * b[1]
    return a[1] * b[2] + np.sum(b)


def test_a_second_name_then_a_write_through_either() -> None:
    agrees(alias, X, 1.3)


def views(m, s):
    row = m[1]
    column = m[:, 0]
    turned = m.T
    line = m.ravel()
    other = m.reshape((m.shape[1], m.shape[0]))
    row[0] = s * row[1]
    column[2] *= row[0]
    turned[1, 1] = column[2] * s
    line[1] = turned[1, 1] * line[0]
    other[0, 0] += line[1]
    return np.sum(m * m)


def test_views_then_a_write_through_either_name() -> None:
    agrees(views, np.arange(1.0, 13.0).reshape(4, 3) / 7.0, 1.3)


def ravel_of_any_layout(m, s):
    line = m.ravel()
    line[0] = s * line[1]
    return np.sum(m) + np.sum(line * line)


def test_ravel_views_or_copies_as_numba_does() -> None:
    m = np.arange(1.0, 13.0).reshape(4, 3)
    agrees(ravel_of_any_layout, m, 1.3)
    agrees(ravel_of_any_layout, m.T, 1.3, primal=lambda m, s: ravel_of_any_layout(np.asfortranarray(m), s))
    agrees(ravel_of_any_layout, m[:, ::2], 1.3, primal=lambda m, s: ravel_of_any_layout(strided(m), s))


def strided(m: Array) -> Array:
    """The same numbers in an array that is not contiguous."""
    return np.repeat(m, 2, axis=1)[:, ::2]


def shift_down(x):
    x[1:] = x[:-1]
    return x[1] * x[2] + x[-1]


def shift_up(x):
    x[:-1] = x[1:]
    x[::-1] = 2.0 * x
    return x * x


def test_overlapping_copies() -> None:
    agrees(shift_down, X)
    agrees(shift_up, X)


def running(a):
    a[1:] += a[:-1]
    return a


def product(a):
    a[1:] *= a[:-1]
    return np.sum(a)


def test_overlapping_augmented_assignment_runs_in_sequence() -> None:
    value, _ = run(wg.vjp(running), (np.arange(1.0, 6.0),), np.ones(5))
    np.testing.assert_array_equal(value, [1.0, 3.0, 6.0, 10.0, 15.0])
    agrees(running, X, primal=njit(running))
    agrees(product, X, primal=njit(product))


def temporary(a):
    a[1:] = 2.0 * a[:-1] + a[1:]
    return a


def test_overlapping_assignment_of_an_expression_goes_through_a_temporary() -> None:
    agrees(temporary, X, primal=njit(temporary))


def swap(x, i, j):
    x[i], x[j] = x[j] * x[i], x[i]
    return x[i] * x[i] + 3.0 * x[j]


@pytest.mark.parametrize("places", [(0, 3), (3, 0), (2, 2)])
def test_elements_swapped(places: tuple[int, int]) -> None:
    agrees(swap, X, *places)


def ping_pong(u, k, n):
    old = u.copy()
    new = np.zeros_like(u)
    for t in range(n):
        for i in range(1, u.size - 1):
            new[i] = old[i] + k * (old[i - 1] - 2.0 * old[i] + old[i + 1]) * old[i]
        old, new = new, old
    return np.sum(old * old)


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_ping_pong_buffers(n: int) -> None:
    agrees(ping_pong, X, 0.3, n)


def scratch(x, w):
    work = np.empty(x.size)
    total = 0.0
    for j in range(w.size):
        for i in range(x.size):
            work[i] = math.tanh(w[j] * x[i])
        for i in range(x.size):
            total += work[i] * work[x.size - 1 - i]
    return total


def test_scratch_that_is_filled_again_and_again() -> None:
    agrees(scratch, X, np.array([0.5, -1.0, 2.0]))


def rebound(x, s, n):
    a = x
    for i in range(n):
        a = a * s + x
    if s > 1.0:
        a = a[1:]
        n = n + 1
    else:
        a = x[:-1]
    return np.sum(a * a)


@pytest.mark.parametrize("s", [1.3, 0.7])
def test_arrays_rebound_in_a_loop_and_in_a_branch(s: float) -> None:
    agrees(rebound, X, s, 3)


def written_branch(x, y, s):
    a = x
    if s <= 1.0:
        a = y
    a[0] = s * s
    a[1] *= s
    return np.sum(x * x) + np.sum(y)


@pytest.mark.parametrize("s", [1.3, 0.7])
def test_a_write_to_an_array_chosen_in_a_branch(s: float) -> None:
    agrees(written_branch, X, X[::-1].copy(), s)


def inactive_then_active(s, n):
    a = np.zeros(n)
    for i in range(n):
        a[i] = s * i
        s = s * 1.1
    return np.sum(a * a)


def test_an_array_that_an_active_value_is_written_to_is_active() -> None:
    agrees(inactive_then_active, 0.6, 4)


def overwrites_arguments(x, out):
    for i in range(x.size):
        x[i] = x[i] * x[i]
        out[i] = x[i] + out[i]
    return out[0] * out[-1] + x[1]


def test_arguments_that_the_function_overwrites_stay_as_they_are() -> None:
    agrees(overwrites_arguments, X, X[::-1].copy())


def final_contents_do_not_count(x, out):
    out[0] = 100.0 * x[0]
    return x[1] * x[1]


def test_final_contents_of_arguments_contribute_nothing() -> None:
    x_bar, out_bar = run(wg.grad(final_contents_do_not_count, (0, 1)), X, X.copy())
    np.testing.assert_array_equal(x_bar, [0.0, 2.0 * X[1], 0.0, 0.0, 0.0])
    np.testing.assert_array_equal(out_bar, np.zeros(5))


@pytest.mark.compiled
def test_the_value_is_the_primal_s_to_the_bit() -> None:
    for f, args in ((augmented, (X, 1.3)), (ping_pong, (X, 0.3, 5)), (scratch, (X, X[:3].copy()))):
        value, _ = wg.value_and_grad(f)(*oracles.copied(args))
        assert value == njit(f)(*oracles.copied(args))


@pytest.mark.compiled
@pytest.mark.parametrize(
    ("f", "args"), [(views, (np.arange(1.0, 13.0).reshape(4, 3), 1.3)), (rebound, (X, 1.3, 3))]
)
def test_compiled_derivatives_agree_with_uncompiled_ones(f: Any, args: tuple[Any, ...]) -> None:
    seed = run(wg.vjp(f), args, 1.0)
    assert oracles.relative_gap(wg.vjp(f)(args, 1.0), seed) <= 1e-13
    v = oracles.random_like(args, np.random.default_rng(1))
    assert oracles.relative_gap(wg.jvp(f)(args, v), run(wg.jvp(f), args, v)) <= 1e-13
