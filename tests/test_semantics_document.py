"""docs/semantics.md: each row of its tables names tests, and these exist."""
from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROWS = [line for line in (ROOT / "docs/semantics.md").read_text().splitlines() if line.startswith("| ")]
NAMED = sorted({name for line in ROWS for name in re.findall(r"`([\w/]+\.py::\w+)`", line)})


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


@pytest.mark.parametrize("name", NAMED)
def test_named_test_exists(name: str) -> None:
    path, test = name.split("::")
    assert test in names_in(path)


def test_every_row_names_a_test() -> None:
    inside, bare = False, []
    for line in (ROOT / "docs/semantics.md").read_text().splitlines():
        inside = line.rstrip().endswith("| tests |") or (inside and line.startswith("|"))
        if inside and not line.rstrip().endswith("| tests |") and not line.startswith("| ---") and "::" not in line:
            bare.append(line)
    assert bare == []
    assert len(NAMED) > 60
