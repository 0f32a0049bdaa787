"""What an index with arrays in it stands for: which element of the array each position of the result is.

Numba's rules (`numba.np.arrayobj.FancyIndexer`): arrays of integers are broadcast together; their axes stand where the first
of them does, and in front if slices come between them or between them and a number; an array of bools has one axis, stands
in the place of its own axis always, and does not mix with others.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..ir import Array, Const, Ellipsis_, Index, Operand, Slice, Statement, Type, Var
from ..names import base as hint_of
from .builder import Builder
from .refuse import refuse

Visit = Callable[[tuple[Operand, ...], tuple[Operand, ...]], object]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of the result.  `whole`: the axis of the base that it runs along; `rows`: it runs along the index arrays;
    neither: a new axis.  `of`: the array and axis that it is as long as."""

    extent: Operand
    of: tuple[str, int] | None = None
    whole: int | None = None
    rows: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """`fixed` are numbers and `arrays` index arrays, by axis of the base; `tested`: the one array is of bools, each of which is
    tested; `repeats`: may one element come twice?"""

    base: Var
    axes: tuple[Axis, ...]
    fixed: Mapping[int, Operand]
    arrays: Mapping[int, Var]
    tested: bool
    repeats: bool

    @property
    def extents(self) -> tuple[Operand, ...]:
        return tuple(axis.extent for axis in self.axes)


def is_fancy(index: tuple[Index, ...], types: Mapping[str, Type]) -> bool:
    return any(_array(item, types) for item in index)


def _array(item: Index, types: Mapping[str, Type]) -> Array | None:
    type_ = types.get(item.name) if isinstance(item, Var) else None
    return type_ if isinstance(type_, Array) and type_.ndim else None


def place_of(b: Builder, s: Statement, array: Var, index: tuple[Index, ...], written: int | None = None) -> Place:
    """The place; `written`: of how many axes the value is that is written to it (None: it is read)."""
    items = _every_axis(b, index, b.array(array).ndim)
    _check(b, s, items)
    repeats = not any(_is_mask(b, item) for item in items)
    new = [k for k, item in enumerate(items) if item == Const(None)]
    items = [item for item in items if item != Const(None)]
    front = _position(b, items)
    array, items = _sliced(b, array, items)
    arrays = {k: item for k, item in enumerate(items) if isinstance(item, Var) and _array(item, b.types)}
    fixed = {k: item for k, item in enumerate(items) if k not in arrays and isinstance(item, Var | Const)}
    tested = _tested(b, items, arrays, written)
    if not tested:
        arrays = _alike(b, {k: _positions(b, item) for k, item in arrays.items()})
    axes = _axes(b, array, items, arrays, front)
    for k in new:
        axes.insert(k, Axis(Const(1)))
    return Place(array, tuple(axes), fixed, arrays, tested, repeats)


def _every_axis(b: Builder, index: tuple[Index, ...], ndim: int) -> list[Index]:
    """An item for each axis."""
    missing = ndim - sum(not isinstance(item, Ellipsis_) and item != Const(None) for item in index)
    items: list[Index] = []
    for item in index:
        if isinstance(item, Ellipsis_):
            items += [Slice()] * missing
            missing = 0
        else:
            items.append(item)
    return items + [Slice()] * missing


def _is_mask(b: Builder, item: Index) -> bool:
    type_ = _array(item, b.types)
    return type_ is not None and type_.dtype == "bool"


def _check(b: Builder, s: Statement, items: list[Index]) -> None:
    """What Numba cannot compile, and what it does otherwise than NumPy by mistake."""
    arrays = [type_ for item in items if (type_ := _array(item, b.types)) is not None]
    masks = [type_ for type_ in arrays if type_.dtype == "bool"]
    if any(type_.ndim > 1 for type_ in masks):
        raise refuse(s, f"an array is indexed by a {masks[0].ndim}-dimensional array of bools", "Numba cannot compile it",
                      "index rows in a loop, or use `np.where(mask, a, b)`")  # fmt: skip
    if masks and len(arrays) > 1:
        raise refuse(s, "an array is indexed by an array of bools and another array", "Numba cannot compile it",
                      "index twice, or turn the bools into numbers: `np.flatnonzero(mask)`")  # fmt: skip
    new = any(item == Const(None) for item in items)
    if new and (len(arrays) > 1 or arrays[0].ndim > 1 or any(isinstance(i, Var | Const) and _is_number(b, i) for i in items)):
        raise refuse(s, "an array is indexed by arrays and a new axis", "Numba and NumPy do not agree where the new axis is",
                      "index first, then add the axis: `a[i, j][None]`")  # fmt: skip


