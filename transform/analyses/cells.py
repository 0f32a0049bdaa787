"""Cells: names that are assigned on several paths or carried around a loop.

Every other name is a temporary, with one definition that comes before all its uses.
"""
from __future__ import annotations

from ..ir import For, Function, ListOf, While
from ..walk import Path, binds, located, reads


def cells_of(function: Function) -> set[str]:
    """Names that are not temporaries: several definitions, or a use that the one definition does not come before."""
    definition: dict[str, Path] = {}
    several: set[str] = set()
    params = {param.name for param in function.params} | set(function.captures)
    places = list(located(function.body))
    for path, s in places:
        for target in binds(s):
            if target.name in definition or target.name in params:
                several.add(target.name)
            definition[target.name] = (*path, 0) if isinstance(s, For) else path
    for path, s in places:
        for var in reads(s):
            at = definition.get(var.name)
            if at is not None and not _before(at, path, isinstance(s, While)):
                several.add(var.name)
    lists = {name for name, type_ in function.types.items() if isinstance(type_, ListOf)}
    return several - lists


def _before(definition: Path, use: Path, tests: bool) -> bool:
    """Does the definition come earlier in the block of the use, or in a block around it?"""
    if len(definition) % 2 == 0:                       # a loop counter: known in the body
        return use[: len(definition)] == definition
    block, position = definition[:-1], definition[-1]
    if tests and block == (*use, 0):                   # a while loop tests what its header computes
        return True
    return use[: len(block)] == block and len(use) > len(block) and use[len(block)] > position
