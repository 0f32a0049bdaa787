"""Dense Jacobians and Hessians: every block against differences, in every mode and structure, inside functions, to second order."""

from __future__ import annotations

import math
import pickle
from collections import namedtuple
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize

import wengert as wg
from tests import oracles
from tests.semantics.agreement import X, run

MODES = (wg.jacfwd, wg.jacrev, wg.jacobian)
Flow = namedtuple("Flow", "speed field")
M = np.array([[0.7, -1.3, 0.4], [2.1, -0.6, 0.9]])


def differences(f: Any, args: tuple[Any, ...], k: int, h: float = 1e-6) -> list[Any]:
    """The blocks of the float results by the k-th argument, one number of it at a time; in the order of the results' leaves."""
    x = np.asarray(args[k], float)
    blocks: list[Any] = []
    for index in np.ndindex(x.shape):
        ends = []
        for sign in (1.0, -1.0):
            moved = x.copy()
            moved[index] += sign * h
            given = moved if isinstance(args[k], np.ndarray) else float(moved)
            ends.append(leaves(f(*oracles.copied(args[:k]), given, *oracles.copied(args[k + 1 :]))))
        slopes = [(np.asarray(a) - np.asarray(b)) / (2.0 * h) for a, b in zip(*ends, strict=True)]
        blocks = blocks or [np.zeros(np.shape(s) + x.shape) for s in slopes]
        for block, slope in zip(blocks, slopes, strict=True):
            block[(..., *index)] = slope
    return blocks


def leaves(value: Any) -> list[Any]:
    if isinstance(value, tuple):
        return [leaf for item in value for leaf in leaves(item)]
    return [value] if oracles.is_float(value) else []


def vector(x, k):
    y = np.empty(4)
    for i in range(4):
        y[i] = math.sin(k * x[i % 3]) * x[0]
    x[1] = 3.0                                          # the caller's x stays as it is
    return y


def matrices(m, k):
    w = m.T.copy() * k
    w[0] *= m[1, 0]
    return w[1:] * w[0, 1] + m[0, 2]


def tuples(x, n):
    total = 0.0
    for i in range(n):
        total += x[i] ** 2
    return Flow(total, x[:2] * total), n, (x[0] * x[1], np.array(x[2]))


def number(x):
    return math.exp(x) * x


def to_vector(x):
    return np.array([x, x * x, 1.0])


def to_number(x):
    return np.sum(x * x[::-1]) * x[0]


CASES = [
    (vector, (X, 1.3), (0, 1)), (matrices, (M, 1.3), (0, 1)), (matrices, (np.asfortranarray(M), 1.3), (0,)),
    (matrices, (np.repeat(M, 2, axis=1)[:, ::-2], 1.3), (0,)), (tuples, (X, 3), (0,)), (number, (0.7,), (0,)),
    (to_vector, (0.7,), (0,)), (to_number, (X,), (0,)),
]  # fmt: skip


@pytest.mark.parametrize("mode", MODES, ids=lambda m: m.__name__)
@pytest.mark.parametrize(("f", "args", "argnums"), CASES, ids=[f"{f.__name__}{k}" for k, (f, _, _) in enumerate(CASES)])
def test_blocks_are_differences(f: Any, args: tuple[Any, ...], argnums: tuple[int, ...], mode: Any) -> None:
    kept = oracles.copied(args)
    found = run(mode(f, argnums), *args)
    np.testing.assert_array_equal(oracles.flat(args), oracles.flat(kept))
    for number, k in enumerate(argnums):
        expected = differences(f, args, k)
        blocks = leaves(of_argument(found, f(*oracles.copied(args)), number))
        assert len(blocks) == len(expected)
        for block, slope in zip(blocks, expected, strict=True):
            assert np.shape(block) == np.shape(slope)
            assert isinstance(block, float | np.ndarray)
            assert oracles.relative_gap(block, slope, scale=1e-2) <= 1e-8
    single = run(mode(f), *args)
    np.testing.assert_array_equal(oracles.flat(tuple(leaves(single))), oracles.flat(tuple(leaves(of_argument(found, f(*args), 0)))))


