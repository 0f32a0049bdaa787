"""Fresh names.  A generated name that would collide changes, never the user's.

Names are ``base`` or ``base.version``; the dot keeps versions apart from anything a user can write.  A name whose base
starts with ``%`` is a temporary of three-address code: `emit` nests it into an expression or spells it by its hint.
"""
from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from .ir import Var


@lru_cache(maxsize=1 << 16)
def base(name: str) -> str:
    """The spelling that a name asks for: the user's, or the hint of a temporary."""
    return name.lstrip("%").split(".")[0]


def is_temporary(name: str) -> bool:
    return name.startswith("%")


def looks_generated(name: str) -> bool:
    """Is it called like an adjoint, a tangent, or the length of a list?"""
    return base(name).endswith(("_bar", "_dot", "_size"))


class Namer:
    """Hands out names that nobody uses yet, in a fixed order."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}

    def take(self, name: str) -> None:
        self._taken.add(name)

    def fresh(self, wanted: str) -> Var:
        """`wanted` itself if it is free, else its next free version."""
        if wanted not in self._taken:
            self._taken.add(wanted)
            return Var(wanted)
        stem = wanted.split(".")[0]
        version = self._next.get(stem, 1)
        while f"{stem}.{version}" in self._taken:
            version += 1
        self._next[stem] = version + 1
        name = f"{stem}.{version}"
        self._taken.add(name)
        return Var(name)

    def temporary(self, hint: str) -> Var:
        return self.fresh("%" + hint)
