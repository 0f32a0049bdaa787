"""Arguments overwritten, callees that write, exceptions that do not come, single precision, integers that index."""

import math

import numpy as np
from numba import njit

from tests.programs.corpus import program


@njit
def checked_log(x):
    if x <= 0.0:
        raise ValueError("not positive")
    return math.log(x)


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 5), rng.uniform(0.5, 1.5, 5)), compiled=True)
def guarded_divergence(p, q):
    """After pynndescent's Kullback-Leibler divergence: errors and assertions that do not come, at every depth."""
    if p.size != q.size:
        raise ValueError("sizes differ")
    assert p.ndim == 1
    p /= np.sum(p)
    q /= np.sum(q)
    total = 0.0
    for i in range(p.size):
        if p[i] < 0.0 or q[i] < 0.0:
            raise ValueError
        total += p[i] * (checked_log(p[i]) - checked_log(q[i]))
        assert total > -10.0, "far too small"
    return total + checked_log(1.0 + total)


@program(args=lambda rng: (np.array([30.0, 20.0]) * rng.uniform(0.9, 1.1, 2), rng.uniform(0.0, 9.0, 6), 2.3, 1.4), seed=1)
def rainfall_through_queues(stores, rain, x4, exchange):
    """After RRMPG's GR4J: a production store, two unit hydrographs that shift by slices each day, a routing store."""
    if x4 < 0.5:
        raise ValueError("x4 is too small")
    n = int(math.ceil(2.0 * x4))
    weights = np.zeros(n)
    before = 0.0
    for j in range(n):
        t = (j + 1.0) / (2.0 * x4)
        after = t**2.5 if t < 0.5 else (1.0 - 0.5 * (2.0 - 2.0 * t) ** 2.5 if t < 1.0 else 1.0)
        weights[j] = after - before
        before = after
    queue = np.zeros(n)
    flow = 0.0
    for day in range(rain.size):
        share = stores[0] / 50.0
        kept = 50.0 * (1.0 - share * share) * math.tanh(rain[day] / 50.0) / (1.0 + share * math.tanh(rain[day] / 50.0))
        stores[0] += kept
        leak = stores[0] * (1.0 - (1.0 + (stores[0] / 112.5) ** 4) ** -0.25)
        stores[0] -= leak
        queue[:-1] = queue[1:]
        queue[-1] = 0.0
        queue += weights * (leak + rain[day] - kept)
        level = max(0.0, stores[1] + 0.9 * queue[0] + exchange * (stores[1] / 40.0) ** 3.5)
        out = level * (1.0 - (1.0 + (level / 40.0) ** 4) ** -0.25)
        stores[1] = level - out
        flow += (out + max(0.0, 0.1 * queue[0])) * (day + 1)
    return flow


def bit_reversed(x, y):
    n = x.size
    j = 0
    for i in range(n - 1):
        if i < j:
            x[i], x[j] = x[j], x[i]
            y[i], y[j] = y[j], y[i]
        k = n // 2
        while k <= j:
            j -= k
            k //= 2
        j += k


@program(args=lambda rng: (rng.normal(size=8), rng.normal(size=8), 0.4))
def spectrum_in_place(re, im, phase):
    """A fast Fourier transform in two arrays: reordered by a helper, then butterflies with integer strides."""
    bit_reversed(re, im)
    n = re.size
    span = 1
    while span < n:
        for k in range(span):
            angle = -math.pi * k / span + phase * 0.1
            c, s = math.cos(angle), math.sin(angle)
            for i in range(k, n, 2 * span):
                j = i + span
                tr = c * re[j] - s * im[j]
                ti = c * im[j] + s * re[j]
                re[j], im[j] = re[i] - tr, im[i] - ti
                re[i] += tr
                im[i] += ti
        span *= 2
    bit_reversed(im, re)
    return np.sum((re * re + im * im) * im)


