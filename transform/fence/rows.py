"""Rows of the tables, and where an error points."""
from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from ..errors import UnsupportedError
from ..reading.source import MISSING, Source
from ..refusals import ROWS, UNKNOWN


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row: how it is written, and the check of what it contains."""

    syntax: str
    check: Callable[..., None]


def static(source: Source, node: ast.expr) -> Any:
    """What a name, or a dotted name through modules, is bound to; MISSING for anything else."""
    match node:
        case ast.Name(name):
            return MISSING if name in source.locals else source.resolve(name)
        case ast.Attribute(value, attribute):
            module = static(source, value)
            return getattr(module, attribute, MISSING) if isinstance(module, ModuleType) else MISSING
        case _:
            return MISSING


def is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def refused(source: Source, node: ast.AST, word: bool = False) -> UnsupportedError:
    """The error for a kind of node that is accepted nowhere."""
    kind = type(node).__name__
    row = ROWS.get(kind, UNKNOWN)
    return row.error(source.loc(node, word), name=kind)


def error(source: Source, key: str, node: ast.AST, word: bool = False, **texts: str) -> UnsupportedError:
    return ROWS[key].error(source.loc(node, word), **texts)
