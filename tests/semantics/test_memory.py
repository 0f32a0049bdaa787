"""Memory of the caller: arguments, results and seeds."""

from __future__ import annotations

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import X, agrees, run
from wengert.transform.errors import TransformError


def writes_first(x, y):
    x[0] = x[0] * y[0]
    return np.sum(x * y)


def reads_both(x, y):
    return np.sum(x * y)


def test_two_arguments_that_share_memory_one_of_them_written() -> None:
    z = np.arange(1.0, 9.0)
    with pytest.raises(ValueError, match=r"x.*y|y.*x"):
        run(wg.grad(writes_first, (0, 1)), z[:5], z[3:8])
    with pytest.raises(ValueError, match=r"x.*y|y.*x"):
        run(wg.vjp(writes_first), (z[:5], z[3:8]), 1.0)
    with pytest.raises(ValueError, match=r"x.*y|y.*x"):
        run(wg.jvp(writes_first), (z[:5], z[3:8]), (np.ones(5), np.ones(5)))


def test_interleaved_arguments_are_fine_and_so_is_sharing_what_nobody_writes() -> None:
    z = np.arange(1.0, 9.0)
    agrees(writes_first, z[::2], z[1::2])
    x_bar, y_bar = run(wg.grad(reads_both, (0, 1)), z, z)
    np.testing.assert_array_equal(x_bar, z)
    np.testing.assert_array_equal(y_bar, z)


def doubles(x):
    for i in range(x.size):
        x[i] = 2.0 * x[i]
    return np.sum(x)


def doubles_rows(m):
    for i in range(m.shape[0]):
        m[i] *= 2.0
    return np.sum(m * m)


def test_an_argument_whose_own_elements_share_memory_and_that_is_written() -> None:
    """A copy of it would come apart: 2 · 2 · … where the primal writes to one number again and again."""
    overlapping = np.lib.stride_tricks.as_strided
    once = overlapping(np.ones(1), (4,), (0,))
    rows = overlapping(np.arange(6.0), (3, 4), (8, 8))
    for transform, args in ((wg.grad, ()), (wg.value_and_grad, ())):
        with pytest.raises(ValueError, match="x is written, and elements of it share memory"):
            run(transform(doubles), once, *args)
        with pytest.raises(ValueError, match="m is written"):
            run(transform(doubles_rows), rows, *args)
    with pytest.raises(ValueError, match="x is written"):
        run(wg.jvp(doubles), (once,), (np.ones(4),))
    with pytest.raises(ValueError, match="x is written"):
        run(wg.vjp(doubles), (once,), 1.0)
    with pytest.raises(ValueError, match="x is written"):
        run(wg.hvp(doubles), once, np.ones(4))


def test_strided_arguments_that_are_written_are_fine_where_no_element_is_shared() -> None:
    overlapping = np.lib.stride_tricks.as_strided
    z = np.linspace(0.5, 2.5, 12)
    for legal in (z[::-2], z[5:6][::2], overlapping(z, (0,), (0,))):
        agrees(doubles, legal)
    m = z.reshape(3, 4)
    for legal in (m[:, ::-1], m.T[1:], overlapping(z, (3, 2), (16, 24)), overlapping(z, (1, 4), (0, 8))):
        agrees(doubles_rows, legal)


def test_an_argument_whose_own_elements_share_memory_and_that_is_only_read() -> None:
    """Its elements count as independent: the gradient has its shape."""
    once = np.broadcast_to(np.array([3.0]), (4,))
    np.testing.assert_array_equal(run(wg.grad(reads_both), once, np.arange(4.0)), np.arange(4.0))


@pytest.mark.compiled
def test_an_argument_that_overlaps_itself_is_found_in_compiled_code() -> None:
    gradient = wg.grad(doubles)
    with pytest.raises(ValueError, match="x is written, and elements of it share memory"):
        gradient(np.lib.stride_tricks.as_strided(np.ones(1), (4,), (0,)))
    np.testing.assert_array_equal(gradient(np.ones(8)[::2]), np.full(4, 2.0))
    np.testing.assert_array_equal(gradient(np.ones(4)), np.full(4, 2.0))


