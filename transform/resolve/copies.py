"""Functions that make a new array of the elements of one array, or write to one."""
from __future__ import annotations

from collections.abc import Mapping

from ..ir import Array, Assign, Const, Load, Operand, Scalar, Slice, Store, Var
from .refuse import refuse
from .site import Lowering, Site


def converted(b: Site, a: Var) -> None:
    """The elements in another dtype."""
    b.emit(Assign(b.target, ".astype", (a, b.operand("dtype")), loc=b.loc))


def raveled(b: Site, a: Var) -> Var:
    """All elements in one dimension: a view or a copy, as for `.ravel()`."""
    if b.rank(a) == 1:
        return a
    flat = b.new("flat", Array(b.array(a).dtype, 1, "C"))
    b.emit(Assign(flat, ".ravel", (a,), loc=b.loc))
    return flat


def broadcast_to(b: Site) -> None:
    shape, array = b.operand("shape"), b.operand("array")
    if isinstance(array, Var) and isinstance(b.types.get(array.name), Array):
        b.may_be_view_of(array)
    b.emit(Assign(b.target, "np.empty", (shape, *b.dtype_of_result()), loc=b.loc))
    b.emit(Store(b.target, (), array, loc=b.loc))


def take(b: Site) -> None:
    a, indices = b.source("a"), b.places("indices")
    if b.none("axis"):
        a = raveled(b, a)
        b.effect("check_taken", indices, b.extent(a, 0))
        b.emit(Load(b.target, a, (indices,), loc=b.loc))
    else:
        b.emit(Load(b.target, a, (*(Slice(),) * b.axis("axis", b.rank(a)), indices), loc=b.loc))


def item(b: Site) -> None:
    if isinstance(b.types.get(getattr(b.operand("a"), "name", "")), Scalar):
        b.emit(Assign(b.target, "=", (b.operand("a"),), loc=b.loc))
        return
    a = b.source("a")
    b.effect("check_count", b.integer("size", ".size", a), Const(1))
    b.emit(Load(b.target, a, (Const(0),) * b.rank(a), loc=b.loc))


# ---- diagonals ------------------------------------------------------------------------------------------------------


def diagonal(b: Site, rows: Operand, columns: Operand, k: int) -> Var:
    """How long the diagonal number k is."""
    if k > 0:
        columns = b.integer("columns", "-", columns, Const(k))
    elif k < 0:
        rows = b.integer("rows", "+", rows, Const(k))
    length = b.integer("length", "min", rows, columns)
    return length if k == 0 else b.integer("length", "max", length, Const(0))


def on(b: Site, i: Var, k: int) -> tuple[Operand, Operand]:
    """The place of element i of diagonal number k."""
    if k < 0:
        return b.integer("row", "+", i, Const(-k)), i
    return i, b.integer("column", "+", i, Const(k)) if k else i


def diag(b: Site) -> None:
    v, k = b.source("v"), b.constant("k")
    if b.rank(v) == 1:
        length = b.extent(v, 0)
        side = b.integer("side", "+", length, Const(abs(k))) if k else length
        b.emit(Assign(b.target, "np.zeros", (b.packed((side, side)), *b.dtype_of_result()), loc=b.loc))
        b.loop("i", length, lambda i: b.store(b.target, on(b, i, k), b.load(v, (i,), "element")))
    else:
        length = diagonal(b, b.extent(v, 0), b.extent(v, 1), k)
        b.empty(b.target, (length,))
        b.loop("i", length, lambda i: b.store(b.target, (i,), b.load(v, on(b, i, k), "element")))


def trace(b: Site) -> None:
    a, k = b.source("a"), b.constant("offset")
    length = diagonal(b, b.extent(a, 0), b.extent(a, 1), k)
    b.emit(Assign(b.target, "=", (Const(0.0),), loc=b.loc))
    b.loop("i", length, lambda i: b.emit(Assign(b.target, "+", (b.target, b.load(a, on(b, i, k), "element")), loc=b.loc)))


