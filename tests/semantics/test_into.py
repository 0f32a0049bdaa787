"""`into=`: gradients in arrays of the caller's, the same numbers as in arrays that are made."""
from __future__ import annotations

import pickle
from collections import namedtuple
from typing import Any

import numpy as np
import pytest
from numba import njit
from numba.core.runtime import _nrt_python, rtsys

import wengert as wg
from tests import oracles
from tests.programs import PROGRAMS
from tests.semantics.agreement import run

Spring = namedtuple("Spring", "mass k")

SCALAR = [p for p in PROGRAMS if p.outputs == "scalar" and not p.needs_numba and p.name != "star_parameters"]


def called(transformed: Any, *args: Any, into: Any) -> Any:
    """The generated function as plain Python, given buffers by name."""
    return transformed.python_for(*args, into=into)(*args, into=into)


def buffer_for(arg: Any) -> Any:
    """Arrays full of something else in the places of arrays of floats."""
    if isinstance(arg, tuple):
        items = [buffer_for(item) for item in arg]
        return type(arg)(*items) if hasattr(arg, "_fields") else tuple(items)
    return np.full_like(arg, 7.0) if isinstance(arg, np.ndarray) and arg.dtype.kind == "f" else None


@pytest.mark.parametrize(
    "program", [pytest.param(p, id=p.name, marks=[pytest.mark.full] if k % 25 else []) for k, p in enumerate(SCALAR)]
)
def test_on_the_corpus(program):
    """The numbers are those of the gradient that is made, to the bit, and stand in the buffers."""
    args, chosen = program.args(), program.argnums
    plain = run(wg.grad(program.function, chosen), *oracles.copied(args))
    buffers = tuple(buffer_for(args[k]) for k in chosen)
    found = called(wg.grad(program.function, chosen, into=True), *args, into=buffers)
    np.testing.assert_array_equal(oracles.flat(found), oracles.flat(plain))
    pairs = zip(arrays(buffers), arrays(found), strict=True)
    assert all(one is None or one is other for one, other in pairs)


def arrays(structure: Any) -> list[Any]:
    return [leaf for item in structure for leaf in arrays(item)] if isinstance(structure, tuple) else [structure]


def energy(x, spring, n):
    total = 0.0
    for i in range(1, x.size):
        x[i] = x[i] * spring.mass[i] + np.sin(x[i - 1]) * spring.k
        total += x[i] ** 2 * n
    return total


ARGS = (np.linspace(0.1, 0.7, 4), Spring(np.arange(1.0, 5.0), 1.3), 2)


def test_structures_and_what_is_made():
    x, mass = np.empty(4), np.empty(4)
    plain = run(wg.value_and_grad(energy, (0, 1)), *ARGS)
    for buffers in ((x, Spring(mass, None)), (None, Spring(mass, None)), (x, None), (None, None)):
        value, (x_bar, spring_bar) = called(wg.value_and_grad(energy, (0, 1), into=True), *ARGS, into=buffers)
        assert value == plain[0] and spring_bar.k == plain[1][1].k and isinstance(spring_bar, Spring)
        assert np.array_equal(x_bar, plain[1][0]) and np.array_equal(spring_bar.mass, plain[1][1].mass)
        assert (x_bar is x) == (buffers[0] is x) and (spring_bar.mass is mass) == (buffers[1] is not None)


def test_vjp():
    """One slot for each argument."""
    x = np.empty(4)
    y, (x_bar, spring_bar, n_bar) = called(wg.vjp(energy, into=True), ARGS, 2.0, into=(x, None, None))
    expected, bars = run(wg.vjp(energy), ARGS, 2.0)
    assert y == expected and x_bar is x and np.array_equal(x, bars[0]) and n_bar is None
    assert np.array_equal(spring_bar.mass, bars[1].mass)


