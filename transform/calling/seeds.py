"""Tangents, cotangents and directions: whether the caller gave them in the structure of what they belong to.

In: the structure of the arguments or of the result, and Numba's type of what was handed in.  Out: a structure like that of what
was handed in, whose leaves are the places that have a seed, and the types of these seeds.  A wrong structure, rank or kind is
refused here; wrong extents are found when the derivative is called.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numba.core import types

from ...runtime.trees import node_of
from ..analyses.activity import returned
from ..analyses.types import convert
from ..errors import NotDifferentiableError, TransformError
from ..ir import Array, Function, ListOf, Other, Scalar, TupleOf, Type, Var, is_float
from ..structure import (
    Extent,
    Listed,
    Nested,
    Spread,
    Stacked,
    Structure,
    has_other_keys,
    kind_in,
    labels_of,
    leaves,
    listed_like,
    rebuilt,
    ways,
)
from .arguments import is_none, items_of


@dataclass(frozen=True, slots=True)
class Seeds:
    """`structure` is that of what was handed in; None: there is nothing, or nobody reads it."""

    structure: Structure
    types: Mapping[int, Type]


Accepts = Callable[[int, Any, str], bool]


@dataclass(frozen=True, slots=True)
class Matcher:
    """Goes through what was handed in along the structure of what it belongs to."""

    accepts: Accepts                    # of a leaf: is it a seed?  Raises where it can be none
    empty: Callable[[tuple[Any, ...], Any, str], None]      # called for a tuple that has None in its place
    types: dict[int, Type] = field(default_factory=dict)
    known: bool = True                  # are extents known before the derivative is called?

    def match(self, structure: Structure, given: Any, label: str) -> Structure:
        if isinstance(structure, Spread):
            return self.spread(structure, given, label)
        if isinstance(structure, tuple):
            if is_none(given) or (isinstance(given, types.List) and is_none(given.dtype)):
                self.empty(structure, given, label)
                return None
            same_node(structure, given, label)
            return self.items(structure, items_in(given, label), label)
        if structure is None or not self.accepts(structure, given, label):
            return None
        self.types[structure] = _inside(convert(given))
        return listed_like(Listed(0) if isinstance(given, types.List) else 0, int(structure))  # type: ignore[no-any-return]

    def spread(self, structure: Spread, given: Any, label: str) -> Structure:
        """What belongs to a list of tuples or of arrays: such a list."""
        if is_none(given):
            self.empty(structure, given, label)
            return None
        found = items_of(given)
        if isinstance(structure, Nested) or (isinstance(structure, Stacked) and not self.known):
            what = "lists" if isinstance(structure, Nested) else "arrays"
            raise TransformError(
                f"`{label}` belongs to a list of {what}, which has no adjoint from outside",
                reason="how long they are is known only when the function has run",
                remedy="return a tuple of arrays, or one array (np.stack)",
            )
        if type(found) is not type(structure) or len(found) != len(structure):
            raise TransformError(f"`{label}` is {given}", reason="it belongs to a list, and has to be one of the same kind",
                                 remedy="pass such a list, with None for what is no float")  # fmt: skip
        return self.within(structure, found, label)

    def within(self, structure: tuple[Structure, ...], found: tuple[Any, ...], label: str) -> Structure:
        """The lists of numbers that a list is made of."""
        items: list[Structure] = []
        for item, type_, way in zip(structure, found, ways(structure), strict=True):
            if isinstance(item, Extent):
                items.append(Extent(item))
            elif isinstance(item, tuple) and not isinstance(item, Spread) and isinstance(type_, tuple) and len(item) == len(type_):
                items.append(self.within(item, type_, f"{label}{way}"))
            else:
                items.append(self.match(item, type_, f"{label}{way}"))
        return rebuilt(structure, items)

    def items(self, structure: tuple[Structure, ...], given: Sequence[Any], label: str) -> tuple[Structure, ...]:
        as_many(given, label, len(structure))
        inside = zip(structure, given, ways(structure), strict=True)
        return tuple(self.match(item, type_, f"{label}{way}") for item, type_, way in inside)


def tangents(function: Function, inputs: tuple[Structure, ...], given: Any) -> Seeds:
    """One for each argument, or None; a tuple's is a tuple."""
    labels = labels_of(function.inputs)

    def accepts(place: int, type_: Any, label: str) -> bool:
        if is_none(type_):
            return False
        mine, name = function.types[function.params[place].name], labels[place]
        if not is_float(mine):
            what, _ = kind_of(mine)
            raise NotDifferentiableError(f"`{name}` has a tangent, and is {what}", loc=function.loc,
                                         reason="only floating-point arguments move", remedy="write None for it")  # fmt: skip
        if not _like(mine, convert(type_)):
            raise TransformError(f"the tangent of `{name}` is {type_}", loc=function.loc,
                                 reason="a tangent is of real numbers, in the shape of its argument")  # fmt: skip
        return True

    matcher = Matcher(accepts, lambda *_: None)
    return Seeds(matcher.items(inputs, items_in(given, "tangents"), "tangents"), matcher.types)


