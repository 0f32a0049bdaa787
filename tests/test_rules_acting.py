"""Functions with a rule whose text is not read, and what they do beside computing: once, as in the primal."""

from __future__ import annotations

import enum
import math
import random as standard
import types as kinds
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.random as nr
import pytest
from numba import njit, objmode
from numba.extending import overload, register_jitable
from numpy.random import normal as drawn

import wengert as wg
from tests.semantics.agreement import run
from wengert.transform.custom.acting import ACTS, NOTHING, UNSURE, doing

X = np.array([0.7, 1.3, 0.4, 2.1, 0.6])


@njit
def draw():
    return np.random.normal()


def normal():
    """Not the one that is meant."""
    return 0.0


helpers = kinds.ModuleType("helpers")
inner = kinds.ModuleType("inner")
vars(inner).update(deeper=draw)
vars(helpers).update(draw=draw, inner=inner)


@wg.custom_vjp
def noisy(x):
    return x[0] * nr.normal() * len({1.0})


def noisy_fwd(x):
    n = nr.normal() * len({1.0})
    return x[0] * n, (n, x.size)


def noisy_bwd(r, y_bar):
    out = np.zeros(r[1])
    out[0] = r[0] * y_bar
    return (out,)


noisy.defvjp(noisy_fwd, noisy_bwd)


@wg.custom_vjp
def helped(x):
    return x[0] * helpers.inner.deeper() * len({1.0})


def helped_fwd(x):
    n = helpers.draw() * len({1.0})
    return x[0] * n, (n, x.size)


helped.defvjp(helped_fwd, noisy_bwd)


def over(function: Any) -> Callable[..., float]:
    def use(x):
        s = 0.0
        for i in range(3):
            s += function(x[i:]) ** 2
        return s

    return use


def each(x):
    y = np.zeros(3)
    for i in range(3):
        y[i] = noisy(x[i:]) ** 2
    return y


@pytest.mark.parametrize("function", [noisy, helped])
def test_drawn_once_through_modules(function: Any) -> None:
    """The function is homogeneous of degree 2."""
    value, slope = run(wg.value_and_grad(over(function)), X)
    assert np.sum(slope * X) / 2 == pytest.approx(value, rel=1e-14)


def test_the_state_advances_as_in_the_primal() -> None:
    nr.seed(3)
    value = run(wg.value_and_grad(over(noisy)), X)[0]
    following = nr.normal()
    nr.seed(3)
    assert value == pytest.approx(np.sum((X[:3] * nr.normal(size=3)) ** 2), rel=1e-14)
    assert following == nr.normal()


@pytest.mark.compiled
@pytest.mark.parametrize("function", [noisy, pytest.param(helped, marks=pytest.mark.full)])
def test_a_pullback_has_the_draws_of_its_value(function: Any) -> None:
    y, pullback = wg.vjp(over(function), X)
    first, second = pullback(1.0)[0], pullback(1.0)[0]
    np.testing.assert_array_equal(first, second)
    assert np.sum(first * X) / 2 == pytest.approx(y, rel=1e-14)


def test_rows_of_a_jacobian_have_the_same_draws() -> None:
    nr.seed(5)
    found = run(wg.jacrev(each), X)
    nr.seed(5)
    np.testing.assert_allclose(found[:, :3], np.diag(2 * X[:3] * nr.normal(size=3) ** 2), rtol=1e-13)


# ---- printing, and what nobody knows -----------------------------------------------------------------------------------


@wg.custom_vjp
def told(x):
    print("told", len({x}))
    return x


def told_fwd(x):
    print("told", len({x}))
    return x, x * len({x})


def told_bwd(r, y_bar):
    return (r * y_bar,)


told.defvjp(told_fwd, told_bwd)


def numbers_over(function: Any) -> Callable[..., float]:
    def use(x):
        s = 0.0
        for i in range(3):
            s += function(x[i]) ** 2
        return s

    return use


def test_printed_once(capsys: Any) -> None:
    run(wg.grad(numbers_over(told)), X)
    assert capsys.readouterr().out == "told 1\n" * 3


CALLS: list[float] = []


@wg.custom_vjp
def counted(x):
    with objmode(y="float64"):
        CALLS.append(x)
        y = 2.0 * x
    return y


