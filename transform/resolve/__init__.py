"""Typed list → what each statement really does, now that types are known.

Parse writes a subscript as a Load and a binding as `bind`; Numba's types decide whether that is an element, a view, an
item of a tuple, a copied number or a second name for an array, and whether `x += y` changes memory or makes a new number.
What holds afterwards: `View` wherever memory is shared and only there; Assign makes something new; every op has a rule.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from ..analyses.versions import unify
from ..ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    Const,
    Ellipsis_,
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
from ..names import Namer, is_temporary
from ..rules import RULES
from ..rules.remedies import REMEDIES
from ..walk import all_reads, binds, map_block, names, reads, walk
from .bounds import with_whole_bounds
from .builder import Builder
from .copies import COPIES
from .draws import standardised
from .dtypes import with_dtypes
from .expand import Expander
from .fancy import lower_fancy
from .fancy_places import is_fancy
from .joins import JOINS
from .lists import without_lists
from .membership import searched
from .numpy_loops import DEFINED
from .overlaps import separate_overlaps
from .ramps import ramp
from .refuse import refuse
from .shapes import with_checks
from .site import Site, lowered
from .tupleindices import with_plain_indices
from .user_rules import check_declared
from .views import VIEWS

_VIEWS = (".T", ".transpose", ".reshape", ".ravel")
_LOWERINGS = {**VIEWS, **COPIES, **JOINS, **DEFINED}


def resolve(function: Function) -> Function:
    if function.unread is not None:
        return function
    function = without_lists(with_plain_indices(with_dtypes(with_whole_bounds(function))))
    resolver = _Resolver(function)
    body = _without_tuples(map_block(function.body, resolver.statement))
    function = replace(function, body=body, types=resolver.types)
    _check_types(function)
    return with_checks(separate_overlaps(lower_fancy(function)))


Place = tuple[Var, tuple[Index, ...]]


class _Resolver:
    def __init__(self, function: Function) -> None:
        self.types: dict[str, Type] = dict(function.types)
        self.namer = Namer(names(function))
        self.copies: set[str] = set()                   # temporaries that an index with arrays made
        self.parts: dict[str, Place] = {}               # temporaries that are views: of which array, and where
        self.expander = Expander(self.types, self.namer)
        self.constants = {name: int(value) for name, value in function.captures.items()
                          if isinstance(value, int | np.integer) and not isinstance(value, bool)}  # fmt: skip
        bound = Counter(var.name for s in walk(function.body) for var in binds(s))
        self.tuples = {s.target.name: s.args for s in walk(function.body)
                       if isinstance(s, Assign) and s.op == "tuple" and bound[s.target.name] == 1}  # fmt: skip

    def type(self, item: object) -> Type | None:
        if isinstance(item, Const):
            return Scalar(type(item.value).__name__)
        return self.types.get(item.name) if isinstance(item, Var) else None

    def statement(self, s: Statement) -> Iterable[Statement]:
        before: list[Statement] = []
        s = self.expander.expanded(s, before)
        return [*before, *self.typed(s)]

    def typed(self, s: Statement) -> Iterable[Statement]:
        if isinstance(s, Assign):
            check_declared(s, self.types)
        match s:
            case Assign(target, "bind", (value,)):
                if isinstance(value, Var) and is_array(self.type(value)):
                    return [View(target, value, "=", loc=s.loc)]
                return [replace(s, op="=")]
            case Assign(target, op, (Var() as array, *args)) if op in _VIEWS:
                return self.shaped(s, target, array, op, tuple(args))
            case Assign(target, op, (Var() as old, value)) if op.endswith("=") and op[:-1] in RULES and op not in RULES:
                return self.in_place(s, target, old, op[:-1], value)
            case Assign(target, "~", (_,)) if self.type(target) == Scalar("bool"):
                return [replace(s, op="not")]           # for Numba; Python's would be an integer
            case Assign(_, "bool", (value,)) if isinstance(type_ := self.type(value), Scalar):
                return [replace(s, op="=") if type_.dtype == "bool" else replace(s, op="!=", args=(value, Const(0)))]
            case Assign(target, "//" | "%", (_, divisor)) if self.integer(target):
                return self.divided(s, divisor)
            case Assign(target, "item", (Var() as whole, number, Const(int() as count))):
                return self.unpacked(s, target, whole, number, count)
            case Assign(target, "part", (whole, number, Const(int() as count))):
                if not (isinstance(whole_type := self.type(whole), TupleOf) and len(whole_type.items) == count):
                    raise refuse(s, "a value is a tuple that is written out on one path and something else on another",
                                  "a value has one structure, whatever the path", "use a name of its own for each")  # fmt: skip
                return [Assign(target, "item", (whole, number), loc=s.loc)]
            case Assign(_, ".permute"):
                raise refuse(s, "an array is sorted in place", "there is no rule for it", REMEDIES[".permute"])
            case Assign(_, "in" | "not in", (item, whole)):
                builder = Builder(self.types, self.namer, s.loc)
                searched(s, item, whole, builder)
                return builder.out
            case Assign(target, "as_shape", (extents,)):
                return [replace(s, op="=" if isinstance(self.type(extents), TupleOf) else "tuple")]
            case Assign(_, "np.histogram", (_, Var() as bins, *_)) if isinstance(self.type(bins), Array):
                raise refuse(s, "`np.histogram` with edges of your own", "it hands back the same array, which may change",
                             "pass how many bins there are, and their range")  # fmt: skip
            case Assign(target, op) if op in RULES and RULES[op].opaque:
                builder = Builder(self.types, self.namer, s.loc)
                return builder.out if standardised(s, self.types, builder) or ramp(s, self.types, builder) else [s]
            case Assign(_, op) if op in RULES and RULES[op].kind == "lowered":
                site = Site(self.types, self.namer, s, self.tuples, self.constants)
                written = lowered(site, _LOWERINGS)
                return [new for one in written for new in self.nested(one)]
            case Load(target, array, index):
                return self.load(s, target, array, index)
            case Store(array, index, Var(part)) if self.parts.get(part) == (array, index):
                return []                               # `x[1:] *= t` has changed the view, and puts it where it is
            case Store(array, index) | Accumulate(array, index):
                self.check_index(s, array, index)
                return self.placed(s, array, index)
            case _:
                return [s]

    def nested(self, s: Statement) -> Iterable[Statement]:
        """What a call is written as, resolved in turn."""
        return map_block((s,), self.statement)

    def placed(self, s: Store | Accumulate, array: Var, index: tuple[Index, ...]) -> list[Statement]:
        """A new axis is one of the place that is written to, not of the array."""
        whole = self.types[array.name]
        assert isinstance(whole, Array)
        if is_fancy(index, self.types):
            return [s]
        numbers = tuple(item for item in index if not isinstance(item, Slice | Ellipsis_) and item != Const(None))
        if len(numbers) == whole.ndim == len(index) - 1 and Ellipsis_() in index:
            return [replace(s, index=numbers)]
        if Const(None) not in index:
            return [s]
        kept = sum(-1 if item == Const(None) else not isinstance(item, Slice | Ellipsis_) for item in index)
        part = self.namer.temporary("part")
        self.types[part.name] = Array(whole.dtype, whole.ndim - kept, "A")
        return [View(part, array, "index", index, loc=s.loc), replace(s, array=part, index=())]

    def shaped(self, s: Statement, target: Var, array: Var, op: str, args: tuple[Index, ...]) -> list[Statement]:
        type_ = self.type(array)
        if not isinstance(type_, Array):
            raise refuse(s, f"`{op}` of something that is not an array", "Numba has no such attribute")
        if op == ".ravel" and type_.layout != "C":
            return [Assign(target, ".flatten", (array,), loc=s.loc)]
        before: list[Statement] = []
        if op == ".reshape":
            args = tuple(self.extent(part, s, before) for arg in args for part in self.expander.items(s, arg, before))
        if op == ".transpose":
            args = self.axes(s, args, type_.ndim)
            if args == tuple(map(Const, reversed(range(type_.ndim)))):
                op, args = ".T", ()
        return [*before, View(target, array, op, args, loc=s.loc)]

    def extent(self, part: Index, s: Statement, before: list[Statement]) -> Index:
        """An extent as an int64: Numba takes no tuple of several types of integers."""
        if not isinstance(part, Var) or self.type(part) == Scalar("int64"):
            return part
        extent = self.namer.temporary("extent")
        self.types[extent.name] = Scalar("int64")
        before.append(Assign(extent, "cast:int64", (part,), loc=s.loc))
        return extent

    def axes(self, s: Statement, args: tuple[Index, ...], ndim: int) -> tuple[Index, ...]:
        """The axes of a transposition, which are constants, counted from the front."""
        axes = [arg.value for arg in args if isinstance(arg, Const) and type(arg.value) is int]
        if len(axes) != len(args) or sorted(axis % ndim for axis in axes) != list(range(ndim)):
            raise refuse(s, "`.transpose` with axes that are not written out", "which axes there are must be known before the call",
                         "write each of them once, as a number")  # fmt: skip
        return tuple(Const(axis % ndim) for axis in axes)

    def in_place(self, s: Statement, target: Var, old: Var, op: str, value: object) -> list[Statement]:
        assert isinstance(value, Var | Const)
        if not is_array(self.type(old)):
            return list(self.statement(Assign(target, op, (old, value), loc=s.loc)))
        if old.name != target.name:
            self.types[target.name] = self.types[old.name]
        if old.name in self.copies:                     # nobody else sees what it changes
            return [Assign(target, op + "=", (old, value), loc=s.loc)]
        bind: list[Statement] = [View(target, old, "=", loc=s.loc)] if old.name != target.name else []
        if old.name in self.parts:
            self.parts[target.name] = self.parts[old.name]
        if op == "+":
            return [Accumulate(old, (), value, loc=s.loc), *bind]
        new = self.namer.temporary("new")
        kind = self.types[old.name]
        if isinstance(kind, Array) and kind.ndim == 0:  # arithmetic on an array without axes gives a number
            kind = unify(Scalar(kind.dtype), self.number(value))
        self.types[new.name] = kind
        return [Assign(new, op + "=", (old, value), loc=s.loc), Store(old, (), new, loc=s.loc), *bind]

    def number(self, value: Operand) -> Scalar:
        """The type of one element of a value."""
        type_ = self.type(value)
        return Scalar(type_.dtype) if isinstance(type_, Array | Scalar) else Scalar("float64")

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

    def unpacked(self, s: Statement, target: Var, whole: Var, number: Operand, count: int) -> list[Statement]:
        """Item `number` of `count` names: of a tuple, or of an array along its first axis."""
        type_ = self.type(whole)
        if not isinstance(type_, Array):
            if isinstance(type_, TupleOf) and len(type_.items) != count:
                raise refuse(s, f"{len(type_.items)} values for {count} names", "Python would raise here")
            return [Assign(target, "item", (whole, number), loc=s.loc)]
        checks: list[Statement] = []
        if number == Const(0):
            length, checked = self.namer.temporary("n"), self.namer.temporary("checked")
            self.types |= {length.name: Scalar("int64"), checked.name: Other("none")}
            checks = [Assign(length, "len", (whole,), loc=s.loc), Assign(checked, "check_count", (length, Const(count)), loc=s.loc)]
        return [*checks, *self.load(Load(target, whole, (number,), loc=s.loc), target, whole, (number,))]

    def load(self, s: Statement, target: Var, array: Var, index: tuple[Index, ...]) -> list[Statement]:
        whole = self.type(array)
        if isinstance(whole, TupleOf):
            assert len(index) == 1
            item = index[0]
            alike = not any(is_float(part) or part != whole.items[0] for part in whole.items)
            if not isinstance(item, Const | Var) or (isinstance(item, Var) and not alike):
                raise refuse(s, "a tuple is indexed by a variable", "its items may differ in type", "use a constant")
            return [Assign(target, "item", (array, item), loc=s.loc)]
        self.check_index(s, array, index)
        if is_fancy(index, self.types):
            self.copies |= {target.name} if is_temporary(target.name) else set()
        elif is_array(self.type(target)):
            if is_temporary(target.name):
                self.parts[target.name] = array, index
            return [View(target, array, "index", index, loc=s.loc)]
        elif Ellipsis_() in index:                      # a number in Numba, a view without axes in Python
            return [Load(target, array, tuple(item for item in index if item != Ellipsis_()), loc=s.loc)]
        return [s]

    def check_index(self, s: Statement, array: Var, index: tuple[Index, ...]) -> None:
        if not is_array(self.type(array)):
            _check_items(s, self.type(array))
            raise refuse(s, "something that is not an array is indexed", f"it is {self.type(array)}")
        for item in index:
            type_ = self.type(item)
            if isinstance(item, Slice | Ellipsis_):
                continue
            if type_ == Scalar("bool"):
                raise refuse(s, "an array is indexed by a bool", "boolean indices are not supported", "use `if`")


def _without_tuples(body: Block) -> Block:
    """The body without tuples that were arguments only."""
    read = all_reads(body)
    return map_block(body, lambda s: [] if isinstance(s, Assign) and s.op == "tuple" and s.target.name not in read else [s])


def _check_items(s: Statement, type_: Type | None) -> None:
    """Numba's name for a list that it cannot type but has not given up on."""
    if isinstance(type_, Other) and type_.text.startswith("Poison<"):
        raise refuse(s, "the items of a list have different types", "Numba has such a list only where every index is a constant",
                     "give them one type, as in `a.astype(np.float64)`, or make it a tuple")  # fmt: skip


def _check_types(function: Function) -> None:
    """No name may have a type that derivatives could get lost in."""
    used = {var.name for s in walk(function.body) if not (isinstance(s, Assign) and s.op == "print") for var in reads(s)}
    for s in walk(function.body):
        made = s.args if isinstance(s, Assign) and s.op == "tuple" and s.target.name in used else ()
        if any(is_float(function.types.get(getattr(item, "name", ""))) for item in made):
            raise refuse(s, "a tuple of numbers is used as a value", "a tuple is taken apart where it is made",
                          "give its items names of their own")  # fmt: skip
        target = getattr(s, "target", None)
        type_ = function.types.get(target.name) if isinstance(target, Var) else None
        if isinstance(type_, Other) and type_.text != "none":
            _check_items(s, type_)
            raise refuse(s, f"a value of type `{type_.text}` is not supported",
                          "only numbers, arrays and tuples of them have derivatives", "use an array")  # fmt: skip
        if isinstance(type_, Scalar | Array) and type_.dtype.startswith("complex"):
            raise refuse(s, "complex values are not supported", "their derivative depends on a convention",
                          "keep the real and the imaginary part in two real arrays")  # fmt: skip
