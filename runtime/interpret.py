"""Compiled functions turned back into plain Python, callees included.

In: a Numba dispatcher.  Out: a Python function with the same code, in whose globals and closure every dispatcher is
replaced in the same way, so that a call compiles nothing.  Checking generated code on small inputs takes a
millisecond this way, and a second by compilation.

What holds afterwards: the original modules are untouched (the functions get a copy of their globals).  The numbers
are CPython's, which differ from Numba's where the languages do: a float divided by zero raises.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import CellType, FunctionType
from typing import Any

from numba.core.dispatcher import Dispatcher


def interpreted(value: Any) -> Any:
    """`value` with dispatchers replaced by plain functions; anything else comes back as it is."""
    return _Copies().of(value)


class _Copies:
    """The copies made so far.  Functions of one module share one copy of its globals, so recursion ends."""

    def __init__(self) -> None:
        self._globals: dict[int, dict[str, Any]] = {}
        self._functions: dict[int, FunctionType] = {}

    def of(self, value: Any) -> Any:
        if hasattr(type(value), "python_for"):
            return _by_types(value.python_for)
        if isinstance(value, Dispatcher):
            return self._function(value.py_func)
        return value

    def _function(self, function: FunctionType) -> FunctionType:
        done = self._functions.get(id(function))
        if done is not None:
            return done
        cells = tuple(CellType() for _ in function.__closure__ or ())
        copy = FunctionType(
            function.__code__, self._namespace(function), function.__name__, function.__defaults__, cells or None
        )
        copy.__kwdefaults__ = function.__kwdefaults__
        copy.__doc__ = function.__doc__
        self._functions[id(function)] = copy
        for cell, original in zip(cells, function.__closure__ or (), strict=True):
            with suppress(ValueError):  # a cell that nothing was assigned to yet stays empty
                cell.cell_contents = self.of(original.cell_contents)
        return copy

    def _namespace(self, function: FunctionType) -> dict[str, Any]:
        names = function.__globals__
        copy = self._globals.get(id(names))
        if copy is None:
            copy = self._globals[id(names)] = dict(names)
            for name, value in names.items():
                copy[name] = self.of(value)
        return copy


def _by_types(python_for: Callable[..., Callable[..., Any]]) -> Callable[..., Any]:
    """A transformed function as plain Python: which code runs depends on the types of the arguments."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return python_for(*args, **kwargs)(*args, **kwargs)

    return call
