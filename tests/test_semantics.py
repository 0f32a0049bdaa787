"""What every derivative means, row by row: control flow and state, types, nesting and agreement.

The functions under test stand above their tests.  `agrees` runs the generated Python of every transform, uncompiled,
against differences; where NumPy means something else than Numba the primal is compiled.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests import oracles
from wengert.transform.errors import NotDifferentiableError, TransformError, UnsupportedError

Array = np.ndarray[Any, Any]
X = np.array([0.7, -1.3, 0.4, 2.1, -0.6])


def run(transformed: Any, *args: Any) -> Any:
    """The generated function as plain Python: nothing is compiled."""
    return transformed.python_for(*args)(*args)


def agrees(f: Any, *args: Any, primal: Any = None, tolerance: float = 1e-8) -> None:
    """Value, tangent and adjoint of f are right, arguments stay as they are, results are the caller's own."""
    primal = primal or f
    rng = np.random.default_rng(0)
    kept = oracles.copied(args)
    v = oracles.random_like(args, rng)
    y, jv = run(wg.jvp(f), args, v)
    expected = primal(*oracles.copied(args))
    assert oracles.relative_gap(y, expected) <= 1e-13
    assert oracles.relative_gap(jv, oracles.directional_difference(primal, args, v), scale=1e-3) <= tolerance
    u = oracles.random_like(oracles.copied(y), rng)
    again, jtu = run(wg.vjp(f), args, u)
    assert oracles.relative_gap(again, expected) <= 1e-13
    assert oracles.dot_product_gap(u, jv, jtu, v) <= 1e-12
    for part, arg in zip(jtu, args, strict=True):
        assert (part is None) == (not oracles.is_float(arg))
        assert part is None or np.shape(part) == np.shape(arg)
    np.testing.assert_array_equal(oracles.flat(args), oracles.flat(kept))
    apart(args, y, jv)
    apart(args, again, jtu, u)
    if not isinstance(expected, tuple) and np.ndim(expected) == 0:
        gradient_agrees(f, args, v, jv)


def gradient_agrees(f: Any, args: tuple[Any, ...], v: Any, jv: float) -> None:
    """value_and_grad and hvp of a scalar function, the latter against differences of the gradient."""
    chosen = tuple(k for k, arg in enumerate(args) if oracles.is_float(arg))
    _, gradient = run(wg.value_and_grad(f, chosen), *args)
    assert oracles.dot_product_gap(1.0, jv, gradient, tuple(v[k] for k in chosen)) <= 1e-12
    along = tuple(v[k] for k in chosen)
    position = chosen[0] if chosen != (0,) else 0
    if position == 0:
        product = run(wg.hvp(f, chosen), args[0], along, *args[1:])
        slope = wg.grad(f, chosen).python_for(*args)
        expected = oracles.directional_difference(slope, args, v)
        assert oracles.relative_gap(product, expected, scale=1e-2 * oracles.norm(gradient) + 1e-6) <= 1e-6


def apart(*structures: Any) -> None:
    """No two arrays in different structures, or in different slots of one result, share memory."""
    arrays = [leaf for structure in structures for leaf in leaves(structure) if isinstance(leaf, np.ndarray)]
    for k, one in enumerate(arrays):
        for other in arrays[k + 1 :]:
            assert one is other or not np.shares_memory(one, other)


def leaves(structure: Any) -> list[Any]:
    if isinstance(structure, tuple):
        return [leaf for item in structure for leaf in leaves(item)]
    return [structure]


# ---- control flow -------------------------------------------------------------------------------------------


def branch(x):
    if x > 1.0:
        y = x * x
    elif x > 0.0:
        y = math.sin(x)
    else:
        y = -3.0 * x
    return y


@pytest.mark.parametrize(("x", "slope"), [(2.0, 4.0), (0.5, math.cos(0.5)), (-1.0, -3.0)])
def test_the_derivative_is_that_of_the_branch_taken(x: float, slope: float) -> None:
    assert run(wg.grad(branch), x) == pytest.approx(slope, rel=1e-15)
    agrees(branch, x)


