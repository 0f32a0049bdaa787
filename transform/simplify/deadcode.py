"""Statements whose effect nobody sees are dropped.

Mark and sweep without regard to order: a name is live if a kept statement reads it, a piece of memory if a kept statement
reads what is in it; writes to dead memory go.  `split_webs` has made variables out of names, so this is precise enough.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..analyses.aliases import Aliases, aliases_of
from ..analyses.contents import contents
from ..analyses.effects import acts
from ..ir import (
    Accumulate,
    Assign,
    Block,
    Call,
    For,
    Function,
    Grow,
    If,
    Leave,
    Pop,
    Push,
    Raise,
    Remark,
    Return,
    Statement,
    Store,
    Var,
    While,
)
from ..switches import on
from ..walk import binds, blocks, reads, walk, with_blocks, written


def eliminate(function: Function) -> Function:
    """The function without dead statements; what it returns is live, and what a routine leaves for its caller to see."""
    if not on("dead code"):
        return function
    return replace(function, body=live_part(function.body, aliases_of(function), (), function.seen, effects=True))


def live_part(block: Block, memory: Aliases, names: Iterable[str], contents_of: Iterable[str], effects: bool) -> Block:
    """What of a block is needed for `names`, for the contents of the arrays `contents_of`, for its returns, and for its effects
    if these are wanted (a round that is run again has had them)."""
    live = _Live(memory, set(names), effects)
    for array in contents_of:
        live.memory |= memory.of(array)
    changed = True
    while changed:
        before = len(live.names) + len(live.memory)
        live.mark(block)
        changed = len(live.names) + len(live.memory) != before
    return live.sweep(block)


@dataclass
class _Live:
    aliases: Aliases
    names: set[str]
    effects: bool
    memory: set[str] = field(default_factory=set)

    def wants(self, s: Statement) -> bool:
        match s:
            case Return() | Remark() | Leave():
                return True
            case Raise():
                return self.effects
            case Assign(target) if acts(s):
                return self.effects or target.name in self.names
            case Store(array) | Accumulate(array):
                return self.seen(array)
            case Grow(tape):
                return tape.name in self.names
            case Push(list_):
                return list_.name in self.names
            case Pop(target, list_):
                return target.name in self.names or list_.name in self.names
            case For() | While() | If():
                if self.bound(s):
                    return True
                return any(self.wants(inner) and not isinstance(inner, Remark | Leave) for b in blocks(s) for inner in walk(b))
            case Call():
                return (s.effects and self.effects) or self.bound(s) or any(self.seen(array) for array in written(s))
            case _:
                return self.bound(s)

    def bound(self, s: Statement) -> bool:
        """Does somebody want a name that the statement binds?"""
        return any(var.name in self.names for var in binds(s))

    def seen(self, array: Var) -> bool:
        """Does somebody want what is in an array?"""
        roots = self.aliases.of(array.name)
        return bool(roots & self.memory) if roots else array.name in self.names

    def mark(self, block: Block) -> None:
        for s in reversed(block):
            if not self.wants(s):
                continue
            for inner in reversed(blocks(s)):
                self.mark(inner)
            self.names |= {var.name for var in reads(s)}
            for var in contents(s):
                self.memory |= self.aliases.of(var.name)

    def sweep(self, block: Block) -> Block:
        out: list[Statement] = []
        for s in block:
            if not self.wants(s):
                continue
            inner = tuple(self.sweep(b) for b in blocks(s))
            out.append(with_blocks(s, inner) if inner else s)
        return tuple(out)


