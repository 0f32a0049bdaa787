"""From a derivative as it is written to its report.

In: the packed derivative after every simplification, how its text spells names, the arguments.  Out: a `Report`.  What is storage
and what is done again is told by the marks that differentiation left (`derive/keeping.py`); what was optimised away since then
is not there to be found.
"""
from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..interface import Packed, Parts
from ..ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    Call,
    For,
    Function,
    Grow,
    Kept,
    Loc,
    Push,
    Statement,
    Store,
    Var,
    View,
    While,
)
from ..names import base
from ..op_text import load
from ..structure import labels_of
from ..walk import binds, blocks
from ..writing.emit import Written
from .formulas import Number, Sizes, number_of, product, spelled, text_of, total
from .report import Again, Report, Stored

Loops = tuple[For | While, ...]


def report_of(packed: Packed, written: Written, mode: str, values: Sequence[object]) -> Report:
    """`values` are the arguments, or their Numba types."""
    known = {name: value for param, given in zip(packed.params, values, strict=False) for name, value in _given(param.parts, given)}
    labels = {packed.function.params[place].name: label for place, label in labels_of(packed.function.inputs).items()}
    found = [
        _Function(packed.function, "", {**written.names[""], **labels}, known),
        *(_Function(function, name, written.names[name], {}) for name, function in packed.function.routines.items()),
    ]
    kept = [one for function in found for one in function.kept()]
    numbers = [one.stored.size for one in kept]
    return Report(
        packed.title.rstrip("."), mode, packed.function.active, tuple(one.stored for one in kept if one.kind == "record"),
        tuple(dict.fromkeys(one for function in found for one in function.again())),
        tuple(one.stored for one in kept if one.kind == "copy"), text_of(total([one.bytes for one in kept])),
        None if None in numbers else sum(number for number in numbers if number is not None),
    )  # fmt: skip


def _given(parts: Parts, value: object) -> Iterator[tuple[str, object]]:
    """The flat parameters with the values that the caller gives."""
    if isinstance(parts, str):
        yield parts, value
    elif isinstance(parts, tuple) and isinstance(value, tuple):
        for part, item in zip(parts, value, strict=False):
            yield from _given(part, item)


@dataclass(frozen=True, slots=True)
class _Kept:
    kind: str
    stored: Stored
    bytes: Number


