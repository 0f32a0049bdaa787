"""Effects: once, in the forward sweep, in the primal's order; never in a part that is run again."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import X, agrees, run, switches
from wengert.transform.switches import without

# ---- printing ------------------------------------------------------------------------------------------------------


def chatty(a):
    total = 0.0
    print("begin", a[0], a.size > 3)
    for i in range(a.size):
        b = a[i] * a[i]
        if i % 2 == 0:
            print("round", i, b)
        total = total * 0.5 + told(b) * a[i]
        a[i] = total
    print(a[1:3])
    print()
    return total


@njit
def told(x):
    y = math.sin(x)
    print(y)
    return y * y


def printed(capsys: Any, call: Any) -> str:
    capsys.readouterr()
    call()
    return capsys.readouterr().out


@pytest.mark.parametrize("transform", [wg.grad, wg.value_and_grad, wg.vjp, wg.jvp, wg.hvp])
def test_print_once(transform: Any, capsys: Any) -> None:
    expected = printed(capsys, lambda: chatty(X.copy()))
    args = {wg.vjp: ((X,), 1.0), wg.jvp: ((X,), (X,)), wg.hvp: (X, X)}.get(transform, (X,))
    assert expected.count("\n") == 11
    assert printed(capsys, lambda: run(transform(chatty), *args)) == expected
    agrees(chatty, X)


@pytest.mark.compiled
def test_print_once_compiled(capfd: Any) -> None:
    njit(chatty)(X.copy())
    expected = capfd.readouterr().out
    wg.grad(chatty)(X)
    assert expected and capfd.readouterr().out == expected


def replayed(a, w):
    total = 0.0
    for i in range(a.size):
        z = a[i]
        for _ in range(3):
            z = math.sin(z * w)
        print("z", i, z)
        total += z * z
    return total


def test_a_round_that_is_run_again_does_not_print_again(capsys: Any) -> None:
    expected = printed(capsys, lambda: replayed(X, 0.7))
    assert printed(capsys, lambda: run(wg.grad(replayed, 1), X, 0.7)) == expected
    agrees(replayed, X, 0.7)


def only_printed(x, m):
    shape = m.shape
    y = x * 3.0
    z = np.sum(m) * y
    print(z, shape, (x, y))
    if print_it(z):
        y = y * x
    return y


def print_it(z):
    print("asked", z)
    return z > 0.0


def test_what_is_only_printed_is_computed(capsys: Any) -> None:
    m = np.ones((2, 2))
    expected = printed(capsys, lambda: only_printed(2.0, m))
    assert printed(capsys, lambda: run(wg.grad(only_printed), 2.0, m)) == expected


# ---- random numbers ---------------------------------------------------------------------------------------------------


def walk(x, n):
    np.random.seed(7)
    s = x
    for _ in range(n):
        np.random.rand()
        s = s * math.cos(np.random.normal()) + np.random.normal() * x * x
        if np.random.random() < 0.3:
            s = s * math.sin(s)
    while np.random.rand() < 0.7:
        s = s + np.random.standard_exponential() * math.sin(s)
        if np.random.randint(0, 4) == 0:
            break
    noise = np.random.randn(3)
    more = np.random.standard_normal(3)
    return s + np.sum(noise * more * s * s) * np.random.random()


@pytest.mark.parametrize("n", [0, 1, 5])
def test_drawn_once_and_recorded(n: int) -> None:
    agrees(walk, 0.7, n)


@pytest.mark.parametrize("switch", switches(4))
def test_drawn_once_without_each_optimisation(switch: str) -> None:
    with without(switch):
        value, gradient = run(wg.value_and_grad(walk), 0.7, 4)
        tangent = run(wg.jvp(walk), (0.7, 4), (1.0, None))[1]
    assert value == walk(0.7, 4)
    assert gradient == pytest.approx(tangent, rel=1e-12)


def into_arrays(a):
    np.random.seed(11)
    noise = np.empty_like(a)
    total = 0.0
    for i in range(a.size):
        noise[i] = np.random.normal(0.0, 1.0)
    for i in range(a.size):
        z = a[i] * noise[i] + np.random.normal()
        for k in range(2):
            z = z * noise[k] + math.sin(z)
        total += z * z
    order = np.random.permutation(a.size)
    for k in order:
        total = total * 0.9 + a[k] * total
    return total


def test_draws_in_arrays_and_in_rounds_that_might_be_run_again() -> None:
    agrees(into_arrays, X)


def unused(x):
    np.random.rand()
    noise = np.random.normal(x, 1.0, 4)
    noise[0] = 3.0
    return x * x


def test_the_state_advances_as_in_the_primal() -> None:
    for transformed, args in ((wg.grad(unused), (2.0,)), (wg.jvp(unused), ((2.0,), (1.0,))), (wg.hvp(unused), (2.0, 1.0))):
        np.random.seed(1)
        unused(2.0)
        expected = np.random.rand()
        np.random.seed(1)
        run(transformed, *args)
        assert np.random.rand() == expected


def located(m, s):
    np.random.seed(5)
    random.seed(5)
    total = 0.0
    for _ in range(2):
        total = total * 0.5 + np.random.normal(m, s) * m
        total += np.random.uniform(m, s) * np.random.exponential(s)
        total += np.random.laplace(m, s) * np.random.gumbel(m, s) + np.random.logistic(m, s)
        total += random.gauss(m, s) * random.uniform(m, s) + random.expovariate(s)
    z = np.random.normal(m, s, (2, 3)) * np.random.uniform(0.0, m, (2, 3))
    y = np.random.exponential(s, 3) + np.random.normal(m, s, 3) * np.random.laplace(0.0, s, 3)
    return total + np.sum(z * z) + np.sum(y * z[0]) + np.random.normal(m) * np.random.normal(loc=0.0, scale=m)


def test_a_location_and_a_scale_have_derivatives() -> None:
    agrees(located, 0.7, 1.3)


@pytest.mark.compiled
def test_draws_compiled() -> None:
    for function, args in ((walk, (0.7, 5)), (into_arrays, (X,)), (located, (0.7, 1.3))):
        primal = njit(function)
        value, gradient = wg.value_and_grad(function)(*args)
        assert value == primal(*args)
        step = 1e-6 if not isinstance(args[0], np.ndarray) else 1e-6 * np.eye(1, X.size, 2)[0]
        difference = (primal(args[0] + step, *args[1:]) - primal(args[0] - step, *args[1:])) / 2e-6
        found = gradient if np.ndim(gradient) == 0 else gradient[2]
        assert found == pytest.approx(difference, rel=1e-7)


def seldom(x):
    if x > 100.0:
        x = x * np.random.gamma(3.0, 1.0)
    return x


def of_a_parameter(x, draw):
    if draw:
        x = x * np.random.gamma(x, 1.0)
    return x


def test_other_draws_are_numbers_and_their_parameters_may_not_move() -> None:
    agrees(seldom, 2.0)
    for transformed, args in ((wg.grad(of_a_parameter), (2.0, True)), (wg.jvp(of_a_parameter), ((2.0, True), (1.0, None)))):
        with pytest.raises(wg.TransformError, match=r"`np\.random\.gamma` has a parameter that carries a derivative"):
            transformed.python_for(*args)
