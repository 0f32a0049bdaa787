"""What a `for` goes over: arrays, tuples, and what is made of them."""

# ruff: noqa: B020, B905
from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from numba import njit, prange

import wengert as wg
from tests.semantics.agreement import X, agrees, run

M = np.array([[0.7, -1.3, 0.4], [2.1, -0.6, 1.5]])


def elements(a):
    total = 0.0
    for v in a:
        total = total * v + math.sin(v)
    return total


@pytest.mark.parametrize("array", [X, X[::-2], X[:0]])
def test_the_elements_of_an_array(array: np.ndarray) -> None:
    agrees(elements, array)


def rows(m):
    total = 1.0
    for row in m:
        row *= 2.0
        for v in row:
            total *= v
        row[0] = total
    return total + m[0, 0]


@pytest.mark.parametrize("layout", [np.ascontiguousarray, np.asfortranarray])
def test_rows_are_views(layout) -> None:
    agrees(rows, layout(M))


def written_meanwhile(a):
    total = 0.0
    for k, v in enumerate(a):
        total += v * v
        if k + 1 < len(a):
            a[k + 1] *= v
    return total


def rebound_meanwhile(a):
    total = 0.0
    for v in a:
        a = a * 2.0
        total += v * a[0]
    return total


def test_an_element_is_read_when_its_round_begins() -> None:
    agrees(written_meanwhile, X, primal=njit(written_meanwhile))
    agrees(rebound_meanwhile, X, primal=njit(rebound_meanwhile))


def numbered(a, start):
    total = 0.0
    for i, v in enumerate(a):
        total = total * v + i
    for i, v in enumerate(a * a, start):
        i = i * 2
        total = total * v + i
    for pair in enumerate(a):
        total += pair[0] * pair[1]
    return total * i


@pytest.mark.parametrize("start", [0, -3, 5])
def test_enumerate(start: int) -> None:
    agrees(numbered, X, start)


def together(a, b, n):
    total = 0.0
    for x, y, k in zip(a, b, range(3, n)):
        total = total * x + y * k
    for i, (x, y) in enumerate(zip(a, b)):
        total += math.sin(x * y) * i
    for (i, x), y in zip(enumerate(a), b):
        total = total * y + x * i
    return total


@pytest.mark.parametrize("n", [2, 5, 20])
def test_zip_ends_with_the_shortest(n: int) -> None:
    agrees(together, X, X[:3] * 2.0, n)


def backwards(a, n):
    total = 0.0
    for v in reversed(a):
        total = total * v + 1.0
    for i in reversed(range(1, n)):
        total += i * a[i] * total
    for i in reversed(range(0, n, 2)):
        total = total * a[i] + i
    for v in reversed((a[0], a[1] * a[2], 3.0)):
        total = total * v + v
    return total


@pytest.mark.parametrize("n", [0, 1, 4, 5])
def test_reversed(n: int) -> None:
    agrees(backwards, X, n)


def tuples(x, y):
    total = 0.0
    for v in (x, y, x * y, 2.0):
        total = total * v + v
    for a, b in ((x, y), (y, 3.0)):
        total = total * a + b
    for i, v in enumerate((x, y), 1):
        total += i * v
    for v, w in zip((x, y), (y, x)):
        x = x + v * w
    for k in (1, 4):
        total *= k * x
    return total


def test_tuples() -> None:
    agrees(tuples, 0.7, -1.3)


def tuple_beside_array(m, x):
    total = 0.0
    for factor, row in zip((x, x * x, 2.0), m):
        total = total * factor + row[0] * factor
    for array, k in zip((m[0], m[1], m[0]), range(len(m))):
        array[k] = array[k] * total
        total += array.sum()
    return total


def test_a_tuple_beside_an_array() -> None:
    agrees(tuple_beside_array, M, 0.3)


def shape(m):
    total = 0.0
    for n in m.shape:
        total = total * m[0, 0] + n
    return total


def unpacked_rows(m):
    total = 1.0
    for a, b, c in m:
        total += a * b * total - c
    x, y = m
    y[0] = x[1] * total
    return total * m[1, 0]


def test_shapes_and_unpacked_rows() -> None:
    agrees(shape, M)
    agrees(unpacked_rows, M)
    with pytest.raises(ValueError, match="too many values"):
        run(wg.grad(unpacked_rows), np.ones((3, 3)))
    with pytest.raises(ValueError, match="not enough values"):
        run(wg.grad(unpacked_rows), np.ones((2, 2)))


def indices(m):
    total = 0.0
    for i, j in np.ndindex(m.shape):
        total = total * m[i, j] + i - j
    for i, j in np.ndindex(2, 3):
        m[i, j] = m[i, j] * total
    for index in np.ndindex((2, 3)):
        total += m[index] * index[1]
    for where in np.ndindex(m.shape):
        m[where] *= where[0] + 1.5
    for (k,) in np.ndindex(m.shape[0]):
        total += m[k, 0]
    for place in np.ndindex(3):
        total += m[0, place[0]]
    return total * total


