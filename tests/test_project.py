"""The project as a whole: packaging, the direction of imports, house rules."""
from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path

import pytest

from tests import tiers

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FOLDERS = ("src", "transform", "runtime", "tests", "examples", "benchmarks", "docs")
# Taken over byte for byte, or generated.
NOT_OURS = ("benchmarks/gmm.py", "benchmarks/gmm_grad.py", "benchmarks/ba.py", "benchmarks/ba_grad.py", "tests/golden/")
# A module of transform/ imports from its own row and from rows above, and never in a circle.  Every module stands in one row,
# under its own name or under that of its folder; the longest name counts.
LAYERS = (
    ("structure", "ir", "custom.contract"),
    ("errors", "names", "expression_text", "interface", "switches"),
    ("walk", "op_text", "statement_text", "show"),                  # the list, read and written
    ("rules", "custom.new_rules", "custom.rule_formulas"),
    ("verify",),
    ("reading", "refusals", "fence"),                               # the user's text
    ("applied", "temporary_names", "parse", "normalise"),          # text → list
    ("analyses",),
    ("resolve",),
    ("simplify",),
    ("derive",),
    ("writing",),                                                   # list → text
    ("reporting",),                                                 # list → what it stores
    ("calling", "nesting", "program_writer", "jacobians", "remembered", "pipeline"),
    ("custom", "pickling", "request", "pullback", "api"),
    ("checking",),
)


def files(*folders: str, suffix: str = ".py") -> list[Path]:
    """The project's files, without what the links in src/ repeat."""
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob(f"*{suffix}")))
    links = (ROOT / "src/wengert/transform", ROOT / "src/wengert/runtime")
    return [path for path in found if not any(path.is_relative_to(link) for link in links)]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> tuple[str, ...]:
    """transform/rules/scalar.py → ("transform", "rules", "scalar")."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def imports(path: Path, for_types: bool = True) -> Iterator[tuple[str, ...]]:
    """What a module of transform/ or runtime/ imports, absolute: ("numba", "core"), ("transform", "ir")."""
    package = path.relative_to(ROOT).parts[:-1]
    tree = ast.parse(path.read_text())
    typing_only = {inner for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
                   for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if node in typing_only and not for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) - node.level + 1] if node.level else ()
            target = base + tuple(node.module.split(".") if node.module else ())
            if target[:1] == ("wengert",):
                target = target[1:]
            # `from .. import ir` names modules, `from ..ir import Var` does not
            members = [(*target, alias.name) for alias in node.names]
            yield from (member if _is_module(member) else target for member in members)


def _is_module(parts: tuple[str, ...]) -> bool:
    place = ROOT.joinpath(*parts)
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def layer(module: tuple[str, ...]) -> int:
    """The row of a module of transform/."""
    rows = {name: i for i, names in enumerate(LAYERS) for name in names}
    for length in range(len(module), 1, -1):
        name = ".".join(module[1:length])
        if name in rows:
            return rows[name]
    raise AssertionError(f"{'.'.join(module)} stands in no row of LAYERS")


def test_every_package_is_listed():
    found = {"wengert"} | {".".join(("wengert", *module_of(p))) for p in files("transform", "runtime")
                           if p.name == "__init__.py"}
    setuptools = PYPROJECT["tool"]["setuptools"]
    assert found == set(setuptools["packages"]) == set(setuptools["package-dir"])
    for package, folder in setuptools["package-dir"].items():
        assert (ROOT / folder / "__init__.py").is_file(), package


def test_every_folder_with_modules_is_a_package():
    assert [name_of(p) for p in files("transform", "runtime") if not (p.parent / "__init__.py").exists()] == []


def test_version_is_told_once():
    newest = re.search(r"^## \[([0-9][^]]*)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest and newest[1] == PYPROJECT["project"]["version"] == version("wengert")


def test_imports_go_one_way():
    wrong = [f"{name_of(path)} imports {'.'.join(target)}" for path in files("transform")
             for target in imports(path) if target[0] == "transform" and module_of(path) != ("transform",)
             and layer(target) > layer(module_of(path))]
    assert wrong == []


def test_every_layer_exists():
    assert [name for names in LAYERS for name in names if not _is_module(("transform", *name.split(".")))] == []


def test_imports_make_no_circle():
    """What is imported for type checkers only is left out."""
    graph = {module_of(path): {target for target in imports(path, for_types=False) if target[0] in ("transform", "runtime")}
             for path in files("transform", "runtime")}
    packages = {module for module in graph if (ROOT.joinpath(*module) / "__init__.py").is_file()}
    order = TopologicalSorter({module: targets - packages for module, targets in graph.items() if module not in packages})
    order.prepare()  # CycleError names the circle


def test_rules_know_the_list_alone():
    """Of transform/, that is: the helpers that a rule's body names come from runtime/."""
    allowed = {("transform", "ir"), ("transform", "errors"), ("transform", "rules")}
    wrong = [f"{name_of(path)} imports {'.'.join(target)}" for path in files("transform/rules")
             for target in imports(path) if target[0] == "transform" and target[:2] not in allowed]
    assert wrong == []


