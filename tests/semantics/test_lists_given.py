"""Lists of tuples and of arrays as arguments: their gradients, tangents and directions are lists like them."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
import pytest
from numba import njit, types

import wengert as wg
from tests.semantics.agreement import run
from tests.semantics.test_lists_returned import flat

Point = namedtuple("Point", "x n")
PAIRS = [(0.7, 1.3), (0.2, 0.9), (1.1, -0.4)]
POINTS = [Point(0.7, 1), Point(0.2, 3)]
DEEP = [((0.7, 2), (1.3, 0.4)), ((0.2, 1), (0.9, 1.7))]
ROWS = [np.array([0.7, 1.3]), np.array([0.2, 0.9, 1.1])]
MATRICES = [np.array([[0.7, 1.3], [0.4, -0.8], [0.6, 0.1]]), np.array([[0.2, 0.9]])]
MIXED = [(1, np.array([0.7, 1.3])), (0, np.array([0.2, 0.9]))]


def of_pairs(pairs, t):
    total = 0.0
    for x, y in pairs:
        total += x * x * y * t
    return total + pairs[0][1] * pairs[-1][0]


def changed(pairs, t):
    """The caller's list stays as it is."""
    pairs.append((t, pairs[0][0] * t))
    pairs[1] = (pairs[2][1], t * t)
    pairs.sort()
    return sum([x * y * (k + 1.0) for k, (x, y) in enumerate(pairs)]) * len(pairs)


def of_points(points, t):
    return sum([p.x * p.n for p in points]) * points[1].x * t


def of_deep(deep, t):
    (x, n), (y, z) = deep[1]
    return x * n * y * z * t + deep[0][0][0] ** 2 * deep[0][1][1]


def of_rows(rows, t):
    total = 0.0
    for k, row in enumerate(rows):
        total += np.sum(row * row) * row[0] * (k + t)
    return total + rows[0][1] * rows[1][2]


def of_matrices(matrices, t):
    a, b = matrices[0], matrices[1]
    return np.sum((a @ b.T) ** 2) * t + np.sum(a[1] * b[0])


def of_mixed(mixed, t):
    total = 0.0
    for n, row in mixed:
        total += row[n] * row[0] * t
    return total


CASES: list[tuple[Any, Any, Any]] = [
    (of_pairs, PAIRS, [(0.3, -0.2), (0.5, 0.1), (-0.7, 0.4)]),
    (changed, PAIRS, [(0.3, -0.2), (0.5, 0.1), (-0.7, 0.4)]),
    (of_points, POINTS, [Point(0.3, None), Point(-0.6, None)]),
    (of_deep, DEEP, [((0.3, None), (0.1, -0.5)), ((0.8, None), (0.2, 0.4))]),
    (of_rows, ROWS, [np.array([0.3, -0.6]), np.array([0.5, 0.1, 0.2])]),
    (of_matrices, MATRICES, [np.array([[0.3, -0.6], [0.2, 0.1], [0.4, 0.9]]), np.array([[0.5, 0.1]])]),
    (of_mixed, MIXED, [(None, np.array([0.3, -0.6])), (None, np.array([0.5, 0.1]))]),
]


def moved(value: Any, direction: Any, step: float) -> Any:
    """The argument, so far along the direction; a copy."""
    if direction is None:
        return value
    if isinstance(value, list):
        return [moved(v, d, step) for v, d in zip(value, direction, strict=True)]
    if isinstance(value, tuple):
        items = [moved(v, d, step) for v, d in zip(value, direction, strict=True)]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return value + step * direction


def kinds(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value).__name__, tuple(map(kinds, value))
    return np.shape(value) if value is not None else None


QUICK = (changed, of_points, of_rows)
MARKED = [pytest.param(*case, marks=[] if case[0] in QUICK else pytest.mark.full, id=case[0].__name__) for case in CASES]


@pytest.mark.parametrize(("f", "given", "v"), MARKED)
def test_lists_of_tuples_and_of_arrays_are_given(f: Any, given: Any, v: Any) -> None:
    kept, t = repr(given), 1.3
    value, (gradient, slope) = run(wg.value_and_grad(f, (0, 1)), given, t)
    assert value == pytest.approx(f(moved(given, v, 0.0), t), rel=1e-13)
    y, y_dot = run(wg.jvp(f), (given, t), (v, 0.0))
    assert y == pytest.approx(value, rel=1e-14) and kinds(gradient) == kinds(v)
    above, below = f(moved(given, v, 1e-6), t), f(moved(given, v, -1e-6), t)
    assert y_dot == pytest.approx((above - below) / 2e-6, rel=1e-7, abs=1e-8)
    assert np.dot(flat(gradient), flat(v)) == pytest.approx(y_dot, rel=1e-12)
    assert slope == pytest.approx((f(moved(given, v, 0.0), t + 1e-6) - f(moved(given, v, 0.0), t - 1e-6)) / 2e-6, rel=1e-7)
    again, (same, _) = run(wg.vjp(f), (given, t), 1.0)
    assert again == pytest.approx(value, rel=1e-14) and flat(same) == pytest.approx(flat(gradient), rel=1e-13)
    product = run(wg.hvp(f), given, v, t)
    up, down = (flat(run(wg.grad(f), moved(given, v, step), t)) for step in (1e-6, -1e-6))
    assert flat(product) == pytest.approx(((np.array(up) - np.array(down)) / 2e-6).tolist(), rel=1e-6, abs=1e-7)
    along = run(wg.jvp(wg.grad(f)), (given, t), (v, None))[1]
    assert flat(along) == pytest.approx(flat(product), rel=1e-11)
    assert repr(given) == kept


