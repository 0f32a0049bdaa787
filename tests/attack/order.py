"""The order in which Numba's loop goes through an array that is changed in place by another one: it shows where they overlap.

Numba goes by the layouts that it types, which NumPy's flags do not tell: a part that lies by columns (`m[:, :3]` of such a matrix)
has none for Numba, the transpose of some rows, which lies in the same way, has one, and so has a column, which lies both ways.
Where that matters the compiled program decides (`campaign`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, Any]


def in_order(old: Numbers, value: Numbers) -> Iterator[tuple[int, ...]]:
    """The places of `old`: along columns if more of the two arrays lie by columns than by rows."""
    by_rows = [a.flags.c_contiguous for a in (old, value)]
    by_columns = [a.flags.f_contiguous and not a.flags.c_contiguous for a in (old, value)]
    if sum(by_columns) > sum(by_rows):
        yield from (place[::-1] for place in np.ndindex(old.shape[::-1]))
    else:
        yield from np.ndindex(old.shape)