def test_runtime_knows_nothing_of_transform():
    assert [name_of(p) for p in files("runtime") if any(t[0] == "transform" for t in imports(p))] == []


def test_only_source_touches_inspect():
    """Of transform/, where text is read.  (runtime/dispatch.py needs `inspect.Signature`: a transformed function shows the
    parameters of its primal to `help`, and is called with keywords.)"""
    users = [name_of(p) for p in files("src", "transform") if any(t[0] == "inspect" for t in imports(p))]
    assert users == ["transform/reading/source.py"]


def test_nothing_outside_the_project_is_read():
    outside = re.compile("|".join(("/" + "work/", r"\bshared" + "/")))
    texts = [p for suffix in (".py", ".md", ".toml") for p in files(*FOLDERS, suffix=suffix)]
    texts += [ROOT / ".ci/run", ROOT / "pyproject.toml", ROOT / "README.md", ROOT / "CHANGELOG.md"]
    assert [name_of(path) for path in texts if outside.search(path.read_text())] == []


def test_files_and_functions_are_short():
    long = []
    for path in files(*FOLDERS):
        if name_of(path).startswith(NOT_OURS):
            continue
        text = path.read_text()
        if len(text.splitlines()) > 400:
            long.append(f"{name_of(path)}: {len(text.splitlines())} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 60:
                long.append(f"{name_of(path)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines")
    assert long == []


def test_tiers_are_told_of_files_that_are_there():
    assert [file for file in (*tiers.ONE_IN, *tiers.ONE_IN_COMPILED) if not (ROOT / f"tests/{file}.py").exists()] == []


class Collected:
    def __init__(self, nodeid):
        self.nodeid, self.marks = nodeid, []

    def get_closest_marker(self, name):
        return next((mark for mark in self.marks if mark.name == name), None)

    def add_marker(self, mark):
        self.marks.append(mark)


def test_each_test_keeps_its_first_case(monkeypatch):
    monkeypatch.setattr(tiers, "ONE_IN", {"test_any": 2})
    names = [f"tests/test_any.py::{name}" for name in ("test_a[0]", "test_a[1]", "test_a[2]", "test_b[0]", "test_c")]
    items = [Collected(name) for name in names]
    tiers.share(items)
    assert [len(item.marks) for item in items] == [0, 1, 0, 0, 0]


@pytest.mark.full
def test_a_wheel_is_complete_and_pure_without_symlinks(tmp_path):
    """As on a checkout that has no symlinks: the packages must come from the mapping in pyproject.toml alone."""
    clone = tmp_path / "clone"
    for folder in ("src", "transform", "runtime"):
        shutil.copytree(ROOT / folder, clone / folder, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for link in ("transform", "runtime"):
        (clone / "src/wengert" / link).unlink()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, clone)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(clone)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
        assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())
    expected = {f"wengert/{name_of(p)}" for p in files("transform", "runtime")}
    assert packed == expected | {"wengert/__init__.py", "wengert/py.typed"}
