"""One activation of a function while it is read, and what its names are at the place that has been reached.

A name may be a number, then a tuple, then None: which of these it is, its form, is known at every place, or the name is mixed
there and may not be read.  Wherever a name has one form it has the same variables, so that branches meet without copies.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..ir import Loc, Var
from ..reading.scopes import renewed
from ..reading.source import Source
from .values import Form, FunctionValue, Unknown, Value, form, is_none


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of one loop while its body is read: `left` is set by what leaves it, `skipped` by all that ends a round."""

    left: Var | None
    skipped: Var | None


class Keep(Exception):
    """A name (with its function's key) has to stay what it was first, a tuple as a value or one that is written out: paths
    that differ in this meet where it is read, and the text has to be read again."""

    def __init__(self, key: tuple[object, str]) -> None:
        super().__init__(key)
        self.key = key


Number = bool | int | float
Mixed = Mapping[str, tuple[Value, Value]]


@dataclass(frozen=True, slots=True)
class Bindings:
    """What each name is at a place; `mixed` are those that are one thing on one path to it and another on another."""

    names: Mapping[str, Value]
    mixed: Mixed


@dataclass(eq=False)
class Frame:
    """One activation: the function being lowered, its local names, where it was called from, and for a nested function
    the activation that made it.  `key`: two activations with one key would do the same."""

    source: Source
    calls: tuple[Loc, ...]
    outer: Frame | None = None
    key: object = None
    arguments: frozenset[str] = frozenset()             # parameters that Numba knows the types of, while it takes branches away
    written: Mapping[str, Number] = field(default_factory=dict)         # those that are given a number that is written out
    names: dict[str, Value] = field(default_factory=dict)
    loops: list[Flags] = field(default_factory=list)    # those around the statement that is being read
    returned: Var | None = None                         # the flag that the function has returned, if something asks
    result: Value | None = None
    comprehension: bool = False                         # only names of its own, within the activation that is `outer`
    plain: bool = False                                 # the one return is the last statement

    homes: dict[tuple[str, Form], Value] = field(default_factory=dict)     # the variables of a name, by its form
    kept: dict[str, Value] = field(default_factory=dict)    # what names that stay what they were first were then; so "return"
    mixed: Mixed = field(default_factory=dict)
    changed: dict[str, tuple[Value, Value]] = field(default_factory=dict)   # what took another form since the loop began

    def __post_init__(self) -> None:
        self.locals = self.source.own
        self.renewed = renewed(self.source.tree.body)       # names that change inside expressions

    def begin(self, name: str, value: Value) -> None:
        """A parameter that comes in these variables."""
        self.names[name] = self.homes[name, form(value)] = value

    def rebind(self, name: str, value: Value) -> None:
        """From here on the name is this."""
        old = self.names.get(name)
        if old is not None and _differ(old, value):
            self.changed.setdefault(name, (old, value))
        self.mixed = {other: forms for other, forms in self.mixed.items() if other != name}
        self.names[name] = value

    def mix(self, names: Mixed) -> None:
        self.mixed = {**self.mixed, **names}
        self.names = {name: value for name, value in self.names.items() if name not in self.mixed}

    def bindings(self) -> Bindings:
        return Bindings(dict(self.names), self.mixed)

    def go_to(self, bindings: Bindings) -> None:
        self.names, self.mixed = dict(bindings.names), bindings.mixed

    def join(self, other: Bindings, by: bool | None = None) -> None:
        """Two paths meet: this one and another.  `by`: it is known whether the other is taken; what is None on the path that is
        not says nothing about a name then."""
        if by is True:
            self.names = _without_none(self.names, other.names)
        elif by is False:
            other = replace(other, names=_without_none(other.names, self.names))
        differing = self.differing(other)
        for name in self.names.keys() & other.names.keys():
            mine, theirs = self.names[name], other.names[name]
            if isinstance(mine, FunctionValue) and isinstance(theirs, FunctionValue) and mine != theirs:
                self.names[name] = Unknown("it is another function on another path, and which function is called must be "
                                           "known before the program runs")  # fmt: skip
        self.names = {**other.names, **self.names}
        self.mix({**other.mixed, **differing})

    def differing(self, other: Bindings) -> Mixed:
        """Names that are not the same on another path."""
        both = sorted(self.names.keys() & other.names.keys())
        found = {name: (other.names[name], self.names[name]) for name in both if _differ(self.names[name], other.names[name])}
        return {**self.mixed, **found}


def _without_none(names: Mapping[str, Value], others: Mapping[str, Value]) -> dict[str, Value]:
    """The names of a path, without those that are None there and something on the other path."""
    return {name: value for name, value in names.items() if not is_none(value) or is_none(others.get(name, value))}


def _differ(one: Value, other: Value) -> bool:
    """Are they of different forms?  Functions are told apart in `functions`."""
    if isinstance(one, FunctionValue) and isinstance(other, FunctionValue):
        return False
    if form(one) == form(other):
        assert one == other, "a name of one form has one set of variables"
        return False
    return True
