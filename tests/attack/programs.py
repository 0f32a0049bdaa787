"""A whole program: arguments, helpers, the function `program`, and `total`, a number made of all that it returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.attack import (  # noqa: F401 (they register constructs)
    calls,
    derivatives,
    effects,
    elementary,
    flow,
    lists,
    lists_nested,
    lists_of,
    meanings,
    memory,
    parameters,
    rearranged,
    recursion,
    scalars,
    shapes,
    structures,
    vectors,
)
from tests.attack.choices import Choices
from tests.attack.writer import Slot, Writer

HEAD = f"""import math
import random

import numpy as np
from numba import prange

import wengert as wg
{structures.HEAD}

{calls.HEAD}
"""

GROUPS = {
    "view": {"view by slices", "row or column as a view", "transpose", "reshape", "ravel", "alias", "for over rows",
             "new axis as a view", "axes in another order", "plane as a view", "array of a list as a view", "part of any length",
             "write through a view that has no name", "helper for a view"},
    "overwrite": {"element write", "element update", "element swap", "slice write", "slice update", "overlapping slices",
                  "whole array write", "swap of rows", "array of integers as index, written", "array of bools as index",
                  "part of any length, written", "array in a list, written", "filled"},
    "exit": {"break", "continue", "early return", "return in a loop", "while True"},
    "helper": {"helper", "nested function", "lambda"},
}  # fmt: skip


@dataclass(frozen=True)
class Program:
    text: str
    args: tuple[Any, ...]
    used: frozenset[str]
    choices: tuple[int, ...]
    weights: Any                        # the adjoint of the result in `total`: one number for each leaf
    writes: bool                        # may it write to x or m?
    single: tuple[int, ...]             # the places of the arguments that hold float32

    @property
    def scalar(self) -> bool:
        return not isinstance(self.weights, tuple) and "array result" not in self.used


def draw(choices: Choices) -> Program:
    """The program that these choices make."""
    args, slots = _arguments(choices)
    single = choices.pick(*[()] * 13, (0,), (1,), (0, 1))
    w = Writer(choices, 4 + choices.below(14))
    w.used.update(f"float32 in {'xm'[place]}" for place in single)
    for number in range(choices.below(4)):
        write = choices.pick(*[calls.write_helper] * 3, parameters.write_family, *[recursion.write_recursive] * 2,
                             recursion.write_parts)
        tables = [args[1].shape] if write in (calls.write_helper, recursion.write_recursive) else []
        w.helpers.append(write(w, number, choices.pick((len(args[0]),), (4,), *tables)))
    w.scope.arrays |= slots
    w.scope.fixed = ["y"]
    third = "y"
    if isinstance(args[2], structures.Pair):
        third = "p"
        w.used["namedtuple as an argument"] += 1
        w.line("y, r = p.first, p.second")
    _prologue(w)
    weights, result = _result(w)
    w.result = result
    statements = 1 + choices.below(10)
    for _ in range(statements):
        w.statement()
    w.line(f"return {result()}")
    body = "\n".join([*w.constants, *(f"\n\n{h.text}" for h in w.helpers), "\n", f"def program(x, m, {third}, n):",
                      *w.lines, "\n", *_total(third, weights, "array result" in w.used)])  # fmt: skip
    text = "\n".join([HEAD, *derivatives.families(body), body])
    groups = {group for group, names in GROUPS.items() if names & w.used.keys()}
    writes = slots["x"].writable or slots["m"].writable
    return Program(text + "\n", args, frozenset(w.used) | groups, tuple(choices.made), weights, writes, single)


_STEPS = {"A": slice(None, None, 2), "reversed": slice(None, None, -2)}


def _arguments(choices: Choices) -> tuple[tuple[Any, ...], dict[str, Slot]]:
    """x, a vector; m, a table; y, a number, or a pair of one and r, a vector; n, which is 4."""
    n, shape = choices.pick(4, 5, 6), choices.pick((2, 3), (3, 4), (4, 4), (3, 2))
    layouts = choices.pick("C", "C", "C", "A", "reversed"), choices.pick("C", "C", "F", "A", "reversed")
    written = choices.chance(50), choices.chance(50)
    rng = np.random.default_rng(choices.below(1 << 16))
    x, m = rng.normal(size=2 * n) * 0.7, rng.normal(size=(2 * shape[0], shape[1])) * 0.6
    x = x[_STEPS[layouts[0]]] if layouts[0] in _STEPS else x[:n].copy()
    m = m[_STEPS[layouts[1]]] if layouts[1] in _STEPS else np.asarray(m[: shape[0]], order=layouts[1]).copy(order="K")
    slots = {"x": Slot((n,), written[0]), "m": Slot(shape, written[1], whole=layouts[1] == "C")}
    y: Any = float(rng.normal() * 0.5 + 0.3)
    if choices.chance(15):
        y = structures.Pair(y, rng.normal(size=3) * 0.6)
        slots["r"] = Slot((3,), choices.chance(50))
    return (x, m, y, 4), slots


def _prologue(w: Writer) -> None:
    """The variables that a program begins with."""
    n = w.length("x")
    for name, text in (("s", "y"), ("t", "x[0]"), ("z", "0.1 * y"))[: 1 + w.choices.below(3)]:
        w.line(f"{name} = {text}")
        w.scope.numbers.append(name)
    for name in ("k", "l")[: w.choices.below(3)]:
        w.line(f"{name} = {w.pick('n - 3', 'n - 4', 'n')}")
        w.scope.wholes.append(name)
    for name in ("a", "b", "c")[: 1 + w.choices.below(3)]:
        kind = w.pick("copy", "zeros", "product", "part")
        w.line(f"{name} = " + {"copy": "x.copy()", "zeros": f"np.zeros({n})", "product": "x * y",
                               "part": "np.sin(x)"}[kind])  # fmt: skip
        w.scope.arrays[name] = Slot((n,), rebindable=w.chance(60))
    if w.chance(30):
        w.line("d = m * 0.5")
        w.scope.arrays["d"] = Slot(w.scope.arrays["m"].shape)


def _result(w: Writer) -> tuple[Any, Callable[[], str]]:
    """The weights of what is returned, and what writes a return: all the variables that the program began with."""
    numbers, arrays = list(w.scope.numbers), [name for name in w.scope.arrays if name != "x" or w.scope.arrays[name].writable]
    lines = [name for name in arrays if len(w.scope.arrays[name].shape) == 1]

    def number() -> str:
        sums = [f"np.sum({name}) * {w.pick('0.3', '0.5')}" for name in arrays]
        return " + ".join([*numbers, *sums])

    def view() -> str:
        return w.choices.of(lines) + w.pick("", "[::-1]", "[1:]")

    kind = w.pick("number", "number", "number", "number and array", "arrays", "array", "nested tuple", "namedtuple", "point")
    if kind == "number":
        return 1.0, number
    w.used["result: " + kind] += 1
    if kind == "array":
        w.used["array result"] += 1
        return 0.3, view
    if kind == "point":
        w.used["array result"] += 1
        return 0.3, lambda: f"np.array({number()})"
    if kind == "arrays":
        return (0.3, 0.7), lambda: f"{view()}, {w.choices.of(lines)} * {numbers[0]}"
    if kind == "namedtuple":
        return (1.0, 0.5), lambda: f"Pair({number()}, {w.number(1)} + 1.0 * {numbers[-1]})"
    if kind == "nested tuple":
        return (1.0, (0.3, 0.5)), lambda: f"{number()}, ({view()}, 1.0 * ({w.number(1)}))"
    return (1.0, 0.3), lambda: f"{number()}, {view()}"


def _total(third: str, weights: Any, array: bool) -> list[str]:
    """`total`: the results by their weights; nothing if the result is one number."""
    if not isinstance(weights, tuple) and not array:
        return []
    terms = [f"np.sum({place}) * {weight}" for place, weight in _leaves("r", weights)]
    return [f"def total(x, m, {third}, n):", f"    r = program(x, m, {third}, n)", f"    return {' + '.join(terms)}"]


def _leaves(place: str, weights: Any) -> list[tuple[str, float]]:
    if not isinstance(weights, tuple):
        return [(place, weights)]
    return [leaf for k, weight in enumerate(weights) for leaf in _leaves(f"{place}[{k}]", weight)]
