"""Index arrays and masks, repeated ones too, for reading and for writing; `np.where`."""

import math

import numpy as np

from tests.programs.corpus import program


@program(
    args=lambda rng: (rng.normal(size=5), np.array([1, 3, 1, 1, 4]), 0.6),
    known_failure="repeated fancy indices",
    compiled=True,
)
def repeated_indices(x, idx, k):
    """Elements are read and written by an index array with repeats: what was written last stays."""
    y = x[idx]
    x[idx] = y * k + x[0]
    x[idx] += 0.1 * y
    z = x[idx]
    z[1] = z[0] * z[4]
    x[idx[1:]] *= z[:-1]
    total = np.sum(x * x)
    total += np.dot(y, z)
    return total


@program(args=lambda rng: (rng.normal(size=6), np.array([True, False, True, True, False, True]), 1.3))
def masked_updates(x, mask, k):
    """Masks as arguments and from comparisons: read, scaled, set, and their complements."""
    kept = x[mask]
    x[mask] *= k
    high = x > 0.3
    x[high] = x[high] * x[high] - kept[0]
    low = np.logical_not(high)
    x[low] += 0.5
    total = np.sum(kept * kept)
    if kept.size > 3:
        total += np.sum(x[low]) * np.sum(high)
    return total + np.dot(x, x)


@program(args=lambda rng: (rng.normal(size=6), rng.uniform(0.1, 1.0, 6), np.array([0.1, 0.3, 0.5, 0.7, 0.9, 0.95])))
def resampled_particles(x, weights, points):
    """After particles' inverse_cdf: indices of survivors by a walk along cumulated weights, then a gather."""
    total = 0.0
    weights /= np.sum(weights)
    for t in range(2):
        ancestors = np.zeros(x.size, np.int64)
        j = 0
        mass = weights[0]
        for i in range(points.size):
            while points[i] > mass and j < x.size - 1:
                j += 1
                mass += weights[j]
            ancestors[i] = j
        x = x[ancestors] * 0.9 + 0.1 * t
        weights = np.exp(-0.5 * x * x)
        total += math.log(np.mean(weights))
        weights = weights / np.sum(weights)
    return total + np.dot(x, weights)


@program(args=lambda rng: (rng.normal(size=(6, 2)), np.array([0, 2, 5, 2]), np.array([1, 1, 3, 4]), 0.2))
def embedding_rows(table, heads, tails, rate):
    """Rows of a table gathered by repeated indices, moved, and written back; the later row wins."""
    loss = 0.0
    for _ in range(2):
        a = table[heads]
        b = table[tails]
        d = a - b
        loss += np.sum(d * d)
        table[heads] = a - rate * d
        table[tails] = table[tails] + rate * d
    table[heads, 1] *= 2.0
    picked = table[heads, 0]
    return loss + np.dot(picked, table[tails, 1])


@program(args=lambda rng: (rng.normal(size=5), np.array([2, 0, 4, 1, 3]), rng.normal(size=5)))
def conditional_permutations(z, order, w):
    """After esda's local Moran permutations: a map is permuted again and again, and compared with its neighbours."""
    total = 0.0
    for t in range(4):
        z = z[order]
        local = z * w
        if np.sum(local) > 0.0:
            z[order[:2]] = local[3:]
        else:
            w = w[order]
        total += np.sum(local * z) / (1.0 + t)
    back = np.zeros_like(z)
    back[order] = z
    return total + np.dot(back, w)


@program(args=lambda rng: (rng.normal(size=8), np.array([[0, 1, 2], [2, 3, 4], [4, 5, 0]]), rng.uniform(0.5, 1.5, 3)))
def element_assembly(u, dofs, stiffness):
    """Elements gather their unknowns, compute forces, and add them where they came from, corner by corner."""
    force = np.zeros(u.size)
    energy = 0.0
    for e in range(dofs.shape[0]):
        nodes = dofs[e]
        ue = u[nodes]
        fe = stiffness[e] * (2.0 * ue - np.sum(ue)) + ue**3
        force[nodes] += fe
        energy += np.dot(ue, fe)
    free = force[dofs[0]]
    u[dofs[1]] = free * 0.1
    return energy + np.dot(u, force)


@program(args=lambda rng: (rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=5), 0.8))
def huber_epoch(x, w, y, delta):
    """After skglm's Huber datafit: residuals, a loss and a slope by `np.where`, one step for each coordinate."""
    loss = 0.0
    for _ in range(2):
        r = np.zeros(y.size)
        for i in range(y.size):
            r[i] = np.dot(x[i], w) - y[i]
        small = np.abs(r) < delta
        loss = np.mean(np.where(small, 0.5 * r * r, delta * np.abs(r) - 0.5 * delta**2))
        slope = np.where(small, r, np.sign(r) * delta)
        for j in range(w.size):
            w[j] -= 0.2 * np.dot(x[:, j], slope)
    return loss + np.sum(w * w)


