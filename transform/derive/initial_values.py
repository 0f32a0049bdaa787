"""Every name that a loop may read has a value when the loop begins.

Python lets a name have a value on some paths only, as long as no other path reads it.  Reverse mode copies what a loop
reads in front of the loop, on every path; so a name that may be without a value there gets one at the top of the function.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..ir import Array, Assign, Block, Const, For, Function, If, Operand, Raise, Scalar, Statement, TupleOf, Type, Var, While
from ..names import Namer
from ..walk import binds, walk
from .program import exposed_names

Names = frozenset[str]


def with_values(function: Function, namer: Namer) -> Function:
    """The function with zeros at its top for such names."""
    entry = frozenset(param.name for param in function.params) | frozenset(function.captures)
    search = _Search(Counter(_bound(function.body)))
    search.block(function.body, entry)
    types = dict(function.types)
    start = [s for name in sorted(search.missing) for s in _nothing(Var(name), types, namer)]
    return replace(function, body=(*start, *function.body), types=types)


def _bound(block: Block) -> Iterator[str]:
    return (var.name for s in walk(block) for var in binds(s))


@dataclass
class _Search:
    """Names that a loop may read before it binds them, and that only some paths to the loop have bound."""

    bound: Counter[str]
    missing: set[str] = field(default_factory=set)

    def block(self, block: Block, known: Names | None) -> Names | None:
        """The names that surely have a value after the block; None if control does not get there."""
        for s in block:
            if known is None:
                return None
            known = self.statement(s, known)
        return known

    def statement(self, s: Statement, known: Names) -> Names | None:
        match s:
            case Raise():
                return None
            case If(_, then, orelse):
                arms = [arm for arm in (self.block(then, known), self.block(orelse, known)) if arm is not None]
                return frozenset.intersection(*arms) if arms else None
            case For(counter, body=body):
                self.loop(s, known)
                self.block(body, known | {counter.name})
                return known
            case While(header, _, body):
                self.loop(s, known)
                after = self.block(header, known)
                if after is not None:
                    self.block(body, after)
                return after
            case _:
                return known | {target.name for target in binds(s)}

    def loop(self, loop: Statement, known: Names) -> None:
        inside = Counter(_bound((loop,)))
        self.missing |= {name for name in exposed_names((loop,)) - known if self.bound[name] > inside[name]}


def _nothing(target: Var, types: dict[str, Type], namer: Namer) -> Iterator[Statement]:
    """target = 0, or an array without elements."""
    match types.get(target.name):
        case Scalar(dtype) if dtype.startswith("uint"):     # (with an int of its own Numba makes it a float)
            yield Assign(target, f"cast:{dtype}", (Const(0),))
        case Scalar(dtype):
            value = False if dtype == "bool" else 0.0 if dtype.startswith("float") else 0
            yield Assign(target, "=", (Const(value, dtype if dtype == "float32" else None),))
        case Array(dtype, ndim):
            shape: Operand = Const(0)
            if ndim != 1:
                shape = namer.temporary("shape")
                types[shape.name] = TupleOf((Scalar("int64"),) * ndim)
                yield Assign(shape, "tuple", (Const(0),) * ndim)
            label = "np.bool_" if dtype == "bool" else f"np.{dtype}"
            yield Assign(target, "np.empty", (shape, *(() if dtype == "float64" else (Const(dtype, label=label),))))
        case _:
            pass
