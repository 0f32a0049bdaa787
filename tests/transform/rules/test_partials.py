"""Partials are accurate wherever they and the value are representable: no overflow on the way, no cancellation.

The reference is the textbook formula in long double, whose range (1e±4932) and eleven more bits make it exact enough as it
stands.  A partial may be off by some roundings, and by what a rounding of the arguments would change.
"""
from __future__ import annotations

import importlib.util
import sys

import numpy as np
import pytest

import wengert as wg

L = np.longdouble
EPS = np.finfo(np.float64).eps
pytestmark = pytest.mark.skipif(np.finfo(L).maxexp < 10000, reason="long double is no wider than double here")

SIZES = [1e-300, 3e-200, 1e-155, 1e-20, 1e-8, 1e-3, 0.3, 0.7, 0.9, 1.0, 1.5, 3.0, 7.0, 15.0, 17.3, 20.0, 26.0, 40.0, 300.0,
         355.0, 700.0, 1e5, 1e10, 1e154, 1e200, 1e300]
REAL = [*SIZES, *(-s for s in SIZES)]
SMALL = [v for v in REAL if abs(v) < 1e6]
ABOVE = [1 + 2.0**-52, 1 + 1e-8, *(v for v in SIZES if v > 1)]
UNIT = [s * v for v in (*SIZES[:9], 0.999, 1 - 1e-8, 1 - 2.0**-53) for s in (1, -1)]
PLANE = [(x, y) for x in (*REAL, 0.0) for y in REAL]
POWERS = [(x, y) for x in SIZES for y in REAL if abs(y) >= 0.3]         # y − 1 is rounded, and counts log x times

TWO, THREE, TEN = L(2), L(3), L(10)
ROOT_PI = np.sqrt(4 * np.arctan(L(1)))


def radius(x, y):
    return np.sqrt(x * x + y * y)


