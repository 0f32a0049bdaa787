from __future__ import annotations

import pickle

import pytest

from wengert.transform.errors import NotDifferentiableError, TransformError, UnsupportedError
from wengert.transform.ir import Loc

TRY = Loc("demo.py", 7, 4, 7, "    try:")


def test_layout() -> None:
    error = UnsupportedError("`try` is not supported", loc=TRY, reason="it jumps", remedy="write `if`")
    assert str(error) == (
        "demo.py:7: `try` is not supported\n"
        "    7 |     try:\n"
        "      |     ^^^\n"
        "  reason: it jumps\n"
        "  help:   write `if`"
    )


def test_without_a_place() -> None:
    error = NotDifferentiableError("`n` is an integer", remedy="pass 3.0, or drop it from argnums")
    assert str(error) == "`n` is an integer\n  help:   pass 3.0, or drop it from argnums"
    assert error.loc is None and error.reason == ""


def test_without_the_line_there_is_no_excerpt() -> None:
    assert str(TransformError("no", loc=Loc("demo.py", 3, 0, 0, ""))) == "demo.py:3: no"


@pytest.mark.parametrize(
    ("text", "column", "end", "carets"),
    [
        ("\tif a:\tb", 7, 8, "\t     \t^"),
        ("größe & b", 0, 9, "^^^^^^^^^"),
        ("速度 & b", 0, 2, "^^^^"),
        ("速度 & b", 3, 4, "     ^"),
        ("x\u0301 + y", 5, 6, "    ^"),
        ("f(", 1, 1, " ^"),
    ],
)
def test_the_caret_is_under_the_text(text: str, column: int, end: int, carets: str) -> None:
    lines = str(TransformError("no", loc=Loc("demo.py", 12, column, end, text))).splitlines()
    assert lines[1] == f"   12 | {text}"
    assert lines[2] == f"      | {carets}"


def test_call_sites_are_told_from_the_inside_out() -> None:
    inner, outer = Loc("a.py", 20, 8, 12, "    y = g(x)"), Loc("b.py", 31, 4, 9, "    return f(x)")
    error = UnsupportedError("no", loc=TRY).called(inner).called(outer).called(None)
    assert error.calls == (outer, inner)
    assert str(error).splitlines()[-2:] == ["  called from a.py:20: y = g(x)", "  called from b.py:31: return f(x)"]


@pytest.mark.parametrize("kind", [TransformError, UnsupportedError, NotDifferentiableError])
def test_pickles(kind: type[TransformError]) -> None:
    error = kind("no", loc=TRY, reason="r", remedy="h", calls=(TRY,))
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind and str(again) == str(error)
    assert (again.loc, again.reason, again.remedy, again.calls) == (TRY, "r", "h", (TRY,))


def test_kinds() -> None:
    assert issubclass(NotDifferentiableError, TypeError) and issubclass(NotDifferentiableError, TransformError)
    assert issubclass(UnsupportedError, TransformError) and not issubclass(UnsupportedError, TypeError)
