"""`rule`: a function of NumPy gets a derivative from the user, in every mode and at every order."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees, run
from wengert.transform.custom import new_rules

K = 2.0


@pytest.fixture(autouse=True)
def withdrawn() -> Iterator[None]:
    """The registry is one for all tests."""
    yield
    for key, _ in new_rules.declared():
        new_rules.withdraw(key)


def declare() -> None:
    @wg.rule(np.sinc)
    def sinc(y, x):
        return (np.cos(np.pi * x) - y) / x,


def uses(x, k):
    y = np.sinc(x) * k
    return np.sum(y * x) + np.sinc(k) ** 2


def test_every_mode_and_order() -> None:
    declare()
    agrees(uses, np.array([0.3, -0.7, 1.4]), 0.6)
    third = run(wg.grad(wg.grad(wg.grad(lambda x: np.sinc(x)))), 0.4)
    second = wg.grad(wg.grad(lambda x: np.sinc(x))).python_for(0.4)
    assert third == pytest.approx((second(0.4 + 1e-5) - second(0.4 - 1e-5)) / 2e-5, rel=1e-7)


@pytest.mark.compiled
def test_compiled() -> None:
    declare()
    x = np.array([0.3, -0.7, 1.4])
    np.testing.assert_allclose(wg.grad(uses, (0, 1))(x, 0.6)[0], run(wg.grad(uses), x, 0.6), rtol=1e-13)


def half(x):
    return np.sinc(x)


def test_what_is_declared_anew_is_another_function() -> None:
    declare()
    gradient = wg.grad(half)
    first, slope = gradient.recipe.key((0.3,)), run(gradient, 0.3)

    @wg.rule(np.sinc)
    def sinc(y, x):
        return 0.5 * (np.cos(np.pi * x) - y) / x,

    assert gradient.recipe.key((0.3,)) != first
    assert run(wg.grad(half), 0.3) == 0.5 * slope


def test_without_a_rule_it_is_refused() -> None:
    with pytest.raises(wg.UnsupportedError, match=r"no derivative rule for `np.sinc`(.|\n)*wg.rule"):
        run(wg.grad(half), 0.3)


def refused(declaration) -> str:
    with pytest.raises(wg.TransformError) as caught:
        declaration()
    assert new_rules.declared() == ()
    return str(caught.value)


def test_declarations_that_are_refused() -> None:
    def captures():
        @wg.rule(np.sinc)
        def sinc(y, x):
            return K * x,

    def no_rule():
        @wg.rule(np.sinc)
        def sinc(y, x):
            return np.modf(x),

    def known():
        @wg.rule(np.exp)
        def exp(y, x):
            return y,

    def own():
        @wg.rule(half)
        def halved(y, x):
            return y,

    def too_many():
        @wg.rule(np.sinc)
        def sinc(y, x):
            return y, x

    def no_return():
        @wg.rule(np.sinc)
        def sinc(y, x):
            math.sin(x)

    assert "`K` in the rule for `np.sinc`" in refused(captures)
    assert "return K * x," in refused(captures)
    assert "`np.modf(x)` in the rule for `np.sinc`" in refused(no_rule)
    assert "np.exp has a rule already" in refused(known)
    assert "only functions of NumPy and `math`" in refused(own)
    assert "2 results for 1 parameters" in refused(too_many)
    assert "the last statement of a rule is a return" in refused(no_return)


def whole():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return np.where(x == 0.0, 0.0, (np.cos(np.pi * x) - y) / np.where(x == 0.0, 1.0, x))


def of_numbers_and_arrays(x, k):
    total = np.sum(np.sinc(x) * np.sinc(k))
    for i in range(x.shape[0]):
        t = np.sinc(x[i]) * k
        x[i] = t * x[i]
        total += np.sinc(t * k)
    return total


def times_itself(k):
    return np.sinc(k) * k


def test_a_rule_that_chooses_by_where() -> None:
    """`np.where` of numbers is an array without axes: a partial of a number is a number nevertheless, at every order."""
    whole()
    agrees(of_numbers_and_arrays, np.array([0.3, -0.7, 1.4]), 0.6)
    assert wg.grad(times_itself).python_for(0.0)(0.0) == 1.0
    second = wg.grad(wg.grad(times_itself)).python_for(0.4)
    third = run(wg.grad(wg.grad(wg.grad(times_itself))), 0.4)
    assert third == pytest.approx((second(0.4 + 1e-5) - second(0.4 - 1e-5)) / 2e-5, rel=1e-7)
    assert run(wg.jacrev(wg.grad(times_itself)), 0.4) == pytest.approx(second(0.4), rel=1e-13)


@pytest.mark.compiled
def test_a_rule_that_chooses_by_where_compiled() -> None:
    whole()
    slope = wg.grad(times_itself)(0.4)
    assert type(slope) is float
    assert slope == pytest.approx(run(wg.grad(times_itself), 0.4), rel=1e-13)
