"""What a refusal says to write instead is written, and tried."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests import oracles, tried_remedies, tried_remedies_of_matrices
from tests.semantics.agreement import agrees
from tests.tried_remedies import TRIED, Tried
from wengert.transform.rules import RULES
from wengert.transform.rules.remedies import REMEDIES

TEXT = "\n".join(Path(module.__file__).read_text() for module in (tried_remedies, tried_remedies_of_matrices))
CASES = pytest.mark.parametrize("tried", TRIED, ids=lambda tried: tried.program.__name__)
SOME = pytest.mark.parametrize(
    "tried", [pytest.param(tried, id=tried.program.__name__, marks=[pytest.mark.full] if number % 12 else [])
              for number, tried in enumerate(TRIED)],
)  # fmt: skip
"""One in seven, and all of them in the full tier."""
RAMPS = {"np.arange", "np.linspace"}
"""Written as loops where a derivative comes to them."""


def test_all_that_have_no_rule_have_a_remedy_and_all_remedies_are_tried() -> None:
    refused = {key for key, rule in RULES.items() if rule.opaque and not rule.effect}
    assert refused - RAMPS - REMEDIES.keys() == set()
    assert {tried.key for tried in TRIED} == REMEDIES.keys()


@SOME
def test_the_refusal_says_so(tried: Tried) -> None:
    with pytest.raises(wg.UnsupportedError) as caught:
        wg.jvp(tried.call).source_for(tried.args, oracles.random_like(tried.args, np.random.default_rng(0)))
    assert f"\n  help:   {REMEDIES[tried.key]}" in str(caught.value)


@pytest.mark.parametrize("key", REMEDIES)
def test_every_line_of_it_is_tried(key: str) -> None:
    codes = re.findall("`(.*?)`", REMEDIES[key])
    assert codes and [code for code in codes if code not in TEXT] == []


@CASES
def test_it_is_what_the_function_gives(tried: Tried) -> None:
    for args in (tried.args, *tried.more):
        same(tried.program(*oracles.copied(args)), tried.call(*oracles.copied(args)))


def same(found: Any, expected: Any) -> None:
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-14)


@SOME
def test_it_is_differentiated(tried: Tried) -> None:
    agrees(tried.program, *tried.args)


@pytest.mark.full
@pytest.mark.compiled
@CASES
def test_numba_compiles_it(tried: Tried) -> None:
    program = njit(tried.program)
    for args in (tried.args, *tried.more):
        same(program(*oracles.copied(args)), tried.call(*oracles.copied(args)))
    u = oracles.random_like(oracles.copied(tried.program(*oracles.copied(tried.args))), np.random.default_rng(0))
    compiled, plain = wg.vjp(tried.program), wg.vjp(tried.program).python_for(tried.args, u)
    assert oracles.relative_gap(compiled(tried.args, u), plain(tried.args, u)) <= 1e-12
