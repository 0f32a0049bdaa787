"""Aliases, views, overlapping writes, swaps and scratch: who shares memory with whom decides the derivative."""

import math

import numpy as np
from numba import njit

from tests.programs.corpus import program


@program(args=lambda rng: (rng.normal(size=5), 0.7))
def chain_of_aliases(x, k):
    """Three names of one buffer, written through each in turn."""
    a = x * k
    b = a
    c = b
    b[1] = c[0] * c[2]
    c[2:4] = a[1] * b[3:5]
    a[0] += b[2] * c[3]
    b[:] = np.sin(c) + a
    return np.dot(a, c) + b[4]


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 4), rng.uniform(0.5, 1.5, 4), 2), compiled=True)
def write_to_chosen(a, b, pick):
    """Which buffer is written depends on an integer; both are read afterwards."""
    total = 0.0
    for t in range(4):
        w = a if (t + pick) % 3 == 0 else b
        r = b if t % 2 == 0 else a
        w[t] = w[t] * r[3 - t] + 0.5
        w[0] -= 0.1 * r[1] ** 2
        total += w[1] * r[2]
    a *= b
    b -= a
    return total + a.sum() * b.sum()


@program(args=lambda rng: (rng.uniform(0.5, 1.5, (4, 3)),))
def relax_rows_through_views(m):
    """Rows as views: each is scaled by the one above and written to through its own name."""
    rows = m.shape[0]
    above = m[0]
    for i in range(1, rows):
        row = m[i]
        row[1:] = row[:-1] * above[1:]
        row[0] += above[2]
        above = row
    last = m[rows - 1]
    return np.dot(last, m[1]) + above[0] ** 3


