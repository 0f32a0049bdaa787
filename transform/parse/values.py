"""What an expression is while a function is read: operands, functions, and tuples of them where the text has tuples.

Tuples and functions are structure, known while reading, and never values of the list; a namedtuple is a `structure.Record`.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..ir import Operand
from ..source import Source
from ..structure import leaves

if TYPE_CHECKING:
    from .frames import Frame


@dataclass(frozen=True, eq=False, slots=True)
class Closure:
    """A nested function or a lambda: its text, the activation that made it, and its defaults as they were then."""

    source: Source
    frame: Frame
    defaults: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Known:
    """A function that is there before the call: the user's own, a primitive, a builtin."""

    function: object


@dataclass(frozen=True, slots=True)
class Unknown:
    """A function, but which one depends on the path; `reason` says why."""

    reason: str


FunctionValue = Closure | Known | Unknown
Value = Operand | FunctionValue | tuple["Value", ...]


def functions(value: Value) -> tuple[FunctionValue, ...]:
    """The functions in a value."""
    return tuple(leaf for leaf in leaves(value) if isinstance(leaf, FunctionValue))
