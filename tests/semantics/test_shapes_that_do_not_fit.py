"""What the primal raises for shapes that do not fit, every derivative raises, also where it needs no value of the statement.

For `a[1:3] += b` with a `b` of another length Numba raises nothing and reads what is not there: a derivative raises all the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees

X, Y, M = np.array([0.5, -1.0, 2.0]), np.array([1.0, 2.0, 3.0, 4.0]), np.arange(6.0).reshape(2, 3)


def product(x, y):
    return np.sum(x * y)


def longer_expression(x, y):
    return np.sum((x + 1.0) * (2.0 - x) - y * 3.0)


def stored(x, y):
    z = np.zeros(4)
    z[1:] = y
    return x[0] * 2.0


def stored_in_part(x, y):
    z = np.zeros((3, 3))
    z[1, :2] += y
    z[:] = x
    return np.sum(z)


def dotted(x, y):
    return np.dot(x, y)


def matrix_times_vector(m, y):
    return (m @ y)[0]


def reshaped(x, y):
    z = y.reshape((2, 2))
    return x[0] * z[0, 0]


def reshaped_for_nothing(x, y):
    y.reshape((2, 2))
    return np.sum(x * x)


def overlapping(x, y):
    z = np.zeros(6)
    z[1:4] += z[: y.size]
    return x[0] + z[0]


def added_in_place(x, y):
    z = x * 2.0
    z += y
    return np.sum(z * z)


def standing_still(x, n):
    s = 0.0
    for i in range(0, 3, n):
        s += i
    return x * x


CASES = [
    (product, (X, X), (X, Y)),
    (longer_expression, (X, X), (X, Y)), (stored, (X, X), (X, Y)), (stored_in_part, (X, X[:2] + 0.0), (X, Y)),
    (dotted, (X, X), (X, Y)), (matrix_times_vector, (M, X), (M, Y)), (reshaped, (X, Y), (X, X)),
    (reshaped_for_nothing, (X, Y), (X, X)), (overlapping, (X, X), (X, Y)), (added_in_place, (X, X), (X, Y)),
    (standing_still, (2.0, 1), (2.0, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "fits", "fails"), CASES)
def test_generated_python(f: Any, fits: tuple[Any, ...], fails: tuple[Any, ...]) -> None:
    agrees(f, *fits)
    for transformed in (wg.grad(f), wg.value_and_grad(f)):
        with pytest.raises(ValueError):
            transformed.python_for(*fails)(*fails)


@pytest.mark.compiled
@pytest.mark.parametrize(("f", "fits", "fails"), CASES)
def test_compiled(f: Any, fits: tuple[Any, ...], fails: tuple[Any, ...]) -> None:
    if f not in (stored_in_part, overlapping, added_in_place):
        with pytest.raises(ValueError):
            njit(f)(*fails)
    with pytest.raises(ValueError):
        wg.grad(f)(*fails)
    if f is added_in_place:
        with pytest.raises(ValueError):
            wg.jvp(f)(fails, (X, Y))


# ---- more axes than the place has ----------------------------------------------------------------------------------------


def added_to_a_column(m):
    z = m * 1.0
    z[:, 0] += m[:, 1:2]
    return np.sum(z)


def taken_from_a_row(m):
    z = m * 1.0
    z[0] -= m[1:2]
    return np.sum(z)


def scales_a_row(m):
    z = m * 1.0
    row = z[0]
    row *= m[1:2]
    return np.sum(z)


TOO_MANY_AXES = [(added_to_a_column, "z[:, 0] +="), (taken_from_a_row, "z[0] -="), (scales_a_row, "row *=")]


@pytest.mark.parametrize(("f", "line"), TOO_MANY_AXES)
def test_more_axes_than_the_place_has(f: Any, line: str) -> None:
    """Numba compiles this, and takes the first element again and again, or what is not there."""
    with pytest.raises(wg.UnsupportedError, match=r"with an array of 2 axes, of which the place has 1") as error:
        wg.grad(f).source_for(M)
    assert line in str(error.value)


def stored_as_a_row(m):
    z = m * 1.5
    for k in range(2):
        z[k], z[0] = z[0] + 0.0, m[k : k + 1] * z[k : k + 1]
    return np.sum(z * z)


def test_axes_of_one_are_left_out_where_an_array_is_stored() -> None:
    agrees(stored_as_a_row, M)


def test_there_is_no_check_where_the_shapes_are_known_or_the_statement_is_there() -> None:
    def own(x):
        y = np.empty_like(x)
        y[:] = x * x
        return np.sum(np.exp(x) * y)

    assert "check" not in wg.value_and_grad(own).source_for(X)
    assert "check" not in wg.value_and_grad(dotted).source_for(X, X)
    assert "check_product(x, y)" in wg.grad(dotted).source_for(X, X)
