"""Derivatives of derivatives: the result of a transform as a function like any other.

`as_list` takes a derivative back as the list of a user function, `expanded` puts derivatives in the places where a function calls
them.  Both ways every name is fresh, and nothing tells where a statement came from: each level has adjoints and tangents of its
own, so none can be taken for those of another (perturbation confusion, Siskind & Pearlmutter 2005).
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from .analyses.types import infer
from .applied import Applied, numba_type, result_type
from .calling.arguments import inner_types, inputs_of
from .errors import UnsupportedError
from .interface import Packed, Parts
from .ir import Assign, Block, Call, Const, Function, ListOf, Operand, Remark, Return, Scalar, Statement, Type, Var
from .names import Namer, base, is_temporary
from .resolve.routines import taken_over
from .structure import Listed, Structure, leaves, mapped
from .walk import blocks, map_bind, map_block, map_reads, names, reads, walk, with_blocks

Tree = Operand | tuple["Tree", ...]


def as_list(packed: Packed, argtypes: tuple[Any, ...]) -> Function:
    """The typed list of a derivative: its public parameters and results are those of the function."""
    function = packed.function
    inputs = inputs_of(argtypes)
    flat = _flat(packed, inputs, Namer(names(function)))
    body = map_block(function.body, lambda s: [] if isinstance(s, Remark) else [s])
    named = {param.name: structure for param, structure in zip(packed.params, inputs, strict=True)}
    params = (*flat, *packed.captured)
    plain = replace(function, name=packed.name, params=params, body=body, inputs=named, output=packed.result, types={})
    captured = tuple(numba_type(function.types[var.name]) for var in packed.captured)
    return infer(plain, (*inner_types(argtypes), *captured))


def _flat(packed: Packed, inputs: tuple[Structure, ...], namer: Namer) -> list[Var]:
    """The flat parameters for arguments that are made so."""

    def flat(parts: Parts, structure: Structure) -> Iterator[Var]:
        if isinstance(structure, tuple):
            inner = parts if isinstance(parts, tuple) else (None,) * len(structure)
            for part, item in zip(inner, structure, strict=True):
                yield from flat(part, item)
        elif structure is not None:
            yield Var(parts) if isinstance(parts, str) else namer.fresh("unused")

    pairs = zip(packed.params, inputs, strict=True)
    return [var for param, structure in pairs for var in flat(param.parts, structure)]


def result_of(packed: Packed, argtypes: tuple[Any, ...]) -> Any:
    """Numba's type of what a derivative returns for arguments of these types."""
    function = as_list(packed, argtypes)
    last = function.body[-1]
    assert isinstance(last, Return)
    return result_type(packed.result, [numba_type(type_of(function.types, value)) for value in last.values])


def type_of(types: Mapping[str, Type], value: Operand) -> Type | None:
    if isinstance(value, Var):
        return types.get(value.name)
    known = {bool: "bool", int: "int64", float: "float64"}
    return None if value.value is None else Scalar(value.dtype or known[type(value.value)])


# ---- calls of derivatives inside a function --------------------------------------------------------------------------


def has_calls(function: Function) -> bool:
    bodies = (function.body, *(routine.body for routine in function.routines.values()))
    return any(isinstance(s, Assign) and s.op == "apply" for body in bodies for s in walk(body))


def expanded(function: Function) -> Function:
    """An untyped list with derivatives in the places where it and its routines call them; `function` is typed."""
    routines = dict(function.routines)
    for name, routine in function.routines.items():
        routines[name] = _expanded(routine, routines)
    return replace(_expanded(function, routines), routines=routines)


def _expanded(function: Function, routines: dict[str, Function]) -> Function:
    """The function alone; the routines of the derivatives that it calls are added to `routines`."""
    expander = _Expander(function, routines)
    body = expander.block(function.body)
    captures = {name: value for name, value in expander.captures.items() if not isinstance(value, Applied)}
    return replace(function, body=body, captures=captures, types={}, active=tuple(expander.active),
                   named=frozenset(expander.named))  # fmt: skip


