"""The types that the attack assigns are those that Numba infers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import types

from tests.attack import seam
from tests.attack.campaign import program
from tests.attack.subject import Subject
from wengert.transform import pipeline
from wengert.transform.analyses.types import infer
from wengert.transform.errors import TransformError
from wengert.transform.ir import Function
from wengert.transform.normalise import split_webs
from wengert.transform.parse import parse
from wengert.transform.reading.source import read
from wengert.transform.walk import all_binds


def differences(first: int, last: int) -> list[str]:
    """Where the two disagree: about the list of a program, and about its gradient, which is typed again for `hvp`."""
    found: list[str] = []

    def both(function: Function, argtypes: tuple[Any, ...]) -> Function:
        assigned, inferred = seam.assign(function, argtypes), infer(function, argtypes)
        for name in sorted(all_binds(inferred.body)):
            mine, theirs = assigned.types.get(name), inferred.types.get(name)
            if mine != theirs and assigned.body == inferred.body:
                found.append(f"{number}: {name} is {mine}, Numba has {theirs}")
        return assigned

    for number in range(first, last):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pipeline, "infer", both)
            drawn = program(1, number)
            subject = Subject(drawn, str(number))
            try:
                subject.hvp()
            except TransformError as error:             # not all takes both kinds of floats
                if not drawn.single or "Numba cannot type" not in str(error):
                    raise
            finally:
                subject.forget()
    return found


def test_a_sample() -> None:
    assert differences(0, 10) == []


def counts(x):
    z = 0.5 * x
    for z in range(3):
        x *= 1.1
    return np.exp(-(z**2)) * x


def test_a_counter_that_was_a_float_before() -> None:
    """Without a round it still is one."""
    raw = split_webs(parse(read(counts), (0,), (None,)))
    assert seam.assign(raw, (types.float64,)).types == infer(raw, (types.float64,)).types


@pytest.mark.full
def test_five_hundred() -> None:
    assert differences(10, 510) == []


def test_processes_tell_each_other_what_they_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def process(**answers: Any) -> dict[Any, Any]:
        """A process that has asked this, and what it knows then."""
        for name, value in {"_answers": dict(answers), "_told": set(), "_files": set()}.items():
            monkeypatch.setattr(seam, name, value)
        seam.exchange(tmp_path)
        seam.exchange(tmp_path)
        return seam._answers

    assert process(a=1) == {"a": 1}
    assert process(b=2) == {"a": 1, "b": 2}
    assert process() == {"a": 1, "b": 2}
    assert len(list(tmp_path.glob("*.answers"))) == 2       # nothing is told twice
