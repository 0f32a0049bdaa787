"""Worked examples of learning: B9, gradients through samples and through rounding."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import run

Array = np.ndarray[Any, Any]


def expected_reward(theta: float, samples: Array) -> float:
    """The surrogate whose gradient is REINFORCE's: the reward of an action of N(θ, 1) is −(action − 2)²."""
    total = 0.0
    for k in range(len(samples)):
        action = wg.stop_gradient(theta) + samples[k]
        total -= (action - 2.0) ** 2 * (-0.5 * (action - theta) ** 2)
    return total / len(samples)


def test_b9_reinforce_estimates_the_analytic_gradient_within_its_standard_error() -> None:
    samples, theta = np.random.default_rng(0).normal(size=10_000), 0.5
    found = run(wg.grad(expected_reward), theta, samples)
    terms = -((theta + samples - 2.0) ** 2) * samples
    assert found == pytest.approx(terms.mean(), rel=1e-12)
    assert abs(found - -2.0 * (theta - 2.0)) < 3.0 * terms.std() / math.sqrt(len(samples))


@wg.custom_vjp
def rounded(w: Array) -> Array:
    return np.floor(w * 4.0 + 0.5) / 4.0


rounded.defvjp(lambda w: (rounded(w), None), lambda _, w_bar: (w_bar,))


def error(w: Array, x: Array, y: Array) -> float:
    return np.sum((np.dot(x, rounded(w)) - y) ** 2)


def test_b9_training_through_rounding_lowers_the_error_of_the_rounded_weights() -> None:
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(20, 3)), rng.normal(size=3)
    y = np.dot(x, np.array([0.5, -1.25, 2.0]))
    before = of_rounded(w, x, y)
    step = wg.grad(error).python_for(w, x, y)
    assert not np.any(run(wg.grad(of_rounded), w, x, y))
    for _ in range(200):
        w = w - 0.005 * step(w, x, y)
    assert of_rounded(w, x, y) < 1e-2 * before


def of_rounded(w: Array, x: Array, y: Array) -> float:
    return np.sum((np.dot(x, np.floor(w * 4.0 + 0.5) / 4.0) - y) ** 2)
