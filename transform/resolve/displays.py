"""`np.array` and `np.asarray` of what is written out: `np.array([[a, b], [c, d]])`, `np.array((x, y))`, `np.asarray(a)`.

In: a typed Function before it is resolved.  Out: the same with an empty array and a store for each element.  The lists and tuples
that are only written to make an array of are gone.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from ..ir import Array, Assign, Const, Function, ListOf, Load, Operand, Statement, Store, TupleOf, Type, Var
from ..names import Namer, is_temporary
from ..walk import binds, map_block, names, reads, walk
from .builder import Builder
from .refuse import refuse

MAKERS = ("np.array", "np.asarray")
_LOOKS = (*MAKERS, "len", "rounds_of", "bool")
_HANDS = ("list", "tuple", "item", "part", "bind")   # their target is such a list, or has it in it


class Displays:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.types: dict[str, Type] = dict(function.types)
        self.namer = Namer(names(function))
        bound = Counter(var.name for s in walk(function.body) for var in binds(s))
        changed = _changed(function)                    # by a helper that was given what is written out
        self.made = {
            s.target.name: s.args for s in walk(function.body)
            if isinstance(s, Assign) and s.op in ("list", "tuple") and is_temporary(s.target.name) and bound[s.target.name] == 1
            and s.target.name not in changed
        }  # fmt: skip
        self.found = any(self.is_made(s) or self.is_filled(s) for s in walk(function.body))

    def is_made(self, s: Statement) -> bool:
        return isinstance(s, Assign) and s.op in MAKERS

    def is_filled(self, s: Statement) -> bool:
        """Are items that are written out assigned to a part of an array: `a[:2] = (x, y)`?"""
        return (
            isinstance(s, Store) and isinstance(s.value, Var) and s.value.name in self.made
            and isinstance(self.types.get(s.array.name), Array)
        )  # fmt: skip

    def lowered(self) -> Function:
        if not self.found:
            return self.function
        body = map_block(self.function.body, self.statement)
        while True:
            unused = self.made.keys() - {var.name for s in walk(body) for var in reads(s)}
            shorter = map_block(body, lambda s, unused=unused: [] if _binds_one_of(s, unused) else [s])  # type: ignore[misc]
            if shorter == body:
                break
            body = shorter
        types = {name: type_ for name, type_ in self.types.items() if name not in unused}
        return replace(self.function, body=body, types=types)

    def statement(self, s: Statement) -> list[Statement]:
        b = Builder(self.types, self.namer, s.loc)
        match s:
            case Store(array, index, Var() as value) if self.is_filled(s):
                type_ = self.types[array.name]
                assert isinstance(type_, Array)
                part = b.new("items", Array(type_.dtype, 1, "C"))
                self.fill(s, part, value, b)
                b.emit(Store(array, index, part, loc=s.loc))
                return b.out
            case Assign(target, op, (value, *_)) if op in MAKERS and self.made_of(s, target, value, b):
                return b.out
            case _:
                return [s]

    def made_of(self, s: Assign, target: Var, value: Operand, b: Builder) -> bool:
        type_ = self.types.get(value.name) if isinstance(value, Var) else None
        mine = self.types[target.name]
        if not isinstance(mine, Array):
            return False
        if isinstance(value, Var) and value.name in self.made:
            self.fill(s, target, value, b)
        elif isinstance(type_, TupleOf) and isinstance(value, Var):
            items = tuple(b.assign("item", item, "item", value, Const(k)) for k, item in enumerate(type_.items))
            self.elements(target, items, b)
        else:
            return False                                # an array, a number, or a list that has a name
        return True

    def fill(self, s: Statement, target: Var, value: Var, b: Builder) -> None:
        """An array of what is written out, row by row."""
        shape = self.shape(s, value)
        if len(shape) != b.array(target).ndim:
            raise refuse(s, "an array is made of lists that are not written out here",
                          "their lengths are not known before the call",
                          "make it with `np.empty((n, m))` and assign its rows")  # fmt: skip
        b.empty(target, tuple(map(Const, shape)))
        for place, item in self.leaves(value, ()):
            b.store(target, tuple(map(Const, place)), item)

    def elements(self, target: Var, items: Sequence[Operand], b: Builder) -> None:
        b.empty(target, (Const(len(items)),))
        for k, item in enumerate(items):
            b.store(target, (Const(k),), item)

    def shape(self, s: Statement, value: Operand) -> tuple[int, ...]:
        """The extents; rows of different length are an error in the primal."""
        if not isinstance(value, Var) or value.name not in self.made:
            return ()
        items = self.made[value.name]
        shapes = {self.shape(s, item) for item in items}
        if len(shapes) > 1:
            raise refuse(s, "an array is made of rows of different length", "Numba would raise ValueError here",
                          "write rows of one length")  # fmt: skip
        return (len(items), *(next(iter(shapes)) if shapes else ()))

    def leaves(self, value: Operand, place: tuple[int, ...]) -> list[tuple[tuple[int, ...], Operand]]:
        if not isinstance(value, Var) or value.name not in self.made:
            return [(place, value)]
        return [leaf for k, item in enumerate(self.made[value.name]) for leaf in self.leaves(item, (*place, k))]


def _changed(function: Function) -> set[str]:
    """Names of lists, and of what holds lists, that a statement may change, or hands to something that may."""
    found: set[str] = set()
    before = -1
    while before != len(found):
        before = len(found)
        for s in walk(function.body):
            if not _leaves(s, function, found):
                found |= {var.name for var in reads(s) if _holds_lists(function.types.get(var.name))}
    return found


def _leaves(s: Statement, function: Function, changed: AbstractSet[str]) -> bool:
    """Are the lists that the statement reads the same afterwards?"""
    match s:
        case Assign(_, op) if op in _LOOKS:
            return True
        case Assign(target, op) if op in _HANDS:
            return target.name not in changed
        case Load(target):
            return target.name not in changed
        case Store(array):
            return isinstance(function.types.get(array.name), Array)
        case _:
            return False


def _holds_lists(type_: Type | None) -> bool:
    return isinstance(type_, ListOf) or (isinstance(type_, TupleOf) and any(map(_holds_lists, type_.items)))


def _binds_one_of(s: Statement, names: AbstractSet[str]) -> bool:
    return any(var.name in names for var in binds(s))
