"""The functions whose derivatives are written out in golden/: one for each construct of the language.

Line numbers of this file stand in the golden files, so a change here changes them too.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

WEIGHTS = np.array([0.25, 0.5, 0.25])
STIFFNESS = 1.5


def straight_line(x, y):
    r = math.sqrt(x * x + y * y)
    angle = math.atan2(y, x)
    return r * math.exp(-angle) + x**3 / y


def relax(u, k, steps):
    """Nested loops that overwrite what they read."""
    energy = 0.0
    for t in range(steps):
        for i in range(1, u.size - 1):
            flux = k * (u[i + 1] - u[i])
            u[i] += flux * u[i]
        energy += u[1] * u[1]
    return energy


def newton(a, b):
    """The root of x**3 + b*x = a; how many rounds it takes depends on the data."""
    x = a
    step = 1.0
    while abs(step) > 1e-13:
        step = (x**3 + b * x - a) / (3.0 * x * x + b)
        x -= step
    return x


def huber(residuals, delta):
    total = 0.0
    for i in range(residuals.shape[0]):
        size = abs(residuals[i])
        if size <= delta:
            total += 0.5 * size * size
        elif size <= 3.0 * delta:
            total += delta * (size - 0.5 * delta)
        else:
            total += delta * delta * math.log(size / delta) + (2.5 - math.log(3.0)) * delta * delta
    return total


def log_sum_exp(x):
    largest = x[0]
    for i in range(1, x.shape[0]):
        largest = max(largest, x[i])
    total = 0.0
    for i in range(x.shape[0]):
        total += np.exp(x[i] - largest)
    return largest + np.log(total)


def rotate(out, angle, p):
    """A helper that writes into its argument."""
    c = np.cos(angle)
    s = np.sin(angle)
    out[0] = c * p[0] - s * p[1]
    out[1] = s * p[0] + c * p[1]


def reprojection(angles, points, seen):
    total = 0.0
    moved = np.empty(2)
    for j in range(angles.shape[0]):
        for i in range(points.shape[0]):
            rotate(moved, angles[j], points[i])
            gap = moved[0] / (2.0 + moved[1]) - seen[j, i]
            total += gap * gap
    return total


def diffuse(u, rate, steps):
    """Two buffers that change places."""
    old = u.copy()
    new = np.empty_like(u)
    for t in range(steps):
        new[0] = old[0]
        new[-1] = old[-1]
        for i in range(1, u.shape[0] - 1):
            new[i] = old[i] + rate * old[i] * (old[i - 1] - 2.0 * old[i] + old[i + 1])
        old, new = new, old
    return old


def tridiagonal(a):
    """Written through views of the argument."""
    below = a[:-1]
    above = a[1:]
    for i in range(above.shape[0]):
        above[i] = above[i] * below[i]
    row = a.reshape(2, -1)[1]
    row[0] = row[0] * 2.0
    return a


def standardise(x, scale):
    """Array expressions with broadcasting: (n, m), (m,) and (n, 1)."""
    mean = x.sum(axis=0) / x.shape[0]
    centred = (x - mean) * scale
    return np.sum(np.tanh(centred) / (1.0 + centred * centred))


def network(x, first, second):
    hidden = np.tanh(first @ x)
    return second @ hidden


def single(x, k):
    """float32 stays float32 in what the derivative adds."""
    total = np.float32(0.0)
    for i in range(x.shape[0]):
        total += k * x[i] * np.sin(x[i])
    return total


def smoother(power: float) -> Callable[..., float]:
    """A closure over a number, beside a global number and a global array."""

    def smooth(x):
        total = 0.0
        for i in range(1, x.shape[0] - 1):
            mean = WEIGHTS[0] * x[i - 1] + WEIGHTS[1] * x[i] + WEIGHTS[2] * x[i + 1]
            total += STIFFNESS * (x[i] - mean) ** power
        return total

    return smooth
