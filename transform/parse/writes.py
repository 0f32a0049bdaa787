"""What a piece of text may change, before types are known."""
from __future__ import annotations

from ..ir import Assign, Block, Call, Const
from ..op_text import BINARY
from ..rules import RULES
from ..walk import binds, walk, written

LIST_METHODS = {".append", ".pop", ".insert", ".clear", ".extend", ".reverse", ".index", ".count", ".remove", ".sort"}


def may_write(block: Block) -> bool:
    """May the block change what is in an array or a list that was there before?  Types are not known yet."""
    fresh = {target.name for s in walk(block) for target in binds(s)}
    while True:
        bound = {s.target.name for s in walk(block) if isinstance(s, Assign) and not _new(s, fresh)}
        bound |= {target.name for s in walk(block) if not isinstance(s, Assign) for target in binds(s)}
        if not bound & fresh:
            break
        fresh -= bound
    return any(isinstance(s, Call) or written(s) or (isinstance(s, Assign) and _in_place(s, fresh)) for s in walk(block))


def _new(s: Assign, fresh: set[str]) -> bool:
    """Is what it binds a number, or memory that nobody else sees?"""
    if s.op == "bind" or s.op in _UPDATES:
        return isinstance(s.args[0], Const) or s.args[0].name in fresh
    return s.op in _ARITHMETIC or s.op.startswith("math.")


def _in_place(s: Assign, fresh: set[str]) -> bool:
    known = s.op in RULES and RULES[s.op].writes
    return known or s.op in LIST_METHODS or s.op in _WRITERS or (s.op in _UPDATES and s.target.name not in fresh)


_ARITHMETIC = {*BINARY, "neg"}
_UPDATES = {op + "=" for op in BINARY}
_WRITERS = (".permute", "apply")        # `l.sort()`, and what is called by a transform of it, such as `checkpoint`
