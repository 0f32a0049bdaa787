"""Likelihoods, filters of state, fits by iteration, scores on graphs: carried statistics and scatter."""

import math

import numpy as np
from numba import njit

from tests.programs.corpus import program


@program(args=lambda rng: (rng.normal(size=3), rng.normal(size=(3, 3)), rng.normal(size=(5, 3))), compiled=True)
def hmm_log_likelihood(log_start, log_moves, log_emit):
    """After ssm's forward_pass: the forward algorithm in logarithms, each step by a shifted log-sum-exp."""
    steps, states = log_emit.shape
    alpha = np.zeros((steps, states))
    alpha[0] = log_start + log_emit[0]
    for t in range(1, steps):
        top = alpha[t - 1, 0]
        for k in range(1, states):
            top = max(top, alpha[t - 1, k])
        for k in range(states):
            total = 0.0
            for j in range(states):
                total += math.exp(alpha[t - 1, j] + log_moves[j, k] - top)
            alpha[t, k] = math.log(total) + top + log_emit[t, k]
    return math.log(np.sum(np.exp(alpha[steps - 1])))


@program(
    args=lambda rng: (
        rng.normal(size=(5, 2)),
        np.array([2, 1, 0, 2, 2]),
        np.array([0.9, 0.5]),
        np.array([0.3, 0.6]),
        0.4,
    )
)
def sequential_kalman(observed, counts, phi, q, r):
    """After metran's seqkalmanfilter: scalar updates one observation at a time, gaps included."""
    n = phi.size
    m = np.zeros(n)
    p = np.zeros((n, n))
    for i in range(n):
        p[i, i] = 1.0
    cost = 0.0
    for t in range(observed.shape[0]):
        for i in range(n):
            m[i] *= phi[i]
            for j in range(n):
                p[i, j] *= phi[i] * phi[j]
            p[i, i] += q[i]
        for k in range(counts[t]):
            v = observed[t, k] - m[k]
            f = p[k, k] + r
            gain = p[:, k] / f
            m += gain * v
            row = p[k].copy()
            for i in range(n):
                p[i] -= gain[i] * row
            cost += 0.5 * (math.log(f) + v * v / f)
    return cost


@program(args=lambda rng: (rng.normal(size=4), rng.normal(size=6), 0.6))
def kernel_density(points, samples, width):
    """After the Numba documentation's kernel density example: a shifted log-sum-exp of scaled distances."""
    n = samples.shape[0]
    total = 0.0
    for i in range(points.shape[0]):
        d = -((points[i] - samples) ** 2) / (2.0 * width**2)
        m = d[0]
        for j in range(1, n):
            m = m if m > d[j] else d[j]
        total += m - math.log(width * n) + math.log(np.sum(np.exp(d - m)))
    bias = 0.5 * math.log(2.0 * math.pi)
    return total - points.size * bias


def add_value(value, count, mean, squares):
    count = count + 1
    delta = value - mean
    mean = mean + delta / count
    squares = squares + delta * (value - mean)
    return count, mean, squares


def remove_value(value, count, mean, squares):
    count = count - 1
    delta = value - mean
    mean = mean - delta / count
    squares = squares - delta * (value - mean)
    return count, mean, squares


@program(args=lambda rng: (rng.normal(size=8), 3))
def rolling_volatility(x, window):
    """After pandas' sliding_var: values enter and leave a window through helpers that return tuples."""
    count = 0
    mean = 0.0
    squares = 0.0
    out = 0.0
    for i in range(x.size):
        count, mean, squares = add_value(x[i], count, mean, squares)
        if i >= window:
            count, mean, squares = remove_value(x[i - window], count, mean, squares)
        if count == window:
            out += math.sqrt(squares / (window - 1)) + 0.1 * mean**3
    return out


@program(args=lambda rng: (rng.normal(size=3), rng.normal(size=(6, 3)), np.array([1.0, -1.0, 1.0, 1.0, -1.0, -1.0]), 3))
def logistic_descent(w, points, labels, rounds):
    """After the Numba documentation's logistic regression: gradient steps on the argument, arrays all through."""
    transposed = points.T.copy()
    rate = 0.3
    for _ in range(rounds):
        margin = labels * (points @ w)
        pull = (1.0 / (1.0 + np.exp(-margin)) - 1.0) * labels
        w -= rate * (transposed @ pull)
        rate *= 0.9
    loss = np.mean(np.log1p(np.exp(-labels * (points @ w))))
    norm = np.dot(w, w)
    return loss + 0.01 * norm


