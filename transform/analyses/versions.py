"""One type for each name, where Numba has one for each version of it.

In: a typed list whose names have the type that all their definitions share (`n = 3`, and later, on one path, `n = x[0]`: a float),
and the type of each definition by itself.  Out: the same list, where what is read has the type of the definitions that reach the
place: `n.1 = 3; n = float64(n.1)`, and `range(n.1)`; arrays without gaps likewise.  What holds afterwards: every definition
has the type of its name.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from ..ir import (
    Array,
    Assign,
    Block,
    Const,
    For,
    Function,
    Loc,
    Operand,
    Other,
    Scalar,
    Statement,
    TupleOf,
    Type,
    Var,
    View,
)
from ..names import Namer, base
from ..normalise import Definition, reaching
from ..walk import Path, blocks, map_bind, map_reads, names, walk, with_blocks


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


def one_type_each(function: Function, own: Mapping[Definition, Type]) -> Function:
    """`own`: the type of each definition, those of parameters at the path ()."""
    mixed = {name for (name, _), type_ in own.items() if type_ != function.types[name]}
    mixed -= {name for (name, _), type_ in own.items() if not isinstance(type_, Scalar | Array)}
    mixed -= {name for name in mixed if not isinstance(function.types[name], Scalar | Array)}
    return _Versions(function, own, mixed).split() if mixed else function


class _Versions:
    def __init__(self, function: Function, own: Mapping[Definition, Type], mixed: set[str]) -> None:
        self.function, self.own = function, own
        self.types, self.namer = dict(function.types), Namer(names(function))
        self.versions: dict[str, dict[Type, Var]] = {}          # the names for a name, by what they hold; the widest first
        self.public = {param.name: own[param.name, ()] for param in function.params if param.name in mixed}
        for name in sorted(mixed):
            if self.public.get(name, function.types[name]) == function.types[name]:
                self.versions[name] = {function.types[name]: Var(name)}
            else:                                               # a parameter is what it is given as
                self.versions[name] = {function.types[name]: self.named(name, function.types[name])}
                self.versions[name][self.public[name]] = Var(name)
                self.types[name] = self.public[name]
        places = {place: found for place, found in reaching(function).items() if place[1] in mixed}
        self.read = {place: self.version(place[1], found) for place, found in places.items()}
        self.passed = any(isinstance(s, Assign) and s.op == "passed" for s in walk(function.body))

    def named(self, name: str, type_: Type) -> Var:
        var = self.namer.fresh(name)
        self.types[var.name] = type_
        return var

    def version(self, name: str, reaching: frozenset[Definition]) -> Var:
        """What is read where these definitions reach; of those that Numba took away nothing is known, nor is it asked."""
        found: Type | None = None
        for definition in reaching & self.own.keys():
            found = unify(found, self.own[definition])
        versions = self.versions[name]
        if found is None:
            return next(iter(versions.values()))
        if found not in versions:
            versions[found] = self.named(name, found)
        return versions[found]

    def split(self) -> Function:
        start = [s for name, type_ in self.public.items() for s in self.wider(name, Var(name), type_, self.function.loc)]
        return replace(self.function, body=(*start, *self.block(self.function.body, ())), types=self.types)

    def wider(self, name: str, value: Operand, type_: Type, loc: Loc | None) -> Iterator[Statement]:
        """All versions of a name that can hold a value of this type, from the operand that has it."""
        for wide, target in self.versions[name].items():
            if wide != type_ and unify(type_, wide) == wide:
                yield _converted(target, value, wide, loc)

    def block(self, block: Block, path: Path) -> Block:
        return tuple(new for k, s in enumerate(block) for new in self.statement(s, (*path, k)))

    def statement(self, s: Statement, path: Path) -> Iterator[Statement]:
        after: list[Statement] = []

        def read(operand: Operand) -> Operand:
            return self.read.get((path, operand.name), operand) if isinstance(operand, Var) else operand

        def bound(var: Var) -> Var:
            versions = self.versions.get(var.name, {})
            if not versions or (len(versions) == 1 and literal is None and not self.passed):
                return var                              # Numba finds the type of the name again, in any text
            type_ = self.own.get((var.name, path), self.function.types[var.name])
            target = versions.get(type_) or self.named("%" + base(var.name), type_)
            after.extend(self.wider(var.name, literal or target, type_, s.loc))
            return target

        literal = s.args[0] if isinstance(s, Assign) and s.op in ("=", "bind", "passed") and isinstance(s.args[0], Const) else None
        inner = [self.block(nested, (*path, k)) for k, nested in enumerate(blocks(s))]
        new = map_bind(map_reads(s, read), bound)
        if isinstance(s, For):
            yield with_blocks(new, ((*after, *inner[0]),))
        else:
            yield with_blocks(new, tuple(inner)) if inner else new
            yield from after


def _converted(target: Var, value: Operand, wide: Type, loc: Loc | None) -> Statement:
    if isinstance(value, Const) and isinstance(value.value, int) and wide == Scalar("float64"):
        return Assign(target, "bind", (Const(float(value.value)),), loc=loc)
    if isinstance(wide, Scalar):
        return Assign(target, f"cast:{wide.dtype}", (value,), loc=loc)
    assert isinstance(value, Var)
    return View(target, value, "=", loc=loc)
