"""Three programs of a review: small integers in expressions, checkpoints that return nothing, exits beside views and overwrites.

Each is compared with itself, compiled, at values on both sides of its exits.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import Array, run

M = np.array([[0.7, -1.3, 0.4, 2.1], [0.3, 0.9, -0.6, 1.2], [-0.8, 0.5, 1.1, -0.2]])
B = np.array([[3, 200, 10, 0], [255, 90, 7, 41], [128, 127, 1, 250]], dtype=np.uint8)


@numba.njit
def faded(row, levels, limit):
    """Writes into a row, and leaves it early."""
    for k in range(row.size):
        if levels[k] > limit:
            row[k:] *= 0.5
            return row[k] + 1.0
        row[k] = np.sin(row[k]) * (levels[k] + levels[-1])
    return row[0]


def exposed(m, levels, scale):
    """Bytes as parts, with names and in `-=`, in rows that are written while they are views, until one is too bright."""
    a = m * scale
    total = 0.0
    for i in range(a.shape[0]):
        row, other = a[i], a[::-1][i]
        both = levels[i] + levels[i - 1]
        row[1:] -= levels[i, :-1] * levels[i, 1:]
        row *= 0.01
        other[::2] += (levels[i, ::2] - levels[i - 1, ::2]) // 2 * row[::2] * 1e-3
        total += np.sum((levels[i] + levels[i - 1]) * faded(row, levels[i], 240) * other) + np.sum(both * row)
        if total > 1500.0 * scale:
            break
        a[i - 1, :] = row * ((row > 0.0) + (row > 0.1) + (row > -0.1))
    else:
        total -= np.sum(a.T @ a) * (levels[0, 0] - levels[0, 1])
    return total + np.sum(a * a)


def stirred(a, w, s):
    """Returns nothing, sooner or later; `a` is seen by its columns, and two of them change places."""
    c = a.T
    for j in range(c.shape[0]):
        if s[0] > 2.5:
            return
        c[j, 1:] = c[j, :-1] * w[j] + np.tanh(c[j, 1:])
        s[0] += c[j, -1] ** 2
    c[0], c[-1] = c[-1].copy(), c[0].copy()


kept = wg.checkpoint(stirred)


def stirring(m, w, n):
    a, b, s = m * 1.0, m[::-1] * 0.5, np.zeros(1)
    k = 0
    while True:
        kept(a, w, s)
        if s[0] > 4.0 or k >= n:
            break
        a, b = b, a
        a[k % 3] += b[(k + 1) % 3, ::-1] * s[0]
        s *= 0.25
        k += 1
    return np.sum(a * b) + s[0] * k


@numba.njit
def noted(log, k, value):
    log[k % log.size] = value * value
    return log[0] + log[-1]


def walked(m, counts, start):
    """A part that a call beside it leaves alone, a part of counts, and a return out of two loops, past a view that was written."""
    ring = m * 1.0
    log = np.zeros(2)
    left = 0.0
    for step in range(4):
        now, before = ring[step % 3], ring[(step - 1) % 3]
        for k in range(1, now.size):
            left += np.sum((now * before) * noted(log, k, before[k]) * 0.1)
            now[k] = before[k - 1] * 0.5 + now[k] * (counts[k] - start)
            if left > 3.0 and step:
                return left * now[k] + np.sum((counts + counts) / counts[::-1] * now)
        ring[step % 3, ::-1] = now * (1.0 + (counts // 2 + counts) * before * 1e-3)
    return left + np.sum(ring) + log[0]


CASES: list[tuple[Any, tuple[Any, ...]]] = [
    (exposed, (M, B, 1.0)), (exposed, (M, B[::-1], 40.0)), (exposed, (np.asfortranarray(M), B, -0.7)),
    (stirring, (M, np.array([0.9, -0.4, 1.3, 0.7]), 5)), (stirring, (2.0 * M, np.array([0.9, -0.4, 1.3, 0.7]), 2)),
    (walked, (M, np.array([3, 2, 5, 1], dtype=np.int8), 2.0)), (walked, (3.0 * M, np.array([100, 27, 55, 7], dtype=np.int8), 1.0)),
    (walked, (M[::-1, ::-1], np.array([2, 2, 1, 1], dtype=np.int8), 0.5)),
]  # fmt: skip


def moved(args: tuple[Any, ...], v: tuple[Any, ...], step: float) -> tuple[Any, ...]:
    return tuple(a if d is None else a + step * d for a, d in zip(args, v, strict=True))


def direction(arg: Any, seed: int) -> Any:
    is_float = isinstance(arg, float) or (isinstance(arg, np.ndarray) and arg.dtype.kind == "f")
    return np.cos(7.0 * seed + np.arange(np.size(arg)).reshape(np.shape(arg)))[()] if is_float else None


def compiled_run(transformed: Any, *args: Any) -> Any:
    return transformed(*args)


# NumPy's own numbers of few bits wrap, so that CPython runs those programs alone that have none.
HOW = [pytest.param(run if f is stirring else compiled_run, f, args, id=f"{f.__name__}-{n}",
                    marks=() if n == 3 else pytest.mark.full) for n, (f, args) in enumerate(CASES)]  # fmt: skip


@pytest.mark.compiled
@pytest.mark.parametrize(("how", "f", "args"), HOW)
def test_programs(how: Any, f: Any, args: tuple[Any, ...]) -> None:
    compiled = numba.njit(f)
    v = tuple(direction(arg, k) for k, arg in enumerate(args))
    chosen = tuple(k for k, d in enumerate(v) if d is not None)
    expected, h = compiled(*args), 1e-6
    slope = (compiled(*moved(args, v, h)) - compiled(*moved(args, v, -h))) / (2 * h)
    y, y_dot = how(wg.jvp(f), args, v)
    value, gradient = how(wg.value_and_grad(f, chosen), *args)
    assert (y, value) == pytest.approx((expected, expected), rel=1e-13)
    assert y_dot == pytest.approx(slope, rel=1e-6)
    assert along(gradient, v, chosen) == pytest.approx(y_dot, rel=1e-11)
    bent = how(wg.hvp(f, chosen), args[0], tuple(v[k] for k in chosen), *args[1:])
    up, down = (how(wg.grad(f, chosen), *moved(args, v, step)) for step in (h, -h))
    assert along(bent, v, chosen) == pytest.approx((along(up, v, chosen) - along(down, v, chosen)) / (2 * h), rel=1e-5)


def along(parts: tuple[Array, ...], v: tuple[Any, ...], chosen: tuple[int, ...]) -> float:
    return sum(float(np.sum(part * v[k])) for part, k in zip(parts, chosen, strict=True))
