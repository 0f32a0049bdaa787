"""A function that stays a call where it is differentiated: with a rule of the user's own, or to be run again.

In: a function, the types of its arguments, and a rule or none.  Out: a list that consists of a call of the function, which is a
routine (`called`), or the function's own list (`itself`); and, when a derivative asks, the functions of the rule as routines
(`Rule`), checked against each other.  A function with a rule, and the functions of the rule, write to nothing that they are given,
and return memory of their own.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from numba.core import types as types_

from ...runtime.trees import node_of
from ..analyses.activity import returned
from ..analyses.aliases import aliases_of
from ..analyses.effects import acting
from ..analyses.types import infer
from ..applied import numba_type, result_type, whole_type
from ..calling.arguments import ArgTypes, functions_of, inputs_of, is_none
from ..calling.packing import captured_of, public_parameters
from ..derive.own_memory import own_results
from ..errors import UnsupportedError
from ..interface import Packed
from ..ir import Array, Call, Const, Function, Operand, Return, Scalar, Type, Var, is_float
from ..names import Namer, base
from ..nesting import type_of
from ..pipeline import list_of, wengert_list
from ..reading.source import Lifted, head, is_transformed
from ..resolve.routines import with_summaries
from ..statement_text import type_text
from ..structure import Listed, Structure, has_other_keys, kind_in, labels_of, leaves, mapped, other_keys_in
from ..walk import all_binds, names, walk, written
from .contract import Along, OwnRule, Pair, Residual
from .foreign import foreign_list

NONE = Const(None)


def called(primal: Any, argtypes: ArgTypes, rule: Rule | None) -> Packed:
    """The list of a function that calls this one, as a routine with that rule."""
    function = list_of(primal, argtypes) if rule is None else _listed_or_called(primal, argtypes)
    plain = [leaf for leaf in leaves((inputs_of(argtypes), function.output)) if isinstance(leaf, Listed)]
    if plain or any(leaf is not None for leaf in leaves(functions_of(argtypes))):
        what = "list" if plain else "function"
        raise UnsupportedError(
            f"`{function.name}` takes or returns a {what}, and stays a call in derivatives", loc=function.loc,
            reason="what goes in and out of such a call are numbers and arrays, and tuples of them",
            remedy="pass an array" if plain else "write it for the function that it is called with",
        )  # fmt: skip
    values = returned(function)
    kept = [place for place, value in enumerate(values) if value != NONE]
    results = [values[place] for place in kept]
    routine = _pure(function, results) if rule is not None else _with_results(function, results)
    inner = Namer(function.routines)
    name = inner.fresh(routine.name).name
    namer = Namer(names(function))
    targets = tuple(namer.temporary(function.name) for _ in results)
    types = {param.name: function.types[param.name] for param in function.params}
    types |= {target.name: _type(routine, value) for target, value in zip(targets, returned(routine), strict=True)}
    body = (Call(targets, name, function.params), Return(targets, len(targets) > 1))
    rule = rule and replace(rule, inputs=tuple(function.inputs.values()), output=function.output)
    own = replace(routine, name=name, routines={}, rule=rule)
    whole = Function(function.name, function.params, body, types, inputs=function.inputs,
                     routines={**routine.routines, name: own}, loc=function.loc)  # fmt: skip
    structure = mapped(lambda place: kept.index(place) if place in kept else None, function.output)
    params = tuple(public_parameters(primal, function, whole.params))
    captured = captured_of(function, whole.params)
    return Packed(function.name, f"{function.name} itself.", with_summaries(whole), params, structure, captured)


def itself(primal: Any, argtypes: ArgTypes, pure: bool) -> Packed:
    """The function as it is, to be run."""
    function = _listed_or_called(primal, argtypes) if pure else list_of(primal, argtypes)
    values = returned(function)
    made = _pure(function, values) if pure else _with_results(function, values)
    params = tuple(public_parameters(primal, function, made.params))
    captured = captured_of(function, made.params)
    return Packed(function.name, f"{function.name} itself.", replace(made, routine=False), params, function.output, captured)


def _listed_or_called(function: Any, argtypes: ArgTypes) -> Function:
    """The list of a function, or of a call of it as it is."""
    try:
        return wengert_list(function, argtypes)
    except UnsupportedError as refusal:
        if is_transformed(function) or isinstance(function, Lifted):
            raise
        return foreign_list(function, argtypes, refusal)


# ---- routines -------------------------------------------------------------------------------------------------------


def _with_results(function: Function, results: Sequence[Operand]) -> Function:
    """A routine whose results are memory of their own."""
    types = dict(function.types)
    values, copies = own_results(types, aliases_of(function), function, results, Namer(names(function)))
    body = (*function.body[:-1], *copies, Return(values, len(values) > 1, loc=function.body[-1].loc))
    name = function.name if function.unread is None else f"call_{function.name}"
    routine = replace(function, name=name, body=body, routine=True, seen=tuple(param.name for param in function.params))
    if not copies:
        return routine
    return infer(replace(routine, types={}), tuple(numba_type(types[param.name]) for param in function.params))


def _pure(function: Function, results: Sequence[Operand]) -> Function:
    """A routine that moreover writes to nothing it is given."""
    memory = aliases_of(function)
    foreign = {param.name for param in function.params} | set(function.captures)
    for s in walk(function.body):
        for array in written(s):
            for name in sorted(memory.of(array.name) & foreign):
                raise UnsupportedError(
                    f"`{function.name}` writes into `{base(name)}`, and has, or is part of, a rule of its own", loc=s.loc,
                    reason="such a rule says what the results are by the arguments, and nothing of what becomes of these",
                    remedy=f"write into a copy, `{base(name)}.copy()`, and return it",
                )  # fmt: skip
    return replace(_with_results(function, results), seen=())


def _type(function: Function, value: Operand) -> Type:
    found = type_of(function.types, value)
    assert found is not None
    return found


def _float(type_: Any) -> Any:
    """Numba's type of the derivative of what has this type: none of an integer."""
    inner = type_.dtype if isinstance(type_, types_.Array) else type_
    return type_ if isinstance(inner, types_.Float) else types_.none


