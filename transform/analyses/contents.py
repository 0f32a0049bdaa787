"""Which arrays a statement reads the contents of, as against their shape or identity."""
from __future__ import annotations

from collections.abc import Iterator

from ..ir import Accumulate, Assign, Call, Load, Operand, Return, Statement, Store, Var
from ..rules import RULES

SHAPE_ONLY = {
    ".shape", ".size", ".ndim", "len", "np.shape", "np.size", "np.ndim", "np.zeros_like", "np.ones_like", "np.empty_like",
    "np.full_like", "check_assign", "check_broadcast", "check_product", "check_reshape", "check_seed",
}  # fmt: skip


def contents(s: Statement) -> Iterator[Var]:
    """Names whose contents matter, if they are arrays (numbers may come along)."""
    found: Iterator[Operand]
    match s:
        case Assign(_, op, args):
            found = _arguments(op, args)
        case Load(_, array):
            found = iter((array,))
        case Store(value=value) | Accumulate(value=value):
            found = iter((value,))
        case Return(values):
            found = iter(values)
        case Call(_, _, args):
            found = (arg for arg, reads in zip(args, s.reads, strict=False) if reads)
        case _:
            found = iter(())
    return (operand for operand in found if isinstance(operand, Var))


def _arguments(op: str, args: tuple[Operand, ...]) -> Iterator[Operand]:
    if op in SHAPE_ONLY:
        return
    rule = RULES.get(op)
    for position, arg in enumerate(args):
        if rule is None or position >= len(rule.params) or rule.params[position] != "like":
            yield arg