def ternary(x, y):
    return (x * y if x < y else x - y) + max(x, y) * 2.0 + min(x, 3.0 * y)


@pytest.mark.parametrize("point", [(1.0, 2.0), (2.0, 1.0)])
def test_ternaries_and_max_and_min(point: tuple[float, float]) -> None:
    agrees(ternary, *point)


def both(x, y):
    z = x
    if x > 0.0 and y > 0.0:
        z = z * y
    if x < 0.0 or (y > 1.0 and not x > 5.0):
        z = z * z
    return z


@pytest.mark.parametrize("point", [(1.0, 2.0), (2.0, 0.5), (-1.0, 2.0), (6.0, 2.0)])
def test_and_or_not(point: tuple[float, float]) -> None:
    agrees(both, *point)


def steps(x, n):
    total = 0.0
    for i in range(n, 0, -2):
        total += math.sin(x * i)
    for i in range(1, 2 * n, 3):
        total *= 1.0 + 0.1 * math.cos(x + i)
    return total


@pytest.mark.parametrize("n", [0, 1, 4, 7])
def test_ranges_with_any_step_and_without_a_round(n: int) -> None:
    agrees(steps, 0.3, n)


def step_given(x, start, stop, step):
    total = x
    for i in range(start, stop, step):
        total = total * (1.0 + 0.01 * i * x)
    return total


@pytest.mark.parametrize("bounds", [(0, 5, 2), (5, 0, -2), (0, -5, 1), (3, 3, 1), (-4, 5, 3)])
def test_a_step_known_at_run_time(bounds: tuple[int, int, int]) -> None:
    agrees(step_given, 0.3, *bounds)


def newton(a):
    x = 0.5 * a + 0.5
    while abs(x * x - a) > 1e-14 * a:
        x = 0.5 * (x + a / x)
    return x


def test_while_with_a_data_dependent_trip_count() -> None:
    assert run(wg.grad(newton), 2.0) == pytest.approx(0.5 / math.sqrt(2.0), rel=1e-12)
    agrees(newton, 2.0, tolerance=1e-6)


def collatz(x, n):
    while n > 1:
        if n % 2 == 0:
            n = n // 2
            x = x * 1.1
        else:
            n = 3 * n + 1
            x = x + 0.5 * x * x * 0.01
    return x


@pytest.mark.parametrize("n", [1, 2, 6, 7])
def test_while_over_integers_and_zero_rounds(n: int) -> None:
    agrees(collatz, 0.4, n)


def triangular(x, n):
    total = 0.0
    for i in range(n):
        for j in range(i):
            k = 0
            while k < j:
                total = total * x + math.sin(x * k)
                k += 1
    return total


def test_nested_loops_of_growing_length() -> None:
    agrees(triangular, 0.7, 5)


def early(x, n):
    if n < 0:
        return -x
    if n == 0:
        return x * x
    y = x * x * x
    return y * n


@pytest.mark.parametrize("n", [-1, 0, 3])
def test_early_and_multiple_returns(n: int) -> None:
    agrees(early, 1.5, n)


# ---- state --------------------------------------------------------------------------------------------------


def overwritten(x, n):
    y = x
    for i in range(n):
        x = x * y
        y = math.sin(y) + x
        x, y = y, x
    return x * y


@pytest.mark.parametrize("n", [0, 1, 5])
def test_scalars_overwritten_and_swapped_in_a_loop(n: int) -> None:
    agrees(overwritten, 0.8, n)


def augmented(a, s):
    t = s
    for i in range(a.size):
        t *= a[i]
        t -= 0.5
        a[i] *= t
        a[i] += s
        a[i] /= 2.0
        a[i] **= 2
    a[1:3] *= s
    a[2:] += t
    a -= 0.25
    return np.sum(a) * t


