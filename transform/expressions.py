"""Expressions → three-address statements.

`Expressions.value` appends to `out` what it takes to compute an expression and returns its operand, or a (nested) Python
tuple of operands where the expression is a tuple: tuples are structure, known here, and never values of the list.
Rule bodies are lowered by the same class (`derive/bodies.py`), so a rule reads like user code and means the same.
"""
from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import UnsupportedError
from .hints import call_hint, element_hint, op_hint
from .ir import Assign, Block, Const, Ellipsis_, If, Index, Load, Loc, Operand, Slice, Statement, Var
from .names import Namer
from .rules import RULES, lookup
from .rules.declare import Rule
from .source import MISSING, Source, is_function
from .spell import BINARY as _BINARY
from .spell import COMPARE as _COMPARE

if TYPE_CHECKING:
    from .parse import Frame

Value = Operand | tuple["Value", ...]

BINARY = {type(node): op for op, node in _BINARY.items()}
COMPARE = {type(node): op for op, node in _COMPARE.items()}
UNARY: dict[type[ast.unaryop], str] = {ast.USub: "neg", ast.UAdd: "pos", ast.Not: "not"}

_NUMBERS = (bool, int, float, np.bool_, np.integer, np.floating)
_VIEWS = {".T", ".reshape", ".ravel", ".transpose", ".flatten"}
_VIEW_FUNCTIONS = {np.reshape: ".reshape", np.ravel: ".ravel", np.transpose: ".T"}


def flatten(value: Value) -> Iterator[Operand]:
    if isinstance(value, tuple):
        for item in value:
            yield from flatten(item)
    else:
        yield value


