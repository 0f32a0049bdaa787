"""Which definitions still say what a name is wherever the name is used.

`t = c * 2` has the shape of c.  If c is bound to another array before t is used, the name c does not tell the shape of t any more.
In: the definitions of names that have one, and the names that have several.  Out: those definitions that lead, directly or through
other definitions, to no name that is bound again between the definition and a use.  A copy of a name that changes is what that
name was then, and leads nowhere.
"""
from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping

from ..ir import Array, Assign, For, Function, Operand, Scalar, Slice, Statement, Type, Var, View, While, is_float
from ..walk import Path, binds, located, reads

MAKERS = ("np.zeros", "np.ones", "np.empty", "np.full")
"""Their first argument is a shape."""


def lasting(function: Function, definitions: Mapping[str, Statement], changing: Collection[str]) -> Mapping[str, Statement]:
    """Those of the definitions that hold at every use."""
    leading = _leading(function.types, definitions, changing)
    if not leading:
        return definitions
    rebound: dict[str, list[Path]] = {}
    used: dict[str, list[tuple[Path, Statement]]] = {}
    loops: set[Path] = set()
    for path, s in located(function.body):
        for var in binds(s):
            rebound.setdefault(var.name, []).append(path)
        for var in reads(s):
            used.setdefault(var.name, []).append((path, s))
        if isinstance(s, For | While):
            loops.add(path)
    gone: set[str] = set()
    ends: dict[str, frozenset[str]] = {}                # the changing names that a definition which holds leads to
    for name, operands in leading.items():
        at = rebound[name][0]
        ends[name] = frozenset(end for o in operands for end in ([o] if o in changing else ends.get(o, ())))
        again = [path for end in sorted(ends[name]) for path in rebound.get(end, ())]
        copied = _copies(definitions[name]) and any(o in changing for o in operands)
        if copied or any(_between(at, path, use, s, loops) for path in again for use, s in used.get(name, ())):
            gone.add(name)
            ends[name] = frozenset()
    return {name: s for name, s in definitions.items() if name not in gone}


def _leading(
    types: Mapping[str, Type], definitions: Mapping[str, Statement], changing: Collection[str]
) -> dict[str, list[str]]:
    """The definitions that lead to names which change, in the order of the program, and the names that they lead to at once."""
    found: dict[str, list[str]] = {}
    for name, s in definitions.items():
        operands = [var.name for var in _tells(s, types) if var.name in changing or var.name in found]
        if operands:
            found[name] = operands
    return found


def _tells(s: Statement, types: Mapping[str, Type]) -> Iterator[Var]:
    """The operands that an extent, or an integer, is known from."""
    match s:
        case View(_, array, kind, args):
            yield array
            for item in args if kind == "index" else ():
                if isinstance(item, Slice):
                    yield from (part for part in (item.start, item.stop, item.step) if isinstance(part, Var))
        case Assign(target, op, args) if isinstance(types.get(target.name), Array):
            for place, arg in enumerate(args):
                if isinstance(arg, Var) and (not _is_number(arg, types) or (place == 0 and op in MAKERS)):
                    yield arg
        case Assign(target, _, args) if not is_float(types.get(target.name)):
            yield from (arg for arg in args if isinstance(arg, Var))
        case _:
            pass


def _is_number(arg: Operand, types: Mapping[str, Type]) -> bool:
    return isinstance(arg, Var) and isinstance(types.get(arg.name), Scalar)


def _copies(s: Statement) -> bool:
    return (isinstance(s, Assign) and s.op == "=") or (isinstance(s, View) and s.kind == "=")


def _between(definition: Path, path: Path, use: Path, s: Statement, loops: Collection[Path]) -> bool:
    """May what stands at `path` run after the definition and before its use?  The bounds of a loop are used all through it."""
    if definition[: len(use)] == use:                   # a while loop tests what its header computes
        return path[: len(use)] == use
    if definition < path < ((*use, sys.maxsize) if isinstance(s, For | While) else use):
        return True
    inside = range(len(definition), len(use))
    return any(use[:length] in loops and path[:length] == use[:length] for length in inside)
