"""Tuples and namedtuples inside a function: built, taken apart, indexed, compared, handed on, bound again."""

# ruff: noqa: B008, E711, RUF005, SIM108  (as users write it)
from __future__ import annotations

import math
from collections import namedtuple
from typing import Any, NamedTuple

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import X, agrees, run


class Body(NamedTuple):
    """Fields, a default, a method, a property, a function that stands in the class."""

    position: Any
    mass: float = 2.0

    def energy(self, scale: float = 1.0) -> Any:
        return scale * self.mass * np.sum(self.position * self.position)

    @property
    def weight(self) -> Any:
        return 9.81 * self.mass

    @staticmethod
    def half(x: Any) -> Any:
        return 0.5 * x


UNIT = Body(1.0)


def fields(body, k):
    moved = Body(mass=body.mass * k, position=body.position + k)
    return moved, moved.mass * Body(k, k)[1] + UNIT.mass * k


def methods(body, x):
    heavier = body._replace(mass=body.mass * x)
    return heavier.energy(2.0) + body.weight * Body.energy(body) + Body.half(x) * body.half(x)


def test_namedtuples_are_built_and_read() -> None:
    agrees(fields, Body(X, 1.5), 0.7)
    value, gradient = run(wg.vjp(fields), (Body(X, 1.5), 0.7), ((X, 1.0), 1.0))
    assert type(value[0]) is Body
    assert type(gradient[0]) is Body


def of_a_global(x):
    return UNIT.energy(x) * UNIT.mass * UNIT.weight


def test_methods_and_properties_of_namedtuples() -> None:
    agrees(of_a_global, 0.7)
    agrees(methods, Body(X, 1.5), 0.7)
    assert type(run(wg.grad(methods), Body(X, 1.5), 0.7)) is Body


@pytest.mark.compiled
def test_namedtuples_in_compiled_code() -> None:
    body = Body(X, 1.5)
    (moved, weight), gradient = wg.vjp(fields)((body, 0.7), ((X, 1.0), 1.0))
    expected, other = njit(fields)(body, 0.7)
    np.testing.assert_array_equal(moved.position, expected.position)
    assert (type(moved), moved.mass, weight) == (Body, expected.mass, other)
    assert type(gradient[0]) is Body


def test_classes_of_one_name_are_told_apart() -> None:
    classes = [namedtuple("Pair", "x y") for _ in range(2)]

    def twice(p):
        return p._replace(x=p.x * 2.0)

    for kind in classes:
        value, gradient = run(wg.vjp(twice), (kind(1.0, 2.0),), (1.0, 1.0))
        assert type(value) is kind
        assert type(gradient[0]) is kind
        assert gradient == ((2.0, 1.0),)


def items(t, i):
    return t[i] * t[-1] + t[i - 1]


def test_an_item_at_a_place_that_varies() -> None:
    for i in (-1, 0, 1, 2):
        agrees(items, (2.0, 3.0, 0.5), i)
        agrees(items, (X, X[::-1].copy(), 0.5 * X), i)
    for i in (3, -4):
        with pytest.raises(IndexError, match="tuple index out of range"):
            run(wg.grad(items), (2.0, 3.0, 0.5), i)


def parts(t, x, key):
    longer = (*t, x) + t[:1]
    longer += (2.0,)
    (a, b), c = longer[1:3], longer[-2]
    a, b = b, a
    inside = 1.0 if key[0] in (1, 2) else 3.0
    if len(longer) == len(t) + 3 and key[:1] != key[1:] and key == (2, 3):
        inside *= b
    return a * b + c * inside * max(t) - min(longer[::2])


def test_slices_sums_and_comparisons_of_tuples() -> None:
    for key in ((2, 3), (2, 4), (3, 3)):
        agrees(parts, (2.0, 3.0), 0.7, key)


def leapfrog(state, dt):
    x, v = state
    v = v - 0.5 * dt * x
    x = x + dt * v
    return x, v - 0.5 * dt * x


