"""Nested functions and lambdas: what they capture stays active, and they mean what Numba compiles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import X, agrees

SCALE = 0.7
MATRIX = np.array([[0.7, -1.3, 0.4], [2.1, -0.6, 1.5]])


def captured_then_changed(x):
    k = x * x
    a = 0.0

    def g(y):
        return k * y

    a = g(x)
    k = math.sin(x)
    return a + 10.0 * g(x)


def made_in_a_loop(x):
    s = 0.0
    for i in range(4):

        def g(y):
            return y**i * x  # noqa: B023

        s += g(x)
    return s + g(2.0)


def captures_what_a_loop_changes(x):
    k = 1.0
    g = lambda y: k * y  # noqa: E731
    s = 0.0
    for i in range(3):
        k = k * x + i
        s += g(x)
    return s


def one_in_each_branch(x):
    if x > 0.0:

        def g(y):
            return y * y * x

        r = g(x)
    else:

        def g(y):
            return math.sin(y) * x

        r = g(3.0)
    return r


def chosen_before(x):
    if x > 0.0:  # noqa: SIM108
        k = x
    else:
        k = -2.0 * x

    def g(y):
        return k * y

    return g(x)


def defaults(x):
    def g(y, k=SCALE, n=-2):
        return k * y**n

    h = lambda y, f=math.sin: f(y) * x  # noqa: E731
    return g(x) + g(x, x, 3) + (lambda y, k=2.0: y * k)(x) + h(x) + h(x, math.cos)


def returns_a_closure(x):
    def scaled(a):
        b = a * x

        def h(y):
            return a * y + b

        return h

    k = 2.0 * x
    f, g = scaled(k), scaled(x)
    k = 7.0
    return f(x) * g(k) + scaled(3.0)(x)


def changes_what_an_inner_one_captured(x):
    def g(a):
        def h(y):
            return a * y

        a = a + x
        return h(2.0)

    z = 2.0 * x
    return g(z) * z


def nested_in_nested(x):
    def g(a):
        def h(y):
            def i(z):
                return z * a * x

            return i(y) + x

        return h(a) + h(2.0)

    return g(x * x)


def lambdas(x, y):
    g = lambda z: z * x  # noqa: E731
    h = g
    t = (lambda z: g(z) + y, 3.0)
    return h(y) * t[0](t[1]) + (lambda a, b: a * b - x)(x, y)


def handed_on(x):
    def twice(f, y):
        return f(f(y))

    def power(y):
        return y * y * x

    return twice(power, x) + twice(lambda y: math.sin(y) + x, 2.0)


def writes_captured(a):
    total = np.zeros(a.size)

    def put(i, v):
        total[i] = v * a[i]
        a[i] *= 2.0

    for i in range(a.size):
        put(i, a[i] + 1.0)
    put(0, a[1])
    return np.sum(total * a)


def captures_a_tuple(x):
    t = (x, 2.0 * x, (x * x, 1.0))

    def g(y):
        return t[0] * y + t[1] + t[2][0]

    r = g(3.0)
    t = (3.0 * x, x, (1.0, 1.0))
    return r * g(x)


def parameter_changed(x):
    def g():
        return x

    x = x * x
    return g() * x


def shadows(x, y):
    def g(x):
        y = x * 2.0
        return y * y

    return g(y + 1.0) * x + y


def several_results(x):
    def g(y, z):
        a, b = y, z * x
        for _ in range(3):
            a, b = b, a + y * x
        return a, (b, x)

    p, (q, r) = g(x, 2.0)
    return p * q + r


def early_return(x):
    def g(y):
        if y > 0.0:
            return y * x
        return y * y - x

    return g(x) + g(-x) * g(2.0)


def return_in_a_loop(x):
    def g(y):
        for i in range(5):
            if i * y > 3.0:
                return y * i * x
        return y - x

    s = 0.0
    for k in range(4):
        h = lambda z: g(z) * k  # noqa: E731, B023
        if k == 3:
            break
        s += h(x * (k + 1))
    return s + g(-x)


def returns_nothing(a, x):
    def scale(i):
        if i > 1:
            return
        a[i] = x * a[i]

    for i in range(a.size):
        scale(i)
    return np.sum(a * a)


def one_calls_the_other(x):
    def g(y):
        return y * x

    def h(y):
        return g(y) + g(y * y)

    return h(x) * g(2.0)


def defined_again(x):
    def f(y):
        return y * y

    r = f(x)
    for _ in range(2):

        def f(y):
            return math.exp(y)

        r += f(x * 0.1)
    return r


def annotated(x):
    def g(y: float) -> float:
        """What nobody reads."""
        return y * x

    return g(2.0)


def choice_of_results(x):
    def f(y):
        return y * x

    def g(y):
        return math.sin(y + x)

    return f(2.0) if x > 0.0 else g(2.0)


def views_captured(a):
    row = a[1]
    col = a.T[0]

    def move(i):
        row[i] = row[i] * col[0]
        return row[i]

    s = 0.0
    for i in range(a.shape[1]):
        s += move(i)
    return s * np.sum(a)


CASES: list[tuple[Any, tuple[Any, ...]]] = [
    (captured_then_changed, (1.3,)),
    (made_in_a_loop, (1.3,)),
    (captures_what_a_loop_changes, (1.3,)),
    (one_in_each_branch, (1.3,)),
    (one_in_each_branch, (-1.3,)),
    (chosen_before, (1.3,)),
    (chosen_before, (-1.3,)),
    (defaults, (1.3,)),
    (returns_a_closure, (1.3,)),
    (changes_what_an_inner_one_captured, (1.3,)),
    (nested_in_nested, (1.3,)),
    (lambdas, (1.3, 0.4)),
    (handed_on, (1.3,)),
    (writes_captured, (X,)),
    (captures_a_tuple, (1.3,)),
    (parameter_changed, (1.3,)),
    (shadows, (1.3, 0.4)),
    (several_results, (1.3,)),
    (early_return, (1.3,)),
    (early_return, (-1.3,)),
    (return_in_a_loop, (1.3,)),
    (returns_nothing, (X, 1.3)),
    (one_calls_the_other, (1.3,)),
    (defined_again, (1.3,)),
    (annotated, (1.3,)),
    (choice_of_results, (1.3,)),
    (choice_of_results, (-1.3,)),
    (views_captured, (MATRIX,)),
]


@pytest.mark.parametrize(("f", "args"), CASES, ids=lambda case: getattr(case, "__name__", None))
def test_nested_functions(f: Any, args: tuple[Any, ...]) -> None:
    agrees(f, *args)


NOT_NUMBAS = (lambdas, one_in_each_branch)
"""Numba does not compile these, because functions with captured locals stand in a tuple or in two branches."""


@pytest.mark.compiled
@pytest.mark.parametrize(
    ("f", "args"), [case for case in CASES if case[0] not in NOT_NUMBAS], ids=lambda case: getattr(case, "__name__", None)
)  # fmt: skip
def test_the_value_is_numbas(f: Any, args: tuple[Any, ...]) -> None:
    expected = njit(f)(*(arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args))
    value, _ = wg.value_and_grad(f).python_for(*args)(*args)
    assert value == pytest.approx(expected, rel=1e-15)          # CPython and Numba round powers differently


@pytest.mark.compiled
def test_compiled_gradients_of_nested_functions() -> None:
    for f, arg in ((returns_a_closure, 1.3), (writes_captured, X), (handed_on, 1.3)):
        g = wg.grad(f)
        np.testing.assert_allclose(g(arg), g.python_for(arg)(arg), rtol=1e-14)
