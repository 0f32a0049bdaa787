# ruff: noqa: B020, B905
from __future__ import annotations

import ast
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.update_refusals import DOCUMENT, lines
from wengert.transform import fence, refusals
from wengert.transform.errors import UnsupportedError
from wengert.transform.parse import parse
from wengert.transform.reading.source import read

ROOT = Path(__file__).resolve().parents[2]
TABLE = np.arange(3.0)
MISSING_LATER = 1.0


def everything(a: Any, n: int, /, k: float = 2.0, *, flag: bool = True) -> Any:
    """Every accepted form."""
    m, (p, q) = a.shape[0], (1.0, *(+k, 2.0)[:1])
    x: float = 1.0
    y: float
    b = c = np.zeros((m, n), dtype=np.float64)
    b[0, :], b[..., 1:None:2] = 1.0, 2.0
    b[1:, 0] *= 3.0
    b.T[0] = TABLE[0]
    x += p
    x //= 2
    for i in range(m - 1, -1, -1):
        while 0 <= x < 10.0 and not (flag or x == 3.0):
            if i == 1:
                pass
            elif i % 2 != 0:
                x = x**2 - math.pi
            else:
                helper(b[i], 3.0, k=q)
        "text that nobody reads"
    for i, (value, b[0, 0]) in enumerate(zip(a, reversed(b.flat)), 1):
        x += value * i
    items = [x, 2.0]
    items.append(sum([v * w for v, w in zip(items, range(n)) if v > 0.0], 1.0) + (z := max(items)) * z)
    y = (c @ c.T).sum() if flag else np.linalg.norm(b.reshape((n * m,)).ravel().copy(), ord=2)
    if n > 3:
        if flag:
            return y, (x, len(a))
    elif n == 3:
        y = -y
    return y / max(x, abs(k), b.mean(), c.size), (x, 0)


def helper(row: Any, value: float, k: float) -> None:
    row[:] = value * k
    if k > 3.0:
        return
    row[0] = float(k)


@pytest.mark.parametrize("function", [everything, helper, lambda x: x * x])
def test_accepted(function: Any) -> None:
    fence.check(read(function))


def test_every_node_has_its_row() -> None:
    """Whatever Python's grammar has is accepted, or refused by a row of its own."""
    elsewhere = {
        "Slice": "within Subscript", "FormattedValue": "within JoinedStr", "Constant": "accepted",
        "Is": "identity", "IsNot": "identity", "In": "membership", "NotIn": "membership",
    }  # fmt: skip
    accepted = {kind.__name__ for table in (fence.STATEMENTS, fence.EXPRESSIONS, fence.OPERATORS) for kind in table}
    for base in (ast.stmt, ast.expr, ast.operator, ast.unaryop, ast.cmpop):
        for kind in base.__subclasses__():
            name = kind.__name__
            if kind.__module__ == "ast" and name not in ("Num", "Str", "Bytes", "NameConstant", "Ellipsis"):
                assert (name in accepted) != (name in refusals.ROWS) or name in elsewhere, name


def test_no_key_twice() -> None:
    assert len(refusals.ROWS) == len(refusals.TABLE)
    assert set(refusals.BUILTINS.values()) <= set(refusals.ROWS)


def test_every_row_can_be_written() -> None:
    for row in refusals.TABLE:
        error = row.error(read(helper).loc(read(helper).tree), name="n", remedy="r")
        assert "{" not in str(error), row.key


def test_the_document_is_current() -> None:
    """To renew: python -m tests.update_refusals"""
    assert DOCUMENT.read_text(encoding="utf-8") == "\n".join(lines()) + "\n"


def star_keywords(x: Any, **more: Any) -> Any:
    return x


def tuple_index(x: Any) -> Any:
    return x[(0, 1), 2]


def star_target(x: Any) -> Any:
    a, *_b = x.shape
    return a


def keywords_in_call(x: Any, d: Any) -> Any:
    return helper(x, **d)


def range_by_keyword(x: Any) -> Any:
    for i in range(*x):
        x += i
    return x


def range_as_value(x: Any) -> Any:
    r = range(3)
    return x * r[0]


def zipped(x: Any) -> Any:
    for i, j in zip(x, x, strict=True):
        x += i * j
    return x


def missing_member(x: Any) -> Any:
    return np.no_such_function(x)


def called_property(x: Any) -> Any:
    return x.T()


def bare_and_value(x: Any) -> Any:
    if x > 0.0:
        return
    return x


def not_a_number(x: Any) -> Any:
    return x + b"1"


def dots(x: Any) -> Any:
    ...
    return x


def other_method(x: Any) -> Any:
    return x.trace()


def yields_nothing(x: Any) -> Any:
    [x, x]  # noqa: B018
    return x


@pytest.mark.parametrize(
    ("function", "key", "under"),
    [
        (star_keywords, "kwarg", "more: Any"),
        (tuple_index, "tuple index", "(0, 1)"),
        (star_target, "starred target", "*_b"),
        (keywords_in_call, "star keywords", "**d"),
        (range_by_keyword, "series arguments", "range(*x)"),
        (range_as_value, "range", "range"),
        (zipped, "series arguments", "zip(x, x, strict=True)"),
        (missing_member, "unknown name", "np.no_such_function"),
        (bare_and_value, "return mixed", "return"),
        (not_a_number, "text", 'b"1"'),
        (dots, "ellipsis", "..."),
        (yields_nothing, "unused value", "[x, x]"),
    ],
)
def test_refused(function: Any, key: str, under: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        fence.check(read(function))
    check_error(caught.value, key, under)


@pytest.mark.parametrize(
    ("function", "key", "under"), [(called_property, "called property", "x.T"), (other_method, "attribute", "x.trace")]
)
def test_refused_where_it_is_known_to_be_an_array(function: Any, key: str, under: str) -> None:
    fence.check(read(function))
    with pytest.raises(UnsupportedError) as caught:
        parse(read(function))
    check_error(caught.value, key, under)


def check_error(error: UnsupportedError, key: str, under: str) -> None:
    assert error.loc is not None
    assert error.loc.text[error.loc.column : error.loc.end_column] == under
    assert error.reason == refusals.ROWS[key].reason
    assert error.remedy
