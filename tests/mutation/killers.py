"""What may kill a mutant: the tests that come past it, and the attack.

Generated source is run by CPython.  Tests that compile are asked only about the compiled halves of helpers, which nothing else
reaches.  Tests that compare the generated text come last, so that a verdict by numbers is preferred.
"""

from __future__ import annotations

import ast
import operator
import resource
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.mutation.mutant import ROOT, Mutant
from tests.mutation.reach import Reach

FIRST = 40                                              # how many tests are tried before all the others are collected
BY_TEXT = ("tests/test_golden.py", "tests/transform/test_show.py")
OF_HELPERS = ("tests/runtime/test_helpers.py", "tests/runtime/test_check.py")
_NAMED = {
    operator.add: "+", operator.sub: "-", operator.mul: "*", operator.truediv: "/", operator.mod: "%", operator.pow: "**",
    operator.matmul: "@", operator.neg: "neg", operator.pos: "pos",
}  # fmt: skip


def compiled(mutant: Mutant) -> bool:
    """Is this the compiled half of a helper?"""
    return mutant.path.startswith("runtime/") and not mutant.name.startswith("py ")


def chosen(mutant: Mutant, reach: Reach, kills: Counter[tuple[str, str]]) -> list[str]:
    """The tests that are asked, the most promising first: from each file in turn, files that killed neighbours first."""
    if compiled(mutant):
        return [test for test in reach.tests if test.startswith(OF_HELPERS)]
    numbers = reach.of(mutant)
    keys = keys_of(mutant)
    numbers |= {k for k, test in enumerate(reach.tests) if any(f"[{key} [" in test or f"[{key}-" in test for key in keys)}
    of_file: dict[str, list[int]] = {}
    for number in sorted(numbers, key=lambda n: (reach.seconds[n], n)):
        of_file.setdefault(reach.tests[number].partition("::")[0], []).append(number)

    def rank(file: str) -> tuple[bool, int, int, str]:
        everywhere = sum(count for (_, killer), count in kills.items() if killer == file)
        return file in BY_TEXT, -kills[mutant.path, file], -everywhere, file

    ranked = sorted(of_file, key=rank)
    texts = [n for file in ranked if file in BY_TEXT for n in of_file[file]]
    queues = [of_file[file] for file in ranked if file not in BY_TEXT]
    turns = [queue[turn] for turn in range(max(map(len, queues), default=0)) for queue in queues if turn < len(queue)]
    return [reach.tests[number] for number in (*turns, *texts)]


def keys_of(mutant: Mutant) -> list[str]:
    """How the primitives of the rule that the mutant is in are called."""
    if not mutant.path.startswith("transform/rules/"):
        return []
    text = (ROOT / mutant.path).read_text()
    line = text.count("\n", 0, text.index(mutant.original) + len(mutant.original.rstrip("\n"))) + 1
    for node in ast.parse(text).body:
        calls = [call for call in getattr(node, "decorator_list", ()) if isinstance(call, ast.Call)]
        if calls and calls[0].lineno <= line <= (node.end_lineno or 0):
            return [key for call in calls for arg in call.args if (key := _key(arg))]
    return ["**", "pow", "np.power"]                    # `constant_power`


def _key(arg: ast.expr) -> str:
    match arg:
        case ast.Attribute(ast.Name("operator"), name):
            return _NAMED.get(getattr(operator, name), "")
        case ast.Tuple([first, *_]):
            return _key(first)
        case ast.Constant(str() as name):
            return name
        case ast.Starred():
            return ""
        case _:
            return ast.unparse(arg)


class _Ordered:
    """Runs the wanted tests alone, in their order, and remembers the first that failed."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self.place = {test: number for number, test in enumerate(wanted)}
        self.failed, self.count = "", 0

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = sorted((item for item in items if item.nodeid in self.place), key=lambda item: self.place[item.nodeid])

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.count += report.when == "call"
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid or "collection"


def by_tests(tests: Sequence[str], compiled: bool, cpu: int) -> dict[str, Any]:
    """The first of the tests that fails, "" if all pass, and how many were run."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
    resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
    count = 0
    marks = "not full" if compiled else "not compiled and not full"
    for part in (tests[:FIRST], tests[FIRST:]):
        if not part:
            continue
        plugin = _Ordered(part)
        files = list(dict.fromkeys(test.partition("::")[0] for test in part))
        options = ["-q", "-x", "-p", "no:cacheprovider", "--tb=short", "-m", marks]
        status = pytest.main([*options, *files], plugins=[plugin])
        count += plugin.count
        if plugin.failed or status != pytest.ExitCode.OK:
            return {"by": plugin.failed or f"pytest: {status}", "tests": count}
    return {"by": "", "tests": count}


def by_attack(programs: int, seed: int) -> dict[str, Any]:
    """The number of the first program that the attack finds something with (counted from 1), and what; 0: nothing."""
    from tests.attack.campaign import run

    for record in run(seed, range(programs), 1):
        if record.verdict.findings:
            return {"program": record.number + 1, "finding": record.verdict.findings[0][:200]}
    return {"program": 0, "finding": ""}