def rebound(state, dt, n):
    best = state
    for i in range(n):
        state = leapfrog(state, dt)
        if state[0] > best[0]:
            best = state
        if best[0] > 1.5:
            break
    x, v = state
    return x * v + best[0]


def swaps(pair, n):
    for _ in range(n):
        pair = (pair[1] * 0.5 + pair[0], pair[0])
    return pair


def test_tuples_bound_again_in_loops_and_branches() -> None:
    agrees(rebound, (1.0, 0.3), 0.1, 12)
    agrees(rebound, (1.0, 3.0), 0.1, 12)
    agrees(swaps, (X, X[::-1].copy()), 3)


def reshaped(x, n):
    t = (x, 2.0)
    t = t[0] * t[1]
    s = 0.0
    for _ in range(n):
        u = (x * s, 2.0)
        s += u[1]
        u = u[0] * t
        s += u
    if s > 1.0:
        u = (s, t)
    else:
        u = (t, s)
    return u[0] * x + u[1]


def assigned(pair, x):
    pair = (pair[1] * x, pair[0])
    pair = (pair[1], pair[0] * x)
    return pair


def helper_with_a_tuple(pair, x):
    first = assigned(pair, x)
    return first[0] * first[1] + pair[0]


def test_a_name_may_be_a_tuple_and_then_a_number() -> None:
    agrees(reshaped, 0.8, 3)
    agrees(helper_with_a_tuple, (2.0, 3.0), 0.7)


def chosen_shape(a, c):
    if c > 0:
        shape = a.shape
    else:
        shape = (1, 2)
    total = 0.0
    for i in range(shape[0]):
        for j in range(shape[1]):
            total += a[i, j] * a[i, j]
    return total


def test_a_shape_and_a_tuple_that_is_written_out_meet() -> None:
    for c in (1, -1):
        agrees(chosen_shape, np.outer(X, X[:3]), c)


def writes(pair, k):
    first, second = pair
    first[1:] = first[:-1] * k
    second[0] = first[2]
    return np.sum(first * first) * second[0] + k


def test_arrays_in_tuples_are_copied_where_they_are_written() -> None:
    agrees(writes, (X.copy(), np.ones(2)), 0.7)


def test_arrays_in_tuples_that_share_memory_are_found() -> None:
    x = X.copy()
    with pytest.raises(ValueError, match=r"pair\[0\] and pair\[1\] share memory"):
        run(wg.grad(writes), (x, x[1:]), 0.7)


def nothing(x, empty, pair):
    return (x, empty, (), (pair,))


def test_empty_tuples() -> None:
    agrees(nothing, 2.0, (), ((X, ()),))


def starred(x, *rest, **options):
    return x


def spread_out(x, *rest):
    total = x
    for k in range(len(rest)):
        total += rest[k] * (k + 1)
    return total * rest[0]


def calls_with_a_star(x, t):
    return spread_out(x, *t) + spread_out(*t) + spread_out(x, x, *t[:1], t[1]) + math.hypot(*t)


def test_star_arguments() -> None:
    agrees(calls_with_a_star, 0.7, (2.0, 3.0))
    assert run(wg.vjp(spread_out), (0.7, 2.0, 3.0), 1.0)[1] == pytest.approx((2.0, 10.7, 4.0))
    assert run(wg.grad(spread_out, "rest"), 0.7, 2.0, 3.0) == pytest.approx((10.7, 4.0))
    assert str(wg.grad(spread_out).__signature__) == "(x, *rest)"
    assert run(wg.hvp(spread_out, (0, 1)), 0.7, (1.0, (0.0, 1.0)), 2.0, 3.0) == (0.0, (3.0, 0.0))
    assert run(wg.jvp(spread_out), (0.7, 2.0, 3.0), (None, 1.0, None)) == pytest.approx((17.4, 10.7))
    with pytest.raises(wg.TransformError, match=r"\*\*options"):
        wg.grad(starred)


