"""The fence: a function is inside the accepted subset, or refused with the user's own line.

In: a Source.  Out: nothing, or UnsupportedError with file, line, caret, reason and remedy.
What holds afterwards, and what `parse` relies on:
  - only the nodes in the three tables below occur, in the forms that their checks allow;
  - every `for` counts over `range` with one to three positional arguments, and its target is a name;
  - no loop contains `return`; if one path returns a value, every path does;
  - a tuple stands only where its items can be taken apart: assignment, result, subscript, argument;
  - every name is local or bound to something; nothing writes to what is captured.
Whether a called function has a rule is for `parse` to say, whether types fit is for Numba.
To widen the language: add a row to a table here, delete its row in `refusals`.
"""
from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from .errors import UnsupportedError
from .refusals import ATTRIBUTES, BUILTINS, OTHER_ATTRIBUTE, ROWS, UNKNOWN, markdown
from .source import MISSING, Source


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row: how it is written, and the check of what it contains."""

    syntax: str
    check: Callable[..., None]


def check(source: Source) -> None:
    """Refuse the function unless all of it is in the subset."""
    _parameters(source, source.tree.args)
    _block(source, source.tree.body, False)
    _returns(source)


# ---- statements ---------------------------------------------------------------------------------------------


def _block(source: Source, statements: Sequence[ast.stmt], loop: bool) -> None:
    """`loop`: do the statements stand inside a loop?"""
    for statement in statements:
        row = STATEMENTS.get(type(statement))
        if row is None:
            raise _refused(source, statement, word=True)
        row.check(source, statement, loop)


def _parameters(source: Source, args: ast.arguments) -> None:
    if args.vararg:
        raise _error(source, "vararg", args.vararg, name=args.vararg.arg)
    if args.kwarg:
        raise _error(source, "kwarg", args.kwarg, name=args.kwarg.arg)


def _assign(source: Source, node: ast.Assign, loop: bool) -> None:
    for target in node.targets:
        _target(source, target)
    _value(source, node.value)


def _annotated(source: Source, node: ast.AnnAssign, loop: bool) -> None:
    _target(source, node.target)
    if node.value:
        _value(source, node.value)


def _augmented(source: Source, node: ast.AugAssign, loop: bool) -> None:
    if type(node.op) not in OPERATORS:
        raise _error(source, "augmented operator", node, name=_REFUSED_OPERATORS[type(node.op)])
    _target(source, node.target)
    _expression(source, node.value)


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
                _name(source, root)
                raise _error(source, "write to a global", node, name=root.id)
            _subscript(source, node)
        case ast.Attribute():
            raise _error(source, "attribute target", node, name=node.attr)
        case ast.Starred():
            raise _error(source, "starred target", node)
        case _:
            raise _refused(source, node)


def _root(node: ast.expr) -> ast.expr:
    """The array that an element, a view or a method's result is taken from."""
    while True:
        match node:
            case ast.Subscript(inner) | ast.Attribute(inner) | ast.Call(ast.Attribute(inner)):
                node = inner
            case _:
                return node


def _for(source: Source, node: ast.For, loop: bool) -> None:
    function = _static(source, node.iter.func) if isinstance(node.iter, ast.Call) else None
    if not (isinstance(node.iter, ast.Call) and function is range):
        kind = f"for over {getattr(function, '__name__', '')}"
        key = kind if kind in ROWS else "for over values"
        raise _error(source, key, node.iter, name=source.text(node.iter))
    if not isinstance(node.target, ast.Name):
        raise _error(source, "for target", node.target, name=source.text(node.target))
    call = node.iter
    if call.keywords or not 1 <= len(call.args) <= 3 or any(isinstance(arg, ast.Starred) for arg in call.args):
        raise _error(source, "range arguments", call)
    for arg in call.args:
        _expression(source, arg)
    _loop(source, node)


def _while(source: Source, node: ast.While, loop: bool) -> None:
    _expression(source, node.test)
    _loop(source, node)


def _loop(source: Source, node: ast.For | ast.While) -> None:
    _block(source, node.body, True)
    if node.orelse:
        raise _error(source, "else of a loop", _else_of(source, node))


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
    _expression(source, node.test)
    _block(source, node.body, loop)
    _block(source, node.orelse, loop)


