"""Dispatchers as plain Python, through globals, closures, recursion and transformed functions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from tests.runtime.generators import cube_grad
from wengert.runtime.interpret import interpreted

scale = 3.0


@njit
def helper(x: float, factor: float = 2.0) -> Any:
    return factor * x * scale


@njit
def factorial(n: int) -> Any:
    return 1 if n < 2 else n * factorial(n - 1)


@njit
def caller(x: float) -> Any:
    return helper(x) + factorial(3)


def test_callees_and_defaults() -> None:
    assert interpreted(caller)(1.0) == 12.0
    assert not caller.overloads and not helper.overloads and not factorial.overloads


def test_the_modules_own_names_stay() -> None:
    interpreted(caller)(1.0)
    assert hasattr(helper, "py_func")
    assert interpreted(caller).__globals__ is not globals()
    assert interpreted(caller).__name__ == "caller"


def test_closures() -> None:
    @njit
    def inner(x: float) -> Any:
        return x + 1.0

    @njit
    def outer(x: float) -> Any:
        return inner(x) * scale

    assert interpreted(outer)(1.0) == 6.0
    assert not inner.overloads and not outer.overloads


def test_transformed_functions_are_interpreted_by_types() -> None:
    gradient = cube_grad()

    @njit
    def twice(x: float) -> Any:
        return 2.0 * gradient(x)

    assert interpreted(twice)(2.0) == 24.0
    assert interpreted(twice)(np.float32(2.0)) == 24.0
    assert interpreted(gradient)(x=2.0) == 12.0


def test_everything_else_comes_back() -> None:
    for value in (np.sin, 1.0, len, np):
        assert interpreted(value) is value
