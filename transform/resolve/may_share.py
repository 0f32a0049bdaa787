"""Memory that may be part of other memory, and what is written while both are needed.

What a call gives may be a part of what it was given, by the path that it takes or by how that lies in memory.  A copy in its place
is as good as the part itself while nobody writes into one of the two and reads the other.  So: of each such result the names that
it may go by, those of what it may be a part of, and the writes into either that the other is read after.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from ..analyses.aliases import aliases_of
from ..analyses.liveness import live_after
from ..ir import Accumulate, Array, Assign, Call, For, Function, Loc, Statement, Store, Type, Var, While, is_array
from ..walk import Path, binds, located, walk, written
from .lists_of_arrays import item_of

Names = frozenset[str]


class Memory:
    """What may share memory: by aliases, and where the results of calls may be parts of other memory (`add`)."""

    def __init__(self, function: Function) -> None:
        self.plain = aliases_of(function)
        self.sources: dict[str, Names] = {}             # of the results of calls: roots that they may be parts of

    def add(self, root: str, near: Sequence[Var]) -> None:
        roots = frozenset(root for var in near for root in self.plain.of(var.name))
        self.sources[root] = self.sources.get(root, frozenset()) | roots

    def of(self, name: str) -> Names:
        return self.closed(self.plain.of(name))

    def beside(self, name: str, result: str) -> Names:
        """What the name may stand for where it does not stand for that result of a call."""
        return self.closed(self.plain.of(name) - {result}, result)

    def closed(self, found: Names, apart: str = "") -> Names:
        """The memory, and all that it may be a part of, but what is a part of `apart` only."""
        while True:
            more = found.union(*(self.sources.get(root, ()) for root in sorted(found))) - {apart}
            if more == found:
                return found
            found = more


@dataclass(frozen=True, slots=True)
class Pair:
    """The names for a result of a call, and those for what it may be a part of, lists of arrays among both; `kept`: the caller of
    the function sees the latter.  A name that is the one or the other by path is in both.  `call`: its path; `loops`: of those
    around it that carry what it is given from round to round."""

    call: Path
    loops: tuple[Path, ...]
    result: Names
    given: Names
    kept: bool

    def met(self, path: Path) -> bool:
        """May a statement run when the call has given the result?  A list is there before what it will hold."""
        apart = next((k for k, (here, there) in enumerate(zip(path, self.call, strict=False)) if here != there), None)
        after = apart is not None and apart % 2 == 0 and path[apart] > self.call[apart]     # else in different branches
        return after or any(path[: len(loop)] == loop for loop in self.loops)

    def clashes(self, name: str, needed: Names) -> bool:
        """Is the other of the two needed when an array of that name is written?"""
        return bool((name in self.result and (self.kept or needed & self.given)) or (name in self.given and needed & self.result))


class Lives:
    """What is needed where, in a function whose calls may give parts of what they are given."""

    def __init__(self, function: Function, memory: Memory) -> None:
        self.function, self.memory = function, memory
        self.live = live_after(function.body)
        self.statements: Mapping[Path, Statement] = dict(located(function.body))
        self.arrays = [name for name, type_ in function.types.items() if is_array(item_of(type_))]
        self.seen = {param.name for param in function.params} if function.routine else set(function.seen)
        self.seen |= set(function.captures)

    def pair(self, path: Path, result: str, near: Sequence[Var]) -> Pair:
        """Of a call that makes memory `result`, which may be part of what is near."""
        mine = frozenset(name for name in self.arrays if result in self.memory.of(name))
        roots = frozenset(root for var in near for root in self.memory.of(var.name))
        given = frozenset(name for name in self.arrays if self.memory.beside(name, result) & roots)
        around = [path[:k] for k in range(1, len(path), 2) if isinstance(self.statements[path[:k]], For | While)]
        loops = tuple(
            loop for loop in around
            if self._carries(top := self.live[(*loop, -1)], roots) or _both(top & mine, top & given, self.function.types)
        )  # fmt: skip
        older = mine & frozenset[str]().union(*(self.live[(*loop, -1)] for loop in loops))      # results of earlier rounds
        return Pair(path, loops, mine, given | older, bool(given & self.seen))

    def _carries(self, live: Names, roots: Names) -> bool:
        """Does any of that memory last longer than a round?  `live`: what is needed where a round begins."""
        return any(self.memory.plain.of(name) & roots for name in live)

    def clashes(self, pairs: Sequence[Pair], fills: Set[Path]) -> Iterator[tuple[Pair, str, Loc | None]]:
        """The writes into one of a pair while the other is needed: the name that is written, and where."""
        made = {s.target.name: s for s in walk(self.function.body) if isinstance(s, Assign)}
        for path, s in self.statements.items():
            arrays = written(s) if path not in fills else ()
            for array in arrays:
                later = self.live[path] - {var.name for var in binds(s)} | _meanwhile(s, made)   # a call writes before it returns
                one = isinstance(self.function.types.get(array.name), Array)
                needed = later - {array.name} if one else later
                yield from ((pair, array.name, s.loc) for pair in pairs if pair.met(path) and pair.clashes(array.name, needed))


def _meanwhile(s: Statement, made: Mapping[str, Assign]) -> Names:
    """The arrays that are read while the statement writes, element by element: by a call, and by `x += y`, `x -= y`, `x *= y`."""
    match s:
        case Call(_, _, args):
            return frozenset(arg.name for arg, reads in zip(args, s.reads, strict=True) if reads and isinstance(arg, Var))
        case Accumulate(_, _, Var(name)):
            minus = made.get(name)
            operands = minus.args if minus is not None and minus.op == "neg" and minus.loc == s.loc else ()
            return frozenset((name, *(part.name for part in operands if isinstance(part, Var))))
        case Store(array, (), Var(name)) if (new := made.get(name)) is not None and new.loc == s.loc and array in new.args:
            return frozenset(part.name for part in new.args if isinstance(part, Var))
        case _:
            return frozenset()


def _both(result: Names, given: Names, types: Mapping[str, Type]) -> bool:
    """Do both last longer than a round: under two names, or in one list?"""
    return any(one != other or not isinstance(types.get(one), Array) for one in result for other in given)
