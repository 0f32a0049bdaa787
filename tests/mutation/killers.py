"""What may kill a mutant: the tests that come past it, and the attack.

Generated source is run by CPython.  Tests that compile are asked only about the compiled halves of helpers, which nothing else
reaches.  Tests that compare the generated text come last, so that a verdict by numbers is preferred.
"""

from __future__ import annotations

import ast
import builtins
import operator
import re
import resource
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.mutation.mutant import ROOT, Mutant
from tests.mutation.reach import Reach

TOGETHER = 8                                            # files that are collected at once
LATE = ("tests/test_programs.py", "tests/test_switches.py", "tests/attack/test_attack.py")      # which take long to collect, or run
SLOW = 4                                                # seconds of a test that waits until the others have been asked
ENDLESS = 120                                           # seconds of computing after which a test has failed
BY_TEXT = ("tests/test_golden.py", "tests/transform/test_show.py")
OF_HELPERS = ("tests/runtime/test_helpers.py", "tests/runtime/test_check.py")
OF_RULES = ("tests/transform/rules/test_partials.py", "tests/transform/rules/test_registry.py")
ASKING = ("transform/analyses/types.py", "transform/analyses/inference.py", "transform/analyses/flat.py")
_SEMANTICS = "tests/semantics/test_"
# Where it is not known what each test comes past: the files that are asked, area by area, and then for every mutant.
BY_AREA = {
    "transform/rules": (f"{_SEMANTICS}strong_zero.py", f"{_SEMANTICS}choices.py"),
    "transform/resolve": (
        f"{_SEMANTICS}shapes_that_do_not_fit.py", f"{_SEMANTICS}views.py", f"{_SEMANTICS}indices.py", f"{_SEMANTICS}state.py",
        f"{_SEMANTICS}iteration.py", f"{_SEMANTICS}effects.py",
    ),
    "transform/parse": (f"{_SEMANTICS}exits.py", f"{_SEMANTICS}iteration.py"),
    "transform/writing/breaks.py": (f"{_SEMANTICS}exits.py",),
    "transform/simplify": ("tests/transform/test_clears.py", f"{_SEMANTICS}shapes_that_do_not_fit.py"),
    "transform/derive": (f"{_SEMANTICS}types.py", "tests/test_custom_rules.py", "tests/test_custom_rules_meant.py"),
    "transform/analyses": (f"{_SEMANTICS}strong_zero.py", "tests/test_custom_rules_linear.py"),
    "transform/custom/calls.py": ("tests/test_custom_rules_meant.py", "tests/test_refusals.py"),
    "transform/custom/foreign.py": ("tests/test_rules_unread.py",),
}
BROAD = (
    "tests/test_found_in_review.py", f"{_SEMANTICS}memory.py", f"{_SEMANTICS}control_flow.py", "tests/test_found.py",
    "tests/test_programs.py", f"{_SEMANTICS}state.py", f"{_SEMANTICS}exits.py", f"{_SEMANTICS}indices.py",
    f"{_SEMANTICS}structures.py", f"{_SEMANTICS}recursion.py", f"{_SEMANTICS}types.py", f"{_SEMANTICS}effects.py",
    f"{_SEMANTICS}views.py", f"{_SEMANTICS}nested_functions.py", "tests/test_seeds.py", "tests/test_switches.py", *BY_TEXT,
)  # fmt: skip
_NAMED = {
    operator.add: "+", operator.sub: "-", operator.mul: "*", operator.truediv: "/", operator.mod: "%", operator.pow: "**",
    operator.matmul: "@", operator.neg: "neg", operator.pos: "pos",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """Tests that are run together: those of `tests`, or of `files`, if any key is in their names."""

    files: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


def compiled(mutant: Mutant) -> bool:
    """Is this the compiled half of a helper?"""
    return mutant.path.startswith("runtime/") and not mutant.name.startswith("py ")


def chosen(mutant: Mutant, reach: Reach | None, kills: Counter[tuple[str, str]]) -> list[Asked]:
    """The tests that are asked, in turn."""
    if compiled(mutant):
        return [Asked(OF_HELPERS)]
    keys = keys_of(mutant)
    first = [Asked(OF_RULES, keys=tuple(keys))] if keys else []
    if mutant.path.startswith("runtime/"):
        first = [Asked(OF_HELPERS)]
    if reach is None or not reach.of(mutant):            # (a line outside of functions: nobody is seen to come past it)
        files = dict.fromkeys([*_of_neighbours(mutant, kills), *BY_AREA.get(mutant.area, ()), *BROAD])
        return [*first, *(Asked((file,)) for file in files)]
    return [*first, *(Asked(tests=tuple(part)) for part in _in_turn(reach.of(mutant), mutant, reach, kills))]


def _of_neighbours(mutant: Mutant, kills: Counter[tuple[str, str]]) -> list[str]:
    """Files that killed mutants of the same file, the best first."""
    return [file for (path, file), _ in kills.most_common() if path == mutant.path and file not in BY_TEXT]


def _in_turn(numbers: set[int], mutant: Mutant, reach: Reach, kills: Counter[tuple[str, str]]) -> list[list[str]]:
    """Tests that are asked together, those of a few files: files that killed neighbours first, and long tests at the end."""
    of_file: dict[str, list[int]] = {}
    for number in sorted(numbers, key=lambda n: (reach.seconds[n], n)):
        of_file.setdefault(reach.tests[number].partition("::")[0], []).append(number)

    def rank(file: str) -> tuple[bool, int, int, str]:
        everywhere = sum(count for (_, killer), count in kills.items() if killer == file)
        return file in LATE, -kills[mutant.path, file], -everywhere, file

    ranked = [file for file in sorted(of_file, key=rank) if file not in BY_TEXT]
    parts = [_turns([of_file[file] for file in ranked[at : at + TOGETHER]]) for at in range(0, len(ranked), TOGETHER)]
    short = [[n for n in part if reach.seconds[n] <= SLOW] for part in parts]
    long = [n for part in parts for n in part if reach.seconds[n] > SLOW]
    texts = [n for file in BY_TEXT for n in of_file.get(file, ())]
    return [[reach.tests[number] for number in part] for part in (*short, [*long, *texts]) if part]


def _turns(queues: list[list[int]]) -> list[int]:
    """From each in turn."""
    return [queue[turn] for turn in range(max(map(len, queues))) for queue in queues if turn < len(queue)]


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
    """Runs what is asked alone, and remembers the first test that failed."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.place = asked, {test: number for number, test in enumerate(asked.tests)}
        self.failed, self.count = "", 0

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        if self.place:
            wanted = [item for item in items if item.nodeid in self.place]
            items[:] = sorted(wanted, key=lambda item: self.place[item.nodeid])
        elif self.asked.keys:
            marks = tuple(mark for key in self.asked.keys for mark in (f"[{key} [", f"{key}("))
            items[:] = [item for item in items if any(mark in item.nodeid for mark in marks)]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        signal.setitimer(signal.ITIMER_PROF, ENDLESS)
        yield
        signal.setitimer(signal.ITIMER_PROF, 0)

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.count += report.when == "call"
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid or "collection"


def by_tests(asked: Sequence[Asked], compiled: bool, cpu: int) -> dict[str, Any]:
    """The first test that fails, "" if all pass, and how many were run."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
    resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
    signal.signal(signal.SIGPROF, _endless)
    count = 0
    marks = "not full" if compiled else "not compiled and not full"
    fine = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    for part in asked:
        plugin = _Ordered(part)
        files = part.files or tuple(dict.fromkeys(test.partition("::")[0] for test in part.tests))
        options = ["-q", "-x", "-p", "no:cacheprovider", "--tb=short", "-m", marks]
        status = pytest.main([*options, *files], plugins=[plugin])
        count += plugin.count
        if plugin.failed or status not in fine:
            return {"by": plugin.failed or f"pytest: {status}", "tests": count}
    return {"by": "", "tests": count}


def _endless(*_: object) -> None:
    raise TimeoutError("does not end")


def answers_for(mutant: Mutant, kept: Sequence[Path]) -> Sequence[Path]:
    """The files with types that were asked for without a mutant: they are no good for one that is about asking."""
    return [] if mutant.path in ASKING else kept


def programs_for(mutant: Mutant, count: int, reach: Reach | None) -> list[int]:
    """The programs that come past the mutant, if that is known.  What stands outside functions runs before all of them, and rules
    are text, which does not run."""
    if reach is None or reach.outside(mutant) or mutant.path.startswith("transform/rules/"):
        return list(range(count))
    return sorted(number for test in reach.of(mutant) if (number := int(reach.tests[test])) < count)


def words_of(mutant: Mutant) -> str:
    """A pattern of what programs write that use the mutant's rule; empty if they write an operator, or none of its primitives:
    those that rules are made of come with second derivatives."""
    keys = keys_of(mutant)
    functions = [key for key in keys if key.startswith(("np.", "math.", "."))]
    if not functions or len(functions) < len([key for key in keys if not hasattr(builtins, key)]):
        return ""
    return "|".join(rf"\b{re.escape(key)}\b" if key[0] != "." else rf"{re.escape(key)}\b" for key in keys)


def by_attack(seed: int, numbers: Sequence[int], words: str = "", answers: Sequence[Path] = ()) -> dict[str, Any]:
    """The number of the first program that the attack finds something with (counted from 1), and what; 0: nothing.  Only programs
    with one of the words are tried; `answers` are files with types that Numba gave, which another process has kept."""
    from tests.attack import seam
    from tests.attack.campaign import program, run

    for file in answers:
        seam.remember(file)
    for record in run(seed, (number for number in numbers if re.search(words, program(seed, number).text)), 1):
        if record.verdict.findings:
            return {"program": record.number + 1, "finding": record.verdict.findings[0][:200]}
    return {"program": 0, "finding": ""}
