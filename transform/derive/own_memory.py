"""Derivative functions write to no argument and hand out nothing that the caller could share.

An array parameter that the function writes to is copied on entry; a result that is an argument, part of one, or shares
memory with another result is copied on the way out.
"""
from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from ...runtime.captured import is_frozen
from ..analyses.aliases import Aliases, aliases_of
from ..errors import UnsupportedError
from ..ir import Array, Assign, Const, Function, Operand, Statement, Type, Var, is_array
from ..names import Namer, base
from ..resolve.layouts import copy_of
from ..structure import labels_of, stacked_in
from ..switches import on
from ..walk import walk, written
from .keeping import keeping, overwrites


def own_arguments(function: Function, namer: Namer) -> tuple[tuple[Var, ...], list[Statement], dict[str, Type]]:
    """The parameters that the derivative has, the copies it begins with, and the types of new names.

    The derivative is taken of the function as it is; an argument that it overwrites arrives under another name."""
    memory = aliases_of(function)
    writers = [(s, memory.of(a.name)) for s in walk(function.body) for a in written(s)]
    touched = {root for _, roots in writers for root in roots}
    _check_lists(function, touched)
    outside = read_in_place(function) if any(param.name in touched for param in function.params) else []
    params: list[Var] = []
    checks: list[Assign] = []
    copies: list[Statement] = []
    types: dict[str, Type] = {}
    arrays = [p for p in function.params if is_array(function.types.get(p.name))]
    labels = labels_of(function.inputs)
    called = {param.name: labels.get(place, param.name) for place, param in enumerate(function.params)}
    called |= {var.name: base(var.name) for var in outside}
    for position, one in enumerate(arrays):
        type_ = function.types[one.name]
        if one.name in touched and isinstance(type_, Array) and type_.layout == "A":        # the copy would come apart
            checks.append(Assign(namer.temporary("checked"), "check_distinct", (one, Const(called[one.name]))))
        for other in (*arrays[position + 1 :], *outside):
            if one.name in touched or other.name in touched:
                apart = (one, other, Const(called[one.name]), Const(called[other.name]))
                checks.append(Assign(namer.temporary("checked"), "check_disjoint", apart))
    for param in function.params:
        if (param.name in touched or not on("copies of arguments")) and is_array(function.types.get(param.name)):
            argument = namer.fresh(param.name)
            types[argument.name] = function.types[param.name]
            writer = next((s for s, roots in writers if param.name in roots), None)
            loc = function.loc if writer is None or writer.loc is None else writer.loc
            loc = keeping(loc, "copy", called[param.name], f"the caller's {overwrites(writer)}", quiet=True)
            copies += copy_of(param, argument, types, namer, loc)
            param = argument
        params.append(param)
    renamed = dict(zip(function.params, params, strict=True))
    named = [replace(c, args=tuple(renamed.get(a, a) if isinstance(a, Var) else a for a in c.args)) for c in checks]
    return tuple(params), [*named, *copies], types


def read_in_place(function: Function) -> list[Var]:
    """Captured arrays that Numba does not freeze: memory that the function writes for its caller may be one of them."""
    for routine in function.routines.values():
        for name, value in routine.captures.items():
            if not is_frozen(value):
                raise UnsupportedError(
                    f"`{function.name}` writes into what it is given, and `{routine.name}` reads `{base(name)}`, which it may be",
                    loc=function.loc, reason="Numba reads an array of more than a megabyte, or with gaps, where it is",
                    remedy="pass the array as an argument",
                )  # fmt: skip
    return [Var(name) for name, value in function.captures.items() if not is_frozen(value)]


def check_frozen(function: Function) -> None:
    """What is run again later needs what it read then."""
    for one in (function, *function.routines.values()):
        for name, value in one.captures.items():
            if not is_frozen(value):
                raise UnsupportedError(
                    f"`{one.name}` reads `{base(name)}` from outside, which may change until its pullback is called", loc=one.loc,
                    reason="Numba reads an array of more than a megabyte, or with gaps, where it is",
                    remedy="pass the array as an argument, or call `vjp(f)(primals, y_bar)`",
                )  # fmt: skip


def _check_lists(function: Function, touched: set[str]) -> None:
    """Arrays in a list that is an argument may be one, or be another argument: while nobody writes into any, nobody can tell."""
    stacks = [part for structure in function.inputs.values() for part in stacked_in(structure)]
    arrays = {param.name for param in function.params if is_array(function.types.get(param.name))}
    if stacks and touched & arrays:
        raise UnsupportedError(
            f"`{function.name}` is given a list of arrays, and writes into arrays that it is given", loc=function.loc,
            reason="which of them are one array is not known", remedy="write into copies: `.copy()`",
        )  # fmt: skip


def own_results(
    types: dict[str, Type], memory: Aliases, function: Function, results: Sequence[Operand], namer: Namer,
    copied: Collection[str] = (),
) -> tuple[tuple[Operand, ...], list[Statement]]:  # fmt: skip
    """The results, with copies of those that share memory, and the statements that copy; parameters that were `copied` on entry are
    as good as local arrays."""
    foreign = {p.name for p in function.params if p.name not in copied} | set(function.captures)
    out: list[Statement] = []
    values: list[Operand] = []
    handed_out: set[str] = set()
    for value in results:
        if isinstance(value, Var) and isinstance(types.get(value.name), Array):
            roots = memory.of(value.name)
            if roots & (foreign | handed_out) or not on("copies of arguments"):
                copy = namer.fresh(base(value.name))
                types[copy.name] = types[value.name]
                out.append(Assign(copy, ".copy", (value,)))
                value = copy
            handed_out |= roots
        values.append(value)
    return tuple(values), out


