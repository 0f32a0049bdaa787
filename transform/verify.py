"""Does a list keep the promises that the passes after it rely on?

In: a Function and the stage that it has reached.  Out: nothing, or an InvalidListError that shows the statement.  The
passes never call this: tests do, between any two of them.

    parsed      every name that is read may have been bound before; a Return is the last statement and the only one
    resolved    as parsed, and every name has a type; every op has a rule or is one of the structural ones; arrays are
                indexed by numbers and slices; a Load gives a number, a View an array of the same dtype
    prepared    as resolved, and every name is a temporary or a cell (`derive.prepare`)
    derived     as resolved, before types were inferred again: what is typed is right, nothing is returned yet
"""
from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from .ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    Const,
    Ellipsis_,
    For,
    Function,
    Grow,
    If,
    Index,
    Leave,
    ListOf,
    Load,
    Pop,
    Push,
    Return,
    Scalar,
    Slice,
    Statement,
    Store,
    TupleOf,
    Type,
    Var,
    View,
    While,
)
from .rules import RULES
from .statement_text import statement_text, type_text
from .walk import all_binds, binds, blocks, reads, walk

Stage = Literal["parsed", "resolved", "prepared", "derived"]

STRUCTURAL = frozenset({"=", "item", "tuple", "list"})
VIEWS = frozenset({"=", "index", ".T", ".transpose", ".reshape", ".ravel", "kept"})


class InvalidListError(Exception):
    """A Wengert list that breaks a promise: a defect of this package, never of the user's function."""


def verify(function: Function, stage: Stage) -> None:
    """Raise InvalidListError at the first broken promise."""
    for statement, problem in _problems(function, stage):
        where = "" if statement is None else f"\n  {statement_text(statement)}"
        loc = None if statement is None else statement.loc
        line = "" if loc is None else f"    # {loc.line}  {loc.text.strip()}"
        raise InvalidListError(f"{function.name}, {stage}: {problem}{where}{line}")


Found = Iterator[tuple[Statement | None, str]]


def _problems(function: Function, stage: Stage) -> Found:
    yield from _returns(function, stage)
    yield from _leaves(function)
    yield from _Bound(function).problems()
    if stage != "parsed":
        types = _Types(function, complete=stage != "derived")
        for s in walk(function.body):
            yield from ((s, problem) for problem in types.problems(s))
    if stage == "prepared":
        yield from _cells(function)


def _returns(function: Function, stage: Stage) -> Found:
    found = [s for s in walk(function.body) if isinstance(s, Return)]
    if stage == "derived":
        if found:
            yield found[0], "a derivative returns nothing before it is packed"
    elif not found:
        yield None, "nothing is returned"
    elif len(found) > 1 or function.body[-1] is not found[0]:
        yield found[0], "a Return that is not the last statement"


def _leaves(function: Function) -> Found:
    """Leaves that are not the end of a round."""
    ends = {id(s.body[-1]) for s in walk(function.body) if isinstance(s, For | While) and s.body}
    for s in walk(function.body):
        if isinstance(s, Leave) and id(s) not in ends:
            yield s, "a Leave that is not the end of a loop's body"


# ---- names --------------------------------------------------------------------------------------------------


class _Bound:
    """Names that may have a value at each point; what a loop binds has one from its second round on."""

    def __init__(self, function: Function) -> None:
        self.function = function

    def problems(self) -> Found:
        known = {param.name for param in self.function.params}
        if len(known) < len(self.function.params):
            yield None, "two parameters have one name"
        yield from self.block(self.function.body, known | set(self.function.captures))

    def block(self, block: Block, known: set[str]) -> Found:
        for s in block:
            yield from self.statement(s, known)

    def statement(self, s: Statement, known: set[str]) -> Found:
        if isinstance(s, For | While):
            later = all_binds((s,))
            if isinstance(s, For):
                yield from self.read(s, known)
            known |= later
            for inner in blocks(s):
                yield from self.block(inner, set(known))
            if isinstance(s, While):
                yield from self.read(s, known)
                if isinstance(s.test, Var) and not self.is_tested(s, s.test.name, known - later):
                    yield s, f"the header does not bind the test `{s.test.name}`"
            return
        yield from self.read(s, known)
        after = [set(known) for _ in blocks(s)]
        for inner, names in zip(blocks(s), after, strict=True):
            yield from self.block(inner, names)
        known.update(*after)
        known |= {target.name for target in binds(s)}

    def is_tested(self, s: While, name: str, before: set[str]) -> bool:
        return name in all_binds(s.header) or name in before or name in self.function.captures

    def read(self, s: Statement, known: set[str]) -> Found:
        for var in reads(s):
            if var.name not in known:
                yield s, f"`{var.name}` is read before it is bound"