@program(args=lambda rng: (rng.uniform(0.5, 1.5, (3, 4)), rng.normal(size=3)))
def write_through_transpose(m, v):
    """A transpose, a flat view and a strided slice of it all write into one matrix."""
    t = m.T
    flat = m.ravel()
    t[1] = v * t[0]
    flat[::3] *= 1.5
    t[2:, 1] = flat[1] * t[:2, 2]
    flat[-1] = flat[0] * flat[5]
    s = 0.0
    for j in range(t.shape[0]):
        s += t[j, 0] * t[j, 2] - t[j, 1] ** 2
    return s


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 8),))
def fold_by_reshape(x):
    """A fast Walsh-Hadamard transform by butterflies on reshaped views, whose shape changes from round to round."""
    n = x.size
    half = n // 2
    while half >= 1:
        blocks = x.reshape((n // (2 * half), 2, half))
        for b in range(blocks.shape[0]):
            top = blocks[b, 0]
            low = blocks[b, 1]
            difference = top - low
            top += low
            low[:] = difference
        half //= 2
    return np.sum(x[1:] * x[:-1] * x[1:])


@program(args=lambda rng: (rng.normal(size=6), 0.3))
def fold_against_reverse(x, k):
    """A view with a negative stride is written while the array itself is read, from both ends."""
    r = x[::-1]
    n = x.size
    for i in range(n):
        r[i] = k * x[i] * r[i] + math.sin(x[i])
    pairs = x[::2]
    back = r[::2]
    pairs += back * back
    return np.sum(x * x) + pairs[0] * back[1]


@program(args=lambda rng: (rng.normal(size=5), rng.normal(size=(3, 3))), needs_numba=True, compiled=True)
def running_sums_in_sequence(a, m):
    """Overlapping in-place additions, which Numba carries out in sequence: prefix sums, mirror and transpose."""
    a[1:] += a[:-1]
    first = a[4] * a[2]
    a *= 0.5
    a[::-1][1:] += a[1:]
    second = np.sum(a * a)
    m += m.T
    a += a[::-1]
    third = m[2, 0] * m[0, 2] * a[3]
    return first + second + third * np.sum(m * m)


@program(args=lambda rng: (rng.uniform(0.5, 2.0, 6), 0.8))
def shifted_products(a, k):
    """Overlapping slices through a temporary and without one, in both directions."""
    a[1:-1] = 0.5 * (a[2:] + a[:-2])
    a[:-1] *= a[1:]
    before = a[0] * a[4]
    a[2:] = a[:-2]
    a[:-2] = a[2:] * k
    a[1:] /= 1.0 + a[:-1] ** 2
    after = a[5] + a[1]
    return before * after + np.mean(a)


@program(args=lambda rng: (rng.permutation(6) + rng.uniform(-0.3, 0.3, 6), rng.normal(size=6)))
def bubble_ranked_sum(x, weights):
    """After the Numba repository's bubblesort example: sorts in place by element swaps, then weights the order."""
    n = x.shape[0]
    swaps = 0
    for end in range(n, 1, -1):
        for i in range(end - 1):
            if x[i] > x[i + 1]:
                x[i], x[i + 1] = x[i + 1], x[i]
                swaps += 1
    total = 0.0
    for i in range(n):
        total += weights[i] * x[i] * x[i]
    return total + swaps * x[0]


@program(args=lambda rng: (rng.permutation(6) + rng.uniform(-0.3, 0.3, 6), rng.normal(size=6)))
def insertion_sorted_gaps(x, tags):
    """Insertion sort by while, which carries a second array along; then the gaps of the sorted values."""
    for i in range(1, x.size):
        key, tag = x[i], tags[i]
        j = i - 1
        while j >= 0 and x[j] > key:
            x[j + 1] = x[j]
            tags[j + 1] = tags[j]
            j -= 1
        x[j + 1] = key
        tags[j + 1] = tag
    gaps = x[1:] - x[:-1]
    return np.sum(tags[1:] * gaps * gaps) + tags[0]


@program(args=lambda rng: (rng.normal(size=7), np.array([0, 2, 1, 2, 2, 0, 3]), rng.normal(size=4)))
def grouped_variance(x, group, base):
    """After numpy-groupies' Numba aggregations: scatter with repeated indices, gather again, an empty group."""
    count = np.zeros(base.size)
    mean = base.copy()
    spread = np.zeros_like(base)
    for i in range(x.size):
        count[group[i]] += 1.0
        mean[group[i]] += x[i]
    for g in range(mean.size):
        mean[g] /= count[g] + 1.0
    for i in range(x.size):
        spread[group[i]] += (x[i] - mean[group[i]]) ** 2
    return np.sum(spread * mean)


@program(args=lambda rng: (rng.normal(size=4), rng.normal(size=4), 1))
def rebound_in_branches(x, y, mode):
    """A name is bound to an argument, a fresh array or a view by a branch, and then written."""
    if mode == 0:
        z = x
    elif mode == 1:
        z = x * y
    else:
        z = y[:]
    z[1] = z[0] * y[3]
    y[0] += z[1] * x[1]
    if y[0] > -100.0:
        y = y * z
    y[2] = x[2] * z[2]
    return np.dot(y, z) + np.dot(x, x)


@program(args=lambda rng: (rng.normal(size=4), 0.9), compiled=True)
def rebound_in_loop(x, k):
    """Every round binds a fresh array while the one before is still written and read under another name."""
    total = 0.0
    for t in range(4):
        old = x
        x = np.cos(x) * k
        if t > 0:
            old[t] = x[0] * x[t]
        x[0] += old[3] * old[t]
        total += np.sum(old * x)
    return total + x[1]


@program(args=lambda rng: (rng.normal(size=6), np.array([3, 0, 5, 1, 4, 2])))
def shuffle_and_sum(x, targets):
    """Swaps at given places, which repeat themselves, with a running product of what is swapped."""
    n = targets.size
    product = 1.0
    for i in range(n - 1, 0, -1):
        j = targets[i] % (i + 1)
        x[i], x[j] = x[j], x[i]
        product *= 1.0 + 0.1 * x[i]
        x[j] *= product
    return np.sum(x * x) * product


@program(args=lambda rng: (rng.normal(size=(5, 2)),))
def packed_distances(points):
    """Distances of pairs in packed storage: a counter carried through a triangular loop, then a second pass."""
    n, d = points.shape
    packed = np.empty(n * (n - 1) // 2)
    idx = 0
    for i in range(n):
        for j in range(i + 1, n):
            s = 0.0
            for k in range(d):
                s += (points[i, k] - points[j, k]) ** 2
            packed[idx] = math.sqrt(s)
            idx += 1
    stress = 0.0
    while idx > 1:
        idx -= 2
        stress += packed[idx] * packed[idx + 1]
    return stress


def longer_row(m, i, spare):
    if i % 2 == 0:
        return m[i]
    return spare


@njit
def scale_into(v, factor):
    v *= factor
    return v


@program(args=lambda rng: (rng.normal(size=(4, 3)), rng.normal(size=3)))
def helpers_hand_views_back(m, spare):
    """Helpers return a view of one argument, or the other argument itself; the result is written through."""
    total = 0.0
    for i in range(m.shape[0]):
        row = longer_row(m, i, spare)
        same = scale_into(row, 0.5 + m[0, 1])
        same[1] += row[0] * row[2]
        total += same[1]
    twice = scale_into(spare, total)
    twice[0] = m[0, 0] * m[2, 1]
    return np.dot(twice, spare) + m.sum()


@program(args=lambda rng: (rng.normal(size=5), 0.4, 3))
def scratch_in_time(x, k, steps):
    """One scratch array serves every step, is filled twice in each and read across the fills."""
    n = x.size
    tmp = np.empty(n)
    for t in range(steps):
        for i in range(n):
            tmp[i] = math.sin(x[i]) * k
        x[0] += tmp[n - 1]
        for i in range(1, n):
            x[i] += tmp[i] * tmp[i - 1] - tmp[0]
        for i in range(0, n, 2):
            tmp[i] = x[n - 1 - i] / (1.0 + t)
        x[1] *= tmp[2] + tmp[3]
    return np.dot(x, tmp)


@program(args=lambda rng: (rng.normal(size=9), rng.normal(size=3)))
def ring_buffer_filter(signal, taps):
    """A ring buffer with a wrapping position: old values are overwritten while the filter reads round the end."""
    size = taps.size
    ring = np.zeros(size)
    position = 0
    energy = 0.0
    for t in range(signal.size):
        ring[position] = signal[t] * (1.0 + 0.2 * ring[position])
        acc = 0.0
        k = position
        for j in range(size):
            acc += taps[j] * ring[k]
            k = k - 1 if k > 0 else size - 1
        energy += acc * acc
        position = (position + 1) % size
    return energy


def smooth_into(row, out):
    out[0] = row[0]
    out[-1] = row[-1]
    for i in range(1, row.size - 1):
        out[i] = 0.25 * row[i - 1] + 0.5 * row[i] + 0.25 * row[i + 1]


@program(args=lambda rng: (rng.normal(size=(3, 5)).T,))
def rows_of_a_workspace(m):
    """A Fortran-ordered argument; rows and columns of a workspace go to a helper that writes into one of them."""
    work = np.zeros((m.shape[0], m.shape[1]))
    for i in range(m.shape[0]):
        smooth_into(m[i], work[i])
    for j in range(m.shape[1]):
        smooth_into(work[:, j], m[:, j])
    flat = m.T.ravel()
    flat[0] = flat[3] * flat[4]
    turned = work.T.copy()
    turned[0, 0] += flat[0]
    return np.sum(flat * turned.ravel()) + m[0, 0] * turned[0, 0]
