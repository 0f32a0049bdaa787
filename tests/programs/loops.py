"""Loops of every kind: steps, counts and ends that depend on data, while in for, for in while, deep nests."""

import math

import numpy as np
from numba import njit

from tests.programs.corpus import program


@program(args=lambda rng: (rng.normal(size=8), 7, -2, 3, 3))
def strided_recurrence(x, start, step, low, high):
    """Steps of either sign given by arguments, an empty range, a loop whose end depends on a carried integer."""
    s = 0.5
    for i in range(start, 0, step):
        s = math.sin(s) * x[i] + x[i - 1]
    for i in range(low, high):
        s *= x[i] + 100.0
    end = 0
    for i in range(0, x.size, 3):
        for j in range(end):
            x[i] += 0.3 * x[j] * s
        end += i
    for i in range(x.size - 1, -1, -3):
        s -= x[i] * x[i]
    return s


@program(args=lambda rng: (rng.normal(size=(2, 3, 4)), rng.normal(size=(4, 4))))
def contract_in_place(a, c4):
    """After NPBench's doitgen: a contraction of the last axis through a scratch vector, three loops deep."""
    nr, nq, width = a.shape
    total = np.zeros(width)
    for r in range(nr):
        for q in range(nq):
            for p in range(width):
                total[p] = 0.0
                for s in range(width):
                    total[p] += a[r, q, s] * c4[s, p]
            for p in range(width):
                a[r, q, p] = total[p]
    return np.sum(a * a * a) + total[1] * total[2]


@program(args=lambda rng: (rng.uniform(0.3, 2.8, 4), rng.uniform(0.1, 0.6, 4)))
def kepler_positions(mean_anomaly, ecc):
    """After poliastro's Kepler solver: Newton by while for every planet, then true anomalies."""
    phase = 0.0
    for i in range(mean_anomaly.size):
        m = mean_anomaly[i]
        e = ecc[i]
        anomaly = m if e < 0.3 else m + 0.5 * e
        f = anomaly - e * math.sin(anomaly) - m
        count = 0
        while abs(f) > 1e-13 and count < 30:
            anomaly -= f / (1.0 - e * math.cos(anomaly))
            f = anomaly - e * math.sin(anomaly) - m
            count += 1
        phase += 2.0 * math.atan(math.sqrt((1.0 + e) / (1.0 - e)) * math.tan(0.5 * anomaly))
    return phase * phase


@program(args=lambda rng: (0.7, 1.8, 1e-6), argnums=(0, 1))
def romberg(rate, end, tolerance):
    """Romberg's rule: for inside while, an extrapolation table that is overwritten, a carried step width."""
    table = np.zeros(12)
    h = end
    table[0] = 0.5 * h * (1.0 + math.exp(-rate * end * end))
    level = 0
    error = 1.0
    while error > tolerance:
        level += 1
        h *= 0.5
        inner = 0.0
        for i in range(1, 2**level, 2):
            inner += math.exp(-rate * (i * h) ** 2)
        new = 0.5 * table[0] + h * inner
        factor = 1.0
        for k in range(level):
            old = table[k]
            table[k] = new
            factor *= 4.0
            new += (new - old) / (factor - 1.0)
        error = abs(new - table[level - 1])
        table[level] = new
    return table[level]


@program(args=lambda rng: (2.5, 4.0))
def upper_gamma_fraction(a, x):
    """The incomplete gamma function's continued fraction after Lentz, scalars only, with lgamma outside."""
    b = x + 1.0 - a
    c = 1e30
    d = 1.0 / b
    h = d
    i = 1
    delta = 0.0
    while abs(delta - 1.0) > 1e-14:
        an = -i * (i - a)
        b += 2.0
        d = 1.0 / (an * d + b)
        c = b + an / c
        delta = c * d
        h *= delta
        i += 1
    return math.exp(-x + a * math.log(x) - math.lgamma(a)) * h


@program(args=lambda rng: (rng.uniform(1.0, 3.0, 4),))
def pendulum_periods(lengths):
    """The arithmetic-geometric mean by while with tuple assignment, once per element of an array."""
    total = 1.0
    for i in range(lengths.size):
        a, g = 1.0, math.cos(0.3 * lengths[i])
        while a - g > 1e-9:
            a, g = 0.5 * (a + g), math.sqrt(a * g)
        total *= 2.0 * math.pi * math.sqrt(lengths[i]) / a
        total = math.log1p(total)
    half = 0.5 * total
    return half * lengths.mean()


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 3), 27, 20))
def collatz_weights(x, seed, longest):
    """A while loop over integers decides which float operation comes next."""
    n = seed
    s, p = 0.0, 1.0
    steps = 0
    while n != 1 and steps < longest:
        if n % 2 == 0:
            n //= 2
            s += p * x[0]
        elif n % 3 == 0:
            n = 3 * n + 1
            p *= x[1]
        else:
            n = 3 * n + 1
            s, p = p * x[2], math.tanh(s)
        steps += 1
    return s + p


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 3), 0.0, 3.0), argnums=(0,))
def bisect_then_polish(coefficients, low, high):
    """After quantecon's bisect and newton: bisection carries no derivative, the Newton steps that follow carry it."""
    a, b, c = coefficients[0], coefficients[1], coefficients[2]
    for _ in range(12):
        middle = 0.5 * (low + high)
        if a * middle**3 + b * middle - 4.0 * c > 0.0:
            high = middle
        else:
            low = middle
    root = 0.5 * (low + high)
    for _ in range(3):
        root -= (a * root**3 + b * root - 4.0 * c) / (3.0 * a * root**2 + b)
    return root * root * a


