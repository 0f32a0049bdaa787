"""What a derivative takes over of the options that the user gave to `@njit`.

`boundscheck=True` makes an index that is out of bounds an IndexError: without it the derivative would be a number, and would write
beside its gradient.  (`fastmath` and its like say how fast, not what, and are given to the transform.)
"""
from __future__ import annotations

from typing import Any

from ..errors import UnsupportedError
from .fingerprint import outside
from .source import Lifted, is_function, is_transformed, python_function


def taken_over(function: Any) -> dict[str, object]:
    """The options of a function, or of one that it refers to, which its derivative has as well."""
    return {"boundscheck": True} if _checks(function, set()) else {}


def _checks(value: Any, seen: set[object]) -> bool:
    if isinstance(value, Lifted):
        return _checks(value.source.function, seen)
    if is_transformed(value):
        return any(_checks(part, seen) for part in (value.primal, *getattr(value.recipe, "parts", ())))
    if not is_function(value):
        return False
    if getattr(value, "targetoptions", {}).get("boundscheck"):
        return True
    plain = python_function(value)
    if plain in seen:
        return False
    seen.add(plain)
    try:
        return any(_checks(other, seen) for _, other in outside(plain))
    except UnsupportedError:                            # it has no text, and is called as it is
        return False
