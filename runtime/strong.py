"""The strong zero: a product in which zero times anything, Inf and NaN included, is zero.

`strong` is bilinear away from zero and its own derivative rule at it, so that second derivatives survive at regular
points, where a branch on the cotangent would lose them.  (Griewank & Walther, Evaluating Derivatives, ch. 14.)
"""
from __future__ import annotations

from typing import Any

import numpy as np

from .extend import lift_pair, lower_pair


def strong(c: Any, p: Any) -> Any:
    """c p, and 0 where either is 0."""
    with np.errstate(invalid="ignore"):
        product = c * p
        return np.where((np.asarray(c) == 0) | (np.asarray(p) == 0), 0, product)[()]


def _emit(builder: Any, c: Any, p: Any, constant: Any) -> Any:
    zero = constant(0.0)
    dead = builder.or_(builder.fcmp_ordered("==", c, zero), builder.fcmp_ordered("==", p, zero))
    return builder.select(dead, zero, builder.fmul(c, p))


lower_pair(strong, _emit)
lift_pair(strong)
