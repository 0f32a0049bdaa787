"""The order in which Numba sorts a list.

Its quicksort, and no other: it is not stable, so which of several equal keys comes first is a matter of the algorithm, and what
the keys belong to is moved by them.
"""
from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types
from numba.misc.quicksort import make_jit_quicksort, make_py_quicksort

from .extend import overload


def _after(a: Any, b: Any) -> Any:
    return a > b


_FORWARDS, _BACKWARDS = (make_py_quicksort(is_argsort=True, lt=lt).run_quicksort for lt in (None, _after))
_JIT_FORWARDS, _JIT_BACKWARDS = (make_jit_quicksort(is_argsort=True, lt=lt).run_quicksort for lt in (None, _after))


def sort_order(keys: Any, backwards: Any) -> Any:
    """The places of an array in the order of its elements."""
    return _BACKWARDS(keys) if backwards else _FORWARDS(keys)


@overload(sort_order)
def _sort_order(keys: Any, backwards: Any) -> Any:
    if isinstance(keys, types.List):                    # it is only typed: no list is left when code is generated
        return lambda keys, backwards: np.arange(len(keys))
    forwards_, backwards_ = _JIT_FORWARDS, _JIT_BACKWARDS

    def order(keys: Any, backwards: Any) -> Any:
        if backwards:
            return backwards_(keys)
        return forwards_(keys)

    return order
