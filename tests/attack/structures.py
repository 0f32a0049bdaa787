"""Tuples and namedtuples, as locals."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.attack.writer import Writer, construct


class Pair(NamedTuple):
    first: Any
    second: Any


@construct("statement", "tuple", 6)
def pair(w: Writer) -> None:
    name = w.fresh("p")
    w.line(f"{name} = ({w.number(1)}, {w.number(1)})")
    w.scope.pairs.append(name)


@construct("statement", "tuple unpacked", 44, lambda w: bool(w.scope.pairs) and len(w.scope.numbers) > 1)
def unpacked(w: Writer) -> None:
    first, second = w.scope.numbers[:2]
    w.line(f"{first}, {second} = {w.choices.of(w.scope.pairs)}")


@construct("statement", "tuple bound anew", 22, lambda w: bool(w.scope.pairs))
def again(w: Writer) -> None:
    name = w.choices.of(w.scope.pairs)
    w.line(f"{name} = ({name}[1] * 0.5, {w.number(1)})")


@construct("statement", "namedtuple", 4)
def named(w: Writer) -> None:
    name = w.fresh("t")
    w.line(f"{name} = {w.pick('Pair({}, {})', 'Pair(second={}, first={})').format(w.number(1), w.number(1))}")
    w.scope.named.append(name)


@construct("statement", "namedtuple bound anew", 26, lambda w: bool(w.scope.named))
def replaced(w: Writer) -> None:
    name = w.choices.of(w.scope.named)
    field = w.pick("first", "second")
    w.line(f"{name} = " + w.pick(f"{name}._replace({field}={w.number(1)})", f"Pair({name}.second, {w.number(1)})"))


HEAD = "from tests.attack.structures import Pair"
