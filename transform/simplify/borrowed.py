"""A copy that nobody could tell from the array that it is made of, is that array.

In: a list with generated copies of arrays, such as an adjoint that begins with another one.  Out: names for the array itself in the
place of such copies, which `copies` passes on.  The copy is used behind its making in that block only, by arithmetic that makes
something new of it, and nothing writes to either of the two until it was used last.
"""
from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ..analyses.aliases import aliases_of
from ..ir import Accumulate, Array, Assign, Block, Function, Load, Statement, Store, View
from ..switches import on
from ..walk import blocks, reads, walk, with_blocks, written
from .copies import generated

_NEW = frozenset(("+", "-", "*", "/", "neg", "strong"))
"""What makes a new array of its operands, or a number."""


def borrow(function: Function) -> Function:
    copies = [s for s in walk(function.body) if _is_copy(s, function)] if on("needless copies") else []
    return replace(function, body=_Borrowed(function).block(function.body)) if copies else function


def _is_copy(s: Statement, function: Function) -> bool:
    if not isinstance(s, Assign) or s.op != ".copy" or not generated(s.target.name, function.named):
        return False
    types = [function.types.get(var.name) for var in (s.target, *reads(s))]
    return isinstance(types[0], Array) and types[0] == types[-1]


class _Borrowed:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.memory = aliases_of(function)
        self.used = Counter(var.name for s in walk(function.body) for var in reads(s))

    def block(self, block: Block) -> Block:
        out: list[Statement] = []
        for position, s in enumerate(block):
            if isinstance(s, Assign) and _is_copy(s, self.function) and self.lasts(s, block[position + 1 :]):
                (array,) = reads(s)
                out.append(View(s.target, array, "=", loc=s.loc))
            else:
                inner = tuple(map(self.block, blocks(s)))
                out.append(with_blocks(s, inner) if inner else s)
        return tuple(out)

    def lasts(self, copy: Assign, behind: Block) -> bool:
        """Are both what they are until the copy was used last, behind its making?"""
        target, (array,) = copy.target, reads(copy)
        both = self.memory.of(array.name) | {target.name}
        left = self.used[target.name]
        for s in behind:
            if left == 0:
                break
            for inner in walk((s,)):
                times = reads(inner).count(target)
                if (times and not _makes_new(inner)) or any(self.memory.of(var.name) & both for var in written(inner)):
                    return False
                left -= times
        return left == 0


def _makes_new(s: Statement) -> bool:
    """Does it read elements, and share no memory?"""
    return isinstance(s, Load | Store | Accumulate) or (isinstance(s, Assign) and s.op in _NEW)
