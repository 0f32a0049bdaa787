"""Code object in, its text out: found in the file, and checked against the bytecode.

In: a function whose file (or notebook cell) can still be read.
Out: a `Text`: the tree with the file's line numbers, and the lines.  What holds afterwards: the tree compiles to the
function's bytecode, so text that was edited since the import is never used.  The tree is shared between all who ask for
the same code: nobody may change it.
"""
from __future__ import annotations
import __future__

import ast
import linecache
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

from ..errors import UnsupportedError
from ..ir import Loc

_FUTURE_FLAGS = 0
for _name in __future__.all_feature_names:
    _FUTURE_FLAGS |= getattr(__future__, _name).compiler_flag


@dataclass(frozen=True, slots=True)
class Text:
    """`tree` is the definition (a lambda as a def that returns); `lines` are its lines from number `first` on,
    decorators included, without line ends; `in_class`: it stands in a class."""

    tree: ast.FunctionDef
    first: int
    lines: tuple[str, ...]
    in_class: bool


Found = tuple[ast.FunctionDef | ast.Lambda, ast.AST]
"""A function's node, and what it stands in."""

_FOUND: dict[tuple[str, CodeType], Text] = {}
"""Text that was verified once stays right for its code for good, whatever happens to the file."""


def locate(function: FunctionType) -> Text:
    """The text of a function, or UnsupportedError: no source, edited since, one of several lambdas."""
    code = function.__code__
    key = code.co_filename, code
    if key not in _FOUND:
        _FOUND[key] = _locate(function)
    return _FOUND[key]


def characters(text: str, offset: int) -> int:
    """A column in UTF-8 bytes, as `ast` counts, as a column in characters."""
    return offset if text.isascii() else len(text.encode()[:offset].decode(errors="ignore"))


def _locate(function: FunctionType) -> Text:
    code = function.__code__
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename, function.__globals__)
    if not lines:
        raise _no_source(function)
    text = "".join(lines)
    try:
        there = _functions_at(text).get(code.co_firstlineno, [])
    except SyntaxError:
        raise _edited(function) from None
    node, parent = _find(function, there)
    if not _compiles_to(text, code) and not _rewritten_by_pytest(function, node):
        raise _edited(function)
    tree = node if isinstance(node, ast.FunctionDef) else lambda_as_def(node, _name_of(parent))
    first = _first_line(node)
    own = tuple(line.rstrip("\r\n") for line in lines[first - 1 : node.end_lineno or first])
    return Text(tree, first, own, isinstance(parent, ast.ClassDef))


# ---- finding ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _parse(text: str) -> ast.Module:
    return ast.parse(text)


@lru_cache(maxsize=8)
def _functions_at(text: str) -> dict[int, list[Found]]:
    """Every function in a module, by the line that it begins on."""
    found: dict[int, list[Found]] = {}
    for node, parent in _functions(_parse(text)):
        found.setdefault(_first_line(node), []).append((node, parent))
    return found


def _find(function: FunctionType, there: Sequence[Found]) -> Found:
    """The function's node and that node's parent, among those that begin on its line.  Of more than one lambda there it
    is the one whose body the code computes; they are refused if the code knows no columns."""
    code = function.__code__
    wanted = ast.Lambda if code.co_name == "<lambda>" else ast.FunctionDef
    found = [
        (node, parent)
        for node, parent in there
        if isinstance(node, wanted) and (isinstance(node, ast.Lambda) or node.name == code.co_name)
    ]
    if len(found) > 1:
        found = sorted(_around(code, found), key=lambda one: _start(one[0]))[-1:]
    if not found:
        raise _edited(function)
    return found[0]


def _around(code: CodeType, found: Sequence[Found]) -> list[Found]:
    """Those of several lambdas that lie around all that the code computes: the innermost of them is its own."""
    spans = [(line, column, end) for line, _, column, end in code.co_positions() if line is not None and column is not None]
    places = [(line, column) for line, column, end in spans if end]                 # (the others are no text)
    if not places:
        raise UnsupportedError(
            "more than one lambda starts on this line",
            loc=Loc(code.co_filename, code.co_firstlineno, 0, 0, ""),
            reason="its code has no columns that would tell which one was meant (`-X no_debug_ranges`)",
            remedy="write the function with `def`, or put each lambda on a line of its own",
        )
    return [
        (node, parent)
        for node, parent in found
        if isinstance(node, ast.Lambda) and all(_start(node.body) <= place < _end(node.body) for place in places)
    ]


def _start(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _end(node: ast.expr) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset


def _functions(module: ast.Module) -> Iterator[Found]:
    """Every function in the module with the node that it stands in."""
    pending: list[ast.AST] = [module]
    while pending:
        parent = pending.pop()
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, ast.FunctionDef | ast.Lambda):
                yield node, parent
            pending.append(node)


