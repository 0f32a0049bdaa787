"""Functions as values: handed to helpers and to the differentiated function, kept in tuples, bound to names."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import X, agrees, run


@njit
def integrate(f, a, b):
    """The midpoint rule."""
    total, h = 0.0, (b - a) / 4
    for i in range(4):
        total += f(a + (i + 0.5) * h) * h
    return total


@njit
def square(x):
    return x * x


def cube(x):
    return x * x * x


FUNCTIONS = (square, cube, (math.sin, 2.0))


def of_globals(x):
    return integrate(square, 0.0, x) + integrate(cube, x, b=2.0) * integrate(b=x, a=0.0, f=math.sin)


def of_nested(x):
    def g(y):
        return y * x

    return integrate(g, 0.0, x) + integrate(lambda y: integrate(lambda z: z * y * x, 0.0, y), x, 3.0)


def of_primitives(x):
    f = np.sin
    rule = integrate
    g = f
    return rule(g, 0.0, x) * rule(math.exp, 0.0, 1.0) + rule(np.sqrt, 1.0, x + 2.0)


def from_a_tuple(x):
    local = (square, np.cos)
    f, (g, k) = FUNCTIONS[1], FUNCTIONS[2]
    return FUNCTIONS[0](x) * local[1](x) + f(x) + g(x * k)


def newton(f, slope, x, tolerance):
    while abs(f(x)) > tolerance:
        x = x - f(x) / slope(x)
    return x


def root(a):
    return newton(lambda x: x * x - a, lambda x: 2.0 * x, 0.5 * a + 0.5, 1e-12)


def composed(f, g):
    return lambda y: f(g(y))


def composition(x):
    h = composed(math.sin, composed(square, lambda y: y + x))
    return h(x) * composed(h, h)(0.5 * x)


def fill(a, f):
    for i in range(a.size):
        a[i] = f(a[i], i)


def writes_through_a_helper(a):
    w = np.zeros(3)

    def weighted(v, i):
        w[i % 3] += v
        return v * w[i % 3] + a[0]

    fill(a, weighted)
    return np.sum(a) * w[1]


def applied(f, x, k=2.0):
    return f(x) * k


def with_default_function(x, f=square):
    return f(x) * x


def in_calls(x):
    return applied(cube, x) + applied(k=x, x=x, f=square) + with_default_function(x) + with_default_function(x, math.sin)


@pytest.mark.parametrize(
    ("f", "args"),
    [(of_globals, (1.3,)), (of_nested, (1.3,)), (of_primitives, (1.3,)), (from_a_tuple, (1.3,)), (root, (2.0,)),
     (composition, (0.7,)), (writes_through_a_helper, (X,)), (in_calls, (1.3,))],
)  # fmt: skip
def test_functions_handed_to_helpers(f: Any, args: tuple[Any, ...]) -> None:
    python = {integrate: integrate.py_func, square: square.py_func}
    kept = {name: value for name, value in globals().items() if any(value is d for d in python)}
    globals().update({name: python[value] for name, value in kept.items()})
    try:
        agrees(f, *args, primal=f)
    finally:
        globals().update(kept)


def of_an_argument(f, x):
    return f(x) * x


def of_a_tuple_argument(fs, x):
    return fs[0](x) * fs[1](x)


def test_functions_as_arguments_of_the_differentiated_function() -> None:
    assert run(wg.grad(of_an_argument, "x"), square, 1.5) == pytest.approx(3.0 * 1.5**2, rel=1e-15)
    assert run(wg.grad(of_an_argument, 1), njit(cube), 1.5) == pytest.approx(4.0 * 1.5**3, rel=1e-15)
    y, (nothing, x_bar) = run(wg.vjp(of_an_argument), (square, 1.5), 1.0)
    assert nothing is None and (y, x_bar) == pytest.approx((1.5**3, 3.0 * 1.5**2), rel=1e-15)
    assert run(wg.jvp(of_an_argument), (square, 1.5), (None, 1.0)) == pytest.approx((1.5**3, 3.0 * 1.5**2), rel=1e-15)


@pytest.mark.filterwarnings("ignore:First-class function type feature is experimental")
def test_a_tuple_of_functions_as_an_argument() -> None:
    assert run(wg.grad(of_a_tuple_argument, 1), (square, njit(cube)), 1.5) == pytest.approx(5.0 * 1.5**4, rel=1e-15)


@pytest.mark.compiled
def test_functions_as_arguments_compiled() -> None:
    gradient = wg.grad(of_an_argument, 1)
    for _ in range(2):
        assert gradient(square, 1.5) == pytest.approx(3.0 * 1.5**2, rel=1e-15)
        assert gradient(njit(cube), 1.5) == pytest.approx(4.0 * 1.5**3, rel=1e-15)

    @njit
    def caller(x):
        return gradient(square, x)

    assert caller(1.5) == pytest.approx(3.0 * 1.5**2, rel=1e-15)
    assert wg.grad(of_nested)(1.3) == pytest.approx(run(wg.grad(of_nested), 1.3), rel=1e-14)


def scaled_by(k):
    return njit(lambda x: k * x)


def test_the_key_of_a_cached_file_knows_the_function() -> None:
    """Two functions of one text and different closures have one name and, in different processes, may have one address."""
    gradient = wg.grad(of_an_argument, 1)
    assert run(gradient, scaled_by(2.0), 1.5) == 6.0
    assert run(gradient, scaled_by(3.0), 1.5) == 9.0
    assert "0x" not in str(wg.wengert(of_an_argument, square, 1.5))


def asks_for_the_gradient_of_a_function(f, x):
    return f(x)


def test_a_gradient_with_respect_to_a_function_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot differentiate with respect to `f`"):
        wg.grad(asks_for_the_gradient_of_a_function).source_for(square, 1.0)
    with pytest.raises(TypeError, match="argument 'f'"):
        wg.grad(asks_for_the_gradient_of_a_function, 1).source_for(cube, 1.0)


def calls_a_derivative(x):
    return of_an_argument(derivative, x)


derivative = wg.grad(square)


def test_a_derivative_as_a_function() -> None:
    """2 x · x, whichever way the derivative gets there."""
    assert run(wg.grad(calls_a_derivative), 1.5) == 6.0
    assert run(wg.grad(of_an_argument, 1), derivative, 1.5) == 6.0
