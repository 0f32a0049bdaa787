"""What is plain from where it stands: the flag of a branch in its arms, and a divisor that was checked.

In: a function that is about to be printed.  In the arms of `if flag:` a choice that is the flag itself is True or False: then
the flag is read once, and the branch can be written as `and` or `or`.  An integer that was found not to be zero is not asked
about again until it is bound again: the first check raises as the second would.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..ir import Assign, Block, Const, For, Function, If, Operand, Scalar, Statement, Type, Var, While
from ..switches import on
from ..walk import all_binds, blocks, with_blocks

Known = Mapping[str, Const]


def plain(function: Function) -> Function:
    """The function with such choices as constants, and without such checks."""
    if not on("branches"):
        return function
    body = _block(function.body, {}, function.types)
    return replace(function, body=_checked(body, set(), function.types))


# ---- flags --------------------------------------------------------------------------------------------------------------


def _block(block: Block, known: Known, types: Mapping[str, Type]) -> Block:
    out: list[Statement] = []
    for s in block:
        match s:
            case Assign(target, "=", (Var(name),)) if name in known and types.get(target.name) == Scalar("bool"):
                s = replace(s, args=(known[name],))
            case If(Var(name), then, orelse) if types.get(name) == Scalar("bool"):
                then = _block(then, _without({**known, name: Const(True)}, then), types)
                orelse = _block(orelse, _without({**known, name: Const(False)}, orelse), types)
                s = replace(s, then=then, orelse=orelse)
            case _ if blocks(s):
                inside = _without(known, (s,))
                s = with_blocks(s, tuple(_block(b, inside, types) for b in blocks(s)))
        known = _without(known, (s,))
        out.append(s)
    return tuple(out)


def _without(known: Known, block: Block) -> Known:
    bound = all_binds(block) if known else ()
    return {name: value for name, value in known.items() if name not in bound}


# ---- divisors -----------------------------------------------------------------------------------------------------------


def _checked(block: Block, known: set[Operand], types: Mapping[str, Type]) -> Block:
    """The block without checks of what is known not to be zero, which it adds to."""
    out: list[Statement] = []
    for s in block:
        match s:
            case Assign(_, "check_divisor", (Var(name) as divisor,)) if isinstance(types.get(name), Scalar):
                if divisor in known:
                    continue
                known.add(divisor)
            case For() | While():
                known -= {Var(name) for name in all_binds((s,))}
                s = with_blocks(s, tuple(_checked(b, set(known), types) for b in blocks(s)))
            case If(_, then, orelse):
                arms = set(known), set(known)
                s = replace(s, then=_checked(then, arms[0], types), orelse=_checked(orelse, arms[1], types))
                known.clear()
                known |= arms[0] & arms[1]
            case _:
                known -= {Var(name) for name in all_binds((s,))}
        out.append(s)
    return tuple(out)
