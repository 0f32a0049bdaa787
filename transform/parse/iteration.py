"""What a `for` goes over: how many rounds there are, and what its target gets in each.

In: the expression behind `in`.  Out: a `Series`, made once, before the loop.  What holds afterwards: whatever the series needs is
held in names that no statement of the loop's body assigns, so that an item may be taken at any time.
Arrays, lists and tuples that are values are indexed; tuples that the text writes out are structure, as everywhere.
"""
from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numba
import numpy as np

from ..ir import WRITTEN_ZERO, Const, Operand, Var
from ..structure import leaves
from .targets import Targets
from .values import Value

RANGES = (range, numba.prange)
_ZERO, _ONE = Const(0), Const(1)
ZEROS = (_ZERO, WRITTEN_ZERO)


@dataclass(frozen=True)
class Series:
    """`at(k)` emits what it takes to compute item number k; `unrolled`: items differ in where they come from, not by k."""

    rounds: Operand
    at: Callable[[Operand], Value]
    unrolled: bool = False


@dataclass(frozen=True)
class Counted(Series):
    """A range."""

    start: Operand = _ZERO
    stop: Operand = _ZERO
    step: Operand = _ONE


@dataclass(frozen=True)
class Numbered(Series):
    """`enumerate(inner, start)`."""

    inner: Series | None = None
    start: Operand = _ZERO


@dataclass(frozen=True)
class Places(Series):
    """Every index of a shape whose rank the text tells, and the element of `array` there if there is one."""

    extents: tuple[Operand, ...] = ()
    array: Var | None = None


