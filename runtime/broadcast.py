"""Broadcasting and its transpose.

`spread(g, like)` repeats, `unbroadcast(g, like)` sums what was repeated; each is the other's transpose.  Both return
an array of their own.  In compiled code they work axis by axis on the flat data, so that the loops are compiled once
for each dtype and not for each rank.
"""
from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types

from .extend import compiled, overload


def spread(g: Any, like: Any, axis: int | None = None) -> Any:
    """g repeated to the shape of `like`: by broadcasting, or along the one `axis` that a sum took away."""
    if not isinstance(like, np.ndarray):
        return g
    shape = like.shape
    if axis is not None:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, shape).copy()


def unbroadcast(g: Any, like: Any, axis: int | None = None) -> Any:
    """g summed to the shape of `like`: over one `axis`, or over all those along which `like` is repeated in g."""
    shape = np.shape(like)
    if axis is not None:
        return np.sum(g, axis)
    if np.ndim(g) < len(shape):
        return np.broadcast_to(g, shape).copy()
    g = np.sum(g, tuple(range(np.ndim(g) - len(shape))))
    if not shape:
        return np.array(g) if isinstance(like, np.ndarray) else g
    repeated = tuple(k for k, size in enumerate(shape) if size == 1 and g.shape[k] != 1)
    return np.sum(g, repeated, keepdims=True) if repeated else g


def spread_mean(g: Any, like: Any) -> Any:
    """The transpose of np.mean: g over the number of elements, in the shape of `like`."""
    return spread(g / np.result_type(g).type(np.size(like)), like)


def flattened(x: Any) -> Any:
    """A copy of x in one dimension, in the order of its indices."""
    return np.array(x).reshape(-1)


def unravel(g: Any, like: Any) -> Any:
    """A copy of the one-dimensional g in the shape of `like`."""
    return np.array(g).reshape(np.shape(like))


def retyped(g: Any, like: Any) -> Any:
    """A copy of g in the dtype of `like`."""
    return np.array(g, np.result_type(like))


# ---- compiled -----------------------------------------------------------------------------------------------


@compiled
def _product(shape: Any, start: int, stop: int) -> int:
    product = 1
    for k in range(start, stop):
        product *= shape[k]
    return product


@compiled
def _repeated(flat: Any, before: int, count: int, after: int) -> Any:
    """(before, after) → (before, count, after)"""
    result = np.empty(before * count * after, flat.dtype)
    for i in range(before):
        for j in range(count):
            start = (i * count + j) * after
            for k in range(after):
                result[start + k] = flat[i * after + k]
    return result


@compiled
def _summed(flat: Any, before: int, count: int, after: int) -> Any:
    """(before, count, after) → (before, after)"""
    result = np.zeros(before * after, flat.dtype)
    for i in range(before):
        for j in range(count):
            start = (i * count + j) * after
            for k in range(after):
                result[i * after + k] += flat[start + k]
    return result


@compiled
def _total(g: Any) -> Any:
    total = 0.0
    for value in g.flat:
        total += value
    return total


@overload(spread)
def _spread(g: Any, like: Any, axis: Any = None) -> Any:
    if isinstance(g, types.Number):
        if isinstance(like, types.Number):
            return lambda g, like, axis=None: g
        dtype = g

        def fill(g: Any, like: Any, axis: Any = None) -> Any:
            return np.full(like.shape, g, dtype)
        return fill
    if isinstance(axis, types.Integer):
        def along(g: Any, like: Any, axis: Any = None) -> Any:
            shape = like.shape
            k = int(axis) + (like.ndim if axis < 0 else 0)
            before, after = _product(shape, 0, k), _product(shape, k + 1, like.ndim)
            return _repeated(g.flatten(), before, shape[k], after).reshape(shape)
        return along

    def broadcast(g: Any, like: Any, axis: Any = None) -> Any:
        flat, shape, missing = g.flatten(), like.shape, like.ndim - g.ndim
        for k in range(like.ndim):
            if k < missing or g.shape[k - missing] != shape[k]:
                after = _product(g.shape, max(k - missing + 1, 0), g.ndim)
                flat = _repeated(flat, _product(shape, 0, k), shape[k], after)
        return flat.reshape(shape)
    return broadcast


@overload(unbroadcast)
def _unbroadcast(g: Any, like: Any, axis: Any = None) -> Any:
    if isinstance(g, types.Number):
        return lambda g, like, axis=None: spread(g, like)
    dtype = g.dtype
    if isinstance(like, types.Number):
        def total(g: Any, like: Any, axis: Any = None) -> Any:
            return dtype(_total(g))
        return total
    if isinstance(axis, types.Integer):
        def along(g: Any, like: Any, axis: Any = None) -> Any:
            shape = g.shape
            k = int(axis) + (g.ndim if axis < 0 else 0)
            before, after = _product(shape, 0, k), _product(shape, k + 1, g.ndim)
            return _summed(g.flatten(), before, shape[k], after).reshape(like.shape)
        return along

    def collapse(g: Any, like: Any, axis: Any = None) -> Any:
        flat, shape, extra = g.flatten(), g.shape, g.ndim - like.ndim
        for k in range(g.ndim):
            if k < extra or like.shape[k - extra] != shape[k]:
                before = _product(like.shape, 0, max(k - extra, 0))
                flat = _summed(flat, before, shape[k], _product(shape, k + 1, g.ndim))
        return flat.reshape(like.shape)
    return collapse


@overload(spread_mean)
def _spread_mean(g: Any, like: Any) -> Any:
    dtype = g
    return lambda g, like: np.full(like.shape, dtype(g / like.size), dtype)


@overload(flattened)
def _flattened(x: Any) -> Any:
    return lambda x: x.flatten()


@overload(unravel)
def _unravel(g: Any, like: Any) -> Any:
    return lambda g, like: g.flatten().reshape(like.shape)


@overload(retyped)
def _retyped(g: Any, like: Any) -> Any:
    dtype = like.dtype
    return lambda g, like: g.astype(dtype)
