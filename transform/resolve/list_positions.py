"""Which positions of a list are surely there: constants in lists that are written out, and what counts over the length.

In: a typed Function before it is resolved, and where one stands in it.  Out: whether a position needs the check that Numba makes.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ..ir import Assign, Block, Const, For, Function, Operand, Statement, Var
from ..walk import binds, walk
from .listnames import ListNames, resizes

Trail = tuple[tuple[Block, int], ...]   # the blocks around a statement, outermost first, and the position in each


class Covered:
    def __init__(self, function: Function, names: ListNames) -> None:
        self.names = names
        self.bound = Counter(param.name for param in function.params)
        self.bound.update(var.name for s in walk(function.body) for var in binds(s))
        self.lengths = {s.target.name: len(s.args) for s in walk(function.body) if isinstance(s, Assign) and s.op == "list"}
        self.counters: dict[str, frozenset[str]] = {}   # the lists that a counter runs over, for counters that only count up

    def enter(self, loop: For, trail: Trail) -> None:
        if _upwards(loop) and self.bound[loop.counter.name] == 1:
            self.counters[loop.counter.name] = frozenset(self._over(loop.stop, trail))

    def leave(self, loop: For) -> None:
        """Behind its loop a counter is a number like any other: the list may have changed, or there was no round."""
        self.counters.pop(loop.counter.name, None)

    def surely(self, array: Var, k: Operand) -> bool:
        if isinstance(k, Var):
            return array.name in self.counters.get(k.name, ())
        length = self.lengths.get(array.name, 0)
        fixed = array.name not in self.names.growing and self.bound[array.name] == 1
        return fixed and isinstance(k.value, int) and -length <= k.value < length

    def never_negative(self, k: Operand) -> bool:
        return k.name in self.counters if isinstance(k, Var) else isinstance(k.value, int) and k.value >= 0

    def _over(self, stop: Operand, trail: Trail) -> Iterator[str]:
        """The lists that are at least as long as `stop`, now and in every round of the loop at the end of the trail."""
        found = self._definition(stop, trail)
        match found:
            case (Assign(_, "len" | "rounds_of", (Var(name),)), since) if name in self.names.lists and self._unchanged(name, since):
                yield name
            case (Assign(_, "min", args), since) if all(self.bound[a.name] == 1 for a in args if isinstance(a, Var)):
                for arg in args:
                    yield from self._over(arg, trail)
            case (Assign(_, "bind", (arg,)), since) if isinstance(arg, Var) and self.bound[arg.name] == 1:
                yield from self._over(arg, trail)
            case _:
                pass

    def _definition(self, operand: Operand, trail: Trail) -> tuple[Statement, Sequence[Statement]] | None:
        """The one definition of an integer that comes before the loop, and what stands between, the loop included."""
        if not isinstance(operand, Var) or self.bound[operand.name] != 1:
            return None
        for block, position in trail:
            for at in range(position):
                if operand in binds(block[at]):
                    return block[at], block[at + 1 : position + 1]
        return None

    def _unchanged(self, name: str, since: Sequence[Statement]) -> bool:
        kin: Mapping[str, str] = self.names.kin
        for s in walk(tuple(since)):
            changed = resizes(s, self.names.lists)
            if changed is not None and kin[changed] == kin[name]:
                return False
        return not _binds(name, since)


def _binds(name: str, statements: Sequence[Statement]) -> bool:
    return any(var.name == name for s in walk(tuple(statements)) for var in binds(s))


def _upwards(loop: For) -> bool:
    start, step = loop.start, loop.step
    return (
        isinstance(start, Const) and isinstance(start.value, int) and start.value >= 0
        and isinstance(step, Const) and isinstance(step.value, int) and step.value > 0
    )  # fmt: skip
