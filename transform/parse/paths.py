"""What names are where paths meet: behind branches, and where a round of a loop begins (`frames`)."""
from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from ..ir import If, Operand, Var
from ..reading.control import ends, exits_of
from .targets import Targets


class Paths(Targets):
    def statements(self, nodes: Sequence[ast.stmt]) -> None:
        raise NotImplementedError

    def branch(self, test: Operand, body: Sequence[ast.stmt], orelse: Sequence[ast.stmt], node: ast.stmt) -> None:
        before = self.frame.bindings()
        then = self.block(lambda: self.statements(body))
        after = self.frame.bindings()
        self.frame.go_to(before)
        other = self.block(lambda: self.statements(orelse))
        if ends(orelse):
            self.frame.go_to(after)
        elif not ends(body):
            self.frame.join(after, self.answer(test))
        self.emit(If(test, then, other, loc=self.loc(node)))

    def settled(self, node: ast.For | ast.While, read: Callable[[], Var | None]) -> Var | None:
        """A loop, read so that its names are the same whenever a round begins; read again, if it turns out that they are not."""
        frame, mark = self.frame, len(self.out)
        before, result = frame.bindings(), frame.result
        changed, exits = frame.changed, exits_of(node.body)
        while True:
            begin = frame.bindings()
            frame.changed = {}
            left = read()
            differ = {**frame.differing(begin), **(frame.changed if "continue" in exits else {})}
            again = {name: forms for name, forms in differ.items() if name in begin.names}
            if not again:
                break
            del self.out[mark:]
            frame.go_to(begin)
            frame.mix(again)
            frame.result = result
        if "break" in exits:
            frame.mix(frame.changed)
        frame.join(before)
        frame.changed = {**frame.changed, **changed}
        return left
