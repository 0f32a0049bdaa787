"""`for` and `while`: what counts the rounds, and what a round begins with."""
from __future__ import annotations

import ast
from functools import partial

from ..ir import Block, Const, For, Operand, Statement, Var, While
from ..reading.control import exits_of
from ..reading.scopes import bound
from .exits import Exits
from .iteration import RANGES, Counted, Iteration, Numbered, Places, Series


class Loops(Exits, Iteration):
    def loop_without_else(self, node: ast.For | ast.While) -> Var | None:
        """The loop, and the flag that it was left, if it may be."""
        return self.settled(node, lambda: self.for_(node) if isinstance(node, ast.For) else self.while_(node))

    def for_(self, node: ast.For) -> Var | None:
        if isinstance(node.iter, ast.Call) and isinstance(node.target, ast.Name) and self.static(node.iter.func) in RANGES:
            start, stop, step = self.range_bounds(node.iter)
            number = self.declare(self.frame, node.target.id)
            return self.loop(node, lambda body: For(number, start, stop, step, body, loc=self.loc(node)))
        series = self.series(node.iter, node.target)
        match series, node.target:
            case Series(Const(int() as rounds), unrolled=True), _:
                takes = [partial(self._take, node, series, Const(number)) for number in range(rounds)]
                return self.unrolled(node, takes)
            case Counted(), ast.Name(name):
                counter = self.declare(self.frame, name)
                return self.loop(node, lambda body: For(counter, series.start, series.stop, series.step, body, loc=self.loc(node)))
            case Numbered(inner=Series() as inner), ast.Tuple([ast.Name(name), rest]):
                counter, start = self.declare(self.frame, name), series.start
                stop = self.integer("+", start, series.rounds, node)
                item = lambda: self.assign(rest, inner.at(self.integer("-", counter, start, node)), node)  # noqa: E731
                return self.loop(node, lambda body: For(counter, start, stop, Const(1), body, loc=self.loc(node)), item)
            case Places(), _ if series.extents and not exits_of(node.body) & {"break", "return"}:
                return self._nested(node, series)
            case _:
                k = self.namer.temporary("k")
                take = partial(self._take, node, series, k)
                return self.loop(node, lambda body: For(k, Const(0), series.rounds, Const(1), body, loc=self.loc(node)), take)

    def _take(self, node: ast.For, series: Series, k: Operand) -> None:
        self.assign(node.target, series.at(k), node)

    def _nested(self, node: ast.For, series: Places) -> Var | None:
        """One loop for each axis; their counters are the names of the target where nobody could tell the difference."""
        place, element = node.target, None
        if series.array is not None and isinstance(place, ast.Tuple):
            place, element = place.elts
        names = [item.id for item in getattr(place, "elts", ()) if isinstance(item, ast.Name)]
        again = bound(node.body if element is None else (element, *node.body))
        named = len(set(names)) == len(series.extents) and not again & set(names) and all(self._dies(name, node) for name in names)
        counters = tuple(self.declare(self.frame, name) for name in names) if named else tuple(
            self.namer.temporary("k") for _ in series.extents
        )  # fmt: skip

        def make(body: Block) -> Statement:
            for counter, extent in zip(reversed(counters), reversed(series.extents), strict=True):
                body = (For(counter, Const(0), extent, Const(1), body, loc=self.loc(node)),)
            return body[0]

        def begin() -> None:
            if not named:
                self.assign(place, counters, node)
            if element is not None and series.array is not None:
                self.assign(element, self.load(series.array, counters, node), node)

        return self.loop(node, make, begin)

    def _dies(self, name: str, loop: ast.For) -> bool:
        """Is the name read only inside the loop, and in others that bind it again before?"""
        return not _read_outside(self.frame.source.tree, name, loop, False)

    def while_(self, node: ast.While) -> Var | None:
        header: list[Operand] = []
        head = self.block(lambda: header.append(self.test(node.test)))
        return self.loop(node, lambda body: While(head, header[0], body, loc=self.loc(node)))


def _read_outside(node: ast.AST, name: str, loop: ast.For, inside: bool) -> bool:
    """Does a part of the tree read the name that is neither in the loop nor in another one over it?  What stands around the loop
    may be read behind it."""
    match node:
        case ast.Name(found, ast.Load()):
            return found == name and not inside
        case ast.For(target, _, body):
            binds = any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(target))
            around = node is not loop and any(part is loop for part in ast.walk(node))
            inner = any(_read_outside(s, name, loop, inside or (binds and not around)) for s in body)
            return inner or any(_read_outside(part, name, loop, inside) for part in (target, node.iter, *node.orelse))
        case ast.FunctionDef() | ast.Lambda():
            inside = False
    return any(_read_outside(part, name, loop, inside) for part in ast.iter_child_nodes(node))
