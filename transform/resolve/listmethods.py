"""What is done with a list in place, and what is looked for in it, as loads and stores of its items (`listitems`)."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..ir import Assign, Const, For, Leave, Load, Operand, Raise, Scalar, Slice, Var
from .builder import INTEGER, Builder
from .listitems import Items

Method = Callable[[Var, Items, Sequence[Operand], Builder], None]

# ---- in place ---------------------------------------------------------------------------------------------------


def append(target: Var, items: Items, args: Sequence[Operand], b: Builder) -> None:
    items.append(args[0], b)


def pop(target: Var, items: Items, args: Sequence[Operand], b: Builder) -> None:
    """The last item, or the one at a place that is there."""
    if not args:
        b.effect("check_pop", items.length(b))
        items.resize(-1, b)
        b.emit(Load(target, items.memory, (items.position(items.length(b), b),), loc=b.loc))
        return
    b.emit(Load(target, items.memory, (items.position(args[0], b),), loc=b.loc))
    _close(items, args[0], b)


def _close(items: Items, place: Operand, b: Builder) -> None:
    """Everything behind the place moves one to the front."""
    items.resize(-1, b)
    last = b.integer("size", "=", items.length(b))
    b.loop("k", last, lambda k: items.store(k, items.load(b.integer("next", "+", k, Const(1)), b), b), place)


def insert(target: Var, items: Items, args: Sequence[Operand], b: Builder) -> None:
    """Everything from the place on moves one to the back."""
    place = b.integer("place", "insert_place", args[0], items.length(b))
    items.make_room(b)
    counter = b.new("k", INTEGER)
    last = b.integer("size", "=", items.length(b))
    move = b.block(lambda: items.store(counter, items.load(b.integer("before", "-", counter, Const(1)), b), b))
    b.emit(For(counter, last, place, Const(-1), move, loc=b.loc))
    items.store(place, args[1], b)
    items.resize(1, b)


def clear(target: Var, items: Items, args: Sequence[Operand], b: Builder) -> None:
    items.put_length(Const(0), b)


def reverse(target: Var, items: Items, args: Sequence[Operand], b: Builder) -> None:
    count = b.integer("count", "=", items.length(b))
    last = b.integer("last", "-", count, Const(1))

    def swap(k: Var) -> None:
        other = b.integer("other", "-", last, k)
        first, second = items.load(k, b), items.load(other, b)
        items.store(k, second, b)
        items.store(other, first, b)

    b.loop("k", b.integer("half", "//", count, Const(2)), swap)


def remove(target: Var, items: Items, args: Sequence[Operand], b: Builder) -> None:
    """The first item that equals the value goes."""
    place = b.new("place", INTEGER)
    index(place, items, args, b)
    _close(items, place, b)


def permute(target: Var, items: Items, args: Sequence[Operand], b: Builder) -> None:
    """The items in another order, which is given by their places."""
    order, old = args[0], b.copy(items.whole(b))
    assert isinstance(order, Var)
    b.loop("k", b.integer("count", "=", items.length(b)),
           lambda k: items.store(k, b.load(old, (b.load(order, (k,), "place"),), "item"), b))  # fmt: skip


def splice(items: Items, part: Slice, others: Items, b: Builder) -> None:
    """Other items in the place of some: `l[a:b] = m`."""
    size = b.integer("size", "=", items.length(b))
    start = Const(0) if part.start is None else b.integer("start", "insert_place", part.start, size)
    stop = size if part.stop is None else b.integer("stop", "insert_place", part.stop, size)
    stop = b.integer("stop", "max", start, stop)
    new, rest = b.copy(others.whole(b)), b.copy(b.view(items.whole(b), (Slice(stop),), 1))
    items.put_length(start, b)
    extend(items, new, b)
    extend(items, rest, b)


def extend(items: Items, more: Var, b: Builder) -> None:
    """The elements of an array come behind the items."""
    b.loop("k", b.integer("count", "len", more), lambda k: items.append(b.load(more, (k,), "item"), b))


# ---- searches -----------------------------------------------------------------------------------------------------


def index(target: Var, items: Items, args: Sequence[Operand], b: Builder) -> None:
    """The first place between two bounds, at which an item equals the value."""
    count = b.integer("count", "=", items.length(b))
    start, stop = (b.integer("place", "insert_place", k, count) for k in (*args[1:], *(Const(0), count)[len(args) - 1 :]))
    found = b.integer("found", "=", Const(-1))
    _search(items, args[0], start, stop, lambda k: b.emit(Assign(found, "=", (k,), loc=b.loc)), b)
    none = b.assign("none", Scalar("bool"), "<", found, Const(0))
    b.when(none, lambda: b.emit(Raise(Const("ValueError", label="ValueError"), (Const("value not in list"),), loc=b.loc)))
    b.emit(Assign(target, "=", (found,), loc=b.loc))


def among(target: Var, items: Items, args: Sequence[Operand], b: Builder) -> None:
    """Does any item equal the value?"""
    found = _found(items, args, b)
    b.emit(Assign(target, "=", (found,), loc=b.loc))


def not_among(target: Var, items: Items, args: Sequence[Operand], b: Builder) -> None:
    found = _found(items, args, b)
    b.emit(Assign(target, "not", (found,), loc=b.loc))


def _found(items: Items, args: Sequence[Operand], b: Builder) -> Var:
    """The answer has a name of its own: the target may be the value that is looked for."""
    found = b.assign("found", Scalar("bool"), "=", Const(False))
    yes = lambda k: b.emit(Assign(found, "=", (Const(True),), loc=b.loc))  # noqa: E731
    _search(items, args[0], Const(0), b.integer("count", "=", items.length(b)), yes, b)
    return found


def _search(
    items: Items, value: Operand, start: Operand, stop: Operand, found: Callable[[Var], object], b: Builder
) -> None:
    """`found` at the first place where an item equals the value."""

    def look(k: Var) -> None:
        same = b.assign("same", Scalar("bool"), "==", items.load(k, b), value)
        b.when(same, lambda: found(k))
        b.emit(Leave(same, loc=b.loc))

    b.loop("k", stop, look, start)


def count(target: Var, items: Items, args: Sequence[Operand], b: Builder) -> None:
    total = b.integer("count", "=", Const(0))

    def look(k: Var) -> None:
        same = b.assign("same", Scalar("bool"), "==", items.load(k, b), args[0])
        b.when(same, lambda: b.emit(Assign(total, "+", (total, Const(1)), loc=b.loc)))

    b.loop("k", b.integer("count", "=", items.length(b)), look)
    b.emit(Assign(target, "=", (total,), loc=b.loc))


# ---- comparisons ----------------------------------------------------------------------------------------------------


def compare(target: Var, op: str, left: Items, right: Items, b: Builder) -> None:
    """target = left op right: the first pair of items that differs decides, and the lengths if none does."""
    first, second = b.integer("count", "=", left.length(b)), b.integer("count", "=", right.length(b))
    b.emit(Assign(target, op, (first, second), loc=b.loc))

    def look(k: Var) -> None:
        one, other = left.load(k, b), right.load(k, b)
        differ = b.assign("differ", Scalar("bool"), "!=", one, other)
        b.when(differ, lambda: b.emit(Assign(target, op, (one, other), loc=b.loc)))
        b.emit(Leave(differ, loc=b.loc))

    b.loop("k", b.integer("count", "min", first, second), look)


CHANGES: Mapping[str, Method] = {
    ".append": append, ".pop": pop, ".insert": insert, ".clear": clear, ".reverse": reverse, ".remove": remove,
    ".permute": permute,
}  # fmt: skip
SEARCHES: Mapping[str, Method] = {".index": index, ".count": count, "in": among, "not in": not_among}
