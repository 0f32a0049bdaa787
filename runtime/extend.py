"""Numba's extension points, typed, and what the helpers share: one scalar definition serves arrays of any rank.

A helper of two numbers is lowered straight to LLVM (`lower_pair`): nothing to compile, a compare and a select when it
runs.  `lift_pair` adds arrays, broadcasting as NumPy does.  Both keep the dtype: float32 stays float32.
"""
from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from itertools import product
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numba.core import config, types
from numba.cpython.unsafe.tuple import tuple_setitem
from numba.extending import lower_builtin, register_jitable, type_callable
from numba.extending import overload as _overload

Implementation = TypeVar("Implementation", bound=Callable[..., Any])
Emit = Callable[[Any, Any, Any, Callable[[float], Any]], Any]
NUMBER = types.Number, types.Boolean                    # to Numba a bool is none


def overload(helper: Callable[..., Any], **options: Any) -> Callable[[Implementation], Implementation]:
    """Numba's `overload`, typed.  Numba wants equal annotations on what chooses and on what is chosen: it sees none."""

    def register(implementation: Implementation) -> Implementation:
        def choose(*args: Any, **kwargs: Any) -> Any:
            chosen = implementation(*args, **kwargs)
            if chosen is not None:
                chosen.__annotations__ = {}
            return chosen

        implementation.__annotations__ = {}
        _overload(helper, **options)(update_wrapper(choose, implementation))
        return implementation

    return register


def compiled(function: Implementation) -> Implementation:
    """The same function from Python and from nopython code; compiled when it is first called there."""
    register_jitable(function)
    return function


def cached(function: Implementation) -> Implementation:
    """As `compiled`, kept on disk: for what takes long to compile and has one signature."""
    if config.DISABLE_JIT:                          # generated code is typed all the same
        return compiled(function)
    try:
        return cast(Implementation, njit(cache=True, error_model="numpy")(function))
    except RuntimeError:                            # nowhere to keep it
        return cast(Implementation, njit(error_model="numpy")(function))


def float_type(*operands: Any) -> Any:
    """The widest float among Numba's types of numbers or arrays; integers do not widen."""
    dtypes = [t.dtype if isinstance(t, types.Array) else t for t in operands]
    return max((t for t in dtypes if isinstance(t, types.Float)), key=lambda t: t.bitwidth, default=types.float64)


def float_dtype(*operands: Any) -> np.dtype[Any]:
    """As `float_type`, of values."""
    found = [np.result_type(v) for v in operands if not isinstance(v, float | int)]
    floats = [t for t in found if t.kind == "f"]
    return max(floats, key=lambda t: t.itemsize, default=np.dtype(np.float64))


def lower_pair(helper: Callable[..., Any], emit: Emit) -> None:
    """Let `helper(a, b)` on numbers be what `emit(builder, a, b, constant)` says, in their float type."""

    def typing(context: Any) -> Any:
        def typer(a: Any, b: Any) -> Any:
            return float_type(a, b) if isinstance(a, NUMBER) and isinstance(b, NUMBER) else None

        return typer

    def lowering(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        type_ = sig.return_type
        a, b = (context.cast(builder, value, from_, type_) for value, from_ in zip(args, sig.args, strict=True))
        return emit(builder, a, b, lambda number: context.get_constant(type_, number))

    type_callable(helper)(typing)
    for kinds in product(NUMBER, NUMBER):
        lower_builtin(helper, *kinds)(lowering)


def common_shape(a: Any, b: Any) -> Any:
    """The shape that two arrays broadcast to."""
    return np.broadcast_shapes(a.shape, b.shape)


@overload(common_shape)
def _common_shape(a: Any, b: Any) -> Any:
    """Numba's own broadcast_shapes takes half a second to compile.  A mismatch is left to np.broadcast_to."""
    ones = (1,) * max(a.ndim, b.ndim)
    skip_a, skip_b = len(ones) - a.ndim, len(ones) - b.ndim

    def implementation(a: Any, b: Any) -> Any:
        shape = ones
        for k in range(len(ones)):
            size = a.shape[k - skip_a] if k >= skip_a else 1
            if size == 1 and k >= skip_b:
                size = b.shape[k - skip_b]
            shape = tuple_setitem(shape, k, size)
        return shape
    return implementation


def lift_pair(helper: Callable[..., Any]) -> None:
    """Let a helper of two numbers take arrays; of arrays without axes it gives a number, as Numba's ufuncs do."""

    def choose(a: Any, b: Any) -> Any:
        dtype = float_type(a, b)
        if _has_no_axes(a) or _has_no_axes(b):
            return _of_items(helper, a, b)
        if isinstance(a, types.Array) and isinstance(b, types.Array):
            return _of_arrays(helper, dtype) if max(a.ndim, b.ndim) != 1 else _of_vectors(helper, dtype)
        if isinstance(a, types.Array) and isinstance(b, NUMBER):
            def left(a: Any, b: Any) -> Any:
                result = np.empty(a.shape, dtype)
                flat = result.reshape(result.size)
                for k, u in enumerate(a.flat):
                    flat[k] = helper(u, b)
                return result
            return left
        if isinstance(a, NUMBER) and isinstance(b, types.Array):
            def right(a: Any, b: Any) -> Any:
                result = np.empty(b.shape, dtype)
                flat = result.reshape(result.size)
                for k, v in enumerate(b.flat):
                    flat[k] = helper(a, v)
                return result
            return right
        return None

    overload(helper)(choose)


def _has_no_axes(operand: Any) -> bool:
    return isinstance(operand, types.Array) and operand.ndim == 0


def _of_items(helper: Any, a: Any, b: Any) -> Any:
    """An array without axes is taken for its number."""
    if not _has_no_axes(a):
        return lambda a, b: helper(a, b[()])
    if not _has_no_axes(b):
        return lambda a, b: helper(a[()], b)
    return lambda a, b: helper(a[()], b[()])


def _of_arrays(helper: Any, dtype: Any) -> Any:
    def implementation(a: Any, b: Any) -> Any:
        shape = common_shape(a, b)
        result = np.empty(shape, dtype)
        flat = result.reshape(result.size)
        pairs = zip(np.broadcast_to(a, shape).flat, np.broadcast_to(b, shape).flat)  # noqa: B905 (Numba)
        for k, (u, v) in enumerate(pairs):
            flat[k] = helper(u, v)
        return result
    return implementation


def _of_vectors(helper: Any, dtype: Any) -> Any:
    """The common case, which compiles in a third of the time."""
    def implementation(a: Any, b: Any) -> Any:
        size = a.size if b.size == 1 else b.size
        if a.size != size and a.size != 1:
            raise ValueError("operands of different shapes do not broadcast")
        result = np.empty(size, dtype)
        step_a, step_b = min(a.size - 1, 1), min(b.size - 1, 1)
        for k in range(size):
            result[k] = helper(a[k * step_a], b[k * step_b])
        return result
    return implementation
