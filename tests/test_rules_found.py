"""Rules that readers of the library wrote: what of them is meant, and what is refused where it stands."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees, run
from wengert.transform.custom import new_rules


@pytest.fixture(autouse=True)
def withdrawn() -> Iterator[None]:
    """The registry is one for all tests."""
    yield
    for key, _ in new_rules.declared():
        new_rules.withdraw(key)


def uses(x, k):
    y = np.sinc(x) * k
    return np.sum(y * x) + np.sinc(k) ** 2


def half(x):
    return np.sinc(x)


def refused(declaration) -> str:
    with pytest.raises(wg.TransformError) as caught:
        declaration()
    return str(caught.value)


# ---- what is no formula ------------------------------------------------------------------------------------------------


def choice():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return np.sin(x) if x > 0 else x,


def conjunction():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return x > 0 and x < 1,


def chain():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return 0 < x < 1,


def negation():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return not x,


def subscript():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return [1.0][0],


def attribute():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return x.size,


def complex_number():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return 1j * x,


def text():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return "x",


def wrong_count():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return np.sin(x, x),


def wrong_word():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return np.sin(y=x),


def one_argument():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return np.where(x > 0),


def builtin():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return sum * x,


def draw():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return np.random.normal() * x,


def whole_array():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return np.sum(x) * x,


def moved():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return np.flip(x),


def hidden():
    @wg.rule(np.sinc)
    def sinc(y, np):
        return np.pi * y,


def default():
    @wg.rule(np.sinc)
    def sinc(y, x, k="C"):
        return x, None


@pytest.mark.parametrize(
    ("declaration", "what"),
    [
        (choice, "`np.sin(x) if x > 0 else x`"), (conjunction, "`x > 0 and x < 1`"), (chain, "`0 < x < 1`"), (negation, "`not x`"),
        (subscript, "`[1.0][0]`"), (attribute, "`x.size`"), (complex_number, "`1j`"), (text, "`'x'`"),
        (wrong_count, "`np.sin(x, x)`"), (wrong_word, "`np.sin(y=x)`"), (one_argument, "`np.where(x > 0)`"), (builtin, "`sum`"),
        (draw, "`np.random.normal()`"), (whole_array, "`np.sum(x)`"), (moved, "`np.flip(x)`"), (hidden, "`np.pi`"),
        (default, "`'C'`"),
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused_where_it_stands(declaration, what: str) -> None:
    message = refused(declaration)
    assert f"{what} in the rule for `np.sinc`" in message and "test_rules_found.py:" in message and "^" in message


def test_remedies() -> None:
    assert "np.where(condition, a, b)" in refused(choice)
    assert "np.logical_and" in refused(conjunction)
    assert "np.logical_not" in refused(negation)


# ---- statements before the return --------------------------------------------------------------------------------------


def in_steps():
    @wg.rule(np.sinc)
    def sinc(y, x):
        """Names, one of them anew, and one like a builtin's."""
        sum = np.pi * x
        y = y * 1.0
        cosine = np.cos(sum)
        return (cosine - y) / x,


def test_formulas_may_have_names() -> None:
    in_steps()
    agrees(uses, np.array([0.3, -0.7, 1.4]), 0.6)


def test_a_parameter_may_be_given_anew() -> None:
    @wg.rule(np.sinc)
    def sinc(y, x):
        x = x * 2.0
        x = x + 1.0
        return np.cos(x),

    assert run(wg.grad(half), 0.5) == math.cos(2.0)
    assert run(wg.jvp(half), (0.5,), (1.0,))[1] == math.cos(2.0)
    assert run(wg.hvp(half), 0.5, 1.0) == pytest.approx(-2.0 * math.sin(2.0), rel=1e-14)


def early_return():
    @wg.rule(np.sinc)
    def sinc(y, x):
        if x == 0:
            return 0.0,
        return (np.cos(np.pi * x) - y) / x,


def in_place():
    @wg.rule(np.sinc)
    def sinc(y, x):
        x *= 2.0
        return np.cos(x),