def _first_line(node: ast.AST) -> int:
    """The first line of a node with its decorators, as the compiler counts it."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    line: int = min((decorator.lineno for decorator in decorators), default=getattr(node, "lineno", 0))
    return line


def lambda_as_def(node: ast.Lambda, name: str) -> ast.FunctionDef:
    """`lambda ...: e` as `def name(...): return e`, at the same place."""
    value = ast.copy_location(ast.Return(value=node.body), node.body)
    more: dict[str, Any] = {"type_params": []} if "type_params" in ast.FunctionDef._fields else {}
    return ast.copy_location(ast.FunctionDef(name=name, args=node.args, body=[value], decorator_list=[], **more), node)


def _name_of(parent: ast.AST) -> str:
    """The name that a lambda is assigned to."""
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
        return parent.targets[0].id
    return "lambda_"


# ---- refusing -----------------------------------------------------------------------------------------------


def _line(function: FunctionType) -> Loc:
    code = function.__code__
    return Loc(code.co_filename, code.co_firstlineno, 0, 0, "")


def _no_source(function: FunctionType) -> UnsupportedError:
    return UnsupportedError(
        f"the source of `{function.__qualname__}` is not available",
        reason=f"it was made in {function.__code__.co_filename}, which cannot be read (exec, eval or a plain prompt)",
        remedy="write the function in a .py file or in a notebook cell",
    )


def _edited(function: FunctionType) -> UnsupportedError:
    if function.__code__.co_filename == "<string>":     # of which there is one text, that of `python -c`, and many others
        return _no_source(function)
    return UnsupportedError(
        f"the source of `{function.__qualname__}` is not what is running",
        loc=_line(function),
        reason="the file was edited after it was imported (or something rewrote the function on import)",
        remedy="restart Python, or reload the module with importlib.reload",
    )


def method(function: FunctionType, found: Text) -> UnsupportedError:
    """The error for a function that stands in a class."""
    number = found.tree.lineno
    text = found.lines[number - found.first]
    column = characters(text, found.tree.col_offset)
    return UnsupportedError(
        f"`{function.__qualname__}` is defined in a class and cannot be differentiated",
        loc=Loc(function.__code__.co_filename, number, column, len(text), text),
        reason="a method's state is not among its arguments, so no derivative with respect to it could be returned",
        remedy="move the function out of the class and pass it the arrays and numbers that it needs",
    )


# ---- comparing with the bytecode ----------------------------------------------------------------------------


def _compiles_to(text: str, code: CodeType) -> bool:
    """Does the text, compiled again, have this very code on its line?

    A file is compiled whole (how a call is compiled depends on what the file imports), a notebook cell statement by
    statement."""
    flags = code.co_flags & _FUTURE_FLAGS | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    wanted = _content(code)

    def found(codes: Iterable[CodeType]) -> bool:
        here = (one for one in codes if (one.co_name, one.co_firstlineno) == (code.co_name, code.co_firstlineno))
        return any(_content(one) == wanted for one in here)

    try:
        return found(_compile(text, flags)) or any(
            found(_codes(_compiled(ast.Module([statement], []), flags)))
            for statement in _parse(text).body
            if _first_line(statement) <= code.co_firstlineno <= (statement.end_lineno or statement.lineno)
        )
    except (SyntaxError, ValueError):
        return False


@lru_cache(maxsize=8)
def _compile(text: str, flags: int) -> tuple[CodeType, ...]:
    """Every function's code in a file.  (Of a tree that is high Python makes none: of its text it does.)"""
    return tuple(_codes(_compiled(text, flags)))


def _compiled(text: str | ast.Module, flags: int) -> CodeType:
    compiled: CodeType = compile(text, "<text>", "exec", flags=flags, dont_inherit=True)
    return compiled


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _content(code: CodeType) -> tuple[object, ...]:
    """Everything that decides what a code computes; not where it stands in its file."""
    return (
        code.co_code,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_flags,
        code.co_exceptiontable,
        tuple(_constant(constant) for constant in code.co_consts),
    )


def _constant(constant: object) -> object:
    """A constant such that 1, 1.0 and True differ, and 0.0 and -0.0."""
    if isinstance(constant, CodeType):
        return _content(constant)
    if isinstance(constant, tuple):
        return tuple(_constant(item) for item in constant)
    if isinstance(constant, frozenset):
        return frozenset(_constant(item) for item in constant)
    return type(constant), repr(constant)


def _rewritten_by_pytest(function: FunctionType, node: ast.AST) -> bool:
    """pytest compiles the asserts of test modules into something else; such a function cannot be compared."""
    return "@pytest_ar" in function.__globals__ and any(isinstance(part, ast.Assert) for part in ast.walk(node))
