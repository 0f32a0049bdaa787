"""Functions of NumPy that are defined by a loop: which loop it is, for the types of the arguments."""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from ..analyses.kernels import WRAPPING
from ..ir import Array, Assign, Const, If, Operand, Scalar, Slice, Store, Var, View
from . import numpy_texts as d
from .copies import raveled
from .inlined import result_of
from .refuse import refuse
from .site import Lowering, Site


def give(b: Site, value: Operand) -> None:
    """The result is this number or array."""
    made = b.types[b.target.name]
    if isinstance(made, Array):
        if value != b.target:
            assert isinstance(value, Var)
            b.emit(View(b.target, value, "=", loc=b.loc))
        return
    assert isinstance(made, Scalar)
    type_ = b.types[value.name] if isinstance(value, Var) else None
    op = "=" if type_ in (made, None) else "float" if made.dtype == "float64" else f"np.{made.dtype}"
    b.emit(Assign(b.target, op, (value,), loc=b.loc))


def in_memory(b: Site) -> Var:
    """The elements of an array in one dimension, in the order in which Numba goes over all of them."""
    a = b.source("a")
    type_ = b.array(a)
    if type_.layout == "F" and type_.ndim > 1:
        turned = b.new("turned", Array(type_.dtype, type_.ndim, "C"))
        b.emit(View(turned, a, ".T", loc=b.loc))
        a = turned
    return raveled(b, a)


def is_number(b: Site, name: str) -> bool:
    value = b.operand(name)
    return not isinstance(value, Var) or isinstance(b.types.get(value.name), Scalar)


def start(b: Site, value: int) -> Const:
    """A number of the dtype in which Numba adds up."""
    type_ = b.types[b.target.name]
    assert isinstance(type_, Scalar)
    if type_.dtype == "float32":
        return Const(float(value), "float32")
    return Const(float(value)) if type_.dtype == "float64" else Const(value)


# ---- one number of all elements -------------------------------------------------------------------------------------


def extremum(function: Callable[..., Any]) -> Lowering:
    def lower(b: Site) -> None:
        give(b, b.operand("a") if is_number(b, "a") else result_of(b, function, b.source("a")))

    return lower


def of_all(function: Callable[..., Any], *numbers: int) -> Lowering:
    """Of all elements; `numbers`: what else the function takes."""
    return lambda b: give(b, result_of(b, function, in_memory(b), *(start(b, number) for number in numbers)))


def with_ddof(function: Callable[..., Any]) -> Lowering:
    return lambda b: give(b, result_of(b, function, in_memory(b), b.operand("ddof")))


def average(b: Site) -> None:
    a = b.source("a")
    if not b.none("axis"):
        raise refuse(b.s, "`np.average` along an axis", "Numba would raise TypeError here", "write the loop over the rows")
    if b.none("weights"):
        b.emit(Assign(b.target, "np.mean", (a,), loc=b.loc))
        return
    weights = b.source("weights")
    if b.rank(a) != b.rank(weights):
        raise refuse(b.s, "`np.average` with weights of another shape", "there is no rule for it",
                     "write `np.sum(w * a) / np.sum(w)`")  # fmt: skip
    give(b, result_of(b, d.weighted_mean if b.rank(a) == 1 else d.weighted_mean_of_rows, a, weights))


def norm(b: Site) -> None:
    x = b.source("x")
    order = b.operand("ord")
    value = order.value if isinstance(order, Const) else ""
    if isinstance(value, str | complex) or (value is not None and b.rank(x) == 2 and value not in (1, math.inf)):
        raise refuse(b.s, "`np.linalg.norm` of an order that has no rule",
                     "the orders are None, np.inf and numbers that are written out, and of a matrix None, 1 and np.inf",
                     "write the loop over its elements")  # fmt: skip
    if value is None or (value == 2 and b.rank(x) == 1):
        b.emit(Assign(b.target, "euclidean", (x,), loc=b.loc))
    elif b.rank(x) == 2:
        if value == 1:
            turned = b.new("turned", Array(b.array(x).dtype, 2, {"C": "F", "F": "C"}.get(b.array(x).layout, "A")))
            b.emit(View(turned, x, ".T", loc=b.loc))
            x = turned
        give(b, result_of(b, d.largest_row_sum, x))
    elif value in _NORMS:
        give(b, result_of(b, _NORMS[value], x))
    else:
        give(b, result_of(b, d.norm_of_order, x, order))


