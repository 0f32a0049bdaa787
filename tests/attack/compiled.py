"""The derivatives of a program compiled: what CPython makes of the generated source is what Numba makes of it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numba.core.errors import NumbaError

import wengert as wg
from tests import oracles
from tests.attack.campaign import program
from tests.attack.judge import _regular, close
from tests.attack.subject import Subject, flat


def findings(seed: int, number: int) -> list[str]:
    """`jvp` and `vjp` compiled against the same as Python, the value against the primal as Numba compiles it."""
    subject = Subject(program(seed, number), f"{seed}:{number}")
    primal = subject.module.program
    found: list[str] = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if not _regular(subject):
            return []
        value = _value(primal, subject)
        for transformed, seeds in ((wg.jvp(primal), subject.v), (wg.vjp(primal), subject.u)):
            found += [f"{transformed.__name__}: {what}" for what in _differences(transformed, subject, seeds, value)]
    return found


def _value(primal: Any, subject: Subject) -> Any:
    """What the primal gives as Numba compiles it; None where Numba cannot (a closure that is handed to a helper)."""
    try:
        return oracles.copied(oracles.compiled_primal(primal)(*subject.fresh()))
    except (NumbaError, NotImplementedError):
        return None


def _differences(transformed: Any, subject: Subject, seeds: Any, value: Any) -> list[str]:
    args = subject.fresh(), seeds
    python, native = transformed.python_for(*args)(*args), transformed(*args)
    found = [] if value is None or np.array_equal(flat(native[0]), flat(value)) else ["value"]
    if not np.linalg.norm(flat(native[0])) < 1e3 or not np.linalg.norm(flat(native[1])) < 1e3:
        return []
    return found if close(flat(native[1]), flat(python[1]), 1e-9) else [*found, f"{flat(native[1])} against {flat(python[1])}"]
