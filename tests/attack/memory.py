"""Statements about numbers and memory: assignments, writes, views, aliases, scratch arrays."""

from __future__ import annotations

from tests.attack.writer import Shape, Slot, Writer, construct


def rebindable(w: Writer) -> list[str]:
    return w.named(lambda s: s.rebindable)


# ---- numbers ----------------------------------------------------------------------------------------------------------


@construct("statement", "assignment of a number", 10)
def assign(w: Writer) -> None:
    w.line(f"{w.choices.of(w.scope.numbers)} = {w.number(3)}")


@construct("statement", "augmented assignment of a number", 10)
def augment(w: Writer) -> None:
    name = w.choices.of(w.scope.numbers)
    w.line(
        w.pick(
            lambda: f"{name} += {w.number()} * 0.5",
            lambda: f"{name} -= {w.number()} * 0.5",
            lambda: f"{name} *= np.cos({w.number(1)})",
            lambda: f"{name} /= 1.5 + {w.leaf()} ** 2",
            lambda: f"{name} **= 2",
        )()
    )


@construct("statement", "several numbers at once", 5, lambda w: len(w.scope.numbers) > 1)
def several(w: Writer) -> None:
    first, second = w.choices.of(w.scope.numbers), w.choices.of(w.scope.numbers)
    if first == second:
        w.line(f"{first} = {w.number()}")
    else:
        w.line(w.pick(f"{first}, {second} = {second}, {first}", f"{first}, {second} = {w.number(1)}, {w.number(1)}",
                      f"{first} = {second} = {w.number(1)}"))  # fmt: skip


@construct("statement", "new local", 6)
def local(w: Writer) -> None:
    """Also one that is called as generated names are."""
    name = w.fresh(w.pick("u", "s_", "y_v", "t_bar", "z_dot", "k", "round_"))
    w.line(f"{name} = {w.number()}")
    w.scope.numbers.append(name)


@construct("statement", "assignment expression", 4)
def bound_inside(w: Writer) -> None:
    name = w.fresh("u")
    text = f"({name} := {w.number()})"
    if w.chance(60):
        target = w.choices.of(w.scope.numbers)
        w.line(f"{target} = " + w.pick(f"{text} * 0.5 + {name} ** 2", f"{w.leaf()} + {text} * {name}", f"np.sin({text}) - {name}"))
    else:
        w.line(f"if {text} > {w.pick('0.1', w.variable())}:")
        with w.inside() as scope:
            scope.numbers.append(name)
            w.block(2)
    w.scope.numbers.append(name)


@construct("statement", "integer step", 6, lambda w: bool(w.scope.wholes))
def integer(w: Writer) -> None:
    name = w.choices.of(w.scope.wholes)
    options = [f"{name} += 1", f"{name} -= 1", f"{name} += 2", f"{name} = ({name} * 2 + 1) % 7", f"{name} = 0"]
    options += [f"{name} = {counter} + 1" for counter in w.scope.counters]
    w.line(w.choices.of(options))


@construct("statement", "integer from a float", 3, lambda w: bool(w.scope.wholes))
def converted(w: Writer) -> None:
    w.line(f"{w.choices.of(w.scope.wholes)} = int({w.number(1)} * 3.0)")


# ---- elements ----------------------------------------------------------------------------------------------------------


@construct("statement", "element write", 10)
def element(w: Writer) -> None:
    name = w.writable()
    place = w.place(w.scope.arrays[name].shape)
    w.line(f"{name}[{place}] = {w.number()}")


@construct("statement", "element update", 10)
def update(w: Writer) -> None:
    name = w.writable()
    place = w.place(w.scope.arrays[name].shape)
    w.line(
        w.pick(
            lambda: f"{name}[{place}] += {w.number()} * 0.5",
            lambda: f"{name}[{place}] -= {w.number(1)}",
            lambda: f"{name}[{place}] *= {w.number(1)}",
            lambda: f"{name}[{place}] /= 1.5 + {w.leaf()} ** 2",
            lambda: f"{name}[{place}] = np.sin({name}[{place}] * {w.number(1)})",
        )()
    )


@construct("statement", "element swap", 5)
def swap(w: Writer) -> None:
    first, second = w.writable(), w.writable()
    one = f"{first}[{w.place(w.scope.arrays[first].shape)}]"
    other = f"{second}[{w.place(w.scope.arrays[second].shape)}]"
    w.line(f"{one}, {other} = {other}, {one}")


# ---- slices -----------------------------------------------------------------------------------------------------------


def cut(w: Writer, name: str) -> tuple[str, Shape]:
    """Part of an array, as text and shape."""
    shape = w.scope.arrays[name].shape
    if len(shape) == 2 and w.chance(50):
        if w.chance(50):
            return f"{name}[{w.index(shape[0])}]", shape[1:]
        return f"{name}[:, {w.index(shape[1])}]", shape[:1]
    sizes = tuple(1 + w.choices.below(n) for n in shape)
    return f"{name}[{', '.join(w.cut(n, k) for n, k in zip(shape, sizes, strict=True))}]", sizes


