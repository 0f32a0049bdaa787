"""Arrays that are changed in place by others which they overlap: element by element, in the order of Numba's loop.

The programs stand beside what they mean, written out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import njit

from tests.semantics.agreement import agrees

X = np.array([0.7, -1.3, 0.4, 1.1, 0.9, -0.6])

Program = Callable[..., Any]


def added_to_an_array_that_overlaps(x, k):
    c = x * 2.0
    b = np.zeros(len(c))
    b[:] = np.ones(len(c)) * x[0]
    if k > 0:
        c = b[0:1]
    b += c
    return np.sum(b * x)


def one_after_the_other(x, k):
    b = np.ones(6) * x[0]
    for i in range(6):
        b[i] += b[0] if k > 0 else x[i] * 2.0
    return np.sum(b * x)


def cut_before(x, k):
    c = x * 2.0
    d = c[1:]
    b = np.ones_like(d) * x[0]
    if k > 0:
        c = b[1:3]
    b += c[1:]
    return np.sum(b * d)


def cut_one_after_the_other(x, k):
    d = x[1:] * 2.0
    b = np.ones(5) * x[0]
    for i in range(5):
        b[i] += b[2] if k > 0 else d[i]
    return np.sum(b * d)


def transposed_before(x, k):
    c = x.reshape(2, 3) * 2.0
    t = c.T
    b = np.zeros_like(t)
    b[:] = t * t
    if k > 0:
        c = b.T[1:, 1:2]
    b += c.T
    return np.sum(b * t)


def by_columns(x, k):
    t = x.reshape(2, 3).T * 2.0
    b = t * t
    for j in range(2):
        for i in range(3):
            b[i, j] += b[1, 1] if k > 0 else t[i, j]
    return np.sum(b * t)


def by_columns_backwards(x, k):
    b = np.zeros_like(x.reshape(2, 3).T)
    b[:] = x.reshape(3, 2) * x[0]
    b *= b[k : k + 1, 1:]
    return np.sum(b * x.reshape(3, 2))


def backwards_one_after_the_other(x, k):
    b = x.reshape(3, 2) * x[0]
    for j in range(2):
        for i in range(3):
            b[i, j] *= b[k, 1]
    return np.sum(b * x.reshape(3, 2))


def columns_and_rows(x, k):
    b = np.outer(x[:3], x[k : k + 3]).T
    b += b.T
    return np.sum(b * b)


def rows_one_after_the_other(x, k):
    b = np.outer(x[:3], x[k : k + 3]).T
    for i in range(3):
        for j in range(3):
            b[i, j] += b[j, i]
    return np.sum(b * b)


def gaps_and_columns(x, k):
    b = np.outer(x[:3], x[k : k + 3]).T
    b[::-1, 1:] += b[..., :2]
    return np.sum(b * b)


def turned_columns_one_after_the_other(x, k):
    b = np.outer(x[:3], x[k : k + 3]).T
    for j in range(2):
        for i in range(3):
            b[2 - i, j + 1] += b[i, j]
    return np.sum(b * b)


def gaps_and_gaps(x, k):
    b = np.outer(x[:3], x[k : k + 3]).T
    b[::-1, 1:] += b[:, :2]
    return np.sum(b * b)


def turned_rows_one_after_the_other(x, k):
    b = np.outer(x[:3], x[k : k + 3]).T
    for i in range(3):
        for j in range(2):
            b[2 - i, j + 1] += b[i, j]
    return np.sum(b * b)


def columns_and_a_row(x, k):
    b = np.outer(x[:3], x[k : k + 3]).T
    b += b[..., 1][np.newaxis, :]
    return np.sum(b * b)


def columns_one_after_the_other(x, k):
    b = np.outer(x[:3], x[k : k + 3]).T
    for j in range(3):
        for i in range(3):
            b[i, j] += b[j, 1]
    return np.sum(b * b)


IN_PLACE = [
    (added_to_an_array_that_overlaps, one_after_the_other), (cut_before, cut_one_after_the_other),
    (transposed_before, by_columns), (by_columns_backwards, backwards_one_after_the_other),
    (columns_and_rows, rows_one_after_the_other), (gaps_and_columns, turned_columns_one_after_the_other),
    (gaps_and_gaps, turned_rows_one_after_the_other), (columns_and_a_row, columns_one_after_the_other),
]  # fmt: skip


@pytest.mark.parametrize("k", [0, 1])
@pytest.mark.parametrize(("program", "written_out"), IN_PLACE)
def test_overlapping_arrays_of_another_shape_are_added_in_the_order_of_the_layout(program: Any, written_out: Any, k: int) -> None:
    agrees(program, X, k, primal=written_out)


@pytest.mark.full
@pytest.mark.parametrize(("program", "written_out"), IN_PLACE)
def test_that_order_is_that_of_numba(program: Any, written_out: Any) -> None:
    assert njit(program)(X.copy(), 1) == pytest.approx(written_out(X.copy(), 1), rel=1e-13)
