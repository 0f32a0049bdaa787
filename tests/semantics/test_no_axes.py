"""Arrays without axes, arrays without elements, strides backwards, memory that cannot be written."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests import oracles
from tests.semantics.agreement import X, agrees, run

M = np.array([[0.7, -1.3, 0.4, 2.1], [-0.6, 0.9, 1.7, -0.2], [1.1, -0.5, 0.3, 0.8]])
C = np.array(0.7)


def made(x):
    c = np.asarray(x)
    c[()] = c[()] * x
    c += x
    return c * x


def argument(c, x):
    c[()] = c[()] * x
    d = c.copy()
    d *= 2.0
    e = d
    e -= c * x
    return d[()] * c[()]


def result(c):
    d = np.empty(())
    d[()] = c[()] ** 2
    return d


def mixed(c, x):
    return np.sum(c * x) + c


def functions(c):
    return np.exp(c) * np.sin(c[()]) + np.maximum(c, 0.1) + np.where(c > 0.5, c, -c)


def viewed(c, x):
    v = c.reshape(1)
    v[0] = x[1] * v[0]
    w = c[None]
    w *= x[:1]
    e = x[2:3].copy().reshape(())
    e[()] = c[()] * x[0]
    np.atleast_1d(c)[0] += e.item()
    return np.sum(x) * c.T[()] * np.sum(c)


def last_axis(x):
    v = x[1, ...]
    x[...] = v * x
    x[..., 2] = v * x[0]
    x[0, ...] += x[1]
    return v * np.sum(x)


def in_a_loop(c, n):
    for _ in range(n):
        c *= 1.1
        c[()] += np.sin(c[()])
    return c


def in_place(c, x):
    c += x * c
    c -= x
    c *= c
    return c


def stored(c, x):
    x[0] = c[()]
    x[1:3] = c
    x += c
    return x * c


def added_to_numbers(c, x):
    """Numba adds an array without axes to a number, and has no `+=` for the two."""
    y = x * c
    y = y + c
    for i in range(2):
        y = y * c
        x = x + c                                       # its tangent begins with zero: a number, no array
        c -= y
    s = y
    s = s - c * s if x > 0.0 else s / c
    s = s - c
    return s * c + x


def of_arrays_alone(c, d):
    """What has a strong zero, a share or a limit at zero, of arrays without axes alone: numbers."""
    e = c.copy()
    e -= d
    e *= e
    return np.hypot(c, e) + np.arctan2(c, d) + np.fmax(c, d) + np.sqrt(c) + np.log(d) + c**d + d**2 + np.exp(c) * np.tanh(d)


CASES = [
    (added_to_numbers, (C, 1.3)), (of_arrays_alone, (C, np.array(0.4))),
    (made, (0.7,)), (argument, (C, 1.3)), (result, (C,)), (mixed, (C, 1.3)), (mixed, (C, X)), (functions, (C,)), (viewed, (C, X)),
    (last_axis, (X,)), (in_a_loop, (C, 3)), (in_place, (C, 1.3)), (in_place, (C, np.array(0.4))), (stored, (C, X)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "args"), [pytest.param(f, args, id=f"{f.__name__}{k}") for k, (f, args) in enumerate(CASES)])
def test_arrays_without_axes(f, args) -> None:
    agrees(f, *args, primal=njit(f))
    along = tuple(np.ones_like(a) if isinstance(a, np.ndarray) else 1.0 if isinstance(a, float) else None for a in args)
    y, y_dot = run(wg.jvp(f), args, along)
    seed = np.ones_like(y) if isinstance(y_dot, np.ndarray) else 1.0
    bars = run(wg.vjp(f), args, seed)[1]
    for bar, arg in zip(bars, args, strict=True):
        assert isinstance(bar, np.ndarray) == isinstance(arg, np.ndarray)


def beside_axes(c, x):
    """The partials are pairs of an array and one without axes: products of what may be infinite and what may be zero."""
    h = np.asarray(np.exp(c * 0.5))
    return np.sum(np.exp(x * h)) + np.sum(np.sqrt(x.reshape(1, x.size)) / h) * np.sum(x * c)


@pytest.mark.compiled
@pytest.mark.parametrize(("f", "args"), [
    (in_place, (C, np.array(0.4))), (in_a_loop, (C, 3)), *(pytest.param(*case, marks=pytest.mark.full) for case in [
        (argument, (C, 1.3)), (viewed, (C, X)), (added_to_numbers, (C, 1.3)), (of_arrays_alone, (C, np.array(0.4))),
        (beside_axes, (C, X * X)),
    ])
])  # fmt: skip
def test_arrays_without_axes_compiled(f, args) -> None:
    value, bar = wg.value_and_grad(f)(*args)
    assert value == njit(f)(*oracles.copied(args))
    expected, same = run(wg.value_and_grad(f), *args)
    assert (bar.shape, bar.dtype) == ((), np.float64)
    np.testing.assert_allclose((value, bar), (expected, same), rtol=1e-14)
    product = wg.hvp(f)(args[0], np.array(1.0), *args[1:])
    assert isinstance(product, np.ndarray)
    np.testing.assert_allclose(product, run(wg.hvp(f), args[0], np.array(1.0), *args[1:]), rtol=1e-13)


def changed_by_an_array(x):
    s = x * x
    s += np.array(x)
    return s


def test_what_numba_cannot_add_in_place_is_refused() -> None:
    with pytest.raises(wg.TransformError, match="Numba cannot type `changed_by_an_array`"):
        wg.grad(changed_by_an_array).source_for(0.7)


# ---- arrays without elements -----------------------------------------------------------------------------------------------


def indexed(a, k):
    b = a[k] * 2.0
    a[a > 0.0] *= 3.0
    a[k] += b
    return np.sum(np.where(a > 1.0, a, a * a)) + np.sum(np.concatenate((b, a)) ** 2)


def shaped(m):
    v = m.T
    v += 1.0
    w = np.vstack((m, m)) * 2.0
    return np.sum(v * v) + np.sum(m.reshape(-1)) + np.sum(w[:, None] * 1.5) + np.sum(np.cumsum(m))


def test_arrays_without_elements() -> None:
    none = np.zeros(0, np.int64)
    agrees(indexed, X, none)
    agrees(indexed, np.zeros(0), none)
    for shape in ((0, 3), (3, 0), (0, 0)):
        agrees(shaped, np.zeros(shape))
        assert run(wg.grad(shaped), np.zeros(shape)).shape == shape


# ---- strides and write protection --------------------------------------------------------------------------------------------


def reads_and_writes(a, k):
    b = a[k] * a[0]
    a[1:] = a[:-1]
    a[k] *= 2.0
    return np.sum(a * a) + np.sum(b)


def only_reads(a, k):
    return np.sum(a[k] * a[::-1][k]) + np.sum(np.flip(a)[:, None] * a[None])


def test_strides_backwards_and_with_gaps() -> None:
    k = np.array([2, 0, 2])
    for a in (X[::-1], np.repeat(X, 2)[::2], M[:, 1], M[::-1, 2]):
        agrees(only_reads, a, k)
    for a in (M, M[::-1], M[:, ::-2], M.T, np.asfortranarray(M)):
        agrees(reads_and_writes, a, k)


def test_what_is_read_only_is_read() -> None:
    a, k = X.copy(), np.array([2, 0, 2])
    a.flags.writeable = k.flags.writeable = False
    np.testing.assert_array_equal(run(wg.grad(only_reads), a, k), run(wg.grad(only_reads), X, np.array([2, 0, 2])))
    assert run(wg.grad(only_reads), a, k).flags.writeable


def writes_at(x, y, k):
    x[k] = y[k] * y[k]
    return np.sum(x * y)


def test_arguments_that_share_memory_and_are_written_at_indices() -> None:
    z, k = np.arange(1.0, 9.0), np.array([1, 2])
    agrees(writes_at, z[::2], z[1::2], k)
    with pytest.raises(ValueError, match=r"x.*y|y.*x"):
        run(wg.grad(writes_at, (0, 1)), z[:5], z[3:8], k)
    with pytest.raises(ValueError, match=r"x.*y|y.*x"):
        run(wg.hvp(writes_at), z[:5], np.ones(5), z[3:8], k)
