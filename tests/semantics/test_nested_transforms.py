"""Transforms of nested functions and lambdas, with what they capture active; gradients with the structure of arguments; derivatives
of high order.  Each program has a closed form beside it."""

from __future__ import annotations

import math
from collections import namedtuple
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import X, agrees, run

Oscillator = namedtuple("Oscillator", "mass stiffness")
Rates = namedtuple("Rates", "slow fast")


def energy(p, x):
    return p.mass * np.sum(x * x) + math.sin(p.stiffness) * x[0]


def product(t, c):
    a, b = t
    return a * b * c + a**3


def rotated(x, y):
    return x * y, (x + y, Rates(x - y, y))


# ---- gradients with the structure of arguments ------------------------------------------------------------------------


def of_a_namedtuple(x):
    g = wg.grad(energy)(Oscillator(x[0], x[1]), x)
    return g.mass * g.stiffness + x[0]


def of_a_namedtuple_closed(x):
    return np.sum(x * x) * math.cos(x[1]) * x[0] + x[0]


def of_tuples(x):
    g = wg.grad(product, argnums=(0, 1))((x, x * x), x)
    value, h = wg.value_and_grad(product)((x, 2.0), g[1])
    (a, b), c = g
    return a * b + c + value * h[0] + h[1]


def of_tuples_closed(x):
    value, h = x * 2.0 * x**3 + x**3, (2.0 * x**3 + 3.0 * x**2, x * x**3)
    return (x**3 + 3.0 * x**2) * x**2 + x**3 + value * h[0] + h[1]


def of_results(x):
    y, bars = wg.vjp(rotated)((x, x * x), (x, (1.0, Rates(2.0, x))))
    z, dots = wg.jvp(rotated)((x, 2.0), (bars[1], None))
    return y[1][1].fast * bars[0] + z[1][0] * dots[1][1].slow + dots[0]


def of_results_closed(x):
    first, second = x * x**2 + 1.0 + 2.0, x * x + 1.0 - 2.0 + x
    return x**2 * first + (x + 2.0) * second + 2.0 * second


def along_a_tuple(x):
    h = wg.hvp(product)((x, x), (1.0, x), 2.0)
    return h[0] * h[1]


def along_a_tuple_closed(x):
    return (6.0 * x + 2.0 * x) * 2.0


def chosen_by_none(x, w=None):
    return np.sum(x) if w is None else w * np.sum(x * x)


def with_none(x):
    g = wg.grad(chosen_by_none)(x, None)
    h, _ = wg.vjp(chosen_by_none)((x, None), 2.0)[1]
    return np.sum(g * wg.grad(chosen_by_none, (0, 1))(x, x[0])[0]) + h[0]


def with_none_closed(x):
    return np.sum(2.0 * x[0] * x) + 2.0


# ---- nested functions -------------------------------------------------------------------------------------------------


def of_a_lambda(x, k):
    return wg.grad(lambda t: t * t * x + math.sin(k * t))(x)


def of_a_lambda_closed(x, k):
    return 2.0 * x * x + k * math.cos(k * x)


def of_arrays(x, n):
    scale = np.sum(x)

    def f(y, j):
        return y[j] * scale * np.sum(x * y**n)

    g = wg.grad(f)(x * 2.0, 1)
    value, (h, _) = wg.vjp(f)((x, 2), 1.0)
    return np.sum(g * h) * value


def of_arrays_closed(x, n):
    s = np.sum(x)
    y = 2.0 * x
    g = y[1] * s * n * x * y ** (n - 1)
    g[1] += s * np.sum(x * y**n)
    h = x[2] * s * n * x * x ** (n - 1)
    h[2] += s * np.sum(x ** (n + 1))
    return np.sum(g * h) * (x[2] * s * np.sum(x ** (n + 1)))


def newton(theta):
    def residual(y):
        return y**3 - theta * y - 1.0

    y = 1.5
    for _ in range(8):
        y = y - residual(y) / wg.grad(residual)(y)
        if abs(residual(y)) < 1e-15:
            break
    return y


def newton_closed(theta):
    return max(np.roots([1.0, 0.0, -theta, -1.0]).real)


def halley(theta):
    """A root by second derivatives, with helpers that take the function."""
    f = lambda y: math.exp(y) - theta  # noqa: E731
    y = 0.5
    for _ in range(5):
        y = _halley_step(f, y)
    return y


