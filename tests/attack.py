"""Random programs against oracles, as generated Python: `attack_programs` writes the programs, test_attack runs some.

Forward mode against differences, reverse mode against forward mode, with and without replay; of every third program
also the Hessian-vector product against differences of the gradient, and derivatives with passes of `simplify` left out.
`python -m tests.attack FIRST LAST` runs a range of seeds.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import typeof

from tests import attack_programs, oracles
from tests.oracles import Function
from wengert.transform import pipeline
from wengert.transform.derive.reverse import reverse
from wengert.transform.interface import Packed

PASSES = ("merge", "propagate", "promote", "drop", "eliminate")
simplifying = importlib.import_module("wengert.transform.simplify")


def loaded(seed: int, folder: Path) -> Function:
    """The program of a seed, from a file of its own."""
    path = folder / f"attack_{seed}.py"
    path.write_text(attack_programs.source(seed))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function: Function = getattr(module, f"prog{seed}")
    return function


def python_of(packed: Packed) -> Function:
    """The generated function, uncompiled."""
    written = pipeline.write(packed, {})
    text = "\n".join("" if line.startswith("@njit") else line for line in written.text.split("\n"))
    namespace: dict[str, Any] = dict(written.injected)
    exec(compile(text, written.entry, "exec"), namespace)
    function: Function = namespace[written.entry]
    return function


def arguments() -> tuple[Any, ...]:
    rng = np.random.default_rng(5)
    return rng.normal(size=6) * 0.7, rng.normal(size=(3, 4)) * 0.6, 0.8


def is_regular(function: Function, args: tuple[Any, ...]) -> bool:
    """Does the program run, with a result of moderate size?"""
    try:
        value = oracles.flat(oracles.copied(function(*oracles.copied(args))))
    except (IndexError, ValueError, UnboundLocalError):
        return False
    return bool(np.isfinite(value).all() and np.linalg.norm(value) < 1e4)


def agrees(function: Function, args: tuple[Any, ...], v: Any, found: Any, bound: float = 1e-5) -> bool:
    """`found` is the derivative along v, by differences of one of several steps: a longer one may cross a branch."""
    numbers = oracles.flat(found)
    value = oracles.copied(function(*oracles.copied(args)))
    size = max(1e-2 * oracles.norm(value), float(np.linalg.norm(numbers)), 1e-2)
    steps = (4e-3, 1e-4, 1e-5)
    expected = (oracles.flat(oracles.directional_difference(function, args, v, step)) for step in steps)
    return any(bool(np.linalg.norm(numbers - e) <= bound * size) for e in expected)


class Attack:
    """One program, its arguments, and what is wrong with its derivatives."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed, self.function, self.args = seed, loaded(seed, folder), arguments()
        self.regular = is_regular(self.function, self.args)
        if self.regular:
            rng = np.random.default_rng(seed)
            self.value = oracles.copied(self.function(*oracles.copied(self.args)))
            self.v, self.u = oracles.random_like(self.args, rng), oracles.random_like(self.value, rng)

    def forward(self) -> Any:
        return python_of(pipeline.jacobian_vector(self.function, (typeof(self.args), typeof(self.v))))(self.args, self.v)

    def reverse(self) -> Any:
        return python_of(pipeline.vector_jacobian(self.function, (typeof(self.args), typeof(self.u))))(self.args, self.u)

    def modes(self) -> Iterator[str]:
        y, jv = self.forward()
        values = [y]
        for replay in (True, False):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(pipeline, "reverse", partial(reverse, replay=replay))
                y, jtu = self.reverse()
            values.append(y)
            if oracles.dot_product_gap(self.u, jv, jtu, self.v) > 1e-10:
                yield f"reverse, replay={replay}"
        if any(oracles.relative_gap(y, self.value, 1.0) > 1e-10 for y in values):
            yield "value"
        if oracles.relative_gap(self.args, arguments()) != 0.0:
            yield "arguments written"
        if not agrees(self.function, self.args, self.v, jv):
            yield "forward"

    def second_order(self) -> Iterator[str]:
        if not isinstance(self.value, float):
            return
        x, *rest = self.args
        v = self.v[0] / np.linalg.norm(self.v[0])
        types = typeof(self.args)
        gradient = python_of(pipeline.gradient(self.function, tuple(types), 0, False))
        product = python_of(pipeline.hessian_vector(self.function, (types[0], typeof(v), *types[1:]), 0))(x, v, *rest)
        if not agrees(gradient, self.args, (v, None, None), product, 1e-4):
            yield "hvp"

    def passes(self) -> Iterator[str]:
        """Without all passes and without one, drawn by the seed."""
        expected = self.reverse()
        for without in (PASSES, (PASSES[self.seed // 3 % len(PASSES)],)):
            with pytest.MonkeyPatch.context() as patch:
                for name in PASSES:
                    if name in without:
                        patch.setattr(simplifying, name, lambda function: function)
                if oracles.relative_gap(self.reverse(), expected, 1.0) > 1e-10:
                    yield f"without {without}"


def defects(seed: int, folder: Path, thorough: bool) -> list[str]:
    """What is wrong with the derivatives of one program; `thorough`: of second order, and without passes, too."""
    with np.errstate(all="ignore"):
        attack = Attack(seed, folder)
        if not attack.regular:
            return []
        found = list(attack.modes())
        if thorough:
            found += [*attack.second_order(), *attack.passes()]
    return [f"{seed}: {defect}" for defect in found]


if __name__ == "__main__":
    for seed in range(int(sys.argv[1]), int(sys.argv[2])):
        try:
            for defect in defects(seed, Path(tempfile.mkdtemp()), seed % 6 == 0):
                print(defect, flush=True)
        except Exception as error:
            print(f"{seed}: {type(error).__name__}: {error}", flush=True)
