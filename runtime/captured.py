"""Arrays that a function finds outside of itself, as constants: which of them Numba freezes, and which it reads where they are."""
from __future__ import annotations

from typing import Any

import numpy as np

_LARGE = 10**6                          # bytes (numba.core.base.BaseContext.make_constant_array)


def is_frozen(value: object) -> bool:
    """Are the contents a part of the machine code?  Those of what is large, or has gaps, are not: they may change."""
    return not isinstance(value, np.ndarray) or ((value.flags.c_contiguous or value.flags.f_contiguous) and value.nbytes <= _LARGE)


def as_now(value: Any) -> Any:
    """What is frozen as an array of our own: the user may write to theirs before it is compiled."""
    if isinstance(value, tuple):
        items = map(as_now, value)
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return value.copy(order="K") if type(value) is np.ndarray and is_frozen(value) else value
