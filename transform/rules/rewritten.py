"""Functions that are no primitives: `resolve` writes them as views, loops and stores once types are known.

They are declared for their parameters only.  Whether one of them makes a view or a copy is what Numba does for the types.
"""
# mypy: allow-untyped-defs, no-check-untyped-defs
import numpy as np

from .declare import lowered

# ---- the same memory ----------------------------------------------------------------------------------------


@lowered(np.expand_dims)
def expand_dims(a, axis): ...


@lowered(np.swapaxes)
def swapaxes(a, axis1, axis2): ...


@lowered(np.moveaxis)
def moveaxis(a, source, destination): ...


@lowered(np.atleast_1d, np.atleast_2d, np.atleast_3d)
def atleast(a): ...


@lowered(np.flip, np.flipud, np.fliplr)
def flip(m): ...


@lowered(np.ascontiguousarray, np.asfortranarray)
def as_layout(a): ...


@lowered(np.asarray, np.array)
def asarray(a, dtype=None): ...


# ---- memory of their own ------------------------------------------------------------------------------------


@lowered(np.broadcast_to)
def broadcast_to(array, shape): ...


@lowered(np.take, ".take")
def take(a, indices, axis=None): ...


@lowered(np.diag)
def diag(v, k=0): ...


@lowered(np.trace)
def trace(a, offset=0): ...


@lowered(".item")
def item(a): ...


# ---- statements ---------------------------------------------------------------------------------------------


@lowered(".fill", writes=True)
def fill(a, value): ...


@lowered(np.fill_diagonal, writes=True)
def fill_diagonal(a, val): ...


# ---- along one axis, and several arrays in one --------------------------------------------------------------


@lowered(np.diff)
def diff(a, n=1): ...


@lowered(np.cumsum, ".cumsum", np.cumprod, ".cumprod")
def cumulate(a): ...


@lowered(np.roll)
def roll(a, shift): ...


@lowered(np.repeat, ".repeat")
def repeat(a, repeats): ...


@lowered(np.concatenate, np.stack)
def join(arrays, axis=0): ...


@lowered(np.vstack, np.hstack, np.column_stack)
def stack(tup): ...


@lowered(np.append)
def append(arr, values, axis=None): ...


@lowered(np.outer)
def outer(a, b): ...