@njit
def cross_into(out, a, b):
    out[0] = a[1] * b[2] - a[2] * b[1]
    out[1] = a[2] * b[0] - a[0] * b[2]
    out[2] = a[0] * b[1] - a[1] * b[0]


@njit
def rotate_into(v, axis, scratch, amount):
    cross_into(scratch, axis, v)
    v += amount * scratch
    cross_into(scratch, axis, scratch.copy())
    v += 0.5 * amount * amount * scratch


@program(args=lambda rng: (rng.normal(size=(3, 3)), rng.normal(size=3), 0.3))
def vectors_pushed_round(v, axis, amount):
    """After fbpic's particle push: helpers that call helpers write into rows, an axis, and a scratch they share."""
    scratch = np.zeros(3)
    work = 0.0
    for i in range(v.shape[0]):
        rotate_into(v[i], axis, scratch, amount)
        work += np.dot(scratch, v[i])
        if i == 1:
            rotate_into(axis, v[0], scratch, amount * 0.5)
    cross_into(v[2], v[0], v[1])
    axis *= work
    return np.dot(v[2], axis) + work


@program(args=lambda rng: (rng.normal(size=5).astype(np.float32), np.float32(0.7), rng.normal(size=5)))
def mixed_precision_filter(x, k, w):
    """Single and double precision side by side: in locals, in place, in an index of steps, in a cast back."""
    y = np.zeros_like(x)
    state = x[0] * k
    for i in range(x.size):
        state = state * k + x[i]
        y[i] = state * 0.5
        w[i] += y[i] * k
    x *= k
    wide = x * w
    y[1:] += wide[:-1]
    total = 0.0
    for i in range(x.size - 1, -1, -2):
        total += wide[i] * y[i]
    return total + np.float32(w[0]) * k


@program(args=lambda rng: (rng.uniform(0.5, 1.5, (3, 4)).astype(np.float32), np.float32(1.3)), outputs="array")
def single_precision_rows(m, gain):
    """Single precision all through: rows, a scratch, an early end, and a result with a scalar."""
    scratch = np.empty_like(m[0])
    top = gain * m[0, 0]
    for row in m:
        scratch[:] = row
        scratch[1:] *= row[:-1]
        row += gain * scratch
        if row[0] > 4:
            break
        top = max(top, row[1])
    m *= top
    return m, top * gain


@program(args=lambda rng: (rng.normal(size=12), 3, 4, 0.8), argnums=(0, 3))
def flat_index_arithmetic(a, rows, cols, k):
    """A matrix kept in a line: integers with `//`, `%` and negative results say where to read and to write."""
    total = 0.0
    turned = np.zeros(rows * cols)
    for p in range(rows * cols):
        i, j = p // cols, p % cols
        turned[j * rows + i] = a[p] * k
        a[-p - 1] += 0.1 * turned[(p * 5) % (j * rows + i + 1)]
    place = 0
    while place < a.size:
        total += a[place] * turned[(place - 7) % a.size]
        place += 1 + (place * place) % 3
    flags = np.zeros(cols, np.bool_)
    for j in range(cols):
        flags[j] = (j * 7 + 3) % 4 > 1
        if flags[j - 1] or not flags[j]:
            total *= 1.0 + 0.1 * a[j]
    return total


@program(args=lambda rng: (np.array([0.1, 1.3]) + rng.uniform(0.0, 0.1, 2), 1.1, 8), seed=1)
def overwritten_from_within(x, k, steps):
    """An argument is overwritten, its name bound to a product, that overwritten too, and a parameter counted down."""
    first = x
    x[0] = x[1] * k
    x = x * k
    x[1] += first[0] * x[0]
    while steps > 0:
        steps -= 3
        k = k * 0.9 + 0.01 * steps
        first[1] += k * x[0]
        if steps == 2:
            continue
        x, first = first, x
    return x[0] * first[1] + k * x[1]


def frozen(values):
    values.flags.writeable = False
    return values


