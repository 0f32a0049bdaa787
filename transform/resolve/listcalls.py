"""Lists that are handed to functions that call themselves, and come back.

In: a typed Function with its routines, before it is resolved.  Out: the same, where no routine changes the length of a list that
its caller has: it gets the items, and where it may change how many there are, it returns them all, and the caller puts them
in the place of the old ones.  So lists come and go as arrays, like any other argument.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ..analyses.activity import returned
from ..errors import UnsupportedError
from ..ir import Assign, Call, Function, ListOf, Loc, Return, Scalar, Slice, Statement, Store, Type, Var
from ..names import Namer, base, is_temporary
from ..structure import leaves
from ..walk import binds, everywhere, map_block, names, reads, walk
from .listnames import ITEM, kinship, lists_of, resizes
from .returned_arguments import without_arguments
from .tupletypes import parts_of

Places = Mapping[str, frozenset[int]]                   # for each routine: parameters, lists whose length it may change
May = Mapping[str, tuple[tuple[frozenset[int], frozenset[int]], ...]]
"""For each result of each routine: parameters, and other results, lists that it may be."""


def with_list_calls(function: Function) -> Function:
    """The function with calls of its routines that change the length of no list."""
    everything = (function, *function.routines.values())
    if not function.routines or not any(isinstance(type_, ListOf) for one in everything for type_ in one.types.values()):
        return function
    for one in everything:
        _check_items(one)
    function = without_arguments(function, is_list)
    none: frozenset[int] = frozenset()
    may: May = {name: tuple((none, none) for _ in returned(routine)) for name, routine in function.routines.items()}
    grown: Places = dict.fromkeys(function.routines, frozenset())
    while True:
        found = {name: _Kin(routine, may, grown) for name, routine in function.routines.items()}
        new = {name: kin.may() for name, kin in found.items()}, {name: kin.grown() for name, kin in found.items()}
        if new == (may, grown):
            break
        may, grown = new
    for one in (function, *function.routines.values()):
        _Kin(one, may, grown).check()
    routines = {name: _handing_back(routine, sorted(grown[name])) for name, routine in function.routines.items()}
    return everywhere(replace(function, routines=routines), lambda one: _taking(one, grown))


def is_list(type_: Type | None) -> bool:
    return isinstance(type_, ListOf)


def _check_items(function: Function) -> None:
    for s in walk(function.body):
        if isinstance(s, Call):
            for var in (*reads(s), *binds(s)):
                type_ = function.types.get(var.name)
                if type_ is None or not is_list(type_):
                    continue
                if not all(isinstance(part, ListOf) and isinstance(part.item, Scalar) for part in leaves(parts_of(type_))):
                    name = "" if is_temporary(var.name) else f"`{base(var.name)}`, "
                    raise UnsupportedError(
                        f"{name}a list of arrays or lists goes through `{base(s.routine)}`, which calls itself", loc=s.loc,
                        reason="only lists of numbers and of tuples of numbers are handed to such a function",
                        remedy="pass an array with one more axis, or all items in one list and where each begins in another",
                    )  # fmt: skip


class _Kin:
    """Which lists in a function may be one."""

    def __init__(self, function: Function, may: May, grown: Places) -> None:
        self.function = function
        self.calls = [s for s in walk(function.body) if isinstance(s, Call)]
        lists = lists_of(function)
        self.given = [(target, near, s) for s in self.calls
                      for target, (params, others) in zip(s.targets, may[s.routine], strict=True)
                      for near in (*(s.args[k] for k in sorted(params)), *(s.targets[k] for k in sorted(others)))]  # fmt: skip
        self.kin = kinship(function, lists, [(target, arg) for target, arg, _ in self.given])
        changed = [name for s in walk(function.body) if (name := resizes(s, lists)) is not None]
        changed += [arg.name for s in self.calls for k in sorted(grown[s.routine]) if isinstance(arg := s.args[k], Var)]
        self.resized = {self.kin[name] for name in changed}

    def may(self) -> tuple[tuple[frozenset[int], frozenset[int]], ...]:
        """For each result the parameters, and the other results, that it may be."""
        results = returned(self.function)
        return tuple((
            frozenset(self.alike(value, self.function.params)), frozenset(self.alike(value, results)) - {k},
        ) for k, value in enumerate(results))  # fmt: skip

    def alike(self, value: object, others: Sequence[object]) -> Iterator[int]:
        """Those that may be the list."""
        kin = self.of(value)
        return (k for k, other in enumerate(others) if kin is not None and self.of(other) == kin)

    def of(self, operand: object) -> str | None:
        return self.kin.get(operand.name) if isinstance(operand, Var) else None

    def grown(self) -> frozenset[int]:
        return frozenset(k for k, param in enumerate(self.function.params) if self.of(param) in self.resized)

    def check(self) -> None:
        """A list that may be one that was given, or not, must keep its length, and stand in no other list."""
        inside = {root for name, root in self.kin.items() if name.endswith(ITEM)}
        for target, near, s in self.given:
            name = f"what `{base(s.routine)}` returns" if is_temporary(target.name) else f"`{base(target.name)}`"
            what = "returns twice" if near in s.targets else "has been given"
            if self.of(target) in self.resized:
                raise _refused(name, what, "lists change their length", s.loc)
            if self.of(target) in inside:
                raise _refused(name, what, "one of them stands in another list", s.loc)
        for value in returned(self.function) if self.function.routine else ():
            if self.of(value) in self.resized and any(True for _ in self.alike(value, self.function.params)):
                name = f"`{base(value.name)}`" if isinstance(value, Var) else "it"
                raise _refused(name, "has been given", "lists change their length", self.function.body[-1].loc)


def _refused(name: str, what: str, why: str, loc: Loc | None) -> UnsupportedError:
    return UnsupportedError(
        f"{name} is a list that a function that calls itself {what}, or another one, and {why}", loc=loc,
        reason="whether the two are one list depends on the path that the function takes",
        remedy="return a copy: `.copy()`, or the list itself on every path",
    )  # fmt: skip


def _handing_back(routine: Function, places: Sequence[int]) -> Function:
    """The routine with results for the lists whose length it changes."""
    if not places:
        return routine
    namer, types = Namer(names(routine)), dict(routine.types)
    params = list(routine.params)
    bound: list[Statement] = []
    for k in places:
        given = namer.fresh(base(params[k].name))
        types[given.name] = types[params[k].name]
        bound.append(Assign(params[k], "bind", (given,), loc=routine.loc))
        params[k] = given
    *body, last = routine.body
    assert isinstance(last, Return)
    values = (*last.values, *(params[k] for k in places))
    seen = tuple(param.name for param in params)
    return replace(routine, params=tuple(params), types=types, seen=seen,
                   body=(*bound, *body, replace(last, values=values, packed=len(values) > 1)))  # fmt: skip


def _taking(function: Function, grown: Places) -> Function:
    """The function with calls that give lists back, which it puts where they were."""
    namer, types = Namer(names(function)), dict(function.types)

    def take(s: Statement) -> list[Statement]:
        if not isinstance(s, Call) or not grown[s.routine]:
            return [s]
        back: list[Var] = []
        put: list[Statement] = []
        for k in sorted(grown[s.routine]):
            array = s.args[k]
            assert isinstance(array, Var)
            back.append(namer.temporary(base(array.name)))
            types[back[-1].name] = types[array.name]
            put.append(Store(array, (Slice(),), back[-1], loc=s.loc))
        return [replace(s, targets=(*s.targets, *back)), *put]

    return replace(function, body=map_block(function.body, take), types=types)
