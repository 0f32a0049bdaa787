"""Nested functions, lambdas and functions as arguments: what they capture of the differentiated function is active."""

import math

import numpy as np

from tests.programs.corpus import program


@program(args=lambda rng: (1.1, 0.4, 0.8, 4))
def damped_by_nested_rates(q, v, damping, steps):
    """After py-pde's steppers: Runge-Kutta on a right-hand side defined inside, which captures active locals."""
    stiffness = 1.0 + damping * damping
    h = 0.2

    def pull(position, speed):
        return -stiffness * math.sin(position) - damping * speed

    for _ in range(steps):
        a1 = pull(q, v)
        a2 = pull(q + 0.5 * h * v, v + 0.5 * h * a1)
        a3 = pull(q + 0.5 * h * v + 0.25 * h * h * a1, v + 0.5 * h * a2)
        q += h * v + h * h / 6.0 * (a1 + a2 + a3)
        v += h / 4.0 * (a1 + a2 + 2.0 * a3)
    return q * v + 0.5 * stiffness * q * q


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 4), 2.0, 0.3), compiled=True)
def penalties_by_lambda(x, strength, width):
    """Lambdas that capture arguments and a local array, called in loops and from each other."""
    weights = x * x
    near = lambda d: math.exp(-d * d / width)  # noqa: E731
    pair = lambda i, j: strength * weights[i] * near(x[i] - x[j])  # noqa: E731
    total = 0.0
    for i in range(x.size):
        for j in range(i):
            total += pair(i, j)
        weights[i] *= 0.5
    return total + near(x[0]) * pair(1, 1)


def greens_spline(east, north):
    r2 = east * east + north * north
    return r2 * (math.log(r2) - 1.0) * 0.5


def greens_inverse(east, north):
    return 1.0 / math.sqrt(east * east + north * north)


def predicted(places, forces, at, greens):
    value = 0.0
    for j in range(forces.size):
        value += forces[j] * greens(at[0] - places[j, 0] + 1e-3, at[1] - places[j, 1])
    return value


@program(args=lambda rng: (rng.normal(size=(3, 2)), rng.normal(size=3), rng.normal(size=(4, 2))))
def predictions_by_greens(places, forces, points):
    """After Verde's predict_numba: the Green's function is handed to the function that sums over forces."""
    smooth = 0.0
    steep = 0.0
    for i in range(points.shape[0]):
        smooth += predicted(places, forces, points[i], greens_spline) ** 2
        if i % 2 == 0:
            steep += predicted(places, forces, points[i], greens_inverse)
    ratio = steep / (1.0 + smooth)
    return smooth + ratio * ratio


def kernel_z(x, y, z, r):
    return x * math.log(y + r) + y * math.log(x + r) - z * math.atan2(x * y, z * r)


def kernel_pot(x, y, z, r):
    return x * y * math.log(z + r) + y * z * math.log(x + r) - 0.5 * x * x * math.atan2(y * z, x * r)


def over_vertices(box, px, py, kernel):
    result = 0.0
    for i in range(2):
        x = box[1 - i] - px
        for j in range(2):
            y = box[3 - j] - py
            for k in range(2):
                z = box[5 - k]
                r = math.sqrt(x * x + y * y + z * z)
                result += (-1) ** (i + j + k) * kernel(x, y, z, r)
    return result


@program(args=lambda rng: (np.array([0.0, 1.2, 0.1, 0.9, 0.5, 1.4]) + rng.uniform(0, 0.05, 6), -0.3, 0.2))
def prism_gravity(box, px, py):
    """After choclo's prism kernels: one loop over eight vertices, the kernel handed in; two fields and their ratio."""
    pull = over_vertices(box, px, py, kernel_z)
    potential = over_vertices(box, px, py, kernel_pot)
    shifted = 0.0
    for t in range(2):
        px -= 0.4
        shifted += over_vertices(box, px, py, kernel_z) * (t + 1.0)
    box[1] *= pull
    again = over_vertices(box, px, py, kernel_pot)
    return pull * shifted + potential * again


def spread_kernel(x, beta):
    if abs(x) > 1.0:
        return 0.0
    return math.exp(beta * math.sqrt(1.0 - x * x)) * 0.1


def gridding(out, values, places, kernel, width, beta):
    for i in range(values.size):
        first = int(math.ceil(places[i] - width / 2.0))
        last = int(math.floor(places[i] + width / 2.0))
        for g in range(first, last + 1):
            w = kernel((g - places[i]) / (width / 2.0), beta)
            out[g % out.size] += w * values[i]


