"""Equations of motion, epidemics, neurons, catchments: steps that return tuples or write into their arguments."""

import math

import numpy as np
from numba import njit

from tests.programs.corpus import program


@program(
    args=lambda rng: (
        1.3 * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 1], [2, 1, 0]]) + rng.normal(size=(5, 3)) * 0.1,
        2.5,
    )
)
def lennard_jones_cluster(positions, cutoff):
    """After numba-examples' lennard_jones: energy and forces of pairs within a cutoff, scattered both ways."""
    n = positions.shape[0]
    forces = np.zeros_like(positions)
    energy = 0.0
    for i in range(n - 1):
        for j in range(i + 1, n):
            dx = positions[i, 0] - positions[j, 0]
            dy = positions[i, 1] - positions[j, 1]
            dz = positions[i, 2] - positions[j, 2]
            r2 = dx * dx + dy * dy + dz * dz
            if r2 < cutoff * cutoff:
                s6 = (1.0 / r2) ** 3
                energy += 4.0 * (s6 * s6 - s6)
                pull = 24.0 * (2.0 * s6 * s6 - s6) / r2
                forces[i, 0] += pull * dx
                forces[i, 1] += pull * dy
                forces[j] -= pull * (positions[i] - positions[j])
    return energy + 0.01 * np.sum(forces * forces)


def gravity(pos, mass, softening):
    acc = np.zeros_like(pos)
    for i in range(pos.shape[0]):
        for j in range(pos.shape[0]):
            if i != j:
                d = pos[j] - pos[i]
                acc[i] += mass[j] * d / (np.dot(d, d) + softening) ** 1.5
    return acc


def leapfrog(pos, vel, acc, mass, dt):
    half = vel + 0.5 * dt * acc
    new = pos + dt * half
    acc = gravity(new, mass, 0.1)
    return new, half + 0.5 * dt * acc, acc


@program(args=lambda rng: (rng.normal(size=(3, 2)), 0.3 * rng.normal(size=(3, 2)), rng.uniform(0.5, 1.5, 3), 3))
def orbit_energy(pos, vel, mass, steps):
    """After NPBench's nbody: leapfrog whose step returns a tuple of fresh arrays, with a nested helper."""
    acc = gravity(pos, mass, 0.1)
    trace = 0.0
    for _ in range(steps):
        pos, vel, acc = leapfrog(pos, vel, acc, mass, 0.1)
        trace += np.sum(pos * acc)
    kinetic = 0.0
    for i in range(mass.size):
        kinetic += 0.5 * mass[i] * np.dot(vel[i], vel[i])
    return kinetic + 0.1 * trace


def epidemic_rates(state, beta, gamma, out):
    infection = beta * state[0] * state[1]
    out[0] = -infection
    out[1] = infection - gamma * state[1]
    out[2] = gamma * state[1]


@program(args=lambda rng: (np.array([0.9, 0.1, 0.0]), 1.6, 0.4, 0.25, 4), compiled=True)
def epidemic_rk4(state, beta, gamma, dt, steps):
    """The SIR model by Runge-Kutta: a helper writes rates into rows of a stage array."""
    k = np.empty((4, 3))
    peak = 0.0
    for _ in range(steps):
        epidemic_rates(state, beta, gamma, k[0])
        epidemic_rates(state + 0.5 * dt * k[0], beta, gamma, k[1])
        epidemic_rates(state + 0.5 * dt * k[1], beta, gamma, k[2])
        epidemic_rates(state + dt * k[2], beta, gamma, k[3])
        for i in range(3):
            state[i] += dt / 6.0 * (k[0, i] + 2.0 * k[1, i] + 2.0 * k[2, i] + k[3, i])
        peak = max(peak, state[1])
    return peak * state[2] - state[0]


@njit
def predation(y, p):
    out = np.empty(2)
    out[0] = y[0] * (p[0] - p[1] * y[1])
    out[1] = y[1] * (p[2] * y[0] - p[3])
    return out


