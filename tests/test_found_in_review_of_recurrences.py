"""Four programs of a review: recurrences with views, overwrites and exits at once."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

import wengert as wg
from tests import oracles
from tests.semantics.agreement import agrees


def levinson(r, limit):
    """Levinson-Durbin: prefix of a is rewritten from its reversed self; leaves when the error is small."""
    n = len(r) - 1
    a = np.zeros(n + 1)
    a[0] = 1.0
    err = np.empty(n + 1)
    err[0] = r[0]
    for i in range(1, n + 1):
        acc = r[i]
        for j in range(1, i):
            acc += a[j] * r[i - j]
        k = -acc / err[i - 1]
        head = a[1:i]
        turned = head[::-1].copy()
        head += k * turned
        a[i] = k
        err[i] = err[i - 1] * (1.0 - k * k)
        if err[i] < limit:
            break
    return np.sum(a * a) + err[i] * a[1]


def neville(x, y, at):
    """Aitken-Neville in place; the last corrections are kept in a row of their own, written from the end."""
    n = len(x)
    p = y.copy()
    last = np.zeros(n)
    for m in range(1, n):
        for i in range(n - m):
            p[i] = ((at - x[i + m]) * p[i] + (x[i] - at) * p[i + 1]) / (x[i] - x[i + m])
        last[n - m] = p[0]
        if m > 2 and abs(last[n - m] - last[n - m + 1]) < 1e-3:
            return last[n - m] * p[1]
    return p[0] + np.sum(np.sin(last))


def routed(q, w):
    """Muskingum-like routing: rows are views, a reach may end early, and the next reads what was left there."""
    n, m = q.shape
    out = np.zeros((n + 1, m))
    out[0] = q[0]
    total = 0.0
    for i in range(n):
        above, below = out[i], out[i + 1]
        below[0] = above[0] * 0.5
        for t in range(1, m):
            below[t] = w[0] * above[t] + w[1] * above[t - 1] + w[2] * np.sin(below[t - 1]) * below[t - 1]
            if below[t] > 1.2:
                below[t:] = below[t - 1] * q[i, t:]
                break
        else:
            below[::2] *= 0.9
            continue
        total += below[m - 1] * above[m - 1]
    return total + np.sum(out * out)


def heaps(x, k):
    """Running products down a stack whose top moves both ways; what is popped is overwritten later."""
    s = np.empty(len(x) + 2)
    s[0] = 1.0
    top = 0
    z = 0.0
    for i in range(len(x)):
        s[top + 1] = np.exp(-s[top] * x[i])
        top += 1
        z += s[top] * s[top]
        while top > 0 and s[top] < k:
            top -= 1
            z += s[top] * x[i]
        if z > 9.0:
            return z * s[top]
    return z + s[top]


RNG = np.random.default_rng(3)
LAGS = np.array([2.0, 0.7, 0.4, -0.3, 0.2, 0.15])
NODES = np.array([0.1, 0.5, 0.9, 1.4, 2.0])
FLOWS, WEIGHTS = RNG.uniform(0.3, 1.4, size=(4, 6)), np.array([0.5, 0.3, 0.4])
STEPS = np.array([0.4, 1.2, 0.3, 2.0, 0.1, 0.8, 1.5])
CASES = [
    (levinson, (LAGS, 0.1)), (levinson, (LAGS, 1.65)), (neville, (NODES, np.sin(NODES), 0.77)),
    (neville, (NODES, np.sin(NODES) ** 3, 1.7)), (routed, (FLOWS, WEIGHTS)), (routed, (FLOWS * 1.5, WEIGHTS)),
    (heaps, (STEPS, 0.5)), (heaps, (STEPS, 0.8)), (heaps, (STEPS * 0.2, 0.3)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "args"), CASES)
def test_the_derivatives(f: Any, args: Any) -> None:
    agrees(f, *args)


@pytest.mark.compiled
@pytest.mark.full
@pytest.mark.parametrize(("f", "args"), CASES[::2])
def test_compiled(f: Any, args: Any) -> None:
    primal, (value, gradient) = numba.njit(f), wg.value_and_grad(f)(*oracles.copied(args))
    along = oracles.random_like((args[0],), np.random.default_rng(0))

    def by_the_first(x: Any) -> Any:
        return primal(x, *oracles.copied(args[1:]))

    assert value == by_the_first(args[0].copy())
    expected = oracles.directional_difference(by_the_first, (args[0],), along)
    assert oracles.relative_gap(np.sum(gradient * along[0]), expected, scale=1e-3) <= 1e-7