@program(args=lambda rng: (rng.normal(size=4), np.array([0.3, 2.45, 3.8, 5.7]), 2.5))
def gridded_power(values, places, beta):
    """After sigpy's gridding: values spread over a periodic grid by a kernel that is handed in, into an argument."""
    grid = np.zeros(6)
    gridding(grid, values, places, spread_kernel, 3.0, beta)
    grid *= grid
    gridding(grid, grid[1:5], places, spread_kernel, 2.0, beta * 0.5)
    total = 0.0
    for i in range(grid.size):
        total += grid[i] * math.cos(0.7 * i)
    return total


def bracketed_root(function, low, high, a, b):
    flow = function(low, a, b)
    for _ in range(50):
        middle = low - flow * (high - low) / (function(high, a, b) - flow)
        fmiddle = function(middle, a, b)
        if abs(fmiddle) < 1e-13:
            return middle
        if fmiddle * flow < 0.0:
            high = middle
        else:
            low, flow = middle, fmiddle
    return low


@program(args=lambda rng: (1.4, 0.5, 3), argnums=(0, 1))
def implicit_reservoir(storage, k, steps):
    """After SuperflexPy's implicit Euler: a lambda states the balance of each step, a root finder solves it."""
    outflow = 0.0
    for t in range(steps):
        rain = 0.3 + 0.2 * (t % 2)
        new = bracketed_root(lambda s, a, b: s - a + b * s * math.sqrt(s), 0.0, 4.0, storage + rain, k)
        outflow += (storage + rain - new) * (t + 1)
        storage = new
        k *= 1.1
    return outflow + storage * storage


@program(args=lambda rng: (rng.normal(size=4) * 0.6, 0.7))
def nested_writes(x, k):
    """A nested function writes into a captured array, another reads it; what they share goes on changing."""
    state = x.copy()

    def push(i, amount):
        state[i] += k * amount
        state[i - 1] *= 0.5

    def energy():
        return 0.5 * np.sum(state * state)

    before = energy()
    for i in range(x.size):
        push(i, before * x[i])
        if i == 2:
            before = energy() * k
    return before * energy()


@program(args=lambda rng: (0.9, 1.4))
def late_binding(a, b):
    """A captured local is set anew between calls: each call sees the value of its own moment."""
    k = a * b

    def scaled(z):
        return z * k + math.sin(a)

    total = scaled(b)
    k = k * k - b
    total *= scaled(a)
    for t in range(3):
        k += t * total
        total = 0.5 * scaled(total) / (1.0 + t)
    return total


def twice(f, x):
    return f(f(x))


def composed(f, g, x):
    return f(x) + g(f(x))


def soft(x):
    return math.log1p(math.exp(x))


def wave(x):
    return math.sin(1.3 * x)


@program(args=lambda rng: (rng.normal(size=3),), seed=2)
def functions_of_functions(x):
    """Functions are handed on through two levels, of a module, a lambda and one of `math`."""
    total = 0.0
    for i in range(x.size):
        total += twice(soft, x[i]) * composed(wave, soft, x[i])
        total -= twice(lambda z: z * z - 0.5, x[i])
    total = composed(wave, wave, total)
    y = twice(wave, total)
    y += composed(lambda z: 0.5 * z, soft, y)
    z = y * total
    return z + x[0] * y


@program(args=lambda rng: (rng.normal(size=5), 0.8))
def closures_in_closures(x, k):
    """A nested function holds another, with a default parameter and an early return; both capture."""
    shift = k * x[0]

    def outer(i, power=2.0):
        base = x[i] - shift
        inner = lambda z: z * base + k  # noqa: E731
        if base > 0.0:
            return inner(base)
        return inner(k) * abs(base) ** power

    total = outer(1)
    for i in range(1, x.size):
        total += outer(i, 3.0) * outer(i - 1)
    return total


def simpson(f, low, high, pieces, a):
    h = (high - low) / pieces
    total = f(low, a) + f(high, a)
    for i in range(1, pieces):
        total += f(low + i * h, a) * (4.0 if i % 2 == 1 else 2.0)
    return total * h / 3.0


@program(args=lambda rng: (0.5, 2.0, 0.9))
def work_by_quadrature(low, high, a):
    """A quadrature rule takes the integrand, a nested function or a lambda; limits move with its own results."""

    def decay(t, rate):
        return math.exp(-rate * t) * t

    first = simpson(decay, low, high, 4, a)
    second = simpson(lambda t, c: 1.0 / (c + t * t), low, high + first, 4, a)
    total = first * second
    for pieces in (2, 4):
        total += simpson(decay, low * total, high, pieces, a * second)
    return total
