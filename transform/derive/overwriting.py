"""What a store leaves alone, although it is to the same array by name.

An array that each round of a loop makes anew is another array in the next round.  And what a loop writes to column j while it reads
columns before j, as in a factorisation, it never reads again: `L[i, j] = s` leaves `L[i, :j]` as it is, now and in later rounds.
"""
from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ..analyses.aliases import Aliases
from ..ir import Accumulate, Assign, Const, For, Index, Operand, Slice, Statement, Store, Var, View
from ..walk import Path


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

    def passed(self, array: str, path: Path, s: Statement, at: Path, within: int) -> bool:
        """Does the store at `at` never reach the part of an array that is read at `path`, then or later?  `within`: how long the
        path of the block is that is run once."""
        part = self.made(array)
        if part is None or not isinstance(view := part.statement, View) or view.kind != "index":
            return False
        if not isinstance(s, Store | Accumulate):
            return False
        whole = self._whole(view.array.name, False)
        if whole is None or whole != self._whole(s.array.name, False):
            return False
        if not self._plain(view.args) or not self._plain(s.index):
            return False
        return any(
            isinstance(item, Slice) and self._behind(item, written, (part.block, path, at), within)
            for item, written in zip(view.args, s.index, strict=False)
        )

    def _plain(self, index: tuple[Index, ...]) -> bool:
        """Is each item a slice or an integer, so that the place of an item is the axis?"""
        return all(
            isinstance(item, Slice)
            or (isinstance(item, Const) and type(item.value) is int)
            or (isinstance(item, Var) and not self.is_array(item.name))
            for item in index
        )

    def _behind(self, read: Slice, written: Index, places: tuple[Path, ...], within: int) -> bool:
        """Is `read` what lies before a counter that only grows, and `written` at that counter or after it?"""
        if isinstance(written, Slice) or not isinstance(written, Var) or read.stop is None:
            return False
        if read.step is not None and not _at_least(read.step, 1):
            return False
        (low, first), (high, last) = self.offset(written), self.offset(read.stop)
        made = self.made(low.name) if isinstance(low, Var) and low == high else None
        if made is None or not isinstance(loop := made.statement, For) or not _at_least(loop.step, 1):
            return False
        if first < last or not _at_least(loop.start, -last) or not _at_least(loop.start, 0):
            return False
        outside = made.block[:-1]
        if any(outside[:length] in self.loops for length in range(within + 1, len(outside))):
            return False                                # the counter starts again
        return all(place[: len(made.block)] == made.block for place in places)


def _at_least(operand: Operand, low: int) -> bool:
    return isinstance(operand, Const) and type(operand.value) is int and operand.value >= low
