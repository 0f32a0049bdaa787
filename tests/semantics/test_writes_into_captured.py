"""Derivatives of nested functions that write into arrays that they capture: into copies, as with arguments.  So the arrays around
them stay what they are, and what is read of them there has its derivative.  Each program has a closed form beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees, run

A = np.array([0.7, -1.3, 0.4])


def scratch(x, a):
    work = np.zeros(3)

    def g(t):
        for i in range(3):
            work[i] = t * a[i] + x
        return np.sum(work * work)

    return wg.grad(g)(x * x) + work[0]


def scratch_closed(x, a):
    return np.sum(2.0 * (x * x * a + x) * a)


def updated(x, a):
    b = a * x

    def g(t):
        b[1:] *= t
        b[0] += b[1] * t
        return b[0] * b[2]

    return wg.grad(g)(x) * b[1] + wg.grad(g)(b[0])


def updated_closed(x, a):
    b = a * x

    def slope(t):
        return b[0] * b[2] + 3.0 * t * t * b[1] * b[2]

    return slope(x) * b[1] + slope(b[0])


def both_modes(x, a):
    b = a * x

    def g(t):
        b[0] *= t * x
        return b * t

    y, y_dot = wg.jvp(g)((x,), (a[1],))
    z, (t_bar,) = wg.vjp(g)((a[0],), b)
    return np.sum(y * y_dot) + np.sum(z) * t_bar + b[0]


def both_modes_closed(x, a):
    b = a * x

    def g(t):
        y = b * t
        y[0] *= t * x
        return y

    def slope(t):
        y_dot = b.copy()
        y_dot[0] = 2.0 * b[0] * t * x
        return y_dot

    return np.sum(g(x) * slope(x) * a[1]) + np.sum(g(a[0])) * np.sum(b * slope(a[0])) + b[0]


def second_order(x, a):
    b = a.copy()

    def g(t):
        b[0] = t * t * b[1]
        return b[0] * t + x * t * t

    return wg.grad(wg.grad(g))(x) + wg.hvp(g)(a[2], x) + b[0]


def second_order_closed(x, a):
    return 6.0 * x * a[1] + 2.0 * x + (6.0 * a[2] * a[1] + 2.0 * x) * x + a[0]


def jacobians(x, a):
    b = a[:2] * x

    def g(u):
        b[0] += u[0] * u[1]
        b[1] *= u[0]
        return b * u[1]

    reverse = wg.jacobian(g)(a[1:3])
    forward = wg.jacfwd(g)(a[:2])
    return np.sum(reverse * reverse) + forward[1, 0] + b[1]


def jacobians_closed(x, a):
    b = a[:2] * x

    def jacobian(u):
        return np.array([[u[1] * u[1], b[0] + 2.0 * u[0] * u[1]], [b[1] * u[1], b[1] * u[0]]])

    return np.sum(jacobian(a[1:3]) ** 2) + jacobian(a[:2])[1, 0] + b[1]


def a_list(x, a):
    kept = [x, x * x]

    def g(t):
        kept.append(t * kept[0])
        kept[1] *= t
        return kept[-1] * kept[1]

    return wg.grad(g)(x) * len(kept) + kept[1] * a[0]


def a_list_closed(x, a):
    return 2.0 * x * x * x * x * 2.0 + x * x * a[0]


def written(w, t):
    w[0] = w[1] * t
    return w[0] * w[0]


def by_a_helper(x, a):
    b = a * x
    v = b[1:]
    g = lambda t: written(v, t)  # noqa: E731
    return wg.grad(g)(x) + v[0] + b[1]


def by_a_helper_closed(x, a):
    b = a * x
    return 2.0 * x * b[2] ** 2 + 2.0 * b[1]


def nested(x, a):
    b = a * x

    def g(t):
        b[0] *= t

        def h(s):
            b[1] = s * b[0]
            return b[1] * t * s

        return wg.grad(h)(t) + b[1] * t

    return wg.grad(g)(x) + b[0]


def nested_closed(x, a):
    b = a * x
    return 6.0 * x * x * b[0] + b[1] + b[0]


PROGRAMS = [
    (scratch, scratch_closed), (updated, updated_closed), (both_modes, both_modes_closed), (second_order, second_order_closed),
    (jacobians, jacobians_closed), (a_list, a_list_closed), (by_a_helper, by_a_helper_closed), (nested, nested_closed),
]  # fmt: skip


QUICK = (scratch, both_modes, nested)
CASES = [pytest.param(*case, marks=[] if case[0] in QUICK else pytest.mark.full, id=case[0].__name__) for case in PROGRAMS]


@pytest.mark.parametrize(("f", "closed"), CASES)
def test_the_arrays_around_stay_what_they_are(f: Any, closed: Any) -> None:
    agrees(f, 0.8, A, primal=closed)


@pytest.mark.compiled
@pytest.mark.full
def test_compiled() -> None:
    for f in (updated, nested):
        value, slope = wg.value_and_grad(f, (0, 1))(0.8, A)
        expected, plain = run(wg.value_and_grad(f, (0, 1)), 0.8, A)
        assert value == pytest.approx(expected, rel=1e-14)
        assert slope[0] == pytest.approx(plain[0], rel=1e-13) and np.allclose(slope[1], plain[1], rtol=1e-13)


def two_names(x, a):
    b = a * x
    v = b[1:]

    def g(t):
        b[1] = t * t
        return v[0] * t

    return wg.grad(g)(x)


def captured_and_handed_over(x, a):
    b = a * x

    def g(t):
        b[1] = t[0] * t[0]
        return b[1] * t[1]

    return wg.grad(g)(b)[1]


def test_two_names_for_one_memory_are_found() -> None:
    for f, names in ((two_names, "b and v"), (captured_and_handed_over, "t and b")):
        with pytest.raises(ValueError, match=f"{names} share memory"):
            run(wg.grad(f), 0.8, A)


def captures_pairs(x, a):
    pairs = [(x, a[0])]
    return wg.grad(lambda t: pairs[0][1] * t)(x)


def test_a_captured_list_of_tuples_is_refused() -> None:
    with pytest.raises(wg.UnsupportedError, match="list of tuples, lists or arrays, or captures one"):
        wg.grad(captures_pairs).source_for(0.8, A)
