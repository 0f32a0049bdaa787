"""docs/mutation.md: what came of the mutants, by area.  In: mutants and verdicts.  Out: the page."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from tests.mutation.equivalent import EQUIVALENT, OUT_OF_REACH
from tests.mutation.killers import BY_TEXT, compiled
from tests.mutation.mutant import ROOT, Mutant
from tests.mutation.verdicts import Verdicts

HEAD = """# Mutation testing

A test that cannot fail says nothing. `python -m tests.mutation` plants small bugs in the rules, the analyses and the
derivation, one at a time: a sign, a term, a clearing, a save, an index, a value called unchanged that changes. It asks the
tests, and then the random programs of the attack, whether they notice. The bugs stand in `tests/mutation/planted/`, a line
or two each; a test of the ordinary suite sees to it that each still applies. This page is written by
`python -m tests.mutation --report`.

Tests run generated source in CPython; only the compiled halves of the helpers in `runtime/` are asked with compiling tests.
A mutant is killed when a test fails or the process does not end. The attack runs with one seed; the last columns say for how
many mutants it found something, and after how many programs (median and most). The compiled halves of helpers are not shown
to it: it runs Python.
"""


def write(mutants: Sequence[Mutant], verdicts: Verdicts) -> None:
    text = "\n".join([HEAD, *table(mutants, verdicts), *lists(mutants, verdicts)])
    (ROOT / "docs/mutation.md").write_text(text.rstrip() + "\n")


def table(mutants: Sequence[Mutant], verdicts: Verdicts) -> list[str]:
    lines = ["| area | mutants | killed by tests | equivalent | survive | shown to the attack | found | median | most |",
             "| --- | --: | --: | --: | --: | --: | --: | --: | --: |"]  # fmt: skip
    areas = list(dict.fromkeys(mutant.area for mutant in mutants))
    groups = [(area, [m for m in mutants if m.area == area]) for area in areas]
    for area, group in [*groups, ("all", list(mutants))]:
        lines.append("| " + " | ".join([f"`{area}`" if area != "all" else area, *_numbers(group, verdicts)]) + " |")
    return lines


def _numbers(group: Sequence[Mutant], verdicts: Verdicts) -> list[str]:
    live = [m for m in group if m.id not in EQUIVALENT]
    asked = [m for m in live if "tests" in verdicts.of(m)]
    killed = [m for m in asked if verdicts.of(m)["tests"]["by"]]
    shown = [m for m in live if "attack" in verdicts.of(m)]
    after = sorted(n for m in shown if (n := verdicts.of(m)["attack"]["program"]))
    counts = (group, killed, [m for m in group if m not in live], [m for m in asked if m not in killed], shown, after)
    return [*(str(len(part)) for part in counts), f"{median(after):.0f}" if after else "", str(after[-1]) if after else ""]


def lists(mutants: Sequence[Mutant], verdicts: Verdicts) -> list[str]:
    out: list[str] = []

    def section(title: str, lines: list[str]) -> None:
        if lines:
            out.extend(["", f"## {title}", "", *lines])

    def tests(m: Mutant) -> Any:
        return verdicts.of(m).get("tests", {}).get("by")

    section("Equivalent", [f"- `{m.id}` ({m.what}): {EQUIVALENT[m.id]}" for m in mutants if m.id in EQUIVALENT])
    section("Survive the tests", [f"- `{m.id}`: {m.what}" for m in mutants if tests(m) == "" and m.id not in EQUIVALENT])
    by_text = [m for m in mutants if (tests(m) or "").startswith(BY_TEXT)]
    section("Noticed by the generated text only", [f"- `{m.id}`: {m.what}" for m in by_text])
    unseen = [m for m in mutants if m.id not in EQUIVALENT and verdicts.of(m).get("attack", {}).get("program") == 0]
    section("Not found by the attack", [f"- `{m.id}`: {OUT_OF_REACH.get(m.id, m.what)}" for m in unseen])
    waiting = [m for m in mutants if m.id not in EQUIVALENT and ("attack" not in verdicts.of(m) and not compiled(m))]
    section("Not yet shown to the attack", [f"{len(waiting)} mutants."] if waiting else [])
    return out
