"""The partial derivatives of an elementwise statement, ready for either mode.

From the rule's declaration, sharpened by what the statement tells: a literal exponent, a factor with itself, a sign that
can go into the sum.
"""
from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from ..ir import Assign, Const, Operand
from ..parse.calls import default_operand
from ..rules import RULES
from ..rules.declare import Rule
from ..rules.powers import constant_power
from ..switches import on

_POWERS = ("**", "pow", "np.power", "math.pow")


@dataclass(frozen=True, slots=True)
class Partial:
    """∂ target / ∂ argument number `position` is `factor`, or minus that; `strong`: it may be infinite."""

    position: int
    factor: ast.expr
    strong: bool
    minus: bool

    def reads(self, names: Mapping[str, Operand]) -> list[Operand]:
        """What the factor is computed from."""
        found = [node.id for node in ast.walk(self.factor) if isinstance(node, ast.Name)]
        return [names[name] for name in found if name in names]

    @property
    def one(self) -> bool:
        return isinstance(self.factor, ast.Constant) and self.factor.value == 1


def partials_of(s: Assign) -> tuple[list[Partial], Mapping[str, Operand]]:
    """The partials that are not zero everywhere, and what the names in them stand for."""
    rule = RULES[s.op]
    if s.op == "*" and s.args[0] == s.args[1] and on("squares"):
        rule, s = RULES["np.square"], Assign(s.target, "np.square", s.args[:1])
    names: dict[str, Operand] = named_arguments(rule, s.args)
    names[rule.result] = s.target
    found = []
    for position in range(len(s.args)):
        factor, strong = rule.partials[position], rule.strong[position]
        exponent = s.args[1] if position == 0 and rule.key in _POWERS else None
        if isinstance(exponent, Const) and isinstance(exponent.value, int | float) and exponent.label is None:
            factor, strong = constant_power(exponent.value)
        if factor is not None:
            found.append(Partial(position, *_without_sign(factor, strong)))
    return found, names


def named_arguments(rule: Rule, args: tuple[Operand, ...]) -> dict[str, Operand]:
    """The operands by parameter name, defaults filled in."""
    names = dict(zip(rule.params, args, strict=False))
    for name in rule.params[len(args) :]:
        default = rule.defaults.get(name)
        names[name] = Const(None) if default is None else default_operand(default)
    return names


def _without_sign(factor: ast.expr, strong: bool) -> tuple[ast.expr, bool, bool]:
    """(factor, strong, minus): the leading minus of `-a`, `-a * b` and `-a / b` is taken out."""
    match factor:
        case ast.UnaryOp(ast.USub(), inner):
            return inner, strong, True
        case ast.BinOp(ast.UnaryOp(ast.USub(), inner), (ast.Mult() | ast.Div()) as op, right):
            return ast.BinOp(inner, op, right), strong, True
        case _:
            return factor, strong, False
