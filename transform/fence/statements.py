"""Which statements are accepted, and in which forms."""
from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from types import ModuleType

from ..reading.control import ends
from ..reading.scopes import renewed, within
from ..reading.source import MISSING, Source
from .expressions import expression, name_, nested, series, subscript
from .rows import Accepted, error, is_none, refused, static


def block(source: Source, statements: Sequence[ast.stmt], loop: bool) -> None:
    """`loop`: do the statements stand inside a loop?"""
    for statement in statements:
        row = STATEMENTS.get(type(statement))
        if row is None:
            raise refused(source, statement, word=True)
        row.check(source, statement, loop)


def parameters(source: Source, args: ast.arguments) -> None:
    if args.vararg and args.kwonlyargs:
        raise error(source, "keywords behind a star", args.kwonlyargs[0], name=args.vararg.arg)
    if args.kwarg:
        raise error(source, "kwarg", args.kwarg, name=args.kwarg.arg)


def _assign(source: Source, node: ast.Assign, loop: bool) -> None:
    for target in node.targets:
        _target(source, target)
    expression(source, node.value)


def _annotated(source: Source, node: ast.AnnAssign, loop: bool) -> None:
    _target(source, node.target)
    if node.value:
        expression(source, node.value)


def _augmented(source: Source, node: ast.AugAssign, loop: bool) -> None:
    _target(source, node.target)
    expression(source, node.value)
    read = {name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)}
    for name in sorted(read & renewed([node.value])):
        raise error(source, "renewed target", node, name=name)


def _target(source: Source, node: ast.expr) -> None:
    match node:
        case ast.Name():
            pass
        case ast.Tuple(items) | ast.List(items):
            for item in items:
                _target(source, item)
        case ast.Subscript():
            root = _root(source, node)
            if isinstance(root, ast.Name) and root.id not in source.locals:
                name_(source, root)
                raise error(source, "write to a global", node, name=root.id)
            subscript(source, node)
        case ast.Attribute():
            raise error(source, "attribute target", node, name=node.attr)
        case ast.Starred():
            raise error(source, "starred target", node)
        case _:
            raise refused(source, node)


def _root(source: Source, node: ast.expr) -> ast.expr:
    """The array that an element, a view or a method's result is taken from; a call of a function is its own."""
    while True:
        match node:
            case ast.Call(ast.Attribute(module)) if isinstance(static(source, module), ModuleType):
                return node
            case ast.Subscript(inner) | ast.Attribute(inner) | ast.Call(ast.Attribute(inner)):
                node = inner
            case _:
                return node


def _for(source: Source, node: ast.For, loop: bool) -> None:
    series(source, node.iter)
    _target(source, node.target)
    _loop(source, node, loop)


def _while(source: Source, node: ast.While, loop: bool) -> None:
    expression(source, node.test)
    _loop(source, node, loop)


def _loop(source: Source, node: ast.For | ast.While, loop: bool) -> None:
    block(source, node.body, True)
    block(source, node.orelse, loop)


def _if(source: Source, node: ast.If, loop: bool) -> None:
    expression(source, node.test)
    block(source, node.body, loop)
    block(source, node.orelse, loop)


def _return(source: Source, node: ast.Return, loop: bool) -> None:
    if node.value:
        expression(source, node.value)


def _effect(source: Source, node: ast.Expr, loop: bool) -> None:
    """A statement that is an expression: a call, `:=`, or text that nobody reads."""
    if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return
    expression(source, node.value)
    if not isinstance(node.value, ast.Call | ast.NamedExpr):
        raise error(source, "unused value", node)


def _raise(source: Source, node: ast.Raise, loop: bool) -> None:
    if node.exc is None:
        raise error(source, "raise again", node)
    if node.cause is not None:
        raise error(source, "raise from", node)
    exception, args = node.exc, []
    if isinstance(node.exc, ast.Call):
        exception, args = node.exc.func, node.exc.args
        if node.exc.keywords:
            raise error(source, "exception arguments", node.exc)
    if static(source, exception) is MISSING:
        raise error(source, "computed exception", exception, name=source.text(exception))
    for arg in args:
        _message(source, arg)


def _assert(source: Source, node: ast.Assert, loop: bool) -> None:
    expression(source, node.test)
    if node.msg:
        _message(source, node.msg)


def _message(source: Source, node: ast.expr) -> None:
    """What an exception is made with: text may stand here."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        expression(source, node)


def _deleted(source: Source, node: ast.Delete, loop: bool) -> None:
    for target in node.targets:
        if not isinstance(target, ast.Subscript):
            raise error(source, "deleted name", node)
        subscript(source, target)


def _plain(source: Source, node: ast.Pass | ast.Break | ast.Continue, loop: bool) -> None:
    pass


def _function(source: Source, node: ast.FunctionDef, loop: bool) -> None:
    if node.decorator_list:
        raise error(source, "decorated function", node.decorator_list[0], name=node.name)
    inner = nested(source, node)
    block(inner, node.body, False)
    returns(inner)


def returns(source: Source) -> None:
    """One path with a value, all paths with a value."""
    returns = [node for node in within(source.tree.body) if isinstance(node, ast.Return)]
    bare = [node for node in returns if node.value is None or is_none(node.value)]
    if len(bare) < len(returns):
        if bare:
            raise error(source, "return mixed", bare[0], name=source.name)
        if not ends(source.tree.body):
            raise error(source, "return mixed", source.tree, word=True, name=source.name)


STATEMENTS: Mapping[type[ast.stmt], Accepted] = {
    ast.Assign: Accepted("`x = e`, `a, b = b, a`, `x[i] = e`, `a = b = e`", _assign),
    ast.AnnAssign: Accepted("`x: float = e` (the annotation is ignored)", _annotated),
    ast.AugAssign: Accepted("`x += e`, `x[i] *= e`, with any accepted operator", _augmented),
    ast.For: Accepted(
        "`for` over ranges, arrays, tuples and what is made of them: `for i, (x, y) in enumerate(zip(a, b))`; with `else`", _for
    ),
    ast.While: Accepted("`while`, with `else`", _while),
    ast.If: Accepted("`if` / `elif` / `else`", _if),
    ast.FunctionDef: Accepted("`def` inside a function", _function),
    ast.Break: Accepted("`break`", _plain),
    ast.Continue: Accepted("`continue`", _plain),
    ast.Return: Accepted("`return` anywhere, with a value on every path or on none", _return),
    ast.Raise: Accepted("`raise E(...)` with texts and numbers", _raise),
    ast.Assert: Accepted("`assert`", _assert),
    ast.Expr: Accepted("a call as a statement, a docstring", _effect),
    ast.Pass: Accepted("`pass`", _plain),
    ast.Delete: Accepted("`del l[k]`, `del l[a:b]` of a list", _deleted),
}
