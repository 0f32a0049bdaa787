"""Copies that may be none, and views that are written out as copies: right as long as nobody writes.

`np.ascontiguousarray` of an array with any strides asks at run time whether to copy; `np.broadcast_to` gives a view whose elements
repeat, which is made a copy here.  If the array, or what was made of it, is written later, the two would differ.
"""
from __future__ import annotations

from collections.abc import Sequence

from ..analyses.aliases import aliases_of
from ..ir import Assign, For, Function, Var, While
from ..walk import Path, located, written
from .refuse import refuse


def check_unsure(function: Function, pairs: Sequence[tuple[Assign, Var]]) -> None:
    """`pairs`: calls, and the arrays that their results may be views of."""
    if not pairs:
        return
    memory = aliases_of(function)
    writes = [(path, memory.of(array.name)) for path, s in located(function.body) for array in written(s)]
    loops = {path for path, s in located(function.body) if isinstance(s, For | While)}
    for call, source in pairs:
        first = min(path for path, s in located(function.body) if getattr(s, "target", None) == call.target)
        last = max(path for path, s in located(function.body) if s.loc == call.loc)
        roots = memory.of(source.name) | memory.of(call.target.name)
        if any(roots & stored and _later(path, first, last, loops) for path, stored in writes):
            raise refuse(call, f"what `{call.op}` is made of, or what it makes, is written later",
                         "whether the two share memory is not known before the call", "write `.copy()` behind it")  # fmt: skip


def _later(store: Path, first: Path, last: Path, loops: set[Path]) -> bool:
    """May the write run after the call?  (What the call itself fills does not count.)"""
    if store > last:
        return True
    shared = 0
    while shared < min(len(store), len(first)) and store[shared] == first[shared]:
        shared += 1
    return not first <= store <= last and any(first[:length] in loops for length in range(1, shared + 1))
