"""How a derivative function is called and what it hands back: flat operands packed into the public form.

Inside, every function has flat parameters and flat results.  The public form of vjp takes a tuple of primals and returns
a tuple of gradients with None for what has none, and the user's own parameters may be tuples and namedtuples; this is the
description of such packing, which `emit` writes out.
"""
from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .ir import Function, Var
from .structure import Structure

ParameterKind = Literal["plain", "starred", "keyword"]
Parts = str | None | tuple["Parts", ...]                # names of flat parameters; None: an item that nobody reads


@dataclass(frozen=True, slots=True)
class Parameter:
    """One public parameter and the flat ones it is taken apart into: one that is the parameter itself, or a tuple.  `renamed`: it
    keeps its own name, and the one has another."""

    name: str
    parts: Parts
    defaults: tuple[object, ...] = ()                   # the default value, if it has one
    kind: ParameterKind = "plain"
    renamed: bool = False


@dataclass(frozen=True, slots=True)
class Packed:
    """A derivative ready to be written: its entry's name, the flat function, and both packings; the leaves of `result`
    are places among the flat results; `captured` are parameters for what a nested function reads from around itself."""

    name: str
    title: str
    function: Function
    params: tuple[Parameter, ...]
    result: Structure
    captured: tuple[Var, ...] = ()


def direction_name(params: Sequence[str]) -> str:
    """What the direction of a Hessian-vector product is called beside these parameters: the best name that is free."""
    names = itertools.chain(("v", f"{params[0]}_dot"), (f"v_{number}" for number in itertools.count(1)))
    return next(name for name in names if name not in params)


def is_alone(param: Parameter) -> bool:
    """Is the one flat parameter the public one?"""
    return isinstance(param.parts, str) and not param.renamed
