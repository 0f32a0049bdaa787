"""Captured arrays of more than a megabyte, or with gaps: Numba reads them where they are, and so do derivatives."""

from __future__ import annotations

import warnings
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import run
from wengert.runtime import cache

DATA = np.ones(200_000)
GAPS = np.ones(6)[::2]
W = np.array([3.0])


def squares(w):
    return w[0] * w[0] * DATA[0]


def of(data: Any) -> Callable[..., Any]:
    def squares(w):
        return w[0] * w[0] * data[0]

    return squares


@pytest.fixture(autouse=True)
def ones() -> None:
    DATA[:] = GAPS[:] = 1.0


@pytest.mark.compiled
@pytest.mark.parametrize(("f", "data"), [(squares, DATA), (of(GAPS), GAPS)])
def test_what_is_filled_again_is_read_again(f: Any, data: Any) -> None:
    primal, derivative, product = numba.njit(f), wg.value_and_grad(f), wg.jvp(f)
    for number in (1.0, 5.0):
        data[:] = number
        assert primal(W) == derivative(W)[0] == 9.0 * number
        assert derivative(W)[1][0] == 6.0 * number and product((W,), (W,))[1] == 18.0 * number


def test_arrays_that_look_alike_are_two() -> None:
    """The text is that of an array, not of its contents."""
    one, other = np.ones(4)[::2], np.ones(4)[::2]
    first, second = wg.grad(of(one)), wg.grad(of(other))
    assert run(first, W) == run(second, W) == 6.0
    other[:] = 2.0
    assert run(first, W) == 6.0 and run(second, W) == 12.0


def test_frozen_arrays_are_as_they_were() -> None:
    small = np.ones(20)
    derivative = wg.grad(of(small))
    assert run(derivative, W) == 6.0
    small[:] = 5.0
    assert run(derivative, W) == 6.0 and run(wg.grad(of(small)), W) == 30.0


def test_no_file_holds_them() -> None:
    """The next process would read what they were."""
    for name, array, kept in (("large", DATA, False), ("gaps", GAPS, False), ("small", np.ones(20), True)):
        cache.store(f"{name}_of_a_test", "f", "def f():\n    pass\n", {"a": array})
        assert (cache.load(f"{name}_of_a_test") is not None) == kept


def writes(x, buffer):
    buffer[0] = x[0] * 3.0
    return buffer[0] * GAPS[0]


@numba.njit
def deep(x, depth):
    return deep(x, depth - 1) if depth > 0 else x[0] * GAPS[0]


def writes_before(x, buffer):
    buffer[0] = x[0] * 3.0
    return buffer[0] * deep(x, 2)


def test_an_argument_that_is_written_and_may_be_the_array() -> None:
    x = np.array([0.5])
    assert run(wg.grad(writes), x, np.zeros(3)) == 3.0
    for transformed, args in ((wg.grad(writes), (x, GAPS)), (wg.jvp(writes), ((x, GAPS), (x, np.zeros(3))))):
        with pytest.raises(ValueError, match="buffer and GAPS share memory and one of them is written"):
            run(transformed, *args)
    with pytest.raises(wg.UnsupportedError, match="`writes_before` writes into what it is given, and `deep` reads `GAPS`, which"):
        wg.grad(writes_before).source_for(x, x)


def calls_deep(x):
    return deep(x, 2) * x[0]


@pytest.mark.compiled
def test_a_buffer_that_is_the_array() -> None:
    with pytest.raises(wg.UnsupportedError, match="`calls_deep` writes into what it is given, and `deep` reads `GAPS`"):
        wg.grad(calls_deep, into=True)(W, into=np.zeros(1))
    assert run(wg.grad(calls_deep), W)[0] == 6.0
    derivative = wg.grad(of(GAPS), into=True)
    with pytest.raises(ValueError, match="share memory"):
        derivative(np.ones(6)[::2], into=GAPS)
    assert (GAPS == 1.0).all()


def of_a_list(x, items):
    t = 0.0
    for item in items:
        t += np.sum(x * item * item)
    return t


@pytest.mark.compiled
def test_a_buffer_beside_a_list_of_arrays_is_refused() -> None:
    """It may be one of them, of which the derivative has copies."""
    items = [W.copy(), W + 1.0]
    with pytest.raises(wg.UnsupportedError, match="`of_a_list` is given a list of arrays, and `into`"):
        wg.grad(of_a_list, into=True)(W, items, into=items[1])
    assert items[1][0] == 4.0 and wg.grad(of_a_list)(W, items)[0] == 25.0


def test_a_pullback_of_what_may_change_is_refused() -> None:
    with pytest.raises(wg.UnsupportedError, match="`squares` reads `DATA` from outside, which may change until its pullback"):
        wg.vjp(squares, W)
    assert run(wg.vjp(squares), (W,), 1.0)[1][0] == 6.0


@pytest.mark.compiled
def test_nobody_is_told_that_numba_keeps_no_machine_code() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert wg.jvp(squares, (W,), (W,))[1] == 18.0


WEIGHTS = np.array([1.0, 2.0, 3.0])


def weighted(x, w=WEIGHTS):
    return np.sum(w * x)


@pytest.mark.compiled
def test_a_default_is_as_it_was() -> None:
    """Of what is left out Numba makes a constant."""
    x = np.array([0.5, 1.5, 2.5])
    primal, derivative = numba.njit(weighted), wg.value_and_grad(weighted)
    assert primal(x) == derivative(x)[0] == 11.0
    WEIGHTS[:] *= 10.0
    assert primal(x) == derivative(x)[0] == 11.0


Pair = namedtuple("Pair", "first second")
PAIR = Pair(WEIGHTS, (WEIGHTS, 2.0))


def paired(x, w=PAIR):
    return np.sum(w.first * x) + np.sum(w.second[0] * x) * w.second[1]


@pytest.mark.compiled
def test_a_default_in_a_tuple_is_as_it_was() -> None:
    x = np.ones(3)
    derivative = wg.grad(paired)
    before = derivative(x)
    WEIGHTS[:] += 1.0
    np.testing.assert_array_equal(derivative(x), before)
