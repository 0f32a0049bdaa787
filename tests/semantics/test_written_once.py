"""A loop that writes to one place after the other leaves those where it has been: they are read again in the reverse sweep.

(Programs in which that nearly holds: `test_written_again.py`.)
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees, run

X = np.array([0.4, 1.2, -0.7, 0.9, 0.3, 1.1])


def recurrence(x):
    y = np.empty(7)
    y[0] = 0.3
    for i in range(6):
        y[i + 1] = np.sin(y[i]) * x[i]
    return y[6] * y[3]


def two_behind(x):
    y = np.zeros(8)
    y[:2] = x[:2]
    for i in range(2, 8, 2):
        y[i] = np.sin(y[i - 1]) * y[i - 2]
        y[i + 1] = np.cos(y[i]) * y[i - 1] + x[i - 2]
    return np.sum(y)


def downwards(x):
    y = np.zeros(6)
    y[5] = x[5]
    for i in range(4, -1, -1):
        y[i] = np.exp(-y[i + 1] * x[i])
    return y[0] * y[2]


def downwards_by_two(x):
    y = np.ones(8)
    for i in range(5, -1, -2):
        y[i] = np.sin(y[i + 2] * x[i]) + y[i + 1] * x[i]
        y[i - 1] = np.cos(y[i] * x[i - 1])
    return np.sum(y * y)


def forward_substitution(x):
    y = np.empty(6)
    for i in range(6):
        s = x[i]
        for j in range(i):
            s -= np.sin(y[j]) * y[j] * x[j]
        y[i] = s / (2.0 + x[i])
    return np.sum(y * y)


def backward_substitution(x):
    y = np.empty(6)
    for i in range(5, -1, -1):
        s = x[i]
        for j in range(i + 1, 6):
            s -= np.sin(y[j]) * x[j]
        for j in range(5, i, -1):
            s *= 1.0 + 0.1 * y[j] * y[j]
        y[i] = np.exp(s * 0.1)
    return np.sum(y * y)


def against_the_first(x):
    y = np.empty(6)
    y[0] = x[0]
    for i in range(1, 6):
        y[i] = np.sin(y[0] * x[i]) * y[0]
    return np.sum(y)


def rows(x):
    u = np.zeros((4, 6))
    u[0] = x
    for t in range(3):
        for i in range(1, 6):
            u[t + 1, i] = u[t, i] + 0.3 * np.sin(u[t, i] - u[t, i - 1]) * u[t, i]
    return np.sum(u[3] * x)


def whole_rows(x):
    u = np.zeros((4, 6))
    u[0] = x
    for t in range(3):
        u[t + 1] = np.sin(u[t]) * u[t] + 0.1 * x
    return np.sum(u[3] * x)


def columns(x):
    u = np.zeros((6, 4))
    u[:, 0] = x
    for t in range(3):
        for i in range(6):
            u[i, t + 1] = u[i - 1, t] * np.cos(u[i, t])
    return np.sum(u[:, 3])


def read_after_it_is_written(x):
    y = np.empty(6)
    z = 0.0
    for i in range(6):
        y[i] = np.exp(x[i])
        z += y[i] * np.sin(y[i])
    return z


def left_early(x):
    y = np.zeros(7)
    y[0] = x[0]
    for i in range(6):
        y[i + 1] = np.exp(y[i] * x[i])
        if y[i + 1] > 1.5:
            break
    return np.sum(y * y)


def inside_a_helper(x):
    return np.sum(steps(x, np.empty(7)) * np.sin(steps(x * 0.5, np.zeros(7))))


def steps(x, y):
    y[0] = x[0]
    for i in range(6):
        y[i + 1] = np.sin(y[i] * x[i])
    return y


def overwritten_later(x):
    y = np.empty(7)
    y[0] = x[0]
    for i in range(6):
        y[i + 1] = np.exp(-y[i] * x[i])
    for i in range(3, 6):
        y[i] = y[i - 1] * y[i]
    return np.sum(y * y)


def from_none(x, first=None):
    """None is no bound, whether it is written, is a default, or comes out of a helper's."""
    y = x * 0.5
    for i in range(1, 6):
        y[i] = np.sum(np.sin(y[first:i])) + np.sum(np.cos(y[None:i:None]))
    return np.sum(y)


def up_to_none(x):
    y = x * 0.5
    for i in range(4, -1, -1):
        y[i] = behind(y, i + 1)
    return np.sum(y)


def behind(y, start, stop=None):
    return np.sum(np.sin(y[start:stop]))


def one_number_in_a_row(x):
    """`y[1, ...]` has as many places as axes, and is no element."""
    h, z = 0.1, 0.0
    for t in range(6):
        y = np.zeros((2, 2))
        if x[t] > 0.0:
            h = np.exp(-h * x[t])
            y[1, ...] = h
        z += np.sum(y * y)
    return z


def one_number_in_all(x):
    h, z = 0.1, 0.0
    for t in range(6):
        y = np.zeros(2)
        if x[t] > 0.0:
            h = np.exp(-h * x[t])
            y[...] = h
        z += np.sum(y * y)
    return z


STAY = [
    recurrence, two_behind, downwards, forward_substitution, backward_substitution, against_the_first, rows, whole_rows,
    read_after_it_is_written,
]  # fmt: skip
STAY_IN_PART = [
    downwards_by_two, columns, left_early, inside_a_helper, overwritten_later, from_none, up_to_none, one_number_in_a_row,
    one_number_in_all,
]  # fmt: skip


@pytest.mark.parametrize("f", [*STAY, *STAY_IN_PART])
def test_what_stays(f: Any) -> None:
    agrees(f, X)


# ---- the text --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [recurrence, rows, whole_rows, read_after_it_is_written, against_the_first])
def test_no_element_is_recorded_that_stays(f: Any) -> None:
    """(Sines are: they cost more than a load.)"""
    text = str(wg.grad(f).source_for(X))
    assert re.findall(r"\b[yu]_\w*(?:tape|list)", text) == []


@pytest.mark.parametrize(("f", "recorded"), [(downwards, False), (overwritten_later, True)])
def test_a_number_is_read_from_where_the_program_keeps_it(f: Any, recorded: bool) -> None:
    assert ("exp_prod_tape" in str(wg.grad(f).source_for(X))) == recorded


def trajectory(x):
    return steps(x, np.empty(7))


def test_a_result_belongs_to_the_caller() -> None:
    """What the pullback reads is not what was handed out."""
    y, pullback = wg.vjp(trajectory, X)
    right = run(wg.vjp(trajectory), (X,), np.ones(7))[1][0]
    y[:] = 7.0
    np.testing.assert_allclose(pullback(np.ones(7))[0], right, rtol=1e-14)
