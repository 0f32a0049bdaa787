"""Namedtuples, tuples that are indexed by variables, star parameters, None."""

import math
from collections import namedtuple
from typing import NamedTuple

import numpy as np
from numba import njit

from tests.programs.corpus import program

Spring = namedtuple("Spring", "stiffness damping mass")



@program(args=lambda rng: (Spring(1.4, 0.2, 1.1), 0.9, 0.1, 4), compiled=True)
def spring_of_fields(spring, q, v, steps):
    """A namedtuple of numbers as an argument; its fields by name, by position, and unpacked."""
    h = 0.3
    k, c, m = spring
    energy = 0.0
    for _ in range(steps):
        v -= h / spring.mass * (k * q + c * v + 0.1 * spring[0] * q**3)
        q += h * v
        energy += 0.5 * m * v * v
    return energy + 0.5 * spring.stiffness * q * q



class Layer(NamedTuple):
    """Weights and offsets of a layer."""

    weights: np.ndarray
    offset: np.ndarray



@program(
    args=lambda rng: (
        (Layer(rng.normal(size=(3, 2)), rng.normal(size=3)), Layer(rng.normal(size=(1, 3)), rng.normal(size=1))),
        rng.normal(size=2),
        0.3,
    )
)
def layers_of_namedtuples(layers, x, target):
    """A tuple of namedtuples of arrays: two layers, one of which is changed through its field."""
    hidden, out = layers
    loss = 0.0
    for _ in range(2):
        a = np.tanh(np.dot(hidden.weights, x) + hidden.offset)
        y = np.dot(out.weights, a) + layers[1].offset
        error = y[0] - target
        loss += error * error
        hidden.weights[0] -= 0.1 * error * x
        out.offset[0] -= 0.1 * error
    return loss + hidden.weights[0, 1]



Account = namedtuple("Account", "cash position")



@njit
def buy(account, amount, price, fee):
    cost = amount * price * (1.0 + fee)
    if cost > account.cash:
        amount = account.cash / (price * (1.0 + fee))
        cost = account.cash
    return Account(account.cash - cost, account.position + amount), amount



@njit
def sell(account, amount, price, fee):
    amount = min(amount, account.position)
    gained = amount * price * (1.0 - fee)
    return Account(account.cash + gained, account.position - amount), -amount



@program(args=lambda rng: (10.0, rng.uniform(1.0, 2.0, 7), rng.uniform(-4.0, 4.0, 7), 0.02), seed=1)
def simulated_orders(cash, prices, orders, fee):
    """After vectorbt's execute_order: an account is a namedtuple that helpers replace, orders filled in part."""
    account = Account(cash, 0.5)
    turnover = 0.0
    for i in range(prices.size):
        if abs(orders[i]) < 0.5:
            continue
        if orders[i] > 0.0:
            account, filled = buy(account, orders[i], prices[i], fee)
        else:
            account, filled = sell(account, -orders[i], prices[i], fee)
        turnover += filled * filled * prices[i]
    value = account.cash + account.position * prices[-1]
    return value * value + 0.1 * turnover



Forest = namedtuple("Forest", "parent rank")



@njit
def root_of(forest, x):
    while forest.parent[x] != x:
        x, forest.parent[x] = forest.parent[x], forest.parent[forest.parent[x]]
    return x



@program(args=lambda rng: (rng.normal(size=(6, 2)),))
def tree_by_disjoint_sets(points):
    """After fast_hdbscan's disjoint sets: a namedtuple of integer arrays joins points, shortest edges first."""
    n = points.shape[0]
    forest = Forest(np.zeros(n, np.int64), np.zeros(n, np.int64))
    for i in range(n):
        forest.parent[i] = i
    total = 0.0
    floor = 0.0
    for _ in range(n - 1):
        least = 1e9
        a = b = 0
        for i in range(n):
            for j in range(i):
                d = (points[i, 0] - points[j, 0]) ** 2 + (points[i, 1] - points[j, 1]) ** 2
                if d < least and root_of(forest, i) != root_of(forest, j):
                    least, a, b = d, i, j
        a, b = root_of(forest, a), root_of(forest, b)
        if forest.rank[a] < forest.rank[b]:
            a, b = b, a
        forest.parent[b] = a
        forest.rank[a] += 1
        total += math.sqrt(least) * (least - floor)
        floor = least
    return total



@njit
def hamilton(p, q):
    a, b, c, d = p
    e, f, g, h = q
    return (
        a * e - b * f - c * g - d * h,
        a * f + b * e + c * h - d * g,
        a * g - b * h + c * e + d * f,
        a * h + b * g - c * f + d * e,
    )



@program(args=lambda rng: (rng.normal(size=(3, 3)), 0.4, 0.2))
def turned_by_quaternions(rates, h, bias):
    """After quaternionic's multiply: quaternions as tuples of four, multiplied in a helper, indexed, conjugated."""
    attitude = (1.0, 0.0, 0.0, bias)
    total = 0.0
    for i in range(rates.shape[0]):
        step = (1.0, 0.5 * h * rates[i, 0], 0.5 * h * rates[i, 1], 0.5 * h * rates[i, 2])
        attitude = hamilton(attitude, step)
        norm = 0.0
        for k in range(4):
            norm += attitude[k] ** 2
        attitude = (attitude[0] / norm, attitude[1] / norm, attitude[2] / norm, attitude[3] / norm)
        back = (attitude[0], -attitude[1], -attitude[2], -attitude[3])
        w, x, y, z = hamilton(hamilton(attitude, (0.0, 1.0, 0.0, 0.0)), back)
        total += x * y - w * z + z
    return total



Model = namedtuple("Model", "move see noise")



