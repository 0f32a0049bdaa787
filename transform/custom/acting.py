"""What a function that has not been read does beside computing: nothing, who knows, or it prints or draws random numbers.

It is asked of what the function's names mean, in all of its code and in that of the functions which it calls; through modules the
names of attributes are followed, whichever of them stands behind which.  So it may say too much and never too little: what is not
known to do nothing is not called twice where the user's function calls it once.
"""
from __future__ import annotations

import enum
import random
from collections.abc import Iterator
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType

import numpy as np
from numba.core import types

from ...runtime.dispatch import Specialised
from ..analyses.effects import FOREIGN
from ..reading.fingerprint import globals_read
from ..reading.source import LIBRARIES, MISSING, has_overload, resolve
from ..structure import is_record_class

NOTHING, UNSURE, ACTS = range(len(FOREIGN))
"""The places of `FOREIGN`."""

_VALUES = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis), np.generic, np.ndarray, np.dtype, types.Type)
_DRAWING = (random.Random, np.random.RandomState, np.random.Generator, np.random.BitGenerator)
_UNSURE_BUILTINS = {"input", "open", "exec", "eval", "compile", "breakpoint", "setattr", "delattr", "__import__"}
_COMPUTING = {
    "builtins", "numpy", "math", "cmath", "operator", "_operator", "scipy.special", "wengert", "numba.misc.special", "numba.typed",
}  # fmt: skip
"""Modules whose functions and classes do nothing else, with those inside them; `numpy.random` is asked about before."""


def doing(function: object) -> int:
    """NOTHING, UNSURE or ACTS."""
    return _of(function, set())


def _of(value: object, seen: set[object]) -> int:
    """What a call of the value, or of what is in it, may do."""
    if value is MISSING:
        return UNSURE
    if isinstance(value, _VALUES):
        return NOTHING
    if isinstance(value, tuple | list):
        return max((_of(item, seen) for item in value), default=NOTHING)
    if value is print or isinstance(value, _DRAWING) or isinstance(getattr(value, "__self__", None), _DRAWING):
        return ACTS
    if isinstance(value, ModuleType):                   # what of it is named is asked about by itself
        return NOTHING
    if isinstance(value, Specialised):
        return max(_of(part, seen) for part in (value.primal, *getattr(value.recipe, "parts", ())))
    inner = value if isinstance(value, FunctionType) else getattr(value, "py_func", None)
    if isinstance(inner, FunctionType) and (inner.__module__ or "").split(".")[0] not in LIBRARIES:
        return _of_function(inner, seen) if inner is not value or not has_overload(value) else UNSURE
    return _of_library(value)


def _of_library(value: object) -> int:
    """The same of what is no function of the user's."""
    module = getattr(value, "__module__", None) or ""
    if _is_in(module, {"numpy.random", "random"}):
        return ACTS
    if isinstance(value, type) and (is_record_class(value) or issubclass(value, BaseException | enum.Enum)):
        return NOTHING
    if isinstance(value, np.ufunc):                     # of old NumPy, they have no module
        return NOTHING if getattr(np, value.__name__, None) is value or _is_in(module, _COMPUTING) else UNSURE
    callable_ = isinstance(value, type | FunctionType | BuiltinFunctionType) or hasattr(value, "py_func")
    known = callable_ or type(value).__module__ == "numpy" or _is_in(module, {"wengert"})
    named = getattr(value, "__name__", "")
    return NOTHING if known and _is_in(module, _COMPUTING) and named not in _UNSURE_BUILTINS else UNSURE


def _is_in(module: str, homes: set[str]) -> bool:
    return any(module == home or module.startswith(home + ".") for home in homes)


def _of_function(function: FunctionType, seen: set[object]) -> int:
    if function in seen:
        return NOTHING                                  # beside what has been found
    seen.add(function)
    return max((_of(value, seen) for value in _outside(function)), default=NOTHING)


def _outside(function: FunctionType) -> Iterator[object]:
    """What the names in a function may mean that are not its own."""
    codes = [function.__code__]
    for code in codes:                                  # it grows
        codes += [inner for inner in code.co_consts if isinstance(inner, CodeType)]
    attributes = sorted({name for code in codes for name in code.co_names})
    values = [resolve(function, name) for name in sorted({*globals_read(function.__code__), *function.__code__.co_freevars})]
    values += [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    modules: list[ModuleType] = []
    for value in values:                                # it grows
        yield value
        if isinstance(value, ModuleType) and not any(value is module for module in modules):
            modules.append(value)
            values += [found for name in attributes if (found := getattr(value, name, MISSING)) is not MISSING]