@program(args=lambda rng: (rng.uniform(0.2, 1.0, (3, 2)), rng.uniform(0.2, 1.0, (2, 4)), rng.uniform(0.5, 2.0, (3, 4))))
def plsa_rounds(topics, words, counts):
    """After enstop's plsa_fit: E steps into a scratch tensor, M steps that overwrite and normalise the arguments."""
    n, k = topics.shape
    m = words.shape[1]
    share = np.zeros((n, m, k))
    for _ in range(2):
        for d in range(n):
            for w in range(m):
                share[d, w] = topics[d] * words[:, w]
                share[d, w] /= np.sum(share[d, w])
        topics[:] = 0.0
        words[:] = 0.0
        for z in range(k):
            norm = 0.0
            for d in range(n):
                for w in range(m):
                    s = counts[d, w] * share[d, w, z]
                    topics[d, z] += s
                    words[z, w] += s
                    norm += s
            words[z] /= norm
        for d in range(n):
            topics[d] /= topics[d].sum()
    return np.sum(topics * topics) + np.sum(words[0] * words[1])


@program(args=lambda rng: (rng.normal(size=(5, 3)), np.array([1.1, 0.9, 1.3]), rng.normal(size=3)))
def batch_normalisation(x, scale, shift):
    """After NPBench's resnet: columns normalised by their mean and deviation, a rectifier, and a score."""
    rows, columns = x.shape
    out = np.empty((rows, columns))
    for c in range(columns):
        column = x[:, c]
        mean = column.mean()
        centred = column - mean
        deviation = math.sqrt(np.mean(centred * centred) + 1e-5)
        out[:, c] = scale[c] * centred / deviation + shift[c]
    out = np.maximum(out, 0.1 * out)
    return np.sum(out * out * out) + 0.5 * out.mean()


@program(args=lambda rng: (rng.normal(size=(5, 3)),), outputs="array")
def correlation_matrix(data):
    """After NPBench's correlation: centres and scales the argument, fills both triangles of the result."""
    rows, columns = data.shape
    mean = data.sum(axis=0) / rows
    corr = np.empty((columns, columns))
    data -= mean
    spread = np.sqrt(np.sum(data * data, axis=0) / rows)
    data /= math.sqrt(rows) * spread
    for i in range(columns):
        corr[i, i] = 1.0
        for j in range(i + 1, columns):
            corr[i, j] = np.sum(data[:, i] * data[:, j])
            corr[j, i] = corr[i, j]
    return corr


def soft_threshold(x, level):
    if x > level:
        return x - level
    elif x < -level:
        return x + level
    else:
        return 0.0 * x


@program(args=lambda rng: (rng.normal(size=(6, 3)), rng.normal(size=6), 0.05), compiled=True)
def lasso_epochs(x, residual, penalty):
    """After skglm's cd_epoch: coordinate descent that keeps the residual up to date in place."""
    n, features = x.shape
    w = np.zeros(features)
    for _ in range(3):
        for j in range(features):
            lipschitz = np.sum(x[:, j] ** 2) / n
            old = w[j]
            gradient = -np.sum(x[:, j] * residual) / n
            w[j] = soft_threshold(old - gradient / lipschitz, penalty / lipschitz)
            if w[j] != old:
                residual += (old - w[j]) * x[:, j]
    return np.dot(residual, residual) / (2.0 * n) + penalty * np.sum(np.abs(w))


@njit
def clipped(value):
    if value > 4.0:
        return 4.0
    return -4.0 if value < -4.0 else value


@njit
def squared_distance(a, b):
    total = 0.0
    for k in range(a.shape[0]):
        total += (a[k] - b[k]) ** 2
    return total


@program(
    args=lambda rng: (rng.normal(size=(4, 2)), np.array([0, 1, 2, 0]), np.array([1, 2, 3, 3]), 1.2, 0.9),
    argnums=(0, 3, 4),
)
def layout_epochs(embedding, heads, tails, a, b):
    """After umap-learn's optimize_layout_euclidean: attraction along edges, repulsion between others, in place."""
    alpha = 1.0
    energy = 0.0
    for epoch in range(2):
        for e in range(heads.size):
            current = embedding[heads[e]]
            other = embedding[tails[e]]
            d2 = squared_distance(current, other)
            pull = -2.0 * a * b * pow(d2, b - 1.0) / (a * pow(d2, b) + 1.0)
            for k in range(current.size):
                step = clipped(pull * (current[k] - other[k])) * alpha * 0.2
                current[k] += step
                other[k] -= step
            far = embedding[(heads[e] + 2 + epoch) % embedding.shape[0]]
            d2 = squared_distance(current, far)
            if d2 > 0.0:
                push = 2.0 * b / ((0.1 + d2) * (a * pow(d2, b) + 1.0))
                for k in range(current.size):
                    current[k] += clipped(push * (current[k] - far[k])) * alpha * 0.2
            energy += math.log1p(d2)
        alpha = 1.0 - 0.5 * (epoch + 1)
    return energy + np.sum(embedding * embedding)


@program(args=lambda rng: (rng.uniform(5.0, 8.0, 9), 0.4, 0.2, 0.3, 3))
def holt_winters(y, alpha, beta, gamma, period):
    """After statsforecast's exponential smoothing: level, trend and a ring of seasons, squared errors summed."""
    season = np.zeros(period)
    level = np.mean(y[:period])
    for i in range(period):
        season[i] = y[i] / level
    trend = (y[period] - y[0]) / period
    errors = 0.0
    for t in range(period, y.size):
        s = season[t % period]
        forecast = (level + trend) * s
        errors += (y[t] - forecast) ** 2
        before = level
        level = alpha * y[t] / s + (1.0 - alpha) * (level + trend)
        trend = beta * (level - before) + (1.0 - beta) * trend
        season[t % period] = gamma * y[t] / level + (1.0 - gamma) * s
    return errors / (y.size - period) + trend**2


