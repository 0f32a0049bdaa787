"""Tree → raw Wengert list.

In: a Source that has passed the fence.  Out: an untyped Function in three-address form, with the plain and @njit functions
that it calls inlined (each frame with names of its own, locations and call chain kept).

What holds afterwards: every expression is one primitive over operands, in the order in which Python evaluates; a
subscript is still just a Load, whatever it turns out to be once types are known (`resolve`); ternaries, `and`, `or`
and chained comparisons are If statements; tuples are gone except shapes; Return is the last statement.
One module beside this one for each part of the language; `Parser` in `statements.py` is all of them together.
"""
from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from ..errors import UnsupportedError
from ..ir import Assign, Function, Return, Statement, Var
from ..names import Namer, base
from ..reading.source import Lifted, Source
from ..structure import Record, Structure, leaves, mapped
from .frames import Frame, Keep
from .routines import Recursive, Routines, named_like_generated
from .statements import Parser
from .values import Known, Value, functions, is_none


def parse(
    function: Source | Lifted, inputs: Sequence[Structure] | None = None, given: Sequence[Any] | None = None,
    around: frozenset[object] = frozenset(), outputs: Sequence[str] = (),
) -> Function:  # fmt: skip
    """Lower a function and everything it calls.  `inputs` is what its parameters are made of (one value each if not given),
    `given` has a function in the place of each part that is one, `around` are functions whose text is being read meanwhile.  What
    a nested function captures comes in behind its parameters.  `outputs` are parameters that are results as well, behind what the
    function returns."""
    source = function.source if isinstance(function, Lifted) else function
    inputs = range(len(source.params)) if inputs is None else inputs
    given = (None,) * len(inputs) if given is None else given
    routines = Routines()
    while True:
        parser = Parser(Namer(), routines)
        parser.around = around | function.around if isinstance(function, Lifted) else around
        try:
            return _parse(parser, function, inputs, given, outputs)
        except Recursive as found:
            routines = Routines(routines.recursive | {found.key}, routines.kept)
        except Keep as found:
            routines = Routines(routines.recursive, routines.kept | {found.key})


def _parse(
    parser: Parser, function: Source | Lifted, inputs: Sequence[Structure], given: Sequence[Any], outputs: Sequence[str]
) -> Function:
    source = function.source if isinstance(function, Lifted) else function
    key = source.key, tuple(Known(leaf) for leaf in leaves(given) if leaf is not None)
    frame = Frame(source, (), key=key, arguments=frozenset(source.params))
    parser.frame = frame
    captured: list[Var] = []
    if isinstance(function, Lifted):
        frame.outer = parser.entered(function.closure, captured)
    parser.active.append(frame)
    own: list[Var] = []

    def entered() -> None:
        for name, structure, value in zip(source.params, inputs, given, strict=True):
            own.extend(parser.parameter(name, structure, value))

    start: list[Statement] = list(parser.block(entered))
    params = (*own, *captured)
    written = [_kept(parser, source, name, start) for name in outputs]
    body, value = parser.run(frame, source.tree.body)
    return_ = source.tree.body[-1]
    if written:
        value = _with_outputs(value, written)
    packed = isinstance(value, tuple)
    if value is not None and functions(value):
        raise UnsupportedError(
            f"`{source.name}` returns a function", loc=source.loc(return_),
            reason="a function is no result that has a derivative", remedy="return what it gives for the arguments you want",
        )  # fmt: skip
    values = () if value is None else tuple(parser.single(leaf, return_) for leaf in leaves(value))
    body = (*start, *body, Return(values, packed, loc=source.loc(return_)))
    places = count()
    return Function(
        source.name, params, body, captures=dict(parser.captures), inputs=dict(zip(source.params, inputs, strict=True)),
        output=None if value is None else mapped(lambda _: next(places), value), loc=source.loc(source.tree),
        routines={routine.name: routine.function for routine in parser.routines.made.values() if routine.function is not None},
        named=named_like_generated(params, body),
    )  # fmt: skip


def _kept(parser: Parser, source: Source, name: str, out: list[Statement]) -> Value:
    """What an argument is, whatever its name is bound to later."""
    value = parser.frame.names[name]
    if name not in source.assigned:
        return value

    def kept(leaf: Any) -> Any:
        if not isinstance(leaf, Var):
            return leaf
        target = parser.namer.fresh(base(leaf.name))
        out.append(Assign(target, "bind", (leaf,), loc=source.loc(source.tree)))
        return target

    found: Value = mapped(kept, value)
    return found


def _with_outputs(value: Value | None, written: Sequence[Value]) -> Value:
    """What the function returns, and behind it what it writes into."""
    if value is None or is_none(value):
        items: tuple[Value, ...] = tuple(written)
    else:
        items = (*(value if isinstance(value, tuple) and not isinstance(value, Record) else (value,)), *written)
    return items[0] if len(items) == 1 else items
