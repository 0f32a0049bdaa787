"""Functions that the user has compiled for certain types, `@njit("float64(float64[:])")`: a derivative is one of what was
compiled, or it is refused.

In: the types of a call, and what makes the list for types.  Out: the list, or the reason why there is none.  A signature converts
what it is given and what is returned, which no derivative does; and `float64[:, :]` is an array of any layout, of which `ravel()`
is a copy although that of an array that lies by rows would be a view.
"""
from __future__ import annotations

from collections.abc import Callable
from itertools import chain, zip_longest
from typing import Any

from ..analyses.activity import returned
from ..applied import numba_type
from ..errors import TransformError
from ..ir import Function, Statement
from ..nesting import type_of
from ..reading.signatures import signatures, takes
from ..reading.source import Source
from ..walk import blocks, walk
from .arguments import ArgTypes, flat_types


def as_compiled(source: Source, primal: Any, given: ArgTypes, make: Callable[[ArgTypes], Function]) -> Function:
    """The list of a function for what it is given, `make(given)`, if that is what was compiled."""
    fixed = signatures(primal)
    if fixed is None:
        return make(given)
    fitting = [types for types in fixed if takes(types, given)]
    if not fitting:
        raise TransformError(
            f"`{source.name}` is compiled for {' or '.join(map(str, fixed))}, not for {tuple(given)}",
            loc=source.loc(source.tree), reason="its signature converts arguments, and a derivative would not",
            remedy="take the signature out of the decorator, or pass these types",
        )  # fmt: skip
    own = given if given in fitting else fitting[0]
    function = make(given)
    _same_result(source, primal.overloads[own].signature.return_type, function)
    if own != given:
        _same_text(source, function, make(own))
    return function


def _same_result(source: Source, declared: Any, function: Function) -> None:
    found = [numba_type(type_of(function.types, value)) for value in returned(function)]
    for own, type_ in zip(flat_types((declared,)), found, strict=False):        # (behind them the arguments that are results)
        if _number(own) != _number(type_):
            raise TransformError(
                f"`{source.name}` is compiled to return {own}, and computes {type_}",
                loc=source.loc(source.tree), reason="its signature converts the result, and a derivative would not",
                remedy="take the signature out of the decorator, or declare what is computed",
            )  # fmt: skip


def _number(type_: Any) -> Any:
    return getattr(type_, "dtype", type_)


def _same_text(source: Source, function: Function, compiled: Function) -> None:
    for mine, theirs in zip_longest(_simple(function), _simple(compiled)):
        if mine != theirs:
            loc = next((s.loc for s in (mine, theirs) if s is not None and s.loc is not None), source.loc(source.tree))
            raise TransformError(
                f"`{source.name}` is compiled for arrays of any layout, and is another function for this one", loc=loc,
                reason="for arrays of which Numba knows no layout it makes a copy of what would be a view, or the other way round",
                remedy="say how the array lies, `float64[:, ::1]` if by rows, or take the signature out of the decorator",
            )  # fmt: skip


def _simple(function: Function) -> list[Statement]:
    """The statements that have none inside."""
    everything = chain.from_iterable(walk(f.body) for f in (function, *function.routines.values()))
    return [s for s in everything if not blocks(s)]
