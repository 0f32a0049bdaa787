"""How a primal travels in a pickle: by its name, also where the name means its transform.

In: a function.  Out: what is pickled in its place, and the function again in another process.  Python pickles a
function by its name and checks that the name leads back to it; below ``@grad`` the name leads to the gradient, whose
`primal` is the function.
"""
from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ..runtime.dispatch import Specialised


@dataclass(frozen=True, slots=True)
class Named:
    """The function that the name leads to, below all its transforms."""

    module: str
    name: str


def packed(function: Any) -> Any:
    """What to pickle: the name if it leads to the function, else the function itself, which pickle may refuse."""
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    if module in sys.modules and name and _found(Named(module, name)) is function:
        return Named(module, name)
    return function


def unpacked(function: Any) -> Any:
    """The function in this process."""
    if not isinstance(function, Named):
        return function
    import_module(function.module)
    found = _found(function)
    if found is None:
        raise AttributeError(f"cannot unpickle: the module {function.module!r} has no {function.name!r}")
    return found


def _found(named: Named) -> Any:
    value: Any = sys.modules[named.module]
    for part in named.name.split("."):
        value = getattr(value, part, None)
    while isinstance(value, Specialised):
        value = value.primal
    return value
