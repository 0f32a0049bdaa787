"""What a store leaves alone, although it is to the same array by name.

An array that each round of a loop makes anew is another array in the next round.  And a loop that writes to one place after the
other leaves those where it has been: `y[i + 1] = f(y[i])`, or `L[i, j] = s` in a factorisation that reads `L[i, :j]`.
"""
from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import inf

from ..analyses.aliases import Aliases
from ..ir import Accumulate, Assign, Const, For, Index, Operand, Slice, Statement, Store, Var, View
from ..walk import Path

Place = tuple[Var | None, float]        # so far from an integer, or from the first element
_ANYWHERE: tuple[Place, Place] = (None, -inf), (None, inf)


@dataclass(frozen=True, slots=True)
class Made:
    """The block and the statement that define a name once."""

    block: Path
    statement: Statement | None


@dataclass(frozen=True, slots=True)
class Stores:
    """`made`: the one definition of a name, if it has one; `offset`: an integer as a name plus a constant."""

    memory: Aliases
    loops: Collection[Path]
    made: Callable[[str], Made | None]
    offset: Callable[[Operand], tuple[Operand, int]]
    is_array: Callable[[str], bool]

    def anew(self, array: str, s: Statement) -> int:
        """How long the path of the block is that makes anew what both the name and the store mean; 0: unknown."""
        if not isinstance(s, Store | Accumulate) or len(self.memory.of(array)) != 1:
            return 0
        (root,) = self.memory.of(array)
        made = self.made(root)
        if made is None or not isinstance(made.statement, Assign) or self.memory.of(root) != {root}:
            return 0
        same = self._whole(array, True) == root == self._whole(s.array.name, True)
        return len(made.block) if same else 0

    def _whole(self, array: str, parts: bool) -> str | None:
        """The array that a name is always the whole of (or a part of, if `parts`)."""
        while (made := self.made(array)) is not None and isinstance(made.statement, View):
            if not parts and made.statement.kind != "=":
                return None
            array = made.statement.array.name
        return None if made is None else array

    def passed(self, array: str, index: Sequence[Index], path: Path, s: Statement, at: Path, within: int) -> bool:
        """Does the store at `at` never reach the elements of an array that are read at `path`, then or later?  Without an index
        they are what the array is a view of.  `within`: how long the path of the block is that is run once."""
        if not index:
            part = self.made(array)
            if part is None or not isinstance(view := part.statement, View) or view.kind != "index":
                return False
            array, index = view.array.name, view.args
        if not isinstance(s, Store | Accumulate):
            return False
        whole = self._whole(array, False)
        if whole is None or whole != self._whole(s.array.name, False) or self.memory.of(whole) != {whole}:
            return False
        if not self._plain(index) or not self._plain(s.index):
            return False
        return any(self._behind(item, written, path, at, within) for item, written in zip(index, s.index, strict=False))

    def _plain(self, index: Sequence[Index]) -> bool:
        """Is each item a slice or an integer, so that the place of an item is the axis?"""
        return all(
            isinstance(item, Slice)
            or (isinstance(item, Const) and type(item.value) is int)
            or (isinstance(item, Var) and not self.is_array(item.name))
            for item in index
        )

    def _behind(self, read: Index, written: Index, path: Path, at: Path, within: int) -> bool:
        """Is `written` at a counter, or so far from it, and `read` where that has been and does not come again?"""
        if not isinstance(written, Var):
            return False
        counter, distance = self.offset(written)
        made = self.made(counter.name) if isinstance(counter, Var) else None
        if made is None or not isinstance(loop := made.statement, For) or not isinstance(counter, Var):
            return False
        outside = made.block[:-1]
        if any(outside[:length] in self.loops for length in range(within + 1, len(outside))):
            return False                                # the counter starts again
        first, last = self._ends(read, counter)
        lowest = _lowest(loop, (counter, distance))
        after = distance + (_step(loop) if self._earlier(at, path, made.block) else 0)
        if _step(loop) > 0:
            inside = _lowest(loop, last if isinstance(read, Slice) else first) >= 0     # a negative place counts from the end
            return inside and (after >= last[1] if last[0] == counter else last[0] is None and lowest >= last[1])
        return _step(loop) < 0 and lowest >= 0 and first[0] == counter and after < first[1]

    def _earlier(self, store: Path, read: Path, block: Path) -> bool:
        """Does the store come before the read, or is it the read's own, and again only in the next round of the block?"""
        shared = len(block)
        while shared < min(len(store), len(read)) and store[shared] == read[shared]:
            shared += 1
        return store <= read and not any(store[:length] in self.loops for length in range(len(block) + 1, shared + 1))

    def _ends(self, read: Index, counter: Var) -> tuple[Place, Place]:
        """The first element that is read, and the one behind the last; at the counter, too, the element is one."""
        match read:
            case Slice(start, stop, step) if step is None or _at_least(step, 1):
                return self._place(start or Const(0)), _ANYWHERE[1] if stop is None else self._place(stop)
            case Const() | Var():
                name, distance = self._place(read)
                made = self.made(name.name) if name is not None and name != counter else None
                if made is None or not isinstance(loop := made.statement, For):
                    return (name, distance), (name, distance + 1)
                if _step(loop) > 0:
                    return self._place(loop.start, distance), self._place(loop.stop, distance)
                if _step(loop) < 0:
                    return self._place(loop.stop, distance + 1), self._place(loop.start, distance + 1)
        return _ANYWHERE

    def _place(self, operand: Operand, more: float = 0) -> Place:
        name, distance = self.offset(operand)
        return (None, _number(name) + more) if isinstance(name, Const) else (name, distance + more)


def _step(loop: For) -> int:
    """0: unknown."""
    return _number(loop.step) if isinstance(loop.step, Const) else 0


def _lowest(loop: For, place: Place) -> float:
    """Of what a place is in the rounds of a loop; -inf: unknown."""
    name, distance = place
    if name is None:
        return distance
    bound, more = (loop.start, 0) if _step(loop) > 0 else (loop.stop, 1)
    return _number(bound) + more + distance if name == loop.counter and isinstance(bound, Const) else -inf


def _at_least(operand: Operand, low: int) -> bool:
    return isinstance(operand, Const) and _number(operand) >= low


def _number(integer: Const) -> int:
    assert isinstance(integer.value, int)
    return integer.value
