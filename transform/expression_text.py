"""One expression → one line of text, by astor.  A tuple has no brackets."""
from __future__ import annotations

import ast
import warnings

import astor


def source_of(node: ast.expr) -> str:
    """The expression on one line."""
    with warnings.catch_warnings():                     # (astor asks for ast.Num)
        warnings.simplefilter("ignore", DeprecationWarning)
        text: str = astor.to_source(ast.Expr(node), pretty_source="".join)
    return text.strip()
