"""Which names may be one and the same list, which lists change their length, and which have to be boxed.

Reference semantics in a language without references: a list that never changes its length is an array, and a second name for
it is a view.  One that does is an array and a number, which each name has of its own; so while a list grows or shrinks
under one name, no other name of it may be waiting to be read.  Lists for which that does not hold, and those that stand in
other lists, are boxed (`listitems`).

In: a typed Function before it is resolved.  Out: `ListNames`.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ..analyses.liveness import live_after
from ..ir import Accumulate, Array, Assign, Block, Call, For, Function, If, ListOf, Load, Slice, Statement, Store, Type, Var, While
from ..walk import Path, binds, walk

RESIZES = (".pop", ".insert", ".clear", "+=", "*=", ".remove")
ITEM = "[]"                            # behind the name of a list: what is in it

Object = tuple[Path, bool]              # where a list is made, and whether that was in an earlier round
State = dict[str, frozenset[Object]]


@dataclass(frozen=True, slots=True)
class ListNames:
    """`lists`: every name of a list; `growing`: plain ones whose length changes; `boxed`: those that several names or other
    lists hold; `kin`: a representative of the names that may be one list, also for what is in a list (`rows[]`)."""

    lists: frozenset[str]
    growing: frozenset[str]
    boxed: frozenset[str]
    kin: Mapping[str, str]


def list_names(function: Function) -> ListNames:
    lists = lists_of(function)
    kin = kinship(function, lists)
    resized = {kin[name] for s in walk(function.body) if (name := resizes(s, lists)) is not None}
    inside = {root for name, root in kin.items() if name.endswith(ITEM)}
    growing = frozenset(name for name in lists if kin[name] in resized - inside)
    shared = _Sharing(function, growing, kin).shared() if growing else set()
    boxed = frozenset(name for name in lists if kin[name] in inside | shared)
    return ListNames(frozenset(lists), growing - boxed, boxed, kin)


def lists_of(function: Function) -> set[str]:
    """The names of the user's lists; what is kept in a list of arrays is none of those, and neither is what is only printed."""
    printed = {s.target.name for s in walk(function.body) if isinstance(s, Assign) and s.op == "as_list"}
    found = {name for name, type_ in function.types.items() if isinstance(type_, ListOf) and not isinstance(type_.item, Array)}
    return found - printed


def resizes(s: Statement, lists: set[str] | frozenset[str]) -> str | None:
    """The name of the list whose length the statement changes."""
    match s:
        case Assign(_, ".append", (Var(name), _)) if name in lists:
            return name
        case Assign(_, op, (Var(name), *_)) if op in RESIZES and name in lists:
            return name
        case Store(Var(name), (Slice(),)) if name in lists:
            return name
        case _:
            return None


# ---- kin ----------------------------------------------------------------------------------------------------------


def kinship(function: Function, lists: set[str], pairs: Iterable[tuple[object, object]] = ()) -> dict[str, str]:
    """A representative for each name of a list, and for the lists inside it: those that may be one list have the same, and so
    have the pairs."""
    kin = _Kin({name: function.types[name] for name in sorted(lists)})
    for s in walk(function.body):
        kin.statement(s)
    for left, right in pairs:
        kin.join(left, right)
    return {name: kin.root(name) for name in kin.parent}


