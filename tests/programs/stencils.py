"""Stencils on grids: ping-pong buffers, slices, sweeps in place, helpers that write into arrays."""

import numpy as np
from numba import njit

from tests.programs.corpus import program


@program(args=lambda rng: (rng.uniform(0.5, 1.5, 7), 0.2, 4), compiled=True, known_failure="ping-pong stencil")
def diffuse_rod(u, k, steps):
    """After NPBench's jacobi_1d: explicit diffusion on two buffers that exchange their names."""
    n = u.size
    new = u.copy()
    for _ in range(steps):
        for i in range(1, n - 1):
            new[i] = u[i] + k * (u[i + 1] - 2.0 * u[i] + u[i - 1]) * u[i]
        u, new = new, u
    energy = 0.0
    for i in range(n):
        energy += u[i] * u[i]
    return energy


@program(args=lambda rng: (rng.uniform(0.5, 1.5, (5, 4)), rng.uniform(0.5, 1.5, (5, 4)), 2))
def jacobi_plate(a, b, steps):
    """After NPBench's jacobi_2d: two plates relax into each other, slice by slice, both arguments overwritten."""
    t = 1
    heat = 0.0
    while t <= steps:
        b[1:-1, 1:-1] = 0.2 * (a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1])
        a[1:-1, 1:-1] = 0.2 * (b[1:-1, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] + b[2:, 1:-1] + b[:-2, 1:-1])
        heat += np.sum(a * b) / t
        t += 1
    spread = a - b
    return heat + np.sum(spread**3)


@program(args=lambda rng: (rng.uniform(0.5, 1.5, (5, 5)), 2))
def seidel_plate(a, steps):
    """After NPBench's seidel_2d: Gauss-Seidel sweeps in place, each row by a slice and then along itself."""
    n = a.shape[0]
    for _ in range(steps):
        for i in range(1, n - 1):
            a[i, 1:-1] += a[i - 1, :-2] + a[i - 1, 1:-1] + a[i, 2:] + a[i + 1, 1:-1]
            for j in range(1, n - 1):
                a[i, j] += a[i, j - 1]
                a[i, j] /= 6.0
    total = 0.0
    for i in range(n):
        total += a[i, i] * a[i, n - 1 - i]
    return total


@program(
    args=lambda rng: (rng.normal(size=(4, 5)), rng.normal(size=(4, 5)), rng.normal(size=(4, 5)), rng.normal(size=3))
)
def maxwell_cavity(ex, ey, hz, source):
    """After NPBench's fdtd_2d: staggered updates of three fields, driven on one edge by a source in time."""
    for t in range(len(source)):
        ey[0, :] = source[t]
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    electric = ex * ex + ey * ey
    magnetic = hz * hz
    density = electric * magnetic
    return np.sum(density) + 0.5 * electric.sum() + 0.5 * magnetic.sum()


@program(args=lambda rng: (rng.uniform(0.5, 1.0, (4, 4, 3)), 0.1, 2))
def heat_block(u, k, steps):
    """After NPBench's heat_3d: a seven-point stencil in a triple loop, copied back through a slice."""
    nx, ny, nz = u.shape
    w = np.zeros((nx, ny, nz))
    for _ in range(steps):
        for i in range(nx):
            for j in range(ny):
                for m in range(nz):
                    up = u[i, j, m + 1] if m < nz - 1 else u[i, j, 0]
                    around = u[i - 1, j, m] + u[(i + 1) % nx, j, m] + u[i, j - 1, m] + u[i, (j + 1) % ny, m]
                    w[i, j, m] = u[i, j, m] + k * (around + up + u[i, j, m - 1] - 6.0 * u[i, j, m])
        u[:, :, :] = w
    centre = u[1:3, 1:3, 1]
    return np.sum(centre * centre) / u.mean()


@program(args=lambda rng: (rng.normal(size=(5, 5)), 0.3, 4))
def wave_membrane(start, courant, steps):
    """A membrane by leapfrog: three time levels rotate through one tuple assignment."""
    before = start.copy()
    now = start.copy()
    after = np.zeros_like(start)
    c2 = courant**2
    for _ in range(steps):
        after[1:-1, 1:-1] = 2.0 * now[1:-1, 1:-1] - before[1:-1, 1:-1]
        after[1:-1, 1:-1] += c2 * (now[:-2, 1:-1] + now[2:, 1:-1] + now[1:-1, :-2] + now[1:-1, 2:])
        after[1:-1, 1:-1] -= 4.0 * c2 * now[1:-1, 1:-1]
        before, now, after = now, after, before
    kinetic = now - before
    return np.sum(kinetic * kinetic) + 0.1 * np.sum(now**4)


@program(args=lambda rng: (rng.normal(size=8) + 0.3, 0.05, 0.02, 3), compiled=True)
def burgers_upwind(u, dt_dx, viscosity, steps):
    """After python-hydro/pyro2's burgers: upwind by the sign of the speed, periodic, through a scratch flux."""
    n = u.size
    flux = np.empty(n)
    for _ in range(steps):
        for i in range(n):
            left = u[i - 1]
            right = u[i]
            speed = 0.5 * (left + right)
            if speed > 0.0:
                flux[i] = 0.5 * left * left
            else:
                flux[i] = 0.5 * right * right
            flux[i] -= viscosity * (right - left)
        for i in range(n - 1):
            u[i] -= dt_dx * (flux[i + 1] - flux[i])
        u[n - 1] -= dt_dx * (flux[0] - flux[n - 1])
    return (u * u).sum()


def minmod(a, b):
    if a * b <= 0.0:
        return 0.0
    return a if abs(a) < abs(b) else b


