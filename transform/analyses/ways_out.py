"""What a name is where a way out was taken, and where it was not.

In: a list with exits as flags (`parse/exits.py`), and the type of each definition.  Out: nothing, or an error.  For Numba a float
that is bound before `return` never meets the whole number that the name is behind it.  Here both reach the test of the flag: where
that would give the name another type than Numba's, the program is refused.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..errors import UnsupportedError
from ..ir import Assign, Block, Const, For, Function, If, Leave, Operand, Raise, Scalar, Statement, Type, Var, While
from ..names import base
from ..normalise import Definition, Reaching, reaching
from ..walk import Path, binds, located, reads, walk
from .versions import unify

_FLAGS = ("left", "skipped", "returned")
States = dict[frozenset[str], Reaching]
"""The definitions that reach a place, by the flags that are set."""


def check_ways_out(function: Function, own: Mapping[Definition, Type]) -> None:
    """Raises UnsupportedError where a type depends on whether a way out was taken."""
    kinds: dict[str, set[Type]] = {}
    for (name, _), type_ in own.items():
        kinds.setdefault(name, set()).add(type_)
    mixed = {name for name, found in kinds.items() if len(found) > 1 and all(isinstance(type_, Scalar) for type_ in found)}
    flags = flags_of(function) if mixed else set()
    if not flags:
        return
    paths = _Paths(function, mixed, flags)
    for (path, name), definitions in reaching(function).items():
        mine = paths.reached.get((path, name))
        if mine and _type(definitions, own) != _type(mine, own):
            raise _refusal(function, path, name, definitions - mine)


def flags_of(function: Function) -> set[str]:
    """The flags of ways out (and names of the user's that look like them, which makes the check stricter)."""
    return {var.name for s in walk(function.body) for var in binds(s) if base(var.name).rstrip("_") in _FLAGS}


def _type(definitions: frozenset[Definition], own: Mapping[Definition, Type]) -> Type | None:
    found: Type | None = None
    for definition in definitions & own.keys():
        found = unify(found, own[definition])
    return found


class _Paths:
    """Reaching definitions, path by path as far as flags tell them apart."""

    def __init__(self, function: Function, mixed: set[str], flags: set[str]) -> None:
        self.mixed, self.flags = mixed, flags
        self.reached: dict[tuple[Path, str], frozenset[Definition]] = {}
        self.negated: dict[str, str] = {}
        self.left: list[States] = []                    # by which each loop around is left
        self.last: dict[str, Path] = {}                 # where a flag is asked for the last time
        for path, s in located(function.body):
            if isinstance(s, Assign) and s.op == "not" and isinstance(s.args[0], Var) and s.args[0].name in flags:
                self.negated[s.target.name] = s.args[0].name
            asked = {self.negated.get(var.name, var.name) for var in reads(s)}
            self.last |= dict.fromkeys(asked & flags, path)
        self.block(function.body, (), {frozenset(): _bound(function.params, (), mixed)})

    def block(self, block: Block, path: Path, states: States) -> States:
        for position, s in enumerate(block):
            here = (*path, position)
            if not isinstance(s, While):
                self.use(s, here, states)
            states = self.statement(s, here, states)
            over = {flag for flag, last in self.last.items() if last <= here}
            states = _changed(states, lambda flags, over=over: flags - over)  # type: ignore[misc]
        return states

    def use(self, s: Statement, path: Path, states: States) -> None:
        for name in {var.name for var in reads(s)} & self.mixed:
            for found in states.values():
                self.reached[path, name] = self.reached.get((path, name), frozenset()) | found.get(name, frozenset())

    def statement(self, s: Statement, path: Path, states: States) -> States:
        match s:
            case Assign(target, "bind", (Const(bool() as value),)) if target.name in self.flags:
                return _changed(states, lambda flags: flags | {target.name} if value else flags - {target.name})
            case If(test, then, orelse):
                yes, no = self.parted(states, test)
                return _joined(self.block(then, (*path, 0), yes), self.block(orelse, (*path, 1), no))
            case For() | While():
                return self.loop(s, path, states)
            case Leave(test):
                left, states = self.parted(states, test)
                self.left[-1] = _joined(self.left[-1], left)
                return states
            case Raise():
                return {}
        new = _bound(binds(s), path, self.mixed)
        return {flags: found | new for flags, found in states.items()} if new else states

    def loop(self, loop: For | While, path: Path, head: States) -> States:
        self.left.append({})
        while True:
            if isinstance(loop, While):
                states = self.block(loop.header, (*path, 0), head)
                self.use(loop, path, states)
                ended = {} if loop.test == Const(True) else states
                states = self.block(loop.body, (*path, 1), states)
            else:
                counter, ended = _bound([loop.counter], path, self.mixed), head
                states = self.block(loop.body, (*path, 0), {flags: found | counter for flags, found in head.items()})
            around = _joined(head, states)
            if around == head:
                return _joined(ended, self.left.pop())
            head = around

    def parted(self, states: States, test: Operand) -> tuple[States, States]:
        """The states in which a test may hold, and those in which it may not."""
        name = test.name if isinstance(test, Var) else ""
        flag = self.negated.get(name, name)
        if flag not in self.flags:
            return states, states
        on = {flags: found for flags, found in states.items() if flag in flags}
        off = {flags: found for flags, found in states.items() if flag not in flags}
        return (on, off) if flag == name else (off, on)


def _bound(names: Iterable[Var], path: Path, mixed: set[str]) -> Reaching:
    return {var.name: frozenset([(var.name, path)]) for var in names if var.name in mixed}


def _changed(states: States, change: Callable[[frozenset[str]], frozenset[str]]) -> States:
    changed: States = {}
    for flags, found in states.items():
        changed = _joined(changed, {change(flags): found})
    return changed


def _joined(one: States, other: States) -> States:
    joined = dict(one)
    for flags, found in other.items():
        mine = joined.get(flags, {})
        joined[flags] = {name: mine.get(name, frozenset()) | found.get(name, frozenset()) for name in mine.keys() | found.keys()}
    return joined


def _refusal(function: Function, path: Path, name: str, others: frozenset[Definition]) -> UnsupportedError:
    """`others`: the definitions that come here by the flag only."""
    at = dict(located(function.body))
    lines = sorted({loc.line for _, where in others if where and (loc := at[where].loc) is not None})
    bound = " and ".join(map(str, lines))
    return UnsupportedError(
        f"`{base(name)}` has one type here, and another where it is bound in line {bound}", loc=at[path].loc,
        reason="the loop or the function is left behind that line; a name has one type here, also where a way out ends",
        remedy=f"give what is bound in line {bound} a name of its own, "
               f"or let `{base(name)}` be a float from the start (`0.0` for `0`)",
    )  # fmt: skip