def pairs(m):
    total = 0.0
    for (i, j), v in np.ndenumerate(m):
        total = total * v + i * j
    for index, v in np.ndenumerate(m.T):
        total += v * v * index[0]
        m[index[1], index[0]] = total
    for (i,), v in np.ndenumerate(m[0]):
        total += v * i
    for pair in np.ndenumerate(m):
        total += pair[1] * pair[0][0]
    return total


@pytest.mark.parametrize("array", [M, np.asfortranarray(M), np.ones((2, 6))[:, ::2] * 0.3])
def test_indices_of_every_element(array: np.ndarray) -> None:
    agrees(indices, array)
    agrees(pairs, array)


def flat(m):
    total = 0.0
    for v in m.flat:
        total = total * v + math.cos(v)
    for k in range(len(m.flat)):
        m.flat[k] = m.flat[k] * total
    for k, v in enumerate(m.flat):
        m[0, 0] = v * k
        total += v
    return total + m.flat[m.size - 1]


@pytest.mark.parametrize("array", [M, M.T, M[:, ::-2], M[:0]])
def test_flat_reads_and_writes_the_array_itself(array: np.ndarray) -> None:
    if array.size:
        agrees(flat, array)
    else:
        agrees(indices_of_nothing, array)


def indices_of_nothing(m):
    total = 1.0
    for v in m.flat:
        total *= v
    for i, j in np.ndindex(m.shape):
        total *= m[i, j]
    return total


def counters_afterwards(a, n):
    i, j = 7, 8
    for i, j in np.ndindex(n, 2):
        a[0] *= 1.0 + i + j
    total = a[0] * i + j
    for k, v in enumerate(a, 3):
        total = total * v
    return total * k + v


@pytest.mark.parametrize("n", [0, 1, 3])
def test_the_targets_keep_their_last_values(n: int) -> None:
    agrees(counters_afterwards, X, n, primal=njit(counters_afterwards))


def into_elements(a):
    for a[0] in range(3):
        a[1] = a[1] * a[0] + a[2]
    for k, a[k] in enumerate(a * 2.0):
        a[0] = a[0] + a[k] * a[k]
    return a.sum() + a[0] * a[1]


def test_a_target_may_be_an_element() -> None:
    agrees(into_elements, X, primal=njit(into_elements))


def once(a, b):
    total = 0.0
    for v in doubled(a):
        total = total * v + a[0]
    for i in range(length(b)):
        total += i * a[1]
    return total + b[0]


def doubled(a):
    a[0] = a[0] * 2.0
    return a * 2.0


def length(b):
    b[0] = b[0] * 1.5
    return 4


def test_what_is_gone_over_is_evaluated_once() -> None:
    agrees(once, X, X * 0.5)


@njit(parallel=True)
def in_parallel(a):
    total = 0.0
    for i in prange(a.size):
        total += math.exp(a[i])
    for i in numba.prange(4, 0, -2):
        a[i] = a[i] * total
    return total * a[2]


def test_prange_has_its_serial_meaning() -> None:
    agrees(in_parallel, X, primal=in_parallel.py_func)


def left_early(a, m, limit):
    total = 0.0
    for i, v in enumerate(a):
        if v < limit:
            continue
        total = total * v + i
        if total > 2.0:
            break
    else:
        total += 10.0 * v
    for v in (a[0], a[1] * a[2], a[3], 0.5):
        if v < limit:
            continue
        total += v * v
        if v > 0.6:
            break
        total *= 1.5
    else:
        total = total * total
    for i, j in np.ndindex(m.shape):
        total += m[i, j] * (i + 1.5)
        if m[i, j] > limit + 1.0:
            break
    total += i * a[0] + j
    for (i, j), v in np.ndenumerate(m):
        if v < limit:
            continue
        total = total * v
        if v > limit + 1.0:
            break
    for v, row in zip(reversed(a), m):
        for w in row.flat:
            if w > limit + 1.0:
                return total * w * v
            total += w * v
    return total


@pytest.mark.parametrize("limit", [-5.0, -1.0, 0.0, 0.45, 3.0])
def test_ways_out(limit: float) -> None:
    agrees(left_early, X, M, limit)


def zero_step(a, n):
    for i, v in zip(range(0, 5, n), a):
        a[0] = v * i
    return a[0]


def test_a_step_of_zero_is_an_error_as_in_the_primal() -> None:
    with pytest.raises(ValueError, match="must not be zero"):
        run(wg.grad(zero_step), X, 0)
    agrees(zero_step, X, 2)


@pytest.mark.compiled
def test_compiled() -> None:
    for function, args in ((rows, (M,)), (together, (X, X[:3], 5)), (indices, (M,)), (pairs, (M.T,)), (flat, (M.T,))):
        transformed = wg.vjp(function)
        value, gradients = transformed(args, 1.0)
        plain, expected = run(transformed, args, 1.0)
        assert value == pytest.approx(njit(function)(*(a.copy() if isinstance(a, np.ndarray) else a for a in args)), rel=1e-15)
        assert value == pytest.approx(plain, rel=1e-14)
        for got, want in zip(gradients, expected, strict=True):
            assert want is None or np.allclose(got, want, rtol=1e-13, atol=0.0)
