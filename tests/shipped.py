"""Functions that tests pickle: they travel by their names, so they stand in a module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

import wengert as wg
from tests import oracles

RATE, ORDER = 0.5, 0


def energy(u, k=2.0):
    total = 0.0
    for i in range(1, u.shape[0]):
        total += k * np.sin(u[i] - u[i - 1]) ** 2
    return total


@wg.value_and_grad(argnums=("u", "k"))
def decorated(u, k):
    total = 0.0
    for i in range(u.shape[0]):
        total += np.exp(-k * u[i]) * RATE
    return total


@wg.grad
@njit
def decorated_twice(x):
    return RATE * x * x


@njit
def jitted(x):
    return RATE * x * x * x


def scaled(c: float) -> Any:
    @njit
    def inner(x):
        return c * x * x

    return inner


@wg.custom_vjp
def clipped(x):
    return np.sin(x)


clipped.defvjp(lambda x: (np.sin(x), x), lambda x, y_bar: (max(-1.0, min(1.0, np.cos(x) * y_bar)),))
slope = wg.grad(jitted)
STEPS = (clipped, slope, wg.checkpoint(jitted))


def applied(x, step):
    return step(x) * x


def with_functions_as_values(x):
    total = applied(x, slope) + applied(x, clipped)
    for step in STEPS:
        total += step(x)
    return total


energy_grad = wg.grad(energy)
energy_hvp = wg.hvp(energy, argnums="u")
energy_jvp = wg.jvp(energy)
jitted_vjp = wg.vjp(jitted)
closure_grad = wg.grad(scaled(3.0))

U = np.linspace(0.0, 1.0, 5) ** 2

CALLS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "grad": (energy_grad, (U,)),
    "hvp": (energy_hvp, (U, np.cos(U))),
    "jvp": (energy_jvp, ((U, 2.0), (np.cos(U), None))),
    "vjp": (jitted_vjp, ((2.0,), 1.5)),
    "decorated": (decorated, (U, 0.3)),
    "decorated_twice": (decorated_twice, (2.0,)),
    "closure": (closure_grad, (2.0,)),
    "functions": (wg.grad(with_functions_as_values), (0.7,)),
}


def bits(result: Any) -> str:
    """Every number of a result, exactly."""
    return oracles.flat(result).tobytes().hex()


def called(name: str) -> Callable[[], Any]:
    """The call without arguments."""
    function, args = CALLS[name]
    return lambda: function(*args)
