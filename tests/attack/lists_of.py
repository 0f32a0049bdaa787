"""Lists of arrays, in which writes are seen through every name, and lists of tuples.  One item at least is in each of them."""

from __future__ import annotations

from tests.attack.writer import Slot, Writer, construct


def place(w: Writer, name: str) -> str:
    whole = w.choices.of([*w.scope.wholes, *w.scope.counters, "1"])
    return w.pick("0", "-1", f"{whole} % len({name})")


# ---- arrays -------------------------------------------------------------------------------------------------------------


def has_rows(w: Writer) -> bool:
    return bool(w.scope.rows)


def row(w: Writer, length: int) -> str:
    """A vector of Numba's layout C: a new one, or one with a name."""
    named = w.named(lambda s: s.shape == (length,) and s.whole and s.writable)
    return w.pick(lambda: f"np.zeros({length}) + {w.array((length,))}", lambda: f"np.full({length}, {w.number(1)})",
                  *[lambda: w.choices.of(named)] * (2 * bool(named)))()  # fmt: skip


@construct("statement", "list of arrays", 6)
def arrays(w: Writer) -> None:
    name, length = w.fresh("rows"), w.pick(3, 4)
    w.line(f"{name} = " + w.pick(f"[{row(w, length)}, {row(w, length)}]", f"[{row(w, length)}]",
                                 f"[{row(w, length)} for _ in range(2)]"))  # fmt: skip
    w.scope.rows[name] = length


@construct("statement", "list of arrays changed", 30, has_rows)
def arrays_changed(w: Writer) -> None:
    name = w.choices.of(list(w.scope.rows))
    length = w.scope.rows[name]
    w.line(w.pick(f"{name}.append({row(w, length)})", f"{name}[{place(w, name)}] = {row(w, length)}", f"{name}.reverse()",
                  f"{name}.insert(0, {row(w, length)})"))  # fmt: skip


@construct("statement", "array in a list, written", 28, has_rows)
def array_written(w: Writer) -> None:
    name = w.choices.of(list(w.scope.rows))
    length = w.scope.rows[name]
    here = f"{name}[{place(w, name)}]"
    w.line(w.pick(lambda: f"{here}[{w.index(length)}] {w.pick('=', '+=', '*=')} {w.number(1)}",
                  lambda: f"{here}[{w.cut(length, 2)}] += {w.array((2,), 0)}",
                  lambda: f"{here}[:] = {w.array((length,))}")())  # fmt: skip


@construct("statement", "array of a list as a view", 30, has_rows)
def array_named(w: Writer) -> None:
    name, view = w.choices.of(list(w.scope.rows)), w.fresh("v")
    w.line(f"{view} = {name}[{place(w, name)}]")
    w.scope.arrays[view] = Slot((w.scope.rows[name],))


@construct("statement", "for over a list of arrays", 36, lambda w: has_rows(w) and w.scope.loops < 3 and w.depth < 5)
def over_arrays(w: Writer) -> None:
    name, view = w.choices.of(list(w.scope.rows)), w.fresh("v")
    w.line(f"for {view} in {name}:")
    with w.inside(loops=w.scope.loops + 1, leave=True) as scope:
        scope.arrays[view] = Slot((scope.rows.pop(name),))
        w.block(2)


@construct("number", "array in a list, read", 14, has_rows)
def array_read(w: Writer, depth: int) -> str:
    name = w.choices.of(list(w.scope.rows))
    here = f"{name}[{place(w, name)}]"
    return w.pick(f"np.sum({here}) * 0.3", f"{here}[{w.index(w.scope.rows[name])}]", f"np.dot({here}, {name}[0]) * 0.2")


# ---- tuples -------------------------------------------------------------------------------------------------------------


def has_couples(w: Writer) -> bool:
    return bool(w.scope.couples)


@construct("statement", "list of tuples", 5)
def couples(w: Writer) -> None:
    name = w.fresh("list")
    w.line(f"{name} = " + w.pick(f"[({w.number(1)}, {w.number(1)})]", f"[(o, {w.number(1)}) for o in {w.vector()}]",
                                 f"[({w.number(1)}, {w.number(1)}), ({w.number(0)}, {w.number(0)})]"))  # fmt: skip
    w.scope.couples.append(name)


@construct("statement", "list of tuples changed", 31, has_couples)
def couples_changed(w: Writer) -> None:
    name = w.choices.of(w.scope.couples)
    couple = f"({w.number(1)}, {w.number(1)})"
    w.line(w.pick(f"{name}.append({couple})", f"{name}[{place(w, name)}] = {couple}", f"{name}.insert(0, {couple})"))


@construct("statement", "tuple of a list unpacked", 75, lambda w: has_couples(w) and len(w.scope.numbers) > 1)
def couple_unpacked(w: Writer) -> None:
    name = w.choices.of(w.scope.couples)
    first, second = w.scope.numbers[:2]
    w.line(f"{first}, {second} = {name}[{place(w, name)}]")


@construct("statement", "for over a list of tuples", 32, lambda w: has_couples(w) and w.scope.loops < 3 and w.depth < 5)
def over_couples(w: Writer) -> None:
    name, first, second = w.choices.of(w.scope.couples), w.fresh("o"), w.fresh("o")
    w.line(f"for {first}, {second} in {name}:")
    with w.inside(loops=w.scope.loops + 1, leave=True) as scope:
        scope.fixed += [first, second]
        scope.couples.remove(name)
        w.block(2)


@construct("number", "tuple of a list, read", 22, has_couples)
def couple_read(w: Writer, depth: int) -> str:
    name = w.choices.of(w.scope.couples)
    return f"{name}[{place(w, name)}][{w.pick(0, 1)}]"