def _halley_step(f, y):
    slope = wg.grad(f)
    return y - 2.0 * f(y) * slope(y) / (2.0 * slope(y) ** 2 - f(y) * wg.grad(slope)(y))


def halley_closed(theta):
    return math.log(theta)


def captured_in_turn(x):
    """Derivatives of functions that call derivatives of functions that capture both."""
    def f(t):
        g = lambda s: s**3 * t * x  # noqa: E731
        return wg.grad(g)(t) * wg.grad(wg.grad(g))(x)

    slope = wg.grad(f)
    return slope(x) * wg.grad(lambda t: slope(t) * t)(2.0)


def captured_in_turn_closed(x):
    # f(t) = 3t²·t·x · 6x·t·x = 18 t⁴ x³
    return 72.0 * x**3 * x**3 * (72.0 * 4.0 * 8.0 * x**3)


def values_when_called(x):
    k = x
    f = lambda t: k * t * t  # noqa: E731
    g = wg.grad(f)
    total = 0.0
    for _ in range(3):
        total += g(x)
        k *= 2.0
    return total


def values_when_called_closed(x):
    return 2.0 * x * x * (1.0 + 2.0 + 4.0)


def structures(p, x):
    rates = Rates(x, x * x)
    pair = (p, 3)
    f = lambda q, n=2: q.mass * rates.fast + q.stiffness * pair[0].mass * n * pair[1]  # noqa: E731
    g = wg.grad(f)(p)
    return g.mass * g.stiffness + wg.hvp(lambda t: t**3 * p.mass)(x, rates.slow)


def structures_closed(p, x):
    return x * x * p.mass * 6 + 6.0 * x * p.mass * x


def along_and_back(x):
    a = np.sum(x)
    f = lambda t, s: (t * a, np.sum(s * x) * t)  # noqa: E731
    y, y_dot = wg.jvp(f)((x[0], x), (a, x * x))
    _, bars = wg.vjp(f)((x[1], x), (1.0, x[0]))
    return y[1] * y_dot[1] + y_dot[0] + bars[0] * np.sum(bars[1])


def along_and_back_closed(x):
    a, q = np.sum(x), np.sum(x * x)
    first = q * x[0] * (np.sum(x**3) * x[0] + q * a) + a * a
    return first + (a + x[0] * q) * (x[0] * x[1] * a)


def _descend(f, y, n):
    if n == 0:
        return y
    return _descend(f, y - 0.1 * wg.grad(f)(y), n - 1)


def in_recursion(x):
    return _descend(lambda t: 0.5 * x * t * t, x, 4)


def in_recursion_closed(x):
    return x * (1.0 - 0.1 * x) ** 4


def confusion(x):
    """Siskind & Pearlmutter's examples: every level has names of its own."""
    one = wg.grad(lambda x: x * wg.grad(lambda y: x + y)(1.0))(1.0)
    two = wg.grad(lambda y: y * wg.grad(lambda z: z * y * x)(y))(x)
    three = wg.grad(lambda x: x * wg.grad(lambda y: x * wg.grad(lambda z: x * y * z)(y))(x))(x)
    return one * x + two + three


def confusion_closed(x):
    # d/dy (y · y x) = 2 x y;   d/dx (x · d/dy (x · x y)) = d/dx (x · x²)
    return x + 2.0 * x * x + 3.0 * x**2


def squared_thrice(y):
    for _ in range(3):
        y = y * y
    return np.sum(y)


def keeps_arrays(x):
    """The derivative inside keeps the arrays that y was in a list, which is none of the user's."""
    values = [x[:1] * 2.0]
    g = wg.grad(squared_thrice)(x)
    values.append(g[:1])
    return np.sum(g * x) + values[0][0] * values[1][0]


def keeps_arrays_closed(x):
    return np.sum(8.0 * x**8) + 2.0 * x[0] * 8.0 * x[0] ** 7


