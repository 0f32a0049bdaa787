"""Expressions → three-address statements.

`Expressions.value` appends to `out` what it takes to compute an expression and returns its operand, or a (nested) Python
tuple of operands where the expression is a tuple: tuples are structure, known here, and never values of the list.
Rule bodies are lowered by the same class (`derive/bodies.py`), so a rule reads like user code and means the same.
"""
from __future__ import annotations

import ast
from collections.abc import Callable

import numpy as np

from ..hints import element_hint
from ..ir import Assign, Block, Const, Ellipsis_, If, Index, Load, Operand, Slice, Var
from ..rules import RULES, lookup
from ..source import MISSING, is_function
from ..spell import BINARY as _BINARY
from ..spell import COMPARE as _COMPARE
from ..structure import rebuilt, structured
from .calls import Calls
from .values import FunctionValue, Known, Value

BINARY = {type(node): op for op, node in _BINARY.items()}
COMPARE = {type(node): op for op, node in _COMPARE.items()}
UNARY: dict[type[ast.unaryop], str] = {ast.USub: "neg", ast.UAdd: "pos", ast.Not: "not", ast.Invert: "~"}

_NUMBERS = (bool, int, float, np.bool_, np.integer, np.floating)


class Expressions(Calls):
    """The part that knows expressions; `Parser` adds statements and calls of user functions."""

    # ---- values -------------------------------------------------------------------------------------------

    def operand(self, node: ast.expr) -> Operand:
        return self.single(self.value(node), node)

    def single(self, value: Value, node: ast.AST) -> Operand:
        if isinstance(value, tuple):
            return self.primitive("tuple", tuple(self.single(item, node) for item in value), node)
        if isinstance(value, FunctionValue):
            raise self.refuse(node, "a function is used as a number or an array", "it can be called, handed on and bound to a name",
                              "call it")  # fmt: skip
        return value

    def array(self, node: ast.expr) -> Var:
        operand = self.operand(node)
        if not isinstance(operand, Var):
            raise self.refuse(node, f"`{ast.unparse(node)}` cannot be indexed", "it is not an array")
        return operand

    def value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(bool() | int() | float() | None as literal):
                return Const(literal)
            case ast.Name(name):
                return self._name(name, node)
            case ast.Tuple(elts):
                return tuple(self.value(item) for item in elts)
            case ast.BinOp(left, op, right):
                return self.primitive(BINARY[type(op)], (self.operand(left), self.operand(right)), node)
            case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as literal)):
                return Const(-literal)
            case ast.UnaryOp(op, operand):
                return self.primitive(UNARY[type(op)], (self.operand(operand),), node)
            case ast.Compare(left, ops, comparators):
                return self._compare(self.operand(left), ops, comparators, node)
            case ast.BoolOp(op, values):
                return self._shortcut(isinstance(op, ast.And), values, node)
            case ast.IfExp(test, body, orelse):
                return self.choice(self.operand(test), lambda: self.value(body), lambda: self.value(orelse), node)
            case ast.Lambda():
                return self.closure(node)
            case ast.Call():
                result = self.call(node)
                if result is None:
                    raise self.refuse(node, f"`{ast.unparse(node.func)}` returns nothing", "its result is used here")
                return result
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript(array, index):
                return self._subscript(array, index, node)
            case _:
                raise self.refuse(node, f"`{ast.unparse(node)}` is not supported", "it has no derivative rule")

    def _name(self, name: str, node: ast.AST) -> Value:
        home = self.home(name)
        if home is None:
            return self.captured(name, self.frame.source.resolve(name), node)
        value = home.names.get(name)
        if value is None and home is not self.frame:
            raise self.refuse(node, f"`{name}` has no value yet", f"`{self.frame.source.name}` captures it and is called before "
                              "it is assigned", "assign it before the function is made")  # fmt: skip
        return value if value is not None else self.declare(home, name)

    def captured(self, name: str, value: object, node: ast.AST) -> Value:
        """A global, closure value or module constant as an operand."""
        if value is None:
            return Const(None)
        if isinstance(value, type) and (issubclass(value, np.generic) or value in (float, int, bool)):
            return Const(np.dtype(value).name, label=_dtype_label(value))
        if isinstance(value, tuple):
            items = (Const(item) if isinstance(item, int | float) else self.captured(name, item, node) for item in value)
            return rebuilt(structured(value), items)
        if lookup(value) is not None or is_function(value):
            return Known(value)
        if not isinstance(value, (*_NUMBERS, np.ndarray)):
            raise self.not_a_function(name, value, node) or self.refuse(
                node, f"`{name}` is a {type(value).__name__}", "only numbers, arrays and functions can be captured",
                "pass it as an argument")  # fmt: skip
        for known, other in self.captures.items():
            if known.split(".")[0] == name and other is value:
                return Var(known)
        var = self.namer.fresh(name)
        self.captures[var.name] = value
        return var

    def item(self, value: Value, number: int, count: int, node: ast.AST) -> Value:
        """One item of a value that is unpacked into `count` names."""
        if isinstance(value, tuple):
            if len(value) != count:
                raise self.refuse(node, f"{len(value)} values for {count} names", "Python would raise here")
            return value[number]
        if not isinstance(value, Var):
            raise self.refuse(node, "this cannot be unpacked", "it is not a tuple")
        return self.primitive("item", (value, Const(number), Const(count)), node)

    # ---- expressions --------------------------------------------------------------------------------------

    def _compare(self, left: Operand, ops: list[ast.cmpop], rights: list[ast.expr], node: ast.AST) -> Operand:
        right = self.operand(rights[0])
        first = self.primitive(COMPARE[type(ops[0])], (left, right), node)
        if len(ops) == 1:
            return first
        rest = self.choice(first, lambda: self._compare(right, ops[1:], rights[1:], node), lambda: Const(False), node)
        return self.single(rest, node)

    def _shortcut(self, conjunction: bool, values: list[ast.expr], node: ast.AST) -> Value:
        first = self.operand(values[0])
        if len(values) == 1:
            return first
        rest: Callable[[], Value] = lambda: self._shortcut(conjunction, values[1:], node)  # noqa: E731
        if not conjunction:
            return self.choice(first, lambda: first, rest, node)
        return self.choice(first, rest, lambda: Const(False) if self._is_bool(first) else first, node)

    def _is_bool(self, operand: Operand) -> bool:
        """Is it the result of a comparison or of `not`?"""
        last = self.out[-1] if self.out else None
        return isinstance(last, Assign) and last.target == operand and last.op in ("not", *COMPARE.values())

    def choice(self, test: Operand, then: Callable[[], Value], orelse: Callable[[], Value], node: ast.AST) -> Value:
        """A value that depends on a test: assigned in both branches of an If."""
        result: list[Value] = []

        def arm(fill: Callable[[], Value]) -> Block:
            def assign() -> None:
                value = fill()
                if not result:
                    result.append(self.structure_like(value, "%chosen"))
                self.assign_value(result[0], value, node)

            return self.block(assign)

        self.emit(If(test, arm(then), arm(orelse), loc=self.loc(node)))
        return result[0]

    def _attribute(self, node: ast.Attribute) -> Value:
        found = self.static(node)
        if found is not MISSING:
            if isinstance(found, _NUMBERS) and isinstance(node.value, ast.Name):
                root = self.frame.source.resolve(node.value.id)
                if getattr(root, "__name__", "") in ("math", "numpy"):
                    return Const(float(found), label=f"{'np' if root is np else 'math'}.{node.attr}")
            return self.captured(node.attr, found, node)
        key = "." + node.attr
        array = self.array(node.value)
        if key not in (".T", ".flat") and key not in RULES:
            raise self.refuse(node, f"`{ast.unparse(node)}` is not supported", f"there is no rule for `{key}`")
        return self.primitive(key, (array,), node)

    def _subscript(self, array: ast.expr, index: ast.expr, node: ast.AST) -> Value:
        value = self.value(array)
        if isinstance(value, tuple):
            place = self.operand(index)
            if isinstance(place, Const) and isinstance(place.value, int) and -len(value) <= place.value < len(value):
                return value[place.value]
            raise self.refuse(index, "a tuple can be indexed by a constant only", "its items may differ in type")
        if not isinstance(value, Var):
            raise self.refuse(array, f"`{ast.unparse(array)}` cannot be indexed", "it is not an array")
        return self.load(value, self.index(index), node)

    def load(self, array: Var, index: tuple[Index, ...], node: ast.AST) -> Var:
        target = self.namer.temporary(element_hint(array, index))
        self.emit(Load(target, array, index, loc=self.loc(node)))
        return target

    def index(self, node: ast.expr) -> tuple[Index, ...]:
        match node:
            case ast.Tuple(elts):
                return tuple(item for elt in elts for item in self.index(elt))
            case ast.Slice(lower, upper, step):
                return (Slice(*(None if part is None else self.operand(part) for part in (lower, upper, step))),)
            case ast.Constant(literal) if literal is Ellipsis:
                return (Ellipsis_(),)
            case _:
                return self.operands(node)


def _dtype_label(type_: type) -> str:
    name = np.dtype(type_).name
    return "np.bool_" if name == "bool" else f"np.{name}"
