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


# ---- what a loop defines (`resolve.numpy_loops`) --------------------------------------------------------------------------


@lowered(np.max, np.amax, ".max", np.min, np.amin, ".min", np.ptp, np.prod, ".prod", np.var, ".var", np.std, ".std")
def of_all(a): ...


@lowered(np.nansum, np.nanprod, np.nanmean, np.nanmax, np.nanmin)
def of_numbers(a): ...


@lowered(np.nanvar, np.nanstd)
def of_deviations(a, axis=None, dtype=None, out=None, ddof=0): ...


@lowered(np.average)
def average(a, axis=None, weights=None): ...


@lowered(np.linalg.norm)
def norm(x, ord=None): ...


@lowered(np.nan_to_num)
def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None): ...


@lowered(np.clip, ".clip")
def clip(a, a_min=None, a_max=None): ...


@lowered(np.interp)
def interp(x, xp, fp): ...


@lowered(*(getattr(np, name) for name in ("trapezoid", "trapz") if hasattr(np, name)))
def trapezoid(y, x=None, dx=1.0): ...


@lowered(np.convolve)
def convolve(a, v, mode="full"): ...


@lowered(np.correlate)
def correlate(a, v, mode="valid"): ...


@lowered(np.vdot, np.cross, np.kron)
def of_two(a, b): ...


@lowered(np.tril, np.triu)
def triangle(m, k=0): ...


@lowered(np.vander)
def vander(x, N=None, increasing=False): ...


@lowered(np.ediff1d)
def ediff1d(ary): ...


@lowered(np.rot90)
def rot90(m, k=1): ...


@lowered(np.bincount)
def bincount(a, weights=None, minlength=0): ...
