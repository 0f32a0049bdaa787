"""Lists of lists and of arrays for the user, made of the list of all that is in them; and the other way round."""
from __future__ import annotations

from typing import Any

import numpy as np

from .extend import compiled, overload
from .sorting import row_of


def as_list(items: Any) -> Any:
    """The elements of an array as a list of Python's numbers."""
    return items.tolist()


@overload(as_list)
def _as_list(items: Any) -> Any:
    return lambda items: list(items)


@compiled
def rows_of(items: Any, lengths: Any) -> Any:
    """Lists of these lengths, one after the other."""
    rows = []
    start = 0
    for n in lengths:
        rows.append(items[start : start + n])
        start += n
    return rows


@compiled
def arrays_of(flat: Any, *extents: Any) -> Any:
    """Arrays of these extents, one after the other."""
    arrays = []
    start = 0
    for k in range(len(extents[0])):
        shape = row_of(extents, k)
        size = 1
        for n in shape:
            size *= n
        arrays.append(flat[start : start + size].copy().reshape(shape))
        start += size
    return arrays


@compiled
def flat_of(arrays: Any, dtype: Any) -> Any:
    """The elements of all the arrays."""
    size = 0
    for array in arrays:
        size += array.size
    flat = np.empty(size, dtype)
    k = 0
    for array in arrays:
        for value in array.flat:
            flat[k] = value
            k += 1
    return flat


@compiled
def extents_of(arrays: Any, axis: Any) -> Any:
    """How long each of the arrays is along an axis."""
    extents = np.empty(len(arrays), np.int64)
    for k in range(len(arrays)):
        extents[k] = arrays[k].shape[axis]
    return extents


@compiled
def check_extents(found: Any, known: Any) -> None:
    """The arrays of a seed are as long as those that they belong to."""
    if len(found) != len(known):
        raise ValueError("a seed has another number of arrays than the list that it belongs to")
    for k in range(len(known)):
        if found[k] != known[k]:
            raise ValueError("an array in a seed has another shape than the one that it belongs to")
