"""Several tangents (or cotangents) in one pass: each number of a derivative becomes `WIDTH` numbers side by side.

In: a derived function, whose last parameters are seeds.  Out: the same function where all that is computed from the seeds is wide:
a number is a `Lanes` (`runtime.lanes`), an array has a last axis of extent WIDTH; seeds and results are such arrays, for a number
one of WIDTH elements.  What is not computed from seeds stays as it is, and runs once for all of them.  None where a statement has
no wide form; then one number is taken at a time.

A name is wide if one of its definitions is; so are all names for a piece of memory that a wide value is written to.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...runtime.lanes import WIDTH
from ..analyses.activity import returned
from ..ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    Call,
    Const,
    For,
    Function,
    Grow,
    If,
    Index,
    Load,
    Operand,
    Pop,
    Push,
    Return,
    Scalar,
    Slice,
    Statement,
    Store,
    Type,
    Var,
    View,
    While,
)
from ..names import Namer, base
from ..switches import on
from ..walk import binds, names, reads, walk

_LANES = Scalar("Lanes")
_ARITHMETIC = {"+": "+", "-": "-", "*": "*", "/": "/", "neg": "neg", "strong": "strong_lanes"}
_SHAPES = (".shape", ".size", ".ndim", "len", "np.zeros_like", "np.empty_like", "np.ones_like")


class _Narrow(Exception):
    """A statement has no wide form."""


def widened(function: Function, seeds: int) -> Function | None:
    """The function with so many seeds, wide; None if it cannot be."""
    if not on("wide tangents") or any(isinstance(t, Scalar | Array) and t.dtype == "float32" for t in function.types.values()):
        return None
    try:
        return _Widening(function, function.params[-seeds:]).function()
    except _Narrow:
        return None


class _Widening:
    def __init__(self, function: Function, seeds: Sequence[Var]) -> None:
        self.whole, self.seeds = function, seeds
        self.namer = Namer(names(function))
        self.old: dict[str, Type] = dict(function.types)
        self.wide = self.closure({var.name for var in (*seeds, *returned(function)) if isinstance(var, Var)})
        if self.wide & {param.name for param in function.params if param not in seeds}:
            raise _Narrow
        self.types = self.old | {name: self.type_of(name) for name in sorted(self.wide)}

    def closure(self, found: set[str]) -> set[str]:
        """Every name that is computed from these, or stands for memory that is."""
        count = -1
        while count != len(found):
            count = len(found)
            for s in walk(self.whole.body):
                match s:
                    case Assign(target, op, args):
                        if op not in _SHAPES and not op.startswith("check_") and self.any(args, found):
                            found.add(target.name)
                    case Load(target, array):
                        if array.name in found:
                            found.add(target.name)
                    case View(target, array):
                        if {target.name, array.name} & found:
                            found |= {target.name, array.name}
                    case Store(array, _, value) | Accumulate(array, _, value):
                        if self.any((value,), found):
                            found.add(array.name)
                    case _:
                        pass
        return found

    def any(self, operands: Iterable[Operand | Index], names: set[str] | None = None) -> bool:
        names = self.wide if names is None else names
        return any(isinstance(item, Var) and item.name in names for item in operands)

    def type_of(self, name: str) -> Type:
        match self.old.get(name):
            case Scalar("float64"):
                return _LANES
            case Array("float64", ndim, layout):
                return Array("float64", ndim + 1, "C" if layout == "C" else "A")
            case _:
                raise _Narrow

    # ---- the function -------------------------------------------------------------------------------------

    def function(self) -> Function:
        start: list[Statement] = []
        params: list[Var] = []
        for param in self.whole.params:
            if param in self.seeds and not self.is_array(param):
                given = self.namer.fresh(base(param.name))
                self.types[given.name] = Array("float64", 1, "C")
                start.append(Assign(param, "lanes", (given,)))
                param = given
            params.append(param)
        body = self.block(self.whole.body[:-1])
        last = self.whole.body[-1]
        assert isinstance(last, Return)
        end: list[Statement] = []
        values = tuple(self.result(value, end) for value in last.values)
        whole = (*start, *body, *end, replace(last, values=values))
        return replace(self.whole, params=tuple(params), body=whole, types=self.types)

    def result(self, value: Operand, out: list[Statement]) -> Operand:
        if isinstance(value, Var) and self.is_array(value):
            if self.layout(value) != "C":
                raise _Narrow
            return value
        return self.op("row", "unpacked", out, self.lanes(value, out), type_=Array("float64", 1, "C"))

    def op(self, hint: str, op: str, out: list[Statement], *args: Operand, type_: Type) -> Var:
        target = self.namer.temporary(hint)
        self.types[target.name] = type_
        out.append(Assign(target, op, args))
        return target

    def lanes(self, value: Operand, out: list[Statement]) -> Operand:
        """A number as lanes."""
        if isinstance(value, Var) and value.name in self.wide:
            return value
        return self.op("lanes", "lanes", out, value, type_=_LANES)

    def is_array(self, operand: Operand | Index | None) -> bool:
        return isinstance(operand, Var) and isinstance(self.old.get(operand.name), Array)

    def layout(self, var: Var) -> str:
        type_ = self.old[var.name]
        return type_.layout if isinstance(type_, Array) else ""

    # ---- statements ---------------------------------------------------------------------------------------

    def block(self, block: Block) -> Block:
        return tuple(t for s in block for t in self.statement(s))

    def statement(self, s: Statement) -> list[Statement]:
        match s:
            case For(body=body):
                return [replace(s, body=self.block(body))]
            case While(header, _, body):
                return [replace(s, header=self.block(header), body=self.block(body))]
            case If(_, then, orelse):
                return [replace(s, then=self.block(then), orelse=self.block(orelse))]
            case Assign(_, "check_seed", args) if self.any(args):
                return []
            case Assign(target) if target.name in self.wide:
                return self.array(s) if self.is_array(target) else self.number(s)
            case Load(target, array, index) if array.name in self.wide:
                if not self.single(array, index):
                    raise _Narrow
                return [Assign(target, "lanes", (array, *_plain(index)), loc=s.loc)]
            case Load(target) if target.name in self.wide:
                return self.alike(s)
            case View(array=array) if array.name in self.wide:
                return [self.view(s)]
            case Store(array, index, value) if array.name in self.wide:
                return self.store(array, index, value, s)
            case Accumulate(array, index, value) if array.name in self.wide:
                return self.accumulate(array, index, value, s)
            case Grow():
                return [s]
            case Push() | Pop() | Call() if self.any((*reads(s), *binds(s))):
                raise _Narrow
            case _:
                if self.any(reads(s)):
                    raise _Narrow
                return [s]

    def number(self, s: Assign) -> list[Statement]:
        """A wide number."""
        wide = self.any(s.args)
        if wide and any(map(self.is_array, s.args)):
            return [self.summed(s)]
        if s.op in ("=", "bind", "cast:float64"):
            return [replace(s, op="=" if wide else "lanes")]
        if wide:
            if s.op not in _ARITHMETIC:
                raise _Narrow
            return [replace(s, op=_ARITHMETIC[s.op])]
        return self.alike(s)

    def alike(self, s: Assign | Load) -> list[Statement]:
        """A wide number that is made of nothing wide: one number, the same in all lanes."""
        number = self.namer.temporary(base(s.target.name))
        self.types[number.name] = Scalar("float64")
        return [replace(s, target=number), Assign(s.target, "lanes", (number,), loc=s.loc)]

    def summed(self, s: Assign) -> Assign:
        """A wide number that is made of arrays."""
        match s.op, s.args:
            case "np.sum" | ".sum", (Var() as array,) if self.layout(array) == "C":
                return replace(s, op="lanes_sum")
            case "np.mean" | ".mean", (Var() as array,) if self.layout(array) == "C":
                return replace(s, op="lanes_mean")
            case "np.dot" | "@", (Var() as a, Var() as b) if self.any((a,)) != self.any((b,)) and self.rank(a) == self.rank(b) == 1:
                return replace(s, op="lanes_dot", args=(a, b) if self.any((a,)) else (b, a))
            case _:
                raise _Narrow

    def rank(self, var: Var) -> int:
        type_ = self.old.get(var.name)
        return type_.ndim if isinstance(type_, Array) else 0

    def array(self, s: Assign) -> list[Statement]:
        """A wide array."""
        if s.op in ("np.zeros_like", "np.empty_like") and len(s.args) == 1:
            return [s if self.any(s.args) else replace(s, op="lanes_like")]
        if s.op == ".copy" and self.any(s.args):
            return [s]
        match s.op, s.args:
            case "@" | "np.dot", (Var() as a, Var() as b) if self.rank(a) == 2 and self.rank(b) == 1 and not self.any((a,)):
                return [s]                              # the lanes of a vector are columns
            case _ if s.op not in ("+", "-", "*", "/", "neg", "strong", "np.where"):
                raise _Narrow
        out: list[Statement] = []
        args: list[Operand] = []
        for arg in s.args:
            wide = self.any((arg,))
            if wide and not self.is_array(arg):
                arg = self.op("row", "unpacked", out, arg, type_=Array("float64", 1, "C"))
            elif self.is_array(arg) and not wide:
                type_ = self.old[arg.name]  # type: ignore[union-attr]
                assert isinstance(type_, Array) and isinstance(arg, Var)
                new = self.namer.temporary(base(arg.name))
                self.types[new.name] = Array(type_.dtype, type_.ndim + 1, "A")
                out.append(View(new, arg, "index", (*[Slice()] * type_.ndim, Const(None)), loc=s.loc))
                arg = new
            args.append(arg)
        if not self.any(s.args):
            raise _Narrow
        return [*out, replace(s, args=tuple(args))]

    def integer(self, item: Index) -> bool:
        if isinstance(item, Var):
            return isinstance(self.old.get(item.name), Scalar)
        return isinstance(item, Const) and isinstance(item.value, int)

    def view(self, s: View) -> View:
        if self.layout(s.target) == "C" != self.layout(s.array):        # with the lanes it has gaps
            raise _Narrow
        match s.kind, s.args:
            case "=", _:
                return s
            case "index", args if all(isinstance(arg, Slice) or self.integer(arg) for arg in args):
                return s
            case ".T", _:
                return replace(s, kind=".transpose", args=(*map(Const, reversed(range(last := self.rank(s.array)))), Const(last)))
            case ".transpose", args:
                return replace(s, args=(*args, Const(self.rank(s.array))))
            case ".reshape", args if self.layout(s.array) == "C" and all(not self.is_array(arg) for arg in args):
                return replace(s, args=(*args, Const(WIDTH)))
            case ".ravel", _ if self.layout(s.array) == "C":
                return replace(s, kind=".reshape", args=(Const(-1), Const(WIDTH)))
            case _:
                raise _Narrow

    def store(self, array: Var, index: tuple[Index, ...], value: Operand, s: Store) -> list[Statement]:
        if self.is_array(value) or not self.single(array, index):
            self.sliced(index, value)
            return [s]
        out: list[Statement] = []
        given = self.lanes(value, out)
        return [*out, replace(s, value=given)]

    def accumulate(self, array: Var, index: tuple[Index, ...], value: Operand, s: Accumulate) -> list[Statement]:
        if self.is_array(value) or not self.single(array, index):
            self.sliced(index, value)
            return [s]
        out: list[Statement] = []
        old = self.op("old", "lanes", out, array, *_plain(index), type_=_LANES)
        new = self.op("new", "+", out, old, value, type_=_LANES)
        return [*(replace(t, loc=s.loc) for t in out), Store(array, index, new, loc=s.loc)]

    def single(self, array: Var, index: tuple[Index, ...]) -> bool:
        """Is it the place of one element?"""
        type_ = self.old[array.name]
        return isinstance(type_, Array) and len(index) == type_.ndim and all(map(self.integer, index))

    def sliced(self, index: tuple[Index, ...], value: Operand) -> None:
        """A part of a wide array takes a wide array, or one number that is the same for all."""
        if not all(isinstance(item, Slice) or self.integer(item) for item in index):
            raise _Narrow
        if self.is_array(value) != self.any((value,)):
            raise _Narrow


def _plain(index: tuple[Index, ...]) -> tuple[Operand, ...]:
    return tuple(item for item in index if isinstance(item, Var | Const))
