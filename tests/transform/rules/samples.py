"""For every rule, expressions that use it and where to try them.

A sample is an expression in x, y, ... and the groups of arguments to try it on.  `NUMBERS` stands for scalars,
`ARRAYS` for vectors, matrices, F-ordered and strided layouts, and what broadcasts.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.transform.rules.constants import CONSTANTS

_LOW = np.array([[0.31, 0.52, 0.73, 0.24], [0.65, 0.17, 0.48, 0.86], [0.59, 0.36, 0.91, 0.42]])
_HIGH = np.array([[0.83, 0.29, 0.44, 0.71], [0.22, 0.95, 0.63, 0.38], [0.47, 0.78, 0.15, 0.57]])


def _strided(a: np.ndarray) -> np.ndarray:
    """The same elements, at every other place of a larger array and backwards."""
    roomy = np.zeros(tuple(2 * n for n in a.shape))[tuple(slice(None, None, -2) for _ in a.shape)]
    roomy[...] = a
    return roomy


ONE = {
    "number": (0.37,), "vector": (_LOW[0],), "matrix": (_LOW,), "fortran": (np.asfortranarray(_LOW),),
    "strided": (_strided(_LOW[1]),), "strided matrix": (_strided(_LOW),), "float32": (np.float32(_LOW[0]),),
    "float32 number": (np.float32(0.37),),
}
TWO = {
    "number": (0.37, 0.82), "vector": (_LOW[0], _HIGH[0]), "matrix": (_LOW, np.asfortranarray(_HIGH)),
    "strided": (_strided(_LOW), _strided(_HIGH)), "number and matrix": (0.37, _HIGH), "matrix and number": (_LOW, 0.82),
    "matrix and row": (_LOW, _HIGH[0]), "column and row": (_LOW[:, :1], _HIGH[0]), "one row": (_LOW[:1], _HIGH),
    "vector and matrix": (_strided(_LOW[2]), _HIGH), "float32": (np.float32(_LOW[0]), np.float32(_HIGH[0])),
    "float32 number": (np.float32(0.37), np.float32(0.82)),
}
NUMBERS = {"number", "float32 number"}
ARRAYS = {"vector", "matrix", "fortran", "strided", "strided matrix", "float32"}


@dataclass(frozen=True)
class Sample:
    """A use of the rule `key`: f(x, y, ...) does `first`, returns `text`, and is to be called with `arguments`."""

    key: str
    text: str
    name: str
    arguments: tuple[object, ...]
    first: str = "pass"

    @property
    def label(self) -> str:
        return f"{self.key} [{self.name}]"

    @property
    def params(self) -> str:
        """x, y for what a derivative flows through, n for the rest."""
        named = zip("xy", self.arguments, strict=False)
        return ", ".join("n" if a is None or type(a) is int else name for name, a in named)


def _table(keys: str, text: str, groups: dict, only: set[str] | None = None, move=lambda v: v) -> list[Sample]:
    """One sample for each key and group; {} in the text is the key."""
    return [
        Sample(key, text.replace("{}", key), name, tuple(_kept(move, v) for v in arguments))
        for key in keys.split() for name, arguments in groups.items() if only is None or name in only
    ]


def _kept(move, v):
    """move(v) in the dtype and layout of v."""
    moved = np.asarray(move(v))
    if isinstance(v, np.ndarray):
        out = np.empty_like(v) if v.flags.forc else _strided(v)
        out[...] = moved
        return out
    return type(v)(moved)


def _each(key: str, text: str, **cases: tuple[object, ...]) -> list[Sample]:
    return [Sample(key, text, name, arguments) for name, arguments in cases.items()]


WIDE = {"move": lambda v: 3 * np.asarray(v) - 1.4}      # both signs, no zero
ABOVE = {"move": lambda v: np.asarray(v) + 1}

ELEMENTWISE = [
    *(s for op in ("+", "-", "*", "/", "**", "//", "%") for s in _table(op, f"(x {op} y) * 1.5 + x", TWO)),
    *_table("**", "x ** 2 + x ** 3 * x ** -1 + x ** 0.5 + x ** 1 + x ** 0", ONE),
    *_each("**", "x ** n * x", number=(0.7, 3), negative=(-0.7, -2), zero=(0.7, 0)),
    *_each("**", "2 ** x + n ** x", number=(0.7, 3)),
    *(s for key, text in (("neg", "-x * x"), ("pos", "+x * x")) for s in _table(key, text, ONE)),
    *_table("np.add np.subtract np.multiply np.divide np.power np.hypot np.arctan2 np.copysign", "{}(x, y) * x", TWO),
    *_table("np.logaddexp np.logaddexp2", "{}(x, y) * x", TWO),
    *_table("np.remainder np.fmod", "{}(x, y) * y", TWO, move=lambda v: 2 * np.asarray(v) + 0.05),
    *_table("np.maximum np.minimum np.fmax np.fmin", "{}(x, y) * y", TWO),
    *_table("math.hypot math.atan2 math.copysign math.pow pow max min", "{}(x, y) * x", TWO, NUMBERS),
    *_table("max min", "{}(x, y, 0.5) * x", TWO, NUMBERS),
    *_table("np.negative np.positive np.square np.exp np.exp2 np.expm1 np.sin np.cos np.tan np.arctan"
            " np.sinh np.cosh np.tanh np.arcsinh np.deg2rad np.rad2deg np.radians np.degrees",
            "{}(x) * x", ONE, **WIDE),
    *_table("np.log np.log2 np.log10 np.log1p np.sqrt np.cbrt np.arcsin np.arccos np.arctanh", "{}(x) * x", ONE),
    *_table("np.reciprocal", "{}(x) + x", ONE, **WIDE),
    *_table("np.arccosh", "{}(x) * x", ONE, **ABOVE),
    *_table("np.abs np.fabs", "{}(x) * x", ONE, **WIDE),
    *_table("abs", "abs(x) * x", ONE, NUMBERS, **WIDE),
    *_table("math.exp math.exp2 math.expm1 math.sin math.cos math.tan math.atan math.sinh math.cosh math.tanh"
            " math.asinh math.fabs math.radians math.degrees math.erf math.erfc", "{}(x) * x", ONE, NUMBERS, **WIDE),
    *_table("math.log math.log2 math.log10 math.log1p math.sqrt math.asin math.acos math.atanh math.gamma math.lgamma",
            "{}(x) * x", ONE, NUMBERS),
    *_table("math.acosh", "{}(x) * x", ONE, NUMBERS, **ABOVE),
    *_table("math.gamma math.lgamma", "{}(x) * x", {"left of zero": (-1.37,), "far": (3.5,)}),
    *_table("float np.float64", "{}(x) * x", ONE, NUMBERS),
    *_each("np.float32", "np.float32(x) * x", number=(np.float32(0.37),), wide=(0.37,)),
]

STEPS = [
    *_table("np.sign np.floor np.ceil np.trunc np.rint", "{}(x) * x + x", ONE, **WIDE),
    *_each("math.trunc", "math.trunc(x) * x + x", number=(1.37,)),
    *_table("math.floor math.ceil int bool round np.int8 np.int16 np.int32 np.int64 np.uint8 np.uint16"
            " np.uint32 np.uint64 np.bool_", "{}(x) * x + x", ONE, NUMBERS, **ABOVE),
    *_each("round", "round(x, 1) * x", number=(0.37,)),
    *_table("np.round np.around", "{}(x, 1) * x", {"one place": (0.37,), "vector": (np.array([0.37, -1.21, 2.08]),)}),
    *_table("np.round np.around", "{}(x) * x + x", {"number": (0.37,), "matrix": (np.array([[0.37, -1.21], [2.08, 0.93]]),)}),
    *_table("stop_gradient", "{}(np.floor(x)) * x + x", ONE),
    *_table("np.floor_divide", "{}(x, y) * x + y", TWO),
    *_table("np.less np.less_equal np.greater np.greater_equal np.equal np.not_equal", "{}(x, y) * x + y", TWO),
    *_table("np.logical_and np.logical_or np.logical_xor", "{}(x > 0.5, y > 0.5) * x + y", TWO),
    *_table("np.logical_not np.isnan np.isfinite np.isinf np.signbit", "{}(x) * x + x", ONE),
    *_table("math.isnan math.isfinite math.isinf", "x * x if {}(x) else 2 * x", ONE, NUMBERS),
    *(s for op in ("<", "<=", ">", ">=", "==", "!=")
      for s in _table(op, f"x * y if x {op} y else x / y", TWO, NUMBERS)),
    *_table("not", "x * x if not x > 0.5 else x + x", ONE, NUMBERS),
]

_V, _W = _LOW[0], _HIGH[1]
_M, _N = _LOW, _HIGH.T.copy()
_PRODUCTS = {
    "vectors": (_V, _W), "matrix and vector": (_M, _W), "vector and matrix": (_LOW[:, 0].copy(), _M),
    "matrices": (_M, _N),
    "layouts": (np.asfortranarray(_M), _HIGH.T), "float32": (np.float32(_M), np.float32(_W)),
}
ARRAY_RULES = [
    *_table("np.sum np.mean np.copy", "{}(x) * 2.5", ONE, ARRAYS),
    *_table(".sum .mean .copy", "(x * x){}() * 2.5", ONE, ARRAYS),
    *_table(".flatten", "x.flatten() * 2.5", ONE, ARRAYS), *_table(".flatten", "x.ravel() * 2.5", ONE, ARRAYS),
    *_table(".astype", "x.astype(np.float32) * x", ONE, ARRAYS), *_table(".astype", "(x * x).astype(np.float64)", ONE, ARRAYS),
    *_table(".astype", "(x * 9).astype(np.int64) * x", ONE, ARRAYS), *_table(".flatten", "np.ravel(x * x) * 2.5", ONE, ARRAYS),
    *(s for axis in (0, 1, -1) for key in ("np.sum(x, axis={})", "np.sum(x, {})", "x.sum(axis={})")
      for s in _each("np.sum" if key.startswith("np") else ".sum", key.format(axis) + " * 1.5", **{
          f"axis {axis}": (_M,), "fortran": (np.asfortranarray(_M),), "float32": (np.float32(_M),)})),
    *_each("np.sum", "np.sum(x, axis=0) * 1.5", vector=(_V,)),
    *_table("np.dot", "{}(x, y)", _PRODUCTS), *_table("@", "x @ y", _PRODUCTS), *_table(".dot", "x.dot(y)", _PRODUCTS),
    *_table("np.zeros np.ones", "{}(3) * x", ONE, {"number"}), *_table("np.empty", "{}(3).size * x", ONE, {"number"}),
    *_table("np.zeros_like np.ones_like", "{}(x) + x", ONE, ARRAYS),
    *_table("np.empty_like", "{}(x).size * x", ONE, ARRAYS),
    *_each("np.full", "np.full((2, 3), x) * x", number=(0.37,), float32=(np.float32(0.37),)),
    *_each("np.full_like", "np.full_like(x, y) * x", vector=(_V, 0.37), matrix=(_M, 0.37)),
    *_table("len", "len(x) * x", ONE, ARRAYS), *_table(".size .ndim", "x{} * x", ONE, ARRAYS),
    *_table(".shape", "x.shape[0] * x", ONE, ARRAYS), *_table("np.shape", "np.shape(x)[0] * x", ONE, ARRAYS),
    *_table("np.size", "{}(x) * x", ONE, ARRAYS),
]

# Helpers: the user writes none of them, so they are tried through a function of the runtime.
HELPERS = [
    *_table("strong dpow dpow_y dangle", "{}(x, y) * x", TWO),
    *_table("sech2", "{}(x, np.tanh(x)) * x", ONE, **WIDE),
    *_table("max_share min_share maximum_share minimum_share fmax_share fmin_share", "{}(x, y) * x + y", TWO),
    *_table("digamma", "{}(x) * x", ONE, NUMBERS), *_table("polygamma", "{}(1, x) * x", ONE, NUMBERS),
    *_each("spread", "spread(x, y)", number=(0.37, _M), row=(_V, _M), column=(_M[:, :1].copy(), _M)),
    *_each("spread", "spread(x, y, 1)", axis=(_M[:, 0].copy(), _M)),
    *_each("unbroadcast", "unbroadcast(x, y)", number=(_M, 0.37), row=(_M, _V), column=(_M, _M[:, :1].copy())),
    *_each("unbroadcast", "unbroadcast(x, y, 1)", axis=(_M, _M[:, 0].copy())),
    *_each("spread_mean", "spread_mean(x, y)", number=(0.37, _M)),
    *_each("retyped", "retyped(x, y) * x", vector=(_V, np.float32(_V))),
    *_each("unravel", "unravel(x, y)", vector=(_M.ravel().copy(), _M)),
    *_each("flattened", "flattened(x) * 1.5", matrix=(_M,), fortran=(np.asfortranarray(_M),)),
    *_each("dot_left", "dot_left(x, y)", inner=(0.37, _V), outer=(_LOW[:, 0].copy(), _V), matrix=(_M, _N.T.copy())),
    *_each("dot_right", "dot_right(x, y)", inner=(_V, 0.37), outer=(_LOW[:, 0].copy(), _V), matrix=(_M, _HIGH)),
    *_each("matched", "matched(np.flatnonzero(x > 0.5), np.flatnonzero(x > 0.5)).size * x", vector=(_V,)),
    *_each("volume", "volume(x.shape) * x", matrix=(_LOW,)),
    *_each("as_shape", "volume(as_shape(x.size)) * x", vector=(_LOW[0],)),
    *_each("place", "x[place(5, x.shape)] * x", matrix=(_LOW,), fortran=(np.asfortranarray(_LOW),)),
    *_each("list_place", "x[list_place(-1, 4)] * x", vector=(_LOW[0],)),
    *_each("insert_place", "x[insert_place(-3, 4)] * x", vector=(_LOW[0],)),
    *_each("as_list", "len(as_list(x)) * x", vector=(_LOW[0],)),
    *_each("sort_order", "x[sort_order(x, True)] * x", vector=(_LOW[0],)),
    *_each("sort_order_of", "x[sort_order_of(True, x, y)] * x", vector=(_LOW[0], _HIGH[0])),
    *_each("grow", "grow(x) * 1.5", vector=(_LOW[0],)),
    *_each("shrink", "shrink(x, y)", vector=(_LOW[0], _HIGH[0][:3].copy())),
    *_each("stretch", "stretch(y, x)", vector=(_LOW[0], _HIGH[0][:3].copy())),
    *_each("np.eye", "np.eye(3, 4, 1) * x", vector=(_LOW[0],)),
    *_each("np.identity", "np.identity(4) * x", vector=(_LOW[0],)),
    *_each("np.arange", "np.arange(4) * x", vector=(_LOW[0],)),
    *_each("np.linspace", "np.linspace(0, 1, 4) * x", vector=(_LOW[0],)),
    *_each("steps", "steps(0, 4, 1) * x", vector=(_LOW[0],)),
    *_each("np.array", "np.array(x)[()] * x", number=(0.37,)),
    *_each("trips", "trips(0, n, 2) * x * x", number=(0.37, 5)),
    *_each("volume", "volume(x.shape) * x", matrix=(_M,)), *_each("as_shape", "as_shape(n)[0] * x", number=(0.37, 5)),
    *_each("place", "place(2, x.shape)[0] * x", matrix=(_M,)),
]

_PAIR = {name: TWO[name] for name in ("vector", "matrix", "strided", "matrix and row", "column and row", "float32")}
CHOICES = [
    *_table("np.where", "{}(x > 0.5, x * x, y) * y", TWO), *_table("np.where", "{}(x > 0.5, x * x, 0.5)", ONE, ARRAYS),
    *_table("np.where", "{}(x > 0.5, 1.0, x)", ONE, ARRAYS),
    *_table("np.where", "{}(x > 0.5)[0].size * x", ONE, {"vector", "strided"}),
    *(s for op in "&|^" for s in _table(op, f"((x > 0.5) {op} (y < 0.6)) * x + y", TWO)),
    *(s for op in ("<<", ">>", "&", "|", "^") for s in _each(op, f"(n {op} 1) * x", number=(0.37, 5))),
    *_table("~", "~(x > 0.5) * x", ONE, ARRAYS), *_each("~", "~n * x", number=(0.37, 5)),
    *_table("np.bitwise_and np.bitwise_or np.bitwise_xor", "{}(x > 0.5, y < 0.6) * x + y", _PAIR),
    *_table("np.invert", "{}(x > 0.5) * x", ONE, ARRAYS),
    *_each("np.left_shift", "np.left_shift(n, 1) * x", number=(0.37, 5)),
    *_each("np.right_shift", "np.right_shift(n, 1) * x", number=(0.37, 5)),
    *_table("np.any np.all np.flatnonzero np.argwhere", "np.size({}(x > 0.5)) * x", ONE, ARRAYS),
    *_table(".any .all", "(x > 0.5){}() * x", ONE, ARRAYS), *_table("np.nonzero", "np.nonzero(x > 0.5)[0].size * x", ONE, ARRAYS),
    *_table(".nonzero", "(x > 0.5).nonzero()[0].size * x", ONE, ARRAYS),
    *_table("np.argmax np.argmin np.count_nonzero", "{}(x) * x", ONE, ARRAYS), *_table(".argmax .argmin", "x{}() * x", ONE, ARRAYS),
    *(s for key in ("np.argmax", "np.argmin", "np.count_nonzero")
      for s in _each(key, f"{key}(x, axis=1)[0] * x", matrix=(_M,), float32=(np.float32(_M),))),
    *_table("np.argsort", "x[np.argsort(x)] * 2.0", ONE, {"vector", "strided", "float32"}),
    *_table(".argsort", "x[x.argsort()] * 2.0", ONE, {"vector", "strided", "float32"}),
    *_table("segment", "{}(x[0], x[np.argsort(x)], y) * y", {"vector": (_V, _W)}),
    *_table("np.searchsorted", "{}(x[np.argsort(x)], y) * y", {"vector": (_V, _W)}),
    *_table("np.digitize", "{}(y, x[np.argsort(x)]) * y", {"vector": (_V, _W)}),
    *_table("np.array_equal np.allclose", "{}(x, y) * x + y", _PAIR), *_table("np.isclose", "{}(x, y) * x + y", _PAIR),
]

# Written as views, loops and stores by `resolve`.
_TENSOR = np.arange(24.0).reshape(2, 3, 4) / 7 + 0.1
_MATRICES = {name: ONE[name] for name in ("matrix", "fortran", "strided matrix")}
REWRITTEN = [
    *_table("np.expand_dims", "{}(x, 0)[0, 0] * {}(x, -1)[..., 0]", ONE, ARRAYS),
    *_each("np.expand_dims", "np.expand_dims(x, axis=1) * y", matrix=(_M, _TENSOR[0, :, None, :].copy())),
    *_table("np.swapaxes", "{}(x, 0, -1) * 2.0 * x.T", _MATRICES),
    *_each("np.swapaxes", "np.swapaxes(x, 2, 0)[1] * 1.5", cube=(_TENSOR,)),
    *_each("np.moveaxis", "np.moveaxis(x, 0, -1)[1] * 1.5", cube=(_TENSOR,)),
    *_table("np.atleast_1d np.atleast_2d np.atleast_3d", "{}(x) * 1.5", ONE, ARRAYS),
    *_table("np.flip np.flipud", "{}(x) * x", ONE, ARRAYS), *_table("np.fliplr", "{}(x) * x", _MATRICES),
    *_table("np.ascontiguousarray np.asfortranarray np.asarray", "{}(x) * x", ONE, ARRAYS),
    *_table("np.asarray", "{}(x, np.float32) * x", ONE, ARRAYS), *_each("np.asarray", "np.asarray(x)[()] * x", number=(0.37,)),
    *_each("np.broadcast_to", "np.broadcast_to(x, (3, 4)) * y", vector=(_V, _M), row=(_M[:1].copy(), _M), number=(0.37, _M)),
    *_table("np.take .take", "np.take(x, np.argsort(x.ravel())) * 2.0", ONE, ARRAYS),
    *_table("np.take", "{}(x, np.argsort(x[0]), 1) * x[:, 0:1]", _MATRICES), *_table("np.take", "{}(x, -1) * x", ONE, ARRAYS),
    *_table(".item", "x[0:1].item() * x", {"vector": (_V,), "strided": (_strided(_V),)}),
    *_each("np.diag", "np.diag(x) * y", vector=(_V, np.outer(_V, _V))), *_table("np.diag", "{}(x) * x[0, 0]", _MATRICES),
    *(s for k in (-1, 1, 2) for s in _each("np.diag", f"np.diag(x, {k}) * 2.0", matrix=(_M,), vector=(_V,))),
    *_table("np.trace", "{}(x) * x", _MATRICES), *_each("np.trace", "np.trace(x, 1) * x", matrix=(_M,), float32=(np.float32(_M),)),
    Sample(".fill", "z * x", "matrix", (_M,), "z = x * x; z[1:].fill(x[0, 0])"),
    Sample("np.fill_diagonal", "z * x", "matrix", (_M,), "z = x * x; np.fill_diagonal(z, x[0, 1])"),
    *_table("np.diff", "{}(x) * 1.5", ONE, {"vector", "matrix", "float32"}), *_each("np.diff", "np.diff(x, 2) * 1.5", matrix=(_M,)),
    *_each("np.diff", "np.diff(x, 0) * 1.5", float32=(np.float32(_M),)),
    *_table("np.cumsum np.cumprod", "{}(x) * 1.5", ONE, ARRAYS), *_table(".cumsum .cumprod", "(x * x){}() * 1.5", ONE, ARRAYS),
    *_table("np.roll", "{}(x, 1) * {}(x, -2)", {"vector": (_V,), "strided": (_strided(_V),), "float32": (np.float32(_V),)}),
    *_table("np.repeat", "{}(x, 3) * 1.5", ONE, ARRAYS), *_table(".repeat", "x{}(2) * 1.5", ONE, ARRAYS),
    *(s for key in ("np.concatenate", "np.vstack", "np.hstack", "np.stack")
      for s in _each(key, f"{key}((x, y, x)) * 1.5", vectors=(_V, _W), matrices=(_M, _HIGH), fortran=(np.asfortranarray(_M), _HIGH),
                     all_fortran=(np.asfortranarray(_M), np.asfortranarray(_HIGH)), float32=(np.float32(_V), _W))),
    *_each("np.concatenate", "np.concatenate((x, y), axis=1) * 1.5", matrices=(_M, _HIGH)),
    *_each("np.stack", "np.stack((x, y), -1) * 1.5", matrices=(_M, _HIGH), vectors=(_V, _W)),
    *_each("np.column_stack", "np.column_stack((x, y)) * 1.5", vectors=(_V, _W), mixed=(_LOW[:, 0].copy(), _M)),
    *_each("np.append", "np.append(x, y) * 1.5", vectors=(_V, _W), matrices=(_M, _V), number=(_V, 0.37)),
    *_each("np.append", "np.append(x, y, axis=0) * 1.5", matrices=(_M, _HIGH)),
    *_table("np.outer", "{}(x, y) * 1.5", {
        "vectors": (_V, _W), "matrix": (_M, _strided(_W)), "float32": (np.float32(_V), np.float32(_W))}),
]

# Written as the loops that define them (`resolve.numpy_loops`).
_ALL = {name: ONE[name] for name in ("vector", "fortran", "strided matrix", "float32")}
_VECTORS = {"vectors": (_V, _W), "strided": (_strided(_V), _W[:3]), "float32": (np.float32(_V), np.float32(_W))}
_CURVES = {**_VECTORS, "strided": (_strided(_V), _W)}
DEFINED = [
    *_table("np.max np.amax np.min np.amin np.ptp np.prod np.var np.std", "{}(x) * x", _ALL),
    *_table(".max .min .prod .var .std", "(x * x){}() * x", _ALL),
    *_table("np.nansum np.nanprod np.nanmean np.nanmax np.nanmin np.nanvar np.nanstd", "{}(x) * x", _ALL),
    *_table("np.average", "{}(x) * x + {}(x, weights=y)", {"vectors": (_V, _W), "matrices": (_M, _HIGH)}),
    *_table("np.linalg.norm", "{}(x) * x", _ALL), *_table("euclidean", "{}(x) * x", _ALL),
    *(s for order in (1, 2, 3, "np.inf") for s in _each("np.linalg.norm", f"np.linalg.norm(x, {order}) * x", vector=(_V,))),
    *(s for order in (1, "np.inf") for s in _each("np.linalg.norm", f"np.linalg.norm(x, {order}) * x", matrix=(_M,))),
    *_table("np.nan_to_num", "{}(x) * x", ONE), *_table("np.clip", "{}(x, 0.4, 0.7) * 1.5", _ALL),
    *_table(".clip", "x{}(0.4) * 1.5", _ALL), *_each("np.clip", "np.clip(x, y, 0.9) * 1.5", arrays=(_M, _HIGH), row=(_M, _W)),
    *_each("np.clip", "np.clip(x, None, y) * 1.5", numbers=(_V, 0.37)),
    *_table("np.interp", "{}(x, y[np.argsort(y)], x * x)", {"vectors": (_V, _W)}),
    *_each("np.interp", "np.interp(x, y[np.argsort(y)], y)", matrix=(_M, _W), number=(0.5, _W), float32=(np.float32(_V), _W)),
    *_table("np.trapezoid", "{}(x, y) * 1.5 + {}(x, dx=0.3)", _CURVES if hasattr(np, "trapezoid") else {}),
    *_table("np.trapz", "{}(x, y) * 1.5 + {}(x, dx=0.3)", _CURVES if hasattr(np, "trapz") else {}),
    *(s for mode in ("full", "same", "valid") for s in _table("np.convolve np.correlate", f"{{}}(x, y, '{mode}') * 1.5", _VECTORS)),
    *_table("np.convolve np.correlate", "{}(x[:2], y) * 1.5", _VECTORS),
    *_table("np.vdot", "{}(x, y) * x[0]", {"vectors": (_V, _W)}),
    *_each("np.cross", "np.cross(x[:3], y[:3]) * 1.5", vectors=(_V, _W), float32=(np.float32(_V), np.float32(_W))),
    *_each("np.cross", "np.cross(x[:, :3], y) * 1.5", row=(_M, _W[:3]), rows=(_M, _HIGH[:, 1:]), one_row=(_M, _W[None, 1:])),
    *_each("np.kron", "np.kron(x, y) * 1.5", vectors=(_V, _W), matrices=(_M, _N), mixed=(_V, _M)),
    *_each("np.kron", "np.kron(x, y) * 1.5", float32=(np.float32(_V), np.float32(_W))),
    *_table("np.tril np.triu", "{}(x) * {}(x, 1) + {}(x, -2)", {**_MATRICES, "float32": (np.float32(_M),)}),
    *_each("np.vander", "np.vander(x) * 1.5", vector=(_V,)), *_each("np.vander", "np.vander(x, 3, True) * 1.5", vector=(_V,)),
    *_table("np.ediff1d", "{}(x) * 1.5", _ALL),
    *(s for k in (0, 1, -2, 3) for s in _table("np.rot90", f"{{}}(x, {k}) * 1.5", _MATRICES)),
    *_each("np.bincount", "np.bincount(np.argsort(x))[0] * x", vector=(_V,)),
    *_each("np.bincount", "np.bincount(np.argsort(x) // 2, x, 5) * 1.5", vector=(_V,), float32=(np.float32(_V),)),
]

# What is complex from NumPy 2.5 on, and refused there.
COMPLEX = {"np.linalg.eigvals"} if np.lib.NumpyVersion(np.__version__) >= "2.5.0" else set()
INACTIVE = [s for key, text in CONSTANTS.items() if key not in COMPLEX for s in _each(key, f"{text} * x * x", number=(0.37,))]

SAMPLES = [*ELEMENTWISE, *STEPS, *ARRAY_RULES, *CHOICES, *REWRITTEN, *DEFINED, *INACTIVE, *HELPERS]

INF, NAN = float("inf"), float("nan")

# semantics.md §3: expression, point, derivative for each argument
KINKS: list[tuple[str, tuple[float, ...], tuple[float, ...]]] = [
    *((f"{f}(x)", (0.0,), (0.0,)) for f in ("abs", "np.abs", "np.fabs", "math.fabs")),
    *((f"np.{f}(x, y)", (1.0, 1.0), (0.5, 0.5)) for f in ("maximum", "minimum", "fmax", "fmin")),
    *((f"np.{f}(x, y)", (NAN, 1.0), (1.0, 0.0)) for f in ("maximum", "minimum")),
    *((f"np.{f}(x, y)", (1.0, NAN), (0.0, 1.0)) for f in ("maximum", "minimum")),
    *((f"np.{f}(x, y)", (NAN, 1.0), (0.0, 1.0)) for f in ("fmax", "fmin")),
    *((f"np.{f}(x, y)", (1.0, NAN), (1.0, 0.0)) for f in ("fmax", "fmin")),
    *((f"{f}(x, y)", (1.0, 1.0), (1.0, 0.0)) for f in ("max", "min")),
    *((f"{f}(x, y)", (NAN, 1.0), (1.0, 0.0)) for f in ("max", "min")),
    ("max(x, y)", (1.0, 2.0), (0.0, 1.0)), ("min(x, y)", (1.0, 2.0), (1.0, 0.0)),
    *((f"{f}(x)", (0.0,), (INF,)) for f in ("np.sqrt", "math.sqrt", "np.log", "math.log")),
    ("0.0 * np.sqrt(x)", (0.0,), (0.0,)),
    ("np.log(x) if x > 0 else 0.0 * x", (0.0,), (0.0,)),
    ("np.sqrt(np.maximum(x, 0.0))", (-1.0,), (0.0,)), ("np.sqrt(max(x, 0.0))", (-1.0,), (0.0,)),
    *((f"{f}(x)", (1.5,), (0.0,)) for f in ("np.sign", "np.floor", "np.ceil", "np.trunc", "np.rint")),
    *((f"{f}(x) * 1.0", (1.5,), (0.0,)) for f in ("math.floor", "math.ceil", "math.trunc", "round", "int")),
    *((f"{f}(x)", (0.0,), (0.0,)) for f in ("np.sign", "np.floor")),
    ("x // y", (7.0, 2.0), (0.0, 0.0)), ("x % y", (7.5, 2.0), (1.0, -3.0)), ("x % y", (-7.5, 2.0), (1.0, 4.0)),
    ("x % y", (1.0, 0.1), (1.0, -9.0)), ("np.fmod(x, y)", (-7.5, 2.0), (1.0, 3.0)),
    ("np.fmod(x, y)", (7.5, -2.0), (1.0, 3.0)), ("np.fmod(x, y)", (1.0, 0.1), (1.0, -9.0)),
    *((f"{f}(x, y)", (0.0, 0.0), (0.0, 0.0)) for f in ("np.hypot", "math.hypot", "np.arctan2", "math.atan2")),
    *((f"{f}(x, y)", (3.0, 4.0), (0.6, 0.8)) for f in ("np.hypot", "math.hypot")),
    *((f, (0.0, 0.0), (0.0, 0.0)) for f in ("x ** y", "math.pow(x, y)", "np.power(x, y)")),
    ("x ** y", (0.0, 2.0), (0.0, 0.0)), ("x ** y", (-2.0, 2.0), (-4.0, NAN)), ("x ** y", (0.0, 1.0), (1.0, 0.0)),
    *((f"x ** {n}", (0.0,), (d,)) for n, d in ((0, 0.0), (1, 1.0), (2, 0.0), (3, 0.0), (0.5, INF), (2.0, 0.0))),
    *((f"math.pow(x, {n})", (0.0,), (d,)) for n, d in ((0.0, 0.0), (1.0, 1.0), (2.0, 0.0), (0.5, INF))),
    ("x / y", (0.0, 0.0), (INF, NAN)),
    *((f"{f}(np.array([x, y]))", (1.0, 1.0), (1.0, 0.0)) for f in ("np.max", "np.min")),
    *((f"{f}(np.array([x, y]))", (0.0, NAN), (0.0, 1.0)) for f in ("np.max", "np.min")),
    *((f"np.linalg.norm(np.array([x, y]){order})", (0.0, 0.0), (0.0, 0.0)) for order in ("", ", 1", ", np.inf")),
    *((f"{f}(np.array([x, y]))", (1.0, 1.0), (0.0, 0.0)) for f in ("np.std", "np.nanstd", "np.var")),
    ("np.prod(np.array([x, y, 2.0]))", (0.0, 3.0), (6.0, 0.0)),
    ("np.logaddexp(x, y)", (-1000.0, 1000.0), (0.0, 1.0)), ("np.logaddexp(x, y)", (-INF, 1.0), (0.0, 1.0)),
    *(("np.clip(np.array([x]), 0.0, 1.0)[0]", (at,), (d,)) for at, d in ((0.0, 1.0), (1.0, 1.0), (-1.0, 0.0), (2.0, 0.0))),
    *((f"np.interp(x, np.array([0.0, 1.0, 2.0, 3.0]), np.array({f}))", (at,), (d,)) for f, at, d in (
        ([0.0, 1.0, 3.0, 4.0], 1.0, 1.0), ([0.0, 1.0, 3.0, 4.0], 2.0, 1.0), ([0.0, 1.0, 0.5, 0.0], 1.0, 0.0),
        ([0.0, 1.0, 3.0, 4.0], 0.0, 0.0), ([0.0, 1.0, 3.0, 4.0], 3.0, 0.0), ([0.0, 1.0, 3.0, 4.0], -5.0, 0.0))),
    ("math.copysign(x, y)", (0.0, -1.0), (0.0, 0.0)), ("np.copysign(x, y)", (2.0, -1.0), (-1.0, 0.0)),
]

# second derivatives at kinks and where a branch on the cotangent would lose them: d²f/dx², d²f/dxdy or d²f/dx²
SECOND: list[tuple[str, tuple[float, ...], tuple[tuple[float, ...], ...]]] = [
    *((f"x ** {n}", (0.0,), ((d,),)) for n, d in ((0, 0.0), (1, 0.0), (2, 2.0), (3, 0.0))),
    *((f"math.pow(x, {n})", (0.0,), ((d,),)) for n, d in ((0.0, 0.0), (1.0, 0.0), (2.0, 2.0), (3.0, 0.0))),
    ("x * np.log(y)", (0.0, 2.0), ((0.0, 0.5), (0.5, 0.0))), ("x / y", (0.0, 2.0), ((0.0, -0.25), (-0.25, 0.0))),
    ("x * np.sqrt(y)", (0.0, 4.0), ((0.0, 0.25), (0.25, 0.0))), ("x ** y", (1.0, 2.0), ((2.0, 1.0), (1.0, 0.0))),
    ("x ** y", (0.0, 3.0), ((0.0, 0.0), (0.0, 0.0))),
    ("np.arctan2(x, y)", (0.0, 2.0), ((0.0, -0.25), (-0.25, 0.0))), ("np.arctan2(x, y)", (2.0, 0.0), ((0.0, 0.25), (0.25, 0.0))),
    ("np.tanh(x)", (0.0,), ((0.0,),)), ("np.tanh(x)", (20.0,), ((-8 * np.exp(-40.0),),)),
]


def sampled_keys() -> set[str]:
    return {s.key for s in SAMPLES}
