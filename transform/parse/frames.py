"""One activation of a function while it is read."""
from __future__ import annotations

from dataclasses import dataclass, field

from ..ir import Loc, Var
from ..source import Source
from .values import Value


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of one loop while its body is read: `left` is set by what leaves it, `skipped` by all that ends a round."""

    left: Var | None
    skipped: Var | None


@dataclass(eq=False)
class Frame:
    """One activation: the function being lowered, its local names, where it was called from, and for a nested function
    the activation that made it.  `key`: two activations with one key would do the same."""

    source: Source
    calls: tuple[Loc, ...]
    outer: Frame | None = None
    key: object = None
    names: dict[str, Value] = field(default_factory=dict)
    loops: list[Flags] = field(default_factory=list)    # those around the statement that is being read
    returned: Var | None = None                         # the flag that the function has returned, if something asks
    result: Value | None = None
    plain: bool = False                                 # the one return is the last statement

    def __post_init__(self) -> None:
        self.locals = self.source.own
