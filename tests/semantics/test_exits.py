"""Ways out: `break`, `continue`, `return` anywhere, `else` of loops, `raise`, `assert`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import X, agrees, run
from tests.semantics.raising import TooLargeError, guarded


def newton(a, n):
    x = a
    for _ in range(n):
        step = (x * x - a) / (2.0 * x)
        x = x - step
        if abs(step) < 1e-9:
            break
    return x


def until_negative(x):
    s = 0.0
    for i in range(len(x)):
        if x[i] < -0.5:
            return s * 2.0 + x[i]
        s += x[i] * x[i]
    return s


def skipping(x):
    s = 1.0
    for i in range(len(x)):
        if x[i] < 0.0:
            continue
        s *= 1.0 + x[i]
        if s > 3.0:
            s = s * 0.5
            if s > 2.5:
                break
            s += 1.0
        s = s + math.sin(s)
    else:
        s = s * s
    return s


def nested_loops(x):
    t = 0.0
    for i in range(len(x)):
        for j in range(i):
            t += x[i] * x[j]
            if t > 0.5:
                break
            if t < -2.5:
                return t * x[0]
        else:
            t *= 1.1
            continue
        t -= 0.5 * x[i]
    return t


def while_true(x):
    y, k = x, 0
    while True:
        y = y * 0.7 + 0.1 * y * y
        k += 1
        if k > 20 or y < 0.1:
            break
    return y * k


def while_with_else(x, limit):
    n = 0
    while n < 6:
        if x > limit:
            x = math.sqrt(x)
            break
        x = x * 1.5 + 0.1
        n += 1
    else:
        x = x * x
    return x


def return_in_the_else_of_a_loop_without_exits(x, n):
    s = x
    for _ in range(3):
        s = s * x
    else:
        if s > 0.5:
            s = s * 1.1
            if n > 3:
                return s
    s = s + 1.0
    return s * s


def continue_in_the_else_of_a_loop_without_exits(x, n):
    s = x
    for i in range(n):
        for _ in range(2):
            s = s * x
        else:
            if s > 0.5:
                s = s * 0.3
                if i == 1:
                    continue
        s = s + 0.7
    return s


def _first(a):
    for x in a:
        return x
    return -1.0


def loops_that_always_return(x):
    """Each of them has one round at most."""
    y = _first(x * 2.0) + _first(x[:0])
    while y > 0.0:
        return y * x[1]
    for row in x.reshape(-1, 1):
        return row[0] * x[2]
    return x[2]


def return_from_three_loops(x):
    best = x[0]
    for i in range(3):
        k = 0
        while k < 3:
            for j in range(2):
                best = best * x[j] + x[k]
                if best > 1.0:
                    return best * x[i]
            k += 1
            if best < -1.2:
                break
        best += 0.1
    return best


def _clip_sum(x, limit):
    s = 0.0
    for i in range(x.size):
        if s > limit:
            return s, i
        s += x[i] ** 2
    return s, x.size


def helper_with_return_in_a_loop(x):
    total = 0.0
    for k in range(3):
        s, n = _clip_sum(x, 0.5 + k)
        if n == x.size:
            continue
        total += s * n
    return total


def break_with_memory(x):
    a = x.copy()
    i = 0
    while i < a.size - 1:
        a[i + 1] = a[i] * a[i + 1]
        if a[i + 1] < -0.3:
            a[0] = a[i + 1] * 2.0
            break
        a[i] = a[i + 1] + 1.0
        i += 1
    return np.sum(a * a)


def nothing_left(x):
    for i in range(3):
        if x > 0.0:
            if i == 1:
                return x * i
            elif i == 2:
                return -x
            else:
                continue
        return x * x
    return 5.0 * x


def counter_after_the_loop(x):
    last = 0
    for i in range(10, 0, -3):
        last = i
        if x[i % 5] > 1.0:
            break
    return x[last % 5] * i


def defined_on_some_paths(x, flag):
    if flag:
        scale = x[0] * 2.0
        row = x[1:]
    s = 0.0
    for i in range(3):
        if flag:
            s += scale * x[i] + row[i]
        else:
            s -= x[i]
    return s


def early_returns(x, y):
    if x > y:
        if x > 2.0 * y:
            return x * y
    elif y > 3.0:
        return y
    z = x + y
    if z < 0.0:
        return -z
    return z * z


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (newton, (2.0, 30)), (newton, (2.0, 2)), (newton, (2.0, 0)),
        (until_negative, (X,)), (until_negative, (abs(X),)), (until_negative, (X[::-1],)), (until_negative, (X[:0],)),
        (skipping, (X,)), (skipping, (abs(X),)), (skipping, (-abs(X),)), (skipping, (0.2 * abs(X),)),
        (nested_loops, (X,)), (nested_loops, (-X,)), (nested_loops, (2.0 * X,)), (nested_loops, (0.1 * X,)),
        (while_true, (0.9,)), (while_true, (2.5,)), (while_true, (0.05,)),
        (while_with_else, (0.5, 2.0)), (while_with_else, (0.5, 200.0)), (while_with_else, (3.0, 2.0)),
        (return_in_the_else_of_a_loop_without_exits, (1.2, 4)), (return_in_the_else_of_a_loop_without_exits, (1.2, 3)),
        (return_in_the_else_of_a_loop_without_exits, (0.2, 4)),
        (continue_in_the_else_of_a_loop_without_exits, (1.2, 4)), (continue_in_the_else_of_a_loop_without_exits, (0.4, 3)),
        (loops_that_always_return, (X,)), (loops_that_always_return, (-X,)),
        (return_from_three_loops, (X,)), (return_from_three_loops, (-X,)), (return_from_three_loops, (2.0 * X,)),
        (helper_with_return_in_a_loop, (X,)), (break_with_memory, (X,)), (break_with_memory, (abs(X),)),
        (nothing_left, (0.7,)), (nothing_left, (-0.7,)), (counter_after_the_loop, (X,)),
        (defined_on_some_paths, (X, True)), (defined_on_some_paths, (X, False)),
        (early_returns, (3.0, 1.0)), (early_returns, (1.5, 1.0)), (early_returns, (1.0, 4.0)), (early_returns, (-2.0, 1.0)),
        (early_returns, (0.5, 1.0)),
    ],
)  # fmt: skip
def test_exits(f: Any, args: tuple[Any, ...]) -> None:
    agrees(f, *args)


# ---- exceptions ---------------------------------------------------------------------------------------------------


def test_no_exception_no_difference() -> None:
    agrees(guarded, X, 5.0)


@pytest.mark.parametrize(
    ("x", "limit", "kind", "args"),
    [(X, 1.0, ValueError, ("too large", 3)), (20.0 * X, 99.0, TooLargeError, ()),
     (3.4 * X[:4], 99.0, AssertionError, ("the sum is too large",)), (2.4 * X, 99.0, OverflowError, ("almost",))],
)  # fmt: skip
def test_exceptions_come_out_as_the_primal_raises_them(x: Any, limit: float, kind: type[Exception], args: tuple[Any, ...]) -> None:
    kept = x.copy()
    for transformed, given in (
        (guarded, (x, limit)),
        (wg.grad(guarded).python_for(x, limit), (x, limit)),
        (wg.hvp(guarded).python_for(x, x, limit), (x, x, limit)),
        (wg.jvp(guarded).python_for((x, limit), (x, None)), ((x, limit), (x, None))),
        (wg.vjp(guarded).python_for((x, limit), 1.0), ((x, limit), 1.0)),
    ):
        with pytest.raises(kind) as caught:
            transformed(*given)
        assert caught.value.args == args
    np.testing.assert_array_equal(x, kept)


@pytest.mark.compiled
def test_a_compiled_gradient_raises_what_the_compiled_primal_raises() -> None:
    for x, limit in ((X, 1.0), (20.0 * X, 99.0), (3.4 * X[:4], 99.0)):
        with pytest.raises(Exception) as expected:
            njit(guarded)(x, limit)
        with pytest.raises(expected.type) as found:
            wg.grad(guarded)(x, limit)
        assert found.value.args == expected.value.args


def raises_although_nothing_needs_it(x, n):
    if n < 0:
        raise ValueError("negative")
    for i in range(n):
        if i == 3:
            raise IndexError("three")
    return x * x


def test_a_raise_that_no_derivative_needs_comes_too() -> None:
    agrees(raises_although_nothing_needs_it, 2.0, 2)
    for n, kind in ((-1, ValueError), (5, IndexError)):
        with pytest.raises(kind):
            run(wg.grad(raises_although_nothing_needs_it), 2.0, n)


def ends_with_raise(x):
    if x > 0.0:
        return x * x
    elif x > -1.0:
        return x
    raise ValueError("out of range")


def test_a_path_may_end_with_raise() -> None:
    agrees(ends_with_raise, 2.0)
    agrees(ends_with_raise, -0.5)
    with pytest.raises(ValueError, match="out of range"):
        run(wg.grad(ends_with_raise), -3.0)


def several_values_on_some_paths(x, flag):
    if flag:
        c = x[0] * 2.0
        c = c * c
        v = x[1:]
        v = v[1:]
    s = 1.0
    for i in range(3):
        if flag:
            s = s * c * x[i] + v[0] * s
    if flag:
        c = s * 3.0
        v = x[:2]
        s = c * s + v[1] * c
    for i in range(2):
        if flag:
            s += c * s * v[i]
    return s + x[1]


@pytest.mark.parametrize("flag", [True, False])
def test_names_that_have_a_value_on_some_paths_only(flag: bool) -> None:
    agrees(several_values_on_some_paths, 0.5 * X, flag)


@pytest.mark.compiled
@pytest.mark.parametrize(
    ("f", "args"),
    [(newton, (2.0, 30)), (nested_loops, (2.0 * X,)), (return_from_three_loops, (-X,)), (several_values_on_some_paths, (X, False))],
)
def test_exits_compiled(f: Any, args: tuple[Any, ...]) -> None:
    value, gradient = wg.value_and_grad(f)(*args)
    assert value == njit(f)(*args)
    np.testing.assert_array_equal(gradient, run(wg.grad(f), *args))


@njit
def filled(x, out):
    for i in range(len(x)):
        out[i] = x[i] ** 2
    return None


def asks_whether_nothing_came_back(x):
    out = np.zeros(len(x))
    result = filled(x, out)
    if result is None:
        return np.sum(out)
    return 2.0 * np.sum(out)


def test_none_that_is_returned_is_known_to_be_none() -> None:
    """It had a name of its own, which was taken for something: the other branch was differentiated."""
    agrees(asks_whether_nothing_came_back, X)
