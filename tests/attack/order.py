"""The order in which Numba's loop goes through an array that is changed in place by another one: it shows where they overlap.

Numba goes by the layouts that it types, which NumPy's flags do not tell: a part that lies by columns (`m[:, :3]` of such a matrix)
has none for Numba, the transpose of some rows, which lies in the same way, has one, and so has a column, which lies both ways.
What is found by one reading of the flags counts if it is found by all of them (`campaign`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np

Numbers = np.ndarray[Any, Any]
Reading = Literal["flags", "no parts", "no views", "any column"]
OTHERS: tuple[Reading, ...] = ("no parts", "no views", "any column")
_reading: Reading = "flags"


@contextmanager
def read_by(reading: Reading) -> Iterator[None]:
    """Inside, parts of arrays, or all views, do not count as lying by columns, or one that does is enough."""
    global _reading
    _reading = reading
    try:
        yield
    finally:
        _reading = "flags"


def in_order(old: Numbers, value: Numbers) -> Iterator[tuple[int, ...]]:
    """The places of `old`: along columns if more of the two arrays lie by columns than by rows."""
    by_rows = [a.flags.c_contiguous for a in (old, value)]
    by_columns = [a.flags.f_contiguous and not a.flags.c_contiguous and _counts(a) for a in (old, value)]
    if sum(by_columns) > (0 if _reading == "any column" else sum(by_rows)):
        yield from (place[::-1] for place in np.ndindex(old.shape[::-1]))
    else:
        yield from np.ndindex(old.shape)


def _counts(a: Numbers) -> bool:
    if not isinstance(a.base, np.ndarray) or _reading in ("flags", "any column"):
        return True
    return _reading == "no parts" and a.base.size == a.size
