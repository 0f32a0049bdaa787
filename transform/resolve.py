"""Typed list → what each statement really does, now that types are known.

Parse writes a subscript as a Load and a binding as `bind`; Numba's types decide whether that is an element, a view, an
item of a tuple, a copied number or a second name for an array, and whether `x += y` changes memory or makes a new number.
What holds afterwards: `View` wherever memory is shared and only there; Assign makes something new; every op has a rule.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .analyses.aliases import aliases_of
from .errors import UnsupportedError
from .ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    Const,
    Ellipsis_,
    For,
    Function,
    Index,
    Load,
    Operand,
    Other,
    Scalar,
    Slice,
    Statement,
    Store,
    TupleOf,
    Type,
    Var,
    View,
    is_array,
    is_float,
)
from .names import Namer
from .rules import RULES
from .walk import blocks, map_block, names, walk, with_blocks

_VIEWS = (".T", ".reshape", ".ravel")


def resolve(function: Function) -> Function:
    resolver = _Resolver(function)
    body = map_block(function.body, resolver.statement)
    function = replace(function, body=body, types=resolver.types)
    _check_types(function)
    return _separate_overlaps(function)


class _Resolver:
    def __init__(self, function: Function) -> None:
        self.types: dict[str, Type] = dict(function.types)
        self.namer = Namer(names(function))

    def type(self, item: object) -> Type | None:
        if isinstance(item, Const):
            return Scalar(type(item.value).__name__)
        return self.types.get(item.name) if isinstance(item, Var) else None

    def statement(self, s: Statement) -> Iterable[Statement]:
        match s:
            case Assign(target, "bind", (value,)):
                if isinstance(value, Var) and is_array(self.type(value)):
                    return [View(target, value, "=", loc=s.loc)]
                return [replace(s, op="=")]
            case Assign(target, op, (Var() as array, *args)) if op in _VIEWS:
                return self.shaped(s, target, array, op, tuple(args))
            case Assign(target, op, (Var() as old, value)) if op.endswith("=") and op[:-1] in RULES and op not in RULES:
                return self.in_place(s, target, old, op[:-1], value)
            case Assign(target, "//" | "%", (_, divisor)) if self.integer(target):
                return self.divided(s, divisor)
            case Assign(_, "item", (Var() as whole, _)):
                if is_array(self.type(whole)):
                    raise _refuse(s, "an array is unpacked into names", "Numba unpacks tuples only", "index it: a[0], a[1]")
                return [s]
            case Load(target, array, index):
                return self.load(s, target, array, index)
            case Store(array, index) | Accumulate(array, index):
                self.check_index(s, array, index)
                return [s]
            case _:
                return [s]

    def shaped(self, s: Statement, target: Var, array: Var, op: str, args: tuple[Index, ...]) -> list[Statement]:
        type_ = self.type(array)
        if not isinstance(type_, Array):
            raise _refuse(s, f"`{op}` of something that is not an array", "Numba has no such attribute")
        if op == ".ravel" and type_.layout != "C":
            return [Assign(target, ".flatten", (array,), loc=s.loc)]
        if op == ".reshape":
            items: list[Index] = []
            for arg in args:
                shape = self.type(arg)
                if isinstance(shape, TupleOf) and isinstance(arg, Var):
                    raise _refuse(s, "`.reshape` with a shape that is a variable", "its length must be written out",
                                  "write the extents: a.reshape((n, m))")  # fmt: skip
                items.append(arg)
            args = tuple(items)
        return [View(target, array, op, args, loc=s.loc)]

    def in_place(self, s: Statement, target: Var, old: Var, op: str, value: object) -> list[Statement]:
        assert isinstance(value, Var | Const)
        if not is_array(self.type(old)):
            return list(self.statement(Assign(target, op, (old, value), loc=s.loc)))
        if old.name != target.name:
            self.types[target.name] = self.types[old.name]
        bind: list[Statement] = [View(target, old, "=", loc=s.loc)] if old.name != target.name else []
        if op == "+":
            return [Accumulate(old, (), value, loc=s.loc), *bind]
        new = self.namer.temporary("new")
        self.types[new.name] = self.types[old.name]
        return [Assign(new, op + "=", (old, value), loc=s.loc), Store(old, (), new, loc=s.loc), *bind]

    def integer(self, target: Var) -> bool:
        type_ = self.type(target)
        return isinstance(type_, Scalar) and not type_.dtype.startswith("float")

    def divided(self, s: Assign, divisor: Operand) -> list[Statement]:
        """Derivatives run with NumPy's error model, in which an integer over 0 is 0: the primal's check comes first."""
        if isinstance(divisor, Const) and divisor.value:
            return [s]
        checked = self.namer.temporary("checked")
        self.types[checked.name] = Other("none")
        return [Assign(checked, "check_divisor", (divisor,), loc=s.loc), s]

    def load(self, s: Statement, target: Var, array: Var, index: tuple[Index, ...]) -> list[Statement]:
        whole = self.type(array)
        if isinstance(whole, TupleOf):
            assert len(index) == 1
            item = index[0]
            if not isinstance(item, Const):
                raise _refuse(s, "a tuple is indexed by a variable", "its items may differ in type", "use a constant")
            return [Assign(target, "item", (array, item), loc=s.loc)]
        self.check_index(s, array, index)
        if is_array(self.type(target)):
            return [View(target, array, "index", index, loc=s.loc)]
        return [s]

    def check_index(self, s: Statement, array: Var, index: tuple[Index, ...]) -> None:
        if not is_array(self.type(array)):
            raise _refuse(s, "something that is not an array is indexed", f"it is {self.type(array)}")
        for item in index:
            type_ = self.type(item)
            if isinstance(item, Slice | Ellipsis_):
                continue
            if isinstance(type_, Array) and type_.dtype == "bool":
                raise _refuse(s, "an array is indexed by an array of bools", "fancy and boolean indices are not supported",
                              "loop over the elements and test each: `for k in range(len(a)): if a[k] > 0.0: ...`")  # fmt: skip
            if is_array(type_):
                raise _refuse(s, "an array is indexed by an array", "fancy and boolean indices are not supported",
                              "loop over the indices: `for k in range(len(idx)): ... a[idx[k]]`")  # fmt: skip
            if type_ == Scalar("bool"):
                raise _refuse(s, "an array is indexed by a bool", "boolean indices are not supported", "use `if`")


def _refuse(s: Statement, what: str, reason: str, remedy: str = "") -> UnsupportedError:
    return UnsupportedError(what, loc=s.loc, reason=reason, remedy=remedy)


def _check_types(function: Function) -> None:
    """No name may have a type that derivatives could get lost in."""
    for s in walk(function.body):
        if isinstance(s, Assign) and s.op == "tuple" and any(is_float(function.types.get(getattr(a, "name", ""))) for a in s.args):
            raise _refuse(s, "a tuple of numbers is used as a value", "a tuple is taken apart where it is made",
                          "give its items names of their own")  # fmt: skip
        target = getattr(s, "target", None)
        type_ = function.types.get(target.name) if isinstance(target, Var) else None
        if isinstance(type_, Other) and type_.text != "none":
            raise _refuse(s, f"a value of type `{type_.text}` is not supported",
                          "only numbers, arrays and tuples of them have derivatives", "use an array")  # fmt: skip
        if isinstance(type_, Scalar | Array) and type_.dtype.startswith("complex"):
            raise _refuse(s, "complex values are not supported", "their derivative depends on a convention",
                          "keep the real and the imaginary part in two real arrays")  # fmt: skip


# ---- overlap ----------------------------------------------------------------------------------------------------


def _separate_overlaps(function: Function) -> Function:
    """`a[1:] += a[:-1]` runs element by element without a copy: write it as the loop that it is."""
    memory = aliases_of(function)
    types = dict(function.types)
    namer = Namer(names(function))

    def overlap(left: Var, right: object) -> bool:
        return isinstance(right, Var) and is_array(types.get(right.name)) and not memory.disjoint(left.name, right.name)

    def block(statements: Block) -> Block:
        out: list[Statement] = []
        dropped: set[str] = set()
        negated: dict[str, Assign] = {}
        for s in statements:
            match s:
                case Assign(target, "neg", (Var(),)):
                    negated[target.name] = s
                    out.append(s)
                case Accumulate(array, index, Var(name)) if name in negated and negated[name].loc == s.loc and overlap(
                    array, negated[name].args[0]
                ):                                      # `-=`; what the user negates is a copy
                    right = negated[name].args[0]
                    assert isinstance(right, Var)
                    out += _elementwise(s, array, index, right, "-", types, namer)
                case Accumulate(array, index, Var() as value) if overlap(array, value):
                    out += _elementwise(s, array, index, value, "+", types, namer)
                case Assign(target, op, (Var() as old, value)) if op.endswith("=") and op not in RULES and op[:-1] in RULES:
                    if overlap(old, value):
                        assert isinstance(value, Var)
                        dropped.add(target.name)
                        out += _elementwise(s, old, (), value, op[:-1], types, namer)
                    else:
                        out.append(replace(s, op=op[:-1]))
                case Store(_, _, Var(name)) if name in dropped:
                    pass
                case _:
                    inner = tuple(map(block, blocks(s)))
                    out.append(with_blocks(s, inner) if inner else s)
        return tuple(out)

    return replace(function, body=block(function.body), types=types)


def _elementwise(
    s: Accumulate | Assign, array: Var, index: tuple[Index, ...], value: Var, op: str, types: dict[str, Type], namer: Namer
) -> list[Statement]:
    """array[index] op= value, one element after the other in the order of Numba's loop."""
    source = types[value.name]
    assert isinstance(source, Array)
    out: list[Statement] = []
    if index:
        whole = namer.temporary("target")
        types[whole.name] = Array(source.dtype, source.ndim, "A")
        out.append(View(whole, array, "index", index, loc=s.loc))
        array = whole
    target = types[array.name]
    if not isinstance(target, Array) or target.ndim != source.ndim:
        raise _refuse(s, f"`{op}=` between overlapping arrays of different rank", "Numba changes elements while it reads them",
                      "write the loop, or copy the right side")  # fmt: skip
    def integer(hint: str, op: str, *args: Operand) -> Var:
        var = namer.temporary(hint)
        types[var.name] = Scalar("bool" if op == "!=" else "int64")
        out.append(Assign(var, op, args, loc=s.loc))
        return var

    shape, other, element = (namer.temporary(hint) for hint in ("shape", "shape", "element"))
    types[shape.name] = types[other.name] = TupleOf((Scalar("int64"),) * target.ndim)
    types[element.name] = Scalar(source.dtype)
    out += [Assign(shape, ".shape", (array,), loc=s.loc), Assign(other, ".shape", (value,), loc=s.loc)]
    counters = tuple(namer.temporary("k") for _ in range(target.ndim))
    extents, moves = [], []
    for axis, counter in enumerate(counters):
        types[counter.name] = Scalar("int64")
        extents.append(integer("extent", "item", shape, Const(axis)))
        moves.append(integer("moves", "!=", integer("extent", "item", other, Const(axis)), Const(1)))
    before, out = out, []
    place = tuple(integer("place", "*", counter, move) for counter, move in zip(counters, moves, strict=True))
    load = Load(element, value, place, loc=s.loc)
    inner: tuple[Statement, ...]
    if op == "+":
        inner = (*out, load, Accumulate(array, counters, element, loc=s.loc))
    else:
        old, new = namer.temporary("old"), namer.temporary("new")
        types[old.name] = types[new.name] = Scalar(target.dtype)
        change = (Load(old, array, counters, loc=s.loc), Assign(new, op, (old, element), loc=s.loc))
        inner = (*out, load, *change, Store(array, counters, new, loc=s.loc))
    out = before
    for counter, extent in zip(reversed(counters), reversed(extents), strict=True):
        inner = (For(counter, Const(0), extent, Const(1), inner, loc=s.loc),)
    return [*out, *inner]