def test_float32_and_layouts():
    def total(m):
        flat = m.ravel()
        return np.sum(flat[1:] * flat[:-1])

    for order in ("C", "F"):
        m = np.arange(6.0, dtype=np.float32).reshape(2, 3).copy(order=order)
        found = called(wg.grad(total, into=True), m, into=(buffer := np.empty_like(m)))
        assert found is buffer and found.dtype == np.float32 and np.array_equal(found, run(wg.grad(total), m))
    strided, apart = np.arange(24.0).reshape(4, 6)[::2, ::2], np.empty((2, 6))[:, ::2]
    for buffer in (np.empty((2, 3)), np.empty((2, 3), order="F"), apart):
        assert np.array_equal(called(wg.grad(total, into=True), strided, into=buffer), run(wg.grad(total), strided))


def unused(x, y):
    return y * 2.0


def test_an_argument_that_nothing_depends_on():
    buffer = np.full(3, 7.0)
    assert called(wg.grad(unused, into=True), np.ones(3), 1.0, into=buffer).tolist() == [0.0, 0.0, 0.0] == buffer.tolist()


def nested(x):
    buffer = np.empty(4)
    g = wg.grad(energy, into=True)(x, Spring(np.arange(1.0, 5.0), 1.3), 2, into=buffer)
    g[0] *= 2.0
    return np.sum(buffer * x)


def nested_plain(x):
    g = wg.grad(energy)(x, Spring(np.arange(1.0, 5.0), 1.3), 2)
    g[0] *= 2.0
    return np.sum(g * x)


def test_inside_a_differentiated_function():
    """The result is the buffer there, too."""
    assert run(wg.grad(nested), ARGS[0]) == pytest.approx(run(wg.grad(nested_plain), ARGS[0]), rel=1e-13)


def cubes(x):
    return np.sum(x**3)


def test_a_derivative_of_one_that_takes_buffers():
    """What is written is written to a copy."""
    x, buffer = np.array([1.0, 2.0]), np.full(2, 7.0)
    seed = np.ones(2)
    y, (x_bar, buffer_bar) = run(wg.vjp(wg.grad(cubes, into=True)), (x, buffer), seed)
    assert y.tolist() == [3.0, 12.0] and x_bar.tolist() == [6.0, 12.0] and buffer_bar.tolist() == [0.0, 0.0]
    assert buffer.tolist() == [7.0, 7.0]


def test_what_is_checked_when_it_is_called():
    """Before anything is written."""
    x = np.arange(4.0)
    both = np.zeros(8)
    two = wg.grad(lambda x, y: np.sum(x * y), (0, 1), into=True)
    one = wg.grad(cubes, into=True)
    cases = [
        (one, (x,), np.full(3, 7.0), r"into has shape \(3,\), its value has shape \(4,\)"),
        (one, (x,), x, "into and x share memory and one of them is written: pass a copy of one"),
        (two, (x, x + 1.0), (both[:4], both[3:7]), r"into\[1\] and into\[0\] share memory"),
        (two, (x, both[:4]), (None, both[2:6]), r"into\[1\] and y share memory"),
        (wg.vjp(lambda x: 2.0 * x, into=True), ((x,), both[:4]), (both[:4],), r"into\[0\] and .* share memory"),
        (one, (x[::2],), np.lib.stride_tricks.as_strided(both, (2,), (0,)), "into is written, and elements of"),
    ]
    for transformed, args, buffers, text in cases:
        with pytest.raises(ValueError, match=text):
            called(transformed, *args, into=buffers)
    assert both.tolist() == [0.0] * 8 and x.tolist() == [0.0, 1.0, 2.0, 3.0]


def read_only() -> Any:
    array = np.zeros(4)
    array.flags.writeable = False
    return array


