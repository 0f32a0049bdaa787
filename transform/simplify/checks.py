"""Checks of shapes go where the statement that would raise by itself is still there."""
from __future__ import annotations

from dataclasses import replace

from ..ir import Assign, Block, For, Function, Index, Operand, Statement, Store, Var, View
from ..resolve.shapes import PRODUCTS, Shapes
from ..walk import all_binds, binds, blocks, reads, walk, with_blocks
from .deadcode import eliminate

CHECKS = ("check_broadcast", "check_product", "check_assign", "check_reshape", "check_step")


def drop_checks(function: Function) -> Function:
    """The function without checks that a statement of their block makes needless."""
    if not any(_is_check(s) for s in walk(function.body)):
        return eliminate(function)
    shapes = Shapes(function)

    def block(statements: Block) -> Block:
        kept = [s for k, s in enumerate(statements) if not (_is_check(s) and _needless(k, statements, shapes))]
        return tuple(with_blocks(s, tuple(map(block, blocks(s)))) if blocks(s) else s for s in kept)

    return eliminate(replace(function, body=block(function.body)))


def _is_check(s: Statement) -> bool:
    return isinstance(s, Assign) and s.op in CHECKS


def _needless(position: int, statements: Block, shapes: Shapes) -> bool:
    """Does another statement raise where the check does, with no name bound again between the two?"""
    check, first = statements[position], position
    names = {var.name for var in reads(check)}
    made = _made(check, shapes)
    if made is not None:
        first = next((k for k, s in enumerate(statements[:position]) if s is made), -1)
        names = (names - {var.name for var in binds(made)}) | {var.name for var in reads(made)}
    for k, s in enumerate(statements):
        between = statements[first + 1 : k] if k > first else statements[k:position]
        if first >= 0 and _raises(s, check, shapes) and not all_binds(between) & names:
            return True
    return False


def _made(check: Statement, shapes: Shapes) -> Statement | None:
    """What makes the place, or the shape, that a check looks at."""
    assert isinstance(check, Assign)
    made = check.args[0] if check.op == "check_assign" else check.args[1] if check.op == "check_reshape" else None
    found = shapes.extents.definition.get(made.name) if isinstance(made, Var) else None
    match found:
        case View(_, _, "index") | Assign(_, "tuple"):
            return found
        case _:
            return None


def _raises(s: Statement, check: Statement, shapes: Shapes) -> bool:
    """Does the statement itself raise where the check does?"""
    assert isinstance(check, Assign)
    match check.op, s:
        case "check_broadcast", Assign(target, op) if not _is_check(s) and shapes.rank(target) > 0 and op != "=":
            return set(check.args) <= {leaf for arg in s.args if shapes.rank(arg) > 0 for leaf in shapes.leaves(arg)} and (
                shapes.leaves(target) != [target]
            )
        case "check_product", Assign(_, op, args):
            return op in PRODUCTS and args == check.args
        case "check_assign", Store(array, index, value):       # (`+=` raises nothing in Numba)
            return shapes.plain(value) == check.args[1] and (array, index) == _place(check.args[0], shapes)
        case "check_reshape", View(_, array, ".reshape", args):
            shape = shapes.extents.definition.get(check.args[1].name) if isinstance(check.args[1], Var) else None
            return array == check.args[0] and isinstance(shape, Assign) and shape.args == args
        case "check_step", For(step=step):
            return step == check.args[0]
        case _:
            return False


def _place(operand: Operand, shapes: Shapes) -> tuple[Operand, tuple[Index, ...]]:
    """The array and the index that a part of it was taken with."""
    found = shapes.extents.definition.get(operand.name) if isinstance(operand, Var) else None
    return (found.array, found.args) if isinstance(found, View) and found.kind == "index" else (operand, ())
