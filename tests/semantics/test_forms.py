"""`vjp(f, *primals)` and `jvp(f, primals, tangents)`: the result at once, and a pullback that owns what it needs.

Mostly on the generated source run by CPython; what only compiled code can show is marked so.
"""
from __future__ import annotations

import gc
import weakref
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import wengert as wg
from wengert.runtime import build as build_module
from wengert.transform import pullback as module

Spring = namedtuple("Spring", "mass k")

compiled = pytest.mark.compiled


@dataclass(frozen=True)
class _Interpreted:
    function: Any
    text: str


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(*args: Any) -> _Interpreted:
        built = build_module.build(*args)
        return _Interpreted(built.python, built.text)

    monkeypatch.setattr(module, "build", build)


def product(x, y):
    return x * y


def swing(x, n, spring):
    """Overwrites its argument, returns it, an integer, and a number."""
    for i in range(1, x.size):
        x[i] = x[i - 1] * spring.mass + np.sin(x[i]) * spring.k
    return x, n, x[n] * spring.k


def noisy(x):
    print("drawn")
    return x * np.random.normal() + np.random.uniform(0.0, 1.0) * x * x


def of_lists(items, a):
    return [item * a for item in items]


def rows(m):
    flat = m.ravel()
    flat[0] = 3.0 * flat[1]
    return m[0, 0] * m[1, 1] + m[0, 1]


def noisy_down(x, n):
    """A routine that draws."""
    if n == 0:
        return x
    return noisy_down(x * np.random.normal(), n - 1)


# ---- on the generated source ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("interpreted")
def test_vjp_with_primals():
    y, pullback = wg.vjp(product, 2.0, 3.0)
    assert y == 6.0
    assert [pullback(seed) for seed in (1.0, 10, np.float32(0.5), np.array(2.0))] == [
        (3.0, 2.0), (30.0, 20.0), (1.5, 1.0), (6.0, 4.0),
    ]  # fmt: skip
    assert repr(pullback) == "<wengert pullback of product>"
    assert "def product_pullback(primals, state, result_bar):" in pullback.source


@pytest.mark.usefixtures("interpreted")
def test_it_is_that_of_the_compiled_form():
    """With structures, an integer, an argument that the function overwrites and returns."""
    x, spring = np.linspace(0.1, 0.7, 4), Spring(0.8, 1.3)
    seed = (np.array([1.0, -2.0, 0.5, 3.0]), None, 0.7)
    whole = wg.vjp(swing).python_for((x, 2, spring), seed)((x, 2, spring), seed)
    y, pullback = wg.vjp(swing, x, 2, spring)
    x_bar, n_bar, spring_bar = pullback(seed)
    assert np.array_equal(y[0], whole[0][0]) and y[1:] == whole[0][1:]
    assert np.array_equal(x_bar, whole[1][0]) and n_bar is None and spring_bar == whole[1][2]
    assert isinstance(spring_bar, Spring) and np.array_equal(x, np.linspace(0.1, 0.7, 4))


@pytest.mark.usefixtures("interpreted")
def test_the_primals_may_change_and_the_results_too():
    x, spring = np.linspace(0.1, 0.7, 4), Spring(0.8, 1.3)
    y, pullback = wg.vjp(swing, x, 2, spring)
    seed = (np.ones(4), None, 1.0)
    first = pullback(seed)[0]
    kept = first.copy()
    x[:] = 5.0
    y[0][:] = 7.0
    first[:] = 9.0
    assert np.array_equal(pullback(seed)[0], kept)


@pytest.mark.usefixtures("interpreted")
def test_the_result_shares_no_memory_with_the_primals():
    x = np.arange(3.0)
    y, _ = wg.vjp(lambda x: x, x)
    assert not np.shares_memory(x, y)


@pytest.mark.usefixtures("interpreted")
@pytest.mark.parametrize("order", ["C", "F", "A"])
def test_a_copy_is_of_the_layout_of_the_primal(order):
    """What is a view of it in the function is one in the pullback: `ravel` of a strided array copies, of another one not."""
    m = np.array([[1.0, 2.0], [3.0, 4.0]], order="F" if order == "F" else "C")
    m = np.repeat(m, 2, axis=1)[:, ::2] if order == "A" else m
    y, pullback = wg.vjp(rows, m)
    m_bar, whole = pullback(1.0)[0], wg.vjp(rows).python_for((m,), 1.0)((m,), 1.0)
    assert y == whole[0] and np.array_equal(m_bar, whole[1][0])
    assert y == {"C": 26.0, "F": 6.0, "A": 6.0}[order]


