"""Functions that call themselves: each is read once for every structure of its arguments, and a call of it stays a call.

Which functions they are is found by reading: where one is met inside itself, all is read again (`Recursive`).  A function in an
argument is known inside the routine, too; what a nested function captures comes in through parameters of its own, so that it
stays active.
"""
from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import UnsupportedError
from ..fence.rows import is_none
from ..ir import Block, Call, Const, Function, Loc, Operand, Return, Var
from ..names import Namer, base, is_temporary, looks_generated
from ..reading.scopes import captured, within
from ..reading.source import Source
from ..structure import Record, fields_of, is_record_class, keys, leaves, mapped, rebuilt
from ..temporary_names import call_hint
from ..walk import all_binds
from .expressions import Expressions
from .frames import Frame
from .values import Closure, Derived, Known, Unknown, Value, functions

_MOST = 20
"""How many routines one text may become: with a new function in its arguments at every level there would be no end."""


class Recursive(Exception):
    """A function was met inside itself; `key` is that of its source."""

    def __init__(self, key: object) -> None:
        self.key = key


@dataclass(eq=False)
class Routine:
    """`result` is the structure of what it returns, with 0 for a value and None for nothing; assumed while it is read."""

    source: Source
    name: str
    result: Any
    function: Function | None = None


@dataclass
class Routines:
    """What is known of functions that call themselves, for all that is read together."""

    recursive: frozenset[object] = frozenset()          # keys of sources
    kept: frozenset[tuple[object, str]] = frozenset()   # names that stay what they were first (`frames.Keep`)
    made: dict[object, Routine] = field(default_factory=dict)
    names: Namer = field(default_factory=Namer)


