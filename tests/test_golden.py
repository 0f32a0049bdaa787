"""Generated source against the files in golden/: the same bytes, and they compute the derivative.

After a change that is meant: `python -m tests.update_golden`, and the reason goes into the commit message.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
from inspect import getsourcelines, isfunction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests import golden_primals, oracles
from tests.golden_cases import CASES, FOLDER, Case
from wengert.runtime.interpret import interpreted

EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def imported(case: Case) -> Any:
    """The entry of a golden file as Python, imported by its path."""
    spec = importlib.util.spec_from_file_location(f"golden_{case.name}", case.path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return interpreted(getattr(module, case.name))


def expected(case: Case) -> Any:
    """The derivative by central differences, structured like the result (None: not compared)."""
    point = oracles.promoted(case.point)
    if case.transform == "jvp":
        tangent = oracles.directional_difference(case.function, point, oracles.promoted(case.direction()))
        return case.function(*oracles.copied(point)), tangent
    if case.transform == "hvp":
        assert case.argnums is not None
        gradient = wg.grad(case.function, case.argnums).python_for(*point)
        return oracles.directional_difference(gradient, point, case.direction())
    scalar, argnums = case.function, case.argnums
    if case.transform == "vjp":
        seed = oracles.promoted(case.seed())
        argnums = tuple(i for i, arg in enumerate(point) if oracles.is_float(arg))

        def scalar(*args: Any) -> float:
            return oracles.inner(seed, case.function(*args))

    assert argnums is not None
    found = oracles.difference_gradient(scalar, point, tuple(np.atleast_1d(argnums)))
    if case.transform == "grad":
        return found if isinstance(argnums, tuple) else found[0]
    value = case.function(*oracles.copied(point))
    if case.transform == "value_and_grad":
        return value, found if isinstance(argnums, tuple) else found[0]
    by_position = dict(zip(argnums, found, strict=True))
    return value, tuple(by_position.get(i) for i in range(len(point)))


@EACH
def test_bytes(case: Case) -> None:
    assert case.text() == case.path.read_bytes().decode()


@EACH
def test_the_file_computes_the_derivative(case: Case) -> None:
    entry, args = imported(case), case.args()
    result = entry(*args)
    np.testing.assert_array_equal(oracles.flat(args), oracles.flat(case.args()), "an argument was written to")
    again = case.transformed().python_for(*args)(*args)
    np.testing.assert_array_equal(oracles.flat(result), oracles.flat(again))
    by_differences = expected(case)
    assert shape_of(result) == shape_of(by_differences)
    single = any(getattr(arg, "dtype", None) == np.float32 for arg in case.point)
    assert oracles.relative_gap(result, by_differences) < (1e-5 if single else 1e-7)


def shape_of(result: Any) -> Any:
    """Tuples, Nones and shapes, without the numbers."""
    if isinstance(result, tuple):
        return tuple(map(shape_of, result))
    return None if result is None else np.shape(result)


@EACH
def test_header_imports_and_margin(case: Case) -> None:
    """The margin's numbers are lines of the primal, or of the helper that it calls."""
    text = case.path.read_text()
    place = f"golden_primals.py:{case.function.__code__.co_firstlineno}"
    assert f" of {case.function.__name__} ({place}) with respect to " in text.splitlines()[0]
    tree = ast.parse(text)
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules <= {"math", "numpy", "numba", "wengert.runtime"}
    helpers = [getattr(golden_primals, name, None) for name in case.function.__code__.co_names]
    lines = set(lines_of(case.function)).union(*(lines_of(helper) for helper in helpers if isfunction(helper)))
    margin = {int(number) for number in re.findall(r"  # (?:[a-z]+ )?(\d+)$", text, re.MULTILINE)}
    assert margin and margin <= lines


def lines_of(function: Any) -> range:
    lines, first = getsourcelines(function)
    return range(first, first + len(lines))


def test_single_precision_stays_single() -> None:
    (case,) = (case for case in CASES if case.function is golden_primals.single)
    _, (x_bar, k_bar) = imported(case)(*case.args())
    assert x_bar.dtype == np.float32
    assert np.asarray(k_bar).dtype == np.float32


def test_no_file_is_left_over() -> None:
    assert sorted(FOLDER.glob("*.py")) == sorted(case.path for case in CASES)


def test_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    """Another process with another seed of Python's hashes and an empty cache, against this one."""
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    variables = {**os.environ, "PYTHONHASHSEED": seed, "WENGERT_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "tests.update_golden", str(tmp_path / "made")]
    done = subprocess.run(command, cwd=FOLDER.parents[1], env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for case in CASES:
        assert (tmp_path / "made" / case.path.name).read_text() == case.text()