@pytest.mark.usefixtures("interpreted")
def test_a_pullback_belongs_to_the_draws_of_its_result(capsys):
    """It prints nothing, and what is drawn afterwards is what would have been drawn."""
    np.random.seed(3)
    expected = [np.random.normal(), np.random.uniform(0.0, 1.0), np.random.normal()]
    np.random.seed(3)
    y, pullback = wg.vjp(noisy, 2.0)
    first, second = pullback(1.0), pullback(2.0)
    assert y == 2.0 * expected[0] + 4.0 * expected[1]
    assert first == (expected[0] + 4.0 * expected[1],) and second == (2.0 * first[0],)
    assert np.random.normal() == expected[2]
    assert capsys.readouterr().out == "drawn\n"


@pytest.mark.usefixtures("interpreted")
def test_draws_of_a_routine():
    np.random.seed(5)
    y, pullback = wg.vjp(noisy_down, 2.0, 3)
    assert pullback(1.0) == (pytest.approx(y / 2.0, rel=1e-14), None) == pullback(1.0)


@pytest.mark.usefixtures("interpreted")
def test_lists():
    y, pullback = wg.vjp(of_lists, [1.0, 2.0, 3.0], 2.0)
    assert y == [2.0, 4.0, 6.0]
    assert pullback([1.0, 0.0, 1.0]) == ([2.0, 0.0, 2.0], 4.0)
    with pytest.raises(ValueError, match=r"`y_bar` has shape \(2,\), its value has shape \(3,\)"):
        pullback([1.0, 2.0])


def lists_of_tuples(x):
    return x[0] * x[1], [(x[0], 1, x[1] * 2.0), (x[1], 2, x[2])]


@pytest.mark.usefixtures("interpreted")
def test_lists_of_tuples():
    x = np.array([0.5, -2.0, 3.0])
    (_, pairs), pullback = wg.vjp(lists_of_tuples, x)
    assert pairs == [(0.5, 1, -4.0), (-2.0, 2, 3.0)]
    np.testing.assert_array_equal(pullback((1.0, [(1.0, None, 2.0), (3.0, None, 4.0)]))[0], [-1.0, 7.5, 4.0])
    np.testing.assert_array_equal(pullback((0.0, [(0.0, None, 0.0), (0.0, None, 1.0)]))[0], [0.0, 0.0, 1.0])
    triple = (1.0, None, 2.0)
    for wrong, what in (([triple], "a list of 2"), ([1.0, 2.0], "a tuple of 3"), ((triple, triple), "a list of 2")):
        with pytest.raises(wg.TransformError, match=what):
            pullback((1.0, wrong))


@pytest.mark.usefixtures("interpreted")
@pytest.mark.parametrize(("f", "of"), [
    (lambda x: [x * 1.0, x[1:] * 1.0], "arrays"), (lambda x: [x * 1.0, x * 2.0], "arrays"),
    (lambda x: [[x[0]], [x[1], x[2]]], "lists"),
])  # fmt: skip
def test_lists_of_what_has_no_adjoint_from_outside(f, of):
    with pytest.raises(wg.TransformError, match=f"`y_bar` belongs to a list of {of}, which has no adjoint from outside"):
        wg.vjp(f, np.ones(3))


@pytest.mark.usefixtures("interpreted")
def test_a_pullback_of_a_derivative():
    y, pullback = wg.vjp(wg.grad(lambda x: x**4), 2.0)
    assert (y, pullback(1.0)) == (32.0, (48.0,))


@pytest.mark.usefixtures("interpreted")
def test_float32_seeds_are_of_the_dtype_of_the_result():
    x = np.array([1.0, 2.0], np.float32)
    y, pullback = wg.vjp(product, x, np.float32(3.0))
    x_bar, y_bar = pullback(np.array([1.0, 2.0]))
    assert y.dtype == x_bar.dtype == np.float32 and x_bar.tolist() == [3.0, 6.0] and y_bar == 5.0


SEEDS = {
    "a tuple": (1.0, "`y_bar` of `swing` is a float, its result is a tuple of 3"),
    "its length": ((np.ones(4), None), "`y_bar` of `swing` is a tuple, its result is a tuple of 3"),
    "a shape": ((np.ones(3), None, 1.0), "`y_bar[0]` has shape (3,), its value has shape (4,)"),
    "a rank": ((np.ones(4), None, np.ones(1)), "`y_bar[2]` of `swing` is an array of shape (1,), its result is a number"),
    "nothing": ((np.ones(4), None, None), "`y_bar[2]` of `swing` is a NoneType, its result is a number"),
    "complex": ((np.ones(4) * 1j, None, 1.0), "`y_bar[0]` of `swing` is an array of complex128, its result is an array of float64"),
    "a complex number": ((np.ones(4), None, 1j), "`y_bar[2]` of `swing` is a complex, its result is a number"),
}


@pytest.mark.usefixtures("interpreted")
@pytest.mark.parametrize("case", SEEDS)
def test_cotangents_that_do_not_fit(case):
    seed, text = SEEDS[case]
    _, pullback = wg.vjp(swing, np.ones(4), 1, Spring(1.0, 2.0))
    with pytest.raises((wg.TransformError, ValueError)) as caught:
        pullback(seed)
    assert text in str(caught.value)


