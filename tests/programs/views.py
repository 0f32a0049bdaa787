"""Views at any depth and what is written through them: strides of either sign, new axes, reshapes, choices, nothing at all."""

import math

import numpy as np

from tests.programs.corpus import program


@program(args=lambda rng: (rng.normal(size=7), 0.4, 3), known_failure="one-sweep Jacobi in place")
def jacobi_sweep_in_place(u, k, sweeps):
    """Sweeps over one array: each point sees the new value on its left and the old one on its right."""
    n = u.size
    work = 0.0
    for t in range(sweeps):
        for i in range(1, n - 1):
            u[i] = (1.0 - k) * u[i] + 0.5 * k * (u[i - 1] + u[i + 1]) + 0.05 * u[i] * u[i + 1]
        work += u[1 + t] ** 2
        k *= 0.9
    u[0] = work
    return np.dot(u, u) * k


@program(args=lambda rng: (rng.normal(size=7) * 0.6, 0.4), known_failure="one-sweep Jacobi out of place")
def jacobi_sweep_out_of_place(u, k):
    """A sweep into a second array, whose ends are copied, and one back from it into the first."""
    v = np.empty_like(u)
    v[0] = u[0]
    v[-1] = u[-1]
    for i in range(1, u.size - 1):
        v[i] = u[i] + k * (u[i - 1] - 2.0 * u[i] + u[i + 1]) * u[i]
    for i in range(1, u.size - 1):
        u[i] = v[i] + k * (v[i - 1] - 2.0 * v[i] + v[i + 1]) * v[i]
    residual = u - v
    return np.sum(residual * residual) + u[2] * v[3]


@program(args=lambda rng: (rng.uniform(0.5, 1.5, (4, 6)), 0.7), known_failure="ravel of a strided array written through")
def ravel_of_strided(m, k):
    """`ravel` of a strided slice copies and of the whole views: the one write reaches the matrix, the other does not."""
    every = m[:, ::2].ravel()
    whole = m.ravel()
    every[:4] *= k
    whole[1::5] = every[:5] * whole[0]
    turned = m.T.ravel()
    turned[0] = 3.0 * k
    turned[1:] = turned[1:] * turned[:-1]
    part = m[1:3].ravel()
    part[2:4] += every[-2:]
    return np.sum(m * m) + np.dot(every, turned[:12]) + part[0] * whole[2]


@program(
    args=lambda rng: (rng.normal(size=4), rng.normal(size=5), True, 0.5),
    known_failure="w = a if c else b[1:] written through",
    compiled=True,
)
def chosen_view_written(a, b, first, k):
    """A name is an array or a view of another, by a flag and by data, and is written through."""
    w = a if first else b[1:]
    w[1:] *= k
    w[0] = b[0] * a[3]
    total = np.dot(w, a)
    for t in range(3):
        v = b[1:] if total > t else a
        v[t] += w[t + 1] * k
        v[:2] = v[2:] * v[t]
        total += v[0] * b[t]
    u = w[::2] if total > 0.0 else b[::3]
    u *= a[1]
    return total + np.sum(a * a) + np.sum(b * b)


@program(args=lambda rng: (rng.normal(size=6), rng.normal(size=9)), known_failure="x[1:] = x[:-1]")
def delay_line(x, signal):
    """A line of delays: every sample pushes the others along, a nonlinear tap feeds back into the front."""
    energy = 0.0
    for t in range(signal.size):
        x[1:] = x[:-1]
        x[0] = signal[t] + 0.3 * math.tanh(x[5])
        energy += x[0] * x[3]
        if t % 4 == 3:
            x[:-1] = x[1:]
            energy -= x[2] ** 2
    x[2:] = x[:-2]
    x[:-1] *= x[-1]
    return energy + np.sum(x * x)


@program(args=lambda rng: (rng.normal(size=(4, 2)), rng.uniform(0.5, 1.5, 4), 0.3))
def pairwise_by_new_axes(points, mass, softening):
    """After NPBench's nbody accelerations: all pairs at once by columns against rows with `np.newaxis`."""
    x = points[:, 0]
    y = points[:, 1]
    dx = x[np.newaxis, :] - x[:, np.newaxis]
    dy = y[None, :] - y[:, None]
    inverse = (dx * dx + dy * dy + softening**2) ** -1.5
    ax = np.dot(dx * inverse, mass)
    ay = np.dot(dy * inverse, mass)
    x += 0.1 * ax
    y += 0.1 * ay
    column = mass[:, None]
    column[1:, 0] = mass[:-1] * x[1:]
    return np.sum(points * points) + np.sum(column * dx) + np.dot(ax, ay)


