"""May the rounds of a reverse loop run in any order?

Then the loop runs in the primal's direction, which LLVM vectorises.  Rounds are independent if numbers they carry on are only
added to, and if memory is only read, only added to, or used by each round at places of its own: at its counter, always in the same
position of the index.  (Allen & Kennedy, Optimizing Compilers for Modern Architectures, chapter 2; sums of adjoints may be
taken in any order.)
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..analyses.contents import contents
from ..ir import Accumulate, Array, Assign, Call, Const, For, Grow, Index, Load, Operand, Pop, Push, Statement, Store, Var, View
from ..walk import all_binds, binds, reads, walk, written
from .program import Program, exposed_names


@dataclass(frozen=True, slots=True)
class _Access:
    kind: str                           # read, write, add
    array: str
    index: tuple[Index, ...] | None     # None: all of it, or a part that is not known


def independent(program: Program, loop: For, body: Sequence[Statement], private: frozenset[str]) -> bool:
    """`private`: memory that every round fills before it reads it."""
    block = tuple(body)
    if any(isinstance(s, Grow | Push | Pop) for s in walk(block)):
        return False
    first = exposed_names(block)
    carried = exposed_names(loop.body) & all_binds(loop.body)
    for name in sorted(all_binds(block)):
        if name in first and not _only_added_to(block, name):
            return False
        if name not in first and program.primal.get(name, name) in carried:
            return False                                # the value of the last round is what is meant behind the loop
    accesses: dict[str, list[_Access]] = {}
    for root, access in _accesses(program, block):
        accesses.setdefault(root, []).append(access)
    counter = loop.counter if _never_negative(program, loop) else None
    bound = all_binds(block)
    return all(root in private or _apart(found, counter, bound) for root, found in accesses.items())


def _never_negative(program: Program, loop: For) -> bool:
    """Does the loop count over places from the front only (`a[-1]` is the place of `a[n - 1]`)?"""
    match loop.start, loop.stop, loop.step:
        case start, _, Const(int() as step) if step > 0:
            return _at_least(program, start, 0)
        case _, stop, Const(int() as step) if step < 0:
            return _at_least(program, stop, -1)
        case _:
            return False


def _at_least(program: Program, operand: Operand, low: int) -> bool:
    operand, offset = program.offset(operand)
    if isinstance(operand, Const):
        return isinstance(operand.value, int) and operand.value + offset >= low
    definition = program.definition(operand.name)
    if definition is not None and isinstance(definition.statement, For):
        return offset >= low and _never_negative(program, definition.statement)
    if offset >= low and definition is not None and isinstance(s := definition.statement, Assign) and s.op == "+":
        return all(_at_least(program, arg, 0) for arg in s.args)
    return offset >= low and program.extents.term(operand)[0] == "axis"


def _only_added_to(block: tuple[Statement, ...], name: str) -> bool:
    for s in walk(block):
        me = Var(name)
        adds = isinstance(s, Assign) and s.op in "+-" and s.target == me and s.args[0] == me and s.args[1] != me
        if not adds and any(var.name == name for var in (*reads(s), *binds(s))):
            return False
    return True


def _apart(accesses: list[_Access], counter: Var | None, bound: set[str]) -> bool:
    """`counter`: counts places; `bound`: names of arrays that may be another part of memory in each round."""
    kinds = {access.kind for access in accesses}
    if kinds == {"read"} or kinds == {"add"}:
        return True
    arrays = {access.array for access in accesses}
    if counter is None or len(arrays) > 1 or arrays & bound or any(access.index is None for access in accesses):
        return False
    ranks = {len(access.index or ()) for access in accesses}
    return len(ranks) == 1 and any(
        all(access.index is not None and access.index[k] == counter for access in accesses) for k in range(ranks.pop())
    )


def _accesses(program: Program, block: tuple[Statement, ...]) -> list[tuple[str, _Access]]:
    """Every access to memory that outlives a round, by root; a shadow's root is called after its array's."""
    roots: dict[str, frozenset[str]] = {}
    fresh: set[str] = set()
    for s in walk(block):
        match s:
            case View(target, array):
                roots[target.name] = roots.get(array.name) or _roots(program, array.name)
            case Assign() | Call():
                fresh |= {target.name for target in binds(s) if isinstance(program.types.get(target.name), Array)}
            case _:
                pass
    found: list[tuple[str, _Access]] = []

    def add(kind: str, array: str, index: tuple[Index, ...] | None) -> None:
        for root in roots.get(array) or _roots(program, array):
            if root not in fresh:
                found.append((root, _Access(kind, array, index or None)))

    for s in walk(block):
        match s:
            case Load(_, array, index):
                add("read", array.name, index)
            case Store(array, index):
                add("write", array.name, index)
            case Accumulate(array, index):
                add("add", array.name, index)
            case Call():
                for array in written(s):
                    add("write", array.name, None)
            case _:
                pass
        if not isinstance(s, Load):
            for var in contents(s):
                add("read", var.name, None)
    return found


def _roots(program: Program, name: str) -> frozenset[str]:
    primal = program.primal.get(name)
    if primal is not None:
        return frozenset(f"{root} shadow" for root in program.memory.of(primal))
    return program.memory.of(name) or frozenset([name])
