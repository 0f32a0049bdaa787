"""`x[np.where(c)]`: a tuple of arrays as an index is taken apart, `x[i, j]`."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..ir import Accumulate, Array, Assign, Const, Function, Load, Statement, Store, TupleOf, Type, Var
from ..names import Namer
from ..walk import map_block, names


def with_plain_indices(function: Function) -> Function:
    types: dict[str, Type] = dict(function.types)
    namer = Namer(names(function))

    def statement(s: Statement) -> Iterable[Statement]:
        match s:
            case Load(index=(Var(name) as whole,)) | Store(index=(Var(name) as whole,)) | Accumulate(index=(Var(name) as whole,)):
                type_ = types.get(name)
                if isinstance(type_, TupleOf) and all(isinstance(item, Array) for item in type_.items):
                    parts = [namer.temporary("index") for _ in type_.items]
                    types.update((part.name, item) for part, item in zip(parts, type_.items, strict=True))
                    taken = [Assign(part, "item", (whole, Const(k)), loc=s.loc) for k, part in enumerate(parts)]
                    return [*taken, replace(s, index=tuple(parts))]
        return [s]

    return replace(function, body=map_block(function.body, statement), types=types)
