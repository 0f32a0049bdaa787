"""One expression → one line of text, by astor where it serves this Python, else by `ast.unparse`."""
from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Callable


def _by_astor() -> Callable[[ast.expr], str] | None:
    """astor was written for Python 3.8 and works, with deprecation warnings, as long as `ast.Num` exists."""
    if sys.version_info >= (3, 12):
        return None
    import astor

    def to_source(node: ast.expr) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            text: str = astor.to_source(ast.Expr(node), pretty_source="".join)
        return text.strip()

    return to_source


def source_of(node: ast.expr) -> str:
    """The expression on one line."""
    return ast.unparse(ast.fix_missing_locations(ast.Expression(node)))
