"""The skeleton of control and memory of a function: what stays when names, constants and operators are taken away.

In: a Python function. Out: a string; two programs with the same string walk through control and memory alike. It keeps
the nesting of loops, branches and nested functions, what loops run over, exits, and for every statement what it does to
memory: allocates, copies, binds a view or an alias, loads or stores an element or a slice of how many axes, updates in
place, calls a helper or a method, makes a list or a tuple. Straight runs of scalar statements count as one. A parameter
or local counts as an array once it is subscripted, asked for `.size` or the like, or assigned from something that is one.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

ALLOCATIONS = {"zeros", "ones", "empty", "full", "zeros_like", "empty_like", "copy"}
VIEWS = {"T", "reshape", "ravel"}
REDUCTIONS = {"sum", "mean", "dot"}
BUILTINS = {"range", "len", "abs", "min", "max", "pow"}
SHAPES = {"shape", "size"}


def tree_of(function: Callable[..., Any]) -> ast.FunctionDef:
    """The definition of a function, without its docstring."""
    definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(definition, ast.FunctionDef)
    if ast.get_docstring(definition) is not None:
        definition.body = definition.body[1:]
    return definition


def statement_count(function: Callable[..., Any]) -> int:
    """Statements in the body at any depth, docstring left out."""
    return sum(isinstance(node, ast.stmt) for node in ast.walk(tree_of(function))) - 1


def skeleton(function: Callable[..., Any]) -> str:
    definition = tree_of(function)
    return _Reader(_array_names(definition)).block(definition.body)


def _array_names(definition: ast.FunctionDef) -> frozenset[str]:
    """Names that are used as arrays; found again until nothing is added."""
    arrays: set[str] = set()
    for node in ast.walk(definition):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.value, ast.Name):
            arrays.add(node.value.id)
    arrays -= {"math", "np"}
    size = -1
    while size != len(arrays):
        size = len(arrays)
        for node in ast.walk(definition):
            if isinstance(node, ast.Assign):
                for target, value in _pairs(node):
                    if isinstance(target, ast.Name) and _yields_array(value, arrays):
                        arrays.add(target.id)
    return frozenset(arrays)


def _pairs(node: ast.Assign) -> Iterable[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def _yields_array(value: ast.expr, arrays: set[str]) -> bool:
    match value:
        case ast.Name(id=name):
            return name in arrays
        case ast.BinOp(left=left, right=right):
            return _yields_array(left, arrays) or _yields_array(right, arrays)
        case ast.UnaryOp(operand=operand):
            return _yields_array(operand, arrays)
        case ast.IfExp(body=body, orelse=orelse):
            return _yields_array(body, arrays) or _yields_array(orelse, arrays)
        case ast.Subscript(slice=index, value=base):
            return _yields_array(base, arrays) and "slice" in _index(index)
        case ast.Attribute(attr="T"):
            return True
        case ast.Call(func=ast.Attribute(attr=name), args=args):
            if name in ALLOCATIONS or name in VIEWS:
                return True
            return name not in REDUCTIONS and any(_yields_array(arg, arrays) for arg in args)
    return False


def _index(index: ast.expr) -> str:
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    kinds = []
    for part in parts:
        if isinstance(part, ast.Constant) and part.value is None:
            kinds.append("new axis")
        elif isinstance(part, ast.Slice):
            kinds.append("slice" if part.step is None else "strided slice")
        elif any(isinstance(node, ast.Subscript) for node in ast.walk(part)):
            kinds.append("gather")
        else:
            kinds.append("at")
    return ",".join(kinds)


class _Reader:
    """Writes statements down as skeletons, given the names that are arrays."""

    def __init__(self, arrays: frozenset[str]) -> None:
        self.arrays = arrays

    def block(self, statements: list[ast.stmt]) -> str:
        lines: list[str] = []
        for statement in statements:
            line = self.statement(statement)
            if not (line == "scalar" and lines and lines[-1] == line):
                lines.append(line)
        return "{" + "; ".join(lines) + "}"

    def statement(self, node: ast.stmt) -> str:
        match node:
            case ast.For(iter=ast.Call(func=ast.Name(id="range"), args=bounds), body=body, orelse=orelse):
                return f"for{len(bounds)}{self.reads(*bounds)}{self.block(body)}{self.otherwise(orelse)}"
            case ast.For(target=target, iter=iterated, body=body, orelse=orelse):
                each = f"for {self.iteration(iterated)} in {type(target).__name__.lower()}"
                return f"{each}{self.reads(iterated)}{self.block(body)}{self.otherwise(orelse)}"
            case ast.While(test=test, body=body, orelse=orelse):
                return f"while{self.reads(test)}{self.block(body)}{self.otherwise(orelse)}"
            case ast.If(test=test, body=body, orelse=orelse):
                return f"if{self.reads(test)}{self.block(body)}{self.otherwise(orelse)}"
            case ast.FunctionDef(body=body):
                return f"def{self.block(body)}"
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))):
                return f"method {name}"
            case ast.Return(value=value) if value is not None:
                return f"return{self.reads(value)}"
            case ast.AugAssign(target=target, value=value):
                return self.write(target, value, "update ")
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                both = zip(targets, values, strict=True)
                written = [self.write(target, value, "") for target, value in both]
                return "scalar" if set(written) == {"scalar"} else "(" + ", ".join(written) + ")"
            case ast.Assign(targets=targets, value=value):
                written = [self.write(target, value, "") for target in targets]
                return written[0] if len(set(written)) == 1 else "(" + ", ".join(written) + ")"
        return type(node).__name__

    def otherwise(self, statements: list[ast.stmt]) -> str:
        return " else" + self.block(statements) if statements else ""

    def iteration(self, iterated: ast.expr) -> str:
        """What a loop runs over: a function of how many arguments, or an array, a tuple and the like."""
        match iterated:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args):
                return f"{name}({', '.join(self.iteration(arg) for arg in args)})"
        return type(iterated).__name__.lower()

    def write(self, target: ast.expr, value: ast.expr, how: str) -> str:
        reads = self.reads(value)
        match target:
            case ast.Subscript(slice=index):
                return f"{how}store[{_index(index)}]{reads}"
            case ast.Tuple(elts=elements):
                return f"unpack{len(elements)}{reads}"
            case ast.Name(id=name) if name in self.arrays:
                return f"{how}{self.binding(value)}{reads}"
        return f"scalar{reads}"

    def binding(self, value: ast.expr) -> str:
        match value:
            case ast.Name():
                return "alias"
            case ast.IfExp():
                return "choose"
            case ast.Subscript() | ast.Attribute(attr="T"):
                return "view"
            case ast.Call(func=ast.Attribute(attr=name)) if name in VIEWS:
                return "view"
        return "array"

    def reads(self, *values: ast.expr) -> str:
        """What the expressions do to memory, each kind once, in a fixed order."""
        seen: set[str] = set()
        for value in values:
            for node in ast.walk(value):
                self.read(node, seen)
        return f"<{' '.join(sorted(seen))}>" if seen else ""

    def read(self, node: ast.AST, seen: set[str]) -> None:
        match node:
            case ast.Subscript(value=ast.Attribute(attr="shape")):
                pass
            case ast.Subscript(slice=index):
                seen.add(f"load[{_index(index)}]")
            case ast.Name(id=name) if name in self.arrays:
                seen.add("array")
            case ast.Attribute(attr=name) if name in VIEWS:
                seen.add(name)
            case ast.Call(func=ast.Attribute(attr=name)) if name in ALLOCATIONS | REDUCTIONS:
                seen.add(name)
            case ast.ListComp() | ast.List() | ast.Tuple() | ast.Lambda():
                seen.add(type(node).__name__.lower())
            case ast.Constant(value=None):
                seen.add("none")
            case ast.Call(func=ast.Name(id=name)) if name not in BUILTINS:
                seen.add("call")
            case ast.BinOp(op=ast.MatMult()):
                seen.add("matmul")
            case ast.IfExp():
                seen.add("ternary")
