from __future__ import annotations

import ast
import importlib.util
import linecache
import os
import subprocess
import sys
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

import wengert as wg
from wengert.transform.errors import UnsupportedError
from wengert.transform.reading.locate import locate

ORDINARY = '''\
from __future__ import annotations
import math
import os.path as path

if True:
    import numpy as np

def plain(x): return x

def documented(x: Missing, y: "also" = math.pi) -> Nowhere:
    """A docstring.
that is not indented"""
    z: float = 1.0
    return math.exp(x) + np.sin(y) * z + path.sep.count("/")

def decorate(*args):
    return lambda function: function

@decorate(
    1,
    lambda: 2,
)
@decorate()
def decorated(x, *, k=(1, 2.0, -0.0, None)):
    for i in range(10):
        x = x * 1.0 if i in {1, 2, 3} else x * 1
    return x

def outer(a):
    b = a * 2
    def middle(x):
        def inner(y):
            nonlocal b
            b += y
            return a * y + b
        return inner(x)
    return middle

nested = outer(3.0)

def comprehends(a):
    k = 2
    return sum([v * k for v in a]) + sum({v for v in a}) + sum(v ** k for v in a)

def tries(x):
    try:
        with open(x) as f:
            return f.read()
    except (OSError, ValueError):
        return None

short = lambda x, y=1: x + y; other = 1
class Box:
    kept = lambda self: 1
    def method(self):
        def __hidden(x):
            return self.__secret + x
        return __hidden

hidden = Box().method()
def f(x): return x + 1
first = f
def f(x): return x + 2
'''


def load(path: Path, text: str) -> ModuleType:
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    exec(compile(text, str(path), "exec"), vars(module))
    return module


def functions(module: ModuleType) -> dict[str, FunctionType]:
    return {name: value for name, value in vars(module).items() if isinstance(value, FunctionType)}


def test_ordinary_functions_pass(tmp_path: Path) -> None:
    module = load(tmp_path / "ordinary.py", ORDINARY)
    found = functions(module)
    assert len(found) == 12
    for name, function in found.items():
        text = locate(function)
        assert text.tree.name in (name, "middle", "__hidden", "f"), name
        assert text.lines[0] == ORDINARY.splitlines()[text.first - 1]
    assert locate(found["decorated"]).lines[0] == "@decorate("
    assert locate(found["documented"]).lines[2] == 'that is not indented"""'
    assert ast.unparse(locate(found["first"]).tree) == "def f(x):\n    return x + 1"


EDITS = {
    "a number": ("x + 1.0", "x + 2.0"),
    "a number's type": ("x + 1.0", "x + 1"),
    "a sign of zero": ("k = 0.0", "k = -0.0"),
    "an operator": ("x + 1.0", "x - 1.0"),
    "a name": ("math.exp", "math.log"),
    "a local's name": ("k = 0.0\n    return k", "q = 0.0\n    return q"),
    "inside a nested function": ("y * 3", "y * 4"),
    "a parameter": ("def f(x)", "def f(x, more=0)"),
    "lines above": ("import math\n", "import math\n\n\n"),
    "not Python any more": ("import math", "import math ("),
    "gone": ("def f(x)", "def g(x)"),
}
BEFORE = """\
import math

def f(x):
    def inner(y): return y * 3
    k = 0.0
    return k * math.exp(x + 1.0) + inner(x)
"""


@pytest.mark.parametrize("name", EDITS)
def test_text_that_was_edited_is_not_used(name: str, tmp_path: Path) -> None:
    path = tmp_path / "edited.py"
    module = load(path, BEFORE)
    old, new = EDITS[name]
    assert old in BEFORE
    path.write_text(BEFORE.replace(old, new), encoding="utf-8")
    with pytest.raises(UnsupportedError, match="the source of `f` is not what is running") as caught:
        locate(module.f)
    assert caught.value.loc is not None and caught.value.loc.file == str(path)


def test_a_copy_further_down_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "copied.py"
    module = load(path, BEFORE)
    path.write_text(BEFORE.replace("x + 1.0", "x + 2.0") + BEFORE, encoding="utf-8")
    with pytest.raises(UnsupportedError, match="is not what is running"):
        locate(module.f)


def test_edits_that_change_nothing_pass(tmp_path: Path) -> None:
    path = tmp_path / "same.py"
    module = load(path, BEFORE)
    path.write_text(BEFORE.replace("k = 0.0", "k   = 0.00   # zero") + "\nmore = 1\n", encoding="utf-8")
    assert "# zero" in locate(module.f).lines[2]


def test_verified_text_outlives_the_file(tmp_path: Path) -> None:
    path = tmp_path / "gone.py"
    module = load(path, BEFORE)
    text = locate(module.f)
    path.unlink()
    assert locate(module.f) is text


def test_a_reload_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "reloaded.py"
    locate(load(path, BEFORE).f)
    after = load(path, BEFORE.replace("x + 1.0", "x + 2.5"))
    os.utime(path, (1, 1))
    assert "x + 2.5" in "".join(locate(after.f).lines)


def test_a_notebook_cell() -> None:
    """IPython compiles a cell statement by statement and leaves its text in linecache."""
    text = "import math\ndef f(x):\n    return math.exp(x) * x\nawait_me = 1\n"
    name = "<ipython-input-7-abc>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace: dict[str, object] = {}
    for statement in ast.parse(text).body:
        exec(compile(ast.Module([statement], []), name, "exec"), namespace)
    function = namespace["f"]
    assert isinstance(function, FunctionType)
    assert locate(function).lines == ("def f(x):", "    return math.exp(x) * x")


def test_no_source() -> None:
    namespace: dict[str, FunctionType] = {}
    exec(compile("def f(x):\n    return x\n", "<nowhere>", "exec"), namespace)
    with pytest.raises(UnsupportedError, match="the source of `f` is not available"):
        locate(namespace["f"])


def test_lambdas_on_one_line() -> None:
    first, second, made = lambda x: x + 1.0, lambda x: (x + 2.0), lambda y: lambda x: y if x > y else 2.0 * x
    inner = made(1.0)
    assert [ast.unparse(locate(f).tree.body[0]) for f in (first, second, inner)] == [
        "return x + 1.0", "return x + 2.0", "return y if x > y else 2.0 * x"
    ]  # fmt: skip
    assert [wg.grad(f).python_for(3.0)(3.0) for f in (lambda x: x * x, lambda x: x * x * x)] == [6.0, 27.0]


def test_lambdas_on_one_line_without_columns(tmp_path: Path) -> None:
    file = tmp_path / "lambdas.py"
    file.write_text("import wengert as wg\nf, g = lambda x: x * x, lambda x: x + x\nwg.grad(f)(2.0)\n")
    ended = subprocess.run([sys.executable, "-X", "no_debug_ranges", file], capture_output=True, text=True, check=False)
    assert "lambdas.py:2: more than one lambda starts on this line" in ended.stderr
    assert "put each lambda on a line of its own" in ended.stderr


def test_a_function_with_an_assert_that_pytest_rewrote() -> None:
    def f(x: float) -> float:
        assert x > 0.0
        return x

    assert locate(f).tree.name == "f"
