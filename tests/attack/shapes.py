"""Arrays of other shapes: new axes, arrays joined, chosen by masks, without axes, without elements."""

from __future__ import annotations

from tests.attack.writer import Shape, Slot, Writer, construct

# ---- new axes and joins -----------------------------------------------------------------------------------------------


@construct("array", "new axis", 5)
def new_axis(w: Writer, shape: Shape, depth: int) -> str:
    if len(shape) == 2:
        rows, columns = w.array(shape[:1], 0), w.array(shape[1:], 0)
        return f"{rows}[:, None] {w.pick('*', '+')} {w.pick(f'{columns}[None]', f'np.expand_dims({columns}, 0)', columns)}"
    row = w.array(shape, 0)
    if len(shape) == 3:
        return f"{w.array(shape[1:], 0)}[None] * {w.array(shape[:1], 0)}[:, None, None]"
    return w.pick(f"np.expand_dims({row}, 0)[0]", f"{row}[:, None][:, 0]", f"{row}[None, :][0]", f"np.expand_dims({row}, 1).T[0]")


@construct("statement", "new axis as a view", 4)
def viewed(w: Writer) -> None:
    source, name = w.vector(), w.fresh("v")
    slot = w.scope.arrays[source]
    n = slot.shape[0]
    text, shape = w.pick((f"{source}[:, None]", (n, 1)), (f"{source}[None]", (1, n)), (f"np.expand_dims({source}, 1)", (n, 1)),
                         (f"{source}[None, ::-1]", (1, n)))  # fmt: skip
    w.line(f"{name} = {text}")
    w.scope.arrays[name] = Slot(shape, slot.writable)


@construct("array", "join", 6)
def join(w: Writer, shape: Shape, depth: int) -> str:
    first, *others = shape
    if first < 2:
        return w.part(shape)
    cut = 1 + w.choices.below(first - 1)
    pieces = [w.array((size, *others), 0) for size in (cut, first - cut)]
    if len(shape) == 1:
        return w.pick("np.concatenate(({}, {}))", "np.hstack(({}, {}))").format(*pieces)
    if len(shape) == 3:
        return w.pick("np.concatenate(({}, {}))", "np.vstack(({}, {}))").format(*pieces)
    if first == 2 and w.chance(50):
        return w.pick("np.stack(({}, {}))", "np.vstack(({}, {}))").format(*(w.array(shape[1:], 0) for _ in range(2)))
    if shape[1] == 2 and w.chance(50):
        return w.pick("np.stack(({}, {}), 1)", "np.column_stack(({}, {}))").format(*(w.array(shape[:1], 0) for _ in range(2)))
    return w.pick("np.concatenate(({}, {}))", "np.vstack(({}, {}))", "np.concatenate(({}, {}), axis=0)").format(*pieces)


@construct("array", "np.where", 5)
def where(w: Writer, shape: Shape, depth: int) -> str:
    flags = [name for name, length in w.scope.flags.items() if shape == (length,)]
    test = w.choices.of(flags) if flags and w.chance(50) else f"{w.part(shape)} {w.pick('>', '<=')} {w.pick('0.1', w.variable())}"
    return f"np.where({test}, {w.array(shape, depth)}, {w.pick(lambda: w.array(shape, 0), lambda: w.number(1))()})"


# ---- whole numbers and bools in arrays ----------------------------------------------------------------------------------


@construct("statement", "array of integers", 4)
def places(w: Writer) -> None:
    name = w.fresh("j")
    whole = w.choices.of([*w.scope.wholes, *w.scope.counters, "n"])
    w.line(f"{name} = " + w.pick("np.arange(3)", "np.array([2, 0, 1, 1])", "np.zeros(3, np.int64)", "np.ones(4, dtype=np.int64)"))
    if w.chance(60):
        w.line(f"{name}[{w.pick('0', '-1', f'{whole} % 3')}] {w.pick('=', '= 1 -')} {whole} % 2")
        w.line(f"{name}[1] = abs({name}[1])")
        w.line(f"{name} %= 3")
    w.scope.places[name] = 3


@construct("number", "integer of an array", 18, lambda w: bool(w.scope.places))
def place(w: Writer, depth: int) -> str:
    name = w.choices.of(list(w.scope.places))
    return w.pick(lambda: f"{w.vector()}[{name}[{w.pick(0, 1, 2)}]]", lambda: f"{name}[{w.pick(0, 1, -1)}] * {w.leaf()}",
                  lambda: f"np.sum({w.vector()}[{name}]) * 0.3", lambda: f"np.sum({name} * 0.2)")()  # fmt: skip


