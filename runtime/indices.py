"""What indices that are arrays need: index arrays in their common shape, and values that fit where they are written."""
from __future__ import annotations

from typing import Any

import numpy as np

from .extend import common_shape, overload


def matched(index: Any, other: Any) -> Any:
    """A copy of an index array, broadcast with another."""
    return np.broadcast_to(index, common_shape(index, other)).copy()


def check_fits(value: Any, place: Any) -> None:
    """Shapes: each extent of the value, counted from the last, is 1 or that of the place."""
    for k in range(1, len(value) + 1):
        if value[-k] != 1 and (k > len(place) or value[-k] != place[-k]):
            raise ValueError(f"cannot assign slice of shape {place} from input of shape {value}")


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
