"""How often a loop runs, where its step is not a constant."""
from __future__ import annotations

import math
from typing import Any

from .extend import overload


def trips(start: int, stop: int, step: int) -> int:
    """The number of rounds of `for _ in range(start, stop, step)`."""
    return len(range(start, stop, step))


def steps(start: float, stop: float, step: float) -> int:
    """How many elements `np.arange(start, stop, step)` has."""
    if step == 0:
        raise ValueError("Maximum allowed size exceeded")
    return max(math.ceil((stop - start) / step), 0)


@overload(steps)
def _steps(start: Any, stop: Any, step: Any) -> Any:
    def implementation(start: Any, stop: Any, step: Any) -> int:
        if step == 0:
            raise ValueError("Maximum allowed size exceeded")
        count: int = math.ceil((stop - start) / step)
        return max(count, 0)
    return implementation


@overload(trips)
def _trips(start: Any, stop: Any, step: Any) -> Any:
    def implementation(start: Any, stop: Any, step: Any) -> int:
        if step == 0:
            raise ValueError("range() arg 3 must not be zero")
        distance = stop - start if step > 0 else start - stop
        return int(max(0, (distance + abs(step) - 1) // abs(step)))
    return implementation
