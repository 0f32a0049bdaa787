"""Nested functions and lambdas that are refused, each in words."""

from __future__ import annotations

import math
from typing import Any

import pytest

import wengert as wg
from wengert.transform.errors import UnsupportedError


def refused(f: Any, *args: Any) -> str:
    with pytest.raises(UnsupportedError) as caught:
        wg.grad(f).source_for(*args)
    return str(caught.value)


def depends_on_the_path(x):
    if x > 0.0:  # noqa: SIM108
        g = lambda y: y * x  # noqa: E731
    else:
        g = lambda y: y + x  # noqa: E731
    return g(x)


def of_the_round_before(x):
    g = lambda y: y * x  # noqa: E731
    s = 0.0
    for i in range(3):
        s += g(x)
        g = lambda y: y + i  # noqa: E731, B023
    return s


def of_the_round_before_in_the_test(x):
    g = lambda y: y * x  # noqa: E731
    while g(x) < 3.0:
        x += 1.0
        g = lambda y: y + x  # noqa: E731, B023
    return x


def kept_from_an_earlier_round(x):
    def make(a):
        return lambda y: a * y

    for i in range(3):
        h = make(i + x)
        if i == 0:
            kept = h
    return kept(x)


def known_after_the_last_round_only(x):
    def make(a):
        return lambda y: a * y

    k = make(x)
    for i in range(3):
        k = make(i + x)
    return k(x)


@pytest.mark.parametrize(
    "f", [depends_on_the_path, of_the_round_before, of_the_round_before_in_the_test, kept_from_an_earlier_round,
          known_after_the_last_round_only], ids=lambda f: f.__name__,
)  # fmt: skip
def test_a_function_that_depends_on_the_path_is_refused(f: Any) -> None:
    assert "cannot tell which function" in refused(f, 1.3)


def is_chosen(x):
    g = (lambda y: y * x) if x > 0.0 else math.sin
    return g(x)


def names_arguments(x):
    def g(y, k=1.0):
        return k * y

    return g(x, k=2.0)


def default_that_varies(x):
    z = 2.0 * x

    def g(y, k=z):
        return k * y

    for _ in range(3):
        x += 1.0
    return g(x)


def some_defaults(x):
    def g(y, k=2.0, n=3):
        return k * y**n

    return g(x, 3.0)


def writes_outer(x):
    k = 1.0

    def g():
        nonlocal k
        k = k * x

    g()
    return k


def itself(x):
    def g(n):
        return 1.0 if n < 1 else x * g(n - 1)

    return g(3)


def too_early(x):
    def g(y):
        return k * y

    r = g(x)
    k = 2.0
    return r * k


def number_and_function(x):
    g = 2.0 * x
    if x > 0.0:
        g = lambda y: y * x  # noqa: E731
    return g(x)


def as_a_number(x):
    def g(y):
        return y * x

    return g * x


def as_a_result(x):
    def g(y):
        return y * x

    return x, g


def inner_loop(x):
    def g(y):
        with y:
            pass

    return x


def with_star(x):
    def g(*y):
        return y[0]

    return g(x)


REFUSED = {
    is_chosen: "which function this is depends on a condition",
    names_arguments: "names its arguments",
    default_that_varies: "the default `z` of a nested function is no constant",
    some_defaults: "`g(x, 3.0)` gives one argument that has a default, and leaves out another",
    writes_outer: "`nonlocal` is not supported",
    itself: "the nested function `g` calls itself",
    too_early: "`k` has no value yet",
    number_and_function: "`g` is a function on one path to here, and a number or an array on another",
    as_a_number: "a function is used as a number or an array",
    as_a_result: "`as_a_result` returns a function",
    inner_loop: "`with` is not supported",
    with_star: "`y` among the parameters of a nested function is not supported",
}


@pytest.mark.parametrize("f", REFUSED, ids=lambda f: f.__name__)
def test_refused_in_words(f: Any) -> None:
    assert REFUSED[f] in refused(f, 1.3)