@program(args=lambda rng: (rng.normal(size=7), rng.uniform(0.5, 1.5, 7)))
def written_by_rank(x, w):
    """Ranks are counted, and values written to the place of their rank; a slice of the ranks reads again."""
    n = x.size
    rank = np.zeros(n, np.int64)
    for i in range(n):
        for j in range(n):
            if x[j] < x[i]:
                rank[i] += 1
    ordered = np.empty(n)
    ordered[rank] = x * w
    gaps = ordered[1:] - ordered[:-1]
    middle = ordered[rank[1:-1]]
    return np.sum(gaps**2) + np.sum(middle * x[1:-1])


@program(args=lambda rng: (rng.normal(size=5) * 0.5, rng.normal(size=(5, 5)) * 0.4, rng.uniform(0.5, 1.5, 5)), seed=1)
def spiking_network(v, coupling, drive):
    """Neurons whose potential passes a threshold are found by a mask, reset together, and excite the others."""
    total = 0.0
    trace = np.zeros_like(v)
    for t in range(6):
        fired = v > 0.8
        total += np.sum(v[fired])
        trace[fired] += 1.0 / (1.0 + t)
        v[fired] -= 1.0
        push = np.zeros_like(v)
        for j in range(v.size):
            if fired[j]:
                push += coupling[:, j]
        v += 0.3 * (drive - 0.5 * v) + push
        v[0] *= 1.0 - 0.1 * trace[0]
    return total + np.dot(v, trace) + np.sum(v)


@program(args=lambda rng: (rng.uniform(0.5, 1.5, (4, 4)), np.array([0, 3, 1]), np.array([2, 2, 0]), rng.normal(size=3)))
def pairs_of_index_arrays(m, rows, cols, v):
    """Two index arrays together, rows alone, columns alone, and an index array with a slice or a number."""
    m[rows, cols] = v * m[cols, rows]
    top = m[rows]
    side = m[:, cols]
    m[rows] = top * 0.5
    m[:, cols] += 0.1
    m[rows, 1] = side[1] * v
    m[1:][rows[1:] - 1, 3] = v[1:] * v[:-1]
    total = np.sum(top * top)
    return total + np.sum(side) * np.sum(m * m)


@program(args=lambda rng: (rng.normal(size=8), 0.4))
def smooth_steps_of_where(x, k):
    """`np.where` on arrays, on a scalar branch, on two nested conditions, and within a loop that shifts the array."""
    total = 0.0
    for t in range(3):
        slow = np.where(x > 0.0, x, k * x)
        wave = np.where(x < -0.5, 1.0, np.where(x < 0.5, 0.5 - x, k))
        total += np.sum(slow * wave)
        x[1:] = x[:-1] * np.where(slow[1:] > wave[1:], k, 1.0 + k)
        x[0] = total * 0.1
        gate = np.where(total > 0.5, total, k)
        total = total + 0.1 * gate
    return total


@program(args=lambda rng: (rng.normal(size=9), np.array([1, 0, 1, 2, 2, 0, 1, 1, 0]), 3))
def group_means_by_masks(x, label, groups):
    """Groups are picked by a mask on their labels, centred in place, and empty or small ones are skipped."""
    spread = np.zeros(groups + 1)
    for g in range(groups + 1):
        chosen = label == g
        count = np.sum(chosen)
        if count < 3:
            continue
        part = x[chosen]
        mean = np.mean(part)
        spread[g] = np.sum((part - mean) ** 2) / count
        x[chosen] = part - mean * spread[g]
    inside = np.logical_and(x > -1.0, label != 2)
    x[inside] *= 2.0
    return np.sum(spread * spread) + np.sum(x**3)


@program(args=lambda rng: (rng.normal(size=(4, 4)), 0.25, 3), seed=1)
def pinned_membrane(u, rate, sweeps):
    """Sweeps over a plate in which the pinned points, a mask made of comparisons, keep what they had."""
    pinned = np.zeros(u.shape[0], np.bool_)
    pinned[::3] = True
    kept = u[pinned]
    for _ in range(sweeps):
        new = u.copy()
        new[1:-1] = u[1:-1] + rate * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        new[:, 1:-1] += rate * (u[:, 2:] - 2.0 * u[:, 1:-1] + u[:, :-2])
        u = new
        u[pinned] = kept
    loose = np.logical_not(pinned)
    inner = u[loose]
    return np.sum(inner * inner) + np.sum(u[:, loose])


@program(args=lambda rng: (rng.normal(size=10), np.array([7, 2, 2, 9, 0]), np.array([True, False, True, True, False])))
def views_and_gathers(x, idx, mask):
    """A gather is a copy, of which views are taken; a view is indexed by arrays and writes through to the whole."""
    picked = x[idx]
    head = picked[:3]
    head *= 2.0
    evens = x[::2]
    evens[mask] = head * 0.5
    odd = x[1::2]
    odd[idx[1:3]] += picked[3:]
    reverse = x[::-1]
    reverse[idx] *= 1.5
    again = picked[mask]
    again[:] = again[::-1] * x[0]
    return np.dot(x, reverse) + np.sum(again * picked[:3])
