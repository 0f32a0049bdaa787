"""Augmented assignments between overlapping arrays: written as the loops that they are."""
from __future__ import annotations

from dataclasses import replace

from ..analyses.aliases import aliases_of
from ..analyses.extents import Extents
from ..ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    Ellipsis_,
    Function,
    Index,
    Scalar,
    Slice,
    Statement,
    Store,
    Type,
    Var,
    is_array,
)
from ..names import Namer
from ..rules import RULES
from ..walk import blocks, names, with_blocks
from .builder import Builder
from .layouts import layout_of_part
from .refuse import refuse
from .spread import Spread, extents_of


def separate_overlaps(function: Function) -> Function:
    """`a[1:] += a[:-1]` runs element by element without a copy: write it as the loop that it is.  What has more axes than the place
    that it is added to is refused."""
    memory = aliases_of(function)
    types = dict(function.types)
    namer = Namer(names(function))
    extents = extents_of(function)

    def overlap(left: Var, right: object) -> bool:
        return isinstance(right, Var) and is_array(types.get(right.name)) and not memory.disjoint(left.name, right.name)

    def loops(s: Accumulate | Assign, array: Var, index: tuple[Index, ...], value: object, op: str) -> list[Statement]:
        assert isinstance(value, Var)
        return _elementwise(s, array, index, value, op, types, namer, extents)

    def check_axes(s: Accumulate | Assign, array: Var, index: tuple[Index, ...], value: object, op: str) -> None:
        place, mine = len(extents.slots(array.name, index)), types.get(getattr(value, "name", ""))
        if isinstance(mine, Array) and mine.ndim > place:
            raise refuse(s, f"`{op}=` with an array of {mine.ndim} axes, of which the place has {place}",
                         "NumPy raises, and Numba takes other elements than those of the array",
                         "take a part that has no more axes, such as `b[0]` or `b[:, 0]`")  # fmt: skip

    def block(statements: Block) -> Block:
        out: list[Statement] = []
        dropped: set[str] = set()
        negated: dict[str, Assign] = {}
        for s in statements:
            match s:
                case Accumulate(array, index, Var(name) as value):
                    check_axes(s, array, index, value, "-" if name in negated and negated[name].loc == s.loc else "+")
                case Assign(_, op, (Var() as old, value)) if op.endswith("=") and op not in RULES and op[:-1] in RULES:
                    check_axes(s, old, (), value, op[:-1])
                case _:
                    pass
            match s:
                case Assign(target, "neg", (Var(),)):
                    negated[target.name] = s
                    out.append(s)
                case Accumulate(array, index, Var(name)) if name in negated and negated[name].loc == s.loc and overlap(
                    array, negated[name].args[0]
                ):                                      # `-=`; what the user negates is a copy
                    out += loops(s, array, index, negated[name].args[0], "-")
                case Accumulate(array, index, Var() as value) if overlap(array, value):
                    out += loops(s, array, index, value, "+")
                case Assign(target, op, (Var() as old, value)) if op.endswith("=") and op not in RULES and op[:-1] in RULES:
                    if overlap(old, value):
                        dropped.add(target.name)
                        out += loops(s, old, (), value, op[:-1])
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
    s: Accumulate | Assign, array: Var, index: tuple[Index, ...], value: Var, op: str, types: dict[str, Type], namer: Namer,
    extents: Extents,
) -> list[Statement]:  # fmt: skip
    """array[index] op= value, one element after the other in the order of Numba's loop."""
    b = Builder(types, namer, s.loc)
    columns = _by_columns(b.array(array), index, b.array(value))
    unknown = any(isinstance(item, Ellipsis_) for item in index)
    terms = [None] * b.rank(array) if unknown else extents.slots(array.name, index)
    if index:
        taken = sum(not isinstance(item, Slice | Ellipsis_) for item in index)
        array = b.view(array, index, b.rank(array) - taken, "target")
    if b.rank(value) == 0:
        if b.rank(array):
            raise refuse(s, f"`{op}=` of one element of an array to all of it", "Numba changes elements while it reads them",
                         "take the element first: `x = a[0]`")  # fmt: skip
        value = b.load(value, (), "value")
    shape = [b.extent(array, axis) for axis in range(b.rank(array))]
    source = Spread(b, value, shape, terms[: len(shape)], extents)

    def change(here: tuple[Var, ...]) -> None:
        element = source.element(here)
        if op == "+":
            b.emit(Accumulate(array, here, element, loc=s.loc))
        else:
            old = b.load(array, here, "old")
            b.store(array, here, b.assign("new", Scalar(b.array(array).dtype), op, old, element))

    if columns:
        b.loops(shape[::-1], lambda here: change(here[::-1]))
    else:
        b.loops(shape, change)
    return b.out


def _by_columns(array: Array, index: tuple[Index, ...], value: Array) -> bool:
    """Does Numba's loop take columns one after the other?  If more of the two lie so than lie by rows."""
    layouts = [layout_of_part(array, index), value.layout]
    return layouts.count("F") > layouts.count("C")
