"""The two adjoints of z = x @ y for one and two dimensions (Giles 2008, §2.2).

x @ y              z      dot_left(z_bar, y)    dot_right(x, z_bar)
(n) @ (n)          ()     z_bar y               z_bar x
(m, n) @ (n)       (m)    z_bar yᵀ              xᵀ z_bar
(n) @ (n, k)       (k)    y z_bar               x z_barᵀ
(m, n) @ (n, k)    (m, k) z_bar yᵀ              xᵀ z_bar
"""
from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types

from .extend import compiled, float_type, overload


def dot_left(z_bar: Any, y: Any) -> Any:
    """The adjoint of x in z = x @ y."""
    if np.ndim(z_bar) == 0:
        return z_bar * y
    if np.ndim(y) == 1:
        return np.outer(z_bar, y)
    return y @ z_bar if np.ndim(z_bar) == 1 else z_bar @ y.T


def dot_right(x: Any, z_bar: Any) -> Any:
    """The adjoint of y in z = x @ y."""
    if np.ndim(z_bar) == 0:
        return x * z_bar
    if np.ndim(x) == 1:
        return np.outer(x, z_bar)
    return x.T @ z_bar


# ---- compiled -----------------------------------------------------------------------------------------------


@compiled
def _scaled(c: Any, x: Any) -> Any:
    result = np.empty(x.size, x.dtype)
    for i in range(x.size):
        result[i] = c * x[i]
    return result


@compiled
def _outer(x: Any, y: Any) -> Any:
    result = np.empty((x.size, y.size), x.dtype)
    for i in range(x.size):
        for j in range(y.size):
            result[i, j] = x[i] * y[j]
    return result


def _packed(x: Any, other: Any) -> Any:
    """x as BLAS wants it beside the other: C or F contiguous, and of the wider dtype; copied if it is not."""
    dtype = np.promote_types(x.dtype, other.dtype)
    return x if x.flags.forc and x.dtype == dtype else np.ascontiguousarray(x, dtype)


@overload(_packed)
def _packed_compiled(x: Any, other: Any) -> Any:
    dtype = float_type(x, other)
    if x.dtype != dtype:
        return lambda x, other: x.astype(dtype)
    if x.layout == "A":
        return lambda x, other: np.ascontiguousarray(x)
    return lambda x, other: x


@overload(dot_left)
def _dot_left(z_bar: Any, y: Any) -> Any:
    if isinstance(z_bar, types.Number):
        number = float_type(z_bar, y)
        return lambda z_bar, y: _scaled(number(z_bar), y)
    if y.ndim == 1:
        return lambda z_bar, y: _outer(z_bar, y)
    if z_bar.ndim == 1:
        return lambda z_bar, y: np.dot(_packed(y, z_bar), _packed(z_bar, y))
    return lambda z_bar, y: np.dot(_packed(z_bar, y), _packed(y, z_bar).T)


@overload(dot_right)
def _dot_right(x: Any, z_bar: Any) -> Any:
    if isinstance(z_bar, types.Number):
        number = float_type(x, z_bar)
        return lambda x, z_bar: _scaled(number(z_bar), x)
    if x.ndim == 1:
        return lambda x, z_bar: _outer(x, z_bar)
    return lambda x, z_bar: np.dot(_packed(x, z_bar).T, _packed(z_bar, x))
