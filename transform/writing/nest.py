"""Three-address code → lines of nested expressions.

What an expression may move into, and what it has to wait for, is the business of `waiting`.
"""
from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from .. import op_text
from ..analyses.effects import acts
from ..expression_text import source_of
from ..ir import (
    Accumulate,
    Assign,
    Block,
    Break,
    Call,
    Const,
    For,
    Function,
    Grow,
    If,
    Leave,
    Load,
    Loc,
    Operand,
    Pop,
    Push,
    Raise,
    Remark,
    Return,
    Scalar,
    Statement,
    Store,
    Var,
    View,
    While,
    is_float,
)
from ..names import is_temporary
from ..switches import on
from ..walk import all_reads, reads, walk
from .waiting import HIGHEST, Line, Pending, Waiting, height

_AUGMENTED = {ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/="}


@dataclass(frozen=True, slots=True)
class Nested:
    lines: tuple[Line, ...]
    values: tuple[ast.expr, ...]
    spelled: frozenset[str]             # every name that stands in the text


def nest(function: Function, names: Mapping[str, str], routines: Mapping[str, str]) -> Nested:
    """`routines` spells those."""
    writer = _Writer(function, names, routines)
    values = writer.function()
    return Nested(tuple(writer.lines), values, frozenset(writer.spelled))


class _Writer(Waiting):
    def function(self) -> tuple[ast.expr, ...]:
        *body, last = self.whole.body
        assert isinstance(last, Return)
        self.statements(tuple(body))
        return tuple(self.read(value) for value in last.values)

    def statements(self, block: Block) -> None:
        for s in block:
            self.statement(s)

    def statement(self, s: Statement) -> None:
        match s:
            case For() | While() | If():
                self.nested(s)
            case Remark(text):
                self.line(f"# {text}", None)
            case Assign(target, op, args) if acts(s) and not self.uses[target.name]:
                self.line(source_of(op_text.primitive(op, [self.read(a) for a in args])), s.loc)
            case Assign(target) | Load(target) | View(target) if self.waits(s, target):
                names, arrays = self.dependencies(s)
                expression = self.expression(s)
                self.before_change(s)
                again = self.repeatable(s, expression)
                if again or (self.uses[target.name] <= 1 and height(expression) <= HIGHEST):
                    self.pending[target.name] = Pending(expression, names, arrays, s.loc, again)
                else:
                    self.line(f"{self.name(target.name)} = {source_of(expression)}", s.loc)
            case Assign(target) | Load(target) | View(target):
                text = self.assignment(s, target)
                self.before_change(s)
                self.line(text, s.loc)
            case Store(array, index, value):
                written = source_of(self.place(array, index))
                text = f"{written} = {source_of(self.read(value))}"
                self.before_change(s)
                self.line(text, s.loc)
            case Accumulate(array, index, value):
                place = self.place(array, index) if index or not self.is_array(array.name) else self.whole_of(array)
                text = self.added(place, self.read(value))
                self.before_change(s)
                self.line(text, s.loc)
            case Call(targets, routine, args):
                given = [source_of(self.read(arg)) for arg in args]
                self.before_change(s)
                self.line(op_text.called([self.name(t.name) for t in targets], self.routines[routine], given), s.loc)
            case Grow(tapes, position):
                grown = [self.name(tape.name) for tape in tapes]
                at = source_of(self.read(position))
                self.before_change(s)
                self.line(f"while {at} >= {grown[0]}.shape[0]:", s.loc)
                self.lines += [Line(self.depth + 1, f"{name} = grow({name})", s.loc) for name in grown]
            case Push(list_, value):
                self.line(f"{self.name(list_.name)}.append({source_of(self.read(value))})", s.loc)
            case Pop(target, list_):
                self.before_change(s)
                self.line(f"{self.name(target.name)} = {self.name(list_.name)}.pop()", s.loc)
            case Leave(test):
                self.line(f"if {source_of(self.read(test))}:", s.loc)
                self.lines.append(Line(self.depth + 1, "break", s.loc))
            case Break():
                self.line("break", s.loc)
            case Raise(exception, args):
                self.line(f"raise {source_of(op_text.raised(exception, args, self.read))}", s.loc)
            case Return():
                raise AssertionError("a return inside a function")

    def whole_of(self, array: Var) -> ast.expr:
        if self.is_array(array.name) and array.name not in self.pending:
            return self.read(array)
        return self.place(array, ())

    def added(self, place: ast.expr, value: ast.expr) -> str:
        if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
            return f"{source_of(place)} -= {source_of(value.operand)}"
        return f"{source_of(place)} += {source_of(value)}"

    def assignment(self, s: Statement, target: Var) -> str:
        """`x = e`, or `x += e` where e begins with x; nothing for a copy between two versions that share a spelling.  (Numba
        adds an array without axes to a number, and has no `+=` for the two.)"""
        name = self.name(target.name)
        expression = self.expression(s)
        if isinstance(expression, ast.Name) and expression.id == name:
            return ""
        if isinstance(expression, ast.BinOp) and not self.is_array(target.name):
            left, op = expression.left, type(expression.op)
            if isinstance(left, ast.Name) and left.id == name and op in _AUGMENTED and not self.no_axes(expression.right):
                if op is ast.Add:
                    return self.added(left, expression.right)
                return f"{name} {_AUGMENTED[op]} {source_of(expression.right)}"
        return f"{name} = {source_of(expression)}"

    def no_axes(self, expression: ast.expr) -> bool:
        """May it be a name for an array without axes?"""
        return isinstance(expression, ast.Name) and expression.id in self.without_axes

    def expression(self, s: Statement) -> ast.expr:
        match s:
            case Assign(target, op, args):
                given = [self.read(a) for a in args]
                if op == "neg" and is_float(self.whole.types.get(target.name)) and (twice := op_text.negated_number(given[0])):
                    return twice
                return op_text.primitive(op, given)
            case Load(_, array, index):
                return self.place(array, index) if index else ast.Subscript(self.read(array), ast.Tuple([], ast.Load()), ast.Load())
            case View(_, array):
                return op_text.view(s, self.read(array), self.read)
            case _:
                raise AssertionError(s)

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
                needed = self.dependencies(s)
                condition = self.read(test)
                if self.choice(s, condition, *needed):
                    return
                self.enter(s)
                self.branches(condition, then, orelse, s.loc)
            case While():
                self.enter(s)
                self.loop(s)

    def enter(self, s: Statement) -> None:
        """Before a nested statement: what it changes, and what it reads and should not be computed inside."""
        inside = all_reads(s.body if isinstance(s, For) else (s,))
        repeat = isinstance(s, If)
        self.before_change(s)
        self.flush(lambda name, waiting: name in inside and not (waiting.again and (repeat or op_text.plain(waiting.expression))))

    def inner(self, block: Block) -> None:
        """A block one level deeper; what begins to wait in it is written before it ends, and what waited before it waits after it:
        a line in the block gives it a name there only."""
        self.depth += 1
        count = len(self.lines)
        outer = dict(self.pending)
        self.statements(block)
        if self.pending.keys() - outer.keys():
            inside = Counter(var.name for s in walk(block) for var in reads(s))
            self.flush(lambda name, _: name not in outer and self.uses[name] > inside[name])
        self.pending = {name: p for name, p in outer.items() if self.left[name]}
        if len(self.lines) == count:
            self.line("pass", None)
        self.depth -= 1

    def branches(self, condition: ast.expr, then: Block, orelse: Block, loc: Loc | None) -> None:
        if not then:
            condition, then, orelse = op_text.negated(condition), orelse, ()
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
            self.lines.append(Line(self.depth + 1, f"if {source_of(op_text.negated(test))}:", s.loc))
            self.lines.append(Line(self.depth + 2, "break", s.loc))
        self.inner(s.body)

    def choice(self, s: If, condition: ast.expr, names: frozenset[str], arrays: frozenset[str]) -> bool:
        """`a if c else b`, `and`, `or`: an If that only chooses the value of one temporary.  The condition reads the names and
        the contents of the arrays."""
        if not on("nesting"):
            return False
        found = [self.chosen(b) for b in (s.then, s.orelse)]
        if found[0] is None or found[1] is None or found[0][0] != found[1][0]:
            return False
        target, count = found[0][0], len(self.lines)
        if not is_temporary(target.name) or self.definitions[target.name] != 2:
            return False
        if id(s) in self.branching or not all(map(self.fits, (s.then, s.orelse))):
            return False
        values: list[ast.expr] = []
        before, left = dict(self.pending), Counter(self.left)
        for b in (s.then, s.orelse):
            self.statements(b[:-1])
            names_, arrays_ = self.dependencies(b[-1])
            names, arrays = names | names_, arrays | arrays_
            values.append(self.expression(b[-1]))
        if len(self.lines) != count or any(n not in before and (self.left[n] or not p.again) for n, p in self.pending.items()):
            del self.lines[count:]
            self.pending, self.left = before, left
            self.branching.add(id(s))
            return False
        self.pending = {n: p for n, p in self.pending.items() if n in before}
        is_bool = isinstance(s.test, Var) and self.whole.types.get(s.test.name) == Scalar("bool")
        expression = op_text.chosen(condition, values[0], values[1], is_bool)
        self.before_change(s)
        if self.uses[target.name] == 1:
            self.pending[target.name] = Pending(expression, names, arrays, s.loc, False)
        else:
            self.line(f"{self.name(target.name)} = {source_of(expression)}", s.loc)
        return True

    def fits(self, block: Block) -> bool:
        """May all that stands before the choice wait?  It is asked first, as what does not fit is written twice."""
        def fits(s: Statement) -> bool:
            match s:
                case If(_, then, orelse) if id(s) not in self.branching:
                    ends = [self.chosen(b) for b in (then, orelse)]
                    return None not in ends and self.fits(then) and self.fits(orelse)
                case Assign(target) | Load(target) | View(target):
                    return self.waits(s, target)
                case _:
                    return False
        return all(map(fits, block[:-1]))

    def chosen(self, block: Block) -> tuple[Var, Operand] | None:
        match block[-1:]:
            case (Assign(target, "=", (value,)),) if not any(isinstance(s, For | While | Store | Accumulate) for s in walk(block)):
                return target, value
            case _:
                return None
