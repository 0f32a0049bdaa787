"""Expressions → three-address statements.

`Expressions.value` appends to `out` what it takes to compute an expression and returns its operand, or a (nested) Python
tuple of operands where the expression is a tuple: tuples are structure, known here, and never values of the list.
Rule bodies are lowered by the same class (`derive/bodies.py`), so a rule reads like user code and means the same.
"""
from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..fence.expressions import REFUSED_OPERATORS
from ..ir import Assign, Block, Const, Ellipsis_, If, Index, Load, Operand, Slice, Var
from ..op_text import BINARY as _BINARY
from ..op_text import COMPARE as _COMPARE
from ..reading.source import MISSING, is_function, is_transformed
from ..reading.transforms import is_transform
from ..rules import RULES, lookup
from ..structure import Record, fields_of, is_record_class, plain_numbers, rebuilt, structured
from ..temporary_names import element_hint
from .calls import as_dtype
from .frames import Keep
from .hidden import Hidden
from .trees import node_in
from .values import FunctionValue, Known, Value, described, is_none, is_static

BINARY = {type(node): op for op, node in _BINARY.items()}
COMPARE = {type(node): op for op, node in _COMPARE.items()}
UNARY: dict[type[ast.unaryop], str] = {ast.USub: "neg", ast.UAdd: "pos", ast.Not: "not", ast.Invert: "~"}

NUMBERS = (bool, int, float, np.bool_, np.integer, np.floating)


