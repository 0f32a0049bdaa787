"""Programs that a review found wrong, kept as they were minimised: each is right now, or refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import run


def square_first(x: float) -> tuple[float, float]:
    return x * x, x


def cube_second(x: float) -> tuple[float, float]:
    return x, x * x * x


def chosen_by_the_call(x: float, c: int) -> float:
    a, b = square_first(x) if c > 0 else cube_second(x)
    return a * b


def chosen_by_the_name(x: float, c: int) -> float:
    t = square_first(x)
    u = cube_second(x)
    r = t if c > 0 else u
    return r[0] * r[1]


@pytest.mark.parametrize("function", [chosen_by_the_call, chosen_by_the_name])
@pytest.mark.parametrize(("c", "slope"), [(1, 12.0), (0, 32.0)])
def test_a_tuple_chosen_by_a_ternary_keeps_its_derivative(function: Any, c: int, slope: float) -> None:
    assert wg.grad(function).python_for(2.0, c)(2.0, c) == slope
    assert wg.jvp(function).python_for((2.0, c), (1.0, None))((2.0, c), (1.0, None))[1] == slope


def weighted_by_the_first(a: Any, b: Any) -> float:
    s = 0.0
    for i in range(a.size):
        s += a[i] * b[0]
    return s


@pytest.mark.parametrize("length", [0, 3])
def test_a_sum_outside_its_loop_touches_nothing_if_the_loop_does_not_run(length: int) -> None:
    args = np.ones(length), np.ones(length)
    gradient = wg.grad(weighted_by_the_first, argnums=(0, 1)).python_for(*args)(*args)
    assert [g.tolist() for g in gradient] == [[1.0] * length, [3.0, 0.0, 0.0][:length]]


def with_a_large_default(x: float, k: float = 2.0, w: Any = np.arange(20.0)) -> float:  # noqa: B008
    return x * k * w[1]


@pytest.mark.compiled
def test_a_default_that_cannot_be_written_out() -> None:
    assert wg.grad(with_a_large_default)(2.7) == 2.0


def times_items(x: float, pair: tuple[float, float]) -> float:
    return x * pair[0] * pair[1]


def test_what_cannot_move_has_no_tangent() -> None:
    with pytest.raises(TypeError, match=r"`pair\[1\]` has a tangent, and is an integer"):
        wg.jvp(times_items).python_for((2.0, (3.0, 4)), (0.0, (1.0, 1.0)))
    assert run(wg.vjp(times_items), (2.0, (3.0, 4)), 1.0) == (24.0, (12.0, (8.0, None)))


def to_infinity(x: float) -> float:
    return x**np.inf


def test_an_infinite_exponent() -> None:
    assert wg.jvp(to_infinity).python_for((0.5,), (1.0,))((0.5,), (1.0,))[0] == 0.0


def test_argnums_that_name_nothing() -> None:
    for argnums in (True, (), (0, "x")):
        with pytest.raises(TypeError, match="argnums"):
            wg.grad(times_items, argnums=argnums)
    assert wg.grad(weighted_by_the_first, argnums=np.int64(1)).python_for(np.ones(2), np.ones(2)) is not None


def test_far_from_the_origin() -> None:
    assert wg.grad(np_arcsinh).python_for(1e200)(1e200) == pytest.approx(1e-200, rel=1e-14)


def np_arcsinh(x: float) -> float:
    y: float = np.arcsinh(x)
    return y


def test_another_name_for_a_list_that_is_an_argument() -> None:
    def grown(values: Any, x: Any) -> Any:
        alias = values
        alias.append(x * x)
        if x > 1.0:
            alias = [x]
            alias.append(2.0)
        return values[-1] * len(values) + alias[0]

    def one_of_two(values: Any, x: Any, other: Any) -> Any:
        alias = values
        if x > 1.0:  # noqa: SIM108
            mixed = values
        else:
            mixed = other
        return alias[0] * mixed[1] * x

    for x in (0.5, 2.0):
        for function, more in ((grown, ()), (one_of_two, ([3.0, 4.0],))):
            value, gradient = wg.value_and_grad(function, 1).python_for([1.0, 2.0], x, *more)([1.0, 2.0], x, *more)
            assert value == function([1.0, 2.0], x, *more)
            step = 1e-6
            above, below = function([1.0, 2.0], x + step, *more), function([1.0, 2.0], x - step, *more)
            assert gradient == pytest.approx((above - below) / (2.0 * step), rel=1e-8)


def test_a_name_that_looks_like_a_version_of_another() -> None:
    """Types were asked for under names that two variables had: `y_v1` and the second `y`."""
    def f(x: Any) -> Any:
        y = 2
        y_v1 = x * 0.5
        for _ in range(3):
            y = x * y_v1
            x = y * y
        y = 3
        return x * y * y_v1

    value, gradient = wg.value_and_grad(f).python_for(0.7)(0.7)
    assert value == f(0.7) and gradient == pytest.approx(23 * f(0.7) / 0.7, rel=1e-12)
