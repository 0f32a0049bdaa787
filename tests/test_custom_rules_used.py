"""Functions with a rule as objects: from Python, inside `@njit`, pickled, under new rules; what is kept on disk."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import njit, prange

import wengert as wg
from tests.semantics.agreement import run
from tests.test_custom_rules import X, clamped, in_a_loop, scaled, scaled_bwd, scaled_fwd, soft, turned
from tests.test_custom_rules_meant import quantised, rounded

compiled = pytest.mark.compiled


def small(x, k):
    return clamped(x * k, k) * turned(x, k)[1] + soft(np.array([x]), k, 2)[1]


@pytest.mark.full
@compiled
def test_in_compiled_code() -> None:
    gradient, product = wg.grad(small, argnums=(0, 1)), wg.hvp(small)

    @njit(parallel=True)
    def everything(x, k):
        total = np.zeros(len(x))
        for i in prange(len(x)):
            x_bar, k_bar = gradient(x[i], k)
            total[i] = x_bar + k_bar + clamped(k, x[i]) + product(x[i], 1.0, k)
        return total

    bars = [run(gradient, v, 0.7) for v in X]
    expected = [sum(bar) + max(0.7, v) + run(product, v, 1.0, 0.7) for bar, v in zip(bars, X, strict=True)]
    np.testing.assert_allclose(everything(X, 0.7), expected, rtol=1e-12)


@compiled
def test_from_python() -> None:
    np.testing.assert_array_equal(rounded(X), np.floor(X + 0.5))
    np.testing.assert_allclose(wg.grad(quantised)(X), run(wg.grad(quantised), X), rtol=1e-14)
    assert wg.vjp(clamped)((0.3, 0.7), 1.0) == (0.7, (0.0, 1.0))
    assert clamped(x=0.3, low=0.1) == 0.3


def test_what_it_looks_like() -> None:
    assert repr(scaled).startswith("<wengert scaled(x, k) of scaled (")
    assert scaled.__name__ == "scaled"
    text = wg.grad(in_a_loop).source_for(X, 0.7)
    assert "def scaled_fwd(x, k):" in text and "= scaled_bwd(" in text
    assert "cache=True" in text


def test_pickled() -> None:
    again = pickle.loads(pickle.dumps(scaled))
    assert again.recipe.key((X, 0.7)) == scaled.recipe.key((X, 0.7))
    np.testing.assert_array_equal(run(wg.vjp(again), (X, 0.7), X)[1][0], run(wg.vjp(scaled), (X, 0.7), X)[1][0])
    gradient = pickle.loads(pickle.dumps(wg.grad(in_a_loop)))
    np.testing.assert_array_equal(run(gradient, X, 0.7), run(wg.grad(in_a_loop), X, 0.7))


def times(factor: float) -> Any:
    """A function whose rule says that its derivative is `factor`."""

    def same(x):
        return x * 1.0

    def fwd(x):
        return x * 1.0, None

    def bwd(_, y_bar):
        return (factor * y_bar,)

    made = wg.custom_vjp(same)
    made.defvjp(fwd, bwd)
    return made


def test_another_rule_is_another_derivative() -> None:
    made: list[Callable[..., Any]] = []
    for factor in (2.0, 3.0):
        function = times(factor)
        made += [wg.grad(function), wg.grad(lambda x, function=function: function(x)), wg.grad(uses(function))]
        assert run(made[-3], 0.5) == run(made[-1], 0.5) == factor
    keys = [g.recipe.key((0.5,)) for g in (made[0], made[2], made[3], made[5])]
    assert len(set(keys)) == 4


def uses(function: Any) -> Any:
    def calls(x):
        return function(x)

    return calls


def test_a_rule_is_given_once() -> None:
    with pytest.raises(wg.TransformError, match="`scaled` has its rule already"):
        scaled.defvjp(scaled_fwd, scaled_bwd)


def test_a_rule_of_other_parameters() -> None:
    function = wg.custom_vjp(uses(abs))
    with pytest.raises(wg.TransformError, match="`scaled_fwd` takes x, k, and as part of a rule it is given 1"):
        function.defvjp(scaled_fwd, scaled_bwd)
    with pytest.raises(wg.UnsupportedError, match="`calls` has no rule yet"):
        run(wg.grad(function), 2.0)


def test_parameters_without_a_turn() -> None:
    def many(*x):
        return x[0]

    with pytest.raises(wg.UnsupportedError, match="takes arguments by name only or as many as there are"):
        wg.custom_jvp(many)


@pytest.mark.full
def test_tools() -> None:
    assert "scaled(" in str(wg.wengert(in_a_loop, X, 0.7))
    wg.check_grads(scaled, (X, 0.7))
    with pytest.raises(AssertionError):
        wg.check_grads(rounded, (X,))
