"""Statements → raw list: one method for each kind is here or in the classes below."""
from __future__ import annotations

import ast
from collections.abc import Sequence

from ..ir import Block
from .expressions import BINARY
from .frames import Frame
from .lists import Lists
from .values import Value


class Parser(Lists):
    """Lowers statements; the classes below it lower what stands inside them."""

    def run(self, frame: Frame, statements: Sequence[ast.stmt]) -> tuple[Block, Value | None]:
        """The block of a whole function body, and the value that it returns."""
        outer, self.frame, self.out = (self.frame, self.out), frame, []
        self.open_frame(statements, frame.source.tree)
        self.statements(statements)
        block = tuple(self.out)
        self.frame, self.out = outer
        return block, frame.result

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets, value):
                result = self.value(value)
                if len(targets) > 1 or isinstance(targets[0], ast.Tuple | ast.List):
                    result = self.frozen(result, node)
                for target in targets[:-1]:
                    self.assign(target, result, node, last=False)
                self.assign(targets[-1], result, node)
            case ast.AnnAssign(target, _, value):
                if value is not None:
                    self.assign(target, self.value(value), node)
            case ast.AugAssign(target, op, value):
                self._augmented(target, BINARY[type(op)], value, node)
            case ast.For() | ast.While():
                self.forget(node)
                self.loop_without_else(node)
            case ast.FunctionDef():
                self.assign(ast.copy_location(ast.Name(node.name, ast.Store()), node), self.closure(node), node)
            case ast.Return(value):
                self.return_(None if value is None else self.value(value), node)
            case ast.Break():
                self.break_(node)
            case ast.Continue():
                self.continue_(node)
            case ast.Raise():
                self.raise_(node)
            case ast.Assert():
                self.assertion(node)
            case ast.Expr(ast.Constant()) | ast.Pass():
                pass
            case ast.Delete(targets):
                for target in targets:
                    self.delete(target)
            case ast.Expr(ast.Call() as call):
                self.call(call)
            case ast.Expr(ast.NamedExpr() as named):
                self.value(named)
            case _:
                raise self.refuse(node, f"`{type(node).__name__.lower()}` is not supported", "it has no derivative rule")
