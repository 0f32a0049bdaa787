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


def swept(a, c):
    for i in range(1, len(a)):
        if a[i] > 2.0:
            return i
        a[i] += c * a[i - 1]
    return len(a)


def rows_from_behind(m, c):
    w = 0.0
    s = c
    for t in range(4):
        row = m[t % 3, ::-1]
        if t == 3:
            row = m[:, 1]
        k = swept(row, s)
        row[k - 1] *= np.sum(m[: k % 3 + 1]) * 0.1
        w += s * row[0]
        s = 0.0 if t == 1 else s * c
        if w > 50.0:
            break
    else:
        w *= 2.0
    return w + s + np.sum(m)


def ends_that_change_places(x, c):
    a = x.copy()
    b, last = a[1:], c
    for i in range(3, -1, -1):
        a[i] -= last ** 2
        last = 1.5
        b[i % 3] *= a[i] if i % 2 else c
        a, b = a[::-1], a[:-1]
        if a[0] * b[0] > 9.0:
            return np.sum(a) * last
    return np.sum(a * x) + last


def every_other_element(x, c):
    out = np.zeros(4)
    g, h, n = c, c * c, 0
    while True:
        v = out[n % 2 :: 2]
        v += x[n % 3] * g
        out[n % 4] -= h
        g = 2.0
        if n > 4:
            h = 0.0
        if out[0] > 6.0 or n == 7:
            break
        n += 1
        if n == 3:
            continue
        out[out > 1.0] *= h + 0.5
    return np.sum(out * out) + g * h


@pytest.mark.parametrize("program", [rows_from_behind, ends_that_change_places, every_other_element])
@pytest.mark.parametrize(("scale", "c"), [(1.0, 0.6), (3.0, 0.4), (2.0, 1.2)])
def test_views_overwrites_and_exits_of_the_third_review(program, scale, c) -> None:
    x = np.array([0.7, 0.4, 0.9, 1.2]) if program is not rows_from_behind else np.random.default_rng(0).normal(size=(3, 3))
    agrees(program, scale * x, c)
