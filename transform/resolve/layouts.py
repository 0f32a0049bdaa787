"""Copies of arrays in the layout of the original, so that they have its type and what was a view of it is a view of the copy;
the layout of a part.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numba.core import types as numba_types
from numba.core.typing.arraydecl import get_array_index_type

from ..analyses.extents import NEW_AXIS
from ..ir import Array, Assign, Const, Ellipsis_, Index, Loc, Slice, Statement, Type, Var, View
from ..names import Namer, base


def copy_of(target: Var, array: Var, types: dict[str, Type], namer: Namer, loc: Loc | None = None) -> list[Statement]:
    """A copy that Numba has the same type for: what was a view of the original is a view of the copy, and what is computed from the
    one lies as what is computed from the other, so that a view of that is none, or one, of both."""
    type_ = types[array.name]
    assert isinstance(type_, Array)
    if not type_.ndim or type_.layout == "C" or (type_.layout == "F" and type_.ndim < 2):
        return [Assign(target, ".copy", (array,), loc=loc)]
    whole = Array(type_.dtype, type_.ndim, "C")
    if type_.layout == "A":
        copied = namer.temporary(base(target.name))
        types[copied.name] = whole
        return [Assign(copied, ".copy", (array,), loc=loc), any_strides(target, copied)]
    turned, copied = namer.temporary(base(array.name)), namer.temporary(base(array.name))
    types[turned.name] = types[copied.name] = whole
    return [View(turned, array, ".T"), Assign(copied, ".copy", (turned,), loc=loc), View(target, copied, ".T")]


def any_strides(target: Var, array: Var) -> View:
    """All of an array, of which Numba knows no layout any more."""
    return View(target, array, "index", (Slice(step=Const(1)),))


def layout_of_part(array: Array, index: Sequence[Index]) -> str:
    """The layout that Numba gives `array[index]`."""
    if not index:
        return array.layout
    kinds = numba_types.BaseTuple.from_types(tuple(map(_kind, index)))
    part = get_array_index_type(numba_types.Array(numba_types.float64, array.ndim, array.layout), kinds).result
    return str(part.layout) if isinstance(part, numba_types.Array) else "C"


def _kind(item: Index) -> Any:
    if isinstance(item, Ellipsis_):
        return numba_types.ellipsis
    if isinstance(item, Slice):
        return numba_types.slice2_type if item.step is None else numba_types.slice3_type
    return numba_types.none if item == NEW_AXIS else numba_types.intp
