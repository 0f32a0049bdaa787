"""Programs that a review wrote, with views, overwrites and exits at once.

CPython takes a copy of what overlaps and Numba goes element by element: such programs stand beside what they mean, written out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests import oracles
from tests.semantics.agreement import agrees, run
from wengert.transform.switches import without

SIX = np.array([0.7, -1.3, 0.4, 2.1, -0.6, 0.3])


def windows_now_and_then(x, n):
    a = x.copy()
    rows = a[: (len(a) // 2) * 2].reshape(2, -1)
    s = 0.0
    for i in range(n):
        r = rows[i % 2][::-1]
        if x[i % len(x)] > 0.0:
            for j in range(i + 1):
                if s > 4.0:
                    return s * a[0]
                r[j % len(r)] = np.sin(r[j % len(r)]) * a[-1] + s * 0.1
                s += r[0] * r[-1]
            rows[0], t = rows[1] * 0.5, s
            s = t * 0.9
        else:
            for j in range(3):
                a[1:] *= a[:-1]
                if abs(a[1]) < 1e-3:
                    break
            else:
                a += x
    return s + np.sum(a * rows[1][0])


def windows_written_out(x, n):
    a = x.copy()
    rows = a[: (len(a) // 2) * 2].reshape(2, -1)
    s = 0.0
    for i in range(n):
        r = rows[i % 2][::-1]
        if x[i % len(x)] > 0.0:
            for j in range(i + 1):
                if s > 4.0:
                    return s * a[0]
                r[j % len(r)] = np.sin(r[j % len(r)]) * a[-1] + s * 0.1
                s += r[0] * r[-1]
            rows[0], t = rows[1] * 0.5, s
            s = t * 0.9
        else:
            for j in range(3):
                for p in range(1, len(a)):
                    a[p] *= a[p - 1]
                if abs(a[1]) < 1e-3:
                    break
            else:
                a += x
    return s + np.sum(a * rows[1][0])


def drained_rows(x, n):
    m = np.outer(x, x).T
    total = 0.0
    k = n
    while k > 0:
        v = m[k % len(x)]
        for i in range(len(v) - 1, -1, -2):
            if v[i] < -1.0:
                k -= 1
                break
            if v[i] > 0.2:
                for j in range(k):
                    total += v[j % len(v)] ** 2 * x[i]
                    v[i] -= 0.3 * total
                    if total > 50.0:
                        return total * v[0], m[:, 0]
        m += m.T
        m *= 0.4
        k -= 1
    return total, m[:, 0]


def drained_rows_written_out(x, n):
    m = np.outer(x, x).T
    total = 0.0
    k = n
    while k > 0:
        v = m[k % len(x)]
        for i in range(len(v) - 1, -1, -2):
            if v[i] < -1.0:
                k -= 1
                break
            if v[i] > 0.2:
                for j in range(k):
                    total += v[j % len(v)] ** 2 * x[i]
                    v[i] -= 0.3 * total
                    if total > 50.0:
                        return total * v[0], m[:, 0]
        for p in range(len(x)):
            for q in range(len(x)):
                m[p, q] += m[q, p]
        m *= 0.4
        k -= 1
    return total, m[:, 0]


def scratch_that_may_be_given(x, out=None, scale=None):
    buf = np.zeros(len(x)) if out is None else out
    head = buf[:3]
    for i in range(len(x)):
        if scale is not None and x[i] * scale > 1.0:
            head[i % 3] += x[i] * scale
            if i == 3:
                break
        head[:2] = head[1:] * x[i] + 0.1
        buf[i] = buf[i] + x[i] ** 2 * head[0]
    else:
        return np.sum(buf) * 2.0
    return np.sum(buf * x)


PAIRS = [(windows_now_and_then, windows_written_out), (drained_rows, drained_rows_written_out)]


@pytest.mark.parametrize(("f", "written_out"), PAIRS)
@pytest.mark.parametrize("n", [0, 1, 3, 7])
def test_windows_and_rows(f, written_out, n):
    agrees(f, SIX, n, primal=written_out)


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize(("f", "written_out"), PAIRS)
def test_numba_means_what_is_written_out(f, written_out):
    np.testing.assert_allclose(oracles.flat(njit(f)(SIX.copy(), 7)), oracles.flat(written_out(SIX.copy(), 7)), rtol=1e-12)


@pytest.mark.parametrize("given", [(), (np.linspace(0.1, 0.9, 6),), (np.linspace(0.1, 0.9, 6), 0.8)])
def test_scratch_that_may_be_given(given):
    agrees(scratch_that_may_be_given, SIX, *given)


# ---- whole arrays that are read after they were overwritten, with exits on the way ----------------------------------------------


def fluxes_between_two(u, v, n):
    a = u.copy()
    b = np.cos(u)
    left, right = a[:-1], a[1:]
    total = 0.0
    for t in range(n):
        f = left * right - v[t % len(v)] * right
        g = f
        if np.max(np.abs(f)) < 0.1:
            break
        b[1:] = f * 0.5
        b[0] = np.sum(f * g)
        if np.sum(b) > 0.5:
            a[:] = b
            g = left * 2.0 - f
            total += np.sum(g * f)
            continue
        a, b = b, a
        b[::2] += a[1::2] * f[0]
    else:
        a *= left[0]
    return total, a * b[::-1], right


def rows_chosen_in_turn(m, w, n):
    c = m - np.sum(m, 0) / len(m)
    row = c[0]
    for i in range(n):
        k = i % len(m)
        p = c[k] * w
        c[k] += p - row
        if p[0] > 1.5:
            return c * p, np.sum(row)
        row = c[k] if w[i % len(w)] > 0.3 else c[:, ::-1][(k + 1) % len(m)]
        row *= 0.9
        d = row - p
        for j in range(len(d)):
            if d[j] > 0.8:
                c[:, j] = d[0] * c[:, j - 1]
                break
            p[j] += d[j]
        else:
            row[:] = p * w
    return c * 2.0, np.sum(row * w)


@njit
def until_large(a, p, tol):
    for i in range(len(a)):
        if abs(a[i]) > tol:
            return a[:i]
        a[i] = a[i] * p[i] + p[0]
    return a


def parts_that_come_back(x, w, limit=None):
    a = np.sin(x)
    p = a * w
    k = 0
    while True:
        part = until_large(a, p, 0.95 + 0.05 * k)
        q = part * part
        a[: len(part)] -= q * 0.1
        p = p - 0.2 * a
        k += 1
        if limit is not None and np.sum(q) > limit:
            break
        if k > 3:
            return np.sum(a * p), q
        a[-1] = p[0] * a[0]
    return np.sum(a) * np.sum(p), p


W = np.array([0.4, 0.9, -0.7, 0.2, 0.6, -0.1])
M = np.outer(SIX, W)[:4, :3] + np.linspace(-0.4, 0.9, 12).reshape(4, 3)
WHOLE: list[tuple[Any, tuple[Any, ...]]] = [
    *((fluxes_between_two, (SIX, W, n)) for n in (0, 1, 2, 5)), *((rows_chosen_in_turn, (M, W[:3], n)) for n in (0, 1, 3, 6)),
    (parts_that_come_back, (SIX, W)), (parts_that_come_back, (SIX, W, 0.3)), (parts_that_come_back, (SIX, W, 9.0)),
]


@pytest.mark.parametrize(("f", "args"), WHOLE)
def test_whole_arrays(f, args):
    agrees(f, *args)
    with without("needless copies"):
        agrees(f, *args)


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize(("f", "args"), [WHOLE[3], WHOLE[7], WHOLE[9]])
def test_whole_arrays_compiled(f, args):
    y = njit(f)(*oracles.copied(args))
    u = oracles.random_like(y, np.random.default_rng(3))
    found = wg.vjp(f)(args, u)
    np.testing.assert_array_equal(oracles.flat(found), oracles.flat(run(wg.vjp(f), args, u)))
    np.testing.assert_array_equal(oracles.flat(found[0]), oracles.flat(y))


def first_big(c, i):
    for k in range(i, c.size):
        if c[k] > 0.8:
            return k
        if c[k] < -1.5:
            break
    return -1


def rows_shifted_until_large(m, k):
    top, low = m[:2], m[1:]
    flat = m.copy().ravel()
    s = 0.0
    for t in range(6):
        for i in range(low.shape[0]):
            top[i % 2] = low[i] * np.sqrt(flat[t] * flat[t] + m[0, 0] * m[0, 0])
            if s > 1.0:
                break
            s += top[i % 2, ::-1][0] * flat[(t + i) % k]
            flat[t] = low[-1, 0]
        else:
            m[-1, :] = top[0] * 0.5
            continue
        top = m[::-1][:2]
        break
    return s + np.sum(m * m) + flat[k]


def packed_by_two_names(x, k):
    a, b = x[:4], x[2:]
    w = 0
    s = 0.0
    while True:
        if w >= k:
            break
        d = a[w] - b[w % 3]
        if d * d < 1e-12:
            w += 1
            continue
        r = np.sqrt(d * d)
        a[w] = r * b[0]
        b[1] += a[w] * s
        a, b = (b, a) if r > 1.0 and b.size > 3 else (a, b)
        s += r
        if s > 6.0:
            return s * np.sum(b)
        w += 1
    return s + np.sum(x)


def columns_solved_backwards(m):
    t = m.T[::-1]
    n = t.shape[1]
    acc = np.zeros(n)
    for j in range(n):
        col = t[:, j]
        for i in range(t.shape[0]):
            if first_big(col, i) >= 0:
                col[i:] *= 0.5
                acc[j] += col[i]
                break
            col[i] -= acc[j] * t[i, 0]
        else:
            acc[j] = np.sqrt(np.sum(col * col) + 0.25)
    return np.sum(acc * acc) + m[0, 0]


ROOTS: list[tuple[Any, tuple[Any, ...]]] = [
    (rows_shifted_until_large, (M.T.copy(), 5)), (packed_by_two_names, (np.append(SIX, 0.2) * W[0] + np.linspace(0.1, 0.4, 7), 4)),
    (columns_solved_backwards, (M.T.copy(),)),
]


@pytest.mark.parametrize(("f", "args"), ROOTS)
def test_roots_behind_views_and_exits(f, args):
    agrees(f, *args)


def with_gaps(a):
    return np.repeat(np.repeat(a, 2, 0), 2, -1)[::2, ::2] if a.ndim > 1 else np.repeat(a, 2)[::2]


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize(("f", "args"), ROOTS)
def test_roots_behind_views_and_exits_compiled(f, args):
    """The same however the argument lies."""
    first, *rest = args
    expected = run(wg.value_and_grad(f), *args)
    for laid_out in (np.array, np.asfortranarray, with_gaps):
        value, gradient = wg.value_and_grad(f)(laid_out(first), *rest)
        assert value == pytest.approx(expected[0], rel=1e-14)
        np.testing.assert_allclose(gradient, expected[1], rtol=1e-11, atol=1e-13)
