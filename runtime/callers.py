"""Callers that Numba keeps on disk: `@njit(cache=True)` around a call of a derivative.

Numba keys their machine code on the caller's own file.  A change of the primal elsewhere, which gives a new derivative, does
not reach them in a later process, where nothing of this package runs.  So they are warned about while they are compiled.
"""
from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

from numba.core.caching import Cache


def warn_kept_callers(derivative: str, warned: list[FunctionType]) -> None:
    """To be called while a call of the derivative is typed.  A warning for each caller, at its own line; `warned` are those
    that had theirs."""
    for caller in _kept_callers():
        if caller in warned:
            continue
        warned.append(caller)
        code = caller.__code__
        warnings.warn_explicit(
            f"`{caller.__name__}` has cache=True and calls the derivative `{derivative}`: Numba keeps the machine code of both "
            f"until {Path(code.co_filename).name} changes, even where the function that was differentiated changes elsewhere. "
            f"Leave out cache=True here: the derivative has a cache of its own",
            UserWarning, code.co_filename, code.co_firstlineno,
        )  # fmt: skip


def _kept_callers() -> Iterator[FunctionType]:
    """The functions on whose behalf Numba is at work, and whose code it will keep, innermost first."""
    frame = sys._getframe().f_back
    while frame is not None:
        compiling = frame.f_locals.get("self") if frame.f_code.co_name == "compile" else None
        function = getattr(compiling, "py_func", None) or getattr(compiling, "_pyfunc", None)       # of @njit, of @cfunc
        if isinstance(getattr(compiling, "_cache", None), Cache) and isinstance(function, FunctionType):
            yield function
        frame = frame.f_back
