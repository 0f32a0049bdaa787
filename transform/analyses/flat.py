"""A function as text that Numba can type: flat, one statement a line, and which line came from where."""
from __future__ import annotations

import ast
import math
import random
from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.core import types
from numba.extending import type_callable

from ... import runtime
from .. import spell
from ..ir import (
    Accumulate,
    Assign,
    Block,
    Call,
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
    Statement,
    Store,
    Var,
    View,
    While,
)
from ..names import is_temporary
from ..walk import Path, binds, walk


def _identifier(name: str) -> str:
    return "v_" + _escaped(name)


def _called(routine: str) -> str:
    return "call_" + _escaped(routine)


def _escaped(name: str) -> str:
    """No two names become one: what stands for `%` and `.` has a single underscore in front, unlike the user's own."""
    return name.replace("_", "__").replace("%", "_t").replace(".", "_v")


class Flat:
    """The function as text, one statement a line, and which line came from where."""

    def __init__(self, function: Function) -> None:
        bound = {var.name for s in walk(function.body) for var in binds(s)}
        everything = bound | {param.name for param in function.params} | set(function.captures)
        self.names = {_identifier(name): name for name in everything}
        self.name = "_flat"
        self.lines: set[tuple[int, str]] = set()
        self.locs: dict[int, Loc | None] = {}
        self.at: dict[Path, int] = {}
        self.text = [f"def _flat({', '.join(_identifier(p.name) for p in function.params)}):"]
        self.block(function.body, "    ", ())
        self.source = "\n".join(self.text) + "\n"
        self.function = function

    def compiled(self, routines: Mapping[str, object]) -> Any:
        """The text as a Python function."""
        namespace = {name: getattr(runtime, name) for name in runtime.__all__}
        namespace |= {"np": np, "math": math, "random": random, "in_place": in_place, "passed": passed, "taken": taken}
        namespace |= {_identifier(name): value for name, value in self.function.captures.items()}
        namespace |= {_called(name): routine for name, routine in routines.items()}
        exec(compile(self.source, f"<types of {self.function.name}>", "exec"), namespace)
        return namespace[self.name]

    def line(self, indent: str, text: str, statement: Statement, *targets: Var) -> None:
        self.text.append(indent + text)
        self.locs[len(self.text)] = statement.loc
        self.lines |= {(len(self.text), target.name) for target in targets}

    def block(self, block: Block, indent: str, path: Path) -> None:
        if all(isinstance(s, Remark) for s in block):
            self.text.append(indent + "pass")
        for position, statement in enumerate(block):
            self.at[(*path, position)] = len(self.text) + 1
            test = _tested(statement.test, block[:position]) if isinstance(statement, If) else ""
            self.statement(statement, indent, (*path, position), test)

    def statement(self, s: Statement, indent: str, path: Path, test: str) -> None:
        """`test`: of a branch."""
        deeper = indent + "    "
        match s:
            case For(counter, start, stop, step, body):
                bounds = ", ".join(_text(x) for x in (start, stop, step))
                self.line(indent, f"for {_identifier(counter.name)} in range({bounds}):", s, counter)
                self.block(body, deeper, (*path, 0))
            case While(header, proceeds, body):
                self.line(indent, "while True:", s)
                self.block(header, deeper, (*path, 0))
                self.line(deeper, f"if not {_text(proceeds)}: break", s)
                self.block(body, deeper, (*path, 1))
            case If(_, then, orelse):
                self.line(indent, f"if {test}:", s)
                self.block(then, deeper, (*path, 0))
                self.line(indent, "else:", s)
                self.block(orelse, deeper, (*path, 1))
            case Remark():
                pass
            case _:
                self.line(indent, _simple(s), s, *binds(s))


def _tested(test: Operand, before: Block) -> str:
    """`not n` stands in the test itself, as in the user's text: Numba follows a jump on a constant, and no negation of one."""
    if before and isinstance(last := before[-1], Assign) and last.target == test and is_temporary(last.target.name):
        if last.op == "not":
            return f"not {_tested(last.args[0], before[:-1])}"
        if last.op == "bool":
            return _tested(last.args[0], before[:-1])
    return _text(test)


