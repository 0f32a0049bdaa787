"""What is called as it is gives memory of its own: no result shares memory with an argument, however that one lies.

The Wengert list knows no views of such a result (`transform/rules/inactive.py`); this is the guard.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from numba import njit
from numba.core.errors import NumbaError

from tests.transform.rules.constants import CONSTANTS
from wengert.transform.rules import RULES

Layout = Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]


_A, _B, _NONE = "np.arange(4.0)", "np.array([1.0, 3.0])", "np.zeros(0)"
EDGES = {
    "np.delete": f"np.delete({_A}, np.arange(0))", "np.extract": f"np.extract({_A} > -1.0, {_A})",
    "np.union1d": f"np.union1d({_A}, {_NONE})", "np.setdiff1d": f"np.setdiff1d({_A}, {_NONE}, True)",
    "np.setxor1d": f"np.setxor1d({_A}, {_NONE}, True)", "np.intersect1d": f"np.intersect1d({_A}, {_A}, True)",
    "np.isreal": f"np.isreal({_A})", "np.isposinf": f"np.isposinf({_A})", "np.isin": f"np.isin({_A}, {_NONE})",
    "np.quantile": f"np.quantile({_A}, {_B} / 4.0)", "np.percentile": f"np.percentile({_A}, {_B})",
    "np.gcd": "np.gcd(np.arange(4), 0)", "np.cov": f"np.cov({_A})", "np.diagflat": "np.diagflat(np.ones((1, 1)))",
    "np.partition": "np.partition(np.ones((2, 2)), 0)", "np.sort": "np.sort(np.ones((2, 2)))",
    "np.linalg.solve": "np.linalg.solve(np.eye(2), np.eye(2))", "np.linalg.svd": "np.linalg.svd(np.ones((2, 3)), False)",
}  # fmt: skip
"""Where there is nothing to do, a function may be tempted to hand back what it was given."""
SAMPLES = [pytest.param(text, id=key) for key, text in CONSTANTS.items()]
SAMPLES += [pytest.param(text, id=f"{key} at an edge") for key, text in EDGES.items()]


def strided(a):
    wide = np.repeat(a, 2, axis=-1)
    return wide[..., ::2]


LAYOUTS: dict[str, Layout] = {
    "C": np.ascontiguousarray, "F": np.asfortranarray, "strided": strided, "reversed": lambda a: a[::-1].copy()[::-1],
    "one row": lambda a: a[:1], "float32": lambda a: np.float32(a), "whole": lambda a: a.astype(np.int64),
}  # fmt: skip
"""All of them keep the values, but for the length and the precision."""


def parts(text: str) -> tuple[Any, list[Any]]:
    """The function that a sample calls, and its arguments."""
    call = next(node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and ast.unparse(node.func) in CONSTANTS)
    space = {"np": np, "math": __import__("math")}
    return eval(ast.unparse(call.func), space), [eval(ast.unparse(arg), space) for arg in call.args]


def given(text: str, mixed: bool) -> Iterator[list[Any]]:
    """The arguments of a sample in each layout; `mixed`: two arrays in two layouts, too."""
    _, args = parts(text)
    arrays = [k for k, arg in enumerate(args) if isinstance(arg, np.ndarray)]
    for chosen in product(LAYOUTS.values(), repeat=2) if mixed else ((layout, layout) for layout in LAYOUTS.values()):
        by_place = dict(zip(arrays, chosen, strict=False))
        yield [by_place[k](arg) if k in by_place and keeps(arg) else arg for k, arg in enumerate(args)]


def keeps(arg: np.ndarray[Any, Any]) -> bool:
    """Masks and indices stay what they are."""
    return arg.dtype.kind == "f"


def shared(function: Callable[..., Any], args: list[Any]) -> bool | None:
    """Whether a result lies in an argument or in another result; None where the function does not take such arguments."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = function(*args)
        except (NumbaError, RuntimeError, ValueError, TypeError, IndexError, ZeroDivisionError):
            return None
    results = [part for part in (found if isinstance(found, tuple) else (found,)) if isinstance(part, np.ndarray)]
    inputs = [arg for arg in args if isinstance(arg, np.ndarray)]
    pairs = [*product(results, inputs), *((a, b) for k, a in enumerate(results) for b in results[k + 1 :])]
    return any(np.shares_memory(a, b) for a, b in pairs)


def test_every_function_is_tried() -> None:
    opaque = {key for key, rule in RULES.items() if rule.opaque and not rule.effect}
    assert opaque - {"np.arange", "np.linspace"} <= CONSTANTS.keys()


@pytest.mark.full
@pytest.mark.parametrize("text", SAMPLES)
def test_results_are_memory_of_their_own(text: str) -> None:
    function, _ = parts(text)
    answers = [shared(function, args) for args in given(text, mixed=True)]
    assert True not in answers
    assert False in answers


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize("text", SAMPLES)
def test_results_of_numba_are_memory_of_their_own(text: str) -> None:
    function, args = parts(text)
    names = [f"a{k}" for k in range(len(args))]
    values = [name if isinstance(arg, np.ndarray) else repr(arg) for name, arg in zip(names, args, strict=True)]
    compiled = njit(eval(f"lambda {', '.join(names)}: function({', '.join(values)})", {"function": function}))
    answers = [shared(compiled, args) for args in given(text, mixed=False)]
    assert True not in answers
    assert False in answers


def test_what_lies_in_an_argument_is_found() -> None:
    assert shared(np.asarray, [np.ones(3)]) and shared(np.ravel, [np.ones((2, 2))]) and not shared(np.sort, [np.ones(3)])
