"""The gradient check passes what is right, and names the cause of what is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import wengert as wg
from wengert.transform.checking.diagnosis import GradientCheckError
from wengert.transform.checking.differences import difference, random_like

Array = np.ndarray[Any, Any]


def failure(f: Callable[..., Any], args: tuple[Any, ...], **options: Any) -> GradientCheckError:
    with pytest.raises(GradientCheckError) as caught:
        wg.check_grads(f, args, **options)
    return caught.value


# ---- functions ----------------------------------------------------------------------------------------------


def cube(x: float) -> float:
    return x * x * x


def weighted(x: Array, w: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += math.exp(x[i]) * w + x[i] * x[i]
    return total


def several(x: Array, w: float) -> tuple[Array, float, int]:
    return np.sin(x) * w, w * w, x.size


def overwriting(x: Array) -> float:
    for i in range(1, x.size):
        x[i] = x[i] * x[i - 1] + x[i]
    return x[x.size - 1]


def rectified(x: Array) -> float:
    total = 0.0
    for i in range(x.size):
        total += max(x[i], 0.0) ** 2 + max(x[i], 0.0)
    return total


def linear(w: Array, x: Array, b: Array) -> float:
    y = x @ w + b
    return float(np.sum(y * y * y))


def bilinear(a: Array, w: Array) -> float:
    return float(np.sum(np.exp(0.1 * a @ w)))


def mean_square(x: Array) -> float:
    return float(np.mean(x * x))


def twice_used(x: Array, y: Array) -> float:
    return float(np.sum(x * y) * np.sum(x + y))


# ---- what is right passes -------------------------------------------------------------------------------------


@pytest.mark.compiled
def test_good_functions_pass_in_both_modes_and_orders() -> None:
    wg.check_grads(cube, (2.0,))
    wg.check_grads(weighted, (np.linspace(-1.0, 1.0, 5), 2.0))
    wg.check_grads(weighted, (np.linspace(-1.0, 1.0, 5), 2.0), argnums="w", order=1, modes=("rev",))


@pytest.mark.compiled
def test_results_that_are_no_number_are_checked_along_random_cotangents() -> None:
    wg.check_grads(several, (np.linspace(-1.0, 1.0, 5), 2.0))
    wg.check_grads(several, (np.linspace(-1.0, 1.0, 5), 2.0), modes=("rev",), argnums=(0,))


@pytest.mark.compiled
def test_arguments_that_the_function_overwrites_are_copied() -> None:
    x = np.array([0.5, 1.5, -0.75])
    wg.check_grads(overwriting, (x,))
    np.testing.assert_array_equal(x, [0.5, 1.5, -0.75])


@pytest.mark.compiled
def test_float32_has_its_own_tolerance() -> None:
    wg.check_grads(weighted, (np.linspace(-1.0, 1.0, 5, dtype=np.float32), np.float32(2.0)))


def test_a_right_gradient_passes() -> None:
    wg.check_grads(cube, (2.0,), gradient=lambda x: 3.0 * x * x)
    x, y = np.array([1.0, -2.0, 3.0]), np.array([0.5, 0.25, 4.0])

    def gradient(x: Array, y: Array) -> tuple[Array, Array]:
        product, total = np.sum(x * y), np.sum(x + y)
        return y * total + product, x * total + product

    wg.check_grads(twice_used, (x, y), gradient=gradient)
    wg.check_grads(twice_used, (x, y), gradient=lambda x, y: gradient(x, y)[1], argnums=1)
    wg.check_grads(twice_used, (x, y), gradient=lambda x, y: gradient(x, y)[::-1], argnums=("y", "x"))


def test_differences_are_better_than_the_tolerance() -> None:
    for x in (1e-6, 0.3, 2.0, 3000.0):
        found = difference(lambda x: math.sin(x / 3.0) + math.sqrt(x), (x,), (x,)).value[0] / x
        expected = math.cos(x / 3.0) / 3.0 + 0.5 / math.sqrt(x)
        assert abs(found - expected) <= 1e-9 * abs(expected) + 1e-10 / x


def with_default(x: float, n: int = 3) -> float:
    return x**n


def test_defaults_and_callables_without_a_signature() -> None:
    wg.check_grads(with_default, (2.0,), gradient=lambda x, n: n * x ** (n - 1))
    wg.check_grads(math.sin, (2.0,), gradient=math.cos)
    assert failure(math.sin, (2.0,), gradient=math.sin).argument == "argument 0"


# ---- what is wrong is named -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "cause"),
    [(2.0, "factor 2"), (0.5, "half"), (-1.0, "sign"), (0.0, "zero"), (math.nan, "not finite"), (1.00001, "precision")],
)
def test_a_wrong_factor_is_named(factor: float, cause: str) -> None:
    assert failure(cube, (2.0,), gradient=lambda x: factor * 3.0 * x * x).cause == cause
    rng = np.random.default_rng(1)
    x = rng.normal(size=(3, 4))
    found = failure(mean_square, (x,), gradient=lambda x: factor * 2.0 * x / x.size)
    assert found.cause == cause
    assert found.argument == "x"


def test_the_message_has_the_numbers_and_the_cause() -> None:
    text = str(failure(cube, (2.0,), gradient=lambda x: 6.0 * x * x))
    assert text == """\