class Iteration(Targets):
    def series(self, node: ast.expr, target: ast.expr | None = None) -> Series:
        """`target`: what will take the items; its structure tells the rank of an index."""
        if isinstance(node, ast.Call):
            function = self.static(node.func)
            if function in RANGES:
                start, stop, step = self.range_bounds(node)
                if not isinstance(target, ast.Name):
                    start, stop, step = (self.held(bound, node) for bound in (start, stop, step))
                    for bound in (start, stop, step):
                        self.never_unsigned(bound, node)
                return self.counted(start, stop, step, node)
            if function is enumerate:
                return self._enumerated(node, target)
            if function is zip:
                targets: Sequence[ast.expr | None] = target.elts if isinstance(target, ast.Tuple) else ()
                targets = targets if len(targets) == len(node.args) else [None] * len(node.args)
                return self._zipped(self._parts(node, targets), node)
            if function is reversed:
                return self._reversed(node)
            if function is np.ndindex:
                return self._places(node, target)
            if function is np.ndenumerate:
                return self._pairs(node, target)
        return self.items_of(self.value(node), node)

    def items_of(self, value: Value, node: ast.AST) -> Series:
        if isinstance(value, tuple):
            items = self.frozen(self.as_tuple(value, node), node)
            assert isinstance(items, tuple)
            return Series(Const(len(items)), lambda k: self._chosen(items, k, node), unrolled=True)
        if not isinstance(value, Var):
            raise self.refuse(node, f"`{ast.unparse(node)}` has no items", "Numba cannot go over it")
        whole = self.held(value, node)
        assert isinstance(whole, Var)
        return Series(self.primitive("rounds_of", (whole,), node, "n"), lambda k: self.load(whole, (k,), node))

    def held(self, operand: Operand, node: ast.AST) -> Operand:
        """The operand as it is before the loop."""
        return self.single(self.frozen(operand, node), node)

    # ---- ranges -------------------------------------------------------------------------------------------

    def counted(self, start: Operand, stop: Operand, step: Operand, node: ast.AST) -> Counted:
        if start in ZEROS and step == _ONE:
            return Counted(stop, lambda k: k, start=start, stop=stop, step=step)
        trips = (start, stop, step)
        rounds = self.integer("-", stop, start, node) if step == _ONE else self.primitive("trips", trips, node, "n")
        at: Callable[[Operand], Value] = lambda k: self.integer("+", start, self.integer("*", k, step, node), node)  # noqa: E731
        return Counted(rounds, at, start=start, stop=stop, step=step)

    def integer(self, op: str, left: Operand, right: Operand, node: ast.AST) -> Operand:
        """Integer arithmetic, folded where both are known and where nothing happens."""
        match op, left, right:
            case ("+" | "-"), _, Const(0):
                return left
            case "+", Const(0), _:
                return right
            case "*", _, Const(1):
                return left
            case "*", Const(1), _:
                return right
            case _, Const(int() as a), Const(int() as b):
                return Const({"+": a + b, "-": a - b, "*": a * b, "min": min(a, b)}[op])
            case _:
                return self.primitive(op, (left, right), node, "k")

    # ---- series of series ---------------------------------------------------------------------------------

    def _enumerated(self, node: ast.Call, target: ast.expr | None) -> Numbered:
        words = {word.arg: word.value for word in node.keywords}
        if not 1 <= len(node.args) <= 2 - len(words) or not words.keys() <= {"start"}:
            raise self.refuse(node, f"the arguments do not fit `{ast.unparse(node.func)}`", "Python would raise TypeError here")
        second = target.elts[1] if isinstance(target, ast.Tuple) and len(target.elts) == 2 else None
        inner = self.series(node.args[0], _plural(second))
        given = node.args[1] if len(node.args) == 2 else words.get("start")
        start = Const(0) if given is None else self.held(self.operand(given), node)
        at: Callable[[Operand], Value] = lambda k: (self.integer("+", start, k, node), inner.at(k))  # noqa: E731
        return Numbered(inner.rounds, at, inner.unrolled, inner=inner, start=start)

    def _parts(self, node: ast.Call, targets: Sequence[ast.expr | None]) -> list[Series]:
        """What `zip` goes over; a name that stands there twice is one series."""
        named: dict[str, Series] = {}
        parts = []
        for arg, target in zip(node.args, targets, strict=True):
            part = named.get(arg.id) if isinstance(arg, ast.Name) else None
            parts.append(part or self.series(arg, _plural(target)))
            if isinstance(arg, ast.Name):
                named[arg.id] = parts[-1]
        return parts

    def _zipped(self, parts: list[Series], node: ast.Call) -> Series:
        """As many rounds as the shortest part has."""
        rounds: Operand = parts[0].rounds if parts else Const(0)
        counted = [rounds]
        for part in parts[1:]:
            if part.rounds not in counted:
                counted.append(part.rounds)
                rounds = self.integer("min", rounds, part.rounds, node)
        return Series(rounds, lambda k: tuple(part.at(k) for part in parts), any(part.unrolled for part in parts))

    def _reversed(self, node: ast.Call) -> Series:
        if len(node.args) != 1 or node.keywords:
            raise self.refuse(node, "`reversed` takes one argument", "Python would raise TypeError here")
        inner = self.series(node.args[0])
        function = self.static(node.args[0].func) if isinstance(node.args[0], ast.Call) else None
        if function in (enumerate, zip, reversed, np.ndindex, np.ndenumerate):
            what = f"`{ast.unparse(node.args[0])}` cannot be reversed"
            raise self.refuse(node.args[0], what, "Python would raise TypeError here")
        if isinstance(inner, Counted) and inner.step in (Const(1), Const(-1)):
            step = inner.step
            assert isinstance(step, Const) and isinstance(step.value, int)
            start, stop = (self.integer("-", bound, step, node) for bound in (inner.stop, inner.start))
            return self.counted(start, stop, Const(-step.value), node)
        last = self.integer("-", inner.rounds, Const(1), node)
        return Series(inner.rounds, lambda k: inner.at(self.integer("-", last, k, node)), inner.unrolled)

    # ---- indices ------------------------------------------------------------------------------------------

    def _places(self, node: ast.Call, target: ast.expr | None) -> Series:
        values = [self.value(arg) for arg in node.args]
        match values:
            case [tuple() as shape]:
                extents = tuple(self.single(extent, node) for extent in leaves(shape))
            case [Var() as operand] if isinstance(target, ast.Tuple):
                extents = self._extents(self.primitive("as_shape", (operand,), node), len(target.elts), node)
            case [Var() as operand]:
                return self._any_rank(self.primitive("as_shape", (operand,), node), node, lambda index: index)
            case _:
                extents = tuple(self.single(value, node) for value in values)
        return self._nest(tuple(self.held(extent, node) for extent in extents), None, node)

    def _pairs(self, node: ast.Call, target: ast.expr | None) -> Series:
        """(index, element) of an array."""
        array = self.held(self.array(node.args[0]), node)
        assert isinstance(array, Var)
        shape = self.primitive(".shape", (array,), node)
        match target:
            case ast.Tuple([ast.Tuple(elts), _]):
                extents = self._extents(shape, len(elts), node)
                return self._nest(extents, array, node)
            case _:
                return self._any_rank(shape, node, lambda index: (index, self.load(array, (index,), node)))

    def _extents(self, shape: Var, rank: int, node: ast.AST) -> tuple[Operand, ...]:
        return tuple(self.primitive("item", (shape, Const(axis), Const(rank)), node) for axis in range(rank))

    def _any_rank(self, shape: Var, node: ast.AST, item: Callable[[Var], Value]) -> Series:
        rounds = self.primitive("volume", (shape,), node, "n")
        return Series(rounds, lambda k: item(self.primitive("place", (k, shape), node)))

    def _nest(self, extents: tuple[Operand, ...], array: Var | None, node: ast.AST) -> Places:
        def at(k: Operand) -> Value:
            index: list[Operand] = []
            for extent in reversed(extents[1:]):
                index.insert(0, self.primitive("%", (k, extent), node, "k"))
                k = self.primitive("//", (k, extent), node, "k")
            place = (k, *index) if extents else ()
            return place if array is None else (place, self.load(array, place, node))

        rounds: Operand = Const(1)
        for extent in extents:
            rounds = self.integer("*", rounds, extent, node)
        return Places(rounds, at, extents=extents, array=array)

    def _chosen(self, items: tuple[Value, ...], k: Operand, node: ast.AST) -> Value:
        """Item number k of a tuple, whose items are alike if k is not known."""
        if isinstance(k, Const):
            assert isinstance(k.value, int)
            return items[k.value]
        if len(items) == 1:
            return items[0]
        first = self.primitive("==", (k, Const(0)), node)
        rest: Callable[[], Value] = lambda: self._chosen(items[1:], self.integer("-", k, Const(1), node), node)  # noqa: E731
        return self.choice(first, lambda: items[0], rest, node)


def _plural(target: ast.expr | None) -> ast.expr | None:
    """The target of a part, if it is taken apart: a name alone does not count the rounds of the whole."""
    return target if isinstance(target, ast.Tuple) else None
