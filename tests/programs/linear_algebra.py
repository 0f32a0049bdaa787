"""Dense and sparse linear algebra by loops: factorisations in place, triangular loops, rebinding of arrays."""

import math

import numpy as np
from numba import njit

from tests.programs.corpus import program


def spd(rng, n):
    a = rng.normal(size=(n, n))
    return a @ a.T + n * np.eye(n)


@program(args=lambda rng: (spd(rng, 5), rng.normal(size=5)), compiled=True, known_failure="in-place Cholesky")
def gaussian_log_density(a, b):
    """After NPBench's cholesky: the factor grows in place in the argument, then a forward solve in place of b."""
    n = a.shape[0]
    logdet = 0.0
    for i in range(n):
        for j in range(i):
            for k in range(j):
                a[i, j] -= a[i, k] * a[j, k]
            a[i, j] /= a[j, j]
        for k in range(i):
            a[i, i] -= a[i, k] * a[i, k]
        a[i, i] = math.sqrt(a[i, i])
        logdet += 2.0 * math.log(a[i, i])
    for i in range(n):
        for j in range(i):
            b[i] -= a[i, j] * b[j]
        b[i] /= a[i, i]
    return -0.5 * (logdet + np.dot(b, b))


@program(args=lambda rng: (rng.normal(size=(4, 4)) + 5.0 * np.eye(4), rng.normal(size=4)))
def lu_solve(a, b):
    """After NPBench's ludcmp: LU without pivots by dot products of row and column copies, two substitutions."""
    n = a.shape[0]
    x = np.zeros_like(b)
    y = np.zeros_like(b)
    for i in range(n):
        for j in range(i):
            a[i, j] = (a[i, j] - np.dot(a[i, :j].copy(), a[:j, j].copy())) / a[j, j]
        for j in range(i, n):
            a[i, j] -= np.dot(a[i, :i].copy(), a[:i, j].copy())
    for i in range(n):
        y[i] = b[i] - np.dot(a[i, :i], y[:i])
    for i in range(n - 1, -1, -1):
        x[i] = (y[i] - np.dot(a[i, i + 1 :], x[i + 1 :])) / a[i, i]
    return x[0] * x[1] + x[2] * x[3]


@program(args=lambda rng: (rng.normal(size=(5, 3)),))
def gram_schmidt(a):
    """After NPBench's gramschmidt: modified Gram-Schmidt on column slices of the argument."""
    q = np.zeros_like(a)
    r = np.zeros((a.shape[1], a.shape[1]))
    for k in range(a.shape[1]):
        norm = np.sum(a[:, k] * a[:, k])
        r[k, k] = np.sqrt(norm)
        q[:, k] = a[:, k] / r[k, k]
        for j in range(k + 1, a.shape[1]):
            r[k, j] = np.sum(q[:, k] * a[:, j])
            a[:, j] -= q[:, k] * r[k, j]
    return np.sum(r * r * r) + np.sum(q[0, :] * q[1, :])


@program(
    args=lambda rng: (rng.normal(size=6), 4.0 + rng.uniform(size=6), rng.normal(size=6), rng.normal(size=6)),
    known_failure="Thomas algorithm",
)
def tridiagonal_energy(lower, diag, upper, d):
    """After NPBench's vadv: the Thomas algorithm, coefficients and right-hand side overwritten, then backwards."""
    n = d.size
    upper[0] = upper[0] / diag[0]
    d[0] = d[0] / diag[0]
    for k in range(1, n):
        pivot = 1.0 / (diag[k] - lower[k] * upper[k - 1])
        upper[k] *= pivot
        d[k] = (d[k] - lower[k] * d[k - 1]) * pivot
    x = np.empty(n)
    x[n - 1] = d[n - 1]
    energy = 0.5 * x[n - 1] ** 2
    for k in range(n - 2, -1, -1):
        x[k] = d[k] - upper[k] * x[k + 1]
        energy += 0.5 * x[k] ** 2
    return energy


