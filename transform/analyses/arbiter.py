"""Numba types the user's own function, and the list has to have the same types.

Whether a name is a whole number or a float depends on which branches Numba takes away, and that on its bytecode, on the types of
constants, and on what it inlines.  The list follows all that as far as it is known (`flat.py`, `parse/hidden.py`); where it comes
out otherwise all the same, an array of whole numbers here is one of floats there, and the program is refused.  What Numba cannot
type as it stands, and what calls derivatives, which it would compile, is not compared.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import CellType, FunctionType, SimpleNamespace
from typing import Any

from numba.core import ir as numba_ir
from numba.core import types
from numba.core.registry import CPUDispatcher
from numba.core.typing import signature

from ... import runtime
from ..errors import UnsupportedError
from ..ir import Array, Assign, Function, Loc, Scalar, Statement, Type, View
from ..names import base, is_temporary
from ..reading.source import is_function, is_transformed
from ..rules import RULES
from ..walk import binds, walk
from .inference import Inferred, run

Place = tuple[str, int, str]
"""File, line and name; the arrays of a line together have no name."""
Kind = tuple[int, str]
"""The rank, -1 of a number, and what it is made of."""
Kinds = dict[Place, set[Kind]]
_NUMBER = -1
_RUNTIME = runtime.__name__


def agree(function: Function, primal: FunctionType, argtypes: tuple[Any, ...]) -> None:
    """Raises UnsupportedError at the first line whose types are not Numba's."""
    places: dict[Place, Loc] = {}
    ours = _of_list(function, places)
    for where, given in _calls(primal, argtypes):
        try:
            theirs = _of_numba(primal, given)
        except Exception:                               # of any kind: it was not made for this text
            continue
        both = sorted(ours.keys() & theirs.keys(), key=lambda place: (place[0], place[1], not place[2], place[2]))
        whole = any((_NUMBER, "whole numbers") in theirs[place] - ours[place] for place in both)
        for place in both:
            if (text := _difference(place, ours[place], theirs[place], whole)) is not None:
                raise UnsupportedError(
                    text + where, loc=places[place],
                    reason="which branches Numba takes away decides that, and here it came out otherwise",
                    remedy="let what is a float on one path be one on every path: `w = 1.0` for `w = 1`",
                )  # fmt: skip