def of_argument(found: Any, like: Any, number: int) -> Any:
    """The blocks of one argument, in the structure of the result."""
    if isinstance(like, tuple):
        items = [of_argument(item, inner, number) for item, inner in zip(found, like, strict=True)]
        return type(like)(*items) if hasattr(like, "_fields") else tuple(items)
    return None if found is None else found[number]


def test_structures() -> None:
    flow, none, (first, point) = run(wg.jacobian(tuples), X, 3)
    assert isinstance(flow, Flow)
    assert none is None
    assert (flow.speed.shape, flow.field.shape, first.shape, point.shape) == ((5,), (2, 5), (5,), (5,))
    along = run(wg.jacrev(lambda p, x: p.speed * p.field * x), Flow(0.7, X), 2.0)
    assert isinstance(along, Flow)
    np.testing.assert_allclose(along.speed, 2.0 * X)
    np.testing.assert_allclose(along.field, 1.4 * np.eye(5))


@pytest.mark.parametrize("mode", MODES, ids=lambda m: m.__name__)
def test_types_and_extents(mode: Any) -> None:
    x = X.astype(np.float32)
    assert run(mode(lambda x: x * x), x).dtype == np.float32
    wide, mixed = run(mode(lambda x, y: x * y, (0, 1)), x, X)
    assert (wide.dtype, mixed.dtype) == (np.float64, np.float64)
    single, double = run(mode(lambda x, k: x * np.float32(k), (0, 1)), x, 2.0)
    assert (single.dtype, double.dtype) == (np.float32, np.float64)
    assert run(mode(lambda x: x * x), np.zeros(0)).shape == (0, 0)
    assert run(mode(lambda x: (x * x, np.sum(x))), np.zeros((0, 2)))[1].shape == (0, 2)
    c = run(mode(lambda c: c * c[()]), np.array(0.7))
    assert (np.shape(c), float(c)) == ((), 1.4)


def quartic(x, k):
    return np.sum(x[1:] ** 3 * x[:-1]) * k + k**3 * x[0]


def test_the_hessian() -> None:
    matrix = run(wg.hessian(quartic), X, 1.3)
    for v in np.eye(5):
        np.testing.assert_allclose(matrix @ v, run(wg.hvp(quartic), X, v, 1.3), rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-12)
    (same, column), (row, corner) = run(wg.hessian(quartic, (0, "k")), X, 1.3)
    np.testing.assert_array_equal(same, matrix)
    np.testing.assert_allclose(column, row, rtol=1e-13)
    assert corner == pytest.approx(6.0 * 1.3 * X[0], rel=1e-14)
    both = run(wg.jacrev(wg.grad(quartic)), X, 1.3)
    np.testing.assert_allclose(both, matrix, rtol=1e-13, atol=1e-14)
    assert run(wg.hessian(number), 0.7) == pytest.approx(2.7 * math.exp(0.7), rel=1e-14)
    third = run(wg.jacobian(wg.hessian(quartic)), X, 1.3)
    np.testing.assert_allclose(third @ X, run(wg.jvp(wg.hessian(quartic)), (X, 1.3), (X, None))[1], rtol=1e-12, atol=1e-13)


def gauss_newton(x, k):
    """A step of Gauss and Newton, and curvature, inside a function."""
    y = vector(x.copy(), k)
    j = wg.jacobian(vector)(x, k)
    f = lambda t: np.array([t[0] * x[1], t[1] ** 2 * k])  # noqa: E731
    value = wg.hessian(lambda t: t**3 * k)(x[0])
    top, bottom = wg.jacfwd(lambda t: (np.sum(t) * x[0], t * k))(x[:2])
    return np.sum(j * j) + np.sum(np.dot(y, j)) + value + np.sum(wg.jacrev(f)(x[:2])) + np.sum(top) * np.sum(bottom)


def gauss_newton_closed(x, k):
    y = vector(x.copy(), k)
    j = np.zeros((4, x.size))
    for i in range(4):
        j[i, i % 3] += math.cos(k * x[i % 3]) * k * x[0]
        j[i, 0] += math.sin(k * x[i % 3])
    return np.sum(j * j) + np.sum(y @ j) + 6.0 * x[0] * k + x[1] + 2.0 * x[1] * k + 2.0 * x[0] * 2.0 * k