class Routing(Expressions):
    def run(self, frame: Frame, statements: Sequence[ast.stmt]) -> tuple[Block, Value | None]:
        raise NotImplementedError

    def check(self, source: Source, here: Loc) -> None:
        raise NotImplementedError

    def routine(self, source: Source, bound: dict[str, Value], call: ast.Call) -> Value | None:
        """A call of a function that calls itself."""
        key = source.key, tuple(self._key(value, (), call) for value in bound.values())
        args = [arg for value in bound.values() for arg in self.flat(value)]
        made = self.routines.made
        if key not in made:
            if sum(routine.source.key == source.key for routine in made.values()) >= _MOST:
                raise self.endless(source, call)
            made[key] = Routine(source, self.routines.names.fresh(source.name).name, outline_of_text(source))
            self._read(made[key], bound, call)
        routine = made[key]
        hint = call_hint(source.name, args)
        value = None if routine.result is None else mapped(lambda leaf: Const(None) if leaf is None else leaf, routine.result)
        result = None if value is None else self._results(value, hint)
        targets = tuple(leaf for leaf in leaves(result) if isinstance(leaf, Var))
        self.emit(Call(targets, routine.name, tuple(args), loc=self.loc(call)))
        return result

    def endless(self, source: Source, call: ast.Call) -> UnsupportedError:
        return UnsupportedError(
            f"`{source.name}` calls itself with other functions or tuples each time", loc=self.loc(call),
            calls=self.frame.calls[:1], remedy="pass numbers, and choose between functions by a number",
            reason="which function is called, and what a tuple is made of, must be known before the program runs",
        )  # fmt: skip

    def _results(self, structure: Any, hint: str) -> Value:
        """A name for each value of the result."""
        if isinstance(structure, tuple):
            items = zip(keys(structure), structure, strict=True)
            return rebuilt(structure, [self._results(item, f"{hint}_{key}") for key, item in items])
        return structure if isinstance(structure, Const) else self.namer.temporary(hint)

    # ---- arguments ----------------------------------------------------------------------------------------

    def _key(self, value: Value | None, open_: tuple[Closure, ...], node: ast.AST) -> object:
        """What makes the routine for an argument another one: the structure, and the functions in it."""
        match value:
            case tuple():
                kind = value.kind if isinstance(value, Record) else tuple
                return kind, tuple(self._key(item, open_, node) for item in value)
            case Closure():
                if value in open_:
                    raise self._calls_itself(value, node)
                inside = self.captures_of(value).items()
                return value.source.key, tuple((name, self._key(item, (*open_, value), node)) for name, item in inside)
            case Derived(closure, steps):
                return steps, self._key(closure, open_, node)
            case Known() | Unknown() | Const(None | str()):
                return value
            case _:
                return value is not None

    def flat(self, value: Value | None) -> Iterator[Operand]:
        """The values that are passed for an argument."""
        match value:
            case tuple():
                for item in value:
                    yield from self.flat(item)
            case Closure():
                for inside in self.captures_of(value).values():
                    yield from self.flat(inside)
            case Derived(closure):
                yield from self.flat(closure)
            case None | Known() | Unknown() | Const(None | str()):
                pass
            case _:
                yield value

    def captures_of(self, closure: Closure) -> dict[str, Value | None]:
        """The locals that a nested function reads from outside itself, and what they are now."""
        homes = ((name, self.home(name, closure.frame)) for name in sorted(captured([closure.source.tree])))
        return {name: home.names.get(name) for name, home in homes if home is not None}

    def kept(self, value: Value | None, open_: tuple[Closure, ...], node: ast.AST) -> Value | None:
        """The value with its functions as they are now: what they capture is looked up once and for all."""
        match value:
            case tuple():
                return rebuilt(value, [self.kept(item, open_, node) for item in value])
            case Closure():
                return self.kept_closure(value, open_, node)
            case Derived(closure, steps):
                return Derived(self.kept_closure(closure, open_, node), steps)
            case _:
                return value

    def kept_closure(self, closure: Closure, open_: tuple[Closure, ...], node: ast.AST) -> Closure:
        if closure in open_:
            raise self._calls_itself(closure, node)
        inside = {name: self.kept(item, (*open_, closure), node) for name, item in self.captures_of(closure).items()}
        frame = Frame(closure.frame.source, closure.frame.calls)
        frame.locals = frozenset(inside)
        frame.names = {name: item for name, item in inside.items() if item is not None}
        return Closure(closure.source, frame, closure.defaults)

    def entered(self, closure: Closure, params: list[Var]) -> Frame:
        """The activation around a nested function that is read by itself; `params` get the variables for what it captures."""
        inside = self._enter(closure, closure.source.name, params)
        assert isinstance(inside, Closure)
        return inside.frame

    def _calls_itself(self, closure: Closure, node: ast.AST) -> UnsupportedError:
        return self.refuse(node, f"the nested function `{closure.source.name}` calls itself", "Numba cannot compile that",
                           "move it to the top of the module, and pass it what it needs as arguments")  # fmt: skip

    def _enter(self, value: Value, name: str, params: list[Var]) -> Value:
        """What an argument is inside the routine, which is being read by this parser."""
        match value:
            case tuple():
                items = zip(keys(value), value, strict=True)
                return rebuilt(value, [self._enter(item, self.unused(f"{name}_{key}"), params) for key, item in items])
            case Closure():
                outer = Frame(value.frame.source, self.frame.calls)
                inside = self.captures_of(value)
                outer.locals = frozenset(inside)
                outer.names = {n: self._enter(item, self.unused(n), params) for n, item in inside.items() if item is not None}
                self.active.append(outer)
                return Closure(value.source, outer, value.defaults)
            case Derived(closure, steps):
                entered = self._enter(closure, name, params)
                assert isinstance(entered, Closure)
                return Derived(entered, steps)
            case Known() | Unknown() | Const(None | str()):
                return value
            case _:
                params.append(self.namer.fresh(name))
                return params[-1]

    # ---- the text -----------------------------------------------------------------------------------------

    def _read(self, routine: Routine, bound: dict[str, Value], call: ast.Call) -> None:
        """Read the body; again, if what it returns is made otherwise than was assumed in its calls of itself."""
        known = dict(self.routines.made)
        for _ in range(3):
            found: list[Any] = []
            try:
                self._attempt(routine, bound, call, found.append)
            except UnsupportedError:
                if not found or _same(found[0], routine.result):
                    raise
            if _same(found[0], routine.result):
                return
            routine.result = found[0]
            self.routines.made.clear()
            self.routines.made.update(known)
        raise self.refuse(call, f"what `{routine.source.name}` returns has another structure each time",
                          "a result keeps its structure")  # fmt: skip

    def _attempt(self, routine: Routine, bound: dict[str, Value], call: ast.Call, found: Callable[[Any], None]) -> None:
        """Read the body once; `found` is told the structure of what it returns, also if it is refused later on."""
        source, here = routine.source, self.loc(call)
        self.check(source, here)
        parser = type(self)(Namer(), self.routines)
        parser.around = self.being_read()
        frame = parser.frame = Frame(source, (*self.frame.calls, here), arguments=frozenset(source.params))
        parser.active.append(frame)
        params: list[Var] = []
        for name, given in bound.items():
            frame.begin(name, parser._enter(given, name, params))
        try:
            body, value = parser.run(frame, source.tree.body)
        finally:
            if frame.result is not None or not any(_returned(source)):
                found(None if frame.result is None else mapped(lambda leaf: None if leaf == Const(None) else 0, frame.result))
        end = source.tree.body[-1]
        if value is not None and functions(value):
            raise self.refuse(call, f"`{source.name}` returns a function", "a function is no result that has a derivative")
        values = () if value is None else tuple(parser.single(leaf, end) for leaf in leaves(value) if leaf != Const(None))
        returns = Return(values, len(values) > 1, loc=source.loc(end))
        routine.function = Function(
            routine.name, tuple(params), (*body, returns), captures=dict(parser.captures), routine=True,
            seen=tuple(param.name for param in params), loc=source.loc(source.tree),
            named=named_like_generated(params, body),
        )