@construct("statement", "array of bools", 4)
def flags(w: Writer) -> None:
    vector, name = w.vector(), w.fresh("w")
    both = f" {w.pick('&', '|')} ({vector} < 1.0)" if w.chance(30) else ""
    w.line(f"{name} = {'~' if w.chance(20) else ''}({vector} > {w.pick('0.1', '-0.2', w.variable())}){both}")
    w.scope.flags[name] = w.length(vector)


@construct("statement", "flags used", 39, lambda w: bool(w.scope.flags))
def flagged(w: Writer) -> None:
    name = w.choices.of(list(w.scope.flags))
    same = w.named(lambda s: s.shape == (w.scope.flags[name],) and s.writable)
    number = w.choices.of(w.scope.numbers)
    options = [lambda: f"{number} += np.sum({name}) * 0.1", lambda: f"{number} = {number} * 0.5 if {name}[0] else {w.number(1)}"]
    if same:
        array = w.choices.of(same)
        options += [lambda: f"{array}[{name}] *= {w.number(1)}", lambda: f"{array}[{name}] = {w.number(1)}",
                    lambda: f"{number} += np.sum({array}[{name}]) * 0.3"]  # fmt: skip
    w.line(w.choices.of(options)())


# ---- without axes -------------------------------------------------------------------------------------------------------


@construct("statement", "array without axes", 4)
def point(w: Writer) -> None:
    name = w.fresh("h")
    w.line(f"{name} = {w.pick('np.array', 'np.asarray')}({w.argument()})")
    w.scope.points.append(name)


@construct("statement", "array without axes changed", 34, lambda w: bool(w.scope.points))
def point_changed(w: Writer) -> None:
    name = w.choices.of(w.scope.points)
    w.line(w.pick(lambda: f"{name}[()] = {w.number(1)}", lambda: f"{name} *= {w.number(1)}", lambda: f"{name} += {w.number(1)}",
                  lambda: f"{name}[()] -= {name}[()] * {w.number(0)}")())  # fmt: skip


@construct("number", "array without axes read", 20, lambda w: bool(w.scope.points))
def point_read(w: Writer, depth: int) -> str:
    name = w.choices.of(w.scope.points)
    return w.pick(f"{name}[()]", f"{name}.item()", f"np.sum({w.vector()} * {name}) * 0.2")


# ---- of any length, none perhaps -----------------------------------------------------------------------------------------


def end(w: Writer) -> str:
    """Somewhere along an axis, or outside."""
    whole = w.choices.of([*w.scope.wholes, *w.scope.counters, "n"])
    return w.pick("", f"{whole} % 4", f"{whole} - 2", f"-{whole} % 3", f"n - {whole}", "2", "-1")


def span(w: Writer) -> str:
    return f"{end(w)}:{end(w)}{w.pick('', '', ':-1', ':2', ':-2')}"


@construct("statement", "part of any length", 6)
def part(w: Writer) -> None:
    source, name = w.vector(True), w.fresh("g")
    w.line(f"{name} = {source}[{span(w)}]{w.pick('', '', f'[{span(w)}]')}")
    w.scope.loose.append(name)


@construct("statement", "part of any length, written", 5)
def part_written(w: Writer) -> None:
    array = w.choices.of([w.vector(True), *w.scope.loose, *w.scope.loose])
    here = f"{array}[{span(w)}]"
    w.line(w.pick(lambda: f"{here} = {w.number(1)}", lambda: f"{here} *= {w.number(1)}", lambda: f"{here} += {w.number(1)}",
                  lambda: f"{here} = np.sin({here})", lambda: f"{here} -= {here} * {w.number(0)}",
                  lambda: f"{array}[:] = {array}[::-1] * {w.number(0)}", lambda: f"{array}[1:] += {array}[:-1]")())  # fmt: skip


@construct("number", "part of any length, read", 12, lambda w: bool(w.scope.loose))
def part_read(w: Writer, depth: int) -> str:
    name = w.choices.of(w.scope.loose)
    array = w.pick(name, f"np.sin({name})", f"{name}[{span(w)}]", f"({name} * {name}[::-1])", f"{name}.copy()")
    return w.pick(f"np.sum({array}) * 0.3", f"{name}.size * 0.1", f"np.dot({name}, {name}) * 0.2",
                  f"({name}[0] if {name}.size > 0 else {w.leaf()})")  # fmt: skip


@construct("statement", "for over a part of any length", 26, lambda w: bool(w.scope.loose) and w.scope.loops < 3 and w.depth < 5)
def part_gone_over(w: Writer) -> None:
    name, item = w.choices.of(w.scope.loose), w.fresh("o")
    w.line(f"for {item} in {name}:")
    with w.inside(loops=w.scope.loops + 1, leave=True) as scope:
        scope.fixed.append(item)
        w.block(2)
