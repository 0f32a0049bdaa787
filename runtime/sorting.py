"""The order in which Numba sorts a list.

Its quicksort, and no other: it is not stable, so which of several equal keys comes first is a matter of the algorithm, and what
the keys belong to is moved by them.  Keys that are tuples come as arrays, one for each of their items.
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
_ROWS, _ROWS_BACKWARDS = (make_py_quicksort(is_argsort=True, is_list=True, lt=lt).run_quicksort for lt in (None, _after))
_JIT_ROWS, _JIT_ROWS_BACKWARDS = (make_jit_quicksort(is_argsort=True, is_list=True, lt=lt).run_quicksort for lt in (None, _after))


def row_of(keys: Any, k: Any) -> Any:
    """What stands at one place of the arrays."""
    return tuple(array[k] for array in keys)


@overload(row_of)
def _row_of(keys: Any, k: Any) -> Any:
    if len(keys) == 1:
        return lambda keys, k: (keys[0][k],)
    return lambda keys, k: (keys[0][k], *row_of(keys[1:], k))


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


def sort_order_of(backwards: Any, *keys: Any) -> Any:
    """The places of several arrays in the order of the tuples of their elements."""
    rows = [row_of(keys, k) for k in range(len(keys[0]))]
    return np.array((_ROWS_BACKWARDS if backwards else _ROWS)(rows), np.int64)


@overload(sort_order_of)
def _sort_order_of(backwards: Any, *keys: Any) -> Any:
    forwards_, backwards_ = _JIT_ROWS, _JIT_ROWS_BACKWARDS

    def order(backwards: Any, *keys: Any) -> Any:
        rows = [row_of(keys, k) for k in range(len(keys[0]))]
        if backwards:
            return np.array(backwards_(rows))
        return np.array(forwards_(rows))

    return order
