"""What reverse mode records of arrays: nothing for a shape alone, and no copy of what is not overwritten."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees

RNG = np.random.default_rng(5)
A = RNG.normal(size=(5, 5))
A = A @ A.T + 5 * np.eye(5)
X = np.array([0.7, -1.3, 0.4, 2.1, -0.6])


def reverse_of(f: Any, *args: Any) -> str:
    text: str = wg.grad(f).source_for(*args)
    return text


def cholesky(a: Any) -> float:
    n = a.shape[0]
    c = np.zeros_like(a)
    for j in range(n):
        c[j, j] = np.sqrt(a[j, j] - np.sum(c[j, :j] ** 2))
        for i in range(j + 1, n):
            c[i, j] = (a[i, j] - np.sum(c[i, :j] * c[j, :j])) / c[j, j]
    s = 0.0
    for j in range(n):
        s += np.log(c[j, j])
    return s


def cholesky_by_columns(a: Any) -> float:
    n = a.shape[0]
    c = np.zeros_like(a)
    for j in range(n):
        c[j, j] = np.sqrt(a[j, j] - np.dot(c[j, :j], c[j, :j]))
        c[j + 1 :, j] = (a[j + 1 :, j] - np.dot(c[j + 1 :, :j], c[j, :j])) / c[j, j]
    return float(np.sum(c * c * c))


def all_before(x: Any) -> float:
    y = np.ones(x.shape[0] + 1)
    for i in range(1, x.shape[0] + 1):
        y[i] = np.sum(np.sin(y[:i]) * x[:i])
    return y[-1]


def up_to_here(x: Any) -> float:
    y = np.ones(x.shape[0] + 2)
    for i in range(x.shape[0]):
        y[i + 2] = np.sum(np.sin(y[: i + 1]) * x[: i + 1])
    return y[-1]


@pytest.mark.parametrize(("f", "x"), [(cholesky, A), (cholesky_by_columns, A), (all_before, X), (up_to_here, X)])
def test_what_a_factorisation_has_written_is_not_copied(f: Any, x: Any) -> None:
    assert ".copy()" not in reverse_of(f, x).split("reverse sweep ----")[0]
    agrees(f, x, tolerance=1e-6)


def and_here(x: Any) -> float:
    y = x * 1.0
    for i in range(1, x.shape[0]):
        z = np.sin(y[: i + 1])
        y[i] = np.sum(z) * 0.3
    return y[-1]


def one_behind(x: Any) -> float:
    y = x * 1.0
    for i in range(1, x.shape[0]):
        z = np.sin(y[:i])
        y[i - 1] = np.sum(z) * 0.3
    return np.sum(y)


def backwards(x: Any) -> float:
    y = x * 1.0
    for i in range(x.shape[0] - 1, 0, -1):
        y[i] = np.sum(np.sin(y[:i])) * 0.3
    return y[1] * y[-1]


def from_the_end(x: Any) -> float:
    y = x * 1.0
    for i in range(-3, 2):
        y[i] = np.sum(np.sin(y[:i])) * 0.3
    return y[1] * y[-1]


def twice(x: Any) -> float:
    y = x * 1.0
    for _ in range(2):
        for i in range(1, x.shape[0]):
            y[i] = y[i] + np.sum(np.sin(y[:i])) * 0.3
    return y[1] * y[-1]


def in_steps_down(x: Any) -> float:
    y = x * 1.0
    for i in range(1, x.shape[0]):
        y[i] = y[i] + np.sum(np.sin(y[:i:-1])) * 0.3
    return y[1] * y[-1]


def then_the_first(x: Any) -> float:
    y = x * 1.0
    for i in range(1, x.shape[0]):
        y[i] = np.sum(np.sin(y[:i])) * 0.3
        y[0] = y[i] * y[0]
    return y[1] * y[-1]


def by_a_shifted_view(x: Any) -> float:
    y = x * 1.0
    z = y[::-1]
    for i in range(1, x.shape[0]):
        z[i] = np.sum(np.sin(y[:i])) * 0.3
    return y[1] * y[-1]


def another_axis(x: Any) -> float:
    y = np.outer(x, x)
    for i in range(x.shape[0]):
        y[i, 0] = np.sum(np.sin(y[0, :i])) * 0.3 + y[i, 1]
    return float(np.sum(y * y))


def counter_moves(x: Any) -> float:
    y = x * 1.0
    for i in range(3):
        z = y[:i]
        i = i - 1
        y[i] = np.sum(np.sin(z)) * 0.3
    return float(np.sum(y * y))


BEHIND = [
    and_here, one_behind, backwards, from_the_end, twice, in_steps_down, then_the_first, by_a_shifted_view, another_axis,
    counter_moves,
]  # fmt: skip


@pytest.mark.parametrize("f", BEHIND)
def test_what_is_overwritten_is_copied(f: Any) -> None:
    agrees(f, X, tolerance=1e-6)


def smoothed(x: Any) -> float:
    n = x.shape[0]
    den = 1 + x**2
    u = np.zeros(n)
    for _ in range(4):
        b = np.zeros(n)
        b[1:-1] = 0.5 * (u[:-2] + u[2:])
        t = (x * b + x) / den
        u = b - x * t
    return float(np.sum(u * u))


def test_an_array_of_each_round_is_not_copied_nor_kept_for_its_shape() -> None:
    forward = reverse_of(smoothed, X).split("reverse sweep ----")[0]
    assert ".copy()" not in forward
    assert "total_list" not in forward
    agrees(smoothed, X, tolerance=1e-6)


def carried(x: Any) -> float:
    u = np.zeros(x.shape[0])
    s = 0.0
    for i in range(3):
        b = x * (i + 1.0)
        s += np.sum(np.sin(b))
        b[0] = 2.0
        u[1] = s * 0.1
        s += np.sum(b * u * np.cos(b))
        u = b
    return s


def swapped(x: Any) -> float:
    a = x * 1.0
    s = 0.0
    for i in range(4):
        b = np.zeros(x.shape[0])
        b[:] = a * x
        s += np.sum(np.sin(b) * b)
        if i % 2 == 0:
            a[1] = s * 0.1
            a = b
        else:
            b[0] = s
            s += np.sum(b * b)
    return s + np.sum(a * a)


def of_inner_rounds(x: Any) -> float:
    s = 0.0
    for i in range(3):
        b = np.zeros(x.shape[0])
        for k in range(x.shape[0]):
            b[k] = np.sin(x[k] + s) * (i + 1)
        for k in range(x.shape[0]):
            s += b[k] * b[k - 1] * x[k]
            if b[k] > 0:
                s += np.sum(np.exp(0.1 * b))
    return s


def kept_in_a_list(x: Any) -> float:
    rows = [x * 1.0]
    s = 0.0
    for i in range(3):
        b = np.sin(x) * s
        b[0] = x[1] * i
        s += np.sum(b * b * rows[i])
        rows[i][2] = s * 0.1
        rows.append(b)
    return s + np.sum(rows[-1] * x)


def broadcast_in_rounds(x: Any) -> float:
    s = 0.0
    for i in range(1, 4):
        a = x[:i].copy()
        m = np.sin(a).reshape(i, 1) * np.cos(x)
        w = a.reshape(1, i) * np.ones((1, 1)) + m[:, :1]
        s += np.sum(m) + np.sum(w * w) * np.sum(a)
    return s


def rows_of_one(x: Any) -> float:
    s = 0.0
    one = x[:1]
    for i in range(3):
        t = one * (i + 1.0)
        p = t * x
        q = p + one
        s += np.sum(q * p) + np.sum(np.sin(t))
    return s


ROUNDS = [carried, swapped, of_inner_rounds, kept_in_a_list, broadcast_in_rounds, rows_of_one]


@pytest.mark.parametrize("f", ROUNDS)
def test_arrays_of_each_round_are_what_they_were(f: Any) -> None:
    agrees(f, X, tolerance=1e-6)


def changing_bound(x: Any) -> float:
    k = 1
    s = 0.0
    for i in range(3):
        a = x[:k]
        k = k + 1
        b = x[1:k] if i > 5 else x[:k]
        s += np.sum(a) * np.sum(b * b)
        c = np.zeros(k)
        c[:] = x[:k]
        k = min(k, 4)
        s += np.sum(c * x[:k] * x[0])
    return s


def one_long(x: Any) -> float:
    k = 1
    a = np.sin(x[:k])
    k = x.shape[0]
    return float(np.sum(a * x[:k] * np.cos(x[:k])))


def in_turn(x: Any) -> float:
    s = 0.0
    for i in range(1, 2):
        a = np.sin(x[:i])
    for i in range(3, 5):
        s += np.sum(a * x[:i])
    return s


@pytest.mark.parametrize("f", [changing_bound, one_long, in_turn])
def test_slices_with_one_name_for_two_bounds_differ(f: Any) -> None:
    agrees(f, X, tolerance=1e-6)


# ---- loops that seldom run -------------------------------------------------------------------------------------------


def now_and_then(x, n):
    s = x[0]
    for i in range(n):
        if i % 5000 == 7:
            for j in range(n):
                s = np.sin(s) * 1.0001 + x[1] * 1e-6
                for _ in range(2):
                    s = np.cos(s) * x[1]
        s = np.cos(s) * 0.9
    return s


def down_now_and_then(x, n):
    s = x[0]
    for i in range(2, n, 3):
        if x[i % 2] > 0:
            for j in range(i, -2, -2):
                s = np.sin(s) * x[1] + 0.1 * j
            s = s * s
    return s


@pytest.mark.parametrize("n", [0, 1, 8, 40])
@pytest.mark.parametrize("function", [now_and_then, down_now_and_then])
def test_a_loop_under_a_condition(function: Any, n: int) -> None:
    agrees(function, np.array([0.7, 0.9]), n)
    agrees(function, np.array([-0.7, 0.9]), n)


@pytest.mark.compiled
def test_it_takes_what_it_needs() -> None:
    """All rounds of both loops, of which few happen, would be 320 GB."""
    x = np.array([0.7, 0.9])
    value, gradient = wg.value_and_grad(now_and_then)(x, 200_000)
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
