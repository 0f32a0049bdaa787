"""What stands around functions that call themselves: decorators, transforms inside, checks, text, switches, compilation."""

from __future__ import annotations

import numpy as np
import pytest
from numba import typeof

import wengert as wg
from tests import oracles
from tests.semantics.agreement import X, agrees, run
from tests.semantics.test_recursion import CASES, EIGHT, blend, memo, power, weighted_order
from wengert.runtime.interpret import interpreted
from wengert.transform.switches import OPTIMISATIONS, without


@wg.grad
def decorated(x, n):
    return 1.0 if n == 0 else x * decorated(x, n - 1)


@wg.value_and_grad
def decorated_with_helper(x):
    return helps(x) * x


def helps(x):
    return x if x < 1.0 else decorated_with_helper(x - 1.0) + x


def applied(f, x, n):
    return f(x, n)


@wg.grad
def decorated_and_handed_on(x, n):
    return 1.0 if n == 0 else x * applied(decorated_and_handed_on, x, n - 1)


def test_a_decorated_function_means_itself_in_its_own_text() -> None:
    assert run(decorated, 1.5, 4) == 4.0 * 1.5**3
    assert run(decorated_and_handed_on, 1.5, 4) == 4.0 * 1.5**3
    value, slope = run(decorated_with_helper, 2.5)
    assert (value, slope) == pytest.approx((12.8125, 19.5), rel=1e-15)
    assert decorated.recipe.key((1.5, 4)) == decorated.recipe.key((1.5, 4)) is not None


derived = wg.grad(power)


def with_a_derivative_inside(x, n):
    return x if n == 0 else 0.2 * derived(with_a_derivative_inside(x, n - 1), 3) + derived(x, 2)


def the_same_by_hand(x, n):
    return x if n == 0 else 0.6 * the_same_by_hand(x, n - 1) ** 2 + 2.0 * x


@pytest.mark.full
def test_derivatives_of_recursive_functions_in_recursive_functions() -> None:
    agrees(with_a_derivative_inside, 0.9, 3, primal=the_same_by_hand)
    assert run(wg.grad(wg.grad(derived)), 1.3, 4) == pytest.approx(24.0 * 1.3, rel=1e-14)


def overlapping(x):
    blend(x[:3], x[1:])
    return np.sum(x)


def test_arguments_that_share_elements_are_found_when_it_runs() -> None:
    with pytest.raises(ValueError, match=r"`a`.*`b`|a.*b"):
        run(wg.grad(overlapping), X)


def test_the_text() -> None:
    text = wg.grad(power).source_for(1.3, 4)
    assert "cache" not in text                          # Numba cannot load the machine code of a recursive function
    assert [line for line in text.splitlines() if line.startswith("def ")] == [
        "def power(x, n):", "def power_vjp(x, n, result_bar):", "def power_grad(x, n):",
    ]  # fmt: skip
    assert "\nquicksort(a: float64[::1], lo: int64, hi: int64)" in str(wg.wengert(weighted_order, EIGHT))


@pytest.mark.parametrize("switch", [("dead code",), ("stable memory",), ("activity",), OPTIMISATIONS])
def test_optimisations_change_no_number(switch: tuple[str, ...]) -> None:
    for f, args in ((weighted_order, (EIGHT,)), (memo, (0.7, 6))):
        expected = run(wg.value_and_grad(f), *args)
        with without(*switch):
            generated = wg.value_and_grad(f).recipe.generate(tuple(map(typeof, args)))
        module = dict(generated.injected)
        exec(generated.text, module)
        found = interpreted(module[generated.entry])(*args)
        assert oracles.relative_gap(found, expected) <= 1e-13


@pytest.mark.compiled
@pytest.mark.parametrize("name", [
    "power", "memo", *(pytest.param(name, marks=pytest.mark.full) for name in ("weighted_order", "adaptive", "on_views")),
])  # fmt: skip
def test_compiled(name: str) -> None:
    f, args = next(case for case in CASES if case[0].__name__ == name)
    gradient = wg.value_and_grad(f)
    assert oracles.relative_gap(gradient(*args), run(gradient, *args)) <= 1e-13
    product = wg.hvp(f)
    assert oracles.relative_gap(product(args[0], *args), run(product, args[0], *args)) <= 1e-12