def test_augmented_assignment_of_scalars_elements_and_slices() -> None:
    agrees(augmented, X, 1.3)


def alias(a, s):
    b = a
    b[1] = s * a[0]
    a[2] = b[1] * b[1]
    return a[1] * b[2] + np.sum(b)


def test_a_second_name_then_a_write_through_either() -> None:
    agrees(alias, X, 1.3)


def views(m, s):
    row = m[1]
    column = m[:, 0]
    turned = m.T
    line = m.ravel()
    other = m.reshape((m.shape[1], m.shape[0]))
    row[0] = s * row[1]
    column[2] *= row[0]
    turned[1, 1] = column[2] * s
    line[1] = turned[1, 1] * line[0]
    other[0, 0] += line[1]
    return np.sum(m * m)


def test_views_then_a_write_through_either_name() -> None:
    agrees(views, np.arange(1.0, 13.0).reshape(4, 3) / 7.0, 1.3)


def ravel_of_any_layout(m, s):
    line = m.ravel()
    line[0] = s * line[1]
    return np.sum(m) + np.sum(line * line)


def test_ravel_views_or_copies_as_numba_does() -> None:
    m = np.arange(1.0, 13.0).reshape(4, 3)
    agrees(ravel_of_any_layout, m, 1.3)
    agrees(ravel_of_any_layout, m.T, 1.3, primal=lambda m, s: ravel_of_any_layout(np.asfortranarray(m), s))
    agrees(ravel_of_any_layout, m[:, ::2], 1.3, primal=lambda m, s: ravel_of_any_layout(strided(m), s))


def strided(m: Array) -> Array:
    """The same numbers in an array that is not contiguous."""
    return np.repeat(m, 2, axis=1)[:, ::2]


def shift_down(x):
    x[1:] = x[:-1]
    return x[1] * x[2] + x[-1]


def shift_up(x):
    x[:-1] = x[1:]
    x[::-1] = 2.0 * x
    return x * x


def test_overlapping_copies() -> None:
    agrees(shift_down, X)
    agrees(shift_up, X)


def running(a):
    a[1:] += a[:-1]
    return a


def product(a):
    a[1:] *= a[:-1]
    return np.sum(a)


def test_overlapping_augmented_assignment_runs_in_sequence() -> None:
    value, _ = run(wg.vjp(running), (np.arange(1.0, 6.0),), np.ones(5))
    np.testing.assert_array_equal(value, [1.0, 3.0, 6.0, 10.0, 15.0])
    agrees(running, X, primal=njit(running))
    agrees(product, X, primal=njit(product))


def temporary(a):
    a[1:] = 2.0 * a[:-1] + a[1:]
    return a


def test_overlapping_assignment_of_an_expression_goes_through_a_temporary() -> None:
    agrees(temporary, X, primal=njit(temporary))


def swap(x, i, j):
    x[i], x[j] = x[j] * x[i], x[i]
    return x[i] * x[i] + 3.0 * x[j]


@pytest.mark.parametrize("places", [(0, 3), (3, 0), (2, 2)])
def test_elements_swapped(places: tuple[int, int]) -> None:
    agrees(swap, X, *places)


def ping_pong(u, k, n):
    old = u.copy()
    new = np.zeros_like(u)
    for t in range(n):
        for i in range(1, u.size - 1):
            new[i] = old[i] + k * (old[i - 1] - 2.0 * old[i] + old[i + 1]) * old[i]
        old, new = new, old
    return np.sum(old * old)


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_ping_pong_buffers(n: int) -> None:
    agrees(ping_pong, X, 0.3, n)


def scratch(x, w):
    work = np.empty(x.size)
    total = 0.0
    for j in range(w.size):
        for i in range(x.size):
            work[i] = math.tanh(w[j] * x[i])
        for i in range(x.size):
            total += work[i] * work[x.size - 1 - i]
    return total


def test_scratch_that_is_filled_again_and_again() -> None:
    agrees(scratch, X, np.array([0.5, -1.0, 2.0]))


