"""Recursion of helpers and of programs: to themselves and to each other, on scalars, slices and tuples."""

import math

import numpy as np
from numba import njit

from tests.programs.corpus import program


@njit
def power_by_squares(x, n):
    if n == 0:
        return 1.0
    half = power_by_squares(x, n // 2)
    if n % 2 == 1:
        return half * half * x
    return half * half


@program(args=lambda rng: (rng.uniform(0.6, 1.3, 4), 0.9), compiled=True)
def polynomial_by_squares(c, x):
    """Powers by repeated squaring, a recursion to itself with an integer that halves."""
    total = 0.0
    for i in range(c.size):
        p = power_by_squares(x, 3 * i + 1)
        total += c[i] * p
        if total > 3.0:
            total = power_by_squares(total, 2) * 0.3
    x = total * c[0]
    y = power_by_squares(x, 5)
    return y + total


@njit
def simpson_between(a, low, high, flow, fmid, fhigh, depth):
    middle = 0.5 * (low + high)
    left = math.exp(-a * (0.5 * (low + middle)) ** 2)
    right = math.exp(-a * (0.5 * (middle + high)) ** 2)
    whole = (high - low) / 6.0 * (flow + 4.0 * fmid + fhigh)
    halves = (high - low) / 12.0 * (flow + 4.0 * left + 2.0 * fmid + 4.0 * right + fhigh)
    if depth == 0 or abs(halves - whole) < 1e-4:
        return halves + (halves - whole) / 15.0
    first = simpson_between(a, low, middle, flow, left, fmid, depth - 1)
    return first + simpson_between(a, middle, high, fmid, right, fhigh, depth - 1)


@program(args=lambda rng: (1.7, 0.2, 2.4, 6))
def simpson_by_recursion(a, low, high, depth):
    """Adaptive Simpson quadrature: an interval whose halves disagree calls itself on both."""
    middle = 0.5 * (low + high)
    flow = math.exp(-a * low * low)
    fhigh = math.exp(-a * high * high)
    area = simpson_between(a, low, high, flow, math.exp(-a * middle * middle), fhigh, depth)
    scaled = area * math.sqrt(a)
    total = scaled * scaled + area
    for _ in range(2):
        total = math.sin(total) + scaled
    return total * low


@njit
def warm(x, k, n):
    if n <= 0:
        return x
    return cool(x * k + 0.1 * n, k, n - 1) * 1.1


@njit
def cool(x, k, n):
    if x < 0.2:
        return x * x
    if n <= 0:
        return math.log1p(x)
    return warm(math.sin(x) / (1.0 + k), k, n - 2) + x


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 3), 0.8), compiled=True)
def warm_and_cool(x, k):
    """After the Numba documentation's mutual recursion: two functions that call each other until a count runs out."""
    total = 0.0
    for i in range(x.size):
        t = warm(x[i], k, 3 + i)
        if t > 1.5:
            t = cool(t, k * 0.5, 2)
        x[i] = t * x[i]
        total += t
    x *= total * 0.05
    return total + x[0] * x[1] * x[2]


@njit
def haar(x, scratch):
    half = x.size // 2
    if half == 0:
        return
    for i in range(half):
        scratch[i] = (x[2 * i] + x[2 * i + 1]) * 0.7
        scratch[half + i] = (x[2 * i] - x[2 * i + 1]) * 0.7
    x[:] = scratch[: 2 * half]
    haar(x[:half], scratch)


@program(args=lambda rng: (rng.normal(size=8), 0.5))
def wavelet_energy(x, threshold):
    """A Haar transform that calls itself on the first half, a view; it writes in place through one scratch array."""
    scratch = np.empty(x.size)
    haar(x, scratch)
    energy = 0.0
    for i in range(1, x.size):
        if abs(x[i]) > threshold:
            energy += (abs(x[i]) - threshold) ** 2
    x[1:] *= threshold
    haar(x[4:], scratch)
    return energy + x[0] * x[4] * scratch[0]


@njit
def merge_sorted(x, scratch):
    if x.size < 2:
        return 0
    half = x.size // 2
    moved = merge_sorted(x[:half], scratch[:half]) + merge_sorted(x[half:], scratch[half:])
    scratch[:] = x
    i = 0
    j = half
    for k in range(x.size):
        if j >= x.size or (i < half and scratch[i] <= scratch[j]):
            x[k] = scratch[i]
            i += 1
        else:
            x[k] = scratch[j]
            moved += half - i
            j += 1
    return moved


