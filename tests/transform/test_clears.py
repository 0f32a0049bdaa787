"""Clearing of adjoints is left out only where nobody looks at them again."""

from __future__ import annotations

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import X, agrees


def filled_once(x):
    t = np.empty(x.size)
    for k in range(x.size):
        t[k] = x[k] * x[k]
    return np.sum(t * t)


def filled_in_each_round(x):
    total = 0.0
    for i in range(3):
        t = np.empty(x.size)
        for k in range(x.size):
            t[k] = x[k] * x[k] * (i + 1.0)
        total += np.sum(t * t)
    return total


def from_behind(x):
    t = np.zeros(3)
    for k in range(-2, 3):                          # t[-1] is t[2]
        t[k] = x[k + 2] * x[k + 2]
    return np.sum(t * t)


def scratch(x):
    total, t = 0.0, np.zeros(x.size)
    for i in range(3):
        for k in range(x.size):
            t[k] = x[k] * x[k] * (i + 1.0)
        total += np.sum(t * t)
    return total


def running(x):
    t = np.zeros(x.size + 1)
    for k in range(x.size):
        t[k + 1] = t[k] * 0.5 + x[k]
    return np.sum(t * t)


def twice(x):
    t = np.zeros(x.size)
    for k in range(x.size):
        t[k] = x[k] * x[k]
        t[k] = t[k] * x[0]
    return np.sum(t * t)


def either(x):
    t = np.zeros(x.size)
    for k in range(1, x.size):
        if x[k] > 0.0:
            t[k] = x[k] * x[k]
        else:
            t[k - 1] = t[k - 1] * x[k]
    return np.sum(t * t)


def one_element(x):
    t = np.zeros(x.size)
    for k in range(x.size):
        t[2] = x[k] * x[k]
    return np.sum(t * t)


def other_index(x, at):
    t = np.zeros(x.size)
    for k in range(x.size):
        t[at[k]] = x[k] * x[k]
    return np.sum(t * t)


@pytest.mark.parametrize("f", [filled_once, filled_in_each_round])
def test_left_out(f) -> None:
    assert " = 0.0" not in wg.grad(f).source_for(X).split("reverse sweep")[1].replace("_bar = 0.0", "")
    agrees(f, X)


@pytest.mark.parametrize("f", [from_behind, scratch, running, twice, either, one_element])
def test_kept(f) -> None:
    agrees(f, X)


def test_kept_where_elements_come_twice() -> None:
    agrees(other_index, X, np.array([0, 1, 1, 3, 0]))
