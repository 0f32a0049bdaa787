"""What came of each mutant, kept in a file: a run that was stopped goes on where it was.

A verdict holds for the text of the mutant; another text, or a test that is not there any more, and it is asked again.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.mutation.mutant import Mutant


class Verdicts:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.known: dict[str, dict[str, Any]] = json.loads(file.read_text()) if file.exists() else {}

    def of(self, mutant: Mutant) -> dict[str, Any]:
        found = self.known.get(mutant.id, {})
        return found if found.get("digest") == mutant.digest else {}

    def add(self, mutant: Mutant, kind: str, what: dict[str, Any]) -> None:
        self.known[mutant.id] = {**self.of(mutant), "digest": mutant.digest, kind: what}
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(self.known, indent=0, sort_keys=True))
        new.replace(self.file)

    def forget(self, mutant: Mutant, kind: str) -> None:
        self.known[mutant.id] = {name: what for name, what in self.of(mutant).items() if name != kind} or {"digest": mutant.digest}

    def kills(self, mutants: tuple[Mutant, ...]) -> Counter[tuple[str, str]]:
        """How often each test file killed a mutant of each file of the package."""
        found: Counter[tuple[str, str]] = Counter()
        for mutant in mutants:
            by = self.of(mutant).get("tests", {}).get("by", "")
            if "::" in by:
                found[mutant.path, by.partition("::")[0]] += 1
        return found
