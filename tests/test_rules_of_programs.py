"""Every program of the corpus under a rule that is its own derivative, and run again: nothing changes.

`bwd` is the program's `vjp`, the rule for forward mode its `jvp`; both modes of both, and of its checkpoint, are those of the
program, so each transpose meets whatever the corpus has.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests import oracles
from tests.programs import PROGRAMS, Program
from tests.semantics.agreement import run

TEXT = """
import wengert as wg

kept = wg.checkpoint(f)


def again({args}):
    return kept({args})


@wg.custom_vjp
def backwards({args}):
    return f({copies})


def fwd({args}):
    return backwards({args}), ({args},)


def bwd(residuals, y_bar):
    {args}, = residuals
    return wg.vjp(f)(({copies},), y_bar)[1]


backwards.defvjp(fwd, bwd)


@wg.custom_jvp
def forwards({args}):
    return f({copies})


@forwards.defjvp
def rule(primals, tangents):
    return wg.jvp(f)(primals, tangents)
"""
WRITTEN = {"buffers_in_a_tuple", "layers_of_namedtuples", "nested_tuples"}
"""Programs that write into arrays in their tuples, which no rule may."""


def copy_of(name: str, arg: Any) -> str:
    """Of an array one that lies as it does: what `copy()` gives lies by rows, and parts of it may be views that were none."""
    if not isinstance(arg, np.ndarray):
        return name
    return f"{name}.copy()" if arg.flags.c_contiguous else f"{name}.T.copy().T"


def module(program: Program, args: tuple[Any, ...], folder: Path) -> ModuleType:
    """Functions of as many arguments; arrays that the program may write to are copied."""
    names = [f"a{k}" for k in range(len(args))]
    copies = [copy_of(name, arg) for name, arg in zip(names, args, strict=True)]
    path = folder / f"rules_of_{program.name}.py"
    path.write_text(TEXT.format(args=", ".join(names), copies=", ".join(copies)))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    vars(made)["f"] = program.function
    spec.loader.exec_module(made)
    return made


CASES = [
    pytest.param(program, id=program.name, marks=[pytest.mark.full] if number % 120 or number > 200 else [])
    for number, program in enumerate(p for p in PROGRAMS if not p.needs_numba and p.outputs in ("scalar", "array"))
]


@pytest.mark.parametrize("program", CASES)
def test_a_rule_that_is_the_derivative(program: Program, tmp_path: Path) -> None:
    args = program.args()
    ruled = module(program, args, tmp_path)
    rng = np.random.default_rng(0)
    dots = tuple(oracles.random_like(arg, rng) for arg in args)
    y, y_dot = run(wg.jvp(program.function), oracles.copied(args), dots)
    y_bar = oracles.random_like(oracles.copied(y), rng)
    given = {wg.jvp: dots, wg.vjp: y_bar}
    right = {wg.jvp: y_dot, wg.vjp: run(wg.vjp(program.function), oracles.copied(args), y_bar)[1]}
    for name in ("again", "backwards", "forwards"):
        for transform in (wg.jvp, wg.vjp):
            try:
                value, found = run(transform(getattr(ruled, name)), oracles.copied(args), given[transform])
            except wg.UnsupportedError as error:
                assert name != "again" and "writes into" in str(error) and program.name in WRITTEN
                continue
            assert oracles.relative_gap(value, y) <= (1e-6 if program.single else 1e-13)
            assert oracles.relative_gap(found, right[transform], scale=1e-6) <= (1e-4 if program.single else 1e-9)
