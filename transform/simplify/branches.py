"""Two branches on the same flag, one right after the other, become one.

The forward part of a round that is run again and its reverse test the same flags; merged, what one arm computes is plainly
there for the other.  Constants that are assigned in between move in front.  Two branches that only choose a value each stay
apart: they are written as `and`, `or` and `a if c else b`.
"""
from __future__ import annotations

from dataclasses import replace

from ..ir import Assign, Block, Const, Function, If, Load, Statement, Var, View
from ..names import is_temporary
from ..switches import on
from ..walk import all_binds, all_reads, blocks, walk, with_blocks


def merge(function: Function) -> Function:
    """The function with such branches merged."""
    return replace(function, body=_block(function.body)) if on("branches") else function


def _block(block: Block) -> Block:
    out: list[Statement] = []
    for s in block:
        if isinstance(s, If) and (first := _partner(out, s)) is not None:
            one = out[first]
            assert isinstance(one, If)
            between = out[first + 1 :]
            del out[first:]
            out += [*between, replace(one, then=(*one.then, *s.then), orelse=(*one.orelse, *s.orelse))]
        else:
            out.append(s)
    return tuple(with_blocks(s, tuple(map(_block, blocks(s)))) if blocks(s) else s for s in out)


def _partner(before: list[Statement], s: If) -> int | None:
    """The position of an earlier branch on the same flag that `s` may join."""
    for position in reversed(range(len(before))):
        one = before[position]
        if isinstance(one, If):
            between = {name for other in before[position + 1 :] for name in all_binds((other,))}
            touched = all_binds((one,)) | all_reads((one,))
            if _chooses(one) and _chooses(s):
                return None
            same = isinstance(s.test, Var) and one.test == s.test and s.test.name not in all_binds((one,)) | between
            return position if same and not between & touched else None
        if not (isinstance(one, Assign) and one.op == "=" and isinstance(one.args[0], Const)):
            return None
    return None


def _chooses(s: If) -> bool:
    """Does it only choose the value of one temporary?"""
    ends = [arm[-1] if arm else None for arm in (s.then, s.orelse)]
    targets = {end.target for end in ends if isinstance(end, Assign) and end.op == "=" and is_temporary(end.target.name)}
    return len(targets) == 1 and all(isinstance(end, Assign) and end.target in targets for end in ends) and all(
        isinstance(inner, Assign | Load | View | If) for inner in walk((s,))
    )
