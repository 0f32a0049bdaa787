"""What a derivative stores, copies and computes again, as an object and as a text.

In: what `recorded` has found.  Out: frozen objects whose fields a program can read, and whose text has aligned columns, with the
user's lines at the end.  A count or a size is a formula; `n` and `size` are its number for the arguments at hand, None where only
running the function would tell.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stored:
    """Storage for values, a record or a copy of an array: its `name` in the generated source, `of` what, the user's line that it
    belongs to, the reason, how many values of which dtype (`count`), how many `bytes`.

    `routine`: which function of the source has it, "" for the entry.  `lives`: when it is made, if not once in a call.  `grows`: it
    begins small and doubles when it is full, so that more may be allocated, less than twice as much or room for 64.  Arrays that
    are kept by reference count in full, also if something else keeps the same one."""

    name: str
    of: str
    file: str
    line: int
    text: str
    reason: str
    dtype: str
    count: str
    n: int | None
    bytes: str
    size: int | None
    routine: str = ""
    lives: str = ""
    grows: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """A value that the reverse sweep computes a second time, and why that is better than a record."""

    of: str
    file: str
    line: int
    text: str
    reason: str
    routine: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`bytes`: all that is stored, records and copies, each of them once; `size` is its number."""

    title: str
    mode: str
    active: tuple[str, ...]
    records: tuple[Stored, ...]
    recomputed: tuple[Again, ...]
    copies: tuple[Stored, ...]
    bytes: str
    size: int | None

    def __str__(self) -> str:
        lines = [self.title, f"mode: {self.mode}", f"active: {', '.join(self.active) or 'nothing'}"]
        for name, found in (("recorded", self.records), ("copied", self.copies), ("computed again", self.recomputed)):
            lines += _section(name, found)
        return "\n".join([*lines, f"bytes in all: {_with_number(self.bytes, self.size)}"])


def _section(name: str, found: Sequence[Stored | Again]) -> Iterator[str]:
    if not found:
        yield f"{name}: nothing"
        return
    yield f"{name}:"
    rows = [_row(one) for one in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    home, previous = found[0].file, ("", 0)
    for one, row in zip(found, rows, strict=True):
        place = str(one.line) if one.file == home else f"{Path(one.file).name}:{one.line}"
        shown = "" if (one.file, one.line) == previous else f"  {one.text.strip()}"
        yield "  " + "  ".join(map(str.ljust, row, widths)) + f"  # {place}{shown}"
        previous = one.file, one.line


def _row(one: Stored | Again) -> tuple[str, ...]:
    of = f"{one.of} in {one.routine}" if one.routine else one.of
    if isinstance(one, Again):
        return of, one.reason
    size = f"{_with_number(one.bytes, one.size)} bytes"
    when = [text for text in ("doubled when full" if one.grows else "", one.lives) if text]
    return one.name, of, one.dtype, ", ".join([size, *when]), one.reason


def _with_number(formula: str, number: int | None) -> str:
    return formula if number is None or formula == str(number) else f"{formula} = {number}"
