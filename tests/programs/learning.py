"""Layers and training steps: cells, attention, convolutions, transducers, factorisation by scattered updates."""

import math

import numpy as np
from numba import njit

from tests.programs.corpus import program


def sigmoid(x):
    return 1.0 / (1.0 + math.exp(-x))


@program(args=lambda rng: (rng.normal(size=(3, 2)), rng.normal(size=(8, 5)) * 0.5, np.zeros(2), np.zeros(2)))
def lstm_cells(inputs, weights, hidden, cell):
    """An LSTM over a sequence: gates in one scratch vector, hidden and cell state overwritten in place."""
    size = hidden.size
    gates = np.empty(4 * size)
    for t in range(inputs.shape[0]):
        for g in range(4 * size):
            acc = weights[g, 4]
            for k in range(2):
                acc += weights[g, k] * inputs[t, k] + weights[g, 2 + k] * hidden[k]
            gates[g] = acc
        for k in range(size):
            forget = sigmoid(gates[k] + 1.0)
            update = sigmoid(gates[size + k]) * math.tanh(gates[2 * size + k])
            cell[k] = forget * cell[k] + update
            hidden[k] = sigmoid(gates[3 * size + k]) * math.tanh(cell[k])
    return np.sum(hidden) + np.dot(cell, cell)


@program(args=lambda rng: (rng.normal(size=(3, 4)), rng.normal(size=(5, 4)), rng.normal(size=(5, 2))))
def streaming_attention(queries, keys, values):
    """Attention in one pass over the keys: a running maximum rescales a running sum and a running mean."""
    out = np.zeros((queries.shape[0], values.shape[1]))
    root = math.sqrt(queries.shape[1])
    for i in range(queries.shape[0]):
        top = -1e30
        norm = 0.0
        for j in range(keys.shape[0]):
            score = np.dot(queries[i], keys[j]) / root
            if score > top:
                shrink = math.exp(top - score)
                norm *= shrink
                out[i] *= shrink
                top = score
            weight = math.exp(score - top)
            norm += weight
            out[i] += weight * values[j]
        out[i] /= norm
    return np.sum(out**3)


def softmax_rows(x):
    out = np.empty_like(x)
    for i in range(x.shape[0]):
        e = np.exp(x[i])
        out[i] = e / np.sum(e)
    return out


@njit
def rectify(x):
    return np.maximum(x, 0.01 * x)


@program(
    args=lambda rng: (
        rng.normal(size=(4, 3)),
        rng.normal(size=(3, 4)),
        rng.normal(size=4),
        rng.normal(size=(4, 2)),
        np.array([0, 1, 1, 0]),
    ),
    argnums=(1, 2, 3),
)
def perceptron_loss(x, w1, b1, w2, labels):
    """After NPBench's mlp: two layers with broadcast biases, softmax in a helper, the cross-entropy of labels."""
    hidden = rectify(x @ w1 + b1)
    logits = hidden @ w2
    probability = softmax_rows(logits)
    loss = 0.0
    for i in range(labels.size):
        loss -= math.log(probability[i, labels[i]])
    decay = np.sum(w1 * w1) + np.sum(w2 * w2)
    return loss / labels.size + 1e-2 * decay


