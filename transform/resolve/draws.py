"""Draws with a location and a scale, as what they are: a draw from the standard distribution, shifted and scaled.

`np.random.normal(m, s)` becomes `m + s * np.random.standard_normal()`, which is what Numba computes, to the bit, and where
the derivative is in the open.  Draws whose parameters are constants stay as they are.
"""
from __future__ import annotations

from collections.abc import Mapping

from ..ir import Assign, Const, Operand, Scalar, Type, Var
from .builder import Builder

_LOCATED = {
    "np.random.normal": ("np.random.standard_normal", ()),
    "np.random.laplace": ("np.random.laplace", (0.0, 1.0)),
    "np.random.gumbel": ("np.random.gumbel", (0.0, 1.0)),
    "np.random.logistic": ("np.random.logistic", (0.0, 1.0)),
    "random.gauss": ("random.gauss", (0.0, 1.0)),
    "random.normalvariate": ("random.normalvariate", (0.0, 1.0)),
}  # fmt: skip
_UNIFORM = {"np.random.uniform": "np.random.random", "random.uniform": "random.random"}
_FLOAT = Scalar("float64")


def standardised(s: Assign, types: Mapping[str, Type], b: Builder) -> bool:
    """Write the draw to `b`, if it is one of those."""
    given = dict(zip(("first", "second", "size"), s.args, strict=False))
    if s.op == "np.random.exponential":
        given = {"first": s.args[0], "size": s.args[1]} if len(s.args) == 2 else given
    size = () if given.get("size") in (None, Const(None)) else (given["size"],)
    parameters = [operand for name, operand in given.items() if name != "size"]
    if not any(isinstance(operand, Var) for operand in parameters):
        return False
    drawn = types[s.target.name]
    match s.op, parameters:
        case op, [location, *scales] if op in _LOCATED:
            standard, constants = _LOCATED[op]
            draw = b.assign("draw", drawn, standard, *map(Const, constants), *size)
            scaled = b.assign("scaled", drawn, "*", scales[0], draw) if scales else draw
            b.emit(Assign(s.target, "+", (location, scaled), loc=s.loc))
        case op, [low, high] if op in _UNIFORM:
            draw = b.assign("draw", drawn, _UNIFORM[op], *size)
            low, high = (_double(operand, types, b) for operand in (low, high))
            width = high if low in (Const(0), Const(0.0)) else b.assign("width", _FLOAT, "-", high, low)
            b.emit(Assign(s.target, "+", (low, b.assign("scaled", drawn, "*", width, draw)), loc=s.loc))
        case "np.random.exponential", [scale]:
            draw = b.assign("draw", drawn, "np.random.standard_exponential", *size)
            b.emit(Assign(s.target, "*", (draw, scale), loc=s.loc))
        case "random.expovariate", [rate]:
            draw = b.assign("draw", drawn, "random.expovariate", Const(1.0))
            b.emit(Assign(s.target, "/", (draw, rate), loc=s.loc))
        case _:
            return False
    return True


def _double(operand: Operand, types: Mapping[str, Type], b: Builder) -> Operand:
    """Numba subtracts the ends of the interval as doubles."""
    if isinstance(operand, Const) or types[operand.name] == _FLOAT:
        return operand
    return b.assign("end", _FLOAT, "np.float64", operand)
