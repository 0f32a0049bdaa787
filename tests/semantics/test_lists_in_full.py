# ruff: noqa: B905, C416, E741, RUF005
"""Lists of lists, lists under several names, lists that change while a loop goes over them, and what lists can do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run, switches
from wengert.transform.switches import without

A = np.array([0.7, 1.3, 0.2, 0.9])


def triangle(a, n):
    rows = [[1.0]]
    for i in range(n):
        row = [1.0]
        last = rows[-1]
        for k in range(len(last) - 1):
            row.append(last[k] * a[0] + last[k + 1] * a[1])
        row.append(a[2])
        rows.append(row)
    t = 0.0
    for row in rows:
        for x in row:
            t = t * 0.5 + x * x
    return t + rows[n // 2][-1]


def rows_in_rows(a):
    m = [[x * y for y in a] for x in a]
    z = [[0.0] * 3 for _ in range(2)]
    z[1][2] = m[0][1] * a[2]
    z[0][1] += m[1][1]
    z[1][2] *= 3.0
    m[2] = z[1]
    z[1].append(a[0])
    m.append([a[1], a[2]])
    r = m.pop(0)
    r[0] = 7.0
    return sum(m[1]) * sum(z[0]) + m[-1][1] * r[1] + sum([sum(q) for q in m[1:]])


def adjacency(a, n):
    near = [[0, 1], [2], [3, 0], [1]]
    for i in range(n):
        near[i % 4].append((i * 3) % 4)
        if len(near[i % 4]) > 2:
            near[i % 4].pop(0)
    x = [v for v in a]
    for i in range(4):
        s = 0.0
        for j in near[i]:
            s += x[j] * a[j]
        x[i] = s
    return x[0] * x[3] + x[1]


def one_list_under_two_names(a):
    l = [a[0]]
    m = [a[1]]
    if a[0] > 0.0:
        m = l
    m.append(a[2])
    n = m
    n.append(a[3])
    l.append(n[0] * a[1])
    return sum(l) * m[1] + m[-1] * n[2]


def changed_while_a_loop_goes_over_it(a):
    l = [a[0], a[1]]
    total = 0.0
    for x in l:
        total += x
        if total < 6.0:
            l.append(a[2] * total)
    for i, x in enumerate(l):
        total += i * x
        if i == 2:
            l.pop()
    for x, y in zip(l, a):
        total += x * y
        l.insert(0, x)
        if len(l) > 12:
            break
    return total + len(l)


def methods(a):
    l = [x * x for x in a]
    l.extend(l)
    l.extend([a[0], a[1]])
    i = l.index(a[1])
    j = l.index(l[1], 2)
    k = l.count(l[2])
    l.remove(l[0])
    hit = 1.0 if a[0] in l else 2.0
    miss = 1.0 if a[0] not in l[:2] else 2.0
    l = l + [a[2]]
    l += [a[3] * a[0]]
    l *= 2
    same = 2.0 if l[:3] == l[-3:] else 3.0
    less = a[0] if l < [100.0] else a[1]
    return (i + 10 * j + 100 * k) * a[0] + hit * l[3] + miss * l[-1] + same * less * len(l)


def three_deep(a):
    cells = [[[0.0]] for _ in range(3)]
    for i in range(6):
        cells[i % 3].append([a[i % 4], a[0]])
        cells[i % 3][-1].append(a[1] * i)
    cells[0][0][0] = a[2]
    t = 0.0
    for c in cells:
        for p in c:
            t += sum(p) * len(p) * p[0]
    return t


def lists_of_lists_of_tuples(a):
    b = [[(0.0, 0)] for _ in range(2)]
    for i, x in enumerate(a):
        b[i % 2].append((x * x, i))
    t = 0.0
    for q in b:
        for x, i in q:
            t += x * i * a[0]
        q.reverse()
        t *= q[0][0]
    return t


def lists_of_lists_of_arrays(a):
    rows = [[a, a * 2.0], [a * a]]
    rows[1].append(rows[0][0] * a[1])
    rows[0][1][2] = rows[1][1][0]
    t = 0.0
    for r in rows:
        for v in r:
            t += v @ v
    return t


def made_of_itself(a, n):
    l = [a[0]]
    for i in range(n):
        l = l + [l[-1] * a[i % 4]]
        l = l[-3:]
    return l[0] * sum(l)


def extended_in_place(a):
    rows = [[a[0]], [a[1], a[2]]]
    r = rows[0]
    rows[0] += [a[3], a[0] * a[1]]
    rows[1] += rows[0]
    total = 0.0
    for x in rows[1]:
        total = total * 0.7 + x
        if len(rows[1]) < 9:
            rows[1] += [x * a[0]]
    return sum(r) * total + len(rows[1])


def by_a_helper(a):
    rows = [[x] for x in a]
    longer(rows, 2, a[0])
    row = longer(rows, 0, a[1])
    row.append(rows[2][1] * a[3])
    return sum(rows[0]) * rows[2][-1] + len(rows[0])


@njit
def longer(rows, k, x):
    rows[k].append(x * rows[k][0])
    return rows[k]


CASES = [
    (triangle, (A, 4)), (triangle, (A, 0)), (rows_in_rows, (A,)), (adjacency, (A, 5)), (one_list_under_two_names, (A,)),
    (one_list_under_two_names, (-A,)), (changed_while_a_loop_goes_over_it, (A,)), (methods, (A,)), (three_deep, (A,)),
    (lists_of_lists_of_tuples, (A,)), (extended_in_place, (A,)),
    (lists_of_lists_of_arrays, (A,)), (made_of_itself, (A, 5)), (by_a_helper, (A,)),
]


@pytest.mark.parametrize(("function", "args"), CASES)
def test_lists_in_full(function: Any, args: tuple[Any, ...]) -> None:
    agrees(function, *args, primal=njit(function))


@pytest.mark.parametrize("switch", switches(3))
def test_lists_of_lists_without_each_optimisation(switch: str) -> None:
    with without(switch):
        for function, args in ((triangle, (A, 4)), (changed_while_a_loop_goes_over_it, (A,))):
            value, gradient = run(wg.value_and_grad(function), *args)
            assert value == pytest.approx(function(*args), rel=1e-14)
            tangent = run(wg.jvp(function), args, (A, *(None for _ in args[1:])))[1]
            assert np.dot(gradient, A) == pytest.approx(tangent, rel=1e-12)


def searched_in_vain(a, x):
    l = [v for v in a]
    return l.index(x) * a[0]


def removed_in_vain(a, x):
    l = [v for v in a]
    l.remove(x)
    return sum(l)


def of_the_row(a, k):
    rows = [[v] for v in a]
    rows[1].append(a[0])
    return rows[1][k] * a[2]


@pytest.mark.parametrize(
    ("function", "fine", "bad", "error"),
    [
        (searched_in_vain, 1.3, 1.4, ValueError), (removed_in_vain, 0.2, 1.4, ValueError), (of_the_row, -2, 2, IndexError),
        (of_the_row, 1, -3, IndexError),
    ],
)
def test_errors_are_the_primal_s(function: Any, fine: Any, bad: Any, error: type[Exception]) -> None:
    primal = njit(function)
    assert run(wg.value_and_grad(function), A, fine)[0] == primal(A, fine)
    for fails in (primal, wg.grad(function).python_for(A, bad), wg.value_and_grad(function).python_for(A, bad)):
        with pytest.raises(error):
            fails(A, bad)


def sought(a, k, keys, m):
    scale = a[0] if k in keys else a[1]
    return scale * (a[2] if k + 2 not in m else a[3]) * a[0]


@pytest.mark.parametrize("k", [2, 3])
def test_numbers_sought_in_arrays(k: int) -> None:
    agrees(sought, A, k, np.array([1, 2, 7]), np.array([[2, 8], [5, 1]]), primal=njit(sought))


# ---- arguments and results ---------------------------------------------------------------------------------------

VALUES = [1.5, 2.0, 0.5]


def overwritten(values, x):
    total = 0.0
    for v in values:
        total += v * v * x
    values[0] = total
    return total * values[-1]


def longer_and_back(values, x):
    values.append(x)
    made = [v * x for v in values]
    return made, values[0] * 2.0


def powers(x):
    found = [x]
    for _ in range(3):
        found.append(found[-1] * x)
    return found


def boxed(values, x):
    rows = [values, [x]]
    rows[0].append(x * values[0])
    return rows[0], sum(rows[1])


def pair(p, x):
    values, y = p
    return values[1] * y * x + len(values), values


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (overwritten, (VALUES, 3.0)), (longer_and_back, (VALUES, 3.0)), (powers, (0.8,)), (boxed, (VALUES, 0.7)),
        (pair, ((VALUES, 2.0), 0.6)),
    ],
)
def test_lists_as_arguments_and_results(function: Any, args: tuple[Any, ...]) -> None:
    agrees(function, *args, primal=njit(function))


def test_a_gradient_by_a_list_is_a_list() -> None:
    given = list(VALUES)
    gradient = run(wg.grad(overwritten), given, 3.0)
    assert isinstance(gradient, list) and given == VALUES
    assert isinstance(run(wg.hvp(overwritten), VALUES, [1.0, 0.0, 2.0], 3.0), list)
    (made, _), (given_back, _) = run(wg.vjp(longer_and_back), (VALUES, 3.0), ([1.0, 1.0, 0.0, 1.0], 0.0))
    assert isinstance(made, list) and isinstance(given_back, list) and len(made) == len(given_back) + 1
    along = run(wg.jvp(wg.grad(overwritten)), (VALUES, 3.0), ([1.0, 0.0, 2.0], None))[1]
    assert along == pytest.approx(run(wg.hvp(overwritten), VALUES, [1.0, 0.0, 2.0], 3.0), rel=1e-13)


def test_jacobians_by_lists_are_arrays() -> None:
    expected = run(wg.grad(overwritten), VALUES, 3.0)
    for jacobian in (wg.jacfwd(overwritten), wg.jacrev(overwritten)):
        assert np.allclose(run(jacobian, VALUES, 3.0), expected, rtol=1e-13)
    second = run(wg.hessian(overwritten), VALUES, 3.0)
    assert np.allclose(second @ VALUES, run(wg.hvp(overwritten), VALUES, VALUES, 3.0), rtol=1e-13)
    assert np.shape(run(wg.jacrev(powers), 0.8)) == (4,)


def written(a, b):
    a[0] = 5.0 * b[1]
    return a[0] * b[0]


def appended(a, b):
    a.append(b[0])
    return a[0] * b[-1]


def only_read(a, b):
    return a[0] * b[1]


def test_one_list_as_two_arguments() -> None:
    gradient = wg.grad(only_read, (0, 1)).python_for(VALUES, VALUES)
    assert gradient(VALUES, VALUES) == ([2.0, 0.0, 0.0], [0.0, 1.5, 0.0])
    for function in (written, appended):
        gradient = wg.grad(function, (0, 1)).python_for(VALUES, VALUES)
        gradient(VALUES, list(VALUES))
        with pytest.raises(ValueError, match="a and b share memory"):
            gradient(VALUES, VALUES)


@pytest.mark.compiled
@pytest.mark.filterwarnings("ignore:.*reflected list")
def test_compiled() -> None:
    for function, args in ((triangle, (A, 4)), (changed_while_a_loop_goes_over_it, (A,))):
        value, gradient = wg.value_and_grad(function)(*args)
        plain, expected = run(wg.value_and_grad(function), *args)
        assert value == njit(function)(*args) == pytest.approx(plain, rel=1e-14)
        assert np.allclose(gradient, expected, rtol=1e-13, atol=1e-15)
    assert wg.grad(overwritten)(VALUES, 3.0) == pytest.approx(run(wg.grad(overwritten), VALUES, 3.0), rel=1e-13)
    with pytest.raises(ValueError, match="a and b share memory"):
        wg.grad(written)(VALUES, VALUES)