@program(
    args=lambda rng: (
        rng.normal(size=5),
        rng.uniform(0.2, 1.0, 7),
        np.array([1, 2, 0, 3, 4, 0, 2]),
        np.array([0, 2, 3, 5, 5, 7]),
    )
)
def morans_i(x, weights, neighbours, starts):
    """After scanpy's Moran's I: a CSR graph, the autocorrelation of a centred signal."""
    n = x.size
    z = x - x.mean()
    total = weights.sum()
    inner = 0.0
    for i in range(n):
        local = 0.0
        for k in range(starts[i], starts[i + 1]):
            local += weights[k] * z[neighbours[k]]
        inner += local * z[i]
    return n / total * inner / np.dot(z, z)


@program(args=lambda rng: (rng.uniform(0.2, 1.0, 3), rng.uniform(0.2, 1.0, 4), rng.uniform(0.1, 1.0, (3, 4)), 0.4))
def sinkhorn_cost(p, q, cost, temperature):
    """After pynndescent's sinkhorn: a kernel scaled from both sides in turn by rebound vectors, to a fixed count."""
    kernel = np.exp(-cost / temperature)
    flipped = kernel.T.copy()
    p = p / p.sum()
    q = q / np.sum(q)
    u = np.ones(p.size)
    v = np.ones(q.size)
    count = 0
    while count < 5:
        v = q / (flipped @ u)
        u = p / (kernel @ v)
        count += 1
    plan = u.reshape((3, 1)) * kernel * v
    return np.sum(plan * cost)


@program(args=lambda rng: (rng.uniform(0.5, 3.0, 6),))
def gini_index(income):
    """After quantecon's gini_coefficient and lorenz_curve: pair sums, cumulated shares, and their mean gap."""
    n = income.size
    shares = np.zeros(n + 1)
    pairs = 0.0
    for i in range(n):
        shares[i + 1] = shares[i] + income[i] ** 1.5
        for j in range(n):
            pairs += abs(income[i] - income[j])
    gap = 0.0
    for i in range(1, n + 1):
        shares[i] /= shares[n]
        gap += i / n - shares[i] if i < n else 0.0
    return pairs / (2.0 * n * np.sum(income)) + gap


def crystal_ball_log(z, beta, m):
    if z < -beta:
        ratio = m / beta
        a = m * math.log(ratio) - 0.5 * beta * beta
        return a - m * math.log(ratio - beta - z)
    return -0.5 * z * z


@program(args=lambda rng: (rng.normal(size=8) * 1.5, 0.1, 1.2, 1.1, 2.5), seed=1)
def crystal_ball_fit(x, mean, width, beta, m):
    """After numba-stats' crystalball: a helper with a power-law tail behind an early return, over the data by value."""
    total = 0.0
    core = math.sqrt(0.5 * math.pi) * (1.0 + math.erf(beta / math.sqrt(2.0)))
    tail = m / beta / (m - 1.0) * math.exp(-0.5 * beta * beta)
    norm = math.log(width * (core + tail))
    for v in x:
        z = (v - mean) / width
        if z > 3.0:
            continue
        total -= crystal_ball_log(z, beta, m) - norm
    return total / x.size


def pixel_integral(i, centre, width):
    scale = 1.0 / (math.sqrt(2.0) * width)
    high = (i + 0.5 - centre) * scale
    low = (i - 0.5 - centre) * scale
    slope = (math.exp(-low * low) - math.exp(-high * high)) / (math.sqrt(2.0 * math.pi) * width)
    return 0.5 * (math.erf(high) - math.erf(low)), slope


@program(args=lambda rng: (rng.uniform(0.5, 1.0, 7) + np.array([0, 1, 5, 9, 6, 2, 0]), 2.7, 30.0, 1.1))
def located_molecule(counts, start, photons, width):
    """After Picasso's gaussmle: Newton steps for the place of a spot under Poisson noise, ended when they are small."""
    theta = start
    step = 1.0
    for n in range(20):
        first = 0.0
        second = 0.0
        for i in range(counts.size):
            share, slope = pixel_integral(i, theta, width)
            model = photons * share + 0.5
            change = photons * slope
            first += change * (counts[i] / model - 1.0)
            second -= change * change * counts[i] / (model * model)
        step = first / second
        theta -= min(max(step, -1.0), 1.0)
        if abs(step) < 1e-11:
            break
    fit = 0.0
    for i, count in enumerate(counts):
        share, _ = pixel_integral(i, theta, width)
        fit += count * math.log(photons * share + 0.5) - photons * share
    return fit + theta * theta
