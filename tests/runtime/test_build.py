"""From types to an imported module: generated once, found again, seen by tracebacks and debuggers."""

from __future__ import annotations

import inspect
import linecache
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numba import njit, types
from numba.core.dispatcher import Dispatcher

from tests.runtime.generators import HEADER, RefusedError, TextGenerator, cube_generator, relax_generator
from wengert.runtime import build as build_module
from wengert.runtime.build import ArgTypes, Built, Generated, build

FLOAT = (types.float64,)


def a_fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what this process built, so that only the disk remembers."""
    monkeypatch.setattr(build_module, "_built", {})


def test_the_module_is_a_file_named_after_the_function(folder: Path) -> None:
    generator = cube_generator()
    built = build(generator, FLOAT)
    assert built.path.parent == folder
    assert built.path.name.startswith("cube_grad_")
    assert built.text == generator.text
    assert isinstance(built.function, Dispatcher)
    assert sys.modules[built.function.py_func.__module__].__file__ == str(built.path)


def test_a_name_that_is_no_identifier_still_names_a_file(folder: Path) -> None:
    generator = cube_generator(stem="<lambda>/../ü" + 300 * "x")
    path = build(generator, FLOAT).path
    assert path.parent == folder
    assert path.name.startswith("_lambda______xxx") and len(path.name) < 100


def test_one_key_is_generated_once() -> None:
    generator, twin = cube_generator(), cube_generator()
    first = build(generator, FLOAT)
    assert build(generator, FLOAT) is build(twin, FLOAT) is first
    assert (generator.calls, twin.calls) == ([FLOAT], [])
    assert build(generator, (types.float32,)) is not first
    assert generator.calls == [FLOAT, (types.float32,)]


def test_threads_that_come_at_once_generate_once() -> None:
    class Slow(TextGenerator):
        def generate(self, argtypes: ArgTypes) -> Generated:
            time.sleep(0.05)
            return super().generate(argtypes)

    generator = Slow("cube_grad", cube_generator().text)
    barrier = threading.Barrier(8)

    def ask(_: int) -> Built:
        barrier.wait()
        return build(generator, FLOAT)

    with ThreadPoolExecutor(8) as pool:
        assert len({id(built) for built in pool.map(ask, range(8))}) == 1
    assert len(generator.calls) == 1


def test_the_next_process_reads_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    captured = np.asfortranarray(np.arange(4.0).reshape(2, 2))
    text = HEADER + "def total(x):\n    return x * weights[0, 1]\n"
    generator = TextGenerator("total", text, {"weights": captured})
    first = build(generator, FLOAT)
    a_fresh_process(monkeypatch)
    second = build(generator, FLOAT)
    assert second is not first
    assert (second.path, second.text) == (first.path, first.text)
    assert second.python(2.0) == first.python(2.0) == 2.0
    assert len(generator.calls) == 1


@pytest.mark.parametrize("damage", [lambda content: content[:40], lambda content: b"x = 1\n" + content])
def test_a_damaged_file_is_generated_again(damage: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(damage)
    generator = cube_generator()
    path = build(generator, FLOAT).path
    content = path.read_bytes()
    path.write_bytes(damage(content))
    a_fresh_process(monkeypatch)
    assert build(generator, FLOAT).python(2.0) == 12.0
    assert len(generator.calls) == 2
    assert path.read_bytes() == content


def test_no_pyc_is_written_that_a_later_process_could_believe(folder: Path) -> None:
    build(cube_generator(), FLOAT)
    assert not list(folder.rglob("*.pyc"))


def test_injected_dispatchers_are_generated_in_every_process(monkeypatch: pytest.MonkeyPatch) -> None:
    @njit
    def helper(x: float) -> float:
        return x + 1.0

    generator = TextGenerator("calls", HEADER + "def calls(x):\n    return helper(x)\n", {"helper": helper})
    first = build(generator, FLOAT)
    assert first.python(1.0) == 2.0
    a_fresh_process(monkeypatch)
    assert build(generator, FLOAT).path == first.path
    assert len(generator.calls) == 2


def test_what_cannot_be_hashed_is_never_shared(folder: Path) -> None:
    generator = cube_generator(hashable=False)
    first, second = build(generator, FLOAT), build(generator, FLOAT)
    assert first.path != second.path
    assert folder not in first.path.parents
    assert first.python(2.0) == 12.0


def test_edited_helpers_and_another_python_give_another_file(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = cube_generator()
    paths = {build(generator, FLOAT).path}
    monkeypatch.setattr(build_module, "_RUNTIME", "edited")
    paths.add(build(generator, FLOAT).path)
    monkeypatch.setattr(build_module.sys, "version_info", (3, 99))
    paths.add(build(generator, FLOAT).path)
    assert len(paths) == 3


def test_errors_of_the_generator_pass_and_leave_nothing(folder: Path) -> None:
    error = RefusedError("line 3: no")
    with pytest.raises(RefusedError) as caught:
        build(cube_generator(failure=error), FLOAT)
    assert caught.value is error
    assert list(folder.glob("*.py")) == []


def test_a_broken_module_is_not_left_in_sys_modules() -> None:
    before = set(sys.modules)
    with pytest.raises(NameError, match="nowhere"):
        build(TextGenerator("broken", "x = nowhere\n"), FLOAT)
    with pytest.raises(AttributeError, match="broken"):
        build(TextGenerator("broken", "x = 1\n"), FLOAT)
    assert not [name for name in set(sys.modules) - before if "broken" in name]


def test_tracebacks_and_inspect_show_the_generated_lines() -> None:
    text = HEADER.replace("@njit", "# margin\n@njit") + "def fails(x):\n    return [x][3]  # the line\n"
    built = build(TextGenerator("fails", text), FLOAT)
    with pytest.raises(IndexError) as caught:
        built.python(1.0)
    frame = traceback.extract_tb(caught.tb)[-1]
    assert frame.filename == str(built.path)
    assert frame.line == "return [x][3]  # the line"
    assert linecache.getline(frame.filename, frame.lineno or 0).strip() == frame.line
    assert "the line" in inspect.getsource(built.python)


def test_a_text_without_a_last_line_break_is_the_same_text(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = cube_generator()
    generator.text = generator.text.rstrip("\n")
    first = build(generator, FLOAT)
    a_fresh_process(monkeypatch)
    assert build(generator, FLOAT).text == first.text == generator.text + "\n"


def test_plain_python_compiles_nothing() -> None:
    built = build(relax_generator(), (types.float64[::1], types.float64, types.int64))
    np.testing.assert_array_equal(built.python(np.ones(3), 2.0, 3), [6.0, 6.0, 6.0])
    module = sys.modules[built.function.py_func.__module__]
    assert not module.relax_grad.overloads and not module.fill.overloads
