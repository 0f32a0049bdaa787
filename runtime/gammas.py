"""The derivatives of log Γ: digamma ψ and polygamma ψ⁽ⁿ⁾ of real arguments (Abramowitz & Stegun 6.3 and 6.4).

To the right of `_FAR` by the asymptotic series (6.3.18, 6.4.11), to its left by the recurrence (6.3.5, 6.4.6), below
zero by reflection (6.3.7, 6.4.7), and near the positive root of ψ by its Taylor series, so that the relative error
stays near 1e-15 for x > 0.  At the poles 0, −1, −2, … both are NaN.
"""
from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba.core import types

from .extend import cached, compiled, overload

_FAR = 12.0
# B₂ₖ for k = 1, 2, …
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330)
# the positive root of ψ in two parts, and ψ⁽ᵏ⁾(root) / k! for k = 1, 2, …
_ROOT, _ROOT_REST = 1.4616321449683622, 9.549995429965697e-17
_AT_ROOT = (
    0.9676722454476212, -0.4427631689835921, 0.258499760955651, -0.16394270544240652,
    0.10782405069126237, -0.07219956125645471, 0.04880428816414311, -0.03316112647484736,
    0.022597648232218104, -0.01542476590494896, 0.010538791616612175, -0.007204534386356869,
    0.004926781395729853, -0.003369801655439328, 0.002305126326734928, -0.0015769367714301972,
    0.0010788252019162967, -0.0007380709389960052, 0.000504953265834602, -0.0003454680251063077,
    0.00023635601564027053, -0.00016170622091974803,
)


@cached
def _digamma(x: float) -> float:
    if x <= 0.0:
        if x == math.floor(x):
            return math.nan
        return _digamma_positive(1.0 - x) - math.pi / math.tan(math.pi * (x - math.floor(x + 0.5)))
    return _digamma_positive(x)


@compiled
def _digamma_positive(x: float) -> float:
    away = (x - _ROOT) - _ROOT_REST
    if abs(away) < 0.2:
        series = 0.0
        for k in range(len(_AT_ROOT) - 1, -1, -1):
            series = (series + _AT_ROOT[k]) * away
        return series
    steps = 0.0
    while x < _FAR:
        steps += 1.0 / x
        x += 1.0
    inverse, tail, power = 1.0 / (x * x), 0.0, 1.0
    for k in range(len(_BERNOULLI)):
        power *= inverse
        tail += _BERNOULLI[k] / (2 * k + 2) * power
    return math.log(x) - 0.5 / x - tail - steps


@cached
def _polygamma(n: int, x: float) -> float:
    if n == 0:
        return _digamma(x)
    if x > 0.0:
        return _polygamma_positive(n, x)
    if x == math.floor(x):
        return math.nan
    # (−1)ⁿ ψ⁽ⁿ⁾(1 − x) − ψ⁽ⁿ⁾(x) = π dⁿ cot(πx)/dxⁿ, a polynomial in cot, of which cot' = −π (1 + cot²)
    cot = 1.0 / math.tan(math.pi * (x - math.floor(x + 0.5)))
    terms = np.zeros(n + 2)
    terms[1] = 1.0
    for order in range(n):
        slopes = np.zeros(n + 2)
        for k in range(1, order + 2):
            slopes[k - 1] -= math.pi * k * terms[k]
            slopes[k + 1] -= math.pi * k * terms[k]
        terms = slopes
    value = 0.0
    for k in range(n + 1, -1, -1):
        value = value * cot + terms[k]
    mirrored = _polygamma_positive(n, 1.0 - x)
    return (mirrored if n % 2 == 0 else -mirrored) - math.pi * value


@compiled
def _polygamma_positive(n: int, x: float) -> float:
    """(−1)ⁿ⁺¹ n! ζ(n + 1, x) by Euler and Maclaurin: for x > 0 every large term has one sign."""
    far, steps, x0 = _FAR + n, 0.0, x
    while x < far:
        steps += (x0 / x) ** (n + 1)
        x += 1.0
    ratio, factor = (x0 / x) ** n, float(n + 1)
    tail = x0 * ratio / n + 0.5 * ratio * (x0 / x)
    term = 0.5 * factor * ratio * (x0 / x) / x
    for k in range(len(_BERNOULLI)):
        tail += _BERNOULLI[k] * term
        j = 2 * k + 2
        term *= (n + j) * (n + j + 1) / ((j + 1) * (j + 2) * x * x)
    size = math.gamma(n + 1.0) * (steps + tail) / x0 / x0**n
    return size if n % 2 == 1 else -size


def digamma(x: Any) -> Any:
    """ψ(x) = d log Γ(x) / dx of a number."""
    return np.result_type(x).type(_digamma(float(x)))


def polygamma(n: int, x: Any) -> Any:
    """ψ⁽ⁿ⁾(x), the n-th derivative of ψ, of a number."""
    return np.result_type(x).type(_polygamma(int(n), float(x)))


@overload(digamma)
def _digamma_compiled(x: Any) -> Any:
    number = x if isinstance(x, types.Float) else types.float64
    return lambda x: number(_digamma(np.float64(x)))


@overload(polygamma)
def _polygamma_compiled(n: Any, x: Any) -> Any:
    number = x if isinstance(x, types.Float) else types.float64
    return lambda n, x: number(_polygamma(int(n), np.float64(x)))