def rebound(x, s, n):
    a = x
    for i in range(n):
        a = a * s + x
    if s > 1.0:
        a = a[1:]
        n = n + 1
    else:
        a = x[:-1]
    return np.sum(a * a)


@pytest.mark.parametrize("s", [1.3, 0.7])
def test_arrays_rebound_in_a_loop_and_in_a_branch(s: float) -> None:
    agrees(rebound, X, s, 3)


def written_branch(x, y, s):
    a = x
    if s <= 1.0:
        a = y
    a[0] = s * s
    a[1] *= s
    return np.sum(x * x) + np.sum(y)


@pytest.mark.parametrize("s", [1.3, 0.7])
def test_a_write_to_an_array_chosen_in_a_branch(s: float) -> None:
    agrees(written_branch, X, X[::-1].copy(), s)


def inactive_then_active(s, n):
    a = np.zeros(n)
    for i in range(n):
        a[i] = s * i
        s = s * 1.1
    return np.sum(a * a)


def test_an_array_that_an_active_value_is_written_to_is_active() -> None:
    agrees(inactive_then_active, 0.6, 4)


def overwrites_arguments(x, out):
    for i in range(x.size):
        x[i] = x[i] * x[i]
        out[i] = x[i] + out[i]
    return out[0] * out[-1] + x[1]


def test_arguments_that_the_function_overwrites_stay_as_they_are() -> None:
    agrees(overwrites_arguments, X, X[::-1].copy())


def final_contents_do_not_count(x, out):
    out[0] = 100.0 * x[0]
    return x[1] * x[1]


def test_final_contents_of_arguments_contribute_nothing() -> None:
    x_bar, out_bar = run(wg.grad(final_contents_do_not_count, (0, 1)), X, X.copy())
    np.testing.assert_array_equal(x_bar, [0.0, 2.0 * X[1], 0.0, 0.0, 0.0])
    np.testing.assert_array_equal(out_bar, np.zeros(5))


# ---- memory that arguments and results share ------------------------------------------------------------------


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


# ---- calls --------------------------------------------------------------------------------------------------


def helper(x, scale=2.0, *, shift=0.5):
    return math.sin(scale * x) + shift * x


@njit
def fills(out, x):
    for i in range(out.size):
        out[i] = x * out[i] + i
    return out[0]


def two(x):
    return x * x, math.exp(x)


def calls(x, y):
    square, power = two(x)
    a = np.ones(3)
    first = fills(a, y)
    return helper(x) + helper(y, 3.0) + helper(x, shift=y) * first + square * power + np.sum(a)


def test_helper_calls_with_defaults_keywords_tuples_and_writes() -> None:
    agrees(calls, 0.7, 1.1)


def with_defaults(x, p=2.0, n=3):
    for i in range(n):
        x = x * p
    return x


def test_default_and_keyword_arguments_of_the_primal() -> None:
    assert wg.grad(with_defaults).python_for(1.5)(1.5, 2.0, 3) == 8.0
    assert run(wg.grad(with_defaults, "p"), 1.5, 2.0, 3) == 18.0
    assert str(wg.wengert(with_defaults, 1.5)).startswith("with_defaults(x: float64, p: float64, n: int64)")


@pytest.mark.compiled
def test_defaults_and_keywords_in_compiled_calls() -> None:
    gradient = wg.grad(with_defaults)
    assert gradient(1.5) == 8.0
    assert gradient(1.5, n=2) == 4.0
    assert gradient(x=1.5, p=3.0) == 27.0


WEIGHTS = np.array([1.0, -2.0, 3.0])
RATE = 0.25


def captured(x):
    return np.sum(x * WEIGHTS) * RATE


def test_globals_are_constants() -> None:
    np.testing.assert_allclose(run(wg.grad(captured), np.ones(3)), 0.25 * WEIGHTS)
    agrees(captured, np.ones(3))


# ---- exceptions and division --------------------------------------------------------------------------------