class _Kin:
    def __init__(self, types: Mapping[str, Type]) -> None:
        self.depth: dict[str, int] = {}
        self.parent: dict[str, str] = {}
        for name, type_ in types.items():
            depth = 0
            while isinstance(type_, ListOf):
                type_, depth = type_.item, depth + 1
            self.depth[name] = depth
            self.parent |= {name + ITEM * level: name + ITEM * level for level in range(depth)}

    def root(self, name: str) -> str:
        while self.parent[name] != name:
            name = self.parent[name]
        return name

    def join(self, left: object, right: object, inside: tuple[int, int] = (0, 0)) -> None:
        """The two names, or what is in the lists of these names, may be one list; then so may all that is inside."""
        if not (isinstance(left, Var) and isinstance(right, Var) and left.name in self.depth and right.name in self.depth):
            return
        one, other = left.name + ITEM * inside[0], right.name + ITEM * inside[1]
        while one in self.parent and other in self.parent:
            self.parent[self.root(one)] = self.root(other)
            one, other = one + ITEM, other + ITEM

    def statement(self, s: Statement) -> None:
        match s:
            case Assign(target, "bind" | "*=", (source, *_)):
                self.join(target, source)
            case Assign(target, "+=", (source, more)):
                self.join(target, source)
                self.join(target, more, (1, 1))
            case Assign(target, "+" | "*" | ".copy", args):
                for arg in args:
                    self.join(target, arg, (1, 1))
            case Load(target, array, (Slice(),)):
                self.join(target, array, (1, 1))
            case Load(target, array) | Assign(target, ".pop" | "item", (array, *_)):
                self.join(target, array, (0, 1))
            case Store(array, (Slice(),), value):
                self.join(array, value, (1, 1))
            case Store(array, _, value) | Assign(_, ".append", (array, value, *_)) | Assign(_, ".insert", (array, _, value)):
                self.join(array, value, (1, 0))
            case Accumulate(array, _, more):            # `rows[k] += more`
                self.join(array, more, (2, 1))
            case Assign(target, "list", items):
                for item in items:
                    self.join(target, item, (1, 0))
            case _:
                pass


# ---- sharing --------------------------------------------------------------------------------------------------------


class _Sharing:
    """Which lists a name may stand for, flow by flow: where it was made, in this round of the loops around or earlier."""

    def __init__(self, function: Function, growing: frozenset[str], kin: Mapping[str, str]) -> None:
        self.function, self.growing, self.kin = function, growing, kin
        self.live = live_after(function.body)
        self.found: set[str] = set()

    def shared(self) -> set[str]:
        """The kin that change their length under one name while another one is waiting to be read."""
        given = [param.name for param in self.function.params if param.name in self.growing]
        self.block(self.function.body, (), {name: frozenset([((-1 - k,), False)]) for k, name in enumerate(given)})
        return self.found

    def block(self, block: Block, path: Path, state: State) -> State:
        for position, s in enumerate(block):
            state = self.statement(s, (*path, position), state)
        return state

    def statement(self, s: Statement, path: Path, state: State) -> State:
        match s:
            case If(_, then, orelse):
                return _merged(self.block(then, (*path, 0), state), self.block(orelse, (*path, 1), state))
            case For(body=body):
                return self.loop(state, lambda before: (before, self.block(body, (*path, 0), before)))
            case While(header, _, body):

                def round_(before: State) -> tuple[State, State]:
                    tested = self.block(header, (*path, 0), before)
                    return tested, self.block(body, (*path, 1), tested)

                return self.loop(state, round_)
            case _:
                name = resizes(s, self.growing)
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

    def bound(self, s: Statement, path: Path, state: State) -> State:
        match s:
            case Assign(Var(target), "bind" | "+=" | "*=", (Var(source), *_)) if target in self.growing:
                return state | {target: state.get(source, frozenset())}
            case Assign() | Load() | Call():
                made = {var.name: (*path, k) for k, var in enumerate(binds(s)) if var.name in self.growing}
                if not made:
                    return state
                new = set(made.values())
                older = {name: frozenset((at, old or at in new) for at, old in objects) for name, objects in state.items()}
                return older | {name: frozenset([(at, False)]) for name, at in made.items()}
            case _:
                return state

    def alone(self, s: Statement, path: Path, name: str, state: State) -> None:
        """Is another name of the list read after its length has changed?"""
        mine = state.get(name, frozenset())
        bound = {var.name for var in binds(s)}
        if any(mine & state.get(other, frozenset()) for other in self.live[path] - {name} - bound):
            self.found.add(self.kin[name])


def _merged(left: State, right: State) -> State:
    return {name: left.get(name, frozenset()) | right.get(name, frozenset()) for name in (*left, *right)}
