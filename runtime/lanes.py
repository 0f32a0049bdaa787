"""Several tangents at a time: a number that is eight numbers.

`Lanes` are WIDTH floats that are added and multiplied side by side; in compiled code one vector of LLVM, so that a step of all
directions is a few machine instructions.  An array of them has one more axis, the last, of that extent: `lanes(a, i, j)` takes
the ones at an element (a number gives its copies), `a[i, j] = x` puts them there, `unpacked(x)` is an array of them.
Like numbers they never change: `x += y` binds a name to something new.  (In plain Python they hold an array.)
"""
from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.datamodel import models, register_default
from numba.extending import intrinsic, lower_builtin, type_callable

from .extend import overload
from .strong import strong

WIDTH = 8


class Lanes:
    """WIDTH numbers, as plain Python has them."""

    __slots__ = ("values",)
    __array_ufunc__ = None                              # NumPy's numbers leave arithmetic to it

    def __init__(self, values: Any) -> None:
        self.values = np.array(np.broadcast_to(values, (WIDTH,)), np.float64)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.values.copy()

    def __repr__(self) -> str:
        return f"Lanes({self.values.tolist()})"

    def __neg__(self) -> Lanes:
        return Lanes(-self.values)


def _binary(op: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    def forward(self: Lanes, other: Any) -> Lanes:
        with np.errstate(all="ignore"):
            return Lanes(op(self.values, _values(other)))

    def backward(self: Lanes, other: Any) -> Lanes:
        with np.errstate(all="ignore"):
            return Lanes(op(_values(other), self.values))

    return forward, backward


def _values(operand: Any) -> Any:
    return operand.values if isinstance(operand, Lanes) else operand


_BINARY = {operator.add: "add", operator.sub: "sub", operator.mul: "mul", operator.truediv: "truediv"}

for _op, _method in _BINARY.items():
    _forward, _backward = _binary(_op)
    setattr(Lanes, f"__{_method}__", _forward)
    setattr(Lanes, f"__r{_method}__", _backward)


def lanes(source: Any, *index: int) -> Lanes:
    """Those at an element of an array, or copies of a number."""
    return source if isinstance(source, Lanes) else Lanes(source[index] if index else source)


def unpacked(x: Lanes) -> Any:
    """An array of the numbers."""
    return x.values.copy()


def lanes_like(array: Any) -> Any:
    """Zeros for the elements of an array, in lanes."""
    return np.zeros((*array.shape, WIDTH))


def strong_lanes(c: Any, p: Any) -> Lanes:
    """`strong` of numbers side by side."""
    return Lanes(strong(_values(c), _values(p)))


def lanes_sum(array: Any) -> Lanes:
    """The sum of all elements of an array of lanes."""
    return Lanes(array.reshape(-1, WIDTH).sum(axis=0))


def lanes_mean(array: Any) -> Lanes:
    """The mean of all elements of an array of lanes."""
    return Lanes(array.reshape(-1, WIDTH).mean(axis=0))


def lanes_dot(array: Any, factors: Any) -> Lanes:
    """The sum of the elements of a row of lanes, each times a number."""
    return Lanes((array * factors[:, None]).sum(axis=0))


# ---- compiled -----------------------------------------------------------------------------------------------


class LanesType(types.Type):  # type: ignore[misc]  # Numba is untyped
    def __init__(self) -> None:
        super().__init__(name="Lanes")


LANES = LanesType()
_VECTOR = ir.VectorType(ir.DoubleType(), WIDTH)


@register_default(LanesType)
class _Model(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)


def _splat(context: Any, builder: Any, value: Any, kind: Any) -> Any:
    """A vector of a value of either kind."""
    if isinstance(kind, LanesType):
        return value
    number = context.cast(builder, value, kind, types.float64)
    one = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(one, ir.Constant(_VECTOR, ir.Undefined), zeros)


def _register(function: Callable[..., Any], emit: Callable[[Any, Any, Any], Any]) -> None:
    """Let `function` take lanes on either side, or on both."""

    def typing(context: Any) -> Any:
        def typer(a: Any, b: Any) -> Any:
            sides = isinstance(a, LanesType), isinstance(b, LanesType)
            others = [kind for kind, wide in zip((a, b), sides, strict=True) if not wide]
            return LANES if any(sides) and all(isinstance(k, types.Number | types.Boolean) for k in others) else None

        return typer

    def lowering(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        a, b = (_splat(context, builder, value, kind) for value, kind in zip(args, sig.args, strict=True))
        return emit(builder, a, b)

    type_callable(function)(typing)
    lower_builtin(function, LanesType, LanesType)(lowering)
    for number in (types.Number, types.Boolean):
        lower_builtin(function, LanesType, number)(lowering)
        lower_builtin(function, number, LanesType)(lowering)


def _strong(builder: Any, c: Any, p: Any) -> Any:
    zero = ir.Constant(_VECTOR, [0.0] * WIDTH)
    dead = builder.or_(builder.fcmp_ordered("==", c, zero), builder.fcmp_ordered("==", p, zero))
    return builder.select(dead, zero, builder.fmul(c, p))


def _instruction(name: str) -> Callable[[Any, Any, Any], Any]:
    return lambda builder, a, b: getattr(builder, name)(a, b)


for _name, *_ops in (
    ("fadd", operator.add, operator.iadd), ("fsub", operator.sub, operator.isub),
    ("fmul", operator.mul, operator.imul), ("fdiv", operator.truediv, operator.itruediv),
):  # fmt: skip
    for _op in _ops:
        _register(_op, _instruction(_name))
_register(strong_lanes, _strong)


def _type_of_neg(context: Any) -> Any:
    return lambda a: LANES if isinstance(a, LanesType) else None


type_callable(operator.neg)(_type_of_neg)
lower_builtin(operator.neg, LanesType)(lambda context, builder, sig, args: builder.fneg(args[0]))


def _typed_copies(typingctx: Any, x: Any) -> Any:
    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _splat(context, builder, args[0], sig.args[0])

    return LANES(x), generate


def _row(context: Any, builder: Any, array: Any, kind: Any) -> Any:
    """Where a contiguous row of WIDTH numbers stands."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(data, _VECTOR.as_pointer())


def _typed_take(typingctx: Any, row: Any) -> Any:
    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(_row(context, builder, args[0], sig.args[0]), align=8)

    return LANES(row), generate


def _typed_put(typingctx: Any, row: Any, x: Any) -> Any:
    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store(args[1], _row(context, builder, args[0], sig.args[0]), align=8)
        return context.get_dummy_value()

    return types.void(row, x), generate


_copies, _take, _put = intrinsic(_typed_copies), intrinsic(_typed_take), intrinsic(_typed_put)


@overload(lanes)
def _lanes(source: Any, *index: Any) -> Any:
    if isinstance(source, LanesType):
        return lambda source, *index: source
    if isinstance(source, types.Array) and not index:
        return lambda source, *index: _take(source)
    if not index:
        return lambda source, *index: _copies(source)
    if len(index) == 1:
        return lambda source, *index: _take(source[index[0]])
    return lambda source, *index: _take(source[index])


@overload(operator.setitem)
def _set(array: Any, index: Any, value: Any) -> Any:
    if not isinstance(value, LanesType) or not isinstance(array, types.Array):
        return None
    if array.ndim == 1:                                 # of an array without axes
        return lambda array, index, value: _put(array, value)
    return lambda array, index, value: _put(array[index], value)


@overload(unpacked)
def _unpacked(x: Any) -> Any:
    def implementation(x: Any) -> Any:
        array = np.empty(WIDTH)
        _put(array, x)
        return array
    return implementation


@overload(lanes_like)
def _lanes_like(array: Any) -> Any:
    return lambda array: np.zeros(array.shape + (WIDTH,))  # noqa: RUF005 (Numba)


@overload(lanes_sum)
def _lanes_sum(array: Any) -> Any:
    def implementation(array: Any) -> Any:
        rows, total = array.reshape(-1, WIDTH), _copies(0.0)
        for k in range(rows.shape[0]):
            total = total + _take(rows[k])
        return total
    return implementation


@overload(lanes_mean)
def _lanes_mean(array: Any) -> Any:
    return lambda array: lanes_sum(array) / (array.size // WIDTH)


@overload(lanes_dot)
def _lanes_dot(array: Any, factors: Any) -> Any:
    def implementation(array: Any, factors: Any) -> Any:
        total = _copies(0.0)
        for k in range(array.shape[0]):
            total = total + _take(array[k]) * factors[k]
        return total
    return implementation
