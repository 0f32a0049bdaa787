"""What calls cost: from Python, along several directions, for a whole Jacobian, and in a second process.

    python benchmarks/calls.py [--markdown]

Single thread; the minimum over repeats that take turns, so that ratios come from one run; processes are whole, with caches of
their own that the first process filled.  Nothing is written."""
from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numba import njit
from run import SINGLE_THREAD, fastest, table

import wengert as wg

HEADINGS = ("what", "", "beside", "", "ratio", "bound")
BATCH = 1000


def number(x):
    return x * x * np.sin(x)


def rosenbrock(x):
    s = 0.0
    for i in range(len(x) - 1):
        s += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return s


@njit
def rosenbrock_gradient(x):
    g = np.zeros_like(x)
    for i in range(len(x) - 1):
        a, b = x[i + 1] - x[i] ** 2, 1.0 - x[i]
        g[i + 1] += 200.0 * a
        g[i] -= 400.0 * a * x[i] + 2.0 * b
    return g


def mixed(x, m):
    """n numbers to m: each is a sum over all of them."""
    y = np.zeros(m)
    for k in range(m):
        s = 0.0
        for i in range(len(x)):
            s += np.sin(x[i] * (k + 1.0))
        y[k] = s
    return y


Row = tuple[str, float, str, float, str]
"""What, its seconds, beside what, its seconds, and the bound of their ratio."""


def pair(what: str, call: Callable[[], object], beside: str, other: Callable[[], object], bound: str) -> Row:
    call(), other()                                     # compiled
    first, second = fastest((lambda: _many(call), lambda: _many(other)), 2.0)
    return what, first / BATCH, beside, second / BATCH, bound


def _many(call: Callable[[], object]) -> None:
    for _ in range(BATCH):
        call()


def calls() -> list[Row]:
    primal, slope, gradient, x = njit(number), wg.grad(number), wg.grad(rosenbrock), np.arange(4.0)
    return [
        pair("gradient of a tiny function of a number", lambda: slope(1.3), "its primal", lambda: primal(1.3), "3"),
        pair("gradient of a tiny function of an array", lambda: gradient(x), "by hand", lambda: rosenbrock_gradient(x), "1.3"),
    ]


def decay(p, x, err) -> None:
    """Two exponentials and a wave."""
    for i in range(x.size):
        wave = p[4] * math.sin(p[5] * x[i] + p[6])
        err[i] = p[0] * math.exp(-p[1] * x[i]) + p[2] * math.exp(-p[3] * x[i]) + wave + p[7]


def orbit(p, x, err) -> None:
    """A step of an integrator for each residual: arithmetic and one root."""
    px, py, vx, vy = p[0], p[1], p[2], p[3]
    for i in range(x.size):
        r = math.sqrt(px * px + py * py + p[7])
        vx -= 0.01 * p[4] * px / (r * r * r) + p[5] * vx
        vy -= 0.01 * p[4] * py / (r * r * r) + p[6] * vy
        px += 0.01 * vx
        py += 0.01 * vy
        err[i] = px - x[i]


def polynomial(p, x, err) -> None:
    """Additions and multiplications alone."""
    for i in range(x.size):
        y = p[7]
        for k in range(6, -1, -1):
            y = y * x[i] + p[k]
        err[i] = y


def directions() -> list[Row]:
    """Eight directions in one pass beside one: 500 residuals of eight parameters, and back."""
    p, x, err, one = np.linspace(0.3, 1.0, 8), np.linspace(0.0, 1.0, 500), np.zeros(500), np.ones(8)

    def of(f: Callable[..., None], what: str) -> Row:
        push, jacobian = wg.jvp(f, outputs="err"), wg.jacfwd(f, outputs="err")
        return pair(f"jacfwd of {what}, 8 directions", lambda: jacobian(p, x, err), "jvp",
                    lambda: push((p, x, err), (one, None, None)), "1.5")  # fmt: skip

    eight, few = wg.jacrev(decay, outputs="err"), (x[:8].copy(), np.zeros(8), np.ones(8))
    pull = wg.vjp(decay, outputs="err")
    return [
        of(decay, "exponentials and a sine"), of(orbit, "an orbit, step by step"), of(polynomial, "a polynomial"),
        pair("jacrev of exponentials and a sine, 8 residuals", lambda: eight(p, *few[:2]), "vjp",
             lambda: pull((p, *few[:2]), few[2]), "1.5"),
    ]  # fmt: skip


def shapes() -> list[Row]:
    """n numbers to m, with n m = 4096 throughout: the cost grows with the smaller of the two."""
    jacobian = wg.jacobian(mixed)
    sizes = [(1, 4096), (4, 1024), (16, 256), (64, 64), (256, 16), (1024, 4), (4096, 1)]
    return [
        pair(f"Jacobian, {n} to {m}", lambda n=n, m=m: jacobian(np.linspace(0.1, 1.0, n), m), "1 to 4096",
             lambda: jacobian(np.ones(1), 4096), f"grows with {min(n, m)}")
        for n, m in sizes[1:]
    ]  # fmt: skip


PROCESS = """
import numpy as np
from numba import njit
{use}
@njit(cache=True)
def rosenbrock(x):
    s = 0.0
    for i in range(len(x) - 1):
        s += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return s
{call}(np.arange(4.0))
"""


def processes() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        caches = {"WENGERT_CACHE_DIR": os.path.join(folder, "wengert"), "NUMBA_CACHE_DIR": os.path.join(folder, "numba"),
                  "PYTHONPYCACHEPREFIX": os.path.join(folder, "python"), "PYTHONDONTWRITEBYTECODE": ""}  # fmt: skip

        def started(name: str, use: str, call: str) -> Callable[[], object]:
            file = Path(folder, name)
            file.write_text(PROCESS.format(use=use, call=call))
            return lambda: subprocess.run([sys.executable, file], env=os.environ | SINGLE_THREAD | caches, check=True)

        gradient = started("gradient.py", "import wengert as wg", "wg.grad(rosenbrock)")
        primal = started("primal.py", "", "rosenbrock")
        gradient(), primal()
        first, second = fastest((gradient, primal), 20.0)
        return [("second process: import and first gradient", first, "import and first call of the primal", second, "2")]


def cells(row: Row) -> tuple[str, ...]:
    what, first, beside, second, bound = row
    return what, _time(first), beside, _time(second), f"{first / second:.2f}", bound


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds > 0.1 else f"{1e6 * seconds:.2f} µs"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
    options = parser.parse_args()
    rows = [cells(row) for row in [*calls(), *directions(), *shapes(), *processes()]]
    print(table(HEADINGS, rows, options.markdown))


if __name__ == "__main__":
    main()
