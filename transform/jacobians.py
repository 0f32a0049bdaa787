"""Dense Jacobians, as a program that calls derivatives: one tangent for each number that goes in, or one cotangent for each that
comes out.

In: the typed list of a function and the parameters to differentiate by.  Out: a list that has still to be typed, as parse makes
one, with the same parameters; its results are the blocks, for each result and each of the parameters, with the axes of the
result first.  A block has the wider dtype of the two.  The function itself runs first and once: what it prints is printed then,
and every sweep draws the random numbers that it drew.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .analyses.activity import returned
from .analyses.effects import draws
from .applied import Applied
from .derive.again import unprinted
from .derive.reverse import reverse
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
    Load,
    Operand,
    Return,
    Scalar,
    Slice,
    Statement,
    Store,
    Type,
    Var,
    is_float,
)
from .names import Namer
from .nesting import result_of
from .simplify import simplify
from .structure import Structure
from .walk import names

Mode = Literal["jacfwd", "jacrev", "jacobian"]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A number or an array among the results or the parameters, and where its numbers stand in a row of all; `alone`: they are
    all."""

    type: Scalar | Array
    shape: tuple[Operand, ...]
    size: Operand
    start: Operand
    stop: Operand
    alone: bool

    @property
    def rank(self) -> int:
        return self.type.ndim if isinstance(self.type, Array) else 0

    @property
    def flat(self) -> Slice:
        return Slice() if self.alone else Slice(self.start, self.stop)

    @property
    def whole(self) -> Slice | Const:
        """All that one sweep gives for it."""
        return Slice() if self.rank else Const(0)


class _Piece:
    """A derivative that is there already, as a transform that is called."""

    def __init__(self, packed: Packed) -> None:
        self.packed = packed

    def product(self, argtypes: tuple[Any, ...]) -> Packed:
        return self.packed

    def result_type(self, packed: Packed, argtypes: tuple[Any, ...]) -> Any:
        return result_of(packed, argtypes)

    def outline(self, inputs: tuple[Structure, ...], around: frozenset[object]) -> Structure:
        return self.packed.result


@dataclass
class _Writer:
    """Statements as parse writes them, one behind the other."""

    namer: Namer
    captures: dict[str, object] = field(default_factory=dict)
    out: list[Statement] = field(default_factory=list)

    def op(self, hint: str, op: str, *args: Operand) -> Var:
        target = self.namer.temporary(hint)
        self.out.append(Assign(target, op, args))
        return target

    def load(self, hint: str, array: Var, index: tuple[Index, ...]) -> Var:
        target = self.namer.temporary(hint)
        self.out.append(Load(target, array, index))
        return target

    def store(self, array: Var, index: tuple[Index, ...], value: Operand) -> None:
        self.out.append(Store(array, index, value))

    def named(self, name: str, value: Var) -> Var:
        target = self.namer.fresh(name)
        self.out.append(Assign(target, "bind", (value,)))
        return target

    def call(self, packed: Packed, args: Sequence[Operand]) -> list[Var]:
        """The results of a derivative."""
        name = self.namer.fresh(packed.name)
        structure = tuple(range(len(args)))
        self.captures[name.name] = Applied(lambda _: _Piece(packed), structure, 0)
        whole = self.op(packed.name, "apply", name, *args)
        assert isinstance(packed.result, tuple)
        return [self.op(packed.name, "item", whole, Const(k)) for k in range(len(packed.result))]

    def block(self, fill: Callable[[], None]) -> tuple[Statement, ...]:
        outer, self.out = self.out, []
        fill()
        inner, self.out = tuple(self.out), outer
        return inner

    def row(self, values: Sequence[tuple[Operand, Type | None]]) -> list[_Leaf]:
        """Values and where they stand in a row of all their numbers."""
        leaves: list[_Leaf] = []
        at: Operand = Const(0)
        for value, type_ in values:
            assert isinstance(type_, Scalar | Array)
            shape: tuple[Operand, ...] = ()
            size: Operand = Const(1)
            if isinstance(type_, Array):
                whole = self.op("shape", ".shape", value)
                shape = tuple(self.op("extent", "item", whole, Const(k)) for k in range(type_.ndim))
                size = self.op("size", ".size", value)
            stop = size if at == Const(0) else self.op("stop", "+", at, size)
            leaves.append(_Leaf(type_, shape, size, at, stop, len(values) == 1))
            at = stop
        return leaves

    def zeros(self, name: str, *extents: Operand, single: bool = False) -> Var:
        dtype = (Const("float32", label="np.float32"),) if single else ()
        shape = extents[0] if len(extents) == 1 else self.op("shape", "tuple", *extents)
        return self.named(name, self.op(name, "np.zeros", shape, *dtype))

    def seed(self, seeds: Var, leaf: _Leaf) -> Var:
        """What belongs to a leaf of a row that is 1 at one place."""
        if not isinstance(leaf.type, Array):
            return self.load("seed", seeds, (leaf.start,))
        part = seeds if leaf.alone else self.load("part", seeds, (leaf.flat,))
        return part if leaf.rank == 1 else self.op("seed", ".reshape", part, *leaf.shape)

    def flat(self, value: Var, leaf: _Leaf) -> Var:
        """The numbers of a value of a leaf's type in one row, or the one."""
        if not isinstance(leaf.type, Array) or leaf.rank == 1:
            return value
        return self.op("row", ".flatten", value) if leaf.rank else self.load("number", value, ())