the gradient disagrees with differences, argument `x`
  found     24
  expected  12
  relative error 5.0e-01
  likely cause: a factor 2 too many"""


def test_a_sum_for_a_mean_is_a_factor() -> None:
    found = failure(mean_square, (np.arange(1.0, 7.0),), gradient=lambda x: 2.0 * x)
    assert found.cause == "factor"
    assert "6 times what it should be" in str(found)
    assert "a sum for a mean over 6" in str(found)


def test_a_missing_transpose_is_named() -> None:
    rng = np.random.default_rng(2)
    a, w = rng.normal(size=(4, 4)), rng.normal(size=(4, 4))

    def backward(a: Array, w: Array) -> Array:
        y_bar = 0.1 * np.exp(0.1 * a @ w)
        gradient: Array = (a.T @ y_bar).T
        return gradient

    assert failure(bilinear, (a, w), gradient=backward, argnums=1).cause == "transposed"


def test_a_missing_transpose_of_another_shape_is_named() -> None:
    rng = np.random.default_rng(2)
    a, w = rng.normal(size=(4, 3)), rng.normal(size=(3, 5))
    found = failure(bilinear, (a, w), gradient=lambda a, w: (a.T @ (0.1 * np.exp(0.1 * a @ w))).T, argnums="w")
    assert found.cause == "transposed"
    assert found.argument == "w"


def test_a_reshape_for_a_transpose_is_named() -> None:
    rng = np.random.default_rng(3)
    a, w = rng.normal(size=(4, 3)), rng.normal(size=(3, 5))

    def backward(a: Array, w: Array) -> Array:
        y_bar = 0.1 * np.exp(0.1 * a @ w)
        return (a.T @ y_bar).T.reshape(3, 5)

    assert failure(bilinear, (a, w), gradient=backward, argnums=1).cause == "reshaped"


def test_a_missing_sum_over_the_batch_is_named() -> None:
    rng = np.random.default_rng(4)
    w, x, b = rng.normal(size=(3, 2)), rng.normal(size=(5, 3)), rng.normal(size=2)
    found = failure(linear, (w, x, b), gradient=lambda w, x, b: 3.0 * (x @ w + b) ** 2, argnums="b")
    assert found.cause == "not summed"
    assert "(5, 2) instead of (2,)" in str(found)


def test_overwriting_for_adding_is_a_part_that_is_missing() -> None:
    x, y = np.array([1.0, -2.0, 3.0]), np.array([0.5, 0.25, 4.0])
    found = failure(twice_used, (x, y), gradient=lambda x, y: y * np.sum(x + y), argnums=0)
    assert found.cause == "a part is missing"


def test_a_kink_is_named_with_both_derivatives() -> None:
    def backward(x: Array) -> Array:
        return np.where(x >= 0.0, 2.0 * x + 1.0, 0.0)

    found = failure(rectified, (np.array([1.0, 0.0, -2.0]),), gradient=backward)
    assert found.cause == "kink"
    assert "before this point and 1 after it" in str(found)
    wg.check_grads(rectified, (np.array([1.0, 0.5, -2.0]),), gradient=backward)


def test_a_few_wrong_elements_are_placed() -> None:
    def backward(x: Array) -> Array:
        gradient = 2.0 * x / x.size
        gradient[0, 0] = 0.0
        return gradient

    found = failure(mean_square, (np.arange(1.0, 13.0).reshape(3, 4),), gradient=backward)
    assert found.cause == "some elements"
    assert "wrong in 1 of 12 elements, at [0, 0]" in str(found)


def test_one_wrong_element_of_many_is_found_along_a_random_direction() -> None:
    def backward(x: Array) -> Array:
        gradient = 2.0 * x / x.size
        gradient[1234] *= 1.5
        return gradient

    x = np.random.default_rng(5).normal(size=4000)
    assert failure(mean_square, (x,), gradient=backward).cause == "some elements"


def test_nonsense_is_all_wrong() -> None:
    x = np.random.default_rng(6).normal(size=8)
    assert failure(mean_square, (x,), gradient=lambda x: np.cos(7.0 * x)).cause == "all wrong"


def test_a_gradient_where_nothing_depends() -> None:
    def first(x: Array, y: Array) -> float:
        return float(x[0])

    x = np.ones(3)
    assert failure(first, (x, x), gradient=lambda x, y: y, argnums="y").cause == "not zero"


@pytest.mark.compiled
def test_a_kink_in_wengert_s_own_gradient_is_named() -> None:
    found = failure(rectified, (np.array([1.0, 0.0, -2.0]),))
    assert found.cause == "kink"
    assert str(found).startswith("forward mode disagrees with differences")


def test_a_wrong_choice_is_refused() -> None:
    with pytest.raises(ValueError, match="modes are 'fwd' and 'rev'"):
        wg.check_grads(cube, (2.0,), modes=("forward",))
    with pytest.raises(ValueError, match="no argument is a float"):
        wg.check_grads(cube, (2,), gradient=lambda x: 3 * x)


def test_directions_are_the_same_for_the_same_seed() -> None:
    args = (np.ones(3), 2.0, 4)
    one, two = (random_like(args, np.random.default_rng(0)) for _ in range(2))
    np.testing.assert_array_equal(one[0], two[0])
    assert one[1:] == two[1:]
    assert one[2] is None


class Oscillator(NamedTuple):
    mass: float
    stiffness: Array


def energies(state: tuple[Oscillator, int], x: Array) -> tuple[Array, tuple[float, int]]:
    oscillator, n = state
    return oscillator.stiffness * x * n, (oscillator.mass * np.sum(x * x), n)


def total_energy(state: tuple[Oscillator, int], x: Array) -> float:
    oscillator, n = state
    return n * oscillator.mass * np.sum(oscillator.stiffness * x * x)


def test_structures() -> None:
    state, x = (Oscillator(1.5, np.array([0.5, 2.0])), 3), np.array([0.7, -1.3])
    wg.check_grads(energies, (state, x))
    wg.check_grads(total_energy, (state, x))

    def wrong(state: Any, x: Any) -> Any:
        (mass, stiffness), n = state
        return (Oscillator(n * np.sum(stiffness * x * x), 2.0 * n * mass * x * x), None), 2.0 * n * mass * stiffness * x

    with pytest.raises(GradientCheckError, match=r"argument `state\[0\]\.stiffness`"):
        wg.check_grads(total_energy, (state, x), gradient=wrong)
