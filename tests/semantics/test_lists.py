# ruff: noqa: B905, C416, E741, RUF005, SIM108
"""Lists of numbers as Numba has them, and comprehensions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run, switches
from wengert.transform.switches import without

A = np.array([0.7, 1.3, 0.2, 0.9])
M = np.array([[0.7, -1.3, 0.4], [2.1, -0.6, 1.5]])


def chosen(a):
    kept = []
    for x in a:
        if x > 0.5:
            kept.append(x * x)
    total = 0.0
    for y in kept:
        total = total * y + y
    kept[0] = total * 2.0
    kept[-1] += a[0]
    kept[0] *= a[1]
    return total + len(kept) + kept[0] * kept[-1] + sum(kept) + max(kept) * min(a)


def test_append_and_items_and_element_assignment() -> None:
    agrees(chosen, A, primal=njit(chosen))


def made_in_a_loop(a):
    total = 0.0
    for i in range(3):
        l = [a[i]]
        for j in range(i * 7):
            l.append(l[-1] * a[j % 3] + 0.1)
        if i > 1:
            total += l.pop() * l.pop(0)
        l.insert(1, total * a[0])
        l.insert(-1, a[1])
        l.insert(100, a[2])
        l.reverse()
        m = l + [a[0], 2.0]
        total += sum(m[1:]) + m[-2] * l[len(l) - 1]
        l.clear()
        total *= 1.0 + len(l)
    return total


def test_lists_that_are_made_in_a_loop_and_grow_and_shrink() -> None:
    agrees(made_in_a_loop, A, primal=njit(made_in_a_loop))


@pytest.mark.parametrize("switch", switches(0))
def test_lists_without_each_optimisation(switch: str) -> None:
    with without(switch):
        for function in (chosen, made_in_a_loop):
            value, gradient = run(wg.value_and_grad(function), A)
            assert value == pytest.approx(function(A), rel=1e-14)
            tangent = run(wg.jvp(function), (A,), (A,))[1]
            assert np.dot(gradient, A) == pytest.approx(tangent, rel=1e-12)


def bound_in_branches(a, n):
    if n > 0:
        l = [a[0], a[1]]
    else:
        l = [a[2]]
    for i in range(n):
        if i == 2:
            l = [a[3]]
        l.append(a[i % 4] * a[0])
        if len(l) > 3:
            l.pop(1)
    total = 0.0
    for i in range(len(l)):
        total = total * l[i] + l[i]
    return total


@pytest.mark.parametrize("n", [0, 1, 2, 9, 20])
def test_a_name_of_several_lists(n: int) -> None:
    agrees(bound_in_branches, A, n, primal=njit(bound_in_branches))


def frontier(a, n):
    now = [a[0]]
    total = 0.0
    for _ in range(n):
        later = []
        for x in now:
            total += x * a[1]
            later.append(x * a[2])
            if x > 0.3:
                later.append(x * x * a[3])
        now = later
    return total + sum(now)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_a_list_that_takes_the_place_of_another(n: int) -> None:
    agrees(frontier, A, n, primal=njit(frontier))


def stack(a, depth):
    todo = [a[0]]
    total = 0.0
    rounds = 0
    while len(todo) > 0:
        x = todo.pop()
        total += x * x
        rounds += 1
        if rounds < depth:
            todo.append(x * a[1])
            todo.append(x * a[2])
    return total


def emptied(a, depth):
    todo = [a[0]]
    total = 0.0
    while todo:
        x = todo.pop()
        total = total * 0.5 + x * x
        depth -= 1
        if depth > 0:
            todo.append(x * a[1])
            todo.append(x * a[2])
    if todo:
        total = 0.0
    return total


@pytest.mark.parametrize("depth", [0, 1, 13])
def test_a_stack(depth: int) -> None:
    agrees(stack, A, depth, primal=njit(stack))
    agrees(emptied, A, depth, primal=njit(emptied))


def comprehensions(a, m):
    l = [x * x for x in a]
    pairs = [x * y for x in a for y in l if x > 0.5 if y < 1.6]
    numbered = [i * x + y for i, (x, y) in enumerate(zip(a, l), 1)]
    rows = [row[0] * row[1] for row in m]
    x = 3.0
    squares = [x * (lambda t: t * x)(x) for x in l]
    inner = [sum([x * v for v in l]) for x in a]
    indices = [m[i, j] * i for i, j in np.ndindex(m.shape) if j < 2]
    counted = [k * a[0] for k in range(2, 9, 3)]
    counted[1] = x * counted[0]
    l.append(a[1])
    total = sum(pairs) * x + sum(numbered) + rows[0] * rows[-1] + sum(squares) + inner[2]
    return total + sum(indices) * counted[1] + l[4] * l[0]


def test_comprehensions() -> None:
    agrees(comprehensions, A, M, primal=njit(comprehensions))


def whole_lists(a, n):
    l = [0.0] * n
    k = [0] * 3
    m = [a[0], a[1] * a[0], 2] * 2
    copy = m[1:5]
    other = m.copy()
    other[0] = a[2]
    for i in range(n):
        l[i] = a[i % 4] * m[i % 6]
        k[i % 3] += i
    b, c, d = [a[0], a[1], 3]
    m += [a[3], a[2]]
    m.extend(a)
    m.extend((b, c))
    l[0], l[1] = l[1], l[0]
    for i, l[i] in enumerate(copy):
        l[0] += 1.0
    total = l[0] * l[-1] + sum(copy[::-1]) * copy[0] + other[0] * m[0] + b * c * d + m[-1] * m[7]
    return total + (3 * [a[0]])[2] * k[1] + np.sum(np.array(l) * l[2]) + np.array(k)[2] * a[0]


@pytest.mark.parametrize("n", [4, 7])
def test_repeated_joined_sliced_and_copied(n: int) -> None:
    agrees(whole_lists, A, n, primal=njit(whole_lists))


def integers(a):
    places = [0]
    for i in range(1, 4):
        places.append(places[-1] + i)
    whole = [0] * 2
    whole[0] = 2.75
    flags = [x > 0.5 for x in a]
    total = 0.0
    for p, flag in zip(places, flags):
        if flag:
            total += a[p % 4] * a[places[2] % 4] * whole[0]
    return total


def test_lists_of_integers_and_bools() -> None:
    agrees(integers, A, primal=njit(integers))


def helped(a):
    l = [a[0]]
    for x in a:
        extended(l, x)
    two = doubled(l)
    two[0] = 5.0 * a[1]
    return sum(l) + two[0] * two[1] + last(two)


@njit
def extended(items, x):
    items.append(x * items[-1])
    if len(items) > 3:
        items[0] = items[0] * x


@njit
def doubled(items):
    return [2.0 * x for x in items]


@njit
def last(items):
    if len(items) == 0:
        return 0.0
    return items[-1]


def test_lists_are_passed_to_helpers_and_returned() -> None:
    agrees(helped, A, primal=njit(helped))


def out_of_range(a, k):
    l = [x * x for x in a]
    return l[k]


def set_out_of_range(a, k):
    l = []
    for x in a:
        l.append(x)
    l[k] = a[0]
    return l[0]


def pop_of_nothing(a, n):
    l = [a[0]]
    for _ in range(n):
        l.pop()
    return a[1]


def most_of(a, n):
    return max(a[:n])


def unpacked(a, n):
    x, y = [v for v in a[:n]]
    return x * y


@pytest.mark.parametrize(
    ("function", "fine", "bad", "error"),
    [
        (out_of_range, (0, 3, -1, -4), (4, -5), IndexError), (set_out_of_range, (0, 3, -1, -4), (4, -5), IndexError),
        (pop_of_nothing, (0, 1), (2,), IndexError), (most_of, (1, 4), (0,), StopIteration), (unpacked, (2,), (1, 3), ValueError),
    ],
)
def test_errors_are_the_primal_s(function: Any, fine: tuple[int, ...], bad: tuple[int, ...], error: type[Exception]) -> None:
    primal = njit(function)
    for k in fine:
        agrees(function, A, k, primal=primal)
    for k in bad:
        with pytest.raises(error):
            primal(A, k)
        for transformed, args in ((wg.grad(function), (A, k)), (wg.jvp(function), ((A, k), (A, None)))):
            with pytest.raises(error):
                run(transformed, *args)


def shared(a):
    l = [a[0], a[1]]
    m = l
    m[0] = a[2]
    n = l
    n.append(a[3])
    return n[0] * n[2]


def appended_under_another_name(a):
    l = [a[0]]
    m = l
    for x in a:
        m.append(x * l[-1])
    return sum(l) * m[1]


def test_a_second_name_of_a_list() -> None:
    agrees(shared, A, primal=njit(shared))
    agrees(appended_under_another_name, A, primal=njit(appended_under_another_name))


def counted_arrays(a):
    rows = [a]
    return a[0] * (len(rows) if rows == rows else 2)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (counted_arrays, "lists of arrays are compared"),
    ],
)
def test_what_cannot_be_right_is_refused(function: Any, words: str) -> None:
    with pytest.raises(wg.TransformError, match=words):
        wg.jvp(function).python_for((A,), (A,))


def polynomial(x, n):
    coefficients = [1.0]
    for k in range(1, n):
        coefficients.append(coefficients[k - 1] * x / k)
    return sum([c * math.sin(c) for c in coefficients])


def test_second_order_and_compositions() -> None:
    agrees(polynomial, 0.8, 12)
    hessian = wg.jvp(wg.grad(polynomial)).python_for((0.8, 12), (1.0, None))((0.8, 12), (1.0, None))[1]
    twice = wg.vjp(wg.grad(polynomial)).python_for((0.8, 12), 1.0)((0.8, 12), 1.0)[1][0]
    assert hessian == pytest.approx(run(wg.hvp(polynomial), 0.8, 1.0, 12), rel=1e-13)
    assert hessian == pytest.approx(twice, rel=1e-13)


@pytest.mark.compiled
def test_compiled() -> None:
    for function, args in ((chosen, (A,)), (made_in_a_loop, (A,)), (bound_in_branches, (A, 9))):
        transformed = wg.vjp(function)
        value, gradients = transformed(args, 1.0)
        plain, expected = run(transformed, args, 1.0)
        copies = tuple(arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args)
        assert value == njit(function)(*copies)
        assert value == pytest.approx(plain, rel=1e-14)
        for got, want in zip(gradients, expected, strict=True):
            assert want is None or np.allclose(got, want, rtol=1e-13, atol=1e-15)


def beside_others(a, flag):
    """Lists beside other things in a test: nothing is asked but whether there is something in them."""
    kept = [(x, x * a[0]) for x in a if x > 0.5]
    marked = [x * a[1] for x in a if kept and flag]
    total = a[0] if (kept and a[1] > 0.0) else a[1]
    if not (kept or total < 9.0):
        raise ValueError
    rounds = 0
    while kept and rounds < 5:
        x, y = kept.pop()
        total += x * y
        rounds += 1
        if not kept or total > 50.0:
            break
    if not (kept and flag) or marked:
        total *= a[2]
    if rounds and flag:
        total += a[3] * rounds
    return total * (1 + len(marked))


@pytest.mark.parametrize("flag", [True, False])
@pytest.mark.parametrize("scale", [1.0, 0.1])
def test_a_list_beside_something_else_in_a_test(flag: bool, scale: float) -> None:
    agrees(beside_others, scale * A, flag, primal=njit(beside_others))
