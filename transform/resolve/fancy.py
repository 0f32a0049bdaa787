"""Arrays of integers and of bools in an index: written as the loops that they are.

`t = a[rows]` makes a new array and loads its elements one by one, `a[rows] = v` stores them one by one in the order of
Numba's loop, so that the last of several writes to one element wins; `a[rows] += v` reads all that it needs before it writes.
What holds afterwards: arrays are indexed by numbers and slices only.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..analyses.aliases import aliases_of
from ..analyses.versions import unify
from ..ir import Accumulate, Array, Assign, Block, Function, Load, Operand, Scalar, Statement, Store, Type, Var
from ..names import Namer
from ..walk import blocks, names, reads, walk, with_blocks
from .builder import Builder
from .fancy_places import Place, is_fancy, place_of, sweep
from .spread import Spread, extents_of


def lower_fancy(function: Function) -> Function:
    """The function without arrays in any index: reads first, since they make arrays that what is written may depend on."""
    types, namer = dict(function.types), Namer(names(function))
    if not any(_is_fancy(s, types) for s in walk(function.body)):
        return function
    function = replace(function, body=_lowered(function.body, types, lambda w: _read(w, types, namer)), types=types)
    writes = _Writes(function, types, namer)
    return replace(function, body=_lowered(function.body, types, writes.write), types=types)


# ---- statements that belong together ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Work:
    """A statement; or a read, an operation and a write that are `array[index] op= value` together."""

    statements: tuple[Statement, ...]
    op: str = ""
    value: Operand | None = None


def _lowered(block: Block, types: Mapping[str, Type], change: Callable[[Work], list[Statement]]) -> Block:
    block = tuple(
        with_blocks(s, tuple(_lowered(inner, types, change) for inner in blocks(s))) if blocks(s) else s for s in block
    )
    return tuple(statement for work in _works(block, types) for statement in change(work))


def _works(block: Block, types: Mapping[str, Type]) -> Iterator[Work]:
    position = 0
    while position < len(block):
        match block[position : position + 3]:
            case (Load(Var(old), source, at), Assign(Var(made), op, (Var(changed), value)), Store(target, index, Var(new))) if (
                (source, at, old, made) == (target, index, changed, new) and op.endswith("=") and is_fancy(index, types)
            ):
                yield Work(block[position : position + 3], op[:-1], value)
                position += 3
            case (s, *_):
                yield Work((s,))
                position += 1


def _is_fancy(s: Statement, types: Mapping[str, Type]) -> bool:
    return isinstance(s, Load | Store | Accumulate) and is_fancy(s.index, types)


# ---- reading ------------------------------------------------------------------------------------------------------


def _read(work: Work, types: dict[str, Type], namer: Namer) -> list[Statement]:
    s, *more = work.statements
    if more or not isinstance(s, Load) or not is_fancy(s.index, types):
        return list(work.statements)
    b = Builder(types, namer, s.loc)
    made = b.apart(s.target, reads(s))
    place = place_of(b, s, s.array, s.index)
    b.empty(made, place.extents)
    sweep(b, place, lambda here, there: b.store(made, here, b.load(place.base, there, "element")))
    b.rename(s.target, made)
    return b.out


# ---- writing ------------------------------------------------------------------------------------------------------


class _Writes:
    def __init__(self, function: Function, types: dict[str, Type], namer: Namer) -> None:
        self.types, self.namer = types, namer
        self.memory = aliases_of(function)
        self.extents = extents_of(function)
        self.negated = {s.target.name: s for s in walk(function.body) if isinstance(s, Assign) and s.op == "neg"}

    def write(self, work: Work) -> list[Statement]:
        s = work.statements[-1]
        if not isinstance(s, Store | Accumulate) or not is_fancy(s.index, self.types):
            return list(work.statements)
        op = work.op or ("=" if isinstance(s, Store) else "+")
        value = s.value if work.value is None else work.value
        minus = self.negated.get(value.name) if op == "+" and isinstance(value, Var) else None
        if minus is not None and minus.loc == s.loc:           # `-=`; what the user negates has a place of its own
            value, op = minus.args[0], "-"
        b = Builder(self.types, self.namer, s.loc)
        value = self.apart(b, s.array, value)
        place = place_of(b, s, s.array, s.index, b.rank(value))
        terms = [None if axis.of is None else self.extents.axis(*axis.of) for axis in place.axes]
        reader = Spread(b, value, place.extents, terms, self.extents)
        if op == "=":
            sweep(b, place, lambda here, there: b.store(place.base, there, reader.element(here)))
        elif place.repeats:
            self.change_later(b, place, op, reader)
        else:
            sweep(b, place, lambda here, there: self.change(b, place.base, there, op, reader.element(here)))
        return b.out

    def apart(self, b: Builder, array: Var, value: Operand) -> Operand:
        """The value as it is before anything is written; an array without axes is a number."""
        if not isinstance(value, Var) or not isinstance(self.types[value.name], Array):
            return value
        if b.rank(value) == 0:
            return b.load(value, (), "value")
        return value if self.memory.disjoint(array.name, value.name) else b.copy(value)

    def change(self, b: Builder, array: Var, at: tuple[Operand, ...], op: str, element: Operand) -> None:
        """array[at] op= element."""
        if op == "+":
            b.emit(Accumulate(array, at, element, loc=b.loc))
        else:
            b.store(array, at, self.result(b, b.load(array, at, "old"), op, element))

    def result(self, b: Builder, old: Var, op: str, element: Operand) -> Var:
        other = self.types[element.name] if isinstance(element, Var) else Scalar(np.result_type(type(element.value)).name)
        return b.assign("new", unify(self.types[old.name], other), op, old, element)

    def change_later(self, b: Builder, place: Place, op: str, reader: Spread) -> None:
        """All of the new values before the first is written: an element that comes twice is changed once."""
        new = b.new("new", Array(b.array(place.base).dtype, len(place.extents), "C"))
        b.empty(new, place.extents)

        def changed(here: tuple[Operand, ...], there: tuple[Operand, ...]) -> None:
            b.store(new, here, self.result(b, b.load(place.base, there, "old"), op, reader.element(here)))

        sweep(b, place, changed)
        sweep(b, place, lambda here, there: b.store(place.base, there, b.load(new, here, "element")))
