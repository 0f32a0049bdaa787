"""Arguments with gaps, which the function overwrites: what is computed from the copy lies as what is computed from the argument.

`m.T * 1.0` lies by rows where m has gaps and by columns where it has none, and `ravel` of it is a view or a copy: Numba types both.
A call that is run again gets a copy of its arguments, which is one of the transpose where they lie by columns.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run


def matrix_overwritten(m):
    b = m.T * 1.0
    v = b.ravel()
    v[0] = 5.0 * m[0, 1]
    m[0, 1] = 1.0
    return np.sum(b * b) + m[0, 1]


def vector_overwritten(x):
    b = x[None, :].T * 1.0
    v = b.ravel()
    v[0] = 5.0 * x[1]
    x[1] = x[0] * x[2]
    return np.sum(b * b) + x[1]


def round_by_round(m):
    s = 0.0
    for _ in range(4):
        b = m.T * 1.1
        v = b.ravel()
        v[0] = np.sin(v[1]) * s
        m[:] = b.T * np.cos(b.T)
        if s > 50.0:
            break
        s += np.sum(b * b * b)
    return s


NUMBERS = np.random.default_rng(0).normal(size=(4, 3)) * 0.5


def with_gaps(a: np.ndarray) -> np.ndarray:
    spaced = np.zeros(tuple(2 * size for size in a.shape))[tuple(slice(None, None, 2) for _ in a.shape)]
    spaced[...] = a
    return spaced


@pytest.mark.compiled
@pytest.mark.parametrize(("f", "a"), [
    (matrix_overwritten, NUMBERS), (vector_overwritten, NUMBERS[0]),
    pytest.param(round_by_round, NUMBERS, marks=pytest.mark.full),
])  # fmt: skip
def test_compiled(f: Any, a: np.ndarray) -> None:
    primal, v = njit(f), np.cos(np.arange(a.size)).reshape(a.shape)
    value, gradient = wg.value_and_grad(f)(with_gaps(a))
    assert value == primal(with_gaps(a))
    h = 1e-6
    slope = (primal(with_gaps(a + h * v)) - primal(with_gaps(a - h * v))) / (2 * h)
    assert np.sum(gradient * v) == pytest.approx(slope, rel=1e-8)
    same, y_dot = wg.jvp(f)((with_gaps(a),), (with_gaps(v),))
    assert same == value and y_dot == pytest.approx(np.sum(gradient * v), rel=1e-12)
    assert wg.jvp(f)((with_gaps(a),), (v,))[1] == y_dot


@pytest.mark.parametrize(("f", "a", "name"), [(matrix_overwritten, NUMBERS, "m"), (vector_overwritten, NUMBERS[0], "x")])
def test_the_copy_has_the_type_of_the_argument(f: Any, a: np.ndarray, name: str) -> None:
    spaced = with_gaps(a)
    assert f"{name} = {name}.copy()[::1]" in wg.grad(f).source_for(spaced)
    assert f"{name} = {name}.copy()\n" in wg.grad(f).source_for(a)
    if a.ndim > 1:
        assert f"{name} = {name}.T.copy().T\n" in wg.grad(f).source_for(np.asfortranarray(a))
    text = wg.jvp(f).source_for((spaced,), (spaced,))
    assert f"{name} = {name}.copy()[::1]" in text
    assert f"{name}_dot = {name}_dot.copy()[::1]" in text


def sizes(m, y):
    return np.sum(np.sin(m) * m) * y


def rows_by_and_by(m, y, depth):
    if depth == 0:
        return y
    return np.sum(np.sin(m[depth]) * y) + 0.5 * rows_by_and_by(m, y * m[0, depth], depth - 1)


def changed_after_a_call(m, y):
    s = 0.3
    for k in range(3):
        s += wg.checkpoint(sizes)(m, y) * (k + 1)
        m[0, k] += s * 0.1
    return s


def changed_after_recursion(m, y):
    s = 0.3
    for k in range(3):
        s += rows_by_and_by(m, y, 2) * (k + 1)
        m[k, 0] += s * 0.1
    return s


def changed_beside_recursion(m, y):
    s = 0.3
    for k in range(3):
        s = s * 0.5 + rows_by_and_by(m, s, k)
        m[k, 0] += s * y
        s += rows_by_and_by(m.T, s, 2)
        m *= 0.9
    return s


LAYOUTS = np.ascontiguousarray, np.asfortranarray, with_gaps, lambda a: with_gaps(a).T[::-1]


@pytest.mark.parametrize("lies", LAYOUTS)
@pytest.mark.parametrize("f", [changed_after_a_call, changed_after_recursion, changed_beside_recursion])
def test_what_is_changed_after_a_call_of_it(f: Any, lies: Any) -> None:
    agrees(f, lies(NUMBERS[:3]), 0.7)


def transposed(m, y):
    for k in range(3):
        for i in range(3):
            m[i, k] = m[k, i] * y + m.T[i, k]
    return m.T


def row_and_column(m, y):
    column, row = m[:, 1], m[1]
    for k in range(3):
        column[k] = row[k] * y
        row[2 - k] += column[k] * np.sin(y)
    return column, row, m[::-1, 0]


@pytest.mark.parametrize("lies", LAYOUTS)
@pytest.mark.parametrize("f", [transposed, row_and_column])
@pytest.mark.parametrize("transform", [wg.jacfwd, wg.jacrev])
def test_jacobians(transform: Any, f: Any, lies: Any) -> None:
    a, e, h = NUMBERS[:3].copy(), np.cos(np.arange(9.0)).reshape(3, 3), 1e-6
    blocks = run(transform(f), lies(a), 0.7)
    ends = f(lies(a + h * e), 0.7), f(lies(a - h * e), 0.7)
    if f is transposed:
        blocks, ends = (blocks,), ([ends[0]], [ends[1]])
    for block, above, below in zip(blocks, *ends, strict=True):
        assert np.tensordot(block, lies(e), 2) == pytest.approx((above - below) / (2 * h), abs=1e-8)