@program(args=lambda rng: (0.2, 0.35, 0.7, 2, 7))
def escape_potential(cx, cy, width, pixels, longest):
    """After the Numba documentation's mandelbrot example: smooth escape times on a grid, while inside two loops."""
    total = 0.0
    for i in range(pixels):
        for j in range(pixels):
            re0 = cx + width * i
            im0 = cy + width * j
            re = im = 0.0
            n = 0
            while n < longest and re * re + im * im < 64.0:
                re, im = re * re - im * im + re0, 2.0 * re * im + im0
                n += 1
            if n < longest:
                total += n + 1.0 - math.log(math.log(re * re + im * im)) / math.log(2.0)
            else:
                total -= math.exp(-re * re - im * im)
    return total


@program(args=lambda rng: (rng.normal(size=5), np.array([0.4, -0.8, 1.3])), outputs="array")
def horner_with_derivative(coefficients, points):
    """Value and derivative of a polynomial at several points by Horner's rule: a tuple of arrays comes back."""
    values = np.zeros_like(points)
    slopes = np.zeros_like(points)
    for i in range(points.size):
        p = coefficients[-1]
        dp = 0.0
        for k in range(coefficients.size - 2, -1, -1):
            dp = dp * points[i] + p
            p = p * points[i] + coefficients[k]
        values[i] = p
        slopes[i] = dp
    return values, slopes


@program(args=lambda rng: (rng.uniform(0.5, 2.0, 6), 1.2))
def staircase(x, knee):
    """Chains and nests of branches inside a loop, with scalars that only some of them set."""
    level = 0.0
    gain = 1.0
    for i in range(x.size):
        if i % 3 == 0:
            gain = x[i] ** 2
            if x[i] > knee:
                level += gain
            elif x[i] > 0.5 * knee:
                gain *= 0.5
                level -= gain * x[0]
        elif not (x[i] > knee or i == 4):
            level = level * 0.9 + math.sqrt(x[i])
        else:
            level, gain = gain + 0.1, level * x[i]
    return level * gain


@program(args=lambda rng: (0.6, 1.7, 0.3), compiled=True)
def tail_returns(a, b, c):
    """Returns in the tails of nested branches, after straight code that uses many smooth functions."""
    s = math.asinh(a) + math.acosh(1.0 + b) + math.atanh(c)
    t = math.erf(a * c) * math.gamma(b) - math.expm1(c)
    u = math.atan2(s, t) + math.hypot(s, t) + math.copysign(c, -t)
    v = pow(b, a) + np.fmod(7.3 * b, 2.0) + math.floor(3.4 * a) * c
    if u > v:
        w = math.asin(c) * u
        if w > 10.0:
            return w
        else:
            return w * v + math.acos(c)
    else:
        w = math.sinh(c) + math.cosh(a)
        return w * u - math.ceil(b) * t


def scene_distance(x, y, radius):
    ball = math.hypot(x - 2.0, y - 0.4) - radius
    floor = y + 1.0
    return min(ball, floor)


@program(args=lambda rng: (0.25, 1.0, 7.0))
def ray_march(angle, radius, farthest):
    """After f1tenth_gym's trace_ray: marching by the distance field until a surface or the limit is met."""
    dx, dy = math.cos(angle), math.sin(angle)
    travelled = 0.0
    glow = 0.0
    d = scene_distance(0.0, 0.0, radius)
    while d > 1e-3 and travelled < farthest:
        travelled += d
        d = scene_distance(travelled * dx, travelled * dy, radius)
        if d < 1.0:
            glow += math.exp(-4.0 * d)
    hit = travelled + d
    return hit * glow


TABLE = np.array([0.2, 0.5, 0.9, 1.4, 2.0])


def with_outer_values(power, offset):
    """A closure: the program below captures these as constants."""

    @njit
    def weight(z):
        return offset + z**power

    @program(args=lambda rng: (rng.uniform(0.1, 1.6, 5),), seed=3)
    def captured_values(x, sharpness=2.0, bias=0.1):
        """A global array, outer closure values, a jitted closure, defaults and a call by keyword."""
        total = bias
        for i in range(x.size):
            k = 0
            while k < len(TABLE) - 1 and x[i] > TABLE[k]:
                k += 1
            near = TABLE[k] - x[i]
            if k == 0:
                total *= bias + near
            total += weight(z=near * sharpness) * math.exp(-near * near)
            total -= offset * near**power
        return total / (1.0 + TABLE[0] * x[0])

    return captured_values


captured_values = with_outer_values(2, 0.25)


@program(args=lambda rng: (rng.uniform(0.5, 1.5, (4, 4)),))
def wavefront_products(grid):
    """Anti-diagonals in order, each read from the two before it; then a product that runs down a diagonal."""
    n = grid.shape[0]
    for d in range(1, 2 * n - 1):
        first = max(0, d - n + 1)
        last = min(d, n - 1)
        for i in range(last, first - 1, -1):
            j = d - i
            if i > 0 and j > 0:
                grid[i, j] *= grid[i - 1, j] + grid[i, j - 1] - 0.2 * grid[i - 1, j - 1]
    product = 1.0
    for i in range(n - 1):
        product *= grid[i + 1, i] ** 0.5
        product /= grid[i, i + 1]
    return product + math.log(grid[n - 1, n - 1])
