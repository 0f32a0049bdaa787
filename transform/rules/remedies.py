"""What to write where a derivative comes to a function that has no rule: one line for each, by its key.

Each was tried: `tests/test_remedies.py` holds a program that is written so, and finds every line of code of a remedy in it.
"""
from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OTHERWISE = "write it out, or give a function that calls it a derivative of its own: `custom_vjp`"
_SORTED, _FIRST = "`s = a[np.argsort(a)]`", "`s[np.searchsorted(s, s) == np.arange(s.size)]`"
_MIDDLE = "`0.5 * (s[(s.size - 1) // 2] + s[s.size // 2])`"
_BETWEEN = "`np.interp({} * (b.size - 1), np.arange(b.size), b[np.argsort(b)])`"
_NUMBERS = "`b = a[~np.isnan(a)]`"


def _own(formula: str) -> str:
    return f"give a function that calls it a derivative of its own: `custom_vjp`, {formula}"


_SORTING = {
    "np.sort": "write `a[np.argsort(a)]`",
    ".permute": "write `a[:] = a[np.argsort(a)]`",
    "np.partition": "write `a[np.argpartition(a, kth)]`",
    "np.median": f"sort by indices, {_SORTED}, and write {_MIDDLE}",
    "np.nanmedian": f"leave out what is NaN, {_NUMBERS}, sort by indices, `s = b[np.argsort(b)]`, and write {_MIDDLE}",
    "np.percentile": f"flatten it, `b = a.ravel()`, and write {_BETWEEN.format('q / 100.0')}",
    "np.quantile": f"flatten it, `b = a.ravel()`, and write {_BETWEEN.format('q')}",
    "np.nanpercentile": f"leave out what is NaN, {_NUMBERS}, and write {_BETWEEN.format('q / 100.0')}",
    "np.nanquantile": f"leave out what is NaN, {_NUMBERS}, and write {_BETWEEN.format('q')}",
    "np.unique": f"sort by indices, {_SORTED}, and write {_FIRST}",
    "np.union1d": f"join both, `a = np.concatenate((x, y))`, sort by indices, {_SORTED}, and write {_FIRST}",
    "np.intersect1d": f"choose, `a = x[np.isin(x, y)]`, sort by indices, {_SORTED}, and write {_FIRST}",
    "np.setdiff1d": f"choose, `a = x[~np.isin(x, y)]`, sort by indices, {_SORTED}, and write {_FIRST}",
    "np.setxor1d": f"choose, `a = np.concatenate((x[~np.isin(x, y)], y[~np.isin(y, x)]))`, sort by indices, {_SORTED}, "
                   f"and write {_FIRST}",
    "np.histogram": "count what is constant, `np.histogram(wg.stop_gradient(a), bins)[0]`; the edges are "
                    "`np.linspace(a.min(), a.max(), bins + 1)`",
}  # fmt: skip

_CHOOSING = {
    "np.delete": "write `a[np.arange(a.size) != k]`, or for several `a[~np.isin(np.arange(a.size), k)]`",
    "np.insert": "write `np.append(np.append(a[:k], v), a[k:])`",
    "np.extract": "write `a[condition]`",
    "np.take_along_axis": "write the loop: `for i, j in np.ndindex(k.shape): out[i, j] = a[i, k[i, j]]`",
    "np.resize": "write `a[np.arange(n) % a.size]`",
    "np.trim_zeros": "find what is not zero, `k = np.flatnonzero(a)`, and write `a[k[0] : k[-1] + 1]`",
    "np.select": "write `np.where(c, x, np.where(d, y, 0.0))`",
    "np.split": "write the slices: `a[:k]`, `a[k:]`",
    "np.array_split": "write the slices: `a[:k]`, `a[k:]`",
    "np.hsplit": "write the slices: `a[:, :k]`, `a[:, k:]`",
    "np.vsplit": "write the slices: `a[:k]`, `a[k:]`",
    "np.dstack": "write `np.stack((x, y), axis=-1)`",
    "np.diagflat": "write `np.diag(v.ravel(), 1)`, with k as a number that is written out",
}

