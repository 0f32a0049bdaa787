"""Operands and primitives → Python expressions.

The one place that knows how an op is written.  `emit` uses it for the text that users read, `analyses/types.py` for the
flat text that Numba infers types from.
"""
from __future__ import annotations

import ast
import copy
import math
from collections.abc import Callable, Iterable, Sequence

from .ir import Const, Ellipsis_, Index, Operand, Slice, Var, View

Name = Callable[[str], str]

BINARY: dict[str, ast.operator] = {
    "+": ast.Add(), "-": ast.Sub(), "*": ast.Mult(), "/": ast.Div(), "//": ast.FloorDiv(), "%": ast.Mod(),
    "**": ast.Pow(), "@": ast.MatMult(), "&": ast.BitAnd(), "|": ast.BitOr(), "^": ast.BitXor(), "<<": ast.LShift(),
    ">>": ast.RShift(),
}  # fmt: skip
COMPARE: dict[str, ast.cmpop] = {
    "<": ast.Lt(), "<=": ast.LtE(), ">": ast.Gt(), ">=": ast.GtE(), "==": ast.Eq(), "!=": ast.NotEq(),
}  # fmt: skip
UNARY: dict[str, ast.unaryop] = {"neg": ast.USub(), "pos": ast.UAdd(), "not": ast.Not(), "~": ast.Invert()}
ARITHMETIC = frozenset({*BINARY, *UNARY})
ATTRIBUTES = {".T", ".shape", ".size", ".ndim", ".flat", ".dtype"}


def load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def dotted(name: str) -> ast.expr:
    root, *rest = name.split(".")
    expression: ast.expr = load(root)
    for attribute in rest:
        expression = ast.Attribute(expression, attribute, ast.Load())
    return expression


def call(function: str, args: Iterable[ast.expr]) -> ast.Call:
    return ast.Call(dotted(function), list(args), [])


def constant(const: Const) -> ast.expr:
    if const.label is not None:
        return dotted(const.label)
    value = const.value
    if isinstance(value, float) and not math.isfinite(value):
        plain: ast.expr = dotted("np.nan" if math.isnan(value) else "np.inf")
        plain = ast.UnaryOp(ast.USub(), plain) if value < 0 else plain
    elif isinstance(value, int | float) and not isinstance(value, bool) and (value < 0 or (value == 0 and str(value)[0] == "-")):
        plain = ast.UnaryOp(ast.USub(), ast.Constant(-value))
    else:
        plain = ast.Constant(value)
    return call(f"np.{const.dtype}", [plain]) if const.dtype else plain


def operand(item: Operand, name: Name) -> ast.expr:
    return load(name(item.name)) if isinstance(item, Var) else constant(item)


def copied(expression: ast.expr) -> ast.expr:
    """The same expression in nodes of its own: printers leave marks on nodes."""
    if isinstance(expression, ast.Name):
        return ast.Name(expression.id, expression.ctx)
    new = copy.copy(expression)
    for field, value in ast.iter_fields(expression):
        if isinstance(value, ast.expr):
            setattr(new, field, copied(value))
        elif isinstance(value, list):
            setattr(new, field, [copied(item) if isinstance(item, ast.expr) else item for item in value])
    return new


def subscript(array: ast.expr, index: tuple[ast.expr, ...], context: ast.expr_context | None = None) -> ast.Subscript:
    if not index:
        where: ast.expr = ast.Slice()
    else:
        where = index[0] if len(index) == 1 else ast.Tuple(list(index), ast.Load())
    return ast.Subscript(array, where, context or ast.Load())


def index_item(item: Index, spell: Callable[[Operand], ast.expr]) -> ast.expr:
    match item:
        case Slice(start, stop, step):
            return ast.Slice(*(None if part is None else spell(part) for part in (start, stop, step)))
        case Ellipsis_():
            return ast.Constant(...)
        case _:
            return spell(item)


def primitive(op: str, args: list[ast.expr]) -> ast.expr:
    """`op` applied to expressions, written the way a person would."""
    if op in ("=", "bind"):
        return args[0]
    if op in ("+", "-") and len(args) == 2 and (positive := without_minus(args[1])) is not None:
        return ast.BinOp(args[0], ast.Sub() if op == "+" else ast.Add(), positive)
    if op in BINARY and len(args) == 2:
        return ast.BinOp(args[0], BINARY[op], args[1])
    if op.endswith("=") and op[:-1] in BINARY:
        return ast.BinOp(args[0], BINARY[op[:-1]], args[1])
    if op in COMPARE:
        return ast.Compare(args[0], [COMPARE[op]], [args[1]])
    if op in ("in", "not in"):
        return ast.Compare(args[0], [ast.In() if op == "in" else ast.NotIn()], [args[1]])
    if op == "neg" and (positive := without_minus(args[0])) is not None:
        return positive
    if op in UNARY:
        return ast.UnaryOp(UNARY[op], args[0])
    if op in ("item", "part"):
        return ast.Subscript(args[0], args[1], ast.Load())
    if op.startswith("field:"):
        return ast.Attribute(args[0], op[6:], ast.Load())
    if op in ("apply", "foreign", "foreign:unsure", "foreign:acts", "record"):
        return ast.Call(args[0], args[1:], [])
    if op == "tuple":
        return ast.Tuple(args, ast.Load())
    if op == "rounds_of":
        op = "len"
    if op == "list_of":                                 # the items come one by one; of which type is all that is asked here
        return ast.List([], ast.Load())
    if op == ".append":
        args = args[:2]
    if op == ".permute":                                # sorting, whose order is known; it only has to be typed
        op, args = ".sort", args[:1]
    if op == "list":
        return ast.List(args, ast.Load())
    if op.startswith("cast:"):
        return call(f"np.{op[5:]}", args)
    if op in ATTRIBUTES:
        return ast.Attribute(args[0], op[1:], ast.Load())
    if op == ".reshape" and len(args) == 1:
        args = [*args, ast.Tuple([], ast.Load())]
    if op.startswith("."):
        return ast.Call(ast.Attribute(args[0], op[1:], ast.Load()), _without_trailing_none(args[1:]), [])
    return call(op, args if op == "np.clip" else _without_trailing_none(args))         # its last bound has no default for Numba


