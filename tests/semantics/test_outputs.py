"""`outputs=`: array arguments whose final contents are results, of functions that write into what they are given.

Each function is compared with one that returns these arrays, which is compared with differences.
"""
from __future__ import annotations

import pickle
from collections import namedtuple

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests import oracles
from tests.semantics.agreement import agrees, apart, run

State = namedtuple("State", "x v")

P, X, ERR = np.array([2.0, 0.5]), np.linspace(0.0, 1.0, 4), np.array([1.0, 2.0, 0.5, 0.3])


def residual(p, x, err):
    for i in range(x.size):
        err[i] = p[0] * np.exp(-p[1] * x[i]) - err[i] * x[i]


def residual_returned(p, x, err):
    residual(p, x, err)
    return err


def with_value(p, x, err):
    """Returns something as well, and is left early."""
    err[0] = p[0] * x[1]
    if err[1] > 1.0:
        err[1:3] = err[:2] * x[2]
        return err[1] * p[1]
    return p[0]


def with_value_returned(p, x, err):
    value = with_value(p, x, err)
    return value, err


def with_several(p, x, err):
    err[:] = x * p[0]
    x[1:] = x[:-1] * p[1]
    return p[0] * p[1], err


def with_several_returned(p, x, err):
    value, same = with_several(p, x, err)
    return value, same, err, x


def with_none(p, x, err):
    residual(p, x, err)
    return None


def with_none_early(p, x, err):
    if p[0] > 1e3:
        return None
    residual(p, x, err)
    return None


def rebound(p, x, err):
    """The array of the caller is the one that is meant, not what its name is bound to later."""
    err[0] = p[0] * x[3]
    other = err
    if p[1] > 0.1:
        err = err * 2.0
    err[1] = p[1]
    other[2] = err[1] * x[2]


def rebound_returned(p, x, err):
    given = err
    rebound(p, x, err)
    return given


def in_a_view(p, x, err):
    half = err[::2]
    half *= p[0]
    half[1] += x[1] * p[1]


def in_a_view_returned(p, x, err):
    in_a_view(p, x, err)
    return err


def untouched(p, x, err):
    return p[0] * x[1]


def untouched_returned(p, x, err):
    return p[0] * x[1], err


CASES = {
    "nothing is returned": (residual, residual_returned, "err"),
    "a value and an array": (with_value, with_value_returned, ("err",)),
    "None is returned": (with_none, residual_returned, "err"),
    "None is returned early": (with_none_early, residual_returned, "err"),
    "several": (with_several, with_several_returned, ("err", "x")),
    "by position": (with_several, with_several_returned, (2, -2)),
    "the name is rebound": (rebound, rebound_returned, ["err"]),
    "through a view": (in_a_view, in_a_view_returned, 2),
    "nothing is written": (untouched, untouched_returned, ("err",)),
}


@pytest.mark.parametrize("case", CASES)
def test_outputs_count_as_if_they_were_returned(case):
    function, returned, outputs = CASES[case]
    args = (P.copy(), X.copy(), ERR.copy())
    agrees(returned, *args)
    rng = np.random.default_rng(1)
    v = oracles.random_like(args, rng)
    y, y_dot = run(wg.jvp(function, outputs=outputs), args, v)
    expected, expected_dot = run(wg.jvp(returned), args, v)
    assert np.array_equal(oracles.flat(y), oracles.flat(expected))
    assert np.array_equal(oracles.flat(y_dot), oracles.flat(expected_dot))
    u = oracles.random_like(oracles.copied(y), rng)
    again, bars = run(wg.vjp(function, outputs=outputs), args, u)
    _, expected_bars = run(wg.vjp(returned), args, u)
    assert np.array_equal(oracles.flat(again), oracles.flat(expected)) and oracles.relative_gap(bars, expected_bars) <= 1e-14
    assert np.array_equal(oracles.flat(args), oracles.flat((P, X, ERR)))
    apart(args, y, y_dot)
    apart(args, again, bars, u)


@pytest.mark.parametrize("case", [k if k == "a value and an array" else pytest.param(k, marks=pytest.mark.full) for k in CASES])
def test_jacobians(case):
    function, returned, outputs = CASES[case]
    for transform in (wg.jacfwd, wg.jacrev, wg.jacobian):
        found = run(transform(function, (0, 2), outputs=outputs), P, X, ERR)
        assert oracles.relative_gap(found, run(transform(returned, (0, 2)), P, X, ERR)) <= 1e-14


def square(x, out):
    out[()] = x[0] * x[0] * x[1]


def test_one_number_in_an_array_without_axes():
    x, out = np.array([3.0, 0.5]), np.array(7.0)
    value, gradient = run(wg.value_and_grad(square, outputs="out"), x, out)
    assert value == 4.5 and gradient.tolist() == [3.0, 9.0] and out == 7.0
    assert run(wg.grad(square, outputs="out"), x, out).tolist() == [3.0, 9.0]
    assert run(wg.hvp(square, outputs="out"), x, np.array([1.0, 0.0]), out).tolist() == [1.0, 6.0]
    assert run(wg.hessian(square, outputs="out"), x, out).tolist() == [[1.0, 6.0], [6.0, 0.0]]


