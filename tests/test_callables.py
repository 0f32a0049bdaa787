"""Every transform, of every kind of argument, called from everywhere.

The numbers are those of the generated source run by CPython.  In `pytest -m full` every combination is compiled; else every
transform is, with another kind of argument and another caller each.
"""

from __future__ import annotations

import pickle
from typing import Any, NamedTuple

import numpy as np
import pytest
from numba import njit, prange

import wengert as wg
from tests import oracles

V = np.array([0.3, -0.8, 0.5])
X = np.array([0.7, 1.2, -0.4])


class Point(NamedTuple):
    place: Any
    scale: float


def of_number(x: float) -> float:
    return np.sin(x) * x**2


def of_array(x: Any) -> float:
    s = 0.0
    for i in range(len(x)):
        s += np.sin(x[i]) * x[i - 1]
    return s


def of_tuple(x: Any) -> float:
    place, scale = x
    return scale * np.sum(place**3)


def of_point(x: Any) -> float:
    return np.cos(x.scale) * np.sum(x.place**2)


POINTS: dict[str, tuple[Any, Any, Any]] = {
    "number": (of_number, 0.7, 0.4),
    "array": (of_array, X, V),
    "tuple": (of_tuple, (X, 0.7), (V, 0.4)),
    "namedtuple": (of_point, Point(X, 0.7), Point(V, 0.4)),
}
TRANSFORMS = ("grad", "value_and_grad", "vjp", "jvp", "hvp", "jacfwd", "jacrev", "jacobian", "hessian")
CALLERS = ("python", "njit", "prange", "pickled")


BUILDERS: dict[str, Any] = {
    "number": njit(lambda place, scale: scale),
    "array": njit(lambda place, scale: place),
    "tuple": njit(lambda place, scale: (place, scale)),
    "namedtuple": njit(lambda place, scale: Point(place, scale)),
}
ARRANGED: dict[str, Any] = {
    "hvp": lambda x, v: (x, v),
    "vjp": lambda x, v: ((x,), 0.5),
    "jvp": lambda x, v: ((x,), (v,)),
}


def made(transform: str, kind: str) -> tuple[Any, tuple[Any, ...]]:
    """A transformed function and what it is called with."""
    f, x, v = POINTS[kind]
    return getattr(wg, transform)(f), ARRANGED.get(transform, lambda x, v: (x,))(x, v)


def called(caller: str, transform: str, kind: str) -> Any:
    transformed, args = made(transform, kind)
    match caller:
        case "python":
            return transformed(*args)
        case "pickled":
            return pickle.loads(pickle.dumps(transformed))(*args)
        case "njit":
            return njit(lambda *given: transformed(*given))(*args)
        case _:
            build = BUILDERS[kind]
            arrange = njit(ARRANGED.get(transform, lambda x, v: (x,)))

            @njit(parallel=True)
            def together(place: Any, scale: Any, along: Any, more: Any) -> Any:
                found = [transformed(*arrange(build(place, scale), build(along, more))) for _ in range(4)]
                for k in prange(4):                     # (Numba hands no tuple of arrays to what runs at once)
                    found[k] = transformed(*arrange(build(place, scale), build(along, more)))
                return found

            first, *others = together(X, 0.7, V, 0.4)
            for other in others:
                np.testing.assert_array_equal(oracles.flat(other), oracles.flat(first))
            return first


CASES = [
    pytest.param(transform, kind, caller, marks=[pytest.mark.compiled] if chosen else [pytest.mark.compiled, pytest.mark.full])
    for i, transform in enumerate(TRANSFORMS)
    for j, kind in enumerate(POINTS)
    for k, caller in enumerate(CALLERS)
    for chosen in [j == i % 4 and k == (i + i // 4) % 4]
]


@pytest.mark.parametrize(("transform", "kind", "caller"), CASES)
def test_it_is_called(transform: str, kind: str, caller: str) -> None:
    transformed, args = made(transform, kind)
    expected = transformed.python_for(*args)(*oracles.copied(args))
    found = called(caller, transform, kind)
    oracles.assert_structured_like(found, expected)
    np.testing.assert_allclose(oracles.flat(found), oracles.flat(expected), rtol=1e-13)


@pytest.mark.parametrize("kind", POINTS)
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_its_numbers(transform: str, kind: str) -> None:
    """Against differences, by what it is of."""
    f, x, v = POINTS[kind]
    transformed, args = made(transform, kind)
    found = transformed.python_for(*args)(*args)
    slope = oracles.difference_gradient(f, (x,), (0,))[0]
    along = oracles.directional_difference(f, (x,), (v,))
    match transform:
        case "grad" | "jacfwd" | "jacrev" | "jacobian":
            assert oracles.relative_gap(found, slope) <= 1e-8
        case "value_and_grad":
            assert found[0] == f(x)
            assert oracles.relative_gap(found[1], slope) <= 1e-8
        case "vjp":
            assert found[0] == f(x)
            assert oracles.relative_gap(oracles.mapped(lambda part: part * 2.0, found[1][0]), slope) <= 1e-8
        case "jvp":
            assert oracles.relative_gap(found, (f(x), along)) <= 1e-8
        case "hvp" | "hessian":
            expected = oracles.directional_difference(wg.grad(f).python_for(x), (x,), (v,))
            product = found if transform == "hvp" else times(found, v)
            assert oracles.relative_gap(product, expected) <= 1e-7


def times(matrix: Any, v: Any) -> Any:
    """A Hessian in the structure of an argument, times a vector of that structure."""
    if not isinstance(v, tuple):
        return np.dot(matrix, v)
    return tuple(sum(np.dot(block, part) for block, part in zip(row, v, strict=True)) for row in matrix)
