"""No gradient outlives what it was made from: numbers, arrays, closures, callees, defaults, options.

Every function of `MODEL` is c·x², with c = 2 from somewhere outside the function; so its gradient at 1 is 2c.
"""

from __future__ import annotations

import importlib.util
import linecache
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numba.core import config

import wengert as wg
from tests.runtime.generators import run_python

compiled = pytest.mark.compiled

MODEL = """
import numpy as np
from numba import njit
import callee

RATE = 2.0
TABLE = np.array([1.0, 2.0, 1.0])
LARGE = np.full(50, 2.0)

def by_number(x):
    return RATE * x * x

def by_array(x):
    return TABLE[1] * x * x

def by_large_array(x):
    return LARGE[30] * x * x

def made(c):
    def inner(x):
        return c * x * x
    return inner

by_closure = made(2.0)

def scaled(x):
    return 2.0 * x

def by_callee(x):
    return scaled(x) * x

@njit
def scaled_jitted(x):
    return 2.0 * x

def by_jitted_callee(x):
    return scaled_jitted(x) * x

def between(x):
    return RATE * x

def by_callees_number(x):
    return between(x) * x

def by_module(x):
    return callee.apart(x) * x

def by_default(x, c=2.0):
    return c * x * x

def by_text(x):
    return 2.0 * x * x
"""

CALLEE = """
def apart(x):
    return 2.0 * x
"""

NAMES = [
    "by_number", "by_array", "by_large_array", "by_closure", "by_callee", "by_jitted_callee", "by_callees_number",
    "by_module", "by_default", "by_text",
]  # fmt: skip


def edited(text: str) -> str:
    """The same with c = 3, line by line."""
    return text.replace("2.0", "3.0")


def load(folder: Path, name: str, text: str) -> ModuleType:
    """A module from a file of that text, entered in sys.modules."""
    path = folder / f"{name}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    exec(compile(text, str(path), "exec"), module.__dict__)
    return module


# ---- in one process -------------------------------------------------------------------------------------------


def _element(name: str) -> Callable[[ModuleType, ModuleType], None]:
    def change(model: ModuleType, other: ModuleType) -> None:
        getattr(model, name)[:] = 3.0

    return change


def _attribute(name: str, source: str = "") -> Callable[[ModuleType, ModuleType], None]:
    def change(model: ModuleType, other: ModuleType) -> None:
        setattr(model, name, getattr(other, source or name))

    return change


def _callee(model: ModuleType, other: ModuleType) -> None:
    model.callee = ModuleType("callee")
    model.callee.apart = other.scaled


def _cell(model: ModuleType, other: ModuleType) -> None:
    model.by_closure.__closure__[0].cell_contents = 3.0


def _default(model: ModuleType, other: ModuleType) -> None:
    model.by_default.__defaults__ = (3.0,)


