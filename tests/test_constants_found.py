"""Fields of dataclasses that are constants, and keys of dicts: what Python calls equal need not mean the same."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import run
from wengert.runtime.trees import packed

W = np.array([0.7, 1.3, 0.4])


@dataclass
class Signed:
    w: Any
    sign: Any = field(default=0.0, metadata={"pytree_node": False})


@dataclass(frozen=True)
class Inner:
    shift: Any
    note: str = field(default="", compare=False)


def signed(p):
    return np.sum(p.w * p.w) * math.copysign(1.0, p.sign)


@pytest.mark.parametrize("order", [(0.0, -0.0), (-0.0, 0.0)])
def test_the_sign_of_zero(order: tuple[float, ...]) -> None:
    for sign in order:
        slope = run(wg.grad(signed), Signed(W, sign))
        np.testing.assert_array_equal(slope.w, math.copysign(2.0, sign) * W)
        assert math.copysign(1.0, slope.sign) == math.copysign(1.0, sign)


def squares(p):
    return np.sum(p.w * p.w)


@pytest.mark.parametrize(
    "constants", [(1, True, 1.0, np.float32(1), np.float64(1)), ((1, 0.0), (True, 0.0), (1.0, -0.0)),
                  (frozenset({1}), frozenset({1.0})), (Inner(0.0), Inner(-0.0), Inner(0)), ("1", b"1")]
)  # fmt: skip
def test_each_comes_back_as_itself(constants: tuple[Any, ...]) -> None:
    for constant in (*constants, *constants):
        assert repr(run(wg.grad(squares), Signed(W, constant)).sign) == repr(constant)


def test_what_means_the_same_is_one_kind() -> None:
    for one, other in ((math.nan, float("nan")), ((1.0, math.nan), (1.0, float("nan"))), (Inner(1.0, "a"), Inner(1.0, "a"))):
        assert type(packed(Signed(W, one))) is type(packed(Signed(W, other)))


def test_constants_that_cannot_be_hashed_are_refused() -> None:
    @dataclass
    class Open:
        shift: float

    for constant in ([1.0], (1.0, [2.0]), Open(1.0)):
        with pytest.raises(TypeError, match="a field of a Signed that is no part of its structure must be hashable"):
            packed(Signed(W, constant))


def first_of(p):
    return np.sum(p[1] * p[1])


def test_keys_of_dicts() -> None:
    for key in (1, True, 1.0, np.float64(1.0)):
        (found,) = run(wg.grad(first_of), {key: W})
        assert repr(found) == repr(key)
