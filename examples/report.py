"""What the examples show on the terminal: a fit's progress, the check of its gradient and the price of one gradient.

Every function here takes `objective(theta)` and `value_and_grad(theta)` over one flat vector of parameters."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from scipy.optimize import OptimizeResult, minimize

Objective = Callable[[np.ndarray], float]
ValueAndGrad = Callable[[np.ndarray], tuple[float, np.ndarray]]

console = Console()
SAMPLE = 24


@dataclass(frozen=True)
class Fit:
    theta: np.ndarray
    history: list[float]
    evaluations: int


def first_call(name: str, function: Callable[[np.ndarray], object], theta: np.ndarray) -> None:
    """Compile by calling, and say how long it took."""
    start = perf_counter()
    function(theta)
    console.print(f"first call of the {name} (Numba compiles, or loads from its cache): {perf_counter() - start:.2f} s")


def fit(value_and_grad: ValueAndGrad, theta: np.ndarray, iterations: int) -> Fit:
    """Minimise by L-BFGS-B under a progress bar."""
    history = [value_and_grad(theta)[0]]
    columns = (TextColumn("fitting"), BarColumn(), TextColumn("{task.completed:4.0f} iterations  {task.fields[value]}"))
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("fit", total=iterations, value=f"{history[0]:.6g}")

        def show(intermediate_result: OptimizeResult) -> None:
            history.append(float(intermediate_result.fun))
            progress.update(task, advance=1, value=f"{history[-1]:.6g}")

        options = {"maxiter": iterations, "maxfun": 4 * iterations, "maxcor": 20, "ftol": 1e-13, "gtol": 1e-7}
        found = minimize(value_and_grad, theta, jac=True, method="L-BFGS-B", callback=show, options=options)
        progress.update(task, total=max(len(history) - 1, 1))
    console.print(f"{found.nit} iterations, {found.nfev} gradients; stopped because: {found.message}", soft_wrap=True)
    return Fit(found.x, history, found.nfev)


def check_gradient(objective: Objective, gradient: np.ndarray, theta: np.ndarray) -> tuple[float, float]:
    """Compare SAMPLE random entries with central differences.  Gives the largest difference, relative to the largest
    entry compared, and the seconds that differences would take for all entries."""
    entries = np.random.default_rng(0).choice(theta.size, min(SAMPLE, theta.size), replace=False)
    start = perf_counter()
    differences = np.array([_central_difference(objective, theta, i) for i in entries])
    seconds = (perf_counter() - start) * theta.size / entries.size
    return float(np.max(np.abs(differences - gradient[entries])) / np.max(np.abs(differences))), seconds


def _central_difference(objective: Objective, theta: np.ndarray, i: int) -> float:
    h = 1e-5 * max(1.0, abs(theta[i]))
    step = np.zeros_like(theta)
    step[i] = h
    return (objective(theta + step) - objective(theta - step)) / (2.0 * h)


def gradient_report(objective: Objective, value_and_grad: ValueAndGrad, theta: np.ndarray, tolerance: float) -> None:
    """Check the gradient (an error if it is off by more than `tolerance`) and print what one gradient costs."""
    value, gradient = value_and_grad(theta)
    error, difference_seconds = check_gradient(objective, gradient, theta)
    objective_seconds = _best_of(lambda: objective(theta))
    gradient_seconds = _best_of(lambda: value_and_grad(theta))
    table = Table(title=f"One gradient by {theta.size} parameters", title_justify="left")
    for heading in ("", "time", "in objectives"):
        table.add_column(heading, justify="left" if not heading else "right")
    rows = (("objective", objective_seconds), ("value and gradient, Wengert", gradient_seconds),
            ("central differences (from a sample)", difference_seconds))
    for name, seconds in rows:
        table.add_row(name, f"{1e3 * seconds:.3f} ms", f"{seconds / objective_seconds:.1f}")
    console.print(table)
    console.print(f"gradient against central differences: {error:.1e} (tolerance {tolerance:.0e})")
    if not (error <= tolerance and np.isfinite(value)):
        raise SystemExit("the gradient does not agree with differences")


def _best_of(call: Callable[[], object], seconds: float = 0.3) -> float:
    """The fastest of the calls that fit into `seconds`."""
    best, end = float("inf"), perf_counter() + seconds
    while perf_counter() < end:
        start = perf_counter()
        call()
        best = min(best, perf_counter() - start)
    return best
