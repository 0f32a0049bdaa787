# ruff: noqa: RUF005, SIM113
"""Lists of tuples and of namedtuples."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run, switches
from wengert.transform.switches import without

A = np.array([0.7, 1.3, 0.2, 0.9])
Body = namedtuple("Body", "mass speed")


def changed(a):
    pairs = [(a[0], a[1])]
    for x in a:
        pairs.append((x * x, x * a[0]))
    total = 0.0
    for x, y in pairs:
        total = total * x + y
    p = pairs[1]
    q, (r, s) = pairs.pop(), pairs[-1]
    pairs[0] = (a[2], total)
    pairs.insert(1, q)
    k = 0
    for i in range(2):
        k += 1
        total += p[i] * pairs[k][0]
    return total + p[0] * q[1] + r * s + pairs[0][1] * len(pairs) + sum([u * v for u, v in pairs])


def namedtuples(a):
    bodies = [Body(x, x * x) for x in a if x > 0.3]
    bodies.append(Body(speed=a[0], mass=2.0))
    total = 0.0
    for body in bodies:
        total += body.mass * body.speed
    for i in range(len(bodies)):
        bodies[i] = Body(bodies[i].mass * total, bodies[i].speed)
    best = bodies[0]
    for body in bodies:
        if body.mass > best.mass:
            best = body
    return total * best.speed + best.mass


def stack_of_ranges(a):
    todo = [(0, 4)]
    total = 0.0
    while todo:
        lo, hi = todo.pop()
        if hi - lo == 1:
            total = total * 0.5 + a[lo] * a[lo]
        else:
            mid = (lo + hi) // 2
            todo.append((lo, mid))
            todo.append((mid, hi))
    return total


def compared(a):
    pairs = [(x, k) for k, x in enumerate(a)]
    best = max(pairs)
    same = a[0] if pairs[0] == (a[0], 0) else 0.0
    other = a[1] if pairs[1] != (a[1], 1) else 2.0 * a[2]
    order = a[3] if pairs[0] <= pairs[2] or pairs[0] < (a[0], 1) else 0.0
    return best[0] * best[0] * best[1] + min(pairs)[0] + same + other + order * order


def in_each_other(a):
    heap = [((x, x * 2.0), i, a[0] * x) for i, x in enumerate(a)]
    heap.reverse()
    (u, v), i, w = heap[1]
    part = heap[1:] + [heap[0]]
    return u * v * w + i * part[-1][0][1] * part[0][2]


def swapped(a):
    p = (a[0], a[1])
    kept = [p]
    for x in a:
        p = (p[1], p[0] * x)
        kept.append(p)
        kept[0], kept[-1] = kept[-1], kept[0]
    return sum([x * x * y for x, y in kept]) + p[1]


def made_by_a_helper(a):
    total = 0.0
    for x, (y, z) in steps(a, 3):
        total += x * y * z
    return total


@njit
def steps(a, n):
    found = [(a[0], (a[1], a[2]))]
    for _ in range(n):
        x, inner = found[-1]
        found.append((x * inner[0], (inner[1], x)))
    return found


FUNCTIONS = [changed, namedtuples, stack_of_ranges, compared, in_each_other, swapped, made_by_a_helper]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_lists_of_tuples(function: Any) -> None:
    agrees(function, A, primal=njit(function))


@pytest.mark.parametrize("switch", switches(1))
def test_lists_of_tuples_without_each_optimisation(switch: str) -> None:
    with without(switch):
        for function in (changed, swapped):
            value, gradient = run(wg.value_and_grad(function), A)
            assert value == pytest.approx(function(A), rel=1e-14)
            assert np.dot(gradient, A) == pytest.approx(run(wg.jvp(function), (A,), (A,))[1], rel=1e-12)


@pytest.mark.compiled
def test_compiled() -> None:
    for function in (changed, namedtuples):
        value, gradient = wg.value_and_grad(function)(A)
        plain, expected = run(wg.value_and_grad(function), A)
        assert value == njit(function)(A) == pytest.approx(plain, rel=1e-14)
        assert np.allclose(gradient, expected, rtol=1e-13, atol=1e-15)
