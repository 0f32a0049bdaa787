"""The worked examples that the project grew from, with their exact numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from numba import types

import wengert as wg
from wengert.transform.checking.diagnosis import GradientCheckError
from wengert.transform.custom import new_rules
from wengert.transform.derive.reverse import reverse
from wengert.transform.ir import Remark
from wengert.transform.pipeline import wengert_list
from wengert.transform.show import show
from wengert.transform.statement_text import statement_text
from wengert.transform.switches import without

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


# ---- A7 to A9, A11  ------------------------------------------------------------------------------------------


def a7(x: Array) -> Array:
    return np.array([x[0] ** 2 + x[1], 3.0 * x[0] - x[1] ** 2])


def a8(x: Array) -> Array:
    return np.array([2.0 * x[0] + 3.0 * x[1] + x[2], 4.0 * x[0] + 5.0 * x[2]])


def a9_inner(x: Array) -> Array:
    return np.array([np.sin(x[0]) * x[1], x[0] - x[1] ** 2, np.exp(x[1])])


def a9_outer(y: Array) -> Array:
    return np.array([y[0] * y[1] + y[2], np.cos(y[2]) * y[0]])


def a9(x: Array) -> Array:
    return a9_outer(a9_inner(x))


@pytest.mark.parametrize("jacobian", [wg.jacfwd, wg.jacrev, wg.jacobian])
def test_a7_the_jacobian_is_the_same_in_both_modes(jacobian: Any) -> None:
    np.testing.assert_array_equal(run(jacobian(a7), np.array([1.0, 2.0])), [[2.0, 1.0], [3.0, -4.0]])


def test_a8_a_vector_times_the_jacobian_is_one_sweep() -> None:
    point, g = (np.array([0.3, -1.0, 2.0]),), np.array([0.5, 0.2])
    product = wg.vjp(a8)
    _, (x_bar,) = run(product, point, g)
    np.testing.assert_allclose(x_bar, [1.8, 1.5, 1.5], rtol=1e-15)
    assert "for " not in product.source                             # over the rows of a Jacobian


def test_a9_the_jacobian_of_a_composition_is_the_product() -> None:
    x = np.array([0.7, -0.4])
    product = run(wg.jacobian(a9_outer), a9_inner(x)) @ run(wg.jacobian(a9_inner), x)
    np.testing.assert_allclose(run(wg.jacfwd(a9), x), product, rtol=1e-12)
    np.testing.assert_allclose(run(wg.jacrev(a9), x), product, rtol=1e-12)


def a11_wide(x: Array) -> Array:
    return np.array([np.sum(x), np.sum(x * x)])


def a11_tall(x: Array) -> Array:
    return x[0] * np.arange(10.0) + x[1]


@pytest.mark.parametrize(("f", "n"), [(a11_wide, 10), (a11_tall, 2)])
def test_a11_the_jacobian_takes_the_mode_with_fewer_sweeps(f: Any, n: int) -> None:
    x = np.linspace(0.5, 2.0, n)
    with without("wide tangents"):
        forward, reverse, chosen = (sweeps(jacobian(f), x) for jacobian in (wg.jacfwd, wg.jacrev, wg.jacobian))
    assert (forward, reverse) == (n, len(f(x)))
    assert chosen == min(forward, reverse)


def sums(x: Array, w: Array, m: int) -> Array:
    y = np.empty(m)
    for i in range(m):
        y[i] = np.sum(x * w) * (i + 1)
    return y


def test_a11_a_sweep_of_eight_numbers_counts_once() -> None:
    """Forward sweeps of this function take eight numbers, reverse ones, which spread a number over x * w, cannot."""
    x, w = np.linspace(0.5, 2.0, 20), np.array([[0.5], [-2.0]])
    chosen = wg.jacobian(sums)
    assert "if (x.size + 7) // 8 <= y.size:" in chosen.source_for(x, w, 10)
    assert [sweeps(chosen, x, w, m) for m in (2, 3, 10)] == [2, 0, 0]   # of one number; 0: all take eight
    for m in (2, 10):
        np.testing.assert_allclose(run(chosen, x, w, m), -1.5 * np.outer(np.arange(1.0, m + 1), np.ones(20)), rtol=1e-14)


def sweeps(jacobian: Any, *args: Any) -> int:
    """How many sweeps for one number the call makes: each looks at its seed."""
    function, seen = jacobian.python_for(*args), []
    with patch.dict(function.__globals__, check_seed=lambda *args: seen.append(args)):
        function(*args)
    return len(seen)


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


# ---- A13 ----------------------------------------------------------------------------------------------------


@pytest.fixture
def registered() -> Iterator[None]:
    """`np.sinc`, a primitive of the user's own, while a test runs."""

    @wg.rule(np.sinc)
    def sinc(y, x):
        return (np.cos(np.pi * x) - y) / x,

    yield
    for key, _ in new_rules.declared():
        new_rules.withdraw(key)