@program(args=lambda rng: (np.array([0.4, 0.2, -0.1, 0.15, 0.05]),), outputs="array")
def durbin(r):
    """After NPBench's durbin: the Levinson-Durbin recursion, a slice plus its own reverse."""
    y = np.empty_like(r)
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, r.size):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + np.sum(r[:k][::-1] * y[:k])) / beta
        y[:k] += alpha * y[:k][::-1]
        y[k] = alpha
    return y


@program(args=lambda rng: (spd(rng, 4), rng.normal(size=4)))
def power_iteration(a, x):
    """The largest eigenvalue: the vector is bound to a fresh array in every round, the Rayleigh quotient settles."""
    eigenvalue = 0.0
    change = 1.0
    while change > 0.05:
        y = a @ x
        x = y / math.sqrt(np.dot(y, y))
        new = np.dot(x, a @ x)
        change = abs(new - eigenvalue)
        eigenvalue = new
    residual = a @ x - eigenvalue * x
    return eigenvalue + np.dot(residual, residual)


@program(args=lambda rng: (0.6 * rng.normal(size=(3, 3)), rng.normal(size=3)))
def exponential_action(a, v):
    """The exponential of a matrix on a vector: scaling, a series whose terms rebind arrays, squaring."""
    scaled = a / 4.0
    result = np.zeros_like(a)
    for i in range(a.shape[0]):
        result[i, i] = 1.0
    term = result.copy()
    for k in range(1, 9):
        term = term @ scaled / k
        result = result + term
    for _ in range(2):
        result = result @ result
    w = result @ v
    return np.sum(w * w * w)


@program(args=lambda rng: (rng.uniform(0.2, 1.0, (5, 5)), np.arange(5.0)))
def stationary_mean(a, payoff):
    """After quantecon's gth_solve: state reduction in place, then substitution from the first state on."""
    n = a.shape[0]
    x = np.ones(n)
    for k in range(n - 1):
        scale = np.sum(a[k, k + 1 :])
        if scale <= 0.0:
            n = k + 1
        for i in range(k + 1, n):
            a[i, k] /= scale
            for j in range(k + 1, n):
                a[i, j] += a[i, k] * a[k, j]
    for k in range(n - 2, -1, -1):
        x[k] = 0.0
        for i in range(k + 1, n):
            x[k] += x[i] * a[i, k]
    x /= x.sum()
    return np.dot(x, payoff)


@njit
def step_length(r, p, q):
    return np.dot(r, r) / np.dot(p, q)


@program(args=lambda rng: (spd(rng, 5), rng.normal(size=5)))
def conjugate_gradient(a, b):
    """Conjugate gradients for a fixed number of rounds: directions and residuals are rebound."""
    x = np.zeros_like(b)
    r = b - a @ x
    p = r
    for _ in range(3):
        q = a @ p
        alpha = step_length(r, p, q)
        x = x + alpha * p
        fresh = r - alpha * q
        p = fresh + np.dot(fresh, fresh) / np.dot(r, r) * p
        r = fresh
    return np.dot(x, b) + np.dot(r, r)


@program(args=lambda rng: (1.3, rng.normal(size=(4, 4)), rng.normal(size=(4, 3))))
def triangular_product(alpha, a, b):
    """After NPBench's trmm and syrk: a triangular product in place of b, then a symmetric update of a triangle."""
    m, n = b.shape
    for i in range(m):
        for j in range(n):
            b[i, j] += np.dot(a[i + 1 :, i].copy(), b[i + 1 :, j].copy())
    b *= alpha
    c = np.zeros((m, m))
    for i in range(m):
        c[i, : i + 1] *= 0.5
        for k in range(n):
            c[i, : i + 1] += alpha * b[i, k] * b[: i + 1, k]
    trace = 0.0
    for i in range(m):
        trace += c[i, i] * c[i, 0]
    return trace


def rotate(top, bottom, c, s):
    for k in range(top.size):
        upper = c * top[k] + s * bottom[k]
        bottom[k] = c * bottom[k] - s * top[k]
        top[k] = upper


