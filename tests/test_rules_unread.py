"""Functions with a rule whose text cannot be read: they are called as they are, and only a derivative of them is refused."""

from __future__ import annotations

import ctypes
import ctypes.util
import math
import random
from collections import namedtuple
from typing import Any

import numpy as np
import pytest
from numba import njit, objmode, types
from numba.extending import intrinsic

import wengert as wg
from tests import oracles
from tests.semantics.agreement import run
from wengert.transform.custom.acting import ACTS, NOTHING, UNSURE, doing

# Sets are for Numba alone: `len({1.0})` is 1, in a text that cannot be read here.
X = np.array([1.0, 2.0, 3.0])
_library = ctypes.util.find_library("m")
c_erf = None if _library is None else ctypes.CDLL(_library).erf
if c_erf is not None:
    c_erf.restype, c_erf.argtypes = ctypes.c_double, [ctypes.c_double]
Eig = namedtuple("Eig", "w v")


@wg.custom_vjp
def top(a):
    w, _ = np.linalg.eigh(a)
    return w[-1] * len({1.0})


def top_fwd(a):
    w, v = np.linalg.eigh(a)
    return w[-1] * len({1.0}), v[:, -1]


def top_bwd(v, y_bar):
    return (np.outer(v, v) * y_bar,)


top.defvjp(top_fwd, top_bwd)


def spread_out(x):
    a = np.outer(x, x) + np.eye(3)
    s = 0.0
    for _ in range(2):
        s += top(a) ** 2
        a[0, 0] *= 1.1
    return s


def spread_out_plain(x):
    a = np.outer(x, x) + np.eye(3)
    s = 0.0
    for _ in range(2):
        s += np.linalg.eigvalsh(a)[-1] ** 2
        a[0, 0] *= 1.1
    return s


def test_an_eigenvalue() -> None:
    value, slope = run(wg.value_and_grad(spread_out), X)
    assert value == pytest.approx(spread_out_plain(X), rel=1e-14)
    v = np.array([0.3, -0.2, 0.5])
    assert slope @ v == pytest.approx(oracles.directional_difference(spread_out_plain, (X,), (v,)), rel=1e-9)
    _, along = run(wg.jvp(spread_out), (X,), (v,))                 # by the transpose of `bwd`, which can be read
    assert along == pytest.approx(slope @ v, rel=1e-13)
    np.testing.assert_allclose(run(wg.jacobian(top), np.eye(3)), run(wg.grad(top), np.eye(3)))


@pytest.mark.full
@pytest.mark.compiled
def test_compiled() -> None:
    np.testing.assert_allclose(wg.grad(spread_out)(X), run(wg.grad(spread_out), X), rtol=1e-13)

    @njit
    def inside(a):
        return top(a) + 1.0

    assert top(np.eye(3)) == 1.0 and inside(np.eye(3)) == 2.0


def test_only_its_own_derivative_is_refused() -> None:
    for transform, given in ((wg.hvp, (X, X)), (wg.grad(lambda x: wg.grad(spread_out)(x)[0]), (X,))):
        made = transform(spread_out) if transform is wg.hvp else transform
        with pytest.raises(wg.UnsupportedError, match="`top_fwd` is differentiated itself"):
            run(made, *given)


@wg.custom_vjp
def halves(a, e):
    return (np.round(a * 2) / 2 * len({1.0}), e.w), Eig(e.v, 1)


def halves_fwd(a, e):
    return ((np.round(a * 2) / 2 * len({1.0}), e.w), Eig(e.v, 1)), (a, e, None)


def halves_bwd(_, bars):
    (r_bar, w_bar), e_bar = bars
    return np.clip(r_bar, -1, 1) * len({1.0}), Eig(w_bar, e_bar.w)


halves.defvjp(halves_fwd, halves_bwd)


def structured(x, k):
    (r, w), e = halves(x, Eig(k, x * k))
    return np.sum(r * x) * w + np.sum(e.w)


@pytest.mark.full
def test_structures() -> None:
    x_bar, k_bar = run(wg.grad(structured, (0, 1)), X, 0.5)
    np.testing.assert_allclose(x_bar, [1.5, 2.5, 3.0])
    assert k_bar == 20.0


@wg.custom_jvp
def whole(x):
    return np.round(x) * len({1.0})


@whole.defjvp
def whole_rule(primals, tangents):
    return whole(primals[0]), tangents[0] * np.float64(2.0)


def test_forward_mode() -> None:
    assert run(wg.jvp(lambda x: whole(x) ** 2), (2.2,), (3.0,)) == (4.0, 24.0)
    assert run(wg.grad(lambda x: whole(x) ** 2), 2.2) == 8.0


@wg.custom_jvp
def sinc(x):
    return np.sinc(x) * len({1.0})


@sinc.defjvp
def sinc_rule(primals, tangents):
    x = primals[0]
    y = sinc(x)
    return y, (np.cos(np.pi * x) - y) / x * tangents[0]


@wg.custom_vjp
def error_function(x):
    return c_erf(x)


def error_function_fwd(x):
    return error_function(x), x


def error_function_bwd(x, y_bar):
    return (2.0 / math.sqrt(math.pi) * math.exp(-x * x) * y_bar,)