@program(args=lambda rng: (rng.normal(size=(2, 4, 4, 2)), rng.normal(size=(2, 2, 2, 3)), rng.normal(size=3)))
def convolution_layer(batch, weights, bias):
    """After NPBench's conv2d_bias: four-dimensional arrays, channels contracted in slices, then strided pooling."""
    n, height, width, _ = batch.shape
    size = weights.shape[0]
    filters = weights.shape[3]
    out = np.zeros((n, height - size + 1, width - size + 1, filters))
    for b in range(n):
        for i in range(height - size + 1):
            for j in range(width - size + 1):
                out[b, i, j] = bias
                for k in range(size * size):
                    pixel = batch[b, i + k // size, j + k % size]
                    kernel = weights[k // size, k % size]
                    for c in range(pixel.size):
                        out[b, i, j] += pixel[c] * kernel[c]
    score = 0.0
    for f in range(filters):
        corners = out[:, ::2, ::2, f]
        score += math.tanh(np.sum(corners))
    return score + out.mean() * np.sum(out[0, 0, 1])


@njit
def log_add(a, b):
    if a > b:
        return a + math.log1p(math.exp(b - a))
    else:
        return b + math.log1p(math.exp(a - b))


@program(args=lambda rng: (-rng.uniform(0.2, 2.0, (4, 3)), -rng.uniform(0.2, 2.0, (4, 3))))
def transducer_loss(blank, emit):
    """After NeMo's Numba RNN-T loss: the lattice's forward variables, edges first, then the inside."""
    steps, labels = blank.shape
    alpha = np.zeros((steps, labels))
    for t in range(1, steps):
        alpha[t, 0] = alpha[t - 1, 0] + blank[t - 1, 0]
    for u in range(1, labels):
        alpha[0, u] = alpha[0, u - 1] + emit[0, u - 1]
    for t in range(1, steps):
        for u in range(1, labels):
            stay = alpha[t - 1, u] + blank[t - 1, u]
            move = alpha[t, u - 1] + emit[t, u - 1]
            alpha[t, u] = log_add(stay, move)
    return -(alpha[-1, -1] + blank[-1, -1])


@program(
    args=lambda rng: (
        0.5 * rng.normal(size=(3, 2)),
        0.5 * rng.normal(size=(4, 2)),
        np.array([0, 1, 2, 0, 1]),
        np.array([3, 0, 1, 3, 2]),
        rng.uniform(1.0, 4.0, 5),
        0.05,
    )
)
def factorisation_epochs(users, items, u_index, i_index, ratings, rate):
    """After funk-svd's epochs: ratings seen one by one move two rows each, old values kept in scalars."""
    bias = np.mean(ratings)
    loss = 0.0
    for _ in range(2):
        loss = 0.0
        for r in range(ratings.size):
            u, i = u_index[r], i_index[r]
            predicted = bias
            for f in range(users.shape[1]):
                predicted += users[u, f] * items[i, f]
            error = ratings[r] - predicted
            loss += error**2
            for f in range(users.shape[1]):
                puf = users[u, f]
                qif = items[i, f]
                users[u, f] += rate * (error * qif - 0.02 * puf)
                items[i, f] += rate * (error * puf - 0.02 * qif)
            bias += 0.1 * rate * error
    return loss + users[0, 0] * items[3, 1]


@program(args=lambda rng: (rng.uniform(0.2, 2.0, (4, 4)), np.float64(0.3)))
def soft_shortest_paths(d, temperature):
    """After NPBench's floyd_warshall: every pair relaxed through every third node by a soft minimum, in place."""
    n = d.shape[0]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                through = d[i, k] + d[k, j]
                small = min(d[i, j], through)
                d[i, j] = small - temperature * math.log1p(math.exp(-abs(d[i, j] - through) / temperature))
    total = 0.0
    for i in range(n):
        total += d[i, n - 1 - i] ** 2
    return total


@program(args=lambda rng: (rng.normal(size=(3, 4)).astype(np.float32), rng.normal(size=4).astype(np.float32)))
def layer_norm_single(x, gain):
    """Layer normalisation in float32: mean and variance in one pass per row, a gated sum of what comes out."""
    score = x[0, 0] * 0
    for i in range(x.shape[0]):
        mean = x[0, 0] * 0
        square = mean
        for j in range(x.shape[1]):
            mean += x[i, j]
            square += x[i, j] * x[i, j]
        mean /= x.shape[1]
        scale = np.sqrt(square / x.shape[1] - mean * mean)
        row = gain * (x[i] - mean) / scale
        gate = np.tanh(row)
        score += np.sum(row * gate)
    return score


@program(args=lambda rng: (rng.normal(size=5).astype(np.float32), rng.normal(size=5), np.float32(0.3)), compiled=True)
def mixed_precision_descent(weights, target, momentum):
    """Heavy-ball descent with float32 weights and a float64 target: precisions meet in every statement."""
    speed = np.zeros_like(weights)
    cost = 0.0
    for t in range(3):
        for i in range(weights.size):
            gap = weights[i] - target[i]
            cost += gap * gap / (1.0 + t)
            speed[i] = momentum * speed[i] - 0.2 * math.tanh(gap)
            weights[i] += speed[i]
        momentum *= 0.9
    return cost + np.sum(weights * weights)
