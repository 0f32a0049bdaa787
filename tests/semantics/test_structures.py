"""Tuples and namedtuples of arrays and numbers: arguments, results, tangents and cotangents, all in one structure."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import X, agrees, run
from wengert.transform.errors import NotDifferentiableError, TransformError


def nested_argument(state, n):
    (x, y), k = state
    return np.sum(x * x) * y + k * y + n * y


def same_structure(state):
    x, (y, n) = state
    return (x * y, (np.sum(x), n)), y * y


def test_a_nested_argument_and_its_gradient() -> None:
    state = ((X, 1.5), 3)
    agrees(nested_argument, state, 2)
    (x_bar, y_bar), k_bar = run(wg.grad(nested_argument), state, 2)
    np.testing.assert_allclose(x_bar, 3.0 * X)
    assert y_bar == np.sum(X * X) + 5.0
    assert k_bar is None


def test_a_nested_result() -> None:
    agrees(same_structure, (X, (0.7, 4)))


@pytest.mark.compiled
def test_structures_in_compiled_code() -> None:
    state = ((X, 1.5), 3)
    value, ((x_bar, y_bar), k_bar) = wg.value_and_grad(nested_argument)(state, 2)
    assert value == njit(nested_argument)(state, 2)
    np.testing.assert_allclose(x_bar, 3.0 * X)
    assert (y_bar, k_bar) == (np.sum(X * X) + 5.0, None)
    (y_dot, (s_dot, n_dot)), z_dot = wg.jvp(same_structure)(((X, (0.7, 4)),), ((X, (1.0, None)),))[1]
    np.testing.assert_allclose(y_dot, 1.7 * X)
    assert (s_dot, n_dot, z_dot) == (np.sum(X), None, 1.4)
    (first, _), k_dot = wg.hvp(nested_argument)(state, ((X, 0.0), None), 2)
    np.testing.assert_allclose(first, 3.0 * X)
    assert k_dot is None


def integers(pair, x):
    return x * pair[0] + pair[1]


def test_a_tuple_without_floats_among_argnums_is_a_type_error() -> None:
    with pytest.raises(TypeError, match=r"`pair`: it is a tuple without floats") as caught:
        wg.grad(integers).source_for((2, True), 1.0)
    assert isinstance(caught.value, NotDifferentiableError)
    assert run(wg.grad(integers, 1), (2, True), 1.0) == 2.0
    assert run(wg.grad(integers, (1, "pair")), (2, 3.0), 1.0) == (2.0, (None, 1.0))


def test_seeds_have_the_structure_of_what_they_belong_to() -> None:
    state = (X, (0.7, 4))
    push, pull = wg.jvp(same_structure), wg.vjp(same_structure)
    with pytest.raises(TransformError, match=r"`tangents\[0\]` has 1 items, not 2"):
        push.source_for((state,), ((X,),))
    with pytest.raises(TypeError, match=r"`state\[1\]\[1\]` has a tangent, and is an integer"):
        push.source_for((state,), ((X, (1.0, 1.0)),))
    with pytest.raises(TransformError, match=r"the tangent of `state\[0\]` is float64"):
        push.source_for((state,), ((1.0, None),))
    with pytest.raises(TransformError, match=r"`y_bar\[0\]\[0\]` of `same_structure` is none, its result is a 1-dim"):
        pull.source_for((state,), ((None, (1.0, None)), 1.0))
    with pytest.raises(TransformError, match=r"`y_bar\[0\]` of `same_structure` is none, its result is a tuple"):
        pull.source_for((state,), (None, 1.0))
    with pytest.raises(TransformError, match=r"`v\[0\]` must be a tuple, not float64"):
        wg.hvp(nested_argument).source_for(((X, 1.5), 3), (1.0, None), 2)
    with pytest.raises(TransformError, match=r"the direction of `state\[0\]\[1\]` is none"):
        wg.hvp(nested_argument).source_for(((X, 1.5), 3), ((X, None), None), 2)
    with pytest.raises(ValueError, match="shape"):
        run(push, (state,), ((X[1:], None),))
