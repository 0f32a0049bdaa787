"""Checks in the prologue of derivative code: what Numba would read past the end of, or mix up, without a word."""
from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from numba.core import types
from numba.extending import register_jitable

from .extend import overload


def check_seed(seed: Any, like: Any, name: str = "seed") -> None:
    """A tangent or cotangent has the shape of the value that it belongs to."""
    if np.shape(seed) != np.shape(like):
        raise ValueError(f"{name} has shape {np.shape(seed)}, its value has shape {np.shape(like)}")


def check_disjoint(a: Any, b: Any, a_name: str, b_name: str) -> None:
    """Two arrays, one of which is written, share no element."""
    if _share(a, b):
        raise ValueError(_shared(a_name, b_name))


def _shared(a_name: str, b_name: str) -> str:
    return f"{a_name} and {b_name} share memory and one of them is written: pass a copy of one"


def _share(a: Any, b: Any) -> bool:
    return bool(np.shares_memory(a, b))


# ---- compiled -----------------------------------------------------------------------------------------------


@overload(check_seed, prefer_literal=True)
def _check_seed(seed: Any, like: Any, name: Any = "seed") -> Any:
    label = getattr(name, "literal_value", name if isinstance(name, str) else getattr(name, "value", "seed"))
    message = f"{label} has another shape than its value"
    if not (isinstance(seed, types.Array) and isinstance(like, types.Array)):
        if isinstance(seed, types.Array) or isinstance(like, types.Array):
            return _refuse(message)
        return lambda seed, like, name="seed": None
    if seed.ndim != like.ndim:
        return _refuse(message)

    def check(seed: Any, like: Any, name: Any = "seed") -> None:
        if seed.shape != like.shape:
            raise ValueError(message)
    return check


def _refuse(message: str) -> Any:
    def refuse(seed: Any, like: Any, name: Any = "seed") -> NoReturn:
        raise ValueError(message)
    return refuse


@overload(check_disjoint, prefer_literal=True)
def _check_disjoint(a: Any, b: Any, a_name: Any, b_name: Any) -> Any:
    message = _shared(*(getattr(name, "literal_value", "an array") for name in (a_name, b_name)))

    def check(a: Any, b: Any, a_name: Any, b_name: Any) -> None:
        if _share(a, b):
            raise ValueError(message)
    return check


@overload(_share)
def _share_compiled(a: Any, b: Any) -> Any:
    ranks, width_a, width_b = a.ndim + b.ndim, a.dtype.bitwidth // 8, b.dtype.bitwidth // 8

    def share(a: Any, b: Any) -> bool:
        if a.size == 0 or b.size == 0:
            return False
        # addresses of elements: a0 + Σ iₖ strideₖ and b0 + Σ jₖ strideₖ; normalised to strides ≥ 0
        steps, counts = np.empty(ranks, np.int64), np.empty(ranks, np.int64)
        gap = b.ctypes.data - a.ctypes.data
        low_a, high_a, low_b, high_b = 0, 0, 0, 0
        for k in range(a.ndim):
            steps[k], counts[k] = abs(a.strides[k]), a.shape[k] - 1
            reach = a.strides[k] * (a.shape[k] - 1)
            low_a, high_a = low_a + min(reach, 0), high_a + max(reach, 0)
        for k in range(b.ndim):
            steps[a.ndim + k], counts[a.ndim + k] = abs(b.strides[k]), b.shape[k] - 1
            reach = b.strides[k] * (b.shape[k] - 1)
            low_b, high_b = low_b + min(reach, 0), high_b + max(reach, 0)
        # element starts differ by d = (b address) − (a address); they overlap iff −width_b < d < width_a
        # d + high_a − gap − low_b = Σ steps·t with 0 ≤ t ≤ counts, replacing i by its complement for a
        base = gap + low_b - high_a
        if base >= width_a or gap + high_b - low_a <= -width_b:
            return False
        for d in range(-width_b + 1, width_a):
            if _reachable(d - base, steps, counts):
                return True
        return False
    return share


@register_jitable
def _reachable(target: int, steps: Any, counts: Any) -> bool:
    """Is target = Σ stepsₖ tₖ for some 0 ≤ tₖ ≤ countsₖ?  Depth first, largest step first; what is left must be
    within reach of the smaller steps and a multiple of their common divisor."""
    order = np.argsort(-steps)
    n = steps.size
    reach, divisor = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    for level in range(n - 1, -1, -1):
        k = order[level]
        reach[level] = reach[level + 1] + steps[k] * counts[k]
        u, v = divisor[level + 1], steps[k] if counts[k] > 0 else 0
        while v != 0:
            u, v = v, u % v
        divisor[level] = u
    left, tried, last = np.zeros(n + 1, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    left[0] = target
    level, entering = 0, True
    while level >= 0:
        if entering:
            rest = left[level]
            fits = 0 <= rest <= reach[level] and (rest == 0 or (divisor[level] != 0 and rest % divisor[level] == 0))
            if fits and rest == 0:
                return True
            if not fits or level == n:
                level, entering = level - 1, False
                continue
            k = order[level]
            step = steps[k]
            if step == 0 or counts[k] == 0:
                tried[level], last[level] = 0, 0
            else:
                tried[level] = max(0, -((reach[level + 1] - rest) // step))
                last[level] = min(counts[k], rest // step)
        else:
            tried[level] += 1
        if tried[level] > last[level]:
            level, entering = level - 1, False
            continue
        left[level + 1] = left[level] - tried[level] * steps[order[level]]
        level, entering = level + 1, True
    return False
