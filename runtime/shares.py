"""How much of the derivative of a choice between x and y goes to x; the rest, one minus it, goes to y.

Builtin `max` and `min` give all of it to the branch that was taken.  The four of NumPy halve a tie; `maximum` and
`minimum` follow a NaN, `fmax` and `fmin` avoid it.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from .extend import float_dtype, lift_pair, lower_pair


def max_share(x: Any, y: Any) -> Any:
    """Of builtin max(x, y): 0 where y > x, else 1."""
    return _number(np.where(np.asarray(y) > x, 0.0, 1.0), x, y)


def min_share(x: Any, y: Any) -> Any:
    """Of builtin min(x, y): 0 where y < x, else 1."""
    return _number(np.where(np.asarray(y) < x, 0.0, 1.0), x, y)


def maximum_share(x: Any, y: Any) -> Any:
    """Of np.maximum(x, y): ½ at a tie, 1 where x is NaN."""
    return _halved((np.asarray(x) > y) | np.isnan(x), x, y)


def minimum_share(x: Any, y: Any) -> Any:
    """Of np.minimum(x, y): ½ at a tie, 1 where x is NaN."""
    return _halved((np.asarray(x) < y) | np.isnan(x), x, y)


def fmax_share(x: Any, y: Any) -> Any:
    """Of np.fmax(x, y): ½ at a tie, 0 where x alone is NaN, 1 where y is."""
    return _halved((np.asarray(x) > y) | np.isnan(y), x, y)


def fmin_share(x: Any, y: Any) -> Any:
    """Of np.fmin(x, y): ½ at a tie, 0 where x alone is NaN, 1 where y is."""
    return _halved((np.asarray(x) < y) | np.isnan(y), x, y)


def _number(share: Any, x: Any, y: Any) -> Any:
    return share.astype(float_dtype(x, y))[()]


def _halved(whole: Any, x: Any, y: Any) -> Any:
    return _number(np.where(whole, 1.0, np.where(np.asarray(x) == y, 0.5, 0.0)), x, y)


def _taken(relation: str) -> Any:
    """1 unless y stands in `relation` to x."""
    def emit(builder: Any, x: Any, y: Any, constant: Any) -> Any:
        return builder.select(builder.fcmp_ordered(relation, y, x), constant(0.0), constant(1.0))

    return emit


def _split(relation: str, follows_nan: bool) -> Any:
    """1 where x stands in `relation` to y, or a NaN decides for x; ½ at a tie; else 0."""
    def emit(builder: Any, x: Any, y: Any, constant: Any) -> Any:
        decisive = x if follows_nan else y
        whole = builder.or_(builder.fcmp_ordered(relation, x, y), builder.fcmp_unordered("uno", decisive, decisive))
        tie = builder.fcmp_ordered("==", x, y)
        return builder.select(whole, constant(1.0), builder.select(tie, constant(0.5), constant(0.0)))

    return emit


for _helper, _emit in (
    (max_share, _taken(">")), (min_share, _taken("<")),
    (maximum_share, _split(">", True)), (minimum_share, _split("<", True)),
    (fmax_share, _split(">", False)), (fmin_share, _split("<", False)),
):
    lower_pair(_helper, _emit)
    lift_pair(_helper)
