"""How the tests of the semantics compare: generated Python of every transform, uncompiled, against differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests import oracles
from wengert.transform.switches import OPTIMISATIONS

Array = np.ndarray[Any, Any]
X = np.array([0.7, -1.3, 0.4, 2.1, -0.6])


def switches(share: int) -> list[Any]:
    """Every optimisation, to be switched off; the quick tier has one in seven, and each share has others."""
    marks = [() if number % 7 == share else pytest.mark.full for number in range(len(OPTIMISATIONS))]
    return [pytest.param(name, marks=mark) for name, mark in zip(OPTIMISATIONS, marks, strict=True)]


def run(transformed: Any, *args: Any) -> Any:
    """The generated function as plain Python: nothing is compiled."""
    return transformed.python_for(*args)(*args)


def agrees(f: Any, *args: Any, primal: Any = None, tolerance: float = 1e-8) -> None:
    """Value, tangent and adjoint of f are right, arguments stay as they are, results are the caller's own."""
    primal = primal or f
    rng = np.random.default_rng(0)
    kept = oracles.copied(args)
    v = oracles.random_like(args, rng)
    y, jv = run(wg.jvp(f), args, v)
    expected = primal(*oracles.copied(args))
    assert oracles.relative_gap(y, expected) <= 1e-13
    assert oracles.relative_gap(jv, oracles.directional_difference(primal, args, v), scale=1e-3) <= tolerance
    u = oracles.random_like(oracles.copied(y), rng)
    again, jtu = run(wg.vjp(f), args, u)
    assert oracles.relative_gap(again, expected) <= 1e-13
    assert oracles.dot_product_gap(u, jv, jtu, v) <= 1e-12
    oracles.mapped(like, tuple(args), jtu)
    np.testing.assert_array_equal(oracles.flat(args), oracles.flat(kept))
    apart(args, y, jv)
    apart(args, again, jtu, u)
    if not isinstance(expected, tuple) and np.ndim(expected) == 0:
        gradient_agrees(f, args, v, jv)


def like(arg: Any, part: Any) -> None:
    """A gradient is of its argument's shape, or None."""
    assert (part is None) == (not oracles.is_float(arg))
    assert part is None or np.shape(part) == np.shape(arg)


def gradient_agrees(f: Any, args: tuple[Any, ...], v: Any, jv: float) -> None:
    """value_and_grad and hvp of a scalar function, the latter against differences of the gradient."""
    chosen = tuple(k for k, arg in enumerate(args) if any(map(oracles.is_float, leaves(arg))))
    _, gradient = run(wg.value_and_grad(f, chosen), *args)
    assert oracles.dot_product_gap(1.0, jv, gradient, tuple(v[k] for k in chosen)) <= 1e-12
    along = tuple(v[k] for k in chosen)
    position = chosen[0] if chosen != (0,) else 0
    if position == 0:
        product = run(wg.hvp(f, chosen), args[0], along, *args[1:])
        slope = wg.grad(f, chosen).python_for(*args)
        expected = oracles.directional_difference(slope, args, v)
        assert oracles.relative_gap(product, expected, scale=1e-2 * oracles.norm(gradient) + 1e-6) <= 1e-6


def apart(*structures: Any) -> None:
    """No two arrays in different structures, or in different slots of one result, share memory."""
    arrays = [leaf for structure in structures for leaf in leaves(structure) if isinstance(leaf, np.ndarray)]
    for k, one in enumerate(arrays):
        for other in arrays[k + 1 :]:
            assert one is other or not np.shares_memory(one, other)


def leaves(structure: Any) -> list[Any]:
    if isinstance(structure, tuple):
        return [leaf for item in structure for leaf in leaves(item)]
    return [structure]