P = Oscillator(0.8, 1.7)
CASES = [
    (of_a_namedtuple, of_a_namedtuple_closed, (X,)), (of_tuples, of_tuples_closed, (0.7,)), (of_results, of_results_closed, (0.7,)),
    (along_a_tuple, along_a_tuple_closed, (0.7,)), (with_none, with_none_closed, (X,)),
    (of_a_lambda, of_a_lambda_closed, (0.7, 1.3)), (of_arrays, of_arrays_closed, (X, 2)),
    (newton, newton_closed, (0.7,)), (halley, halley_closed, (1.9,)),
    (captured_in_turn, captured_in_turn_closed, (0.7,)), (values_when_called, values_when_called_closed, (0.7,)),
    (structures, structures_closed, (P, 0.7)), (along_and_back, along_and_back_closed, (X,)),
    (in_recursion, in_recursion_closed, (0.7,)), (confusion, confusion_closed, (0.7,)),
    (keeps_arrays, keeps_arrays_closed, (X,)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "closed", "args"), CASES, ids=[f.__name__ for f, _, _ in CASES])
def test_agrees_with_the_closed_form(f: Any, closed: Any, args: tuple[Any, ...]) -> None:
    agrees(f, *args, primal=closed)


@pytest.mark.compiled
@pytest.mark.parametrize(("f", "closed", "args"), [case for case in CASES if case[0] in (of_results, newton, structures)],
                         ids=["of_results", "newton", "structures"])
def test_compiled(f: Any, closed: Any, args: tuple[Any, ...]) -> None:
    value, gradient = wg.value_and_grad(f)(*args)
    expected, same = run(wg.value_and_grad(f), *args)
    np.testing.assert_allclose(value, closed(*args), rtol=1e-13)
    np.testing.assert_allclose(gradient, same, rtol=1e-13)
    assert value == pytest.approx(expected, rel=1e-15)


# ---- high orders ------------------------------------------------------------------------------------------------------


def horner(x, n):
    """Σ xᵏ / k!, term by term."""
    total, term = 1.0, 1.0
    for k in range(1, n):
        term = term * x / k
        total += term
    return total


def power(x, n):
    y = 1.0
    for _ in range(n):
        y *= x
    return y


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_the_fourth_derivative_of_a_loop(order: int) -> None:
    derivative: Any = horner
    other: Any = power
    for _ in range(order):
        derivative, other = wg.grad(derivative), wg.grad(other)
    assert run(derivative, 0.7, 30) == pytest.approx(math.exp(0.7), rel=1e-9)
    assert run(other, 1.3, 9) == pytest.approx(math.perm(9, order) * 1.3 ** (9 - order), rel=1e-9)


def fourth(x, a):
    """The same by nested functions, each of which captures what is around it."""
    f = lambda t: power(a * t, 5)  # noqa: E731
    return wg.grad(wg.grad(wg.grad(wg.grad(f))))(x)


def test_the_fourth_derivative_of_a_nested_function() -> None:
    assert run(wg.grad(fourth, 1), 0.7, 1.1) == pytest.approx(5 * 120 * 1.1**4 * 0.7, rel=1e-9)
    assert run(wg.grad(fourth), 0.7, 1.1) == pytest.approx(120 * 1.1**5, rel=1e-9)


# ---- what is refused --------------------------------------------------------------------------------------------------


def derives_itself(x):
    def f(t):
        return t if t < 1.0 else wg.grad(f)(t)

    return wg.grad(f)(x)


def derives_what_it_stands_in(x):
    return wg.grad(lambda t: t * wg.grad(derives_what_it_stands_in)(t))(x)


def hands_on_a_function(x):
    return wg.grad(_halley_step, 1)(lambda t: t * x, x)


def has_no_such_argument(x):
    return wg.grad(lambda t: t * x, argnums=3)(x)


def names_an_argument_twice(x):
    return wg.grad(product, (0, 0))((x, x), x)


@pytest.mark.parametrize(("f", "message"), [
    (derives_itself, "the nested function `f` calls itself"),
    (derives_what_it_stands_in, "is a derivative of the function that calls it"),
    (hands_on_a_function, "a function is handed to a derivative"),
    (has_no_such_argument, "`lambda` has no argument 3"),
    (names_an_argument_twice, "argnums names an argument twice"),
])  # fmt: skip
def test_refused(f: Any, message: str) -> None:
    with pytest.raises(wg.UnsupportedError) as caught:
        wg.grad(f).source_for(1.3)
    assert message in str(caught.value)
    assert caught.value.loc is not None


def test_an_argument_that_is_counted_from_behind() -> None:
    agrees(lambda x: wg.grad(lambda t, n: t * t * n, argnums=-1)(x[0], x[1]) * x[2], np.array([0.7, 1.3, 2.0]))