def jacobian_list(function: Function, wrt: Sequence[int], mode: Mode, fastmath: bool) -> Function:
    """The list; `wrt` are places of parameters with floats.  The results: the block of the first result and the first of the
    parameters, of the first and the second, and so on, for the results that are floats."""
    write = _Writer(Namer((*names(function), *function.captures)))
    state = write.op("state", "random_state") if draws(function) else None
    values = returned(function)
    kept = [k for k, value in enumerate(values) if is_float(_type(function, value))]
    if not kept:
        raise NotDifferentiableError(f"`{function.name}` returns no floating-point number", loc=function.body[-1].loc,
                                     reason="only those have a derivative", remedy="return one, or an array of them")  # fmt: skip
    results = write.call(_plain(function), function.params)
    rows = write.row([(results[k], _type(function, values[k])) for k in kept])
    columns = write.row([(function.params[k], function.types[function.params[k].name]) for k in wrt])
    chosen = _chosen(rows, columns) if mode == "jacobian" else mode
    forward, backward = _Forward(write, function, wrt, kept, state), _Backward(write, function, wrt, kept, state, fastmath)
    if chosen == "jacobian":
        blocks = _either(write, rows, columns, forward, backward)
    else:
        blocks = (forward if chosen == "jacfwd" else backward).blocks(rows, columns)
    body = (*write.out, Return(tuple(blocks), True))
    return Function(function.name, function.params, body, captures=write.captures, inputs=function.inputs, loc=function.loc)


def _chosen(rows: Sequence[_Leaf], columns: Sequence[_Leaf]) -> Mode:
    """The mode with fewer sweeps, where the number of one of them is known."""
    numbers = [all(not isinstance(leaf.type, Array) for leaf in leaves) for leaves in (rows, columns)]
    if all(numbers):
        return "jacfwd" if len(columns) <= len(rows) else "jacrev"
    return "jacrev" if numbers[0] else "jacfwd" if numbers[1] else "jacobian"


def _either(write: _Writer, rows: list[_Leaf], columns: list[_Leaf], forward: _Forward, backward: _Backward) -> list[Operand]:
    """The mode with fewer sweeps, which is known when it runs."""
    blocks = [write.namer.fresh("block") for _ in rows for _ in columns]

    def fill(sweeps: _Forward | _Backward) -> None:
        for target, block in zip(blocks, sweeps.blocks(rows, columns), strict=True):
            write.out.append(Assign(target, "bind", (block,)))

    test = write.op("fewer", "<=", columns[-1].stop, rows[-1].stop)
    both = [write.block(lambda sweeps=sweeps: fill(sweeps)) for sweeps in (forward, backward)]  # type: ignore[misc]
    write.out.append(If(test, both[0], both[1]))
    return list(blocks)


