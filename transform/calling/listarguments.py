"""Which lists a function may be given: lists of numbers, of tuples of numbers and arrays, and of arrays.

Numba takes no lists of lists as arguments, and its typed lists hold their items out of reach of array code.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numba.core import types

from ..errors import UnsupportedError
from ..reading.source import Lifted, Source
from ..structure import leaves
from .arguments import items_of


def check_lists(source: Source | Lifted, argtypes: Sequence[Any]) -> None:
    """Raise UnsupportedError for an argument, or a part of one, that is another list."""
    where = source.source if isinstance(source, Lifted) else source
    for name, type_ in zip(where.params, argtypes, strict=False):
        for leaf in leaves(items_of(type_)):
            if isinstance(leaf, types.ListType):
                raise _refused(where, name, "a typed list", "its items are out of reach of array code",
                               f"pass an array, `np.array({name})`, or a plain list, `list({name})`")  # fmt: skip
            if isinstance(leaf, types.List) and not isinstance(leaf.dtype, types.Number | types.Boolean):
                raise _refused(where, name, f"a list of {_called(leaf.dtype)}",
                               "only lists of numbers, of tuples, and of arrays in C order are taken as arguments")  # fmt: skip


def _called(item: Any) -> str:
    kinds = {types.BaseTuple: "tuples", types.List: "lists", types.Array: "arrays"}
    return next((word for kind, word in kinds.items() if isinstance(item, kind)), f"`{item}`")


def _refused(
    source: Source, name: str, what: str, reason: str, remedy: str = "pass an array, or several lists"
) -> UnsupportedError:
    return UnsupportedError(f"`{name}` is {what}", loc=source.loc(source.tree), reason=reason, remedy=remedy)
