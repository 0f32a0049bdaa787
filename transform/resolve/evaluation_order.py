"""Array expressions that Numba computes when something in them has been written since.

In `(y * 2.0) * first(y)` Numba computes y * 2.0 in the loop of the outer product, behind the call; Python computes it before.  If
the call writes to y, the two differ, and the program is refused.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..analyses.aliases import Aliases, aliases_of
from ..analyses.kernels import is_looped
from ..ir import Array, Assign, Block, Function, Statement, Var
from ..walk import blocks, everywhere, map_block, reads, walk, written
from .refuse import refuse


def without_late_parts(function: Function) -> Function:
    """The resolved list and its routines, if no part of an expression reads what is written before Numba computes it."""
    return everywhere(function, _checked)


def _checked(function: Function) -> Function:
    if not any(_is_late(s) for s in walk(function.body)):
        return function
    memory = aliases_of(function)
    for block in _blocks(function.body):
        for place, s in enumerate(block):
            if isinstance(s, Assign) and _is_late(s) and is_looped(s, function.types):
                _check(s, block[:place], block[place + 1 :], function, memory)
    return replace(function, body=map_block(function.body, _on_time))


def _check(s: Assign, before: Block, behind: Block, function: Function, memory: Aliases) -> None:
    use = next((n for n, other in enumerate(behind) if s.target in reads(other)), 0)
    changed = {array.name for inner in walk(behind[:use]) for array in written(inner)}
    if any(memory.of(name) & memory.of(array) for name in _read(s, before, function) for array in changed):
        raise refuse(s, "what a part of an expression reads is changed by a call in a later part",
                     "Numba computes the part after the call, and Python before it",
                     "give it a name in a statement of its own: `t = ...`")  # fmt: skip


def _read(s: Assign, before: Block, function: Function) -> Iterator[str]:
    """The arrays that are read when the expression is computed."""
    for arg in s.args:
        if isinstance(arg, Var) and isinstance(function.types.get(arg.name), Array):
            made = next((other for other in reversed(before) if isinstance(other, Assign) and other.target == arg), None)
            if made is not None and made.loc is not None and made.loc.part:
                yield from _read(made, before, function)
            else:
                yield arg.name


def _is_late(s: Statement) -> bool:
    return s.loc is not None and s.loc.late


def _on_time(s: Statement) -> Iterator[Statement]:
    yield replace(s, loc=replace(s.loc, late=False)) if s.loc is not None and s.loc.late else s


def _blocks(block: Block) -> Iterator[Block]:
    yield block
    for s in block:
        for inner in blocks(s):
            yield from _blocks(inner)
