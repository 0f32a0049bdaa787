from __future__ import annotations

import importlib.util
import math
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numba import njit

from wengert.transform.errors import UnsupportedError
from wengert.transform.reading.fingerprint import fingerprint

TEXT = """\
import math
import numpy as np
import numpy
import constants
from collections import namedtuple

Pair = namedtuple("Pair", "a b")
SCALE = 2.0
UNRELATED = 1
TABLE = np.arange(4.0)
PAIR = Pair(1.0, 2)

def leaf(x):
    return x * SCALE

def even(x, n):
    return x if n == 0 else odd(x, n - 1)

def odd(x, n):
    return even(leaf(x), n)

def make(k):
    def inner(x):
        return x * k
    return inner

inner = make(3.0)

def f(x, power=2, *, shift=(1.0, None)):
    y = np.exp(x) + numpy.linalg.norm(TABLE) + constants.G + constants.nested.H + PAIR.a
    for SCALE in range(3):
        y += math.sin(y) ** power
    return even(y, 3) + inner(x) + abs(y)
"""


def load(folder: Path, text: str = TEXT, name: str = "model") -> ModuleType:
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    constants, nested = ModuleType("constants"), ModuleType("constants.nested")
    constants.__dict__.update(G=9.81, OTHER=1.0, nested=nested)
    nested.__dict__.update(H=1.0)
    monkeypatch.setitem(sys.modules, "constants", constants)
    monkeypatch.setitem(fingerprint.__globals__, "_CLASSES", {})
    return load(tmp_path)


def set_cell(model: ModuleType, value: float) -> None:
    model.inner.__closure__[0].cell_contents = value


CHANGES: dict[str, Callable[[Any], object]] = {
    "a global of a callee": lambda m: setattr(m, "SCALE", 2.5),
    "its type": lambda m: setattr(m, "SCALE", 2),
    "its precision": lambda m: setattr(m, "SCALE", np.float32(2.0)),
    "an element": lambda m: m.TABLE.__setitem__(0, 1e-300),
    "a dtype": lambda m: setattr(m, "TABLE", m.TABLE.astype(np.float32)),
    "a shape": lambda m: setattr(m, "TABLE", m.TABLE.reshape(2, 2)),
    "a layout": lambda m: setattr(m, "TABLE", np.repeat(m.TABLE, 2)[::2]),
    "a namedtuple": lambda m: setattr(m, "PAIR", m.Pair(1.5, 2)),
    "a method of a namedtuple": lambda m: setattr(m.Pair, "both", m.leaf),
    "a constant of a module": lambda m: setattr(m.constants, "G", 9.82),
    "a constant of a module in a module": lambda m: setattr(m.constants.nested, "H", 2.0),
    "a closure value of a callee": lambda m: set_cell(m, 4.0),
    "a callee": lambda m: setattr(m, "leaf", m.inner),
    "a builtin": lambda m: setattr(m, "abs", math.fabs),
    "a default": lambda m: setattr(m.f, "__defaults__", (3,)),
    "a keyword's default": lambda m: setattr(m.f, "__kwdefaults__", {"shift": (1.0, 2.0)}),
    "a name that is gone": lambda m: delattr(m, "SCALE"),
    "a callee's options": lambda m: setattr(m, "leaf", njit(fastmath=True)(m.leaf)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_seen(name: str, model: ModuleType) -> None:
    before = fingerprint(model.f)
    assert before is not None and before == fingerprint(model.f)
    CHANGES[name](model)
    after = fingerprint(model.f)
    assert after is not None and after != before


def test_options_of_callees_are_seen(model: ModuleType) -> None:
    leaf = model.leaf
    seen = set()
    for options in ({}, {"fastmath": True}, {"fastmath": {"nnan", "ninf"}}, {"error_model": "numpy"}):
        model.leaf = njit(**options)(leaf)
        seen.add(fingerprint(model.f))
    assert len(seen) == 4


def test_what_is_not_read_does_not_count(model: ModuleType) -> None:
    before = fingerprint(model.f), fingerprint(model.odd)
    model.UNRELATED = 2
    model.constants.OTHER = 2.0
    model.TABLE = model.TABLE.copy()
    assert (fingerprint(model.f), fingerprint(model.odd)) == before
    model.TABLE[0] = 7.0
    assert fingerprint(model.odd) == before[1]


def test_text_and_place_count(tmp_path: Path) -> None:
    texts = ["def f(x):\n    return x * 2.0\n", "def f(x):\n    return x * 2.00\n", "\ndef f(x):\n    return x * 2.0\n"]
    seen = {fingerprint(load(tmp_path, text, f"text{k}").f) for k, text in enumerate(texts)}
    (tmp_path / "moved").mkdir()
    seen.add(fingerprint(load(tmp_path / "moved", texts[0], "text0").f))
    assert len(seen) == 3  # the folder does not count


def test_the_same_in_another_process(model: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "constants.py").write_text("class nested: H = 1.0\nG = 9.81\n", encoding="utf-8")
    module = "import sys, types; sys.modules['constants'] = c = types.ModuleType('constants'); c.G = 9.81\n"
    module += "c.nested = types.ModuleType('constants.nested'); c.nested.H = 1.0\n"
    script = module + "import model\nfrom wengert.transform.reading.fingerprint import fingerprint\nprint(fingerprint(model.f))"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == fingerprint(model.f)


SETTINGS = {"rate": 0.1}
ANYTHING = object()
OBJECTS = np.array([None, 1])


def reads_a_dict(x: float) -> float:
    return x * SETTINGS["rate"]


def reads_an_object(x: float) -> Any:
    return ANYTHING, OBJECTS


def test_what_cannot_be_told_by_its_contents() -> None:
    assert fingerprint(reads_a_dict) is None
    assert fingerprint(reads_an_object) is None


class Derived:
    """A callable that knows better."""

    def __init__(self, text: str | None) -> None:
        self.text = text

    def __wengert_fingerprint__(self) -> str | None:
        return self.text


helper: Any = Derived("one")


def calls_derived(x: float) -> Any:
    return helper(x)


def test_an_object_may_bring_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    one = fingerprint(calls_derived)
    monkeypatch.setitem(globals(), "helper", Derived("two"))
    assert one is not None and fingerprint(calls_derived) not in (one, None)
    monkeypatch.setitem(globals(), "helper", Derived(None))
    assert fingerprint(calls_derived) is None and fingerprint(Derived("one")) is not None


def test_no_source_is_refused() -> None:
    with pytest.raises(UnsupportedError):
        fingerprint(math.sin)


def test_it_is_cheap(model: ModuleType) -> None:
    fingerprint(model.leaf)
    times = []
    for _ in range(20):
        start = time.perf_counter()
        fingerprint(model.leaf)
        times.append(time.perf_counter() - start)
    assert min(times) < 1e-3
