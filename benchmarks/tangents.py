"""Times eight tangents in one pass beside one: the Jacobian of residuals by eight parameters, and a Jacobian-vector product.

    python benchmarks/tangents.py

Single thread; the fastest of many calls that take turns.  `one` is `jvp`, `eight` is `jacfwd`; both compute the residuals, too."""
from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

import wengert as wg


def decay(p: Any, x: Any, err: Any) -> None:
    """Two exponentials and a wave."""
    for i in range(x.size):
        wave = p[4] * math.sin(p[5] * x[i] + p[6])
        err[i] = p[0] * math.exp(-p[1] * x[i]) + p[2] * math.exp(-p[3] * x[i]) + wave + p[7]


def orbit(p: Any, x: Any, err: Any) -> None:
    """A step of an integrator for each residual: arithmetic and one root."""
    px, py, vx, vy = p[0], p[1], p[2], p[3]
    for i in range(x.size):
        r = math.sqrt(px * px + py * py + p[7])
        vx -= 0.01 * p[4] * px / (r * r * r) + p[5] * vx
        vy -= 0.01 * p[4] * py / (r * r * r) + p[6] * vy
        px += 0.01 * vx
        py += 0.01 * vy
        err[i] = px - x[i]


def polynomial(p: Any, x: Any, err: Any) -> None:
    """Additions and multiplications alone."""
    for i in range(x.size):
        y = p[7]
        for k in range(6, -1, -1):
            y = y * x[i] + p[k]
        err[i] = y


def fastest(calls: list[Callable[[], object]], rounds: int = 3000) -> list[float]:
    best = [math.inf] * len(calls)
    for call in calls:
        call()
    for _ in range(rounds):
        for k, call in enumerate(calls):
            start = perf_counter()
            call()
            best[k] = min(best[k], perf_counter() - start)
    return best


def main() -> None:
    p, x, err, v = np.linspace(0.3, 1.0, 8), np.linspace(0.0, 1.0, 500), np.zeros(500), np.ones(8)
    print(f"{'':<12}{'one':>10}{'eight':>10}  eight / one")
    for f in (decay, orbit, polynomial):
        push, jacobian = wg.jvp(f, outputs="err"), wg.jacfwd(f, outputs="err")
        one, eight = fastest([lambda: push((p, x, err), (v, None, None)), lambda: jacobian(p, x, err)])  # noqa: B023
        print(f"{f.__name__:<12}{one * 1e6:>8.1f}us{eight * 1e6:>8.1f}us{eight / one:>10.2f}")


if __name__ == "__main__":
    main()