@program(args=lambda rng: (np.array([1.2, 0.8]), np.array([1.0, 0.6, 0.5, 0.9]), 3), outputs="array")
def predators_and_prey(y, p, steps):
    """Lotka-Volterra by Runge-Kutta with rebound stages; returns the final state and the path of the prey."""
    prey = np.zeros(steps + 1)
    prey[0] = y[0]
    dt = 0.2
    for t in range(steps):
        k1 = predation(y, p)
        k2 = predation(y + 0.5 * dt * k1, p)
        k3 = predation(y + 0.5 * dt * k2, p)
        k4 = predation(y + dt * k3, p)
        y = y + dt / 6.0 * (k1 + 2.0 * (k2 + k3) + k4)
        prey[t + 1] = y[0]
    return y, prey


@program(args=lambda rng: (rng.normal(size=(4, 4)), 0.4, 0.2, 2))
def mean_field_magnet(spins, coupling, field, sweeps):
    """Ising-like sums on a torus: half lattices are updated in turn from their neighbours, as on a chessboard."""
    n = spins.shape[0]
    for _ in range(sweeps):
        for colour in range(2):
            for i in range(n):
                for j in range((i + colour) % 2, n, 2):
                    h = spins[i - 1, j] + spins[(i + 1) % n, j] + spins[i, j - 1] + spins[i, (j + 1) % n]
                    spins[i, j] = math.tanh(coupling * h + field)
    energy = 0.0
    for i in range(n):
        energy -= coupling * np.dot(spins[i], spins[i - 1])
    return energy - field * spins.sum()


def opening_rate(v):
    return 0.1 * (v + 40.0) / (1.0 - math.exp(-(v + 40.0) / 10.0))


def closing_rate(v):
    return 4.0 * math.exp(-(v + 65.0) / 18.0)


@program(args=lambda rng: (np.array([7.0, 9.0, 3.0, 12.0]), 120.0, 0.3, 4))
def membrane_potential(currents, sodium, leak, substeps):
    """A Hodgkin-Huxley neuron: gates relax by exponential steps, a spike counts where v passes."""
    v = -62.0
    m = opening_rate(v) / (opening_rate(v) + closing_rate(v))
    above = 0
    trace = 0.0
    for t in range(currents.size):
        for _ in range(substeps):
            a, b = opening_rate(v), closing_rate(v)
            m += (a / (a + b) - m) * (1.0 - math.exp(-(a + b) * 0.02))
            v += 0.02 * (currents[t] - sodium * m**3 * 0.2 * (v - 50.0) - leak * (v + 54.0))
            if v > -55.0:
                above += 1
                trace += math.log(v + 60.0)
        trace += 1e-3 * v * v
    return trace + above * m


@program(
    args=lambda rng: (
        np.array([4.0, 0.0, 9.0, 2.0, 0.0, 6.0]),
        rng.normal(size=6) * 4 + 1,
        np.array([0.3, 2.2, 0.4, 3.0]),
    )
)
def catchment_runoff(rain, temperature, p):
    """After RRMPG's HBV and CemaNeige models: snow, soil and a reservoir that spills, each behind branches."""
    snow = 0.0
    soil = 2.0
    store = np.zeros(rain.size + 1)
    flow = 0.0
    for t in range(rain.size):
        if temperature[t] < 0.0:
            snow += rain[t]
            water = 0.0
        else:
            melt = min(snow, p[1] * temperature[t])
            snow -= melt
            water = rain[t] + melt
        recharge = water * (soil / 10.0) ** p[1]
        soil += water - recharge
        if soil > 10.0:
            recharge += soil - 10.0
            soil = 10.0
        store[t + 1] = store[t] + recharge
        quick = p[2] * max(store[t + 1] - p[3], 0.0)
        store[t + 1] -= quick + p[0] * store[t + 1]
        flow += quick * quick + 0.1 * soil
    return flow + store[rain.size]