def fill_diagonal(b: Site) -> None:
    a, value = b.source("a"), b.operand("val")
    if b.rank(a) != 2 or b.rank(value) or not b.array(a).dtype.startswith("float"):
        raise refuse(b.s, "`np.fill_diagonal` of anything but a matrix of floats with one number", "there is no rule for it",
                     "write the loop: `for i in range(n): a[i, i] = v[i]`")  # fmt: skip
    b.loop("i", diagonal(b, b.extent(a, 0), b.extent(a, 1), 0), lambda i: b.store(a, (i, i), value))


def fill(b: Site) -> None:
    b.emit(Store(b.source("a"), (), b.operand("value"), loc=b.loc))


# ---- along one axis -------------------------------------------------------------------------------------------------


def diff(b: Site) -> None:
    a, n = b.source("a"), b.constant("n")
    rank = b.rank(a)
    if n < 0:
        raise refuse(b.s, "`np.diff` of a negative order", "Numba would raise ValueError here", "count the differences from 0")
    for number in range(n):
        extents: list[Operand] = [b.extent(a, axis) for axis in range(rank)]
        extents[-1] = b.integer("steps", "max", b.integer("steps", "-", extents[-1], Const(1)), Const(0))
        target = b.target if number == n - 1 else b.new("diff", b.result())
        b.empty(target, extents)

        def step(place: tuple[Var, ...], a: Var = a, target: Var = target) -> None:
            later = b.load(a, (*place[:-1], b.integer("next", "+", place[-1], Const(1))), "later")
            b.store(target, place, b.assign("step", b.types[later.name], "-", later, b.load(a, place, "earlier")))

        b.loops(extents, step)
        a = target
    if n == 0:
        b.emit(Assign(b.target, ".copy", (a,), loc=b.loc))


def cumulate(b: Site) -> None:
    """np.cumsum and np.cumprod of all elements in order."""
    a = raveled(b, b.source("a"))
    length = b.extent(a, 0)
    b.empty(b.target, (length,))
    op, start = ("+", 0.0) if b.s.op.endswith("cumsum") else ("*", 1.0)
    running = b.new("running", Scalar(b.result().dtype), written=True)
    b.emit(Assign(running, "=", (b.number(start),), loc=b.loc))

    def step(k: Var) -> None:
        b.emit(Assign(running, op, (running, b.load(a, (k,), "element")), loc=b.loc))
        b.store(b.target, (k,), running)

    b.loop("k", length, step)


def roll(b: Site) -> None:
    a, shift = b.source("a"), b.operand("shift")
    if b.rank(a) != 1:
        raise refuse(b.s, "`np.roll` of an array with more than one axis", "there is no rule for it", "roll `a.ravel()`")
    length = b.extent(a, 0)
    b.empty(b.target, (length,))

    def step(k: Var) -> None:
        place = b.integer("place", "%", b.integer("moved", "+", k, shift), length)
        b.store(b.target, (place,), b.load(a, (k,), "element"))

    b.loop("k", length, step)


def repeat(b: Site) -> None:
    a, repeats = b.source("a"), b.operand("repeats")
    if b.rank(repeats):
        raise refuse(b.s, "`np.repeat` with an array of counts", "there is no rule for it", "write the loop over the elements")
    a = raveled(b, a)
    length = b.extent(a, 0)
    b.empty(b.target, (b.integer("size", "*", length, repeats),))

    def step(k: Var) -> None:
        element = b.load(a, (k,), "element")
        first = b.integer("first", "*", k, repeats)
        b.loop("j", repeats, lambda j: b.store(b.target, (b.integer("place", "+", first, j),), element))

    b.loop("k", length, step)


COPIES: Mapping[str, Lowering] = {
    "np.broadcast_to": broadcast_to, "np.take": take, ".take": take, ".item": item, "np.diag": diag, "np.trace": trace,
    "np.fill_diagonal": fill_diagonal, ".fill": fill, "np.diff": diff, "np.cumsum": cumulate, ".cumsum": cumulate,
    "np.cumprod": cumulate, ".cumprod": cumulate, "np.roll": roll, "np.repeat": repeat, ".repeat": repeat,
}  # fmt: skip
