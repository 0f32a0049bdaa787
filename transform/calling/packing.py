"""Derivatives packed for their callers: which flat names a public parameter is taken apart into, where results stand.

In: a derived function, still without Return, and the structure of what it was derived from.  Out: the parts of a `Packed`.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..interface import Packed, Parameter, Parts
from ..ir import Const, Function, Operand, Return, Scalar, Var
from ..names import base
from ..reading.source import head
from ..resolve.routines import reachable
from ..simplify import simplify
from ..structure import CheckedName, Extent, Structure, leaves, mapped, structured
from .differentiable import float_names


def public_parameters(primal: Any, function: Function, params: Sequence[Var]) -> list[Parameter]:
    """The primal's own parameters, with their defaults; `params` are those of the derivative."""
    source = head(primal)
    out = []
    for (name, structure), shown in zip(function.inputs.items(), source.params, strict=True):     # (of `v` the text says `x_dot`)
        default = (structured(source.defaults[shown]),) if shown in source.defaults else ()
        parts, kind = parts_of(structure, params), source.kind(shown)
        renamed = kind == "keyword" and isinstance(parts, str) and base(parts) != name
        out.append(Parameter(name, parts, default, kind, renamed))
    return out


def parts_of(structure: Structure, vars: Sequence[Var | None], own: Sequence[Var] = ()) -> Parts:
    """The names at the places; `own` are the parameters that seeds belong to."""

    def name(place: int | None) -> str | None:
        if place is not None and own and isinstance(place, Extent):
            return CheckedName(own[place].name)
        var = None if place is None else vars[place]
        return None if var is None else var.name

    parts: Parts = mapped(name, structure)
    return parts


def seed_parameter(name: str, parts: Parts) -> Parameter:
    """A parameter for a derivative that the caller hands in, under the name that it has in the text if it is one value."""
    return Parameter(parts if isinstance(parts, str) else name, parts)


def captured_of(function: Function, params: Sequence[Var]) -> tuple[Var, ...]:
    """The parameters for what a nested function captures, which stand behind its own; `params` are those of the derivative."""
    own = {place for structure in function.inputs.values() for place in leaves(structure)}
    return tuple(param for place, param in enumerate(params[: len(function.params)]) if place not in own)


def pack(
    name: str, title: str, function: Function, results: Sequence[Operand | None], structure: Structure, params: Sequence[Parameter],
    captured: tuple[Var, ...],
) -> Packed:  # fmt: skip
    """Close the function with its Return, tidy it, and name its public parameters."""
    results = list(results)

    def found(place: int | None) -> int | None:
        if not isinstance(place, Extent) or place >= 0:
            return place
        results.append(function.params[-1 - place])
        return len(results) - 1

    structure = mapped(found, structure)
    tidy = reachable(simplify(returning(function, results)))
    return Packed(name, title, tidy, tuple(params), structure, captured)


def returning(function: Function, results: Sequence[Operand | None]) -> Function:
    values = tuple(Const(None) if value is None else value for value in results)
    return replace(function, body=(*function.body, Return(values, True)))


def slots_of(function: Function, structure: Structure, names: Sequence[str], first: int) -> Structure:
    """The structure of arguments with places among the results, which has gradients by `names` from `first` on.  What says how
    long parts of a list are is the parameter itself, which `pack` puts among the results."""
    places = {name: first + k for k, name in enumerate(names)}

    def slot(place: int | None) -> int | None:
        if place is None:
            return None
        return -1 - place if isinstance(place, Extent) else places.get(function.params[place].name)

    slots: Structure = mapped(slot, structure)
    return slots


def zero_like(function: Function, name: str) -> Const:
    type_ = function.types[name]
    return Const(0.0, "float32" if isinstance(type_, Scalar) and type_.dtype == "float32" else None)


def place_of(function: Function) -> str:
    loc = function.loc
    return function.name if loc is None else f"{function.name} ({Path(loc.file).name}:{loc.line})"


def about_of(function: Function, wrt: Sequence[int] | int | None = None) -> str:
    """The arguments that a derivative is with respect to, all with floats if not chosen."""
    names = list(function.inputs)
    if wrt is None:
        return ", ".join(name for name in names if float_names(function, function.inputs[name]))
    return ", ".join(names[position] for position in ((wrt,) if isinstance(wrt, int) else wrt))