@program(args=lambda rng: (rng.normal(size=4), rng.normal(size=(3, 4)), 1.2))
def expanded_and_written(x, m, k):
    """Axes added by `np.expand_dims` and `None` are views: what is written through them is in the array."""
    column = np.expand_dims(x, 1)
    row = np.expand_dims(x, 0)
    m *= row
    column[2, 0] = m[0, 1] * k
    row[0, 1:3] *= column[0, 0]
    cube = m[:, None, :]
    cube[1:, 0, 0] = x[2:] * k
    cube[0] += 0.5 * row
    inner = cube[:, 0][2]
    inner[:] = inner * row[0] + column[:, 0]
    return np.sum(m * m) + np.dot(x, inner)


@program(args=lambda rng: (rng.normal(size=(2, 5)).T[::-1], rng.normal(size=9)[::-2]))
def strided_arguments(m, v):
    """Arguments that are strided, reversed and Fortran-ordered; views of views turn them round again."""
    back = v[::-1]
    inner = back[1:-1][::-1]
    inner *= v[0]
    top = m[::2]
    top[:, 0] += inner
    twice = top[::-1][:2]
    twice[0] = m[1] * m[-2]
    m[-1, -1] = twice[1, 0] * back[-1]
    low = m[-2:]
    low[:, ::-1] *= 1.5
    return np.sum(m * m) + np.dot(v, m[:, 1])


@program(args=lambda rng: (rng.normal(size=12), 0.9))
def reshaped_to_depth(x, k):
    """A line becomes a block, a plane of it a transpose, a row of that a line again, written at every depth."""
    block = x.reshape(2, 3, 2)
    plane = block[1]
    turned = plane.T
    line = turned[1]
    line[1:] *= line[:-1] * k
    turned[0, 2] = x[0] * x[11]
    wide = x.reshape((3, 4))
    for i in range(3):
        wide[i, i] += block[0, i, 1] * k
        plane[i] = plane[i] * wide[i, 3]
    flat = block.reshape(12)
    flat[::-1][:3] += flat[:3]
    return np.sum(x * x) + line[0] * turned[0, 1]


@program(args=lambda rng: (np.array(0.7), np.array(1.4), rng.normal(size=4)))
def numbers_as_arrays(a, b, x):
    """Arrays without axes, as arguments and as accumulators: read and written by the empty index."""
    total = np.zeros(())
    a[()] = a[()] * b[()] + x[0]
    for i in range(x.size):
        total[()] += a[()] * x[i]
        b[()] -= 0.1 * total[()]
        if i == 1:
            a *= 2.0
    x *= b
    c = np.zeros_like(a)
    c[()] = a[()] * total[()] + x[3]
    return c[()] * b[()] + total[()]


@program(args=lambda rng: (rng.normal(size=5), np.zeros(0), rng.normal(size=(0, 3)), 0.8))
def nothing_there(x, empty, rows, k):
    """Arrays and slices of no elements are summed, scaled, looped over and written, to no effect."""
    total = np.sum(empty) * k + np.sum(rows)
    for v in empty:
        total += v * x[0]
    for i in range(rows.shape[0]):
        x *= rows[i, 0]
    tail = x[5:]
    tail *= 2.0
    x[3:3] = empty
    gone = x[4:1]
    total += np.sum(gone * gone) + np.dot(empty, tail)
    x[:-5] = k
    for n in range(3):
        part = x[n : 2 * n]
        part *= k
        total += np.sum(part) * x[4]
    return total + k * x[0]


@program(args=lambda rng: (rng.normal(size=(4, 3)), 0.6))
def shrinking_views(m, k):
    """A view loses a row, then an element, in each round of a while loop, and is written at its head."""
    total = 0.0
    block = m
    while block.shape[0] > 1:
        row = block[0]
        block = block[1:]
        block[0] += k * row
        while row.size > 1:
            row[0] *= row[-1]
            total += row[0]
            row = row[1:] if total > 0.0 else row[:-1]
        total += np.sum(block[:, 0])
    last = block[0]
    last *= total
    return np.sum(m * m) * 0.1 + total


@program(args=lambda rng: (rng.normal(size=(4, 4)), 1.7))
def diagonals_by_stride(m, k):
    """Diagonals are strided slices of the flat view; one scales, another is filled, the rest follows."""
    n = m.shape[0]
    flat = m.ravel()
    main = flat[:: n + 1]
    main *= k
    above = flat[1 : n * (n - 1) : n + 1]
    above[:] = main[1:] * main[:-1]
    anti = flat[n - 1 : n * n - 1 : n - 1]
    anti += main[::-1]
    trace = np.sum(main)
    main[:] = anti * 0.3
    return trace * np.sum(m * m) + above[0] * anti[1]


