"""The Wengert list as a person expects it.

In: a Function.  Out: text, one elementary operation a line.  Values without a name are v1, v2, … in the order in which they
are first computed, beginning with the float parameters; arrays, integers and what the user assigned keep their names.
Beside each line stand its type and the line of the primal that it came from, with the text where that line begins.

    product(x, y)                             # demo.py:1
      v1 = x                    float64
      v2 = y                    float64
      v3 = v1 * v2              float64       # 2  return (x * y) * (x + y)
      v4 = v1 + v2              float64       # 2
      v5 = v3 * v4              float64       # 2
      return v5                               # 2

A copy that only gives the value above it a name is one line with it, as the user wrote it: ``flux = v7 * v6``.
(Wengert 1964; Griewank & Walther, section 2.2.)
"""
from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import assert_never

from . import spell
from .ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    For,
    Function,
    Grow,
    If,
    Index,
    ListOf,
    Load,
    Loc,
    Operand,
    Other,
    Pop,
    Push,
    Remark,
    Return,
    Scalar,
    Statement,
    Store,
    TupleOf,
    Type,
    Var,
    View,
    While,
    is_array,
    is_float,
)
from .names import is_temporary
from .printing import source_of
from .walk import binds, map_bind, map_reads, reads, walk

_INDENT = "  "
_WIDEST = 48                            # a longer line pushes its own type to the right, not everyone's


@dataclass(frozen=True)
class WengertList:
    """The list of one function for certain argument types: printable; iteration and `len` go over its statements, outer
    ones before what they nest."""

    function: Function

    @cached_property
    def _statements(self) -> tuple[Statement, ...]:
        return tuple(walk(self.function.body))

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._statements)

    def __len__(self) -> int:
        return len(self._statements)

    def __str__(self) -> str:
        return show(self.function)


def show(function: Function) -> str:
    """The whole list as text, without a newline at the end."""
    lister = _Lister(function)
    lister.inputs()
    lister.block(_named_at_once(function.body), 1)
    return _layout(lister.lines)


def show_statement(statement: Statement) -> str:
    """The first line of one statement, with the names that it has inside."""
    return _text(statement, lambda var: var.name)


def show_type(type_: Type | None) -> str:
    """A type in Numba's notation: float64, float64[:, ::1], (int64, float64)."""
    match type_:
        case Scalar(dtype):
            return dtype
        case Array(dtype, 0, _):
            return f"{dtype}[()]"
        case Array(dtype, ndim, layout):
            axes = [":"] * ndim
            if layout in "CF":
                axes[-1 if layout == "C" else 0] = "::1"
            return f"{dtype}[{', '.join(axes)}]"
        case TupleOf(items):
            return f"({', '.join(map(show_type, items))}{',' if len(items) == 1 else ''})"
        case ListOf(item):
            return f"list({show_type(item)})"
        case Other(text):
            return text
        case None:
            return ""
        case _:
            assert_never(type_)


# ---- lines --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    type: str
    loc: Loc | None


class _Lister:
    """Numbers values as they come and collects the lines."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.numbers: dict[str, str] = {}
        self.lines: list[_Line] = []

    def name(self, var: Var) -> str:
        return self.numbers.get(var.name, var.name)

    def number(self, var: Var) -> None:
        self.numbers.setdefault(var.name, f"v{len(self.numbers) + 1}")

    def inputs(self) -> None:
        """The head, and a line for every number that comes in."""
        function = self.function
        place = "" if function.loc is None else f"{Path(function.loc.file).name}:{function.loc.line}"
        self.lines.append(_Line(f"{function.name}({', '.join(p.name for p in function.params)})", "", None))
        self.lines[0] = replace(self.lines[0], text=f"{self.lines[0].text}  # {place}" if place else self.lines[0].text)
        rebound = {var.name for s in walk(function.body) if (var := binds(s)) is not None}
        for param in function.params:
            type_ = function.types.get(param.name)
            if is_float(type_) and not is_array(type_) and param.name not in rebound:
                self.number(param)
                self.line(f"{self.name(param)} = {param.name}", type_, None, 1)

    def line(self, text: str, type_: Type | None, loc: Loc | None, depth: int, note: str = "") -> None:
        self.lines.append(_Line(_INDENT * depth + text, show_type(type_) + note, loc))

    def block(self, block: Block, depth: int) -> None:
        for s in block:
            self.statement(s, depth)
        if not block:
            self.line("pass", None, None, depth)

    def statement(self, s: Statement, depth: int) -> None:
        target = binds(s)
        text = _text(s, self.name) if target is None else ""
        if target is not None:
            known = _text(s, self.name, target="{}")
            if is_temporary(target.name):
                self.number(target)
            text = known.replace("{}", self.name(target), 1)
        type_ = None if target is None else self.function.types.get(target.name)
        self.line(text, type_, s.loc, depth, " view" if isinstance(s, View) else "")
        match s:
            case For(body=body):
                self.block(body, depth + 1)
            case While(header, test, body):
                self.block(header, depth + 1)
                self.line(f"if not {source_of(_spell(test, self.name))}: break", None, s.loc, depth + 1)
                self.block(body, depth + 1)
            case If(_, then, orelse):
                self.block(then, depth + 1)
                if orelse:
                    self.line("else:", None, None, depth)
                    self.block(orelse, depth + 1)
            case _:
                pass


def _layout(lines: list[_Line]) -> str:
    """Columns: statement, type, line of the primal."""
    head, *rest = lines
    first = min(_WIDEST, max((len(line.text) for line in rest), default=0)) + 2
    second = max((len(line.type) for line in rest), default=0) + 2
    out, previous = [head.text], 0
    for line in rest:
        loc = line.loc
        text = f"{line.text:<{first}}{line.type:<{second}}"
        if loc is not None:
            text += f"# {loc.line}" if loc.line == previous else f"# {loc.line}  {loc.text.strip()}"
            previous = loc.line
        out.append(text.rstrip())
    return "\n".join(out)


def _named_at_once(block: Block) -> Block:
    """Copies that only name the value computed just before, or only hand it to the return, made one with it."""
    uses = Counter(var.name for s in walk(block) for var in reads(s))

    def merged(statements: Block) -> Block:
        out: list[Statement] = []
        for s in statements:
            match s:
                case For(body=body):
                    s = replace(s, body=merged(body))
                case While(header, _, body):
                    s = replace(s, header=merged(header), body=merged(body))
                case If(_, then, orelse):
                    s = replace(s, then=merged(then), orelse=merged(orelse))
                case Assign(target, "=", (Var(name),)) | View(target, Var(name), "=") if out and _only(out[-1], name, uses):
                    new = target
                    out[-1] = map_bind(out[-1], lambda _, new=new: new)
                    continue
                case Return():
                    s = _with_values(s, out)
                case _:
                    pass
            out.append(s)
        return tuple(out)

    return merged(block)
