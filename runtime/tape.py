"""Storage for values whose number is not known on entry: records, and lists."""
from __future__ import annotations

from typing import Any

import numpy as np

from .extend import overload


def grow(tape: Any) -> Any:
    """A tape twice as long along its first axis, with the same contents and then zeros."""
    longer = np.zeros((2 * max(tape.shape[0], 1), *tape.shape[1:]), tape.dtype)
    longer[: tape.shape[0]] = tape
    return longer


def shrink(longer: Any, like: Any) -> Any:
    """The first part of an array, as long as another one: what is undone by `stretch`."""
    return longer[: like.shape[0]].copy()


def stretch(shorter: Any, like: Any) -> Any:
    """An array with zeros behind it, as long as another one."""
    longer = np.zeros(like.shape, shorter.dtype)
    longer[: shorter.shape[0]] = shorter
    return longer


@overload(shrink)
def _shrink(longer: Any, like: Any) -> Any:
    return lambda longer, like: longer[: like.shape[0]].copy()


@overload(stretch)
def _stretch(shorter: Any, like: Any) -> Any:
    def implementation(shorter: Any, like: Any) -> Any:
        longer = np.zeros(like.shape, shorter.dtype)
        for k in range(shorter.shape[0]):
            longer[k] = shorter[k]
        return longer
    return implementation


@overload(grow)
def _grow(tape: Any) -> Any:
    def implementation(tape: Any) -> Any:
        longer = np.zeros((2 * max(tape.shape[0], 1),) + tape.shape[1:], tape.dtype)  # noqa: RUF005 (Numba)
        old, new = tape.reshape(tape.size), longer.reshape(longer.size)
        for k in range(old.size):                   # a store to a slice takes a second to compile
            new[k] = old[k]
        return longer
    return implementation