@program(args=lambda rng: (rng.normal(size=(6, 6)), rng.normal(size=(6, 6)), 3), seed=1)
def red_black_smoothing(v, f, sweeps):
    """After python-hydro/pyro2's multigrid smoother: four strided blocks of a plate, relaxed in two colours."""
    residual = 0.0
    for t in range(sweeps):
        for first, second in ((1, 1), (2, 2), (1, 2), (2, 1)):
            v[first:-1:2, second:-1:2] = 0.25 * (
                v[first + 1 :: 2, second:-1:2][:2, :2]
                + v[first - 1 : -2 : 2, second:-1:2]
                + v[first:-1:2, second + 1 :: 2][:2, :2]
                + v[first:-1:2, second - 1 : -2 : 2]
                - f[first:-1:2, second:-1:2] * v[first:-1:2, second:-1:2]
            )
        v[0] = -v[1]
        v[:, -1] = v[:, -2] * 0.5
        residual += np.sum(v[1:-1, 1:-1] * f[1:-1, 1:-1]) / (1.0 + t)
    return residual + np.sum(v * v)


def restricted(fine, coarse):
    coarse[1:-1] = 0.25 * fine[1:-3:2] + 0.5 * fine[2:-2:2] + 0.25 * fine[3:-1:2]


def prolonged(coarse, fine):
    fine[::2] += coarse
    fine[1::2] += 0.5 * (coarse[1:] + coarse[:-1])


@program(args=lambda rng: (rng.normal(size=9), rng.normal(size=9), 0.6))
def two_grid_cycles(u, f, omega):
    """After python-hydro/pyro2's multigrid: smooth, restrict, correct, prolong; helpers write strided views."""
    r = np.zeros_like(u)
    coarse = np.zeros(5)
    correction = np.zeros(5)
    norm = 0.0
    for _ in range(2):
        for i in range(1, 8):
            u[i] += omega * 0.5 * (u[i - 1] - 2.0 * u[i] + u[i + 1] - f[i])
        r[1:-1] = f[1:-1] - (u[:-2] - 2.0 * u[1:-1] + u[2:]) + 0.1 * u[1:-1] ** 2
        restricted(r, coarse)
        correction[:] = 0.0
        for i in range(1, 4):
            correction[i] = 0.5 * (correction[i - 1] - 4.0 * coarse[i])
        prolonged(correction, u)
        norm += np.dot(r, r)
    return norm + np.sum(u * u)


@program(args=lambda rng: (rng.normal(size=(4, 3)), rng.normal(size=4)))
def householder_in_place(a, b):
    """Householder's QR in place: reflectors live below the diagonal as views of columns, and turn the rest."""
    loss = 0.0
    for k in range(a.shape[1]):
        v = a[k:, k]
        norm = math.sqrt(np.dot(v, v))
        alpha = -norm if v[0] > 0.0 else norm
        v[0] -= alpha
        beta = 2.0 / np.dot(v, v)
        for j in range(k + 1, a.shape[1]):
            w = a[k:, j]
            w -= beta * np.dot(v, w) * v
        tail = b[k:]
        tail -= beta * np.dot(v, tail) * v
        loss += math.log(abs(alpha))
    return loss + b[-1] * b[-1]


@program(args=lambda rng: (rng.normal(size=8), rng.normal(size=8), 0.5, 5))
def three_levels_of_time(old, now, courant, steps):
    """Three levels of a wave change their names in every step: the oldest is overwritten and becomes the newest."""
    new = np.zeros_like(now)
    trace = 0.0
    for t in range(steps):
        new[1:-1] = 2.0 * now[1:-1] - old[1:-1] + courant**2 * (now[2:] - 2.0 * now[1:-1] + now[:-2])
        new[0] = now[1] * courant
        new[-1] = math.sin(0.4 * t) * now[-2]
        old, now, new = now, new, old
        trace += now[3] * old[4]
    return trace + np.dot(now, new)


@program(args=lambda rng: (rng.normal(size=8), rng.normal(size=(3, 3)), 0.8))
def overlapping_assignments(x, m, k):
    """Slices assigned to slices of the same array: reversed, interleaved, transposed, shifted both ways."""
    x[:] = x[::-1]
    x[::2] = x[1::2] * k
    x[1:5] = x[:4]
    first = x[2] * x[3]
    x[4:] = x[3:-1]
    x[3::-1] = x[4:]
    m[:] = m.T
    m[1:] = m[:-1] * m[1:]
    m[:, 0] = m[0]
    m[:, 1:] = m[:, :-1]
    return first * np.sum(x * x) + np.sum(m * m) * k
