"""Functions that have no derivative here, for data that needs none: they are called as they are, and refused where what they are
given carries a derivative.

Each returns memory of its own and writes to nothing.  Their parameters are those that Numba takes.
"""
# mypy: allow-untyped-defs, no-check-untyped-defs
import math

import numpy as np

from .declare import zero

# ---- numbers that are found by comparing, of which no derivative can come -----------------------------------------


@zero(np.argpartition)
def argpartition(a, kth): ...


@zero(np.nanargmax, np.nanargmin)
def of_numbers(a): ...


@zero(np.isin)
def isin(element, test_elements, assume_unique=False, invert=False): ...


@zero(np.isreal, np.iscomplex, np.isposinf, np.isneginf)
def kinds(x): ...


@zero(np.gcd, np.lcm, broadcasts=True)
def divisors(x1, x2): ...


@zero(math.gcd)
def divisor(a, b): ...


@zero(np.tri)
def tri(N, M=None, k=0): ...


@zero(np.tril_indices, np.triu_indices)
def triangle(n, k=0, m=None): ...


@zero(np.tril_indices_from, np.triu_indices_from)
def triangle_of(arr, k=0): ...


@zero(np.indices)
def indices(dimensions): ...


@zero(np.blackman, np.hamming, np.hanning)
def window(M): ...


# ---- what could have a derivative, and has none here ---------------------------------------------------------------


@zero(np.sort, np.median, np.nanmedian, np.nancumsum, np.nancumprod, np.unique, opaque=True)
def of_one(a): ...


@zero(np.percentile, np.nanpercentile, np.quantile, np.nanquantile, opaque=True)
def quantiles(a, q): ...


@zero(np.partition, opaque=True)
def partition(a, kth): ...


@zero(np.histogram, opaque=True)
def histogram(a, bins=10, range=None): ...


@zero(np.union1d, opaque=True)
def union(ar1, ar2): ...


@zero(np.intersect1d, np.setdiff1d, np.setxor1d, opaque=True)
def of_sets(ar1, ar2, assume_unique=False): ...


@zero(np.delete, opaque=True)
def delete(arr, obj): ...


@zero(np.extract, opaque=True)
def extract(condition, arr): ...


@zero(np.take_along_axis, opaque=True)
def take_along_axis(arr, indices, axis): ...


@zero(np.diagflat, opaque=True)
def diagflat(v, k=0): ...


@zero(np.logspace, np.geomspace, opaque=True)
def spaced(start, stop, num=50): ...


@zero(np.kaiser, opaque=True)
def kaiser(M, beta): ...


@zero(np.cov, opaque=True)
def cov(m, y=None, rowvar=True, bias=False, ddof=None): ...


@zero(np.corrcoef, opaque=True)
def corrcoef(x, y=None, rowvar=True): ...


@zero(math.frexp, opaque=True)
def parts(x): ...


@zero(np.linalg.det, np.linalg.inv, np.linalg.cholesky, np.linalg.qr, np.linalg.eig, np.linalg.eigh, np.linalg.eigvals,
      np.linalg.eigvalsh, np.linalg.slogdet, opaque=True)  # fmt: skip
def of_a_matrix(a): ...


@zero(np.linalg.solve, opaque=True)
def solve(a, b): ...


@zero(np.linalg.lstsq, opaque=True)
def lstsq(a, b, rcond=-1.0): ...


@zero(np.linalg.svd, opaque=True)
def svd(a, full_matrices=1): ...


@zero(np.linalg.pinv, opaque=True)
def pinv(a, rcond=1e-15): ...


@zero(np.linalg.cond, opaque=True)
def cond(x, p=None): ...


@zero(np.linalg.matrix_rank, opaque=True)
def matrix_rank(A, tol=None): ...
