"""`Leave` at the end of a round → `break` where the user wrote it.

In: a function that is about to be printed.  Out: the same, with the flag of a loop gone wherever it is plain from the structure
that it is set: there stands `break`, and what the flag would skip moves behind the branch.

    if c:                      if c:
        left = True                break
    else:                      d
        d
    Leave(left)
"""
from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ..ir import Assign, Block, Break, Const, For, Function, If, Leave, Raise, Statement, Var, While
from ..walk import all_binds, blocks, map_block, reads, walk, with_blocks


def with_breaks(function: Function) -> Function:
    """The function with its loops left by `break`, and without flags that nothing asks for any more."""
    body = map_block(function.body, lambda s: [_loop(s)] if isinstance(s, For | While) else [s])
    return replace(function, body=_without_unread_flags(body))


def _loop(loop: For | While) -> For | While:
    last = loop.body[-1] if loop.body else None
    if not isinstance(last, Leave) or not isinstance(last.test, Var):
        return loop
    found = _tail(loop.body[:-1], last.test.name)
    if found is None:
        return loop
    return replace(loop, body=found[0])


def _tail(block: Block, flag: str) -> tuple[Block, bool] | None:
    """The end of a round with `break` in place of a set flag, and whether it always breaks; None: structure does not tell."""
    for position, s in enumerate(block):
        rest = block[position + 1 :]
        if isinstance(s, Assign) and s.target.name == flag:
            if s.args != (Const(True),) or any(_mentions(other, flag) for other in rest):
                return None
            return (*block[: position + 1], *rest, Break(loc=s.loc)), True
        if flag not in all_binds((s,)):
            continue
        if not isinstance(s, If) or any(not isinstance(other, Assign) for other in rest):
            return None
        return _branch(block[:position], s, rest, flag)
    return block, bool(block) and isinstance(block[-1], Raise)


def _branch(before: Block, s: If, rest: Block, flag: str) -> tuple[Block, bool] | None:
    """Plain assignments that follow a branch are repeated in front of its breaks."""
    if any(_mentions(other, flag) for other in rest) or len(rest) > 2:
        return None
    then, orelse = _tail((*s.then, *rest), flag), _tail((*s.orelse, *rest), flag)
    if then is None or orelse is None:
        return None
    if then[1] and orelse[1]:
        return (*before, replace(s, then=then[0], orelse=orelse[0])), True
    if then[1]:
        return (*before, replace(s, then=then[0], orelse=()), *orelse[0]), False
    if orelse[1]:
        return (*before, replace(s, then=(), orelse=orelse[0]), *then[0]), False
    return (*before, replace(s, then=then[0], orelse=orelse[0])), False


def _mentions(s: Statement, flag: str) -> bool:
    return flag in all_binds((s,)) or any(var.name == flag for inner in walk((s,)) for var in reads(inner))


def _without_unread_flags(body: Block) -> Block:
    """Constants that nobody reads were flags."""
    read = Counter(var.name for s in walk(body) for var in reads(s))

    def block(statements: Block) -> Block:
        kept = (s for s in statements if not (_is_flag(s) and isinstance(s, Assign) and not read[s.target.name]))
        return tuple(with_blocks(s, tuple(map(block, blocks(s)))) if blocks(s) else s for s in kept)

    return block(body)


def _is_flag(s: Statement) -> bool:
    return isinstance(s, Assign) and s.op == "=" and isinstance(s.args[0], Const) and isinstance(s.args[0].value, bool)
