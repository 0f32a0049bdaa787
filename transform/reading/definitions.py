"""Which names are parameters for Numba, while it makes constants of their ranks and lengths.

Numba gives a name a new version where it is bound on every path (`x = x[1:]` at the top of a function); what is bound under a
condition or in a loop is one version with what was bound before, and then none of it is a parameter.  Its own frontend is asked.
"""
from __future__ import annotations

import ast
from functools import lru_cache
from types import FunctionType

from numba.core import ir
from numba.core.compiler import run_frontend
from numba.core.errors import NumbaError

from .scopes import within
from .source import Source


def is_parameter(source: Source, node: ast.Name) -> bool:
    """Does what is read have one definition, as a parameter?"""
    stores = _stores(source, node.id)
    if any((store.lineno, store.col_offset) < (node.lineno, node.col_offset) for store in stores):
        return False
    return not stores or (not source.nested and node.id in _parameters(source.function))


def is_given(source: Source, node: ast.Name) -> bool:
    """Is what is read the argument itself, whatever is bound to the name afterwards?"""
    loops = [list(within([part])) for part in within(source.tree.body) if isinstance(part, ast.For | ast.While)]
    again = {id(part) for loop in loops if node in loop for part in loop}
    stores = _stores(source, node.id)
    return not any((store.lineno, store.col_offset) < (node.lineno, node.col_offset) or id(store) in again for store in stores)


def _stores(source: Source, name: str) -> list[ast.Name]:
    names = [found for found in within(source.tree.body) if isinstance(found, ast.Name) and found.id == name]
    return [found for found in names if isinstance(found.ctx, ast.Store)]


@lru_cache(maxsize=256)
def _parameters(function: FunctionType) -> frozenset[str]:
    """Those with one definition."""
    try:
        func_ir = run_frontend(function)
    except (NumbaError, NotImplementedError, AssertionError):
        return frozenset()
    names = {s.target.name for s in func_ir.blocks[min(func_ir.blocks)].find_insts(ir.Assign) if isinstance(s.value, ir.Arg)}
    return frozenset(name for name in names if len(func_ir._definitions[name]) == 1)
