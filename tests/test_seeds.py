"""The worked examples that the project grew from, with their exact numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numba import types

import wengert as wg
from wengert.transform.derive.reverse import reverse
from wengert.transform.diagnosis import GradientCheckError
from wengert.transform.ir import Remark
from wengert.transform.pipeline import wengert_list
from wengert.transform.show import show
from wengert.transform.wording import statement_text

Array = np.ndarray[Any, Any]


def run(transformed: Any, *args: Any) -> Any:
    """The generated function as plain Python: nothing is compiled."""
    return transformed.python_for(*args)(*args)


def a1(x: float) -> float:
    return math.exp(x) * (x + 1.0)


def a2(x: float) -> float:
    inner = 2.0 * x + 5.0
    return inner * inner


def a3(x: float, y: float) -> float:
    return (x * y) * (x + y)


def a4(x: float, y: float, b: float) -> float:
    return (x * y + b) ** 2


def a5(x: float) -> float:
    return x * x


def a6(w: float, x: float, b: float) -> float:
    y = w * x + b
    loss = y**2
    return loss


def a6_layer(w: float, x: float, b: float) -> float:
    return w * x + b


def a6_loss(y: float) -> float:
    return y**2


def a14(w: Array, x: Array, b: Array, scale: float) -> float:
    return np.sum(scale * np.tanh(x @ w + b))


# ---- A1 -----------------------------------------------------------------------------------------------------


def test_a1_the_list_counts_from_v1_to_v4() -> None:
    lines = [line.partition("#")[0].split() for line in str(wg.wengert(a1, 1.0)).splitlines()[1:]]
    assert [" ".join(line) for line in lines] == [
        "v1 = x float64",
        "v2 = math.exp(v1) float64",
        "v3 = v1 + 1.0 float64",
        "v4 = v2 * v3 float64",
        "return v4",
    ]


@pytest.mark.parametrize("x", [-2.0, 0.0, 1.0, 2.5])
def test_a1_the_derivative(x: float) -> None:
    value, slope = run(wg.value_and_grad(a1), x)
    assert value == a1(x)
    assert slope == pytest.approx((x + 2.0) * math.exp(x), rel=1e-15, abs=1e-16)


def test_a1_the_replay_goes_backwards_through_the_list() -> None:
    """Adjoints of the product come before that of the exponential: last computed, first differentiated."""
    gradient = reverse(wengert_list(a1, (types.float64,)), ["x"], seed_types=None).function
    texts = [statement_text(s) for s in gradient.body]
    (middle,) = (k for k, s in enumerate(gradient.body) if isinstance(s, Remark) and s.text.startswith("---- reverse"))
    assert any("math.exp" in text for text in texts[:middle])
    assert any("x_bar" in text for text in texts[middle:])
    assert not any("math.exp(" in text for text in texts[middle:])


# ---- A2 to A6 -----------------------------------------------------------------------------------------------


def test_a2_chain() -> None:
    slope = run(wg.grad(a2), 3.0)
    assert slope == 44.0
    h = 1e-5
    assert abs((a2(3.0 + h) - a2(3.0 - h)) / (2.0 * h) - slope) <= 3e-8 * slope


def test_a3_diamond() -> None:
    assert run(wg.grad(a3, (0, 1)), 2.0, 3.0) == (21.0, 16.0)


def test_a3_both_uses_are_in_the_list_and_both_contributions_in_the_derivative() -> None:
    text = str(wg.wengert(a3, 2.0, 3.0))
    assert "v3 = v1 * v2" in text
    assert "v4 = v1 + v2" in text
    values = replayed(a3, 2.0, 3.0)
    assert 15.0 in values
    assert 6.0 in values
    assert 21.0 in values


def test_a4_affine_and_square() -> None:
    assert run(wg.grad(a4), 2.0, 3.0, 1.0) == 42.0
    assert run(wg.grad(a4, (0, 1, 2)), 2.0, 3.0, 1.0) == (42.0, 28.0, 14.0)


def test_a5_adjoints_add_up() -> None:
    assert run(wg.grad(a5), 3.0) == 6.0


def test_a6_neuron() -> None:
    assert run(wg.grad(a6, ("w", "x", "b")), 3.0, 2.0, 1.0) == (28.0, 42.0, 14.0)
    assert run(wg.value_and_grad(a6), 3.0, 2.0, 1.0) == (49.0, 28.0)


def test_a6_step_by_step() -> None:
    y_bar = run(wg.grad(a6_loss), 7.0)
    assert y_bar == 14.0
    assert run(wg.vjp(a6_layer), (3.0, 2.0, 1.0), y_bar) == (7.0, (28.0, 42.0, 14.0))


@pytest.mark.parametrize(
    ("f", "args", "expected"),
    [(a2, (3.0,), 44.0), (a3, (2.0, 3.0), 21.0), (a4, (2.0, 3.0, 1.0), 42.0), (a5, (3.0,), 6.0)],
)
def test_forward_mode_has_the_same_numbers(f: Any, args: tuple[float, ...], expected: float) -> None:
    tangents = (1.0, *(None for _ in args[1:]))
    assert run(wg.jvp(f), args, tangents) == (f(*args), expected)


@pytest.mark.compiled
def test_compiled_code_has_the_same_numbers() -> None:
    assert wg.grad(a2)(3.0) == 44.0
    assert wg.grad(a3)(2.0, 3.0) == 21.0
    assert wg.vjp(a6)((3.0, 2.0, 1.0), 1.0) == (49.0, (28.0, 42.0, 14.0))


# ---- A12 ----------------------------------------------------------------------------------------------------


@pytest.mark.compiled
def test_a12_the_check_passes_the_examples() -> None:
    wg.check_grads(a1, (1.0,))
    wg.check_grads(a4, (2.0, 3.0, 1.0))


def test_a12_central_differences_at_1e_5_agree_to_1e_7() -> None:
    h = 1e-5
    for f, args in ((a1, (1.0,)), (a3, (2.0, 3.0)), (a4, (2.0, 3.0, 1.0)), (a6, (3.0, 2.0, 1.0))):
        slope = run(wg.grad(f), *args)
        ahead, behind = (f(args[0] + step, *args[1:]) for step in (h, -h))
        assert abs((ahead - behind) / (2.0 * h) - slope) <= 1e-7 * abs(slope)


@pytest.mark.parametrize(("factor", "cause"), [(2.0, "factor 2"), (0.5, "half"), (-1.0, "sign")])
def test_a12_the_check_names_the_cause(factor: float, cause: str) -> None:
    with pytest.raises(GradientCheckError) as caught:
        wg.check_grads(a5, (3.0,), gradient=lambda x: factor * 2.0 * x)
    assert caught.value.cause == cause


# ---- A14 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(4,), (1,)])
def test_a14_what_was_broadcast_forwards_is_summed_backwards(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    w, x, b = rng.normal(size=(3, 4)), rng.normal(size=(5, 3)), rng.normal(size=shape)
    w_bar, x_bar, b_bar, scale_bar = run(wg.grad(a14, (0, 1, 2, 3)), w, x, b, 0.5)
    assert (w_bar.shape, x_bar.shape, b_bar.shape) == ((3, 4), (5, 3), shape)
    y = np.tanh(x @ w + b)
    y_bar = 0.5 * (1.0 - y * y)
    np.testing.assert_allclose(w_bar, x.T @ y_bar, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(x_bar, y_bar @ w.T, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(b_bar, y_bar.sum(axis=0) if shape == (4,) else [y_bar.sum()], rtol=1e-13)
    assert scale_bar == pytest.approx(y.sum(), rel=1e-13)


def replayed(f: Any, *args: float) -> list[float]:
    """Every number that the adjoint of straight-line code computes, in order."""
    function = wengert_list(f, tuple(types.float64 for _ in args))
    gradient = reverse(function, [p.name for p in function.params], seed_types=None).function
    assert show(gradient)
    names: dict[str, str] = {}
    space: dict[str, Any] = {"math": math, "np": np}
    space |= {p.name: arg for p, arg in zip(function.params, args, strict=True)}

    def spelled(var: Any) -> str:
        return names.setdefault(var.name, var.name if var.name in space else f"n{len(names)}")

    for s in gradient.body:
        if not isinstance(s, Remark):
            exec(statement_text(s, spelled), space)
    return [value for value in space.values() if isinstance(value, float)]
