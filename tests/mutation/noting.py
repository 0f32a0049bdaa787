"""A package whose functions note which of their statements run, far faster than a trace function can.

In: a folder of modules that nobody has imported yet.  Out: `Noting`; between two calls of `taken` it has noted the statements that
ran.  The text of a module stays as it is, its code gets a store in front of each statement.  Left out are `runtime/`, whose
functions are Numba's to compile, and functions that the package reads as it reads a user's: their code must be that of the text.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

RAN = "__ran__"
LEFT_OUT = ("runtime/", "transform/resolve/numpy_texts.py")


class Noting(MetaPathFinder):
    """Finds the modules of the package, and has what they note, by path in the package and by the line of the statement."""

    def __init__(self, package: Path) -> None:
        self.package = package.resolve()
        self.ran: dict[str, bytearray] = {}
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name.split(".")[0] != "wengert":
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin is not None and type(spec.loader) is SourceFileLoader:
            origin = Path(spec.origin).resolve()
            inside = origin.relative_to(self.package).as_posix()
            if not inside.startswith(LEFT_OUT):
                self.ran[inside] = bytearray(origin.read_bytes().count(b"\n") + 2)
                spec.loader = _Loader(name, spec.origin, self.ran[inside])
        return spec

    def taken(self) -> Iterator[tuple[str, int]]:
        """The statements that ran since it was asked last."""
        for path, ran in self.ran.items():
            line = ran.find(1)
            while line >= 0:
                ran[line] = 0
                yield path, line
                line = ran.find(1, line)


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, ran: bytearray) -> None:
        super().__init__(name, path)
        self.ran = ran

    def get_code(self, fullname: str) -> CodeType:
        tree = _Notes().visit(ast.parse(Path(self.path).read_text()))
        code: CodeType = compile(ast.fix_missing_locations(tree), self.path, "exec")
        return code

    def exec_module(self, module: ModuleType) -> None:
        setattr(module, RAN, self.ran)
        super().exec_module(module)


class _Notes(ast.NodeTransformer):
    """`__ran__[line] = 1` in front of every statement of every function."""

    def __init__(self) -> None:
        self.inside = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        outer, self.inside = self.inside, True
        docstring = node.body[:1] if ast.get_docstring(node, clean=False) is not None else []
        node.body = [*docstring, *self.noted(node.body[len(docstring) :])] or node.body
        self.inside = outer
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if not self.inside:
            return super().generic_visit(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(node, name, self.noted(value))
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, ast.excepthandler | ast.match_case):
                        self.generic_visit(item)
        return node

    def noted(self, body: list[ast.stmt]) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for statement in body:
            note = ast.parse(f"{RAN}[{statement.lineno}] = 1").body[0]
            for part in ast.walk(note):
                ast.copy_location(part, statement)
            out += [note, self.visit(statement)]
        return out


def owners(text: str) -> dict[int, int]:
    """For each line inside a function the line of the innermost statement that it belongs to."""
    found: dict[int, int] = {}

    def enter(node: ast.AST, inside: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if inside and isinstance(child, ast.stmt):
                found.update(dict.fromkeys(range(child.lineno, (child.end_lineno or child.lineno) + 1), child.lineno))
            enter(child, inside or isinstance(child, ast.FunctionDef))

    enter(ast.parse(text), False)
    return found
