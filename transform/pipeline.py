"""From a Python function and argument types to the text of its derivative: the page to read first.

    user function ─ source ─ fence ─ parse ─ normalise ─▶ Wengert list ─ types ─ resolve ─ derive ─ simplify ─ emit ─▶ text

Each product of the library is one short function below, made of these steps.  A derivative is a Wengert list again: a
Hessian-vector product is forward mode applied to the result of reverse mode, and nothing here knows more about it.

Words: *primal*, the user's function; *adjoint* `x_bar`, the derivative of the result by x; *tangent* `x_dot`, the
derivative of x along the direction that the caller gives; *active*, carrying a derivative; *record*, to keep a
value for the reverse sweep, numbers on a *tape*; *temporary*, a name with one definition before all its uses, *cell*, any other;
*root*, the name that memory is known by; *shadow*, the adjoint or tangent of an array, in memory of its own; *routine*, a
function that stays a call.  (Griewank & Walther, Evaluating Derivatives, 2nd ed., 2008.)
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from numba import typeof

from . import fence
from .analyses.activity import returned
from .analyses.arbiter import agree
from .analyses.types import infer
from .applied import numba_type
from .calling.arguments import ArgTypes, bound, flat_types, functions_of, inner_types, inputs_of
from .calling.buffers import with_buffers
from .calling.defaults import as_left_out, knowing
from .calling.differentiable import arrays_only, blocks_only, chosen_parts, float_names, one_number
from .calling.listarguments import check_lists
from .calling.packing import (
    about_of,
    captured_of,
    pack,
    parts_of,
    place_of,
    public_parameters,
    returning,
    seed_parameter,
    slots_of,
    zero_like,
)
from .calling.seeds import cotangents, directions, items_in, tangents
from .calling.signed import as_compiled
from .derive.own_memory import check_frozen
from .derive.reverse import reverse
from .derive.second_run import first_run, second_run
from .derive.tangent import push
from .errors import UnsupportedError
from .interface import Packed, Parameter, direction_name
from .ir import Function, Operand, is_float
from .jacobians import Mode, jacobian_list
from .nesting import as_list, expanded, has_calls, type_of
from .normalise import split_webs
from .parse import parse
from .reading.source import Lifted, Source, head, is_transformed, read
from .remembered import remembered
from .reporting.recorded import report_of
from .reporting.report import Report
from .resolve import resolve
from .resolve.copy_or_view import without_marks
from .resolve.evaluation_order import without_late_parts
from .resolve.listcalls import with_list_calls
from .resolve.listresults import with_plain_results
from .resolve.narrow_integers import promoted
from .resolve.routines import reachable, with_summaries
from .simplify import simplify
from .simplify.checks import drop_checks
from .simplify.choices import plain
from .structure import Structure, extent, leaves, mapped, structured, unlisted
from .walk import everywhere
from .writing.emit import Written, emit


def wengert_list(primal: Any, argtypes: ArgTypes, outputs: Sequence[str] = ()) -> Function:
    """The typed Wengert list of a user function with a result; `outputs` are arguments whose final contents are results, too."""
    function = list_of(primal, argtypes, outputs)
    if function.output is None and not returned(function):
        raise UnsupportedError(
            f"`{function.name}` returns nothing", loc=function.loc, reason="there is no result to differentiate",
            remedy="return the value whose derivative you want, or name the array that it writes into: `outputs=`",
        )  # fmt: skip
    return function


def list_of(primal: Any, argtypes: ArgTypes, outputs: Sequence[str] = ()) -> Function:
    """The typed Wengert list of a user function, which may be one that is called for what it writes."""
    if isinstance(primal, Lifted):
        return _parsed_and_typed(primal, argtypes, outputs, primal.types)
    return remembered(primal, argtypes, outputs, lambda: _list_of_function(primal, argtypes, outputs))


def _list_of_function(primal: Any, argtypes: ArgTypes, outputs: Sequence[str]) -> Function:
    if is_transformed(primal):
        return split_webs(as_list(primal.recipe.product(argtypes), argtypes))
    source = read(primal)
    fence.check(source)
    with _once(source, argtypes):
        return as_compiled(source, primal, tuple(argtypes), lambda types: _parsed_and_typed(source, types, outputs))


def _parsed_and_typed(source: Source | Lifted, argtypes: ArgTypes, outputs: Sequence[str], captured: ArgTypes = ()) -> Function:
    check_lists(source, argtypes)
    raw = parse(source, inputs_of(argtypes), functions_of(argtypes), outputs=outputs)
    flat = *flat_types(argtypes), *captured
    typed = infer(everywhere(arrays_only(raw, outputs, flat_types(argtypes)), split_webs), flat)
    if isinstance(source, Source):
        agree(typed, source.function, tuple(argtypes))
    wide = everywhere(typed, promoted)
    return _resolved(typed if wide == typed else infer(everywhere(wide, split_webs), flat), flat)


def _typed(function: Function, flat: ArgTypes) -> Function:
    """What parse made, as the list of everything that it calls, typed and resolved."""
    return _resolved(infer(everywhere(function, split_webs), flat), flat)


def _resolved(typed: Function, flat: ArgTypes) -> Function:
    if has_calls(typed):
        typed = infer(everywhere(expanded(typed), split_webs), flat)
    resolved = everywhere(everywhere(with_list_calls(with_plain_results(typed)), resolve), split_webs)
    return without_late_parts(without_marks(with_summaries(resolved)))


def outline(
    primal: Any, given: tuple[Structure, ...], around: frozenset[object], outputs: Sequence[str] = ()
) -> Structure:
    """The structure of what a function returns for arguments that are made so; those that are left out are their defaults."""
    source = head(primal)
    left = list(given)
    inputs: list[Structure] = []
    for name in source.params:
        if source.kind(name) == "starred":
            inputs.append(tuple(left))
            left = []
        elif left:
            inputs.append(left.pop(0))
        else:
            inputs.append(mapped(lambda leaf: None if leaf is None else 0, structured(source.defaults.get(name, 0))))
    if is_transformed(primal):
        found: Structure = primal.recipe.outline(tuple(inputs), around)
        return found
    if isinstance(primal, Lifted):
        return parse(primal, inputs, around=around, outputs=outputs).output
    text = read(primal)
    fence.check(text)
    return parse(text, inputs, around=around, outputs=outputs).output


@contextmanager
def _once(source: Source, argtypes: ArgTypes) -> Iterator[None]:
    """No list of a function is needed to make it, as it would be where a function calls its own derivative."""
    this = source.key, tuple(argtypes)
    if this in _under_way.get():
        raise UnsupportedError(f"`{source.name}` calls its own derivative", loc=source.loc(source.tree),
                               reason="the derivative of that call would be made of derivatives of every order",
                               remedy="call the function itself")  # fmt: skip
    token = _under_way.set((*_under_way.get(), this))
    try:
        yield
    finally:
        _under_way.reset(token)


_under_way: ContextVar[tuple[object, ...]] = ContextVar("functions and types whose lists are being made", default=())


# ---- products -------------------------------------------------------------------------------------------------------


def gradient(
    primal: Any, argtypes: ArgTypes, wrt: Sequence[int] | int, with_value: bool, has_aux: bool = False, fastmath: bool = False,
    outputs: Sequence[str] = (), into: bool = False,
) -> Packed:  # fmt: skip
    """`grad` and `value_and_grad`: reverse mode with the adjoint 1 for the one result, or for the first of two; `into`: the last
    argument are buffers."""
    own, given = (argtypes[:-1], argtypes[-1]) if into else (argtypes, None)
    function = wengert_list(primal, own, outputs)
    chosen = chosen_parts(function, wrt)
    names = float_names(function, chosen)
    one_number(function, has_aux)
    reversed_ = reverse(function, names, None, fastmath=fastmath)
    values = reversed_.values if with_value else reversed_.values[1:] if has_aux else ()
    results = [*values, *(reversed_.gradients[name] for name in names)]
    slots = slots_of(function, chosen, names, len(values))
    structure: Structure = slots
    if with_value:
        structure = (function.output, slots)
    elif has_aux and isinstance(function.output, tuple):
        structure = (slots, mapped(lambda place: place - 1, function.output[1]))
    whole, buffer = with_buffers(function, reversed_, chosen, given)
    suffix = "value_and_grad" if with_value else "grad"
    what = "Value and gradient" if with_value else "Gradient"
    title = f"{what} of {place_of(function)} with respect to {about_of(function, wrt)}."
    params = [*public_parameters(primal, function, whole.params), *buffer]
    return pack(f"{function.name}_{suffix}", title, whole, results, structure, params, captured_of(function, whole.params))


def vector_jacobian(
    primal: Any, argtypes: ArgTypes, fastmath: bool = False, outputs: Sequence[str] = (), into: bool = False
) -> Packed:
    """`vjp`: (primals, y_bar) -> (y, primals_bar); `into`: behind them come buffers."""
    primals, y_bar, given = argtypes if into else (*argtypes, None)
    function, inputs = _with_defaults(primal, items_in(primals, "primals"), outputs)
    wrt = float_names(function, tuple(function.inputs.values()))
    seeds = cotangents(function, y_bar)
    count = len(returned(function))
    reversed_ = reverse(function, wrt, [seeds.types.get(place) for place in range(count)], fastmath=fastmath)
    results = [*reversed_.values, *(reversed_.gradients[name] for name in wrt)]
    whole, buffer = with_buffers(function, reversed_, inputs, given)
    taken = Parameter("primals", parts_of(inputs, whole.params))
    seed = seed_parameter("y_bar", parts_of(seeds.structure, reversed_.seeds))
    title = f"Adjoint of {place_of(function)} with respect to {about_of(function)}."
    structure = (function.output, slots_of(function, inputs, wrt, count))
    captured = captured_of(function, whole.params)
    return pack(f"{function.name}_vjp", title, whole, results, structure, [taken, seed, *buffer], captured)


def value(primal: Any, argtypes: ArgTypes, outputs: Sequence[str] = ()) -> Packed:
    """What `vjp` of a function and its primals computes at once: (primals,) -> (y, the state that it drew random numbers from)."""
    function, inputs = _with_defaults(primal, items_in(argtypes[0], "primals"), outputs)
    check_frozen(function)
    pushed = push(function, [], {})
    whole, state = first_run(pushed.function)
    taken = Parameter("primals", parts_of(inputs, whole.params))
    structure = (function.output, None if state is None else len(pushed.values))
    results = [*pushed.values, *([] if state is None else [state])]
    return pack(f"{function.name}_value", f"Value of {place_of(function)}.", whole, results, structure, [taken], ())


def pullback(primal: Any, argtypes: ArgTypes, fastmath: bool = False, outputs: Sequence[str] = ()) -> Packed:
    """What it computes for each cotangent afterwards: (primals, state, y_bar) -> primals_bar, with the draws that belong to y."""
    primals, _, y_bar = argtypes
    function, inputs = _with_defaults(primal, items_in(primals, "primals"), outputs)
    wrt = float_names(function, tuple(function.inputs.values()))
    seeds = cotangents(function, y_bar)
    types = [seeds.types.get(place) for place in range(len(returned(function)))]
    reversed_ = reverse(function, wrt, types, fastmath=fastmath)
    whole, state = second_run(reversed_.function)
    given = [
        Parameter("primals", parts_of(inputs, whole.params)), Parameter("state", None if state is None else state.name),
        seed_parameter("y_bar", parts_of(seeds.structure, reversed_.seeds)),
    ]  # fmt: skip
    title = f"Pullback of {place_of(function)} with respect to {about_of(function)}."
    results = [reversed_.gradients[name] for name in wrt]
    return pack(f"{function.name}_pullback", title, whole, results, slots_of(function, inputs, wrt, 0), given, ())


def jacobian_vector(primal: Any, argtypes: ArgTypes, outputs: Sequence[str] = ()) -> Packed:
    """`jvp`: (primals, tangents) -> (y, y_dot)."""
    function, inputs = _with_defaults(primal, items_in(argtypes[0], "primals"), outputs)
    seeds = tangents(function, inputs, argtypes[1])
    types = {function.params[place].name: type_ for place, type_ in seeds.types.items()}
    pushed = push(function, list(types), types)
    moving = [k for k, tangent in enumerate(pushed.tangents) if tangent is not None]
    results = [*pushed.values, *(pushed.tangents[k] for k in moving)]
    dots = mapped(lambda place: len(pushed.values) + moving.index(place) if place in moving else extent(place), function.output)
    taken = Parameter("primals", parts_of(inputs, pushed.function.params))
    dots_in = [pushed.seeds.get(p.name) for p in function.params]
    seed = Parameter("tangents", parts_of(seeds.structure, dots_in, pushed.function.params))
    about = ", ".join(name for name, structure in function.inputs.items() if set(leaves(structure)) & set(seeds.types))
    title = f"Tangent of {place_of(function)} with respect to {about}."
    captured = captured_of(function, pushed.function.params)
    return pack(f"{function.name}_jvp", title, pushed.function, results, (function.output, dots), [taken, seed], captured)


def hessian_vector(
    primal: Any, argtypes: ArgTypes, wrt: Sequence[int] | int, fastmath: bool = False, outputs: Sequence[str] = ()
) -> Packed:
    """`hvp`: h(args[0], v, *args[1:]) -> H v, forward mode over reverse mode."""
    direction, own = argtypes[1], (argtypes[0], *argtypes[2:])
    function = wengert_list(primal, own, outputs)
    chosen = chosen_parts(function, wrt)
    names = float_names(function, chosen)
    one_number(function)
    reversed_ = reverse(function, names, None, fastmath=fastmath)
    slope = reachable(simplify(returning(reversed_.function, [reversed_.gradients[name] for name in names])))
    seeds = directions(function, chosen, direction)
    types = {slope.params[place].name: type_ for place, type_ in seeds.types.items()}
    captured = tuple(numba_type(function.types[var.name]) for var in captured_of(function, function.params))
    pushed = push(infer(slope, (*inner_types(own), *captured)), list(types), types)
    pushed = replace(pushed, function=replace(pushed.function, active=reversed_.function.active))
    results: list[Operand] = [zero_like(function, name) if t is None else t for t, name in zip(pushed.tangents, names, strict=True)]
    directed = parts_of(seeds.structure, [pushed.seeds.get(p.name) for p in slope.params], pushed.function.params)
    v = seed_parameter(direction_name(list(function.inputs)), directed)
    first, *rest = public_parameters(primal, function, pushed.function.params)
    title = f"Hessian-vector product of {place_of(function)} with respect to {about_of(function, wrt)}."
    return pack(
        f"{function.name}_hvp", title, pushed.function, results, slots_of(function, chosen, names, 0),
        [replace(first, defaults=()), v, *rest], captured_of(function, pushed.function.params),
    )  # fmt: skip


def jacobian(
    primal: Any, argtypes: ArgTypes, wrt: Sequence[int] | int, mode: Mode, fastmath: bool = False, outputs: Sequence[str] = (),
    wide: bool = False,
) -> Packed:  # fmt: skip
    """`jacfwd`, `jacrev`, `jacobian`: for each result and each argument the dense block, with the axes of the result first."""
    function = wengert_list(primal, argtypes, outputs)
    chosen = unlisted(chosen_parts(function, wrt))
    blocks_only(function, chosen)
    places = [place for place in leaves(chosen) if place is not None and is_float(function.types[function.params[place].name])]
    captured = captured_of(function, function.params)
    types = (*inner_types(argtypes), *(numba_type(function.types[var.name]) for var in captured))
    whole = reachable(simplify(_typed(jacobian_list(function, places, mode, fastmath, wide), types)))
    values = returned(function)
    kept = [place for place, value in enumerate(values) if is_float(type_of(function.types, value))]

    def block(row: int | None) -> Structure:
        if row not in kept:
            return None
        first = kept.index(row) * len(places)
        found: Structure = mapped(lambda place: first + places.index(place) if place in places else None, chosen)
        return found

    title = f"Jacobian of {place_of(function)} with respect to {about_of(function, wrt)}."
    return Packed(f"{function.name}_{mode}", title, whole, tuple(public_parameters(primal, function, whole.params)),
                  mapped(block, unlisted(function.output)), captured_of(function, whole.params))  # fmt: skip


def hessian(slope: Any, argtypes: ArgTypes, wrt: Sequence[int] | int, wide: bool = False) -> Packed:
    """`hessian`: the Jacobian of the gradient `slope` by forward mode."""
    packed = jacobian(slope, argtypes, wrt, "jacfwd", wide=wide)
    name = head(slope.primal).name
    title = packed.title.replace(f"Jacobian of {name}_grad", f"Hessian of {name}", 1)
    return replace(packed, name=f"{name}_hessian", title=title)


def write(packed: Packed, options: Mapping[str, object]) -> Written:
    """The module that holds the derivative."""
    return emit(_ready(packed), options)


def report(packed: Packed, options: Mapping[str, object], mode: str, values: Sequence[object]) -> Report:
    """What that module stores and computes again, for arguments `values`."""
    return report_of(_ready(packed), write(packed, options), mode, values)


def _ready(packed: Packed) -> Packed:
    return replace(packed, function=everywhere(packed.function, lambda one: plain(drop_checks(one))))


def _with_defaults(primal: Any, given: ArgTypes, outputs: Sequence[str]) -> tuple[Function, tuple[Structure, ...]]:
    """The list of a function that is called with such a tuple of arguments, and what each item of the tuple is made of.
    Parameters that get none are their defaults."""
    source = head(primal)
    values = {name: (type_, as_left_out(default, name, source)) for name, (type_, default) in bound(source, given).items()}
    given = tuple(typeof(default) if type_ is None else type_ for type_, default in values.values())
    function = wengert_list(primal, given, outputs)
    function = knowing(function, {name: default for name, (type_, default) in values.items() if type_ is None})
    left = [name for name, (type_, _) in values.items() if type_ is not None]
    items = tuple(
        item for name, structure in zip(left, function.inputs.values(), strict=True)
        for item in (structure if source.kind(name) == "starred" and isinstance(structure, tuple) else (structure,))
    )  # fmt: skip
    return function, items
