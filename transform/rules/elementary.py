"""Elementary functions of `math` and NumPy.

The partials use the result where they can.  Where they are infinite at a finite argument (log at 0, arcsin at 1, cosh by
overflow) the rule is strong; for those that are made of the result, `derive` sees whether that may be infinite.  They are
accurate wherever they can be represented: differences such as (1 − x)(1 + x) keep their relative accuracy near the
singularity, `sech2` and `dangle` (see `runtime/slopes.py`) theirs far away from it.
"""
# mypy: allow-untyped-defs, no-check-untyped-defs
import math

import numpy as np

from ...runtime import dangle, digamma, polygamma, sech2, strong
from .declare import elementwise

# ---- exponentials and logarithms ----------------------------------------------------------------------------


@elementwise(np.exp, math.exp)
def exp(y, x):
    return y,


@elementwise(np.exp2, *([math.exp2] if hasattr(math, "exp2") else []))
def exp2(y, x):
    return 0.6931471805599453 * y,                  # log 2


@elementwise(np.expm1, math.expm1, strong=True)
def expm1(y, x):
    return np.exp(x),                               # y + 1 cancels left of zero


@elementwise(np.log, math.log, strong=True)
def log(y, x):
    return 1 / x,


@elementwise(np.log2, math.log2, strong=True)
def log2(y, x):
    return 1.4426950408889634 / x,                  # 1 / log 2


@elementwise(np.log10, math.log10, strong=True)
def log10(y, x):
    return 0.4342944819032518 / x,                  # 1 / log 10


@elementwise(np.log1p, math.log1p, strong=True)
def log1p(y, x):
    return 1 / (1 + x),


@elementwise(np.logaddexp, strong=True)
def logaddexp(z, x, y):
    return np.exp(-np.logaddexp(0, y - x)), np.exp(-np.logaddexp(0, x - y))


@elementwise(np.logaddexp2, strong=True)
def logaddexp2(z, x, y):
    return np.exp2(-np.logaddexp2(0, y - x)), np.exp2(-np.logaddexp2(0, x - y))


# ---- roots --------------------------------------------------------------------------------------------------


@elementwise(np.sqrt, math.sqrt, strong=True)
def sqrt(y, x):
    return 0.5 / y,


@elementwise(np.cbrt, strong=True)
def cbrt(y, x):
    return 1 / (3 * y * y),


@elementwise(np.hypot, math.hypot)
def hypot(z, x, y):
    return strong(x, 1 / z), strong(y, 1 / z)       # 0 at the origin, the least subgradient


# ---- trigonometry -------------------------------------------------------------------------------------------


@elementwise(np.sin, math.sin)
def sin(y, x):
    return np.cos(x),


@elementwise(np.cos, math.cos)
def cos(y, x):
    return -np.sin(x),


@elementwise(np.tan, math.tan)
def tan(y, x):
    return 1 + y * y,


@elementwise(np.arcsin, math.asin, strong=True)
def arcsin(y, x):
    return 1 / np.sqrt((1 - x) * (1 + x)),


@elementwise(np.arccos, math.acos, strong=True)
def arccos(y, x):
    return -1 / np.sqrt((1 - x) * (1 + x)),


@elementwise(np.arctan, math.atan)
def arctan(y, x):
    return 1 / (1 + x * x),


@elementwise(np.arctan2, math.atan2)
def arctan2(z, y, x):
    return dangle(x, y), -dangle(y, x)


@elementwise(dangle)
def dangle_(z, x, y):
    return (dangle(y, x) - z) * (dangle(y, x) + z), -2 * z * dangle(y, x)


@elementwise(np.deg2rad, np.radians, math.radians, cheap=True)
def radians(y, x):
    return 0.017453292519943295,


@elementwise(np.rad2deg, np.degrees, math.degrees, cheap=True)
def degrees(y, x):
    return 57.29577951308232,


# ---- hyperbolic functions -----------------------------------------------------------------------------------


@elementwise(np.sinh, math.sinh, strong=True)
def sinh(y, x):
    return np.cosh(x),


@elementwise(np.cosh, math.cosh, strong=True)
def cosh(y, x):
    return np.sinh(x),


@elementwise(np.tanh, math.tanh)
def tanh(y, x):
    return sech2(x, y),


@elementwise(sech2)
def sech2_(z, x, y):
    return -2 * y * z, None                         # y is tanh x


@elementwise(np.arcsinh, math.asinh)
def arcsinh(y, x):
    return 1 / np.hypot(1, x),


@elementwise(np.arccosh, math.acosh, strong=True)
def arccosh(y, x):
    return 1 / (np.sqrt(x - 1) * np.sqrt(x + 1)),   # (x − 1) (x + 1) may overflow


@elementwise(np.arctanh, math.atanh, strong=True)
def arctanh(y, x):
    return 1 / ((1 - x) * (1 + x)),


# ---- error and gamma functions (Abramowitz & Stegun, ch. 6 and 7) -------------------------------------------


@elementwise(math.erf)
def erf(y, x):
    return 1.1283791670955126 * np.exp(-x * x),     # 2 / sqrt(pi)


@elementwise(math.erfc)
def erfc(y, x):
    return -1.1283791670955126 * np.exp(-x * x),


@elementwise(math.gamma, strong=True)
def gamma(y, x):
    return y * digamma(x),


@elementwise(math.lgamma, strong=True)
def lgamma(y, x):
    return digamma(x),


@elementwise(digamma, strong=True)
def digamma_(y, x):
    return polygamma(1, x),


@elementwise(polygamma, strong=True)
def polygamma_(y, n, x):
    return None, polygamma(n + 1, x)