# expression: where to try it, its value, its partials
CASES = {
    "np.square(x)": (REAL, lambda x: x * x, lambda x: 2 * x),
    "np.reciprocal(x)": (REAL, lambda x: 1 / x, lambda x: -1 / (x * x)),
    "x ** -3": (REAL, lambda x: 1 / x**3, lambda x: -3 / x**4),
    "x ** 0.5": (SIZES, np.sqrt, lambda x: 1 / (2 * np.sqrt(x))),
    "3.0 ** x": (REAL, lambda x: THREE**x, lambda x: THREE**x * np.log(THREE)),
    "np.exp(x)": (REAL, np.exp, np.exp),
    "np.exp2(x)": (REAL, np.exp2, lambda x: np.log(TWO) * np.exp2(x)),
    "np.expm1(x)": (REAL, np.expm1, np.exp),
    "np.log(x)": (SIZES, np.log, lambda x: 1 / x),
    "np.log2(x)": (SIZES, np.log2, lambda x: 1 / (x * np.log(TWO))),
    "np.log10(x)": (SIZES, np.log10, lambda x: 1 / (x * np.log(TEN))),
    "np.log1p(x)": ([*SIZES, *UNIT], np.log1p, lambda x: 1 / (1 + x)),
    "np.sqrt(x)": (SIZES, np.sqrt, lambda x: 1 / (2 * np.sqrt(x))),
    "np.cbrt(x)": (REAL, np.cbrt, lambda x: 1 / (3 * np.cbrt(x) ** 2)),
    "np.sin(x)": (SMALL, np.sin, np.cos),
    "np.cos(x)": (SMALL, np.cos, lambda x: -np.sin(x)),
    "np.tan(x)": (SMALL, np.tan, lambda x: 1 / np.cos(x) ** 2),
    "np.arcsin(x)": (UNIT, np.arcsin, lambda x: 1 / np.sqrt((1 - x) * (1 + x))),
    "np.arccos(x)": (UNIT, np.arccos, lambda x: -1 / np.sqrt((1 - x) * (1 + x))),
    "np.arctan(x)": (REAL, np.arctan, lambda x: 1 / (1 + x * x)),
    "np.sinh(x)": (REAL, np.sinh, np.cosh),
    "np.cosh(x)": (REAL, np.cosh, np.sinh),
    "np.tanh(x)": (REAL, np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    "np.arcsinh(x)": (REAL, np.arcsinh, lambda x: 1 / np.sqrt(1 + x * x)),
    "np.arccosh(x)": (ABOVE, np.arccosh, lambda x: 1 / np.sqrt((x - 1) * (x + 1))),
    "np.arctanh(x)": (UNIT, np.arctanh, lambda x: 1 / ((1 - x) * (1 + x))),
    "math.erf(x)": (REAL, np.tanh, lambda x: 2 / ROOT_PI * np.exp(-x * x)),
    "math.erfc(x)": (REAL, np.tanh, lambda x: -2 / ROOT_PI * np.exp(-x * x)),
    "1 / (1 + np.exp(-x))": ([v for v in REAL if v >= -700], np.tanh, lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
    "x / y": (PLANE, lambda x, y: x / y, lambda x, y: 1 / y, lambda x, y: -x / (y * y)),
    "np.hypot(x, y)": (PLANE, radius, lambda x, y: x / radius(x, y), lambda x, y: y / radius(x, y)),
    "np.arctan2(x, y)": (PLANE, np.arctan2, lambda x, y: y / (x * x + y * y), lambda x, y: -x / (x * x + y * y)),
    "x ** y": (POWERS, lambda x, y: x**y, lambda x, y: y * x ** (y - 1), lambda x, y: x**y * np.log(x)),
}
MATH = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh"}
ONLY_NUMPY = ("np.square", "np.reciprocal", "np.cbrt")


def with_math(text: str) -> str:
    """The same with the functions of `math`, where it has them."""
    if not text.startswith(ONLY_NUMPY):
        for name in sorted(MATH, key=len, reverse=True):
            text = text.replace(f"np.{name}(", f"math.{MATH[name]}(").replace(f"np.{name}2(", f"math.{MATH[name]}2(")
        text = text.replace("np.", "math.")
    return text


@pytest.fixture(scope="module")
def functions(tmp_path_factory):
    """For each case a sum over arrays as they are, and one over their numbers, with the functions of `math`."""
    lines = ["import math", "import numpy as np", ""]
    for i, (text, (points, *_)) in enumerate(CASES.items()):
        params, items = ("x, y", "x[i], y[i]") if isinstance(points[0], tuple) else ("x", "x[i]")
        lines += [f"def whole_{i}({params}):", f"    return np.sum({text})", ""]
        lines += [f"def number_{i}({params}):", f"    return {with_math(text)}", ""]
        lines += [f"def each_{i}({params}):", "    total = 0.0", "    for i in range(x.size):",
                  f"        total += number_{i}({items})", "    return total", ""]  # fmt: skip
    path = tmp_path_factory.mktemp("partials") / "partials_samples.py"
    path.write_text("\n".join(lines))
    spec = importlib.util.spec_from_file_location("partials_samples", path)
    module = sys.modules["partials_samples"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield vars(module)
    del sys.modules["partials_samples"]


def expected(text: str, dtype: type) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """The arguments where value and partials are representable, the partials there, and by how much they may be off."""
    points, value, *partials = CASES[text]
    info = np.finfo(dtype)
    low, high = L(info.tiny) / L(info.eps), L(info.max) / 8
    with np.errstate(all="ignore"):
        at = [np.array(v, dtype) for v in zip(*(p if isinstance(p, tuple) else (p,) for p in points), strict=True)]
        wide = [v.astype(L) for v in at]
        exact = [np.broadcast_to(p(*wide), wide[0].shape) for p in partials]
        fine = np.isfinite(wide[0]) & (abs(value(*wide)) < high)
        for v in (*wide, *exact):
            fine &= ((abs(v) > low) & (abs(v) < high)) | (v == 0)
        near = [[v * (1 + s * L(info.eps)) if j == k else v for j, v in enumerate(wide)] for k in range(len(at)) for s in (1, -1)]
        slack = [4 * max_of(abs(p(*n) - e) for n in near) + 8 * L(info.eps) * abs(e) for p, e in zip(partials, exact, strict=True)]
    assert fine.sum() >= 8
    return [v[fine] for v in at], [e[fine] for e in exact], [s[fine] for s in slack]


def max_of(arrays):
    return np.fmax.reduce(list(arrays))


def compare(text: str, gradient, dtype: type) -> None:
    at, exact, slack = expected(text, dtype)
    with np.errstate(all="ignore"):
        found = gradient(*at)
    for k, (f, e, s) in enumerate(zip(found, exact, slack, strict=True)):
        wrong = ~(abs(f.astype(L) - e) <= s)
        where = [(tuple(v[j] for v in at), f[j], e[j]) for j in np.flatnonzero(wrong)[:5]]
        assert not wrong.any(), f"partial {k}: (point, found, right) {where}"


def gradient_of(f, text):
    return wg.grad(f, argnums=tuple(range(len(CASES[text]) - 2)))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("i", "text"), list(enumerate(CASES)), ids=list(CASES))
def test_partials_are_accurate(functions, i, text, dtype):
    f = functions[f"each_{i}" if "math" in text else f"whole_{i}"]
    at = expected(text, dtype)[0]
    compare(text, gradient_of(f, text).python_for(*at), dtype)


@pytest.mark.compiled
@pytest.mark.parametrize(("i", "text"), [
    pytest.param(i, text, id=text, marks=() if any(n in text for n in ("tanh", "hypot", "arctan2")) else pytest.mark.full)
    for i, text in enumerate(CASES)
])  # fmt: skip
def test_partials_are_accurate_compiled(functions, i, text):
    compare(text, gradient_of(functions[f"each_{i}"], text), np.float64)
