"""Arguments that share memory: a derivative says so if the program writes to one of them, and else is as if they did not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.attack.subject import Derived, Subject, flat, in_memory_of_their_own


def sharing(subject: Subject, derived: Derived, seeds: Any) -> Iterator[str]:
    together, apart = subject.overlapping(), in_memory_of_their_own(subject.overlapping())
    try:
        value, meant = (flat(subject.run(np.float64, args)[0]) for args in (subject.overlapping(), in_memory_of_their_own(apart)))
        expected = flat(derived.python(apart, seeds))
    except Exception:                                   # at such values the program raises
        return
    try:
        found = flat(derived.python(together, seeds))
    except ValueError as error:
        if not subject.program.writes:
            yield f"arguments that share memory are refused, and none is written: {error}"
        return
    if not np.array_equal(value, meant, equal_nan=True):
        yield "arguments that share memory are not noticed"
    elif not np.allclose(found, expected, rtol=1e-12, atol=0.0, equal_nan=True):
        yield f"arguments that share memory: {found[:4]} against {expected[:4]}"
