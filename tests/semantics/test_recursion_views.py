"""Functions that call themselves and return the argument, or a view of it, on some paths: what is handed back is read, and as
good as a copy; where it, or what it may be a part of, is written afterwards while the other is needed, the call is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import X, agrees, run


def merged(a, b):
    out = np.empty(a.size + b.size)
    i, j = 0, 0
    for k in range(out.size):
        if j >= b.size or (i < a.size and a[i] <= b[j]):
            out[k] = a[i]
            i += 1
        else:
            out[k] = b[j]
            j += 1
    return out


def merge_sort(a):
    if a.size <= 1:
        return a
    middle = a.size // 2
    return merged(merge_sort(a[:middle]), merge_sort(a[middle:]))


def sorted_by_merging(x):
    s = merge_sort(x * x)
    t = merge_sort(x)
    return s[0] * s[1] + s[-1] * x[0] + t @ s


def largest_part(a, n):
    """The half with the larger sum, again and again."""
    if n == 0 or a.size < 2:
        return a
    half = a.size // 2
    if np.sum(a[:half]) > np.sum(a[half:]):
        return largest_part(a[:half], n - 1)
    return largest_part(a[half:], n - 1)


def of_a_part(x):
    y = x * x[1]
    return np.sum(largest_part(y, 2) ** 2) * largest_part(x[::-1], 1)[0]


def written_before(a, n):
    if n == 0:
        return a[1:]
    a[0] = a[n] * a[0]
    return written_before(a, n - 1)


def of_what_was_written(x):
    y = x.copy()
    part = written_before(y, 3)
    return np.sum(part * part) * y[0] + part[0]


def fourier(re, im):
    """Radix two, real and imaginary part apart; at the bottom they are the arguments."""
    n = re.size
    if n == 1:
        return re, im
    er, ei = fourier(re[::2], im[::2])
    dr, di = fourier(re[1::2], im[1::2])
    yr, yi = np.empty(n), np.empty(n)
    for k in range(n // 2):
        c, s = np.cos(2.0 * np.pi * k / n), -np.sin(2.0 * np.pi * k / n)
        tr, ti = c * dr[k] - s * di[k], c * di[k] + s * dr[k]
        yr[k], yi[k] = er[k] + tr, ei[k] + ti
        yr[k + n // 2], yi[k + n // 2] = er[k] - tr, ei[k] - ti
    return yr, yi


def spectrum(x):
    re, im = fourier(x[:4].copy(), x[1:5] * x[0])
    return np.sum(re * re * im) + re[1] * im[2]


def one_of_two(a, b, n):
    if n == 0:
        return a
    if a[0] > b[0]:
        return one_of_two(a[1:], b, n - 1)
    return b


def chosen(x):
    v = one_of_two(x, x[::-1], 2)
    w = v.copy()
    w[0] *= x[1]
    return np.sum(w * v)


def row(m, k, n):
    return m[k] if n == 0 else row(m, (k + 1) % 2, n - 1)


def of_rows(x):
    m = np.empty((2, 3))
    m[0] = x[:3]
    m[1] = x[2:] * x[0]
    r, s = row(m, 0, 3), row(m.T, 0, 2)
    return np.sum(r * r) * s[1]


def both_results(a, n):
    if n == 0:
        return a, a[:2]
    p, q = both_results(a * 2.0, n - 1)
    return q, p


def two_of_one(x):
    p, q = both_results(x, 1)
    return np.sum(p) * np.sum(q * q) * x[0]


def fresh(a, n):
    """What is returned is an array of its own each time, and then the argument of the call before."""
    if n == 0:
        return a
    return fresh(a * a[0], n - 1)


def uses_fresh(x):
    return np.sum(fresh(x, 2))


PROGRAMS = [sorted_by_merging, of_a_part, of_what_was_written, spectrum, chosen, of_rows, two_of_one, uses_fresh]


QUICK = (sorted_by_merging, of_what_was_written, two_of_one)
CASES = [pytest.param(f, marks=[] if f in QUICK else pytest.mark.full, id=f.__name__) for f in PROGRAMS]


@pytest.mark.parametrize("f", CASES)
def test_parts_of_arguments_on_some_paths(f: Any) -> None:
    agrees(f, X)


def writes_into_the_result(x):
    y = x.copy()
    r = merge_sort(y[:1])
    r[0] *= 2.0
    return y[0] * r[0]


def writes_into_the_argument(x):
    y = x.copy()
    r = largest_part(y, 2)
    y[:] = 2.0 * y
    return np.sum(r * r)


def grown_in_place(a, n):
    if n == 0:
        return a
    r = grown_in_place(a[1:], n - 1)
    r[0] *= 2.0
    return r if n == 2 else a


def writes_inside(x):
    return np.sum(grown_in_place(x.copy(), 2))


def down(a, n):
    return up(a, n - 1)


def up(a, n):
    return a[1:] if n <= 0 else down(a[1:], n)


def writes_behind_two(x):
    y = x.copy()
    r = down(y, 2)
    y[3] = x[0]
    return r[0] * r[1]


REFUSED = [writes_into_the_result, writes_into_the_argument, writes_inside, writes_behind_two]


@pytest.mark.parametrize("f", REFUSED, ids=lambda f: f.__name__)
def test_a_write_that_the_other_one_may_see_is_refused(f: Any) -> None:
    with pytest.raises(wg.UnsupportedError, match="is written, and may share memory with what a function that calls itself"):
        wg.grad(f).source_for(X)


def writes_when_the_other_is_not_needed(x):
    y = x.copy()
    r = largest_part(y, 2)
    t = np.sum(r * r)
    y[:] = t * x
    r = largest_part(y, 1)
    return r[0] * r[1]


def test_a_write_that_nobody_sees() -> None:
    agrees(writes_when_the_other_is_not_needed, X)


@pytest.mark.compiled
@pytest.mark.full
def test_compiled() -> None:
    for f in (sorted_by_merging, of_rows):
        value, gradient = wg.value_and_grad(f)(X)
        expected, plain = run(wg.value_and_grad(f), X)
        assert value == pytest.approx(expected, rel=1e-14) and expected == pytest.approx(f(X), rel=1e-14)
        assert np.allclose(gradient, plain, rtol=1e-13, atol=1e-15)
