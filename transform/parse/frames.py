"""One activation of a function while it is read."""
from __future__ import annotations

from dataclasses import dataclass, field

from ..ir import Loc
from ..source import Source
from .values import Value


@dataclass
class Frame:
    """One activation: the function being lowered, its local names, and where it was called from."""

    source: Source
    calls: tuple[Loc, ...]
    names: dict[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.locals = frozenset(self.source.locals)
