"""Programs that are refused, each with its whole message.

A file in refusals/ is a program that defines f, a line `--- f(arguments)`, and the message, in which the program is
called demo.py.
"""
from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import wengert as wg
from wengert import TransformError

CASES = sorted((Path(__file__).parent / "refusals").glob("*.txt"))


def refuse(function: Callable[..., object], *args: object) -> str:
    """The message with which the function is refused."""
    with pytest.raises(TransformError) as caught:
        wg.grad(function)(*args)
    return str(caught.value)


def load(folder: Path, text: str) -> ModuleType:
    path = folder / "demo.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("demo", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_message(case: Path, tmp_path: Path) -> None:
    program, rest = case.read_text(encoding="utf-8").split("\n--- ")
    call, expected = rest.split("\n", 1)
    module = load(tmp_path, program + "\n")
    namespace = vars(module) | {"refuse": refuse, "np": np}
    message = eval(call.replace("f(", "refuse(f, ", 1), namespace)
    assert message.replace(str(tmp_path / "demo.py"), "demo.py") == expected.rstrip("\n")


def test_there_are_enough() -> None:
    assert len(CASES) >= 60
