"""Lists of floats and comprehensions as Numba has them: appended, indexed, popped, summed, nested."""

import math

import numpy as np
from numba import njit

from tests.programs.corpus import program


@program(args=lambda rng: (np.array([0.0, 1.2, 0.0, 0.0, 2.1, 0.7, 0.0, 1.6]) * rng.uniform(0.8, 1.2), 0.3))
def croston_forecast(demand, alpha):
    """After statsforecast's croston: sizes and gaps of what was sold go to lists, each is smoothed on its own."""
    sizes = [demand[1]]
    gaps = [2.0]
    quiet = 1.0
    for i in range(2, demand.size):
        if demand[i] < 0.05:
            quiet += 1.0
            continue
        sizes.append(demand[i])
        gaps.append(quiet)
        quiet = 1.0
    size = sizes[0]
    gap = gaps[0]
    for k in range(1, len(sizes)):
        size = alpha * sizes[k] + (1.0 - alpha) * size
        gap = alpha * gaps[k] + (1.0 - alpha) * gap
    return size / gap + sum(sizes) * alpha


@program(args=lambda rng: (np.array([[0, 0], [2, 0.2], [2.2, 1.8], [0.1, 2]]) + rng.uniform(-0.1, 0.1, (4, 2)), 0.4, 1.1))
def clipped_polygon_area(polygon, slope, offset):
    """After numba_celltree's polygon clipping: corners on the inner side of a line, and cuts, go to two lists."""
    xs = [0.0 for _ in range(0)]
    ys = [0.0 for _ in range(0)]
    n = polygon.shape[0]
    for i in range(n):
        ax, ay = polygon[i - 1, 0], polygon[i - 1, 1]
        bx, by = polygon[i, 0], polygon[i, 1]
        side_a = offset + slope * ax - ay
        side_b = offset + slope * bx - by
        if (side_a > 0.0) != (side_b > 0.0):
            t = side_a / (side_a - side_b)
            xs.append(ax + t * (bx - ax))
            ys.append(ay + t * (by - ay))
        if side_b > 0.0:
            xs.append(bx)
            ys.append(by)
    if len(xs) < 3:
        return 0.0
    area = 0.0
    for i in range(len(xs)):
        area += xs[i - 1] * ys[i] - xs[i] * ys[i - 1]
    return 0.5 * area


def bump(x, a):
    return math.exp(-a * x * x) + 0.1 * a * x


@program(args=lambda rng: (1.3, 2.2, 2e-2), argnums=(0, 1))
def quadrature_with_a_stack(a, end, tolerance):
    """Adaptive Simpson's rule with a list as its stack: intervals are popped, and halved while they are too coarse."""
    lows = [0.0]
    highs = [end]
    total = 0.0
    while len(lows) > 0:
        low = lows.pop()
        high = highs.pop()
        middle = 0.5 * (low + high)
        whole = (high - low) / 6.0 * (bump(low, a) + 4.0 * bump(middle, a) + bump(high, a))
        trapezium = 0.5 * (high - low) * (bump(low, a) + bump(high, a))
        if abs(whole - trapezium) < tolerance:
            total += whole
            continue
        lows.append(low)
        highs.append(middle)
        lows.append(middle)
        highs.append(high)
    return total * total


@program(args=lambda rng: (np.array([0.2, 1.1, 0.4, 0.3, 1.7, 0.6, 0.9, 1.4, 0.1]) * rng.uniform(0.9, 1.1, 9), 0.5))
def spacing_of_peaks(x, delta):
    """After librosa's peak_pick: local maxima above a running mean are kept in lists, then compared pair by pair."""
    heights = []
    places = []
    for n in range(1, x.size - 1):
        if not x[n - 1] < x[n] > x[n + 1]:
            continue
        mean = 0.0
        count = 0
        for m in range(max(0, n - 2), min(x.size, n + 3)):
            mean += x[m]
            count += 1
        if x[n] > mean / count + delta * 0.2:
            shift = 0.5 * (x[n - 1] - x[n + 1]) / (x[n - 1] - 2.0 * x[n] + x[n + 1])
            heights.append(x[n])
            places.append(n + shift)
    total = 0.0
    for i in range(1, len(places)):
        total += (places[i] - places[i - 1]) * heights[i] * heights[i - 1]
    return total + delta * sum(heights)


