"""Typed statements for one place of the user's text, appended one after the other.

In: the types of a function and its namer.  Out: `out`, the statements; every name that they bind is new and has its type.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..ir import Array, Assign, Const, For, If, Index, Load, Loc, Operand, Scalar, Statement, Store, TupleOf, Type, Var, View
from ..names import Namer

INTEGER = Scalar("int64")
_ZERO = Const(0)


class Builder:
    def __init__(self, types: dict[str, Type], namer: Namer, loc: Loc | None) -> None:
        self.types, self.namer, self.loc = types, namer, loc
        self.out: list[Statement] = []

    def emit(self, statement: Statement) -> None:
        self.out.append(statement)

    def new(self, hint: str, type_: Type, written: bool = False) -> Var:
        """A new name; `written`: it stands in the text as a line of its own."""
        var = self.namer.fresh(hint) if written else self.namer.temporary(hint)
        self.types[var.name] = type_
        return var

    def assign(self, hint: str, type_: Type, op: str, *args: Operand) -> Var:
        var = self.new(hint, type_)
        self.emit(Assign(var, op, args, loc=self.loc))
        return var

    def integer(self, hint: str, op: str, *args: Operand) -> Var:
        return self.assign(hint, INTEGER, op, *args)

    def effect(self, op: str, *args: Operand) -> None:
        """A check that is made for what it raises."""
        self.emit(Assign(self.new("checked", Scalar("bool")), op, args, loc=self.loc))

    # ---- arrays -------------------------------------------------------------------------------------------

    def array(self, var: Var) -> Array:
        type_ = self.types[var.name]
        assert isinstance(type_, Array)
        return type_

    def rank(self, value: Operand) -> int:
        """The number of axes; 0 for a number."""
        type_ = self.types[value.name] if isinstance(value, Var) else None
        return type_.ndim if isinstance(type_, Array) else 0

    def shape(self, array: Var) -> Var:
        return self.assign("shape", TupleOf((INTEGER,) * self.array(array).ndim), ".shape", array)

    def extent(self, array: Var, axis: int) -> Var:
        if self.array(array).ndim == 1:
            return self.integer("count", ".size", array)
        return self.integer("extent", "item", self.shape(array), Const(axis))

    def packed(self, items: Sequence[Operand]) -> Var:
        return self.assign("shape", TupleOf((INTEGER,) * len(items)), "tuple", *items)

    def apart(self, target: Var, used: Iterable[Operand]) -> Var:
        """The name to fill in the place of `target`: another one if what has that name now is still used (`a = a[rows]`)."""
        return self.new("made", self.types[target.name]) if target in used else target

    def rename(self, target: Var, made: Var) -> None:
        """What was made gets the name that it is for."""
        if made == target:
            return
        if isinstance(self.types[target.name], Array):
            self.emit(View(target, made, "=", loc=self.loc))
        else:
            self.emit(Assign(target, "=", (made,), loc=self.loc))

    def empty(self, target: Var, extents: Sequence[Operand]) -> None:
        """A new array of these extents, bound to a name that has its type."""
        shape = extents[0] if len(extents) == 1 else self.packed(extents)
        self.emit(Assign(target, "np.empty", (shape, *dtype_args(self.array(target).dtype)), loc=self.loc))

    def load(self, array: Var, index: Sequence[Index], hint: str, written: bool = False) -> Var:
        var = self.new(hint, Scalar(self.array(array).dtype), written)
        self.emit(Load(var, array, tuple(index), loc=self.loc))
        return var

    def store(self, array: Var, index: Sequence[Index], value: Operand) -> None:
        self.emit(Store(array, tuple(index), value, loc=self.loc))

    def view(self, array: Var, index: Sequence[Index], ndim: int, hint: str = "part") -> Var:
        var = self.new(hint, Array(self.array(array).dtype, ndim, "A"))
        self.emit(View(var, array, "index", tuple(index), loc=self.loc))
        return var

    def copy(self, array: Var) -> Var:
        type_ = self.array(array)
        return self.assign("copy", Array(type_.dtype, type_.ndim, "C"), ".copy", array)

    # ---- blocks -------------------------------------------------------------------------------------------

    def block(self, fill: Callable[[], object]) -> tuple[Statement, ...]:
        """What `fill` emits, as a block of its own."""
        outer, self.out = self.out, []
        fill()
        inner, self.out = tuple(self.out), outer
        return inner

    def loop(self, hint: str, stop: Operand, fill: Callable[[Var], object], start: Operand = _ZERO) -> None:
        counter = self.new(hint, INTEGER)
        body = self.block(lambda: fill(counter))
        self.emit(For(counter, start, stop, Const(1), body, loc=self.loc))

    def loops(
        self, extents: Sequence[Operand], fill: Callable[[tuple[Var, ...]], object], starts: Mapping[int, Operand] | None = None,
        place: tuple[Var, ...] = (),
    ) -> None:  # fmt: skip
        """Nested loops over all places, the last axis innermost; `starts`: of axes that do not start at 0."""
        axis = len(place)
        if axis == len(extents):
            fill(place)
        else:
            start = (starts or {}).get(axis, Const(0))
            self.loop("ijkl"[axis] if axis < 4 else "k", extents[axis],
                      lambda counter: self.loops(extents, fill, starts, (*place, counter)), start)  # fmt: skip

    def when(self, test: Var, fill: Callable[[], object]) -> None:
        self.emit(If(test, self.block(fill), (), loc=self.loc))


def dtype_args(dtype: str) -> tuple[Const, ...]:
    """The last argument of `np.empty` and its like."""
    return () if dtype == "float64" else (dtype_constant(dtype),)


def dtype_constant(dtype: str) -> Const:
    return Const(dtype, label="np.bool_" if dtype == "bool" else f"np.{dtype}")
