"""How a primal travels in a pickle: by its name, also where the name means its transform, or by value.

In: a function.  Out: what is pickled in its place, and the function again in another process.  Python pickles a
function by its name alone; a decorated function has given its name to its transform.  What has no name that another process
can import (closures, lambdas, functions of a script or a notebook) travels as its code with the globals that it reads, and the
text of its file, as far as that is not there.  Code is of one version of Python, as everywhere where functions travel so.
"""
from __future__ import annotations

import linecache
import marshal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any
from weakref import ReferenceType, WeakKeyDictionary, ref

from ..runtime.dispatch import Specialised


@dataclass(frozen=True, slots=True)
class Named:
    """A function that can be found by name, perhaps as the primal of a transform there."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Module:
    name: str


class Carried:
    """A function by value.  It is made empty and filled afterwards, since it may be among the globals that it reads."""

    def __init__(self, function: FunctionType) -> None:
        self.function = function

    def __reduce__(self) -> tuple[Callable[..., Carried], tuple[object, ...], dict[str, Any]]:
        function, code = self.function, self.function.__code__
        text = "".join(linecache.getlines(code.co_filename, function.__globals__))
        cells = {name: cell.cell_contents for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True)}
        state = {
            "globals": {name: packed(function.__globals__[name]) for name in sorted(_reads(code) & function.__globals__.keys())},
            "cells": {name: packed(value) for name, value in cells.items()},
            "defaults": function.__defaults__,
            "kwdefaults": function.__kwdefaults__,
            "doc": function.__doc__,
        }
        return _empty, (marshal.dumps(code), function.__qualname__, function.__module__, text), state

    def __setstate__(self, state: dict[str, Any]) -> None:
        function = self.function
        function.__globals__.update({name: unpacked(value) for name, value in state["globals"].items()})
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            cell.cell_contents = unpacked(state["cells"][name])
        function.__defaults__, function.__kwdefaults__ = state["defaults"], state["kwdefaults"]
        function.__doc__ = state["doc"]


_CARRIED: WeakKeyDictionary[FunctionType, ReferenceType[Carried]] = WeakKeyDictionary()
"""One for each function while a pickle is made, so that the pickle has it once."""


def packed(value: Any) -> Any:
    """What to pickle: the name if another process can find the function by it, else the function itself; other values as they
    are."""
    if isinstance(value, ModuleType):
        return Module(value.__name__)
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if isinstance(value, Specialised) or not isinstance(module, str) or not isinstance(name, str):
        return value
    if module in sys.modules and module != "__main__" and _found(Named(module, name)) is value:
        return Named(module, name)
    return _carried(value) if isinstance(value, FunctionType) else value


def _carried(function: FunctionType) -> Carried:
    known = _CARRIED.get(function)
    carried = known() if known is not None else None
    if carried is None:
        carried = Carried(function)
        _CARRIED[function] = ref(carried)
    return carried


def unpacked(value: Any) -> Any:
    """The function, or the value, in this process."""
    match value:
        case Carried():
            return value.function
        case Module(name):
            return import_module(name)
        case Named(module):
            import_module(module)
            found = _found(value)
            if found is None:
                raise AttributeError(f"cannot unpickle: the module {module!r} has no {value.name!r}")
            return found
        case _:
            return value


def _found(named: Named) -> Any:
    value: Any = sys.modules[named.module]
    for part in named.name.split("."):
        value = getattr(value, part, None)
    while isinstance(value, Specialised):
        value = value.primal
    return value


def _reads(code: CodeType) -> set[str]:
    """The globals that the code and what is nested in it may read."""
    return {*code.co_names, *(name for inner in code.co_consts if isinstance(inner, CodeType) for name in _reads(inner))}


def _empty(code: bytes, name: str, module: str, text: str) -> Carried:
    """The function without what it reads; its text is found under the name of its file."""
    made: CodeType = marshal.loads(code)
    file = made.co_filename
    if text and not Path(file).exists() and not linecache.getlines(file):
        linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    cells = tuple(CellType() for _ in made.co_freevars)
    function = FunctionType(made, {"__name__": module, "__builtins__": __builtins__}, made.co_name, None, cells)
    function.__qualname__, function.__module__ = name, module
    return Carried(function)
