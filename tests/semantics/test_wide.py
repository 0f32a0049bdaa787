"""Jacobians that take several numbers in one sweep: the same numbers as one at a time, and by differences."""

from __future__ import annotations

import math
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

import wengert as wg
from tests import oracles
from tests.programs import PROGRAMS
from tests.semantics.agreement import run
from wengert.runtime import lanes_like
from wengert.transform.switches import without


def fitted(p, x, err):
    """Writes what it computes into an argument."""
    for i in range(x.size):
        a = p[0] * math.exp(-p[1] * x[i]) + p[2]
        a = a * x[i] + p[3] * a * a
        err[i] = a - p[4] * math.sin(p[5] * x[i])


def of_numbers(a, b, c):
    s = a / b
    for _ in range(3):
        s = math.sqrt(s * s + c)
    return s, a * c, 2.0


def searched(x, target):
    """A loop that ends when it is near, views, an array that is overwritten, a branch."""
    y = x.copy()
    half = y[1:]
    n = 0
    while n < 20:
        half *= 0.9
        y[0] += half[0] * 0.1 if half[0] > 0.0 else -half[1]
        n += 1
        if abs(y[0]) > target:
            break
    return y


def table(m, x):
    """Elements of a matrix, sums of arrays, and arithmetic on whole arrays."""
    out = np.zeros((m.shape[0], 2))
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            out[i, 0] += m[i, j] * x[j]
        out[i, 1] = np.sum(m[i] * m[i]) * np.dot(x, m[i])
    scaled = out * out[0, 1] + x[0]
    return scaled * 0.5, np.sum(scaled)


def whole(x, m):
    """A matrix and a vector, a choice among elements, means, and a matrix that is written through its transpose."""
    y = m @ x
    chosen = np.where(y > 0.0, y * y, x[0] * y)
    wide = np.outer(chosen, x)
    flipped = wide.T
    flipped[1, :] *= np.mean(chosen)
    turned = wide.transpose(1, 0)
    return chosen - chosen.mean(), wide, turned[0] * 2.0


def untouched(x, y):
    """Results and arguments that have nothing to do with each other."""
    return y * 2.0, x[0], 3.0


def noisy(x):
    print("once")
    y = np.empty(x.size)
    for i in range(x.size):
        y[i] = x[i] * np.random.normal() * x[0]
    return y


def root(x):
    """A number that is found by Newton's method, of an array without axes."""
    y = 1.0
    for _ in range(30):
        step = (y * y * y - x[()]) / (3.0 * y * y)
        y -= step
        if abs(step) < 1e-14:
            break
    return y


P, X = np.linspace(0.1, 0.9, 6), np.linspace(0.0, 1.0, 11)
M = np.random.default_rng(2).normal(size=(4, 3))

CASES: dict[str, tuple[Any, tuple[Any, ...], Any, Any]] = {
    "a fit": (fitted, (P, X, np.zeros(11)), (0, 1), "err"),
    "numbers": (of_numbers, (1.2, 0.7, 0.4), (0, 1, 2), ()),
    "a search": (searched, (np.array([0.1, 0.5, -0.3, 0.2]), 0.5), (0, 1), ()),
    "tables": (table, (M, M[0] + 1.0), (0, 1), ()),
    "whole arrays": (whole, (M[0], M * 0.5), 0, ()),
    "nothing": (untouched, (P, X), (0, 1), ()),
    "no axes": (root, (np.array(2.0),), 0, ()),
}


NARROW = [("tables", wg.jacrev), ("whole arrays", wg.jacrev), ("no axes", wg.jacrev), ("no axes", wg.jacobian)]
"""One number, and what has no wide form."""


PAIRS = [(case, transform) for case in CASES for transform in (wg.jacfwd, wg.jacrev, wg.jacobian)]
QUICK = [("a fit", wg.jacfwd), ("numbers", wg.jacrev), ("a search", wg.jacfwd), ("tables", wg.jacfwd), ("nothing", wg.jacobian),
         ("no axes", wg.jacfwd), ("a fit", wg.jacrev), ("whole arrays", wg.jacfwd)]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "transform"), [pytest.param(*pair, marks=[] if pair in QUICK else [pytest.mark.full]) for pair in PAIRS]
)
def test_the_numbers_are_those_of_one_at_a_time(case, transform):
    function, args, argnums, outputs = CASES[case]
    with without("wide tangents"):
        one = transform(function, argnums, outputs=outputs)
        expected = run(one, *args)
        assert "lanes" not in one.source
    several = transform(function, argnums, outputs=outputs)
    found = run(several, *args)
    assert oracles.relative_gap(found, expected, scale=1e-3) <= 1e-13
    assert [np.shape(leaf) for leaf in leaves(found)] == [np.shape(leaf) for leaf in leaves(expected)]
    assert "lanes" in several.source or (case, transform) in NARROW


