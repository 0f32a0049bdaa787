"""Each optimisation can be taken away: the text of some case changes, and no number does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import typeof

import wengert as wg
from tests import oracles
from tests.golden_cases import CASES as GOLDEN
from tests.golden_cases import Case
from wengert.transform import pipeline
from wengert.transform.interface import Packed
from wengert.transform.switches import OPTIMISATIONS, on, without


def every_other(x: Any, a: float) -> float:
    k = 0
    s = 0.0
    for i in range(3):
        s += np.sin(x[k]) * a * s
        a = 0.5 * x[i]
        k += 2
    return s * a


def pairs(x: Any, w: Any) -> float:
    s = 0.0
    e = np.empty(len(w))
    for i in range(len(x)):
        for j in range(len(w)):
            e[j] = np.exp(x[i] * w[j])
        for j in range(len(w)):
            s += np.sqrt(1.0 + e[j] * e[j])
    return s


def exponents(x: Any) -> float:
    e = np.empty(len(x))
    for i in range(len(x)):
        e[i] = np.exp(x[i])
    s = 0.0
    for i in range(len(x)):
        s += np.sin(e[i])
    return s


def relaxed(x: Any, w: Any) -> float:
    u = np.zeros(len(x))
    for _ in range(3):
        b = np.zeros(len(x))
        b[1:-1] = 0.5 * (u[:-2] + u[2:])
        u = b - x * (b + w)
    return float(np.sum(u * u))


def misfit(x: Any, w: Any) -> float:
    e = w * x - w[0]
    s = 0.0
    for i in range(len(x)):
        s += np.log(1.0 + e[i] * e[i])
    return s


FIELD = 1.0 + 0.3 * np.random.default_rng(6).normal(size=6)
CASES = [
    *GOLDEN,
    Case("grad", every_other, (FIELD, 0.4), (0, 1)),
    Case("grad", pairs, (FIELD, FIELD[1:4].copy()), (0, 1)),
    Case("grad", exponents, (FIELD,), 0),
    Case("grad", relaxed, (FIELD, 2 * FIELD), (0, 1)),
    Case("grad", misfit, (FIELD, 2 * FIELD), (0, 1)),
    Case("jacobian", pairs, (FIELD, FIELD[1:4].copy()), (0, 1)),
]


def packed(case: Case) -> Packed:
    types = tuple(map(typeof, case.args()))
    match case.transform:
        case "vjp":
            return pipeline.vector_jacobian(case.function, types)
        case "jvp":
            return pipeline.jacobian_vector(case.function, types)
        case "hvp":
            return pipeline.hessian_vector(case.function, types, case.argnums or 0)
        case "jacobian":
            return pipeline.jacobian(case.function, types, case.argnums or 0, "jacfwd", wide=True)
        case _:
            return pipeline.gradient(case.function, types, case.argnums or 0, case.transform == "value_and_grad")


def derived(case: Case) -> tuple[str, Any]:
    """The text of the derivative, and what it computes as Python."""
    written = pipeline.write(packed(case), {})
    text = "\n".join("" if line.startswith("@njit") else line for line in written.text.split("\n"))
    namespace: dict[str, Any] = dict(written.injected)
    exec(compile(text, written.entry, "exec"), namespace)
    return text, namespace[written.entry](*case.args())


EXPECTED = {case.name: derived(case) for case in CASES}


@pytest.mark.parametrize("name", OPTIMISATIONS)
def test_without(name: str) -> None:
    """The first case whose text changes."""
    assert any(changes(case, name) for case in CASES)


@pytest.mark.full
@pytest.mark.parametrize("name", OPTIMISATIONS)
def test_without_it_no_case_has_another_number(name: str) -> None:
    for case in CASES:
        changes(case, name)


def changes(case: Case, name: str) -> bool:
    """Does the text change?  The numbers may not."""
    text, numbers = EXPECTED[case.name]
    with without(name):
        other, found = derived(case)
    assert oracles.relative_gap(found, numbers) < (1e-4 if case.name.startswith("single") else 1e-11), case.name
    return other != text


def test_without_any() -> None:
    with without(*OPTIMISATIONS):
        for case in CASES:
            gap = oracles.relative_gap(derived(case)[1], EXPECTED[case.name][1])
            assert gap < (1e-4 if case.name.startswith("single") else 1e-11), case.name


def test_switches_nest_and_come_on_again() -> None:
    with without("replay"):
        with without("sums"):
            assert not on("replay") and not on("sums")
        assert not on("replay") and on("sums")
    assert on("replay")


def test_a_text_is_not_found_again_under_another_switch() -> None:
    def text() -> str:
        return wg.grad(exponents).source_for(FIELD)

    before = text()
    with without("nesting"):
        assert text() != before
    assert text() == before
