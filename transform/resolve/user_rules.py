"""Primitives whose rule is the user's own (`rule`): what could not be asked before the types of a call are known.

The partials of such a rule are formulas of one element.  What is given arrays and returns a number, or the other way round, does
not work element by element; and a formula with `math.exp` or `max` is one of numbers.
"""
from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping

from ..custom.new_rules import declared, not_elementwise
from ..errors import UnsupportedError
from ..ir import Array, Assign, Type, Var
from ..rules import RULES


def check_declared(s: Assign, types: Mapping[str, Type]) -> None:
    """Refuse a call of a primitive with a rule of the user's that the rule does not cover."""
    if s.op not in {key for key, _ in declared()}:
        return
    ranks = [_rank(arg.name, types) for arg in s.args if isinstance(arg, Var)]
    rank = max(ranks, default=0)
    if _rank(s.target.name, types) != rank:
        raise not_elementwise(s.op, s.loc)
    name = _of_numbers(s.op) if rank else None
    if name is not None:
        raise UnsupportedError(
            f"the rule for `{s.op}` calls `{name}`, and is applied to an array", loc=s.loc,
            reason=f"`{name}` takes numbers only", remedy="write the rule with the functions of NumPy",
        )  # fmt: skip


def _rank(name: str, types: Mapping[str, Type]) -> int:
    type_ = types.get(name)
    return type_.ndim if isinstance(type_, Array) else 0


def _of_numbers(key: str) -> str | None:
    """What the rule calls that takes numbers only."""
    for partial in RULES[key].partials:
        for node in ast.walk(partial) if partial is not None else ():
            match node:
                case ast.Call(ast.Attribute(ast.Name("math"), name)):
                    return f"math.{name}"
                case ast.Call(ast.Name(name)) if name != "abs" and hasattr(builtins, name):
                    return name
    return None
