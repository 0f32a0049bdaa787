"""The strong zero: a product in which zero times anything, Inf and NaN included, is zero.

`strong` is bilinear away from zero and its own derivative rule at it, so that second derivatives survive at regular
points, where a branch on the cotangent would lose them.  (Griewank & Walther, Evaluating Derivatives, ch. 14.)
"""
from __future__ import annotations

from typing import Any

import numpy as np

from .extend import lift_pair, lower_pair


def strong(c: Any, p: Any) -> Any:
    """c p, and 0 where either is 0 and the other is not finite."""
    with np.errstate(invalid="ignore"):
        product = c * p
        dead = np.isnan(product) & ((np.asarray(c) == 0) | (np.asarray(p) == 0))
        return np.where(dead, 0, product)[()]


def _emit(builder: Any, c: Any, p: Any, constant: Any) -> Any:
    """The product; the factors are looked at only if it is NaN, which is hardly ever the case, and predicted so."""
    product, zero = builder.fmul(c, p), constant(0.0)
    start = builder.block
    with builder.if_then(builder.fcmp_unordered("uno", product, product), likely=False):
        dead = builder.or_(builder.fcmp_ordered("==", c, zero), builder.fcmp_ordered("==", p, zero))
        found = builder.select(dead, zero, product)
        inside = builder.block
    result = builder.phi(product.type)
    result.add_incoming(product, start)
    result.add_incoming(found, inside)
    return result


lower_pair(strong, _emit)
lift_pair(strong)
