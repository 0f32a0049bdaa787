"""Rule bodies → statements.

The expression of a rule is lowered by the very parser that lowers user code, with the rule's parameter names standing for the
operands of the statement at hand.  Literals take the operand's dtype, so that nothing derivative code adds promotes.
"""
from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ... import runtime
from ..ir import Assign, Const, If, Loc, Operand, Statement, Var
from ..names import Namer
from ..parse.expressions import Expressions
from ..parse.routines import Routines
from ..parse.values import Value
from ..reading.source import MISSING


@dataclass(frozen=True)
class _Names:
    """What a rule body can name besides its parameters."""

    where: Loc | None

    def resolve(self, name: str) -> Any:
        if name in ("np", "math"):
            return {"np": np, "math": math}[name]
        helper = getattr(runtime, name, MISSING)
        return helper if helper is not MISSING else vars(__import__("builtins")).get(name, MISSING)

    def loc(self, node: ast.AST, word: bool = False) -> Loc | None:
        return self.where


@dataclass(frozen=True)
class _Body:
    source: _Names
    names: Mapping[str, Operand]
    calls: tuple[Loc, ...] = ()
    renewed: frozenset[str] = frozenset()
    outer: None = None

    @property
    def locals(self) -> frozenset[str]:
        return frozenset(self.names)


class Bodies(Expressions):
    """Lowers expressions of rules; results go to the list handed in."""

    def __init__(self, namer: Namer, is_array: Callable[[str], bool]) -> None:
        super().__init__(namer, Routines())
        self.dtype: str | None = None
        self.is_array, self.numbers = is_array, False           # are all operands of the body at hand numbers?

    def lower(
        self, body: ast.expr, names: Mapping[str, Operand], dtype: str | None, out: list[Statement], loc: Loc | None
    ) -> Operand:
        """The operand that holds `body`; `dtype` is what literals are cast to (None: leave them)."""
        self.frame, self.out, self.dtype = _Body(_Names(loc), names), out, dtype  # type: ignore[assignment]
        self.numbers = not any(isinstance(operand, Var) and self.is_array(operand.name) for operand in names.values())
        return self.operand(body)

    def asked(self, node: ast.expr) -> Value:
        """A rule is text of the library, in which no branch is taken away."""
        return self.value(node)

    def _terms(self, node: ast.expr, *values: Value) -> tuple[Value, ...]:
        return values

    def is_literal(self, value: Operand) -> bool:
        return False

    def run(
        self, function: ast.FunctionDef, names: Mapping[str, Operand], dtype: str | None, out: list[Statement],
        loc: Loc | None,
    ) -> list[Operand | None]:  # fmt: skip
        """The operands that a rule function returns, None where it returns None."""
        known = dict(names)
        for statement in function.body:
            match statement:
                case ast.Assign([ast.Name(target)], value):
                    known[target] = self.lower(value, known, dtype, out, loc)
                case ast.Return(ast.Tuple(elts)):
                    return [None if _none(e) else self.lower(e, known, dtype, out, loc) for e in elts]
                case ast.Return(ast.expr() as value):
                    return [self.lower(value, known, dtype, out, loc)]
                case _:
                    pass
        raise AssertionError(f"{function.name} returns nothing")

    def value(self, node: ast.expr) -> Value:
        value = super().value(node)
        number = isinstance(value, Const) and type(value.value) in (int, float)
        if self.dtype == "float32" and isinstance(node, ast.Constant) and isinstance(value, Const) and number:
            return replace(value, dtype="float32", label=None)
        return value

    def call(self, node: ast.Call) -> Value | None:
        """`np.where` of numbers is a choice: what it gives is an array without axes, and a partial of a number is a number."""
        if not (self.numbers and self.static(node.func) is np.where and len(node.args) == 3):
            return super().call(node)
        test, then, orelse = map(self.operand, node.args)
        chosen, loc = self.namer.temporary("chosen"), self.loc(node)
        self.emit(If(test, (Assign(chosen, "=", (then,), loc=loc),), (Assign(chosen, "=", (orelse,), loc=loc),), loc=loc))
        return chosen

    def of_items(self, function: object, node: ast.Call) -> Value | None:
        return None

    def declare(self, frame: Any, name: str) -> Var:
        raise AssertionError(f"rule body reads {name} before it is assigned")


def _none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