error_function.defvjp(error_function_fwd, error_function_bwd)


def test_second_order_where_the_rule_can_be_read() -> None:
    """What cannot be read is the function alone, which the rule calls by its name."""
    x, v = np.array([0.3, 0.7]), np.array([1.0, -0.4])

    def wave(x):
        return np.sum(sinc(x) ** 2)

    slope = wg.grad(wave).python_for(x)
    expected = oracles.directional_difference(slope, (x,), (v,))
    np.testing.assert_allclose(run(wg.hvp(wave), x, v), expected, rtol=1e-8)
    np.testing.assert_allclose(run(wg.grad(lambda x, v: np.sum(wg.grad(wave)(x) * v)), x, v), expected, rtol=1e-8)


def squared_error(x):
    return error_function(x * x) ** 2


def squared_error_plain(x):
    return math.erf(x * x) ** 2


@pytest.mark.skipif(c_erf is None, reason="no C library of this name")
def test_functions_of_c() -> None:
    for transform, given in ((wg.grad, (0.5,)), (wg.hvp, (0.5, 1.0)), (wg.jvp, ((0.5,), (1.0,)))):
        ours, theirs = (run(transform(f), *given) for f in (squared_error, squared_error_plain))
        assert ours == pytest.approx(theirs, rel=1e-13)
    assert run(wg.grad(wg.grad(squared_error)), 0.5) == pytest.approx(run(wg.hvp(squared_error_plain), 0.5, 1.0), rel=1e-13)


@intrinsic  # type: ignore[untyped-decorator]
def twice(typing_context, x):
    def code(context, builder, signature, args):
        return builder.fadd(args[0], args[0])

    return types.float64(types.float64), code


@wg.custom_vjp
def doubled(x):
    return twice(x)


def doubled_fwd(x):
    return twice(x), None


def doubled_bwd(_, y_bar):
    return (2.0 * y_bar,)


doubled.defvjp(doubled_fwd, doubled_bwd)


@wg.custom_vjp
def read_back(x):
    with objmode(y="float64"):
        y = float(str(x))
    return y


read_back.defvjp(lambda x: (read_back(x), None), lambda _, y_bar: (y_bar,))


@pytest.mark.full
@pytest.mark.compiled
def test_intrinsics_and_objects() -> None:
    assert wg.grad(lambda x: doubled(x) ** 2)(0.5) == 4.0
    assert wg.grad(lambda x: read_back(x) ** 2)(0.5) == 1.0


def ruled(f: Any, fwd: Any, bwd: Any) -> Any:
    made = wg.custom_vjp(f)
    made.defvjp(fwd, bwd)
    return made


def straight(_, y_bar):
    return (y_bar,)


def test_what_it_returns_is_copied() -> None:
    def given_back(x):
        return x[: len(x) * len({1.0})]

    def fwd(x):
        return x[: len(x) * len({1.0})], None

    function = ruled(given_back, fwd, straight)

    def written(x):
        y = function(x)
        y[0] = 7.0
        return np.sum(x * y)

    value, slope = run(wg.value_and_grad(written), X)
    assert value == 7.0 + 4.0 + 9.0
    np.testing.assert_array_equal(slope, [7.0, 4.0, 6.0])


def test_what_may_be_written_is_refused() -> None:
    def writes(x):
        x[0] = x[1] * len({1.0})
        return x[0]

    function = ruled(writes, writes, straight)
    with pytest.raises(wg.UnsupportedError, match="`writes` may write into what it is given"):
        run(wg.grad(lambda x: function(x)), X)


def test_what_numba_cannot_compile_either_is_refused_as_ever() -> None:
    function = ruled(lambda x: input(x), draws_fwd, straight)
    with pytest.raises(wg.UnsupportedError, match="`input"):
        run(wg.grad(function), 2.0)


def draws(x):
    return x * np.random.rand() * len({1.0})


def draws_fwd(x):
    u = np.random.rand()
    return x * u * len({1.0}), u


def draws_elsewhere(x):
    return draws(x)


def draws_otherwise(x):
    return x * random.random()


def test_who_draws() -> None:
    assert [doing(f) for f in (draws, draws_elsewhere, draws_otherwise, top_fwd, top, njit(draws))] == [
        ACTS, ACTS, ACTS, NOTHING, NOTHING, ACTS]  # fmt: skip
    assert [doing(f) for f in (doubled, read_back)] == [UNSURE, UNSURE]
    assert c_erf is None or doing(error_function) == UNSURE


@pytest.mark.full
def test_drawn_once() -> None:
    noisy = ruled(draws, draws_fwd, lambda u, y_bar: (u * y_bar,))

    def step(x):
        return noisy(x) ** 2

    def cost(x):
        s = 0.0
        for _ in range(3):
            s += wg.checkpoint(step)(x)
        return s

    np.random.seed(3)
    drawn = np.random.rand(4)
    np.random.seed(3)
    assert run(wg.grad(cost), 0.7) == pytest.approx(2.0 * 0.7 * np.sum(drawn[:3] ** 2), rel=1e-14)
    assert np.random.rand() == drawn[3]
