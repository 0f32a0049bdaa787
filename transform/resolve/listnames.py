"""Which names may be one and the same list, and which lists change their length.

Reference semantics in a language without references: a list that never changes its length is an array, and a second name for
it is a view.  One that does is an array and a number, which each name has of its own; so while a list grows or shrinks
under one name, no other name of it may be waiting to be read.  What breaks that is refused.

In: a typed Function before it is resolved.  Out: `ListNames`.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..analyses.liveness import live_after
from ..ir import Array, Assign, Block, For, Function, If, ListOf, Load, Operand, Statement, Var, While
from ..names import base
from ..walk import Path, binds, walk
from .refuse import refuse

RESIZES = (".pop", ".insert", ".clear", "+=")
CREATES = ("list", "list_of", "+", "*", ".copy")

_PIN = "a loop over "
Object = tuple[Path, bool]              # where a list is made, and whether that was in an earlier round
State = dict[str, frozenset[Object]]


@dataclass(frozen=True, slots=True)
class ListNames:
    """`lists`: every name of a list; `growing`: those whose length changes; `kin`: a representative of the names that may
    be one list."""

    lists: frozenset[str]
    growing: frozenset[str]
    kin: dict[str, str]


def list_names(function: Function) -> ListNames:
    lists = frozenset(lists_of(function))
    kin = _classes(function, lists)
    resized = {kin[name] for s in walk(function.body) if (name := resizes(s, lists)) is not None}
    found = ListNames(lists, frozenset(name for name in lists if kin[name] in resized), kin)
    if resized:
        _Sharing(function, found).check()
    return found


def lists_of(function: Function) -> set[str]:
    """The names of the user's lists; what is kept in a list of arrays is none of those."""
    return {name for name, type_ in function.types.items() if isinstance(type_, ListOf) and not isinstance(type_.item, Array)}


def resizes(s: Statement, lists: frozenset[str]) -> str | None:
    """The name of the list whose length the statement changes."""
    match s:
        case Assign(_, ".append", (Var(name), _)) if name in lists:
            return name
        case Assign(_, op, (Var(name), *_)) if op in RESIZES and name in lists:
            return name
        case _:
            return None


def _classes(function: Function, lists: frozenset[str]) -> dict[str, str]:
    """Names that are bound to each other, whenever."""
    kin = {name: name for name in sorted(lists)}

    def root(name: str) -> str:
        while kin[name] != name:
            name = kin[name]
        return name

    for s in walk(function.body):
        match s:
            case Assign(Var(target), "bind" | "+=", (Var(source), *_)) if target in lists and source in lists:
                kin[root(target)] = root(source)
            case _:
                pass
    return {name: root(name) for name in kin}


class _Sharing:
    """Which lists a name may stand for, flow by flow: where it was made, in this round of the loops around or earlier."""

    def __init__(self, function: Function, names: ListNames) -> None:
        self.function, self.names = function, names
        self.live = live_after(function.body)
        self.definition = {var.name: s for s in walk(function.body) for var in binds(s)}

    def check(self) -> None:
        self.block(self.function.body, (), {})

    def block(self, block: Block, path: Path, state: State) -> State:
        for position, s in enumerate(block):
            state = self.statement(s, (*path, position), state)
        return state

    def statement(self, s: Statement, path: Path, state: State) -> State:
        match s:
            case If(_, then, orelse):
                return _merged(self.block(then, (*path, 0), state), self.block(orelse, (*path, 1), state))
            case For(stop=stop, body=body):
                pins = {f"{_PIN}{path}{k}": state.get(name, frozenset()) for k, name in enumerate(self.gone_over(stop))}
                after = self.loop(state | pins, lambda before: (before, self.block(body, (*path, 0), before)))
                return {name: objects for name, objects in after.items() if name not in pins}
            case While(header, _, body):

                def round_(before: State) -> tuple[State, State]:
                    tested = self.block(header, (*path, 0), before)
                    return tested, self.block(body, (*path, 1), tested)

                return self.loop(state, round_)
            case _:
                name = resizes(s, self.names.lists)
                if name is not None:
                    self.alone(s, path, name, state)
                return self.bound(s, path, state)

    def loop(self, state: State, round_: Callable[[State], tuple[State, State]]) -> State:
        while True:
            leaving, after = round_(state)
            around = _merged(state, after)
            if around == state:
                return leaving
            state = around

    def gone_over(self, stop: Operand) -> Iterator[str]:
        """The lists whose lengths say how many rounds there are."""
        match self.definition.get(stop.name) if isinstance(stop, Var) else None:
            case Assign(_, "rounds_of", (Var(name),)) if name in self.names.lists:
                yield name
            case Assign(_, op, args) if op in ("min", "+", "-", "bind"):
                for arg in args:
                    yield from self.gone_over(arg)
            case _:
                pass

    def bound(self, s: Statement, path: Path, state: State) -> State:
        match s:
            case Assign(Var(target), "bind" | "+=", (Var(source), *_)) if target in self.names.lists:
                return state | {target: state.get(source, frozenset())}
            case Assign(Var(target)) | Load(Var(target)) if target in self.names.lists:
                older = {name: frozenset((at, old or at == path) for at, old in objects) for name, objects in state.items()}
                return older | {target: frozenset([(path, False)])}
            case _:
                return state

    def alone(self, s: Statement, path: Path, name: str, state: State) -> None:
        """No loop goes over the list, and no other name of it is read after its length has changed."""
        mine = state.get(name, frozenset())
        if any(other.startswith(_PIN) and mine & objects for other, objects in state.items()):
            raise refuse(s, f"`{_shown(name)}` changes its length while a loop goes over it",
                          "how many rounds there are must be known when the loop begins",
                          "go over a copy: `for x in list(a):`, or write `while k < len(a):`")  # fmt: skip
        bound = {var.name for var in binds(s)}
        for other in sorted(self.live[path] - {name} - bound):
            if mine & state.get(other, frozenset()):
                raise refuse(
                    s, f"`{_shown(name)}` and `{_shown(other)}` are one list here, and its length changes",
                    "each name of such a list would need to hear of it",
                    "use one name for the list, or copy it: `list(a)`",
                )  # fmt: skip


def _shown(name: str) -> str:
    return base(name) or "it"


def _merged(left: State, right: State) -> State:
    return {name: left.get(name, frozenset()) | right.get(name, frozenset()) for name in (*left, *right)}