def _is_number(b: Builder, item: Index) -> bool:
    return item != Const(None) and not isinstance(item, Slice | Ellipsis_) and _array(item, b.types) is None


def _position(b: Builder, items: list[Index]) -> int | None:
    """The item in front of which the axes of index arrays stand; None: in the place of each."""
    if any(_is_mask(b, item) for item in items):
        return None
    advanced = [k for k, item in enumerate(items) if not isinstance(item, Slice)]
    together = advanced[-1] - advanced[0] + 1 == len(advanced)
    return advanced[0] if together else 0


def _sliced(b: Builder, array: Var, items: list[Index]) -> tuple[Var, list[Index]]:
    """The array with its slices taken, which leaves bare ones."""
    if all(item == Slice() for item in items if isinstance(item, Slice)):
        return array, items
    view = [item if isinstance(item, Slice) else Slice() for item in items]
    return b.view(array, view, len(items)), [Slice() if isinstance(item, Slice) else item for item in items]


def _tested(b: Builder, items: list[Index], arrays: dict[int, Var], written: int | None) -> bool:
    """Is there an array of bools, and is what is written the same for each that is true?"""
    axis, array = next(iter(arrays.items()))
    behind = sum(isinstance(item, Slice) for item in items[axis:])
    return _is_mask(b, array) and written is not None and written <= behind


def _positions(b: Builder, array: Var) -> Var:
    """An index array of integers; of bools, the positions of those that are true."""
    return b.assign("chosen", Array("int64", 1, "C"), "np.flatnonzero", array) if _is_mask(b, array) else array


def _alike(b: Builder, arrays: dict[int, Var]) -> dict[int, Var]:
    """The index arrays in their common shape."""
    different = list(dict.fromkeys(arrays.values()))
    if len(different) == 1:
        return arrays
    ndim = max(b.array(array).ndim for array in different)
    alike: dict[Var, Var] = {}
    for array in different:
        result = array
        for other in different:
            if other != array:
                result = b.assign(hint_of(array.name), Array(b.array(array).dtype, ndim, "C"), "matched", result, other)
        alike[array] = result
    return {axis: alike[array] for axis, array in arrays.items()}


def _axes(b: Builder, base: Var, items: list[Index], arrays: dict[int, Var], front: int | None) -> list[Axis]:
    axes: list[Axis] = []
    first = next(iter(arrays.values()))
    rows = [Axis(b.extent(first, k), (first.name, k), rows=True) for k in range(b.array(first).ndim)]
    for k, item in enumerate(items):
        if k == front or (front is None and k in arrays):
            axes += rows
        if isinstance(item, Slice):
            axes.append(Axis(b.extent(base, k), (base.name, k), whole=k))
    return axes


def sweep(b: Builder, place: Place, visit: Visit) -> None:
    """Loops over the result, the last axis innermost; `visit` gets a position in the result and the one in the base."""
    last = max(k for k, axis in enumerate(place.axes) if axis.rows)

    def level(depth: int, here: tuple[Operand, ...], there: Mapping[int, Operand]) -> None:
        if depth == len(place.axes):
            visit(here, tuple(there[k] for k in range(len(there))))
            return
        axis = place.axes[depth]

        def inside(counter: Operand) -> None:
            now = (*here, counter)
            if axis.whole is not None:
                level(depth + 1, now, {**there, axis.whole: counter})
            elif depth != last:
                level(depth + 1, now, there)
            elif place.tested:
                (at, mask), *_ = place.arrays.items()
                flag = b.load(mask, (counter,), "flag")
                b.when(flag, lambda: level(depth + 1, now, {**there, at: counter}))
            else:
                level(depth + 1, now, {**there, **_rows(b, place, now)})

        if axis.whole is None and not axis.rows:
            inside(Const(0))
        else:
            b.loop("k" if axis.rows else "j", axis.extent, inside)

    level(0, (), place.fixed)


def _rows(b: Builder, place: Place, here: tuple[Operand, ...]) -> dict[int, Operand]:
    """Where the index arrays point to; read in front of the loops that are still to come."""
    counters = [counter for counter, axis in zip(here, place.axes, strict=False) if axis.rows]
    more = any(axis.whole is not None for axis in place.axes[len(here) :])
    known: dict[Var, Operand] = {}
    for axis, array in place.arrays.items():
        if array not in known:
            known[array] = b.load(array, counters, "row" if axis == 0 else "column" if axis == 1 else "place", written=more)
    return {axis: known[array] for axis, array in place.arrays.items()}
