"""`x in a`, where a is an array: does any element equal x?"""
from __future__ import annotations

from ..ir import Array, Assign, Const, Operand, Scalar, Var
from .builder import Builder
from .refuse import refuse


def searched(s: Assign, item: Operand, whole: Operand, b: Builder) -> None:
    type_ = b.types.get(whole.name) if isinstance(whole, Var) else None
    if not isinstance(whole, Var) or not isinstance(type_, Array):
        raise refuse(s, f"`{s.op}` something that is neither a tuple, a list nor an array", "there is no rule for the search",
                      "write the values as a tuple: `x in (a, b)`")  # fmt: skip
    found = b.assign("found", Scalar("bool"), "=", Const(False))

    def look(place: tuple[Var, ...]) -> None:
        same = b.assign("same", Scalar("bool"), "==", b.load(whole, place, "element"), item)
        b.when(same, lambda: b.emit(Assign(found, "=", (Const(True),), loc=b.loc)))

    b.loops([b.extent(whole, axis) for axis in range(type_.ndim)], look)
    b.emit(Assign(s.target, "=" if s.op == "in" else "not", (found,), loc=b.loc))
