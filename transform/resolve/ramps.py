"""`np.arange` and `np.linspace` between numbers that may carry a derivative, as the loops that Numba runs for them.

Between whole numbers and constants they stay what they are: their elements are constants.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping

from ..ir import Assign, Const, If, Operand, Scalar, Type, Var, is_float
from .builder import Builder

_FLOAT = Scalar("float64")


def ramp(s: Assign, types: Mapping[str, Type], b: Builder) -> bool:
    """Write the ramp to `b`, if an end of it is a float that is no constant."""
    write: Callable[[Assign, list[Operand], Builder], None] | None = {"np.arange": _arange, "np.linspace": _linspace}.get(s.op)
    moving = any(isinstance(arg, Var) and is_float(types.get(arg.name)) for arg in s.args)
    if write is None or not moving:
        return False
    write(s, list(s.args), b)
    return True


def _arange(s: Assign, args: list[Operand], b: Builder) -> None:
    start, stop, step = (args[k] if k < len(args) else Const(None) for k in range(3))
    if stop == Const(None):
        start, stop = Const(0), start
    if step == Const(None):
        step = Const(1)
    count = b.integer("count", "steps", start, stop, step)
    b.empty(s.target, (count,))
    b.loop("k", count, lambda k: b.store(s.target, (k,), _at(start, k, step, b)))


def _linspace(s: Assign, args: list[Operand], b: Builder) -> None:
    start, stop = (_double(end, b) for end in args[:2])
    count = args[2] if len(args) > 2 else Const(50)
    b.empty(s.target, (count,))
    last = b.integer("last", "-", count, Const(1))

    def many() -> None:
        step = b.assign("step", _FLOAT, "/", b.assign("width", _FLOAT, "-", stop, start), last)
        b.loop("k", count, lambda k: b.store(s.target, (k,), _at(start, k, step, b)))
        b.store(s.target, (last,), stop)

    def one() -> None:
        b.loop("k", count, lambda k: b.store(s.target, (k,), start))

    b.emit(If(b.assign("many", Scalar("bool"), ">", last, Const(0)), b.block(many), b.block(one), loc=s.loc))


def _at(start: Operand, k: Var, step: Operand, b: Builder) -> Operand:
    """start + k * step, in the types that Python's arithmetic gives."""
    run = b.assign("run", _wider(Scalar("int64"), step, b), "*", k, step)
    return b.assign("item", _wider(b.types[run.name], start, b), "+", start, run)


def _wider(type_: Type, other: Operand, b: Builder) -> Type:
    """Of a whole number and anything else: a float if one of them is, and float64 as int64 and float32 make in Numba."""
    floats = is_float(b.types[other.name]) if isinstance(other, Var) else isinstance(other.value, float)
    return _FLOAT if floats or is_float(type_) else type_


def _double(end: Operand, b: Builder) -> Operand:
    if isinstance(end, Var) and b.types[end.name] != _FLOAT:
        return b.assign("end", _FLOAT, "np.float64", end)
    return Const(float(end.value)) if isinstance(end, Const) and isinstance(end.value, int) else end
