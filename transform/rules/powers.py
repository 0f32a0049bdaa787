"""x ** y, at its kinks as well.

`dpow(x, y)` is ∂x x**y = y x**(y − 1), and 0 where y is 0; `dpow_y(x, y)` is ∂y x**y = x**y log x, and 0 at x = 0,
y ≥ 0.  So x**n at 0 for n = 0, 1, 2, ½ has the derivatives 0, 1, 0, Inf, and x**y at (0, 0) has 0, 0.
"""
# mypy: allow-untyped-defs, no-check-untyped-defs
import ast
import math
import operator

import numpy as np

from ...runtime import dpow, dpow_y, strong
from .declare import elementwise


@elementwise(operator.pow, pow, np.power, math.pow, strong=True)
def power(z, x, y):
    return dpow(x, y), dpow_y(x, y)


@elementwise(dpow, strong=True)
def dpow_(z, x, y):
    return strong(y, dpow(x, y - 1)), strong(x ** (y - 1), 1 + strong(y, np.log(x)))


@elementwise(dpow_y, strong=True)
def dpow_y_(z, x, y):
    return strong(x ** (y - 1), 1 + strong(y, np.log(x))), strong(z, np.log(x))


def constant_power(exponent: int | float) -> tuple[ast.expr | None, bool]:
    """∂x x**exponent for an exponent that is a literal: the partial in terms of `x` (`None`: it is zero), and
    whether it needs the strong zero."""
    if exponent == 0:
        return None, False
    if not math.isfinite(exponent):
        return ast.parse("dpow(x, y)", mode="eval").body, True
    less = exponent - 1
    text = "1" if less == 0 else f"{exponent} * x" if less == 1 else f"{exponent} * x ** {less}"
    return ast.parse(text, mode="eval").body, less < 0 or less != int(less)
