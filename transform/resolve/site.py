"""Calls of functions that are no primitives, written as views, loops and stores.

One function for each in the modules `views`, `copies`, `joins` and `numpy_loops`; a `Site` is what they work with.  What they
write is resolved in turn.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..ir import Array, Assign, Const, Operand, Other, Scalar, Slice, Statement, TupleOf, Type, Var, View
from ..names import Namer
from ..parse.calls import default_operand
from ..rules import RULES
from .builder import Builder, dtype_args
from .copy_or_view import mark
from .refuse import refuse

Lowering = Callable[["Site"], object]


class Site(Builder):
    """A call: its arguments by the names of the parameters, and where its result goes."""

    def __init__(self, types: dict[str, Type], namer: Namer, s: Assign, tuples: Mapping[str, tuple[Operand, ...]],
                 constants: Mapping[str, int]) -> None:  # fmt: skip
        super().__init__(types, namer, s.loc)
        self.s, self.tuples, self.constants = s, tuples, constants
        items = [item for arg in s.args if isinstance(arg, Var) for item in tuples.get(arg.name, ())]
        self.target = self.apart(s.target, (*s.args, *items))
        self.unsure: list[Var] = []
        rule = RULES[s.op]
        self.args: dict[str, Operand] = {name: default_operand(default) for name, default in rule.defaults.items()}
        self.args.update(zip(rule.params, s.args, strict=False))

    # ---- arguments ----------------------------------------------------------------------------------------

    def operand(self, name: str) -> Operand:
        return self.args[name]

    def source(self, name: str) -> Var:
        """An argument that must be an array."""
        value = self.args[name]
        if not isinstance(value, Var) or not isinstance(self.types.get(value.name), Array):
            raise refuse(self.s, f"`{self.s.op}` of something that is not an array", "there is a rule for arrays only",
                         "pass an array")  # fmt: skip
        return value

    def constant(self, name: str) -> int:
        """An argument that must be a whole number, written out or a constant of the module."""
        value = self.args[name]
        if isinstance(value, Var) and value.name in self.constants:
            return self.constants[value.name]
        if not isinstance(value, Const) or type(value.value) is not int:
            raise refuse(self.s, f"`{name}` of `{self.s.op}` is not a constant",
                         "which axes there are must be known before the call", "write it out as a number")  # fmt: skip
        return value.value

    def axis(self, name: str, ndim: int) -> int:
        """A constant axis, counted from the front."""
        axis = self.constant(name)
        if not -ndim <= axis < ndim:
            raise refuse(self.s, f"axis {axis} of an array with {ndim} axes", "there is no such axis", "count from 0")
        return axis % ndim

    def none(self, name: str) -> bool:
        return self.args[name] == Const(None)

    def arrays(self, name: str) -> tuple[Var, ...]:
        """An argument that must be a tuple of arrays, written out."""
        value = self.args[name]
        items = self.tuples.get(value.name, ()) if isinstance(value, Var) else ()
        found = tuple(item for item in items if isinstance(item, Var) and isinstance(self.types.get(item.name), Array))
        if not found or len(found) != len(items):
            raise refuse(self.s, f"`{self.s.op}` of something that is not a tuple of arrays",
                         "which arrays there are must be known before the call", "write them out: `(a, b)`")  # fmt: skip
        return found

    def places(self, name: str) -> Operand:
        """Indices: a number or an array as they are, a tuple as an array."""
        value = self.args[name]
        type_ = self.types.get(value.name) if isinstance(value, Var) else None
        if isinstance(type_, Array) and type_.ndim == 0:
            raise refuse(self.s, f"`{self.s.op}` with indices in an array without axes", "it is neither one index nor several",
                         "take the number out of it: `k[()]`")  # fmt: skip
        if not isinstance(value, Var) or not isinstance(type_, TupleOf):
            return value
        if not all(isinstance(item, Scalar) and item.dtype.startswith(("int", "uint")) for item in type_.items):
            raise refuse(self.s, f"`{self.s.op}` of a tuple of anything but whole numbers", "they say which elements are meant",
                         "pass an array of integers")  # fmt: skip
        found = self.new("places", Array("int64", 1, "C"))
        self.empty(found, (Const(len(type_.items)),))
        for k, item in enumerate(self.tuples.get(value.name) or [self.integer("place", "item", value, Const(k))
                                                                for k in range(len(type_.items))]):  # fmt: skip
            self.store(found, (Const(k),), item)
        return found

    def result(self) -> Array:
        return self.array(self.target)

    def dtype_of_result(self) -> tuple[Const, ...]:
        return dtype_args(self.result().dtype)

    def number(self, value: float) -> Const:
        """A literal that does not promote the result."""
        dtype = self.result().dtype
        return Const(value, "float32") if dtype == "float32" else Const(value) if dtype.startswith("float") else Const(int(value))

    def may_be_view_of(self, array: Var) -> None:
        """The result is made as a copy; in Numba it is, or may be, a view."""
        self.unsure.append(array)

    # ---- results ------------------------------------------------------------------------------------------

    def fresh(self, extents: Sequence[Operand]) -> None:
        """The result is a new array, in the order that its type says."""
        type_ = self.result()
        if type_.layout != "F" or type_.ndim < 2:
            self.empty(self.target, extents)
            return
        turned = self.new("turned", Array(type_.dtype, type_.ndim, "C"))
        self.empty(turned, extents[::-1])
        self.emit(View(self.target, turned, ".T", loc=self.loc))

    def bind(self, array: Var) -> None:
        """The result is the array itself."""
        self.emit(View(self.target, array, "=", loc=self.loc))

    def indexed(self, array: Var, index: tuple[Operand | Slice, ...]) -> None:
        """The result is a view by an index."""
        while index and index[-1] == Slice():
            index = index[:-1]
        self.emit(View(self.target, array, "index", index, loc=self.loc) if index else View(self.target, array, "=", loc=self.loc))


def lowered(site: Site, table: Mapping[str, Lowering]) -> list[Statement]:
    table[site.s.op](site)
    for array in site.unsure:
        site.emit(mark(site.new("checked", Other("none")), site.target, array, site.s))
    site.rename(site.s.target, site.target)
    return site.out
