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
from ..walk import binds, blocks, walk, with_blocks

_TESTS: Mapping[str, Callable[..., bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
    "not": operator.not_,
}  # fmt: skip


def without_passed(function: Function) -> Function:
    statements = list(walk(function.body))
    if not any(isinstance(s, Assign) and s.op == "passed" for s in statements):
        return function
    known: dict[str, Any] = {
        name: value for name, value in function.captures.items() if isinstance(value, bool | int | float | np.generic)
    }
    once = Counter(var.name for s in statements for var in binds(s))

    def value(operand: Operand) -> Any:
        if isinstance(operand, Var):
            return known.get(operand.name)
        return operand.value if operand.label is None and isinstance(operand.value, bool | int | float) else None

    for s in statements:                                # a test stands behind what it asks for
        if isinstance(s, Assign) and once[s.target.name] == 1 and (s.op in ("passed", "bind") or s.op in _TESTS):
            values = [found for arg in s.args if (found := value(arg)) is not None]
            if len(values) == len(s.args):
                known[s.target.name] = _TESTS[s.op](*values) if s.op in _TESTS else values[0]

    def pruned(block: Block) -> Block:
        out: list[Statement] = []
        for s in block:
            decided = value(s.test) if isinstance(s, If) else None
            if isinstance(s, If) and decided is not None:
                out += pruned(s.then if decided else s.orelse)
            elif isinstance(s, Assign) and s.op == "passed":
                out.append(replace(s, op="bind"))
            else:
                inner = tuple(map(pruned, blocks(s)))
                out.append(with_blocks(s, inner) if inner else s)
        return tuple(out)

    return replace(function, body=pruned(function.body))
