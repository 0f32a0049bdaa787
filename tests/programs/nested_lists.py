"""Lists of tuples, of arrays and of lists: accepted steps, births and deaths, clipping, k best, trees, tables."""

from collections import namedtuple

import numpy as np

from tests.programs.corpus import program

Neutron = namedtuple("Neutron", "position weight")


@program(args=lambda rng: (np.array([1.2, 0.1]) * rng.uniform(0.9, 1.1, 2), 1.6, 0.7, 3e-3), argnums=(0, 1, 2))
def oscillator_with_accepted_steps(start, stiffness, damping, tolerance):
    """Heun's method with steps that adapt: what is accepted goes to a list of times and states, which is gone through after."""
    accepted = [(0.0, start)]
    t, h = 0.0, 0.2
    while t < 1.5:
        x = accepted[-1][1]
        slope = np.array([x[1], -stiffness * x[0] - damping * x[1]])
        euler = x + h * slope
        after = np.array([euler[1], -stiffness * euler[0] - damping * euler[1]])
        better = x + 0.5 * h * (slope + after)
        error = np.sum((better - euler) ** 2)
        if error > tolerance:
            h *= 0.5
            continue
        t += h
        accepted.append((t, better))
        if error < 0.1 * tolerance:
            h *= 1.5
    energy = 0.0
    for k in range(1, len(accepted)):
        t0, x0 = accepted[k - 1]
        t1, x1 = accepted[k]
        energy += 0.5 * (t1 - t0) * (x0[0] * x0[0] + x1[0] * x1[0])
    return energy + accepted[-1][1][1]


@program(args=lambda rng: (rng.uniform(0.2, 0.8, 5), 0.55, 1.3))
def neutrons_born_and_absorbed(positions, absorption, gain):
    """Generations of weighted particles in a slab: each leaks, is absorbed, or splits in two, so the list shrinks and grows."""
    alive = [Neutron(x, 1.0) for x in positions]
    leaked = 0.0
    for generation in range(4):
        born = []
        for particle in alive:
            if particle.position > 1.0:
                leaked += particle.weight * particle.position
                continue
            weight = particle.weight * (1.0 - absorption * particle.position)
            moved = particle.position * gain
            if weight > 0.3 and generation % 2 == 0:
                born.append(Neutron(moved, 0.5 * weight))
                born.append(Neutron(0.5 * moved + 0.1, 0.5 * weight * gain))
            elif weight > 0.05:
                born.append(Neutron(particle.position, weight))
        alive = born
    return leaked + sum([p.weight * p.position for p in alive])


@program(
    args=lambda rng: (np.array([[0.1, 0.2], [1.4, 0.1], [1.2, 1.3], [-0.3, 0.9]]) + rng.uniform(-0.05, 0.05, (4, 2)), 1.0),
    seed=1,
)
def polygon_clipped_by_a_box(corners, side):
    """After Sutherland and Hodgman: a list of points is clipped by one edge of a box after the other, into a new list."""
    points = [(corners[i, 0], corners[i, 1]) for i in range(corners.shape[0])]
    for edge in range(4):
        clipped = []
        for i in range(len(points)):
            a, b = points[i - 1], points[i]
            sign = 1.0 if edge < 2 else -1.0
            bound = side if edge < 2 else 0.0
            da = sign * (bound - a[edge % 2])
            db = sign * (bound - b[edge % 2])
            if da * db < 0.0:
                s = da / (da - db)
                clipped.append((a[0] + s * (b[0] - a[0]), a[1] + s * (b[1] - a[1])))
            if db >= 0.0:
                clipped.append(b)
        points = clipped
    area = 0.0
    for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1]):
        area += 0.5 * (ax * by - bx * ay)
    return area


@program(args=lambda rng: (rng.normal(size=9), rng.normal(size=9), 3, 0.4))
def k_nearest_kept_in_order(points, values, k, centre):
    """The k nearest neighbours in a list that stays sorted: each is inserted at its place, and the last one drops out."""
    best = []
    for i in range(points.size):
        distance = (points[i] - centre) ** 2
        place = 0
        while place < len(best) and best[place][0] < distance:
            place += 1
        if place == k:
            continue
        best.insert(place, (distance, values[i]))
        if len(best) > k:
            best.pop()
    total, weights = 0.0, 0.0
    for rank, (distance, value) in enumerate(best, 1):
        weight = np.exp(-distance) / rank
        total += weight * value * value
        weights += weight
    return total / weights


@program(args=lambda rng: (np.array([0, 0, 0, 1, 1, 2, 4]), rng.uniform(0.5, 1.5, 7), 0.8))
def tree_with_lists_of_children(parents, weights, decay):
    """Upward sums over a tree whose children are lists in a list; then each child takes its share, downwards."""
    children = [[0] for _ in range(parents.size)]
    for node in range(1, parents.size):
        children[parents[node]].append(node)
    below = np.zeros(parents.size)
    for node in range(parents.size - 1, -1, -1):
        below[node] = weights[node]
        for child in children[node][1:]:
            below[node] += decay * below[child] * weights[child]
    share = np.zeros(parents.size)
    share[0] = 1.0
    loss = 0.0
    for node in range(parents.size):
        for child in children[node]:
            if child == 0:
                continue
            share[child] = share[node] * below[child] / below[node]
            loss += share[child] * share[child]
    return loss + below[0]


@program(args=lambda rng: (0.2, rng.uniform(1.0, 1.5), rng.uniform(0.5, 1.5)))
def romberg_in_a_ragged_table(a, b, rate):
    """Romberg's rule: a row of the table is a list one longer than the row above, made of that row and of itself."""
    table = [[0.5 * (b - a) * (np.exp(-rate * a * a) + np.exp(-rate * b * b))]]
    intervals = 1
    while len(table) < 5:
        h = (b - a) / intervals
        middle = 0.0
        for i in range(intervals):
            x = a + (i + 0.5) * h
            middle += np.exp(-rate * x * x)
        row = [0.5 * (table[-1][0] + h * middle)]
        factor = 4.0
        for value in table[-1]:
            row.append(row[-1] + (row[-1] - value) / (factor - 1.0))
            factor *= 4.0
        table.append(row)
        intervals *= 2
    return table[-1][-1] + 0.1 * (table[2][1] - table[-1][-2])


@program(args=lambda rng: (0.3 * rng.normal(size=12), 0.3, 5))
def wave_with_snapshots(field, courant, every):
    """A wave on a string that keeps snapshots: the fields themselves take turns in a list, copies of them in another."""
    fields = [field.copy(), 0.9 * field]
    snapshots = []
    for step in range(14):
        old, now = fields
        for i in range(1, now.size - 1):
            old[i] = 2.0 * now[i] - old[i] + courant * (now[i + 1] - 2.0 * now[i] + now[i - 1])
        fields.reverse()
        if step % every == 0:
            snapshots.append(fields[1].copy())
            fields[1][0] *= 0.5
    misfit = 0.0
    for k, shot in enumerate(snapshots):
        misfit += (k + 1.0) * np.sum((shot - snapshots[k - 1]) ** 2)
    return misfit + fields[0] @ fields[1]
