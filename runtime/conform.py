"""Do shapes fit?  For statements of the primal that raise where they do not, and that a derivative may not need to run."""
from __future__ import annotations

from typing import Any

import numpy as np

from .extend import overload


def check_broadcast(a: Any, b: Any) -> None:
    """Two arrays can be operands of one elementwise operation."""
    np.broadcast_shapes(a.shape, b.shape)


def check_assign(place: Any, value: Any) -> None:
    """An array can be assigned to a part of another one, or added to it in place."""
    extra = max(value.ndim - place.ndim, 0)
    if value.shape[:extra].count(1) < extra or np.broadcast_shapes(place.shape, value.shape[extra:]) != place.shape:
        raise ValueError(f"cannot assign slice of shape {place.shape} from input of shape {value.shape}")


def check_product(a: Any, b: Any) -> None:
    """Two vectors or matrices can be multiplied."""
    if a.shape[-1] != b.shape[max(b.ndim - 2, 0)]:
        raise ValueError(f"incompatible array sizes for np.dot(a, b): {a.shape} and {b.shape}")


def check_reshape(a: Any, shape: Any) -> None:
    """An array has as many elements as a shape, in which -1 stands for what is left over."""
    known = 1
    for extent in shape:
        known *= 1 if extent == -1 else extent
    if known != a.size and not (-1 in shape and known > 0 and a.size % known == 0):
        raise ValueError("total size of new array must be unchanged")


def check_step(step: int) -> None:
    """A range does not stand still."""
    if step == 0:
        raise ValueError("range() arg 3 must not be zero")


@overload(check_broadcast)
def _check_broadcast(a: Any, b: Any) -> Any:
    first, second, axes = a.ndim, b.ndim, min(a.ndim, b.ndim)

    def check(a: Any, b: Any) -> None:
        for k in range(axes):
            m, n = a.shape[first - axes + k], b.shape[second - axes + k]
            if m != n and m != 1 and n != 1:
                raise ValueError("unable to broadcast the operands of an array operation")
    return check


@overload(check_assign)
def _check_assign(place: Any, value: Any) -> Any:
    wanted, rank = place.ndim, value.ndim
    extra = max(rank - wanted, 0)

    def check(place: Any, value: Any) -> None:
        for k in range(rank):
            n = value.shape[k]
            if n != 1 and (k < extra or n != place.shape[wanted - rank + k]):
                raise ValueError("cannot assign slice from input of another shape")
    return check


@overload(check_product)
def _check_product(a: Any, b: Any) -> Any:
    last, first = a.ndim - 1, max(b.ndim - 2, 0)

    def check(a: Any, b: Any) -> None:
        if a.shape[last] != b.shape[first]:
            raise ValueError("incompatible array sizes for np.dot(a, b)")
    return check


@overload(check_reshape)
def _check_reshape(a: Any, shape: Any) -> Any:
    if len(shape) == 0:
        def check_one(a: Any, shape: Any) -> None:
            if a.size != 1:
                raise ValueError("total size of new array must be unchanged")
        return check_one

    def check(a: Any, shape: Any) -> None:
        known, left = 1, False
        for extent in shape:
            if extent == -1:
                left = True
            else:
                known *= extent
        if known != a.size and not (left and known > 0 and a.size % known == 0):
            raise ValueError("total size of new array must be unchanged")
    return check


@overload(check_step)
def _check_step(step: Any) -> Any:
    def check(step: Any) -> None:
        if step == 0:
            raise ValueError("range() arg 3 must not be zero")
    return check
