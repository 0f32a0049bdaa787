"""Bundle adjustment: recover eight cameras and 200 points from noisy images, with the objective of benchmarks/ba.py.

    python examples/bundle.py [--iterations N] [--noise PIXELS] [--seed S] [--output bundle.png]

The scene is generated.  The first camera looks straight ahead: its rotation vector is exactly zero, where the
objective takes a branch of its own."""
from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from numba import njit
from report import Fit, console, first_call, fit, gradient_report
from scipy.spatial.transform import Rotation

import wengert as wg

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
from ba import NCAM, ba_objective, project

CAMERAS, POINTS, DISTANCE = 8, 200, 6.0
# A typical change of each camera number (rotation 3, position 3, focal length, principal point 2, distortion 2) and of
# a point: the start is wrong by this much, and the optimiser sees everything in these units.
CAMERA_SCALE = np.array([0.03] * 3 + [0.15] * 3 + [20.0] + [8.0] * 2 + [0.02] * 2)
POINT_SCALE = 0.15


def bundle_loss(cams, X, w, obs, feats):
    """The sum of squares of the errors that `ba_objective` writes into its last two arguments."""
    reproj_err = np.empty((w.shape[0], 2))
    w_err = np.empty(w.shape[0])
    ba_objective(cams, X, w, obs, feats, reproj_err, w_err)
    return np.sum(reproj_err * reproj_err) + np.sum(w_err * w_err)


@dataclass(frozen=True)
class Scene:
    """Cameras (8, 11) and points (200, 3) as ba.py takes them."""

    cams: np.ndarray
    X: np.ndarray

    def flat(self) -> np.ndarray:
        return np.concatenate([(self.cams / CAMERA_SCALE).ravel(), self.X.ravel() / POINT_SCALE])

    @staticmethod
    def from_flat(theta: np.ndarray) -> Scene:
        cams = theta[:CAMERAS * NCAM].reshape(CAMERAS, NCAM) * CAMERA_SCALE
        return Scene(cams, theta[CAMERAS * NCAM:].reshape(POINTS, 3) * POINT_SCALE)


def true_scene(rng: np.random.Generator) -> Scene:
    """Points on a knotted tube around the origin; cameras on an arc around it, all of which look at the origin."""
    t = np.sort(rng.uniform(0.0, 2.0 * np.pi, POINTS))
    radius = 1.2 + 0.5 * np.cos(3.0 * t)
    curve = np.stack([radius * np.cos(2.0 * t), radius * np.sin(2.0 * t), 0.8 * np.sin(3.0 * t)], axis=1)
    X = curve + rng.normal(0.0, 0.06, (POINTS, 3))

    turns = np.concatenate([[0.0], np.linspace(-1.1, 1.1, CAMERAS - 1)])
    tilts = np.concatenate([[0.0], 0.35 * np.cos(2.5 * np.arange(CAMERAS - 1))])
    cams = np.zeros((CAMERAS, NCAM))
    for cam, turn, tilt in zip(cams, turns, tilts, strict=True):
        rotation = Rotation.from_euler("yx", [turn, tilt])
        cam[0:3] = rotation.as_rotvec()
        cam[3:6] = rotation.inv().apply([0.0, 0.0, -DISTANCE])
        cam[6] = 800.0 + rng.uniform(-30.0, 30.0)
        cam[7:9] = np.array([320.0, 240.0]) + rng.uniform(-5.0, 5.0, 2)
        cam[9:11] = [-0.05, 0.01]
    return Scene(cams, X)