_NORMS: Mapping[float, Callable[..., Any]] = {
    math.inf: d.largest_magnitude, -math.inf: d.smallest_magnitude, 1: d.sum_of_magnitudes, 0: d.count_of_others_than_zero,
}


# ---- element by element ---------------------------------------------------------------------------------------------


def each(b: Site, name: str, value: Callable[[Operand, tuple[Var, ...]], Operand]) -> None:
    """The value for a number, or for every element of an array, at its place."""
    if is_number(b, name):
        give(b, value(b.operand(name), ()))
        return
    a = b.source(name)
    extents = [b.extent(a, axis) for axis in range(b.rank(a))]
    b.fresh(extents)
    b.loops(extents, lambda place: b.store(b.target, place, value(b.load(a, place, "element"), place)))


def nan_to_num(b: Site) -> None:
    if b.operand("copy") != Const(True):
        raise refuse(b.s, "`np.nan_to_num` that writes into its argument", "there is no rule for it", "leave `copy` out")
    x = b.operand("x")
    type_ = b.types[x.name] if isinstance(x, Var) else None
    if not isinstance(type_, Scalar | Array) or not type_.dtype.startswith("float"):
        give(b, x)
        return
    ends = {"float64": 1.7976931348623157e308, "float32": 3.4028234663852886e38}[type_.dtype]
    above = Const(ends) if b.none("posinf") else b.operand("posinf")
    below = Const(-ends) if b.none("neginf") else b.operand("neginf")
    each(b, "x", lambda x, _: result_of(b, d.finite, x, b.operand("nan"), above, below))


def clip(b: Site) -> None:
    a = b.source("a")
    low, high = (None if b.none(name) else bound(b, a, name) for name in ("a_min", "a_max"))
    if low is None and high is None:
        raise refuse(b.s, "`np.clip` without a bound", "Numba would raise ValueError here", "give one")
    def clipped(x: Operand, place: tuple[Var, ...]) -> Operand:
        ends = [end for end in (low, high) if end is not None]
        here = [b.load(end, place, "bound") if isinstance(end, Var) and b.rank(end) else end for end in ends]
        function = d.clipped_above if low is None else d.clipped_below if high is None else d.clipped
        return result_of(b, function, x, *here)

    each(b, "a", clipped)


def bound(b: Site, a: Var, name: str) -> Operand:
    """A bound: a number, or an array of the shape of a."""
    value = b.operand(name)
    if is_number(b, name):
        return value
    array = b.source(name)
    if b.rank(array) > b.rank(a):
        raise refuse(b.s, "`np.clip` with bounds of more axes than the array", "there is no rule for it",
                     "write `np.minimum(np.maximum(a, low), high)`")  # fmt: skip
    full = b.new("bounds", Array(b.array(array).dtype, b.rank(a), "C"))
    b.empty(full, [b.extent(a, axis) for axis in range(b.rank(a))])
    b.emit(Store(full, (), array, loc=b.loc))
    return full


# ---- tables and curves ----------------------------------------------------------------------------------------------


def interp(b: Site) -> None:
    xp, fp = b.source("xp"), b.source("fp")
    result_of(b, d.check_table, xp, fp)
    each(b, "x", lambda x, _: result_of(b, d.interpolated, x, xp, fp))


