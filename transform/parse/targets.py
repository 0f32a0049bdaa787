"""Assignment: to names, elements, tuples of them; plain and augmented."""
from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from ..ir import Accumulate, Assign, Const, Load, Operand, Store, Var
from ..names import is_temporary
from ..structure import rebuilt
from .expressions import NUMBERS
from .inlining import Inlining
from .trees import node_in
from .values import FunctionValue, Value, described, form
from .writes import may_write


class Targets(Inlining):
    def bind(self, target: Var, value: Operand, node: ast.AST, only: bool = True) -> None:
        """target = value; a temporary that was made for only this becomes the target."""
        last = self.out[-1] if self.out and only else None
        if isinstance(last, Assign | Load) and last.target == value and is_temporary(last.target.name):
            if self.is_literal(value) and not self.known(value, node):
                self.emit_bind(target, value, node)
                return
            if self.is_literal(value):
                self.literals.add(target.name)
            self.out[-1] = replace(last, target=target)
        else:
            self.emit_bind(target, value, node)

    def emit_bind(self, target: Var, value: Operand, node: ast.AST) -> None:
        if self.is_literal(value):
            self.literals.add(target.name)
        self.emit(Assign(target, "bind" if self.known(value, node) else "passed", (value,), loc=self.loc(node)))

    def assign(self, target: ast.expr, value: Value, node: ast.AST, last: bool = True) -> None:
        """target = value; `last`: nobody else takes the value."""
        match target:
            case ast.Name(name):
                if isinstance(value, FunctionValue):
                    self.frame.rebind(name, value)
                    return
                value = self._kept(name, value, target)
                home = self.variables(self.frame, name, value)
                if isinstance(home, Var) and isinstance(value, Operand):
                    self.bind(home, value, node, last)
                else:
                    self.assign_value(home, value, node)
            case ast.Tuple(elts) | ast.List(elts):
                items: Iterable[Value] = (self.item(value, number, len(elts), target) for number in range(len(elts)))
                if any(isinstance(part, ast.Subscript) for part in ast.walk(target)):
                    items = list(items)                 # all of them before anything is written, which they may come from
                for inner, item in zip(elts, items, strict=True):
                    self.assign(inner, item, node, last)
            case ast.Subscript(_, index):
                where = self.written_to(target)
                self.emit(Store(where, self.index(index), self.single(value, node), loc=self.loc(node)))
            case _:
                raise self.refuse(target, f"cannot assign to `{ast.unparse(target)}`", "only names and elements have adjoints")

    def _kept(self, name: str, value: Value, node: ast.expr) -> Value:
        """The value in the form of others that are bound to a name: a tuple that is one value of the list, such as a shape,
        and one that the text writes out can meet."""
        if (self.frame.source.key, name) not in self.routines.kept:
            return value
        return self.alike(self.frame.kept.setdefault(name, value), value, node)

    def alike(self, like: Value, value: Value, node: ast.AST) -> Value:
        """The value written out, or as one value of the list, as the other one is."""
        if isinstance(value, tuple) and isinstance(like, tuple) and len(value) == len(like):
            return rebuilt(value, [self.alike(one, item, node) for one, item in zip(like, value, strict=True)])
        if any(node_in(side) is not None or (isinstance(side, Var) and side in self.flat_params) for side in (like, value)):
            return value                                # a dict and the like is never one value, and an argument is no tuple then
        if isinstance(value, tuple) and isinstance(like, Var):
            return self.single(value, node)
        if isinstance(value, Var) and isinstance(like, tuple):
            parts = [self.primitive("part", (value, Const(k), Const(len(like))), node) for k in range(len(like))]
            return rebuilt(like, [self.alike(one, part, node) for one, part in zip(like, parts, strict=True)])
        return value

    def assign_value(self, target: Value, value: Value, node: ast.AST) -> None:
        """Component-wise assignment of one static structure to another."""
        if isinstance(target, FunctionValue) and isinstance(value, FunctionValue):
            if target != value:
                raise self.refuse(node, "which function this is depends on a condition",
                                  "which function is called must be known before the program runs",
                                  "choose between the results: `f(x) if c else g(x)`")  # fmt: skip
            return
        if form(target) != form(value):
            raise self.refuse(node, f"this is {described(value)} here and {described(target)} on another path",
                              "a value has one structure, whatever the path", "return the same on every path")  # fmt: skip
        if isinstance(target, tuple) and isinstance(value, tuple):
            parts = [self.frozen(item, node) for item in value]         # all of them before any target changes
            unknown = ast.copy_location(ast.Tuple([], ast.Load()), node)        # Numba does not look into tuples
            for inner, part in zip(target, parts, strict=True):
                self.assign_value(inner, part, unknown)
        elif isinstance(target, Var) and isinstance(value, Operand):
            self.emit_bind(target, value, node)

    def is_literal(self, value: Operand) -> bool:
        """Is it a number that is written out, a captured one, or a name that was given one?"""
        if isinstance(value, Const):
            return not isinstance(value.value, str | None)
        return value.name in self.literals or value.name in self.folded or isinstance(self.captures.get(value.name), NUMBERS)

    def known(self, value: Operand, node: ast.AST) -> bool:
        """Does Numba know what is bound?  It takes branches away for a number that the text assigns to a name, and not for one that
        is an argument or a result of a call, or an item of a tuple.  The text of a nested function stands where it is called."""
        if not self.is_literal(value):
            return True
        match node:
            case ast.Assign(targets, ast.Tuple(elts) as items):         # Python takes it apart, unless all of it is constant
                constant = not any(isinstance(part, ast.Name | ast.Attribute | ast.Call) for part in ast.walk(items))
                names = targets[0].elts if isinstance(targets[0], ast.Tuple | ast.List) else []
                plain = len(targets) == 1 and bool(names) and all(isinstance(name, ast.Name) for name in names)
                return plain and len(elts) <= 3 and not constant
            case ast.Assign(targets, given) if not all(isinstance(target, ast.Name) for target in targets):
                return False
            case ast.Return():
                return self.frame.source.nested
            case ast.Assign(value=given) | ast.AnnAssign(value=given) | ast.NamedExpr(value=given):
                if isinstance(given, ast.Call):
                    return (isinstance(value, Var) and value.name in self.handed_back) or self.is_length(given)
                field = isinstance(given, ast.Attribute) and isinstance(value, Const)
                return given is not None and not field and (isinstance(given, ast.Attribute) or not self.inside(given))
            case ast.IfExp() | ast.BoolOp() | ast.Compare():
                return True
            case _:
                return False

    def _augmented(self, target: ast.expr, op: str, right: ast.expr, node: ast.stmt) -> None:
        if isinstance(target, ast.Name) and isinstance(old := self.frame.names.get(target.id), tuple):
            self.assign(target, self.binary(op, old, self.value(right), (node, target, right)), node)
            return
        loc = self.loc(node)
        if isinstance(target, ast.Subscript):
            self._element(target, op, right, node)
            return
        if not isinstance(target, ast.Name):
            raise self.refuse(target, f"cannot assign to `{ast.unparse(target)}`", "only names and elements have adjoints")
        value = self.operand(right)
        var = self.frame.names.get(target.id) or self.operand(target)
        if not isinstance(var, Var):
            raise self.refuse(target, "cannot change a constant", "it has no memory")
        self.emit(Assign(var, op + "=", (var, value), loc=loc))

    def _element(self, target: ast.Subscript, op: str, right: ast.expr, node: ast.stmt) -> None:
        """a[i] op= value, in Python's order: the place, what is there, the value."""
        where, place = self.written_to(target), self.index(target.slice)
        operands: list[Operand] = []
        block = self.block(lambda: operands.append(self.operand(right)))
        value, loc = operands[0], self.loc(node)
        if op in "+-" and not may_write(block):
            self.out.extend(block)
            if op == "-":
                value = self.primitive("neg", (value,), node)
            self.emit(Accumulate(where, place, value, loc=loc))
            return
        old = self.load(where, place, target)
        self.out.extend(block)
        new = self.primitive(op + "=", (old, value), node)
        self.emit(Store(where, place, new, loc=loc))
