"""Functions whose result shares memory with their argument, and those that decide by the layout."""
from __future__ import annotations

from collections.abc import Mapping

from ..ir import Array, Assign, Const, Slice, Var, View
from .copies import converted
from .site import Lowering, Site

_NEW = Const(None)
_ALL = Slice()
_BACK = Slice(step=Const(-1))


def expand_dims(b: Site) -> None:
    a = b.source("a")
    b.indexed(a, (*(_ALL,) * b.axis("axis", b.rank(a) + 1), _NEW))


def swapaxes(b: Site) -> None:
    a = b.source("a")
    axes = list(range(b.rank(a)))
    one, other = b.axis("axis1", len(axes)), b.axis("axis2", len(axes))
    axes[one], axes[other] = axes[other], axes[one]
    transposed(b, a, axes)


def moveaxis(b: Site) -> None:
    a = b.source("a")
    axes = list(range(b.rank(a)))
    source, destination = b.axis("source", len(axes)), b.axis("destination", len(axes))
    axes.insert(destination, axes.pop(source))
    transposed(b, a, axes)


def transposed(b: Site, a: Var, axes: list[int]) -> None:
    b.emit(Assign(b.target, ".transpose", (a, *map(Const, axes)), loc=b.loc))


def atleast(b: Site) -> None:
    """Axes of length 1: in front, but the third behind."""
    a, least = b.source("a"), int(b.s.op[-2])
    index = [_ALL] * b.rank(a)
    for axis, place in enumerate((0, 0, 2)[:least]):
        if len(index) == axis:
            index.insert(place, _NEW)  # type: ignore[arg-type]  # an index, not only slices
    b.indexed(a, tuple(index))


def flip(b: Site) -> None:
    a = b.source("m")
    index = {"np.flip": (_BACK,) * b.rank(a), "np.flipud": (_BACK,), "np.fliplr": (_ALL, _BACK)}[b.s.op]
    b.indexed(a, index)


def asarray(b: Site) -> None:
    value = b.operand("a")
    if not isinstance(value, Var) or not isinstance(type_ := b.types[value.name], Array):
        b.empty(b.target, ())
        b.store(b.target, (), value)
    elif type_.dtype == b.result().dtype:
        b.bind(value)
    else:
        converted(b, value)


def as_layout(b: Site) -> None:
    """The array itself if its type says that it has the layout, else a copy.  (Of an array with any strides Numba asks at run
    time; `copy_or_view` finds out whether that matters.)"""
    a = b.source("a")
    type_ = b.array(a)
    if type_.ndim == 0:
        b.indexed(a, (_NEW,))
    elif type_.layout == b.result().layout or (type_.ndim == 1 and type_.layout in "CF"):
        b.bind(a)
    elif b.result().layout == "C" or type_.ndim == 1:
        if type_.layout == "A":
            b.may_be_view_of(a)
        b.emit(Assign(b.target, ".copy", (a,), loc=b.loc))
    else:
        if type_.layout == "A":
            b.may_be_view_of(a)
        turned, copied = (b.new("turned", Array(type_.dtype, type_.ndim, layout)) for layout in ("A", "C"))
        b.emit(View(turned, a, ".T", loc=b.loc))
        b.emit(Assign(copied, ".copy", (turned,), loc=b.loc))
        b.emit(View(b.target, copied, ".T", loc=b.loc))


VIEWS: Mapping[str, Lowering] = {
    "np.expand_dims": expand_dims, "np.swapaxes": swapaxes, "np.moveaxis": moveaxis, "np.atleast_1d": atleast,
    "np.atleast_2d": atleast, "np.atleast_3d": atleast, "np.flip": flip, "np.flipud": flip, "np.fliplr": flip,
    "np.asarray": asarray, "np.array": asarray, "np.ascontiguousarray": as_layout, "np.asfortranarray": as_layout,
}  # fmt: skip
