"""What temporaries are called where they have to be written: after what they hold.

`u[i]` is ``u_i``, `np.exp(x)` is ``exp_x``, a product ``prod``; `final_names` numbers those that live at the same time.
"""
from __future__ import annotations

from .ir import Const, Index, Operand, Var

_HINTS = {"+": "total", "-": "diff", "*": "prod", "/": "quot", "**": "power", "neg": "minus", "item": "dim",
          "tuple": "shape", "@": "product",
          "//": "whole", "%": "rest", "bool": "flag"}  # fmt: skip


def op_hint(op: str) -> str:
    """For the result of an operator or attribute."""
    word = op.split(".")[-1]
    known = _HINTS.get(op) or (_HINTS.get(op[:-1]) if op.endswith("=") and op not in ("==", "<=", ">=", "!=") else None)
    return known or (word if word.isidentifier() else "flag")


def _spelling(operand: Index) -> str:
    match operand:
        case Var(name):
            return name.lstrip("%").split(".")[0]
        case Const(value):
            return str(value).replace("-", "m").replace(".", "_")
        case _:
            return ""


def element_hint(array: Var, index: tuple[Index, ...]) -> str:
    """For an element: the array and the index, as far as they are names and numbers."""
    parts = [_spelling(array), *map(_spelling, index)]
    return "_".join(part for part in parts if part)


def call_hint(key: str, args: list[Operand]) -> str:
    """For the result of a function."""
    name = key.lstrip(".").split(".")[-1]
    named = [_spelling(arg) for arg in args if isinstance(arg, Var)]
    return "_".join([name if name.isidentifier() else "value", *(named[:2] or [""])])
