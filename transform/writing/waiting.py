"""Expressions that wait to be written where they are read.

A temporary that is read once, in its own block, moves into the expression that reads it, unless something in between
changes what it reads; loads and shapes may be written several times.  Everything waits in `pending` until it is read, or until a
statement comes that would change it; then it becomes a line of its own.
"""
from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .. import op_text
from ..analyses.aliases import Aliases, aliases_of
from ..analyses.contents import contents
from ..analyses.effects import is_effect
from ..analyses.kernels import apart
from ..expression_text import source_of
from ..ir import (
    Accumulate,
    Array,
    Assign,
    Const,
    Function,
    Grow,
    Index,
    Load,
    Loc,
    Operand,
    Statement,
    Store,
    Var,
    View,
)
from ..names import is_temporary
from ..switches import on
from ..walk import all_binds, binds, reads, walk, written

_REPEATED = {".shape", ".size", "item", "len", ".T"}


HIGHEST = 20
"""What stands in one line is no higher tree than this: higher ones cannot be read, and Python's parser ends at 100 to 200."""


def height(expression: ast.AST) -> int:
    return 1 + max(map(height, ast.iter_child_nodes(expression)), default=0)


@dataclass(frozen=True, slots=True)
class Line:
    depth: int
    text: str
    loc: Loc | None


@dataclass
class Pending:
    """An expression that has not been written yet: the names it reads and the arrays whose contents it reads."""

    expression: ast.expr
    names: frozenset[str]
    arrays: frozenset[str]
    loc: Loc | None
    again: bool                         # may be written more than once


class Waiting:
    """What has been written, what waits, and how a name is read; `nest` goes through the statements."""

    def __init__(self, function: Function, names: Mapping[str, str], routines: Mapping[str, str]) -> None:
        self.whole, self.names, self.routines = function, names, routines
        self.memory: Aliases = aliases_of(function)
        everything = list(walk(function.body))
        self.uses = Counter(var.name for s in everything for var in reads(s))
        self.left = Counter(self.uses)
        self.definitions = Counter(var.name for s in everything for var in binds(s))
        self.written = {array.name for s in everything for array in written(s)}
        points = [name for name, type_ in function.types.items() if isinstance(type_, Array) and not type_.ndim]
        self.without_axes = {names[name] for name in points if name in names}
        self.apart = apart(function)
        self.filled = {s.array.name for s in everything if isinstance(s, Store | Accumulate) and not s.index}
        self.lines: list[Line] = []
        self.spelled: set[str] = set()
        self.pending: dict[str, Pending] = {}
        self.branching: set[int] = set()                # choices that were seen not to fit into an expression
        self.depth = 0

    # ---- reading ------------------------------------------------------------------------------------------

    def name(self, name: str) -> str:
        self.spelled.add(name)
        return self.names[name]

    def read(self, operand: Operand) -> ast.expr:
        if isinstance(operand, Const):
            return op_text.constant(operand)
        self.left[operand.name] -= 1
        waiting = self.pending.get(operand.name)
        if waiting is None:
            return op_text.load(self.name(operand.name))
        if not waiting.again or not self.left[operand.name]:
            del self.pending[operand.name]
        return op_text.copied(waiting.expression) if waiting.again else waiting.expression

    def index(self, index: tuple[Index, ...]) -> tuple[ast.expr, ...]:
        return tuple(op_text.index_item(item, self.read) for item in index)

    def place(self, array: Var, index: tuple[Index, ...]) -> ast.Subscript:
        type_ = self.whole.types.get(array.name)
        waited = array.name in self.pending
        target = self.read(array)
        if waited and not index and isinstance(target, ast.Subscript):
            return target
        if not index and isinstance(type_, Array) and type_.ndim == 0:
            return ast.Subscript(target, ast.Tuple([], ast.Load()), ast.Load())
        return op_text.subscript(target, self.index(index))

    def dependencies(self, s: Statement) -> tuple[frozenset[str], frozenset[str]]:
        """Names and array contents that the statement reads, through what waits."""
        found: set[str] = set()
        arrays: set[str] = set()
        for var in reads(s):
            waiting = self.pending.get(var.name)
            if waiting is None:
                found.add(var.name)
            else:
                found |= waiting.names
                arrays |= waiting.arrays
        arrays |= {var.name for var in contents(s) if self.memory.of(var.name) or self.is_array(var.name)}
        return frozenset(found), frozenset(arrays)

    def is_array(self, name: str) -> bool:
        return isinstance(self.whole.types.get(name), Array)

    def line(self, text: str, loc: Loc | None) -> None:
        if text:
            self.lines.append(Line(self.depth, text, loc))

    def flush(self, which: Callable[[str, Pending], bool]) -> None:
        """Write out what waits and must not wait longer."""
        for name in [n for n, p in self.pending.items() if which(n, p)]:
            waiting = self.pending.pop(name)
            if self.left[name]:
                text, value = self.name(name), waiting.expression
                if not (isinstance(value, ast.Name) and value.id == text):
                    self.line(f"{text} = {source_of(value)}", waiting.loc)

    def before_change(self, s: Statement) -> None:
        """Write out what the statement is about to change under its feet."""
        if not self.pending:
            return
        bound = all_binds((s,))
        spelled = {self.names[name] for name in bound}
        grown = {tape.name for inner in walk((s,)) if isinstance(inner, Grow) for tape in inner.tapes}
        stored = {root for inner in walk((s,)) for a in written(inner) for root in self.memory.of(a.name) | {a.name}}

        def changed(name: str, waiting: Pending) -> bool:
            if any(n in grown or self.names.get(n) in spelled for n in waiting.names):
                return True
            return any((self.memory.of(a) | {a}) & stored for a in waiting.arrays)

        self.flush(changed)

    # ---- waiting ------------------------------------------------------------------------------------------

    def waits(self, s: Statement, target: Var) -> bool:
        """May the value move to where it is read?"""
        name = target.name
        if not is_temporary(name) or self.definitions[name] != 1 or (isinstance(s, Assign) and s.op == "list") or is_effect(s):
            return False
        if not on("nesting") or (self.uses[name] > 1 and not on("repeats")):
            return False
        if isinstance(s, View) and s.kind == "index" and self.uses[name] == 1 and name in self.written:
            return name in self.filled
        if name in self.apart:
            return False
        if isinstance(s, View) or (isinstance(s, Assign) and self.is_array(name)):
            return self.uses[name] <= 1 and name not in self.written
        return self.uses[name] <= 1 or isinstance(s, Load) or (isinstance(s, Assign) and self.short(s))

    def short(self, s: Assign) -> bool:
        if s.op in _REPEATED:
            return True
        integer = getattr(self.whole.types.get(s.target.name), "dtype", "").startswith("int")
        return integer and s.op in ("+", "-")

    def repeatable(self, s: Statement, expression: ast.expr) -> bool:
        """Is it short and cheap enough to be written wherever it is read?"""
        if isinstance(s, Load):
            return op_text.plain(expression)
        if not isinstance(s, Assign):
            return False
        return self.short(s) and (s.op in _REPEATED or op_text.plain(expression))