def named_like_generated(params: Iterable[Var], body: Block) -> frozenset[str]:
    """Names of the user's that look like those which derivatives bring."""
    names = {param.name for param in params} | all_binds(body)
    return frozenset(base(name) for name in names if looks_generated(name) and not is_temporary(name))


def _returned(source: Source) -> Iterator[ast.expr]:
    """The values that a function returns, as they are written."""
    for node in within(source.tree.body):
        if isinstance(node, ast.Return) and node.value is not None and not is_none(node.value):
            yield node.value


def outline_of_text(source: Source) -> Any:
    """The structure of the result as far as the text tells."""
    outlines = [_outline_of(value, source) for value in _returned(source)]
    return next((outline for outline in outlines if isinstance(outline, tuple)), 0) if outlines else None


def _outline_of(node: ast.expr, source: Source) -> Any:
    match node:
        case ast.Tuple(items) if not any(isinstance(item, ast.Starred) for item in items):
            return tuple(_outline_of(item, source) for item in items)
        case ast.IfExp(_, body, orelse):
            first = _outline_of(body, source)
            return first if isinstance(first, tuple) else _outline_of(orelse, source)
        case ast.Call(ast.Name(name)) if name not in source.locals and is_record_class(kind := source.resolve(name)):
            return Record([0] * len(fields_of(kind)), kind)
        case _:
            return 0


def _same(left: Any, right: Any) -> bool:
    if not isinstance(left, tuple) or not isinstance(right, tuple):
        return bool(left == right) and isinstance(left, tuple) == isinstance(right, tuple)
    kinds = [side.kind if isinstance(side, Record) else tuple for side in (left, right)]
    return kinds[0] is kinds[1] and len(left) == len(right) and all(map(_same, left, right))