def unpacked():
    @wg.rule(np.sinc)
    def sinc(y, x):
        a, b = np.cos(x), np.sin(x)
        return a * b,


def of_what_comes_later():
    @wg.rule(np.sinc)
    def sinc(y, x):
        a = b  # noqa: F821
        b = np.cos(x)
        return a * b,


def test_other_statements_are_refused() -> None:
    message = refused(early_return)
    assert "`if x == 0:`, which is neither a formula with a name nor a return, in the rule for `np.sinc`" in message
    assert "np.where(condition, a, b)" in message
    assert "`x = x * y` for `x *= y`" in refused(in_place)
    assert "`a, b = (np.cos(x), np.sin(x))`, which is neither" in refused(unpacked)
    assert "`b` in the rule for `np.sinc`" in refused(of_what_comes_later)


# ---- functions that do not work element by element ---------------------------------------------------------------------


@pytest.mark.parametrize("function", [np.max, np.prod, np.sort, np.median, np.unwrap, np.gradient])
def test_what_does_not_work_element_by_element_is_refused(function) -> None:
    def declaration():
        @wg.rule(function)
        def partial(z, x):
            return x == z,

    assert f"a rule for `np.{function.__name__}`, which does not work element by element" in refused(declaration)


@pytest.mark.parametrize("function", [np.convolve, np.kron, np.delete, np.partition, np.polyval])
def test_nor_what_takes_two(function) -> None:
    def declaration():
        @wg.rule(function)
        def partial(z, x, y):
            return x, None

    assert "does not work element by element" in refused(declaration)


def roots(x):
    return np.sum(np.roots(x))


def middle(x):
    return np.median(x)


def power(x):
    return np.sum(np.float_power(x, x))


@pytest.mark.parametrize(
    ("function", "name", "remedy"),
    [(half, "np.sinc", "@wg.rule"), (power, "np.float_power", "@wg.rule"), (roots, "np.roots", "custom_vjp"),
     (middle, "np.median", "argsort")],
)  # fmt: skip
def test_which_functions_can_be_given_a_rule(function, name: str, remedy: str) -> None:
    with pytest.raises(wg.UnsupportedError, match=f"no derivative rule for `{name}`(.|\\n)*{remedy}"):
        run(wg.grad(function), np.array([0.3, 0.4]))


def windowed(x, n):
    return np.sum(np.bartlett(n)) * x


def test_what_could_not_be_tried_is_refused_where_it_is_called() -> None:
    @wg.rule(np.bartlett)
    def bartlett(y, n):
        return None,

    with pytest.raises(wg.UnsupportedError, match=r"a rule for `np.bartlett`, which does not work(.|\n)*np.sum\(np.bartlett"):
        run(wg.grad(windowed), 0.3, 4)


def with_math():
    @wg.rule(np.sinc)
    def sinc(y, x):
        return (math.cos(math.pi * x) - y) / max(x, 0.0, 0.1),


def test_functions_of_numbers_are_for_numbers() -> None:
    with_math()
    assert run(wg.grad(half), 0.3) == pytest.approx((math.cos(0.3 * math.pi) - np.sinc(0.3)) / 0.3, rel=1e-14)
    with pytest.raises(wg.UnsupportedError, match=r"the rule for `np.sinc` calls `max`, and is applied to an array"):
        run(wg.grad(lambda x: np.sum(np.sinc(x))), np.array([0.3, 0.4]))


def test_a_declaration_that_is_refused_leaves_nothing_behind() -> None:
    def second_is_known():
        @wg.rule(np.sinc, np.exp)
        def sinc(y, x):
            return x,

    assert "np.exp has a rule already" in refused(second_is_known)
    assert new_rules.declared() == ()
    in_steps()
    with pytest.raises(wg.UnsupportedError):                           # a notebook's cell, with a slip
        choice()
    assert [key for key, _ in new_rules.declared()] == ["np.sinc"]
