"""Calls of the transforms themselves that are not what they take: refused in words."""

from __future__ import annotations

import numpy as np
import pytest

import wengert as wg


def cube(x):
    return x * x * x


def test_vjp_with_primals_is_refused_with_what_to_write() -> None:
    for primals in ((2.0,), (np.ones(3), 1.0)):
        with pytest.raises(wg.UnsupportedError) as caught:
            wg.vjp(cube, *primals)
        assert str(caught.value) == (
            "vjp takes the function alone\n"
            "  reason: `vjp(f, x, ...)`, which returns a pullback, is not supported\n"
            "  help:   call the result: `y, primals_bar = vjp(f)((x, ...), y_bar)`"
        )
    assert wg.vjp(cube).python_for((2.0,), 1.0)((2.0,), 1.0) == (8.0, (12.0,))


def test_jvp_with_primals_is_refused_with_what_to_write() -> None:
    with pytest.raises(wg.UnsupportedError) as caught:
        wg.jvp(cube, (2.0,), (1.0,))
    assert str(caught.value) == (
        "jvp takes the function alone\n"
        "  reason: `jvp(f, primals, tangents)`, which calls at once, is not supported\n"
        "  help:   call the result: `y, y_dot = jvp(f)((x, ...), (x_dot, ...))`"
    )
    assert wg.jvp(cube).python_for((2.0,), (1.0,))((2.0,), (1.0,)) == (8.0, 12.0)


@pytest.mark.parametrize("argnums", [2.0, np.ones(3), True, (0, 1.5)], ids=repr)
@pytest.mark.parametrize("transform", [wg.grad, wg.value_and_grad, wg.hvp])
def test_arguments_in_the_place_of_argnums(transform, argnums) -> None:
    with pytest.raises(TypeError, match=r"argnums takes positions or names, not a .*: the arguments of f go to the result"):
        transform(cube, argnums)


def test_options_that_nobody_has() -> None:
    with pytest.raises(TypeError, match=r"`primals` is not an option of numba.njit that derivatives take: boundscheck, "):
        wg.vjp(cube, primals=(2.0,))