def _text(operand: Operand) -> str:
    return ast.unparse(_spell(operand))


def _spell(operand: Operand) -> ast.expr:
    return spell.operand(operand, _identifier)


def _simple(s: Statement) -> str:
    match s:
        case Assign(target, op, (Var() as old, value)) if op.endswith("=") and op[:-1] in spell.BINARY:
            return f"{_identifier(target.name)} = {_changed(old, op[:-1], value)}"
        case Assign(target, "passed", (value,)):
            return f"{_identifier(target.name)} = passed({_text(value)})"
        case Assign(target, op, args):
            return f"{_identifier(target.name)} = {ast.unparse(spell.primitive(op, [_spell(a) for a in args]))}"
        case Load(target, array, index):
            place = _place(array, index) if index else f"{_text(array)}[()]"
            return f"{_identifier(target.name)} = {place}"
        case View(target, array):
            return f"{_identifier(target.name)} = {ast.unparse(spell.view(s, _spell(array), _spell))}"
        case Store(array, index, value):
            return f"{_place(array, index)} = {_text(value)}"
        case Accumulate(array, index, value):
            if not index:
                return f"{_place(array, index)} = {_changed(array, '+', value)}"
            return f"{_place(array, index)} += {_text(value)}"
        case Call(targets, routine, args):
            return spell.called([_identifier(t.name) for t in targets], _called(routine), [_text(a) for a in args])
        case Grow(tapes, position):
            names = [_identifier(tape.name) for tape in tapes]
            longer = "; ".join(f"{name} = grow({name})" for name in names)
            return f"while {_text(position)} >= {names[0]}.shape[0]: {longer}"
        case Push(list_, value):
            return f"{_identifier(list_.name)}.append({_text(value)})"
        case Pop(target, list_):
            return f"{_identifier(target.name)} = {_identifier(list_.name)}.pop()"
        case Leave(test):
            return f"if taken({_text(test)}): break"
        case Raise(exception, args):
            return f"raise {ast.unparse(spell.raised(exception, args, _spell))}"
        case Return(values, packed):
            inside = ", ".join(_text(v) for v in values)
            return f"return ({inside}{',' if inside else ''})" if packed else f"return {inside}"
        case _:
            raise AssertionError(s)


def _changed(old: Var, op: str, value: Operand) -> str:
    """`old op= value`: an array stays what it is, also one without axes, on which arithmetic gives numbers."""
    return f"in_place({_text(old)}, {_text(value)}, {ast.unparse(spell.primitive(op, [_spell(old), _spell(value)]))})"


def in_place(old: Any, value: Any, new: Any) -> Any:
    """What a name is bound to by an augmented assignment.  It is typed, and never runs."""
    raise AssertionError


@type_callable(in_place)  # type: ignore[untyped-decorator]
def _in_place(context: Any) -> Any:
    def typer(old: Any, value: Any, new: Any) -> Any:
        if isinstance(old, types.Number) and isinstance(value, types.Array):
            return None                                 # as in Numba, which computes `old + value` all the same
        return old.copy(readonly=False) if isinstance(old, types.Array) else types.unliteral(new)

    return typer


def passed(value: Any) -> Any:
    """What a parameter is given, or an item of a tuple: Numba does not know its value, and takes no branch away for it."""
    raise AssertionError


@type_callable(passed)  # type: ignore[untyped-decorator]
def _passed(context: Any) -> Any:
    return lambda value: types.unliteral(value)


def taken(test: Any) -> Any:
    """The test of a way out.  Numba would take away the branch of one that it knows, and then call names behind a loop undefined
    that have a value on every way there."""
    raise AssertionError


@type_callable(taken)  # type: ignore[untyped-decorator]
def _taken(context: Any) -> Any:
    return lambda test: types.boolean


def _place(array: Var, index: tuple[Any, ...]) -> str:
    if not index:
        return f"{_text(array)}[...]"
    items = tuple(spell.index_item(item, _spell) for item in index)
    return ast.unparse(spell.subscript(_spell(array), items))