@construct("statement", "slice write", 8)
def write_slice(w: Writer) -> None:
    target, shape = cut(w, w.writable())
    w.line(f"{target} = {w.pick(lambda: w.array(shape, 2), lambda: w.number(1), lambda: w.array((1,) * len(shape)))()}")


@construct("statement", "slice update", 8)
def update_slice(w: Writer) -> None:
    target, shape = cut(w, w.writable())
    op, value = w.pick(("+=", lambda: w.array(shape)), ("-=", lambda: w.array(shape)), ("*=", lambda: w.number(1)),
                       ("*=", lambda: w.array(shape)), ("+=", lambda: w.number(1)))  # fmt: skip
    w.line(f"{target} {op} {value()}")


@construct("statement", "overlapping slices", 5)
def overlap(w: Writer) -> None:
    name = w.writable()
    w.line(
        w.pick(
            f"{name}[1:] = {name}[:-1]",
            f"{name}[:-1] = {name}[1:] * 0.8",
            f"{name}[1:] += {name}[:-1]",
            f"{name}[:-1] -= {name}[1:]",
            f"{name}[1:] *= {name}[:-1]",
            f"{name}[::-1] = {name}",
        )
    )


@construct("statement", "whole array write", 5)
def whole(w: Writer) -> None:
    name = w.writable()
    shape = w.scope.arrays[name].shape
    dots = w.pick(", ".join(":" for _ in shape), "...")
    w.line(w.pick(lambda: f"{name}[{dots}] = {w.array(shape, 2)}", lambda: f"{name} *= {w.number(1)}",
                  lambda: f"{name} += {w.array(shape)}", lambda: f"{name} -= {w.number(1)}")())  # fmt: skip


@construct("statement", "swap of rows", 3, lambda w: w.has(2, True))
def rows(w: Writer) -> None:
    name = w.table(True)
    count = w.scope.arrays[name].shape[0]
    one, other = w.index(count), w.index(count)
    w.line(f"{name}[{one}], {name}[{other}] = {name}[{other}] * 0.5, {name}[{one}] * 1.0")


@construct("statement", "array of integers as index, written", 4)
def fancy(w: Writer) -> None:
    name = w.vector(True)
    places = w.constant([w.choices.below(w.length(name)) for _ in range(3)])
    w.line(w.pick(lambda: f"{name}[{places}] = {w.array((3,))}", lambda: f"{name}[{places}] += {w.array((3,))}",
                  lambda: f"{name}[{places}] *= {w.number(1)}", lambda: f"{name}[{places}] = {w.number(1)}")())  # fmt: skip


@construct("statement", "array of bools as index", 4)
def mask(w: Writer) -> None:
    name = w.vector(True)
    where = f"{name}[{w.part((w.length(name),))} > {w.pick('0.1', '-0.2')}]"
    number = w.choices.of(w.scope.numbers)
    w.line(w.pick(lambda: f"{where} = {w.number(1)}", lambda: f"{where} *= {w.number(1)}",
                  lambda: f"{number} += np.sum({where}) * 0.3", lambda: f"{where} += {w.number(1)}")())  # fmt: skip


# ---- views and aliases ----------------------------------------------------------------------------------------------------


def view(w: Writer, text: str, shape: Shape, writable: bool) -> None:
    name = w.fresh("v")
    w.line(f"{name} = {text}")
    w.scope.arrays[name] = Slot(shape, writable)


@construct("statement", "alias", 4)
def alias(w: Writer) -> None:
    source = w.any_array()
    slot = w.scope.arrays[source]
    view(w, source, slot.shape, slot.writable)


@construct("statement", "view by slices", 7)
def sliced(w: Writer) -> None:
    source = w.any_array()
    slot = w.scope.arrays[source]
    sizes = tuple(max(2, 1 + w.choices.below(n)) if n > 1 else 1 for n in slot.shape)
    view(w, f"{source}[{', '.join(w.cut(n, k) for n, k in zip(slot.shape, sizes, strict=True))}]", sizes, slot.writable)


@construct("statement", "row or column as a view", 5, lambda w: w.has(2))
def row(w: Writer) -> None:
    source = w.table()
    (rows, columns), writable = w.scope.arrays[source].shape, w.scope.arrays[source].writable
    if w.chance(50):
        view(w, f"{source}[:, {w.index(columns)}]", (rows,), writable)
    else:
        view(w, f"{source}[{w.index(rows)}]", (columns,), writable)


@construct("statement", "transpose", 4, lambda w: w.has(2))
def transpose(w: Writer) -> None:
    source = w.table()
    slot = w.scope.arrays[source]
    view(w, f"{source}.T", slot.shape[::-1], slot.writable)


@construct("statement", "reshape", 4, lambda w: w.has(2, whole=True))
def reshape(w: Writer) -> None:
    source = w.table(whole=True)
    (rows, columns), writable = w.scope.arrays[source].shape, w.scope.arrays[source].writable
    text, shape = w.pick((f"{source}.reshape({rows * columns})", (rows * columns,)), (f"{source}.reshape(({columns}, {rows}))",
                         (columns, rows)), (f"{source}.reshape(-1)", (rows * columns,)))  # fmt: skip
    view(w, text, shape, writable)


