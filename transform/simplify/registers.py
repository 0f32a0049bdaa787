"""`x_bar[i] += ...` in a loop that i does not depend on becomes a sum in a number, added to memory once after the loop.

Only for adjoints and tangents, whose sums may be taken in any order; only if the loop touches that memory in no other way.
LLVM cannot do this by itself: it would have to prove that no other array of the loop overlaps.  A loop that does not run must not
touch the element, which may not exist: unless it is known to, the addition is made only if the loop has run.
"""
from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from ..analyses.aliases import Aliases, aliases_of
from ..analyses.cells import cells_of
from ..analyses.contents import contents
from ..analyses.extents import Extents, Term
from ..ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    Const,
    Ellipsis_,
    For,
    Function,
    If,
    Scalar,
    Slice,
    Statement,
    Type,
    Var,
)
from ..names import Namer, base
from ..switches import on
from ..walk import all_binds, binds, blocks, map_block, names, operands, walk, with_blocks, written


def promote(function: Function) -> Function:
    """The function with such sums kept in numbers."""
    if not on("registers"):
        return function
    memory = aliases_of(function)
    namer = Namer(names(function))
    types = dict(function.types)

    bound = frozenset(var.name for s in walk(function.body) for var in binds(s))
    extents = Extents(function, bound - cells_of(function))

    def block(statements: Block, around: tuple[For, ...]) -> Block:
        out: list[Statement] = []
        for s in statements:
            inside = (*around, s) if isinstance(s, For) else around
            inner = tuple(block(b, inside) for b in blocks(s))
            s = with_blocks(s, inner) if inner else s
            out += _loop(s, around, memory, extents, namer, types, function.named) if isinstance(s, For) else [s]
        return tuple(out)

    return replace(function, body=block(function.body, ()), types=types)


def _loop(
    loop: For, around: tuple[For, ...], memory: Aliases, extents: Extents, namer: Namer, types: dict[str, Type],
    named: Collection[str],
) -> list[Statement]:
    if not isinstance(loop.step, Const) or not isinstance(loop.step.value, int):
        return [loop]
    bound = all_binds((loop,))
    sums: dict[Accumulate, Var] = {}
    for s in loop.body:
        if isinstance(s, Accumulate) and _element(s, types, named) and not _changes(s, bound):
            key = replace(s, value=Const(0))
            if key not in sums and _alone(loop.body, s, memory):
                var = namer.temporary(base(s.array.name) + "_sum")
                sums[key] = var
    if not sums:
        return [loop]

    def add(s: Statement) -> list[Statement]:
        key = replace(s, value=Const(0)) if isinstance(s, Accumulate) else None
        if isinstance(s, Accumulate) and key in sums:
            return [Assign(sums[key], "+", (sums[key], s.value), loc=s.loc)]
        return [s]

    body = map_block(loop.body, add)
    before = [Assign(var, "=", (_zero(types[key.array.name]),), loc=loop.loc) for key, var in sums.items()]
    after: list[Statement] = [replace(key, value=var) for key, var in sums.items()]
    if not all(_exists(key, around, extents) for key in sums):
        ran = namer.temporary("ran")
        types[ran.name] = Scalar("bool")
        before.append(Assign(ran, "<" if loop.step.value > 0 else ">", (loop.start, loop.stop), loc=loop.loc))
        after = [If(ran, tuple(after), (), loc=loop.loc)]
    return [*before, replace(loop, body=body), *after]


def _exists(s: Accumulate, around: tuple[For, ...], extents: Extents) -> bool:
    """Does each index run over its whole axis in a loop around?"""
    runs = {loop.counter: loop for loop in around if loop.counter.name not in all_binds(loop.body)}
    return all(
        isinstance(i, Var) and i in runs and _whole(runs[i], extents.axis(s.array.name, axis), extents)
        for axis, i in enumerate(s.index)
    )


def _whole(loop: For, extent: Term, extents: Extents) -> bool:
    if loop.step == Const(1):
        return loop.start == Const(0) and extents.term(loop.stop) == extent
    last = extents.definition.get(loop.start.name) if isinstance(loop.start, Var) else None
    match last:
        case Assign(_, "-", (stop, Const(1))):
            return loop.step == Const(-1) and loop.stop == Const(-1) and extents.term(stop) == extent
        case _:
            return False


def _zero(type_: Type) -> Const:
    return Const(0.0, "float32" if isinstance(type_, Array) and type_.dtype == "float32" else None)


def _element(s: Accumulate, types: dict[str, Type], named: Collection[str]) -> bool:
    type_ = types.get(s.array.name)
    adjoint = base(s.array.name).endswith(("_bar", "_dot")) and base(s.array.name) not in named
    return (
        adjoint and isinstance(type_, Array) and len(s.index) == type_.ndim
        and not any(isinstance(i, Slice | Ellipsis_) for i in s.index)
    )  # fmt: skip


def _changes(s: Accumulate, bound: set[str]) -> bool:
    return s.array.name in bound or any(isinstance(o, Var) and o.name in bound for o in operands(s.index))


def _alone(body: Block, one: Accumulate, memory: Aliases) -> bool:
    """Does the loop touch this memory only by adding to this element?"""
    overlaps: Callable[[str], bool] = lambda name: not memory.disjoint(one.array.name, name)  # noqa: E731
    for s in walk(body):
        if isinstance(s, Accumulate) and s.array == one.array and s.index == one.index:
            continue
        if any(overlaps(array.name) for array in written(s)):
            return False
        if any(overlaps(var.name) for var in contents(s)):
            return False
    return True
