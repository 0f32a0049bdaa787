"""Functions of NumPy that are written as the loops that define them, as plain kernels use them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run

X = np.array([0.7, -1.3, 0.4, 2.1, -0.6])
W = np.array([0.2, 0.1, 0.3, 0.25, 0.15])
M = np.array([[0.3, 1.2, -0.4], [0.9, -0.7, 0.5], [1.1, 0.8, 0.6], [-0.2, 0.1, 1.4]])


@njit
def log_sum(x: Any) -> float:
    top = x.max()
    return top + np.log(np.sum(np.exp(x - top)))


def mixture(x: Any, w: Any) -> float:
    total = log_sum(x) - np.min(w * x)
    for row in range(3):
        total = np.logaddexp(total, x[row] * w[row]) + np.ptp(x[row:])
    return total


def overwritten(x: Any, w: Any) -> float:
    y = x * w
    top, spread, length, product = np.max(y), np.std(y), np.linalg.norm(y), np.prod(y)
    y[:] = 1.0
    y[1] = x[0] ** 2
    return top * spread + length * np.prod(y) + product * np.var(y[::2])


def sharpe(x: Any, w: Any) -> float:
    kept = np.clip(x, -1.0, 1.5)
    return np.average(kept, weights=w) / np.std(kept) + np.trapezoid(np.convolve(x, w, "same"), dx=0.1)


def frames(m: Any) -> float:
    total = 0.0
    for i in range(1, m.shape[0]):
        normal = np.cross(m[i - 1], m[i])
        normal /= np.linalg.norm(normal)
        total += np.vdot(normal, m[0]) + np.linalg.norm(m[i:], 1)
    return total + np.sum(np.tril(m[:3]) * np.triu(m[1:].T, -1)) + np.max(m.T) + np.prod(m[::2])


def looked_up(x: Any, m: Any) -> float:
    at, values = np.cumsum(np.abs(m[:, 0])), m[:, 1] * m[:, 2]
    total = np.interp(x[0], at, values)
    for k in range(x.size):
        values[k % 4] *= x[k]
        total += k * np.interp(x[k] + 1.0, at, values) ** 2
    return total + np.sum(np.interp(m + 0.05, at, values))


def with_gaps(x: Any) -> Any:
    y = np.where(x > 0.5, np.nan, x * x)
    return np.nan_to_num(y) + np.nansum(y) * np.nanmean(y) - np.nanmax(y) * np.nanvar(y, ddof=1)


def of_a_name_that_is_bound_again(x: Any) -> float:
    x = np.convolve(x, x)
    x = np.correlate(x, x[1:4])
    x = x.max() * x
    return x.std()


@pytest.mark.parametrize(("function", "args"), [
    (overwritten, (X, W)), (looked_up, (X, M)), (with_gaps, (X,)), *(pytest.param(*case, marks=pytest.mark.full) for case in [
        (mixture, (X, W)), (sharpe, (X, W)), (frames, (M,)), (frames, (np.asfortranarray(M),)),
        (of_a_name_that_is_bound_again, (X,)),
    ]),
])  # fmt: skip
def test_in_kernels(function: Any, args: Any) -> None:
    agrees(function, *args)


@pytest.mark.compiled
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("function", "args"), [(overwritten, (X, W)), (looked_up, (X, M))])
def test_values_are_numba_s_to_the_bit(function: Any, args: Any, dtype: Any) -> None:
    args = tuple(arg.astype(dtype) for arg in args)
    value, gradient = wg.value_and_grad(function, (0, 1))(*args)
    assert value == njit(function)(*args)
    assert [part.dtype for part in gradient] == [dtype, dtype]


def product(x: Any) -> float:
    return np.prod(x)


def test_a_product_has_its_derivatives_where_factors_are_zero() -> None:
    x = np.array([0.0, 3.0, 0.0, 2.0])
    assert run(wg.grad(product), x).tolist() == [0.0] * 4
    assert run(wg.hvp(product), x, np.array([1.0, 0.0, 0.0, 0.0])).tolist() == [0.0, 0.0, 6.0, 0.0]


def largest(x: Any) -> float:
    return np.max(x) + 2.0 * x.min()


def test_of_equal_elements_the_first_has_the_derivative() -> None:
    assert run(wg.grad(largest), np.array([1.0, 4.0, 4.0, 1.0])).tolist() == [2.0, 1.0, 0.0, 0.0]
    assert run(wg.grad(largest), np.array([[1.0, 5.0], [5.0, 1.0]]).T).tolist() == [[2.0, 1.0], [0.0, 0.0]]


def place_of_many(x: Any, k: Any) -> Any:
    return np.bincount(k, x)


def table(x: Any, y: Any) -> Any:
    return np.interp(x, x, y)


def curve(x: Any, y: Any) -> Any:
    return np.convolve(x, y)


@pytest.mark.parametrize(("function", "args", "error"), [
    (largest, (np.zeros(0),), "zero-size array to reduction operation maximum which has no identity"),
    (place_of_many, (X, np.array([0, 1])), "don't have the same length"),
    (place_of_many, (X[:2], np.array([0, -1])), "must be non-negative"),
    (table, (X[:0], X), "array of sample points is empty"), (table, (X, X[1:]), "fp and xp are not of the same size"),
    (curve, (X, X[:0]), "'v' cannot be empty"),
])  # fmt: skip
def test_errors_are_the_primal_s(function: Any, args: Any, error: str) -> None:
    transformed = wg.jvp(function).python_for(args, tuple(np.ones_like(a) if a.dtype == np.float64 else None for a in args))
    with pytest.raises(ValueError, match=error):
        transformed(args, tuple(np.ones_like(a) if a.dtype == np.float64 else None for a in args))


def along_an_axis(x: Any) -> Any:
    return np.max(x, axis=0)


def of_any_order(x: Any, order: float) -> float:
    return np.linalg.norm(x, order)


def in_any_mode(x: Any, mode: int) -> Any:
    return np.convolve(x, x, mode=mode)


def of_singular_values(m: Any) -> float:
    return np.linalg.norm(m.reshape(1, -1), 2)


def in_place(x: Any) -> Any:
    return np.nan_to_num(x, copy=False)


def of_text(x: Any) -> Any:
    return np.dot(x, "full")


@pytest.mark.parametrize(("function", "args", "message"), [
    (along_an_axis, (M,), "argument that is not supported"), (of_any_order, (X, 3.0), "of an order that has no rule"),
    (of_singular_values, (X,), "of an order that has no rule"), (in_any_mode, (X, 2), "is not one of 'full', 'same', 'valid'"),
    (in_place, (X,), "writes into its argument"), (of_text, (X,), "a string"),
])  # fmt: skip
def test_what_has_no_rule_is_refused(function: Any, args: Any, message: str) -> None:
    with pytest.raises(wg.TransformError, match=message) as caught:
        wg.vjp(function).python_for(args, np.float64(1.0))
    assert "test_rules_of_statistics.py:" in str(caught.value)
