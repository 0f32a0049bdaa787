"""Numba's own types for every name of a function.

The function is written out flat, one statement a line, and taken through Numba's untyped passes and its type inference;
no machine code is made.  Each name then has the type that its definitions share (`x = 0` before `x += 0.5` is a
float, as in Numba).  `infer` is the seam: tests may hand types in and skip it.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from numba import typeof
from numba.core import ir as numba_ir
from numba.core import types
from numba.core.errors import NumbaError

from ...runtime.lanes import LanesType
from ..errors import TransformError, UnsupportedError
from ..ir import Array, Assign, Block, Call, Const, Function, If, ListOf, Other, Scalar, Statement, TupleOf, Type, While
from ..names import Namer, is_temporary
from ..normalise import Definition, split_webs
from ..walk import Path, binds, blocks, located, walk, with_blocks
from .flat import Flat
from .inference import Inferred, Stub, run
from .passed import without_passed
from .versions import one_type_each, unify
from .ways_out import check_ways_out, flags_of


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
        found = _Found()
        for block in inferred.func_ir.blocks.values():
            found.lines |= {inst.loc.line for inst in block.body if not _is_phi(inst)}
            for inst in block.find_insts(numba_ir.Assign):
                name = text.names.get(inst.target.unversioned_name)
                if name is not None and (inst.loc.line, name) in text.lines:
                    found.types[inst.loc.line, name] = convert(inferred.typemap[inst.target.name])
            for call in block.find_exprs("call"):
                found.calls[call.loc.line] = tuple(types.unliteral(arg) for arg in inferred.calltypes[call].args)
        given = zip(function.params, argtypes, strict=True)
        own: dict[Definition, Type] = {(param.name, ()): convert(type_) for param, type_ in given}
        body: list[Statement] = []
        self.reached(function.body, (), (), body, own, text, found)
        check_ways_out(replace(function, body=tuple(body)), own)
        taken = replace(function, body=tuple(body))
        joined = _joined(taken, own)
        if any(isinstance(type_, Other) for type_ in joined.values()):          # a branch that is gone held them together
            taken, own = _split(taken, own)
            joined = _joined(taken, own)
        return without_passed(one_type_each(replace(taken, types=joined), own))

    def reached(
        self, block: Block, path: Path, to: Path, out: list[Statement], own: dict[Definition, Type], text: Flat, found: _Found
    ) -> None:
        """The block, which goes to the end of `out`, without the branches that Numba has pruned, because their test is a constant
        for these types; with calls of the routines for the types at hand, and with the type of each definition in `own`."""
        for position, s in enumerate(block):
            here, there = (*path, position), (*to, len(out))
            line = text.at[here]
            unseen = [not _seen(b, (*here, number), text, found.lines) for number, b in enumerate(blocks(s))]
            if isinstance(s, If) and any(unseen):
                number = 1 if unseen[0] else 0
                self.reached(blocks(s)[number], (*here, number), to, out, own, text, found)
                continue
            if isinstance(s, While) and any(unseen[1:]):            # the loop ends where it begins
                self.reached(s.header, (*here, 0), to, out, own, text, found)
                continue
            if isinstance(s, While) and text.ways_out[here] not in found.lines:
                s = replace(s, test=Const(True))
            if isinstance(s, Assign) and s.op == "rank":
                s = replace(s, op=".ndim")
            if isinstance(s, Call):
                if line not in found.calls:
                    continue
                s = replace(s, routine=self.instance(s.routine, found.calls[line]))
            own |= {(var.name, there): found.types[line, var.name] for var in binds(s) if (line, var.name) in found.types}
            inner: list[Block] = []
            for number, b in enumerate(blocks(s)):
                nested: list[Statement] = []
                self.reached(b, (*here, number), (*there, number), nested, own, text, found)
                inner.append(tuple(nested))
            out.append(with_blocks(s, tuple(inner)) if inner else s)

    def instance(self, routine: str, argtypes: tuple[Any, ...]) -> str:
        key = routine, argtypes
        if key not in self.named:
            self.named[key] = self.namer.fresh(routine).name
        return self.named[key]


def _is_phi(inst: Any) -> bool:
    """Is it a join of versions, or what is left of one?  It has the line of a block that may be gone."""
    if not isinstance(inst, numba_ir.Assign):
        return False
    of_versions = isinstance(inst.value, numba_ir.Var) and inst.value.unversioned_name == inst.target.unversioned_name
    return of_versions or (isinstance(inst.value, numba_ir.Expr) and inst.value.op == "phi")


def _joined(function: Function, own: Mapping[Definition, Type]) -> dict[str, Type]:
    """The type that all definitions of a name share."""
    joined: dict[str, Type] = {name: convert(typeof(value)) for name, value in function.captures.items()}
    for (name, _), type_ in own.items():
        joined[name] = unify(joined.get(name), type_)
    return joined


def _split(function: Function, own: Mapping[Definition, Type]) -> tuple[Function, dict[Definition, Type]]:
    """The function with one name for each web, and the types of its definitions."""
    split = split_webs(function)
    pairs = zip(located(function.body), located(split.body), strict=True)
    names = {(old.name, path): new.name for (path, s), (_, t) in pairs for old, new in zip(binds(s), binds(t), strict=True)}
    return split, {(names.get(place, place[0]), place[1]): type_ for place, type_ in own.items()}


@dataclass
class _Found:
    """What Numba says of the lines of a text: which it has not taken away, and the types of what they bind and call with."""

    lines: set[int] = field(default_factory=set)
    types: dict[tuple[int, str], Type] = field(default_factory=dict)
    calls: dict[int, tuple[Any, ...]] = field(default_factory=dict)


def _seen(block: Block, path: Path, text: Flat, lines: set[int]) -> bool:
    """Is there a line of the block, outside what it nests, in the typed function?"""
    return any(text.at.get((*path, position)) in lines for position in range(-1, len(block)))


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


def _explain(error: Exception, function: Function, text: Flat) -> TransformError:
    """Numba's complaint, at the user's line."""
    line = getattr(getattr(error, "loc", None), "line", None)
    loc = text.locs.get(line or 0, function.loc)
    for s in walk(function.body):
        match s:
            case Assign(_, "part", (_, _, Const(count))) if s.loc is not None and s.loc == loc:
                return UnsupportedError(f"this is a number or an array here and a tuple of {count} on another path", loc=loc,
                                        reason="a value has one structure, whatever the path",
                                        remedy="return the same on every path")  # fmt: skip
            case _:
                pass
    first = next((part.strip() for part in str(error).splitlines() if part.strip() and "pipeline" not in part), "")
    first = re.sub(r" for '(\w+)[.\d]*', defined at <types of .*", lambda found: _for(text.names.get(found[1])), first)
    remedy = "make sure that `numba.njit` compiles the function as it is"
    if re.match(r"Cannot unify (array|list)\(u?int", first):
        remedy += "; if it does, let the number that becomes a float begin as one (`s = 0.0` for `s = 0`)"
    elif flags_of(function):
        remedy += "; if it does, give what is bound right before `break`, `continue` or `return` names of its own"
    return TransformError(f"Numba cannot type `{function.name}` for these arguments", loc=loc, reason=first, remedy=remedy)


def _for(name: str | None) -> str:
    return f" for `{name}`" if name is not None and not is_temporary(name) else ""