def _calls(primal: FunctionType, argtypes: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The call at hand, and the one that leaves out what it can: a default is a constant for Numba, and may take branches away.
    Calls that leave out less take away less, so that types are the same there if they are the same in these two."""
    params = primal.__code__.co_varnames[: primal.__code__.co_argcount]
    defaults = dict(zip(reversed(params), reversed(primal.__defaults__ or ()), strict=False))
    given = *argtypes, *(types.Omitted(defaults[name]) for name in params[len(argtypes) :])
    yield "", given
    left = {place: types.Omitted(value) for place, name in enumerate(params)
            if isinstance(value := defaults.get(name), bool | int | float)}  # fmt: skip
    if left:
        names = ", ".join(f"`{params[place]}`" for place in left)
        verb = "are" if len(left) > 1 else "is"
        yield f" where {names} {verb} left out", tuple(left.get(place, type_) for place, type_ in enumerate(given))


def _difference(place: Place, ours: set[Kind], theirs: set[Kind], whole: bool) -> str | None:
    """What there is here and not for Numba; where a name is a `whole` number for Numba and a float here, and of arrays of floats
    that have a name, also the other way round: else it may be a branch that is gone here, and that Numba types."""
    what = f"`{place[2]}`" if place[2] else "an array of this line"
    for rank, made in sorted(ours - theirs):
        other = "floats" if made == "whole numbers" else "whole numbers"
        if rank == _NUMBER and (made == "floats" or (rank, other) in ours):
            continue        # a float from the start that becomes one for Numba; a parameter that is called so, too
        if any(rank == another for another, _ in theirs):
            return f"{what} is of {made} here and of {other} for Numba"
    for rank, made in sorted(theirs - ours):
        if (whole or (place[2] and made == "floats")) and rank != _NUMBER and any(rank == another for another, _ in ours):
            return f"{what} is of {made} for Numba, and never here"
    return None


# ---- the list -------------------------------------------------------------------------------------------------------


def _of_list(function: Function, places: dict[Place, Loc]) -> Kinds:
    found: Kinds = {}
    for one in (function, *function.routines.values()):
        for s in walk(one.body):
            for var in binds(s):
                kind = _kind(one.types.get(var.name))
                if kind is None or s.loc is None or (kind[0] != _NUMBER and (_is_name_only(s) or _is_own(s))):
                    continue
                for name in _names(base(var.name) if not is_temporary(var.name) else "", kind):
                    place = s.loc.file, s.loc.line, name
                    places.setdefault(place, s.loc)
                    found.setdefault(place, set()).add(kind)
    return found


def _is_name_only(s: Statement) -> bool:
    """Is it one more name for an array, such as that of a parameter, or what `-=` is made of?"""
    return (isinstance(s, View) and s.kind == "=") or (isinstance(s, Assign) and s.op in ("=", "bind", "passed", "neg"))


def _is_own(s: Statement) -> bool:
    """Is it none of the user's, such as the places that `sorted` puts items in?"""
    rule = RULES.get(s.op) if isinstance(s, Assign) else None
    return rule is not None and any((getattr(f, "__module__", None) or "").startswith(_RUNTIME) for f in rule.callables)


def _names(name: str, kind: Kind) -> list[str]:
    return [*([name] if name else []), *([""] if kind[0] != _NUMBER else [])]


def _kind(type_: Type | None) -> Kind | None:
    match type_:
        case Scalar(dtype):
            return _NUMBER, _made_of(dtype)
        case Array(dtype, ndim):
            return ndim, _made_of(dtype)
        case _:
            return None


def _made_of(dtype: str) -> str:
    return "floats" if dtype.startswith("float") else "whole numbers"


# ---- Numba ----------------------------------------------------------------------------------------------------------


def _of_numba(primal: FunctionType, argtypes: tuple[Any, ...]) -> Kinds:
    typed = _Typed(primal, {}, {})
    typed.compile(argtypes)
    found: Kinds = {}
    for inferred in _called(typed.inferred[argtypes]):
        for block in inferred.func_ir.blocks.values():
            for inst in block.find_insts(numba_ir.Assign):
                kind = _numba_kind(inferred.typemap[inst.target.name])
                if kind is not None:
                    for name in _names(inst.target.unversioned_name, kind):
                        found.setdefault((inst.loc.filename, inst.loc.line, name), set()).add(kind)
    return found


def _numba_kind(type_: Any) -> Kind | None:
    match types.unliteral(type_):
        case types.Array() as array if isinstance(dtype := getattr(array.dtype, "type", array.dtype), types.Number | types.Boolean):
            return array.ndim, _made_of(str(dtype))         # (of numbers that may be None: of a name that is None on one path)
        case types.Number() | types.Boolean() as number:
            return _NUMBER, _made_of(str(number))
        case _:
            return None


def _called(first: Inferred) -> Iterator[Inferred]:
    """A function and those that are called in the end; while it looks for types, Numba tries others, too."""
    found, left = {id(first)}, [first]
    while left:
        one = left.pop()
        yield one
        for block in one.func_ir.blocks.values():
            for call in block.find_exprs("call"):
                callee = getattr(one.typemap[call.func.name], "dispatcher", None)
                if isinstance(callee, _Typed):
                    meant = callee.inferred.get(tuple(one.calltypes[call].args))
                    new = [other for other in ([meant] if meant else callee.inferred.values()) if id(other) not in found]
                    found |= {id(other) for other in new}
                    left += new


class _Typed(CPUDispatcher):  # type: ignore[misc]  # Numba is untyped
    """A function of the user's, and those that it calls, as functions that Numba types and never compiles."""

    def __init__(self, function: Any, known: dict[object, _Typed], options: Mapping[str, Any]) -> None:
        known[function] = self
        self.inferred: dict[tuple[Any, ...], Inferred] = {}
        CPUDispatcher.__init__(self, _with_typed(function, known), targetoptions=dict(options))

    def compile(self, sig: Any) -> None:
        argtypes = tuple(sig)
        if argtypes in self.overloads:
            return
        with self._compiling_counter:
            found = run(self.py_func, argtypes, closures=True)
        self.inferred[argtypes] = found
        described = SimpleNamespace(modname=__name__, qualname=self.py_func.__qualname__, uid=len(self.inferred))
        made = SimpleNamespace(signature=signature(found.return_type, *argtypes), objectmode=False, fndesc=described)
        self.overloads[argtypes] = made

    def _make_finalizer(self) -> Any:
        return lambda: None


def _with_typed(function: FunctionType, known: dict[object, _Typed]) -> FunctionType:
    """The function with others in the place of those that it calls by name."""

    def other(value: Any) -> Any:
        if is_transformed(value):
            raise TypeError("a derivative is called, which Numba would compile")
        if not is_function(value):
            return value
        inner = getattr(value, "py_func", value)
        return known[inner] if inner in known else _Typed(inner, known, getattr(value, "targetoptions", {}))

    used = set(_names_in(function.__code__))
    around = {name: other(value) if name in used else value for name, value in function.__globals__.items()}
    cells = tuple(CellType(other(cell.cell_contents)) for cell in function.__closure__ or ())
    copy = FunctionType(function.__code__, around, function.__name__, function.__defaults__, cells)
    copy.__kwdefaults__, copy.__module__ = function.__kwdefaults__, function.__module__
    copy.__qualname__ = function.__qualname__
    return copy


def _names_in(code: Any) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if hasattr(inner, "co_names"):
            yield from _names_in(inner)
