"""Programs for planted bugs that no other test noticed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees, run

Function = Callable[..., Any]
X = np.array([0.4, 1.2, -0.7, 0.9])


def as_long_as_a_matrix_is_large(m):
    """The size of a matrix is no extent of it."""
    w = np.empty(m.size)
    for k in range(m.size):
        w[k] = np.sin(m[0, k])
    v = np.empty(m.shape[0])
    for k in range(m.shape[0]):
        v[k] = m[k, k] * m[k, k]
    return np.sum(v * w)


@pytest.mark.parametrize("f", [as_long_as_a_matrix_is_large])
def test_of_a_row(f: Function) -> None:
    agrees(f, X.reshape(1, 4))


def beside_itself_with_other_axes(a):
    """The extents of a permutation are those of the axes that it names."""
    b = a.transpose((1, 0, 2))
    c = a * a
    return np.sum(b * c * np.arange(1.0, 17.0).reshape(4, 4, 1))


def test_extents_of_a_permutation() -> None:
    agrees(beside_itself_with_other_axes, X.reshape(1, 4, 1))


def wider_on_one_path(x):
    """Of single precision up to the branch, and of double precision from there on."""
    s = x[0] * x[0]
    t = s * x[1]
    if x[1] > 5.0:
        s = np.float64(x[1]) * 2.0
    return s * s * t


def test_a_number_that_becomes_wider() -> None:
    x = np.array([1.5, 2.0])
    right = run(wg.grad(wider_on_one_path), x)
    np.testing.assert_allclose(right, [6.0 * x[0] ** 5 * x[1], x[0] ** 6], rtol=1e-14)
    single = np.float32(x)
    np.testing.assert_allclose(run(wg.grad(wider_on_one_path), single), right, rtol=1e-6)
    np.testing.assert_allclose(run(wg.jvp(wider_on_one_path), (single,), (single,))[1], right @ x, rtol=1e-6)
