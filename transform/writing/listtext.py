"""The text that makes lists for the user of the arrays that they are inside."""
from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from ..structure import Extent, Listed, Nested, Record, Spread, Stacked, Structure, spreads

HELPERS = {Nested: "rows_of", Stacked: "arrays_of"}


def helpers_of(structure: Structure) -> Iterator[str]:
    """The helpers that the text for such a result calls."""
    if not isinstance(structure, tuple) or not spreads(structure):
        return
    if type(structure) in HELPERS and structure[0] is not None:
        yield HELPERS[type(structure)]  # type: ignore[index]
    for item in structure:
        yield from helpers_of(item)


def result_text(structure: Structure, values: Sequence[ast.expr], classes: Mapping[type, str]) -> ast.expr:
    """What the function returns, put together of its flat results."""
    if structure is None:
        return ast.Constant(None)
    if isinstance(structure, Listed) and not isinstance(structure, Extent):
        return _call("list", [values[structure]])
    if isinstance(structure, int):
        return values[structure]
    if isinstance(structure, Spread):
        return _spread(structure, values, classes)
    return _tuple(structure, [result_text(item, values, classes) for item in structure], classes)


def _spread(structure: Spread, values: Sequence[ast.expr], classes: Mapping[type, str]) -> ast.expr:
    match structure:
        case Nested((items, lengths)):
            whole = result_text(items, values, classes)
            return _call("rows_of", [whole, values[lengths]]) if items is not None else whole
        case Stacked((flat, *extents)):
            return ast.Constant(None) if flat is None else _call("arrays_of", [values[place] for place in (flat, *extents)])
        case _:
            return _zipped(structure, values, classes)


def _zipped(structure: Spread, values: Sequence[ast.expr], classes: Mapping[type, str]) -> ast.expr:
    """`[(item_0, (item_1, None)) for item_0, item_1 in zip(list(a), list(b))]`"""
    columns: list[ast.expr] = []
    numbers = count()

    def item(part: Structure) -> ast.expr:
        if isinstance(part, tuple) and not isinstance(part, Spread):
            return _tuple(part, list(map(item, part)), classes)
        text = result_text(part, values, classes)
        if isinstance(text, ast.Constant):
            return text
        columns.append(text)
        return ast.Name(f"item_{next(numbers)}", ast.Load())

    items: list[ast.expr] = list(map(item, structure))
    kind = structure.kind
    element = ast.Tuple(items, ast.Load()) if kind is None else _call(classes[kind], items)
    if not columns:
        return ast.Constant(None)
    targets: list[ast.expr] = [ast.Name(f"item_{k}", ast.Store()) for k in range(len(columns))]
    one = len(columns) == 1
    target = targets[0] if one else ast.Tuple(targets, ast.Store())
    over = columns[0] if one else _call("zip", columns)
    return ast.ListComp(element, [ast.comprehension(target, over, [], 0)])


def _tuple(like: tuple[Any, ...], items: list[ast.expr], classes: Mapping[type, str]) -> ast.expr:
    if isinstance(like, Record):
        return _call(classes[like.kind], items)
    return ast.Tuple(items, ast.Load())


def _call(name: str, args: list[ast.expr]) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), args, [])