@pytest.mark.usefixtures("interpreted")
def test_jvp_with_primals():
    assert wg.jvp(product, (2.0, 3.0), (1.0, None)) == (6.0, 3.0)
    assert wg.jvp(product, [2.0, 3.0], [None, 1.0]) == (6.0, 2.0)
    x, spring = np.linspace(0.1, 0.7, 4), Spring(0.8, 1.3)
    moves = (np.ones(4), None, Spring(None, 1.0))
    y, y_dot = wg.jvp(swing, (x, 2, spring), moves)
    whole = wg.jvp(swing).python_for((x, 2, spring), moves)((x, 2, spring), moves)
    assert np.array_equal(y_dot[0], whole[1][0]) and y_dot[1:] == whole[1][1:] and y[1:] == whole[0][1:]


def test_what_is_no_argument():
    with pytest.raises(TypeError, match="product: Numba has no type for an argument, a object"):
        wg.vjp(product, object(), 2.0)
    with pytest.raises(TypeError, match="`primals` must be a tuple with one item for each argument, not a float"):
        wg.jvp(product, 2.0, 1.0)
    with pytest.raises(wg.TransformError, match="takes x, y: `primals` has 1 items"):
        wg.vjp(product, 2.0)


@pytest.mark.usefixtures("interpreted")
def test_it_is_of_the_function_as_it_was():
    """A captured number that changes is seen by the next call, and not by a pullback that is there."""
    factor = 2.0

    def scaled(x):
        return factor * x

    _, pullback = wg.vjp(scaled, 1.0)
    factor = 3.0
    assert pullback(1.0) == (2.0,)
    y, other = wg.vjp(scaled, 1.0)
    assert (y, other(1.0)) == (3.0, (3.0,))


def test_nothing_is_derived_twice(monkeypatch):
    """In a loop, for any values of the same types."""
    made: list[str] = []
    generate = build_module._generate
    monkeypatch.setattr(build_module, "_generate", lambda g, *rest, **words: made.append(g.name) or generate(g, *rest, **words))
    monkeypatch.setattr(build_module, "_load", lambda stem: None)
    monkeypatch.setattr(module, "build", lambda *args: _Interpreted(build_module.build(*args).python, ""))

    def quotient(x, y):
        return x / y

    for x in range(1, 4):
        y, pullback = wg.vjp(quotient, float(x), 2.0)
        assert (y, pullback(1.0)) == (x / 2.0, (0.5, -x / 4.0))
        assert wg.jvp(quotient, (float(x), 2.0), (1.0, None)) == (x / 2.0, 0.5)
    assert made == ["quotient_value", "quotient_pullback", "quotient_jvp"]


@pytest.mark.usefixtures("interpreted")
def test_it_frees_what_it_owns():
    x = np.arange(1000.0)
    _, pullback = wg.vjp(lambda x: (x * x).sum(), x)
    kept = weakref.ref(pullback._primals[0])
    assert kept() is not x
    del pullback
    gc.collect()
    assert kept() is None


# ---- compiled -------------------------------------------------------------------------------------------------------


@compiled
def test_compiled():
    x, spring = np.linspace(0.1, 0.7, 4), Spring(0.8, 1.3)
    y, pullback = wg.vjp(swing, x, 2, spring)
    seed = (np.array([1.0, -2.0, 0.5, 3.0]), None, 0.7)
    (y_whole, whole) = wg.vjp(swing)((x, 2, spring), seed)
    x_bar, n_bar, spring_bar = pullback(seed)
    assert np.array_equal(y[0], y_whole[0]) and y[1:] == y_whole[1:]
    assert np.allclose(x_bar, whole[0], rtol=1e-14) and n_bar is None and spring_bar == pytest.approx(whole[2], rel=1e-14)


@compiled
def test_draws_compiled(capfd):
    """The state is Numba's own: what is drawn afterwards is what comes next there."""
    from numba import njit

    @njit
    def seeded(n):
        np.random.seed(n)

    @njit
    def draw():
        return np.random.normal()

    seeded(3)
    expected = [draw() for _ in range(2)]
    seeded(3)

    def scaled(x):
        print("drawn")
        return x * np.random.normal()

    y, pullback = wg.vjp(scaled, 2.0)
    assert y == 2.0 * expected[0] and pullback(1.0) == (expected[0],) == pullback(1.0)
    assert draw() == expected[1]
    assert capfd.readouterr().out == "drawn\n"


@compiled
def test_threads_that_come_at_once():
    def cubed(x, n):
        return x * x * x * n

    def one(k: int) -> tuple[Any, ...]:
        y, pullback = wg.vjp(cubed, float(k), 2)
        return y, pullback(1.0)

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(one, range(16))) == [(2.0 * k**3, (6.0 * k * k, None)) for k in range(16)]
