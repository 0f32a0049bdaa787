"""`custom_vjp` and `custom_jvp`: derivatives of the user's own, in every mode and at every order.

Most rules here say what the derivative is, so that differences can tell; some say something else, to see that they are asked.
"""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees, run
from wengert.runtime.dispatch import Specialised

X = np.array([0.3, -0.7, 1.4])
Spring = namedtuple("Spring", "mass stiffness")


def plain(function: Any) -> Callable[..., Any]:
    """The function as Python alone: what it calls is what was decorated."""
    function = function.primal if isinstance(function, Specialised) else function
    names = {k: v.primal for k, v in function.__globals__.items() if isinstance(v, WithRule)}
    return FunctionType(function.__code__, {**function.__globals__, **names}, function.__name__, function.__defaults__)


def same(x):
    return x


WithRule = type(wg.custom_vjp(same)), type(wg.custom_jvp(same))


def right(function: Any, *args: Any, **options: Any) -> None:
    agrees(function, *args, primal=plain(function), **options)


@wg.custom_vjp
def scaled(x, k):
    return np.exp(x) * k


def scaled_fwd(x, k):
    y = scaled(x, k)
    return y, (y, k, x)


def scaled_bwd(residuals, y_bar):
    y, _, x = residuals
    return y * y_bar, np.sum(np.exp(x) * y_bar)


scaled.defvjp(scaled_fwd, scaled_bwd)


@wg.custom_vjp
def turned(a, b):
    return a * b, math.sin(a) + b


def turned_fwd(a, b):
    return turned(a, b), Spring(a, b)


def turned_bwd(given, bars):
    first, second = bars
    return given.stiffness * first + math.cos(given.mass) * second, given.mass * first + second


turned.defvjp(turned_fwd, turned_bwd)


@wg.custom_vjp
def force(spring, x, n):
    return -spring.stiffness / spring.mass * x**n


def force_fwd(spring, x, n):
    p = x ** (n - 1)
    return -spring.stiffness / spring.mass * p * x, (spring, p, n, x)


def force_bwd(residuals, f_bar):
    spring, p, n, x = residuals
    c = -np.sum(p * x * f_bar) / spring.mass
    return Spring(-c * spring.stiffness / spring.mass, c), -spring.stiffness / spring.mass * n * p * f_bar, None


force.defvjp(force_fwd, force_bwd)


@wg.custom_jvp
def soft(x, k, n):
    return np.log(1 + np.exp(k * x)) / k, math.sin(k) * n


@soft.defjvp
def soft_rule(primals, tangents):
    x, k, n = primals
    x_dot, k_dot, _ = tangents
    y, z = soft(x, k, n)
    s = 1 / (1 + np.exp(-k * x))
    return (y, z), (s * x_dot + (s * x - y) / k * k_dot, math.cos(k) * k_dot * n)


@wg.custom_jvp
def clamped(x, low):
    return x if x > low else low


@clamped.defjvp
def clamped_rule(primals, tangents):
    x, low = primals
    return clamped(x, low), tangents[0] if x > low else tangents[1]


# ---- programs that call them -------------------------------------------------------------------------------------------


def in_a_loop(x, k):
    s = 0.0
    for i in range(3):
        y = scaled(x, k * (i + 1))
        x = y * 0.1
        s += np.sum(y)
    return s


def overwritten(x, k):
    """What is a residual is written to, by element and as a whole, before the reverse sweep reads it."""
    x = x.copy()
    s = 0.0
    for i in range(3):
        y = scaled(x, k)
        s += np.sum(y) * x[i]
        y[i] = 0.3 * k
        x[:] = 0.2 * y
        x[0] *= y[1]
    return s + np.sum(x * y)


def rows(a, k):
    s = 0.0
    for row in a:
        s += np.sum(scaled(row, k) * row)
    return s + np.sum(scaled(a[:, 1], s)) + np.sum(scaled(a.T, 0.1)[1:])


def same_memory(x, k):
    y = x[1:]
    return np.sum(scaled(x, k)[1:] * scaled(y, x[0]))


def while_it_grows(x, k):
    s = 0.1
    while True:
        a, b = turned(s, k)
        if a + b > 2.5:
            break
        s += 0.3 * b + x[0] ** 2
    return s * a + b


def on_a_branch(x, k):
    s = 0.0
    for v in x:
        if v > 0:
            s += turned(v, k)[0]
        else:
            _, b = turned(k, v * s)
            s -= b
    return s


def half(a, k):
    return turned(a, k)[1] * k


def through_a_helper(x, k):
    return half(x[0], k) * half(half(x[1], k), x[2])


def descending(n, x):
    return x if n == 0 else turned(descending(n - 1, x), 0.4)[1]


def in_recursion(x, k):
    return descending(4, x[0] * k)


def with_tuples(x, k):
    f = force(Spring(k, x[0]), x * x, 3)
    return np.sum(f * x)


def along(x, k):
    s = 0.0
    for i in range(3):
        y, z = soft(x, k + s, i + 1)
        x[0] = x[1] * y[0]
        s += 0.1 * np.sum(y) * z
        y[1] = 0.0
        x = x * y
    return s + np.sum(x)


def along_numbers(x, k):
    s = k
    for v in x:
        s = clamped(s * v, k) + clamped(v, s) * k
    return s


def both(x, k):
    y, z = soft(scaled(x, k), k, 2)
    return np.sum(scaled(y, z))


PROGRAMS = [in_a_loop, overwritten, same_memory, while_it_grows, on_a_branch, through_a_helper, in_recursion, with_tuples,
            along, along_numbers, both]
QUICK = (overwritten, with_tuples, along)
CASES = [pytest.param(program, id=program.__name__, marks=[] if program in QUICK else [pytest.mark.full]) for program in PROGRAMS]


@pytest.mark.parametrize("program", CASES)
def test_programs(program: Any) -> None:
    right(program, X, 0.7)


@pytest.mark.full
def test_rows() -> None:
    right(rows, np.outer(X, X) + 0.1, 0.7)


def test_by_itself() -> None:
    np.testing.assert_array_equal(run(scaled, X, 0.7), np.exp(X) * 0.7)
    right(scaled, X, 0.7)
    right(turned, 0.3, 0.4)
    right(force, Spring(0.4, 1.3), X, 2)
    right(soft, X, 0.7, 2)
    right(clamped, 0.3, 0.7)


@pytest.mark.full
@pytest.mark.parametrize("program", PROGRAMS)
def test_reverse_over_reverse(program: Any) -> None:
    def slope(f: Any) -> Any:
        return wg.grad(lambda x, k: np.sum(wg.grad(f)(x, k) ** 2), argnums=(0, 1))

    ours, without = run(slope(program), X, 0.7), run(slope(plain(program)), X, 0.7)
    np.testing.assert_allclose(ours[0], without[0], rtol=1e-10)
    assert ours[1] == pytest.approx(without[1], rel=1e-10)
