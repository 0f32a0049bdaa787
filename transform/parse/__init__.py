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
from ..ir import Function, Return, Var
from ..names import Namer
from ..source import Lifted, Source
from ..structure import Structure, leaves, mapped
from .frames import Frame, Keep
from .routines import Recursive, Routines
from .statements import Parser
from .values import Known, functions


def parse(
    function: Source | Lifted, inputs: Sequence[Structure] | None = None, given: Sequence[Any] | None = None,
    around: frozenset[object] = frozenset(),
) -> Function:  # fmt: skip
    """Lower a function and everything it calls.  `inputs` is what its parameters are made of (one value each if not given),
    `given` has a function in the place of each part that is one, `around` are functions whose text is being read meanwhile.  What
    a nested function captures comes in behind its parameters."""
    source = function.source if isinstance(function, Lifted) else function
    inputs = range(len(source.params)) if inputs is None else inputs
    given = (None,) * len(inputs) if given is None else given
    routines = Routines()
    while True:
        parser = Parser(Namer(), routines)
        parser.around = around | function.around if isinstance(function, Lifted) else around
        try:
            return _parse(parser, function, inputs, given)
        except Recursive as found:
            routines = Routines(routines.recursive | {found.key}, routines.kept)
        except Keep as found:
            routines = Routines(routines.recursive, routines.kept | {found.key})


def _parse(parser: Parser, function: Source | Lifted, inputs: Sequence[Structure], given: Sequence[Any]) -> Function:
    source = function.source if isinstance(function, Lifted) else function
    frame = Frame(source, (), key=(source.key, tuple(Known(leaf) for leaf in leaves(given) if leaf is not None)))
    parser.frame = frame
    captured: list[Var] = []
    if isinstance(function, Lifted):
        frame.outer = parser.entered(function.closure, captured)
    parser.active.append(frame)
    for name, structure, value in zip(source.params, inputs, given, strict=True):
        parser.parameter(name, structure, value)
    own = tuple(var for name in source.params for var in leaves(frame.names[name]) if isinstance(var, Var))
    params = (*own, *captured)
    body, value = parser.run(frame, source.tree.body)
    return_ = source.tree.body[-1]
    if value is None:
        raise UnsupportedError(
            f"`{source.name}` returns nothing",
            loc=source.loc(source.tree),
            reason="there is no result to differentiate",
            remedy="return the value whose derivative you want",
        )
    packed = isinstance(value, tuple)
    if functions(value):
        raise UnsupportedError(
            f"`{source.name}` returns a function", loc=source.loc(return_),
            reason="a function is no result that has a derivative", remedy="return what it gives for the arguments you want",
        )  # fmt: skip
    values = tuple(parser.single(leaf, return_) for leaf in leaves(value))
    body = (*body, Return(values, packed, loc=source.loc(return_)))
    places = count()
    return Function(
        source.name, params, body, captures=dict(parser.captures), inputs=dict(zip(source.params, inputs, strict=True)),
        output=mapped(lambda _: next(places), value), loc=source.loc(source.tree),
        routines={routine.name: routine.function for routine in parser.routines.made.values() if routine.function is not None},
    )  # fmt: skip