def cotangents(function: Function, given: Any) -> Seeds:
    """Of the rank of the results, a tuple if those are one; what is given for a result that is no float is not read."""
    results = returned(function)

    def type_of(place: int) -> Type | None:
        value = results[place]
        return function.types.get(value.name) if isinstance(value, Var) else None

    def accepts(place: int, type_: Any, label: str) -> bool:
        mine = type_of(place)
        if not is_float(mine):
            return False
        if not _like(mine, convert(type_)):
            what = f"a {mine.ndim}-dimensional array" if isinstance(mine, Array) else "a number"
            raise _cotangent(function, label, type_, what)
        return True

    def empty(structure: tuple[Any, ...], type_: Any, label: str) -> None:
        if any(is_float(type_of(place)) for place in leaves(structure) if place is not None):
            raise _cotangent(function, label, type_, "a tuple")

    matcher = Matcher(accepts, empty, known=False)
    return Seeds(matcher.match(function.output, given, "y_bar"), matcher.types)


def directions(function: Function, chosen: Structure, given: Any) -> Seeds:
    """Structured like the gradient: a number or an array for each float, None for what is none."""
    labels = labels_of(function.inputs)

    def accepts(place: int, type_: Any, label: str) -> bool:
        mine = function.types[function.params[place].name]
        if not is_float(mine):
            if not is_none(type_):
                what, _ = kind_of(mine)
                raise NotDifferentiableError(f"`{labels[place]}` has a direction, and is {what}", loc=function.loc,
                                             reason="only floating-point arguments move", remedy="write None for it")  # fmt: skip
            return False
        if not _like(mine, convert(type_)):
            raise _direction(labels[place], type_)
        return True

    def empty(structure: tuple[Any, ...], type_: Any, label: str) -> None:
        for place in leaves(structure):
            if place is not None and is_float(function.types[function.params[place].name]):
                raise _direction(labels[place], type_)

    matcher = Matcher(accepts, empty)
    return Seeds(matcher.match(chosen, given, "v"), matcher.types)


def _cotangent(function: Function, label: str, type_: Any, what: str) -> TransformError:
    return TransformError(f"`{label}` of `{function.name}` is {type_}, its result is {what}",
                          reason="the adjoint of a result has the shape of the result")  # fmt: skip


def _direction(label: str, type_: Any) -> TransformError:
    return TransformError(f"the direction of `{label}` is {type_}", reason="it must be like the argument itself",
                          remedy="pass zeros for an argument that does not move")  # fmt: skip


def same_node(structure: tuple[Structure, ...], given: Any, label: str) -> None:
    """A dict or dataclass is given for one with the same keys."""
    kind, other = kind_in(structure), getattr(given, "instance_class", tuple)
    if has_other_keys(kind, other):
        raise TransformError(f"`{label}` is {_like_what(other, given)}, not {_like_what(kind, kind.__name__)}",
                             reason="it has the structure of what it belongs to, with the same keys")  # fmt: skip


def _like_what(kind: type, otherwise: Any) -> str:
    node = node_of(kind)
    return str(otherwise if node is None else node)


def items_in(numba_type: Any, name: str) -> tuple[Any, ...]:
    if not isinstance(numba_type, types.BaseTuple):
        raise TransformError(f"`{name}` must be a tuple, not {numba_type}", reason="it has one item for each argument",
                             remedy=f"write `{name}` as a tuple: `(x,)` for one argument")  # fmt: skip
    return tuple(numba_type)


def as_many(items: Sequence[Any], name: str, count: int) -> None:
    if len(items) != count:
        raise TransformError(f"`{name}` has {len(items)} items, not {count}", reason="it has one item for each argument",
                             remedy="write None for an argument that does not move")  # fmt: skip


def kind_of(type_: Type | None) -> tuple[str, str]:
    """What an argument without a derivative is, and what to pass instead."""
    match type_:
        case Scalar("bool"):
            return "a bool", "pass 3.0, or drop it from argnums"
        case Scalar(dtype) if "int" in dtype:
            return f"an integer ({dtype})", "pass 3.0, or drop it from argnums"
        case Scalar(dtype):
            return f"a {dtype}", "pass a float64 or float32, or drop it from argnums"
        case Array(dtype) if dtype.startswith(("float", "complex")):
            return f"an array of {dtype}", "pass an array of float64 or float32, or drop it from argnums"
        case Array(dtype):
            return f"an array of {dtype}", "pass an array of floats, or drop it from argnums"
        case TupleOf():
            return "a tuple without floats", "pass floats in it, or drop it from argnums"
        case None:
            return "None", "pass a number or an array, or drop it from argnums"
        case Other(text):
            return f"a {text}", "drop it from argnums"
        case _:
            return f"a {type_}", "drop it from argnums"


def _inside(type_: Type) -> Type:
    """A list of numbers is an array inside."""
    return Array(type_.item.dtype, 1, "C") if isinstance(type_, ListOf) and isinstance(type_.item, Scalar) else type_


def _like(value: Type | None, seed: Type) -> bool:
    """Is the seed a real number for a number, an array of the same rank for an array?  For a list both will do."""
    seed = _inside(seed)
    if isinstance(value, Array):
        return isinstance(seed, Array) and seed.ndim == value.ndim and not seed.dtype.startswith("complex")
    return isinstance(seed, Scalar) and not seed.dtype.startswith("complex")
