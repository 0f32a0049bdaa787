"""What a callee is given as a number that is written out decides its tests.

In: a typed list with calls in the place of which their text stands (`order = passed(0)`).  Out: the same list without the
branches that such numbers rule out, and without `passed`.  Numba types a callee for any number, `if order == 0: y = 1` and
`else: y = x` alike, and would take the branch away where the text stands in place of the call: so it is typed with both, and what
is left has the types that it had.
"""
from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..ir import Assign, Block, Function, If, Operand, Statement, Var
from ..normalise import Definition, reaching
from ..walk import Path, binds, blocks, located, map_block, map_reads, walk, with_blocks

_TESTS: Mapping[str, Callable[..., bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
    "not": operator.not_, "bool": operator.truth,
}  # fmt: skip


def without_passed(function: Function) -> Function:
    if not any(isinstance(s, Assign) and s.op == "passed" for s in walk(function.body)):
        return function
    reached, same = reaching(function), _same(function)
    known: dict[Definition, Any] = {}

    def value(operand: Operand, path: Path) -> Any:
        """What an operand is at a place, if one definition reaches it that is known; None: it is not."""
        if not isinstance(operand, Var):
            return operand.value if operand.label is None and isinstance(operand.value, bool | int | float) else None
        found = function.captures.get(operand.name)
        if isinstance(found, bool | int | float | np.generic):
            return found.item() if isinstance(found, np.generic) else found         # Numba compares a float32 as a float64
        definitions = reached.get((path, operand.name), frozenset())
        return known.get(next(iter(definitions))) if len(definitions) == 1 else None

    for path, s in located(function.body):              # a test stands behind what it asks for
        if isinstance(s, Assign) and (s.op in ("passed", "bind") or s.op in _TESTS):
            values = [found for arg in s.args if (found := value(arg, path)) is not None]
            if len(values) == len(s.args):
                known[s.target.name, path] = _TESTS[s.op](*values) if s.op in _TESTS else values[0]

    def pruned(block: Block, path: Path) -> Block:
        out: list[Statement] = []
        for position, s in enumerate(block):
            here = (*path, position)
            decided = value(s.test, here) if isinstance(s, If) else None
            if isinstance(s, If) and decided is not None:
                number = 0 if decided else 1
                out += pruned(blocks(s)[number], (*here, number))
            elif isinstance(s, Assign) and s.op == "passed":
                if s.target.name not in same:
                    out.append(replace(s, op="bind"))
            else:
                inner = tuple(pruned(b, (*here, number)) for number, b in enumerate(blocks(s)))
                out.append(with_blocks(s, inner) if inner else s)
        return tuple(out)

    def read(operand: Operand) -> Operand:
        return same.get(operand.name, operand) if isinstance(operand, Var) else operand

    body = pruned(function.body, ())
    return replace(function, body=map_block(body, lambda s: [map_reads(s, read)]) if same else body)


def _same(function: Function) -> dict[str, Operand]:
    """The names that only ever stand for a captured number that was passed."""
    bound = Counter(var.name for s in walk(function.body) for var in binds(s))
    return {
        s.target.name: s.args[0] for s in walk(function.body)
        if isinstance(s, Assign) and s.op == "passed" and bound[s.target.name] == 1
        and isinstance(s.args[0], Var) and s.args[0].name in function.captures
    }  # fmt: skip
