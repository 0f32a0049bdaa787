"""Derivatives inside programs: transforms of functions beside the program, derivatives of the user's own, checkpoints.

In other numbers than Python's floats the functions `..._slope`, `..._along` and `..._bend` below stand for the transforms
(`numerics.Transforms`), and a rule is left away: each says what the derivative is.
"""

from __future__ import annotations

import re

from tests.attack.flow import may_loop
from tests.attack.writer import Shape, Writer, construct


@construct("number", "transform inside", 1)
def inside(w: Writer, depth: int) -> str:
    call = w.pick("grad(bump)({0}, {1})", "value_and_grad(bump)({0}, {1})[1]", "grad(wg.grad(bump))({0}, {1})",
                  "jvp(bump)(({0}, {1}), ({2}, {3}))[1]", "vjp(bump)(({0}, {1}), {2})[1][1]",
                  "hvp(bump)({0}, {2}, {1})")  # fmt: skip
    return f"wg.{call} * 0.4".format(real(w, w.argument()), real(w, w.leaf()), w.leaf(), w.literal())


def real(w: Writer, text: str) -> str:
    """The number as a float: one that counts rounds has no derivative, and a helper may be given one."""
    return f"({text}) * 1.0" if w.used["number that becomes a counter"] or w.is_helper else text


@construct("array", "transform of a function of a vector", 2)
def of_vector(w: Writer, shape: Shape, depth: int) -> str:
    call = w.pick("grad(bow)({0}, {1})", "hvp(bow)({0}, {2}, {1})", "value_and_grad(bow)({0}, {1})[1]")
    if len(shape) > 1:
        return w.array(shape, 0)
    return f"wg.{call} * 0.4".format(w.part(shape), w.leaf(), w.part(shape))


@construct("number", "reverse rule of the user's own", 1)
def own_vjp(w: Writer, depth: int) -> str:
    return w.pick(lambda: f"soft({w.argument(depth)}, {w.leaf()})", lambda: f"heap({w.vector()}, {w.leaf()})[0] * 0.3",
                  lambda: f"sum(heap({w.vector()}, {w.argument(depth)})) * 0.2")()  # fmt: skip


@construct("number", "forward rule of the user's own", 1)
def own_jvp(w: Writer, depth: int) -> str:
    return f"tilt({w.argument(depth)}, {w.leaf()})"


@construct("array", "rule of the user's own for an array", 2)
def own_for_array(w: Writer, shape: Shape, depth: int) -> str:
    return f"{w.pick('fold', 'bent')}({w.part(shape)}, {w.number(depth)})"


@construct("number", "checkpoint", 2)
def checkpointed(w: Writer, depth: int) -> str:
    call = f"bow)({w.vector()}" if not w.has(2) or w.chance(30) else f"tent)({w.table()}{w.pick('', '.T')}"
    return f"wg.checkpoint({call}, {w.pick(w.argument, w.variable)()}) * 0.3"


@construct("statement", "checkpoints of what changes", 4, lambda w: may_loop(w) and w.has(2, writable=True))
def of_what_changes(w: Writer) -> None:
    """A loop whose rounds depend on no number of others, so that they can be run again, but for a table that they change."""
    table, number, counter = w.table(writable=True), w.choices.of(w.scope.numbers), w.fresh("i")
    w.line(f"for {counter} in range({w.pick('2', '3')}):")
    with w.inside(loops=w.scope.loops + 1):
        given = f"{table}{w.pick('', '.T')}, {w.choices.of(['0.7', *w.scope.fixed])}"
        w.line(f"{number} += wg.checkpoint(tent)({given}) * 0.1")
        changed = w.pick(f"+= {number} * 0.1", f"*= {w.leaf()}", f"= {w.number(1)}")
        w.line(f"{table}[{w.place(w.scope.arrays[table].shape)}] {changed}")


def families(text: str) -> list[str]:
    """The functions of this module that a program names, with those that say what their derivatives are."""
    return [family for name, family in FAMILIES.items() if re.search(rf"\b{name}\b", text)]


FAMILIES = {
    "bump": """
def bump(g, c):
    return np.sin(g * c) + c * g ** 2


def bump_slope(g, c):
    return np.cos(g * c) * c + c * (2 * g)


def bump_slope_slope(g, c):
    return 2 * c - np.sin(g * c) * c * c


def bump_along(g, c, dg, dc):
    return bump_slope(g, c) * dg + (np.cos(g * c) * g + g * g) * dc


def bump_bend(g, v, c):
    return bump_slope_slope(g, c) * v
""",
    "bow": """
def bow(q, c):
    s = 0.0
    for i in range(len(q)):
        s += np.sin(q[i] * c) * q[i]
    return s


def bow_slope(q, c):
    return np.sin(q * c) + q * c * np.cos(q * c)


def bow_bend(q, v, c):
    return (2 * c * np.cos(q * c) - q * c * c * np.sin(q * c)) * v
""",
    "tent": """
def tent(q, c):
    s = 0.0
    for i in range(len(q)):
        s += np.sum(np.sin(q[i] * c) * q[i][::-1])
    return s
""",
    "soft": """
def soft(g, c):
    return np.log(1.0 + g * g) * c


def soft_fwd(g, c):
    return soft(g, c), (g, c)


def soft_bwd(kept, bar):
    g, c = kept
    return 2.0 * g / (1.0 + g * g) * c * bar, np.log(1.0 + g * g) * bar


soft = wg.custom_vjp(soft)
soft.defvjp(soft_fwd, soft_bwd)
""",
    "heap": """
def heap(q, c):
    return np.sum(q * q) * c, c * q[0]


def heap_fwd(q, c):
    return heap(q, c), (q.copy(), c)


def heap_bwd(kept, bars):
    q, c = kept
    first, second = bars
    q_bar = (2.0 * c * first) * q
    q_bar[0] += c * second
    return q_bar, np.sum(q * q) * first + q[0] * second


heap = wg.custom_vjp(heap)
heap.defvjp(heap_fwd, heap_bwd)
""",
    "fold": """
def fold(q, c):
    return np.sin(q) * c


def fold_fwd(q, c):
    return fold(q, c), (np.cos(q), c, np.sin(q))


def fold_bwd(kept, bar):
    cosine, c, sine = kept
    return cosine * c * bar, np.sum(sine * bar)


fold = wg.custom_vjp(fold)
fold.defvjp(fold_fwd, fold_bwd)
""",
    "tilt": """
def tilt(g, c):
    return np.cos(g) * c + g


def tilt_rule(primals, tangents):
    g, c = primals
    dg, dc = tangents
    return tilt(g, c), (1.0 - np.sin(g) * c) * dg + np.cos(g) * dc


tilt = wg.custom_jvp(tilt)
tilt.defjvp(tilt_rule)
""",
    "bent": """
def bent(q, c):
    return np.tanh(q * c)


def bent_rule(primals, tangents):
    q, c = primals
    dq, dc = tangents
    y = np.tanh(q * c)
    return y, (1.0 - y * y) * (c * dq + q * dc)


bent = wg.custom_jvp(bent)
bent.defjvp(bent_rule)
""",
}
