"""Programs that call derivatives, written statement by statement: what `jacobians` is made with.

In: names, values and derivatives that are there already.  Out: statements of a list that has still to be typed, as parse makes one.
A `Leaf` is a number or an array among the results or the parameters of a function, and where its numbers stand in a row of all.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..runtime.lanes import WIDTH
from .applied import Applied
from .interface import Packed
from .ir import Array, Assign, Const, Index, Load, Operand, Scalar, Slice, Statement, Store, Type, Var
from .names import Namer
from .nesting import result_of
from .structure import Structure


@dataclass(frozen=True, slots=True)
class Leaf:
    """A number or an array among the results or the parameters, and where its numbers stand in a row of all; `alone`: they are
    all."""

    type: Scalar | Array
    shape: tuple[Operand, ...]
    size: Operand
    start: Operand
    stop: Operand
    alone: bool

    @property
    def rank(self) -> int:
        return self.type.ndim if isinstance(self.type, Array) else 0

    @property
    def flat(self) -> Slice:
        return Slice() if self.alone else Slice(self.start, self.stop)

    @property
    def whole(self) -> Slice | Const:
        """All that one sweep gives for it."""
        return Slice() if self.rank else Const(0)


class Piece:
    """A derivative that is there already, as a transform that is called."""

    def __init__(self, packed: Packed) -> None:
        self.packed = packed

    def product(self, argtypes: tuple[Any, ...]) -> Packed:
        return self.packed

    def result_type(self, packed: Packed, argtypes: tuple[Any, ...]) -> Any:
        return result_of(packed, argtypes)

    def outline(self, inputs: tuple[Structure, ...], around: frozenset[object]) -> Structure:
        return self.packed.result


@dataclass
class Writer:
    """Statements as parse writes them, one behind the other."""

    namer: Namer
    captures: dict[str, object] = field(default_factory=dict)
    out: list[Statement] = field(default_factory=list)

    def op(self, hint: str, op: str, *args: Operand) -> Var:
        target = self.namer.temporary(hint)
        self.out.append(Assign(target, op, args))
        return target

    def load(self, hint: str, array: Var, index: tuple[Index, ...]) -> Var:
        target = self.namer.temporary(hint)
        self.out.append(Load(target, array, index))
        return target

    def store(self, array: Var, index: tuple[Index, ...], value: Operand) -> None:
        self.out.append(Store(array, index, value))

    def named(self, name: str, value: Var) -> Var:
        target = self.namer.fresh(name)
        self.out.append(Assign(target, "bind", (value,)))
        return target

    def call(self, packed: Packed, args: Sequence[Operand]) -> list[Var]:
        """The results of a derivative."""
        name = self.namer.fresh(packed.name)
        structure = tuple(range(len(args)))
        self.captures[name.name] = Applied(lambda _: Piece(packed), structure, 0)
        whole = self.op(packed.name, "apply", name, *args)
        assert isinstance(packed.result, tuple)
        return [self.op(packed.name, "item", whole, Const(k)) for k in range(len(packed.result))]

    def block(self, fill: Callable[[], None]) -> tuple[Statement, ...]:
        outer, self.out = self.out, []
        fill()
        inner, self.out = tuple(self.out), outer
        return inner

    def row(self, values: Sequence[tuple[Operand, Type | None]]) -> list[Leaf]:
        """Values and where they stand in a row of all their numbers."""
        leaves: list[Leaf] = []
        at: Operand = Const(0)
        for value, type_ in values:
            assert isinstance(type_, Scalar | Array)
            shape: tuple[Operand, ...] = ()
            size: Operand = Const(1)
            if isinstance(type_, Array):
                whole = self.op("shape", ".shape", value)
                shape = tuple(self.op("extent", "item", whole, Const(k)) for k in range(type_.ndim))
                size = self.op("size", ".size", value)
            stop = size if at == Const(0) else self.op("stop", "+", at, size)
            leaves.append(Leaf(type_, shape, size, at, stop, len(values) == 1))
            at = stop
        return leaves

    def zeros(self, name: str, *extents: Operand) -> Var:
        return self.array("np.zeros", name, extents)

    def empty(self, name: str, *extents: Operand, single: bool = False) -> Var:
        """An array that will be filled."""
        return self.array("np.empty", name, extents, single)

    def array(self, op: str, name: str, extents: Sequence[Operand], single: bool = False) -> Var:
        dtype = (Const("float32", label="np.float32"),) if single else ()
        shape = extents[0] if len(extents) == 1 else self.op("shape", "tuple", *extents)
        return self.named(name, self.op(name, op, shape, *dtype))

    def seed(self, seeds: Var, leaf: Leaf, wide: bool) -> Var:
        """What belongs to a leaf of a row that is 1 at one place, or at one place for each lane."""
        if not leaf.rank and (wide or not isinstance(leaf.type, Array)):
            return self.load("seed", seeds, (leaf.start,))
        part = seeds if leaf.alone else self.load("part", seeds, (leaf.flat,))
        return part if leaf.rank == 1 else self.op("seed", ".reshape", part, *leaf.shape, *([Const(WIDTH)] if wide else []))

    def lanes_of(self, value: Var, leaf: Leaf, lanes: Operand) -> Var:
        """What a sweep gives for a leaf, by numbers of the leaf and then lanes, without those that are not asked for."""
        rows = self.op("rows", ".reshape", value, leaf.size, Const(WIDTH)) if leaf.rank > 1 else value
        return self.load("part", rows, (Slice(), Slice(None, lanes)) if leaf.rank else (Slice(None, lanes),))

    def flat(self, value: Var, leaf: Leaf) -> Var:
        """The numbers of a value of a leaf's type in one row, or the one."""
        if not isinstance(leaf.type, Array) or leaf.rank == 1:
            return value
        return self.op("row", ".flatten", value) if leaf.rank else self.load("number", value, ())