def trapezoid(b: Site) -> None:
    y = b.source("y")
    if b.rank(y) != 1 or not is_number(b, "dx"):
        raise refuse(b.s, f"`{b.s.op}` of anything but a vector", "there is no rule for it", "write the loop over the rows")
    if b.none("x"):
        give(b, result_of(b, d.area, y, b.operand("dx")))
    else:
        x = b.source("x")
        if b.array(x).dtype in WRAPPING:
            raise refuse(b.s, f"`{b.s.op}` over places of {b.array(x).dtype}", "their differences wrap",
                         "convert them: `x.astype(np.float64)`")  # fmt: skip
        give(b, result_of(b, d.area_at, y, x))


def convolve(b: Site) -> None:
    correlated(b, backwards=True)


def correlate(b: Site) -> None:
    correlated(b, backwards=False)


def correlated(b: Site, backwards: bool) -> None:
    """The longer of the two first, as Numba does; a correlation with the longer behind comes out in the other order."""
    a, v = b.source("a"), b.source("v")
    mode, modes = b.operand("mode"), {"full": d.full, "same": d.same, "valid": d.valid}
    if not isinstance(mode, Const) or str(mode.value) not in modes:
        raise refuse(b.s, f"`mode` of `{b.s.op}` is not one of {', '.join(map(repr, modes))}", "it must be known before the call",
                     "write it out")  # fmt: skip
    if b.array(a).dtype != b.array(v).dtype or not b.array(a).dtype.startswith("float") or (b.rank(a), b.rank(v)) != (1, 1):
        raise refuse(b.s, f"`{b.s.op}` of anything but two vectors of floats of one dtype", "there is no rule for it",
                     "convert one: `v.astype(a.dtype)`")  # fmt: skip
    result_of(b, d.check_lengths, a, v)
    swapped = b.assign("swapped", Scalar("bool"), "<", b.extent(a, 0), b.extent(v, 0))

    def fill(longer: Var, shorter: Var, turned: bool) -> None:
        if backwards:
            shorter = b.view(shorter, (Slice(step=Const(-1)),), 1)
        give(b, result_of(b, modes[str(mode.value)], longer, shorter, Const(turned)))

    then, orelse = b.block(lambda: fill(v, a, not backwards)), b.block(lambda: fill(a, v, False))
    b.emit(If(swapped, then, orelse, loc=b.loc))


# ---- products of vectors, and parts of matrices ---------------------------------------------------------------------


def vdot(b: Site) -> None:
    b.emit(Assign(b.target, "np.dot", (b.source("a"), b.source("b")), loc=b.loc))


def cross(b: Site) -> None:
    one, other = b.source("a"), b.source("b")
    ranks = b.rank(one), b.rank(other)
    if ranks == (1, 1):
        b.fresh((Const(3),))
        result_of(b, d.cross, one, other, b.target)
        return
    if not set(ranks) <= {1, 2}:
        raise refuse(b.s, "`np.cross` of arrays with more than two axes", "there is no rule for it", "write the loop over the rows")
    counts = [b.extent(array, 0) for array in (one, other) if b.rank(array) == 2]
    count = result_of(b, d.count_of_rows, counts[0], counts[-1])
    b.fresh((count, Const(3)))

    def row(i: Var) -> None:
        def of(array: Var, count: Operand) -> Var:
            return b.view(array, (b.integer("place", "min", i, b.integer("last", "-", count, Const(1))),), 1, "row")

        rows = [array if b.rank(array) == 1 else of(array, b.extent(array, 0)) for array in (one, other)]
        result_of(b, d.cross, *rows, b.view(b.target, (i,), 1, "row"))

    b.loop("i", count, row)