def _is_nothing(value: Operand) -> bool:
    """None, or a zero that is written out: there is no derivative."""
    return isinstance(value, Const) and value.label is None and (value.value is None or value.value == 0)


# ---- the rule -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Rule:
    """The rule of `primal`: `parts` are `fwd` and `bwd`, or the one `rule`; nothing if it has not been given.  `inputs` and
    `output`: what the arguments and the result of the routine are made of."""

    kind: Literal["vjp", "jvp"]
    primal: Any
    parts: tuple[Any, ...]
    inputs: tuple[Structure, ...] = ()
    output: Structure = None

    def same(self, other: OwnRule) -> bool:
        if not isinstance(other, Rule) or self.kind != other.kind or len(self.parts) != len(other.parts):
            return False
        ours, theirs = (self.primal, *self.parts), (other.primal, *other.parts)
        return all(one is another for one, another in zip(ours, theirs, strict=True))

    def argtypes(self, routine: Function) -> ArgTypes:
        flat = tuple(numba_type(routine.types[param.name]) for param in routine.params)
        return tuple(whole_type(structure, flat) for structure in self.inputs)

    def pair(self, routine: Function) -> Pair:
        fwd, bwd = self.given_parts()
        forward = _part(fwd, self.argtypes(routine))
        results, residuals = _two(forward, "(y, residuals)")
        values = returned(forward)
        own = self.same_results(forward, results, routine)
        sources: dict[int, Residual] = {}
        for place in leaves(residuals):
            if place is not None and values[place] != NONE:
                sources[place] = _source(forward, values[place], own)
        routine_ = _pure(forward, own)
        made = returned(routine_)
        types: list[Any] = [numba_type(None)] * len(values)
        kept = [place for place in leaves(results) if values[place] != NONE]
        for place, value in zip(kept, made, strict=False):
            types[place] = numba_type(_type(routine_, value))
        for place, source in sources.items():
            value = made[source.place] if source.kind == "result" else forward.params[source.place]
            types[place] = numba_type(_type(routine_, value))
        floats = [_float(type_) for type_ in types]
        backward = _once(_part(bwd, (result_type(residuals, types), result_type(results, floats))))
        given, cotangents = self.cotangents(backward, routine)
        moving = tuple(k for k, place in enumerate(kept) if not is_none(floats[place]))
        return Pair(routine_, _pure(backward, cotangents), len(kept), tuple(sources.values()), moving, given)

    def along(self, routine: Function) -> Along:
        (rule,) = self.given_parts()
        flat = [numba_type(routine.types[param.name]) for param in routine.params]
        floats = [_float(type_) for type_ in flat]
        function = _once(_part(rule, (whole_type(self.inputs, tuple(flat)), whole_type(self.inputs, tuple(floats)))))
        results, tangents = _two(function, "(y, y_dot)")
        own = self.same_results(function, results, routine)
        count = len(own)
        values = returned(function)
        dots: list[int | None] = []
        for place, other in self.parallel(function, results, tangents, "y", "tangent"):
            if values[place] == NONE:
                continue
            dot = None if other is None or _is_nothing(values[other]) else values[other]
            if dot is None or not is_float(_type(function, values[place])):
                dots.append(None)
                continue
            self.fits(function, dot, _type(function, values[place]), "the tangent", "its value")
            dots.append(len(own))
            own.append(dot)
        assert len(dots) == count
        moving = tuple(k for k, type_ in enumerate(floats) if not is_none(type_))
        return Along(_pure(function, own), moving, tuple(dots))

    def not_linear(self, routine: Function) -> Exception:
        part = self.parts[-1]
        source = head(part)
        linear, mode, other = ("y_bar", "forward", "jvp") if self.kind == "vjp" else ("the tangents", "reverse", "vjp")
        remedy = f"differentiate in the other mode, or give `{head(self.primal).name}` a rule for this one: `custom_{other}`"
        return UnsupportedError(
            f"`{source.name}` is not linear in {linear}, and its function is differentiated in {mode} mode", loc=source.loc,
            reason=f"the rule for {mode} mode is the transpose of this one, and only a linear map has one", remedy=remedy,
        )  # fmt: skip

    # ---- checks -------------------------------------------------------------------------------------------------

    def given_parts(self) -> tuple[Any, ...]:
        if not self.parts:
            source = head(self.primal)
            define = f"def{self.kind}({'fwd, bwd' if self.kind == 'vjp' else 'rule'})"
            raise UnsupportedError(
                f"`{source.name}` has no rule yet", loc=source.loc,
                reason=f"it is a custom_{self.kind}, which says that its derivative is the user's own",
                remedy=f"give it one: `{source.name}.{define}`",
            )  # fmt: skip
        return self.parts

    def same_results(self, function: Function, results: Structure, routine: Function) -> list[Operand]:
        """The results of what is called in the place of the function; they are of the same types."""
        values = returned(function)
        own = [values[place] for place in leaves(results) if place is not None and values[place] != NONE]
        found, expected = ([_type(f, v) for v in vs] for f, vs in ((function, own), (routine, returned(routine))))
        if other_keys_in(results, self.output):
            raise UnsupportedError(
                f"`{function.name}` gives no y with the keys of what `{head(self.primal).name}` returns",
                loc=function.body[-1].loc, reason="in a derivative it is called in the place of the function",
                remedy=f"compute y as `{head(self.primal).name}` does",
            )  # fmt: skip
        if list(map(_kind, found)) != list(map(_kind, expected)):
            raise UnsupportedError(
                f"`{function.name}` gives {_listed(found)} for y, and `{head(self.primal).name}` returns {_listed(expected)}",
                loc=function.body[-1].loc, reason="in a derivative it is called in the place of the function",
                remedy=f"compute y as `{head(self.primal).name}` does",
            )  # fmt: skip
        return own

    def cotangents(self, function: Function, routine: Function) -> tuple[tuple[int | None, ...], list[Operand]]:
        """For each argument which of the values is its adjoint, and these values."""
        if not isinstance(function.output, tuple) or len(function.output) != len(self.inputs):
            found = len(function.output) if isinstance(function.output, tuple) else "no tuple of"
            raise UnsupportedError(
                f"`{function.name}` returns {found} cotangents, and `{head(self.primal).name}` has {len(self.inputs)} arguments",
                loc=function.body[-1].loc, reason="the rule gives a cotangent for each argument",
                remedy="return a tuple with one item for each, `(x_bar,)` for a single one; None says that there is no derivative",
            )  # fmt: skip
        values = returned(function)
        given: list[int | None] = [None] * len(routine.params)
        out: list[Operand] = []
        labels = labels_of(dict(zip(head(self.primal).params, self.inputs, strict=True)))
        for place, other in self.parallel(function, self.inputs, function.output, "the arguments", "cotangent"):
            type_ = routine.types[routine.params[place].name]
            if other is None or _is_nothing(values[other]) or not is_float(type_):
                continue
            self.fits(function, values[other], type_, f"the cotangent of `{labels[place]}`", f"`{labels[place]}`")
            given[place] = len(out)
            out.append(values[other])
        return tuple(given), out

    def parallel(
        self, function: Function, one: Structure, other: Structure, what: str, name: str
    ) -> Iterator[tuple[int, int | None]]:
        """The leaves of one structure with those of another; None instead of a part says that it has none."""
        if one is None:
            return
        if other is None or (not isinstance(other, tuple) and _is_nothing(returned(function)[other])):
            yield from ((place, None) for place in leaves(one) if place is not None)
        elif not isinstance(one, tuple) and not isinstance(other, tuple):
            yield one, other
        elif isinstance(one, tuple) and isinstance(other, tuple) and has_other_keys(kind_in(one), kind_in(other)):
            raise UnsupportedError(
                f"`{function.name}` gives no {name}s with the keys of {node_of(kind_in(one)) or node_of(kind_in(other))}",
                loc=function.body[-1].loc, reason="a tuple does not say which of its items belongs to which key",
                remedy="hand the parts to the function as arguments of their own, and not the whole",
            )  # fmt: skip
        elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
            for part, own in zip(one, other, strict=True):
                yield from self.parallel(function, part, own, what, name)
        else:
            raise UnsupportedError(
                f"the {name}s that `{function.name}` gives are made otherwise than {what}", loc=function.body[-1].loc,
                reason=f"each part has its {name} in the same place",
                remedy="return tuples as they come in, with None for what has none",
            )  # fmt: skip

    def fits(self, function: Function, value: Operand, type_: Type, name: str, whose: str) -> None:
        """A derivative is a number for a number, and an array of as many axes for an array."""
        found = _type(function, value)
        match found, type_:
            case Scalar(dtype), Scalar() if dtype != "bool":
                return
            case Array(ndim=own), Array(ndim=other) if own == other and is_float(found):
                return
        raise UnsupportedError(
            f"{name} that `{function.name}` gives is {_in_words(found)}, and {whose} is {_in_words(type_)}",
            loc=function.body[-1].loc, reason="a derivative is made like what it belongs to", remedy="return one of that shape",
        )  # fmt: skip


