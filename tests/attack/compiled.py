"""The derivatives of a program compiled: what CPython makes of the generated source is what Numba makes of it.

Numba draws other random numbers than CPython: programs with draws are held against the primal's value, and one mode against the
other.
"""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np
from numba import njit
from numba.core.errors import NumbaError

import wengert as wg
from tests import oracles
from tests.attack.campaign import program
from tests.attack.judge import LARGE, _regular, close
from tests.attack.subject import Subject, flat
from wengert import TransformError


def findings(seed: int, number: int) -> list[str]:
    """`jvp` and `vjp` compiled against the same as Python, the value against the primal as Numba compiles it."""
    subject = Subject(program(seed, number), f"{seed}:{number}")
    primal = subject.module.program
    draws = any("random number" in name for name in subject.program.used)
    found: list[str] = []
    products: list[Any] = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if not _regular(subject):
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
    jv, jtu = products
    u, v = flat(subject.u), flat(subject.v)
    size = np.linalg.norm(u) * np.linalg.norm(jv) + np.linalg.norm(jtu) * np.linalg.norm(v)
    if size < LARGE and abs(np.dot(u, jv) - np.dot(jtu, v)) > 1e-9 * size:
        found.append(f"reverse against forward: {np.dot(u, jv)} against {np.dot(jtu, v)}")
    return found


def agrees(seed: int, number: int) -> bool:
    """Has the program the value of the primal, and do both modes agree, as Numba compiles them?"""
    try:
        found = findings(seed, number)
    except (NumbaError, TransformError):
        return False
    return not [finding for finding in found if finding.endswith(": value") or finding.startswith("reverse against forward")]


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
    return [] if close(flat(native[1]), flat(python[1]), 1e-9) else [f"{flat(native[1])} against {flat(python[1])}"]
