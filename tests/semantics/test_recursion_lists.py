"""Lists that are handed to functions that call themselves: read, written, made longer and shorter there, and returned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees, run

A = np.array([0.7, 1.3, 0.2, 0.9, 1.1])


def walk(values, k):
    if k == 0:
        return 0.0
    return values[k - 1] * values[-k] + walk(values, k - 1)


def read(a):
    values = [x * x for x in a]
    return walk(values, 5) + walk(values[1:], 3) * walk([a[0], a[1]], 2)


def quick_sort(values, low, high):
    """In place, by swaps."""
    if low >= high:
        return
    pivot, i = values[high], low
    for j in range(low, high):
        if values[j] < pivot:
            values[i], values[j] = values[j], values[i]
            i += 1
    values[i], values[high] = values[high], values[i]
    quick_sort(values, low, i - 1)
    quick_sort(values, i + 1, high)


def sorted_in_place(a):
    values = [x * a[0] for x in a]
    quick_sort(values, 0, len(values) - 1)
    again = list(a)
    quick_sort(again, 0, 3)
    return values[0] * values[1] + again[2] * again[0] + values[4]


def collect(a, k, out):
    """A walk through a tree that stands in an array."""
    if k >= a.size:
        return
    collect(a, 2 * k + 1, out)
    out.append(a[k] * (len(out) + 1.0))
    if a[k] > 1.0:
        out.append(a[k] ** 2)
    collect(a, 2 * k + 2, out)


def collected(a):
    out = [2.0 * a[0]]
    collect(a, 0, out)
    total = out[-1] * len(out)
    for k in range(len(out)):
        total += out[k] * out[k - 1]
    return total


def paths(a, k, path):
    """Appended on the way down, popped on the way up."""
    path.append(a[k] * a[len(path)])
    total = 0.0
    if k + 2 < a.size:
        total += paths(a, k + 1, path) + paths(a, k + 2, path)
    else:
        product = 1.0
        for p in path:
            product *= p
        total += product
    path.pop()
    return total


def all_paths(a):
    path = [a[1]]
    path.pop()
    return paths(a, 0, path) + len(path)


def countdown(x, n):
    """A new list at every level."""
    if n == 0:
        return [x]
    rest = countdown(x * x, n - 1)
    rest.append(x * rest[0])
    return rest


def made_below(a):
    values = countdown(a[0], 3)
    values += countdown(a[1], 1)
    return sum(values) * values[2]


def filled(a, k, out):
    if k == a.size:
        return out
    out.append(a[k] * a[0])
    return filled(a, k + 1, out)


def the_list_itself(a):
    out = [a[3]]
    same = filled(a, 2, out)
    same.append(a[1] * out[-1])
    return out[-1] * same[0] * len(out)


def first_half(values, n):
    """The argument on one path, another list on the other one."""
    if n == 0:
        return values
    return first_half(values[: len(values) // 2 + 1], n - 1)


def on_some_paths(a):
    values = [x * a[1] for x in a]
    part = first_half(values, 2)
    whole = first_half(values, 0)
    return sum(part) * whole[-1] + len(part) * values[0]


def pairs_down(pairs, k):
    if k < 0:
        return 0.0
    weight, value = pairs[k]
    pairs[k] = (value, weight * value)
    return weight * value + pairs_down(pairs, k - 1)


def of_pairs(a):
    pairs = [(a[0], a[1]), (a[2] * a[3], 2.0)]
    total = pairs_down(pairs, 1)
    return total * pairs[0][1] + pairs[1][0] * pairs[1][1]


def grown_pairs(a, k, pairs):
    if k > 0:
        pairs.append((a[k], k))
        pairs[0] = (pairs[0][0] * a[k], pairs[0][1] + 1)
        grown_pairs(a, k - 1, pairs)


def of_grown_pairs(a):
    pairs = [(a[0], 0)]
    grown_pairs(a, 3, pairs)
    total = 0.0
    for x, n in pairs:
        total += x * x * n
    return total


def listed_pairs(a, k):
    if k == 0:
        return [(a[0], 1)]
    rest = listed_pairs(a, k - 1)
    rest.append((a[k] * rest[-1][0], k))
    return rest


def of_returned_pairs(a):
    return sum([x * n for x, n in listed_pairs(a, 3)])


def even(values, k):
    values.insert(0, values[k] * 2.0)
    return values[-1] if len(values) > 6 else odd(values, k)


def odd(values, k):
    values.remove(values[k + 1])
    values.extend([values[0], values[1] * values[2]])
    return even(values, k) * values[0]


def mutual(a):
    values = [a[0], a[1], a[2]]
    return even(values, 1) * values[1] + sum(values)


def order(numbers, k, seen):
    """Lists of integers decide what is computed."""
    seen.append(k)
    for n in numbers:
        if n == k + 1 and len(seen) < 4:
            order(numbers, n, seen)


def by_integers(a):
    numbers, seen = [1, 3, 2], [4]
    order(numbers, 0, seen)
    return sum([a[k] * a[n] for n, k in enumerate(seen)])


def gathered(values, n):
    """A comprehension on every level, over the list that was given."""
    if n == 0:
        return sum(values)
    return gathered([v * v for v in values if v > 0.5], n - 1) + values[0]


def of_comprehensions(a):
    return gathered(list(a), 2)


def rebound(values, n):
    values.append(1.5)
    if n > 1:
        values = [2.0 * v for v in values]
        values.append(values[0])
    return values[0] + (rebound(values, n - 1) if n > 0 else values[-1])


def bound_anew(a):
    values = [a[0], a[1]]
    return rebound(values, 2) * values[2] + len(values)


def boxed(a):
    """One list under two names, and in a list of lists."""
    out = [a[0]]
    rows = [out, [a[1]]]
    for row in rows:
        collect(a[:3], 0, row)
    other = out
    other.append(a[4])
    return sum(out) * rows[1][1] + len(rows[0])


PROGRAMS = [
    read, sorted_in_place, collected, all_paths, made_below, the_list_itself, on_some_paths, of_pairs, of_grown_pairs,
    of_returned_pairs, mutual, by_integers, of_comprehensions, bound_anew, boxed,
]  # fmt: skip


QUICK = (read, all_paths, of_grown_pairs)
CASES = [pytest.param(f, marks=[] if f in QUICK else pytest.mark.full, id=f.__name__) for f in PROGRAMS]


@pytest.mark.parametrize("f", CASES)
def test_lists_in_recursion(f: Any) -> None:
    agrees(f, A)


def itself_or_another(values, n):
    if n == 0:
        return values
    longer = values.copy()
    longer.append(2.0)
    return itself_or_another(longer, n - 1)


def grows_what_may_be_the_argument(a):
    values = [a[0]]
    other = itself_or_another(values, 1)
    other.append(a[1])
    return sum(values)


def grows_the_argument(a):
    values = [a[0]]
    other = itself_or_another(values, 1)
    values.append(a[1])
    return sum(other)


def grows_inside(a):
    values = [a[0]]
    return sum(grown_or_another(values, 1))


def grown_or_another(values, n):
    values.append(1.0)
    return values if n == 0 else [grown_or_another(values, n - 1)[0]]


REFUSED = [grows_what_may_be_the_argument, grows_the_argument, grows_inside]


@pytest.mark.parametrize("f", REFUSED, ids=lambda f: f.__name__)
def test_a_list_that_may_be_another_keeps_its_length(f: Any) -> None:
    with pytest.raises(wg.UnsupportedError, match="is a list that a function that calls itself has been given, or another one"):
        wg.grad(f).source_for(A)


def the_same_twice(values, others, n):
    values.append(others[0])
    return values[-1] if n == 0 else the_same_twice(values, others, n - 1)


def one_list_as_two_arguments(a):
    values = [a[0], a[1]]
    return the_same_twice(values, values, 1)


def test_one_list_as_two_arguments_is_found_when_it_runs() -> None:
    with pytest.raises(ValueError, match="values and others share memory"):
        run(wg.grad(one_list_as_two_arguments), A)


@pytest.mark.compiled
@pytest.mark.parametrize("f", [pytest.param(f, marks=pytest.mark.full) for f in (sorted_in_place, of_grown_pairs)] + [all_paths])
def test_compiled(f: Any) -> None:
    value, gradient = wg.value_and_grad(f)(A)
    expected, plain = run(wg.value_and_grad(f), A)
    assert value == pytest.approx(f(A), rel=1e-14) and expected == pytest.approx(value, rel=1e-14)
    assert np.allclose(gradient, plain, rtol=1e-13, atol=1e-15)