CHANGES = [
    ("by_number", _attribute("RATE")),
    ("by_array", _attribute("TABLE")),
    ("by_array", _element("TABLE")),
    ("by_large_array", _attribute("LARGE")),
    ("by_large_array", _element("LARGE")),
    ("by_closure", _cell),
    ("by_closure", _attribute("by_closure")),
    ("by_callee", _attribute("scaled")),
    ("by_callee", _attribute("scaled", "scaled_jitted")),
    ("by_jitted_callee", _attribute("scaled_jitted")),
    ("by_callees_number", _attribute("RATE")),
    ("by_module", _callee),
    ("by_default", _default),
    ("by_text", _attribute("by_text")),
]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ModuleType, ModuleType]:
    """The module with c = 2, and another one with c = 3."""
    for name in ("callee", "model", "other_model"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    load(tmp_path, "callee", CALLEE)
    return load(tmp_path, "model", MODEL), load(tmp_path, "other_model", edited(MODEL))


@compiled
def test_a_new_transform_sees_what_changed(models: tuple[ModuleType, ModuleType]) -> None:
    """All changes at once: every function reads a thing of its own."""
    model, other = models
    before = {name: wg.grad(getattr(model, name)) for name in NAMES}
    assert {name: gradient(1.0) for name, gradient in before.items()} == dict.fromkeys(NAMES, 4.0)
    model.LARGE[:] = 3.0
    model.TABLE[1] = 3.0
    _cell(model, other)
    _callee(model, other)
    _default(model, other)
    for name in ("scaled", "scaled_jitted", "by_text", "RATE"):
        _attribute(name)(model, other)
    after = {name: wg.grad(getattr(model, name))(1.0) for name in NAMES}
    assert after == dict.fromkeys(NAMES, 6.0)
    # as Numba does it: what was compiled stays as it was
    assert {name: gradient(1.0) for name, gradient in before.items()} == dict.fromkeys(NAMES, 4.0)


@pytest.mark.parametrize(("name", "change"), CHANGES, ids=lambda value: value if isinstance(value, str) else "")
def test_the_source_is_made_anew(
    name: str, change: Callable[[ModuleType, ModuleType], None], models: tuple[ModuleType, ModuleType]
) -> None:
    """Change by change, and at order two; what has not changed is found again."""
    model, other = models
    for make, args, factor in ((wg.grad, (1.0,), 2.0), (wg.hvp, (1.0, 0.5), 1.0)):
        run = make(getattr(model, name)).python_for(*args)
        assert make(getattr(model, name)).python_for(*args).__code__ is run.__code__
        assert run(*args, *((2.0,) if name == "by_default" else ())) == 2.0 * factor
    change(model, other)
    for make, args, factor in ((wg.grad, (1.0,), 2.0), (wg.hvp, (1.0, 0.5), 1.0)):
        run = make(getattr(model, name)).python_for(*args)
        assert run(*args, *((3.0,) if name == "by_default" else ())) == 3.0 * factor


def test_options_count(models: tuple[ModuleType, ModuleType]) -> None:
    model, _ = models
    texts = [wg.grad(model.by_text, **options).source_for(1.0) for options in ({}, {"fastmath": True}, {"nogil": True})]
    assert len(set(texts)) == 3
    assert "fastmath={" in texts[1] and "nogil=True" in texts[2]


@compiled
def test_a_new_cell_in_a_notebook() -> None:
    """A callee that a later cell defines again, at the same line of another cell."""
    namespace: dict[str, Any] = {"__name__": "__main__"}

    def cell(number: int, text: str) -> None:
        name = f"<ipython-input-{number}-stale>"
        linecache.cache[name] = (len(text), None, text.splitlines(True), name)
        exec(compile(text, name, "exec"), namespace)

    cell(1, "def scaled(x):\n    return 2.0 * x\n")
    cell(2, "def by_callee(x):\n    return scaled(x) * x\n")
    assert wg.grad(namespace["by_callee"])(1.0) == 4.0
    cell(3, "def scaled(x):\n    return 3.0 * x\n")
    assert wg.grad(namespace["by_callee"])(1.0) == 6.0


# ---- callers that Numba keeps ----------------------------------------------------------------------------------

KEPT = """
import wengert as wg
from numba import cfunc, njit

def cube(x):
    return x * x * x

slope = wg.grad(cube)

@njit(cache=True)
def kept(x):
    return slope(x) + slope(x)

@njit
def fresh(x):
    return slope(x)

@njit
def between(x):
    return slope(x)

@njit(cache=True)
def outer(x):
    return between(x)

def compiled_for_c():
    @cfunc("float64(float64)", cache=True)
    def for_c(x):
        return slope(x)
    return for_c
"""


@compiled
def test_a_caller_that_numba_keeps_is_warned_about_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "numba"))
    monkeypatch.delitem(sys.modules, "kept_callers", raising=False)
    module = load(tmp_path, "kept_callers", KEPT)

    def warned(call: Callable[[], Any]) -> list[str]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call()
        assert all(Path(w.filename).name == "kept_callers.py" for w in caught)
        return [str(w.message) for w in caught if w.category is UserWarning]

    assert warned(lambda: module.fresh(2.0)) == []
    (text,) = warned(lambda: module.kept(2.0))
    assert text == (
        "`kept` has cache=True and calls the derivative `cube_grad`: Numba keeps the machine code of both until "
        "kept_callers.py changes, even where the function that was differentiated changes elsewhere. Leave out "
        "cache=True here: the derivative has a cache of its own"
    )
    assert warned(lambda: module.kept(np.float32(2.0))) == []
    assert module.kept(2.0) == 24.0
    assert [w.split("`")[1] for w in warned(lambda: module.outer(2.0))] == ["outer"]
    assert [w.split("`")[1] for w in warned(module.compiled_for_c)] == ["for_c"]


# ---- between processes ----------------------------------------------------------------------------------------

CALLER = """
from numba import njit
import wengert as wg
import model

gradient = wg.grad(model.by_number)

@njit(cache=True)
def caller(x):
    return gradient(x)
"""

PRINT = """
import sys
sys.path.insert(0, sys.argv[1])
import caller
import model
import wengert as wg

found = {name: wg.grad(getattr(model, name)) for name in sys.argv[2].split(",")}
print(*(gradient(1.0) for gradient in found.values()))
print(*(sum(gradient.stats.cache_hits.values()) for gradient in found.values()))
print(caller.caller(1.0))
"""


@compiled
def test_between_processes(tmp_path: Path) -> None:
    """The modules are rewritten under the same names, then written back: new values, then the files of the first run.

    A user's own `@njit(cache=True)` caller is kept by Numba as long as its own file stays the same: it has been warned about.
    """
    (tmp_path / "caller.py").write_text(CALLER)

    def run(change: Callable[[str], str]) -> list[list[str]]:
        (tmp_path / "model.py").write_text(change(MODEL))
        (tmp_path / "callee.py").write_text(change(CALLEE))
        # Python itself would take a .pyc for current whose source has the same size and was written in the same second
        arguments = (str(tmp_path), ",".join(NAMES))
        printed = run_python(PRINT, tmp_path / "cache", *arguments, PYTHONDONTWRITEBYTECODE="1")
        return [line.split() for line in printed.splitlines()]

    cold, changed, back = run(str), run(edited), run(str)
    count = len(NAMES)
    assert cold == [["4.0"] * count, ["0"] * count, ["4.0"]]
    assert changed == [["6.0"] * count, ["0"] * count, ["4.0"]]
    assert back == [["4.0"] * count, ["1"] * count, ["4.0"]]
