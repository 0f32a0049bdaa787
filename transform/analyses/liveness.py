"""Which names are read later, at every point of a function.

Backward data flow over nested blocks, loops to a fixed point.  Arrays count as names here: what is in them is the business
of `aliases`.
"""
from __future__ import annotations

from collections.abc import Mapping

from ..ir import Block, Break, For, If, Leave, Statement, While
from ..walk import Path, binds, reads

Names = frozenset[str]


def live_after(block: Block) -> Mapping[Path, Names]:
    """For the path of each statement the names that are read after it before they are bound again; for a loop, `(*path, -1)`
    holds what is live at the top of its body."""
    found: dict[Path, Names] = {}
    _block(block, (), frozenset(), frozenset(), found)
    return found


def _block(block: Block, path: Path, live: Names, out: Names, found: dict[Path, Names]) -> Names:
    """`live`: at the end of the block; `out`: behind the innermost loop."""
    for position in reversed(range(len(block))):
        here = (*path, position)
        if isinstance(block[position], Break):
            live = out
        found[here] = live
        live = _statement(block[position], here, live, out, found)
    return live


def _statement(s: Statement, path: Path, live: Names, out: Names, found: dict[Path, Names]) -> Names:
    used = frozenset(var.name for var in reads(s))
    match s:
        case For(counter, body=body):
            around = live
            while True:
                top = _block(body, (*path, 0), around, live, found) - {counter.name}
                if top <= around:
                    break
                around |= top
            found[(*path, -1)] = top | live
            return around | used
        case While(header, _, body):
            around = live
            while True:
                before_test = _block(body, (*path, 1), around, live, found) | live | used
                top = _block(header, (*path, 0), before_test, live, found)
                if top <= around:
                    break
                around |= top
            found[(*path, -1)] = top
            return top
        case If(_, then, orelse):
            return _block(then, (*path, 0), live, out, found) | _block(orelse, (*path, 1), live, out, found) | used
        case Leave():
            return live | out | used
        case _:
            return (live - {target.name for target in binds(s)}) | used
