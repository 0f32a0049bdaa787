"""The Wengert list as a person expects it.

In: a Function.  Out: text, one elementary operation a line.  Values without a name are v1, v2, … in the order in
which they are first computed, beginning with the float parameters; arrays, integers and what the user assigned keep
their names.
Beside each line stand its type and the line of the primal that it came from, with the text where that line begins.

    product(x: float64, y: float64)           # 1  def product(x, y):
      v1 = x                         float64
      v2 = y                         float64
      v3 = v1 * v2                   float64  # 2  return (x * y) * (x + y)
      v4 = v1 + v2                   float64  # 2
      v5 = v3 * v4                   float64  # 2
      return v5                               # 2

(Wengert 1964; Griewank & Walther, section 2.2.)
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from .ir import (
    Block,
    For,
    Function,
    If,
    Loc,
    Return,
    Statement,
    Type,
    Var,
    View,
    While,
    is_array,
    is_float,
)
from .names import is_temporary
from .statement_text import operand_text, statement_text, type_text
from .structure import Record, Structure, keys, labels_of
from .walk import all_binds, binds, walk

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
    """The whole list as text, without a newline at the end; behind it those of routines that it calls."""
    others = [routine for routine in function.routines.values() if replace(routine, name=function.name) != function]
    return "\n\n".join(_listed(one) for one in (function, *others))


def _listed(function: Function) -> str:
    lister = _Lister(function)
    lister.inputs()
    lister.block(function.body, 1)
    return _layout(lister.lines)


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
        self.result = _result(function.body)
        self.numbers: dict[str, str] = {}
        self.lines: list[_Line] = []

    def name(self, var: Var) -> str:
        return self.numbers.get(var.name, var.name)

    def number(self, var: Var) -> None:
        self.numbers.setdefault(var.name, f"v{len(self.numbers) + 1}")

    def inputs(self) -> None:
        """The head, and a line for every number that comes in."""
        function = self.function
        inputs = function.inputs or {param.name: place for place, param in enumerate(function.params)}
        params = ", ".join(f"{name}: {self.type_of(structure)}".rstrip(": ") for name, structure in inputs.items())
        self.line(f"{function.name}({params})", None, function.loc, 0)
        rebound = {var.name for s in walk(function.body) for var in binds(s)}
        labels = labels_of(inputs)
        for place, param in enumerate(function.params):
            type_, label = function.types.get(param.name), labels.get(place, param.name)
            if is_float(type_) and not is_array(type_) and param.name not in rebound:
                self.number(param)
                self.line(f"{self.name(param)} = {label}", type_, None, 1)
            elif label != param.name:
                self.line(f"{param.name} = {label}", type_, None, 1)

    def type_of(self, structure: Structure) -> str:
        """The type of an argument, in the form in which it is given."""
        match structure:
            case Record():
                inside = zip(keys(structure), structure, strict=True)
                return f"{structure.kind.__name__}({', '.join(f'{key}: {self.type_of(item)}' for key, item in inside)})"
            case tuple():
                return f"({', '.join(map(self.type_of, structure))}{',' if len(structure) == 1 else ''})"
            case None:
                return "None"
            case place:
                return type_text(self.function.types.get(self.function.params[place].name))

    def result_of(self, structure: Structure, values: Sequence[str]) -> str:
        """What is returned, in the form in which the caller gets it."""
        if not isinstance(structure, tuple):
            return "None" if structure is None else values[structure]
        kind = structure.kind.__name__ if isinstance(structure, Record) else ""
        inside = ", ".join(self.result_of(item, values) for item in structure)
        return f"{kind}({inside}{',' if len(structure) == 1 and not kind else ''})"

    def line(self, text: str, type_: Type | None, loc: Loc | None, depth: int, note: str = "") -> None:
        self.lines.append(_Line(_INDENT * depth + text, type_text(type_) + note, loc))

    def block(self, block: Block, depth: int) -> None:
        for s in block:
            self.statement(s, depth)
        if not block:
            self.line("pass", None, None, depth)

    def statement(self, s: Statement, depth: int) -> None:
        targets = binds(s)
        for target in targets:
            if is_temporary(target.name) or target.name == self.result:
                self.number(target)
        type_ = self.function.types.get(targets[0].name) if len(targets) == 1 else None
        text = statement_text(s, self.name)
        output = self.function.output
        if isinstance(s, Return) and isinstance(output, tuple) and (isinstance(output, Record) or any(map(_nested, output))):
            text = f"return {self.result_of(output, [operand_text(value, self.name) for value in s.values])}"
        self.line(text, type_, s.loc, depth, " view" if isinstance(s, View) else "")
        match s:
            case For(body=body):
                self.block(body, depth + 1)
            case While(header, test, body):
                self.block(header, depth + 1)
                self.line(f"if not {statement_text(If(test, (), ()), self.name)[3:]} break", None, s.loc, depth + 1)
                self.block(body, depth + 1)
            case If(_, then, orelse):
                self.block(then, depth + 1)
                if orelse:
                    self.line("else:", None, None, depth)
                    self.block(orelse, depth + 1)
            case _:
                pass


def _nested(structure: Structure) -> bool:
    return isinstance(structure, tuple)


def _layout(lines: list[_Line]) -> str:
    """Columns: statement, type, line of the primal."""
    first = max((len(line.text) for line in lines if len(line.text) <= _WIDEST), default=0) + 2
    second = max(len(line.type) for line in lines) + 2
    home = lines[0].loc.file if lines[0].loc is not None else None
    out: list[str] = []
    previous = ("", 0)
    for line in lines:
        loc = None if line.loc is None or line.loc.quiet else line.loc
        text = f"{line.text:<{first}}{line.type:<{second}}"
        if loc is not None:
            place = f"{loc.line}" if loc.file == home else f"{Path(loc.file).name}:{loc.line}"
            text += f"# {place}" if (loc.file, loc.line) == previous else f"# {place}  {loc.text.strip()}"
            previous = (loc.file, loc.line)
        out.append(text.rstrip())
    return "\n".join(out)


def _result(block: Block) -> str | None:
    """Parse names what a return statement computes; here that is a number like others."""
    made, last = block[-2:] if len(block) > 1 else (None, None)
    targets = () if made is None else binds(made)
    if made is None or len(targets) != 1 or not isinstance(last, Return) or last.values != targets or made.loc is None:
        return None
    target = targets[0]
    is_named_there = made.loc.text.lstrip().startswith("return") and target.name not in all_binds(block[:-2])
    return target.name if is_named_there else None
