"""Gradients of ADBench's objectives, as they are written there, against the gradients written by hand."""
from __future__ import annotations

from functools import cache

import numpy as np
import problems
import pytest

import wengert as wg

pytestmark = pytest.mark.compiled

TOLERANCE = {
    ("gmm", np.float64): 1e-10, ("gmm", np.float32): 1e-4,
    ("ba1", np.float64): 1e-10, ("ba1", np.float32): 2e-3,
}


@cache
def gradient_of(function, argnums):
    """One transform per objective, so that both dtypes are specialisations of the same callable."""
    return wg.value_and_grad(function, argnums=argnums)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", problems.NAMES)
def test_gradient_agrees_with_the_one_by_hand(name, dtype):
    problem = problems.load(name, dtype)
    _, gradients = gradient_of(problem.function, problem.argnums)(*problem.args)
    tolerance = TOLERANCE[name[:3], dtype]
    for argument, found, expected in zip(problem.argnums, gradients, problem.by_hand.gradients(), strict=True):
        assert found.dtype == dtype, argument
        assert found.shape == expected.shape, argument
        assert np.linalg.norm(found - expected) <= tolerance * np.linalg.norm(expected), argument


@pytest.mark.parametrize("name", problems.NAMES)
def test_value_is_the_primal_s_to_the_bit(name):
    problem = problems.load(name)
    value, _ = gradient_of(problem.function, problem.argnums)(*problem.args)
    assert value == problem.objective(*problem.args)


@pytest.mark.parametrize("name", problems.NAMES)
def test_arguments_are_not_written(name):
    problem = problems.load(name)
    before = [np.copy(a) for a in problem.args]
    gradient_of(problem.function, problem.argnums)(*problem.args)
    for old, new in zip(before, problem.args, strict=True):
        np.testing.assert_array_equal(old, new)
