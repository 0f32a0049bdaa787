"""A function as text that Numba can type: flat, one statement a line, and which line came from where."""
from __future__ import annotations

import ast
import dis
import math
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numba.core import types
from numba.extending import type_callable

from ... import runtime
from .. import op_text
from ..ir import (
    Accumulate,
    Assign,
    Block,
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
    Statement,
    Store,
    Var,
    View,
    While,
)
from ..names import is_temporary
from ..walk import Path, binds, map_block, map_reads, walk


def _identifier(name: str) -> str:
    return "v_" + _escaped(name)


def _called(routine: str) -> str:
    return "call_" + _escaped(routine)


def _escaped(name: str) -> str:
    """No two names become one: what stands for `%` and `.` has a single underscore in front, unlike the user's own."""
    return name.replace("_", "__").replace("%", "_t").replace(".", "_v")


_DECIDING = frozenset({*op_text.COMPARE, "not", "bind", "passed"})


_LOADS = frozenset({"RESUME", "LOAD_CONST", "LOAD_SMALL_INT", "RETURN_VALUE", "RETURN_CONST"})


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
        self.ways_out: dict[Path, int] = {}             # the tests of `while`
        self.text = [f"def _flat({', '.join(_identifier(p.name) for p in function.params)}):"]
        self.block(_folded(function.body), "    ", ())
        self.source = "\n".join(self.text) + "\n"
        self.function = function

    def compiled(self, routines: Mapping[str, object]) -> Any:
        """The text as a Python function."""
        namespace = {name: getattr(runtime, name) for name in runtime.__all__}
        namespace |= {"np": np, "math": math, "random": random}
        namespace |= {stub.__name__: stub for stub in (in_place, passed, rank, taken, unknown)}
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
            self.text.append(indent + "_nothing = 0")
            self.at[(*path, -1)] = len(self.text)
        for position, statement in enumerate(block):
            self.at[(*path, position)] = len(self.text) + 1
            test = _tested(statement.test, block[:position]) if isinstance(statement, If) else ""
            self.statement(statement, indent, (*path, position), test)

    def statement(self, s: Statement, indent: str, path: Path, test: str) -> None:
        """`test`: of a branch."""
        deeper = indent + "    "
        match s:
            case For(counter, start, stop, step, body):
                written = [start, stop] if step == Const(1) else [start, stop, step]
                written = [stop] if written == [Const(0), stop] else written
                bounds = ", ".join(map(_text, written))         # as in the text: how many there are tells the counter's type
                self.line(indent, f"for {_identifier(counter.name)} in range({bounds}):", s, counter)
                self.block(body, deeper, (*path, 0))
            case While(header, proceeds, body):
                self.line(indent, "while True:", s)
                self.block(header, deeper, (*path, 0))
                self.line(deeper, f"if not {_tested(proceeds, header)}:", s)
                self.text += [f"{deeper}    _way_out = 0", f"{deeper}    break"]
                self.ways_out[path] = len(self.text) - 1
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


def _folded(body: Block) -> Block:
    """Arithmetic of numbers that are written out, as what Python makes of it when it compiles, statement for statement."""
    known: dict[str, Const] = {}

    def fold(s: Statement) -> list[Statement]:
        s = map_reads(s, lambda operand: known.get(operand.name, operand) if isinstance(operand, Var) else operand)
        if isinstance(s, Assign) and s.op in op_text.ARITHMETIC and all(isinstance(arg, Const) for arg in s.args):
            code = compile(ast.unparse(op_text.primitive(s.op, [_spell(arg) for arg in s.args])), "<constant>", "eval")
            if not code.co_names and all(step.opname in _LOADS for step in dis.get_instructions(code)):
                value = Const(eval(code))
                if is_temporary(s.target.name):
                    known[s.target.name] = value
                return [replace(s, op="bind", args=(value,))]
        return [s]

    return map_block(body, fold)


def _tested(test: Operand, before: Block) -> str:
    """The text of a test.  `not n` stands in the test itself, as in the user's text, and `a or n == 0` is two tests: Numba follows
    jumps on constants, and no other use of them."""
    match before[-1] if before else None:
        case Assign(target, "not", (value,)) if target == test and is_temporary(target.name):
            return f"(not {_tested(value, before[:-1])})"
        case Assign(target, "bool", (value,)) if target == test and is_temporary(target.name):
            return _tested(value, before[:-1])
        case If(first, then, orelse) if _is_made(test) and _binds(then, test) and _binds(orelse, test):
            one, other = (_arm(test, (*before[:-1], *arm), first, value) for arm, value in ((then, True), (orelse, False)))
            return f"({one} if {_tested(first, before[:-1])} else {other})"
        case _:
            return _text(test)


def _is_made(test: Operand) -> bool:
    """Is it the value of `a or b` and the like, as against a name that the user's `if` binds?"""
    return isinstance(test, Var) and is_temporary(test.name)


def _binds(block: Block, name: Operand) -> bool:
    return bool(block) and name in binds(block[-1])


