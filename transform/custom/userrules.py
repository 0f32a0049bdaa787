"""`rule`: a derivative for a function of NumPy or `math` that has none here.

In: a short function of partials, in the form of the declarations in `rules/` (`@elementwise`).  Out: the function is a primitive
from now on, in both modes and at every order.  What it is declared with is part of every cache key.
"""
from __future__ import annotations

import ast
import builtins
import linecache
import math
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np

from ..errors import TransformError, UnsupportedError
from ..ir import Loc
from ..rules import RuleError, elementwise, key_of, lookup
from ..rules.declare import definition, forget

Declared = TypeVar("Declared", bound=Callable[..., Any])

_declared: dict[str, str] = {}
_HOMES = {"np": np, "math": math}


def declared() -> tuple[tuple[str, str], ...]:
    """What was declared so far, by the name of the function: for the keys of what is kept on disk."""
    return tuple(sorted(_declared.items()))


def rule(*functions: Callable[..., Any], strong: bool = False) -> Callable[[Declared], Declared]:
    """A new primitive: ``@rule(np.sinc)`` on a function of the result and the arguments that returns one partial for each argument.

    The body is read and never run; it may use its parameters, numbers, `np` and `math`, and what it calls needs a rule in turn.
    `strong`: the partial may be infinite or NaN at a finite argument, where a zero adjoint has to stay zero.

    >>> import numpy as np
    >>> from wengert import grad, rule
    >>> @rule(np.sinc)
    ... def sinc(y, x):
    ...     return (np.cos(np.pi * x) - y) / x,
    >>> def wave(x):
    ...     return x * np.sinc(x)
    >>> round(grad(wave)(1.0), 12)
    -1.0
    """

    def declare(partials: Declared) -> Declared:
        for function in functions:
            _check(function)
        try:
            tree = definition(partials)
            keys = [key_of(function) for function in functions]
            for key in keys:
                if key in _declared:                    # a notebook's cell is run again
                    withdraw(key)
            elementwise(*functions, strong=strong)(partials)
            _declared.update(dict.fromkeys(keys, f"{ast.unparse(tree)} {strong}"))
            for node in _unknown(tree):
                for key in keys:
                    withdraw(key)
                raise UnsupportedError(
                    f"`{ast.unparse(node)}` in the rule for `{keys[0]}`", loc=_loc(partials, node),
                    reason="a rule may use its parameters, numbers, `np` and `math`, and functions that have a rule",
                    remedy="write it with those",
                )  # fmt: skip
        except RuleError as error:
            raise TransformError(str(error), reason="a rule is a function of the result and the arguments that returns partials",
                                 remedy="as in `@rule(np.sinc)` on `def sinc(y, x): return ...`") from None  # fmt: skip
        return partials

    return declare


def withdraw(key: str) -> None:
    """Take a declared rule out again."""
    forget(key)
    del _declared[key]


def _check(function: object) -> None:
    name = getattr(function, "__name__", repr(function))
    if not any(getattr(home, name, None) is function for home in _HOMES.values()) or not callable(function):
        raise UnsupportedError(
            f"a rule for `{name}`", reason="only functions of NumPy and `math` can be given one: generated code has to name it",
            remedy="write it as a Python function, which is differentiated through",
        )  # fmt: skip


def _unknown(tree: ast.FunctionDef) -> Iterator[ast.expr]:
    """What a body names that it cannot."""
    params = {arg.arg for arg in tree.args.args}
    for node in ast.walk(ast.Module(tree.body, [])):
        if isinstance(node, ast.Name) and not (node.id in params or node.id in _HOMES or hasattr(builtins, node.id)):
            yield node
        elif isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(ast.Name(home), name) if home in _HOMES:
                    function = getattr(_HOMES[home], name, None)
                case ast.Name(name):
                    function = getattr(builtins, name, None)
                case _:
                    function = None
            if lookup(function) is None:
                yield node


def _loc(partials: Callable[..., Any], node: ast.expr) -> Loc:
    code = partials.__code__
    text = linecache.getline(code.co_filename, node.lineno).rstrip("\n")
    return Loc(code.co_filename, node.lineno, node.col_offset, node.end_col_offset or node.col_offset, text)