def limited_flux(a, i, courant):
    slope = minmod(a[i] - a[i - 1], a[i + 1] - a[i])
    return a[i] + 0.5 * (1.0 - courant) * slope


@program(args=lambda rng: (rng.uniform(1.0, 2.0, 8), 0.4))
def advect_limited(a, courant):
    """After python-hydro/pyro2's advection: MUSCL with a minmod limiter, nested helpers with returns in branches."""
    n = a.shape[0]
    out = np.full(n, 1.5)
    inflow = limited_flux(a, 1, courant)
    for i in range(2, n - 1):
        outflow = limited_flux(a, i, courant)
        out[i] = a[i] - courant * (outflow - inflow)
        inflow = outflow
    mass = 0.0
    for i in range(n):
        mass += out[i] ** 2
    return mass


@program(args=lambda rng: (rng.normal(size=(6, 6)), rng.uniform(0.1, 0.2, (6, 6))))
def horizontal_diffusion(field, coeff):
    """After NPBench's hdiff: a Laplacian, two limited fluxes and their divergence, in one pass over rows."""
    ni, nj = field.shape
    lap = np.zeros((ni, nj))
    lap[1:-1, 1:-1] = 4.0 * field[1:-1, 1:-1] - field[2:, 1:-1] - field[:-2, 1:-1] - field[1:-1, 2:] - field[1:-1, :-2]
    fx = np.zeros_like(lap)
    fy = np.zeros_like(lap)
    for i in range(ni - 1):
        for j in range(nj - 1):
            dx = lap[i + 1, j] - lap[i, j]
            if dx * (field[i + 1, j] - field[i, j]) <= 0.0:
                fx[i, j] = dx
            dy = lap[i, j + 1] - lap[i, j]
            if dy * (field[i, j + 1] - field[i, j]) <= 0.0:
                fy[i, j] = dy
    out = field[2:-2, 2:-2] - coeff[2:-2, 2:-2] * (fx[2:-2, 2:-2] - fx[1:-3, 2:-2] + fy[2:-2, 2:-2] - fy[2:-2, 1:-3])
    return np.sum(out * out)


@program(args=lambda rng: (rng.uniform(0.5, 1.5, (5, 4)), 0.02), argnums=(0,))
def relax_until_still(a, tolerance):
    """After the Numba repository's laplace2d example: in-place relaxation until the largest change is small."""
    rows, columns = a.shape
    change = 1.0
    sweeps = 0
    while change > tolerance and sweeps < 50:
        change = 0.0
        for i in range(1, rows - 1):
            for j in range(1, columns - 1):
                old = a[i, j]
                a[i, j] = 0.25 * (a[i + 1, j] + a[i - 1, j] + a[i, j + 1] + a[i, j - 1])
                change = max(change, abs(a[i, j] - old))
        sweeps += 1
    return np.sum(a[1, :] ** 2) + sweeps * a[2, 2] ** 3


@njit
def periodic_laplacian(field, out):
    n = field.size
    out[0] = field[1] - 2.0 * field[0] + field[n - 1]
    for i in range(1, n - 1):
        out[i] = field[i - 1] - 2.0 * field[i] + field[i + 1]
    out[n - 1] = field[n - 2] - 2.0 * field[n - 1] + field[0]


@program(args=lambda rng: (rng.uniform(0.5, 1.0, 6), rng.uniform(0.1, 0.3, 6), 0.04, 0.06, 3))
def gray_scott_ring(u, v, feed, kill, steps):
    """After py-pde's Laplace operators: a jitted helper fills scratch arrays that live across the time loop."""
    lap_u = np.empty_like(u)
    lap_v = np.empty_like(v)
    for _ in range(steps):
        periodic_laplacian(u, lap_u)
        periodic_laplacian(v, lap_v)
        react = u * v * v
        u += 0.16 * lap_u - react + feed * (1.0 - u)
        v += 0.08 * lap_v + react - (feed + kill) * v
    return np.dot(u, v)


def pressure_sweeps(p, b, sweeps):
    for _ in range(sweeps):
        pn = p.copy()
        p[1:-1, 1:-1] = 0.25 * (pn[1:-1, 2:] + pn[1:-1, :-2] + pn[2:, 1:-1] + pn[:-2, 1:-1] - b[1:-1, 1:-1])
        p[:, -1] = p[:, -2]
        p[0, :] = p[1, :]
        p[:, 0] = p[:, 1]
        p[-1, :] = 0.0


@program(args=lambda rng: (rng.normal(size=(4, 5)), rng.normal(size=(4, 5)), rng.normal(size=(4, 5)), 0.1))
def cavity_pressure(u, v, p, rho):
    """After NPBench's cavity_flow: a source term, pressure sweeps with copied edges in a helper, a correction."""
    b = np.zeros_like(u)
    ux = u[1:-1, 2:] - u[1:-1, :-2]
    vy = v[2:, 1:-1] - v[:-2, 1:-1]
    b[1:-1, 1:-1] = rho * (ux + vy - ux**2 - 2.0 * (u[2:, 1:-1] - u[:-2, 1:-1]) * (v[1:-1, 2:] - v[1:-1, :-2]) - vy**2)
    for _ in range(2):
        pressure_sweeps(p, b, 2)
        u[1:-1, 1:-1] -= 0.3 * (p[1:-1, 2:] - p[1:-1, :-2])
        v[1:-1, 1:-1] -= 0.3 * (p[2:, 1:-1] - p[:-2, 1:-1])
    return np.sum(u * u + v * v) + p.sum()
