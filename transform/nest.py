"""Three-address code → lines of nested expressions.

A temporary that is read once, in its own block, moves into the expression that reads it, unless something in between
changes what it reads; loads and shapes may be written several times.  Everything waits in `pending` until it is read, or until a
statement comes that would change it; then it becomes a line of its own.
"""
from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import spell
from .analyses.aliases import Aliases, aliases_of
from .analyses.contents import contents
from .ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    Const,
    For,
    Function,
    Grow,
    If,
    Index,
    Load,
    Loc,
    Operand,
    Pop,
    Push,
    Remark,
    Return,
    Statement,
    Store,
    Var,
    View,
    While,
)
from .names import is_temporary
from .printing import source_of
from .simplify.deadcode import EFFECTS
from .walk import all_binds, all_reads, binds, reads, walk, written

_AUGMENTED = {ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/="}
_REPEATED = {".shape", ".size", "item", "len", ".T"}


@dataclass(frozen=True, slots=True)
class Line:
    depth: int
    text: str
    loc: Loc | None


@dataclass(frozen=True, slots=True)
class Nested:
    lines: tuple[Line, ...]
    values: tuple[ast.expr, ...]
    spelled: frozenset[str]             # every name that stands in the text


@dataclass
class _Pending:
    """An expression that has not been written yet: the names it reads and the arrays whose contents it reads."""

    expression: ast.expr
    names: frozenset[str]
    arrays: frozenset[str]
    loc: Loc | None
    again: bool                         # may be written more than once


def nest(function: Function, names: Mapping[str, str]) -> Nested:
    writer = _Writer(function, names)
    values = writer.function()
    return Nested(tuple(writer.lines), values, frozenset(writer.spelled))


class _Writer:
    def __init__(self, function: Function, names: Mapping[str, str]) -> None:
        self.whole, self.names = function, names
        self.memory: Aliases = aliases_of(function)
        self.uses = Counter(var.name for s in walk(function.body) for var in reads(s))
        self.left = Counter(self.uses)
        self.definitions = Counter(var.name for s in walk(function.body) if (var := binds(s)) is not None)
        self.lines: list[Line] = []
        self.spelled: set[str] = set()
        self.pending: dict[str, _Pending] = {}
        self.depth = 0

    def function(self) -> tuple[ast.expr, ...]:
        *body, last = self.whole.body
        assert isinstance(last, Return)
        self.statements(tuple(body))
        return tuple(self.read(value) for value in last.values)

    # ---- reading ------------------------------------------------------------------------------------------

    def name(self, name: str) -> str:
        self.spelled.add(name)
        return self.names[name]

    def read(self, operand: Operand) -> ast.expr:
        if isinstance(operand, Const):
            return spell.constant(operand)
        self.left[operand.name] -= 1
        waiting = self.pending.get(operand.name)
        if waiting is None:
            return spell.load(self.name(operand.name))
        if not waiting.again or not self.left[operand.name]:
            del self.pending[operand.name]
        return copy.deepcopy(waiting.expression)

    def index(self, index: tuple[Index, ...]) -> tuple[ast.expr, ...]:
        return tuple(spell.index_item(item, self.read) for item in index)

    def place(self, array: Var, index: tuple[Index, ...]) -> ast.Subscript:
        type_ = self.whole.types.get(array.name)
        waited = array.name in self.pending
        target = self.read(array)
        if waited and not index and isinstance(target, ast.Subscript):
            return target
        if not index and isinstance(type_, Array) and type_.ndim == 0:
            return ast.Subscript(target, ast.Tuple([], ast.Load()), ast.Load())
        return spell.subscript(target, self.index(index))

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

    # ---- writing ------------------------------------------------------------------------------------------

    def line(self, text: str, loc: Loc | None) -> None:
        if text:
            self.lines.append(Line(self.depth, text, loc))

    def flush(self, which: Callable[[str, _Pending], bool]) -> None:
        """Write out what waits and must not wait longer."""
        for name in [n for n, p in self.pending.items() if which(n, p)]:
            waiting = self.pending.pop(name)
            if self.left[name]:
                self.line(f"{self.name(name)} = {source_of(waiting.expression)}", waiting.loc)

    def before_change(self, s: Statement) -> None:
        """Write out what the statement is about to change under its feet."""
        bound = all_binds((s,))
        spelled = {self.names[name] for name in bound}
        grown = {inner.tape.name for inner in walk((s,)) if isinstance(inner, Grow)}
        stored = {root for inner in walk((s,)) if (a := written(inner)) is not None for root in self.memory.of(a.name) | {a.name}}

        def changed(name: str, waiting: _Pending) -> bool:
            if any(n in grown or self.names.get(n) in spelled for n in waiting.names):
                return True
            return any((self.memory.of(a) | {a}) & stored for a in waiting.arrays)

        self.flush(changed)

    def statements(self, block: Block) -> None:
        for s in block:
            self.statement(s)

    def statement(self, s: Statement) -> None:
        match s:
            case For() | While() | If():
                self.nested(s)
            case Remark(text):
                self.line(f"# {text}", None)
            case Assign(target, op, args) if op in EFFECTS:
                self.line(source_of(spell.primitive(op, [self.read(a) for a in args])), s.loc)
            case Assign(target) | Load(target) | View(target) if self.waits(s, target):
                names, arrays = self.dependencies(s)
                expression = self.expression(s)
                self.before_change(s)
                again = self.repeatable(s, expression)
                if again or self.uses[target.name] <= 1:
                    self.pending[target.name] = _Pending(expression, names, arrays, s.loc, again)
                else:
                    self.line(f"{self.name(target.name)} = {source_of(expression)}", s.loc)
            case Assign(target) | Load(target) | View(target):
                text = self.assignment(s, target)
                self.before_change(s)
                self.line(text, s.loc)
            case Store(array, index, value):
                text = f"{source_of(self.place(array, index))} = {source_of(self.read(value))}"
                self.before_change(s)
                self.line(text, s.loc)
            case Accumulate(array, index, value):
                place = self.place(array, index) if index or not self.is_array(array.name) else self.whole_of(array)
                text = self.added(place, self.read(value))
                self.before_change(s)
                self.line(text, s.loc)
            case Grow(tape, position):
                name = self.name(tape.name)
                at = source_of(self.read(position))
                self.before_change(s)
                self.line(f"while {at} >= {name}.shape[0]:", s.loc)
                self.lines.append(Line(self.depth + 1, f"{name} = grow({name})", s.loc))
            case Push(list_, value):
                self.line(f"{self.name(list_.name)}.append({source_of(self.read(value))})", s.loc)
            case Pop(target, list_):
                self.before_change(s)
                self.line(f"{self.name(target.name)} = {self.name(list_.name)}.pop()", s.loc)
            case Return():
                raise AssertionError("a return inside a function")

    def whole_of(self, array: Var) -> ast.expr:
        type_ = self.whole.types.get(array.name)
        if isinstance(type_, Array) and type_.ndim and array.name not in self.pending:
            return self.read(array)
        return self.place(array, ())

    def added(self, place: ast.expr, value: ast.expr) -> str:
        if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
            return f"{source_of(place)} -= {source_of(value.operand)}"
        return f"{source_of(place)} += {source_of(value)}"

    def assignment(self, s: Statement, target: Var) -> str:
        """`x = e`, or `x += e` where e begins with x; nothing for a copy between two versions that share a spelling."""
        name = self.name(target.name)
        expression = self.expression(s)
        if isinstance(expression, ast.Name) and expression.id == name:
            return ""
        if isinstance(expression, ast.BinOp) and not self.is_array(target.name):
            left, op = expression.left, type(expression.op)
            if isinstance(left, ast.Name) and left.id == name and op in _AUGMENTED:
                if op is ast.Add:
                    return self.added(left, expression.right)
                return f"{name} {_AUGMENTED[op]} {source_of(expression.right)}"
        return f"{name} = {source_of(expression)}"

    def expression(self, s: Statement) -> ast.expr:
        match s:
            case Assign(_, op, args):
                return spell.primitive(op, [self.read(a) for a in args])
            case Load(_, array, index):
                return self.place(array, index) if index else ast.Subscript(self.read(array), ast.Tuple([], ast.Load()), ast.Load())
            case View(_, array):
                return spell.view(s, self.read(array), self.read)
            case _:
                raise AssertionError(s)

    # ---- waiting ------------------------------------------------------------------------------------------

    def waits(self, s: Statement, target: Var) -> bool:
        """May the value move to where it is read?"""
        name = target.name
        if not is_temporary(name) or self.definitions[name] != 1 or (isinstance(s, Assign) and s.op == "list"):
            return False
        if isinstance(s, View) and s.kind == "index" and self.uses[name] == 1 and self.is_written(name):
            return any(isinstance(t, Store | Accumulate) and t.array.name == name and not t.index for t in walk(self.whole.body))
        if isinstance(s, View) or (isinstance(s, Assign) and self.is_array(name)):
            return self.uses[name] <= 1 and not self.is_written(name)
        return self.uses[name] <= 1 or isinstance(s, Load) or (isinstance(s, Assign) and self.short(s))

    def short(self, s: Assign) -> bool:
        if s.op in _REPEATED:
            return True
        integer = getattr(self.whole.types.get(s.target.name), "dtype", "").startswith("int")
        return integer and s.op in ("+", "-")

    def is_written(self, name: str) -> bool:
        return any((a := written(s)) is not None and a.name == name for s in walk(self.whole.body))

    def repeatable(self, s: Statement, expression: ast.expr) -> bool:
        """Is it short and cheap enough to be written wherever it is read?"""
        if isinstance(s, Load):
            return spell.plain(expression)
        if not isinstance(s, Assign):
            return False
        return self.short(s) and (s.op in _REPEATED or spell.plain(expression))

    # ---- nested blocks ------------------------------------------------------------------------------------

    def nested(self, s: For | While | If) -> None:
        match s:
            case For(counter, start, stop, step, body):
                bounds = [start, stop, step] if step != Const(1) else [start, stop] if start != Const(0) else [stop]
                text = ", ".join(source_of(self.read(b)) for b in bounds)
                self.enter(s)
                self.line(f"for {self.name(counter.name)} in range({text}):", s.loc)
                self.inner(body)
            case If(test, then, orelse):
                condition = self.read(test)
                if self.choice(s, condition):
                    return
                self.enter(s)
                self.branches(condition, then, orelse, s.loc)
            case While():
                self.enter(s)
                self.loop(s)

    def enter(self, s: Statement) -> None:
        """Before a nested statement: what it changes, and what it reads and should not be computed inside."""
        inside = all_reads((s,))
        repeat = isinstance(s, If)
        self.before_change(s)
        self.flush(lambda name, waiting: name in inside and not (waiting.again and (repeat or spell.plain(waiting.expression))))

    def inner(self, block: Block) -> None:
        """A block one level deeper; what begins to wait in it is written before it ends."""
        self.depth += 1
        count = len(self.lines)
        outer = set(self.pending)
        self.statements(block)
        self.flush(lambda name, _: name not in outer and self.read_later(name, block))
        self.pending = {name: p for name, p in self.pending.items() if name in outer}
        if len(self.lines) == count:
            self.line("pass", None)
        self.depth -= 1

    def read_later(self, name: str, block: Block) -> bool:
        inside = sum(var.name == name for s in walk(block) for var in reads(s))
        return self.uses[name] > inside

    def branches(self, condition: ast.expr, then: Block, orelse: Block, loc: Loc | None) -> None:
        if not then:
            condition, then, orelse = spell.negated(condition), orelse, ()
        self.line(f"if {source_of(condition)}:", loc)
        self.inner(then)
        if orelse:
            if len(orelse) == 1 and isinstance(orelse[0], If) and orelse[0].then:
                chained = orelse[0]
                count = len(self.lines)
                self.branches(self.read(chained.test), chained.then, chained.orelse, chained.loc)
                head = self.lines[count]
                self.lines[count] = Line(head.depth, "el" + head.text, head.loc)
            else:
                self.line("else:", None)
                self.inner(orelse)

    def loop(self, s: While) -> None:
        """`while test:` if the header fits into one expression."""
        outer, count = dict(self.pending), len(self.lines)
        self.depth += 1
        self.statements(s.header)
        test = self.read(s.test)
        self.flush(lambda name, _: name not in outer)
        self.depth -= 1
        head = self.lines[count:]
        del self.lines[count:]
        self.pending = {name: p for name, p in self.pending.items() if name in outer}
        if not head:
            self.line(f"while {source_of(test)}:", s.loc)
        else:
            self.line("while True:", s.loc)
            self.lines += head
            self.lines.append(Line(self.depth + 1, f"if {source_of(spell.negated(test))}:", s.loc))
            self.lines.append(Line(self.depth + 2, "break", s.loc))
        self.inner(s.body)

    def choice(self, s: If, condition: ast.expr) -> bool:
        """`a if c else b`, `and`, `or`: an If that only chooses the value of one temporary."""
        found = [self.chosen(b) for b in (s.then, s.orelse)]
        if found[0] is None or found[1] is None or found[0][0] != found[1][0]:
            return False
        target, count = found[0][0], len(self.lines)
        if not is_temporary(target.name) or self.definitions[target.name] != 2:
            return False
        values: list[ast.expr] = []
        before, left = dict(self.pending), Counter(self.left)
        names, arrays = self.dependencies(s)
        for b in (s.then, s.orelse):
            self.statements(b[:-1])
            names_, arrays_ = self.dependencies(b[-1])
            names, arrays = names | names_, arrays | arrays_
            values.append(self.expression(b[-1]))
        if len(self.lines) != count or any(n not in before for n in self.pending if not self.pending[n].again):
            del self.lines[count:]
            self.pending, self.left = before, left
            return False
        self.pending = {n: p for n, p in self.pending.items() if n in before}
        expression = spell.chosen(condition, values[0], values[1])
        if self.uses[target.name] == 1:
            self.pending[target.name] = _Pending(expression, names, arrays, s.loc, False)
        else:
            self.line(f"{self.name(target.name)} = {source_of(expression)}", s.loc)
        return True

    def chosen(self, block: Block) -> tuple[Var, Operand] | None:
        match block[-1:]:
            case (Assign(target, "=", (value,)),) if not any(isinstance(s, For | While | Store | Accumulate) for s in walk(block)):
                return target, value
            case _:
                return None
