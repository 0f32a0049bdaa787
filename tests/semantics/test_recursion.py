"""Functions that call themselves: values, tangents, adjoints and second derivatives on the generated source run by CPython."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.semantics.agreement import X, agrees

EIGHT = np.array([0.3, -0.1, 0.25, 0.5, -0.4, 0.2, 0.55, 0.15])


def power(x, n):
    if n == 0:
        return 1.0
    return x * power(x, n - 1)


def fast_power(x, n):
    """An early return, a branch and one call on each path."""
    if n == 0:
        return 1
    if n % 2 == 1:
        return x * fast_power(x * x, n // 2)
    return fast_power(x * x, n // 2)


def product(a, lo, hi):
    if hi - lo == 1:
        return math.sin(a[lo])
    mid = (lo + hi) // 2
    return product(a, lo, mid) * (1.0 + product(a, mid, hi))


def even(x, n):
    return 1.0 if n == 0 else x * odd(x, n - 1)


def odd(x, n):
    return 0.5 if n == 0 else x + even(x, n - 1)


def fibonacci(x, n):
    """The call comes before the return that shows what is returned."""
    if n > 0:
        a, b = fibonacci(x, n - 1)
        return b * x, a + b
    return x, 1.0


def sum_of_pair(x, n):
    a, b = fibonacci(x, n)
    return a * b


def dual(x, n):
    if n == 0:
        return x, (1.0, n)
    value, (slope, k) = dual(x, n - 1)
    return math.sin(value), (slope * math.cos(value), k + 1)


def slope_of_iterated_sine(x, n):
    result = dual(x, n)
    return result[0] + result[1][0] * result[1][1]


def female(x, n):
    return x if n == 0 else math.sin(female(x, n - 1)) + male(x, n // 2)


def male(x, n):
    return 2.0 * x if n == 0 else x * male(x, n - 1) * female(x, n // 2)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def integers(x):
    return x ** ackermann(2, 1)


def quicksort(a, lo, hi):
    if hi - lo < 2:
        return
    pivot, k = a[lo], lo
    for i in range(lo + 1, hi):
        if a[i] < pivot:
            k += 1
            a[i], a[k] = a[k], a[i]
    a[lo], a[k] = a[k], a[lo]
    quicksort(a, lo, k)
    quicksort(a, k + 1, hi)


def weighted_order(a):
    quicksort(a, 0, a.size)
    s = 0.0
    for i in range(a.size):
        s += i * a[i] * a[i]
    return s


def transform(re, im, lo, stride, n):
    """A butterfly in place over strided halves."""
    if n == 1:
        return
    half = n // 2
    transform(re, im, lo, 2 * stride, half)
    transform(re, im, lo + stride, 2 * stride, half)
    c = np.empty(n)
    s = np.empty(n)
    for k in range(half):
        angle = -2.0 * math.pi * k / n
        p, q = lo + 2 * k * stride, lo + (2 * k + 1) * stride
        tr = math.cos(angle) * re[q] - math.sin(angle) * im[q]
        ti = math.cos(angle) * im[q] + math.sin(angle) * re[q]
        c[k], s[k] = re[p] + tr, im[p] + ti
        c[k + half], s[k + half] = re[p] - tr, im[p] - ti
    for k in range(n):
        re[lo + k * stride], im[lo + k * stride] = c[k], s[k]


def spectrum(x):
    re, im = x.copy(), np.zeros(x.size)
    transform(re, im, 0, 1, x.size)
    return np.sum(re**4 + im * re)


def on_views(v):
    if v.size == 1:
        return v[0] * v[0]
    return on_views(v[::2]) * (1.0 + on_views(v[1::2]))


def halves_apart(v):
    """Writes into views of one array, which do not overlap."""
    if v.size > 1:
        h = v.size // 2
        blend(v[:h], v[h:])
        halves_apart(v[:h])
        halves_apart(v[h:])


def blend(a, b):
    if a.size == 0:
        return
    a[0] = a[0] * b[0] + 0.1
    blend(a[1:], b[1:])


def blended(x):
    halves_apart(x)
    return np.sum(x * x)


def merged(a):
    """Arrays that the routine makes are its results."""
    if a.size == 1:
        return a * a
    h = a.size // 2
    left, right = merged(a[:h]), merged(a[h:])
    out = np.empty(a.size)
    out[:h] = left * np.sum(right)
    out[h:] = right + left[0]
    return out


def sum_of_merged(a):
    return np.sum(merged(a) ** 2)


def remembered(x, n, known, table):
    """Values that were computed before are looked up."""
    if known[n] > 0:
        return table[n]
    value = x * remembered(x, n - 1, known, table) + math.sin(remembered(x, n - 2, known, table))
    table[n], known[n] = value, 1
    return value


def memo(x, n):
    known, table = np.zeros(n + 2, np.int64), np.zeros(n + 2)
    table[0], table[1], known[0], known[1] = x, 1.0, 1, 1
    return remembered(x, n, known, table) * table[n // 2 + 1]


def in_a_loop(x, n):
    s, y = 0.0, x
    for i in range(n):
        y = power(y, 2) * 0.9
        s += power(x + y, i) * y
    while s > 1.0:
        s = 0.5 * s * power(x, 1)
    return s


def loop_inside(a, k):
    """A loop with a way out around the call, in the routine itself."""
    s = a[k % a.size]
    for i in range(k):
        if i > 3:
            break
        if i == 1:
            continue
        s += 0.3 * a[i] * loop_inside(a, i)
    return s


def simpson(f, a, b, tolerance, depth):
    m = 0.5 * (a + b)
    whole = (f(a) + 4.0 * f(m) + f(b)) * (b - a) / 6.0
    left = (f(a) + 4.0 * f(0.5 * (a + m)) + f(m)) * (m - a) / 6.0
    right = (f(m) + 4.0 * f(0.5 * (m + b)) + f(b)) * (b - m) / 6.0
    if depth == 0 or abs(left + right - whole) < tolerance:
        return left + right
    return simpson(f, a, m, 0.5 * tolerance, depth - 1) + simpson(f, m, b, 0.5 * tolerance, depth - 1)


def adaptive(x, k):
    def inner(y):
        return math.sin(k * y) * x

    scale = k * x
    return simpson(lambda y: inner(y) * scale, 0.0, x, 1e-4, 6) + simpson(math.exp, x, 2.0, 1e-3, 4)


WEIGHTS = np.array([0.5, -1.0, 2.0])
SCALE = 1.5


def with_globals(x, n=3, *, shift=0.25):
    return x if n == 0 else SCALE * WEIGHTS[n % 3] * math.sin(with_globals(x + shift, n - 1)) + x


def calls_with_defaults(x):
    return with_globals(x) * with_globals(x, shift=x) + with_globals(n=1, x=x)


def structured(state, p, n):
    (x, v), k = state[0], p[0]
    if n == 0:
        return x * v
    v = v - 0.1 * k * x
    return structured(((x + 0.1 * v, v), 0.0), p, n - 1) if n > 1 else structured(((x, v), k), p, 0)


def tuples(x, k):
    return structured(((x, 1.0), k), (k, 2.0), 4)


def same_array_twice(a, b, n):
    if n == 0:
        return a[0] * b[1]
    return same_array_twice(b, a, n - 1) + a[n] * b[n]


def twice(x):
    return same_array_twice(x, x, 3) + same_array_twice(x, x[::2], 1)


def shifts(a, s, n):
    """A number that the routine changes, an array that it writes to afterwards, an array argument that is rebound."""
    s = s * a[0]
    if n == 0:
        return s
    b = a
    if n > 1:
        a = a * s
    t = shifts(a, s + 1.0, n - 1)
    b[0] = b[0] + 0.5
    return t * b[0] * s


def shifted(a):
    return shifts(a, 0.7, 3) * a[1] + shifts(a, a[2], 2)


CASES: list[tuple[Any, tuple[Any, ...]]] = [
    (power, (1.3, 4)),
    (power, (1.3, 0)),
    (fast_power, (1.1, 13)),
    (product, (EIGHT, 0, 8)),
    (even, (1.3, 5)),
    (odd, (1.3, 4)),
    (fibonacci, (1.3, 4)),
    (sum_of_pair, (1.3, 4)),
    (slope_of_iterated_sine, (1.3, 3)),
    (female, (0.7, 4)),
    (integers, (1.1,)),
    (weighted_order, (EIGHT,)),
    (spectrum, (EIGHT,)),
    (on_views, (EIGHT,)),
    (blended, (EIGHT,)),
    (merged, (EIGHT,)),
    (sum_of_merged, (EIGHT,)),
    (memo, (0.7, 6)),
    (in_a_loop, (1.1, 3)),
    (loop_inside, (X, 5)),
    (adaptive, (1.3, 2.1)),
    (calls_with_defaults, (0.7,)),
    (tuples, (1.3, 0.8)),
    (twice, (X,)),
    (shifted, (X,)),
]


@pytest.mark.parametrize(("f", "args"), CASES, ids=lambda case: getattr(case, "__name__", None))
def test_recursion(f: Any, args: tuple[Any, ...]) -> None:
    agrees(f, *args)
