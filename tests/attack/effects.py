"""Effects: what is printed, and random numbers.  `watched` says what of both came of a call."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import numpy as np

from tests.attack.writer import Shape, Writer, construct

Effects = tuple[Any, ...]
_NUMBER = re.compile(r"-?\d+(?:\.\d*)?(?:e[+-]?\d+)?")


def watched(call: Callable[[], Any]) -> tuple[Any, Effects]:
    """The value of a call; what it printed, and what would be drawn next, where all generators begin anew."""
    np.random.seed(7)
    random.seed(7)
    text = io.StringIO()
    with redirect_stdout(text):
        value = call()
    drawn = np.random.random(), np.random.standard_normal(), random.random(), random.gauss(0.0, 1.0)
    return value, (text.getvalue(), *drawn)


def alike(found: Effects, expected: Effects, exact: bool) -> bool:
    """The same effects?  A number that is whole for CPython may be printed as a float, which it is for Numba where the name is
    one on another path; unless `exact`, the last digits of numbers may differ."""
    if found == expected:
        return True
    words, numbers = zip(*((_NUMBER.sub("", text).split(), _NUMBER.findall(text)) for text in (found[0], expected[0])), strict=True)
    same = found[1:] == expected[1:] and words[0] == words[1] and len(numbers[0]) == len(numbers[1])
    became_whole = any(_is_whole(ours) and not _is_whole(theirs) for ours, theirs in zip(*numbers, strict=False))
    tolerance = 0.0 if exact else 1e-12
    values = ([float(number) for number in side] for side in numbers)
    return same and not became_whole and np.allclose(*values, rtol=tolerance, atol=tolerance)


def _is_whole(number: str) -> bool:
    return number.lstrip("-").isdigit()


@construct("statement", "print", 4)
def prints(w: Writer) -> None:
    things = [f"1.0 * ({w.number(1)})", w.moving(), w.choices.of([*w.scope.wholes, *w.scope.counters, "n"]), w.any_array()]
    w.line(f"print({', '.join(things[: w.choices.below(5)])})")


@construct("number", "random number", 2)
def draw(w: Writer, depth: int) -> str:
    return w.pick("np.random.rand()", "np.random.normal()", "random.random()", "random.gauss(0.0, 1.0)",
                  "np.random.randint(0, 3) * 0.3")  # fmt: skip


@construct("number", "random number with a location and a scale", 2)
def located(w: Writer, depth: int) -> str:
    name = w.pick("np.random.normal", "np.random.uniform", "random.gauss", "np.random.logistic")
    return f"{name}({w.number(depth)}, 0.5 + {w.leaf()} ** 2)"


@construct("array", "array of random numbers", 3)
def drawn(w: Writer, shape: Shape, depth: int) -> str:
    size = shape if len(shape) > 1 else shape[0]
    return w.pick(lambda: f"np.random.standard_normal({size})" if len(shape) == 1 else f"np.random.normal(0.0, 1.0, {size})",
                  lambda: f"np.random.normal({w.number(0)}, 0.4, {size})")()  # fmt: skip
