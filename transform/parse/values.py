"""What an expression is while a function is read: operands, in tuples where the text has tuples.

Tuples are structure, known while reading, and never values of the list; a namedtuple is a `structure.Record` of operands.
"""
from __future__ import annotations

from collections.abc import Iterator

from ..ir import Operand
from ..structure import leaves

Value = Operand | tuple["Value", ...]


def flatten(value: Value) -> Iterator[Operand]:
    yield from leaves(value)
