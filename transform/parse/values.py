"""What an expression is while a function is read: operands, functions, and tuples of them where the text has tuples.

Tuples and functions are structure, known while reading, and never values of the list; a namedtuple is a `structure.Record`.
"""
from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...runtime.trees import node_of
from ..ir import Const, Operand
from ..reading.source import Source
from ..structure import Record, leaves

if TYPE_CHECKING:
    from .frames import Frame


@dataclass(frozen=True, eq=False, slots=True)
class Closure:
    """A nested function or a lambda: its text, the activation that made it, and its defaults as they were then, with a Constant
    in the place of what is captured."""

    source: Source
    frame: Frame
    defaults: Mapping[str, Any]


@dataclass(frozen=True, eq=False, slots=True)
class Constant:
    """A global or a constant of an outer function, which every list captures for itself."""

    name: str
    value: object


@dataclass(frozen=True, slots=True)
class Derived:
    """What transforms make of a nested function: `steps` are the transforms from the inside out, each with its options."""

    closure: Closure
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """`transform(function, *args, **words)`"""

    transform: Callable[..., Any]
    args: tuple[object, ...]
    words: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A function that is there before the call: the user's own, a primitive, a builtin."""

    function: object


@dataclass(frozen=True, slots=True)
class Unknown:
    """A function, but which one depends on the path; `reason` says why."""

    reason: str


FunctionValue = Closure | Derived | Known | Unknown
Value = Operand | FunctionValue | tuple["Value", ...]
Form = Hashable


def functions(value: Value) -> tuple[FunctionValue, ...]:
    """The functions in a value."""
    return tuple(leaf for leaf in leaves(value) if isinstance(leaf, FunctionValue))


def is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None and value.label is None


def is_static(value: Value) -> bool:
    """Is it a truth that is known before the function runs?"""
    return isinstance(value, Const) and isinstance(value.value, bool) and value.label is None


def form(value: Value) -> Form:
    """Equal for two values that the same variables can hold, one after the other."""
    if isinstance(value, tuple):
        return (value.kind if isinstance(value, Record) else tuple, *map(form, value))
    return value if isinstance(value, FunctionValue) else is_none(value)


def described(value: Value) -> str:
    """The form in words."""
    match value:
        case Record() if (node := node_of(value.kind)) is not None:
            return str(node)
        case Record():
            return f"a {value.kind.__name__}"
        case tuple():
            return f"a tuple of {len(value)}"
        case Closure() | Derived() | Known() | Unknown():
            return "a function"
        case _:
            return "None" if is_none(value) else "a number or an array"
