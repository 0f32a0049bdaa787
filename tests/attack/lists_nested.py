"""Lists of lists of floats, in which one list may stand twice and have a name of its own.  None of them is empty."""

from __future__ import annotations

from tests.attack.lists_of import place
from tests.attack.writer import Writer, construct


def has_nests(w: Writer) -> bool:
    return bool(w.scope.nests)


def row(w: Writer) -> str:
    return w.pick(lambda: f"[{w.number(1)}]", lambda: f"[{w.number(1)}, {w.number(0)}]",
                  *[lambda: w.choices.of(w.scope.lists)] * bool(w.scope.lists))()  # fmt: skip


@construct("statement", "list of lists", 5)
def nest(w: Writer) -> None:
    name = w.fresh("nest")
    w.line(f"{name} = " + w.pick(lambda: f"[{row(w)}, {row(w)}]", lambda: f"[[o, {w.number(1)}] for o in {w.vector()}]",
                                 lambda: f"[{row(w)}]")())  # fmt: skip
    w.scope.nests.append(name)


@construct("statement", "list of lists changed", 34, has_nests)
def nest_changed(w: Writer) -> None:
    name = w.choices.of(w.scope.nests)
    here = f"{name}[{place(w, name)}]"
    w.line(w.pick(f"{here}.append({w.number(1)})", f"{name}.append({row(w)})", f"{name}.append({here})", f"{here} = {row(w)}",
                  f"{here}[{w.pick('0', '-1')}] {w.pick('=', '+=', '*=')} {w.number(1)}", f"{name}.reverse()"))  # fmt: skip


@construct("statement", "list in a list, named", 30, has_nests)
def row_named(w: Writer) -> None:
    name, held = w.choices.of(w.scope.nests), w.fresh("l")
    w.line(f"{held} = {name}[{place(w, name)}]")
    w.scope.lists.append(held)


@construct("statement", "for over a list of lists", 35, lambda w: has_nests(w) and w.scope.loops < 3 and w.depth < 5)
def over_nest(w: Writer) -> None:
    name, held = w.choices.of(w.scope.nests), w.fresh("l")
    w.line(f"for {held} in {name}:")
    with w.inside(loops=w.scope.loops + 1, leave=True) as scope:
        scope.nests.remove(name)
        scope.lists = [held]
        w.block(2)


@construct("number", "list of lists, read", 24, has_nests)
def nest_read(w: Writer, depth: int) -> str:
    name = w.choices.of(w.scope.nests)
    here = f"{name}[{place(w, name)}]"
    return w.pick(f"{here}[{w.pick('0', '-1')}]", f"sum({here}) * 0.2", f"len({here}) * 0.1")