class _Function:
    """The entry or a routine; each of its statements with the loops around it."""

    def __init__(self, function: Function, routine: str, names: Mapping[str, str], known: Mapping[str, object]) -> None:
        self.function, self.names = function, names
        self.routine = base(routine)
        self.sizes = Sizes(function)
        self.known = {name: value for name, value in known.items() if name in self.sizes.fixed}
        self.placed = list(_placed(function.body, ()))

    # ---- storage --------------------------------------------------------------------------------------------------------

    def kept(self) -> Iterator[_Kept]:
        for s, around in self.placed:
            mark = _mark(s)
            if mark is None or mark.kind == "again" or not isinstance(s, Assign):
                continue
            type_ = self.function.types.get(s.target.name)
            if s.op == "list":
                dtype, count, one = self.listed(s.target, around)
                yield self.told(mark, s, around, dtype, count, product([count, one]))
            elif isinstance(type_, Array):
                grown = self.grown(s.target)
                count = grown or self.sizes.size(s.target)
                yield self.told(mark, s, around, type_.dtype, count, _bytes(type_.dtype, count), grown is not None)

    def told(self, mark: Kept, s: Assign, around: Loops, dtype: str, count: Number, size: Number, grows: bool = False) -> _Kept:
        count_, size_ = (spelled(formula, self.names) for formula in (count, size))
        lives = f"anew in each round of {_loop(around[-1])}" if around else "in each call" if self.routine else ""
        stored = Stored(
            self.names.get(s.target.name, base(s.target.name)), mark.of, *_line(s.loc), mark.why, dtype, text_of(count_),
            number_of(count, self.known), text_of(size_), number_of(size, self.known), self.routine, lives, grows,
        )  # fmt: skip
        return _Kept(mark.kind, stored, size_)

    def grown(self, tape: Var) -> Number | None:
        """How many places a record that grows comes to need: the rounds of the loop in which it is written."""
        if not any(isinstance(s, Grow) and tape in s.tapes for s, _ in self.placed):
            return None
        found = (around[-1] for s, around in self.placed if isinstance(s, Store) and s.array == tape)
        return load(f"rounds of {_loop(next(found))}")

    def listed(self, tape: Var, outside: Loops) -> tuple[str, Number, Number]:
        """Arrays that are kept by reference: their dtype, how many there are, and the bytes of one."""
        value, around = next((s.value, around) for s, around in self.placed if isinstance(s, Push) and s.list == tape)
        inner = around[len(outside) :]
        counts = [self.sizes.rounds(loop) if isinstance(loop, For) else None for loop in inner]
        known = [count for count in counts if count is not None]
        count = product(known) if len(known) == len(counts) else load(f"rounds of {_loop(inner[-1])}")
        type_ = self.function.types.get(value.name)
        dtype = type_.dtype if isinstance(type_, Array) else ""
        owner = value
        while isinstance(made := self.sizes.definitions.get(owner.name), View):
            owner = made.array
        born = [around for s, around in self.placed if owner in binds(s)]
        fresh = any(around[: len(outside) + 1] == (*outside, *inner[:1]) for around in born)
        return dtype, count, _bytes(dtype, self.sizes.size(owner)) if fresh else ast.Constant(0)

    # ---- done again -----------------------------------------------------------------------------------------------------

    def again(self) -> Iterator[Again]:
        """What is marked so, as far as the first time is still there."""
        first = {key for s, _ in self.placed if (mark := _mark(s)) is None or mark.kind != "again" for key in _keys(s)}
        for s, _ in self.placed:
            mark = _mark(s)
            if mark is not None and mark.kind == "again" and any(key in first for key in _keys(s)):
                yield Again(mark.of, *_line(s.loc), mark.why, self.routine)


def _placed(block: Block, around: Loops) -> Iterator[tuple[Statement, Loops]]:
    for s in block:
        yield s, around
        inside = (*around, s) if isinstance(s, For | While) else around
        for inner in blocks(s):
            yield from _placed(inner, inside)


def _mark(s: Statement) -> Kept | None:
    return None if s.loc is None else s.loc.kept


def _keys(s: Statement) -> list[tuple[object, ...]]:
    """What the same statement has in both sweeps: its place in the user's text, and what it gives a value to."""
    if s.loc is None or isinstance(s, For | While):
        return []
    place = (s.loc.file, s.loc.line, s.loc.column, s.loc.end_column)
    if isinstance(s, Call):
        return [(*place, "call")]
    targets = (s.array,) if isinstance(s, Store | Accumulate) else binds(s)
    return [(*place, type(s).__name__, base(target.name)) for target in targets]


def _bytes(dtype: str, count: Number) -> Number:
    return product([ast.Constant(np.dtype(dtype).itemsize), count])


def _line(loc: Loc | None) -> tuple[str, int, str]:
    assert loc is not None, "what is marked has a place"
    return loc.file, loc.line, loc.text


def _loop(loop: For | While) -> str:
    """A loop in a formula; one that no user wrote goes over the numbers of the arguments or results."""
    return f"line {loop.loc.line}" if loop.loc is not None else "the sweeps"


def mode_of(kind: str) -> str:
    """What is done to the function, by the kind of the transform."""
    modes = {"jvp": "forward", "jacfwd": "forward", "jacobian": "forward or reverse, by the sizes", "hvp": "forward over reverse",
             "hessian": "forward over reverse"}  # fmt: skip
    return modes.get(kind, "reverse")

