"""Narrow parts of array expressions, in the types that they have in Numba's loops (`analyses.kernels`).

`(u + v) * x` with two arrays of uint8 becomes `(u.astype(np.uint64) + v) * x`: whichever of its parts is an array of its own in the
derivative, to be read twice, holds the numbers that Numba multiplies with x.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numba.core.errors import NumbaError
from numba.core.registry import cpu_target

from ..analyses.kernels import CALCULATING, WRAPPING, differs, function_of, is_looped, may_differ
from ..applied import numba_type
from ..ir import Accumulate, Array, Assign, Block, Const, Function, Operand, Scalar, Statement, Var
from ..names import Namer
from ..walk import blocks, names, with_blocks


def promoted(function: Function) -> Function:
    """The typed list with such parts promoted, and without types then; the same one if there are none."""
    if not may_differ(function):
        return function
    body = tuple(_Widened(function).block(function.body))
    return function if body == function.body else replace(function, body=body, types={})


class _Widened:
    def __init__(self, function: Function) -> None:
        self.types, self.namer = dict(function.types), Namer(names(function))
        self.wide: dict[str, str] = {}                  # the dtypes of parts that are not those of the arrays

    def block(self, block: Block) -> Iterator[Statement]:
        for place, s in enumerate(block):
            match block[place : place + 2]:
                case Assign(target, "neg", (arg,)), Accumulate(array, _, value) if value == target:
                    assert isinstance(s, Assign)
                    yield from self.subtracted(s, arg, array)
                    continue
            if inner := blocks(s):
                yield with_blocks(s, tuple(tuple(self.block(b)) for b in inner))
            elif isinstance(s, Assign) and is_looped(s, self.types):
                yield from self.expression(s, s.loc is not None and s.loc.part)
            else:
                yield s

    def expression(self, s: Assign, is_part: bool) -> Iterator[Statement]:
        own = made = self.dtype(s.target)
        has_wide = any(isinstance(arg, Var) and arg.name in self.wide for arg in s.args)
        if has_wide or (is_part and differs(s, self.types)):
            made = self.made(s)
        if made == own and not has_wide:
            yield s
            return
        args = list(s.args)
        if s.op in CALCULATING:
            for place, arg in enumerate(s.args):
                if isinstance(arg, Var) and self.is_array(arg) and not self.fits(s.op, arg, args, made):
                    args[place] = cast = self.namer.temporary("wide")
                    self.types[cast.name], self.wide[cast.name] = self.types[arg.name], made
                    yield Assign(cast, ".astype", (arg, _dtype(made)), loc=s.loc)
        if is_part or made == own:
            if made != own:
                self.wide[s.target.name] = made
            yield replace(s, args=tuple(args))
        else:
            whole = self.namer.temporary("whole")
            yield Assign(whole, s.op, tuple(args), loc=s.loc)
            yield Assign(s.target, ".astype", (whole, _dtype(own)), loc=s.loc)

    def subtracted(self, s: Assign, arg: Operand, array: Var) -> Iterator[Statement]:
        """`y[1:] -= u`, which is written `+= -u`: in the type of y, in which nothing wraps."""
        own, target = self.types.get(getattr(arg, "name", "")), self.types.get(array.name)
        if isinstance(own, Array | Scalar) and own.dtype in WRAPPING and isinstance(target, Array):
            cast = self.namer.temporary("wide")
            op, rest = (".astype", (_dtype(target.dtype),)) if isinstance(own, Array) else (f"cast:{target.dtype}", ())
            yield Assign(cast, op, (arg, *rest), loc=s.loc)
            s = replace(s, args=(cast,))
        yield s

    def fits(self, op: str, arg: Var, args: list[Operand], made: str) -> bool:
        """Does that dtype come out with the array as it is?  (Numba converts numbers to what it makes of them.)"""
        own = self.dtype(arg)
        others = [self.dtype(other) for other in args if other != arg]
        quotient = op == "/" and {"int64", "uint64", "float64"} & {own, *others} and "float32" not in (own, *others)
        return own == made or bool(quotient) or (made in others and np.promote_types(own, made) == made)

    def made(self, s: Assign) -> str:
        """The dtype that Numba makes of elements."""
        context, function = cpu_target.typing_context, function_of(s.op)
        known = context.resolve_value_type(function) if isinstance(function, np.ufunc) else function
        try:
            found = context.resolve_function_type(known, tuple(numba_type(Scalar(self.dtype(arg))) for arg in s.args), {})
        except NumbaError:                              # what arrays have and numbers have not
            return self.dtype(s.target)
        return str(found.return_type)

    def is_array(self, operand: Var) -> bool:
        return isinstance(self.types.get(operand.name), Array)

    def dtype(self, operand: Operand) -> str:
        if isinstance(operand, Var):
            known: str = getattr(self.types[operand.name], "dtype", "float64")
            return self.wide.get(operand.name, known)
        return operand.dtype or {bool: "bool", int: "int64"}.get(type(operand.value), "float64")


def _dtype(name: str) -> Const:
    return Const(name, label="np.bool_" if name == "bool" else f"np.{name}")
