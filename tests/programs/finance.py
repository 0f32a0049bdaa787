"""Prices and likelihoods: trees rolled back in place, regressions, recursions, Newton by while."""

import math

import numpy as np
from numba import njit

from tests.programs.corpus import program

ROOT_TWO = math.sqrt(2.0)


def normal_cdf(x):
    return 0.5 * (1.0 + math.erf(x / ROOT_TWO))


@njit
def black_scholes_price(spot, strike, years, rate, vol, call):
    scale = vol * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate + 0.5 * vol * vol) * years) / scale
    d2 = d1 - scale
    discounted = strike * math.exp(-rate * years)
    if call:
        return spot * 0.5 * math.erfc(-d1 / ROOT_TWO) - discounted * 0.5 * math.erfc(-d2 / ROOT_TWO)
    return discounted * 0.5 * math.erfc(d2 / ROOT_TWO) - spot * 0.5 * math.erfc(d1 / ROOT_TWO)


@program(
    args=lambda rng: (
        rng.uniform(90.0, 110.0, 5) / 100,
        rng.uniform(90.0, 110.0, 5) / 100,
        rng.uniform(0.5, 2.0, 5),
        0.03,
        0.25,
    ),
)
def option_book(spot, strike, years, rate, vol):
    """After numba-examples' blackscholes: calls and puts of a book, with a plain helper for the normal cdf."""
    calls = np.empty(spot.shape[0])
    puts = np.empty(spot.shape[0])
    for i in range(spot.shape[0]):
        root = math.sqrt(years[i])
        d1 = (math.log(spot[i] / strike[i]) + (rate + 0.5 * vol * vol) * years[i]) / (vol * root)
        d2 = d1 - vol * root
        discount = math.exp(-rate * years[i])
        calls[i] = spot[i] * normal_cdf(d1) - strike[i] * discount * normal_cdf(d2)
        puts[i] = strike[i] * discount * normal_cdf(-d2) - spot[i] * normal_cdf(-d1)
    return np.sum(calls * calls) + 2.0 * np.sum(puts)


@program(args=lambda rng: (1.02, 1.05, 0.05, 0.3, 5, True))
def american_put_tree(spot, strike, rate, vol, steps, american):
    """After FinancePy's crr_tree_val: a binomial tree rolled back in one buffer, early exercise by a flag."""
    dt = 1.0 / steps
    up = math.exp(vol * math.sqrt(dt))
    down = 1.0 / up
    p = (math.exp(rate * dt) - down) / (up - down)
    discount = math.exp(-rate * dt)
    values = np.zeros(steps + 1)
    for i in range(steps + 1):
        values[i] = max(strike - spot * up ** (2 * i - steps), 0.0)
    for t in range(steps - 1, -1, -1):
        for i in range(t + 1):
            held = discount * (p * values[i + 1] + (1.0 - p) * values[i])
            values[i] = max(held, strike - spot * up ** (2 * i - t)) if american else held
    return values[0]


@program(args=lambda rng: (1.0, 1.1, 0.03, 0.3, rng.normal(size=(8, 4))), seed=2)
def longstaff_schwartz(spot, strike, rate, vol, normals):
    """After FinancePy's equity LSMC: paths, then least squares of the continuation value, backwards in time."""
    paths, steps = normals.shape
    dt = 1.0 / steps
    s = np.empty((paths, steps + 1))
    s[:, 0] = spot
    for t in range(steps):
        s[:, t + 1] = s[:, t] * np.exp((rate - 0.5 * vol * vol) * dt + vol * math.sqrt(dt) * normals[:, t])
    cash = np.maximum(strike - s[:, steps], 0.0)
    discount = math.exp(-rate * dt)
    for t in range(steps - 1, 0, -1):
        cash *= discount
        n = 0.0
        sx = sy = sxx = sxy = 0.0
        for i in range(paths):
            if strike > s[i, t]:
                x = s[i, t]
                n += 1.0
                sx += x
                sy += cash[i]
                sxx += x * x
                sxy += x * cash[i]
        if n > 2.0:
            slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
            level = (sy - slope * sx) / n
            for i in range(paths):
                now = strike - s[i, t]
                if now > 0.0 and now > level + slope * s[i, t]:
                    cash[i] = now
    return discount * np.mean(cash)


@program(args=lambda rng: (np.array([0.05, 0.08, 0.85]), rng.normal(size=8)), compiled=True)
def garch_likelihood(parameters, resids):
    """After arch's garch_recursion: conditional variances with a backcast, bounded, then the normal likelihood."""
    omega, alpha, beta = parameters[0], parameters[1], parameters[2]
    n = len(resids)
    sigma2 = np.zeros(n)
    backcast = np.mean(resids**2)
    for t in range(n):
        sigma2[t] = omega
        sigma2[t] += alpha * (resids[t - 1] ** 2 if t > 0 else backcast)
        if t == 0:
            sigma2[t] += beta * backcast
        else:
            sigma2[t] += beta * sigma2[t - 1]
        if sigma2[t] < 1e-6:
            sigma2[t] = 1e-6
        elif sigma2[t] > 1e6:
            sigma2[t] = 1e6 + math.log(sigma2[t] / 1e6)
    return 0.5 * np.sum(np.log(sigma2) + resids**2 / sigma2)