def hands_out(x, s):
    y = x[1:]
    y[0] = s * s
    return x, y, y.T, x * s


def identity(x):
    return x


def test_results_share_memory_with_no_argument_and_with_no_other_result() -> None:
    agrees(hands_out, X, 1.3)
    agrees(identity, X)
    x_bar = run(wg.vjp(identity), (X,), X)[1][0]
    assert not np.shares_memory(x_bar, X)


def unused(x, y):
    return 2.0 * x[0]


def test_an_argument_that_nothing_depends_on_has_a_fresh_zero_gradient() -> None:
    x_bar, y_bar = run(wg.grad(unused, (0, 1)), X, X)
    np.testing.assert_array_equal(y_bar, np.zeros(5))
    assert not np.shares_memory(x_bar, y_bar)


# ---- seeds ---------------------------------------------------------------------------------------------------------


def scaled(x, s):
    x *= s
    return x


def test_a_seed_of_another_shape_is_an_error() -> None:
    for shape in ((4,), (6,), (1,), (5, 1)):
        with pytest.raises((ValueError, TransformError), match=r"shape|dimension"):
            run(wg.vjp(scaled), (X, 1.3), np.ones(shape))
        with pytest.raises((ValueError, TransformError), match=r"shape|dimension"):
            run(wg.jvp(scaled), (X, 1.3), (np.ones(shape), 0.0))


def test_seeds_are_cast_to_the_dtype_of_the_primal() -> None:
    single = X.astype(np.float32)
    y, y_dot = run(wg.jvp(scaled), (single, np.float32(1.5)), (X, 2.0))
    assert (y.dtype, y_dot.dtype) == (np.float32, np.float32)
    _, (x_bar, s_bar) = run(wg.vjp(scaled), (single, np.float32(1.5)), X)
    assert (x_bar.dtype, np.asarray(s_bar).dtype) == (np.float32, np.float32)
    _, (x_bar, _) = run(wg.vjp(scaled), (X, 1.5), np.arange(5))
    np.testing.assert_array_equal(x_bar, 1.5 * np.arange(5.0))
    assert x_bar.dtype == np.float64


def test_seeds_are_not_written() -> None:
    seed, tangent = X.copy(), X[::-1].copy()
    run(wg.vjp(scaled), (X, 1.3), seed)
    run(wg.jvp(scaled), (X, 1.3), (tangent, 1.0))
    run(wg.hvp(writes_first), X, tangent, X.copy())
    np.testing.assert_array_equal(seed, X)
    np.testing.assert_array_equal(tangent, X[::-1])


@pytest.mark.compiled
def test_shared_memory_is_found_in_compiled_code() -> None:
    z = np.arange(1.0, 9.0)
    with pytest.raises(ValueError, match=r"x.*y|y.*x"):
        wg.grad(writes_first, (0, 1))(z[:5], z[3:8])
    with pytest.raises(ValueError, match=r"shape|dimension"):
        wg.vjp(scaled)((X, 1.3), np.ones(4))


def warmed(u, n):
    for _ in range(n):
        u[1:-1] += 0.2 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return u, u[1:]


def test_an_argument_that_was_copied_on_entry_is_returned_as_it_is() -> None:
    """The second result shares memory with the first, and is copied."""
    u, v = np.array([0.3, -1.0, 2.0, 0.5]), np.array([1.0, 0.2, -0.7, 0.4])
    text = wg.jvp(warmed).source_for((u, 3), (v, None))
    assert text.count(".copy()") == 4
    (whole, part), (whole_dot, part_dot) = run(wg.jvp(warmed), (u, 3), (v, None))
    arrays = (u, v, whole, part, whole_dot, part_dot)
    assert not any(np.shares_memory(a, b) for k, a in enumerate(arrays) for b in arrays[:k])
    np.testing.assert_array_equal(whole[1:], part)
    agrees(warmed, u, 3)
