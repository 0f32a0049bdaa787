"""Lists of tuples, of lists and of arrays as results, and as arguments where Numba takes them."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import run

A = np.array([0.7, 1.3, 0.2])
V = np.array([0.3, -0.4, 1.1])
Point = namedtuple("Point", "x y")


def pairs(a):
    return [(x * a[0], k) for k, x in enumerate(a)]


def points(a):
    return [Point(x * x, a[1]) for x in a], a[0] * a[2]


def deep_tuples(a):
    return [((x, k), (x * x, (a[0],))) for k, x in enumerate(a)]


def rows(a):
    out = [[x * a[1]] for x in a]
    out[1].append(a[0])
    out.append(out[1])
    return out


def rows_of_rows(a):
    return [[[x, x * x], [a[0]]] for x in a]


def arrays(a):
    return [a * x for x in a]


def several_sizes(a):
    out = [np.outer(a, a)]
    out.append(np.outer(a[:2], a) * 2.0)
    return out


def views_of_one(a):
    b = a * a[0]
    out = [b[1:], b]
    b[1] = a[2]
    return out


def pairs_with_arrays(a):
    return [(k, a * x) for k, x in enumerate(a)]


def rows_of_pairs(a):
    return [[(x, y * a[0]) for x in a] for y in a[:2]]


def rows_of_arrays(a):
    return [[a * x, a] for x in a]


def pairs_with_rows(a):
    return [(x, [x, a[1] * x]) for x in a]


def counts(a):
    return [(k, len(a)) for k in range(3)], a[0] * a[1]


def nothing(a):
    out = [(x, 1) for x in a]
    out.clear()
    lists = [[x] for x in a]
    lists.clear()
    return out, lists, a[0]


RETURNED = [pairs, points, deep_tuples, rows, rows_of_rows, arrays, several_sizes, views_of_one, pairs_with_arrays, rows_of_pairs,
            rows_of_arrays, pairs_with_rows, counts, nothing]  # fmt: skip


def flat(value: Any) -> list[float]:
    """All floats in it, in their order; and how deep they stand."""
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in flat(item)]
    if isinstance(value, float | np.floating):
        return [float(value)]
    return value.ravel().tolist() if isinstance(value, np.ndarray) and value.dtype.kind == "f" else []


def shape(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value).__name__, tuple(map(shape, value))
    return np.shape(value) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else isinstance(value, float)


@pytest.mark.parametrize("f", RETURNED, ids=lambda f: f.__name__)
def test_lists_of_anything_are_returned(f: Any) -> None:
    y, y_dot = run(wg.jvp(f), (A,), (V,))
    expected = f(A)
    assert flat(y) == pytest.approx(flat(expected), rel=1e-14)
    assert shape(y) == shape(expected)
    step = 1e-6
    difference = (np.array(flat(f(A + step * V))) - np.array(flat(f(A - step * V)))) / (2.0 * step)
    assert flat(y_dot) == pytest.approx(difference.tolist(), rel=1e-8, abs=1e-9)


def beside(a):
    return np.sum(a * a), (pairs(a), rows(a), arrays(a))


def test_beside_a_gradient() -> None:
    (value, (first, second, third)), gradient = run(wg.value_and_grad(beside, has_aux=True), A)
    assert value == np.sum(A * A) and np.allclose(gradient, 2.0 * A)
    assert first == pairs(A) and second == rows(A) and np.array_equal(third, arrays(A))
    again, same = run(wg.grad(beside, has_aux=True), A)
    assert np.array_equal(again, gradient) and same[0] == first


def test_derivatives_of_derivatives() -> None:
    for f in (rows, pairs, several_sizes):
        (y, y_dot), (again, second) = run(wg.jvp(wg.jvp(f)), ((A,), (V,)), ((V,), (None,)))
        assert flat(y) == pytest.approx(flat(f(A)), rel=1e-14) and flat(again) == pytest.approx(flat(y_dot), rel=1e-14)
        up, down = (run(wg.jvp(f), (A + step * V,), (V,))[1] for step in (1e-6, -1e-6))
        difference = (np.array(flat(up)) - np.array(flat(down))) / 2e-6
        assert flat(second) == pytest.approx(difference.tolist(), rel=1e-8, abs=1e-8)
    along = run(wg.jvp(wg.value_and_grad(beside, has_aux=True)), (A,), (V,))[1]
    assert np.allclose(along[1], 2.0 * V) and flat(along[0][1][1]) == pytest.approx(flat(run(wg.jvp(rows), (A,), (V,))[1]))


def test_what_cannot_be_right_is_refused() -> None:
    with pytest.raises(wg.UnsupportedError, match="a Jacobian of `rows`, which takes or returns a list"):
        wg.jacfwd(rows).source_for(A)
    with pytest.raises(wg.NotDifferentiableError, match="`pairs` returns a list"):
        wg.grad(pairs).source_for(A)


@pytest.mark.compiled
@pytest.mark.full
def test_compiled() -> None:
    for f in (pairs, rows, several_sizes, points):
        y, y_dot = wg.jvp(f)((A,), (V,))
        plain, along = run(wg.jvp(f), (A,), (V,))
        assert flat(y) == flat(njit(f)(A)) and flat(y) == pytest.approx(flat(plain), rel=1e-14)
        assert flat(y_dot) == pytest.approx(flat(along), rel=1e-13)