@program(args=lambda rng: (rng.normal(size=(4, 3)), rng.normal(size=4)))
def givens_least_squares(a, b):
    """Least squares by Givens rotations: a helper writes through two row views of the argument."""
    m, n = a.shape
    for j in range(n):
        for i in range(m - 1, j, -1):
            radius = math.hypot(a[i - 1, j], a[i, j])
            c = a[i - 1, j] / radius
            s = a[i, j] / radius
            rotate(a[i - 1, j:], a[i, j:], c, s)
            rotate(b[i - 1 : i], b[i : i + 1], c, s)
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = b[i] / a[i, i]
        for k in range(i):
            b[k] -= a[k, i] * x[i]
    return np.dot(x, x) + b[n] ** 2


@program(
    args=lambda rng: (
        rng.normal(size=8),
        np.array([0, 2, 1, 3, 0, 1, 2, 3]),
        np.array([0, 2, 4, 4, 8]),
        rng.normal(size=4),
        3,
    )
)
def sparse_smoothing(values, columns, starts, x, rounds):
    """After NPBench's spmv: a CSR matrix, one of whose rows is empty, applied with a nonlinearity to two buffers."""
    y = np.zeros_like(x)
    for r in range(rounds):
        for row in range(starts.size - 1):
            acc = 0.1 * x[row]
            for k in range(starts[row], starts[row + 1]):
                acc += values[k] * x[columns[k]]
            y[row] = math.tanh(acc)
        if r % 2 == 0:
            x, y = y, x
        else:
            x[:] = y
    return np.sum(x * x * x) + np.sum(y)


@program(args=lambda rng: (spd(rng, 3) / 4.0,))
def inverse_by_doubling(a):
    """Newton-Schulz: the inverse of a matrix by products that ping-pong between rebound arrays."""
    n = a.shape[0]
    two = np.zeros((n, n))
    biggest = 0.0
    for i in range(n):
        two[i, i] = 2.0
        row = np.sum(np.abs(a[i]))
        biggest = row if row > biggest else biggest
    x = np.empty_like(a)
    x[:] = a.T / biggest**2
    for _ in range(6):
        y = x @ (two - a @ x)
        x, y = y, x
    return np.sum(x * x) - np.sum(x * y)


@program(args=lambda rng: (spd(rng, 4),), outputs="array")
def ldl_factors(a):
    """A = L D L' for a fresh copy: unit triangle and diagonal come back as a tuple."""
    n = len(a)
    lower = np.zeros((n, n))
    d = np.empty(n)
    for j in range(n):
        d[j] = a[j, j]
        for k in range(j):
            d[j] -= lower[j, k] ** 2 * d[k]
        lower[j, j] = 1.0
        for i in range(j + 1, n):
            work = a[i, j]
            for k in range(j):
                work -= lower[i, k] * lower[j, k] * d[k]
            lower[i, j] = work / d[j]
    return lower, d


@program(
    args=lambda rng: (
        rng.normal(size=5),
        np.array([0, 2, 1, 0, 2]),
        np.array([0, 2, 3, 5]),
        rng.normal(size=4),
        np.array([1, 0, 2, 1]),
        np.array([0, 1, 3, 4]),
    ),
)
def sparse_times_sparse(a, a_cols, a_starts, b, b_cols, b_starts):
    """After PyData sparse's CSR times CSR: sums per row in a dense buffer, whose used places hang on a linked list."""
    n = a_starts.size - 1
    sums = np.zeros(3)
    link = np.full(3, -1)
    trace = 0.0
    total = 0.0
    for i in range(n):
        head = -2
        for j, v in zip(a_cols[a_starts[i] : a_starts[i + 1]], a[a_starts[i] : a_starts[i + 1]]):
            for p in range(b_starts[j], b_starts[j + 1]):
                k = b_cols[p]
                sums[k] += v * b[p]
                if link[k] == -1:
                    link[k] = head
                    head = k
        while head != -2:
            total += sums[head] ** 2 * (1.0 + i)
            if head == i:
                trace += sums[head]
            sums[head] = 0.0
            link[head], head = -1, link[head]
    return total + trace * trace
