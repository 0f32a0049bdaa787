"""Other names for the same memory: what views, what copies, and writes through either name."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import X, agrees, run
from wengert.transform.errors import UnsupportedError

M = np.array([[0.7, -1.3, 0.4, 2.1], [-0.6, 0.9, 1.7, -0.2], [1.1, -0.5, 0.3, 0.8]])
T = np.linspace(-1.0, 2.0, 24).reshape(2, 3, 4) ** 2 + 0.1


# ---- new axes --------------------------------------------------------------------------------------------------------------


def table_of_products(x, y):
    return x[:, None] * y[None, :] + x[..., np.newaxis] * y[1]


def written_through_a_new_axis(a):
    a[:, None] = a[:, None] * 2.0
    a[None, 1:, ...] += a[0]
    v = a[None]
    v[0, 1] *= a[0]
    w = np.expand_dims(a, 1)
    w[:, 0] = w[:, 0] * 0.5
    np.expand_dims(a, axis=-1)[..., 0] -= 0.1
    return a * a


def element_under_a_new_axis(a, i):
    return a[None, i] * a[i, None] * a[None, i, None][0]


def at_least(x):
    one, two, three = np.atleast_1d(x), np.atleast_2d(x), np.atleast_3d(x)
    two[0, 1] = x[0] * x[0]
    three[0, 2, 0] *= 3.0
    return one * x[-1]


def test_new_axes_are_axes_of_the_same_memory() -> None:
    agrees(table_of_products, X, X[:4].copy())
    agrees(written_through_a_new_axis, M)
    agrees(written_through_a_new_axis, np.asfortranarray(M))
    agrees(written_through_a_new_axis, M[::-1, ::2])
    agrees(element_under_a_new_axis, X, 1)
    agrees(at_least, X)


# ---- axes in another order ---------------------------------------------------------------------------------------------------


def turned(t):
    v = t.transpose((2, 0, 1))
    v[0] *= 2.0
    w = np.transpose(t, axes=(1, -1, 0))
    w[1, 2, 0] = t[0, 0, 0] * t[1, 1, 1]
    s = np.swapaxes(t, 0, -1)
    s[3, 1] += v[1, 0, 2]
    m = np.moveaxis(t, 0, 1)
    m[2, 1] = m[2, 0] * m[0, 1]
    return v * 1.5, t.transpose() + t.T, np.transpose(w) * s.transpose(2, 0, 1)[0, 0, 0]


def backwards(a):
    v = np.flip(a)
    v[0] = v[-1] * 2.0
    np.flipud(a)[1] *= v[0]
    np.fliplr(a)[:, 0] = a[:, 1] * a[:, 2]
    b = a[::-1, ::-1]
    b[1:] += b[:-1]
    return a * v


def test_axes_in_another_order_are_the_same_memory() -> None:
    agrees(turned, T)


@pytest.mark.full
def test_axes_of_other_layouts_in_another_order() -> None:
    agrees(turned, np.asfortranarray(T))
    agrees(turned, T[:, ::-1])
    agrees(backwards, M, primal=njit(backwards))
    agrees(backwards, np.asfortranarray(M), primal=njit(backwards))


# ---- shapes ------------------------------------------------------------------------------------------------------------------


def reshaped(a, n):
    shape = (n, 2, -1)
    v = a.reshape(shape)
    v[0, 1] *= 3.0
    w = np.reshape(a, -1)
    w[1:] = w[:-1]
    u = a.reshape(a.shape[1], -1)
    u[1] += a.reshape(v.shape)[2, 1, 0]
    return np.reshape(a, (2, 6)) * a.reshape((2, -1)), a.reshape(12).reshape((n, -1))


def flattened(a):
    v = a.ravel()
    v[0] = v[1] * v[2]                              # through to a only where Numba takes a view
    w = a.flatten()
    w[1] = 7.0 * w[2]
    return a * a, v * w


def test_shapes() -> None:
    agrees(reshaped, M, 3)
    for a in (M, np.asfortranarray(M)):
        agrees(flattened, a, primal=njit(flattened))
    agrees(flattened, strided(M), primal=lambda a: njit(flattened)(strided(a)))


def strided(a):
    """The same elements with gaps between them."""
    roomy = np.zeros(tuple(2 * n for n in a.shape))[::-2, ::2]
    roomy[...] = a
    return roomy


def strided_reshape(a):
    return np.sum(a[:, ::2].reshape(6))


def test_what_numba_cannot_reshape_is_refused() -> None:
    with pytest.raises(wg.TransformError, match="Numba cannot type"):
        wg.grad(strided_reshape).source_for(M)


# ---- the same array, or a copy, by its layout ----------------------------------------------------------------------------------


def contiguous(a):
    v = np.ascontiguousarray(a)
    v[0, 0] = a[1, 1] * a[0, 1]
    w = np.asfortranarray(a)
    w[1, 0] = a[1, 1] * a[2, 1]
    u = np.asarray(a)
    u[2, 0] = 3.0 * v[0, 0]
    return a * 2.0, v * w


def only_read(a, x):
    v = np.ascontiguousarray(a) * a
    b = np.broadcast_to(x, a.shape)
    return v * b + np.sum(b[0] * x) + np.broadcast_to(x[0], 3)[1]


def filled_before(x, n):
    y = np.empty(n)
    for i in range(n):
        y[i] = x[i % x.size] * x[0]
    return np.sum(np.broadcast_to(y, (3, n)) * y)


def test_what_is_contiguous_already_is_not_copied() -> None:
    for a in (M, np.asfortranarray(M)):
        agrees(contiguous, a, primal=njit(contiguous))
    agrees(only_read, M[::-1], X[:4].copy())
    agrees(only_read, M, X[:4].copy())
    agrees(filled_before, X, 7)


def copied_or_not(a):
    v = np.ascontiguousarray(a)
    v[0] = 2.0
    return np.sum(a)


def seen_through(x):
    b = np.broadcast_to(x, (2, x.size))
    x[0] = 3.0
    return np.sum(b)


def made_anew_in_the_next_round(x):
    total = 0.0
    for _ in range(2):
        x[0] *= 2.0
        total += np.sum(np.broadcast_to(x, (2, x.size)))
    return total


def test_what_may_or_may_not_be_a_view_is_refused_where_it_matters() -> None:
    for f, args in ((copied_or_not, (M[:, ::2],)), (seen_through, (X,))):
        with pytest.raises(UnsupportedError, match="is written while the other is needed"):
            wg.grad(f).source_for(*args)
    agrees(copied_or_not, M)
    agrees(made_anew_in_the_next_round, X, primal=lambda x: made_anew_in_the_next_round(x.copy()))


# ---- elements and dtypes -------------------------------------------------------------------------------------------------------


def filled(a, s):
    a[1:].fill(s)
    a.T[0].fill(a[0, 1])
    b = a.astype(np.float64)
    b[0, 0] *= 2.0
    a[0].fill(2)
    return a * b, b.astype(np.int64)[0, 0] * s


def one_by_one(a, n):
    total = 0.0
    for k in range(n):
        total += a.flat[k] * a.flat[-1]
        a.flat[k] = total
    return total * a[0:1, 0:1].item()


def diagonals(a, x):
    np.fill_diagonal(a, x[0])
    return np.diag(a) * np.trace(a), np.diag(x, 1), np.diag(a, -1) * np.trace(a, offset=1)


def test_fill_astype_flat_item_and_diagonals() -> None:
    agrees(filled, M, 1.3)
    agrees(one_by_one, np.asfortranarray(M), 5)
    agrees(diagonals, M, X)


@pytest.mark.full
def test_flat_and_diagonals_of_other_shapes() -> None:
    agrees(one_by_one, M, 5)
    agrees(diagonals, M[:, :2], X)


def diagonal_of_single(a, s):
    np.fill_diagonal(a, s)
    return np.sum(a * a)


def test_fill_diagonal_of_float32() -> None:
    a_bar, s_bar = run(wg.grad(diagonal_of_single, (0, 1)), M.astype(np.float32), 1.5)
    expected = 2 * M.astype(np.float32)
    np.fill_diagonal(expected, 0.0)
    assert a_bar.dtype == np.float32 and s_bar == 3.0 * min(M.shape)
    np.testing.assert_array_equal(a_bar, expected)


def single(x):
    y = x.astype(np.float32)
    y[0] = y[1] * x[2]
    return np.sum(y.astype(np.float64) * x)


def test_astype_is_differentiated_in_the_dtypes_at_hand() -> None:
    for x in (X, X.astype(np.float32)):
        x_bar = run(wg.grad(single), x)
        y = x.astype(np.float32).astype(np.float64)
        expected = 2.0 * y
        expected[0] = y[1] * y[2]
        expected[1] += y[2] * y[0]
        expected[2] += y[1] * y[0]
        assert x_bar.dtype == x.dtype
        np.testing.assert_allclose(x_bar, expected, rtol=1e-6)
        _, y_dot = run(wg.jvp(single), (x,), (np.ones_like(x),))
        assert y_dot == pytest.approx(np.sum(expected), rel=1e-6)


# ---- several arrays in one -------------------------------------------------------------------------------------------------------


def joined(x, y):
    z = np.concatenate((x[:2], y, x[::-1]))
    z[0] *= y[0]
    m = np.vstack((z, z * z))
    m[0, 1] = np.append(x, y[0])[-1] * np.diff(z)[2]
    c = np.cumsum(x) * np.cumprod(y)
    beside = np.stack((x, y), 1) * np.outer(x, y)[0, 1]
    return m, np.hstack((m, m[:, :1])), np.column_stack((x, y, c)), beside, np.roll(x, 2) * np.repeat(y, 1)


def test_arrays_are_joined() -> None:
    agrees(joined, X, X[::-1] + 0.3)


def end_to_end(a, b):
    return np.concatenate((a, b))


def side_by_side(a, b):
    return np.hstack((a, b[0:1]))


def one_on_the_other(a, b):
    return np.stack((a, b))


def test_arrays_that_do_not_fit_raise() -> None:
    for f in (end_to_end, side_by_side, one_on_the_other):
        with pytest.raises(ValueError, match="different shapes"):
            run(wg.jvp(f), (M, M[:, 1:].copy()), (M, M[:, 1:].copy()))


def taken(a, k):
    return np.take(a, k) * a[0]


def taken_rows(a, k):
    return np.take(a, k) * 2.0, np.take(a, k, 0)[0] * a[1]


def test_take_checks_its_indices() -> None:
    agrees(taken, X, 3)
    agrees(taken_rows, M, np.array([1, 2]))
    with pytest.raises(IndexError):
        run(wg.grad(taken), X, 5)
    with pytest.raises(IndexError):
        run(wg.jvp(taken_rows), (M, np.array([0, -13])), (M, None))


# ---- compiled --------------------------------------------------------------------------------------------------------------------


def everything(a, x):
    np.expand_dims(a, 1)[:, 0] *= 2.0
    a.transpose((1, 0))[1] += x[:3]
    v = a.reshape(-1)
    v[2:4] = v[:2]
    u = np.concatenate((x, np.flip(v)[:3])) * np.cumsum(x)[1]
    b = np.broadcast_to(x[:4], (3, 4)) * np.ascontiguousarray(a.T).T
    b[None, 0].fill(x[0])
    return np.sum(u) * np.trace(b[:, :3]) + np.sum(np.diag(x)[1] * np.take(a, 1)) + np.sum((x[:, None] * x[None])[1])


@pytest.mark.compiled
@pytest.mark.full
def test_compiled() -> None:
    agrees(everything, M, X)
    value, bars = wg.value_and_grad(everything, (0, 1))(M, X)
    assert value == njit(everything)(M.copy(), X)
    expected, same = run(wg.value_and_grad(everything, (0, 1)), M, X)
    for one, other in zip((value, *bars), (expected, *same), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)
