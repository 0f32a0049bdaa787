"""Expressions whose value is an array."""

from __future__ import annotations

from tests.attack.writer import Shape, Writer, construct


@construct("array", "sum of arrays", 6)
def total(w: Writer, shape: Shape, depth: int) -> str:
    return f"({w.array(shape, depth)} {w.pick('+', '-')} {w.array(shape, depth)})"


@construct("array", "array times number", 6)
def scaled(w: Writer, shape: Shape, depth: int) -> str:
    return f"{w.array(shape, depth)} * {w.number(1)}"


@construct("array", "product of arrays", 6)
def product(w: Writer, shape: Shape, depth: int) -> str:
    return f"{w.array(shape, depth)} * {w.array(shape, depth)}"


@construct("array", "function of an array", 6)
def function(w: Writer, shape: Shape, depth: int) -> str:
    return f"{w.pick('np.sin', 'np.tanh', 'np.cos')}({w.array(shape, depth)})"


@construct("array", "broadcasting", 5)
def broadcast(w: Writer, shape: Shape, depth: int) -> str:
    smaller = w.pick(*[(1,) * len(shape), (*shape[:-1], 1), shape[1:] if len(shape) > 1 else (1,)])
    return f"{w.array(shape, depth)} {w.pick('*', '+')} {w.array(smaller, 0)}"


@construct("array", "number minus array", 3)
def difference(w: Writer, shape: Shape, depth: int) -> str:
    return f"({w.number(0)} - {w.array(shape, depth)})"


@construct("array", "maximum of arrays", 2)
def maximum(w: Writer, shape: Shape, depth: int) -> str:
    return f"np.{w.pick('maximum', 'minimum')}({w.array(shape, 0)}, {w.array(shape, 0)})"


@construct("array", "quotient of arrays", 2)
def quotient(w: Writer, shape: Shape, depth: int) -> str:
    return f"{w.array(shape, 0)} / (1.5 + {w.array(shape, 0)} ** 2)"


@construct("array", "matrix product", 5, lambda w: w.has(2))
def matrix(w: Writer, shape: Shape, depth: int) -> str:
    if len(shape) == 1:
        for name in w.named(lambda s: len(s.shape) == 2):
            rows, columns = w.scope.arrays[name].shape
            if shape == (rows,):
                return f"({name} @ {w.array((columns,), 0)})"
            if shape == (columns,):
                return f"({name}.T @ {w.array((rows,), 0)})"
    return w.part(shape)


@construct("array", "sum along an axis", 4, lambda w: w.has(2))
def along(w: Writer, shape: Shape, depth: int) -> str:
    if len(shape) == 1:
        for name in w.named(lambda s: len(s.shape) == 2):
            rows, columns = w.scope.arrays[name].shape
            if shape in ((rows,), (columns,)):
                return f"np.sum({w.array((rows, columns), 0)}, {0 if shape == (columns,) else 1}) * 0.4"
    return w.part(shape)


@construct("array", "array of integers as index, read", 4, lambda w: w.has(1))
def fancy(w: Writer, shape: Shape, depth: int) -> str:
    if len(shape) == 1:
        vector = w.vector()
        return f"{vector}[{w.constant([w.choices.below(w.length(vector)) for _ in range(shape[0])])}]"
    return w.part(shape)
