"""Which expressions are accepted, and in which forms."""
from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping, Sequence
from types import ModuleType

import numpy as np

from ..reading.scopes import bound
from ..reading.source import MISSING, Source
from ..reading.transforms import is_decorator, is_transform
from ..refusals import ATTRIBUTES, BUILTINS, OTHER_ATTRIBUTE
from .iteration import ITEMS, parts
from .rows import Accepted, error, is_none, refused, static


def series(source: Source, node: ast.expr) -> None:
    """What a `for` may go over: a range, a value with items, or what is made of such."""
    found = parts(source, node)
    if found is None:
        expression(source, node)
        return
    for part in found[0]:
        series(source, part)
    _items(source, found[1])


def expression(source: Source, node: ast.expr) -> None:
    row = EXPRESSIONS.get(type(node))
    if row is None:
        raise refused(source, node)
    row.check(source, node)


def name_(source: Source, node: ast.Name) -> None:
    if node.id in source.locals:
        return
    value = source.resolve(node.id)
    if value is MISSING:
        raise error(source, "unknown name", node, name=node.id)
    if node.id in BUILTINS and value is getattr(builtins, node.id):
        raise error(source, BUILTINS[node.id], node, name=node.id)


def _constant(source: Source, node: ast.Constant) -> None:
    match node.value:
        case str() | bytes():
            raise error(source, "text", node)
        case complex():
            raise error(source, "complex", node)
        case value if value is Ellipsis:
            raise error(source, "ellipsis", node)


