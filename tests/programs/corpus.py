"""The registry of the corpus: whole functions in Numba's style that every transform is tested on.

In: `@program(args=...)` above a function. Out: the function itself, unchanged, and an entry in `PROGRAMS`.
`args` takes a NumPy generator and returns positional arguments; `seed` picks a draw that lies away from kinks.
A docstring that starts with "After X:" names the public Numba kernel X that the function follows.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Function = Callable[..., Any]
MakeArgs = Callable[[np.random.Generator], tuple[Any, ...]]


def is_float(value: object) -> bool:
    """Whether an argument can be active: a float scalar, an array of floats, or a tuple that holds one of them."""
    if isinstance(value, tuple):
        return any(is_float(part) for part in value)
    if isinstance(value, np.ndarray):
        return value.dtype.kind == "f"
    return isinstance(value, float | np.floating)


def _holds_single(value: object) -> bool:
    if isinstance(value, tuple):
        return any(_holds_single(part) for part in value)
    return getattr(value, "dtype", None) == np.float32


@dataclass(frozen=True)
class Program:
    function: Function
    make_args: MakeArgs
    chosen_argnums: tuple[int, ...] | None
    outputs: str  # "scalar" or "array" (an array or a tuple of arrays and scalars: jvp and vjp only)
    needs_numba: bool  # NumPy computes something else: only compiled code is compared
    compiled: bool  # belongs to the subset that the quick tier compiles
    seed: int  # which draw of the arguments: one that lies away from kinks
    known_failure: str | None  # the pattern, known to go wrong elsewhere, that the program is a case of

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def module(self) -> str:
        return self.function.__module__.rpartition(".")[2]

    @property
    def origin(self) -> str | None:
        """The public kernel that this function follows, None where it is our own."""
        first = (self.function.__doc__ or "").partition(":")
        return first[0].removeprefix("After ") if first[1] and first[0].startswith("After ") else None

    @property
    def argnums(self) -> tuple[int, ...]:
        """The positions to differentiate: as registered, else every float argument."""
        if self.chosen_argnums is not None:
            return self.chosen_argnums
        return self.float_positions

    @property
    def float_positions(self) -> tuple[int, ...]:
        return tuple(i for i, value in enumerate(self.args()) if is_float(value))

    @property
    def single(self) -> bool:
        """Whether an active argument is float32, so that tolerances are those of single precision."""
        args = self.args()
        return any(_holds_single(args[i]) for i in self.argnums)

    def args(self) -> tuple[Any, ...]:
        """Fresh arguments; the same ones on every call, in any process."""
        return self.make_args(np.random.default_rng((zlib.crc32(self.name.encode()), self.seed)))


PROGRAMS: list[Program] = []


def program(
    args: MakeArgs,
    argnums: tuple[int, ...] | None = None,
    outputs: str = "scalar",
    needs_numba: bool = False,
    compiled: bool = False,
    seed: int = 0,
    known_failure: str | None = None,
) -> Callable[[Function], Function]:
    """Register the function below under its own name."""

    def register(function: Function) -> Function:
        if any(known.name == function.__name__ for known in PROGRAMS):
            raise ValueError(f"two programs are called {function.__name__}")
        PROGRAMS.append(Program(function, args, argnums, outputs, needs_numba, compiled, seed, known_failure))
        return function

    return register