def ratio(x, y):
    return x / y


def quotient(x, n):
    return x * (10 // n)


def test_float_division_by_zero_gives_inf_and_integer_division_keeps_its_check() -> None:
    assert np.isinf(wg.grad(ratio)(1.0, 0.0))
    with pytest.raises(ZeroDivisionError):
        wg.grad(quotient)(1.0, 0)


# ---- seeds --------------------------------------------------------------------------------------------------


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
    run(wg.hvp(overwrites_arguments), X, tangent, X.copy())
    np.testing.assert_array_equal(seed, X)
    np.testing.assert_array_equal(tangent, X[::-1])


# ---- types --------------------------------------------------------------------------------------------------


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
        wg.grad(captured).source_for(np.arange(3))


def zero_d(x):
    y = np.empty(())
    y[()] = x * x
    return y


def test_grad_of_a_result_that_is_no_number_points_to_vjp_and_jacrev() -> None:
    for f, args in ((identity, (X,)), (two, (1.0,))):
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


def stores_broadcast(m, row, s):
    m[1:] = row
    m[0] += row * s
    m[:, 1] = s
    return np.sum(m * m)


@pytest.mark.parametrize("size", [1, 4])
def test_a_stored_value_is_broadcast_too(size: int) -> None:
    rng = np.random.default_rng(0)
    agrees(stores_broadcast, rng.normal(size=(3, 4)), rng.normal(size=size), 0.7)


# ---- what is refused ------------------------------------------------------------------------------------------


def complex_values(x):
    z = x + 1j * x
    return abs(z)


def fancy(x, idx):
    y = x[idx]
    return np.sum(y * y)


def test_complex_values_and_fancy_indices_are_refused_with_the_line() -> None:
    for f, args in ((complex_values, (1.0,)), (fancy, (X, np.array([0, 1])))):
        with pytest.raises(UnsupportedError) as caught:
            wg.grad(f).source_for(*args)
        assert "test_semantics.py:" in str(caught.value)
        assert "help:" in str(caught.value) or "reason:" in str(caught.value)


def recursive(x, n):
    return x if n == 0 else x * recursive(x, n - 1)


def test_recursion_is_refused_for_now() -> None:
    with pytest.raises(UnsupportedError, match="calls itself"):
        wg.grad(recursive).source_for(1.0, 3)


# ---- nesting and agreement --------------------------------------------------------------------------------------


@pytest.mark.compiled
def test_the_value_is_the_primal_s_to_the_bit() -> None:
    for f, args in ((augmented, (X, 1.3)), (ping_pong, (X, 0.3, 5)), (scratch, (X, X[:3].copy())), (newton, (2.0,))):
        value, _ = wg.value_and_grad(f)(*oracles.copied(args))
        assert value == njit(f)(*oracles.copied(args))


@pytest.mark.compiled
@pytest.mark.parametrize(
    ("f", "args"), [(views, (np.arange(1.0, 13.0).reshape(4, 3), 1.3)), (rebound, (X, 1.3, 3)), (calls, (0.7, 1.1))]
)
def test_compiled_derivatives_agree_with_uncompiled_ones(f: Any, args: tuple[Any, ...]) -> None:
    seed = run(wg.vjp(f), args, 1.0)
    assert oracles.relative_gap(wg.vjp(f)(args, 1.0), seed) <= 1e-13
    v = oracles.random_like(args, np.random.default_rng(1))
    assert oracles.relative_gap(wg.jvp(f)(args, v), run(wg.jvp(f), args, v)) <= 1e-13


@pytest.mark.compiled
def test_shared_memory_is_found_in_compiled_code() -> None:
    z = np.arange(1.0, 9.0)
    with pytest.raises(ValueError, match=r"x.*y|y.*x"):
        wg.grad(writes_first, (0, 1))(z[:5], z[3:8])
    with pytest.raises(ValueError, match=r"shape|dimension"):
        wg.vjp(scaled)((X, 1.3), np.ones(4))
