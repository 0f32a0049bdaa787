from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

import pytest

from wengert.transform.errors import UnsupportedError
from wengert.transform.reading.source import MISSING, is_function, read, resolve

SCALE = 2.0


def keep(function: Any) -> Any:
    return function


class Dispatcher:
    """As Numba's, as far as this module looks."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.py_func = function

    def __call__(self, *args: Any) -> Any:
        return self.py_func(*args)


@keep
@Dispatcher
def energy(x: float, größe: float, *, power: float = 2.0) -> float:
    """A docstring."""
    s = größe * x  # größe
    return s**power


square = lambda z: (  # noqa: E731
    z * z
)


def test_a_dispatcher_with_decorators() -> None:
    source = read(energy)
    assert source.name == "energy" and source.function is energy.py_func
    assert source.file == __file__ and source.lines[0] == "@keep" and source.first == source.tree.lineno - 2
    assert source.params == ("x", "größe", "power") and source.defaults == {"power": 2.0}
    assert source.locals == {"x", "größe", "power", "s"} and source.assigned == {"s"}
    assert str(source.signature) == "(x, größe, *, power=2.0)"


def test_places_are_in_characters_of_the_file() -> None:
    source = read(energy)
    product = source.tree.body[1].value
    loc = source.loc(product)
    assert loc.text == "    s = größe * x  # größe" and source.text(product) == "größe * x"
    assert (loc.file, loc.column, loc.end_column) == (__file__, 8, 17)
    with open(__file__, encoding="utf-8") as file:
        assert file.read().splitlines()[loc.line - 1] == loc.text
    assert source.text(product.right) == "x"
    word = source.loc(source.tree.body[2], word=True)
    assert word.text[word.column : word.end_column] == "return"


def test_a_node_of_several_lines_is_shown_by_its_first() -> None:
    source = read(test_a_node_of_several_lines_is_shown_by_its_first)
    assert source.text(source.tree) == "def test_a_node_of_several_lines_is_shown_by_its_first() -> None:"
    assert source.line(1) == ""


def test_a_lambda_is_a_def() -> None:
    source = read(square)
    assert ast.unparse(source.tree) == "def square(z):\n    return z * z"
    assert source.lines == ("square = lambda z: (  # noqa: E731", "    z * z", ")")
    assert source.loc(source.tree.body[0]).text == "    z * z"
    assert read(lambda q: q + 1.0).name == "lambda_"


def test_names_mean_what_they_mean_now() -> None:
    factor, later = 3.0, 1.0

    def inner(x: float) -> float:
        return factor * SCALE * abs(x) * later * unknown # noqa: F821

    del later
    source = read(inner)
    assert source.resolve("factor") == 3.0
    assert source.resolve("SCALE") == 2.0
    assert source.resolve("abs") is abs
    assert source.resolve("unknown") is MISSING and source.resolve("later") is MISSING
    factor = 4.0
    assert source.resolve("factor") == 4.0 == resolve(source.function, "factor")
    assert source.key is inner


def test_defaults_are_the_ones_of_now() -> None:
    def f(a: float, b: float = 1.0, /, c: float = 2.0, *rest: float, d: float, e: float = 3.0, **more: float) -> float:
        return a

    assert str(read(f).signature) == "(a, b=1.0, /, c=2.0, *rest, d, e=3.0, **more)"
    f.__defaults__ = (5.0,)
    assert read(f).defaults == {"c": 5.0, "e": 3.0}


def test_what_is_a_function_of_the_user() -> None:
    import numpy as np
    import scipy.optimize

    assert is_function(energy) and is_function(square) and is_function(test_defaults_are_the_ones_of_now)
    assert not any(map(is_function, (np.sin, math.sin, np.mean, scipy.optimize.rosen, Dispatcher, 3.0, None, abs)))


class Model:
    def energy(self, x: float) -> float:
        return x * x

    def __call__(self, x: float) -> float:
        return x


def generate(x: float) -> Any:
    yield x


async def wait(x: float) -> float:
    return x


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Model().energy, "the method `Model.energy` cannot be differentiated"),
        (Model, "the class `Model` cannot be differentiated"),
        (Model(), "an object of type `Model` cannot be differentiated"),
        (3.0, "an object of type `float` cannot be differentiated"),
        (math.sin, "`sin` cannot be differentiated by itself"),
        (generate, "`generate` is a generator and cannot be differentiated"),
        (wait, "`wait` is a coroutine and cannot be differentiated"),
        (Model.energy, "`Model.energy` is defined in a class and cannot be differentiated"),
    ],
)
def test_what_is_no_function(value: object, message: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        read(value)
    assert caught.value.message == message and caught.value.reason and caught.value.remedy
