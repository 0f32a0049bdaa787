"""Numba's extension points, typed, and what the helpers share: one scalar definition serves arrays of any rank.

A helper of two numbers is lowered straight to LLVM (`lower_pair`): nothing to compile, a compare and a select when it
runs.  `lift_pair` adds arrays, broadcasting as NumPy does.  Both keep the dtype: float32 stays float32.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba.core import types
from numba.extending import lower_builtin, type_callable
from numba.extending import overload as _overload

Implementation = TypeVar("Implementation", bound=Callable[..., Any])
Emit = Callable[[Any, Any, Any, Callable[[float], Any]], Any]


def overload(helper: Callable[..., Any], **options: Any) -> Callable[[Implementation], Implementation]:
    """Numba's `overload`, typed."""

    def register(implementation: Implementation) -> Implementation:
        _overload(helper, **options)(implementation)
        return implementation

    return register


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
            return float_type(a, b) if isinstance(a, types.Number) and isinstance(b, types.Number) else None

        return typer

    def lowering(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        type_ = sig.return_type
        a, b = (context.cast(builder, value, from_, type_) for value, from_ in zip(args, sig.args, strict=True))
        return emit(builder, a, b, lambda number: context.get_constant(type_, number))

    type_callable(helper)(typing)
    lower_builtin(helper, types.Number, types.Number)(lowering)


def lift_pair(helper: Callable[..., Any]) -> None:
    """Let a helper of two numbers take arrays."""

    def implement(a: Any, b: Any) -> Any:
        dtype = float_type(a, b)
        if isinstance(a, types.Array) and isinstance(b, types.Array):
            def both(a: Any, b: Any) -> Any:
                shape = np.broadcast_shapes(a.shape, b.shape)
                result = np.empty(shape, dtype)
                flat = result.reshape(result.size)
                k = 0
                for u, v in zip(np.broadcast_to(a, shape).flat, np.broadcast_to(b, shape).flat):  # noqa: B905 (Numba)
                    flat[k] = helper(u, v)
                    k += 1
                return result
            return both
        if isinstance(a, types.Array) and isinstance(b, types.Number):
            def left(a: Any, b: Any) -> Any:
                result = np.empty(a.shape, dtype)
                flat = result.reshape(result.size)
                k = 0
                for u in a.flat:
                    flat[k] = helper(u, b)
                    k += 1
                return result
            return left
        if isinstance(a, types.Number) and isinstance(b, types.Array):
            def right(a: Any, b: Any) -> Any:
                result = np.empty(b.shape, dtype)
                flat = result.reshape(result.size)
                k = 0
                for v in b.flat:
                    flat[k] = helper(a, v)
                    k += 1
                return result
            return right
        return None

    overload(helper)(implement)
