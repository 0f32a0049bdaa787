"""`rule`: a derivative for a function of NumPy or `math` that has none here.

In: a short function of partials, in the form of the declarations in `rules/` (`@elementwise`).  Out: the function is a primitive
from now on, in both modes and at every order.  What it is declared with is part of every cache key.
"""
from __future__ import annotations

import ast
import linecache
import warnings
from collections.abc import Callable
from copy import copy
from typing import Any, TypeVar

import numpy as np

from ..errors import TransformError, UnsupportedError
from ..ir import Loc
from ..rules import RuleError, elementwise, key_of
from ..rules.declare import definition, forget, forgetting
from .rule_formulas import HOMES, no_formulas

Declared = TypeVar("Declared", bound=Callable[..., Any])

_declared: dict[str, str] = {}


def declared() -> tuple[tuple[str, str], ...]:
    """What was declared so far, by the name of the function: for the keys of what is kept on disk."""
    return tuple(sorted(_declared.items()))


def rule(*functions: Callable[..., Any], strong: bool = False) -> Callable[[Declared], Declared]:
    """A new primitive: ``@rule(np.sinc)`` on a function of the result and the arguments that returns one partial for each argument.

    The function works element by element.  The body is read and never run; it may use its parameters, numbers, `np` and `math`,
    and what it calls needs a rule in turn; formulas may be given names before the return.
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
            for node, what, instead in no_formulas(tree):
                raise UnsupportedError(
                    f"{what} in the rule for `{keys[0]}`", loc=_loc(partials, node), remedy=f"write it with those{instead}",
                    reason="a rule is formulas of parameters, numbers, and functions that have a rule and work element by element",
                )  # fmt: skip
            for function, key in zip(functions, keys, strict=True):
                if not is_elementwise(function, len(tree.args.args) - 1 - len(tree.args.defaults)):
                    raise not_elementwise(key, _loc(partials, tree))
            with forgetting(key for key in _declared if key in keys):       # a notebook's cell is run again
                elementwise(*functions, strong=strong)(partials)
            _declared.update(dict.fromkeys(keys, f"{ast.unparse(tree)} {strong}"))
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
    if not any(getattr(home, name, None) is function for home in HOMES.values()) or not callable(function):
        raise UnsupportedError(
            f"a rule for `{name}`", reason="only functions of NumPy and `math` can be given one: generated code has to name it",
            remedy="write it as a Python function, which is differentiated through",
        )  # fmt: skip


def not_elementwise(key: str, loc: Loc | None) -> UnsupportedError:
    """The error for a rule, or a call, of what does not work element by element."""
    return UnsupportedError(
        f"a rule for `{key}`, which does not work element by element", loc=loc,
        reason="the partials of a rule are those of one element of the result by the elements in the same place",
        remedy="write a function that calls it, and give that its derivative with `custom_vjp` or `custom_jvp`",
    )  # fmt: skip


_PROBES = [scale * np.array([0.35, 0.8, 0.55, 0.7, 0.45, 0.65]).reshape(shape) for scale in (1, 14) for shape in ((6,), (2, 3))]


def is_elementwise(function: Callable[..., Any], count: int) -> bool:
    """Does a function of so many arguments give for arrays what it gives for their elements?  What cannot be tried may do so, and
    is asked about again when its types are known."""
    others: list[Callable[[Any, int], Any]] = [np.roll, lambda probe, k: 1]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tried = [[probe, *(other(probe, k) for k in range(1, count))] for probe in _PROBES for other in others]
        return not count or all(_works_by_elements(function, given) for given in tried)


def _works_by_elements(function: Callable[..., Any], given: list[Any]) -> bool:
    try:
        whole = np.asarray(function(*map(copy, given)))
    except Exception:                                   # its arguments have to be something else
        return True
    one = (1,) * given[0].ndim
    try:
        parts = [
            np.asarray(function(*(arg[place].reshape(one) if isinstance(arg, np.ndarray) else arg for arg in given)))
            for place in np.ndindex(given[0].shape)
        ]
    except Exception:                                   # an element alone is not enough
        return False
    if whole.shape != given[0].shape or any(part.shape != one for part in parts):
        return False
    return whole.dtype.kind not in "biufc" or np.allclose(whole.ravel(), np.concatenate(parts, axis=None), equal_nan=True)


def _loc(partials: Callable[..., Any], node: ast.stmt | ast.expr) -> Loc:
    """The place of a node: as much of it as stands on its first line."""
    code = partials.__code__
    text = linecache.getline(code.co_filename, node.lineno).rstrip("\n")
    end = node.end_col_offset if node.end_lineno == node.lineno else None
    return Loc(code.co_filename, node.lineno, node.col_offset, end or len(text), text)
