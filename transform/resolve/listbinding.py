"""Names of lists: what a new list is called, and growing under a name that stands for several."""
from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ..analyses.cells import cells_of
from ..ir import Assign, Block, Function, Grow, ListOf, Scalar, Statement, Var
from ..names import Namer, is_temporary
from ..walk import binds, blocks, map_bind, map_block, map_reads, reads, walk
from .builder import Builder


def named(function: Function) -> Function:
    """A list that is made in a temporary and then bound to a name for good is made under that name."""
    bound = Counter(var.name for s in walk(function.body) for var in binds(s))
    read = Counter(var.name for s in walk(function.body) for var in reads(s))
    final: dict[str, Var] = {}

    def block(statements: Block) -> None:
        for position, s in enumerate(statements):
            for inner in blocks(s):
                block(inner)
            match s:
                case Assign(target, "bind", (Var(made),)) if is_temporary(made) and isinstance(function.types.get(made), ListOf):
                    here = [earlier for earlier in statements[:position] if any(var.name == made for var in binds(earlier))]
                    before = sum(var.name == made for earlier in walk(statements[:position]) for var in reads(earlier))
                    if here and bound[made] == bound[target.name] == 1 and read[made] == before + 1:
                        final[made] = target
                case _:
                    pass

    def change(s: Statement) -> list[Statement]:
        if isinstance(s, Assign) and s.op == "bind" and isinstance(s.args[0], Var) and final.get(s.args[0].name) == s.target:
            return []
        s = map_reads(s, lambda operand: final.get(operand.name, operand) if isinstance(operand, Var) else operand)
        return [map_bind(s, lambda var: final.get(var.name, var))]

    block(function.body)
    return replace(function, body=map_block(function.body, change)) if final else function


def rebound(function: Function, namer: Namer) -> Function:
    """Where a name is bound to several lists, growing binds it once more."""
    cells = cells_of(function)
    types = dict(function.types)

    def change(s: Statement) -> list[Statement]:
        if not isinstance(s, Grow) or s.tape.name not in cells:
            return [s]
        b = Builder(types, namer, s.loc)
        full = b.assign("full", Scalar("bool"), ">=", s.position, b.integer("room", "len", s.tape))
        b.when(full, lambda: b.emit(Assign(s.tape, "grow", (s.tape,), loc=s.loc)))
        return b.out

    return replace(function, body=map_block(function.body, change), types=types)