def counted_fwd(x):
    with objmode(y="float64"):
        CALLS.append(x)
        y = 2.0 * x
    return y, x * len({x})


counted.defvjp(counted_fwd, lambda x, y_bar: (x * y_bar,))


@pytest.mark.compiled
def test_objects_are_called_once() -> None:
    CALLS.clear()
    wg.grad(numbers_over(counted))(X)
    assert len(CALLS) == 3


def ruled(f: Any, rule: Any) -> Any:
    made = wg.custom_jvp(f)
    made.defjvp(rule)
    return made


def test_a_rule_may_call_what_nobody_knows_and_not_what_draws() -> None:
    def unknown(x):
        return stub(x) * len({1.0})

    def draws(x):
        return x * nr.normal() * len({1.0})

    def rule(primals, tangents):
        y = known(primals[0])
        return y, 3.0 * tangents[0] * len({1.0})

    def other(primals, tangents):
        return 1.0 * primals[0], tangents[0] * nr.normal() * len({1.0})

    known = ruled(unknown, rule)
    assert doing(known) == UNSURE
    assert run(wg.jvp(lambda x: known(x) ** 2), (0.7,), (1.0,)) == (1.4**2, 6.0 * 1.4)
    with pytest.raises(wg.UnsupportedError, match="`other` prints or draws random numbers as part of a rule"):
        run(wg.jvp(ruled(draws, other)), (0.7,), (1.0,))


def test_a_backward_rule_that_draws_is_refused() -> None:
    function = wg.custom_vjp(noisy_fwd)

    def bwd(_, y_bar):
        return (np.ones(5) * helpers.draw() * y_bar * len({1.0}),)

    function = wg.custom_vjp(lambda x: x[0])
    function.defvjp(lambda x: (x[0], None), bwd)
    with pytest.raises(wg.UnsupportedError, match="`bwd` prints or draws random numbers as part of a rule"):
        run(wg.grad(lambda x: function(x)), X)


# ---- who does what -----------------------------------------------------------------------------------------------------


def stub(x):
    return 2.0 * x


@overload(stub)
def stubbed(x):
    return lambda x: 2.0 * x


@register_jitable
def doubled(x):
    return 2.0 * x


class Color(enum.Enum):
    RED = 1


Point = namedtuple("Point", "x y")
PAIR = (draw, njit(lambda: 1.0))
LIMITS = (0.0, 1.0)
rng = np.random.default_rng(0)


def by_alias(x):
    m = np
    return m.random.rand() * x


def by_name(x):
    return drawn() * x


def seeds(x):
    np.random.seed(int(x))
    return x


def by_another_module(x):
    return standard.gauss(0.0, 1.0) * x


def by_a_module_in_a_module(x):
    return helpers.inner.deeper() * x


def by_a_pair(x):
    return PAIR[0]() * x


def by_a_default(x, f=draw):
    return f() * x


def by_a_function_inside(x):
    def inner():
        return draw()

    return inner() * x


def by_a_derivative(x):
    return wg_of_draws(x)


def by_an_object(x):
    with objmode(y="float64"):
        y = rng.normal()
    return y * x


def prints(x):
    print(x)
    return x


def by_a_stub(x):
    return stub(x) + doubled(x)


def by_nothing(x):
    return missing(x)  # noqa: F821


def itself(x):
    return itself(x - 1.0) if x > 0.0 else math.exp(x)


def plain(x):
    p = Point(np.linalg.det(np.eye(2)), max(x, LIMITS[0]))
    if Color.RED == Color.RED and x > np.pi:
        raise ValueError("too large")
    return p.x * np.sum(np.sort(np.array([p.y, x]).T)) + sum([math.sin(v) for v in range(int(x))]) + itself(x)


wg_of_draws = wg.grad(by_name)


def test_who_does_what() -> None:
    drawing = [by_alias, by_name, by_another_module, by_a_module_in_a_module, by_a_pair, by_a_default, by_a_function_inside,
               by_a_derivative, by_an_object, seeds, prints, noisy, helped, told]  # fmt: skip
    assert [f for f in drawing if doing(f) != ACTS] == []
    assert [doing(f) for f in (by_a_stub, by_nothing)] == [UNSURE, UNSURE]
    assert [doing(f) for f in (plain, itself, njit(plain), over(lambda x: x))] == [NOTHING] * 4
