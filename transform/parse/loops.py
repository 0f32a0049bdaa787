"""`for` and `while`: what counts the rounds, and what a round begins with."""
from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from ..ir import Block, For, Operand, Statement, While
from .targets import Targets


class Loops(Targets):
    def statements(self, nodes: Sequence[ast.stmt]) -> None:
        raise NotImplementedError

    def for_(self, node: ast.For) -> None:
        iterator, target = node.iter, node.target
        if not (isinstance(iterator, ast.Call) and self.static(iterator.func) is range and isinstance(target, ast.Name)):
            raise self.refuse(iterator, "only `for name in range(...)` is supported", "the loop needs a counter",
                              "loop over range(len(a)) and index a[i]")  # fmt: skip
        start, stop, step = self.range_bounds(iterator)
        counter = self.declare(self.frame, target.id)
        self.loop(node, lambda body: For(counter, start, stop, step, body, loc=self.loc(node)))

    def while_(self, node: ast.While) -> None:
        header: list[Operand] = []
        head = self.block(lambda: header.append(self.operand(node.test)))
        self.loop(node, lambda body: While(head, header[0], body, loc=self.loc(node)))

    def loop(
        self, node: ast.For | ast.While, make: Callable[[Block], Statement], begin: Callable[[], None] = lambda: None
    ) -> None:
        """The loop that `make` builds around the block of a round, which `begin` opens."""

        def round_() -> None:
            begin()
            self.statements(node.body)

        self.emit(make(self.block(round_)))
