"""Programs of a review: views, overwritten memory and exits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.semantics.agreement import agrees

RNG = np.random.default_rng(4)
V = np.array([0.5, 0.7, 0.3])


def wavefront(a, b):
    """Rows as views, overwritten behind the front, left early; the last row is swapped."""
    u = np.zeros((4, 5))
    u[0, :] = a
    last = u[0]
    for i in range(1, 4):
        row = u[i]
        row[...] = last[::-1] * 0.5
        for j in range(1, 5):
            row[j] = np.sin(row[j - 1]) * b[j] + last[j]
            if row[j] > 1.4:
                break
        else:
            row[0] *= row[4]
        if np.sum(row) > 6.0:
            return np.sum(u) * row[0]
        last[1:-1] += row[:-2] * row[2:]
        last = row
    return np.sum(u[:, ::2] * u[:, ::2]) + last[None, 1][0]


def stack_machine(x):
    """A stack in one array, with a view of its top, pops that overwrite, and a way out of two loops."""
    stack = np.zeros(8)
    top = 0
    total = 0.0
    for k in range(x.size):
        stack[top] = x[k]
        top += 1
        while top > 1:
            pair = stack[top - 2 : top]
            if pair[1] < pair[0]:
                break
            pair[0] = pair[0] * pair[1] + np.cos(pair[1])
            pair[1] = 0.0
            top -= 1
            if pair[0] > 3.0:
                return total * pair[0] + np.sum(stack)
        total += np.sum(stack[:top] * stack[:top])
    return total + stack[0]


def banded(m, v):
    """Diagonals through a strided view of a flat matrix; an in-place sweep with an exit, columns added in place."""
    w = m.copy()
    flat = w.ravel()
    d = flat[:: w.shape[1] + 1]
    for sweep in range(3):
        d[1:] = d[:-1] * v[: d.size - 1] + d[1:]
        w[:, 0] += w[:, 1] * w[:, 2]
        if d[0] > 2.5:
            break
        w[None, 1] *= v[:3]
        w[..., 2] -= d * d
        if sweep == 1 and d[-1] < 0.0:
            return np.sum(w[1:] * w[:-1])
    return np.sum(d * d) + flat[3] * w[0, 1]


CASES: list[tuple[Any, tuple[Any, ...]]] = [
    (wavefront, (RNG.normal(size=5), RNG.normal(size=5))), (wavefront, (np.full(5, 0.9), np.full(5, 0.8))),
    (wavefront, (np.full(5, 2.0), np.full(5, 0.3))),
    (stack_machine, (np.array([0.5, 0.7, -0.3, 0.9, 1.1, 0.2]),)), (stack_machine, (np.array([1.5, 1.7, 2.3, 0.9]),)),
    (stack_machine, (np.array([0.9, 0.5, 0.3, 0.2, 0.1]),)),
    (banded, (RNG.normal(size=(3, 3)), V)), (banded, (np.full((3, 3), 2.6), V)), (banded, (-2.0 * np.eye(3), V)),
]


@pytest.mark.parametrize(("f", "args"), CASES)
def test_the_derivatives(f: Any, args: tuple[Any, ...]) -> None:
    agrees(f, *args)
