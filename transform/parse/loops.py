"""`for` and `while`: what counts the rounds, and what a round begins with."""
from __future__ import annotations

import ast

from ..ir import For, Operand, Var, While
from .exits import Exits


class Loops(Exits):
    def loop_without_else(self, node: ast.For | ast.While) -> Var | None:
        """The loop, and the flag that it was left, if it may be."""
        return self.for_(node) if isinstance(node, ast.For) else self.while_(node)

    def for_(self, node: ast.For) -> Var | None:
        iterator, target = node.iter, node.target
        if not (isinstance(iterator, ast.Call) and self.static(iterator.func) is range and isinstance(target, ast.Name)):
            raise self.refuse(iterator, "only `for name in range(...)` is supported", "the loop needs a counter",
                              "loop over range(len(a)) and index a[i]")  # fmt: skip
        start, stop, step = self.range_bounds(iterator)
        counter = self.declare(self.frame, target.id)
        return self.loop(node, lambda body: For(counter, start, stop, step, body, loc=self.loc(node)))

    def while_(self, node: ast.While) -> Var | None:
        header: list[Operand] = []
        head = self.block(lambda: header.append(self.operand(node.test)))
        return self.loop(node, lambda body: While(head, header[0], body, loc=self.loc(node)))
