"""Functions that call themselves, and print or draw random numbers: once, though the reverse sweep runs them again."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests import oracles
from tests.semantics.agreement import X, agrees, run


def wandering(x, n):
    if n == 0:
        return x
    u = np.random.random()
    return wandering(x * u + np.sin(x), n - 1) * np.random.normal(x, 0.1)


def in_a_loop(x, n):
    np.random.seed(3)
    y = x
    for _ in range(2):
        y = wandering(y, n) + np.random.random()
    return y


def even(x, n):
    return x if n == 0 else odd(x * random.random(), n - 1) + random.gauss(x, 1.0)


def odd(x, n):
    if random.random() < 0.4:
        x = x * x
    return even(x, n - 1) * x


def in_turn(x, n):
    random.seed(7)
    return even(x, 2 * n) * even(x * random.random(), 2)


def scattered(a, lo, hi):
    """Changes its array in place; what it draws is an array; nobody needs what the first half returns."""
    if hi - lo < 2:
        return a[lo]
    middle = (lo + hi) // 2
    scattered(a, lo, middle)
    noise = np.random.standard_normal(hi - lo)
    a[lo:hi] *= noise
    return scattered(a, middle, hi) * noise[0] + np.sum(a[lo:hi])


def in_place(a):
    np.random.seed(11)
    return scattered(a, 0, a.size) * np.random.random()


def seeds_itself(x, n):
    np.random.seed(n)
    u = np.random.random()
    return x * u if n == 0 else seeds_itself(x * x * u, n - 1) + np.random.random() * x


def seeded_inside(x, n):
    return seeds_itself(x, n) * np.random.random() + x


@pytest.mark.parametrize(("f", "args"), [(in_a_loop, (0.7, 3)), (in_turn, (0.7, 2)), (in_place, (X,)), (seeded_inside, (0.7, 3))],
                         ids=["in_a_loop", "in_turn", "in_place", "seeded_inside"])  # fmt: skip
def test_random_numbers_are_drawn_once(f: Any, args: tuple[Any, ...]) -> None:
    agrees(f, *args)
    for transformed in (wg.value_and_grad(f), wg.grad(f) if f is in_place else wg.grad(wg.grad(f))):
        following = []
        for call in (f, partial(run, transformed)):
            np.random.seed(1)
            random.seed(1)
            call(*oracles.copied(args))
            following.append((np.random.random(), random.random()))
        assert following[0] == following[1]             # what is drawn next is what it would have been


def counting(x, n):
    print("at", n)
    return x if n == 0 else counting(x * x, n - 1) * x


def told(x, n):
    for k in range(2):
        x = counting(x, n + k) + x
    print("done", n)
    return x


def told_only(x, n):
    counting(x, n)
    return x * x


@pytest.mark.parametrize("f", [told, told_only])
def test_what_is_printed_is_printed_once(f: Any, capsys: pytest.CaptureFixture[str]) -> None:
    f(0.7, 2)
    expected = capsys.readouterr().out
    for transformed, args in (
        (wg.value_and_grad(f), (0.7, 2)), (wg.grad(f), (0.7, 2)), (wg.jvp(f), ((0.7, 2), (1.0, None))),
        (wg.vjp(f), ((0.7, 2), 1.0)), (wg.hvp(f), (0.7, 1.0, 2)), (wg.grad(wg.grad(f)), (0.7, 2)),
    ):  # fmt: skip
        run(transformed, *args)
        assert capsys.readouterr().out == expected


def told_silently(x, n):
    for k in range(2):
        x = x ** (2 ** (n + k)) * x ** (2 ** (n + k) - 1) + x
    return x


def test_what_prints_is_differentiated_like_any_other() -> None:
    agrees(told, 0.7, 2, primal=told_silently)


@pytest.mark.compiled
@pytest.mark.full
def test_compiled(capfd: pytest.CaptureFixture[str]) -> None:
    value, gradient = wg.value_and_grad(in_a_loop)(0.7, 3)
    np.testing.assert_allclose((value, gradient), run(wg.value_and_grad(in_a_loop), 0.7, 3), rtol=1e-13)
    value, gradient = wg.value_and_grad(in_turn)(0.7, 2)
    assert gradient == pytest.approx((in_turn_compiled(0.7 + 1e-6) - in_turn_compiled(0.7 - 1e-6)) / 2e-6, rel=1e-7)
    told(0.7, 2)
    expected = capfd.readouterr().out
    wg.grad(told)(0.7, 2)
    assert capfd.readouterr().out == expected


def in_turn_compiled(x: float) -> Any:
    return wg.value_and_grad(in_turn)(x, 2)[0]
