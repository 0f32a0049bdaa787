"""Failing programs made small: by hypothesis, to which the numbers that a program was drawn from are its choices, and then as
texts (`reduce`).

A candidate counts if its first finding is of the same kind (`value of jvp`, `without replay`, `error: KeyError`), and comes in
time: what is left of a loop may have no end.
"""

from __future__ import annotations

import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, find, settings
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase, choices_to_bytes
from hypothesis.errors import NoSuchExample

from tests.attack import seam
from tests.attack.campaign import program
from tests.attack.choices import Choices
from tests.attack.judge import judge
from tests.attack.programs import Program, draw
from tests.attack.reduce import reduced
from wengert.transform.switches import OPTIMISATIONS

SECONDS = 30


class _EndlessError(BaseException):
    """A candidate takes too long."""


@contextmanager
def in_time() -> Iterator[None]:
    """Ends what takes more than some seconds; what is inside may go on as if it had failed."""

    def late(*_: object) -> None:
        raise _EndlessError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        with suppress(_EndlessError):
            yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@st.composite
def programs(pick: Any) -> Program:
    """Programs, as a strategy."""
    return draw(Choices(lambda count: pick(st.integers(0, count - 1))))


def smallest(seed: int, number: int, findings: tuple[str, ...], most: int = 1000) -> tuple[str, tuple[str, ...]]:
    """The text of a small program with such a finding, and the finding."""
    kind = kind_of(findings[0])
    switches = [name for name in OPTIMISATIONS if kind == f"without {name}:"]

    def found(candidate: Program) -> tuple[str, ...]:
        with in_time(), warnings.catch_warnings(), seam.without_inference():
            warnings.simplefilter("ignore")
            return tuple(f for f in judge(candidate, "small", switches).findings if kind_of(f) == kind)
        return ()

    drawn = _drawn(program(seed, number), lambda candidate: bool(found(candidate)), most)
    text = reduced(drawn.text, lambda text: bool(found(replace(drawn, text=text))), most)
    return text, found(replace(drawn, text=text))


def _drawn(start: Program, fails: Callable[[Program], bool], most: int) -> Program:
    """What hypothesis makes of it."""
    database = InMemoryExampleDatabase()
    database.save(b"attack", choices_to_bytes(start.choices))
    options = settings(max_examples=most, database=database, phases=[Phase.reuse, Phase.shrink], deadline=None,
                       verbosity=Verbosity.quiet, suppress_health_check=list(HealthCheck))  # fmt: skip
    try:
        return find(programs(), fails, settings=options, database_key=b"attack")
    except NoSuchExample:
        return start


def kind_of(finding: str) -> str:
    """A finding without its numbers and names."""
    head, _, rest = finding.partition(":")
    first = rest.strip().split(":")[0] if head == "error" else "".join(c for c in rest.split(chr(10))[0][-40:] if c.isalpha())
    return f"{head}:{first if head in ('error', 'refused') else ''}"
