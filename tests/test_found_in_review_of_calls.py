"""Programs that a review wrote: matrices handed to calls that are run again, and overwritten, viewed and left in loops around them.

Each argument is tried by rows, by columns, with gaps and backwards; compiled, against the primal as Numba compiles it.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests import oracles
from tests.semantics.agreement import agrees


def by_halves(q, w, depth):
    if depth == 0 or q.shape[0] < 2:
        return np.sum(np.sin(q[-1]) * w)
    half = q.shape[0] // 2
    first = q[0, ::-1]
    first *= 1.0 + 0.3 * w
    s = by_halves(q[half:].T, w * 0.7, depth - 1)
    if s > 0.9:
        return s * q[0, 0]
    q[half, 0] += s * 0.2
    return s + by_halves(q[:, half:], w + 0.1 * first[-1], depth - 1)


def halved_until_large(m, y):
    top, s = m[:2], 0.0
    for k in range(5):
        s += by_halves(m.T if k % 2 == 1 else m[:, ::-1], y, 2) * 0.5
        top[k % 2, k % 3] = y * s
        if np.abs(s) > 2.0:
            break
        top = m[1:3]
    else:
        m[0] *= s
    return s + np.sum(m * m) * 0.1 + top[0, 0]


def energy(q, c):
    s = 0.0
    for row in q:
        if row[0] > 2.5:
            break
        s += np.sum(np.sin(row * c) * row)
    return s


def steps_with_two_buffers(m, y):
    old, new, s = m.T, m.copy().T, 0.0
    k = 0
    while k < 6:
        s += wg.checkpoint(energy)(old, y) * 0.3
        new[0] = old[1 % old.shape[0]] * y
        for j in range(new.shape[1]):
            new[-1, j] += old[0, j] * old[0, -1 - j]
            if new[-1, j] > 1.2:
                old[0, j] = 0.3
                break
        if k == 4 and s < 5.0:
            return s + np.sum(new) * old[0, 0], new[::-1, 0]
        old, new = new, old
        k += 1
    return s * y, old[0, ::-1][: new.shape[0]]


def damped(v, y):
    for k in range(v.size):
        if v[k] > 1.0:
            return v[k:]
        v[k] *= y
    return v[:1]


def columns_taken_from_a_list(m, y):
    columns = [m[:, 0], m.T[1], m[::-1, -1]]
    s = 0.0
    while len(columns) > 0:
        column = columns.pop()
        rest = damped(column, y)
        if rest.size > 1:
            rest[1:] = rest[:-1] * 0.5
            columns.append(rest[::2])
            if len(columns) > 2:
                break
        rest[0] = np.cos(rest[0])
        s += wg.checkpoint(energy)(m, y) * rest[0]
    flat = (m.T * 1.0).ravel()
    return s + np.sum(flat[::2] * flat[1::2])


def with_gaps(a: np.ndarray) -> np.ndarray:
    spaced = np.zeros(tuple(2 * size for size in a.shape))[::2, ::2]
    spaced[...] = a
    return spaced


M = np.sin(np.arange(12.0)).reshape(4, 3) * 0.8 + 0.4
PROGRAMS = halved_until_large, steps_with_two_buffers, columns_taken_from_a_list
LAYOUTS = np.array, np.asfortranarray, with_gaps, lambda a: with_gaps(a[::-1])[::-1]


@pytest.mark.parametrize("y", [0.7, 1.3])
@pytest.mark.parametrize("f", PROGRAMS)
def test_matrices_in_calls(f: Any, y: float) -> None:
    agrees(f, M.copy(), y)
    agrees(f, np.asfortranarray(M), y)


def without_checkpoints(f: Any) -> Any:
    """The function as Numba alone can compile it."""
    namespace = dict(f.__globals__)
    exec(inspect.getsource(f).replace("wg.checkpoint(energy)", "energy"), namespace)
    return oracles.compiled_primal(namespace[f.__name__])


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize("lies", LAYOUTS)
@pytest.mark.parametrize("f", PROGRAMS)
def test_matrices_in_calls_compiled(f: Any, lies: Any) -> None:
    primal, rng, h = without_checkpoints(f), np.random.default_rng(5), 1e-5
    v = rng.normal(size=M.shape)
    y = primal(lies(M), 0.7)
    u = oracles.random_like(y, rng)
    jv = wg.jvp(f)((lies(M), 0.7), (lies(v), 0.4))
    jtu = wg.vjp(f)((lies(M), 0.7), u)
    assert oracles.relative_gap(jv[0], y) == oracles.relative_gap(jtu[0], y) == 0.0
    assert oracles.dot_product_gap(u, jv[1], jtu[1], (v, 0.4)) <= 1e-12
    ends = [oracles.flat(primal(lies(M + step * v), 0.7 + step * 0.4)) for step in (h, -h)]
    np.testing.assert_allclose(oracles.flat(jv[1]), (ends[0] - ends[1]) / (2 * h), rtol=1e-6, atol=1e-8)
