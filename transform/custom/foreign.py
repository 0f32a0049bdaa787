"""A function of the user's that is called as it is: its text is not read, Numba says what it takes and gives.

In: a function that cannot be read, and why; the types of its arguments.  Out: a list like any other over flat parameters, which
puts the arguments together, calls the function and takes the result apart.  What the function returns is copied, since nothing is
known about where it comes from; that it writes to nothing it is given is known from its types: it compiles for read-only arrays.
A derivative of the list itself is refused, with the reason why the function could not be read.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from numba import njit, types
from numba.core.dispatcher import Dispatcher
from numba.core.errors import NumbaError

from ..analyses.effects import FOREIGN
from ..analyses.inference import jitting, run
from ..analyses.types import infer
from ..calling.arguments import ArgTypes, inner_types, inputs_of, is_none, items_of
from ..errors import UnsupportedError
from ..ir import Assign, Const, Function, Operand, Return, Statement, Var
from ..names import Namer
from ..reading.source import Source, python_function, read
from ..structure import Record, Structure, keys, leaves, mapped
from .acting import doing


def foreign_list(function: Any, argtypes: ArgTypes, refusal: UnsupportedError) -> Function:
    """The list of a call of the function.  Raises the refusal again if Numba cannot compile the function either."""
    source = read(function)
    result = _checked(function, argtypes, source, refusal)
    caller = _Caller(source.name)
    inputs = inputs_of(argtypes)
    params: dict[int, Var] = {}
    args = [caller.argument(structure, name, params) for name, structure in zip(source.params, inputs, strict=True)]
    values: list[Operand] = []
    output = caller.taken(caller.called(_dispatcher(function), args, source), result, values)
    returns = Return(tuple(values), isinstance(output, tuple), loc=source.loc(source.tree))
    made = Function(
        source.name, tuple(params[k] for k in sorted(params)), (*caller.out, returns), captures=caller.captures,
        inputs=dict(zip(source.params, inputs, strict=True)), output=output, unread=refusal, loc=source.loc(source.tree),
    )  # fmt: skip
    return infer(made, inner_types(argtypes))


def _dispatcher(function: Any) -> Any:
    with jitting():
        return function if isinstance(function, Dispatcher) else njit(error_model="numpy")(python_function(function))


def _checked(function: Any, argtypes: ArgTypes, source: Source, refusal: UnsupportedError) -> Any:
    """Numba's type of what the function returns."""
    plain = python_function(function)
    try:
        found = run(plain, argtypes, closures=True).return_type
    except NumbaError:
        raise refusal from None
    try:
        run(plain, tuple(map(_read_only, argtypes)), closures=True)
    except NumbaError:
        raise UnsupportedError(
            f"`{source.name}` may write into what it is given, and has, or is part of, a rule of its own",
            loc=source.loc(source.tree), reason=f"it is called as it is ({refusal.message}), and Numba cannot compile it for "
            "arrays that are read-only", remedy="copy what it changes: `x = x.copy()`",
        ) from None  # fmt: skip
    known = types.Number | types.Boolean | types.Array
    if not all(isinstance(leaf, known) or is_none(leaf) for leaf in leaves(items_of(found))):
        raise UnsupportedError(
            f"`{source.name}` returns {found}, and has, or is part of, a rule of its own", loc=source.loc(source.tree),
            reason="what goes in and out of such functions are numbers and arrays, and tuples of them", remedy="return these",
        )  # fmt: skip
    return found


def _read_only(type_: Any) -> Any:
    if isinstance(type_, types.Array):
        return type_.copy(readonly=True)
    if isinstance(type_, types.BaseTuple):
        kind = type_.instance_class if isinstance(type_, types.BaseNamedTuple) else None
        return types.BaseTuple.from_types([_read_only(item) for item in type_], kind)
    return type_


@dataclass
class _Caller:
    """Statements that put arguments together, and take a result apart."""

    name: str
    out: list[Statement] = field(default_factory=list)
    captures: dict[str, object] = field(default_factory=dict)
    namer: Namer = field(default_factory=Namer)

    def captured(self, name: str, value: object) -> Var:
        known = next((key for key, other in self.captures.items() if other is value), None)
        var = self.namer.fresh(name) if known is None else Var(known)
        self.captures[var.name] = value
        return var

    def argument(self, structure: Structure, name: str, params: dict[int, Var]) -> Operand:
        if structure is None:
            return Const(None)
        if not isinstance(structure, tuple):
            params[int(structure)] = self.namer.fresh(name)
            return params[int(structure)]
        items = [self.argument(item, f"{name}_{key}", params) for item, key in zip(structure, keys(structure), strict=True)]
        whole = self.namer.temporary(name)
        if isinstance(structure, Record):
            self.out.append(Assign(whole, "record", (self.captured(structure.kind.__name__, structure.kind), *items)))
        else:
            self.out.append(Assign(whole, "tuple", tuple(items)))
        return whole

    def called(self, function: Any, args: list[Operand], source: Source) -> Var:
        result = self.namer.temporary(self.name)
        given = self.captured(self.name, function), *args
        self.out.append(Assign(result, FOREIGN[doing(source.function)], given, loc=source.loc(source.tree)))
        return result

    def taken(self, value: Var, type_: Any, values: list[Operand]) -> Structure:
        """The structure of the result; its parts are added to the values."""

        def parts(value: Var, type_: Any) -> Iterator[int]:
            if isinstance(type_, types.BaseTuple):
                for k, inner in enumerate(type_):
                    item = self.namer.temporary(f"{self.name}_{k}")
                    self.out.append(Assign(item, "item", (value, Const(k))))
                    yield from parts(item, inner)
                return
            if isinstance(type_, types.Array):
                own = self.namer.temporary(self.name)
                self.out.append(Assign(own, ".copy", (value,)))
                value = own
            values.append(Const(None) if is_none(type_) else value)
            yield len(values) - 1

        places = parts(value, type_)
        structure: Structure = mapped(lambda _: next(places), items_of(type_))
        return structure
