"""Rules that are transposed for the mode that they are not for: what is linear, and what is not and is refused there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import run
from tests.test_custom_rules_meant import WEIGHTS, X, ruled


@wg.custom_vjp
def limited(x):
    return x * 1.0


def limited_fwd(x):
    return x * 1.0, ()


def limited_bwd(_, x_bar):
    return (np.minimum(np.maximum(x_bar, -1.0), 1.0),)


limited.defvjp(limited_fwd, limited_bwd)


def steep(x):
    return np.sum(limited(x) ** 2 * WEIGHTS)


def test_a_clipped_gradient() -> None:
    np.testing.assert_array_equal(run(wg.grad(steep), X), np.clip(2.0 * X * WEIGHTS, -1.0, 1.0))
    slope = wg.grad(lambda x, v: np.sum(wg.grad(steep)(x) * v))
    np.testing.assert_allclose(run(slope, 0.1 * X, X), np.where(abs(0.2 * X * WEIGHTS) < 1.0, 2.0 * WEIGHTS * X, 0.0), rtol=1e-14)
    np.testing.assert_allclose(run(wg.hvp(steep), 0.1 * X, X), run(slope, 0.1 * X, X), rtol=1e-14)


def test_forward_mode_is_refused() -> None:
    with pytest.raises(wg.UnsupportedError, match="`limited_bwd` is not linear in y_bar") as caught:
        run(wg.jvp(steep), (X,), (X,))
    assert "custom_jvp" in str(caught.value)


BRANCHING = {
    "a test": lambda _, y_bar: (y_bar if y_bar > 0 else 0.0,),
    "a loop": lambda _, y_bar: (float(len([0.0 for _ in range(int(y_bar))])),),
    "a sign": lambda _, y_bar: (np.sign(y_bar),),
    "a constant": lambda _, y_bar: (wg.stop_gradient(y_bar),),
    "a square": lambda _, y_bar: (y_bar * y_bar,),
    "a power": lambda _, y_bar: (abs(y_bar) ** 0.5,),
}


@pytest.mark.parametrize("name", BRANCHING)
def test_what_is_not_linear(name: str) -> None:
    function = ruled(
        lambda x: x * 1.0,
        lambda x: (x * 1.0, None),
        BRANCHING[name],
    )
    with pytest.raises(wg.UnsupportedError, match="is not linear in y_bar"):
        run(wg.jvp(function), (0.3,), (1.0,))


def linear_in_a_loop(x, y_bar):
    out = np.zeros_like(y_bar)
    for i in range(len(out)):
        if x[i] > 0:
            out[i] = y_bar[i] * x[i] - 2.0 * y_bar[0]
        else:
            out[i] += y_bar[i - 1]
            out[i] *= 3.0
    return (out,)


def shrink(n, y_bar):
    return y_bar if n == 0 else 0.5 * shrink(n - 1, y_bar)


def clip(n, y_bar):
    return max(y_bar, 0.0) if n == 0 else clip(n - 1, y_bar)


def floors(n, y_bar):
    return np.floor(y_bar) if n == 0 else floors(n - 1, y_bar)


@pytest.mark.parametrize(("step", "linear"), [(shrink, True), (clip, False), pytest.param(floors, False, marks=pytest.mark.full)])
def test_linear_through_calls(step: Any, linear: bool) -> None:
    function = ruled(
        lambda x: x * 1.0,
        lambda x: (x * 1.0, None),
        lambda _, y_bar: (step(3, y_bar) + wg.checkpoint(shrink)(1, y_bar),),
    )
    assert run(wg.grad(function), 0.3) == step(3, 1.0) + 0.5
    if linear:
        assert run(wg.jvp(function), (0.3,), (2.0,)) == (0.3, 1.25)
    else:
        with pytest.raises(wg.UnsupportedError, match="is not linear in y_bar"):
            run(wg.jvp(function), (0.3,), (2.0,))


def test_linear_with_loops_and_branches() -> None:
    function = ruled(
        lambda x: x * 1.0,
        lambda x: (x * 1.0, x),
        linear_in_a_loop,
    )
    jacobian = np.array([linear_in_a_loop(X, row)[0] for row in np.eye(3)])
    np.testing.assert_allclose(run(wg.jacfwd(function), X), jacobian, rtol=1e-14)
    np.testing.assert_allclose(run(wg.jacrev(function), X), jacobian, rtol=1e-14)
