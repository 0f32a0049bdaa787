"""Which statements are accepted, and in which forms."""
from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from ..refusals import ROWS
from ..source import Source
from .expressions import OPERATORS, REFUSED_OPERATORS, expression, name_, subscript, value
from .places import Accepted, error, is_none, refused, static


def block(source: Source, statements: Sequence[ast.stmt], loop: bool) -> None:
    """`loop`: do the statements stand inside a loop?"""
    for statement in statements:
        row = STATEMENTS.get(type(statement))
        if row is None:
            raise refused(source, statement, word=True)
        row.check(source, statement, loop)


def parameters(source: Source, args: ast.arguments) -> None:
    if args.vararg:
        raise error(source, "vararg", args.vararg, name=args.vararg.arg)
    if args.kwarg:
        raise error(source, "kwarg", args.kwarg, name=args.kwarg.arg)


def _assign(source: Source, node: ast.Assign, loop: bool) -> None:
    for target in node.targets:
        _target(source, target)
    value(source, node.value)


def _annotated(source: Source, node: ast.AnnAssign, loop: bool) -> None:
    _target(source, node.target)
    if node.value:
        value(source, node.value)


def _augmented(source: Source, node: ast.AugAssign, loop: bool) -> None:
    if type(node.op) not in OPERATORS:
        raise error(source, "augmented operator", node, name=REFUSED_OPERATORS[type(node.op)])
    _target(source, node.target)
    expression(source, node.value)


def _target(source: Source, node: ast.expr) -> None:
    match node:
        case ast.Name():
            pass
        case ast.Tuple(items) | ast.List(items):
            for item in items:
                _target(source, item)
        case ast.Subscript():
            root = _root(node)
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


def _root(node: ast.expr) -> ast.expr:
    """The array that an element, a view or a method's result is taken from."""
    while True:
        match node:
            case ast.Subscript(inner) | ast.Attribute(inner) | ast.Call(ast.Attribute(inner)):
                node = inner
            case _:
                return node


def _for(source: Source, node: ast.For, loop: bool) -> None:
    function = static(source, node.iter.func) if isinstance(node.iter, ast.Call) else None
    if not (isinstance(node.iter, ast.Call) and function is range):
        kind = f"for over {getattr(function, '__name__', '')}"
        key = kind if kind in ROWS else "for over values"
        raise error(source, key, node.iter, name=source.text(node.iter))
    if not isinstance(node.target, ast.Name):
        raise error(source, "for target", node.target, name=source.text(node.target))
    call = node.iter
    if call.keywords or not 1 <= len(call.args) <= 3 or any(isinstance(arg, ast.Starred) for arg in call.args):
        raise error(source, "range arguments", call)
    for arg in call.args:
        expression(source, arg)
    _loop(source, node)


def _while(source: Source, node: ast.While, loop: bool) -> None:
    expression(source, node.test)
    _loop(source, node)


def _loop(source: Source, node: ast.For | ast.While) -> None:
    block(source, node.body, True)
    if node.orelse:
        raise error(source, "else of a loop", _else_of(source, node))


def _else_of(source: Source, node: ast.For | ast.While) -> ast.AST:
    """The place of a loop's `else`, which the tree does not have: the last line that starts so before its body."""
    first = node.orelse[0].lineno
    for number in range(first, node.body[-1].lineno, -1):
        line = source.line(number)
        column = len(line) - len(line.lstrip())
        if line[column:].startswith("else"):
            return ast.Pass(lineno=number, col_offset=column, end_lineno=number, end_col_offset=column + 4)
    return node


def _if(source: Source, node: ast.If, loop: bool) -> None:
    expression(source, node.test)
    block(source, node.body, loop)
    block(source, node.orelse, loop)


def _return(source: Source, node: ast.Return, loop: bool) -> None:
    if loop:
        raise error(source, "return in a loop", node, word=True)
    if node.value:
        value(source, node.value)


def _effect(source: Source, node: ast.Expr, loop: bool) -> None:
    """A statement that is an expression: a call, or text that nobody reads."""
    if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return
    expression(source, node.value)
    if not isinstance(node.value, ast.Call):
        raise error(source, "unused value", node)


def _pass(source: Source, node: ast.Pass, loop: bool) -> None:
    pass


def returns(source: Source) -> None:
    """One path with a value, all paths with a value."""
    nodes = (node for statement in source.tree.body for node in ast.walk(statement))
    returns = [node for node in nodes if isinstance(node, ast.Return)]
    bare = [node for node in returns if node.value is None or is_none(node.value)]
    if len(bare) < len(returns):
        if bare:
            raise error(source, "return mixed", bare[0], name=source.name)
        if _runs_on(source.tree.body):
            raise error(source, "return mixed", source.tree, word=True, name=source.name)


def _runs_on(statements: Sequence[ast.stmt]) -> bool:
    """Can control reach the end of these statements?"""
    for statement in statements:
        if isinstance(statement, ast.Return):
            return False
        if isinstance(statement, ast.If) and not _runs_on(statement.body) and not _runs_on(statement.orelse):
            return False
    return True


STATEMENTS: Mapping[type[ast.stmt], Accepted] = {
    ast.Assign: Accepted("`x = e`, `a, b = b, a`, `x[i] = e`, `a = b = e`", _assign),
    ast.AnnAssign: Accepted("`x: float = e` (the annotation is ignored)", _annotated),
    ast.AugAssign: Accepted("`x += e`, `x[i] *= e`, with any accepted operator", _augmented),
    ast.For: Accepted("`for i in range(...)`", _for),
    ast.While: Accepted("`while`", _while),
    ast.If: Accepted("`if` / `elif` / `else`", _if),
    ast.Return: Accepted("`return` outside loops, on every path or on none", _return),
    ast.Expr: Accepted("a call as a statement, a docstring", _effect),
    ast.Pass: Accepted("`pass`", _pass),
}
