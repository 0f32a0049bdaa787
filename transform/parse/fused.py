"""Which operands Numba computes in the loop of the expression around them (`analyses.kernels`), as the text tells it.

Numba makes one loop of the parts of an expression that stand in one block of its code, without a name of their own.  A call leaves
the block whole, whatever the function does that is called; a choice in a later operand ends it, and so does one in a lambda or a
nested function, which Numba writes out where it is called.  The loop runs when all operands are there: what a call in a later one
writes is in it.
"""
from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..ir import Assign, Var
from ..reading.source import is_function, read
from .transforms import Transforms
from .values import Closure, Value
from .writes import may_write

_JUMPS = (ast.IfExp, ast.BoolOp, ast.ListComp, ast.If, ast.For, ast.While, ast.Assert, ast.Raise)


class Fused(Transforms):
    def parts(self, nodes: Sequence[ast.expr], values: Sequence[Value]) -> None:
        """Mark those of the operands that are parts of the expression whose last step comes next."""
        for place, (node, value) in enumerate(zip(nodes, values, strict=False)):
            if isinstance(value, Var) and self._is_expression(node) and not any(map(self._jumps, nodes[place + 1 :])):
                self._mark(value)

    def _mark(self, value: Var) -> None:
        for place in range(len(self.out) - 1, -1, -1):
            s = self.out[place]
            if isinstance(s, Assign) and s.target == value and s.loc is not None:
                late = may_write(tuple(self.out[place + 1 :]))
                self.out[place] = replace(s, loc=replace(s.loc, part=True, late=late))
                return

    def _is_expression(self, node: ast.expr) -> bool:
        match node:
            case ast.BinOp(op=op):
                return not isinstance(op, ast.MatMult)
            case ast.UnaryOp() | ast.Compare(ops=[_]):
                return True
            case ast.Call(func):
                return isinstance(self.static(func), np.ufunc)
            case _:
                return False

    def _jumps(self, node: ast.AST) -> bool:
        """Does Numba make several blocks of it?"""
        for inner in ast.walk(node):
            if isinstance(inner, _JUMPS) or (isinstance(inner, ast.Compare) and len(inner.ops) > 1):
                return True
            if isinstance(inner, ast.Call) and self._is_written_out(called := self.static(inner.func)):
                source = called.source if isinstance(called, Closure) else read(called)
                if any(map(self._jumps, source.tree.body)):
                    return True
        return False

    def _is_written_out(self, function: Any) -> bool:
        """Does Numba put its text in the place of a call?"""
        inline = getattr(function, "targetoptions", {}).get("inline", "never")
        return isinstance(function, Closure) or (inline != "never" and is_function(function))
