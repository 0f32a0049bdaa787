"""The Euclidean length of a vector or matrix, and where a number lies among the points of a table."""
from __future__ import annotations

from typing import Any

import numpy as np

from .extend import compiled


@compiled
def euclidean(x: Any) -> Any:
    """The square root of the sum of squares, of all elements.  (Numba reads others of a vector that lies backwards.)"""
    if x.ndim == 1 and x.strides[0] < 0:
        return np.linalg.norm(x.copy())
    return np.linalg.norm(x)


@compiled
def segment(x: Any, xp: Any, fp: Any) -> Any:
    """Where `np.interp` looks x up: 2 j on the line from point j to the next, 2 j + 1 on this line as seen from its end, and -1 - j
    where the value is that of point j.  At a point it is the line of the two that is less steep, and none if the point is an
    extremum: the least of the slopes between them.  As seen from the end too where infinite values would give NaN else."""
    last = len(xp) - 1
    first, behind = 0, last + 1
    while first < behind:
        middle = (first + behind) >> 1
        if xp[middle] <= x:
            first = middle + 1
        else:
            behind = middle
    j = first - 1
    if j < 0 or (j == 0 and xp[0] == x):
        return -1
    if j == last:
        return -1 - last
    rise = np.float64(fp[j + 1]) - np.float64(fp[j])
    slope = rise / (np.float64(xp[j + 1]) - np.float64(xp[j]))
    if xp[j] == x:
        run = np.float64(xp[j]) - np.float64(xp[j - 1])
        before = (np.float64(fp[j]) - np.float64(fp[j - 1])) / run if run > 0.0 else np.inf * rise
        if before * slope <= 0.0 or not np.isfinite(slope):
            return -1 - j
        return 2 * j - 1 if abs(before) < abs(slope) else 2 * j
    if np.isnan(slope * (x - np.float64(xp[j])) + np.float64(fp[j])):
        beyond = slope * (x - np.float64(xp[j + 1])) + np.float64(fp[j + 1])
        return -1 - j if np.isnan(beyond) and fp[j] == fp[j + 1] else 2 * j + 1
    return 2 * j
