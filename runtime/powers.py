"""The partial derivatives of x ** y, with their limits at x = 0 and y = 0."""
from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba.core import types

from .extend import NUMBER, float_dtype, float_type, lift_pair, overload


def dpow(x: Any, y: Any) -> Any:
    """∂x x**y = y x**(y − 1), and 0 where y is 0."""
    base = np.asarray(x, float_dtype(x, y))
    with np.errstate(all="ignore"):
        slope = np.multiply(y, np.power(base, np.subtract(y, 1)))
        return np.where(np.asarray(y) == 0, 0, slope).astype(base.dtype)[()]


def dpow_y(x: Any, y: Any) -> Any:
    """∂y x**y = x**y log x, and 0 where x is 0 and y ≥ 0."""
    base = np.asarray(x, float_dtype(x, y))
    with np.errstate(all="ignore"):
        slope = np.power(base, y) * np.log(base)
        return np.where((base == 0) & (np.asarray(y) >= 0), 0, slope).astype(base.dtype)[()]


@overload(dpow)
def _dpow(x: Any, y: Any) -> Any:
    number = float_type(x, y)
    if isinstance(x, NUMBER) and isinstance(y, types.Float):
        def real(x: Any, y: Any) -> Any:
            if y == 0:
                return number(0)
            return number(y) * number(x) ** (number(y) - number(1))
        return real
    if isinstance(x, NUMBER) and isinstance(y, types.Integer | types.Boolean):
        def integer(x: Any, y: Any) -> Any:
            if y == 0:
                return number(0)
            return number(y) * number(number(x) ** (int(y) - 1))
        return integer
    return None


@overload(dpow_y)
def _dpow_y(x: Any, y: Any) -> Any:
    number = float_type(x, y)
    if isinstance(x, NUMBER) and isinstance(y, NUMBER):
        def implementation(x: Any, y: Any) -> Any:
            if x == 0 and y >= 0:
                return number(0)
            return number(x) ** number(y) * math.log(number(x))
        return implementation
    return None


lift_pair(dpow)
lift_pair(dpow_y)
