"""The derivatives of a program compiled: what CPython makes of the generated source is what Numba makes of it.

Numba draws other random numbers than CPython: programs with draws are held against the primal's value, one mode against the
other, and differences.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numba.core.errors import NumbaError

import wengert as wg
from tests import oracles
from tests.attack.campaign import program
from tests.attack.judge import LARGE, H, close, has_kink, regular
from tests.attack.subject import Subject, flat
from wengert import TransformError

ASKED = "value of", "reverse against forward", "forward against", "hvp against", "hvp is not symmetric"


def drawn(seed: int, number: int) -> Subject:
    return Subject(program(seed, number), f"{seed}:{number}")


def findings(subject: Subject) -> list[str]:
    """`jvp` and `vjp` compiled against the same as Python, the value against the primal as Numba compiles it."""
    primal = subject.module.program
    draws = any("random number" in name for name in subject.program.used)
    found: list[str] = []
    products: list[Any] = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if not regular(subject):
            return []
        value = _value(primal, subject)
        for transformed, seeds in ((wg.jvp(primal), subject.v), (wg.vjp(primal), subject.u)):
            _seed()
            native = transformed(subject.fresh(), seeds)
            products.append(flat(native[1]))
            if value is not None and not np.array_equal(flat(native[0]), flat(value)):
                found.append(f"{transformed.__name__}: value")
            if not draws:
                found += [f"{transformed.__name__}: {what}" for what in _differences(transformed, subject, seeds, native)]
        found += _slope(subject, products[0], lambda args: wg.jvp(primal)(args, subject.v)[0])
    jv, jtu = products
    u, v = flat(subject.u), flat(subject.v)
    size = np.linalg.norm(u) * np.linalg.norm(jv) + np.linalg.norm(jtu) * np.linalg.norm(v)
    if size < LARGE and abs(np.dot(u, jv) - np.dot(jtu, v)) > 1e-9 * size:
        found.append(f"reverse against forward: {np.dot(u, jv)} against {np.dot(jtu, v)}")
    return found


def agrees(subject: Subject, doubtful: Sequence[str]) -> bool:
    """Are what CPython's findings are about, all of them, numbers that are right as Numba compiles the same text?"""
    kinds = [finding.removeprefix("elsewhere, ") for finding in doubtful]
    if not all(kind.startswith(ASKED) for kind in kinds):
        return False
    asked = [subject, subject.elsewhere()] if any(finding.startswith("elsewhere, ") for finding in doubtful) else [subject]
    try:
        found = [finding for one in asked for finding in findings(one)]
        found += _second_order(subject) if any(kind.startswith("hvp") for kind in kinds) else []
        unknown = any(kind.startswith("value of") for kind in kinds) and _value(subject.module.program, subject) is None
    except (NumbaError, TransformError):
        return False
    return not unknown and all(finding.endswith("by CPython") for finding in found)


def _second_order(subject: Subject) -> list[str]:
    """`hvp` compiled, against differences of the compiled gradient."""
    total, places = getattr(subject.module, "total", subject.module.program), (0, 1, 2)
    x, *rest = subject.fresh()
    _seed()
    product = flat(wg.hvp(total, places)(x, subject.v[:3], *rest))
    return _slope(subject, product, lambda args: wg.grad(total, places)(*args))


def _slope(subject: Subject, found: Any, value: Any) -> list[str]:
    """A derivative along v against differences, if there is no kink."""
    def moved(step: float) -> Any:
        args = subject.fresh()
        x, m, third, n = subject.moved(np.float64(step), subject.v)
        args[0][...], args[1][...] = x, m
        _seed()
        return flat(value((*args[:2], third, n)))

    coarse, fine = ((moved(h) - moved(-h)) / (2 * h) for h in (H, H / 2))
    expected = fine + (fine - coarse) / 3
    if has_kink(subject) or not np.linalg.norm(expected) < LARGE or close(found, expected, 1e-6):
        return []
    return [f"derivative against differences: {found} against {expected}"]


@njit  # type: ignore[untyped-decorator]
def _seed() -> None:
    np.random.seed(7)
    random.seed(7)


def _value(primal: Any, subject: Subject) -> Any:
    """What the primal gives as Numba compiles it; None where Numba cannot (a closure that is handed to a helper, one in
    a function that calls itself, keyword-only parameters that are left out)."""
    try:
        compiled = oracles.compiled_primal(primal)
        _seed()
        return oracles.copied(compiled(*subject.fresh()))
    except (NumbaError, NotImplementedError, RuntimeError, IndexError):
        return None


def _differences(transformed: Any, subject: Subject, seeds: Any, native: Any) -> list[str]:
    args = subject.fresh(), seeds
    python = transformed.python_for(*args)(*args)
    if not np.linalg.norm(flat(native[0])) < LARGE or not np.linalg.norm(flat(native[1])) < LARGE:
        return []
    return [] if close(flat(native[1]), flat(python[1]), 1e-9) else [f"{flat(native[1])} against {flat(python[1])} by CPython"]
