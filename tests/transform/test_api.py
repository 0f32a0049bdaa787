"""Calls of the transforms themselves that are not what they take: refused in words."""

from __future__ import annotations

import numpy as np
import pytest

import wengert as wg


def cube(x):
    return x * x * x


def pulls(x):
    y, pullback = wg.vjp(cube, x)
    return pullback(y)[0]


def pushes(x):
    y, y_dot = wg.jvp(cube, (x,), (1.0,))
    return y * y_dot


def pulls_a_constant(x):
    y, _ = wg.vjp(cube, 2.0)
    return x * y


@pytest.mark.parametrize(
    ("function", "text", "help_"),
    [(pulls, "wg.vjp(cube, x)", "`wg.vjp(f)((x, ...), y_bar)`"),
     (pulls_a_constant, "wg.vjp(cube, 2.0)", "`wg.vjp(f)((x, ...), y_bar)`"),
     (pushes, "wg.jvp(cube, (x,), (1.0,))", "`wg.jvp(f)((x, ...), (x_dot, ...))`")],
)  # fmt: skip
def test_forms_for_python_inside_a_differentiated_function(function, text, help_) -> None:
    with pytest.raises(wg.UnsupportedError) as caught:
        wg.grad(function).source_for(2.0)
    assert f"`{text}` is not known before the call" in str(caught.value)
    assert f"help:   give the result its arguments: {help_}" in str(caught.value)


@pytest.mark.parametrize("argnums", [2.0, np.ones(3), True, (0, 1.5)], ids=repr)
@pytest.mark.parametrize("transform", [wg.grad, wg.value_and_grad, wg.hvp])
def test_arguments_in_the_place_of_argnums(transform, argnums) -> None:
    with pytest.raises(TypeError, match=r"argnums takes positions or names, not a .*: the arguments of f go to the result"):
        transform(cube, argnums)


def test_options_that_nobody_has() -> None:
    with pytest.raises(TypeError, match="`into` is an option of grad, value_and_grad and vjp"):
        wg.jacobian(cube, into=True)
    with pytest.raises(TypeError, match=r"`primals` is not an option of numba.njit that derivatives take: boundscheck, "):
        wg.vjp(cube, primals=(2.0,))
