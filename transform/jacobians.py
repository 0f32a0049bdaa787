"""Dense Jacobians, as a program that calls derivatives: one tangent for each number that goes in, or one cotangent for each that
comes out.

In: the typed list of a function and the parameters to differentiate by.  Out: a list that has still to be typed, as parse makes
one, with the same parameters; its results are the blocks, for each result and each of the parameters, with the axes of the
result first.  A block has the wider dtype of the two.  The function itself runs first and once: what it prints is printed then,
and every sweep draws the random numbers that it drew.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import Literal

from ..runtime.lanes import WIDTH
from .analyses.activity import returned
from .analyses.aliases import aliases_of
from .analyses.effects import draws
from .analyses.types import infer
from .applied import numba_type
from .derive.lanes import widened
from .derive.reverse import reverse
from .derive.second_run import unprinted
from .derive.tangent import push
from .errors import NotDifferentiableError
from .interface import Packed, Parameter
from .ir import (
    Array,
    Assign,
    Const,
    For,
    Function,
    If,
    Index,
    Operand,
    Remark,
    Return,
    Scalar,
    Slice,
    Type,
    Var,
    is_float,
)
from .names import Namer
from .program_writer import Leaf, Writer
from .simplify import simplify
from .walk import binds, map_block, names, walk

Mode = Literal["jacfwd", "jacrev", "jacobian"]
Leaves = tuple[Leaf, ...]


def jacobian_list(function: Function, wrt: Sequence[int], mode: Mode, fastmath: bool, wide: bool) -> Function:
    """The list; `wrt` are places of parameters with floats.  The results: the block of the first result and the first of the
    parameters, of the first and the second, and so on, for the results that are floats.  `wide`: a sweep may take several numbers
    (such a list is compiled and not differentiated)."""
    write = Writer(Namer((*names(function), *function.captures)))
    state = write.op("state", "random_state") if draws(function) else None
    values = returned(function)
    kept = [k for k, value in enumerate(values) if is_float(_type(function, value))]
    if not kept:
        raise NotDifferentiableError(f"`{function.name}` returns no floating-point number", loc=function.body[-1].loc,
                                     reason="only those have a derivative", remedy="return one, or an array of them")  # fmt: skip
    results = write.call(_plain(function), function.params)
    rows = tuple(write.row([(results[k], _type(function, values[k])) for k in kept]))
    columns = tuple(write.row([(function.params[k], function.types[function.params[k].name]) for k in wrt]))
    chosen = _chosen(rows, columns) if mode == "jacobian" else mode

    def forward() -> _Forward:
        return _Forward(write, function, _tangents(function, wrt, kept), state, wide, columns)

    def backward() -> _Backward:
        return _Backward(write, function, _cotangents(function, wrt, kept, fastmath), state, wide, rows)

    if chosen == "jacobian":
        blocks = _either(write, rows, columns, forward(), backward())
    else:
        blocks = (forward() if chosen == "jacfwd" else backward()).blocks(rows, columns)
    body = (*write.out, Return(tuple(blocks), True))
    return Function(function.name, function.params, body, captures=write.captures, inputs=function.inputs, loc=function.loc)


def _chosen(rows: Leaves, columns: Leaves) -> Mode:
    """The mode with fewer sweeps, where the number of one of them is known."""
    numbers = [all(not isinstance(leaf.type, Array) for leaf in leaves) for leaves in (rows, columns)]
    if all(numbers):
        return "jacfwd" if len(columns) <= len(rows) else "jacrev"
    return "jacrev" if numbers[0] else "jacfwd" if numbers[1] else "jacobian"


def _either(write: Writer, rows: Leaves, columns: Leaves, forward: _Forward, backward: _Backward) -> list[Operand]:
    """The mode with fewer sweeps, which is known when it runs."""
    blocks = [write.namer.fresh("block") for _ in rows for _ in columns]

    def fill(sweeps: _Forward | _Backward) -> None:
        for target, block in zip(blocks, sweeps.blocks(rows, columns), strict=True):
            write.out.append(Assign(target, "bind", (block,)))

    counts = columns[-1].stop, rows[-1].stop
    if (forward.widened is None) != (backward.widened is None):
        counts = forward.sweeps(), backward.sweeps()
    test = write.op("fewer", "<=", *counts)
    both = [write.block(lambda sweeps=sweeps: fill(sweeps)) for sweeps in (forward, backward)]  # type: ignore[misc]
    write.out.append(If(test, both[0], both[1]))
    return list(blocks)


@dataclass
class _Sweeps:
    """What is swept for each number, or for WIDTH at a time, of the row `given`."""

    write: Writer
    function: Function
    piece: Packed                       # a sweep for one number
    state: Var | None
    wide: bool
    given: Leaves

    @cached_property
    def widened(self) -> Function | None:
        """A sweep for WIDTH numbers, if there is one."""
        return widened(_typed(self.piece.function), len(self.given)) if self.wide and self.given[-1].stop != Const(1) else None

    def sweeps(self) -> Operand:
        """How many there are."""
        stop = self.given[-1].stop
        if self.widened is None:
            return stop
        return self.write.op("sweeps", "//", self.write.op("most", "+", stop, Const(WIDTH - 1)), Const(WIDTH))

    def run(self, fill: Callable[[Operand, list[Var], Operand | None], None]) -> None:
        """The sweeps with a seed for each number; `fill(number, results, stop)` keeps what one gives: for one number, or for those
        from `number` to `stop`, which stand in the last axis of the results."""
        write, given, packed, wide = self.write, self.given, self.piece, self.widened
        count = given[-1].stop
        seeds = write.zeros("seeds", *((count,) if wide is None else (count, Const(WIDTH))))
        number = write.namer.fresh("k")

        def sweep(piece: Packed) -> list[Var]:
            if self.state is not None:
                write.op("set", "set_random_state", self.state)
            return write.call(piece, [*self.function.params, *(write.seed(seeds, leaf, wide is not None) for leaf in given)])

        def one() -> None:
            write.store(seeds, (number,), Const(1.0))
            fill(number, sweep(packed), None)
            write.store(seeds, (number,), Const(0.0))

        def several() -> None:
            assert wide is not None
            left = write.op("left", "-", count, number)
            lanes = write.op("lanes", "min", left, Const(WIDTH))
            self.set(seeds, number, lanes, 1.0)
            fill(number, sweep(_called(packed.name, wide)), lanes)
            self.set(seeds, number, lanes, 0.0)

        body = write.block(one if wide is None else several)
        write.out.append(For(number, Const(0), count, Const(1 if wide is None else WIDTH), body))

    def set(self, seeds: Var, number: Var, lanes: Var, value: float) -> None:
        """The seeds of the numbers from this one on, one for each lane."""
        write, lane = self.write, self.write.namer.fresh("lane")

        def body() -> None:
            write.store(seeds, (write.op("place", "+", number, lane), lane), Const(value))

        write.out.append(For(lane, Const(0), lanes, Const(1), write.block(body)))


@dataclass
class _Forward(_Sweeps):
    """One tangent for each number among the parameters: a column."""

    def blocks(self, rows: Leaves, columns: Leaves) -> list[Operand]:
        write = self.write
        count = columns[-1].stop
        wholes = [write.empty("columns", row.size, count, single=_single(row, *columns)) for row in rows]
        own = _own_memory(self.widened) if self.widened is not None else ()

        def fill(number: Operand, dots: list[Var], lanes: Operand | None) -> None:
            for k, (whole, dot, row) in enumerate(zip(wholes, dots, rows, strict=True)):
                if lanes is None:
                    write.store(whole, (row.whole, number), write.flat(dot, row))
                elif row.rank and k in own:
                    test = write.op("at_once", "==", count, Const(WIDTH))
                    all_ = write.block(lambda: write.out.append(Assign(whole, "bind", (self.rows(dot, row),))))  # noqa: B023
                    write.out.append(If(test, all_, write.block(lambda: self.columns(whole, number, dot, row, lanes))))  # noqa: B023
                else:
                    self.columns(whole, number, dot, row, lanes)

        self.run(fill)
        return [
            _block(write, whole, (Slice(), column.flat), (Const(0), column.start), row, column)
            for whole, row in zip(wholes, rows, strict=True) for column in columns
        ]  # fmt: skip

    def rows(self, dot: Var, row: Leaf) -> Var:
        """What a sweep gives, by numbers of the result and then lanes."""
        return self.write.op("rows", ".reshape", dot, row.size, Const(WIDTH)) if row.rank > 1 else dot

    def columns(self, whole: Var, number: Operand, dot: Var, row: Leaf, lanes: Operand) -> None:
        """What a sweep gives for a result, in its columns; all lanes of an element at once if they are all asked for."""
        write = self.write
        place = Slice(number, write.op("stop", "+", number, lanes))

        def some() -> None:
            write.store(whole, (row.whole, place), write.lanes_of(dot, row, lanes))

        def every() -> None:
            rows = self.rows(dot, row)
            element = write.namer.fresh("row")
            body = write.block(lambda: write.store(whole, (element, place), write.op("lanes", "lanes", rows, element)))
            write.out.append(For(element, Const(0), row.size, Const(1), body))

        if row.rank:
            full = write.op("full", "==", lanes, Const(WIDTH))
            write.out.append(If(full, write.block(every), write.block(some)))
        else:
            some()


@dataclass
class _Backward(_Sweeps):
    """One cotangent for each number among the results: a row."""

    def blocks(self, rows: Leaves, columns: Leaves) -> list[Operand]:
        write = self.write
        count = rows[-1].stop
        wholes = [write.empty("rows", count, column.size, single=_single(column, *rows)) for column in columns]

        def fill(number: Operand, bars: list[Var], lanes: Operand | None) -> None:
            for whole, bar, column in zip(wholes, bars, columns, strict=True):
                if lanes is None:
                    write.store(whole, (number, column.whole), write.flat(bar, column))
                else:
                    stop = write.op("stop", "+", number, lanes)
                    part = write.lanes_of(bar, column, lanes)
                    turned = write.op("turned", ".T", part) if column.rank else part
                    write.store(whole, (Slice(number, stop), column.whole), turned)

        self.run(fill)
        return [
            _block(write, whole, (row.flat, Slice()), (row.start, Const(0)), row, column)
            for row in rows for whole, column in zip(wholes, columns, strict=True)
        ]  # fmt: skip


def _block(
    write: Writer, whole: Var, part: tuple[Index, ...], place: tuple[Index, ...], row: Leaf, column: Leaf
) -> Operand:
    """One block out of all columns or rows, in the shape of the result and then of the parameter."""
    shape = (*row.shape, *column.shape)
    if not isinstance(row.type, Array) and not isinstance(column.type, Array):
        number = write.load("entry", whole, place)
        return write.op("entry", "np.float32", number) if _single(row, column) else number
    block = whole
    if part != (Slice(), Slice()):
        block = write.op("block", ".copy", write.load("part", whole, part))
        if _single(row, column):
            block = write.op("block", ".astype", block, Const("float32", label="np.float32"))
    return block if row.rank == 1 and column.rank == 1 else write.op("block", ".reshape", block, *shape)


# ---- what is called ------------------------------------------------------------------------------------------------------


def _plain(function: Function) -> Packed:
    """The function itself, which changes no argument.  Of its results only the shapes are read: they are not copied, and what
    only fills them is dead code."""
    pushed = push(function, [], {})
    piece = _piece(f"{function.name}_value", pushed.function, returned(function)).function
    *body, _ = piece.body
    bound = Counter(var.name for s in walk(piece.body) for var in binds(s))
    copied = {s.target: s.args[0] for s in body if isinstance(s, Assign) and s.op == ".copy" and bound[s.target.name] == 1}
    values = [copied.get(v, v) if isinstance(v, Var) else v for v in returned(piece)]
    kept = [v if not isinstance(v, Var) or bound[v.name] <= 1 else old for v, old in zip(values, returned(piece), strict=True)]
    return _piece(f"{function.name}_value", replace(piece, body=tuple(body)), kept)


def _tangents(function: Function, wrt: Sequence[int], kept: Sequence[int]) -> Packed:
    params = [function.params[k].name for k in wrt]
    types = {name: _seed_type(function.types[name]) for name in params}
    pushed = push(function, params, types)
    ordered = (*pushed.function.params[: len(function.params)], *(pushed.seeds[name] for name in params))
    last = takewhile(lambda s: isinstance(s, Assign) and s.op == ".copy", reversed(pushed.function.body))
    copied = {s.target: s.args[0] for s in last if isinstance(s, Assign)}           # nothing is written behind them
    tangents = [pushed.tangents[k] for k in kept]
    results = [copied.get(t, t) if isinstance(t, Var) else t for t in tangents]     # they are read at once, and not kept
    return _piece(f"{function.name}_jvp", _again(replace(pushed.function, params=ordered)), results)


def _cotangents(function: Function, wrt: Sequence[int], kept: Sequence[int], fastmath: bool) -> Packed:
    params = [function.params[k].name for k in wrt]
    values = returned(function)
    types = [_seed_type(_type(function, value)) if k in kept else None for k, value in enumerate(values)]
    reversed_ = reverse(function, params, types, fastmath=fastmath)
    namer = Namer(names(reversed_.function))
    seeds = tuple(reversed_.seeds[k] or namer.fresh("unused") for k in kept)        # a constant has none
    unused: dict[str, Type] = {seed.name: Scalar("float64") for k, seed in zip(kept, seeds, strict=True) if not reversed_.seeds[k]}
    whole = replace(
        reversed_.function, params=(*reversed_.function.params[: len(function.params)], *seeds),
        types={**reversed_.function.types, **unused},
    )  # fmt: skip
    return _piece(f"{function.name}_vjp", _again(whole), [reversed_.gradients[name] for name in params])


def _again(function: Function) -> Function:
    """What runs behind the function itself, which has printed, and has seen that no arguments share memory."""
    quiet = unprinted(function)
    return replace(quiet, body=tuple(s for s in quiet.body if not (isinstance(s, Assign) and s.op == "check_disjoint")))


def _piece(name: str, function: Function, results: Sequence[Operand | None]) -> Packed:
    values = tuple(Const(None) if value is None else value for value in results)
    return _called(name, simplify(replace(function, body=(*function.body, Return(values, True)))))


def _called(name: str, function: Function) -> Packed:
    """A function of flat parameters that returns a tuple."""
    params = tuple(Parameter(param.name, param.name) for param in function.params)
    return Packed(name, "", function, params, tuple(range(len(returned(function)))))


def _own_memory(function: Function) -> set[int]:
    """The places of those results that are memory of their own, without gaps."""
    memory, values = aliases_of(function), returned(function)
    given = {root for name in (*(param.name for param in function.params), *function.captures) for root in memory.of(name)}
    own: set[int] = set()
    for k, value in enumerate(values):
        others = {root for other in (*values[:k], *values[k + 1 :]) if isinstance(other, Var) for root in memory.of(other.name)}
        if isinstance(value, Var) and isinstance(type_ := function.types[value.name], Array) and type_.layout == "C":
            own |= {k} if not memory.of(value.name) & (given | others) else set()
    return own


def _typed(function: Function) -> Function:
    """With types for the names that derivatives have brought."""
    body = map_block(function.body, lambda s: [] if isinstance(s, Remark) else [s])
    return infer(replace(function, body=body), tuple(numba_type(function.types[param.name]) for param in function.params))


def _seed_type(type_: Type | None) -> Type:
    return Array("float64", type_.ndim, "C") if isinstance(type_, Array) else Scalar("float64")


def _type(function: Function, value: Operand) -> Type | None:
    if isinstance(value, Var):
        return function.types.get(value.name)
    return Scalar("float64") if isinstance(value.value, float) else None


def _single(*leaves: Leaf) -> bool:
    return all(leaf.type.dtype == "float32" for leaf in leaves)