_NUMERIC = {
    "np.logspace": "write `10.0 ** np.linspace(start, stop, num)`",
    "np.geomspace": "write `np.exp(np.linspace(np.log(start), np.log(stop), num))`",
    "np.nancumsum": "write `np.cumsum(np.where(np.isnan(a), 0.0, a))`",
    "np.nancumprod": "write `np.cumprod(np.where(np.isnan(a), 1.0, a))`",
    "np.unwrap": "write `x[1:] - 2.0 * np.pi * np.cumsum(np.rint(np.diff(x) / (2.0 * np.pi)))` behind `x[:1]`",
    "np.kaiser": "write i0 as a loop, `term *= (0.5 * z / k) ** 2` and `total += term`, and divide `i0(z) / i0(beta)`, where "
                 "`z = beta * np.sqrt(1.0 - (2.0 * i / (M - 1) - 1.0) ** 2)`",
    "np.cov": "subtract the means, `d = m - np.sum(m, axis=1)[:, None] / n`, and write `d @ d.T / (n - 1)`",
    "np.corrcoef": "subtract the means, `d = x - np.sum(x, axis=1)[:, None] / n`, and divide `c = d @ d.T` by "
                   "`np.sqrt(np.outer(np.diag(c), np.diag(c)))`",
    "math.frexp": "write `x / 2.0 ** e`, where `e = math.frexp(wg.stop_gradient(x))[1]`",
    "math.ldexp": "write `x * 2.0 ** i`",
    "np.linalg.matrix_power": "write the loop: `for _ in range(n - 1): p = p @ a`",
    "np.linalg.matrix_rank": "it is constant where it has a derivative: `np.linalg.matrix_rank(wg.stop_gradient(a))`",
    "np.linalg.cholesky": "write the loops over i and j < i: `l[i, j] = (a[i, j] - np.sum(l[i, :j] * l[j, :j])) / l[j, j]`, "
                          "`l[i, i] = np.sqrt(a[i, i] - np.sum(l[i, :i] ** 2))`",
}  # fmt: skip

_SINGULAR = "`u, _, v = np.linalg.svd(a, False)`, `a_bar = u * s_bar @ v`"
_ADJOINTS = {
    "np.linalg.inv": "for b: `a_bar = -b.T @ b_bar @ b.T`",
    "np.linalg.solve": "for x: `b_bar = np.linalg.inv(a).T @ x_bar`, `a_bar = -np.outer(b_bar, x)`; where b is a matrix, "
                       "`a_bar = -b_bar @ x.T`",
    "np.linalg.det": "for y: `a_bar = y_bar * y * np.linalg.inv(a).T`",
    "np.linalg.slogdet": "for the logarithm y: `a_bar = y_bar * np.linalg.inv(a).T`",
    "np.linalg.eigvalsh": "for w: `_, v = np.linalg.eigh(a)`, `a_bar = v * w_bar @ v.T`",
    "np.linalg.eigh": "for w and v: `f = 1.0 / (w - w[:, None] + np.eye(w.size)) - np.eye(w.size)`, "
                      "`a_bar = v @ (np.diag(w_bar) + f * (v.T @ v_bar)) @ v.T`",
    "np.linalg.eigvals": "for w: `_, v = np.linalg.eig(a)`, `a_bar = np.linalg.inv(v).T * w_bar @ v.T`",
    "np.linalg.eig": "for w alone: `_, v = np.linalg.eig(a)`, `a_bar = np.linalg.inv(v).T * w_bar @ v.T`",
    "np.linalg.svd": f"for s alone: {_SINGULAR}",
    "np.linalg.cond": f"for s, of which it is `s[0] / s[-1]`: {_SINGULAR}",
    "np.linalg.qr": "for q and r: `m = r @ r_bar.T - q_bar.T @ q`, "
                    "`a_bar = (q_bar + q @ (np.tril(m) + np.tril(m, -1).T)) @ np.linalg.inv(r).T`",
    "np.linalg.pinv": "for p, `t = p_bar.T`, "
                      "`a_bar = (t - a @ p @ t) @ p @ p.T + p.T @ p @ (t - t @ p @ a) - p.T @ p_bar @ p.T`",
    "np.linalg.lstsq": "for x alone: `p = np.linalg.pinv(a)`, `b_bar = p.T @ x_bar`, "
                       "`a_bar = np.outer(b - a @ x, p @ b_bar) - np.outer(b_bar, x)`",
}  # fmt: skip

REMEDIES: Mapping[str, str] = MappingProxyType(
    {**_SORTING, **_CHOOSING, **_NUMERIC, **{key: _own(formula) for key, formula in _ADJOINTS.items()}}
)
