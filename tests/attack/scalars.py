"""Expressions whose value is a number, and conditions."""

from __future__ import annotations

from tests.attack.writer import Writer, construct


@construct("number", "sum", 12)
def total(w: Writer, depth: int) -> str:
    return f"({w.number(depth)} {w.pick('+', '-')} {w.number(depth)})"


@construct("number", "product", 14)
def product(w: Writer, depth: int) -> str:
    return f"{w.number(depth)} * {w.number(depth)}"


@construct("number", "sine", 10)
def sine(w: Writer, depth: int) -> str:
    return f"{w.pick('np.sin', 'math.sin', 'np.cos', 'math.cos')}({w.number(depth)})"


@construct("number", "tanh", 6)
def tanh(w: Writer, depth: int) -> str:
    return f"{w.pick('np.tanh', 'math.tanh', 'np.arctan')}({w.number(depth)})"


@construct("number", "exponential", 4)
def exponential(w: Writer, depth: int) -> str:
    return f"{w.pick('np.exp', 'math.exp')}(-({w.leaf()} ** 2))"


@construct("number", "root or logarithm", 4)
def root(w: Writer, depth: int) -> str:
    return f"{w.pick('np.sqrt', 'math.sqrt', 'np.log', 'np.log1p')}(1.5 + {w.leaf()} ** 2)"


@construct("number", "quotient", 5)
def quotient(w: Writer, depth: int) -> str:
    return f"{w.number(depth)} / (1.5 + {w.leaf()} ** 2)"


@construct("number", "power", 5)
def power(w: Writer, depth: int) -> str:
    return w.pick(
        lambda: f"{w.leaf()} ** 2",
        lambda: f"({w.leaf()}) ** 3 * 0.3",
        lambda: f"(1.2 + {w.leaf()} ** 2) ** {w.pick('0.5', '-1.5', '-1')}",
        lambda: f"(1.2 + {w.leaf()} ** 2) ** np.sin({w.leaf()})",
    )()


@construct("number", "negation", 3)
def negation(w: Writer, depth: int) -> str:
    return f"(-{w.number(depth)})"


@construct("number", "ternary", 5)
def ternary(w: Writer, depth: int) -> str:
    return f"({w.number(depth)} if {w.test()} else {w.number(depth)})"


@construct("number", "max or min of two", 3)
def extreme(w: Writer, depth: int) -> str:
    return f"{w.pick('max', 'min', 'np.maximum', 'np.minimum')}({w.number(depth)}, {w.number(0)})"


@construct("number", "absolute value", 3)
def absolute(w: Writer, depth: int) -> str:
    return f"{w.pick('abs', 'np.abs')}({w.number(depth)})"


@construct("number", "integer arithmetic in a float", 3, lambda w: bool(w.scope.wholes or w.scope.counters))
def integers(w: Writer, depth: int) -> str:
    whole = w.choices.of([*w.scope.wholes, *w.scope.counters])
    return w.pick(f"({whole} % 3) * 0.4", f"float({whole} % 4) * 0.3", f"0.2 * ({whole} // 2 % 3)")


@construct("number", "step function", 2)
def step(w: Writer, depth: int) -> str:
    return f"np.{w.pick('floor', 'sign', 'ceil')}({w.number(depth)}) * 0.3"


@construct("number", "sum of an array", 5)
def array_sum(w: Writer, depth: int) -> str:
    array = w.any_array()
    shape = w.scope.arrays[array].shape
    return w.pick(
        lambda: f"np.sum({w.array(shape)}) * 0.2",
        lambda: f"{array}.sum() * 0.2",
        lambda: f"np.mean({w.array(shape)})",
    )()


@construct("number", "dot product", 3)
def dot(w: Writer, depth: int) -> str:
    n = w.length(w.vector())
    left, right = w.array((n,)), w.array((n,))
    return w.pick(f"np.dot({left}, {right}) * 0.2", f"(({left}) @ ({right})) * 0.2")


@construct("number", "shape in a number", 2)
def extent(w: Writer, depth: int) -> str:
    array = w.any_array()
    return w.pick(f"{array}.size * 0.1", f"len({array}) * 0.1", f"{array}.shape[0] * 0.1")


@construct("number", "call of a nested function", 10, lambda w: bool(w.scope.functions))
def call_nested(w: Writer, depth: int) -> str:
    return f"{w.choices.of(w.scope.functions)}({w.number(depth)})"


# ---- conditions -----------------------------------------------------------------------------------------------------


@construct("test", "comparison of floats", 8)
def floats(w: Writer) -> str:
    return f"{w.moving()} {w.pick('<', '>', '<=', '>=')} {w.pick('0.2', '-0.3', '0.0', w.variable())}"


@construct("test", "comparison of integers", 8, lambda w: bool(w.scope.wholes or w.scope.counters))
def wholes(w: Writer) -> str:
    whole = w.choices.of([*w.scope.wholes, *w.scope.counters])
    return f"{whole} {w.pick('% 2 == 0', '% 3 != 1', '> 1', '== 2', '< 3', '>= 2')}"


@construct("test", "chained comparison", 3)
def chained(w: Writer) -> str:
    return f"{w.pick('-0.5', '-1.0')} < {w.moving()} < {w.pick('0.6', '1.0')}"


@construct("test", "and, or", 4)
def both(w: Writer) -> str:
    return f"{floats(w)} {w.pick('and', 'or')} {w.test()}"


@construct("test", "not", 2)
def negated(w: Writer) -> str:
    return f"not ({w.test()})"