def test_the_second_of_two_is_aux():
    args = (P, X, ERR)
    (value, err), gradient = run(wg.value_and_grad(with_value, has_aux=True, outputs="err"), *args)
    expected, slope = run(wg.value_and_grad(with_value), *args)
    kept = ERR.copy()
    with_value(P, X, kept)
    assert value == expected and np.array_equal(err, kept) and np.array_equal(gradient, slope)


def step(state, n, counts):
    state.x[:] = state.x + 0.1 * state.v
    state.v[:] = state.v - 0.1 * np.sin(state.x)
    counts[0] = n


def step_returned(state, n, counts):
    step(state, n, counts)
    return state, counts


def test_tuples_of_arrays_and_arrays_of_integers():
    args = (State(X.copy(), ERR.copy()), 3, np.zeros(2, np.int64))
    seed = (State(np.ones(4), np.arange(4.0)), None)
    (state, counts), bars = run(wg.vjp(step, outputs=("state", "counts")), args, seed)
    _, (expected, _, _) = run(wg.vjp(step_returned), args, seed)
    assert isinstance(state, State) and isinstance(bars[0], State) and counts.tolist() == [3, 0] and bars[1:] == (None, None)
    assert oracles.relative_gap(tuple(bars[0]), tuple(expected)) <= 1e-14


def called_inside(p):
    x, err = np.linspace(0.0, 1.0, 4), np.ones(4)
    y, (p_bar, _, err_bar) = wg.vjp(residual, outputs=("err",))((p, x, err), x)
    return np.sum(y * y) + p_bar[0] * err_bar[3]


def written_out(p):
    x, err = np.linspace(0.0, 1.0, 4), np.ones(4)
    y, (p_bar, _, err_bar) = wg.vjp(residual_returned)((p, x, err), x)
    return np.sum(y * y) + p_bar[0] * err_bar[3]


def test_inside_a_differentiated_function():
    assert np.allclose(run(wg.grad(called_inside), P), run(wg.grad(written_out), P), rtol=1e-14)


def fill(p, x):
    err = np.empty(x.size)

    def inside(q, out):
        for i in range(x.size):
            out[i] = q[0] * x[i] * q[1]

    return np.sum(wg.jacobian(inside, outputs="out")(p, err) ** 2)


def test_of_a_nested_function():
    assert run(wg.grad(fill), P, X) == pytest.approx(2.0 * P * np.sum(X * X), rel=1e-14)


REFUSED = {
    "a vector": (lambda: wg.grad(residual, outputs="err").source_for(P, X, ERR),
                 "grad needs a scalar result, but `residual` returns a 1-dimensional array of float64"),
    "no such argument": (lambda: wg.vjp(residual, outputs="q"), "`residual` has no argument `q`"),
    "twice": (lambda: wg.vjp(residual, outputs=("err", 2)), "outputs names an argument twice"),
    "a number": (lambda: wg.vjp(square, outputs="x").source_for((1.0, ERR), 1.0),
                 "`outputs` of `square` names `x`, which is float64"),
    "a number in a tuple": (lambda: wg.vjp(step, outputs="state").source_for((State(1.0, X), 1, X), 1.0),
                            "`outputs` of `step` names `state.x`, which is float64"),
    "no name": (lambda: wg.jvp(residual, outputs=1.5), "outputs takes positions or names, not a float"),
    "a derivative": (lambda: wg.jacobian(wg.grad(square, outputs="out"), outputs="out"), "`square_grad` writes into no argument"),
    "none": (lambda: wg.vjp(residual).source_for((P, X, ERR), ERR), "or name the array that it writes into: `outputs=`"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case):
    call, text = REFUSED[case]
    with pytest.raises((wg.TransformError, TypeError)) as caught:
        call()
    assert text in str(caught.value)


def test_it_pickles():
    there = wg.jacobian(residual, outputs="err")
    again = pickle.loads(pickle.dumps(there))
    assert again.recipe.outputs == ("err",) and again.source_for(P, X, ERR) == there.source_for(P, X, ERR)


@pytest.mark.compiled
def test_compiled():
    """From Python, and from njit code."""
    fit = wg.vjp(residual, outputs="err")

    @njit
    def caller(p, x, err, u):
        y, (p_bar, _, _) = fit((p, x, err), u)
        return y, p_bar

    y, p_bar = caller(P, X, ERR, X)
    expected, bars = run(fit, (P, X, ERR), X)
    assert np.allclose(y, expected, rtol=1e-15) and np.allclose(p_bar, bars[0], rtol=1e-14)
    again, pullback = wg.vjp(njit(residual), P, X, ERR, outputs="err")
    assert np.array_equal(again, y) and np.allclose(pullback(X)[0], p_bar, rtol=1e-14)
