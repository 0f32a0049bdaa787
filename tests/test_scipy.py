"""Derivatives handed to SciPy as they are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
from numba import cfunc, njit, types
from scipy import LowLevelCallable

import wengert as wg

Array = np.ndarray[Any, Any]
pytestmark = pytest.mark.compiled
START = np.array([-1.2, 1.0, 0.7])


@njit
def rosenbrock(x: Array, scale: float) -> float:
    s = 0.0
    for i in range(len(x) - 1):
        s += scale * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return s


@njit
def residuals(x: Array) -> Array:
    return np.array([10.0 * (x[1] - x[0] ** 2), 1.0 - x[0]])


@njit
def van_der_pol(t: float, y: Array, stiffness: float) -> Array:
    return np.array([y[1], stiffness * (1.0 - y[0] ** 2) * y[1] - y[0]])


@njit
def profile(t: float) -> float:
    return math.exp(-t * t) * math.sin(3.0 * t)


@pytest.mark.parametrize("method", ["trust-ncg", "Newton-CG", "trust-krylov"])
def test_minimize_with_a_hessian_product(method: str) -> None:
    found = scipy.optimize.minimize(
        wg.value_and_grad(rosenbrock), START, args=(100.0,), method=method, jac=True, hessp=wg.hvp(rosenbrock), tol=1e-10
    )
    np.testing.assert_allclose(found.x, np.ones(3), rtol=1e-4)


def test_minimize_with_a_gradient_of_its_own_and_a_hessian() -> None:
    found = scipy.optimize.minimize(
        rosenbrock, START, args=(100.0,), method="trust-exact", jac=wg.grad(rosenbrock), hess=wg.hessian(rosenbrock), tol=1e-8
    )
    np.testing.assert_allclose(found.x, np.ones(3), rtol=1e-6)


def test_least_squares_with_a_jacobian() -> None:
    jacobian = wg.jacobian(residuals)
    found = scipy.optimize.least_squares(residuals, np.array([0.5, 0.5]), jac=jacobian)
    np.testing.assert_allclose(found.x, [1.0, 1.0], rtol=1e-8)
    np.testing.assert_allclose(jacobian(found.x), [[-20.0, 10.0], [-1.0, 0.0]], rtol=1e-8)


def test_a_stiff_equation_with_a_jacobian() -> None:
    jacobian = wg.jacobian(van_der_pol, "y")
    problem = {"fun": van_der_pol, "t_span": (0.0, 30.0), "y0": np.array([2.0, 0.0]), "args": (30.0,), "rtol": 1e-8, "atol": 1e-8}
    with_it, without = (scipy.integrate.solve_ivp(method="Radau", jac=jac, **problem) for jac in (jacobian, None))
    assert with_it.success
    np.testing.assert_allclose(with_it.y[:, -1], without.y[:, -1], rtol=1e-5)


def test_a_low_level_callable_of_a_derivative() -> None:
    slope = wg.grad(profile)

    @cfunc(types.float64(types.float64))
    def integrand(t: float) -> float:
        return slope(t)

    area, _ = scipy.integrate.quad(LowLevelCallable(integrand.ctypes), 0.2, 1.7)
    assert area == pytest.approx(profile(1.7) - profile(0.2), rel=1e-12)


def test_a_root_by_newton_with_two_derivatives() -> None:
    slope = wg.grad(profile)
    found = scipy.optimize.newton(slope, 0.5, fprime=wg.grad(slope), fprime2=wg.grad(wg.grad(slope)))
    assert slope(found) == pytest.approx(0.0, abs=1e-14)