class Expressions:
    """The part of parsing that knows expressions; `Parser` adds statements and calls of user functions."""

    frame: Frame
    out: list[Statement]

    def __init__(self, namer: Namer) -> None:
        self.namer = namer
        self.captures: dict[str, object] = {}
        self.active: list[Source] = []
        self.frame, self.out = None, []  # type: ignore[assignment]  # set by run()

    # ---- plumbing -----------------------------------------------------------------------------------------

    def emit(self, statement: Statement) -> None:
        self.out.append(statement)

    def block(self, fill: Callable[[], object]) -> Block:
        """What `fill` emits, as a block of its own."""
        outer, self.out = self.out, []
        fill()
        inner, self.out = tuple(self.out), outer
        return inner

    def loc(self, node: ast.AST) -> Loc:
        return self.frame.source.loc(node)

    def refuse(self, node: ast.AST, what: str, reason: str, remedy: str = "") -> UnsupportedError:
        return UnsupportedError(what, loc=self.loc(node), reason=reason, remedy=remedy, calls=self.frame.calls)

    def inline(self, function: object, call: ast.Call) -> Value | None:
        raise NotImplementedError

    def primitive(self, op: str, args: tuple[Operand, ...], node: ast.AST, hint: str = "") -> Var:
        target = self.namer.temporary(hint or op_hint(op))
        self.emit(Assign(target, op, args, loc=self.loc(node)))
        return target

    # ---- values -------------------------------------------------------------------------------------------

    def operand(self, node: ast.expr) -> Operand:
        return self.single(self.value(node), node)

    def single(self, value: Value, node: ast.AST) -> Operand:
        if isinstance(value, tuple):
            return self.primitive("tuple", tuple(self.single(item, node) for item in value), node)
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
                return self._branch(self.operand(test), lambda: self.value(body), lambda: self.value(orelse), node)
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
        if name in self.frame.locals:
            value = self.frame.names.get(name)
            return value if value is not None else self.declare(self.frame, name)
        return self.captured(name, self.frame.source.resolve(name), node)

    def declare(self, frame: Frame, name: str) -> Var:
        raise NotImplementedError

    def assign_value(self, target: Value, value: Value, node: ast.AST) -> None:
        raise NotImplementedError

    def structure_like(self, value: Value, hint: str) -> Value:
        """Fresh names in the structure of a value."""
        if isinstance(value, tuple):
            return tuple(self.structure_like(item, f"{hint}_{k}") for k, item in enumerate(value))
        return self.namer.fresh(hint)

    def captured(self, name: str, value: object, node: ast.AST) -> Value:
        """A global, closure value or module constant as an operand."""
        if value is None:
            return Const(None)
        if isinstance(value, type) and (issubclass(value, np.generic) or value in (float, int, bool)):
            return Const(np.dtype(value).name, label=_dtype_label(value))
        if isinstance(value, tuple) and all(isinstance(item, _NUMBERS) for item in value):
            return tuple(Const(item) for item in value)
        if not isinstance(value, (*_NUMBERS, np.ndarray)):
            raise self.refuse(node, f"`{name}` is a {type(value).__name__}",
                              "only numbers and arrays can be captured", "pass it as an argument")  # fmt: skip
        for known, other in self.captures.items():
            if known.split(".")[0] == name and other is value:
                return Var(known)
        var = self.namer.fresh(name)
        self.captures[var.name] = value
        return var

    def frozen(self, value: Value, node: ast.AST) -> Value:
        """The value as it is now: names that later assignments may change are copied."""
        if isinstance(value, tuple):
            return tuple(self.frozen(item, node) for item in value)
        if isinstance(value, Var) and not value.name.startswith("%"):
            return self.primitive("bind", (value,), node, hint=value.name)
        return value

    def item(self, value: Value, number: int, count: int, node: ast.AST) -> Value:
        """One item of a value that is unpacked into `count` names."""
        if isinstance(value, tuple):
            if len(value) != count:
                raise self.refuse(node, f"{len(value)} values for {count} names", "Python would raise here")
            return value[number]
        if not isinstance(value, Var):
            raise self.refuse(node, "this cannot be unpacked", "it is not a tuple")
        return self.primitive("item", (value, Const(number)), node)

    # ---- expressions --------------------------------------------------------------------------------------

    def _compare(self, left: Operand, ops: list[ast.cmpop], rights: list[ast.expr], node: ast.AST) -> Operand:
        right = self.operand(rights[0])
        first = self.primitive(COMPARE[type(ops[0])], (left, right), node)
        if len(ops) == 1:
            return first
        rest = self._branch(first, lambda: self._compare(right, ops[1:], rights[1:], node), lambda: Const(False), node)
        return self.single(rest, node)

    def _shortcut(self, conjunction: bool, values: list[ast.expr], node: ast.AST) -> Value:
        first = self.operand(values[0])
        if len(values) == 1:
            return first
        rest: Callable[[], Value] = lambda: self._shortcut(conjunction, values[1:], node)  # noqa: E731
        if not conjunction:
            return self._branch(first, lambda: first, rest, node)
        return self._branch(first, rest, lambda: Const(False) if self._is_bool(first) else first, node)

    def _is_bool(self, operand: Operand) -> bool:
        """Is it the result of a comparison or of `not`?"""
        last = self.out[-1] if self.out else None
        return isinstance(last, Assign) and last.target == operand and last.op in ("not", *COMPARE.values())

    def _branch(self, test: Operand, then: Callable[[], Value], orelse: Callable[[], Value], node: ast.AST) -> Value:
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
        if key != ".T" and key not in RULES:
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
                value = self.value(node)
                return tuple(flatten(value)) if isinstance(value, tuple) else (value,)

    # ---- calls --------------------------------------------------------------------------------------------

    def static(self, node: ast.expr) -> Any:
        """The object that a name or dotted name means before the function runs, or MISSING."""
        match node:
            case ast.Name(name):
                return MISSING if name in self.frame.locals else self.frame.source.resolve(name)
            case ast.Attribute(value, attr):
                root = self.static(value)
                return MISSING if root is MISSING or isinstance(root, np.ndarray) else getattr(root, attr, MISSING)
            case _:
                return MISSING

    def call(self, node: ast.Call) -> Value | None:
        function = self.static(node.func)
        if function is MISSING:
            if isinstance(node.func, ast.Attribute):
                return self._method(node.func, node)
            raise self.refuse(node.func, f"cannot tell what `{ast.unparse(node.func)}` is",
                              "it is not a function known before the call", "call a function by its name")  # fmt: skip
        if function in _VIEW_FUNCTIONS:
            if not node.args:
                raise self._keywords(node)
            return self._method_on(_VIEW_FUNCTIONS[function], node.args[0], node.args[1:], node)
        rule = lookup(function)
        if rule is not None:
            return self._apply(rule, node, ())
        if is_function(function):
            return self.inline(function, node)
        name = ast.unparse(node.func)
        reason = "it is neither a primitive that has one nor a Python function whose source can be read"
        remedy = "compute it from functions that have a rule, or outside of the differentiated function"
        if "random" in name.split("."):
            reason, remedy = "a draw has no derivative", "draw outside, and pass the numbers as an argument"
        raise self.refuse(node.func, f"there is no derivative rule for `{name}`", reason, remedy)

    def _method(self, function: ast.Attribute, node: ast.Call) -> Value:
        return self._method_on("." + function.attr, function.value, node.args, node)

    def _method_on(self, key: str, array: ast.expr, args: list[ast.expr], node: ast.Call) -> Value:
        where = self.array(array)
        if key in _VIEWS and node.keywords:
            raise self._keywords(node)
        if key == ".reshape":
            shape = [operand for arg in args for operand in flatten(self.value(arg))]
            return self.primitive(key, (where, *shape), node)
        if key in (".ravel", ".T", ".transpose") and not args:
            return self.primitive(".T" if key == ".transpose" else key, (where,), node)
        rule = RULES.get(key)
        if rule is None or key in _VIEWS:
            raise self.refuse(node.func, f"the method `{key}` is not supported", "there is no derivative rule for it",
                              "use the NumPy function or a loop")  # fmt: skip
        return self._apply(rule, node, (where,))

    def _keywords(self, node: ast.Call) -> UnsupportedError:
        return self.refuse(node, f"`{ast.unparse(node)}` names its arguments", "a view takes them by position only",
                           "write them without names")  # fmt: skip

    def _apply(self, rule: Rule, node: ast.Call, first: tuple[Operand, ...]) -> Var:
        """A primitive on its arguments, in the order of the rule's parameters."""
        given: list[Operand] = [*first, *(self.operand(arg) for arg in node.args)]
        keywords = {word.arg: self.operand(word.value) for word in node.keywords if word.arg}
        if rule.variadic and len(given) > 2:
            result = self.primitive(rule.key, (given[0], given[1]), node)
            for operand in given[2:]:
                result = self.primitive(rule.key, (result, operand), node)
            return result
        params = rule.params
        unknown = [word for word in keywords if word not in params[len(given) :]]
        if len(given) > len(params) or unknown:
            word = unknown[0] if unknown else str(len(given))
            raise self.refuse(node, f"`{ast.unparse(node)}` has an argument that is not supported (`{word}`)",
                              f"the rule covers {', '.join(params)}", "leave it out")  # fmt: skip
        for name in params[len(given) :]:
            if name in keywords:
                given.append(keywords.pop(name))
            elif name in rule.defaults:
                if not keywords:
                    break
                given.append(default_operand(rule.defaults[name]))
            else:
                raise self.refuse(node, f"`{ast.unparse(node)}` lacks its argument `{name}`", "it has no default")
        return self.primitive(rule.key, tuple(given), node, call_hint(rule.key, given))

    def range_bounds(self, node: ast.Call) -> tuple[Operand, Operand, Operand]:
        bounds = [self.operand(arg) for arg in node.args]
        match bounds:
            case [stop]:
                return Const(0), stop, Const(1)
            case [start, stop]:
                return start, stop, Const(1)
            case [start, stop, step]:
                return start, stop, step
            case _:
                raise self.refuse(node, "range takes one to three arguments", "Python would raise TypeError here")


def _dtype_label(type_: type) -> str:
    name = np.dtype(type_).name
    return "np.bool_" if name == "bool" else f"np.{name}"


def default_operand(node: ast.expr) -> Const:
    """A default of a rule: a literal or a dtype."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | None):
        return Const(node.value)
    return Const(ast.unparse(node), label=ast.unparse(node))