TYPES = {
    "dtype": (cubes, (ARGS[0],), np.zeros(4, np.float32), "`into` of `cubes` is array(float32, 1d, C), and `x` an array of floa"),
    "rank": (cubes, (ARGS[0],), np.zeros((2, 2)), "and `x` an array of float64 with 1 axes"),
    "a number": (cubes, (ARGS[0],), 1.0, "`into` of `cubes` is float64"),
    "layout": (cubes, (ARGS[0],), np.zeros(8)[::2], "`into` of `cubes` is laid out otherwise than `x`"),
    "read-only": (cubes, (ARGS[0],), read_only(), "`into` of `cubes` is read-only"),
    "for a number": (lambda x: x * x, (2.0,), np.zeros(()), "is for `x`, which is no array"),
    "for a list": (lambda x: x[0] * x[1], ([1.0, 2.0],), np.zeros(2), "is for `x`, which is no array"),
    "structure": (energy, ARGS, np.zeros(4), "`into` must be a tuple"),
}


@pytest.mark.parametrize("case", TYPES)
def test_types_that_do_not_fit(case):
    function, args, buffers, text = TYPES[case]
    with pytest.raises(wg.TransformError) as caught:
        wg.grad(function, (0, 1) if case == "structure" else 0, into=True).source_for(*args, into=buffers)
    assert text in str(caught.value)


def has_into(x, into):
    return x * into


def has_any(*x):
    return x[0]


def test_how_it_is_asked_for():
    with pytest.raises(TypeError, match=r"into takes True or False, not a ndarray: buffers go to the result"):
        wg.grad(cubes, into=np.zeros(4))
    with pytest.raises(TypeError, match="a pullback makes its results"):
        wg.vjp(cubes, ARGS[0], into=True)
    for function in (has_into, has_any):
        with pytest.raises(wg.TransformError, match=r"has an argument `into` or `\*args`"):
            wg.grad(function, into=True)
    assert called(wg.vjp(has_any, into=True), (2.0, 3.0), 1.0, into=(None, None)) == (2.0, (1.0, 0.0))
    again = pickle.loads(pickle.dumps(wg.grad(cubes, into=True)))
    assert again.recipe.into and str(again.__signature__) == "(x, *, into)"


def scaled(x, k=2.0):
    total = 0.0
    for i in range(x.size):
        total += x[i] * x[i]
    return k * total


@pytest.mark.compiled
def test_nothing_is_allocated_in_a_loop():
    """From njit code; from Python Numba makes a record of every array that it is given."""
    g = wg.grad(scaled, into=True)

    @njit
    def descend(x, buffer, rounds):
        for _ in range(rounds):
            g(x, into=buffer)
            for i in range(x.size):
                x[i] -= 0.1 * buffer[i]
        return x[0]

    x, buffer = np.array([1.0, 2.0]), np.empty(2)
    assert g(x, into=buffer) is buffer and buffer.tolist() == [4.0, 8.0]
    with pytest.raises(TypeError):
        g(x)
    descend(x, buffer, 1)
    _nrt_python.memsys_enable_stats()
    try:
        counts = []
        for rounds in (1, 100):
            before = rtsys.get_allocation_stats().mi_alloc
            descend(x, buffer, rounds)
            counts.append(rtsys.get_allocation_stats().mi_alloc - before)
    finally:
        _nrt_python.memsys_disable_stats()
    assert counts[0] == counts[1]
    with pytest.raises(ValueError, match="into and x share memory"):
        descend(x, x, 1)
    assert x[1] < 1e-10


def test_a_derivative_of_one_that_takes_a_buffer_takes_it_by_the_same_name() -> None:
    x = np.array([0.7, -1.3, 0.4])
    np.testing.assert_allclose(called(wg.jacfwd(wg.grad(cubes, into=True)), x, into=np.zeros(3)), np.diag(6.0 * x), rtol=1e-15)


def cubes(x):
    return np.sum(x**3)


def test_what_a_buffer_shares_memory_with_is_called_as_the_user_calls_it() -> None:
    x, u = np.ones(3), np.zeros(3)
    with pytest.raises(ValueError, match=r"into\[0\] and y_bar share memory"):
        called(wg.vjp(lambda x: x * x, into=True), (x,), u, into=(u,))
