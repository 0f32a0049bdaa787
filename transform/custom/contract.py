"""Derivatives that the user gives to a routine: what a rule is asked for, and what it answers with.

A rule is made of functions of the user's, here as routines: typed lists over flat parameters that write to nothing they are given
and return memory of their own.  Numbers in these records are places among parameters, arguments and results.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from ..ir import Function


@dataclass(frozen=True, slots=True)
class Residual:
    """Where `bwd` gets one of its residuals from: a result of `fwd`, or an argument."""

    kind: Literal["result", "argument"]
    place: int


@dataclass(frozen=True, slots=True)
class Pair:
    """The rule of `custom_vjp`.  `forward` takes the arguments and returns the `count` results of the routine, then residuals;
    `backward` takes a value for each of `residuals`, then the adjoint of each of the results `moving`, which are floats.
    `given`: for each argument which result of `backward` is its adjoint, None where it has none."""

    forward: Function
    backward: Function
    count: int
    residuals: tuple[Residual, ...]
    moving: tuple[int, ...]
    given: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Along:
    """The rule of `custom_jvp`.  `rule` takes the arguments, then the tangent of each of the arguments `moving`, which are floats,
    and returns the routine's results, then tangents.  `dots`: for each of the results which result of `rule` is its tangent,
    None where it has none."""

    rule: Function
    moving: tuple[int, ...]
    dots: tuple[int | None, ...]


class OwnRule(Protocol):
    """The rule of a routine."""

    @property
    def kind(self) -> Literal["vjp", "jvp"]:
        """Which of the two it is."""

    def same(self, other: OwnRule) -> bool:
        """Is it the same rule of the same function?"""

    def pair(self, routine: Function) -> Pair:
        """That of `custom_vjp`, read and typed for the routine's arguments.  Raises UnsupportedError."""

    def along(self, routine: Function) -> Along:
        """That of `custom_jvp`, likewise."""

    def not_linear(self, routine: Function) -> Exception:
        """The error for the mode that needs a transpose, of a rule that has none."""
