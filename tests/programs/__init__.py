"""The corpus: whole functions in Numba's style, registered in `PROGRAMS` by theme."""

from tests.programs import (
    dynamics,
    finance,
    learning,
    linear_algebra,
    loops,
    memory,
    signals,
    statistics,
    stencils,
)
from tests.programs.corpus import PROGRAMS, Program

__all__ = [
    "PROGRAMS",
    "Program",
    "dynamics",
    "finance",
    "learning",
    "linear_algebra",
    "loops",
    "memory",
    "signals",
    "statistics",
    "stencils",
]