def leaves(structure: Any) -> list[Any]:
    return [leaf for item in structure for leaf in leaves(item)] if isinstance(structure, tuple) else [structure]


WIDE = [p for p in PROGRAMS if not p.needs_numba]


@pytest.mark.parametrize(
    "program", [pytest.param(p, id=p.name, marks=[] if p.name == "damped_by_nested_rates" else [pytest.mark.full]) for p in WIDE]
)
def test_on_the_corpus(program):
    compared_on(program, wg.jacfwd, wg.jacrev)


@pytest.mark.full
@pytest.mark.parametrize("program", [pytest.param(p, id=p.name) for p in WIDE if p.outputs == "scalar"])
def test_hessians_on_the_corpus(program):
    compared_on(program, wg.hessian)


def compared_on(program: Any, *transforms: Any) -> None:
    args, chosen = program.args(), program.argnums
    for transform in transforms:
        with without("wide tangents"):
            expected = run(transform(program.function, chosen), *oracles.copied(args))
        found = run(transform(program.function, chosen), *oracles.copied(args))
        assert oracles.relative_gap(found, expected, scale=1e-3) <= 1e-11


def test_draws_and_what_is_printed(capsys):
    """Every sweep draws what was drawn first."""
    x = np.arange(1.0, 11.0)
    for transform in (wg.jacfwd, wg.jacrev):
        np.random.seed(4)
        draws = [np.random.normal() for _ in range(10)]
        np.random.seed(4)
        found = run(transform(noisy), x)
        expected = np.diag(draws) * x[0]
        expected[:, 0] += x * draws
        assert np.allclose(found, expected, rtol=1e-14)
        assert capsys.readouterr().out == "once\n"


def two_results(x):
    s = t = 0.0
    for i in range(x.size):
        e = math.exp(x[i])
        s += e
        t += e * e
    return s, t


def test_a_small_result_takes_one_forward_sweep():
    """Two cotangents: the exponentials stand in one loop, which a step of the reverse sweep shares."""
    source = wg.jacrev(two_results).source_for(X)
    assert source.count("math.exp") == 1 and "range(0, 2, 8)" in source.replace("1 + 1", "2")
    assert np.allclose(run(wg.jacrev(two_results), X), [np.exp(X), 2.0 * np.exp(2.0 * X)], rtol=1e-14)


@pytest.mark.parametrize(("count", "sweeps"), [(1, 1), (8, 1), (9, 2), (17, 3)])
def test_eight_numbers_are_one_sweep(count, sweeps):
    def powers(p):
        err = np.zeros(4)
        for i in range(4):
            for k in range(p.size):
                err[i] += p[k] ** (i + 1)
        return err

    p = np.linspace(0.5, 1.5, count)
    function, made = wg.jacfwd(powers).python_for(p), []
    with patch.dict(function.__globals__, lanes_like=lambda array: made.append(array) or lanes_like(array)):
        found = function(p)
    assert np.allclose(found, [[(i + 1) * x**i for x in p] for i in range(4)], rtol=1e-14)
    assert len(made) == sweeps


def test_inside_a_differentiated_function_it_is_one_at_a_time():
    """Lanes have no derivative: they are for what is compiled."""
    def squares(x):
        return np.sum(wg.jacfwd(two_results)(x)[0] ** 2)

    assert np.allclose(run(wg.grad(squares), X), 2.0 * np.exp(2.0 * X), rtol=1e-13)


def test_float32_is_one_at_a_time():
    x = X.astype(np.float32)
    assert "lanes" not in wg.jacfwd(two_results).source_for(x)


@pytest.mark.compiled
@pytest.mark.parametrize(
    ("case", "transform"),
    [("a search", wg.jacfwd), *(pytest.param(*pair, marks=pytest.mark.full) for pair in PAIRS if pair != ("a search", wg.jacfwd))],
)
def test_compiled(case, transform):
    function, args, argnums, outputs = CASES[case]
    made = transform(function, argnums, outputs=outputs)
    assert oracles.relative_gap(made(*args), run(made, *args), scale=1e-3) <= 1e-13


@pytest.mark.full
@pytest.mark.compiled
def test_a_hessian_compiled():
    def coupled(x):
        s = 0.0
        for i in range(1, x.size):
            s += math.exp(x[i] * x[i - 1]) * x[0]
        return s

    found = wg.hessian(coupled)(X)
    assert "lanes" in wg.hessian(coupled).source_for(X)
    assert np.allclose(found, run(wg.hessian(coupled), X), rtol=1e-13) and np.allclose(found, found.T, rtol=1e-12)