class Expressions(Hidden):
    """The part that knows expressions; `Parser` adds statements and calls of user functions."""

    # ---- values -------------------------------------------------------------------------------------------

    def operand(self, node: ast.expr) -> Operand:
        return self.single(self.value(node), node)

    def single(self, value: Value, node: ast.AST) -> Operand:
        if (tree := node_in(value)) is not None:
            raise self.whole_tree(tree, node)
        if isinstance(value, tuple):
            items = tuple(self.single(item, node) for item in value)
            return self.primitive("record", (self.class_of(value), *items), node) if isinstance(value, Record) else (
                self.primitive("tuple", items, node))
        if isinstance(value, FunctionValue):
            raise self.refuse(node, "a function is used as a number or an array", "it can be called, handed on and bound to a name",
                              "call it")  # fmt: skip
        return value

    def class_of(self, value: Record) -> Var:
        """The class of a namedtuple as a captured value."""
        for known, other in self.captures.items():
            if other is value.kind:
                return Var(known)
        var = self.namer.fresh(value.kind.__name__)
        self.captures[var.name] = value.kind
        return var

    def fields(self) -> set[str]:
        """The fields of the namedtuples that are values of the list."""
        kinds = [kind for kind in self.captures.values() if is_record_class(kind)]
        return {field for kind in kinds if isinstance(kind, type) for field in fields_of(kind)}

    def array(self, node: ast.expr) -> Var:
        return self.array_of(self.value(node), node)

    def array_of(self, value: Value, node: ast.expr) -> Var:
        operand = self.single(value, node)
        if not isinstance(operand, Var):
            raise self.refuse(node, f"`{ast.unparse(node)}` cannot be indexed", "it is not an array")
        return operand

    def value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(bool() | int() | float() | None as literal):
                return Const(literal)
            case ast.Constant(str()):
                raise self.refused("text", node)
            case ast.Name(name):
                return self._name(name, node)
            case ast.Tuple(elts):
                return tuple(self.row(elts))
            case ast.BinOp(left, op, right):
                one, other = self._terms(node, self.value(left), self.value(right))
                if not isinstance(op, ast.MatMult):     # which is a call for Numba
                    self.parts((left, right), (one, other))
                return self.binary(BINARY[type(op)], one, other, (node, left, right))
            case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as literal)):
                return Const(-literal)
            case ast.UnaryOp(ast.Not(), operand):
                test = self._decided(operand)
                if isinstance(test, Const) and is_static(test):
                    return Const(not test.value)
                return self.primitive("not", (test,), node)
            case ast.UnaryOp(op, operand):
                value = self._terms(node, self.value(operand))[0]
                self.parts((operand,), (value,))
                return self.primitive(UNARY[type(op)], (self.single(value, node),), node)
            case ast.Compare(ast.Constant(str() as key), [ast.In() | ast.NotIn() as op], [right]):
                return Const(self.has_key(self.value(right), key, node) == isinstance(op, ast.In))
            case ast.Compare(left, [op], [right]) if (known := self.compared_lengths(left, op, right)) is not None:
                return Const(known)
            case ast.Compare(left, ops, comparators):
                return self._compare(self.compared(left), ops, comparators, node)
            case ast.BoolOp():
                return self._shortcut(node, False)
            case ast.IfExp(test, body, orelse):
                condition = self.truth(test)
                if isinstance(condition, bool):
                    return self.value(body if condition else orelse)
                return self.choice(condition, lambda: self.asked(body), lambda: self.asked(orelse), node)
            case ast.Lambda():
                return self.closure(node)
            case ast.List():
                return self.display(node)
            case ast.ListComp():
                return self.comprehension(node)
            case ast.NamedExpr():
                return self.assigned(node)
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
        value = value if value is not None else self._unbound(name, node)
        return self.frozen(value, node) if name in home.renewed else value

    def _unbound(self, name: str, node: ast.AST) -> Value:
        """A local name that nothing was assigned to yet, or not the same on every path."""
        if name not in self.frame.mixed:
            return self.declare(self.frame, name)
        one, other = self.frame.mixed[name]
        key = self.frame.source.key, name
        if key not in self.routines.kept and {type(one), type(other)} == {tuple, Var}:
            raise Keep(key)
        raise self.refuse(node, f"`{name}` is {described(one)} on one path to here, and {described(other)} on another",
                          "what it is must be known before the call", "use a name of its own for each")  # fmt: skip

    def truth(self, node: ast.expr) -> bool | Operand:
        """A condition: True or False where that is known while reading, as Numba prunes branches for the types at hand."""
        value = self._shortcut(node, True) if isinstance(node, ast.BoolOp) else self.asked(node)
        if is_none(value):
            return False if self.is_written_none(node) else self.primitive("passed", (Const(False),), node)
        return bool(value.value) if isinstance(value, Const) and is_static(value) else self.single(value, node)

    def binary(self, op: str, left: Value, right: Value, nodes: Sequence[ast.AST]) -> Value:
        """`nodes`: the whole, the left and the right side."""
        if op == "+" and isinstance(left, tuple) and isinstance(right, tuple):
            for side, node in ((left, nodes[1]), (right, nodes[2])):
                if (tree := node_in(side)) is not None:
                    raise self.whole_tree(tree, node)
            return (*left, *right)
        return self.primitive(op, (self.single(left, nodes[1]), self.single(right, nodes[2])), nodes[0])

    def captured(self, name: str, value: object, node: ast.AST) -> Value:
        """A global, closure value or module constant as an operand."""
        value = self.meant(value)
        if value is None:
            return Const(None)
        value = as_dtype(value.type if isinstance(value, np.dtype) else value)
        if isinstance(value, type) and (issubclass(value, np.generic) or value in (float, int, bool)):
            return Const(np.dtype(value).name, label=_dtype_label(value))
        if isinstance(value, tuple):
            items = [_constant(item) if isinstance(item, NUMBERS) else self.captured(name, item, node) for item in value]
            return rebuilt(structured(value), items)
        if lookup(value) is not None or is_function(value) or is_transformed(value):
            return Known(value)
        if is_transform(value):
            raise self.refuse(node, f"`{name}` is called by another name", "which transform is meant must be plain from the text",
                              f"write `{name}` where it is called")  # fmt: skip
        if not isinstance(value, (*NUMBERS, np.ndarray)) or isinstance(value, enum.Enum):
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
            self.as_tuple(value, node)
            return value[number]
        if not isinstance(value, Var):
            raise self.refuse(node, "this cannot be unpacked", "it is not a tuple")
        return self.primitive("item", (value, Const(number), Const(count)), node)

    # ---- expressions --------------------------------------------------------------------------------------

    def _compare(self, left: Value, ops: list[ast.cmpop], rights: list[ast.expr], node: ast.Compare) -> Value:
        right = self.compared(rights[0])
        sides = [node.left, *node.comparators][-1 - len(ops) :]
        first = self._compared(left, ops[0], right, sides, node)
        if len(ops) == 1:
            return first
        if isinstance(first, Const) and is_static(first):
            return self._compare(right, ops[1:], rights[1:], node) if first.value else first
        rest = lambda: self._compare(right, ops[1:], rights[1:], node)  # noqa: E731
        return self.choice(self.single(first, node), rest, lambda: Const(False), node)

    def _compared(self, left: Value, op: ast.cmpop, right: Value, sides: Sequence[ast.expr], node: ast.Compare) -> Value:
        """One comparison; with None it is known while reading.  `sides`: where the two values stand."""
        positive = isinstance(op, ast.Is | ast.Eq | ast.In)
        if isinstance(op, ast.Is | ast.IsNot | ast.Eq | ast.NotEq) and (is_none(left) or is_none(right)):
            other, place = (left, sides[0]) if is_none(right) else (right, sides[1])
            return self.against_none(other, place, positive, node)
        if isinstance(op, ast.Eq | ast.NotEq) and isinstance(left, tuple) and isinstance(right, tuple):
            return self.same(left, right, node) if positive else self._negated(self.same(left, right, node), node)
        if isinstance(op, ast.In | ast.NotIn) and isinstance(right, tuple):
            found = self.among(self.single(left, node), right, node)
            return found if positive else self._negated(found, node)
        if isinstance(op, ast.Is | ast.IsNot):
            raise self.refused("identity", node, name=REFUSED_OPERATORS[type(op)])
        if isinstance(op, ast.In | ast.NotIn):
            args = self.single(left, node), self.single(right, node)
            return self.primitive("in" if positive else "not in", args, node, "found")
        self.parts(sides, (left, right))
        return self.primitive(COMPARE[type(op)], (self.single(left, node), self.single(right, node)), node)

    def _negated(self, value: Value, node: ast.AST) -> Value:
        return Const(not value.value) if isinstance(value, Const) else self.primitive("not", (self.single(value, node),), node)

    def _shortcut(self, node: ast.BoolOp, tested: bool) -> Value:
        """`and`, `or`; `tested`: nothing is asked but whether it is true."""
        conjunction = isinstance(node.op, ast.And)

        def chosen(values: list[ast.expr]) -> Value:
            first = self._decided(values[0]) if tested else self.value(values[0])
            if len(values) == 1:
                return first
            if is_none(first) or is_static(first):
                decided = bool(isinstance(first, Const) and first.value) != conjunction
                return first if decided else chosen(values[1:])
            test = self.single(first, node)

            last: list[Value] = []

            def rest() -> Value:
                last.append(chosen(values[1:]))
                return last[0]

            if conjunction:
                found = self.choice(test, rest, lambda: Const(False) if self._is_bool(test) else test, node)
            else:
                found = self.choice(test, lambda: test, rest, node)
            decides = tested and is_static(last[0]) and self.answer(last[0]) != conjunction
            return last[0] if decides else found        # `a and False`: for Numba the branch is gone, whatever `a` is

        return chosen(node.values)

    def _decided(self, node: ast.expr) -> Operand:
        """A condition as True or False: what has a name may be a list, which is neither."""
        found = self.test(node)
        return self.primitive("bool", (found,), node) if isinstance(node, ast.Name) and isinstance(found, Var) else found

    def _is_bool(self, operand: Operand) -> bool:
        """Is it the result of a comparison or of `not`?"""
        last = self.out[-1] if self.out else None
        return isinstance(last, Assign) and last.target == operand and last.op in ("not", "bool", *COMPARE.values())

    def choice(self, test: Operand, then: Callable[[], Value], orelse: Callable[[], Value], node: ast.AST) -> Value:
        """A value that depends on a test: assigned in both branches of an If."""
        first: list[Value] = []
        result: list[Value] = []
        said: list[bool | None] = []                    # on the side that is taken, where that is known
        answer = self.answer(test)

        def arm(fill: Callable[[], Value], side: bool) -> Block:
            def assign() -> None:
                value = fill()
                if answer is (not side) and is_none(value):
                    return                              # it says nothing about the other side
                if answer is side:
                    said.append(self.answer(value))
                if not result:
                    first.append(value)
                    result.append(self.structure_like(value, "%chosen"))
                self.assign_value(result[0], self.alike(first[0], value, node), node)

            return self.block(assign)

        self.emit(If(test, arm(then, True), arm(orelse, False), loc=self.loc(node)))
        if isinstance(result[0], Var) and said and said[0] is not None:
            self.answers[result[0].name] = said[0]
        return result[0]

    def _attribute(self, node: ast.Attribute) -> Value:
        found = self.static(node)
        if found is not MISSING:
            if isinstance(found, NUMBERS) and isinstance(node.value, ast.Name):
                root = self.frame.source.resolve(node.value.id)
                if getattr(root, "__name__", "") in ("math", "numpy"):
                    return Const(float(found), label=f"{'np' if root is np else 'math'}.{node.attr}")
            value = self.captured(node.attr, found, node)
            return self.primitive("passed", (value,), node) if isinstance(found, NUMBERS) and isinstance(value, Var) else value
        value = self.value(node.value)
        if isinstance(value, Record):
            return self.attribute_of(value, node)
        if isinstance(value, Var) and node.attr in self.fields():
            return self.primitive(f"field:{node.attr}", (value,), node)
        self.attribute_of_array(node, called=False)
        key, array = "." + node.attr, self.array_of(value, node.value)
        if key not in (".T", ".flat", ".dtype") and key not in RULES:
            raise self.refuse(node, f"`{ast.unparse(node)}` is not supported", f"there is no rule for `{key}`")
        if key == ".ndim" and isinstance(node.value, ast.Name) and self.is_argument(node.value):
            key = "rank"
        return self.primitive(key, (array,), node)

    def _subscript(self, array: ast.expr, index: ast.expr, node: ast.AST) -> Value:
        value = self.value(array)
        if isinstance(value, tuple):
            tree = node_in(value)
            if tree is not None and tree.access != "place" and isinstance(node, ast.Subscript):
                return self.part(value, tree, index, node)  # type: ignore[arg-type]
            return self.tuple_index(value, index, node)
        if not isinstance(value, Var):
            raise self.refuse(array, f"`{ast.unparse(array)}` cannot be indexed", "it is not an array")
        if isinstance(index, ast.Constant) and isinstance(index.value, str):
            raise self.refused("key", index, name=ast.unparse(array))
        return self.load(value, self.index(index), node)

    def load(self, array: Var, index: tuple[Index, ...], node: ast.AST) -> Var:
        target = self.namer.temporary(element_hint(array, index))
        self.emit(Load(target, array, index, loc=self.loc(node)))
        return target

    def index(self, node: ast.expr) -> tuple[Index, ...]:
        if isinstance(node, ast.Tuple):
            return tuple(self._index_item(item) for item in node.elts)
        if isinstance(node, ast.Slice | ast.Constant):
            return (self._index_item(node),)
        return self.operands(node)

    def _index_item(self, node: ast.expr) -> Index:
        match node:
            case ast.Slice(lower, upper, step):
                return Slice(*(None if part is None else self.operand(part) for part in (lower, upper, step)))
            case ast.Constant(literal) if literal is Ellipsis:
                return Ellipsis_()
            case _:
                value = self.value(node)
                if isinstance(value, tuple):
                    raise self.refused("tuple index", node)
                return self.single(value, node)


def _constant(number: Any) -> Const:
    """A number that is known while reading, in its own type."""
    if not isinstance(number, np.generic):
        return Const(plain_numbers(number))
    plain = number.dtype.name in ("float64", "int64", "bool")
    return Const(number.item(), None if plain else number.dtype.name)


def _dtype_label(type_: type) -> str:
    name = np.dtype(type_).name
    return "np.bool_" if name == "bool" else f"np.{name}"
