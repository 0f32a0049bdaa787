"""Tuples and namedtuples as arguments, locals and results; keyword, default and star parameters; None."""

import math

import numpy as np
from numba import njit

from tests.programs.corpus import program


@njit
def located(axis, x):
    low, step, count = axis
    position = (x - low) / step
    cell = min(max(int(math.floor(position)), 0), count - 2)
    return cell, position - cell


@program(args=lambda rng: (rng.normal(size=(4, 3)), ((0.0, 0.5, 4), (-1.0, 1.0, 3)), rng.uniform(0.0, 1.0, (3, 2))))
def interpolated_on_a_grid(values, grid, points):
    """After interpolation.py's mlinterp: a tuple of axes, each a tuple of numbers, and bilinear values in between."""
    total = 0.0
    first, second = grid
    for k in range(points.shape[0]):
        i, u = located(first, points[k, 0])
        j, v = located(second, points[k, 1])
        low = (1.0 - v) * values[i, j] + v * values[i, j + 1]
        high = (1.0 - v) * values[i + 1, j] + v * values[i + 1, j + 1]
        at = (1.0 - u) * low + u * high
        total += at * at
    return total


@njit
def leap(state, pull, h):
    q, p = state
    p = p - 0.5 * h * pull * np.sin(q)
    q = q + h * p
    return q, p - 0.5 * h * pull * np.sin(q)


@program(
    args=lambda rng: (rng.normal(size=3), rng.normal(size=3), 1.2, 4),
    known_failure="leapfrog with a tuple-returning step",
)
def leapfrog_of_tuples(q, p, pull, steps):
    """The state is one tuple of arrays, which a step takes and returns; two of the states are kept and compared."""
    state = (q, p)
    kept = state
    drift = 0.0
    for t in range(steps):
        state = leap(state, pull, 0.2)
        if t == 1:
            kept = state
        drift += np.dot(state[0], kept[1])
    q, p = state
    energy = 0.5 * np.dot(p, p) - pull * np.sum(np.cos(q))
    return energy + 0.1 * drift


@njit
def euclid_with_slope(x, y):
    d = math.sqrt(np.sum((x - y) ** 2))
    return d, (x - y) / (1e-6 + d)


@njit
def cosine_with_slope(x, y):
    s = np.dot(x, y)
    nx = np.dot(x, x)
    ny = np.dot(y, y)
    root = math.sqrt(nx * ny)
    return 1.0 - s / root, -(y - x * s / nx) / root


@program(args=lambda rng: (rng.normal(size=(4, 3)), 0.3, 1))
def steps_along_slopes(points, rate, metric):
    """After umap-learn's distances with gradients: helpers return a number and an array, points move along them."""
    total = 0.0
    for i in range(points.shape[0]):
        for j in range(i):
            if metric == 0:
                d, slope = euclid_with_slope(points[i], points[j])
            else:
                d, slope = cosine_with_slope(points[i], points[j])
            if d > 1.7:
                continue
            points[i] -= rate * d * slope
            total += d * d
    return total + np.sum(points * points)


@program(args=lambda rng: (rng.normal(size=4), 1.3), outputs="array")
def defaults_and_a_nested_result(x, gain, decay=0.8):
    """A parameter left at its default, calls by keyword, and a nested tuple of numbers and arrays as the result."""
    level = 0.0
    out = np.zeros_like(x)
    for i in range(x.size):
        level = level * decay + gain * x[i]
        out[i] = level * level
    lowest = blended(out[0], by=decay, to=level)
    shifted = out[1:] * lowest
    return (level, out), shifted


@njit
def blended(value, to=1.0, by=0.5):
    return value * (1.0 - by) + to * by
