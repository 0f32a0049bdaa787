"""Numbers that are at least something, whatever the arguments: `1.5 + x * x`, of which no root and no power is steep.

In: a typed function.  Out: the names of floats, and of arrays of them, that are never near zero (or NaN).  Judged are names that
are bound once; of arrays those that nothing else stands for, and nobody writes into.
"""
from __future__ import annotations

from collections import Counter

from ..ir import Assign, Const, Function, Operand, Pop, Push, Scalar, Var, View, is_array, is_float
from ..walk import binds, walk, written

_LEAST = 1e-9                           # a power of it that is no higher than the fourth is a float32
_ANY, _NOT_NEGATIVE, _POSITIVE = range(3)
_SUMS, _PRODUCTS = ("+", "np.add"), ("*", "np.multiply")
_DOTS, _QUOTIENTS = ("@", "np.dot"), ("/", "np.divide")
_POWERS = ("**", "pow", "np.power", "math.pow")
_ROOTS = ("np.sqrt", "math.sqrt")
_NEVER_NEGATIVE = (*_ROOTS, "abs", "np.abs", "math.fabs", "np.square", "np.exp", "math.exp")


def positive(function: Function) -> frozenset[str]:
    once = {name for name, count in Counter(v.name for s in walk(function.body) for v in binds(s)).items() if count == 1}
    once -= {param.name for param in function.params} | _shared(function)
    known = {name: _of_constant(value) for name, value in function.captures.items()}
    for s in walk(function.body):                       # a name that is bound once is bound before it is read
        if isinstance(s, Assign) and s.target.name in once and is_float(type_ := function.types.get(s.target.name)):
            known[s.target.name] = _sign(s, known, isinstance(type_, Scalar))
    return frozenset(name for name, sign in known.items() if sign == _POSITIVE)


def _shared(function: Function) -> set[str]:
    """Arrays that may be written into, by this name or another one."""
    found: set[str] = set()
    for s in walk(function.body):
        match s:
            case View(target, array):
                found |= {target.name, array.name}
            case Push(_, Var(name)) | Pop(Var(name)):
                found.add(name)
            case Assign(target, op, args) if op in ("=", "item") or not is_float(function.types.get(target.name)):
                found |= {arg.name for arg in args if isinstance(arg, Var) and is_array(function.types.get(arg.name))}
        found |= {array.name for array in written(s)}
    return found


def _sign(s: Assign, known: dict[str, int], number: bool) -> int:
    def of(operand: Operand) -> int:
        if isinstance(operand, Var):
            return known.get(operand.name, _ANY)
        return _of_constant(operand.value)

    signs = [of(arg) for arg in s.args]
    square = s.args[:1] == s.args[1:] and (s.op in _PRODUCTS or (number and s.op in _DOTS))
    match s.op:
        case "=":
            return signs[0]
        case op if op in _SUMS:
            return max(signs) if min(signs) > _ANY else _ANY
        case op if op in (*_PRODUCTS, *_DOTS, *_QUOTIENTS):
            return _NOT_NEGATIVE if min(signs) > _ANY or square else _ANY
        case op if op in _POWERS:
            return _NOT_NEGATIVE if signs[0] > _ANY or _is_even(s.args[1]) else _ANY
        case op if op in _ROOTS and signs[0] == _POSITIVE:
            return _POSITIVE
        case op if op in _NEVER_NEGATIVE:
            return _NOT_NEGATIVE
        case "np.cosh" | "math.cosh":
            return _POSITIVE
        case "np.sum" | ".sum":
            return min(signs[0], _NOT_NEGATIVE)
        case _:
            return _ANY


def _of_constant(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        return _ANY
    return _POSITIVE if value >= _LEAST else _NOT_NEGATIVE


def _is_even(exponent: Operand) -> bool:
    return isinstance(exponent, Const) and isinstance(exponent.value, int | float) and exponent.value % 2 == 0
