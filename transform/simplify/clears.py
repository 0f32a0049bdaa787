"""Elements of an adjoint that are set to zero and never looked at again need not be set.

A write takes its element of the shadow, clears it and gives it away.  Where the shadow ends with the loop that does so, and every
round has an element of its own, the clearing is for nobody.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from ..analyses.aliases import aliases_of
from ..analyses.cells import cells_of
from ..analyses.extents import Extents
from ..ir import Assign, Block, Const, For, Function, If, Load, Operand, Statement, Store, Var
from ..switches import on
from ..walk import Path, all_binds, binds, blocks, located, reads, statement_at, walk, with_blocks


def unclear(function: Function) -> Function:
    """The function without such clearings."""
    clears = [path for path, s in located(function.body) if _is_clear(s)] if on("clearings") else []
    if not clears:
        return function
    made = _shadows(function)
    names = frozenset(var.name for s in walk(function.body) for var in binds(s))
    extents = Extents(function, names - cells_of(function))
    dead = {path for path in clears if _is_dead(function, extents, made, path)}
    return replace(function, body=_without(function.body, (), dead)) if dead else function


def _is_clear(s: Statement) -> bool:
    return isinstance(s, Store) and isinstance(s.value, Const) and s.value.value == 0 and bool(s.index)


def _shadows(function: Function) -> Mapping[str, Path]:
    """Arrays that are made once, with no second name: where."""
    memory = aliases_of(function)
    shared = Counter(root for roots in memory.roots.values() for root in roots)
    bound = Counter(var.name for s in walk(function.body) for var in binds(s))
    made = {s.target.name: path for path, s in located(function.body) if isinstance(s, Assign)}
    return {name: path for name, path in made.items() if memory.of(name) == {name} and shared[name] == bound[name] == 1}


def _is_dead(function: Function, extents: Extents, made: Mapping[str, Path], path: Path) -> bool:
    """Is the element read by nobody after it is cleared?  The array is used behind its making in that block only.  From there
    inwards nothing behind mentions it, rounds have elements of their own, and in front there is at most the load of this very
    element."""
    store = statement_at(function.body, path)
    assert isinstance(store, Store)
    start = made.get(store.array.name)
    if start is None or not _ends_with_its_block(function, store.array, start):
        return False
    home, last, block = len(start) - 1, len(path) - 1, function.body
    for depth in range(0, last, 2):
        position, number = path[depth], path[depth + 1]
        s = block[position]
        if depth >= home:
            before = block[:position] if depth > home else ()
            others = [inner for k, inner in enumerate(blocks(s)) if k != number]
            around = (*before, *block[position + 1 :], *(inner for b in others for inner in b))
            if not _apart(extents, s, store) or any(_mentions(inner, store.array) for inner in around):
                return False
        block = blocks(s)[number]
    before = block[: path[last]] if last > home else ()
    behind = any(_mentions(s, store.array) for s in block[path[last] + 1 :])
    return not behind and all(_takes(s, store) for s in before) and not _rebinds(before, store)


def _ends_with_its_block(function: Function, array: Var, start: Path) -> bool:
    """Is an array that is made at `start` used behind that in the same block and in what it nests, and nowhere else?"""
    home, position = start[:-1], start[-1]
    used = [path for path, s in located(function.body) if array in reads(s)]
    return all(path[: len(home)] == home and path[len(home)] > position for path in used)


def _apart(extents: Extents, s: Statement, store: Store) -> bool:
    """Does the element change with every round of a loop?  (`a[-1]` is the place of `a[n - 1]`.)"""
    match s:
        case For(counter, start, stop, Const(int() as step), body):
            low, least = (start, 0) if step > 0 else (stop, -1)
            return counter in store.index and counter.name not in all_binds(body) and _at_least(extents, low, least)
        case _:
            return isinstance(s, If)


def _at_least(extents: Extents, operand: Operand, least: int) -> bool:
    """Is an integer known not to be smaller?  Extents and sums of them are not negative."""
    if isinstance(operand, Const):
        return isinstance(operand.value, int) and operand.value >= least
    match extents.definition.get(operand.name):
        case Assign(_, "+", args):
            return least <= 0 and all(_at_least(extents, arg, 0) for arg in args)
        case _:
            return least <= 0 and extents.term(operand)[0] == "axis"


def _takes(s: Statement, store: Store) -> bool:
    """Does the statement use of the array at most the element that is cleared?"""
    return not _mentions(s, store.array) or (isinstance(s, Load) and s.array == store.array and s.index == store.index)


def _rebinds(before: Block, store: Store) -> bool:
    """Is the index bound between the two?"""
    names = {item.name for item in store.index if isinstance(item, Var)}
    taken = False
    for s in before:
        if taken and all_binds((s,)) & names:
            return True
        taken = taken or _mentions(s, store.array)
    return False


def _mentions(s: Statement, array: Var) -> bool:
    return any(var == array for inner in walk((s,)) for var in reads(inner))


def _without(block: Block, path: Path, dead: set[Path]) -> Block:
    out: list[Statement] = []
    for position, s in enumerate(block):
        here = (*path, position)
        if here not in dead:
            inner = tuple(_without(b, (*here, number), dead) for number, b in enumerate(blocks(s)))
            out.append(with_blocks(s, inner) if inner else s)
    return tuple(out)
