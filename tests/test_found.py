"""Programs that once gave a wrong derivative, or none: found by attacking the library, kept as they were minimised.

Each is checked as generated Python: the value against the primal, forward mode against differences, reverse mode
against forward mode.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests import oracles

X = np.array([0.7, -1.3, 0.4, 1.1, 0.9, -0.6, 1.7])


# ---- integers that a loop steps ------------------------------------------------------------------------------


def counter_used_after_a_stepped_integer(x: Any) -> Any:
    k = 0
    s = 0.0
    for i in range(3):
        s += x[k] ** 2 * x[i]
        k += 2
    return s * x[i]


# ---- extents of arrays whose size is a variable that changes -----------------------------------------------------


def two_arrays_sized_by_one_variable(x: Any) -> Any:
    m = 1
    if x[0] > 0:
        m = 2
    a = np.zeros(m)
    if x[0] > 0.5:
        m = 4
    b = np.zeros(m)
    for i in range(len(a)):
        a[i] = x[i] ** 2
    for i in range(len(b)):
        b[i] = x[i] * x[i + 1]
    s = 0.0
    for i in range(len(a)):
        s += a[i] * x[0]
    for i in range(len(b)):
        s += b[i] ** 2
    return s


def rounds_of_a_negative_constant(x: Any) -> Any:
    n = -2
    s = 1.0
    for i in range(n):
        s *= x[i] * s
    return s * x[0]


# ---- the direction of reverse loops --------------------------------------------------------------------------


def one_element_through_a_sliding_view(x: Any) -> Any:
    m = np.zeros(8)
    m[6] = 1.3
    for i in range(1, 5):
        v = m[6 - i :]
        v[i] = v[i] * x[i] + x[0]
    return m[6]


def negative_and_positive_counters(x: Any) -> Any:
    a = x * 1.0
    for i in range(-3, 7):
        a[i] = a[i] * x[i] + x[0]
    return np.sum(a)


# ---- the order of evaluation ---------------------------------------------------------------------------------


def _bump(a: Any) -> Any:
    a[0] = a[0] * 3.0 + 1.0
    return a[1] * a[0]


def right_side_that_writes_to_the_target(x: Any) -> Any:
    a = x * 1.0
    a[0] += _bump(a)
    a[0] *= _bump(a)
    return a[0] * a[1]


def _shrink(a: Any) -> Any:
    for i in range(len(a)):
        a[i] = a[i] * 0.8 * (1.0 + 0.01 * a[0])
    return np.sum(a * a)


def while_test_that_writes(x: Any) -> Any:
    a = x * 1.0
    s = 0.0
    while _shrink(a) > 0.3:
        s += a[0] * a[1]
    return s + a[2]


# ---- tuples --------------------------------------------------------------------------------------------------


def _swapped(pair: Any) -> Any:
    pair = (pair[1] * 2.0, pair[0])
    return pair[0] - pair[1] * 3.0


def tuple_parameter_assigned_in_a_helper(x: Any) -> Any:
    p = x[0]
    q = x[1]
    r = _swapped((p, q))
    return r * p * p + q


def tuple_of_a_constant_assigned_in_a_helper(x: Any) -> Any:
    p = x[0]
    r = _swapped((p, 2.0))
    return r * p * p


def tuple_assigned_from_itself(x: Any) -> Any:
    p = (x[0], x[1])
    for i in range(3):
        p = (p[1] * x[i], p[0])
    return p[0] - p[1] ** 2


# ---- parameters ------------------------------------------------------------------------------------------------


def constant_result(x: Any) -> Any:
    return 3.0


# ---- names that are rebound to arrays --------------------------------------------------------------------------


def rebound_in_a_loop_that_does_nothing_else(x: Any) -> Any:
    b = np.sin(x)
    c = x * 2.0
    for h in range(3):
        c = x if h == 1 else b
    return np.sum(c * c * x)


def array_times_one_and_overwritten(x: Any) -> Any:
    a = x * 1.0
    b = x**2
    for i in range(6):
        a[i] = b[i] * x[0] + a[i + 1] * b[0]
    return np.sum(a * x)


# ---- records of loops whose rounds are not known -----------------------------------------------------------------


def recorded_in_some_rounds_of_a_long_while(x: Any) -> Any:
    s = x[0]
    n = 0
    while n < 300:
        if n % 3 == 0 and n > 150:
            s = np.sin(s * x[n % 7]) + x[1]
        n += 1
    return s


FOUND = [
    recorded_in_some_rounds_of_a_long_while,
    rebound_in_a_loop_that_does_nothing_else,
    array_times_one_and_overwritten,
    counter_used_after_a_stepped_integer,
    two_arrays_sized_by_one_variable,
    rounds_of_a_negative_constant,
    one_element_through_a_sliding_view,
    negative_and_positive_counters,
    right_side_that_writes_to_the_target,
    while_test_that_writes,
    tuple_parameter_assigned_in_a_helper,
    tuple_of_a_constant_assigned_in_a_helper,
    tuple_assigned_from_itself,
    constant_result,
]


@pytest.mark.parametrize("function", FOUND, ids=lambda function: function.__name__)
def test_a_program_that_was_wrong_is_right(function: Any) -> None:
    args = (X,)
    rng = np.random.default_rng(3)
    value = function(X.copy())
    v = oracles.random_like(args, rng)
    y, jv = wg.jvp(function).python_for(args, v)(args, v)
    assert oracles.relative_gap(y, value) <= 1e-13
    expected = oracles.directional_difference(function, args, v)
    assert abs(jv - expected) <= 1e-7 * max(1.0, abs(expected))
    y, jtu = wg.vjp(function).python_for(args, 1.0)(args, 1.0)
    assert oracles.relative_gap(y, value) <= 1e-13
    assert oracles.dot_product_gap(1.0, jv, jtu, v) <= 1e-12


def test_the_first_falsy_value_of_and_keeps_its_derivative() -> None:
    def both(x: Any, y: Any) -> Any:
        z = x and y
        return z * 2.0 + y

    args = (0.0, 3.0)
    assert wg.grad(both, (0, 1)).python_for(*args)(*args) == (2.0, 1.0)


def test_overlapping_slices_are_subtracted_element_by_element_as_in_numba() -> None:
    def difference(x: Any) -> Any:
        a = x * 1.0
        a[2:5] -= a[1:4]
        a[1:3] += -a[2:4]
        return np.sum(a * x)

    value, gradient = wg.value_and_grad(difference).python_for(X)(X)
    compiled = oracles.compiled_primal(difference)
    assert oracles.relative_gap(value, compiled(X)) <= 1e-14
    (expected,) = oracles.difference_gradient(compiled, (X,), (0,))
    assert oracles.relative_gap(gradient, expected) <= 1e-8


def test_the_direction_of_hvp_has_a_name_of_its_own() -> None:
    def product(x: Any, x_dot: Any, v: Any) -> Any:
        return x * x * x_dot * v

    args = (2.0, 3.0, 5.0)
    x, *rest = args
    assert wg.hvp(product).python_for(x, 1.0, *rest)(x, 1.0, *rest) == 30.0


def test_versions_of_one_name_in_an_array_expression_compile() -> None:
    def sums(x: Any, y: Any) -> Any:
        s = 1.0
        for i in range(2):
            s += np.cos(x[i] * y[0])
        return x * y + y * s

    args = (X, X * 0.5)
    forward = wg.jvp(sums)
    found = forward(args, args)
    assert oracles.relative_gap(found, forward.python_for(args, args)(args, args)) <= 1e-13


def test_a_tuple_that_is_rebound_in_a_loop_is_read_in_the_next_round() -> None:
    def areas(m: Any, n: Any) -> Any:
        shape = m.shape
        total = 0.0
        for _ in range(n):
            total += shape[0] * m[0, 0]
            shape = (shape[0] + 1, 2)
        corner = (1, 1)
        for k in range(n):
            total += corner[0] * corner[1] * m[k, 1]
            corner = m.shape
        return total

    m = np.arange(6.0).reshape(3, 2) + 0.5
    value, gradient = wg.value_and_grad(areas).python_for(m, 3)(m, 3)
    assert value == areas(m, 3)
    np.testing.assert_array_equal(gradient, [[12.0, 1.0], [0.0, 6.0], [0.0, 6.0]])


def test_a_parameter_that_is_bound_again_on_one_path_is_not_the_extent_it_gets_there() -> None:
    def often(x: Any, n: int, c: float) -> Any:
        if c > 0.0:
            n = len(x)
        s = 0.0
        for i in range(n):
            for _ in range(n - 10):
                s += x[i] * 2.0
        return s

    np.testing.assert_array_equal(wg.grad(often).python_for(X, 10, -1.0)(X, 10, -1.0), np.zeros(len(X)))


ROTATED = np.array([1, 2, 0, 4, 3, 6, 5])


def gathered_under_its_own_name(x: Any) -> Any:
    order = ROTATED
    total = 0.0
    for i in range(3):
        order = order[order]
        x = x[order]
        x[0] = x[1] * x[2] + 0.5
        total += x[0] * x[3] + x[1]
    return total


def joined_and_summed_under_its_own_name(x: Any) -> Any:
    total = 0.0
    for i in range(2):
        x = np.concatenate((x[4:], x))
    for i in range(2):
        x = np.cumsum(x)
        total += np.cos(x[2])
    for i in range(2):
        x = np.roll(x, 1)
        total *= x[1]
    for i in range(2):
        x = np.diff(x)
        total += np.sin(x[0]) * x[3]
    return total


@pytest.mark.parametrize("program", [gathered_under_its_own_name, joined_and_summed_under_its_own_name])
def test_an_array_made_from_its_own_name_in_a_loop(program: Any) -> None:
    value, gradient = wg.value_and_grad(program).python_for(X)(X.copy())
    assert value == pytest.approx(program(X.copy()), rel=1e-14)
    assert oracles.relative_gap((gradient,), oracles.difference_gradient(program, (X,), (0,))) <= 1e-8


def test_an_array_without_axes_is_changed_in_place() -> None:
    def scaled(a: Any, x: Any) -> Any:
        b = a
        for i in range(x.size):
            if x[i] > 0.0:
                a *= x[i]
            a += x[0]
        b -= 0.5
        return a[()] * b[()]

    args = (np.array(0.7), X)
    value, gradient = wg.value_and_grad(scaled, (0, 1)).python_for(*args)(*args)
    assert value == scaled(*oracles.copied(args))
    assert oracles.relative_gap(gradient, oracles.difference_gradient(scaled, args, (0, 1))) <= 1e-8
    direction = (np.array(0.3), X * 0.5)
    product = wg.hvp(scaled, (0, 1)).python_for(args[0], direction, args[1])(args[0], direction, args[1])
    slope = wg.grad(scaled, (0, 1)).python_for(*args)
    assert oracles.second_order_gap(product, slope, args, direction) <= 1e-7


def test_a_choice_reads_what_its_condition_read_when_it_was_made() -> None:
    def neighbours(x: Any, *weights: Any) -> Any:
        total = 0.0
        for k in range(len(weights) - 1):
            total += weights[k] * weights[k + 1] * x
        return total

    args = (0.8, 0.7, 0.2, 1.5)
    value, gradient = wg.value_and_grad(neighbours).python_for(*args)(*args)
    assert value == neighbours(*args)
    assert gradient == pytest.approx(0.7 * 0.2 + 0.2 * 1.5)


def test_an_element_that_one_arm_of_a_choice_reads_is_there_in_the_reverse_sweep() -> None:
    def either(x: Any, y: Any) -> Any:
        b = x.copy()
        s = b[1] * x[5] if y else 0.4
        return s

    value, (gradient, _) = wg.value_and_grad(either, (0, 1)).python_for(X, 0.5)(X, 0.5)
    assert value == either(X, 0.5)
    expected = np.zeros(len(X))
    expected[[1, 5]] = X[[5, 1]]
    np.testing.assert_array_equal(gradient, expected)


@pytest.mark.compiled
def test_an_array_that_is_written_by_an_ellipsis_compiles() -> None:
    def whole(x: Any) -> Any:
        a = x * 1.0
        a[...] = a[::-1] * x
        return np.sum(a * a)

    gradient = wg.grad(whole)
    np.testing.assert_allclose(gradient(X), gradient.python_for(X)(X), rtol=1e-13)


def test_float32_reversed_twice() -> None:
    """What a derivative casts has an adjoint."""
    def square(x: Any, k: Any) -> Any:
        s = np.float32(0.0)
        for i in range(len(x)):
            s += x[i] * k * 2.0
        return s * s

    def slope(x: Any, k: Any) -> Any:
        return wg.grad(square)(x, k)[0] * k

    def curved(x: Any, k: Any) -> Any:
        return wg.grad(slope, 1)(x, k)

    x, k = np.ones(3, np.float32), np.float32(2.0)
    for function in (slope, curved):
        found = wg.grad(function, 1).python_for(x, k)(x, k)
        assert found == 288.0 and np.asarray(found).dtype == np.float32