def test_inside_a_differentiated_function() -> None:
    both = wg.value_and_grad(gauss_newton, (0, 1)).python_for(X, 1.3)
    value, (gradient, slope) = both(X, 1.3)
    assert value == pytest.approx(gauss_newton_closed(X, 1.3), rel=1e-13)
    expected, along = differences(gauss_newton_closed, (X, 1.3), 0)[0], differences(gauss_newton_closed, (X, 1.3), 1)[0]
    np.testing.assert_allclose(gradient, expected, rtol=1e-7, atol=1e-7)
    assert slope == pytest.approx(float(along), rel=1e-7)
    _, dot = run(wg.jvp(gauss_newton), (X, 1.3), (X, 1.0))
    assert dot == pytest.approx(gradient @ X + slope, rel=1e-12)


def with_a_count(p, x):
    return p[0] * p[0] * x * p[1]


def of_a_tuple_with_a_count(x):
    """No derivative is by the count, in rows nor in columns."""
    h = wg.hessian(with_a_count)((x, 3), x)
    k = wg.hessian(with_a_count, (0, 1))((x, 3), x)
    j = wg.jacfwd(wg.grad(with_a_count))((x, 3), x)
    return h[0][0] * x + k[0][0][1] * k[0][0][0][0] + k[1][0][0] + j[0][0]


def test_a_hessian_by_a_tuple_with_an_integer_inside_a_function() -> None:
    """6 x², 6 x times 6 x, 6 x and 6 x."""
    value, slope = run(wg.value_and_grad(of_a_tuple_with_a_count), 2.0)
    assert (value, slope) == (42.0 * 4.0 + 12.0 * 2.0, pytest.approx(84.0 * 2.0 + 12.0, rel=1e-14))


def halves(x, n):
    print("at", n)
    return x * np.random.random() if n == 0 else halves(x * x, n - 1) * np.random.normal(x, 1.0)


def noisy(x, n):
    print("start")
    y = np.empty(2)
    for i in range(2):
        y[i] = halves(x[i] * np.random.random(), n)
    return y


@pytest.mark.parametrize("mode", MODES, ids=lambda m: m.__name__)
def test_effects_happen_once(mode: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def seeded(x, n):
        np.random.seed(3)
        return noisy(x, n)

    expected = differences(seeded, (X[:2], 2), 0)[0]
    capsys.readouterr()
    seeded(X[:2], 2)
    told, following = capsys.readouterr().out, np.random.random()
    np.random.seed(3)
    found = run(mode(noisy), X[:2], 2)
    assert (capsys.readouterr().out, np.random.random()) == (told, following)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9)


@pytest.mark.compiled
def test_compiled_pickled_and_handed_to_scipy() -> None:
    for mode in MODES:
        np.testing.assert_allclose(mode(vector)(X, 1.3), run(mode(vector), X, 1.3), rtol=1e-13)
    flow, none, _ = pickle.loads(pickle.dumps(wg.jacobian(tuples)))(X, 3)
    assert isinstance(flow, Flow)
    assert none is None
    np.testing.assert_allclose(wg.hessian(quartic)(X, 1.3), run(wg.hessian(quartic), X, 1.3), rtol=1e-13)
    fit = scipy.optimize.least_squares(lambda x: residuals(x), np.array([0.5, 0.5]), jac=wg.jacobian(residuals))
    np.testing.assert_allclose(fit.x, [1.0, 1.0], rtol=1e-8)
    solved = scipy.integrate.solve_ivp(stiff, (0.0, 2.0), np.array([1.0, 0.0]), method="Radau", jac=wg.jacobian(stiff, argnums="y"))
    assert solved.success


def residuals(x):
    return np.array([10.0 * (x[1] - x[0] ** 2), 1.0 - x[0]])


def stiff(t, y):
    return np.array([y[1], 100.0 * (1.0 - y[0] ** 2) * y[1] - y[0]])


def counts(x):
    return len(x), x.size


@pytest.mark.parametrize("mode", MODES, ids=lambda m: m.__name__)
def test_refused(mode: Any) -> None:
    with pytest.raises(wg.NotDifferentiableError, match="returns no floating-point number"):
        run(mode(counts), X)
    with pytest.raises(wg.NotDifferentiableError, match="it is an integer"):
        run(mode(tuples, 1), X, 3)
