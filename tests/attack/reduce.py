"""A failing program made small as a text: statements go, blocks are unwrapped, expressions become parts of themselves.

In: a text and a test whether a candidate still fails.  Out: the smallest text found, none of whose single steps fails any more.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from typing import Any

Path = tuple[str | int, ...]


def reduced(text: str, fails: Callable[[str], bool], most: int = 1500) -> str:
    """`most`: how many candidates are tried."""
    tree = ast.parse(text)
    tried = 0
    smaller = True
    while smaller:
        smaller = False
        for candidate in _candidates(tree):
            tried += 1
            if tried > most:
                return ast.unparse(tree)
            if fails(_text(candidate)):
                tree, smaller = candidate, True
                break
    return ast.unparse(tree)


def _text(tree: ast.Module) -> str:
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _candidates(tree: ast.Module) -> Iterator[ast.Module]:
    """The tree after each single step: the large steps first."""
    places = list(_places(tree, ()))
    for path, node in places:
        if isinstance(node, list) and node and isinstance(node[0], ast.stmt):
            for size in (8, 4, 2, 1):
                for start in range(0, len(node), size):
                    if size <= len(node):
                        yield _with(tree, path, node[:start] + node[start + size :])
    for path, node in places:
        if isinstance(node, ast.If | ast.For | ast.While) and isinstance(path[-1], int):
            for body in (node.body, node.orelse):
                if body:
                    block: list[ast.stmt] = _at(tree, path[:-1])
                    yield _with(tree, path[:-1], [*block[: path[-1]], *body, *block[path[-1] + 1 :]])
            if node.orelse:
                yield _with(tree, (*path, "orelse"), [])
    for path, node in places:
        if isinstance(node, ast.expr) and not isinstance(node, ast.Name | ast.Constant):
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.expr):
                    yield _with(tree, path, part)
            if not isinstance(node, ast.Tuple | ast.Slice | ast.Attribute):
                yield _with(tree, path, ast.Constant(0.5))


def _places(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Blocks and expressions, outer ones first."""
    yield path, node
    if isinstance(node, list):
        for k, item in enumerate(node):
            yield from _places(item, (*path, k))
    elif isinstance(node, ast.AST) and not isinstance(node, ast.Import | ast.ImportFrom):
        for name, value in ast.iter_fields(node):
            if isinstance(value, list | ast.stmt | ast.expr) and name not in ("keywords", "decorator_list"):
                yield from _places(value, (*path, name))


def _at(node: Any, path: Path) -> Any:
    for step in path:
        node = node[step] if isinstance(step, int) else getattr(node, step)
    return node


def _with(tree: ast.Module, path: Path, new: Any) -> ast.Module:
    changed = copy.deepcopy(tree)
    holder = _at(changed, path[:-1])
    if isinstance(path[-1], int):
        holder[path[-1]] = copy.deepcopy(new)
    else:
        setattr(holder, path[-1], copy.deepcopy(new))
    return changed
