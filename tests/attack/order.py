"""The order in which Numba's loop goes through an array that is changed in place by another one: it shows where they overlap.

Numba goes by the layouts that it types.  A part that lies by columns (`m[:, :3]` of such a matrix) has none for Numba, but the
transpose of some rows, which lies in the same way, has: NumPy's flags do not tell which it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, Any]
_parts_by_columns = True


@contextmanager
def parts_by_rows() -> Iterator[None]:
    """Inside, a part of an array does not count as lying by columns."""
    global _parts_by_columns
    _parts_by_columns = False
    try:
        yield
    finally:
        _parts_by_columns = True


def in_order(old: Numbers, value: Numbers) -> Iterator[tuple[int, ...]]:
    """The places of `old`: along columns if more of the two arrays lie by columns than by rows."""
    by_rows = [a.flags.c_contiguous for a in (old, value)]
    by_columns = [a.flags.f_contiguous and not a.flags.c_contiguous and _counts(a) for a in (old, value)]
    if sum(by_columns) > sum(by_rows):
        yield from (place[::-1] for place in np.ndindex(old.shape[::-1]))
    else:
        yield from np.ndindex(old.shape)


def _counts(a: Numbers) -> bool:
    return _parts_by_columns or not isinstance(a.base, np.ndarray) or a.base.size == a.size
