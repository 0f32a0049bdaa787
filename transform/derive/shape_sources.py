"""Of which array an adjoint asks for the shape.

`unbroadcast(g, like=x)` reads nothing of x but its shape.  If x is made anew in each round of a loop, it would be recorded for that
alone; another array that is known to have the same shape does as well: one from before the loop, whose extents are told by names
from before the loop too, or one of the same block whose elements the reverse sweep reads anyway.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..analyses.extents import Term
from ..ir import Array, Assign, Statement, Type, Var
from ..rules import RULES
from ..switches import on
from ..walk import Path, map_block, reads, walk
from .program import Definition, Program

_ASKS = ("unbroadcast", "spread", "spread_mean")


def spared(program: Program, reverse: list[Statement], path: Path) -> list[Statement]:
    """The reverse of the block at `path`, with shapes asked of arrays that need no record."""
    loop = next((path[:k] for k in range(1, len(path)) if path[:k] in program.loops), None)
    if loop is None or not on("shapes of others"):
        return reverse
    asked: dict[str, None] = {}
    kept: set[str] = set()
    for s in walk(tuple(reverse)):
        like = _like(s)
        asked |= {} if like is None else {like.name: None}
        kept |= {var.name for var in reads(s) if var != like}
        if isinstance(s, Assign) and like is not None and like in (s.args[0], *s.args[2:]):
            kept.add(like.name)
    found: dict[str, Var] = {}
    for name in asked:
        made = program.definition(name)
        if name in kept or made is None or made.block != path or not isinstance(made.statement, Assign):
            continue
        other = next(_others(program, name, loop, kept, path), None)
        if other is not None:
            found[name] = Var(other)
    if not found:
        return reverse

    def instead(s: Statement) -> list[Statement]:
        like = _like(s)
        if like is None or like.name not in found:
            return [s]
        assert isinstance(s, Assign)
        return [Assign(s.target, s.op, (s.args[0], found[like.name], *s.args[2:]), loc=s.loc)]

    return list(map_block(tuple(reverse), instead))


def _like(s: Statement) -> Var | None:
    """The array whose shape a statement asks for."""
    if not isinstance(s, Assign) or s.op not in _ASKS or len(s.args) < 2:
        return None
    assert RULES[s.op].params[1] == "like"
    return s.args[1] if isinstance(s.args[1], Var) else None


def _others(program: Program, name: str, loop: Path, kept: set[str], path: Path) -> Iterator[str]:
    """Arrays with the shape of `name`, the best first."""
    shape = _shape(program, name)
    if shape is None:
        return
    lasts = all(_lasts(program, term, loop) for term in shape)
    before: list[tuple[Path, str]] = []
    beside: list[tuple[Path, str]] = []
    for other, made in program.definitions.items():
        if other == name or other in program.cells or other in program.growing or other in program.primal:
            continue
        place = (*made.block, made.position)
        if lasts and _stands_before(made, loop):
            before.append((place, other))
        elif other in kept and made.block == path and made.position >= 0:
            beside.append((place, other))
    for _, other in (*sorted(before), *sorted(beside)):
        if _alike(program.types.get(other), program.types.get(name)) and _shape(program, other) == shape:
            yield other


def _alike(one: Type | None, other: Type | None) -> bool:
    return isinstance(one, Array) and isinstance(other, Array) and (one.dtype, one.ndim) == (other.dtype, other.ndim)


def _shape(program: Program, name: str) -> Sequence[Term] | None:
    type_ = program.types.get(name)
    if not isinstance(type_, Array) or not type_.ndim:
        return None
    made = program.definition(name)
    if name not in program.function.types:              # a name that reversal adds: is it a copy?
        match None if made is None else made.statement:
            case Assign(_, ".copy", (Var(copied),)) if copied in program.function.types:
                name = copied
            case _:
                return None
    return [program.extents.axis(name, k) for k in range(type_.ndim)]


def _stands_before(made: Definition, loop: Path) -> bool:
    """Is it there whenever the loop is?"""
    return loop[: len(made.block)] == made.block and made.position < loop[len(made.block)]


def _lasts(program: Program, term: object, loop: Path) -> bool:
    """Is an extent the same in all rounds of the loop?"""
    match term:
        case frozenset():
            return all(_lasts(program, part, loop) for part in term)
        case ("const", _):
            return True
        case ("name", str(name)) | ("axis", str(name), _) | ("item", str(name), _):
            made = program.definition(name)
            return made is not None and _stands_before(made, loop)
        case (str(), *parts):
            return all(part is None or isinstance(part, int) or _lasts(program, part, loop) for part in parts)
        case _:
            return False
