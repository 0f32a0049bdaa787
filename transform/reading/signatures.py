"""Functions that the user has compiled for certain types: `@njit("float64(float64[:])")`."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numba.core.types import Array


def signatures(function: object) -> tuple[Any, ...] | None:
    """The argument types that a dispatcher was compiled for once and for all, `@njit("float64(float64)")`; None if it
    compiles for whatever it is called with."""
    if not hasattr(function, "py_func") or getattr(function, "_can_compile", True):
        return None
    return tuple(getattr(function, "overloads", ()))


def takes(fixed: Sequence[Any], given: Sequence[Any]) -> bool:
    """Does what is compiled for these types take arguments of those as they are?  `float64[:]` is an array of any layout."""
    def fits(own: Any, type_: Any) -> bool:
        any_layout = isinstance(own, Array) and isinstance(type_, Array) and own.layout == "A"
        return bool(type_ == own or (any_layout and type_.copy(layout="A") == own))

    return len(fixed) == len(given) and all(map(fits, fixed, given))
