"""How a derivative function is called and what it hands back: flat operands packed into the public form.

Inside, every function has flat parameters and flat results.  The public form of vjp takes a tuple of primals and returns
a tuple of gradients with None for what has none; this is the description of such packing, which `emit` writes out.
"""
from __future__ import annotations

from dataclasses import dataclass

from .ir import Function

Structure = int | None | tuple["Structure", ...]        # positions among the flat results


@dataclass(frozen=True, slots=True)
class Parameter:
    """One public parameter: a flat one of the same name, or a tuple of flat ones (None: an item that nobody reads)."""

    name: str
    parts: tuple[str | None, ...] | None = None
    defaults: tuple[object, ...] = ()               # the default value, if it has one


@dataclass(frozen=True, slots=True)
class Packed:
    """A derivative ready to be written: its entry's name, the flat function, and both packings."""

    name: str
    title: str
    function: Function
    params: tuple[Parameter, ...]
    result: Structure
