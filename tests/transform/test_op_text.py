"""How operands and primitives are written."""

from __future__ import annotations

import ast

import pytest

from wengert.transform import op_text


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@pytest.mark.parametrize(("op", "args", "text"), [
    ("+", ("x", "-0.5 * y"), "x - 0.5 * y"), ("-", ("x", "-0.5 * y"), "x + 0.5 * y"), ("+", ("x", "-0.5 / y"), "x - 0.5 / y"),
    ("-", ("x", "-0.5 * y / z"), "x + 0.5 * y / z"), ("+", ("x", "y * (-0.5 * z)"), "x - y * (0.5 * z)"),
    ("neg", ("-0.5 / y",), "0.5 / y"), ("neg", ("0.5 / y",), "-(0.5 / y)"), ("+", ("x", "-2 * n"), "x + -2 * n"),
    ("+", ("x", "-0.5"), "x + -0.5"), ("*", ("x", "-0.5 * y"), "x * (-0.5 * y)"),
    ("+", ("x", "y + -0.5 * z"), "x + (y + -0.5 * z)"),
])  # fmt: skip
def test_a_minus_before_a_number_stands_between_terms(op: str, args: tuple[str, ...], text: str) -> None:
    assert ast.unparse(op_text.primitive(op, [expression(arg) for arg in args])) == text
