"""Making, copying and reshaping arrays, and what only looks at their shape.

Views (`.T`, basic indexing, `.reshape` and `.ravel` of contiguous arrays) are memory and need no rule; a `.ravel` that
copies is `.flatten`.
"""
# mypy: allow-untyped-defs, no-check-untyped-defs
import numpy as np

from ...runtime import (
    as_list,
    as_shape,
    flattened,
    grow,
    insert_place,
    list_place,
    place,
    retyped,
    shrink,
    sort_order,
    sort_order_of,
    steps,
    stop_gradient,
    stretch,
    trips,
    unravel,
    volume,
)
from .declare import linear, zero


@zero(np.zeros, np.ones, np.empty)
def filled(shape, dtype=np.float64): ...


@zero(np.zeros_like, np.ones_like, np.empty_like)
def filled_like(a, dtype=None): ...


@zero(stop_gradient)
def stopped(x): ...


@linear(np.full)
def full(y_bar, shape, fill_value, dtype=None):
    return None, np.sum(y_bar)


@linear(np.full_like)
def full_like(y_bar, a, fill_value, dtype=None):
    return None, np.sum(y_bar)


@linear(np.copy, ".copy")
def copy(y_bar, a):
    return y_bar


@linear(".astype")
def astype(y_bar, x, dtype):
    return retyped(y_bar, like=x), None


@linear(retyped)
def retyped_(y_bar, g, like):
    return retyped(y_bar, like=g), None


@linear(".flatten", flattened)
def flatten(y_bar, x):
    return unravel(y_bar, like=x)


@linear(grow)
def grow_(y_bar, tape):
    return shrink(y_bar, like=tape)


@linear(shrink)
def shrink_(y_bar, longer, like):
    return stretch(y_bar, like=longer), None


@linear(stretch)
def stretch_(y_bar, shorter, like):
    return shrink(y_bar, like=shorter), None


@linear(unravel)
def unravel_(y_bar, g, like):
    return flattened(y_bar), None


@zero(len, ".shape", ".size", ".ndim", np.shape, np.size, cheap=True)
def extent(x): ...


@zero(np.eye)
def eye(N, M=None, k=0, dtype=np.float64): ...


@zero(np.identity)
def identity(n, dtype=np.float64): ...


@zero(np.arange, opaque=True)
def arange(start, stop=None, step=None, dtype=None): ...


@zero(np.linspace, opaque=True)
def linspace(start, stop, num=50): ...


@zero(steps)
def steps_(start, stop, step): ...


@zero(trips, cheap=True)
def rounds(start, stop, step): ...


@zero(as_shape, volume, cheap=True)
def whole_shape(extents): ...


@zero(place, cheap=True)
def index_in(k, shape): ...


@zero(as_list)
def numbers(items): ...


@zero(sort_order)
def sorted_places(keys, backwards): ...


@zero(sort_order_of)
def sorted_rows(backwards, first, second): ...


@zero(list_place, insert_place, cheap=True)
def in_list(k, count): ...
