"""Exits that data decide: `break`, `continue`, `else` of loops and returns from the middle, also in helpers."""

import math

import numpy as np
from numba import njit

from tests.programs.corpus import program


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 3), 1.0), known_failure="Newton with break")
def cubic_root_newton(c, start):
    """After quantecon's newton: Newton's method that breaks once a step is small; the root feeds a product."""
    x = start
    steps = 0
    for _ in range(40):
        value = c[0] * x**3 + c[1] * x - 4.0 * c[2]
        slope = 3.0 * c[0] * x * x + c[1]
        step = value / slope
        x -= step
        steps += 1
        if abs(step) < 1e-12:
            break
    return x * x * c[0] + math.sin(x) * c[2]


@njit
def kepler_residual(anomaly, ecc, mean):
    return anomaly - ecc * math.sin(anomaly) - mean


@program(args=lambda rng: (0.4, 1.1, 0.9, 1.6), argnums=(0, 1))
def kepler_by_secant(ecc, mean, first, second):
    """After quantecon's newton_secant: `while True` that only returns leave, one for a flat chord, one for success."""
    p0 = first
    p1 = second
    q0 = kepler_residual(p0, ecc, mean)
    q1 = kepler_residual(p1, ecc, mean)
    while True:
        if q1 == q0:
            return 0.5 * (p0 + p1) * ecc
        p = p1 - q1 * (p1 - p0) / (q1 - q0)
        if abs(p - p1) < 1e-11:
            return p * p + ecc * mean
        p0, q0 = p1, q1
        p1 = p
        q1 = kepler_residual(p1, ecc, mean)


@program(args=lambda rng: (rng.uniform(3.5, 4.5, 4), 0.2), compiled=True)
def halley_or_fall_back(targets, offset):
    """After quantecon's newton_halley: one root after the other; where the loop runs out its `else` settles for less."""
    total = 0.0
    for i in range(targets.size):
        x = 2.5 + offset
        for _ in range(1 + 2 * i):
            f = math.exp(x) - x * targets[i] - offset
            df = math.exp(x) - targets[i]
            d2f = math.exp(x)
            step = f / df
            step = step / (1.0 - 0.5 * step * d2f / df)
            x -= step
            if abs(step) < 1e-5:
                total += x * targets[i]
                break
        else:
            total -= 0.1 * x * x
    return total


@program(
    args=lambda rng: (
        np.array([1.6, 1.2, 1.9]),
        np.sort(rng.uniform(0.6, 1.5, 5))[::-1].copy(),
        rng.uniform(0.1, 0.5, 5),
        np.array([0.45, 2.0, 0.8]),
    ),
    seed=2,
)
def packets_through_lines(nu, lines, depths, limits):
    """After TARDIS' trace_packet: lines are passed until enough depth is gathered (`break`) or none is left (`else`)."""
    energy = 0.0
    for p in range(nu.size):
        trace = 0.0
        where = 0.0
        for i in range(lines.size):
            gap = (nu[p] - lines[i]) / nu[p]
            if gap < 0.0:
                continue
            if trace + 0.2 * gap + depths[i] > limits[p]:
                where = gap * (1.0 - 0.3 * gap)
                break
            trace += depths[i]
        else:
            where = 1.0 + trace * trace
        energy += where * nu[p] ** 2
    return energy


@program(args=lambda rng: (rng.uniform(0.0, 4.0, 9), rng.normal(size=9), 4), seed=2)
def smallest_kept_in_a_heap(distances, weights, size):
    """After pynndescent's checked_heap_push: the smallest so far in a heap, sifted down in `while True`."""
    keys = np.full(size, 1e3)
    values = np.zeros(size)
    for t in range(distances.size):
        key = distances[t]
        if key >= keys[0]:
            continue
        i = 0
        while True:
            left = 2 * i + 1
            right = left + 1
            if left >= size:
                break
            elif right >= size or keys[left] >= keys[right]:
                child = left
            else:
                child = right
            if key >= keys[child]:
                break
            keys[i] = keys[child]
            values[i] = values[child]
            i = child
        keys[i] = key
        values[i] = weights[t] * key
    total = 0.0
    for i in range(size):
        total += (i + 1) * keys[i] * values[i]
    return total


@program(args=lambda rng: (rng.normal(size=5), rng.normal(size=6), 2), seed=1)
def banded_warping(a, b, band):
    """After tslearn's njit_dtw: dynamic time warping in a band; cells outside of it are skipped."""
    n = a.size
    m = b.size
    table = np.full((n + 1, m + 1), 1e6)
    table[0, 0] = 0.0
    for i in range(n):
        for j in range(m):
            if abs(i - j) > band:
                continue
            cost = (a[i] - b[j]) ** 2
            table[i + 1, j + 1] = cost + min(table[i, j + 1], table[i + 1, j], table[i, j])
    return math.sqrt(table[n, m]) + 0.1 * a[0]


@program(args=lambda rng: (rng.normal(size=(6, 2)), rng.uniform(0.1, 0.4, 6)))
def spanning_tree_weight(points, core):
    """After fast_hdbscan's Prim: a minimal spanning tree under mutual reachability, visited points left out."""
    n = points.shape[0]
    inside = np.zeros(n, np.bool_)
    nearest = np.full(n, 1e3)
    current = 0
    weight = 0.0
    for _ in range(n - 1):
        inside[current] = True
        best = 1e3
        chosen = 0
        for j in range(n):
            if inside[j]:
                continue
            d = 0.0
            for k in range(points.shape[1]):
                d += (points[current, k] - points[j, k]) ** 2
            d = max(math.sqrt(d), core[current], core[j])
            if d < nearest[j]:
                nearest[j] = d
            if nearest[j] < best:
                best = nearest[j]
                chosen = j
        weight += best * best
        current = chosen
    return weight


