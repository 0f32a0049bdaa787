"""Statements whose effect nobody sees are dropped.

Mark and sweep without regard to order: a name is live if a kept statement reads it, a piece of memory if a kept statement
reads what is in it; writes to dead memory go.  `split_webs` has made variables out of names, so this is precise enough.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..analyses.aliases import Aliases, aliases_of
from ..analyses.contents import contents
from ..analyses.effects import acts
from ..ir import Assign, Block, Call, Function, Grow, Leave, Pop, Push, Raise, Remark, Return, Statement
from ..switches import on
from ..walk import binds, blocks, reads, with_blocks, written


def eliminate(function: Function) -> Function:
    """The function without dead statements; what it returns is live, and what a routine leaves for its caller to see."""
    if not on("dead code"):
        return function
    return replace(function, body=live_part(function.body, aliases_of(function), (), function.seen, effects=True))


def live_part(block: Block, memory: Aliases, names: Iterable[str], contents_of: Iterable[str], effects: bool) -> Block:
    """What of a block is needed for `names`, for the contents of the arrays `contents_of`, for its returns, and for its effects
    if these are wanted (a round that is run again has had them)."""
    live = _Live(memory, effects)
    nodes = live.enter(block, None)
    for name in names:
        live.want(name)
    for array in contents_of:
        live.look(array)
    live.spread()
    return _swept(nodes)


@dataclass(eq=False, slots=True)
class _Node:
    """A statement at its place: the same one may stand at several."""

    statement: Statement
    around: _Node | None
    kept: bool = False
    inner: tuple[list[_Node], ...] = ()


class _Live:
    """Places by what keeps them: a name that is wanted, a piece of memory that is looked at, a place nested in them."""

    def __init__(self, aliases: Aliases, effects: bool) -> None:
        self.aliases, self.effects = aliases, effects
        self.by_name: dict[str, list[_Node]] = {}
        self.by_root: dict[str, list[_Node]] = {}
        self.names: set[str] = set()
        self.memory: set[str] = set()
        self.waiting: list[_Node] = []

    def enter(self, block: Block, around: _Node | None) -> list[_Node]:
        nodes = [_Node(s, around) for s in block]
        for node in nodes:
            s = node.statement
            for name in _wanted_for(s):
                self.by_name.setdefault(name, []).append(node)
            for array in written(s):
                roots = self.aliases.of(array.name)
                for root in roots:
                    self.by_root.setdefault(root, []).append(node)
                if not roots:
                    self.by_name.setdefault(array.name, []).append(node)
            if self.stays(s):
                self.keep(node)
            node.inner = tuple(self.enter(inner, node) for inner in blocks(s))
        return nodes

    def stays(self, s: Statement) -> bool:
        """Is it there for its own sake?"""
        match s:
            case Return():
                return True
            case Raise():
                return self.effects
            case Assign():
                return self.effects and acts(s)
            case Call():
                return self.effects and s.effects
            case _:
                return False

    def keep(self, node: _Node | None) -> None:
        while node is not None and not node.kept:
            node.kept = True
            self.waiting.append(node)
            node = node.around

    def want(self, name: str) -> None:
        if name not in self.names:
            self.names.add(name)
            for node in self.by_name.get(name, ()):
                self.keep(node)

    def look(self, array: str) -> None:
        for root in self.aliases.of(array) - self.memory:
            self.memory.add(root)
            for node in self.by_root.get(root, ()):
                self.keep(node)

    def spread(self) -> None:
        """What the kept statements read is wanted, too, until nothing is new."""
        while self.waiting:
            s = self.waiting.pop().statement
            ways_out = [last for inner in blocks(s) for last in inner[-1:] if isinstance(last, Leave)]
            for one in (s, *ways_out):
                for var in reads(one):
                    self.want(var.name)
                for var in contents(one):
                    self.look(var.name)


def _wanted_for(s: Statement) -> list[str]:
    """The names for whose sake a statement is there."""
    match s:
        case Grow(tapes):
            return [tape.name for tape in tapes]
        case Push(list_):
            return [list_.name]
        case Pop(target, list_):
            return [target.name, list_.name]
        case _:
            return [var.name for var in binds(s)]


def _swept(nodes: list[_Node]) -> Block:
    out: list[Statement] = []
    for node in nodes:
        s = node.statement
        if node.kept:
            out.append(with_blocks(s, tuple(map(_swept, node.inner))) if node.inner else s)
        elif isinstance(s, Remark | Leave):
            out.append(s)
    return tuple(out)