def _operands(source: Source, node: ast.expr) -> None:
    """Everything that the expression is made of: `and`, `or`, ternaries, and the operators after their own check."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr):
            expression(source, part)


def _compared(source: Source, node: ast.Compare) -> None:
    """Where a key is looked for, whether that is in a dict is for parse to say."""
    match node:
        case ast.Compare(ast.Constant(str()), [ast.In() | ast.NotIn()], [where]):
            expression(source, where)
        case _:
            _operands(source, node)


def _named(source: Source, node: ast.NamedExpr) -> None:
    expression(source, node.value)


def _tuple(source: Source, node: ast.Tuple) -> None:
    _items(source, node.elts)


def _items(source: Source, nodes: Sequence[ast.expr]) -> None:
    """The items of a tuple or the arguments of a call, with `*t` among them."""
    for node in nodes:
        expression(source, node.value if isinstance(node, ast.Starred) else node)


def _call(source: Source, node: ast.Call) -> None:
    match node.func:
        case ast.Name():
            name_(source, node.func)
        case ast.Attribute():
            _attribute(source, node.func)
        case ast.Call(function) if is_transform(static(source, function)):
            pass
        case _:
            expression(source, node.func)
    function = static(source, node.func)
    prints, how = function is print, chooser(function)
    if is_decorator(function):
        raise error(source, "rule inside", node.func, name=source.text(node.func))
    if is_transform(function) and function.__name__ == "checkpoint" and any(parts(source, arg) for arg in node.args):
        raise error(source, "checkpoint of a loop", node, name=source.text(node.func))
    if prints and node.keywords:
        raise error(source, "print keywords", node.keywords[0])
    texts = [arg for arg in node.args if (prints or how) and is_text(arg)]
    given = [arg for arg in node.args if arg not in texts]
    if given and function in ITEMS:
        series(source, given.pop(0))
    _items(source, given)
    for keyword in node.keywords:
        if keyword.arg is None:
            raise error(source, "star keywords", keyword)
        named = keyword.arg == how or (keyword.arg == "dtype" and dtype_of(keyword.value) is not None)
        if not (named and is_text(keyword.value)):
            expression(source, keyword.value)


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def chooser(function: object) -> str:
    """The parameter that takes a text which says how: `mode="same"`; "" if there is none."""
    return next((name for one, name in _CHOOSERS if function is one), "")


_CHOOSERS = ((np.convolve, "mode"), (np.correlate, "mode"), (np.searchsorted, "side"))


def dtype_of(node: ast.expr) -> type[np.generic] | None:
    """The dtype of numbers that a text means."""
    try:
        found = np.dtype(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
    except TypeError:
        return None
    return found.type if found is not None and found.kind in "fiub" else None


def _attribute(source: Source, node: ast.Attribute) -> None:
    """What a value that is no module has under this name is for parse to say."""
    if not isinstance(static(source, node.value), ModuleType):
        expression(source, node.value)
    elif static(source, node) is MISSING:
        raise error(source, "unknown name", node, name=source.text(node))


def attribute_of_array(source: Source, node: ast.Attribute, called: bool) -> None:
    """An attribute of something that is no namedtuple."""
    name = node.attr
    if name not in METHODS | PROPERTIES:
        raise error(source, "attribute", node, name=name, remedy=ATTRIBUTES.get(name, OTHER_ATTRIBUTE))
    if called and name in PROPERTIES:
        raise error(source, "called property", node, name=name)
    if not called and name in METHODS:
        raise error(source, "bound method", node, name=name)


def subscript(source: Source, node: ast.Subscript) -> None:
    expression(source, node.value)
    for item in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
        match item:
            case ast.Slice(lower, upper, step):
                for part in (lower, upper, step):
                    if part and not is_none(part):
                        expression(source, part)
            case ast.Constant(value) if value is Ellipsis or isinstance(value, str):
                pass                                    # whether there is such a key is for parse to say
            case _:
                if isinstance(item, ast.Tuple):
                    raise error(source, "tuple index", item)
                expression(source, item)


def nested(source: Source, node: ast.FunctionDef | ast.Lambda) -> Source:
    """The source of a function inside a function, whose parameters are accepted; defaults belong to the outer one."""
    inner, args = source.inner(node), node.args
    more = [arg for arg in (args.vararg, args.kwarg, *args.kwonlyargs) if arg]
    if more:
        raise error(source, "nested parameters", more[0], name=more[0].arg)
    for default in args.defaults:
        expression(source, default)
    return inner


def _lambda(source: Source, node: ast.Lambda) -> None:
    expression(nested(source, node), node.body)


def _list(source: Source, node: ast.List) -> None:
    for item in node.elts:
        expression(source, item)


def _comprehension(source: Source, node: ast.ListComp) -> None:
    for generator in node.generators:
        if generator.is_async:
            raise error(source, "AsyncFor", node)
        series(source, generator.iter)
        for part in ast.walk(generator.target):
            if not isinstance(part, ast.Name | ast.Tuple | ast.Store):
                raise error(source, "comprehension target", generator.target)
        source = source.around(bound([generator.target]))
        for test in generator.ifs:
            expression(source, test)
    expression(source, node.elt)


EXPRESSIONS: Mapping[type[ast.expr], Accepted] = {
    ast.Name: Accepted("a name that is local, captured, global or builtin", name_),
    ast.Constant: Accepted("int, float, bool, `None`", _constant),
    ast.BinOp: Accepted("arithmetic with the operators below", _operands),
    ast.UnaryOp: Accepted("`-x`, `+x`, `not x`, `~x`", _operands),
    ast.Compare: Accepted("comparisons, also chained; `is None`; `==` and `in` with tuples and lists, `in` with arrays", _compared),
    ast.BoolOp: Accepted("`and`, `or`", _operands),
    ast.IfExp: Accepted("`a if c else b`", _operands),
    ast.NamedExpr: Accepted("`(x := e)`", _named),
    ast.Call: Accepted("a call of a function that is known before the call, with positional and keyword arguments", _call),
    ast.List: Accepted("`[a, b]`: lists of numbers, arrays, tuples and lists", _list),
    ast.ListComp: Accepted("`[f(x) for x in a if x > 0.0]`", _comprehension),
    ast.Lambda: Accepted("`lambda`", _lambda),
    ast.Attribute: Accepted("what a module holds (`np.exp`, `math.pi`), and the attributes below", _attribute),
    ast.Subscript: Accepted("`a[i]`, `a[i, :n]`, `a[..., 0]`, `a[:, None]`, `a[rows]`, `a[a > 0.0]`", subscript),
    ast.Tuple: Accepted("tuples, with `*t` inside, and what Numba does with them: `t[i]`, `t[1:]`, `t + u`, `len(t)`", _tuple),
}

OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
    ast.USub: "-", ast.UAdd: "+", ast.Not: "not", ast.Invert: "~",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip

PROPERTIES = frozenset({"T", "shape", "size", "ndim", "dtype", "flat"})
METHODS = frozenset({
    "append", "clear", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort",
    "all", "any", "argmax", "argmin", "argsort", "astype", "clip", "copy", "cumprod", "cumsum", "dot", "fill", "flatten", "item",
    "max", "mean", "min", "nonzero", "prod", "ravel", "repeat", "reshape", "std", "sum", "take", "transpose", "var",
})  # fmt: skip

REFUSED_OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip
