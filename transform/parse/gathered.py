"""Lists of tuples and of arrays that the differentiated function is given: made of the lists of numbers that they come as."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..ir import Assign, Const, For, Operand, Slice, Var
from ..names import base
from ..structure import Record, Spread, Stacked, leaves, mapped
from .expressions import Expressions


class Gathered(Expressions):
    def gathered(self, parts: Spread, name: str) -> Var:
        """The list, made when the function begins; `parts` are what its items are made of, each a list or an array."""
        made = self.namer.fresh(name)
        if isinstance(parts, Stacked):
            self._of_arrays(made, parts)
        else:
            self._of_tuples(made, parts)
        return made

    def _step(self, target: Var, op: str, *args: Operand) -> Var:
        self.emit(Assign(target, op, args, loc=self.loc(self.frame.source.tree)))
        return target

    def _rounds(self, over: Var, body: Callable[[Var], object]) -> None:
        node = self.frame.source.tree
        k, count = self.namer.temporary("k"), self.primitive("len", (over,), node, "count")
        self.emit(For(k, Const(0), count, Const(1), self.block(lambda: body(k)), loc=self.loc(node)))

    def _of_tuples(self, made: Var, parts: Spread) -> None:
        node = self.frame.source.tree
        columns = [leaf for leaf in leaves(tuple(parts)) if isinstance(leaf, Var)]
        self._step(made, "list")

        def add(k: Var) -> None:
            item: Any = mapped(lambda leaf: self.load(leaf, (k,), node) if isinstance(leaf, Var) else leaf, tuple(parts))
            item = Record(item, parts.kind) if parts.kind is not None else item
            self._step(self.namer.temporary("none"), ".append", made, self.single(item, node))

        self._rounds(columns[0], add)

    def _of_arrays(self, made: Var, parts: Stacked) -> None:
        node = self.frame.source.tree
        flat, *extents = parts
        start = self.namer.fresh(f"{base(made.name)}_start")
        self._step(made, "list")
        self._step(start, "bind", Const(0))

        def add(k: Var) -> None:
            shape = [self.load(extent, (k,), node) for extent in extents]
            size: Operand = shape[0]
            for extent in shape[1:]:
                size = self.primitive("*", (size, extent), node, "size")
            stop = self.primitive("+", (start, size), node, "stop")
            part = self.load(flat, (Slice(start, stop),), node)
            if len(shape) > 1:
                part = self.primitive(".reshape", (part, *shape), node, "array")
            self._step(self.namer.temporary("none"), ".append", made, part)
            self._step(start, "bind", stop)

        self._rounds(extents[0], add)
