"""Storage for recorded values whose number is not known on entry."""
from __future__ import annotations

from typing import Any

import numpy as np

from .extend import overload


def grow(tape: Any) -> Any:
    """A tape twice as long along its first axis, with the same contents and then zeros."""
    longer = np.zeros((2 * max(tape.shape[0], 1), *tape.shape[1:]), tape.dtype)
    longer[: tape.shape[0]] = tape
    return longer


@overload(grow)
def _grow(tape: Any) -> Any:
    def implementation(tape: Any) -> Any:
        longer = np.zeros((2 * max(tape.shape[0], 1),) + tape.shape[1:], tape.dtype)  # noqa: RUF005 (Numba)
        flat = longer.reshape(longer.size)
        for k, value in enumerate(tape.flat):       # a store to a slice takes a second to compile
            flat[k] = value
        return longer
    return implementation