def a13_sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


a13_backward = wg.custom_vjp(a13_sigmoid)
a13_backward.defvjp(lambda x: (a13_sigmoid(x), a13_sigmoid(x)), lambda y, y_bar: (y * (1.0 - y) * y_bar,))
a13_forward = wg.custom_jvp(a13_sigmoid)


@a13_forward.defjvp
def a13_rule(primals: Any, tangents: Any) -> tuple[float, float]:
    y = a13_sigmoid(primals[0])
    return y, y * (1.0 - y) * tangents[0]


@pytest.mark.usefixtures("registered")
def test_a13_a_name_with_its_forward_and_backward_rule() -> None:
    y = np.sinc(0.3)
    slope = (math.cos(math.pi * 0.3) - y) / 0.3
    bend = (-math.pi * math.sin(math.pi * 0.3) - slope) / 0.3 - slope / 0.3
    assert run(wg.grad(lambda x: np.sinc(x)), 0.3) == pytest.approx(slope, rel=1e-14)
    assert run(wg.jvp(lambda x: np.sinc(x)), (0.3,), (2.0,)) == pytest.approx((y, 2.0 * slope), rel=1e-14)
    assert run(wg.hvp(lambda x: np.sinc(x)), 0.3, 1.0) == pytest.approx(bend, rel=1e-13)


@pytest.mark.parametrize("ruled", [a13_backward, a13_forward])
def test_a13_rules_of_functions_serve_both_modes_and_second_order(ruled: Any) -> None:
    def used(x):
        return ruled(x) * x

    y = a13_sigmoid(0.4)
    d = y * (1.0 - y)
    assert run(wg.grad(used), 0.4) == pytest.approx(y + 0.4 * d, rel=1e-14)
    assert run(wg.jvp(used), (0.4,), (1.0,))[1] == pytest.approx(y + 0.4 * d, rel=1e-14)
    assert run(wg.hvp(used), 0.4, 1.0) == pytest.approx(2.0 * d + 0.4 * d * (1.0 - 2.0 * y), rel=1e-13)


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


# ---- A15 ----------------------------------------------------------------------------------------------------


def a15_layers(w: Array, frozen: Array, x: Array) -> float:
    hidden = np.tanh(np.dot(wg.stop_gradient(frozen), x))
    return np.sum(np.dot(w, hidden) ** 2)


def test_a15_what_is_frozen_has_a_derivative_of_zero_and_nothing_is_computed() -> None:
    rng = np.random.default_rng(0)
    w, frozen, x = rng.normal(size=(2, 3)), rng.normal(size=(3, 4)), rng.normal(size=4)
    gradient = wg.grad(a15_layers, ("w", "frozen"))
    w_bar, frozen_bar = run(gradient, w, frozen, x)
    hidden = np.tanh(frozen @ x)
    np.testing.assert_allclose(w_bar, 2.0 * np.outer(w @ hidden, hidden), rtol=1e-13)
    np.testing.assert_array_equal(frozen_bar, np.zeros((3, 4)))
    assert "hidden_bar" not in gradient.source
    only = wg.grad(a15_layers, "w")
    np.testing.assert_array_equal(run(only, w, frozen, x), w_bar)
    assert "frozen_bar" not in only.source


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
