"""Functions that make one array of several: end to end, side by side, every pair."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..ir import Array, Const, Operand, Scalar, Slice, Var, View
from .copies import raveled
from .refuse import refuse
from .site import Lowering, Site


def concatenate(b: Site) -> None:
    arrays = b.arrays("arrays")
    joined(b, arrays, b.axis("axis", b.rank(arrays[0])))


def joined(b: Site, arrays: Sequence[Var], axis: int) -> None:
    """The arrays one after the other along an axis; their other extents are the same."""
    rank = b.rank(arrays[0])
    if any(b.rank(array) != rank for array in arrays):
        raise refuse(b.s, "arrays of different rank are joined", "Numba cannot compile it")
    extents: list[Operand] = [b.extent(arrays[0], k) for k in range(rank)]
    starts: list[Operand] = [Const(0)]
    for array in arrays:
        if array != arrays[0] and rank > 1:
            other = [b.extent(array, k) for k in range(rank) if k != axis]
            b.effect("check_alike", b.packed([e for k, e in enumerate(extents) if k != axis]), b.packed(other))
        length = b.extent(array, axis)
        starts.append(length if starts[-1] == Const(0) else b.integer("total", "+", starts[-1], length))
    b.fresh([starts[-1] if k == axis else extent for k, extent in enumerate(extents)])
    for array, start, stop in zip(arrays, starts, starts[1:], strict=False):

        def put(place: tuple[Var, ...], array: Var = array, start: Operand = start) -> None:
            moved: Operand = place[axis] if start == Const(0) else b.integer("place", "-", place[axis], start)
            b.store(b.target, place, b.load(array, (*place[:axis], moved, *place[axis + 1 :]), "element"))

        b.loops([stop if k == axis else extent for k, extent in enumerate(extents)], put, {axis: start})


def stacked(b: Site, arrays: Sequence[Var], axis: int) -> None:
    """The arrays along a new axis."""
    rank = b.rank(arrays[0])
    extents: list[Operand] = [b.extent(arrays[0], k) for k in range(rank)]
    for array in arrays[1:]:
        if array != arrays[0]:
            b.effect("check_alike", b.shape(arrays[0]), b.shape(array))
    b.fresh([*extents[:axis], Const(len(arrays)), *extents[axis:]])
    for number, array in enumerate(arrays):

        def put(place: tuple[Var, ...], array: Var = array, number: int = number) -> None:
            b.store(b.target, (*place[:axis], Const(number), *place[axis:]), b.load(array, place, "element"))

        b.loops(extents, put)


def stack(b: Site) -> None:
    arrays = b.arrays("arrays")
    stacked(b, arrays, b.axis("axis", b.rank(arrays[0]) + 1))


def vstack(b: Site) -> None:
    arrays = b.arrays("tup")
    if b.rank(arrays[0]) == 1:
        stacked(b, arrays, 0)
    else:
        joined(b, arrays, 0)


def hstack(b: Site) -> None:
    arrays = b.arrays("tup")
    joined(b, arrays, 0 if b.rank(arrays[0]) == 1 else 1)


def column_stack(b: Site) -> None:
    arrays = b.arrays("tup")
    if all(b.rank(array) == 1 for array in arrays):
        stacked(b, arrays, 1)
    else:
        joined(b, [column(b, array) for array in arrays], 1)


def column(b: Site, array: Var) -> Var:
    if b.rank(array) != 1:
        return array
    one = b.new("column", Array(b.array(array).dtype, 2, "A"))
    b.emit(View(one, array, "index", (Slice(), Const(None)), loc=b.loc))
    return one


def append(b: Site) -> None:
    arr, values = b.source("arr"), b.operand("values")
    if not b.none("axis"):
        joined(b, [arr, b.source("values")], b.axis("axis", b.rank(arr)))
        return
    arr = raveled(b, arr)
    if b.rank(values):
        joined(b, [arr, raveled(b, b.source("values"))], 0)
        return
    length = b.extent(arr, 0)
    b.empty(b.target, (b.integer("total", "+", length, Const(1)),))
    b.loop("k", length, lambda k: b.store(b.target, (k,), b.load(arr, (k,), "element")))
    b.store(b.target, (length,), values)


def outer(b: Site) -> None:
    left, right = raveled(b, b.source("a")), raveled(b, b.source("b"))
    extents = (b.extent(left, 0), b.extent(right, 0))
    b.empty(b.target, extents)

    def product(place: tuple[Var, ...]) -> None:
        factors = b.load(left, place[:1], "left"), b.load(right, place[1:], "right")
        b.store(b.target, place, b.assign("product", Scalar(b.result().dtype), "*", *factors))

    b.loops(extents, product)


JOINS: Mapping[str, Lowering] = {
    "np.concatenate": concatenate, "np.stack": stack, "np.vstack": vstack, "np.hstack": hstack, "np.column_stack": column_stack,
    "np.append": append, "np.outer": outer,
}  # fmt: skip
