"""Adjoints of arrays begin as copies only where one of the two is written while the other is needed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import X, agrees, run
from wengert.transform.switches import without

W = np.linspace(0.5, 2.0, X.size)
M = np.outer(X, W)[:3, :2]


def residuals(x: Any, w: Any) -> Any:
    e = w * x - w[0]
    total = 0.0
    for i in range(x.size):
        total += np.log(1.0 + e[i] * e[i])
    return total


def broadcast(m: Any, x: Any) -> Any:
    a = np.sin(m)
    total = 0.0
    for i in range(3):
        a[i] = a[i] * x[:2] + m[0] * x[0]
        total += np.sum(a)
    return total


def moved_back(x: Any, w: Any) -> Any:
    a = np.sin(x)
    for _ in range(3):
        a[1:] = a[:-1] * w[1:]
    return a


NONE: list[tuple[Any, tuple[Any, ...]]] = [(residuals, (X, W)), (broadcast, (M, X)), (moved_back, (X, W))]


@pytest.mark.parametrize(("function", "args"), NONE, ids=lambda f: getattr(f, "__name__", ""))
def test_no_copy_is_made_for_nobody(function: Any, args: tuple[Any, ...]) -> None:
    agrees(function, *args)
    value, _ = run(wg.jvp(function), args, args)
    text = wg.vjp(function).source_for(args, value)
    assert ".copy()" not in text.partition("---- reverse sweep ----")[2].partition("return")[0]


def overwritten(x: Any, w: Any) -> Any:
    a = np.sin(x)
    total = np.sum(a * a)
    a[:] = x * w
    return total * np.sum(a * a)


def rotated(x: Any, w: Any) -> Any:
    a, b = np.sin(x), np.cos(w)
    for _ in range(2):
        p = a * w
        a[:] = b - p
        b[:] = p * x
    return np.sum(a * b)


def two_parts(x: Any, w: Any) -> Any:
    a = x * w
    p = a * a
    a[1:] = p[:-1] - x[1:]
    a[0] = np.sum(p)
    return a * p


def in_a_branch(x: Any, w: Any) -> Any:
    a = np.sin(x)
    p = x * w
    a[0] = x[1] * 2.0
    if x[0] > 0.0:
        a += p
    return np.sum(a * a)


SOME: list[tuple[Any, tuple[Any, ...]]] = [(overwritten, (X, W)), (rotated, (X, W)), (two_parts, (X, W)), (in_a_branch, (X, W))]


@pytest.mark.parametrize(("function", "args"), SOME, ids=lambda f: getattr(f, "__name__", ""))
def test_what_is_written_meanwhile_is_copied(function: Any, args: tuple[Any, ...]) -> None:
    agrees(function, *args)
    with without("needless copies"):
        agrees(function, *args)