@program(args=lambda rng: (frozen(rng.normal(size=(3, 3))), frozen(rng.normal(size=3)), 0.2))
def read_only_inputs(a, b, relax):
    """Arguments that may not be written: copies of them are, and views of them are read in every direction."""
    x = b.copy()
    residual = np.zeros(3)
    for t in range(3):
        for i in range(3):
            row = a[i, ::-1]
            residual[i] = b[i] - np.dot(row, x[::-1])
            if abs(residual[i]) < 1e-3:
                continue
            x[i] += relax * residual[i]
        if t == 1:
            x *= a.T[1]
    return np.dot(x, residual) + np.sum(a.ravel()[::4])


@njit
def swap_and_mix(u, v, k):
    u, v = v, u
    u[0] += k * v[-1]
    v = v * k
    v[0] += 1.0
    return v


@program(args=lambda rng: (rng.normal(size=4), rng.normal(size=4), 0.6))
def names_of_a_callee(x, y, k):
    """A callee exchanges its own names, writes through one and binds the other anew: only the first is felt outside."""
    z = swap_and_mix(x, y, k)
    w = swap_and_mix(x[1:], z, k * 0.5)
    total = np.dot(x, y) + np.sum(w)
    for i in range(2):
        x = swap_and_mix(y, x, total)
        total = 0.1 * total + x[i] * y[i]
        y[i] *= 0.5
    return total + z[0] * z[1]


@program(args=lambda rng: (rng.uniform(0.5, 2.0, 6), 4.0, 0.05), seed=1)
def recharge_of_soil(rain, capacity, rate):
    """After Pastas' FlexModel: storage with powers, overflow and a shortfall, each behind bounds that are asserted."""
    assert rain.size > 2
    root = 0.5 * capacity
    total = 0.0
    for t in range(rain.size):
        filled = min(root / capacity, 1.0)
        percolated = min(rain[t] * filled**2.0, root)
        evaporated = rate * min(1.0, root / (0.25 * capacity))
        root += rain[t] - percolated - evaporated
        if root > capacity:
            total += root - capacity
            root = capacity
        elif root < 0.0:
            raise ValueError("the soil is empty")
        rain[t] = percolated
        total += percolated * evaporated
    return total + np.dot(rain[1:], rain[:-1])


@program(args=lambda rng: (rng.uniform(0.2, 1.2, 9), 0.4, 3), known_failure="a time loop that reuses one scratch array")
def flux_scratch_reused(u, k, steps):
    """Fluxes between cells go to one scratch array in each of the steps, limited where they are large, then applied."""
    flux = np.empty(u.size + 1)
    lost = 0.0
    for t in range(steps):
        flux[0] = 0.1 * t
        flux[-1] = u[-1]
        for i in range(1, u.size):
            flux[i] = k * (u[i - 1] - u[i]) * (1.0 + u[i] ** 2)
            if flux[i] > 0.2:
                flux[i] = 0.2 - 0.1 * u[i]
        u -= 0.5 * (flux[1:] - flux[:-1])
        lost += flux[-1] * flux[t]
    return lost + np.dot(u, flux[1:])


@program(args=lambda rng: (rng.normal(size=(6, 2)), rng.normal(size=(6, 2)) * 0.5, 3), seed=1)
def followed_flows(points, flow, steps):
    """After cellpose's steps2D: points move along an interpolated field in place and stay inside its bounds."""
    n = flow.shape[0]
    total = 0.0
    for _ in range(steps):
        for i in range(points.shape[0]):
            z = min(max(points[i, 0] + 2.0, 0.0), n - 1.001)
            cell = int(z)
            part = z - cell
            for d in range(2):
                points[i, d] += (1.0 - part) * flow[cell, d] + part * flow[cell + 1, d]
            flow[cell, 1] *= 0.9
        total += points[0, 0] * points[-1, 1]
    return total + np.sum(points * points)
