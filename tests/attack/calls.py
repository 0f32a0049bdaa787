"""Calls: helpers that are written at random, nested functions, lambdas, functions that are handed on."""

from __future__ import annotations

from tests.attack.writer import Helper, Scope, Shape, Slot, Writer, construct


def write_helper(outer: Writer, number: int, shape: Shape) -> Helper:
    """A function beside the program: `def help0(y, q)` of a number and an array of this shape that it may write to."""
    choices = outer.choices
    w = Writer(choices, 2 + choices.below(4), outer.used)
    w.constants, w.helpers = outer.constants, list(outer.helpers)
    name = f"help{number}"
    gives = choices.pick("number", "pair", "vector", "nothing")
    w.scope = Scope(["u"], ["y"], ["k"])

    def result() -> str:
        if gives == "number":
            return w.number(1)
        if gives == "pair":
            return f"{w.number(1)}, {w.number(0)}"
        if shape[-1] < 3 or choices.chance(40):
            return w.array((3,)) + " * 1.0"
        return f"q{'' if len(shape) == 1 else f'[{w.index(shape[0])}]'}[{w.cut(shape[-1], 3)}]"

    w.result = result if gives != "nothing" else None
    w.line("u = y * 0.5")
    w.line(f"k = len(q) - {min(shape[0] - 1, 3)}")
    takes(w, shape)
    w.block(4)
    if gives != "nothing":
        w.line(f"return {result()}")
    text = "\n".join([f"def {name}(y, q):", *w.lines])
    return Helper(name, shape, gives, text)


def takes(w: Writer, shape: Shape) -> None:
    """The array of a helper, and a vector, which is a row of it if it is a table; `n` is 3 or more."""
    w.line(f"n = len(q) {'-' if len(shape) == 1 else '+'} 1")
    w.scope.arrays["q"] = Slot(shape)
    if len(shape) > 1:
        w.line(f"row = q[{w.index(shape[0])}]")
        w.scope.arrays["row"] = Slot(shape[1:])


def fitting(w: Writer, gives: str) -> list[tuple[Helper, str]]:
    """Helpers with an array that they can be given."""
    pairs = []
    for helper in w.helpers:
        if helper.gives == gives and not helper.deep:
            pairs += [(helper, name) for name in w.named(lambda s, of=helper.shape: s.shape == of and s.writable)]
    return pairs


@construct("number", "call of a helper for a number", 8, lambda w: bool(fitting(w, "number")))
def number(w: Writer, depth: int) -> str:
    helper, array = w.choices.of(fitting(w, "number"))
    w.used["helper"] += 1
    return f"{helper.name}({w.argument(depth)}, {array})"


@construct("statement", "helper for two numbers", 22, lambda w: bool(fitting(w, "pair")) and len(w.scope.numbers) > 1)
def pair(w: Writer) -> None:
    helper, array = w.choices.of(fitting(w, "pair"))
    first, second = w.scope.numbers[:2]
    w.used["helper"] += 1
    w.line(f"{first}, {second} = {helper.name}({w.argument()}, {array})")


@construct("statement", "helper for a view", 14, lambda w: bool(fitting(w, "vector")))
def vector(w: Writer) -> None:
    helper, array = w.choices.of(fitting(w, "vector"))
    call = f"{helper.name}({w.argument()}, {array})"
    w.used["helper"] += 1
    long = w.named(lambda s: len(s.shape) == 1 and s.shape[0] >= 3 and s.writable)
    if w.chance(40) or not long:
        name = w.fresh("v")
        w.line(f"{name} = {call}")
        w.scope.arrays[name] = Slot((3,))
    else:
        target = w.choices.of(long)
        w.line(f"{target}[{w.cut(w.length(target), 3)}] {w.pick('=', '+=')} {call}")


@construct("statement", "helper that writes", 14, lambda w: bool(fitting(w, "nothing")))
def nothing(w: Writer) -> None:
    helper, array = w.choices.of(fitting(w, "nothing"))
    w.used["helper"] += 1
    w.line(f"{helper.name}({w.argument()}, {array})")


@construct("statement", "nested function", 5, lambda w: w.scope.loops == 0 and w.depth == 1)
def nested(w: Writer) -> None:
    name = w.fresh("f")
    w.line(f"def {name}(g):")
    outer = w.scope
    with w.inside(leave=False, functions=[]) as scope:
        scope.numbers, scope.fixed = [], [*outer.fixed, *outer.numbers, "g"]
        w.line(f"return {w.pick('np.sin', 'np.tanh', '0.5 * ')}({w.number(2)} + g * {w.number(0)})")
    w.scope.functions.append(name)


@construct("statement", "lambda", 4, lambda w: w.scope.loops == 0 and w.depth == 1)
def lambda_(w: Writer) -> None:
    name = w.fresh("f")
    w.line(f"{name} = lambda g: {w.pick('np.cos', 'np.tanh')}({w.number(1)} * g)")
    w.scope.functions.append(name)


@construct("statement", "function handed to a function", 14, lambda w: bool(w.scope.functions))
def handed_on(w: Writer) -> None:
    w.used["helper"] += 1
    w.line(f"{w.choices.of(w.scope.numbers)} = apply({w.choices.of(w.scope.functions)}, {w.number(1)})")


@construct("statement", "function of a library handed to a function", 3)
def library(w: Writer) -> None:
    w.used["helper"] += 1
    w.line(f"{w.choices.of(w.scope.numbers)} = apply({w.pick('np.sin', 'math.tanh')}, {w.number(1)})")


@construct("number", "captured global", 3)
def captured(w: Writer, depth: int) -> str:
    return w.pick(f"SCALE * {w.leaf()}", f"TABLE[{w.index(3)}]", "RATES[1]", "COUNT * 0.1", f"(RATES[0] - {w.leaf()})")


@construct("array", "captured array", 2)
def captured_array(w: Writer, shape: Shape, depth: int) -> str:
    return w.pick("TABLE", "TABLE[::-1]", f"TABLE * {w.number(0)}") if shape == (3,) else f"{w.array(shape, 0)} * SCALE"


HEAD = """
SCALE, COUNT, RATES, TABLE = 0.7, 3, (0.4, 1.2), np.array([0.3, -0.6, 0.9])


def apply(f, g):
    return f(g) * 0.5 + f(g * 0.5)
"""


FACTORY = """
def scaled(rate, table):
    return lambda g: g * rate + np.sin(g) * table[0] * table[-1]

"""


@construct("number", "functions of one factory", 3)
def of_a_factory(w: Writer, depth: int) -> str:
    """What they capture has the same names."""
    if FACTORY not in w.constants:
        w.constants.append(FACTORY)

    def one() -> str:
        table = w.pick("TABLE", "np.array([0.5, -0.8])", "np.array([0.9])")
        return w.outside("BY", f"scaled({w.pick('0.7', '-0.4', '1.1')}, {table})")

    return f"{one()}({w.argument(depth)}) * {one()}({w.argument(0)})"