@program(args=lambda rng: (rng.permutation(7) + rng.uniform(-0.3, 0.3, 7), rng.normal(size=7)))
def kendall_by_merging(x, weights):
    """Merge sort on halves that are views, which also counts inversions; weights along the order follow."""
    scratch = np.empty_like(x)
    x *= 0.5
    inversions = merge_sorted(x, scratch)
    total = 0.0
    for i in range(1, x.size):
        total += weights[i] * (x[i] - x[i - 1]) ** 2
    if inversions > 3:
        total *= 1.0 + 0.1 * inversions
    weights[0] = total
    return np.dot(weights, x)


@njit
def nearest_below(points, lower, upper, split, node, x, y, best):
    if split[node] < 0:
        for i in range(lower[node], upper[node]):
            d = (points[i, 0] - x) ** 2 + (points[i, 1] - y) ** 2
            if d < best:
                best = d
        return best
    middle = lower[2 * node + 2]
    axis = split[node]
    gap = (x if axis == 0 else y) - points[middle, axis]
    if gap < 0.0:
        near, far = 2 * node + 1, 2 * node + 2
    else:
        near, far = 2 * node + 2, 2 * node + 1
    best = nearest_below(points, lower, upper, split, near, x, y, best)
    if gap * gap < best:
        best = nearest_below(points, lower, upper, split, far, x, y, best)
    return best


@program(
    args=lambda rng: (
        np.array([[0.1, 0.3], [0.4, 1.6], [1.1, 0.2], [1.3, 1.1], [2.0, 0.6], [2.4, 1.9], [2.9, 0.3], [3.2, 1.4]]),
        rng.uniform(0.0, 3.0, (4, 2)),
        np.array([0, 0, 4]),
        np.array([8, 4, 8]),
        np.array([0, -1, -1]),
    ),
    argnums=(0, 1),
    seed=1,
)
def nearest_in_a_tree(points, queries, lower, upper, split):
    """After fast_hdbscan's kd-tree queries: the nearer half first, the other only if it can hold something nearer."""
    total = 0.0
    worst = 0.0
    for i in range(queries.shape[0]):
        best = nearest_below(points, lower, upper, split, 0, queries[i, 0], queries[i, 1], 1e6)
        total += math.sqrt(best)
        if best > worst:
            worst = best
        queries[i] *= 1.0 + 0.1 * best
    total += worst * queries[0, 1]
    return total


@njit
def hermite(n, x):
    if n < 2:
        return 1.0 if n == 0 else 2.0 * x
    return 2.0 * x * hermite(n - 1, x) - 2.0 * (n - 1) * hermite(n - 2, x)


@program(args=lambda rng: (rng.normal(size=4), 0.3))
def oscillator_density(amplitudes, x):
    """Hermite polynomials by a double recursion on integers, summed to a wave function."""
    psi = 0.0
    norm = 1.0
    for n in range(amplitudes.size):
        psi += amplitudes[n] * hermite(n, x) / math.sqrt(norm)
        norm *= 2.0 * (n + 1)
    psi *= math.exp(-0.5 * x * x)
    density = psi * psi
    slope = 2.0 * hermite(3, density) * x
    return density + 0.01 * slope


@njit
def expansion(i, j, t, gap, a, b):
    p = a + b
    q = a * b / p
    if t < 0 or t > i + j:
        return 0.0
    if i == 0 and j == 0:
        return math.exp(-q * gap * gap)
    if j == 0:
        low = expansion(i - 1, j, t - 1, gap, a, b) / (2.0 * p)
        return low - q * gap / a * expansion(i - 1, j, t, gap, a, b) + (t + 1) * expansion(i - 1, j, t + 1, gap, a, b)
    low = expansion(i, j - 1, t - 1, gap, a, b) / (2.0 * p)
    return low + q * gap / b * expansion(i, j - 1, t, gap, a, b) + (t + 1) * expansion(i, j - 1, t + 1, gap, a, b)


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 3), rng.normal(size=3)))
def overlap_of_gaussians(exponents, centres):
    """Overlaps of Gaussian orbitals by the recursion for Hermite expansions after McMurchie and Davidson."""
    total = 0.0
    last = 0.0
    for u in range(exponents.size):
        for v in range(u):
            gap = centres[u] - centres[v]
            s = expansion(1, 1, 0, gap, exponents[u], exponents[v])
            s *= math.sqrt(math.pi / (exponents[u] + exponents[v]))
            total += s * s - 0.2 * last
            last = s
    return total + last * exponents[0]


@njit
def basis(knots, i, degree, x):
    if degree == 0:
        return 1.0 if knots[i] <= x < knots[i + 1] else 0.0
    left = 0.0
    right = 0.0
    if knots[i + degree] > knots[i]:
        left = (x - knots[i]) / (knots[i + degree] - knots[i]) * basis(knots, i, degree - 1, x)
    if knots[i + degree + 1] > knots[i + 1]:
        right = (knots[i + degree + 1] - x) / (knots[i + degree + 1] - knots[i + 1]) * basis(knots, i + 1, degree - 1, x)
    return left + right