def _arm(operand: Operand, block: Block, first: Operand, holds: bool) -> str:
    """What is tested where `first` holds, or does not."""
    match block[-1]:
        case Assign(_, "bind" | "passed", (value,)) if value == first:
            return str(holds)
        case Assign(_, "passed", (Var() as value,)) if is_temporary(value.name):
            return _decided(value, block[:-1]) or "unknown()"
        case Assign(_, "bind" | "passed", (Const() as value,)):
            return _text(value)
        case _:
            return _decided(operand, block) or "unknown()"


def _decided(operand: Operand, block: Block) -> str | None:
    """What an operand is at the end of a block, written with names that are known; None: it is no constant for Numba."""
    if not isinstance(operand, Var) or not is_temporary(operand.name):
        return None if _is_loaded(operand, block) else _text(operand)           # it need not be bound where the test stands
    if not block:
        return None
    match block[-1]:
        case Assign(target, "bool", (value,)) if target == operand:
            return _decided(value, block[:-1])
        case Assign(target, "rank", (array,)) if target == operand:
            return f"rank({_text(array)})"
        case Assign(target, op, args) if target == operand and op in _DECIDING:
            found = [_decided(arg, block[:-1]) for arg in args]
            texts = [ast.parse(text, mode="eval").body for text in found if text is not None]
            return f"({ast.unparse(op_text.primitive(op, texts))})" if len(texts) == len(found) else None
        case If(first, then, orelse) if _binds(then, operand) and _binds(orelse, operand):
            test = _decided(first, block[:-1]) or "unknown()"
            one, other = (_arm(operand, (*block[:-1], *arm), first, value) for arm, value in ((then, True), (orelse, False)))
            return f"({one} if {test} else {other})"
        case s:
            return None if operand in binds(s) else _decided(operand, block[:-1])


def _is_loaded(operand: Operand, block: Block) -> bool:
    """Is it an element of an array?"""
    match next((s for s in reversed(block) if operand in binds(s)), None):
        case Assign(_, "bind", (value,)):
            return _is_loaded(value, block)
        case last:
            return isinstance(last, Load)


def _text(operand: Operand) -> str:
    return ast.unparse(_spell(operand))


def _spell(operand: Operand) -> ast.expr:
    return op_text.operand(operand, _identifier)


def _simple(s: Statement) -> str:
    match s:
        case Assign(target, op, (Var() as old, value)) if op.endswith("=") and op[:-1] in op_text.BINARY:
            return f"{_identifier(target.name)} = {_changed(old, op[:-1], value)}"
        case Assign(target, "passed" | "signed", (value,)):
            return f"{_identifier(target.name)} = passed({_text(value)})"
        case Assign(target, ".ndim", (array,)):
            return f"{_identifier(target.name)} = passed({_text(array)}.ndim)"
        case Assign(target, op, args):
            return f"{_identifier(target.name)} = {ast.unparse(op_text.primitive(op, [_spell(a) for a in args]))}"
        case Load(target, array, index):
            place = _place(array, index) if index else f"{_text(array)}[()]"
            return f"{_identifier(target.name)} = {place}"
        case View(target, array):
            return f"{_identifier(target.name)} = {ast.unparse(op_text.view(s, _spell(array), _spell))}"
        case Store(array, index, value):
            return f"{_place(array, index)} = {_text(value)}"
        case Accumulate(array, index, value):
            if not index:
                return f"{_place(array, index)} = {_changed(array, '+', value)}"
            return f"{_place(array, index)} += {_text(value)}"
        case Call(targets, routine, args):
            return op_text.called([_identifier(t.name) for t in targets], _called(routine), [_text(a) for a in args])
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
            return f"raise {ast.unparse(op_text.raised(exception, args, _spell))}"
        case Return(values, packed):
            inside = ", ".join(_text(v) for v in values)
            return f"return ({inside}{',' if inside else ''})" if packed else f"return {inside}"
        case _:
            raise AssertionError(s)


def _changed(old: Var, op: str, value: Operand) -> str:
    """`old op= value`: an array stays what it is, also one without axes, on which arithmetic gives numbers."""
    return f"in_place({_text(old)}, {_text(value)}, {ast.unparse(op_text.primitive(op, [_spell(old), _spell(value)]))})"


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


def rank(array: Any) -> Any:
    """The rank of an argument.  It is a constant for Numba, where the argument has a name of the caller here."""
    raise AssertionError


@type_callable(rank)  # type: ignore[untyped-decorator]
def _rank(context: Any) -> Any:
    return lambda array: types.intp if isinstance(array, types.Array) else None


def taken(test: Any) -> Any:
    """The test of a way out.  Numba would take away the branch of one that it knows, and then call names behind a loop undefined
    that have a value on every way there."""
    raise AssertionError


@type_callable(taken)  # type: ignore[untyped-decorator]
def _taken(context: Any) -> Any:
    return lambda test: types.boolean


def unknown() -> Any:
    """A test of which Numba knows nothing, in the place of names that need not be bound there."""
    raise AssertionError


@type_callable(unknown)  # type: ignore[untyped-decorator]
def _unknown(context: Any) -> Any:
    return lambda: types.boolean


def _place(array: Var, index: tuple[Any, ...]) -> str:
    if not index:
        return f"{_text(array)}[...]"
    items = tuple(op_text.index_item(item, _spell) for item in index)
    return ast.unparse(op_text.subscript(_spell(array), items))