@program(args=lambda rng: (np.array([0.1, 0.5, 1.0, 1.7]), rng.normal(size=4), 0.8))
def newton_polynomial(nodes, values, at):
    """Divided differences written over a list from its end, then Horner's scheme backwards through it."""
    c = [v for v in values]
    n = len(c)
    for j in range(1, n):
        for i in range(n - 1, j - 1, -1):
            c[i] = (c[i] - c[i - 1]) / (nodes[i] - nodes[i - j])
    p = c[-1]
    slope = 0.0
    for i in range(n - 2, -1, -1):
        slope = slope * (at - nodes[i]) + p
        p = p * (at - nodes[i]) + c[i]
    return p * slope + c[1]


@program(args=lambda rng: (np.sort(rng.uniform(0.0, 4.0, 8)), rng.normal(size=8)), seed=1)
def upper_hull_length(x, y):
    """The upper convex hull by a monotone chain: points leave the end of two lists while they make no right turn."""
    hx = [x[0]]
    hy = [y[0]]
    for i in range(1, x.size):
        while len(hx) > 1:
            cross = (hx[-1] - hx[-2]) * (y[i] - hy[-2]) - (hy[-1] - hy[-2]) * (x[i] - hx[-2])
            if cross < 0.0:
                break
            hx.pop()
            hy.pop()
        hx.append(x[i])
        hy.append(y[i])
    total = 0.0
    for i in range(len(hx) - 1):
        total += math.hypot(hx[i + 1] - hx[i], hy[i + 1] - hy[i])
    return total


@program(args=lambda rng: (1.4, 0.6, 2.0), argnums=(0, 1))
def accepted_steps(y, k, end):
    """After numbakit-ode's adaptive steppers: Heun's method with step control, what it accepts grows in lists."""
    times = [0.0]
    states = [y]
    h = 0.4
    while times[-1] < end:
        t = times[-1]
        y = states[-1]
        first = -k * y * y + math.sin(t)
        second = -k * (y + h * first) ** 2 + math.sin(t + h)
        error = 0.5 * h * abs(second - first)
        if error > 0.06:
            h *= 0.5
            continue
        times.append(t + h)
        states.append(y + 0.5 * h * (first + second))
        if error < 0.01:
            h *= 1.5
    area = 0.0
    for i in range(1, len(states)):
        area += 0.5 * (times[i] - times[i - 1]) * (states[i] + states[i - 1])
    return area + states[-1] ** 2


@program(args=lambda rng: (rng.uniform(0.0, 2.0, 7),))
def running_medians(x):
    """Values are inserted into a sorted list one by one; a running median and the spread are read from it."""
    ordered = [x[0]]
    total = 0.0
    for i in range(1, x.size):
        place = 0
        while place < len(ordered) and ordered[place] < x[i]:
            place += 1
        ordered.insert(place, x[i])
        half = len(ordered) // 2
        if len(ordered) % 2 == 1:
            total += ordered[half] ** 2
        else:
            total += ordered[half] * ordered[half - 1]
    return total * (ordered[-1] - ordered[0])


@njit
def horner_twice(coefficients, x):
    value = 0.0
    slope = 0.0
    curve = 0.0
    for c in coefficients:
        curve = curve * x + slope
        slope = slope * x + value
        value = value * x + c
    return value, slope, 2.0 * curve


@program(args=lambda rng: (0.7, 1.4, -0.6))
def cubic_state(a, b, x):
    """After fluids' horner_and_der2: value and two derivatives of a polynomial whose coefficients make a list."""
    coefficients = [a, -b, a * b]
    coefficients.append(1.0)
    start = x
    for _ in range(3):
        value, slope, curve = horner_twice(coefficients, x)
        x -= value / slope * (1.0 + 0.5 * value * curve / (slope * slope))
        coefficients[1] += 0.1 * x
    return x * x + start * coefficients[1]


@program(args=lambda rng: (rng.uniform(0.1, 1.0, 4), 3), outputs="array")
def list_of_zeros_filled(x, repeats):
    """A list made by repetition is written at every place and joined with another; an array comes back."""
    kept = [0.0] * repeats
    for i in range(repeats):
        kept[i] = x[i] * x[i + 1]
    kept[0] += kept[-1]
    both = kept + [x[0], math.exp(x[3])]
    both.extend(kept)
    out = np.zeros(len(both))
    for i, v in enumerate(both):
        out[i] = v * v
    out[1:] += out[0]
    return out
