"""What readers found who wrote kernels as people write them: enums, limits of dtypes, steps that return nothing, options."""

from __future__ import annotations

import math
from enum import Enum, IntEnum, IntFlag
from typing import Any

import numba
import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import X, agrees, run
from wengert.transform.errors import UnsupportedError


class Edge(IntEnum):
    PERIODIC = 0
    CLAMPED = 1


class Flags(IntFlag):
    FIRST = 1


class Kind(Enum):
    FIRST = 1


def neighbour(x, k, edge):
    if edge == Edge.CLAMPED:
        return x[min(k + 1, x.size - 1)]
    return x[(k + 1) % x.size]


def relaxed(x, edge):
    total = x[Edge.CLAMPED] * Edge.CLAMPED
    for k in range(x.size):
        total += (neighbour(x, k, edge) - x[k]) ** 2
    for other in (Edge.PERIODIC, Edge.CLAMPED):
        total += neighbour(x, x.size - 1, other) * 0.3
    return total * (Edge.CLAMPED if total > 0.0 else Edge.PERIODIC)


@pytest.mark.parametrize("edge", [0, 1])
def test_members_of_an_int_enum_are_numbers(edge: int) -> None:
    agrees(relaxed, X, edge)


@pytest.mark.compiled
def test_an_int_enum_compiled() -> None:
    for edge in (0, 1, Edge.PERIODIC, Edge.CLAMPED):
        value, gradient = wg.value_and_grad(relaxed)(X, edge)
        assert value == pytest.approx(relaxed(X, edge), rel=1e-14)
        np.testing.assert_array_equal(gradient, run(wg.grad(relaxed), X, int(edge)))


@pytest.mark.parametrize("member", [Flags.FIRST, Kind.FIRST])
def test_members_of_other_enums_are_refused(member: Any) -> None:
    def f(x):
        return x * member

    with pytest.raises(UnsupportedError, match=f"`member` is a {type(member).__name__}"):
        wg.grad(f).source_for(2.0)


def scaled(x):
    return x / (np.max(np.abs(x)) + np.finfo(np.float64).eps) + np.finfo(np.float32).tiny * np.iinfo(np.int32).max


def test_the_limits_of_a_dtype_are_constants() -> None:
    agrees(scaled, X)


def step(x, v, p):
    for i in range(x.size):
        v[i] -= p * math.sin(x[i])
        x[i] += 0.1 * v[i]


def pendulums(x, p, n):
    x = x.copy()
    v = np.zeros_like(x)
    for _ in range(n):
        wg.checkpoint(step)(x, v, p)
    return x @ v


def plain_pendulums(x, p, n):
    x = x.copy()
    v = np.zeros_like(x)
    for _ in range(n):
        step(x, v, p)
    return x @ v


def test_a_checkpoint_of_a_step_that_returns_nothing() -> None:
    agrees(pendulums, X, 0.3, 4)
    assert "v_then_list" in wg.grad(pendulums).source_for(X, 0.3, 4)
    found, expected = (run(wg.grad(f, (0, 1)), X, 0.3, 4) for f in (pendulums, plain_pendulums))
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-14)
    assert found[1] == pytest.approx(expected[1], rel=1e-14)


@pytest.mark.compiled
def test_a_checkpoint_that_returns_nothing_from_python() -> None:
    x, v = X.copy(), np.zeros_like(X)
    y, w = X.copy(), np.zeros_like(X)
    assert wg.checkpoint(step)(x, v, 0.3) is None
    step(y, w, 0.3)
    np.testing.assert_allclose((x, v), (y, w), rtol=1e-15)


@pytest.mark.parametrize("f", [step, wg.checkpoint(step)])
def test_what_returns_nothing_has_no_derivative(f: Any) -> None:
    for make in (wg.grad, wg.vjp, wg.jvp):
        arguments = (X, X, 0.3) if make is wg.grad else ((X, X, 0.3), (X, X, 0.3))
        with pytest.raises(UnsupportedError, match="`step` returns nothing"):
            make(f).source_for(*arguments)


@numba.njit(boundscheck=True)
def picked(x, n):
    return x[n] * x[0]


def by_a_helper(x, n):
    return picked(x, n) + 1.0


@pytest.mark.parametrize("f", [picked, by_a_helper])
def test_a_function_that_checks_bounds_has_a_derivative_that_does(f: Any) -> None:
    assert "boundscheck=True" in wg.grad(f).source_for(X, 1)
    assert "boundscheck" not in wg.grad(pendulums).source_for(X, 0.3, 4)
    assert "boundscheck=False" in wg.grad(f, boundscheck=False).source_for(X, 1)


@pytest.mark.compiled
@pytest.mark.parametrize("make", [wg.grad, wg.checkpoint])
def test_it_raises(make: Any) -> None:
    with pytest.raises(IndexError):
        make(picked)(X, 7)


def second_of_sorted(x):
    return sorted(x)[1] * x[0] + np.sum(x * x)


def sum_of_sorted(x):
    return sorted([v * v for v in x])[1] * np.sum(np.array(sorted(x)) * x)


@pytest.mark.parametrize("f", [second_of_sorted, sum_of_sorted])
def test_a_line_that_sorts_and_has_arrays(f: Any) -> None:
    agrees(f, X)