@program(args=lambda rng: (1.0, 1.05, 1.5, 0.02, 0.16))
def implied_volatility(spot, strike, years, rate, price):
    """After py_vollib_vectorized's iterations: Newton by while, on a jitted pricing helper with two returns."""
    vol = 0.4
    root = math.sqrt(years)
    gap = black_scholes_price(spot, strike, years, rate, vol, True) - price
    rounds = 0
    while abs(gap) > 1e-14 and rounds < 20:
        d1 = (math.log(spot / strike) + (rate + 0.5 * vol * vol) * years) / (vol * root)
        vega = spot * root * math.exp(-0.5 * d1 * d1) / math.sqrt(2.0 * math.pi)
        vol -= gap / vega
        gap = black_scholes_price(spot, strike, years, rate, vol, True) - price
        if vol < 0.01:
            vol = 0.01
        rounds += 1
    put = black_scholes_price(spot, strike, years, rate, vol, False)
    return vol + 0.5 * put


@program(args=lambda rng: (np.array([0.09, 1.5, 0.08, 0.3, -0.6]), rng.normal(size=(2, 3, 6)), 1.02), seed=5)
def heston_paths(model, normals, strike):
    """After FinancePy's heston: full-truncation Euler on correlated normals, a smooth payoff."""
    v0, kappa, theta = model[0], model[1], model[2]
    xi, rho = model[3:4], model[-1]
    steps = normals.shape[1]
    paths = normals.shape[2]
    other = math.sqrt(1.0 - rho * rho)
    total = 0.0
    for p in range(paths):
        s, v = 1.0, v0
        for t in range(steps):
            vp = max(v, 0.0)
            z = rho * normals[0, t, p] + other * normals[1, t, p]
            s *= math.exp(-0.5 * vp * 0.25 + math.sqrt(vp * 0.25) * z)
            v += kappa * (theta - vp) * 0.25 + xi[0] * math.sqrt(vp * 0.25) * normals[0, t, p]
        total += math.log1p(math.exp(8.0 * (s - strike))) / 8.0
    return total / paths


@program(args=lambda rng: (np.array([0.02, 0.025, 0.03, 0.032]), 0.9))
def bootstrap_curve(swap_rates, recovery):
    """After FinancePy's curve building with its newton solver: each discount factor by Newton inside a loop."""
    n = swap_rates.size
    factors = np.ones(n + 1)
    annuity = 0.0
    for k in range(1, n + 1):
        zero = 0.05
        f = 1.0
        while abs(f) > 1e-13:
            df = math.exp(-zero * k)
            f = swap_rates[k - 1] * (annuity + df) + df - 1.0
            zero -= f / (-k * df * (1.0 + swap_rates[k - 1]))
        factors[k] = math.exp(-zero * k)
        annuity += factors[k] * recovery
    return annuity + factors[n] ** 2


def solve_tridiagonal(lower, diag, upper, rhs, c):
    n = rhs.size
    c[0] = upper[0] / diag[0]
    rhs[0] /= diag[0]
    for i in range(1, n):
        m = diag[i] - lower[i] * c[i - 1]
        c[i] = upper[i] / m
        rhs[i] = (rhs[i] - lower[i] * rhs[i - 1]) / m
    for i in range(n - 2, -1, -1):
        rhs[i] -= c[i] * rhs[i + 1]


@program(args=lambda rng: (0.3, 0.04, np.linspace(0.6, 1.5, 7), 1.03, 3))
def crank_nicolson_call(vol, rate, s, strike, steps):
    """After FinancePy's finite differences: Crank-Nicolson on a grid, a helper that solves into its argument."""
    n = s.size
    v = np.maximum(s - strike, 0.0)
    lower, diag, upper = np.zeros(n), np.ones(n), np.zeros(n)
    work = np.empty(n)
    h = s[1] - s[0]
    for _ in range(steps):
        old = v.copy()
        for i in range(1, n - 1):
            a = 0.25 / steps * (vol * s[i] / h) ** 2
            b = 0.25 / steps * rate * s[i] / h
            lower[i], upper[i] = b - a, -a - b
            diag[i] = 1.0 + 2.0 * a + 0.5 * rate / steps
            v[i] = (a - b) * old[i - 1] + (1.0 - 2.0 * a - 0.5 * rate / steps) * old[i] + (a + b) * old[i + 1]
        solve_tridiagonal(lower, diag, upper, v, work)
    return v[3] + 0.5 * v[4] ** 2