@program(args=lambda rng: (np.cumsum(rng.uniform(0.5, 1.0, 8)), rng.normal(size=4), np.array([0.3, 0.45, 0.7])))
def spline_by_recursion(knots, control, parts):
    """B-splines by Cox and de Boor's recursion, each basis function called with integers and an active knot vector."""
    values = np.zeros(parts.size)
    low = knots[3]
    width = knots[4] - low
    for k in range(parts.size):
        x = low + parts[k] * width
        for i in range(control.size):
            values[k] += control[i] * basis(knots, i, 3, x)
    bend = values[0] - 2.0 * values[1] + values[2]
    return np.sum(values * values) + bend * width


@njit
def evaluated(ops, lefts, rights, leaves, node):
    op = ops[node]
    if op == 0:
        return leaves[lefts[node]]
    a = evaluated(ops, lefts, rights, leaves, lefts[node])
    if op == 1:
        return math.sin(a)
    b = evaluated(ops, lefts, rights, leaves, rights[node])
    if op == 2:
        return a + b
    elif op == 3:
        return a * b
    return a / (1.0 + b * b)


@program(
    args=lambda rng: (
        np.array([3, 2, 4, 1, 0, 0, 0, 0]),
        np.array([1, 3, 4, 6, 0, 1, 2, 3]),
        np.array([2, 7, 5, 0, 0, 0, 0, 0]),
        rng.normal(size=4),
    )
)
def expression_tree(ops, lefts, rights, leaves):
    """An expression stored in integer arrays is evaluated by recursion, changed in a leaf, and evaluated again."""
    first = evaluated(ops, lefts, rights, leaves, 0)
    leaves[1] += first * leaves[2]
    second = evaluated(ops, lefts, rights, leaves, 0)
    total = first * second
    for node in range(1, 4):
        total += evaluated(ops, lefts, rights, leaves, node) * leaves[node]
        leaves[node] = total
    return total + leaves[3]


@njit
def factor_block(a):
    n = a.shape[0]
    if n == 1:
        a[0, 0] = math.sqrt(a[0, 0])
        return math.log(a[0, 0])
    h = n // 2
    above = factor_block(a[:h, :h])
    for i in range(h, n):
        for j in range(h):
            a[i, j] = (a[i, j] - np.dot(a[i, :j], a[j, :j])) / a[j, j]
    for i in range(h, n):
        for j in range(h, i + 1):
            a[i, j] -= np.dot(a[i, :h], a[j, :h])
    return above + factor_block(a[h:, h:])


@program(args=lambda rng: (rng.normal(size=(4, 4)) * 0.4, 1.5))
def blockwise_cholesky(b, ridge):
    """A Cholesky factor by recursion on blocks that are views of one matrix, which also adds up its logarithms."""
    n = b.shape[0]
    a = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            a[i, j] = np.dot(b[i], b[j])
        a[i, i] += ridge
    half = factor_block(a)
    for i in range(n):
        a[i, i + 1 :] = 0.0
    return half + 0.1 * np.sum(a)


@njit
def tangent_power(x, dx, n):
    if n == 1:
        return x, dx
    y, dy = tangent_power(x, dx, n - 1)
    return x * y, dx * y + x * dy


@program(args=lambda rng: (1.2, 0.7, 4))
def dual_powers(x, dx, n):
    """A recursion that returns a tuple, value and slope of a power, feeds a short Newton iteration."""
    target = 2.0 + dx
    guess = x
    total = 0.0
    for k in range(2, n + 1):
        value, slope = tangent_power(guess, 1.0, k)
        guess -= 0.5 * (value - target) / slope
        total += value * slope
    value, slope = tangent_power(guess, dx, 3)
    return total + value * slope


@program(args=lambda rng: (1.0, rng.uniform(0.8, 1.2, 3), 0.05, 3))
@njit
def option_by_recursion(spot, moves, rate, left):
    """The program itself is jitted and calls itself: a tree of prices with early exercise, values in both branches."""
    if left == 0:
        return max(spot - 0.95, 0.0)
    up = 1.0 + 0.2 * moves[left - 1]
    above = option_by_recursion(spot * up, moves, rate, left - 1)
    below = option_by_recursion(spot / up, moves, rate, left - 1)
    held = (0.55 * above + 0.45 * below) * math.exp(-rate)
    if held < spot - 0.9:
        return spot - 0.9
    return held