def kron(b: Site) -> None:
    one, other = b.source("a"), b.source("b")
    if not {b.rank(one), b.rank(other)} <= {1, 2}:
        raise refuse(b.s, "`np.kron` of anything but vectors and matrices", "there is no rule for it", "write the product out")
    flat = b.rank(one) == b.rank(other) == 1
    one, other = (a if b.rank(a) == 2 else b.view(a, (Const(None), Slice()), 2, "row") for a in (one, other))
    extents = [b.integer("extent", "*", b.extent(one, axis), b.extent(other, axis)) for axis in (0, 1)]
    if not flat:
        b.fresh(extents)
        result_of(b, d.kron, one, other, b.target)
        return
    b.fresh(extents[1:])
    result_of(b, d.kron, one, other, b.view(b.target, (Const(None), Slice()), 2, "row"))


def triangle(function: Callable[..., Any]) -> Lowering:
    def lower(b: Site) -> None:
        m = b.source("m")
        if b.rank(m) != 2:
            raise refuse(b.s, f"`{b.s.op}` of anything but a matrix", "there is no rule for it", "write the loop over the rows")
        b.fresh([b.extent(m, axis) for axis in (0, 1)])
        b.store(b.target, (), b.number(0.0))
        result_of(b, function, m, b.operand("k"), b.target)

    return lower


def vander(b: Site) -> None:
    x = b.source("x")
    increasing = b.operand("increasing")
    b.fresh((b.extent(x, 0), b.extent(x, 0) if b.none("N") else b.operand("N")))
    result_of(b, d.powers, x, b.target, increasing, b.number(1.0))


def bincount(b: Site) -> None:
    places, least = b.source("a"), b.operand("minlength")
    if b.none("weights"):
        give(b, result_of(b, d.counts_of_places, places, least))
    else:
        give(b, result_of(b, d.sums_of_places, places, b.source("weights"), least))


def ediff1d(b: Site) -> None:
    b.emit(Assign(b.target, "np.diff", (raveled(b, b.source("ary")),), loc=b.loc))


def rot90(b: Site) -> None:
    m, turns = b.source("m"), b.constant("k") % 4
    rest = (Slice(),) * (b.rank(m) - 2)
    back = Slice(step=Const(-1))
    if turns == 0:
        b.bind(m)
        return
    if turns == 2:
        b.indexed(m, (back, back, *rest))
        return
    part = b.view(m, (Slice(), back) if turns == 1 else (back,), b.rank(m))
    axes = [1, 0, *range(2, b.rank(m))]
    b.emit(Assign(b.target, ".transpose", (part, *map(Const, axes)), loc=b.loc))


DEFINED: Mapping[str, Lowering] = {
    **dict.fromkeys(("np.max", "np.amax", ".max"), extremum(d.largest)),
    **dict.fromkeys(("np.min", "np.amin", ".min"), extremum(d.smallest)),
    "np.ptp": extremum(d.spread_between), "np.prod": of_all(d.product, 1),
    ".prod": of_all(d.product, 1), "np.nansum": of_all(d.sum_of_numbers, 0), "np.nanprod": of_all(d.product_of_numbers, 1),
    "np.nanmean": of_all(d.mean_of_numbers), "np.var": of_all(d.variance), ".var": of_all(d.variance),
    "np.std": of_all(d.deviation), ".std": of_all(d.deviation),
    "np.nanvar": with_ddof(d.variance_of_numbers), "np.nanstd": with_ddof(d.deviation_of_numbers),
    "np.nanmax": of_all(d.largest_of_numbers), "np.nanmin": of_all(d.smallest_of_numbers), "np.average": average,
    "np.linalg.norm": norm, "np.nan_to_num": nan_to_num, "np.clip": clip, ".clip": clip,
    "np.interp": interp, "np.trapezoid": trapezoid, "np.trapz": trapezoid, "np.vdot": vdot, "np.cross": cross, "np.kron": kron,
    "np.tril": triangle(d.lower_part), "np.triu": triangle(d.upper_part), "np.vander": vander, "np.ediff1d": ediff1d,
    "np.rot90": rot90, "np.bincount": bincount, "np.convolve": convolve, "np.correlate": correlate,
}  # fmt: skip
