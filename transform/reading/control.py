"""Ways out of a block of statements, read off its text."""
from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from .scopes import INNER, within

Kinds = frozenset[str]

_EXITS: dict[type[ast.AST], str] = {ast.Break: "break", ast.Continue: "continue", ast.Return: "return"}


def exits_of(nodes: Sequence[ast.AST]) -> Kinds:
    """The ways out of these statements: `break` and `continue` of a loop around them, `return`."""
    found: set[str] = set()
    for node in nodes:
        kind = _EXITS.get(type(node))
        if kind is not None:
            found.add(kind)
        elif isinstance(node, ast.For | ast.While):
            found |= (exits_of(node.body) & {"return"}) | exits_of(node.orelse)
        elif not isinstance(node, (*INNER, ast.expr)):
            found |= exits_of(list(ast.iter_child_nodes(node)))
    return frozenset(found)


def ends(nodes: Sequence[ast.stmt]) -> bool:
    """Does control never reach the end of these statements?"""
    return any(_always_ends(node) for node in nodes)


def _always_ends(node: ast.stmt) -> bool:
    match node:
        case ast.Return() | ast.Break() | ast.Continue() | ast.Raise():
            return True
        case ast.If():
            return ends(node.body) and ends(node.orelse)
        case ast.While(ast.Constant(value)) if value:
            return "break" not in exits_of(node.body)
        case ast.For() | ast.While():
            return ends(node.orelse) and "break" not in exits_of(node.body)
        case _:
            return False


def may_end(node: ast.stmt) -> bool:
    """Is there a way out of the statement other than to the next one?"""
    return bool(exits_of([node])) or ends([node])


def loops_of(nodes: Sequence[ast.AST]) -> Iterator[ast.For | ast.While]:
    """Every loop of a function's body, not those of functions inside."""
    return (node for node in within(nodes) if isinstance(node, ast.For | ast.While))
