"""Whole numbers of few bits, and bools: Numba computes an expression of arrays element by element, in its types of numbers, and
what has a name of the user's in arrays, which wrap.  The value is that of the compiled function, and so is what it multiplies.
"""

from __future__ import annotations

import warnings
from typing import Any

import numba
import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import run
from wengert.transform.switches import without

X = np.array([0.71, -1.33, 0.42, 2.13, -0.64])
U = np.array([3, 200, 10, 0, 255], dtype=np.uint8)
V = np.array([5, 100, 20, 1, 255], dtype=np.uint8)
K = np.array([100, -27, 55, 7, -128], dtype=np.int8)
W = np.array([70000, 3, 100000, -5, 2**31 - 1], dtype=np.int32)
S = np.array([3, 2**40 + 7, 2**63 + 11, 0, 5], dtype=np.uint64)
SIGNED = np.array([5, -7, 2**62 + 1, 3, -2])


def above(x):
    return np.sum(((x > 0) + (x > 0.5)) * x)


def bytes_added(x, u, v):
    return np.sum((u + v) * x)


def with_a_name(x, u, v):
    total = u + v
    return np.sum(total * x) + np.sum((u + v) * x)


def squares(x, w):
    return np.sum((x * x) * (w * w))


def halves(x, u, v):
    return np.sum(((u - v) // 2) * x) + np.sum(x * (u * v) / 2)


def quotients(x, u, v, k):
    share = (u + v) / v
    return np.sum((u / v) * x) + np.sum(((k + u) / v) * x) + np.sum((u + v) * 0.5 * x) + np.sum((k / 2) * x) + np.sum(share * x)


def into_bytes(x, u, v):
    share = (u + v) // u[1]
    return np.sum(share * x)


def signed(x, k):
    return x[0] * np.sum((k + k) * x) + np.sum((-k) * x) + np.sum((k * k) ** 2 * x)


def of_both_kinds(x, u, k):
    return np.sum((u - k) * x) + np.sum((u * k + u) * x * x)


def in_ufuncs(x, u, v):
    return np.sum(np.maximum(u + v, u) * x) + np.sum(np.sqrt(u * v) * x) + np.sum(np.add(u, v) * x)


def augmented(x, u, v):
    y = x * 1.0
    y *= u * v
    y[1:] += u[1:] + v[1:]
    return np.sum(y * y)


@numba.njit
def total(u, v):
    return u + v


def by_a_helper(x, u, v):
    return np.sum(total(u, v) * x * x) + np.sum(total(u + v, u) * x)


def differences(x, u):
    return np.sum(np.diff(u) * x[1:] * x[1:])


def chosen(x, u, v):
    return np.sum((u * v if x[0] > 0 else u) * x) + np.sum(x[(u + v) > 200] ** 2)


def beside_a_branch(x, u, v):
    """What stands before the branch is an array when the branch ends."""
    return np.sum((u + v) * (x if x[0] > 0.0 else -x)) + np.sum((u + v) * (x * (1.0 if x[0] > 0.0 else 2.0)))


def added_up(x, u, v):
    """No value is needed but the factors."""
    y = x * 1.0
    y *= u * v
    y += u + v
    return np.sum(y)


def divided(x, u, v):
    """What `//=` divides by is an array, and the text `w // total` must not become an expression with it."""
    w = u.copy()
    w //= u + v
    return np.sum(w * x)


def drawn(x, s, i):
    """Arrays of uint64 and int64 make one of floats, numbers an int64."""
    return np.sum(((s * 1103515245 + 12345) % 2147483648) * x) + np.sum(((s + i) % 1000) * x)


def drawn_with_names(x, s, i):
    t = s + i
    return np.sum(t * x) * 1e-18 + np.sum((s + i) * x) * 1e-18


def in_rounds(x, u, v):
    s = 0.0
    y = x * 1.0
    for k in range(3):
        y = y * np.sin(x)
        s += np.sum((u + v) * y) * np.sum((u * v) * x)
        if k > 0 and s > 0.0:
            y[1:] = (u[1:] + v[1:]) * y[:-1]
    return s


def named_in_rounds(x, u, v):
    s = 0.0
    y = x * 1.0
    for _ in range(3):
        t = u + v
        y = y * np.sin(0.01 * t * x)
        s += np.sum(t * y)
    return s


CASES: list[tuple[Any, tuple[Any, ...]]] = [
    (above, (X,)), (bytes_added, (X, U, V)), (with_a_name, (X, U, V)), (squares, (X, W)), (quotients, (X, U, V, K)),
    (halves, (X, U, V)),
    (into_bytes, (X, U, V)), (signed, (X, K)), (of_both_kinds, (X, U, K)), (in_ufuncs, (X, U, V)), (augmented, (X, U, V)),
    (by_a_helper, (X, U, V)), (differences, (X, U)), (chosen, (X, U, V)),
    (beside_a_branch, (X, U, V)), (added_up, (X, U, V)), (divided, (X, U, V)),
    (drawn, (X, S, SIGNED)), (drawn_with_names, (X, S, SIGNED)),
    (in_rounds, (X, U, V)), (named_in_rounds, (X, U, V)),
]  # fmt: skip
FULL = pytest.mark.full
COMPILED = [pytest.param(f, args, id=f.__name__, marks=() if f in (above, bytes_added) else FULL) for f, args in CASES]
GENERATED = [pytest.param(f, args, id=f.__name__, marks=() if n % 3 == 0 else FULL)
             for n, (f, args) in enumerate(CASES) if f is not drawn_with_names]         # (CPython adds its arrays as floats)


@pytest.mark.compiled
@pytest.mark.parametrize(("f", "args"), COMPILED)
def test_compiled(f: Any, args: tuple[Any, ...]) -> None:
    holds(lambda transformed, *given: transformed(*given), f, args)


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize(("f", "args"), [(drawn, (X, S, SIGNED)), (halves, (X, U, V))])
def test_each_part_on_a_line_of_its_own(f: Any, args: tuple[Any, ...]) -> None:
    with without("nesting"):
        holds(lambda transformed, *given: transformed(*given), f, args)


@pytest.mark.compiled
@pytest.mark.parametrize(("f", "args"), GENERATED)
def test_generated(f: Any, args: tuple[Any, ...]) -> None:
    """The function is compiled, and its derivatives are not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)         # (NumPy tells where what has a name wraps)
        holds(run, f, args)


def holds(how: Any, f: Any, args: tuple[Any, ...]) -> None:
    primal = numba.njit(f)
    expected = primal(*args)
    v = np.cos(np.arange(X.size))
    y, y_dot = how(wg.jvp(f), args, (v, *(None for _ in args[1:])))
    again, x_bar = how(wg.value_and_grad(f), *args)
    np.testing.assert_allclose((y, again), expected, rtol=1e-14)
    np.testing.assert_allclose(how(wg.grad(f), *args), x_bar, rtol=1e-14)
    step = 1e-5
    slope = (primal(args[0] + step * v, *args[1:]) - primal(args[0] - step * v, *args[1:])) / (2 * step)
    np.testing.assert_allclose((y_dot, x_bar @ v), slope, rtol=1e-7)