def swapped(pairs, t):
    return [(y * t, x * y) for x, y in pairs], [Point(pairs[0][0] * t, 3)]


def test_cotangents_of_lists_of_tuples() -> None:
    u = ([(0.4, -0.3), (0.2, 0.9), (0.1, 0.7)], [Point(0.6, None)])
    v = [(0.3, -0.2), (0.5, 0.1), (-0.7, 0.4)]
    _, y_dot = run(wg.jvp(swapped), (PAIRS, 1.3), (v, 0.5))
    _, (bars, t_bar) = run(wg.vjp(swapped), (PAIRS, 1.3), u)
    assert np.dot(flat(u), flat(y_dot)) == pytest.approx(np.dot(flat(bars), flat(v)) + 0.5 * t_bar, rel=1e-13)
    with pytest.raises(ValueError, match="shape"):
        run(wg.vjp(swapped), (PAIRS, 1.3), (u[0][:2], u[1]))


def in_a_tuple(both, t):
    pairs, scale = both
    return pairs[0][0] * pairs[1][1] * scale * t


def with_a_list(pairs, others):
    return pairs[0][0] * others[1][0]


def test_beside_other_arguments() -> None:
    gradient, slope = run(wg.grad(in_a_tuple, (0, 1)), (PAIRS, 2.0), 1.3)
    assert gradient[0][0] == (0.9 * 2.0 * 1.3, 0.0) and gradient[1] == pytest.approx(0.7 * 0.9 * 1.3)
    assert slope == pytest.approx(0.7 * 0.9 * 2.0)
    both = run(wg.grad(with_a_list, (0, 1)), PAIRS, list(PAIRS))
    assert both == ([(0.2, 0.0), (0.0, 0.0), (0.0, 0.0)], [(0.0, 0.0), (0.7, 0.0), (0.0, 0.0)])
    with pytest.raises(ValueError, match="pairs and others are one list"):
        run(wg.grad(with_a_list, (0, 1)), PAIRS, PAIRS)


def writes_into_an_array(rows, t):
    rows[0][1] = t
    return rows[0][1] * rows[1][0]


def writes_beside(rows, a):
    a[0] = 2.0
    return rows[0][0] * a[0]


def gives_arrays(rows):
    return [row * 2.0 for row in rows]


def handed_on(pairs, t):
    return wg.grad(of_pairs, 1)(pairs, t)


def captured(pairs, t):
    return wg.grad(lambda s: pairs[0][0] * s * s)(t)


def test_what_cannot_be_right_is_refused() -> None:
    for f, more in ((writes_into_an_array, 1.0), (writes_beside, np.ones(2))):
        with pytest.raises(wg.UnsupportedError, match="is given a list of arrays, and writes into arrays that it is given"):
            wg.grad(f).source_for(ROWS, more)
    with pytest.raises(wg.TransformError, match="`y_bar` belongs to a list of arrays"):
        wg.vjp(gives_arrays).source_for((ROWS,), ROWS)
    for f in (handed_on, captured):
        with pytest.raises(wg.UnsupportedError, match="is given a list of tuples, lists or arrays") as caught:
            wg.grad(f, 1).source_for(PAIRS, 1.0)
        assert caught.value.loc is not None
    with pytest.raises(wg.UnsupportedError, match="a list of arrays"):
        wg.grad(of_rows).source_for(types.List(types.Array(types.float64, 1, "A")), 1.0)
    for wrong in ([np.ones(3), np.ones(2)], [np.ones(2)]):
        with pytest.raises(ValueError, match="a seed"):
            run(wg.hvp(of_rows), ROWS, wrong, 1.0)
    with pytest.raises(wg.TransformError, match="it belongs to a list"):
        wg.hvp(of_pairs).source_for(PAIRS, [1.0, 2.0, 3.0], 1.0)


@pytest.mark.compiled
@pytest.mark.full
@pytest.mark.filterwarnings("ignore::numba.core.errors.NumbaPendingDeprecationWarning")
def test_compiled() -> None:
    for f, given, v in (CASES[1], CASES[2], CASES[5], CASES[6]):
        value, gradient = wg.value_and_grad(f)(given, 1.3)
        assert value == njit(f)(moved(given, v, 0.0), 1.3) and kinds(gradient) == kinds(v)
        assert flat(gradient) == pytest.approx(flat(run(wg.grad(f), given, 1.3)), rel=1e-13)
    y, y_dot = wg.jvp(of_matrices)((MATRICES, 1.3), (CASES[5][2], 0.5))
    assert (y, y_dot) == pytest.approx(run(wg.jvp(of_matrices), (MATRICES, 1.3), (CASES[5][2], 0.5)), rel=1e-13)