def photograph(scene: Scene, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Every camera sees every point: (camera, point) of each observation, and where it was seen, with noise."""
    obs = np.stack(np.divmod(np.arange(CAMERAS * POINTS), POINTS), axis=1)
    feats = np.empty((len(obs), 2))
    for feat, (camera, point) in zip(feats, obs, strict=True):
        project(scene.cams[camera], scene.X[point], feat)
    return obs, feats + rng.normal(0.0, noise, feats.shape)


def perturb(scene: Scene, rng: np.random.Generator) -> Scene:
    """A wrong start.  Where a rotation is exactly zero it stays so: the gradient there is part of the example."""
    cams = scene.cams + CAMERA_SCALE * rng.normal(size=scene.cams.shape)
    straight = ~scene.cams[:, 0:3].any(axis=1)
    cams[straight, 0:3] = 0.0
    return Scene(cams, scene.X + POINT_SCALE * rng.normal(size=scene.X.shape))


def align(scene: Scene, truth: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Points and camera positions after the similarity that brings the points closest to the truth (Umeyama 1991):
    images tell neither where the scene stands, nor how it is turned, nor how large it is."""
    centre, true_centre = scene.X.mean(axis=0), truth.X.mean(axis=0)
    rotation, _ = Rotation.align_vectors(truth.X - true_centre, scene.X - centre)
    turned = rotation.apply(scene.X - centre)
    scale = np.sum(turned * (truth.X - true_centre)) / np.sum(turned * turned)
    return scale * turned + true_centre, scale * rotation.apply(scene.cams[:, 3:6] - centre) + true_centre


def rms(differences: np.ndarray) -> float:
    """Root of the mean squared length of the rows."""
    return float(np.sqrt(np.mean(np.sum(differences * differences, axis=1))))


def draw_scene(ax: Axes, scene: Scene, truth: Scene, title: str) -> None:
    """Seen from above: the true scene in grey, the aligned estimate in colour, a red line from a point to its truth."""
    points, positions = align(scene, truth)
    ax.plot(*np.stack([truth.X, points])[:, :, [0, 2]].transpose(2, 0, 1), color="tab:red", linewidth=0.8, alpha=0.7)
    ax.scatter(*truth.X[:, [0, 2]].T, s=22, color="0.75", label="true points")
    ax.scatter(*points[:, [0, 2]].T, s=6, color="tab:blue", label="estimated points", zorder=3)
    ax.scatter(*truth.cams[:, [3, 5]].T, s=150, marker="s", color="0.75", label="true cameras")
    ax.scatter(*positions[:, [0, 2]].T, s=30, marker="s", color="tab:orange", label="estimated cameras", zorder=3)
    ax.plot(*np.stack([positions, np.zeros_like(positions)])[:, :, [0, 2]].transpose(2, 0, 1), color="tab:orange",
            linewidth=0.5, alpha=0.5, linestyle=":")
    error = rms(points - truth.X), rms(positions - truth.cams[:, 3:6])
    ax.set(title=f"{title}: points {error[0]:.4f}, cameras {error[1]:.4f} from the truth", xlabel="x", ylabel="z",
           aspect="equal")
    ax.grid(alpha=0.3)


def draw(path: Path, start: Scene, found: Scene, truth: Scene, result: Fit) -> None:
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(16, 5.4), layout="constrained")
    draw_scene(left, start, truth, "Start")
    draw_scene(middle, found, truth, "Recovered")
    left.set(xlim=middle.get_xlim(), ylim=middle.get_ylim())
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower left", ncol=4)
    right.loglog(1 + np.arange(len(result.history)), np.sqrt(np.array(result.history) / (CAMERAS * POINTS)))
    right.set(title="Reprojection error", xlabel="iteration", ylabel="RMS in pixels", box_aspect=0.85)
    right.grid(alpha=0.3, which="both")
    figure.suptitle(f"Bundle adjustment, seen from above: {CAMERAS} cameras, {POINTS} points, "
                    f"{CAMERAS * POINTS} observations")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--iterations", type=int, default=1000, help="at most this many steps of L-BFGS-B")
    parser.add_argument("--noise", type=float, default=0.5, help="standard deviation of an observation, in pixels")
    parser.add_argument("--seed", type=int, default=1, help="of the scene, its noise and the start")
    parser.add_argument("--output", type=Path, default=Path("bundle.png"), help="where the plot goes")
    options = parser.parse_args()

    rng = np.random.default_rng(options.seed)
    truth = true_scene(rng)
    obs, feats = photograph(truth, options.noise, rng)
    start = perturb(truth, rng)
    seen = (np.ones(len(obs)), obs, feats)
    compiled = njit(bundle_loss)
    gradient = wg.value_and_grad(bundle_loss, argnums=("cams", "X"))

    def objective(theta: np.ndarray) -> float:
        scene = Scene.from_flat(theta)
        return compiled(scene.cams, scene.X, *seen)

    def value_and_grad(theta: np.ndarray) -> tuple[float, np.ndarray]:
        scene = Scene.from_flat(theta)
        value, (cams_bar, X_bar) = gradient(scene.cams, scene.X, *seen)
        return value, np.concatenate([(cams_bar * CAMERA_SCALE).ravel(), X_bar.ravel() * POINT_SCALE])

    def describe(when: str, scene: Scene) -> None:
        error = np.sqrt(objective(scene.flat()) / len(obs))
        points, positions = align(scene, truth)
        console.print(f"{when}: reprojection error {error:.4f} pixels RMS; points {rms(points - truth.X):.4f} and "
                      f"cameras {rms(positions - truth.cams[:, 3:6]):.4f} from the truth", soft_wrap=True)

    console.rule(f"Bundle adjustment: {CAMERAS} cameras, {POINTS} points, {len(obs)} observations")
    first_call("objective", objective, start.flat())
    first_call("gradient", value_and_grad, start.flat())
    gradient_report(objective, value_and_grad, start.flat(), tolerance=1e-6)
    describe("truth ", truth)
    describe("before", start)
    result = fit(value_and_grad, start.flat(), options.iterations)
    found = Scene.from_flat(result.theta)
    describe("after ", found)
    draw(options.output, start, found, truth, result)
    console.print(f"plot: {options.output}")


if __name__ == "__main__":
    main()
