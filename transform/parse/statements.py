"""Statements → raw list: blocks, branches, and what ends a function."""
from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import partial

from ..ir import Block, If, Operand, Var
from .expressions import BINARY
from .frames import Frame
from .loops import Loops
from .values import Value


class Parser(Loops):
    """Lowers statements; the classes below it lower what stands inside them."""

    def run(self, frame: Frame, statements: Sequence[ast.stmt]) -> tuple[Block, Value | None]:
        """The block of a whole function body, and the value that it returns."""
        outer, self.frame, self.out = (self.frame, self.out), frame, []
        result: list[Value] = []
        self._tail(statements, result, only=_count_returns(statements) == 1)
        block = tuple(self.out)
        self.frame, self.out = outer
        return block, result[0] if result else None

    def _tail(self, statements: Sequence[ast.stmt], result: list[Value], only: bool) -> None:
        """Statements that end the function: what follows an `if` that may return moves into its branches."""
        for position, statement in enumerate(statements):
            if isinstance(statement, ast.Return):
                if statement.value is not None:
                    self._return(self.value(statement.value), result, statement, only)
                return
            if isinstance(statement, ast.If) and _count_returns([statement]):
                rest = statements[position + 1 :]
                test = self.operand(statement.test)
                then, orelse = (
                    self.block(partial(self._tail, [*body] if _ends(body) else [*body, *rest], result, only))
                    for body in (statement.body, statement.orelse)
                )
                self.emit(If(test, then, orelse, loc=self.loc(statement)))
                return
            self._statement(statement)

    def _return(self, value: Value, result: list[Value], node: ast.stmt, only: bool) -> None:
        if only:
            if not isinstance(value, tuple | Var) or (isinstance(value, Var) and value.name.startswith("%")):
                value = self._named("result", value, node)
            result.append(value)
            return
        if not result:
            result.append(self.structure_like(value, "result"))
        self.assign_value(result[0], value, node)

    def _named(self, hint: str, value: Operand, node: ast.stmt) -> Var:
        var = self.namer.fresh(hint)
        self.bind(var, value, node)
        return var

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets, value):
                result = self.value(value)
                if len(targets) > 1 or isinstance(targets[0], ast.Tuple):
                    result = self.frozen(result, node)
                for target in targets[:-1]:
                    self.assign(target, result, node, last=False)
                self.assign(targets[-1], result, node)
            case ast.AnnAssign(target, _, value):
                if value is not None:
                    self.assign(target, self.value(value), node)
            case ast.AugAssign(target, op, value):
                self._augmented(target, BINARY[type(op)], value, node)
            case ast.For():
                self.for_(node)
            case ast.While():
                self.while_(node)
            case ast.If(test, body, orelse):
                flag = self.operand(test)
                then = self.block(lambda: self.statements(body))
                other = self.block(lambda: self.statements(orelse))
                self.emit(If(flag, then, other, loc=self.loc(node)))
            case ast.Expr(ast.Constant()) | ast.Pass():
                pass
            case ast.Expr(ast.Call() as call):
                self.call(call)
            case _:
                raise self.refuse(node, f"`{type(node).__name__.lower()}` is not supported", "it has no derivative rule")

    def statements(self, nodes: Sequence[ast.stmt]) -> None:
        for node in nodes:
            self._statement(node)


def _count_returns(statements: Sequence[ast.stmt]) -> int:
    return sum(isinstance(node, ast.Return) for statement in statements for node in ast.walk(statement))


def _ends(statements: Sequence[ast.stmt]) -> bool:
    """Does control never reach the end of these statements?"""
    if not statements:
        return False
    last = statements[-1]
    return isinstance(last, ast.Return) or (isinstance(last, ast.If) and _ends(last.body) and _ends(last.orelse))
