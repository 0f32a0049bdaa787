"""`break`, `continue`, `return` and `raise`: ways out of a block, as structure.

The list has no jumps.  What an exit skips moves into the other branch of the `if` that it ends, or stands under a flag; a
loop is left at the end of its round (`Leave`).

    for i in range(n):              for i in range(n):
        if a:                           if a:
            if b:                           if b:
                break                           left = True
            c                               else:
        d                                       c
                                        if not left:
                                            d
                                        Leave(left)
"""
from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..ir import Assign, Block, Const, If, Leave, Operand, Raise, Statement, Var
from ..names import is_temporary
from ..reading.control import Kinds, ends, exits_of, loops_of, may_end
from ..reading.scopes import within
from .frames import Flags
from .paths import Paths
from .values import Value, is_none

_NONE: Kinds = frozenset()


class Exits(Paths):
    """Blocks of statements with ways out."""

    def statement(self, node: ast.stmt) -> None:
        raise NotImplementedError

    def loop_without_else(self, node: ast.For | ast.While) -> Var | None:
        raise NotImplementedError

    # ---- blocks -------------------------------------------------------------------------------------------

    def statements(self, nodes: Sequence[ast.stmt]) -> None:
        """A block; what follows a statement that may end it runs only if that did not."""
        for position, node in enumerate(nodes):
            rest = nodes[position + 1 :]
            if isinstance(node, ast.For | ast.While) and node.orelse:
                self._with_else(node, rest)
                return
            if isinstance(node, ast.If):
                if self._if(node, rest):
                    return
                continue
            self.statement(node)
            if ends([node]):
                return
            if exits_of([node]):
                self._guarded(exits_of([node]), rest, node)
                return

    def _if(self, node: ast.If, rest: Sequence[ast.stmt]) -> bool:
        """A branch.  Where it may end the block, the rest goes where the block goes on, if that is one place; True: the rest
        has been read, too."""
        test = self.truth(node.test)
        if isinstance(test, bool):
            self.statements([*(node.body if test else node.orelse), *rest])
        elif not node.orelse and isinstance(node.body[-1], ast.Raise) and not exits_of(node.body):
            self.branch(test, node.body, [], node)      # what follows runs whenever nothing is raised
            return False
        elif rest and ends(node.body):
            self.branch(test, node.body, [*node.orelse, *rest], node)
        elif rest and ends(node.orelse):
            self.branch(test, [*node.body, *rest], node.orelse, node)
        else:
            self.branch(test, node.body, node.orelse, node)
            if not exits_of([node]):
                return False
            self._guarded(exits_of([node]), rest, node)
        return True

    def _with_else(self, node: ast.For | ast.While, rest: Sequence[ast.stmt]) -> None:
        """A loop with `else`, which runs unless the loop was left."""
        self.forget(node)
        left = self.loop_without_else(node)
        inside = exits_of(node.body)
        if left is None:
            self.statements([*node.orelse, *rest])
        elif ends(node.orelse) and "return" not in inside:
            self.branch(left, rest, node.orelse, node)
        else:
            self.branch(left, [], node.orelse, node)
            self._guarded(exits_of([node]), rest, node)

    def _guarded(self, kinds: Kinds, rest: Sequence[ast.stmt], node: ast.stmt) -> None:
        """The rest of a block, unless one of these exits was taken."""
        if not kinds or not rest:
            self.statements(rest)
            return
        flag = self._flag(kinds)
        assert flag is not None, "an exit that no flag was made for"
        on = self.primitive("not", (flag,), node)
        self.emit(If(on, self.block(lambda: self.statements(rest)), (), loc=self.loc(node)))

    # ---- flags --------------------------------------------------------------------------------------------

    def _flag(self, kinds: Kinds) -> Var | None:
        """The flag that each of these exits sets."""
        if not kinds:
            return None
        loop = self.frame.loops[-1] if self.frame.loops else None
        if loop is None or kinds == {"return"}:
            return self.frame.returned
        return loop.skipped if "continue" in kinds else loop.left

    def flag(self, hint: str, node: ast.AST) -> Var:
        """A new flag, which is not set."""
        var = self.named(hint)
        self.set_flag(var, False, node)
        return var

    def set_flag(self, flag: Var | None, value: bool, node: ast.AST) -> None:
        if flag is not None:
            self.emit(Assign(flag, "bind", (Const(value),), loc=self.loc(node)))

    def named(self, hint: str) -> Var:
        """A variable for this function's own use; the user's names stay what they are."""
        while any(hint in frame.source.locals for frame in self.active):
            hint += "_"
        return self.namer.fresh(hint)

    def open_frame(self, body: Sequence[ast.stmt], node: ast.AST) -> None:
        """Before a function's body: the flag that it has returned, if something has to ask."""
        returns = [part for part in within(body) if isinstance(part, ast.Return)]
        self.frame.plain = len(returns) == 1 and body[-1] is returns[0]
        asks = any("return" in kinds for kinds in _guards(body)) or any("return" in exits_of(loop.body) for loop in loops_of(body))
        self.frame.returned = self.flag("returned", node) if asks else None

    # ---- loops --------------------------------------------------------------------------------------------

    def loop(
        self, node: ast.For | ast.While, make: Callable[[Block], Statement], begin: Callable[[], None] = lambda: None
    ) -> Var | None:
        """The loop that `make` builds around a round, which `begin` opens; the flag that it was left, if it may be."""
        kinds = exits_of(node.body)
        flags = self._open(node, kinds)

        def round_() -> None:
            self.set_flag(flags.skipped, False, node)
            begin()
            self.statements(node.body)
            self.leave(flags, node)

        self.frame.loops.append(flags)
        body = self.block(round_)
        self.frame.loops.pop()
        self.emit(make(body))
        return flags.left

    def unrolled(self, node: ast.For, begins: Sequence[Callable[[], None]]) -> Var | None:
        """The rounds one after the other, each opened by its own `begin`; the flag that they were left, if they may be."""
        flags = self._open(node, exits_of(node.body))

        def rounds(number: int) -> None:
            self.set_flag(flags.skipped, False, node)
            begins[number]()
            self.statements(node.body)
            if number + 1 == len(begins):
                return
            if flags.left is None:
                rounds(number + 1)
            else:
                on = self.primitive("not", (flags.left,), node)
                self.emit(If(on, self.block(lambda: rounds(number + 1)), (), loc=self.loc(node)))

        self.frame.loops.append(flags)
        if begins:
            rounds(0)
        self.frame.loops.pop()
        return flags.left

    def _open(self, node: ast.For | ast.While, kinds: Kinds) -> Flags:
        """The flags of a loop, set to False where that is once for all rounds."""
        left = self.flag("left", node) if "break" in kinds else self.frame.returned if "return" in kinds else None
        asked = any("continue" in found for found in _guards(node.body))
        return Flags(left, self.named("skipped") if asked else None)

    def leave(self, flags: Flags, node: ast.AST) -> None:
        """The end of a round."""
        if flags.left is not None:
            self.emit(Leave(flags.left, loc=self.loc(node)))

    # ---- exits --------------------------------------------------------------------------------------------

    def break_(self, node: ast.Break) -> None:
        loop = self.frame.loops[-1]
        self.set_flag(loop.left, True, node)
        self.set_flag(loop.skipped, True, node)

    def continue_(self, node: ast.Continue) -> None:
        self.set_flag(self.frame.loops[-1].skipped, True, node)

    def return_(self, value: Value | None, node: ast.Return) -> None:
        """The result has a name of its own, unless this is the one return of the function and its last statement."""
        frame = self.frame
        if value is not None and frame.plain:
            unnamed = isinstance(value, Const) or (isinstance(value, Var) and is_temporary(value.name))
            if isinstance(value, Operand) and unnamed and not is_none(value):     # None is known to be None
                result = self.namer.fresh("result")
                self.bind(result, value, node)
                value = result
            frame.result = value
        elif value is not None:
            if frame.result is None:
                frame.result = self.structure_like(value, "result")
            like = frame.kept.setdefault("return", value)
            self.assign_value(frame.result, self.alike(like, value, node), node)
        flags = [flag for loop in reversed(frame.loops) for flag in (loop.skipped, loop.left)]
        for flag in dict.fromkeys([*flags, frame.returned]):
            self.set_flag(flag, True, node)

    def raise_(self, node: ast.Raise) -> None:
        exception, args = (node.exc.func, node.exc.args) if isinstance(node.exc, ast.Call) else (node.exc, [])
        assert exception is not None
        values = tuple(self.message(arg) for arg in args)
        self.emit(Raise(self.exception(exception), values, loc=self.loc(node)))

    def assertion(self, node: ast.Assert) -> None:
        test = self.truth(node.test)
        if test is True:
            return

        def fails() -> None:
            args = () if node.msg is None else (self.message(node.msg),)
            self.emit(Raise(Const("AssertionError", label="AssertionError"), args, loc=self.loc(node)))

        before = self.frame.bindings()                  # nothing that the message binds is there afterwards
        error = self.block(fails)
        self.frame.go_to(before)
        self.emit(If(Const(False) if test is False else test, (), error, loc=self.loc(node)))

    def exception(self, node: ast.expr) -> Operand:
        """The class that is raised: a builtin by its name, another one as a captured value."""
        found: Any = self.static(node)
        if not (isinstance(found, type) and issubclass(found, BaseException)):
            raise self.refuse(node, f"`{ast.unparse(node)}` is not an exception class", "Numba raises classes and their instances",
                              "write `raise ValueError(\"...\")`")  # fmt: skip
        name = found.__name__
        if getattr(builtins, name, None) is found:
            return Const(name, label=name)
        var = self.namer.fresh(name)
        self.captures[var.name] = found
        return var


def _guards(nodes: Sequence[ast.stmt]) -> Iterator[Kinds]:
    """The exits that parts of the block will be guarded by, as `Exits.statements` goes through it; bodies of loops apart."""
    for position, node in enumerate(nodes):
        rest = nodes[position + 1 :]
        if isinstance(node, ast.For | ast.While) and node.orelse:
            inside = exits_of(node.body)
            if not inside & {"break", "return"}:
                yield from _guards([*node.orelse, *rest])
                return
            yield from _guards(node.orelse)
            if not (ends(node.orelse) and "return" not in inside):
                yield exits_of([node]) if rest else _NONE
            yield from _guards(rest)
            return
        if isinstance(node, ast.If):
            if rest and may_end(node) and (ends(node.body) or ends(node.orelse)):
                yield from _guards([*node.body, *rest] if not ends(node.body) else node.body)
                yield from _guards([*node.orelse, *rest] if ends(node.body) else node.orelse)
                return
            yield from _guards(node.body)
            yield from _guards(node.orelse)
        if rest and exits_of([node]):
            yield exits_of([node])
        if ends([node]):
            return
