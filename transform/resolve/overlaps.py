"""Augmented assignments between overlapping slices: written as the loops that they are."""
from __future__ import annotations

from dataclasses import replace

from ..analyses.aliases import aliases_of
from ..ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    Const,
    For,
    Function,
    Index,
    Load,
    Operand,
    Other,
    Scalar,
    Statement,
    Store,
    TupleOf,
    Type,
    Var,
    View,
    is_array,
)
from ..names import Namer
from ..rules import RULES
from ..walk import blocks, names, with_blocks
from .refuse import refuse
from .shapes import Shapes


def separate_overlaps(function: Function) -> Function:
    """`a[1:] += a[:-1]` runs element by element without a copy: write it as the loop that it is."""
    memory = aliases_of(function)
    shapes = Shapes(function)
    types = dict(function.types)
    namer = Namer(names(function))

    def overlap(left: Var, right: object) -> bool:
        return isinstance(right, Var) and is_array(types.get(right.name)) and not memory.disjoint(left.name, right.name)

    def block(statements: Block) -> Block:
        out: list[Statement] = []
        dropped: set[str] = set()
        negated: dict[str, Assign] = {}
        for s in statements:
            match s:
                case Assign(target, "neg", (Var(),)):
                    negated[target.name] = s
                    out.append(s)
                case Accumulate(array, index, Var(name)) if name in negated and negated[name].loc == s.loc and overlap(
                    array, negated[name].args[0]
                ):                                      # `-=`; what the user negates is a copy
                    right = negated[name].args[0]
                    assert isinstance(right, Var)
                    out += _elementwise(s, array, index, right, "-", shapes.fits(array, index, right), types, namer)
                case Accumulate(array, index, Var() as value) if overlap(array, value):
                    out += _elementwise(s, array, index, value, "+", shapes.fits(array, index, value), types, namer)
                case Assign(target, op, (Var() as old, value)) if op.endswith("=") and op not in RULES and op[:-1] in RULES:
                    if overlap(old, value):
                        assert isinstance(value, Var)
                        dropped.add(target.name)
                        out += _elementwise(s, old, (), value, op[:-1], shapes.fits(old, (), value), types, namer)
                    else:
                        out.append(replace(s, op=op[:-1]))
                case Store(_, _, Var(name)) if name in dropped:
                    pass
                case _:
                    inner = tuple(map(block, blocks(s)))
                    out.append(with_blocks(s, inner) if inner else s)
        return tuple(out)

    return replace(function, body=block(function.body), types=types)


def _elementwise(
    s: Accumulate | Assign, array: Var, index: tuple[Index, ...], value: Var, op: str, fits: bool, types: dict[str, Type],
    namer: Namer,
) -> list[Statement]:
    """array[index] op= value, one element after the other in the order of Numba's loop; `fits`: the shapes are known to."""
    source = types[value.name]
    assert isinstance(source, Array)
    out: list[Statement] = []
    if index:
        whole = namer.temporary("target")
        types[whole.name] = Array(source.dtype, source.ndim, "A")
        out.append(View(whole, array, "index", index, loc=s.loc))
        array = whole
    target = types[array.name]
    if not isinstance(target, Array) or target.ndim != source.ndim:
        raise refuse(s, f"`{op}=` between overlapping arrays of different rank", "Numba changes elements while it reads them",
                      "write the loop, or copy the right side")  # fmt: skip
    def integer(hint: str, op: str, *args: Operand) -> Var:
        var = namer.temporary(hint)
        types[var.name] = Scalar("bool" if op == "!=" else "int64")
        out.append(Assign(var, op, args, loc=s.loc))
        return var

    if not fits:
        checked = namer.temporary("checked")
        types[checked.name] = Other("none")
        out.append(Assign(checked, "check_assign", (array, value), loc=s.loc))
    shape, other, element = (namer.temporary(hint) for hint in ("shape", "shape", "element"))
    types[shape.name] = types[other.name] = TupleOf((Scalar("int64"),) * target.ndim)
    types[element.name] = Scalar(source.dtype)
    out += [Assign(shape, ".shape", (array,), loc=s.loc), Assign(other, ".shape", (value,), loc=s.loc)]
    counters = tuple(namer.temporary("k") for _ in range(target.ndim))
    extents, moves = [], []
    for axis, counter in enumerate(counters):
        types[counter.name] = Scalar("int64")
        extents.append(integer("extent", "item", shape, Const(axis)))
        moves.append(integer("moves", "!=", integer("extent", "item", other, Const(axis)), Const(1)))
    before, out = out, []
    place = tuple(integer("place", "*", counter, move) for counter, move in zip(counters, moves, strict=True))
    load = Load(element, value, place, loc=s.loc)
    inner: tuple[Statement, ...]
    if op == "+":
        inner = (*out, load, Accumulate(array, counters, element, loc=s.loc))
    else:
        old, new = namer.temporary("old"), namer.temporary("new")
        types[old.name] = types[new.name] = Scalar(target.dtype)
        change = (Load(old, array, counters, loc=s.loc), Assign(new, op, (old, element), loc=s.loc))
        inner = (*out, load, *change, Store(array, counters, new, loc=s.loc))
    out = before
    for counter, extent in zip(reversed(counters), reversed(extents), strict=True):
        inner = (For(counter, Const(0), extent, Const(1), inner, loc=s.loc),)
    return [*out, *inner]
