"""Scopes of the text: what belongs to a function itself, and not to functions inside it.

In: a tree.  Out: its nodes without those of nested functions, and the names that a function binds.
"""
from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
INNER = (*FUNCTIONS, ast.ClassDef)


def within(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes and all below them, in order, without the insides of nested functions (the functions themselves, yes)."""
    left = list(nodes)[::-1]
    while left:                                         # without recursion: a long sum is a high tree
        node = left.pop()
        yield node
        if not isinstance(node, INNER):
            left += list(ast.iter_child_nodes(node))[::-1]


def bound(statements: Iterable[ast.AST]) -> frozenset[str]:
    """The names that the statements bind: assigned, counted with, defined or imported.  The names of a comprehension
    are its own, except those that `:=` binds."""
    found: set[str] = set()
    left = list(statements)
    while left:
        node = left.pop()
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Lambda():
                pass
            case ast.Name(name, ast.Store() | ast.Del()):
                found.add(name)
            case ast.Import(names) | ast.ImportFrom(names=names):
                found |= {(alias.asname or alias.name).split(".")[0] for alias in names}
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                found |= {inner.target.id for inner in within([node]) if isinstance(inner, ast.NamedExpr)}
            case _:
                left += ast.iter_child_nodes(node)
    return frozenset(found)


def stores(statements: Iterable[ast.AST]) -> Counter[str]:
    """In how many places each name is bound."""
    return Counter(node.id for node in within(statements) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load))


def bound_once(statements: Iterable[ast.AST]) -> dict[str, ast.expr]:
    """The names that one assignment binds and nothing else, and what to."""
    statements = list(statements)
    stored = stores(statements)
    return {
        target.id: node.value for node in within(statements) if isinstance(node, ast.Assign)
        for target in node.targets if isinstance(target, ast.Name) and stored[target.id] == 1
    }  # fmt: skip


def aliases(statements: Iterable[ast.AST]) -> dict[str, ast.Name]:
    """The names that are bound once, to another name."""
    return {name: value for name, value in bound_once(statements).items() if isinstance(value, ast.Name)}


def renewed(statements: Iterable[ast.AST]) -> frozenset[str]:
    """The names that `:=` binds: what an expression has read of them may not be what they are when it is computed."""
    return frozenset(node.target.id for node in within(statements) if isinstance(node, ast.NamedExpr))


def parameters(args: ast.arguments) -> tuple[str, ...]:
    """The names of all parameters, in the order of a signature."""
    star = [args.vararg] if args.vararg else []
    last = [args.kwarg] if args.kwarg else []
    return tuple(arg.arg for arg in (*args.posonlyargs, *args.args, *star, *args.kwonlyargs, *last))


def captured(statements: Iterable[ast.AST]) -> frozenset[str]:
    """Names that functions nested in the statements read and do not bind themselves."""
    found: set[str] = set()
    for node in within(statements):
        if isinstance(node, FUNCTIONS):
            inner: list[Any] = node.body if isinstance(node.body, list) else [node.body]
            own = bound(inner) | set(parameters(node.args))
            read = {part.id for part in within(inner) if isinstance(part, ast.Name)}
            found |= (read | captured(inner)) - own
    return frozenset(found)
