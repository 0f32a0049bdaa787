"""Fit a Gaussian mixture to ADBench's data with the gradient of the objective in benchmarks/gmm.py.

    python examples/mixture.py [--data FILE] [--iterations N] [--output mixture.png]
"""
from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from numba import njit
from report import Fit, console, first_call, fit, gradient_report

import wengert as wg

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
NEGLIGIBLE = 0.001
sys.path.insert(0, str(BENCHMARKS))
from gmm import gmm_objective, load, log_wishart_prior, preprocess_qs


def negative_log_posterior(theta, x, gamma, m, k):
    """What is minimised, over one flat vector.  ADBench adds the negative of the log prior where a posterior adds the
    log prior (the fit would have no maximum), so it is taken off twice here."""
    d = x.shape[1]
    alphas = theta[:k]
    means = theta[k:k + k * d].reshape((k, d))
    icf = theta[k + k * d:].reshape((k, d * (d + 1) // 2))
    qdiags = np.empty((k, d))
    sum_qs = np.empty(k)
    preprocess_qs(icf, sum_qs, qdiags)
    negative_log_prior = log_wishart_prior(d, k, gamma, m, sum_qs, qdiags, icf)
    return 2.0 * negative_log_prior - gmm_objective(alphas, means, icf, x, gamma, m)


@dataclass(frozen=True)
class Mixture:
    """The components of a parameter vector: weights (k,), means (k, d), covariances (k, d, d)."""

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray


def unpack(theta: np.ndarray, k: int, d: int) -> Mixture:
    """The components that have weight.  (One that has lost it sees no data: its covariance is arbitrary.)  Q is lower
    triangular: exp of d numbers on its diagonal, then its columns.  The covariance is (QᵀQ)⁻¹."""
    weights = np.exp(theta[:k] - theta[:k].max())
    weights /= weights.sum()
    kept = weights > NEGLIGIBLE
    icf = theta[k + k * d:].reshape(k, -1)[kept]
    columns, rows = np.triu_indices(d, 1)
    factor = np.zeros((len(icf), d, d))
    factor[:, np.arange(d), np.arange(d)] = np.exp(icf[:, :d])
    factor[:, rows, columns] = icf[:, d:]
    covariances = np.linalg.inv(np.swapaxes(factor, 1, 2) @ factor)
    return Mixture(weights[kept], theta[k:k + k * d].reshape(k, d)[kept], covariances)


def density(mixture: Mixture, points: np.ndarray) -> np.ndarray:
    """The mixture's density at points (..., 2)."""
    total = np.zeros(points.shape[:-1])
    for weight, mean, covariance in zip(mixture.weights, mixture.means, mixture.covariances, strict=True):
        z = points - mean
        distance = np.einsum("...i,ij,...j->...", z, np.linalg.inv(covariance), z)
        total += weight * np.exp(-0.5 * distance) / np.sqrt(np.linalg.det(2.0 * np.pi * covariance))
    return total


def project(mixture: Mixture, axes: np.ndarray) -> Mixture:
    """The same mixture seen along the two columns of `axes`."""
    return Mixture(mixture.weights, mixture.means @ axes, axes.T @ mixture.covariances @ axes)


def draw_mixture(ax: Axes, x: np.ndarray, mixture: Mixture, title: str) -> None:
    """Data points, the density as filled contours, and every component's ellipse of one standard deviation."""
    limit = 1.08 * np.abs(x).max()
    grid = np.stack(np.meshgrid(*2 * [np.linspace(-limit, limit, 200)]), axis=-1)
    ax.contourf(grid[..., 0], grid[..., 1], np.sqrt(density(mixture, grid)), levels=14, cmap="Blues", alpha=0.75)
    ax.scatter(x[:, 0], x[:, 1], s=4, color="0.25", linewidths=0, alpha=0.6)
    colours = plt.get_cmap("tab10")
    for i, (weight, mean, covariance) in enumerate(
            zip(mixture.weights, mixture.means, mixture.covariances, strict=True)):
        variances, directions = np.linalg.eigh(covariance)
        angle = np.degrees(np.arctan2(directions[1, 1], directions[0, 1]))
        width, height = 2.0 * np.sqrt(variances[::-1])
        style = {"fill": False, "edgecolor": colours(i % 10), "linewidth": 0.8 + 8.0 * weight}
        ax.add_patch(Ellipse((mean[0], mean[1]), width, height, angle=angle, **style))
        ax.plot(*mean, marker="+", color=colours(i % 10), markersize=7, markeredgewidth=1.5)
    ax.set(title=title, xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")


def draw(path: Path, x: np.ndarray, k: int, start: np.ndarray, result: Fit) -> None:
    d = x.shape[1]
    before, after = unpack(start, k, d), unpack(result.theta, k, d)
    axes = np.eye(2) if d == 2 else np.linalg.eigh(np.cov(x.T))[1][:, :-3:-1]
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(15, 5), layout="constrained")
    fitted = f"Fitted: {len(after.weights)} of {k} components still have weight"
    for ax, mixture, title in ((left, before, "Start"), (middle, after, fitted)):
        draw_mixture(ax, x @ axes, project(mixture, axes), title)
        names = ("x₁", "x₂") if d == 2 else ("first principal axis", "second principal axis")
        ax.set(xlabel=names[0], ylabel=names[1])
    history = np.array(result.history)
    right.plot(history, color="tab:blue")
    right.set(title="Negative log posterior", xlabel="iteration", box_aspect=1)
    right.set_xscale("symlog", linthresh=10, subs=range(2, 10))
    right.grid(alpha=0.3)
    figure.suptitle(f"Gaussian mixture: {len(x)} points in {d} dimensions, {k} components "
                    "(line width: the component's weight)")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=BENCHMARKS / "data" / "gmm_d2_K10.txt", help="an ADBench GMM file")
    parser.add_argument("--iterations", type=int, default=500, help="at most this many steps of L-BFGS-B")
    parser.add_argument("--output", type=Path, default=Path("mixture.png"), help="where the plot goes")
    options = parser.parse_args()

    alphas, means, icf, x, gamma, m = load(options.data)
    k, d = means.shape
    start = np.concatenate([alphas, means.ravel(), icf.ravel()])
    data = (x, gamma, m, k)
    compiled = njit(negative_log_posterior)
    gradient = wg.value_and_grad(negative_log_posterior)

    def objective(theta: np.ndarray) -> float:
        return compiled(theta, *data)

    def value_and_grad(theta: np.ndarray) -> tuple[float, np.ndarray]:
        return gradient(theta, *data)

    console.rule(f"Gaussian mixture: {len(x)} points, d = {d}, K = {k}")
    first_call("objective", objective, start)
    first_call("gradient", value_and_grad, start)
    gradient_report(objective, value_and_grad, start, tolerance=1e-6)
    result = fit(value_and_grad, start, options.iterations)
    console.print(f"negative log posterior before: {result.history[0]:.6f}")
    console.print(f"negative log posterior after:  {objective(result.theta):.6f}")
    draw(options.output, x, k, start, result)
    console.print(f"plot: {options.output}")


if __name__ == "__main__":
    main()
