"""What differentiation stores and does again is marked where it is decided, with the reason that decided it.

The mark is a part of the statement's `Loc`, which every pass hands on: so the report can be made from the list that is written in
the end, whatever was optimised away or given another name meanwhile.
"""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from ..analyses.activity import Activity
from ..ir import Assign, Call, Function, Kept, Load, Loc, Statement, Var, View
from ..names import base, is_temporary
from ..structure import labels_of
from ..walk import binds, map_block, walk


@dataclass(frozen=True, slots=True)
class Verdict:
    """Is a value computed again, and what decided it?"""

    again: bool
    why: str


def keeping(
    loc: Loc | None, kind: Literal["record", "copy", "again"], of: str, why: str, note: str = "", quiet: bool = False
) -> Loc | None:
    """The place with the mark; a statement whose line is not known has none."""
    return None if loc is None else replace(loc, kept=Kept(kind, of, why), note=note, quiet=quiet)


def called(s: Statement) -> str:
    """What the user calls the value of a statement: the variable, or the expression as it stands in the line."""
    source = s.args[0] if isinstance(s, Assign) and s.op == "=" else s.array if isinstance(s, View) and s.kind == "=" else None
    text = "" if s.loc is None else s.loc.text[s.loc.column : s.loc.end_column].strip()
    if isinstance(s, Call):
        return text or f"{base(s.routine)}(...)"
    named = [var for var in (source, *binds(s)) if isinstance(var, Var) and not is_temporary(var.name)]
    if named and not isinstance(s, Load):
        return base(named[0].name)
    return text or " ".join(base(var.name) for var in binds(s))


def overwrites(s: Statement | None) -> str:
    """Who changes memory, as a reason."""
    return "memory that later rounds overwrite" if s is None or s.loc is None else f"memory that line {s.loc.line} overwrites"


def run_again(part: Iterable[Statement], why: str) -> list[Statement]:
    """Statements of the forward sweep that stand in the reverse sweep once more."""

    def marked(s: Statement) -> list[Statement]:
        if s.loc is None or s.loc.kept is not None:
            return [s]
        return [replace(s, loc=keeping(s.loc, "again", called(s), why, s.loc.note, s.loc.quiet))]

    return list(map_block(tuple(part), marked))


def along(s: Statement, made: Statement) -> Statement:
    """A tangent of what is kept is kept, too."""
    if made is s or s.loc is None or s.loc.kept is None or made.loc != s.loc:
        return made
    kept = s.loc.kept
    return replace(made, loc=replace(s.loc, kept=replace(kept, of=f"tangent of {kept.of}")))


def unmarked(function: Function) -> Function:
    """The function for a further adjoint, to which what is done again here is a statement like any other."""

    def plain(s: Statement) -> list[Statement]:
        if s.loc is None or s.loc.kept is None or s.loc.kept.kind != "again":
            return [s]
        return [replace(s, loc=replace(s.loc, kept=None))]

    return replace(function, body=map_block(function.body, plain))


def active_names(function: Function, activity: Activity) -> tuple[str, ...]:
    """The user's variables that carry derivatives: parameters first, then as they are bound.  What stands in no line of the user's
    is none: names that parse or an earlier derivative gave."""
    labels = labels_of(function.inputs)
    found = [labels.get(place, base(param.name)) for place, param in enumerate(function.params) if param in activity]
    bound = ((s, base(var.name)) for s in walk(function.body) for var in binds(s) if var in activity and not is_temporary(var.name))
    own = [name for s, name in bound if s.loc is not None and re.search(rf"\b{name}\b", s.loc.text)]
    return tuple(dict.fromkeys((*found, *own)))
