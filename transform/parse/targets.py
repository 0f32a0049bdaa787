"""Assignment: to names, elements, tuples of them; plain and augmented."""
from __future__ import annotations

import ast
from dataclasses import replace

from ..errors import UnsupportedError
from ..ir import Accumulate, Assign, Const, Load, Operand, Store, Var
from ..names import is_temporary
from ..walk import walk, written
from .inlining import Inlining
from .values import FunctionValue, Value


class Targets(Inlining):
    def bind(self, target: Var, value: Operand, node: ast.AST, only: bool = True) -> None:
        """target = value; a temporary that was made for only this becomes the target."""
        last = self.out[-1] if self.out and only else None
        if isinstance(last, Assign | Load) and last.target == value and is_temporary(last.target.name):
            self.out[-1] = replace(last, target=target)
        else:
            self.emit(Assign(target, "bind", (value,), loc=self.loc(node)))

    def assign(self, target: ast.expr, value: Value, node: ast.stmt, last: bool = True) -> None:
        """target = value; `last`: nobody else takes the value."""
        match target:
            case ast.Name(name):
                known = self.frame.names.get(name)
                if known is not None and isinstance(known, FunctionValue) != isinstance(value, FunctionValue):
                    raise self.refuse(target, f"`{name}` is a function in one place and a number, an array or a tuple in another",
                                      "a name keeps its structure", "use another name")  # fmt: skip
                if isinstance(value, FunctionValue):
                    self.frame.names[name] = value
                elif isinstance(value, tuple) and isinstance(known, Var):
                    self.bind(known, self.single(value, node), node, last)
                elif isinstance(value, tuple):
                    shaped = known if isinstance(known, tuple) else self.structure_like(value, name)
                    self.frame.names[name] = shaped
                    self.assign_value(shaped, value, node)
                else:
                    if isinstance(known, tuple):
                        self.assign_value(known, self._parts(value, known, name, target), node)
                        return
                    self.bind(self.declare(self.frame, name), value, node, last)
            case ast.Tuple(elts) | ast.List(elts):
                for number, inner in enumerate(elts):
                    self.assign(inner, self.item(value, number, len(elts), target), node, last)
            case ast.Subscript(array, index):
                where = self.array(array)
                self.emit(Store(where, self.index(index), self.single(value, node), loc=self.loc(node)))
            case _:
                raise self.refuse(target, f"cannot assign to `{ast.unparse(target)}`", "only names and elements have adjoints")

    def tuple_before(self, name: str, node: ast.expr) -> UnsupportedError:
        return self.refuse(node, f"`{name}` is a tuple that is written out in one place and something else in another",
                           "a name keeps its structure", "use another name")  # fmt: skip

    def _parts(self, value: Operand, like: tuple[Value, ...], name: str, node: ast.expr) -> Value:
        """The items of what must be a tuple, too, for a name that is one already."""
        if not isinstance(value, Var) or any(isinstance(item, tuple | FunctionValue) for item in like):
            raise self.tuple_before(name, node)
        return tuple(self.primitive("part", (value, Const(k), Const(len(like))), node) for k in range(len(like)))

    def assign_value(self, target: Value, value: Value, node: ast.AST) -> None:
        """Component-wise assignment of one static structure to another."""
        if isinstance(target, FunctionValue) and isinstance(value, FunctionValue):
            if target != value:
                raise self.refuse(node, "which function this is depends on a condition",
                                  "which function is called must be known before the program runs",
                                  "choose between the results: `f(x) if c else g(x)`")  # fmt: skip
            return
        if isinstance(target, tuple) != isinstance(value, tuple) or isinstance(value, FunctionValue) or (
            isinstance(target, tuple) and isinstance(value, tuple) and len(target) != len(value)
        ):
            raise self.refuse(node, "this tuple has another structure than before", "a result keeps its structure")
        if isinstance(target, tuple) and isinstance(value, tuple):
            parts = [self.frozen(item, node) for item in value]         # all of them before any target changes
            for inner, part in zip(target, parts, strict=True):
                self.assign_value(inner, part, node)
        elif isinstance(target, Var) and not isinstance(value, tuple):
            self.emit(Assign(target, "bind", (value,), loc=self.loc(node)))

    def _augmented(self, target: ast.expr, op: str, right: ast.expr, node: ast.stmt) -> None:
        loc = self.loc(node)
        operands: list[Operand] = []
        block = self.block(lambda: operands.append(self.operand(right)))
        value = operands[0]
        if isinstance(target, ast.Subscript) and any(written(s) for s in walk(block)):
            where, place = self.array(target.value), self.index(target.slice)
            old = self.load(where, place, target)           # before the right side writes to it
            self.out.extend(block)
            new = self.primitive(op + "=", (old, value), node)
            self.emit(Store(where, place, new, loc=loc))
            return
        self.out.extend(block)
        match target:
            case ast.Name():
                var = self.operand(target)
                if not isinstance(var, Var):
                    raise self.refuse(target, "cannot change a constant", "it has no memory")
                self.emit(Assign(var, op + "=", (var, value), loc=loc))
            case ast.Subscript(array, index):
                where, place = self.array(array), self.index(index)
                if op in "+-":
                    if op == "-":
                        value = self.primitive("neg", (value,), node)
                    self.emit(Accumulate(where, place, value, loc=loc))
                else:
                    old = self.load(where, place, target)
                    new = self.primitive(op + "=", (old, value), node)
                    self.emit(Store(where, place, new, loc=loc))
            case _:
                raise self.refuse(target, f"cannot assign to `{ast.unparse(target)}`", "only names and elements have adjoints")
