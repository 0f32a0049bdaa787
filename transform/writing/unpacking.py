"""The first lines of a derivative: what its parameters are taken apart into.

Tuples are their items, lists of numbers become arrays, lists of tuples and of arrays become several (`structure.Spread`).
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from ..interface import Packed, Parameter, Parts
from ..ir import Array, Type, Var
from ..structure import CheckedName, ListedName, Spread, Stacked, leaves

Names = Mapping[str, str]


def unpacked(packed: Packed, names: Names) -> list[str]:
    """The lines, in front of the forward sweep."""
    lines: list[str] = []
    spread: list[tuple[str, Spread]] = []
    for param in packed.params:
        if isinstance(param.parts, str) and param.renamed:
            lines.append(f"    {names[param.parts]} = {param.name}")
        elif isinstance(param.parts, Spread):
            spread.append((param.name, param.parts))
        elif isinstance(param.parts, tuple) and any(leaves(param.parts)):
            inside = _targets(param.parts, names, spread, _taken_names(packed, names))[1:-1]
            lines.append(f"    {inside} = {param.name}")
    return [*lines, *_arrays_of_lists(packed, names), *_spread(packed, names, spread)]


def helpers_of_params(params: Sequence[Parameter]) -> set[str]:
    """The helpers that these lines call."""
    stacked = [part for param in params for part in _spreads(param.parts) if isinstance(part, Stacked)]
    checked = any(isinstance(leaf, CheckedName) for part in stacked for leaf in leaves(part))
    return ({"flat_of", "extents_of"} if stacked else set()) | ({"check_extents"} if checked else set())


def _spreads(parts: Any) -> Iterator[Spread]:
    if isinstance(parts, tuple):
        if isinstance(parts, Spread):
            yield parts
        for part in parts:
            yield from _spreads(part)


def _taken_names(packed: Packed, names: Names) -> set[str]:
    return {*names.values(), *(param.name for param in packed.params)}


def _targets(parts: Parts, names: Names, spread: list[tuple[str, Spread]], taken: set[str]) -> str:
    if isinstance(parts, str):
        return names.get(parts, "_")
    if parts is None or not any(leaves(parts)):
        return "_"
    if isinstance(parts, Spread):
        first = next(names.get(leaf, leaf) for leaf in leaves(parts) if leaf)
        text = f"{first}_list"
        while text in taken:
            text += "_"
        spread.append((text, parts))
        return text
    return f"({', '.join(_targets(part, names, spread, taken) for part in parts)}{',' if len(parts) == 1 else ''})"


# ---- lists of numbers -------------------------------------------------------------------------------------------------


def _arrays_of_lists(packed: Packed, names: Names) -> list[str]:
    """Arguments that are lists become arrays; one list that is given twice becomes one array."""
    found = [leaf for param in packed.params for leaf in _alone(param.parts) if isinstance(leaf, ListedName) and leaf in names]
    function = packed.function
    own = [param.name for param in _own(packed) if param.name in found]
    lists: dict[str, str] = {}
    for name in own if len(own) > 1 else ():
        text = f"{names[name]}_given"
        while text in _taken_names(packed, names):
            text += "_"
        lists[name] = text
    lines = [f"    {lists[name]} = {names[name]}" for name in own if name in lists]
    for name in found:
        made = f"np.array({names[name]})"
        for other in reversed(own[: own.index(name)] if name in own else ()):
            if function.types.get(other) == function.types.get(name):
                made = f"{names[other]} if {lists[name]} is {lists[other]} else {made}"
        lines.append(f"    {names[name]} = {made}")
    return lines


def _own(packed: Packed) -> Sequence[Var]:
    """The parameters that are the primal's."""
    count = sum(place is not None for structure in packed.function.inputs.values() for place in leaves(structure))
    return packed.function.params[:count]


def _alone(parts: Any) -> Iterator[Any]:
    """The leaves that are no part of a list of something else."""
    if isinstance(parts, tuple) and not isinstance(parts, Spread):
        for part in parts:
            yield from _alone(part)
    elif not isinstance(parts, tuple):
        yield parts


# ---- lists of tuples and of arrays ------------------------------------------------------------------------------------


def _spread(packed: Packed, names: Names, spread: Sequence[tuple[str, Spread]]) -> list[str]:
    """One list that is given twice would be two: it is refused.  Seeds come last, when it is known what they belong to."""
    types = packed.function.types
    own = {param.name for param in _own(packed)}
    lines: list[str] = []
    checks: list[str] = []
    for (one, parts), (other, more) in combinations(spread, 2):
        if _kinds(parts, types) == _kinds(more, types) and {*leaves(parts), *leaves(more)} <= {*own, None}:
            message = f"{one} and {other} are one list: pass a copy of one"
            lines += [f"    if {one} is {other}:", f'        raise ValueError("{message}")']
    for text, parts in spread:
        _taken(text, parts, names, types, lines, checks)
    return [*lines, *checks]


def _kinds(parts: Any, types: Mapping[str, Type]) -> Any:
    return tuple(_kinds(part, types) for part in parts) if isinstance(parts, tuple) else types.get(parts or "")


def _taken(
    text: str, parts: Spread, names: Names, types: Mapping[str, Type], lines: list[str], checks: list[str]
) -> None:
    if not isinstance(parts, Stacked):
        _columns(text, "item", parts, names, types, lines, checks)
        return
    flat, *extents = parts
    if flat in names:
        lines.append(f"    {names[flat]} = flat_of({text}, np.{_dtype(flat, types)})")
    for axis, name in enumerate(extents):
        if name in names and isinstance(name, CheckedName):
            checks.append(f"    check_extents(extents_of({text}, {axis}), {names[name]})")
        elif name in names:
            lines.append(f"    {names[name]} = extents_of({text}, {axis})")


def _columns(
    text: str, item: str, parts: tuple[Any, ...], names: Names, types: Mapping[str, Type], lines: list[str], checks: list[str]
) -> None:
    for k, part in enumerate(parts):
        column = f"[{item}[{k}] for item in {text}]"
        if isinstance(part, Spread):
            _taken(column, part, names, types, lines, checks)
        elif isinstance(part, tuple):
            _columns(text, f"{item}[{k}]", part, names, types, lines, checks)
        elif part in names:
            lines.append(f"    {names[part]} = np.array({column}, np.{_dtype(part, types)})")


def _dtype(name: str, types: Mapping[str, Type]) -> str:
    type_ = types.get(name)
    dtype = type_.dtype if isinstance(type_, Array) else "float64"
    return "bool_" if dtype == "bool" else dtype