@dataclass
class _Forward:
    """One tangent for each number among the parameters: a column."""

    write: _Writer
    function: Function
    wrt: Sequence[int]
    kept: Sequence[int]
    state: Var | None

    def blocks(self, rows: Sequence[_Leaf], columns: Sequence[_Leaf]) -> list[Operand]:
        write, function = self.write, self.function
        count = columns[-1].stop
        wholes = [write.zeros("columns", row.size, count, single=_single(row, *columns)) for row in rows]
        seeds = write.zeros("seeds", count)
        sweep = _tangents(function, self.wrt, self.kept)
        number = write.namer.fresh("k")

        def body() -> None:
            if self.state is not None:
                write.op("set", "set_random_state", self.state)
            write.store(seeds, (number,), Const(1.0))
            dots = write.call(sweep, [*function.params, *(write.seed(seeds, column) for column in columns)])
            for whole, dot, row in zip(wholes, dots, rows, strict=True):
                write.store(whole, (row.whole, number), write.flat(dot, row))
            write.store(seeds, (number,), Const(0.0))

        write.out.append(For(number, Const(0), count, Const(1), write.block(body)))
        return [
            _block(write, whole, (Slice(), column.flat), (Const(0), column.start), row, column)
            for whole, row in zip(wholes, rows, strict=True) for column in columns
        ]  # fmt: skip


@dataclass
class _Backward:
    """One cotangent for each number among the results: a row."""

    write: _Writer
    function: Function
    wrt: Sequence[int]
    kept: Sequence[int]
    state: Var | None
    fastmath: bool

    def blocks(self, rows: Sequence[_Leaf], columns: Sequence[_Leaf]) -> list[Operand]:
        write, function = self.write, self.function
        count = rows[-1].stop
        wholes = [write.zeros("rows", count, column.size, single=_single(column, *rows)) for column in columns]
        seeds = write.zeros("seeds", count)
        sweep = _cotangents(function, self.wrt, self.kept, self.fastmath)
        number = write.namer.fresh("k")

        def body() -> None:
            if self.state is not None:
                write.op("set", "set_random_state", self.state)
            write.store(seeds, (number,), Const(1.0))
            bars = write.call(sweep, [*function.params, *(write.seed(seeds, row) for row in rows)])
            for whole, bar, column in zip(wholes, bars, columns, strict=True):
                write.store(whole, (number, column.whole), write.flat(bar, column))
            write.store(seeds, (number,), Const(0.0))

        write.out.append(For(number, Const(0), count, Const(1), write.block(body)))
        return [
            _block(write, whole, (row.flat, Slice()), (row.start, Const(0)), row, column)
            for row in rows for whole, column in zip(wholes, columns, strict=True)
        ]  # fmt: skip


def _block(
    write: _Writer, whole: Var, part: tuple[Index, ...], place: tuple[Index, ...], row: _Leaf, column: _Leaf
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
    """The function itself, which changes no argument."""
    pushed = push(function, [], {})
    return _piece(f"{function.name}_value", pushed.function, pushed.values)


def _tangents(function: Function, wrt: Sequence[int], kept: Sequence[int]) -> Packed:
    params = [function.params[k].name for k in wrt]
    types = {name: _seed_type(function.types[name]) for name in params}
    pushed = push(function, params, types)
    ordered = (*pushed.function.params[: len(function.params)], *(pushed.seeds[name] for name in params))
    return _piece(f"{function.name}_jvp", unprinted(replace(pushed.function, params=ordered)), [pushed.tangents[k] for k in kept])


def _cotangents(function: Function, wrt: Sequence[int], kept: Sequence[int], fastmath: bool) -> Packed:
    params = [function.params[k].name for k in wrt]
    values = returned(function)
    types = [_seed_type(_type(function, value)) if k in kept else None for k, value in enumerate(values)]
    reversed_ = reverse(function, params, types, fastmath=fastmath)
    seeds = tuple(seed for k in kept if (seed := reversed_.seeds[k]) is not None)
    whole = replace(reversed_.function, params=(*reversed_.function.params[: len(function.params)], *seeds))
    return _piece(f"{function.name}_vjp", unprinted(whole), [reversed_.gradients[name] for name in params])


def _piece(name: str, function: Function, results: Sequence[Operand | None]) -> Packed:
    values = tuple(Const(None) if value is None else value for value in results)
    tidy = simplify(replace(function, body=(*function.body, Return(values, True))))
    params = tuple(Parameter(param.name, param.name) for param in function.params)
    return Packed(name, "", tidy, params, tuple(range(len(values))))


def _seed_type(type_: Type | None) -> Type:
    return Array("float64", type_.ndim, "C") if isinstance(type_, Array) else Scalar("float64")


def _type(function: Function, value: Operand) -> Type | None:
    if isinstance(value, Var):
        return function.types.get(value.name)
    return Scalar("float64") if isinstance(value.value, float) else None


def _single(*leaves: _Leaf) -> bool:
    return all(leaf.type.dtype == "float32" for leaf in leaves)
