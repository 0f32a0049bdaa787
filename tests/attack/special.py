"""Error and gamma functions in any kind of number, of arguments near the real axis (Abramowitz & Stegun 6.1.40, 6.4.11, 7.1.5)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["digamma", "erf", "erfc", "gamma", "lgamma", "polygamma"]
_FAR = 20                               # so far to the right the asymptotic series are exact to the last bit
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


def erf(x: Any) -> Any:
    """By its series: for arguments of moderate size."""
    total, term, n = x, x, 0
    while abs(term) > 1e-22:
        n += 1
        term = -term * x * x / n
        total = total + term / (2 * n + 1)
    return total * (2 / math.sqrt(math.pi))


def erfc(x: Any) -> Any:
    return 1 - erf(x)


def gamma(x: Any) -> Any:
    return np.exp(lgamma(x))


def lgamma(x: Any) -> Any:
    """For arguments of positive real part, as the two below."""
    far = x + _FAR
    tail = sum(b / ((2 * k + 2) * (2 * k + 1) * far ** (2 * k + 1)) for k, b in enumerate(_BERNOULLI))
    stirling = (far - 0.5) * np.log(far) - far + math.log(2 * math.pi) / 2 + tail
    return stirling - sum(np.log(x + k) for k in range(_FAR))


def digamma(x: Any) -> Any:
    far = x + _FAR
    tail = sum(b / ((2 * k + 2) * far ** (2 * k + 2)) for k, b in enumerate(_BERNOULLI))
    return np.log(far) - 1 / (2 * far) - tail - sum(1 / (x + k) for k in range(_FAR))


def polygamma(n: int, x: Any) -> Any:
    """For n ≥ 1."""
    far, size = x + _FAR, math.factorial(n)
    tail = sum(b * math.factorial(2 * k + n + 1) / math.factorial(2 * k + 2) / far ** (2 * k + 2 + n)
               for k, b in enumerate(_BERNOULLI))  # fmt: skip
    steps = size * sum(1 / (x + k) ** (n + 1) for k in range(_FAR))
    return (-1) ** (n + 1) * (size / n / far**n + size / (2 * far ** (n + 1)) + tail + steps)
