"""Which lines of the package each test runs, and how long it takes: a mutant is shown only to tests that come past it.

In: the tree as it is.  Out: `Reach`, kept in a file beside the verdicts, since it takes long to find out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from tests.mutation.mutant import ROOT, Mutant

# What says nothing about derivatives, or would only say that a text has changed.
LEFT_OUT = (
    "tests/test_project.py", "tests/test_mutation.py", "tests/test_attack.py", "tests/test_examples.py", "tests/test_docstrings.py",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reach:
    tests: tuple[str, ...]
    seconds: tuple[float, ...]
    lines: Mapping[str, Mapping[int, tuple[int, ...]]]      # path → line → numbers of tests

    def of(self, mutant: Mutant) -> set[int]:
        """The tests that run a line of the mutant's; the lines are those of the text at the time."""
        text = (ROOT / mutant.path).read_text()
        at = text.index(mutant.original)
        first = text.count("\n", 0, at) + 1
        last = first + mutant.original.strip("\n").count("\n")
        known = self.lines.get(mutant.path, {})
        return {test for line in range(first, last + 1) for test in known.get(line, ())}


class Tracer:
    """Notes lines while a test runs."""

    def __init__(self, package: Path) -> None:
        self.package = str(package.resolve())
        self.paths: dict[CodeType, str] = {}
        self.tests: list[str] = []
        self.seconds: dict[str, float] = {}
        self.lines: dict[str, dict[int, set[int]]] = {}
        self.now: set[tuple[str, int]] = set()

    def path(self, code: CodeType) -> str:
        if code not in self.paths:
            inside = code.co_filename.startswith(self.package)
            self.paths[code] = code.co_filename[len(self.package) + 1 :] if inside else ""
        return self.paths[code]

    def call(self, frame: FrameType, event: str, arg: Any) -> Any:
        path = self.path(frame.f_code)
        if not path:
            return None
        now = self.now
        now.add((path, frame.f_lineno))

        def line(frame: FrameType, event: str, arg: Any) -> Any:
            now.add((path, frame.f_lineno))
            return line

        return line

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: Any, nextitem: Any) -> Iterator[None]:
        self.now = set()
        sys.settrace(self.call)
        yield
        sys.settrace(None)
        number = len(self.tests)
        self.tests.append(item.nodeid)
        for path, line in self.now:
            self.lines.setdefault(path, {}).setdefault(line, set()).add(number)

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            raise pytest.UsageError(f"{report.nodeid} fails without a mutant")


def traced(package: Path, files: list[str], kept: Path) -> int:
    """Run the tests of the files under the tracer and keep what it saw."""
    tracer = Tracer(package)
    options = ["-q", "-p", "no:cacheprovider", "-m", "not compiled and not full", *files]
    status = int(pytest.main(options, plugins=[tracer]))
    lines = {path: {line: sorted(numbers) for line, numbers in found.items()} for path, found in tracer.lines.items()}
    seconds = [round(tracer.seconds.get(test, 0.0), 3) for test in tracer.tests]
    kept.write_text(json.dumps({"tests": tracer.tests, "seconds": seconds, "lines": lines}))
    return status


def read(kept: list[Path]) -> Reach:
    """What several runs of the tracer saw."""
    tests: list[str] = []
    seconds: list[float] = []
    lines: dict[str, dict[int, tuple[int, ...]]] = {}
    for file in kept:
        found = json.loads(file.read_text())
        first = len(tests)
        tests += found["tests"]
        seconds += found["seconds"]
        for path, of_lines in found["lines"].items():
            known = lines.setdefault(path, {})
            for line, numbers in of_lines.items():
                known[int(line)] = (*known.get(int(line), ()), *(first + n for n in numbers))
    return Reach(tuple(tests), tuple(seconds), lines)


def files() -> list[str]:
    """The test files, by name."""
    found = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py"))
    return [file for file in found if file not in LEFT_OUT]
