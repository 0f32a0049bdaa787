"""Programs that were refused for no reason that holds, or were slightly wrong, as they were minimised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import X, agrees
from wengert.runtime import trees
from wengert.transform.custom import new_rules

Program = Callable[..., Any]


# ---- copies that may be none: what lasts over a round, and what is dead before the write -------------------------------------


def made_in_the_round(x, n):
    s = 0.0
    for i in range(n):
        t = np.empty(6)
        for j in range(6):
            t[j] = x[j % 5] * (i + s)
        c = np.ascontiguousarray(t[::2])
        b = np.broadcast_to(t, (2, 6))
        s += np.sum(c * c) * 0.1 + b[1, 2] + x[0]
    return s


def dead_before_the_write(x, k):
    t = x * 2.0
    c = np.ascontiguousarray(t[::k])
    s = np.sum(c * c)
    t[0] = s
    for i in range(2):
        d = np.broadcast_to(t, (2, 5))
        s += d[1, 0] * x[i]
        t[i] = s * x[1]
    return np.sum(t) + s


def nobody_reads_the_source(x, k):
    t = x * 2.0
    c = np.ascontiguousarray(t[::k])
    c[0] = x[1] * x[2]
    return np.sum(c * c)


def of_the_round_before(x, k):
    p = np.zeros(5)
    s = x[0]
    for i in range(3):
        t = np.empty(5)
        for j in range(5):
            t[j] = x[j] * s + i
        s += p[0]
        p = np.ascontiguousarray(t[::k])
        s += np.sum(p)
    return s


def gathered_in_a_list(x, k):
    pieces = []
    for i in range(3):
        t = np.empty(5)
        for j in range(5):
            t[j] = x[j] * (i + 1)
        pieces.append(np.ascontiguousarray(t[::k]))
    s = 0.0
    for piece in pieces:
        s += np.sum(piece * piece)
    return s


def beside_another_list(x, k):
    a = [x * 1.0, np.ascontiguousarray(x[::k])]
    b = [x * 2.0]
    b[0][0] = x[1]
    b.append(x * x)
    return np.sum(a[0]) + np.sum(a[1] * a[1]) + np.sum(b[0]) * x[2] + b[1][1]


def written_by_its_only_name(x, k):
    a = x * 2.0
    m = np.ascontiguousarray(a[::k]) if k > 1 else a
    m[0] = x[1] * x[2]
    return np.sum(m * m)


@pytest.mark.parametrize("program", [
    made_in_the_round, dead_before_the_write, nobody_reads_the_source, of_the_round_before, gathered_in_a_list,
    beside_another_list, written_by_its_only_name,
])  # fmt: skip
@pytest.mark.parametrize("k", [1, 2])
def test_a_copy_that_may_be_none_is_accepted_where_nobody_can_tell(program: Program, k: int) -> None:
    if (program, k) != (of_the_round_before, 2):
        agrees(program, X, k)


def of_one_of_two_lists(x, k):
    a = [x * 1.0, np.ascontiguousarray(x[::k])]
    b = [x * 2.0]
    c = a if k > 2 else b
    c[0][0] = x[1]
    c.append(x * x)
    return np.sum(a[1] * a[1]) + np.sum(b[0]) * x[2] + c[1][1]


def read_in_the_next_round(x, k):
    t = x * 2.0
    c = np.ascontiguousarray(t[::k])
    s = 0.0
    for i in range(3):
        t[i] = x[1] * i
        s += np.sum(c)
    return s


def a_copy_or_the_array(x, k):
    a = x * 2.0
    m = np.ascontiguousarray(a[::k]) if k > 1 else a
    a[0] = x[1]
    return np.sum(m)


def a_copy_of_a_copy(x, k):
    t = x * 2.0
    d = np.ascontiguousarray(np.ascontiguousarray(t[::k])[::k])
    t[0] = x[1]
    return np.sum(d)


def two_copies(x, k):
    t = x * 2.0
    c = np.ascontiguousarray(t[::k])
    d = np.ascontiguousarray(t[::k])
    c[0] = x[1]
    return np.sum(d)


def two_rounds(x, k):
    t = x * 2.0
    p = np.zeros(5)
    s = 0.0
    for i in range(3):
        c = np.ascontiguousarray(t[::k])
        c[0] = x[i]
        s += p[0]
        p = c
    return s


def held_in_a_list(x, k):
    t = x * 2.0
    held = [np.ascontiguousarray(t[::k])]
    t[0] = x[1]
    return np.sum(held[0])


def read_meanwhile(x, k):
    t = x * 2.0
    c = np.ascontiguousarray(t[::k])
    t[1:] += c[:4]
    return np.sum(t)


def written_through_a_part(x, k):
    t = x * 2.0
    v = t[1:]
    c = np.ascontiguousarray(t[::k])[1:]
    v[0] = x[0]
    return np.sum(c)


@pytest.mark.parametrize("program", [
    of_one_of_two_lists, read_in_the_next_round, a_copy_or_the_array, a_copy_of_a_copy, two_copies, two_rounds, held_in_a_list,
    read_meanwhile, written_through_a_part,
])  # fmt: skip
def test_a_copy_that_may_be_none_is_refused_where_it_could_be_told(program: Program) -> None:
    with pytest.raises(wg.UnsupportedError, match="is written while the other is needed"):
        wg.grad(program).source_for(X, 1)


# ---- sorting with lists that a function hands on to itself ---------------------------------------------------------------------


@njit
def quick(items):
    if len(items) <= 1:
        return items.copy()
    pivot = items.pop()
    left = [v for v in items if v < pivot]
    right = [v for v in items if v >= pivot]
    return quick(left) + [pivot] + quick(right)  # noqa: RUF005


@njit
def merged(items):
    if len(items) <= 1:
        return items.copy()
    middle = len(items) // 2
    left, right = merged(items[:middle]), merged(items[middle:])
    out = [left[0]]
    out.pop()
    while len(left) > 0 and len(right) > 0:
        if left[0] < right[0]:
            out.append(left.pop(0))
        else:
            out.append(right.pop(0))
    out.extend(left)
    return out + right


def sorted_quickly(x):
    s = 0.0
    for k, v in enumerate(quick([u * u for u in x])):
        s += v * (k + 1)
    return s


def sorted_by_merging(x):
    s = 0.0
    for k, v in enumerate(merged([u * x[0] for u in x])):
        s += v * (k + 1)
    return s


@pytest.mark.filterwarnings("ignore:.*reflected list")
@pytest.mark.parametrize("program", [sorted_quickly, sorted_by_merging])
def test_sorting_with_lists(program: Program) -> None:
    agrees(program, X)


# ---- a rule that is declared again, and is none ------------------------------------------------------------------------------


def two_partials(y, x):
    return y, y


def itself(y, x):
    return (y,)


def no_result():
    return 1.0


@pytest.mark.parametrize(("functions", "strong", "partials"), [
    ((np.sinc,), False, two_partials), ((np.sinc,), False, no_result), ((np.sinc, np.exp), False, itself),
    ((np.sinc,), (True, False), itself),
])  # fmt: skip
def test_a_rule_that_fails_leaves_the_older_one(functions: Any, strong: Any, partials: Any) -> None:
    def wave(x):
        return x * np.sinc(x)

    @wg.rule(np.sinc)
    def sinc(y, x):
        return ((np.cos(np.pi * x) - y) / x,)

    try:
        before = new_rules.declared()
        with pytest.raises(wg.TransformError):
            wg.rule(*functions, strong=strong)(partials)
        assert new_rules.declared() == before
        assert wg.grad(wave).python_for(1.0)(1.0) == pytest.approx(-1.0)
    finally:
        new_rules.withdraw("np.sinc")


# ---- dataclasses that go with a structure --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Options:
    name: str
    scale: Any = field(default=1.0, compare=False)


@dataclass(frozen=True)
class OwnEquality:
    scale: float

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnEquality)

    def __hash__(self) -> int:
        return 1


@dataclass(frozen=True, eq=False)
class ByIdentity:
    scale: float


@dataclass(frozen=True)
class MoreOptions(Options):
    pass


@dataclass(frozen=True)
class Model:
    w: float
    options: Any = field(metadata={"pytree_node": False})


@pytest.mark.parametrize(("one", "other"), [
    (Options("a", 1.0), Options("a", 5.0)),
    (Options("a", 1), Options("a", 1.0)),
    (Options("a", [1.0]), Options("a", [5.0])),
    (Options("a", np.ones(2)), Options("a", np.zeros(2))),
    ((Options("a", 1.0), 2), (Options("a", 5.0), 2)),
    (Options("a", Options("b", 1.0)), Options("a", Options("b", 5.0))),
    (OwnEquality(1.0), OwnEquality(5.0)),
    (ByIdentity(1.0), ByIdentity(5.0)),
    (Options("a", 1.0), MoreOptions("a", 1.0)),
])  # fmt: skip
def test_a_structure_comes_back_with_its_own_options(one: Any, other: Any) -> None:
    for options in (one, other, one):
        assert repr(trees.restored(trees.packed(Model(2.0, options)))) == repr(Model(2.0, options))


def test_equal_options_are_one_structure() -> None:
    kinds = {type(trees.packed(Model(w, Options("a", 2.0)))) for w in (1.0, 2.0)}
    assert len(kinds) == 1
