"""What a rule of the user's may say (`new_rules`): formulas, and names for them.

In: the tree of a rule.  Out: what in it is neither.  The body is never run, so all that it says has to have the one meaning that it
has in derivatives: arithmetic and comparisons of two, of the rule's parameters and numbers, and calls of what has a rule.
"""
from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Iterator, Mapping

import numpy as np

from ..rules import lookup

HOMES = {"np": np, "math": math}
_CHOICE = ", and choose with `np.where(condition, a, b)`"
_INSTEAD: Mapping[type[ast.AST], str] = {
    ast.If: _CHOICE, ast.IfExp: _CHOICE, ast.BoolOp: ": `np.logical_and`, `np.logical_or`", ast.UnaryOp: ": `np.logical_not`",
    ast.Compare: ", two values compared at a time", ast.AugAssign: ": `x = x * y` for `x *= y`",
}  # fmt: skip


def no_formulas(tree: ast.FunctionDef) -> Iterator[tuple[ast.stmt | ast.expr, str, str]]:
    """What in a rule is not meant, in words, and a word on what to write instead."""
    names = {arg.arg for arg in tree.args.args}
    for default in tree.args.defaults:
        if not (isinstance(default, ast.Constant) and default.value is None):
            yield from _in_formula(default, frozenset())
    for statement in tree.body:
        match statement:
            case ast.Expr(ast.Constant(str())):
                pass
            case ast.Assign([ast.Name(name)], value):
                yield from _in_formula(value, frozenset(names))
                names.add(name)
            case ast.Return(ast.expr() as value) if statement is tree.body[-1]:
                for item in value.elts if isinstance(value, ast.Tuple) else [value]:
                    if not (isinstance(item, ast.Constant) and item.value is None):
                        yield from _in_formula(item, frozenset(names))
            case _ if statement is not tree.body[-1]:
                first = ast.unparse(statement).splitlines()[0]
                yield statement, f"`{first}`, which is neither a formula with a name nor a return,", _instead(statement)


def _in_formula(node: ast.AST, names: frozenset[str]) -> Iterator[tuple[ast.expr, str, str]]:
    match node:
        case ast.Name(name) if name in names:
            return
        case ast.Constant(bool() | int() | float()):
            return
        case ast.Attribute(ast.Name(home), name) if home in HOMES and home not in names:
            value = getattr(HOMES[home], name, None)
            if isinstance(value, int | float) or (isinstance(value, type) and issubclass(value, np.generic)):
                return
        case ast.Call() if _is_call(node, names):
            for part in (*node.args, *(word.value for word in node.keywords)):
                yield from _in_formula(part, names)
            return
        case ast.BinOp(_, op, _) if not isinstance(op, ast.MatMult):
            yield from _in_formula(node.left, names)
            yield from _in_formula(node.right, names)
            return
        case ast.UnaryOp(ast.USub() | ast.UAdd() | ast.Invert(), operand):
            yield from _in_formula(operand, names)
            return
        case ast.Compare(left, [ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE() | ast.Eq() | ast.NotEq()], [right]):
            yield from _in_formula(left, names)
            yield from _in_formula(right, names)
            return
    assert isinstance(node, ast.expr)
    yield node, f"`{ast.unparse(node)}`", _instead(node)


def _instead(node: ast.AST) -> str:
    return next((text for kind, text in _INSTEAD.items() if isinstance(node, kind)), "")


_OTHERS = frozenset({
    "float", "int", "bool", "round", "np.float64", "np.float32", "np.int64", "np.int32", "np.bool_", "np.round", "np.around",
    "np.zeros_like", "np.ones_like",
})  # fmt: skip
"""What works element by element and is not declared to."""


def _is_call(node: ast.Call, names: frozenset[str]) -> bool:
    """Is it a call of a function that has a rule and works element by element, with arguments for the parameters of that?"""
    function = None
    match node.func:
        case ast.Attribute(ast.Name(home), name) if home in HOMES and home not in names:
            function = getattr(HOMES[home], name, None)
        case ast.Name(name) if name not in names:
            function = getattr(builtins, name, None)
    found = lookup(function)
    if found is None or not (found.broadcasts or found.key in _OTHERS):
        return False
    words = [word.arg for word in node.keywords]
    left = found.params[len(node.args):]
    needed = [name for name in left if name not in found.defaults and name not in words]
    fits = len(node.args) <= len(found.params) or found.variadic
    whole = found.key != "np.where" or len(node.args) == len(found.params)
    starred = any(isinstance(arg, ast.Starred) for arg in node.args)
    return fits and whole and not starred and not needed and set(words) <= set(left)