def pendulum_step(q, v, h, pull):
    mid = v - 0.5 * h * pull * math.sin(q)
    new = q + h * mid
    return new, mid - 0.5 * h * pull * math.sin(new)


@program(args=lambda rng: (0.9, 0.3, 1.7, 2.0))
def adaptive_pendulum(q, v, pull, end):
    """Verlet with step doubling: the step width follows the state, the number of steps follows the data."""
    t = 0.0
    h = 0.3
    rejected = 0
    while t < end:
        h = min(h, end - t)
        q1, v1 = pendulum_step(q, v, h, pull)
        qh, vh = pendulum_step(q, v, 0.5 * h, pull)
        q2, v2 = pendulum_step(qh, vh, 0.5 * h, pull)
        error = math.sqrt((q2 - q1) ** 2 + (v2 - v1) ** 2)
        if error < 2e-3:
            t += h
            q, v = q2, v2
            h *= min(1.5, 0.9 * (2e-3 / error) ** 0.3333)
        else:
            h *= 0.6
            rejected += 1
    return 0.5 * v * v - pull * math.cos(q) + 1e-3 * rejected * q


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 8), np.array([1, 3, 3, 6, 5, 6, 7, 7]), 0.8))
def drainage_network(runoff, downstream, loss):
    """After pysheds' flow accumulation: counts of inflows, then a walk downstream by while from every source."""
    n = runoff.size
    inflows = np.zeros(n)
    area = runoff.copy()
    for i in range(n):
        inflows[downstream[i]] += 1.0
    for i in range(n):
        if inflows[i] == 0.0:
            here = i
            while downstream[here] != here:
                below = downstream[here]
                area[below] += loss * area[here]
                inflows[below] -= 1.0
                here = below if inflows[below] == 0.0 else n - 1
    return np.sum(np.log(area)) + area[n - 1] ** 2


@program(
    args=lambda rng: (
        rng.normal(size=(3, 3)),
        rng.normal(size=(4, 3)) - np.array([0.0, 0.0, 4.0]),
        rng.uniform(1, 2, 4),
    )
)
def gravity_misfit(stations, sources, masses):
    """After choclo's point masses: potential and vertical pull at stations, a misfit of neighbouring ratios."""
    ratios = np.empty(stations.shape[0])
    for s in range(stations.shape[0]):
        potential = pull = 0.0
        for k in range(masses.size):
            easting = sources[k, 0] - stations[s, 0]
            northing = sources[k, 1] - stations[s, 1]
            upward = sources[k, 2] - stations[s, 2]
            r = math.sqrt(easting**2 + northing**2 + upward**2)
            potential += masses[k] / r
            pull += masses[k] * upward / r**3
        ratios[s] = pull / potential
    misfit = 0.0
    for s in range(ratios.size):
        misfit += (ratios[s] - ratios[s - 1] + 0.25) ** 2
    return misfit


@program(args=lambda rng: (rng.uniform(0.1, 0.5, 3), rng.uniform(-1.5, -0.5, 3), rng.uniform(0.0, 0.3, (3, 3)), 0.3, 4))
def montbrio_network(rate, potential, coupling, delta, steps):
    """After The Virtual Brain's Montbrio-Pazo-Roxin model: a nested function for each node, Euler, all nodes in turn."""
    tau = 1.0 + delta

    def slopes(r, v, drive):
        dr = (delta / (math.pi * tau) + 2.0 * r * v) / tau
        dv = (v * v - math.pi**2 * tau**2 * r * r + 0.4 + drive + 2.0 * tau * r) / tau
        return dr, dv

    trace = 0.0
    for _ in range(steps):
        drive = np.dot(coupling, rate)
        for i in range(rate.size):
            dr, dv = slopes(rate[i], potential[i], drive[i])
            rate[i] += 0.05 * dr
            potential[i] += 0.05 * dv
        trace += np.sum(rate * potential)
    return trace + rate[0] ** 2