@pytest.mark.compiled
def test_star_arguments_in_compiled_code() -> None:
    gradient = wg.grad(spread_out, (0, "rest"))

    @njit
    def uses(x):
        return gradient(x, 2.0 * x, 3.0)

    assert gradient(0.7, 1.4, 3.0) == uses(0.7) == (1.4, (0.7 + 2.8 + 6.0, 2.8))
    assert gradient(1.0, 2.0) == (2.0, (5.0,))


def by_keyword(x, y=2.0, *, power=3, scale):
    return scale * y * x**power


def only_defaults(x, *, power=3, weight=None):
    return x**power if weight is None else weight * x**power


def test_keyword_only_parameters() -> None:
    gradient = wg.grad(by_keyword)
    assert str(gradient.__signature__) == "(x, y=2.0, *, power=3, scale)"
    assert gradient.python_for(2.0, scale=1.0)(2.0, scale=1.0) == 24.0
    assert run(wg.vjp(only_defaults), (2.0,), 1.0) == (8.0, (12.0,))
    assert run(wg.vjp(only_defaults), (2.0, 2, 3.0), 1.0) == (12.0, (12.0, None, 4.0))


@pytest.mark.compiled
def test_keyword_only_parameters_in_compiled_code() -> None:
    gradient, other = wg.grad(by_keyword), wg.grad(only_defaults)

    @njit
    def uses(x):
        return gradient(x, scale=x, power=2) + other(x) + other(x, weight=3.0)

    assert gradient(2.0, scale=1.0) == 24.0
    assert gradient(2.0, 3.0, scale=2.0, power=2) == 24.0
    assert uses(2.0) == 16.0 + 12.0 + 36.0
    with pytest.raises(TypeError, match="scale"):
        gradient(2.0)


def with_structured_defaults(x, w=X, p=Body(1.0, 3.0), shape=(2, 3)):
    return np.sum(w) * x * p.mass * p.position + shape[1]


@pytest.mark.compiled
def test_defaults_that_are_arrays_and_tuples() -> None:
    gradient = wg.grad(with_structured_defaults, ("x", "p"))
    x_bar, p_bar = gradient(2.0)
    assert x_bar == pytest.approx(3.0 * np.sum(X))
    assert p_bar == pytest.approx((6.0 * np.sum(X), 2.0 * np.sum(X)))
    assert type(p_bar) is Body
    assert gradient(2.0, w=np.ones(2), p=Body(2.0, 1.0)) == (4.0, (4.0, 8.0))


def optional(x, w=None, c=None):
    if w is None:
        w = np.ones(3)
    if c is not None and c > 0.0:
        return np.sum(w) * x * c
    elif c == None and w is not None:
        return x * x * w[0]
    return x if c is None or c < -1.0 else x * c


def optional_helper(x, w=None, *, k=None):
    return x * (2.0 if k is None else k) if w is None else x * w


def calls_with_none(x):
    y = None
    if x > 1.0:
        y = x * x
    else:
        y = x
    return optional_helper(x) + optional_helper(x, y) + optional_helper(x, k=x) + optional_helper(x, None)


def test_none_as_an_argument_and_as_a_default() -> None:
    agrees(optional, 2.0, None, None)
    agrees(optional, 2.0, np.full(3, 0.5), 1.5)
    agrees(optional, 2.0, None, -0.5)
    agrees(calls_with_none, 1.5)
    agrees(calls_with_none, 0.5)
    assert run(wg.grad(optional), 2.0) == 4.0


@pytest.mark.compiled
def test_none_in_compiled_code() -> None:
    gradient = wg.grad(optional)
    assert gradient(2.0) == 4.0
    assert gradient(2.0, np.ones(2), c=3.0) == 6.0
    assert gradient(2.0, None, -0.5) == -0.5
    with pytest.raises(TypeError, match="`w`: it is None"):
        wg.grad(optional, "w")(2.0)


def test_nothing_is_returned_in_a_tuple() -> None:
    x = np.ones(2)
    assert run(wg.jvp(lambda x: ()), (x,), (x,)) == ((), ())
    y, (x_bar,) = run(wg.vjp(lambda x: ()), (x,), ())
    assert y == () and x_bar.tolist() == [0.0, 0.0]
