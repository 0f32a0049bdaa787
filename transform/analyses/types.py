"""Numba's own types for every name of a function.

The function is written out flat, one statement a line, and taken through Numba's untyped passes and its type inference;
no machine code is made.  Each name then has the type that its definitions share (`x = 0` before `x += 0.5` is a
float, as in Numba).  `infer` is the seam: tests may hand types in and skip it.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numba import typeof
from numba.core import ir as numba_ir
from numba.core import types
from numba.core.errors import NumbaError

from ...runtime.lanes import LanesType
from ..errors import TransformError
from ..ir import Array, Block, Call, Function, If, ListOf, Other, Scalar, Statement, TupleOf, Type
from ..names import Namer
from ..walk import Path, blocks, with_blocks
from .flat import Flat
from .inference import Inferred, Stub, run


def infer(function: Function, argtypes: tuple[Any, ...]) -> Function:
    """The function with `types` filled in for these Numba argument types.

    A routine becomes one for each set of types that it is called with.  Raises TransformError with the user's line where
    Numba cannot type it."""
    stubs = {name: Stub(routine) for name, routine in function.routines.items()}
    for stub in stubs.values():
        stub.ready(stubs)
    text = Flat(function)
    python = text.compiled(stubs)
    try:
        inferred = run(python, argtypes)
    except (NumbaError, AssertionError, AttributeError) as error:         # Numba raises the others where it did not expect a type
        failed = next((stub for stub in stubs.values() if stub.error is not None), None)
        if failed is not None and failed.error is not None:
            raise _explain(failed.error, failed.function, failed.text) from None
        raise _explain(error, function, text) from None
    instances = _Instances(stubs, Namer())
    typed = instances.typed(function, text, inferred, argtypes)
    return replace(typed, routines=instances.all())


class _Instances:
    """Routines by their types: each pair of a routine and the types of its arguments is a routine of its own."""

    def __init__(self, stubs: Mapping[str, Stub], namer: Namer) -> None:
        self.stubs, self.namer = stubs, namer
        self.named: dict[tuple[str, tuple[Any, ...]], str] = {}

    def all(self) -> dict[str, Function]:
        """Those that are called, and those that they call."""
        done: dict[str, Function] = {}
        while len(done) < len(self.named):
            for (routine, argtypes), name in list(self.named.items()):
                if name not in done:
                    stub = self.stubs[routine]
                    typed = self.typed(stub.function, stub.text, stub.inferred[argtypes], argtypes)
                    done[name] = replace(typed, name=name)
        return done

    def typed(self, function: Function, text: Flat, inferred: Inferred, argtypes: tuple[Any, ...]) -> Function:
        found: dict[str, Type] = {}
        lines: set[int] = set()
        calls: dict[int, tuple[Any, ...]] = {}
        for block in inferred.func_ir.blocks.values():
            lines |= {inst.loc.line for inst in block.body}
            for inst in block.find_insts(numba_ir.Assign):
                name = text.names.get(inst.target.unversioned_name)
                if name is not None and (inst.loc.line, name) in text.lines:
                    found[name] = unify(found.get(name), convert(inferred.typemap[inst.target.name]))
            for call in block.find_exprs("call"):
                calls[call.loc.line] = tuple(types.unliteral(arg) for arg in inferred.calltypes[call].args)
        for param, type_ in zip(function.params, argtypes, strict=True):
            found[param.name] = unify(found.get(param.name), convert(type_))
        for name, value in function.captures.items():
            found[name] = convert(typeof(value))
        return replace(function, body=self.reached(function.body, (), text, lines, calls), types=found)

    def reached(self, block: Block, path: Path, text: Flat, lines: set[int], calls: Mapping[int, tuple[Any, ...]]) -> Block:
        """The block without the branches that Numba has pruned, because their test is a constant for these types; with
        calls of the routines for the types at hand."""
        out: list[Statement] = []
        for position, s in enumerate(block):
            here = (*path, position)
            inner = tuple(self.reached(b, (*here, number), text, lines, calls) for number, b in enumerate(blocks(s)))
            pruned = [bool(b) and not _seen(b, (*here, number), text, lines) for number, b in enumerate(blocks(s))]
            if isinstance(s, If) and any(pruned):
                out += inner[1] if pruned[0] else inner[0]
            elif isinstance(s, Call):
                if text.at[here] in calls:
                    out.append(replace(s, routine=self.instance(s.routine, calls[text.at[here]])))
            else:
                out.append(with_blocks(s, inner) if inner else s)
        return tuple(out)

    def instance(self, routine: str, argtypes: tuple[Any, ...]) -> str:
        key = routine, argtypes
        if key not in self.named:
            self.named[key] = self.namer.fresh(routine).name
        return self.named[key]


def _seen(block: Block, path: Path, text: Flat, lines: set[int]) -> bool:
    """Is there a line of the block, outside what it nests, in the typed function?"""
    return any(text.at.get((*path, position)) in lines for position in range(len(block)))


def convert(numba_type: Any) -> Type:
    """Numba's type as ours."""
    numba_type = types.unliteral(numba_type)
    match numba_type:
        case types.Array():
            return Array(str(numba_type.dtype), numba_type.ndim, numba_type.layout)
        case types.Boolean():
            return Scalar("bool")
        case types.Number() | LanesType():
            return Scalar(str(numba_type))
        case types.BaseTuple():
            kind = numba_type.instance_class if isinstance(numba_type, types.BaseNamedTuple) else None
            return TupleOf(tuple(convert(item) for item in numba_type), kind)
        case types.List():
            return ListOf(convert(numba_type.dtype))
        case _:
            return Other(str(numba_type))


def unify(left: Type | None, right: Type) -> Type:
    """The type of a name with two definitions, as Numba unifies them."""
    if left is None or left == right:
        return right
    match left, right:
        case Scalar(a), Scalar(b):
            return Scalar(np.result_type(a, b).name)
        case Array(a, n, _), Array(b, m, _) if a == b and n == m:
            return Array(a, n, "A")
        case TupleOf(items, kind), TupleOf(others, same) if kind is same and len(items) == len(others):
            return TupleOf(tuple(map(unify, items, others)), kind)
        case _:
            return Other(f"{left} or {right}")


def _explain(error: Exception, function: Function, text: Flat) -> TransformError:
    """Numba's complaint, at the user's line."""
    line = getattr(getattr(error, "loc", None), "line", None)
    loc = text.locs.get(line or 0, function.loc)
    first = next((part.strip() for part in str(error).splitlines() if part.strip() and "pipeline" not in part), "")
    return TransformError(f"Numba cannot type `{function.name}` for these arguments", loc=loc, reason=first,
                          remedy="make sure that `numba.njit` compiles the function as it is")  # fmt: skip