def _return(source: Source, node: ast.Return, loop: bool) -> None:
    if loop:
        raise _error(source, "return in a loop", node, word=True)
    if node.value:
        _value(source, node.value)


def _effect(source: Source, node: ast.Expr, loop: bool) -> None:
    """A statement that is an expression: a call, or text that nobody reads."""
    if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return
    _expression(source, node.value)
    if not isinstance(node.value, ast.Call):
        raise _error(source, "unused value", node)


def _pass(source: Source, node: ast.Pass, loop: bool) -> None:
    pass


def _returns(source: Source) -> None:
    """One path with a value, all paths with a value."""
    nodes = (node for statement in source.tree.body for node in ast.walk(statement))
    returns = [node for node in nodes if isinstance(node, ast.Return)]
    bare = [node for node in returns if node.value is None or _is_none(node.value)]
    if len(bare) < len(returns):
        if bare:
            raise _error(source, "return mixed", bare[0], name=source.name)
        if _runs_on(source.tree.body):
            raise _error(source, "return mixed", source.tree, word=True, name=source.name)


def _runs_on(statements: Sequence[ast.stmt]) -> bool:
    """Can control reach the end of these statements?"""
    for statement in statements:
        if isinstance(statement, ast.Return):
            return False
        if isinstance(statement, ast.If) and not _runs_on(statement.body) and not _runs_on(statement.orelse):
            return False
    return True


# ---- expressions --------------------------------------------------------------------------------------------


def _value(source: Source, node: ast.expr) -> None:
    """An expression, or a tuple of them, where a tuple may stand."""
    if isinstance(node, ast.Tuple):
        for item in node.elts:
            _value(source, item)
    else:
        _expression(source, node)


def _expression(source: Source, node: ast.expr) -> None:
    row = EXPRESSIONS.get(type(node))
    if row is None:
        raise _refused(source, node)
    row.check(source, node)


def _name(source: Source, node: ast.Name) -> None:
    if node.id in source.locals:
        return
    value = source.resolve(node.id)
    if value is MISSING:
        raise _error(source, "unknown name", node, name=node.id)
    if node.id in BUILTINS and value is getattr(builtins, node.id):
        raise _error(source, BUILTINS[node.id], node, name=node.id)


def _constant(source: Source, node: ast.Constant) -> None:
    match node.value:
        case str() | bytes():
            raise _error(source, "text", node)
        case complex():
            raise _error(source, "complex", node)
        case value if value is Ellipsis:
            raise _error(source, "ellipsis", node)


