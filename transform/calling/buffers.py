"""Gradients in arrays of the caller's: `into=`.

In: a reversed function, whose adjoint of an array argument is made by one `np.zeros_like`, and Numba's type of the buffers.  Out:
the same function with the buffers as parameters behind its others, set to zero where the arrays were made.

What holds afterwards, as for any array that is written (`derive.own_memory`): a buffer has the shape of its argument, and shares
memory with no argument, no cotangent and no other buffer; both are checked before anything is computed.
"""
from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..analyses.types import convert
from ..derive.own_memory import read_in_place
from ..derive.reverse import Reversed
from ..errors import TransformError, UnsupportedError
from ..interface import Parameter
from ..ir import Array, Assign, Const, Function, Statement, Store, Type, Var, is_array
from ..names import Namer, base
from ..structure import Listed, Structure, labelled, labels_of, stacked_in
from ..walk import binds, names, walk
from .arguments import is_none
from .packing import parts_of
from .seeds import Matcher, Seeds


def with_buffers(function: Function, reversed_: Reversed, chosen: Structure, given: Any) -> tuple[Function, list[Parameter]]:
    """The reversed function of `function`, and what its caller gives: a buffer for each array among the arguments `chosen`, of the
    type `given`, None for one that is to be made.  Without `given` there are none."""
    if given is None:
        return reversed_.function, []
    if any(True for structure in function.inputs.values() for _ in stacked_in(structure)):
        raise UnsupportedError(
            f"`{function.name}` is given a list of arrays, and `into`", loc=function.loc,
            reason="a buffer may be one of them, of which the derivative has copies", remedy="pass a tuple of arrays",
        )  # fmt: skip
    seeds = _buffers(function, chosen, given)
    bars: list[Var | None] = [None for _ in function.params]
    for place in seeds.types:
        bar = reversed_.gradients[function.params[place].name]
        assert isinstance(bar, Var), "an array argument has an adjoint"
        bars[place] = bar
    parts = parts_of(seeds.structure, bars)
    into = Parameter("into", parts, kind="keyword", renamed=isinstance(parts, str))
    return _filled(reversed_.function, labels_of(function.inputs), seeds, bars), [into]


def _buffers(function: Function, chosen: Structure, given: Any) -> Seeds:
    """Structured like the gradient: an array for an array, None for what is to be made anew or is no array."""
    labels = labels_of(function.inputs)

    def accepts(place: int, type_: Any, label: str) -> bool:
        if is_none(type_):
            return False
        mine, found = function.types[function.params[place].name], convert(type_)
        if not isinstance(mine, Array) or isinstance(place, Listed):
            raise _refused(function, label, f"is for `{labels[place]}`, which is no array", "write None for it")
        if not isinstance(found, Array) or (found.dtype, found.ndim) != (mine.dtype, mine.ndim):
            raise _refused(function, label, f"is {type_}, and `{labels[place]}` an array of {mine.dtype} with {mine.ndim} axes",
                           "make it with np.empty_like")  # fmt: skip
        if mine.layout not in ("A", found.layout):
            raise _refused(function, label, f"is laid out otherwise than `{labels[place]}`", "make it with np.empty_like")
        if not type_.mutable:
            raise _refused(function, label, "is read-only", "pass an array that can be written to")
        return True

    matcher = Matcher(accepts, lambda *_: None)
    return Seeds(matcher.match(chosen, given, "into"), matcher.types)


def _refused(function: Function, label: str, what: str, remedy: str) -> TransformError:
    reason = "a buffer holds the gradient of one array"
    return TransformError(f"`{label}` of `{function.name}` {what}", reason=reason, remedy=remedy)


def _filled(whole: Function, own: dict[int, str], seeds: Seeds, bars: list[Var | None]) -> Function:
    """The function with its adjoints `bars` as parameters; `own` is what the user calls the arguments."""
    arrays = [(place, param) for place, param in enumerate(whole.params) if is_array(whole.types.get(param.name))]
    others = {param: own.get(place, "y_bar") for place, param in arrays}
    others |= {var: base(var.name) for var in read_in_place(whole)}
    labels = {place: label for label, place in labelled(seeds.structure, "into") if place is not None}
    found = {place: bar for place, bar in enumerate(bars) if bar is not None}
    namer = Namer(names(whole))
    checks: list[Statement] = []

    def check(op: str, *args: Var | Const) -> None:
        checks.append(Assign(namer.temporary("checked"), op, args))

    for place, bar in found.items():
        label = Const(labels[place])
        check("check_seed", bar, whole.params[place], label)
        if _array(seeds.types[place]).layout == "A":
            check("check_distinct", bar, label)
        for other, name in others.items():
            check("check_disjoint", bar, other, label, Const(name))
        others[bar] = labels[place]
    zeros = {bar.name: Store(bar, (), _zero(seeds.types[place])) for place, bar in found.items()}
    body = tuple(zeros[s.target.name] if isinstance(s, Assign) and s.target.name in zeros else s for s in whole.body)
    bound = {var.name for s in walk(body) for var in binds(s)}
    assert not bound & zeros.keys(), "the adjoint of an array argument is made once, at the top"
    types = {**whole.types, **{bar.name: seeds.types[place] for place, bar in found.items()}}
    return replace(whole, params=(*whole.params, *found.values()), body=(*checks, *body), types=types, seen=tuple(zeros))


def _array(type_: Type | None) -> Array:
    assert isinstance(type_, Array)
    return type_


def _zero(type_: Type) -> Const:
    return Const(0.0, "float32" if _array(type_).dtype == "float32" else None)
