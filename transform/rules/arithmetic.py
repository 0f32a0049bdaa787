"""Operators, comparisons, conversions, and what chooses one of two numbers.

Builtin `max` and `min` follow the branch that Numba takes: the second number where the comparison with the first
is true, so a tie and a NaN stay with the first.  `np.maximum` and `np.minimum` halve a tie and follow a NaN;
`np.fmax` and `np.fmin` avoid it.  `max_share(x, y)` and its kin say how much of the derivative goes to x.
"""
# mypy: allow-untyped-defs, no-check-untyped-defs
import builtins
import math
import operator

import numpy as np

from ...runtime import (
    fmax_share,
    fmin_share,
    max_share,
    maximum_share,
    min_share,
    minimum_share,
    strong,
)
from .declare import elementwise, linear, zero


@elementwise(operator.add, np.add, cheap=True)
def add(z, x, y):
    return 1, 1


@elementwise(operator.sub, np.subtract, cheap=True)
def subtract(z, x, y):
    return 1, -1


@elementwise(operator.mul, np.multiply, cheap=True)
def multiply(z, x, y):
    return y, x


@elementwise(strong, strong=True)
def strong_(z, c, p):
    return p, c


@elementwise(operator.truediv, np.divide, strong=True)
def divide(z, x, y):
    return 1 / y, -z / y


@elementwise(operator.neg, np.negative, cheap=True)
def negative(y, x):
    return -1,


@elementwise(operator.pos, np.positive, cheap=True)
def positive(y, x):
    return 1,


@elementwise(np.square, cheap=True)
def square(y, x):
    return 2 * x,


@elementwise(np.reciprocal, strong=True)
def reciprocal(y, x):
    return -y * y,


@elementwise(operator.mod, np.remainder)
def remainder(z, x, y):
    return 1, -(x // y)


@elementwise(np.fmod)
def fmod(z, x, y):
    return 1, np.rint((z - x) / y)                  # −trunc(x / y), also where x / y rounds up to an integer


# ---- magnitudes and choices ---------------------------------------------------------------------------------


@elementwise(abs, ("np.abs", np.absolute), np.fabs, math.fabs, cheap=True)
def absolute(y, x):
    return np.sign(x),


@elementwise(np.copysign, math.copysign, cheap=True)
def copysign(z, x, y):
    return np.sign(x) * np.copysign(1, y), None


@elementwise(max, strong=True, cheap=True)
def max_(z, x, y, *more):
    return max_share(x, y), 1 - max_share(x, y)


@elementwise(min, strong=True, cheap=True)
def min_(z, x, y, *more):
    return min_share(x, y), 1 - min_share(x, y)


@elementwise(np.maximum, strong=True, cheap=True)
def maximum(z, x, y):
    return maximum_share(x, y), 1 - maximum_share(x, y)


@elementwise(np.minimum, strong=True, cheap=True)
def minimum(z, x, y):
    return minimum_share(x, y), 1 - minimum_share(x, y)


@elementwise(np.fmax, strong=True, cheap=True)
def fmax(z, x, y):
    return fmax_share(x, y), 1 - fmax_share(x, y)


@elementwise(np.fmin, strong=True, cheap=True)
def fmin(z, x, y):
    return fmin_share(x, y), 1 - fmin_share(x, y)


@zero(max_share, min_share, maximum_share, minimum_share, fmax_share, fmin_share, cheap=True)
def shares(x, y): ...


# ---- conversions --------------------------------------------------------------------------------------------


@linear(float, np.float64, np.float32, cheap=True)
def to_float(y_bar, x):
    return y_bar


@zero(int, bool, ("np.bool_", np.bool_), np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32,
      np.uint64, cheap=True)
def to_integer(x): ...


@zero(builtins.round)
def round_(number, ndigits=None): ...


# ---- steps, comparisons, logic ------------------------------------------------------------------------------


@zero(np.sign, np.floor, math.floor, np.ceil, math.ceil, np.trunc, math.trunc, np.rint, np.signbit, cheap=True, broadcasts=True)
def step(x): ...


@zero(np.round, np.around)
def rounded(a, decimals=0): ...


@zero(operator.floordiv, np.floor_divide, broadcasts=True)
def floor_divide(x, y): ...


@zero(operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
      np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
      np.logical_and, np.logical_or, np.logical_xor, cheap=True, broadcasts=True)
def compare(x, y): ...


@zero(operator.not_, np.logical_not, np.isnan, np.isfinite, np.isinf,
      math.isnan, math.isfinite, math.isinf, cheap=True, broadcasts=True)
def test(x): ...