def _operands(source: Source, node: ast.expr) -> None:
    """Everything that the expression is made of: `and`, `or`, ternaries, and the operators after their own check."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr):
            _expression(source, part)


def _binary(source: Source, node: ast.BinOp) -> None:
    if type(node.op) not in OPERATORS:
        raise _error(source, "bits", node, name=_REFUSED_OPERATORS[type(node.op)])
    _operands(source, node)


def _unary(source: Source, node: ast.UnaryOp) -> None:
    if type(node.op) not in OPERATORS:
        raise _error(source, "Invert", node)
    _operands(source, node)


def _compare(source: Source, node: ast.Compare) -> None:
    for operator in node.ops:
        if type(operator) not in OPERATORS:
            key = "identity" if isinstance(operator, ast.Is | ast.IsNot) else "membership"
            raise _error(source, key, node, name=_REFUSED_OPERATORS[type(operator)])
    _operands(source, node)


def _call(source: Source, node: ast.Call) -> None:
    match node.func:
        case ast.Name():
            _name(source, node.func)
        case ast.Attribute():
            _attribute(source, node.func, called=True)
        case _:
            _expression(source, node.func)
            raise _error(source, "computed function", node.func)
    for arg in node.args:
        _value(source, arg)
    for keyword in node.keywords:
        if keyword.arg is None:
            raise _error(source, "star keywords", keyword)
        _value(source, keyword.value)


def _attribute(source: Source, node: ast.Attribute, called: bool = False) -> None:
    name = node.attr
    if isinstance(_static(source, node.value), ModuleType):
        if _static(source, node) is MISSING:
            raise _error(source, "unknown name", node, name=source.text(node))
        return
    if name not in METHODS | PROPERTIES:
        raise _error(source, "attribute", node, name=name, remedy=ATTRIBUTES.get(name, OTHER_ATTRIBUTE))
    if called and name in PROPERTIES:
        raise _error(source, "called property", node, name=name)
    if not called and name in METHODS:
        raise _error(source, "bound method", node, name=name)
    _expression(source, node.value)


def _subscript(source: Source, node: ast.Subscript) -> None:
    _expression(source, node.value)
    for item in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
        match item:
            case ast.Slice(lower, upper, step):
                for part in (lower, upper, step):
                    if part and not _is_none(part):
                        _expression(source, part)
            case ast.Constant(value) if value is Ellipsis:
                pass
            case _:
                if _is_none(item) or _static(source, item) is None:
                    raise _error(source, "new axis", item)
                _expression(source, item)


# ---- the tables ---------------------------------------------------------------------------------------------

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

EXPRESSIONS: Mapping[type[ast.expr], Accepted] = {
    ast.Name: Accepted("a name that is local, captured, global or builtin", _name),
    ast.Constant: Accepted("int, float, bool, `None`", _constant),
    ast.BinOp: Accepted("arithmetic with the operators below", _binary),
    ast.UnaryOp: Accepted("`-x`, `+x`, `not x`", _unary),
    ast.Compare: Accepted("comparisons, also chained", _compare),
    ast.BoolOp: Accepted("`and`, `or`", _operands),
    ast.IfExp: Accepted("`a if c else b`", _operands),
    ast.Call: Accepted("a call by name, with positional and keyword arguments", _call),
    ast.Attribute: Accepted("what a module holds (`np.exp`, `math.pi`), and the attributes below", _attribute),
    ast.Subscript: Accepted("`a[i]`, `a[i, :n]`, `a[..., 0]`", _subscript),
}

OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.USub: "-", ast.UAdd: "+", ast.Not: "not",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip

PROPERTIES = frozenset({"T", "shape", "size", "ndim", "dtype"})
METHODS = frozenset({"copy", "reshape", "ravel", "sum", "mean", "dot"})

_REFUSED_OPERATORS: Mapping[type[ast.AST], str] = {
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def rows() -> Iterator[str]:
    """docs/refusals.md, line by line."""
    yield "# What is accepted and what is refused"
    yield ""
    yield "Made from the tables in `transform/fence.py` and `transform/refusals.py`; a test holds it current."
    yield ""
    yield "## Accepted"
    yield ""
    yield from (f"- {row.syntax}" for row in (*STATEMENTS.values(), *EXPRESSIONS.values()))
    yield "- operators: " + " ".join(f"`{symbol}`" for symbol in dict.fromkeys(OPERATORS.values()))
    names = [*(f"`.{name}`" for name in sorted(PROPERTIES)), *(f"`.{name}()`" for name in sorted(METHODS))]
    yield "- attributes of arrays: " + " ".join(names)
    yield ""
    yield "## Refused"
    yield ""
    yield from markdown()


# ---- places and errors --------------------------------------------------------------------------------------


def _static(source: Source, node: ast.expr) -> Any:
    """What a name, or a dotted name through modules, is bound to; MISSING for anything else."""
    match node:
        case ast.Name(name):
            return MISSING if name in source.locals else source.resolve(name)
        case ast.Attribute(value, attribute):
            module = _static(source, value)
            return getattr(module, attribute, MISSING) if isinstance(module, ModuleType) else MISSING
        case _:
            return MISSING


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _refused(source: Source, node: ast.AST, word: bool = False) -> UnsupportedError:
    """The error for a kind of node that is accepted nowhere."""
    kind = type(node).__name__
    row = ROWS.get("tuple" if kind == "Tuple" else kind, UNKNOWN)
    return row.error(source.loc(node, word), name=kind)


def _error(source: Source, key: str, node: ast.AST, word: bool = False, **texts: str) -> UnsupportedError:
    return ROWS[key].error(source.loc(node, word), **texts)
