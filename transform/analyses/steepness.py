"""Whose tangent may be infinite although its value is finite: what depends on a square root, a fractional power, an arc sine.

A zero partial times such a tangent is zero by convention (strong zero), and has to be computed so: `0.0 * sqrt(x)` at 0.  Where the
value itself is infinite (`1 / x`, `log(x)` at 0) the primal's 0 * inf is NaN already, and the tangent may be, too.
"""
from __future__ import annotations

from dataclasses import dataclass

from ..ir import Accumulate, Array, Assign, Const, Function, Load, Operand, Statement, Store, Var
from ..walk import walk
from .activity import active_args
from .aliases import Aliases

_SOURCES = {
    "np.sqrt", "math.sqrt", "np.cbrt", "math.cbrt", "np.arcsin", "math.asin", "np.arccos", "math.acos",
    "np.arccosh", "math.acosh", "np.arctanh", "math.atanh", "**", "pow", "np.power", "math.pow", "dpow", "dpow_y",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Steep:
    names: frozenset[str]

    def __contains__(self, operand: object) -> bool:
        return isinstance(operand, Var) and operand.name in self.names


def steep(function: Function, memory: Aliases) -> Steep:
    """Numbers by name, arrays by any of their roots."""
    found: set[str] = set()
    changed = True
    while changed:
        before = len(found)
        for s in walk(function.body):
            _flow(s, function, memory, found)
        changed = len(found) != before
    names = {name for name, roots in memory.roots.items() if roots & found}
    return Steep(frozenset(found | names))


def _flow(s: Statement, function: Function, memory: Aliases, found: set[str]) -> None:
    def places(operand: Operand) -> frozenset[str]:
        if not isinstance(operand, Var):
            return frozenset()
        array = isinstance(function.types.get(operand.name), Array)
        return memory.of(operand.name) if array else frozenset([operand.name])

    match s:
        case Assign(target, _, args):
            moving = [arg for arg, moves in zip(args, active_args(s), strict=False) if moves]
            if _is_source(s) or any(places(arg) & found for arg in moving):
                found |= places(target)
        case Load(target, array):
            if places(array) & found:
                found |= places(target)
        case Store(array, _, value) | Accumulate(array, _, value):
            if places(value) & found:
                found |= places(array)
        case _:
            pass


def _is_source(s: Assign) -> bool:
    if s.op not in _SOURCES:
        return False
    exponent = s.args[1] if len(s.args) > 1 else None
    value = exponent.value if isinstance(exponent, Const) else None
    return not (isinstance(value, int | float) and value >= 0 and float(value).is_integer())