@program(args=lambda rng: (Model(np.array([[1.0, 0.3], [0.0, 0.9]]), np.array([1.0, 0.2]), 0.4), rng.normal(size=5), None))
def filtered_by_model(model, observed, weights):
    """A Kalman filter whose model is a namedtuple of a matrix, a vector and a number; weights that may be None."""
    state = np.zeros(2)
    cover = model.noise * np.dot(model.move, model.move.T)
    fit = 0.0
    for t in range(observed.size):
        state = np.dot(model.move, state)
        cover = np.dot(np.dot(model.move, cover), model.move.T)
        cover[0, 0] += model.noise
        cover[1, 1] += 0.1
        gain = np.dot(cover, model.see)
        spread = np.dot(model.see, gain) + model.noise
        wrong = observed[t] - np.dot(model.see, state)
        if weights is not None:
            wrong *= weights[t]
        fit += math.log(spread) + wrong * wrong / spread
        state += gain * wrong / spread
        for i in range(2):
            cover[i] -= gain[i] * gain / spread
    return fit



@program(args=lambda rng: (rng.normal(size=4), rng.normal(size=4), 0.7, 0.2, 1.5), argnums=(0, 1))
def star_parameters(x, y, *weights):
    """Numbers that come as star parameters: counted, indexed, looped over and handed on."""
    total = 0.0
    scale = weights[0] * weights[-1]
    for i, w in enumerate(weights):
        x[i] *= w
        total += np.dot(x, y) * w
    for k in range(len(weights) - 1):
        y[k + 1] += weights[k] * weights[k + 1]
    total += mixed(scale, *weights)
    return total + mixed(total, y[0]) * y[2]



@njit
def mixed(first, *others):
    s = first
    for v in others:
        s = s * 0.5 + math.sin(v)
    return s * len(others)



@program(args=lambda rng: (rng.normal(size=5), None, 0.3, None), argnums=(0, 2))
def optional_parts(x, weights, ridge, start=None):
    """Arguments that are None: branches on them vanish, alternatives stand in, a helper gets None too."""
    if weights is None:
        w = np.ones(x.size)
    else:
        w = weights * weights
    total = smoothed(x, None if start is None else start, ridge)
    for i in range(x.size):
        total += w[i] * x[i] ** 2
        if start is not None:
            total -= start[i] * x[i]
    total += smoothed(w * x, x, ridge) * ridge
    return total



@njit
def smoothed(v, anchor, ridge=0.5):
    s = 0.0
    for i in range(1, v.size):
        if anchor is None:
            s += ridge * (v[i] - v[i - 1]) ** 2
        else:
            s += ridge * v[i] * anchor[i - 1]
    return s



Moments = namedtuple("Moments", "mean spread rows")



@program(args=lambda rng: (rng.normal(size=(5, 3)), 0.2), outputs="array")
def moments_as_result(x, ridge):
    """After ArviZ's stats_variance_2d: means and spreads in one pass over rows, returned as a namedtuple."""
    mean = np.zeros(x.shape[1])
    spread = np.zeros(x.shape[1])
    count = 0
    for row in x:
        count += 1
        step = row - mean
        mean += step / count
        spread += step * (row - mean)
    if count > 1:
        spread /= count - 1
    return Moments(mean, spread + ridge, x * mean)



@program(args=lambda rng: ((rng.normal(size=4), rng.normal(size=4)), 0.6, 5))
def buffers_in_a_tuple(buffers, k, steps):
    """A tuple of two arrays indexed by the parity of a step: one is read while the other is written."""
    total = 0.0
    for t in range(steps):
        source = buffers[t % 2]
        sink = buffers[(t + 1) % 2]
        for i in range(4):
            sink[i] = k * math.sin(source[i]) + 0.3 * source[i - 1] * sink[i]
        total += sink[t % 4]
    first, second = buffers
    first[0] = total
    return np.dot(first, second) + buffers[0][0]



@program(args=lambda rng: (1.2, (0.7, (0.3, rng.normal(size=3)))))
def nested_tuples(a, rest):
    """Tuples in tuples, as an argument and as locals: unpacked, rebuilt in a loop, chosen by a ternary."""
    b, (c, x) = rest
    pair = (a, (b, c))
    for t in range(3):
        (s, r) = pair
        pair = (r[0] * x[t], (s + r[1], r[1] * 0.9))
    chosen = (pair[0], a) if pair[1][0] > 0.0 else (a, pair[0])
    u, v = chosen
    x[0] = u * v
    return np.sum(x * x) * rest[0] + rest[1][1][0] + pair[1][1]



@program(args=lambda rng: (rng.uniform(1.2, 4.8, 4), rng.normal(size=4), rng.normal(size=8), 0.2, 3))
def particles_in_cells(x, u, field, h, steps):
    """After fbpic's gathering and deposition: linear and cubic weights picked by a flag, charges back on the grid."""
    charge = np.zeros(field.size)
    for t in range(steps):
        for p in range(x.size):
            cell = int(math.floor(x[p]))
            s = x[p] - cell
            force = 0.0
            if t % 2 == 0:
                for k, w in enumerate((1.0 - s, s)):
                    force += w * field[(cell + k) % field.size]
                    charge[(cell + k) % field.size] += w * u[p]
            else:
                weights = ((1.0 - s) ** 3, 3.0 * s**3 - 6.0 * s * s + 4.0, 1.0 + 3.0 * s + 3.0 * s * s - 3.0 * s**3, s**3)
                for k in range(4):
                    force += weights[k] * field[(cell + k - 1) % field.size] / 6.0
            u[p] += h * force / math.sqrt(1.0 + u[p] * u[p])
            x[p] += h * u[p] * 0.1
        field -= h * charge
    return np.dot(u, x) + np.dot(field, charge)

