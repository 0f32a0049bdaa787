"""Random programs: forward mode against differences, reverse mode against forward mode, with and without replay.

As generated Python, without the compiler; `attack.py` writes the programs.
"""

from __future__ import annotations

import importlib.util
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import typeof

from tests import attack, oracles
from tests.oracles import Function
from wengert.transform import pipeline
from wengert.transform.derive.reverse import reverse
from wengert.transform.interface import Packed

PROGRAMS = 100
BATCH = 10


def loaded(seed: int, folder: Path) -> Function:
    """The program of a seed, from a file of its own."""
    path = folder / f"attack_{seed}.py"
    path.write_text(attack.source(seed))
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


def agrees_with_differences(function: Function, args: tuple[Any, ...], v: Any, jv: Any) -> bool:
    """For one of several steps: a longer one may cross a branch."""
    found = oracles.flat(jv)
    size = max(1e-2 * oracles.norm(oracles.copied(function(*oracles.copied(args)))), float(np.linalg.norm(found)), 1e-2)
    steps = (4e-3, 1e-4, 1e-5)
    expected = (oracles.flat(oracles.directional_difference(function, args, v, step)) for step in steps)
    return any(bool(np.linalg.norm(found - e) <= 1e-5 * size) for e in expected)


@pytest.mark.filterwarnings("ignore:.*faster on contiguous")
@pytest.mark.parametrize("batch", range(PROGRAMS // BATCH))
def test_random_programs(batch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = []
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        function, args = loaded(seed, tmp_path), arguments()
        with np.errstate(all="ignore"):
            if not is_regular(function, args):
                continue
            rng = np.random.default_rng(seed)
            value = oracles.copied(function(*oracles.copied(args)))
            v, u = oracles.random_like(args, rng), oracles.random_like(value, rng)
            forward = python_of(pipeline.jacobian_vector(function, (typeof(args), typeof(v))))
            y, jv = forward(args, v)
            results = [y]
            gaps = []
            for replay in (True, False):
                monkeypatch.setattr(pipeline, "reverse", partial(reverse, replay=replay))
                y, jtu = python_of(pipeline.vector_jacobian(function, (typeof(args), typeof(u))))(args, u)
                results.append(y)
                gaps.append(oracles.dot_product_gap(u, jv, jtu, v))
            monkeypatch.undo()
            right = max(gaps) <= 1e-10 and all(oracles.relative_gap(y, value, 1.0) <= 1e-10 for y in results)
            unwritten = oracles.relative_gap(args, arguments()) == 0.0
            if not (right and unwritten and agrees_with_differences(function, args, v, jv)):
                wrong.append(seed)
    assert wrong == []
