"""Captured values: all as they were, each under a name of its own; small arrays stand in the text, large ones beside it."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.runtime.generators import run_python
from tests.semantics.agreement import agrees
from wengert.runtime import cache

compiled = pytest.mark.compiled

SMALL = np.array([0.1, 2.0, -1e-300])
SINGLE = np.array([0.1, 1 / 3], dtype=np.float32)
WHOLE = np.array([[1, 2], [3, 4]], dtype=np.int32)
FLAGS = np.array([True, False])
LARGE = np.sin(np.arange(60.0))
COLUMNS = np.asfortranarray(np.cos(np.arange(60.0)).reshape(6, 10))
STRIDED = np.arange(80.0)[::2]
HOLES = np.array([np.nan, np.inf, 3.0])


def of_small(x):
    total = SMALL[0] * x * x if FLAGS[0] else x
    return total + SINGLE[1] * x * x + WHOLE[1, 0] * x


def of_large(x):
    total = 0.0
    for i in range(LARGE.shape[0]):
        total += LARGE[i] * x * x
    return total + COLUMNS[2, 3] * x


def of_others(x):
    return STRIDED[3] * x * x + HOLES[2] * x


CASES = [
    (of_small, 0.1 * 4.0 + np.float32(1 / 3) * 4.0 + 3.0),
    (of_large, 4.0 * LARGE.sum() + COLUMNS[2, 3]),
    (of_others, 6.0 * 4.0 + 3.0),
]


# ---- values that have one name ------------------------------------------------------------------------------------

K = 2.0
Pair = namedtuple("Pair", "a b")
TABLES = (SMALL, np.array([0.5, 4.0]))
PAIR = Pair(SMALL, np.array([0.5, 4.0, 1.0]))


def here(x):
    return x * K


elsewhere = FunctionType(here.__code__, {"K": 5.0})     # as a function of another module, whose K is another one


def of_two_modules(x):
    return here(x) + x * elsewhere(x)


def scaled(k):
    return lambda x: np.sum(x * k)


by_two, by_three, by_one, by_other = scaled(2.0), scaled(3.0), scaled(PAIR.a), scaled(PAIR.b)


def of_one_factory(x):
    return by_two(x) * by_three(x)


def of_arrays_of_one_factory(x):
    return by_one(x) * by_other(x)


def with_one(x, w=PAIR.a):
    return np.sum(x * w)


def with_other(x, w=PAIR.b):
    return np.sum(x * w)


def of_defaults(x):
    return with_one(x) * with_other(x)


def of_a_tuple(x):
    return x * TABLES[1][0] + TABLES[0][2] * x * x


def of_a_namedtuple(x):
    a, b = PAIR
    return np.sum(a * x) * np.sum(b * x) * x


def over_a_tuple(x):
    s = 0.0
    for table in TABLES:
        s += np.sum(table) * x * x
    return s


def of_a_recursion(x, n=2):
    return x * PAIR[0][1] if n == 0 else of_a_recursion(x * PAIR[1][1], n - 1)


kept = wg.checkpoint(of_a_tuple)


def of_a_kept_call(x):
    return kept(x) * np.sum(x * TABLES[1])


SAME_NAMES = (of_two_modules, of_one_factory, of_arrays_of_one_factory, of_defaults, of_a_tuple, of_a_namedtuple, over_a_tuple,
              of_a_recursion, of_a_kept_call)  # fmt: skip


@pytest.mark.parametrize("function", SAME_NAMES)
def test_captured_values_of_one_name_are_kept_apart(function: Any) -> None:
    """One of them once stood for both."""
    agrees(function, 0.7)


def test_a_kept_function_that_is_called_from_python() -> None:
    assert kept.python_for(0.7)(0.7) == of_a_tuple(0.7)


@compiled
@pytest.mark.parametrize(("function", "expected"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_the_gradient(function: Any, expected: float) -> None:
    gradient = wg.grad(function)
    assert gradient(2.0) == pytest.approx(expected, rel=1e-14)
    assert gradient.python_for(2.0)(2.0) == pytest.approx(expected, rel=1e-7)  # a float32 times a float, in CPython


def test_small_arrays_are_written_out() -> None:
    run = wg.grad(of_small).python_for(2.0)
    text = Path(run.__code__.co_filename).read_text()
    assert "SINGLE = np.array([0.10000000149011612, 0.3333333432674408], dtype=np.float32)" in text
    for name, value in (("SMALL", SMALL), ("SINGLE", SINGLE), ("WHOLE", WHOLE), ("FLAGS", FLAGS)):
        found = run.__globals__[name]
        assert found is not value
        assert (found.tobytes(), found.dtype, found.shape) == (value.tobytes(), value.dtype, value.shape)


def test_large_arrays_lie_beside_the_file() -> None:
    gradient = wg.grad(of_large)
    text = gradient.source_for(2.0)
    assert "LARGE is a captured array of shape (60,), which this file is given" in text
    assert "LARGE =" not in text
    path = Path(gradient.python_for(2.0).__code__.co_filename)
    assert path.parent == cache.folder()
    stored = cache.load(path.stem)
    assert stored is not None
    assert sorted(stored.arrays) == ["COLUMNS", "LARGE"]
    for name, value in (("LARGE", LARGE), ("COLUMNS", COLUMNS)):
        assert stored.arrays[name].tobytes(order="A") == value.tobytes(order="A")
        assert stored.arrays[name].flags.f_contiguous == value.flags.f_contiguous


WARM = """
import sys
from wengert.transform import pipeline

if sys.argv[1] == "warm":
    pipeline.wengert_list = None

import wengert as wg
from tests import test_captures

for function, expected in test_captures.CASES[:2]:            # (an array with gaps is read where it is, in each process)
    gradient = wg.grad(function)
    print(gradient(2.0).hex(), sum(gradient.stats.cache_hits.values()))
"""


@compiled
def test_a_warm_second_process(tmp_path: Path) -> None:
    cold = [line.split() for line in run_python(WARM, tmp_path, "cold").splitlines()]
    warm = [line.split() for line in run_python(WARM, tmp_path, "warm").splitlines()]
    assert [line[0] for line in cold] == [line[0] for line in warm]
    assert [line[1] for line in cold] == ["0", "0"]
    assert [line[1] for line in warm] == ["1", "1"]


WRITTEN = """
import sys
from tests import test_captures
import wengert as wg

gradient = wg.grad(test_captures.of_large)
gradient.source_for(2.0)
if sys.argv[1] == "write":
    test_captures.LARGE[:] = 0.0
print(gradient(2.0).hex())
"""


@compiled
def test_writing_to_a_captured_array_before_the_first_call(tmp_path: Path) -> None:
    """What is compiled is what the file's key says, or the next process would get the other array's gradient."""
    run_python(WRITTEN, tmp_path, "write")
    expected = run_python(WRITTEN, tmp_path / "fresh", "leave")
    assert run_python(WRITTEN, tmp_path, "leave") == expected
