"""float32, mixed precision, whole numbers: the primal keeps Numba's types, each gradient has its argument's dtype."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit, typeof

import wengert as wg
from tests.semantics.agreement import run
from wengert.transform import pipeline
from wengert.transform.analyses.types import infer
from wengert.transform.calling.arguments import flat_types
from wengert.transform.ir import Const

F32, I32, I8 = np.float32, np.int32, np.int8
SHORT, LONG = np.array([0.5, 1.25, -2.0], dtype=F32), np.array([1.5, 0.25, 3.0])


def doubled(x):
    return 2 * x + 3


def times(x, n):
    return n * x


def product(x, y):
    return x * y


def accumulated(x):
    total = 0.0
    for i in range(x.size):
        total += x[i] * 2.0
    return total


def summed(x, y):
    return np.sum(x * y)


def flagged(x, b):
    return x * b + (x if b else 0)


def power(x, n):
    return x**n


def tripled(x):
    return np.sum(x * 3)


def through_short(x):
    y = np.empty(3, np.float32)
    for i in range(3):
        y[i] = x * i
    return y[0] * y[1] + y[2]


def divided(x, n):
    return x / (n // 2) + n * 2


def chosen(x, y):
    z = x if x > 0 else y
    return z * 2


def widened(x):
    return float(x) * x


def narrowed(x):
    return np.float32(x) * x * x


CASES: list[tuple[Any, tuple[Any, ...]]] = [
    (doubled, (1.5,)), (doubled, (F32(1.5),)),
    (times, (1.5, 2)), (times, (F32(1.5), 2)), (times, (F32(1.5), I32(2))), (times, (F32(1.5), I8(2))),
    (product, (F32(2.5), 3.0)), (product, (2.5, F32(3.0))),
    (accumulated, (SHORT,)), (tripled, (SHORT,)),
    (summed, (SHORT, LONG)), (summed, (LONG, SHORT)), (summed, (SHORT, SHORT)), (summed, (SHORT, F32(2.5))),
    (summed, (SHORT, 2.5)), (summed, (np.outer(SHORT, SHORT), LONG)),
    (flagged, (F32(2.5), True)), (flagged, (2.5, np.bool_(True))),
    (power, (F32(2.5), 3)), (power, (F32(2.5), 3.0)), (power, (F32(2.5), F32(3.0))), (power, (F32(2.5), I32(3))),
    (through_short, (2.5,)), (through_short, (F32(2.5),)),
    (divided, (F32(2.5), 5)), (divided, (2.5, I32(5))),
    (chosen, (F32(2.5), 3.0)), (chosen, (2.5, F32(3.0))), (widened, (F32(2.5),)), (narrowed, (2.5,)),
]  # fmt: skip


def dtypes(packed: Any, argtypes: tuple[Any, ...]) -> list[str]:
    """The types of what a derivative returns, as Numba infers them from its text."""
    function = packed.function
    types = infer(function, flat_types(argtypes)).types

    def dtype(value: Any) -> str:
        if isinstance(value, Const):
            return value.dtype or {"float": "float64"}.get(type(value.value).__name__, type(value.value).__name__)
        return str(types[value.name].dtype)

    return [dtype(value) for value in function.body[-1].values]


def floats(args: tuple[Any, ...]) -> tuple[int, ...]:
    return tuple(k for k, arg in enumerate(args) if np.asarray(arg).dtype.kind == "f")


@pytest.mark.parametrize(("f", "args"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_each_derivative_has_the_dtype_of_what_it_belongs_to(f: Any, args: tuple[Any, ...]) -> None:
    chosen_ones, argtypes = floats(args), tuple(map(typeof, args))
    wanted = [str(np.asarray(args[k]).dtype) for k in chosen_ones]
    primal = pipeline.wengert_list(f, argtypes)
    value = str(primal.types[primal.body[-1].values[0].name].dtype)
    v = tuple(np.asarray(arg)[()] if k in chosen_ones else None for k, arg in enumerate(args))
    assert dtypes(pipeline.gradient(f, argtypes, chosen_ones, True), argtypes) == [value, *wanted]
    directions = tuple(typeof(v[k]) for k in chosen_ones)
    product_of = pipeline.hessian_vector(f, (argtypes[0], typeof(tuple(v[k] for k in chosen_ones)), *argtypes[1:]), chosen_ones)
    assert dtypes(product_of, (*argtypes, *directions)) == wanted
    pushed = pipeline.jacobian_vector(f, (typeof(args), typeof(v)))
    assert dtypes(pushed, (*argtypes, *typeof(v))) == [value, value]


@pytest.mark.compiled
@pytest.mark.parametrize(("f", "args"), [CASES[k] for k in (1, 6, 10, 19, 23)], ids=lambda value: getattr(value, "__name__", ""))
def test_the_value_is_the_primal_s_to_the_bit(f: Any, args: tuple[Any, ...]) -> None:
    value, gradient = wg.value_and_grad(f, floats(args))(*args)
    assert value == njit(f)(*args)
    for part, k in zip(gradient, floats(args), strict=True):
        assert np.shape(part) == np.shape(args[k])


def test_a_gradient_of_whole_numbers_is_a_float() -> None:
    assert isinstance(run(wg.grad(doubled), 1.0), float)
