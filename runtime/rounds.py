"""How often a loop runs, where its step is not a constant."""
from __future__ import annotations

from typing import Any

from .extend import overload


def trips(start: int, stop: int, step: int) -> int:
    """The number of rounds of `for _ in range(start, stop, step)`."""
    return len(range(start, stop, step))


@overload(trips)
def _trips(start: Any, stop: Any, step: Any) -> Any:
    def implementation(start: Any, stop: Any, step: Any) -> int:
        if step == 0:
            raise ValueError("range() arg 3 must not be zero")
        distance = stop - start if step > 0 else start - stop
        return int(max(0, (distance + abs(step) - 1) // abs(step)))
    return implementation
