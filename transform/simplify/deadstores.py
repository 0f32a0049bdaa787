"""Bindings that are bound again before they are read are dropped."""
from __future__ import annotations

from dataclasses import replace

from ..analyses.liveness import live_after
from ..ir import Assign, Block, Function, Load, Statement, View
from ..walk import Path, binds, blocks, with_blocks
from .deadcode import EFFECTS


def drop(function: Function) -> Function:
    """The function without dead bindings of names."""
    live = live_after(function.body)

    def block(statements: Block, path: Path) -> Block:
        out: list[Statement] = []
        for position, s in enumerate(statements):
            here = (*path, position)
            pure = isinstance(s, Load | View) or (isinstance(s, Assign) and s.op not in EFFECTS)
            target = binds(s)
            if pure and target is not None and target.name not in live[here]:
                continue
            inner = tuple(block(b, (*here, number)) for number, b in enumerate(blocks(s)))
            out.append(with_blocks(s, inner) if inner else s)
        return tuple(out)

    return replace(function, body=block(function.body, ()))
