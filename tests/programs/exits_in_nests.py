"""Exits from the depth of nests: out of two loops at once, from helpers in loops, with scalars set before and after."""

import math

import numpy as np

from tests.programs.corpus import program


@program(args=lambda rng: (rng.uniform(0.4, 0.7, 2), 1.3))
def lambert_times(energy, scale):
    """After poliastro's hyp2f1b: a series in `while True` that returns when a term is too small to count, twice used."""
    total = 1.0
    for i in range(energy.size):
        value = 1.0
        term = 1.0
        k = 0
        while True:
            term = term * (3.0 + k) * (1.0 + k) / (2.5 + k) * energy[i] / (k + 1.0)
            old = value
            value += term
            k += 1
            if value - old < 1e-13 * value:
                break
        total *= value * scale - 0.5
        if total > 1e6:
            return total
    return math.log(total) * scale


def steering_rate(angle, rate, low, high):
    if angle <= low and rate <= 0.0:
        return 0.0
    elif angle >= high and rate >= 0.0:
        return 0.0
    if rate <= -0.7:
        return -0.7
    elif rate >= 0.7:
        return 0.7
    return rate


@program(args=lambda rng: (np.array([0.0, 0.0, 0.1, 1.2]), rng.uniform(-1.0, 1.0, 6), 0.33), seed=1)
def steered_until_the_wall(state, commands, wheelbase):
    """After f1tenth_gym's kinematic model: rates pass a helper of many returns; the drive ends at a wall."""
    heading = 0.0
    cost = 0.0
    for t in range(commands.size):
        rate = steering_rate(state[2], commands[t], -0.4, 0.4)
        state[0] += 0.2 * state[3] * math.cos(heading)
        state[1] += 0.2 * state[3] * math.sin(heading)
        state[2] += 0.2 * rate
        heading += 0.2 * state[3] / wheelbase * math.tan(state[2])
        cost += state[1] ** 2
        if state[0] > 0.9:
            return cost + state[0] * heading
        state[3] *= 1.0 - 0.1 * abs(rate)
    return cost - heading


@program(args=lambda rng: (np.array([0.0, 0.9, 2.1, 3.2, 4.5]), rng.normal(size=5), np.array([0.4, 2.6, 3.9, 7.0, -1.0])))
def interpolate_by_scan(depth, values, targets):
    """After xgcm's linear interpolation: a cell is looked for with `break`; targets outside take the nearest value."""
    out = np.zeros_like(targets)
    for i in range(targets.size):
        z = targets[i]
        if z <= depth[0]:
            out[i] = values[0]
            continue
        for k in range(1, depth.size):
            if depth[k - 1] < z <= depth[k]:
                w = (z - depth[k - 1]) / (depth[k] - depth[k - 1])
                out[i] = (1.0 - w) * values[k - 1] + w * values[k]
                break
        else:
            out[i] = values[-1] * 1.5
    return np.sum(out * out) + np.dot(out, targets)


@program(args=lambda rng: (rng.normal(size=3) + 1.0, 2.0, 0.9))
def descent_with_backtracking(x, curvature, shrink):
    """Gradient descent whose step is halved until the value falls enough; a `continue` of the outer loop skips it."""
    value = 0.0
    for _ in range(2):
        value = 0.5 * curvature * np.dot(x, x) + np.sum(np.cos(x))
        slope = curvature * x - np.sin(x)
        norm = np.dot(slope, slope)
        if norm < 1e-10:
            continue
        step = 1.1
        while step > 1e-3:
            trial = x - step * slope
            after = 0.5 * curvature * np.dot(trial, trial) + np.sum(np.cos(trial))
            if after < value - 0.3 * step * norm:
                x = trial
                break
            step *= shrink * 0.5
    return value + x[0] * x[1] * x[2]


@program(args=lambda rng: (np.sort(rng.uniform(0.0, 6.0, 8)), rng.uniform(0.5, 1.0, 8), 1.3), argnums=(0, 1))
def spike_correlogram(times, amplitudes, window):
    """After spikeinterface's correlograms: pairs within a window, a start that moves on, a `break` past its end."""
    total = 0.0
    first = 0
    for i in range(times.size):
        for j in range(first, times.size):
            if j == i:
                continue
            lag = times[i] - times[j]
            if lag > window:
                first += 1
                continue
            if lag < -window:
                break
            total += amplitudes[i] * amplitudes[j] * math.exp(-lag * lag)
    return total


def distance_to_sphere(px, py, ux, uy, centre, radius):
    dx = px - centre
    b = dx * ux + py * uy
    c = dx * dx + py * py - radius * radius
    root = b * b - c
    if root <= 0.0:
        return 1e20
    if c < 0.0:
        return -b + math.sqrt(root)
    near = -b - math.sqrt(root)
    return near if near > 0.0 else 1e20


@program(args=lambda rng: (0.3, np.array([1.0, 2.5, 4.0]), np.array([0.6, 0.5, 0.8]), 1.7), compiled=True)
def path_through_shells(angle, centres, radii, absorption):
    """After MC/DC's surface distances: from surface to surface until nothing is hit or the weight is used up."""
    px, py = -0.5, 0.1
    ux, uy = math.cos(angle * 0.3), math.sin(angle * 0.3)
    weight = 1.0
    while weight > 1e-4:
        least = 1e20
        hit = -1
        for s in range(centres.size):
            d = distance_to_sphere(px, py, ux, uy, centres[s], radii[s])
            if d < least:
                least = d
                hit = s
        if hit < 0:
            break
        weight *= math.exp(-absorption * least * radii[hit])
        px += (least + 1e-6) * ux
        py += (least + 1e-6) * uy
    return weight + px * py


