"""Indices that are not written out: a tuple of integers as an index, and `a.flat`.

`b[idx]` with a tuple idx becomes `b[idx[0], idx[1]]`, an array without axes in an index is read.  A name for `a.flat` becomes a
second name for a, and an element of it the element of a that comes there in C order, whatever the layout: it is read and
written where it is.
"""
from __future__ import annotations

from dataclasses import replace

from ..ir import Accumulate, Array, Assign, Const, Index, Load, Operand, Scalar, Statement, Store, TupleOf, Type, Var, View
from ..names import Namer
from .refuse import refuse


class Expander:
    def __init__(self, types: dict[str, Type], namer: Namer) -> None:
        self.types, self.namer = types, namer
        self.flat: dict[str, Array] = {}

    def expanded(self, s: Statement, out: list[Statement]) -> Statement:
        """The statement with its index written out; what computes the index goes to `out`."""
        match s:
            case Assign(target, ".flat", (Var() as array,)):
                type_ = self.types.get(array.name)
                if not isinstance(type_, Array) or self.flat.setdefault(target.name, type_) != type_:
                    raise refuse(s, "`.flat` of something that is not one array", "its elements have no fixed place")
                self.types[target.name] = type_
                return View(target, array, "=", loc=s.loc)
            case Assign(target, "len" | "rounds_of", (Var(name) as array,)) if name in self.flat:
                return Assign(target, ".size", (array,), loc=s.loc)
            case Assign(_, "rounds_of"):
                return replace(s, op="len")
            case Load(_, array, index) | Store(array, index) | Accumulate(array, index):
                if array.name in self.flat:
                    index = self.unravelled(s, array, index, out)
                elif not isinstance(self.types.get(array.name), TupleOf):
                    index = tuple(part for item in index for part in self.items(s, item, out))
                return replace(s, index=index)
            case _:
                return s

    def items(self, s: Statement, item: Index, out: list[Statement]) -> tuple[Index, ...]:
        """The parts of one item of an index."""
        type_ = self.types.get(item.name) if isinstance(item, Var) else None
        if isinstance(item, Var) and isinstance(type_, Array) and type_.ndim == 0:
            var = self.namer.temporary("k")
            self.types[var.name] = Scalar(type_.dtype)
            out.append(Load(var, item, (), loc=s.loc))
            return (var,)
        if not isinstance(item, Var) or not isinstance(type_, TupleOf):
            return (item,)
        return tuple(self.integer("item", (item, Const(axis)), s, out) for axis in range(len(type_.items)))

    def unravelled(self, s: Statement, array: Var, index: tuple[Index, ...], out: list[Statement]) -> tuple[Index, ...]:
        """The index of the array behind position k of its `.flat`."""
        rank = self.flat[array.name].ndim
        k = index[0] if index else None
        if len(index) != 1 or not isinstance(k, Var | Const):
            raise refuse(s, "`.flat` with an index that is not one integer", "only single elements are supported", "use `.ravel()`")
        if rank == 0:
            return ()
        if rank == 1:
            return (k,)
        shape = self.namer.temporary("shape")
        self.types[shape.name] = TupleOf((Scalar("int64"),) * rank)
        place = self.namer.temporary("place")
        self.types[place.name] = self.types[shape.name]
        out.append(Assign(shape, ".shape", (array,), loc=s.loc))
        out.append(Assign(place, "place", (k, shape), loc=s.loc))
        return self.items(s, place, out)

    def integer(self, op: str, args: tuple[Operand, ...], s: Statement, out: list[Statement]) -> Var:
        var = self.namer.temporary("k")
        self.types[var.name] = Scalar("int64")
        out.append(Assign(var, op, args, loc=s.loc))
        return var