@program(args=lambda rng: (rng.uniform(0.2, 1.0, 12), 1, 2), argnums=(0,), seed=1)
def centre_of_mass_refined(image, start, radius):
    """After trackpy's refinement: a window moves by whole pixels until its centre of mass lies in the middle."""
    centre = start + radius - 1
    offset = 0.0
    mass = 0.0
    for _ in range(6):
        mass = 0.0
        moment = 0.0
        for k in range(-radius, radius + 1):
            mass += image[centre + k] ** 2
            moment += k * image[centre + k] ** 2
        offset = moment / mass
        if abs(offset) < 0.25:
            break
        if offset > 0.0 and centre + radius + 1 < image.size:
            centre += 1
        elif offset < 0.0 and centre - radius - 1 >= 0:
            centre -= 1
        else:
            return (centre + offset) * 0.5
    return (centre + offset) * math.log(mass)


@program(args=lambda rng: (np.sort(rng.uniform(0.5, 3.0, (4, 5))), 1.9), argnums=(0,))
def smooth_neighbour_weights(distances, target):
    """After umap-learn's smooth_knn_dist: a width is bisected for each point, with doubling, until it is close."""
    total = 0.0
    for i in range(distances.shape[0]):
        low = 0.0
        high = 1e6
        width = 1.0
        rho = distances[i, 0]
        for _ in range(20):
            mass = 0.0
            for j in range(1, distances.shape[1]):
                mass += math.exp(-(distances[i, j] - rho) / width)
            if abs(mass - target) < 0.05:
                break
            if mass > target:
                high = width
                width = 0.5 * (low + high)
            elif high > 1e5:
                low = width
                width *= 2.0
            else:
                low = width
                width = 0.5 * (low + high)
        for j in range(distances.shape[1]):
            total += math.exp(-(distances[i, j] - rho) / width) * (j + rho)
    return total


def clip_parameter(denominator, numerator, enter, leave):
    if denominator == 0.0:
        return numerator <= 0.0, enter, leave
    t = numerator / denominator
    if denominator > 0.0:
        if t > leave:
            return False, enter, leave
        return True, max(enter, t), leave
    if t < enter:
        return False, enter, leave
    return True, enter, min(leave, t)


@program(args=lambda rng: (rng.uniform(-1.5, 2.5, (7, 4)), 0.1, 1.2), seed=9)
def lengths_in_a_window(segments, low, high):
    """After datashader's Liang-Barsky clipping: segments are cut at four edges by a helper that returns early."""
    total = 0.0
    for i in range(segments.shape[0]):
        enter, leave = 0.0, 1.0
        dx = segments[i, 2] - segments[i, 0]
        dy = segments[i, 3] - segments[i, 1]
        inside, enter, leave = clip_parameter(dx, low - segments[i, 0], enter, leave)
        if not inside:
            continue
        inside, enter, leave = clip_parameter(-dx, segments[i, 0] - high, enter, leave)
        if not inside:
            continue
        inside, enter, leave = clip_parameter(dy, low - segments[i, 1], enter, leave)
        if inside:
            inside, enter, leave = clip_parameter(-dy, segments[i, 1] - high, enter, leave)
        if not inside or leave <= enter:
            continue
        total += (leave - enter) * math.hypot(dx, dy)
    return total + 0.1 * low * high


@program(args=lambda rng: (rng.normal(size=22), np.array([0, 8, 12, 22])), argnums=(0,))
def ring_areas(values, offsets):
    """After spatialpandas' compute_area: closed rings in one flat array, rings that are too short are passed over."""
    area = 0.0
    for k in range(offsets.size - 1):
        start = offsets[k]
        stop = offsets[k + 1]
        count = (stop - start) // 2
        if count < 3:
            continue
        for i in range(count):
            a = start + 2 * i
            b = start + 2 * ((i + 1) % count)
            area += 0.5 * (values[a] * values[b + 1] - values[b] * values[a + 1])
    return area * area


@program(
    args=lambda rng: (
        np.array([[2.0, 1.0, 1.0, 0.0, 4.0], [1.0, 3.0, 0.0, 1.0, 5.0], [-3.0, -4.0, 0.0, 0.0, 0.0]])
        * rng.uniform(0.9, 1.1, (3, 5)),
    )
)
def simplex_value(tableau):
    """After quantecon's linprog_simplex: pivots in place until no cost is negative; the answer or a bound comes back."""
    last = tableau.shape[0] - 1
    width = tableau.shape[1]
    for _ in range(10):
        for j in range(width - 1):
            if tableau[last, j] < -1e-9:
                break
        else:
            return tableau[last, width - 1] ** 2
        row = -1
        least = 1e9
        for i in range(last):
            if tableau[i, j] <= 1e-9:
                continue
            ratio = tableau[i, width - 1] / tableau[i, j]
            if ratio < least:
                least = ratio
                row = i
        if row < 0:
            return least
        tableau[row] /= tableau[row, j]
        for i in range(last + 1):
            if i != row:
                tableau[i] -= tableau[i, j] * tableau[row]
    return tableau[last, width - 1]
