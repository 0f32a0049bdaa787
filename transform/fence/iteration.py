"""What may stand behind the `in` of a `for`."""
from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

import numba
import numpy as np

from ..source import Source
from .expressions import expression
from .places import error, static

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

_OF_SERIES = (enumerate, zip, reversed)


def series(source: Source, node: ast.expr) -> None:
    """A range, a value with items, or what is made of them."""
    function = static(source, node.func) if isinstance(node, ast.Call) else None
    if not isinstance(node, ast.Call) or not callable(function) or function not in SERIES:
        expression(source, node)
        return
    name, _, (least, most) = SERIES[function]
    starred = any(isinstance(arg, ast.Starred) for arg in node.args)
    words = [word.arg for word in node.keywords]
    given = len(node.args) + len(words)
    if starred or not least <= given <= most or (words and not (function is enumerate and words == ["start"])):
        raise error(source, "series arguments", node, name=name)
    for arg in node.args:
        (series if function in _OF_SERIES else expression)(source, arg)
    for word in node.keywords:
        expression(source, word.value)
