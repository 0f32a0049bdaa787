"""Types: dtypes, layouts and broadcasting."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import Array, X, agrees, run
from wengert.transform.errors import NotDifferentiableError


def mixed(x, s, n):
    total = 2.0 * s
    for i in range(n):
        total += x[i] * x[i] * s
    return total


@pytest.mark.compiled
def test_gradients_have_the_dtype_of_their_argument() -> None:
    x = X.astype(np.float32)
    x_bar, s_bar = wg.grad(mixed, (0, 1))(x, 1.5, 5)
    assert x_bar.dtype == np.float32
    np.testing.assert_allclose(x_bar, 3.0 * x, rtol=1e-6)
    assert s_bar == pytest.approx(2.0 + np.sum(x.astype(np.float64) ** 2), rel=1e-6)
    x_bar, s_bar = run(wg.grad(mixed, (0, 1)), X, np.float32(1.5), 5)
    assert (x_bar.dtype, s_bar.dtype) == (np.float64, np.float32)
    value, (x_bar, _) = wg.value_and_grad(mixed, (0, 1))(x, np.float32(1.5), 5)
    assert value == njit(mixed)(x, np.float32(1.5), 5)
    assert x_bar.dtype == np.float32
    np.testing.assert_allclose(x_bar, 3.0 * x, rtol=1e-6)


def times(x, n):
    return x * n


def chooses(x, k):
    return x[k]


def test_a_gradient_is_a_float_even_where_integers_make_it() -> None:
    assert isinstance(run(wg.grad(times), 2.0, 3), float)
    assert isinstance(run(wg.jvp(times), (2.0, 3), (1.0, None))[1], float)
    assert isinstance(run(wg.hvp(times), 2.0, 1.0, 3), float)
    agrees(times, 2.0, 3)
    agrees(chooses, X, 2)


def counts(x, n, flag):
    if flag:
        return x * n, n + 1
    return x + n, n


def test_integers_and_bools_have_no_slot() -> None:
    (y, _), (x_bar, n_bar, flag_bar) = run(wg.vjp(counts), (2.0, 3, True), (1.0, None))
    assert (y, x_bar, n_bar, flag_bar) == (6.0, 3.0, None, None)
    (y, n), (y_dot, n_dot) = run(wg.jvp(counts), (2.0, 3, False), (1.0, None, None))
    assert (y, n, y_dot, n_dot) == (5.0, 3, 1.0, None)


def power(x, n):
    return x**n


def test_an_integer_among_argnums_is_a_type_error() -> None:
    for args, argnums, what in (((2.0, 3), 1, "integer"), ((3, 2), 0, "integer"), ((2.0, True), "n", "bool")):
        with pytest.raises(TypeError) as caught:
            wg.grad(power, argnums).source_for(*args)
        assert isinstance(caught.value, NotDifferentiableError)
        assert what in str(caught.value)
        assert "drop it from argnums" in str(caught.value)
        assert what == "bool" or "pass 3.0, or drop it from argnums" in str(caught.value)


def test_an_array_of_integers_among_argnums_is_a_type_error() -> None:
    with pytest.raises(TypeError, match=r"array of int64"):
        wg.grad(norm).source_for(np.ones((2, 3), dtype=np.int64))


def zero_d(x):
    y = np.empty(())
    y[()] = x * x
    return y


def all_of_it(x):
    return x


def two(x):
    return x * x, math.exp(x)


def test_grad_of_a_result_that_is_no_number_points_to_vjp_and_jacrev() -> None:
    for f, args in ((all_of_it, (X,)), (two, (1.0,))):
        with pytest.raises(TypeError) as caught:
            wg.grad(f).source_for(*args)
        assert isinstance(caught.value, NotDifferentiableError)
        assert "vjp" in str(caught.value)
        assert "jacrev" in str(caught.value)


def test_a_0_d_array_counts_as_a_number() -> None:
    assert run(wg.grad(zero_d), 3.0) == 6.0


def norm(m):
    total = 0.0
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            total += m[i, j] * m[i, j] * (i + 1)
    return total + np.sum(m)


def every_layout(shape: tuple[int, int]) -> list[Array]:
    base = np.arange(1.0, 1.0 + 4 * shape[0] * shape[1]).reshape(2 * shape[0], 2 * shape[1])
    read_only = base[: shape[0], : shape[1]].copy()
    read_only.flags.writeable = False
    c = base[: shape[0], : shape[1]].copy()
    return [c, np.asfortranarray(c), base[::2, ::2], base[::-2, ::-2], c.T.copy().T, read_only]


@pytest.mark.parametrize("shape", [(3, 4), (1, 4), (0, 3), (3, 0)])
def test_every_layout_gives_a_fresh_gradient_of_the_argument_s_shape(shape: tuple[int, int]) -> None:
    for m in every_layout(shape):
        gradient = run(wg.grad(norm), m)
        expected = 2.0 * m * np.arange(1.0, m.shape[0] + 1.0)[:, None] + 1.0
        np.testing.assert_allclose(gradient, expected)
        assert gradient.dtype == m.dtype
        assert gradient.flags.writeable
        assert not np.shares_memory(gradient, m)


def scales_all(m):
    m *= 2.0
    m[0, :] = m[1, :] * m[0, :]
    return np.sum(m * m)


def test_every_layout_is_copied_where_it_is_overwritten() -> None:
    for m in every_layout((3, 4)):
        agrees(scales_all, m) if m.flags.writeable else run(wg.grad(scales_all), m)


def square_0_d(x):
    return x[()] * x[()]


def test_0_d_arguments() -> None:
    gradient = run(wg.grad(square_0_d), np.array(3.0))
    assert gradient.shape == ()
    assert gradient == 6.0


@pytest.mark.compiled
def test_layouts_in_compiled_code() -> None:
    gradient = wg.grad(norm)
    for m in every_layout((3, 4)):
        np.testing.assert_allclose(gradient(m), 2.0 * m * np.arange(1.0, 4.0)[:, None] + 1.0)
    empty = np.zeros((0, 3))
    assert gradient(empty).shape == (0, 3)


def broadcasts(a, b, s):
    y = a * b + s
    z = np.exp(0.1 * y) / (a * a + 1.0)
    return np.sum(z - b)


BROADCAST = [((3, 4), (4,)), ((3, 4), (1, 4)), ((3, 4), (3, 1)), ((3, 4), (1, 1)), ((1,), (3, 4)), ((3, 1), (1, 4)),
             ((3, 4), (3, 4)), ((0, 4), (1, 4)), ((2, 3, 4), (3, 1))]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), BROADCAST)
def test_broadcasting_is_summed_back_size_1_axes_included(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    agrees(broadcasts, rng.normal(size=first), rng.normal(size=second), 0.7)


def combined(a, b):
    """Every result, not its sum: of each the tangent has the shape, whichever operand moves."""
    c = 1.2 + b * b
    return (a + b, b - a, a * b, a / c, c / (1.2 + a * a), c ** a, np.maximum(a, b), np.hypot(a, b), np.arctan2(a, c),
            np.copysign(a, b), a * a - b, np.sin(a) + c, (a + 0.5) * 2.0 - (-a) * b)  # fmt: skip


@pytest.mark.parametrize("shapes", [((3,), (3,)), ((1,), (3,)), ((3,), (1,)), ((2, 3), (3,)), ((3,), (2, 1)), ((2, 1), (1, 3))])
@pytest.mark.parametrize("moving", [(0,), (1,), (0, 1)])
def test_a_tangent_has_the_shape_of_its_array(shapes: tuple[tuple[int, ...], ...], moving: tuple[int, ...]) -> None:
    rng = np.random.default_rng(5)
    args = tuple(rng.normal(size=shape) for shape in shapes)
    v = tuple(rng.normal(size=shape) if k in moving else None for k, shape in enumerate(shapes))
    _, dots = run(wg.jvp(combined), args, v)
    values = _analytic(*(a if t is None else a + 1e-20j * t for a, t in zip(args, v, strict=True)))
    for number, (dot, value) in enumerate(zip(dots, values, strict=True)):
        assert np.shape(dot) == np.shape(value), number
        np.testing.assert_allclose(dot, np.imag(value) / 1e-20, rtol=1e-12, atol=1e-14, err_msg=str(number))


def _analytic(a, b):
    """`combined` for numbers that have moved in the imaginary direction."""
    c = 1.2 + b * b
    return (a + b, b - a, a * b, a / c, c / (1.2 + a * a), c ** a, np.where(a.real >= b.real, a + 0 * b, b + 0 * a),
            np.sqrt(a * a + b * b), np.arctan(a / c), a * np.sign(a.real) * np.copysign(1.0, b.real), a * a - b, np.sin(a) + c,
            (a + 0.5) * 2.0 - (-a) * b)  # fmt: skip


def stores_broadcast(m, row, s):
    m[1:] = row
    m[0] += row * s
    m[:, 1] = s
    return np.sum(m * m)


@pytest.mark.parametrize("size", [1, 4])
def test_a_stored_value_is_broadcast_too(size: int) -> None:
    rng = np.random.default_rng(0)
    agrees(stores_broadcast, rng.normal(size=(3, 4)), rng.normal(size=size), 0.7)


def times_its_transpose(m):
    t = m.T * m
    return np.sum(t * t)


def as_long_as_the_other_axis(m, k):
    row = np.full(m.shape[0], k)
    t = m * row * m
    return np.sum(t * t)


@pytest.mark.parametrize(("program", "shape"), [(times_its_transpose, (1, 3)), (as_long_as_the_other_axis, (3, 1))])
def test_axes_of_one_array_that_meet(program, shape) -> None:
    args = np.random.default_rng(0).normal(size=shape), 0.7
    agrees(program, *args[: 1 + (program is as_long_as_the_other_axis)])
