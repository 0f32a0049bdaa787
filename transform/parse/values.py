"""What an expression is while a function is read: operands, in tuples where the text has tuples.

Tuples are structure, known while reading, and never values of the list.
"""
from __future__ import annotations

from collections.abc import Iterator

from ..ir import Operand

Value = Operand | tuple["Value", ...]


def flatten(value: Value) -> Iterator[Operand]:
    if isinstance(value, tuple):
        for item in value:
            yield from flatten(item)
    else:
        yield value
