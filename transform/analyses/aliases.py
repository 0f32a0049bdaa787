"""Which memory a name may stand for.

A root is a piece of memory: an array parameter, a captured array, or the array that an Assign makes, named after the name it
is first bound to.  A view stands for the roots of what it views.  Flow-insensitive: a name stands for every root that any of
its bindings gives it.  Distinct array arguments are distinct roots; what makes that true is checked before the
kernel runs.
"""
from __future__ import annotations

from dataclasses import dataclass

from ..ir import Array, Assign, Call, Function, ListOf, Pop, Push, Statement, TupleOf, Type, Var, View
from ..walk import walk

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Aliases:
    roots: dict[str, frozenset[str]]

    def add(self, view: str, array: str) -> None:
        self.roots[view] = self.of(array)

    def of(self, name: str) -> frozenset[str]:
        return self.roots.get(name, _NONE)

    def disjoint(self, left: str, right: str) -> bool:
        """Is it proved that the two names share no memory?"""
        return not (self.of(left) & self.of(right))


def aliases_of(function: Function) -> Aliases:
    roots: dict[str, frozenset[str]] = {
        name: frozenset([name])
        for name in (*(param.name for param in function.params), *function.captures)
        if isinstance(function.types.get(name), Array)
    }

    def add(name: str, more: frozenset[str]) -> bool:
        known = roots.get(name, _NONE)
        roots[name] = known | more
        return roots[name] != known

    flows: list[Statement] = []                         # between two names
    for s in walk(function.body):
        match s:
            case View() | Push() | Pop() | Assign(op="item"):
                flows.append(s)
            case Assign(target, op) if (type_ := function.types.get(target.name)) is not None:
                if isinstance(type_, Array) or _holds_arrays(type_):
                    add(target.name, frozenset([target.name]))
                elif isinstance(type_, ListOf) and op == "=":
                    flows.append(s)
            case Call(targets):
                for target in targets:
                    if isinstance(function.types.get(target.name), Array):
                        add(target.name, frozenset([target.name]))
            case _:
                pass
    changed = True
    while changed:
        changed = False
        for s in flows:
            match s:
                case Assign(target, "item", (Var(whole), _)) if whole in roots:
                    changed |= add(target.name, roots[whole])
                case Assign(target, "item") if isinstance(t := function.types.get(target.name), Array) or _holds_arrays(t):
                    changed |= add(target.name, frozenset([target.name]))
                case Assign(target, "=", (value,)):
                    changed |= add(target.name, roots.get(getattr(value, "name", ""), _NONE))
                case View(target, array):
                    changed |= add(target.name, roots.get(array.name, _NONE))
                case Push(list_, value):
                    changed |= add(list_.name, roots.get(value.name, _NONE))
                case Pop(target, list_):
                    changed |= add(target.name, roots.get(list_.name, _NONE))
                case _:
                    pass
    return Aliases(roots)


def _holds_arrays(type_: Type | None) -> bool:
    return isinstance(type_, TupleOf) and any(isinstance(item, Array) for item in type_.items)
