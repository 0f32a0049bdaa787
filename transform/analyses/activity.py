"""Which numbers and which memory a derivative flows through.

A name is active if it varies with an active input and the result depends on it (Hascoët, Naumann & Pascual 2005).  Numbers
are judged by name, arrays by root; flow-insensitive, hence safe: memory that an active value is ever written to is active
wherever it is read.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import UnsupportedError
from ..ir import Accumulate, Array, Assign, Call, Function, Load, Operand, Return, Statement, Store, Var, is_float
from ..rules import RULES
from ..rules.remedies import OTHERWISE, REMEDIES
from ..switches import on
from ..walk import walk, written
from .aliases import Aliases


@dataclass(frozen=True, slots=True)
class Activity:
    names: frozenset[str]               # numbers and array names

    def __contains__(self, operand: object) -> bool:
        return isinstance(operand, Var) and operand.name in self.names


def active_args(s: Assign) -> tuple[bool, ...]:
    """For each argument of an op: may a derivative flow through it?"""
    rule = RULES.get(s.op)
    if s.op == "=" or s.op.startswith("cast:"):
        return (True,) * len(s.args)
    if rule is None:
        return (False,) * len(s.args)
    return rule.active[: len(s.args)]


def activity_of(function: Function, memory: Aliases, inputs: Iterable[str], results: Iterable[str]) -> Activity:
    if not on("activity"):
        return Activity(frozenset(name for name, type_ in function.types.items() if is_float(type_)))
    flow = _Flow(function, memory)
    varied = flow.closure(inputs, forwards=True)
    useful = flow.closure(results, forwards=False)
    return Activity(frozenset(name for name in flow.spread(varied & useful) if is_float(function.types.get(name))))


def refuse_opaque(function: Function, memory: Aliases, inputs: Iterable[str]) -> None:
    """No derivative may come to what has none."""
    statements = [s for s in walk(function.body) if isinstance(s, Assign) and s.op in RULES and RULES[s.op].opaque]
    if not statements:
        return
    flow = _Flow(function, memory)
    varied = flow.closure(inputs, forwards=True)
    for s in statements:
        if any(flow.places(arg) & varied for arg in s.args):
            raise _refusal(s)


def _refusal(s: Assign) -> UnsupportedError:
    if RULES[s.op].effect:
        return UnsupportedError(
            f"`{s.op}` has a parameter that carries a derivative", loc=s.loc,
            reason="what is drawn has no derivative by that parameter here",
            remedy="draw from a standard distribution, and compute the number from that draw",
        )  # fmt: skip
    return UnsupportedError(
        f"there is no derivative rule for `{s.op}`", loc=s.loc,
        reason="what it is given carries a derivative here; elsewhere it is called as it is",
        remedy=REMEDIES.get(s.op, OTHERWISE),
    )  # fmt: skip


class _Flow:
    """Edges value → value over cells of knowledge: a number is its name, an array is each of its roots."""

    def __init__(self, function: Function, memory: Aliases) -> None:
        self.function, self.memory = function, memory
        self.edges: list[tuple[frozenset[str], frozenset[str]]] = []
        for s in walk(function.body):
            self.edges.extend(self.edge(s))

    def places(self, operand: Operand) -> frozenset[str]:
        if not isinstance(operand, Var) or not is_float(self.function.types.get(operand.name)):
            return frozenset()
        if isinstance(self.function.types[operand.name], Array):
            return self.memory.of(operand.name)
        return frozenset([operand.name])

    def edge(self, s: Statement) -> Iterable[tuple[frozenset[str], frozenset[str]]]:
        match s:
            case Assign(target, _, args):
                for arg, moves in zip(args, active_args(s), strict=False):
                    if moves:
                        yield self.places(arg), self.places(target)
            case Load(target, array):
                yield self.places(array), self.places(target)
            case Store(array, _, value) | Accumulate(array, _, value):
                yield self.places(value), self.places(array)
            case Call(targets, _, args):
                for arg in args:
                    for target in (*targets, *written(s)):
                        yield self.places(arg), self.places(target)
            case _:
                pass

    def closure(self, names: Iterable[str], forwards: bool) -> frozenset[str]:
        found: set[str] = set()
        for name in names:
            found |= self.places(Var(name))
        changed = True
        while changed:
            changed = False
            for source, target in self.edges:
                source, target = (source, target) if forwards else (target, source)
                if source & found and not target <= found:
                    found |= target
                    changed = True
        return frozenset(found)

    def spread(self, places: frozenset[str]) -> frozenset[str]:
        """Every name that stands for one of the places, and every place that such a name may stand for: a name that is
        bound to an active array in one branch has a shadow in the other, too."""
        found = set(places)
        changed = True
        while changed:
            before = len(found)
            for name, roots in self.memory.roots.items():
                if name in found or roots & found:
                    found |= roots
                    found.add(name)
            changed = len(found) != before
        return frozenset(found)


def returned(function: Function) -> tuple[Operand, ...]:
    last = function.body[-1]
    assert isinstance(last, Return)
    return last.values
