"""Where the whole numbers come from that a program is drawn from: a seed, or hypothesis, which can make them smaller.

Smaller numbers are simpler choices, so that a failing program shrinks.  All that was chosen is kept in `made`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    def __init__(self, below: Callable[[int], int]) -> None:
        self._below = below
        self.made: list[int] = []

    @classmethod
    def seeded(cls, seed: str) -> Choices:
        return cls(random.Random(seed).randrange)

    def below(self, count: int) -> int:
        """One of 0 … count - 1."""
        number = self._below(count) if count > 1 else 0
        if count > 1:
            self.made.append(number)
        return number

    def pick(self, *options: T) -> T:
        return options[self.below(len(options))]

    def of(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def chance(self, percent: int) -> bool:
        return self.below(100) >= 100 - percent

    def weighted(self, weights: Sequence[int]) -> int:
        """A position, as often as its weight says."""
        number = self.below(sum(weights))
        for position, weight in enumerate(weights):
            if number < weight:
                return position
            number -= weight
        raise AssertionError(weights)
