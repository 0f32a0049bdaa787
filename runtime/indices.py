"""What indices that are arrays need: index arrays in their common shape, values that fit where they are written; and what
functions that make arrays of arrays check."""
from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types

from .extend import common_shape, overload


def matched(index: Any, other: Any) -> Any:
    """A copy of an index array, broadcast with another."""
    return np.broadcast_to(index, common_shape(index, other)).copy()


def check_fits(value: Any, place: Any) -> None:
    """Shapes: each extent of the value, counted from the last, is 1 or that of the place."""
    for k in range(1, len(value) + 1):
        if value[-k] != 1 and (k > len(place) or value[-k] != place[-k]):
            raise ValueError(f"cannot assign slice of shape {place} from input of shape {value}")


def check_taken(indices: Any, size: int) -> None:
    """The indices are those of elements, counted from the front or from behind."""
    if np.any((np.asarray(indices) >= size) | (np.asarray(indices) < -size)):
        raise IndexError("Index out of bounds")


def check_alike(one: Any, other: Any) -> None:
    """Two shapes, or what is left of them without the axis along which arrays are joined, are the same."""
    if one != other:
        raise ValueError("arrays that are joined have different shapes")


@overload(check_alike)
def _check_alike(one: Any, other: Any) -> Any:
    def check(one: Any, other: Any) -> None:
        if one != other:
            raise ValueError("arrays that are joined have different shapes")
    return check


@overload(check_taken)
def _check_taken(indices: Any, size: Any) -> Any:
    if isinstance(indices, types.Integer):
        def check_one(indices: Any, size: Any) -> None:
            if indices >= size or indices < -size:
                raise IndexError("Index out of bounds")
        return check_one

    def check(indices: Any, size: Any) -> None:
        for k in indices.flat:
            if k >= size or k < -size:
                raise IndexError("Index out of bounds")
    return check


@overload(check_fits)
def _check_fits(value: Any, place: Any) -> Any:
    rank, wanted = len(value), len(place)
    extra = max(rank - wanted, 0)

    def check(value: Any, place: Any) -> None:
        for k in range(rank):
            at = wanted - rank + k
            if value[k] != 1 and (k < extra or value[k] != place[at]):
                raise ValueError("cannot assign slice from input of another shape")
    return check


@overload(matched)
def _matched(index: Any, other: Any) -> Any:
    return lambda index, other: np.broadcast_to(index, common_shape(index, other)).copy()
