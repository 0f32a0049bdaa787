"""Derivatives of elementary functions that the obvious formula would lose to cancellation or overflow.

`sech2(x, y)` is 1 − y² of y = tanh x, of which nothing is left in that form where |x| > 19.  `dangle(x, y)` is x / (x² + y²), the
derivative of an angle: the square would be Inf beyond 1e154 and 0 below 1e-162.
"""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from .extend import NUMBER, float_dtype, float_type, lift_pair, overload


def sech2(x: Any, y: Any) -> Any:
    """1 / cosh² x, given y = tanh x."""
    dtype = float_dtype(x, y)
    with np.errstate(all="ignore"):
        square = np.square(np.asarray(y, dtype))
        decay = np.exp(-2 * np.abs(np.asarray(x, dtype)))
        return np.where(square < 0.75, 1 - square, 4 * decay / ((1 + decay) * (1 + decay)))[()]


def dangle(x: Any, y: Any) -> Any:
    """x / (x² + y²), and 0 at the origin and at infinity."""
    dtype = float_dtype(x, y)
    with np.errstate(all="ignore"):
        x, y = np.asarray(x, dtype), np.asarray(y, dtype)
        size = np.maximum(np.abs(x), np.abs(y))
        a, b = x / size, y / size
        return np.where((size == 0) | np.isinf(size), 0, a / (a * a + b * b) / size).astype(dtype)[()]


@overload(sech2)
def _sech2(x: Any, y: Any) -> Any:
    number = float_type(x, y)
    if isinstance(x, NUMBER) and isinstance(y, NUMBER):
        def implementation(x: Any, y: Any) -> Any:
            square = number(y) * number(y)
            if square < number(0.75):
                return number(1) - square
            decay = number(math.exp(number(-2) * abs(number(x))))
            return number(4) * decay / ((number(1) + decay) * (number(1) + decay))
        return implementation
    return None


@overload(dangle)
def _dangle(x: Any, y: Any) -> Any:
    number = float_type(x, y)
    if isinstance(x, NUMBER) and isinstance(y, NUMBER):
        def implementation(x: Any, y: Any) -> Any:
            size = max(abs(number(y)), abs(number(x)))
            if (x == 0 and y == 0) or size == math.inf:
                return number(0)
            a, b = number(x) / size, number(y) / size
            return a / (a * a + b * b) / size
        return implementation
    return None


lift_pair(sech2)
lift_pair(dangle)
