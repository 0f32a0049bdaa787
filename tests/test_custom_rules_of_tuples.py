"""Rules for functions that hand on a tuple which a function of NumPy's gives: it is taken apart, indexed, or returned as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests import oracles
from tests.semantics.agreement import agrees, run

A = np.array([[2.0, 0.5, 0.1], [0.5, 1.0, -0.3], [0.1, -0.3, 0.4]])


def spectrum(a):
    return np.linalg.eigh(a)


def spectrum_fwd(a):
    w, v = np.linalg.eigh(a)
    return (w, v), (w, v)


def spectrum_bwd(kept, bars):
    w, v = kept
    w_bar, v_bar = bars
    f = 1.0 / (w - w[:, None] + np.eye(w.size)) - np.eye(w.size)
    return (v @ (np.diag(w_bar) + f * (v.T @ v_bar)) @ v.T,)


spectrum = wg.custom_vjp(spectrum)
spectrum.defvjp(spectrum_fwd, spectrum_bwd)


def taken_apart(x):
    w, v = spectrum(x + x.T)
    return np.sum(w * w) + v[0, 0] ** 2


def indexed(x):
    pair = spectrum(x + x.T)
    return np.sum(pair[0] * pair[0]) + pair[1][0, 0] ** 2


def handed_on(x):
    return largest(spectrum(x + x.T))


def largest(pair):
    return pair[0][-1] * pair[1][0, 0] ** 2


def returned(x):
    return spectrum(x + x.T)


@pytest.mark.parametrize("function", [taken_apart, indexed, handed_on])
def test_its_gradient(function: Callable[..., Any]) -> None:
    value, gradient = run(wg.value_and_grad(function), A)
    assert value == pytest.approx(function(A), rel=1e-14)
    v = np.cos(np.arange(9.0)).reshape(3, 3)
    assert np.sum(gradient * v) == pytest.approx(oracles.directional_difference(function, (A,), (v,)), rel=1e-8)


def test_both_are_returned() -> None:
    agrees(returned, A)


def three_names(x):
    w, v, u = spectrum(x + x.T)
    return np.sum(w) + v[0, 0] + u


def test_another_number_of_names_is_refused() -> None:
    with pytest.raises(wg.TransformError, match="Numba cannot type `three_names`"):
        wg.grad(three_names).source_for(A)