# ---- types --------------------------------------------------------------------------------------------------


class _Types:
    """What the types of a statement's names must be; `complete`: every name has one."""

    def __init__(self, function: Function, complete: bool) -> None:
        self.types, self.complete = function.types, complete

    def of(self, item: object) -> Type | None:
        return self.types.get(item.name) if isinstance(item, Var) else None

    def is_not(self, var: Var, *kinds: type) -> bool:
        known = self.of(var)
        return known is not None and not isinstance(known, kinds)

    def problems(self, s: Statement) -> Iterator[str]:
        for var in (*reads(s), *binds(s)):
            if self.complete and var.name not in self.types and not isinstance(s, Pop | Push):
                yield f"`{var.name}` has no type"
        match s:
            case Assign(_, op):
                if op not in RULES and op not in STRUCTURAL and not op.startswith(("cast:", "check_")):
                    yield f"`{op}` has no rule"
                if op == "item" and (known := self.of(s.args[0])) is not None and not isinstance(known, TupleOf):
                    yield f"an item is taken of {type_text(known)}"
            case Load(target, array, index):
                yield from self.place(array, index)
                if self.is_not(target, Scalar):
                    yield f"a Load gives a number, `{target.name}` is {type_text(self.of(target))}"
                elif (known := self.of(array)) and isinstance(known, Array) and len(index) != known.ndim:
                    yield f"{len(index)} indices for an element of {known.ndim} axes"
            case View(target, array, kind, args):
                yield from self.view(target, array, kind, args)
            case Store(array, index) | Accumulate(array, index):
                yield from self.place(array, index)
            case Grow(tapes):
                for tape in tapes:
                    if self.is_not(tape, Array):
                        yield f"`{tape.name}` grows and is {type_text(self.of(tape))}"
            case For(counter):
                if self.is_not(counter, Scalar):
                    yield f"the counter `{counter.name}` is {type_text(self.of(counter))}"
            case If(test) | While(test=test) | Leave(test):
                if isinstance(test, Var) and self.is_not(test, Scalar):
                    yield f"the test `{test.name}` is {type_text(self.of(test))}"
            case _:
                pass

    def view(self, target: Var, array: Var, kind: str, args: tuple[Index, ...]) -> Iterator[str]:
        if kind not in VIEWS:
            yield f"`{kind}` is no kind of view"
        if kind == "kept" and self.is_not(array, ListOf):
            yield f"`{array.name}` keeps arrays and is {type_text(self.of(array))}"
        elif kind != "kept":
            yield from self.place(array, args if kind == "index" else ())
        if self.is_not(target, Array):
            yield f"a View gives an array, `{target.name}` is {type_text(self.of(target))}"
        left, right = self.of(target), self.of(array)
        if isinstance(left, Array) and isinstance(right, Array) and left.dtype != right.dtype:
            yield f"a View of {type_text(right)} is {type_text(left)}"

    def place(self, array: Var, index: tuple[Index, ...]) -> Iterator[str]:
        """An array, indexed by integers and slices of integers."""
        known = self.of(array)
        if self.is_not(array, Array):
            yield f"`{array.name}` is used as an array and is {type_text(known)}"
        axes = 0
        for item in index:
            axes += not isinstance(item, Ellipsis_) and item != Const(None)
            parts = (item.start, item.stop, item.step) if isinstance(item, Slice) else (item,)
            for part in parts:
                type_ = self.of(part)
                if isinstance(part, Const) and not (part.value is None or type(part.value) is int):
                    yield f"an index is {part.value!r}"
                if isinstance(type_, Array | ListOf) or (isinstance(type_, Scalar) and "int" not in type_.dtype):
                    yield f"an index is {type_text(type_)}"
        if isinstance(known, Array) and axes > known.ndim:
            yield f"{axes} indices for {known.ndim} axes"


# ---- temporaries and cells ------------------------------------------------------------------------------------


def _cells(function: Function) -> Found:
    """A name that is bound more than once is copied into and out of, and nothing else happens to it."""
    count: dict[str, int] = {param.name: 1 for param in function.params}
    for s in walk(function.body):
        for target in binds(s):
            if not isinstance(function.types.get(target.name), ListOf):
                count[target.name] = count.get(target.name, 0) + 1
    cells = {name for name, times in count.items() if times > 1}
    for s in walk(function.body):
        is_copy = (isinstance(s, Assign) and s.op == "=") or (isinstance(s, View) and s.kind == "=")
        touched = [var.name for var in (*reads(s), *binds(s)) if var.name in cells]
        if touched and not is_copy:
            yield s, f"`{touched[0]}` is a cell, which is only copied"
        elif len(touched) > 1:
            yield s, f"`{touched[0]}` and `{touched[1]}` are cells, copied into each other"
