"""Writes of a whole array or a part of one, between names that may be one memory, and with ways out of the loops."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.semantics.agreement import X, agrees


def kept_rows(a, b, k, j):
    rows = [a, b, a * b]
    rows.append(rows[k])
    p, q = rows[k], rows[j]
    p[:] = q
    rows[3][1:] = rows[j][:-1]
    rows[2][:] = rows[3]
    q *= p
    for r in rows:
        if r[0] > 3.0:
            break
        r[:] = rows[0] * 0.5 + r
    return np.sum(rows[0] * rows[1]) + np.dot(rows[2], rows[3])


@pytest.mark.parametrize(("k", "j"), [(0, 0), (0, 1), (1, 2), (2, 2)])
def test_whole_writes_between_items_of_a_list_that_may_be_one_array(k: int, j: int) -> None:
    agrees(kept_rows, X[:4], X[1:] * 0.5, k, j)


def buffers_rebound(a, b, flag):
    w = a
    if flag:
        w = b
    c = w
    for _ in range(3):
        w[:] = c
        c[1:] *= w[0]
        b[:] = w
        w, c = c, b
        if c[1] > 4.0:
            return np.sum(w) * a[0]
    return np.dot(w, c) + a[1] * b[2]


@pytest.mark.parametrize("flag", [True, False])
def test_whole_writes_between_names_that_may_be_one_array(flag: bool) -> None:
    agrees(buffers_rebound, X[:4], X[1:] * 0.5, flag)


def between_walls(u, k):
    w = np.zeros_like(u)
    t, n = 0.0, 0
    while t < 4.0:
        for _ in range(n % 3):
            for j in range(u.size):
                if u[j] > 5.0:
                    break
                w[j] = u[j] * k + w[j] * 0.1
            u[:] = w
            u[::2] *= math.cos(t)
            w[1:] = u[:-1]
        t += 0.05 + 0.1 * abs(u[0])
        n += 1
        if n > 90:
            return t * u[1]
    return t * k + np.sum(u * w)


def test_whole_writes_from_a_buffer_in_loops_that_are_left() -> None:
    agrees(between_walls, X[:4] * 0.1, 0.3)


def left_by_rows(u, k):
    """After every second row the next one is another view; two ways out, and what is kept is a row or a part of one."""
    w, last = u.T, u[0]
    diagonal = u.ravel()[:: u.shape[1] + 1]
    done, energy = False, 0.0
    for i in range(u.shape[0]):
        row = w[:, i] if i % 2 == 0 else u[:, i][::-1]
        for j in range(row.size):
            if row[j] > 1.4:
                last = row
                continue
            row[j] = row[j] * k + diagonal[(i + j) % diagonal.size] * 0.3
            if abs(row[j]) < 0.05:
                done = True
                break
            diagonal[i % diagonal.size] -= 0.1 * row[j] * row[j]
        else:
            last = row[1:]
            last[:] = last * last
            continue
        if done:
            energy += diagonal[0]
            break
        energy += row[0]
    u[1:, :-1] = u[:-1, 1:]
    return energy + np.sum(last) * k + np.dot(u[:, 0], w[0])


def test_rows_that_are_other_views_in_loops_that_are_left() -> None:
    agrees(left_by_rows, np.random.default_rng(5).normal(size=(4, 4)), 0.8)
