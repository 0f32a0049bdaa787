"""Which lines of the package each test, and each program of the attack, runs: a mutant is shown only to what comes past it.

In: the tree as it is.  Out: `Reach`, kept in files beside the verdicts, since it takes long to find out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.mutation.mutant import ROOT, Mutant
from tests.mutation.noting import Noting, owners

# What says nothing about derivatives, or would only say that a text has changed.
LEFT_OUT = (
    "tests/test_project.py", "tests/test_mutation.py", "tests/test_attack.py", "tests/test_examples.py", "tests/test_docstrings.py",
)  # fmt: skip
ANSWERS = ".answers"                                        # files of `tests.attack.seam`


@dataclass(frozen=True, slots=True)
class Reach:
    tests: tuple[str, ...]                                  # their names; of programs their numbers
    seconds: tuple[float, ...]
    lines: Mapping[str, Mapping[int, tuple[int, ...]]]      # path → line of a statement → numbers of tests

    def of(self, mutant: Mutant) -> set[int]:
        """The tests, or programs, that run a statement of the mutant's; the lines are those of the text at the time."""
        known = self.lines.get(mutant.path, {})
        return {test for place in _places(mutant) for test in known.get(place, ())}

    def outside(self, mutant: Mutant) -> bool:
        """Does it stand outside functions, or in a file whose statements note nothing?"""
        return mutant.path not in self.lines or not _places(mutant)


def _places(mutant: Mutant) -> set[int]:
    """The statements inside functions that the mutant changes."""
    text = (ROOT / mutant.path).read_text()
    at = text.index(mutant.original)
    first = text.count("\n", 0, at) + 1
    last = first + mutant.original.strip("\n").count("\n")
    of_line = owners(text)
    return {of_line[line] for line in range(first, last + 1) if line in of_line}


class Tracer:
    """Notes what runs while a test, or a program of the attack, does; made before the package is imported."""

    def __init__(self, package: Path) -> None:
        self.notes = Noting(package)
        self.tests: list[str] = []
        self.seconds: dict[str, float] = {}
        self.lines: dict[str, dict[int, set[int]]] = {}

    @contextmanager
    def noting(self, name: str) -> Iterator[None]:
        for _ in self.notes.taken():                        # what ran in between
            pass
        yield
        number = len(self.tests)
        self.tests.append(name)
        for path, line in self.notes.taken():
            self.lines.setdefault(path, {}).setdefault(line, set()).add(number)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: Any, nextitem: Any) -> Iterator[None]:
        with self.noting(item.nodeid):
            yield

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            raise pytest.UsageError(f"{report.nodeid} fails without a mutant")

    def keep(self, file: Path) -> None:
        lines = {path: {line: sorted(numbers) for line, numbers in found.items()} for path, found in self.lines.items()}
        seconds = [round(self.seconds.get(test, 0.0), 3) for test in self.tests]
        file.write_text(json.dumps({"tests": self.tests, "seconds": seconds, "lines": lines}))


def traced(package: Path, files: list[str], kept: Path) -> int:
    """Run the tests of the files under the tracer and keep what it saw."""
    tracer = Tracer(package)
    options = ["-q", "-p", "no:cacheprovider", "-m", "not compiled and not full", *files]
    status = int(pytest.main(options, plugins=[tracer]))
    tracer.keep(kept)
    return status


def traced_programs(package: Path, seed: int, numbers: range, kept: Path) -> int:
    """Judge these programs under the tracer, keep what it saw and what types Numba was asked for; how many of them the attack
    finds something with."""
    tracer, found = Tracer(package), 0
    from tests.attack import seam
    from tests.attack.campaign import attack

    for number in numbers:
        with tracer.noting(str(number)):
            found += bool(attack(seed, number).verdict.findings)
    tracer.keep(kept)
    seam.keep(kept.with_suffix(ANSWERS))
    return found


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
