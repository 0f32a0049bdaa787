"""Functions as values: nested functions, lambdas, names of functions, and which function a name is bound to.

A call needs to know its function while the text is read.  A name that is bound to one function on one path and to another
one elsewhere is known on neither afterwards; a call of it is refused.  Captured names are those of the activation that made
the function, as they are when it is called, which is what Python's cells and Numba's inlining mean.
"""
from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

import numpy as np
from numba.np.ufunc.dufunc import DUFunc
from numba.np.ufunc.gufunc import GUFunc

from ..errors import UnsupportedError
from ..ir import Block, Var
from ..names import base
from ..reading.scopes import bound, parameters
from ..reading.source import is_transformed, origin, resolve
from ..structure import leaves, mapped, plain_numbers
from .core import Core
from .values import Closure, Constant, Derived, FunctionValue, Known, Unknown, Value, functions

_WHICH = "which function is called must be known before the program runs"


class Functions(Core):
    def closure(self, node: ast.FunctionDef | ast.Lambda) -> Closure:
        """The function that a `def` or a `lambda` makes here."""
        names = parameters(node.args)
        values = [mapped(self._named, self._constant(default)) for default in node.args.defaults]
        defaults = dict(zip(names[len(names) - len(values) :], values, strict=True))
        return Closure(self.frame.source.inner(node), self.frame, defaults)

    def _constant(self, node: ast.expr) -> Value:
        """A default.  Numba evaluates it again at each call, which for a variable is another value than Python's."""
        value = self.value(node)
        for leaf in leaves(value):
            if isinstance(leaf, Unknown) or (isinstance(leaf, Var) and leaf.name not in self.captures):
                raise self.refuse(node, f"the default `{ast.unparse(node)}` of a nested function is no constant",
                                  "Numba computes it anew at each call", "capture the value, or pass it")  # fmt: skip
        return value

    def _named(self, value: Any) -> Any:
        return Constant(base(value.name), self.captures[value.name]) if isinstance(value, Var) else value

    def default(self, closure: Closure, name: str, node: ast.AST) -> Value | None:
        """What a parameter of a nested function is if it is left out; None if it has no default."""
        def meant(leaf: Any) -> Any:
            return self.captured(leaf.name, leaf.value, node) if isinstance(leaf, Constant) else leaf

        value: Value | None = mapped(meant, closure.defaults.get(name))
        return value

    def function(self, node: ast.expr) -> object:
        """The function that an expression means: the object itself, a Closure, or what transforms make of one."""
        match self.value(node):
            case Known(function):
                return function
            case Closure() | Derived() as made:
                return made
            case Unknown(reason):
                raise self.refuse(node, f"cannot tell which function `{ast.unparse(node)}` is", reason,
                                  "call each function where it is known, and choose between the results")  # fmt: skip
            case _:
                raise self.refuse(node, f"cannot tell what `{ast.unparse(node)}` is", "it is not a function known before the call",
                                  "call a function by its name")  # fmt: skip

    def meant(self, value: Any) -> Any:
        """A function that a decorator has replaced by a derivative of it still means itself in its own text."""
        if not is_transformed(value):
            return plain_numbers(value)
        plain = origin(value)
        replaced = isinstance(plain, FunctionType) and resolve(plain, plain.__name__) is value
        return value.primal if replaced and plain in self.being_read() else value

    def being_read(self) -> frozenset[object]:
        """The functions that the text at hand stands in, or is called from."""
        return self.around | {frame.source.function for frame in self.active}

    def not_a_function(self, name: str, value: object, node: ast.AST) -> UnsupportedError | None:
        """The error for what looks like a function and is none."""
        if isinstance(value, functools.partial):
            return self.refuse(node, f"`{name}` is a functools.partial", "Numba cannot compile it",
                               "write a function that calls it with all arguments: `lambda x: f(1.0, x)`")  # fmt: skip
        if isinstance(value, DUFunc | GUFunc) or (isinstance(value, np.ufunc) and getattr(np, value.__name__, None) is not value):
            made, how = ("guvectorize", "with the array that it writes into") if isinstance(value, GUFunc) else (
                "vectorize", "for each element in a loop")  # fmt: skip
            return self.refuse(node, f"`{name}` is a ufunc of its own", f"`@{made}` made it, and its text is not read",
                               f"write `@njit` for `@{made}`, and call it {how}")  # fmt: skip
        if value is np.finfo or value is np.iinfo:
            return self.refuse(node, f"`{name}` of what is not written out", "its numbers are constants of the text",
                               f"name the dtype: `{name}(np.{'float64' if value is np.finfo else 'int64'})`")  # fmt: skip
        return None

    # ---- names on several paths -----------------------------------------------------------------------------

    def block(self, fill: Callable[[], object]) -> Block:
        frame, before = self.frame, dict(self.frame.names)
        made = super().block(fill)
        for name, value in frame.names.items():
            old = before.get(name)
            if value is not old and (functions(value) or (old is not None and functions(old))):
                frame.names[name] = self._after(old, value)
        return made

    def _after(self, old: Value | None, value: Value) -> Value:
        """What a name means after a block that may not have run, or not for the last time."""
        if old is not None and old != value:
            return Unknown(f"it is another function on another path, and {_WHICH}")
        if old is None and any(self._passing(f) for f in functions(value)):
            return Unknown(f"it is made anew whenever its block runs, and {_WHICH}")
        return value

    def _passing(self, function: FunctionValue) -> bool:
        """Does the function keep values of its own making, which a later one of the same text would overwrite?"""
        closure = function.closure if isinstance(function, Derived) else function
        return isinstance(closure, Closure) and not any(frame is closure.frame for frame in self.active)

    def forget(self, loop: ast.For | ast.While) -> None:
        """At the top of a loop's body a function that is bound in it is that of the round before."""
        names: Mapping[str, Value] = self.frame.names
        for name in sorted(bound([loop])):
            if name in names and functions(names[name]):
                self.frame.names[name] = Unknown(f"it is bound anew in this loop, and {_WHICH}")
