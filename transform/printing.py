"""One expression → one line of text: by astor, or by `ast.unparse` on a Python that astor does not serve.

Both give the same text but for brackets around negative exponents.  A tuple has none.
"""
from __future__ import annotations

import ast
import sys
import warnings

_SERVED = sys.version_info < (3, 14)    # astor needs ast.Num, which 3.12 deprecates and 3.14 drops


def source_of(node: ast.expr) -> str:
    """The expression on one line."""
    if not _SERVED:
        if isinstance(node, ast.Tuple) and len(node.elts) > 1:
            return ", ".join(map(source_of, node.elts))
        return ast.unparse(ast.fix_missing_locations(ast.Expression(node)))
    import astor

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        text: str = astor.to_source(ast.Expr(node), pretty_source="".join)
    return text.strip()
