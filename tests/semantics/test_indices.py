"""Arrays of integers and of bools as indices: reading, writing, changing in place."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests import oracles
from tests.semantics.agreement import X, agrees, run
from wengert.transform.errors import UnsupportedError

M = np.array([[0.7, -1.3, 0.4, 2.1], [-0.6, 0.9, 1.7, -0.2], [1.1, -0.5, 0.3, 0.8]])
T = np.linspace(-1.0, 2.0, 24).reshape(2, 3, 4) ** 2 + 0.1
ROWS = np.array([2, 0, -1, 2])
SQUARE = np.array([[0, 2], [2, -1]])


# ---- reading -----------------------------------------------------------------------------------------------------------


def elements(a, k):
    return np.exp(a[k]) * 1.5


def elements_and_a_number(a, k, j):
    return a[k, j] * a[j, k]


def rows(a, k):
    return a[k] * a[k, :]


def columns(a, k):
    return a[:, k] + a[..., k] * 2.0


def columns_of_a_part(a, k):
    return a[1:, k] * a[:-1, k]


def from_both_ends(a, k):
    return a[k, 1:] * a[k, ::-1][:, 1:]


def pairs(a, i, j):
    return a[i, j] ** 2


def parted(a, k):
    return a[0, :, k] + a[k, :, 0]                  # the axis of k comes first


def chained(a, k):
    return a[1:][k][::2] * 2.0


READ = [
    (elements, (X, ROWS)), (elements, (X, SQUARE)), (elements, (X, ROWS.astype(np.int8))),
    (elements, (X, ROWS[:2].astype(np.uint8))),
    (elements, (X[::-1], ROWS)), (elements, (X, np.zeros(0, np.int64))), (elements, (M, ROWS)), (elements, (M, SQUARE)),
    (elements, (np.asfortranarray(M), ROWS)), (elements, (M[::-1, ::2], ROWS)), (elements, (T, np.array([1, 0, 1]))),
    (elements, (X, np.array(2))), (elements_and_a_number, (M[:, :3], ROWS, 1)), (elements_and_a_number, (M[:, :3], ROWS, -1)),
    (rows, (M, ROWS)), (columns, (M, ROWS)), (columns_of_a_part, (M, ROWS)), (from_both_ends, (M, ROWS)),
    (pairs, (M, ROWS, ROWS[::-1])), (pairs, (M, ROWS, np.array([1]))), (pairs, (M, ROWS[:3], SQUARE[:, :1])),
    (pairs, (T, np.array([0, 1]), SQUARE)), (parted, (T[:, :2], np.array([0, 1]))), (chained, (X, ROWS)),
]  # fmt: skip


def written(f, args):
    return ", ".join([f.__name__, *(f"{a.dtype}{list(a.shape)}" if isinstance(a, np.ndarray) else str(a) for a in args)])


def table(cases):
    return pytest.mark.parametrize(("f", "args"), [pytest.param(f, own(args), id=written(f, args)) for f, args in cases])


def own(args):
    """Arguments that share no memory."""
    out = []
    for arg in args:
        shared = isinstance(arg, np.ndarray) and any(isinstance(o, np.ndarray) and np.shares_memory(o, arg) for o in out)
        out.append(arg.copy() if shared else arg)
    return tuple(out)


@table(READ)
def test_arrays_of_integers_are_read(f, args) -> None:
    agrees(f, *args)


def positive(x):
    return x[x > 0.0] ** 3


def rows_of_bools(a, mask):
    return a[mask] * a[mask, ::-1]


def columns_of_bools(a, mask):
    return a[:, mask] * a[0, mask]


def left_in_place(a, mask):
    return a[0, :, mask]                            # Numba leaves the axis where it is, NumPy moves it to the front


BOOLS = [
    (positive, (X,)), (positive, (-np.abs(X),)), (positive, (X[:0],)), (rows_of_bools, (M, np.array([True, False, True]))),
    (columns_of_bools, (M, M[0] > 0.5)), (columns_of_bools, (T[0].T, np.array([False, True, True]))),
]  # fmt: skip


@table(BOOLS)
def test_arrays_of_bools_are_read(f, args) -> None:
    agrees(f, *args)


def test_an_axis_of_bools_stays_where_numba_has_it() -> None:
    mask = np.array([True, False, True, True])
    agrees(left_in_place, T, mask, primal=njit(left_in_place))
    assert run(wg.jvp(left_in_place), (T, mask), (T, None))[0].shape == (3, 3)


# ---- writing -----------------------------------------------------------------------------------------------------------


def puts(a, k, v):
    a = a * 1.0
    a[k] = v
    return a * a


def puts_pairs(a, i, j, v):
    a[i, j] = v * v
    a[i, 0] = 2.0 * a[0, j]
    return a * a


def puts_columns(a, k, v):
    a[1:, k] = v
    return a * a


def adds(a, k, v):
    a[k] += v * a[0]
    a[k] -= v
    return a * a


def scales(a, k, v):
    a[k] *= v
    a[k] /= 2.0 + v * v
    a[k] **= 2
    return a


def swaps(a, k):
    a[k], a[k + 1] = a[k + 1], a[k]
    return a * a


def from_itself(a, k):
    a[k] = a[1:] * 2.0
    a[k] = a[:4]
    a[k] += a[1:]
    return a * a


def puts_bools(a, v):
    a[a < 0.0] = v
    a[a > 1.5] *= v
    a[a > 0.8] -= v * a[0]
    return a * a


def puts_as_many(a, v):
    a[a < 0.0] = v
    a[a > 0.5] += 2.0 * v[1]
    a[np.logical_not(a < 5.0)] = v[0]
    a[a > 0.3] = a[a > 0.3] * a[a > 0.3]
    return a * a


WRITE = [
    (puts, (X, ROWS[:3], np.array([3.0, 4.0, 5.0]))), (puts, (X, ROWS, X[:4])), (puts, (X, ROWS, X[:1])),
    (puts, (X, SQUARE, X[:2])),
    (puts, (X, SQUARE, M[:2, :2])), (puts, (X, ROWS, M[:1])), (puts, (M, ROWS, M[0])), (puts, (M, ROWS[:3], M[:, :1])),
    (puts, (M, SQUARE, T[:, :2])), (puts, (X, np.zeros(0, np.int64), X[:0])), (puts, (X[::2], ROWS, 1.5)),
    (puts, (M, SQUARE, np.array(1.5))),
    (puts_pairs, (M.copy(), ROWS, ROWS[::-1], X[:4])), (puts_pairs, (M.copy(), ROWS, np.array([1]), X[:4])),
    (puts_columns, (M, ROWS, M[:2])), (puts_columns, (M, ROWS, X[:4])), (puts_columns, (M, ROWS, 1.5)),
    (adds, (X, ROWS, X[:4])), (adds, (X, ROWS, 1.5)), (adds, (M, ROWS, M[0])), (adds, (M, SQUARE, 1.5)),
    (scales, (X, ROWS, X[:4])), (scales, (X, ROWS, 1.5)), (scales, (M, ROWS, T[0, :1])),
    (swaps, (X, np.array([0, 2]))), (from_itself, (X, ROWS)),
    (puts_bools, (X, 0.4)), (puts_as_many, (X, X[2:4])),
]  # fmt: skip


@table(WRITE)
def test_arrays_are_written_and_changed(f, args) -> None:
    args = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in args)
    agrees(f, *args)


def rows_of_bools_written(a, mask, v, w):
    a[mask] = v
    a[mask, 1:] *= w
    a[:, 0] += w
    a[mask, 0] = w * w
    return a * a


def test_rows_of_bools_are_written() -> None:
    agrees(rows_of_bools_written, M, np.array([True, False, True]), X[:4], 1.3)
    agrees(rows_of_bools_written, M, np.array([True, False, True]), X[1:], 1.3)


def test_the_last_of_several_writes_counts_and_a_change_is_made_once() -> None:
    twice, v = np.array([1, 1, 3]), np.array([10.0, 20.0, 30.0])
    _, (a_bar, _, v_bar) = run(wg.vjp(puts), (X, twice, v), np.ones(5))
    np.testing.assert_array_equal(v_bar, [0.0, 40.0, 60.0])
    assert a_bar[1] == a_bar[3] == 0.0
    value, _ = run(wg.jvp(adds), (X, twice, 2.0), (X, None, 0.0))
    np.testing.assert_allclose(value, adds(X.copy(), twice, 2.0))


def grows(a, k):
    total = 0.0
    for step in range(4):
        total += np.sum(a[k] * a[k] * (step + 1.0))
        a[k] = a[k] * 1.1
        k[1:] = k[:-1]
        k[0] = step
    return total


def carried(a, k):
    for _ in range(3):
        a = a[k] * a
        a[a > 1.0] = 0.5
    return np.sum(a * a)


def marks(a, k):
    k[k] = 1                                        # Numba reads the index while it writes
    return a[k] * 2.0


def test_indices_are_those_of_the_time() -> None:
    agrees(grows, X, np.array([0, 1, 1, 3]))
    agrees(carried, X, np.array([4, 2, 2, 0, 1]))
    agrees(marks, X, np.array([1, 2, 0, 3]), primal=njit(marks))


def test_a_value_of_another_shape_raises() -> None:
    for k, v in ((ROWS, X[:3]), (SQUARE, X[:4]), (ROWS, T[:, 0])):
        with pytest.raises(ValueError, match="cannot assign slice"):
            run(wg.vjp(puts), (X, k, v.copy()), X)
    with pytest.raises(ValueError, match="cannot assign slice"):
        run(wg.vjp(puts_as_many), (X, X.copy()), X)


# ---- second order, in loops ----------------------------------------------------------------------------------------------


def number_of_puts(a, k, v):
    return np.sum(np.cos(puts(a, k, v)))


def number_of_adds(a, k, v):
    return np.sum(np.cos(adds(a, k, v)))


def number_of_scales(a, k, v):
    return np.sum(np.cos(scales(a, k, v)))


def number_from_itself(a, k):
    return np.sum(np.cos(from_itself(a, k)))


def all_in_a_loop(a, k, n):
    total = 0.0
    for i in range(n):
        mask = a > 0.1 * i
        b = a[mask]
        a[mask] = b * b * 0.5
        k[i % k.size] = i % a.size
        a[k] += np.sin(a[::-1][k])
        where = np.nonzero(mask)[0]
        where[0] = i
        total += np.sum(a[where] * a[where])
    return total


def changed_under_a_second_name(a):
    found = np.nonzero(a > 0.0)
    first = found[0]
    total = np.sum(a[first])
    first[0] = 4
    return total * np.sum(a[found[0]] * a[found[0]])


def test_second_order_and_loops() -> None:
    for f in (number_of_puts, number_of_adds, number_of_scales):
        agrees(f, X, ROWS, X[:4].copy())
    agrees(number_from_itself, X, ROWS)
    agrees(all_in_a_loop, X, ROWS.copy(), 3)
    agrees(changed_under_a_second_name, X)


# ---- what Numba cannot compile ---------------------------------------------------------------------------------------------


def by_a_matrix_of_bools(a):
    return np.sum(a[a > 0.0])


def by_bools_and_integers(a, k):
    return np.sum(a[a[:, 0] > 0.0, k])


@table([(by_a_matrix_of_bools, (M,)), (by_bools_and_integers, (M, ROWS))])
def test_refused(f, args) -> None:
    with pytest.raises(UnsupportedError, match=r"indexed by"):
        wg.grad(f).source_for(*args)


# ---- compiled --------------------------------------------------------------------------------------------------------------


def everything(a, k, mask, v):
    b = a[:, k]
    a[mask] += v * a[mask, ::-1]
    a[k[:2], k[1:3]] = b[0, 0] * v[:2]
    row = a[1]
    row[row > 0.5] *= b[0, 1]
    return np.sum(a * a) + np.sum(b[b[:, 0] > 0.0])


@pytest.mark.compiled
def test_compiled() -> None:
    args = (M, np.array([0, 2, -1]), np.array([True, False, True]), X[1:])
    value, (a_bar, v_bar) = wg.value_and_grad(everything, (0, 3))(*args)
    assert value == njit(everything)(M.copy(), *args[1:])
    agrees(everything, *args)
    expected, (a_same, v_same) = run(wg.value_and_grad(everything, (0, 3)), *args)
    assert oracles.relative_gap((value, a_bar, v_bar), (expected, a_same, v_same)) <= 1e-13
