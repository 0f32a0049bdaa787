"""Functions that rearrange arrays, arrays with three axes, and what selects places."""

from __future__ import annotations

from tests.attack.writer import Shape, Slot, Writer, construct


@construct("array", "rearranged", 6)
def rearranged(w: Writer, shape: Shape, depth: int) -> str:
    array = w.array(shape, 0)
    if len(shape) > 1:
        return w.pick(f"np.flip({array})", f"np.flipud({array})", f"np.fliplr({array})")
    return w.pick(f"np.flip({array})", f"np.roll({array}, {w.pick(1, -2)})", f"np.broadcast_to({w.number(0)}, {shape})",
                  f"np.take({array}, {w.constant([w.choices.below(shape[0]) for _ in range(shape[0])])})")  # fmt: skip


@construct("array", "running sum or product", 4)
def running(w: Writer, shape: Shape, depth: int) -> str:
    if len(shape) > 1:
        return w.part(shape)
    array = w.array(shape, 0)
    return w.pick(f"np.cumsum({array}) * 0.4", f"np.cumprod({array})", f"np.diff(np.append({array}, {w.number(0)}))")


@construct("array", "outer product or diagonal", 4)
def outer(w: Writer, shape: Shape, depth: int) -> str:
    if len(shape) == 2 and (shape[0] != shape[1] or w.chance(60)):
        return f"np.outer({w.array(shape[:1], 0)}, {w.array(shape[1:], 0)})"
    if len(shape) == 2:
        return f"np.diag({w.array(shape[:1], 0)})"
    return f"np.repeat({w.array((1,), 0)}, {shape[0]})" if len(shape) == 1 else w.part(shape)


@construct("statement", "filled", 3)
def filled(w: Writer) -> None:
    name = w.writable()
    w.line(f"{name}.fill({w.number(1)})" if len(w.scope.arrays[name].shape) != 2 or w.chance(50)
           else f"np.fill_diagonal({name}, {w.pick('0.3', '1.0')})")  # fmt: skip


@construct("number", "place of the largest or smallest", 3)
def extreme(w: Writer, depth: int) -> str:
    name = w.vector()
    return f"{name}[{w.pick(f'np.argmax({name})', f'{name}.argmin()', f'np.argsort({name})[1]')}]"


@construct("number", "any or all", 2)
def any_or_all(w: Writer, depth: int) -> str:
    return f"(0.4 if np.{w.pick('any', 'all')}({w.vector()} > {w.pick('0.2', w.variable())}) else {w.number(0)})"


# ---- three axes ---------------------------------------------------------------------------------------------------------


def has_cube(w: Writer) -> bool:
    return w.has(3)


def cube(w: Writer) -> str:
    return w.choices.of(w.named(lambda s: len(s.shape) == 3))


@construct("statement", "array with three axes", 6)
def cubes(w: Writer) -> None:
    name, shape = w.fresh("e"), w.pick((2, 3, 2), (2, 2, 3))
    w.line(f"{name} = {w.pick('np.zeros', 'np.ones')}({shape})")
    w.line(f"{name}[:] = {w.pick(lambda: w.array(shape[1:], 1), lambda: w.array(shape[2:], 1), lambda: w.number(1))()}")
    w.scope.arrays[name] = Slot(shape, whole=True)


@construct("statement", "axes in another order", 24, has_cube)
def turned(w: Writer) -> None:
    source, name = cube(w), w.fresh("v")
    slot = w.scope.arrays[source]
    (a, b, c) = slot.shape
    text, shape = w.pick((".transpose((2, 0, 1))", (c, a, b)), (".T", (c, b, a)), (".transpose(1, 0, 2)", (b, a, c)))
    if w.chance(40):
        text, shape = w.pick((f"np.swapaxes({source}, 0, -1)", (c, b, a)), (f"np.moveaxis({source}, 0, 1)", (b, a, c)))
        source = ""
    w.line(f"{name} = {source}{text}")
    w.scope.arrays[name] = Slot(shape, slot.writable)


@construct("statement", "plane as a view", 28, has_cube)
def plane(w: Writer) -> None:
    source, name = cube(w), w.fresh("v")
    a, b, c = w.scope.arrays[source].shape
    text, shape = w.pick((f"[{w.index(a)}]", (b, c)), (f"[:, {w.index(b)}]", (a, c)), (f"[..., {w.index(c)}]", (a, b)))
    w.line(f"{name} = {source}{text}")
    w.scope.arrays[name] = Slot(shape, w.scope.arrays[source].writable)
