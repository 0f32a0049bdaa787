"""Every index of a shape, in C order: what `np.ndindex` goes through; positions of lists."""
from __future__ import annotations

from typing import Any

from numba.core import types
from numba.cpython.unsafe.tuple import tuple_setitem

from .extend import overload


def as_shape(extents: Any) -> tuple[int, ...]:
    """A shape given as a tuple, or as its one extent."""
    return extents if isinstance(extents, tuple) else (extents,)


def volume(shape: tuple[int, ...]) -> int:
    """How many indices there are."""
    total = 1
    for extent in shape:
        total *= max(extent, 0)
    return total


def place(k: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Index number k."""
    index = []
    for extent in reversed(shape):
        index.append(k % extent)
        k //= extent
    return tuple(reversed(index))


def list_place(k: int, count: int) -> int:
    """The position from the front, of one that may be counted from the back."""
    return k + count if k < 0 else k


def insert_place(k: int, count: int) -> int:
    """The position from the front at which an item is inserted: there is always one."""
    return max(0, min(k + count if k < 0 else k, count))


@overload(list_place)
def _list_place(k: Any, count: Any) -> Any:
    return lambda k, count: k + count if k < 0 else k


@overload(insert_place)
def _insert_place(k: Any, count: Any) -> Any:
    return lambda k, count: max(0, min(k + count if k < 0 else k, count))


@overload(as_shape)
def _as_shape(extents: Any) -> Any:
    if isinstance(extents, types.BaseTuple):
        return lambda extents: extents
    return lambda extents: (extents,)


@overload(volume)
def _volume(shape: Any) -> Any:
    if not len(shape):
        return lambda shape: 1

    def implementation(shape: Any) -> int:
        total = 1
        for extent in shape:
            total *= max(extent, 0)
        return total
    return implementation


@overload(place)
def _place(k: Any, shape: Any) -> Any:
    rank = len(shape)
    if not rank:
        return lambda k, shape: ()

    def implementation(k: Any, shape: Any) -> Any:
        index = shape
        for axis in range(rank - 1, -1, -1):
            index = tuple_setitem(index, axis, k % shape[axis])
            k //= shape[axis]
        return index
    return implementation
