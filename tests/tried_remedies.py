"""Programs written as remedies say, each beside the call that is refused.

Names are those of the remedies; arrays are of one axis unless a remedy speaks of more.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import wengert as wg

Function = Callable[..., Any]
A, B = np.array([0.7, -1.3, 0.4, 2.1, -0.6]), np.array([0.4, 2.1, 0.9])
"""Two of B are in A."""
TWICE, MISSING = np.array([0.7, -1.3, 0.7, 2.1, -1.3]), np.array([0.7, np.nan, 0.4, 2.1, -0.6])
M = np.array([[2.0, 0.5, 0.3], [0.1, 1.0, -0.4], [0.2, 0.3, 3.0]])
K = np.array([[0, 1], [2, 2], [1, 0]])


class Tried(NamedTuple):
    key: str
    call: Function                                      # refused
    program: Function                                   # what the remedy makes of it
    args: tuple[Any, ...]
    more: tuple[tuple[Any, ...], ...]                   # where values alone are compared: ties have no differences


TRIED: list[Tried] = []


def remedy(key: str, call: Function, *args: Any, more: tuple[tuple[Any, ...], ...] = ()) -> Callable[[Function], Function]:
    def add(program: Function) -> Function:
        TRIED.append(Tried(key, call, program, args, more))
        return program

    return add


# ---- sorting --------------------------------------------------------------------------------------------------------


@remedy("np.sort", lambda a: np.sort(a), A, more=((TWICE,),))
def sort(a):
    return a[np.argsort(a)]


def sort_in_place(a):
    a.sort()
    return a


@remedy(".permute", sort_in_place, A, more=((TWICE,),))
def permute(a):
    a[:] = a[np.argsort(a)]
    return a


@remedy("np.partition", lambda a: np.partition(a, 2)[2], A, more=((TWICE,),))
def partition(a):
    kth = 2
    return a[np.argpartition(a, kth)][2]


@remedy("np.median", lambda a: np.median(a), A, more=((TWICE,), (A[:4],)))
def median(a):
    s = a[np.argsort(a)]
    return 0.5 * (s[(s.size - 1) // 2] + s[s.size // 2])


@remedy("np.nanmedian", lambda a: np.nanmedian(a), MISSING, more=((MISSING[:4],),))
def nanmedian(a):
    b = a[~np.isnan(a)]
    s = b[np.argsort(b)]
    return 0.5 * (s[(s.size - 1) // 2] + s[s.size // 2])


@remedy("np.percentile", lambda a, q: np.percentile(a, q), A, 30.0, more=((M, 100.0), (A, np.array([0.0, 62.5]))))
def percentile(a, q):
    b = a.ravel()
    return np.interp(q / 100.0 * (b.size - 1), np.arange(b.size), b[np.argsort(b)])


@remedy("np.quantile", lambda a, q: np.quantile(a, q), A, np.array([0.3, 0.62]), more=((M, 0.5), (A, 1.0)))
def quantile(a, q):
    b = a.ravel()
    return np.interp(q * (b.size - 1), np.arange(b.size), b[np.argsort(b)])


@remedy("np.nanpercentile", lambda a, q: np.nanpercentile(a, q), MISSING, 30.0, more=((MISSING, 0.0),))
def nanpercentile(a, q):
    b = a[~np.isnan(a)]
    return np.interp(q / 100.0 * (b.size - 1), np.arange(b.size), b[np.argsort(b)])


@remedy("np.nanquantile", lambda a, q: np.nanquantile(a, q), MISSING, 0.3, more=((MISSING, 1.0),))
def nanquantile(a, q):
    b = a[~np.isnan(a)]
    return np.interp(q * (b.size - 1), np.arange(b.size), b[np.argsort(b)])


@remedy("np.unique", lambda a: np.unique(a), A, more=((TWICE,),))
def unique(a):
    s = a[np.argsort(a)]
    return s[np.searchsorted(s, s) == np.arange(s.size)]


@remedy("np.union1d", lambda x, y: np.union1d(x, y), A, B * 1.1, more=((TWICE, B),))
def union1d(x, y):
    a = np.concatenate((x, y))
    s = a[np.argsort(a)]
    return s[np.searchsorted(s, s) == np.arange(s.size)]


@remedy("np.intersect1d", lambda x, y: np.intersect1d(x, y), A, np.array([3, 4]), more=((A, B), (TWICE, A)))
def intersect1d(x, y):
    a = x[np.isin(x, y)]
    s = a[np.argsort(a)]
    return s[np.searchsorted(s, s) == np.arange(s.size)]


@remedy("np.setdiff1d", lambda x, y: np.setdiff1d(x, y), A, B * 1.1, more=((A, B), (TWICE, B)))
def setdiff1d(x, y):
    a = x[~np.isin(x, y)]
    s = a[np.argsort(a)]
    return s[np.searchsorted(s, s) == np.arange(s.size)]


@remedy("np.setxor1d", lambda x, y: np.setxor1d(x, y), A, B * 1.1, more=((A, B), (TWICE, B)))
def setxor1d(x, y):
    a = np.concatenate((x[~np.isin(x, y)], y[~np.isin(y, x)]))
    s = a[np.argsort(a)]
    return s[np.searchsorted(s, s) == np.arange(s.size)]


def counts_and_edges(a):
    counts, edges = np.histogram(a, 3)
    return counts[1] * edges


@remedy("np.histogram", counts_and_edges, A, more=((TWICE,),))
def histogram(a):
    bins = 3
    counts = np.histogram(wg.stop_gradient(a), bins)[0]
    return counts[1] * np.linspace(a.min(), a.max(), bins + 1)


# ---- choosing -------------------------------------------------------------------------------------------------------


@remedy("np.delete", lambda a, k: np.delete(a, k), A, 2, more=((A, 0),))
def delete(a, k):
    return a[np.arange(a.size) != k]


@remedy("np.delete", lambda a, k: np.delete(a, k), A, np.array([1, 3]), more=((A, np.array([4])),))
def delete_several(a, k):
    return a[~np.isin(np.arange(a.size), k)]


@remedy("np.insert", lambda a, k, v: np.insert(a, k, v), A, 2, 0.3, more=((A, 0, 0.3), (A, 5, B)))
def insert(a, k, v):
    return np.append(np.append(a[:k], v), a[k:])


@remedy("np.extract", lambda a: np.extract(a > 0.5, a), A, more=((TWICE,),))
def extract(a):
    condition = a > 0.5
    return a[condition]


@remedy("np.take_along_axis", lambda a, k: np.take_along_axis(a, k, 1), M, K)
def take_along_axis(a, k):
    out = np.empty(k.shape)
    for i, j in np.ndindex(k.shape): out[i, j] = a[i, k[i, j]]  # noqa: E701
    return out


@remedy("np.resize", lambda a, n: np.resize(a, n), A, 8, more=((A, 3),))
def resize(a, n):
    return a[np.arange(n) % a.size]


@remedy("np.trim_zeros", lambda a: np.trim_zeros(a), A, more=((np.array([0.0, 0.0, 1.0, 0.0, 2.0, 0.0]),),))
def trim_zeros(a):
    k = np.flatnonzero(a)
    return a[k[0] : k[-1] + 1]


@remedy("np.select", lambda x, y: np.select([x > 1.0, y > 0.5], [x, y], 0.0), A, TWICE)
def select(x, y):
    c, d = x > 1.0, y > 0.5
    return np.where(c, x, np.where(d, y, 0.0))


def two_parts(a):
    first, second = np.split(a, 2)
    return first * second[1]


@remedy("np.split", two_parts, A[:4])
def split(a):
    k = 2
    return a[:k] * a[k:][1]


def two_unequal_parts(a):
    first, second = np.array_split(a, 2)
    return first * second[1]


@remedy("np.array_split", two_unequal_parts, A)
def array_split(a):
    k = 3
    return a[:k] * a[k:][1]


def left_and_right(a):
    left, right = np.hsplit(a, 2)
    return left * right[0]


@remedy("np.hsplit", left_and_right, M[:, :2].copy())
def hsplit(a):
    k = 1
    return a[:, :k] * a[:, k:][0]


def upper_and_lower(a):
    upper, lower = np.vsplit(a, 2)
    return upper * lower[0, 1]


@remedy("np.vsplit", upper_and_lower, M[:2])
def vsplit(a):
    k = 1
    return a[:k] * a[k:][0, 1]


@remedy("np.dstack", lambda x, y: np.dstack((x, y)), M, M.T.copy())
def dstack(x, y):
    return np.stack((x, y), axis=-1)


@remedy("np.diagflat", lambda v: np.diagflat(v, 1), M, more=((A,),))
def diagflat(v):
    return np.diag(v.ravel(), 1)


# ---- numbers --------------------------------------------------------------------------------------------------------


@remedy("np.logspace", lambda start, stop: np.logspace(start, stop, 4), 0.2, 1.1)
def logspace(start, stop):
    num = 4
    return 10.0 ** np.linspace(start, stop, num)


@remedy("np.geomspace", lambda start, stop: np.geomspace(start, stop, 4), 0.2, 1.1)
def geomspace(start, stop):
    num = 4
    return np.exp(np.linspace(np.log(start), np.log(stop), num))


@remedy("np.nancumsum", lambda a: np.nancumsum(a), MISSING, more=((M,),))
def nancumsum(a):
    return np.cumsum(np.where(np.isnan(a), 0.0, a))


@remedy("np.nancumprod", lambda a: np.nancumprod(a), MISSING, more=((M,),))
def nancumprod(a):
    return np.cumprod(np.where(np.isnan(a), 1.0, a))


@remedy("np.unwrap", lambda x: np.unwrap(x), np.array([0.3, 4.0, -3.0, 8.0, 0.5]))
def unwrap(x):
    return np.append(x[:1], x[1:] - 2.0 * np.pi * np.cumsum(np.rint(np.diff(x) / (2.0 * np.pi))))


def i0(z):
    term = 1.0
    total = 1.0
    for k in range(1, 50):
        term *= (0.5 * z / k) ** 2
        total += term
    return total


@remedy("np.kaiser", lambda beta: np.kaiser(5, beta), 2.0, more=((8.0,),))
def kaiser(beta):
    M = 5
    w = np.empty(M)
    for i in range(M):
        z = beta * np.sqrt(1.0 - (2.0 * i / (M - 1) - 1.0) ** 2)
        w[i] = i0(z) / i0(beta)
    return w


@remedy("np.cov", lambda m: np.cov(m), M[:2])
def cov(m):
    n = m.shape[1]
    d = m - np.sum(m, axis=1)[:, None] / n
    return d @ d.T / (n - 1)


@remedy("np.corrcoef", lambda x: np.corrcoef(x), M[:2])
def corrcoef(x):
    n = x.shape[1]
    d = x - np.sum(x, axis=1)[:, None] / n
    c = d @ d.T
    return c / np.sqrt(np.outer(np.diag(c), np.diag(c)))


@remedy("math.frexp", lambda x: math.frexp(x)[0], 11.3, more=((-0.1,), (0.0,)))
def frexp(x):
    e = math.frexp(wg.stop_gradient(x))[1]
    return x / 2.0 ** e


@remedy("math.ldexp", lambda x, i: math.ldexp(x, i), 0.7, 5, more=((0.7, -5),))
def ldexp(x, i):
    return x * 2.0 ** i
