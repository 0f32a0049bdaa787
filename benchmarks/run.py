"""Times the generated gradients beside their objectives and beside the gradients written by hand.

    python benchmarks/run.py [--markdown] [--only NAME ...]

Single thread; the minimum over repeats that take turns, so that ratios come from one run.  Every problem runs in a
fresh process with empty caches, so that the time of the first call is that of transforming and compiling.  Nothing is
written; `--markdown` prints the table in the form that benchmarks/README.md records."""
from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

SINGLE_THREAD = dict.fromkeys(
    ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
HEADINGS = ("problem", "objective", "gradient", "by hand", "gradient / objective", "gradient / by hand",
            "first call: objective", "first call: gradient")


@dataclass(frozen=True)
class Timing:
    """Seconds."""

    name: str
    objective: float
    gradient: float
    by_hand: float
    first_objective: float
    first_gradient: float


def measure(name: str, seconds: float) -> Timing:
    """In this process: the first calls, then the fastest of many calls of each."""
    from problems import load

    import wengert as wg

    problem = load(name)
    gradient = wg.value_and_grad(problem.function, argnums=problem.argnums)
    first_objective = _seconds(lambda: problem.objective(*problem.args))
    first_gradient = _seconds(lambda: gradient(*problem.args))
    problem.by_hand.run()
    calls = (lambda: problem.objective(*problem.args), lambda: gradient(*problem.args), problem.by_hand.run)
    best = fastest(calls, seconds)
    return Timing(name, *best, first_objective, first_gradient)


def fastest(calls: tuple[Callable[[], object], ...], seconds: float) -> list[float]:
    """The minimum time of one call of each; they take turns for `seconds`, but at least three times."""
    best = [float("inf")] * len(calls)
    end, rounds = perf_counter() + seconds, 0
    while rounds < 3 or perf_counter() < end:
        best = [min(old, _seconds(call)) for old, call in zip(best, calls, strict=True)]
        rounds += 1
    return best


def _seconds(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


def measure_in_fresh_process(name: str, seconds: float) -> Timing:
    with tempfile.TemporaryDirectory() as empty:
        caches = {"WENGERT_CACHE_DIR": os.path.join(empty, "wengert"), "NUMBA_CACHE_DIR": os.path.join(empty, "numba")}
        command = [sys.executable, str(Path(__file__).resolve()), "--child", name, "--seconds", str(seconds)]
        done = subprocess.run(command, env=os.environ | SINGLE_THREAD | caches, stdout=subprocess.PIPE, check=True)
    return Timing(**json.loads(done.stdout))


def row(t: Timing) -> tuple[str, ...]:
    steady = (f"{1e3 * s:.3f} ms" for s in (t.objective, t.gradient, t.by_hand))
    ratios = (f"{t.gradient / t.objective:.2f}", f"{t.gradient / t.by_hand:.2f}")
    return (t.name, *steady, *ratios, f"{t.first_objective:.2f} s", f"{t.first_gradient:.2f} s")


def table(headings: tuple[str, ...], rows: list[tuple[str, ...]], markdown: bool) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(headings, *rows, strict=True)]

    def line(cells: tuple[str, ...]) -> str:
        first, *rest = (cell.ljust(w) if i == 0 else cell.rjust(w)
                        for i, (cell, w) in enumerate(zip(cells, widths, strict=True)))
        return "| " + " | ".join([first, *rest]) + " |" if markdown else "  ".join([first, *rest])

    rule = "| " + " | ".join("-" * w if i == 0 else "-" * (w - 1) + ":" for i, w in enumerate(widths)) + " |"
    return "\n".join([line(headings), *([rule] if markdown else []), *map(line, rows)])


def main() -> None:
    from problems import NAMES

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, help="only these problems")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long a problem's repeats last")
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
    parser.add_argument("--child", choices=NAMES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(asdict(measure(options.child, options.seconds))))
        return
    rows = [row(measure_in_fresh_process(name, options.seconds)) for name in options.only]
    print(table(HEADINGS, rows, options.markdown))


if __name__ == "__main__":
    main()