@program(args=lambda rng: (rng.normal(size=(3, 3, 3)), 1.2), seed=3)
def first_passage(grid, barrier):
    """A return from three loops at once: a running sum reaches a barrier, or does not."""
    level = 0.0
    for i in range(grid.shape[0]):
        for j in range(grid.shape[1]):
            if j == i:
                continue
            for k in range(grid.shape[2]):
                level = 0.9 * level + math.sin(grid[i, j, k])
                if level > barrier:
                    return level * grid[i, j, k] + grid[0, 0, 0] * barrier
                if grid[i, j, k] < -1.5:
                    break
            grid[2, i, j] *= level
    return level * barrier


@program(args=lambda rng: (0.8, rng.uniform(0.5, 1.5, 5)), known_failure="a scalar set before a loop and used inside")
def scale_set_before(k, x):
    """A scalar is computed before a loop, used inside, and set anew after the loop that used it."""
    scale = k * k
    total = 0.0
    for i in range(x.size):
        total += scale * x[i] ** 2
    scale = total / 3.0
    for i in range(1, x.size):
        x[i] *= scale
        if x[i] > 0.8:
            scale = scale * 0.5
    return total * scale + np.sum(x)


@program(args=lambda rng: (rng.uniform(1.2, 2.5, 4), 5))
def continued_fractions(x, longest):
    """While with `else`: a fraction per element, which converges, runs out of terms or is given up early."""
    total = 0.0
    for i in range(x.size):
        a = x[i]
        k = 0
        old = 0.0
        while k < longest + i:
            old, a = a, x[i] + 1.0 / (a + k)
            k += 1
            if a > 2.9:
                total -= a
                break
            if abs(a - old) < 0.01:
                continue
            total += 0.1 * old
        else:
            total += a * a
    return total


@program(args=lambda rng: (rng.normal(size=8), 0.5), known_failure="log-sum-exp with a running maximum", seed=1)
def online_softmax_mean(scores, temperature):
    """After NeMo's Numba log_sum_exp: a sum of exponentials that is rescaled when a larger score turns up."""
    top = -1e30
    mass = 0.0
    mean = 0.0
    for i in range(scores.size):
        s = scores[i] / temperature
        if s <= top:
            mass += math.exp(s - top)
            mean += math.exp(s - top) * scores[i]
            continue
        shrink = math.exp(top - s)
        mass = mass * shrink + 1.0
        mean = mean * shrink + scores[i]
        top = s
    return top + math.log(mass) + (mean / mass) ** 2


@program(args=lambda rng: (rng.normal(size=(4, 4)), rng.uniform(0.5, 1.5, 4)))
def pivoted_solve(a, b):
    """Gaussian elimination with pivots: a row is looked for with `break`, swapped in, and a vanishing one returns."""
    n = b.size
    for k in range(n):
        pivot = k
        for i in range(k, n):
            if abs(a[i, k]) > 0.4:
                pivot = i
                break
            if abs(a[i, k]) > abs(a[pivot, k]):
                pivot = i
        if a[pivot, k] == 0.0:
            return 0.0
        if pivot != k:
            kept = a[k].copy()
            a[k] = a[pivot]
            a[pivot] = kept
            b[k], b[pivot] = b[pivot], b[k]
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            if factor == 0.0:
                continue
            a[i, k:] -= factor * a[k, k:]
            b[i] -= factor * b[k]
    for i in range(n - 1, -1, -1):
        b[i] = (b[i] - np.dot(a[i, i + 1 :], b[i + 1 :])) / a[i, i]
    return np.dot(b, b)


@program(args=lambda rng: (2.0, 0.6, 1.5))
def regula_falsi(k, low, high):
    """After SuperflexPy's Pegasus solver: an end that stays is weighted down; `break` when it is near, a return on a hit."""
    flow = math.cos(low) * k - low
    fhigh = math.cos(high) * k - high
    side = 0
    middle = low
    for _ in range(60):
        middle = (flow * high - fhigh * low) / (flow - fhigh)
        f = math.cos(middle) * k - middle
        if f == 0.0:
            return middle * middle * k
        if abs(high - low) < 1e-12 or abs(f) < 1e-13:
            break
        if f * fhigh > 0.0:
            if side == -1:
                flow *= fhigh / (fhigh + f)
            high, fhigh = middle, f
            side = -1
        else:
            if side == 1:
                fhigh *= flow / (flow + f)
            low, flow = middle, f
            side = 1
    return middle * middle * k


@program(args=lambda rng: (rng.permutation(7) + rng.uniform(-0.3, 0.3, 7), 1.4), known_failure="insertion sort by swaps")
def insertion_by_swaps(x, k):
    """Insertion sort in which neighbours are swapped until they stand in order; then products along the order."""
    for i in range(1, x.size):
        j = i
        while j > 0:
            if x[j - 1] <= x[j]:
                break
            x[j - 1], x[j] = x[j], x[j - 1]
            j -= 1
    total = 0.0
    for i in range(x.size - 1):
        if i == 3:
            continue
        total += x[i] * x[i + 1] ** 2 / (k + i)
    return total
