"""What calls cost: from Python, along several directions, for a whole Jacobian, and in a second process.

    python benchmarks/calls.py [--markdown]

Single thread; the minimum over repeats that take turns, so that ratios come from one run; processes are whole, with caches of
their own that the first process filled.  Nothing is written."""
from __future__ import annotations

import argparse
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


def coupled(x, n):
    """n steps of len(x) coupled oscillators."""
    s = x.copy()
    for _ in range(n):
        for k in range(len(x)):
            s[k] += 0.01 * s[k - 1] * s[k] - 0.1 * x[k]
    return s


def directions() -> list[Row]:
    """Eight directions in one pass beside one direction, in each mode."""
    x, one = np.linspace(0.1, 1.0, 8), np.ones(8)
    forward, reverse = wg.jacfwd(coupled), wg.jacrev(coupled)
    jvp, vjp = wg.jvp(coupled), wg.vjp(coupled)
    return [
        pair("jacfwd, 8 directions", lambda: forward(x, 100), "jvp, one", lambda: jvp((x, 100), (one, None)), "1.5"),
        pair("jacrev, 8 directions", lambda: reverse(x, 100), "vjp, one", lambda: vjp((x, 100), one), "1.5"),
    ]


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
