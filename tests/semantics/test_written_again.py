"""Loops that come back to where they have written: what was read there is recorded.

Nearly those of `test_written_once.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.semantics.agreement import agrees

X = np.array([0.4, 1.2, -0.7, 0.9, 0.3, 1.1])



def from_the_end(x):
    """The first round reads the last element, which the last round overwrites."""
    y = x * 0.5
    for i in range(6):
        y[i] = np.sin(y[i - 1]) * x[i]
    return np.sum(y)


def negative_start(x):
    y = x * 0.5
    for i in range(-2, 4):
        y[i + 2] = np.sin(y[i + 1]) * y[i + 1]
    return np.sum(y)


def negative_stop(x):
    y = x * 0.5
    for i in range(4, -2, -1):
        y[i] = np.sin(y[i + 1]) * y[i + 1]
    return np.sum(y * y)


def given_start(x, k):
    y = x * 0.5
    for i in range(k, 6):
        y[i] = np.sin(y[i - 1]) * x[i]
    return np.sum(y)


def given_stop(x, k):
    y = x * 0.5
    for i in range(1, 6):
        s = 0.0
        for j in range(k):
            s += y[j] * np.sin(y[j])
        y[i] = s
    return np.sum(y)


def sweeps(x):
    y = x * 0.5
    for _ in range(3):
        for i in range(1, 6):
            y[i] = np.sin(y[i - 1]) * y[i]
    return np.sum(y)


def sweeps_until(x):
    y = x * 0.5
    k = 0
    while k < 3:
        for i in range(4, -1, -1):
            y[i] = np.sin(y[i + 1]) * y[i + 1]
        y[5] = y[0] * y[1]
        k += 1
    return np.sum(y)


def ahead(x):
    y = x * 0.5
    for i in range(1, 6):
        y[i - 1] = np.sin(y[i]) * y[i] * y[i - 1]
    return np.sum(y)


def ahead_downwards(x):
    y = x * 0.5
    for i in range(4, -1, -1):
        y[i + 1] = np.sin(y[i]) * y[i]
    return np.sum(y)


def over_itself(x):
    y = x * 0.5
    for i in range(6):
        y[i] = np.sin(y[i]) * y[i]
    return np.sum(y)


def changed_behind(x):
    y = np.empty(7)
    y[0] = x[0]
    for i in range(6):
        y[i + 1] = np.sin(y[i]) * y[i] * x[i]
        y[i] *= y[i + 1]
    return np.sum(y)


def written_twice(x):
    y = np.empty(6)
    z = 0.0
    for i in range(6):
        for j in range(2):
            y[i] = np.exp(x[i - j])
            z += y[i] * np.sin(y[i])
    return z + np.sum(y)


def written_by_halves(x):
    y = np.ones(8)
    for i in range(6):
        y[i // 2 + 1] = np.sin(y[i // 2]) * x[i]
    return np.sum(y * y)


def up_to_itself(x):
    y = x * 0.5
    for i in range(6):
        s = 0.0
        for j in range(i + 1):
            s += y[j] * np.sin(y[j])
        y[i] = s
    return np.sum(y)


def from_itself(x):
    y = x * 0.5
    for i in range(5, -1, -1):
        s = 0.0
        for j in range(i, 6):
            s += y[j] * np.sin(y[j])
        for j in range(5, i - 1, -1):
            s *= y[j]
        y[i] = s
    return np.sum(y)


def against_one_that_changes(x):
    y = x * 0.5
    for i in range(6):
        y[i] = np.sin(y[2] * x[i]) * y[2]
    return np.sum(y)


def against_the_last(x):
    y = x * 0.5
    for i in range(6):
        y[i] = np.sin(y[-1] * x[i]) * y[-1]
    return np.sum(y)


def two_buffers(x):
    u = np.zeros((2, 6))
    u[0] = x
    for t in range(3):
        for i in range(6):
            u[(t + 1) % 2, i] = np.sin(u[t % 2, i]) * u[t % 2, i - 1]
    return np.sum(u * u)


def through_a_view(x):
    y = x * 0.5
    w = y[1:]
    for i in range(5):
        w[i] = np.sin(y[i + 1]) * y[i + 1] * y[i]
    return np.sum(y)


def through_a_reversed_view(x):
    y = x * 0.5
    w = y[::-1]
    for i in range(5):
        y[i + 1] = np.sin(w[i]) * w[i]
        w[i + 1] = y[i] * y[i]
    return np.sum(y)


def scaled_later(x):
    y = np.empty(6)
    for i in range(6):
        y[i] = np.exp(x[i])
    y *= x
    return np.sum(y * y)


def narrow(x):
    y = np.empty(6, dtype=np.float32)
    z = 0.0
    for i in range(6):
        e = np.exp(x[i])
        y[i] = e
        z += e * 0.5
    return z


def narrow_index(x):
    """The place where a number is put is computed of it."""
    y = np.zeros(6)
    for i in range(6):
        e = np.exp(x[i] * 0.3)
        y[int(e) + 1] = e
    return np.sum(y * y)


def kept_from_another_round(x):
    y = np.ones(9)
    for i in range(6):
        if i % 3 == 0:
            j = i + 2
        y[i] = np.sin(y[j] * x[i]) * y[j]
        y[i + 2] = x[i]
    return np.sum(y * y)


def kept_in_some_rounds(x):
    w = np.ones(7)
    z = 0.0
    for i in range(6):
        e = np.exp(-w[i] * x[i])
        if x[i] > 0.35:
            w[i + 1] = e
        z += e * w[i]
    return z


def kept_in_what_is_made_anew(x):
    u = np.ones(7)
    for i in range(6):
        w = np.zeros(2)
        e = np.exp(-u[i] * x[i])
        w[1] = e
        u[i + 1] = w[1] * e
    return np.sum(u * u)


def kept_in_a_row(x):
    m = np.ones((7, 2))
    for i in range(6):
        e = np.exp(-m[i, 0] * x[i])
        m[i + 1] = e
    return np.sum(m * m)


def made_anew_and_changed_a_round_later(x):
    cur = x * 0.5
    z = 0.0
    for _ in range(3):
        cur[0] = z + x[0]
        new = np.sin(cur)
        z += np.sum(new * new * x)
        cur = new
    return z


def in_a_loop_after_the_counter(x):
    y = x * 0.5
    z = 0.0
    for i in range(3):
        k = i + 1
    for j in range(4):
        y[k] = np.exp(-y[k] * x[j])
        z += y[k] * y[k]
    return z


def part_after_its_loop(x):
    y = x * 0.5
    for i in range(1, 4):
        v = y[:i]
        y[i] = np.sum(np.sin(v) * v)
    for j in range(3):
        y[j] = np.sum(np.sin(v) * v) * x[j]
    return np.sum(y)


def slices_that_go_down(x):
    y = x * 0.5
    for i in range(2, -1, -1):
        s = np.sum(y[i + 3 : i : -1] * y[i + 3 : i : -1])
        y[i + 2] = s
    return np.sum(y)


def other_axes(x):
    u = np.zeros((2, 5, 5))
    u[:, :, 0] = x[:5]
    u[:, 0] = x[1:]
    for t in range(3):
        s = np.sum(u[..., t] * u[..., t])
        u[1, t + 1, t] = s * 0.1
    return np.sum(u * u)


COME_AGAIN = [
    from_the_end, negative_start, negative_stop, sweeps, sweeps_until, ahead, ahead_downwards, over_itself, changed_behind,
    written_twice, written_by_halves, up_to_itself, from_itself, against_one_that_changes, against_the_last, two_buffers,
    through_a_view, through_a_reversed_view, scaled_later, narrow, narrow_index, kept_from_another_round,
    kept_in_some_rounds, kept_in_what_is_made_anew, kept_in_a_row, made_anew_and_changed_a_round_later,
    in_a_loop_after_the_counter, part_after_its_loop, slices_that_go_down, other_axes,
]  # fmt: skip


@pytest.mark.parametrize("f", COME_AGAIN)
def test_what_comes_again(f: Any) -> None:
    agrees(f, X)


@pytest.mark.parametrize("k", [0, 1, 3])
@pytest.mark.parametrize("f", [given_start, given_stop])
def test_bounds_that_are_given(f: Any, k: int) -> None:
    agrees(f, X, k)