class _Expander:
    def __init__(self, function: Function, routines: dict[str, Function]) -> None:
        self.routines = routines
        self.types, self.captures = function.types, dict(function.captures)
        self.namer = Namer(names(function))
        self.active = dict.fromkeys(function.active)
        self.named = set(function.named)
        self.results: dict[str, Tree] = {}              # of calls, by the name that the call binds

    def block(self, block: Block) -> Block:
        out: list[Statement] = []
        for s in block:
            match s:
                case Assign(target, "apply", (Var(name), *args)):
                    out += self.call(s, target, self.captures[name], tuple(args))
                case Assign(target, "item", (Var(name), Const(int() as number), *_)) if name in self.results:
                    whole = self.results[name]
                    assert isinstance(whole, tuple)
                    out += self.bind(s, target, whole[number])
                case _:
                    inner = tuple(map(self.block, blocks(s)))
                    out += self.with_whole(with_blocks(s, inner) if inner else s)
        return tuple(out)

    def with_whole(self, s: Statement) -> list[Statement]:
        """A statement that uses a result as one value, behind what makes it one."""
        out: list[Statement] = []

        def whole(tree: Tree) -> Operand:
            if not isinstance(tree, tuple):
                return tree
            made, items = self.namer.temporary("whole"), tuple(map(whole, tree))
            out.append(Assign(made, "tuple", items, loc=s.loc))
            return made

        used = {var.name: whole(self.results[var.name]) for var in reads(s) if var.name in self.results}
        return [*out, map_reads(s, lambda old: used.get(old.name, old) if isinstance(old, Var) else old) if used else s]

    def bind(self, s: Statement, target: Var, value: Tree) -> list[Statement]:
        if isinstance(value, tuple):
            self.results[target.name] = value
            return []
        return [Assign(target, "bind", (value,), loc=s.loc)]

    def call(self, s: Assign, target: Var, applied: object, args: tuple[Operand, ...]) -> list[Statement]:
        """The derivative's statements under names of their own, and its results."""
        assert isinstance(applied, Applied)
        packed, _ = applied.product(tuple(numba_type(type_of(self.types, arg)) for arg in args))
        self.active.update(dict.fromkeys(packed.function.active))
        self.named |= packed.function.named
        params = [*_flat(packed, applied.structure, Namer(names(packed.function))), *packed.captured]
        own: dict[str, Var] = {}
        for name, value in packed.function.captures.items():
            own[name] = self.namer.fresh(name)
            self.captures[own[name].name] = value

        def renamed(operand: Operand) -> Operand:
            return bound(operand) if isinstance(operand, Var) else operand

        def bound(var: Var) -> Var:
            if var.name not in own:
                hint = base(var.name)
                own[var.name] = self.namer.temporary(hint) if is_temporary(var.name) else self.namer.fresh(hint)
            return own[var.name]

        called = self.taken_over(packed.function.routines)

        def taken(inner: Statement) -> Statement:
            new = map_bind(map_reads(inner, renamed), bound)
            return replace(new, routine=called[new.routine], loc=new.loc or s.loc) if isinstance(new, Call) else new

        def statement(inner: Statement) -> list[Statement]:
            return [] if isinstance(inner, Remark | Return) else [taken(inner)]

        last = packed.function.body[-1]
        assert isinstance(last, Return)
        if any(isinstance(place, Listed) for place in leaves(packed.result)):
            raise UnsupportedError(
                "this derivative gives a list inside of a differentiated function", loc=s.loc,
                reason="what stands for it there is an array", remedy="hand an array to it, not a list",
            )  # fmt: skip
        passed = [Assign(bound(param), self.passing(arg), (arg,), loc=s.loc) for param, arg in zip(params, args, strict=True)]
        body = map_block(packed.function.body, statement)
        tree: Tree = mapped(lambda place: Const(None) if place is None else renamed(last.values[place]), packed.result)
        return [*passed, *body, *self.bind(s, target, tree)]

    def passing(self, arg: Operand) -> str:
        """How a parameter gets its value: a list becomes an array."""
        if isinstance(arg, Const):
            return "passed"
        return "np.array" if isinstance(self.types.get(arg.name), ListOf) else "bind"

    def taken_over(self, routines: Mapping[str, Function]) -> dict[str, str]:
        """The names here of the routines that a derivative brings with it."""
        return taken_over(routines, self.routines, Namer(self.routines))