@construct("statement", "ravel", 4, lambda w: "m" in w.scope.arrays)
def ravel(w: Writer) -> None:
    """Of a contiguous array a view, else a copy; which it is NumPy sees in the strides and Numba in the type, so only of `m`."""
    source = "m"
    (rows, columns), writable = w.scope.arrays[source].shape, w.scope.arrays[source].writable
    view(w, f"{source}{w.pick('', '.T', '[:, ::-1]')}.ravel()", (rows * columns,), writable)


@construct("statement", "write through a view that has no name", 5, lambda w: w.has(2, True))
def through(w: Writer) -> None:
    name = w.table(True)
    rows, columns = w.scope.arrays[name].shape
    rest = f"[1:][{w.index(columns - 1)}, {w.index(rows)}]" if columns > 1 else f"[:, {w.index(rows)}]"
    w.line(
        w.pick(
            lambda: f"{name}.T[{w.index(columns)}] = {w.array((rows,))}",
            lambda: f"{name}[{w.index(rows)}][{w.index(columns)}] += {w.number(1)}",
            lambda: f"{name}[:, ::-1][{w.index(rows)}] *= {w.number(1)}",
            lambda: f"{name}.T{rest} = {w.number(1)}",
        )()
    )


@construct("statement", "arrays change names", 5, lambda w: len(rebindable(w)) > 1)
def change_names(w: Writer) -> None:
    first, second = w.choices.of(rebindable(w)), w.choices.of(rebindable(w))
    shape = w.scope.arrays[first].shape
    if first != second and shape == w.scope.arrays[second].shape:
        w.line(f"{first}, {second} = {second}, {first}")
    else:
        w.line(f"{first} = {w.array(shape)} * 1.0")


@construct("statement", "array bound anew", 5, lambda w: bool(rebindable(w)))
def bind(w: Writer) -> None:
    name = w.choices.of(rebindable(w))
    shape = w.scope.arrays[name].shape
    same = w.named(lambda s: s.shape == shape and s.writable)
    value = w.pick(lambda: w.choices.of(same), lambda: w.choices.of(same) + "[::-1]", lambda: w.array(shape) + " * 1.0")()
    w.line(f"{name} = {value}")


@construct("statement", "array chosen by a condition", 4, lambda w: bool(rebindable(w)))
def chosen(w: Writer) -> None:
    name = w.choices.of(rebindable(w))
    same = w.named(lambda s: s.shape == w.scope.arrays[name].shape and s.writable)
    one, other = w.choices.of(same), w.choices.of(same)
    if w.chance(40):
        w.line(f"{name} = {one} if {w.test()} else {other}[::-1]")
        return
    w.line(f"if {w.test()}:")
    with w.inside():
        w.line(f"{name} = {one}")
    if w.chance(50):
        w.line("else:")
        with w.inside():
            w.line(f"{name} = {other}[::-1]")


@construct("statement", "recurrence", 3, lambda w: w.scope.loops < 3)
def recurrence(w: Writer) -> None:
    """Each element is made of the one beside it; the one beside the first may be the last."""
    name, counter = w.vector(writable=True), w.fresh("i")
    n = w.length(name)
    text, low, high, there, beside = w.pick(
        (f"1, {n}", 1, n - 1, "", " - 1"), (f"{n - 1}", 0, n - 2, " + 1", ""), (f"{n - 2}, -1, -1", 0, n - 2, "", " + 1"),
        (f"0, {n - 1}, 2", 0, n - 2, " + 1", ""), (f"{n}", 0, n - 1, "", " - 1"), (f"{n - 2}, -2, -1", -1, n - 2, "", " + 1"),
        (f"-1, {n - 1}", -1, n - 2, " + 1", ""), (f"1, {n}", 1, n - 1, " - 1", ""),
    )  # fmt: skip
    w.line(f"for {counter} in range({text}):")
    with w.inside(loops=w.scope.loops + 1, leave=True) as scope:
        scope.counters[counter] = (low, high)
        old = f"{name}[{counter}{beside}]"
        w.line(f"{name}[{counter}{there}] = np.sin({old} * {w.number(1)}) " + w.pick(f"* {old}", f"+ {w.number(1)} * 0.5"))
        if w.chance(60):
            w.statement()


@construct("statement", "scratch array", 6)
def scratch(w: Writer) -> None:
    name = w.fresh("e")
    n = w.pick(3, 4)
    w.line(f"{name} = {w.pick(f'np.empty({n})', f'np.zeros({n})', f'np.ones({n})')}")
    counter = w.fresh("i")
    w.line(f"for {counter} in range({n}):")
    with w.inside(loops=w.scope.loops + 1) as scope:
        scope.counters[counter] = (0, n - 1)
        w.line(f"{name}[{counter}] = {w.number(1)}")
    w.scope.arrays[name] = Slot((n,), whole=True)


@construct("statement", "copy", 3)
def copied(w: Writer) -> None:
    source = w.any_array()
    name = w.fresh("c")
    w.line(f"{name} = {source}.copy()")
    w.scope.arrays[name] = Slot(w.scope.arrays[source].shape)