def _part(function: Any, argtypes: ArgTypes) -> Function:
    """The list of a function of a rule."""
    found = _listed_or_called(function, argtypes)
    if any(isinstance(leaf, Listed) for leaf in leaves(found.output)):
        raise UnsupportedError(
            f"`{found.name}` returns a list as part of a rule", loc=found.body[-1].loc,
            reason="what the functions of a rule hand to each other are numbers and arrays, and tuples of them",
            remedy="return an array: `np.array(...)`",
        )  # fmt: skip
    return found


def _once(function: Function) -> Function:
    """Of a rule that may be run more than once, or not at all."""
    found = acting(function)
    if found is not None:
        raise UnsupportedError(
            f"`{function.name}` prints or draws random numbers as part of a rule", loc=found.loc,
            reason="how often it runs is not said",
            remedy="draw in the function or in `fwd`, which run once, and hand on what was drawn as a residual",
        )  # fmt: skip
    return function


def _two(function: Function, what: str) -> tuple[Structure, Structure]:
    """The two parts that a function of a rule returns."""
    if not isinstance(function.output, tuple) or len(function.output) != 2:
        raise UnsupportedError(
            f"`{function.name}` does not return a pair", loc=function.body[-1].loc,
            reason=f"as part of a rule it returns {what}", remedy=f"return {what[1:-1]}",
        )  # fmt: skip
    return function.output


def _source(forward: Function, value: Operand, own: list[Operand]) -> Residual:
    """Where a residual comes from; what is neither an argument nor a result so far becomes another result."""
    if isinstance(value, Var) and value in forward.params and value.name not in all_binds(forward.body):
        return Residual("argument", forward.params.index(value))
    if isinstance(value, Const) or value not in own:
        own.append(value)
    return Residual("result", len(own) - 1 - own[::-1].index(value))


def _kind(type_: Type) -> object:
    """What two values of one type have in common, whatever the strides of arrays are."""
    return (type_.dtype, type_.ndim) if isinstance(type_, Array) else type_


def _in_words(type_: Type) -> str:
    match type_:
        case Array(dtype, ndim):
            return f"an array of {dtype} with {ndim} {'axis' if ndim == 1 else 'axes'}"
        case Scalar(dtype):
            return f"a number ({dtype})"
        case _:
            return type_text(type_)


def _listed(types: Sequence[Type]) -> str:
    return ", ".join(map(_in_words, types)) or "nothing"
