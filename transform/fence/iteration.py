"""What may stand behind the `in` of a `for`, besides values."""
from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence

import numba
import numpy as np

from ..reading.source import Source
from .rows import error, static

SERIES: Mapping[Callable[..., object], tuple[str, str, tuple[int, int]]] = {
    range: ("range", "range(start, stop, step)", (1, 3)),
    numba.prange: ("prange", "prange(start, stop, step)", (1, 3)),
    enumerate: ("enumerate", "enumerate(a, start)", (1, 2)),
    zip: ("zip", "zip(a, b)", (0, 1000)),
    reversed: ("reversed", "reversed(a)", (1, 1)),
    np.ndindex: ("np.ndindex", "np.ndindex(a.shape)", (0, 1000)),
    np.ndenumerate: ("np.ndenumerate", "np.ndenumerate(a)", (1, 1)),
}
"""By the function: its name, how it is written, and how many arguments it takes.  `prange` has its serial meaning."""

ITEMS = (list, sum, max, min, sorted)
"""Functions whose first argument may be anything that a `for` could go over."""

_OF_SERIES = (enumerate, zip, reversed)


def parts(source: Source, node: ast.expr) -> tuple[Sequence[ast.expr], Sequence[ast.expr]] | None:
    """The arguments of such a call: those that a `for` could go over, and values; None for anything else."""
    function = static(source, node.func) if isinstance(node, ast.Call) else None
    if not isinstance(node, ast.Call) or not callable(function) or not any(function is one for one in SERIES):
        return None
    name, _, (least, most) = SERIES[function]
    starred = any(isinstance(arg, ast.Starred) for arg in node.args)
    words = [word.arg for word in node.keywords]
    given = len(node.args) + len(words)
    if starred or not least <= given <= most or (words and not (function is enumerate and words == ["start"])):
        raise error(source, "series arguments", node, name=name)
    named = [word.value for word in node.keywords]
    if function is enumerate:
        return node.args[:1], [*node.args[1:], *named]
    return (node.args, named) if function in _OF_SERIES else ((), [*node.args, *named])