def without_minus(product: ast.expr) -> ast.expr | None:
    """`0.5 * x / y` for `-0.5 * x / y`, the same to the bit but for the sign; None where no such number stands in front."""
    match product:
        case ast.BinOp(ast.UnaryOp(ast.USub(), ast.Constant(float()) as factor), ast.Mult() | ast.Div() as op, right):
            return ast.BinOp(factor, op, right)
        case ast.BinOp(ast.BinOp() as left, ast.Mult() | ast.Div() as op, right) if (positive := without_minus(left)) is not None:
            return ast.BinOp(positive, op, right)
        case ast.BinOp(left, ast.Mult() | ast.Div() as op, ast.BinOp() as right) if (positive := without_minus(right)) is not None:
            return ast.BinOp(left, op, positive)
        case _:
            return None


def negated_number(expression: ast.expr) -> ast.expr | None:
    """`x` for `-x`: of floats that is what the negative of `-x` is."""
    match expression:
        case ast.UnaryOp(ast.USub(), operand) if not isinstance(operand, ast.Constant):
            return operand
        case _:
            return None


def called(targets: Sequence[str], routine: str, args: Sequence[str]) -> str:
    """A call of a routine as a statement."""
    return f"{', '.join(targets)}{' = ' if targets else ''}{routine}({', '.join(args)})"


def _without_trailing_none(args: list[ast.expr]) -> list[ast.expr]:
    while args and isinstance(args[-1], ast.Constant) and args[-1].value is None:
        args = args[:-1]
    return args


def view(statement: View, array: ast.expr, spell: Callable[[Operand], ast.expr]) -> ast.expr:
    match statement.kind:
        case "=":
            return array
        case "index" | "kept":
            return subscript(array, tuple(index_item(item, spell) for item in statement.args))
        case ".T":
            return ast.Attribute(array, "T", ast.Load())
        case _:
            args = [index_item(item, spell) for item in statement.args]
            shape = args if len(args) == 1 or statement.kind == ".ravel" else [ast.Tuple(args, ast.Load())]
            return ast.Call(ast.Attribute(array, statement.kind[1:], ast.Load()), list(shape), [])


def raised(exception: Operand, args: tuple[Operand, ...], spell: Callable[[Operand], ast.expr]) -> ast.expr:
    """What stands after `raise`."""
    return ast.Call(spell(exception), [spell(arg) for arg in args], [])


def negated(condition: ast.expr) -> ast.expr:
    """`not condition`, without two nots in a row."""
    if isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Not):
        return condition.operand
    return ast.UnaryOp(ast.Not(), condition)


def chosen(test: ast.expr, then: ast.expr, orelse: ast.expr, is_bool: bool) -> ast.expr:
    """`then if test else orelse`, as `and` or `or` where it is one; `is_bool`: the test is True or False."""
    same = ast.dump(test)
    if ast.dump(orelse) == same or (is_bool and isinstance(orelse, ast.Constant) and orelse.value is False):
        return _chain(ast.And(), test, then)
    if ast.dump(then) == same or (is_bool and isinstance(then, ast.Constant) and then.value is True):
        return _chain(ast.Or(), test, orelse)
    return ast.IfExp(test, then, orelse)


def _chain(op: ast.boolop, left: ast.expr, right: ast.expr) -> ast.BoolOp:
    """`a and b and c`, however it is put together: the order is the same."""
    parts = [part.values if isinstance(part, ast.BoolOp) and type(part.op) is type(op) else [part] for part in (left, right)]
    return ast.BoolOp(op, [*parts[0], *parts[1]])


def plain(expression: ast.expr) -> bool:
    """Names, constants, and what indexes them by sums of such."""
    return sum(isinstance(node, ast.BinOp | ast.Call | ast.Subscript) for node in ast.walk(expression)) <= 3 and not any(
        isinstance(node, ast.Call | ast.IfExp) for node in ast.walk(expression)
    )
