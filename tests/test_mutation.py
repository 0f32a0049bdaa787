"""Mutants must not rot: what each replaces is there, once, and what it puts there is Python."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.mutation.mutant import Mutant
from tests.mutation.planted import MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_a_mutant_applies(mutant: Mutant) -> None:
    text = mutant.text()
    assert mutant.original != mutant.mutated
    compile(text, mutant.path, "exec")


def test_mutants_have_names_of_their_own() -> None:
    assert [name for name, count in Counter(mutant.id for mutant in MUTANTS).items() if count > 1] == []
