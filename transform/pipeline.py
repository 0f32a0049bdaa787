"""From a Python function and argument types to the text of its derivative: the page to read first.

    user function ─ source ─ fence ─ parse ─ normalise ─▶ Wengert list ─ types ─ resolve ─ derive ─ simplify ─ emit ─▶ text

Each product of the library is one short function below, made of these steps.  A derivative is a Wengert list again: a
Hessian-vector product is forward mode applied to the result of reverse mode, and nothing here knows more about it.

Words: *primal*, the user's function; *adjoint* `x_bar`, the derivative of the result by x; *tangent* `x_dot`, the
derivative of x along the direction that the caller gives; *active*, carrying a derivative; *record*, to keep a
value for the reverse sweep.  (Griewank & Walther, Evaluating Derivatives, 2nd ed., 2008.)
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from numba import typeof
from numba.core import types

from . import fence
from .analyses.activity import returned
from .analyses.types import convert, infer
from .derive.reverse import reverse
from .derive.tangent import Pushed, push
from .emit import Written, emit
from .errors import NotDifferentiableError, TransformError
from .interface import Packed, Parameter, Structure
from .ir import Array, Assign, Const, Function, Operand, Return, Scalar, TupleOf, Type, Var, is_float
from .normalise import split_webs
from .parse import parse
from .resolve import resolve
from .simplify import simplify
from .source import read, signatures

ArgTypes = tuple[Any, ...]


def wengert_list(primal: Any, argtypes: ArgTypes) -> Function:
    """The typed Wengert list of a user function."""
    source = read(primal)
    fixed = signatures(primal)
    if fixed is not None and tuple(argtypes) not in fixed:
        raise TransformError(
            f"`{source.name}` is compiled for {' or '.join(map(str, fixed))}, not for {tuple(argtypes)}",
            loc=source.loc(source.tree), reason="its signature converts arguments, and a derivative would not",
            remedy="take the signature out of the decorator, or pass these types",
        )  # fmt: skip
    fence.check(source)
    untyped = split_webs(parse(source))
    return split_webs(resolve(infer(untyped, argtypes)))


# ---- products -------------------------------------------------------------------------------------------------------


def gradient(primal: Any, argtypes: ArgTypes, wrt: Sequence[int] | int, with_value: bool, fastmath: bool = False) -> Packed:
    """`grad` and `value_and_grad`: reverse mode with the adjoint 1 for the one result."""
    function = wengert_list(primal, argtypes)
    names = _differentiable(function, (wrt,) if isinstance(wrt, int) else wrt)
    _one_number(function)
    reversed_ = reverse(function, names, None, fastmath=fastmath)
    gradients = [reversed_.gradients[name] for name in names]
    results = [*(reversed_.values if with_value else ()), *gradients]
    inner: Structure = tuple(range(len(names))) if not isinstance(wrt, int) else 0
    shifted: Structure = tuple(k + 1 for k in range(len(names))) if not isinstance(wrt, int) else 1
    suffix = "value_and_grad" if with_value else "grad"
    title = f"{'Value and gradient' if with_value else 'Gradient'} of {_place(function)} with respect to {', '.join(names)}."
    return _pack(
        f"{function.name}_{suffix}", title, reversed_.function, results, (0, shifted) if with_value else inner,
        _public(primal, reversed_.function.params),
    )  # fmt: skip


def vector_jacobian(primal: Any, argtypes: ArgTypes, fastmath: bool = False) -> Packed:
    """`vjp`: (primals, y_bar) -> (y, primals_bar)."""
    primals, y_bar = argtypes
    function = _with_defaults(primal, _items(primals, "primals"))
    _no_tuples(function)
    wrt = [p.name for p in function.params if is_float(function.types[p.name])]
    reversed_ = reverse(function, wrt, _seeds_given(function, y_bar), fastmath=fastmath)
    gradients = [reversed_.gradients.get(p.name) for p in function.params]
    results, where = _sparse([*reversed_.values, *gradients])
    count = len(reversed_.values)
    packed = _packed(function)
    values: Structure = tuple(where[:count]) if packed else where[0]
    seeds = [None if seed is None else seed.name for seed in reversed_.seeds]
    seed = Parameter("y_bar", tuple(seeds)) if packed else Parameter(seeds[0] or "y_bar")
    primals = Parameter("primals", tuple(p.name for p in reversed_.function.params[: len(function.params)]))
    title = f"Adjoint of {_place(function)} with respect to {', '.join(wrt)}."
    return _pack(f"{function.name}_vjp", title, reversed_.function, results, (values, tuple(where[count:])), [primals, seed])


def jacobian_vector(primal: Any, argtypes: ArgTypes) -> Packed:
    """`jvp`: (primals, tangents) -> (y, y_dot)."""
    tangents = _items(argtypes[1], "tangents")
    function = _with_defaults(primal, _items(argtypes[0], "primals"))
    _as_many(tangents, "tangents", len(function.params))
    given = [p.name for p, t in zip(function.params, tangents, strict=True) if not _is_none(t)]
    _check_tangents(function, dict(zip((p.name for p in function.params), tangents, strict=True)), given)
    seed_types = dict(zip((p.name for p in function.params), tangents, strict=True))
    pushed = push(function, given, _seed_types(seed_types))
    results, where = _sparse([*pushed.values, *pushed.tangents])
    count = len(pushed.values)
    values, dots = tuple(where[:count]), tuple(where[count:])
    result: Structure = (values, dots) if _packed(function) else (values[0], dots[0])
    primals = Parameter("primals", tuple(p.name for p in pushed.function.params[: len(function.params)]))
    seeds = Parameter("tangents", tuple(_seed(pushed, p.name) for p in function.params))
    title = f"Tangent of {_place(function)} with respect to {', '.join(given)}."
    return _pack(f"{function.name}_jvp", title, pushed.function, results, result, [primals, seeds])


def hessian_vector(primal: Any, argtypes: ArgTypes, wrt: Sequence[int] | int, fastmath: bool = False) -> Packed:
    """`hvp`: h(args[0], v, *args[1:]) -> H v, forward mode over reverse mode."""
    direction, own = argtypes[1], (argtypes[0], *argtypes[2:])
    function = wengert_list(primal, own)
    names = _differentiable(function, (wrt,) if isinstance(wrt, int) else wrt)
    _one_number(function)
    reversed_ = reverse(function, names, None, fastmath=fastmath)
    gradients = [reversed_.gradients[name] for name in names]
    slope = simplify(_returning(reversed_.function, gradients))
    directions = (direction,) if isinstance(wrt, int) else _items(direction, "v")
    _as_many(directions, "v", len(names))
    _moves(directions, names)
    moving = [slope.params[k].name for k in ((wrt,) if isinstance(wrt, int) else wrt)]
    pushed = push(infer(slope, own), moving, _seed_types(dict(zip(moving, directions, strict=True))))
    results: list[Operand] = [_zero(function, name) if t is None else t for t, name in zip(pushed.tangents, names, strict=True)]
    seeds = tuple(_seed(pushed, name) for name in moving)
    v = Parameter(seeds[0] or "v") if isinstance(wrt, int) else Parameter("v", seeds)
    first, *rest = _public(primal, pushed.function.params[: len(function.params)])
    first = replace(first, defaults=())
    structure: Structure = 0 if isinstance(wrt, int) else tuple(range(len(names)))
    title = f"Hessian-vector product of {_place(function)} with respect to {', '.join(names)}."
    return _pack(f"{function.name}_hvp", title, pushed.function, results, structure, [first, v, *rest])


def write(packed: Packed, options: Mapping[str, object]) -> Written:
    """The module that holds the derivative."""
    return emit(packed, options)


# ---- parameters -----------------------------------------------------------------------------------------------------


def _public(primal: Any, params: Sequence[Var]) -> list[Parameter]:
    """The primal's own parameters, with their defaults."""
    defaults = read(primal).defaults
    names = read(primal).params
    return [Parameter(p.name, None, (defaults[n],) if n in defaults else ()) for p, n in zip(params, names, strict=False)]


def _with_defaults(primal: Any, given: ArgTypes) -> Function:
    """The list of a function that gets fewer arguments than it has parameters: the others are set to their defaults."""
    source = read(primal)
    missing = source.params[len(given) :]
    if len(given) > len(source.params) or any(name not in source.defaults for name in missing):
        raise TransformError(
            f"`{source.name}` takes {', '.join(source.params)}: `primals` has {len(given)} items",
            loc=source.loc(source.tree), reason="every argument without a default needs its value",
        )  # fmt: skip
    values = [source.defaults[name] for name in missing]
    function = wengert_list(primal, (*given, *(typeof(value) for value in values)))
    params, left = function.params[: len(given)], function.params[len(given) :]
    numbers = [value for value in values if isinstance(value, int | float)]
    if len(numbers) < len(values):
        raise TransformError(f"`{source.name}` needs all its arguments in `primals`", loc=source.loc(source.tree),
                             reason="only numbers can be filled in from defaults")  # fmt: skip
    start = tuple(Assign(var, "=", (Const(value),)) for var, value in zip(left, numbers, strict=True))
    return replace(function, params=params, body=(*start, *function.body))


# ---- packing --------------------------------------------------------------------------------------------------------


def _pack(
    name: str, title: str, function: Function, results: Sequence[Operand | None], structure: Structure, params: Sequence[Parameter]
) -> Packed:
    """Close the function with its Return, tidy it, and name its public parameters."""
    tidy = simplify(_returning(function, results))
    return Packed(name, title, tidy, tuple(params), structure)


def _returning(function: Function, results: Sequence[Operand | None]) -> Function:
    values = tuple(Const(None) if value is None else value for value in results)
    return replace(function, body=(*function.body, Return(values, True)))


def _sparse(operands: Sequence[Operand | None]) -> tuple[list[Operand], list[int | None]]:
    """The operands that there are, and for each place the position among them."""
    present = [o for o in operands if o is not None]
    positions = iter(range(len(present)))
    return present, [None if o is None else next(positions) for o in operands]


def _packed(function: Function) -> bool:
    last = function.body[-1]
    return isinstance(last, Return) and last.packed


def _items(numba_type: Any, name: str) -> ArgTypes:
    if not isinstance(numba_type, types.BaseTuple):
        raise TransformError(f"`{name}` must be a tuple, not {numba_type}", reason="it has one item for each argument",
                             remedy=f"write `{name}` as a tuple: `(x,)` for one argument")  # fmt: skip
    return tuple(numba_type)


def _as_many(items: Sequence[Any], name: str, count: int) -> None:
    if len(items) != count:
        raise TransformError(f"`{name}` has {len(items)} items, not {count}", reason="it has one item for each argument",
                             remedy="write None for an argument that does not move")  # fmt: skip


def _no_tuples(function: Function) -> None:
    """`vjp` is with respect to all floats, and those in a tuple would be passed over in silence."""
    for param in function.params:
        type_ = function.types[param.name]
        if isinstance(type_, TupleOf) and any(is_float(item) or isinstance(item, TupleOf) for item in type_.items):
            raise NotDifferentiableError(f"`{param.name}` is a tuple with floats in it", loc=function.loc,
                                         reason="vjp is with respect to every float, and tuples are not supported as arguments",
                                         remedy="pass its items as arguments of their own")  # fmt: skip


def _check_tangents(function: Function, tangents: Mapping[str, Any], given: Sequence[str]) -> None:
    """A tangent belongs to a float, or to an array of floats of its own rank."""
    for name in given:
        mine, tangent = function.types[name], convert(tangents[name])
        if not is_float(mine):
            what, _ = _kind(mine)
            raise NotDifferentiableError(f"`{name}` has a tangent, and is {what}", loc=function.loc,
                                         reason="only floating-point arguments move", remedy="write None for it")  # fmt: skip
        if not _like(mine, tangent):
            raise TransformError(f"the tangent of `{name}` is {tangents[name]}", loc=function.loc,
                                 reason="a tangent has the shape of its argument")  # fmt: skip


def _like(value: Type | None, seed: Type) -> bool:
    """Is the seed a real number for a number, an array of the same rank for an array?"""
    if isinstance(value, Array):
        return isinstance(seed, Array) and seed.ndim == value.ndim and not seed.dtype.startswith("complex")
    return isinstance(seed, Scalar) and not seed.dtype.startswith("complex")


def _moves(directions: Sequence[Any], names: Sequence[str]) -> None:
    for type_, name in zip(directions, names, strict=True):
        if not is_float(convert(type_)) and not isinstance(convert(type_), Scalar):
            raise TransformError(f"the direction of `{name}` is {type_}", reason="it must be like the argument itself",
                                 remedy="pass zeros for an argument that does not move")  # fmt: skip


def _seeds_given(function: Function, y_bar: Any) -> list[Type | None]:
    """The types of the results' adjoints: of the rank of the results, a tuple if those are one."""
    results = returned(function)
    given = _items(y_bar, "y_bar") if _packed(function) else (y_bar,)
    _as_many(given, "y_bar", len(results))
    for type_, value in zip(given, results, strict=True):
        mine = function.types.get(value.name) if isinstance(value, Var) else None
        if not is_float(mine):
            continue
        seed = convert(type_)
        if not _like(mine, seed):
            what = f"a {mine.ndim}-dimensional array" if isinstance(mine, Array) else "a number"
            raise TransformError(f"`y_bar` of `{function.name}` is {type_}, its result is {what}",
                                 reason="the adjoint of a result has the shape of the result")  # fmt: skip
    return [convert(type_) for type_ in given]


def _seed(pushed: Pushed, name: str) -> str | None:
    seed = pushed.seeds.get(name)
    return None if seed is None else seed.name


def _seed_types(types: Mapping[str, Any]) -> dict[str, Any]:
    return {name: convert(type_) for name, type_ in types.items()}


def _zero(function: Function, name: str) -> Const:
    type_ = function.types[name]
    return Const(0.0, "float32" if isinstance(type_, Scalar) and type_.dtype == "float32" else None)


def _is_none(numba_type: Any) -> bool:
    return str(numba_type) == "none"


def _place(function: Function) -> str:
    loc = function.loc
    return function.name if loc is None else f"{function.name} ({Path(loc.file).name}:{loc.line})"


# ---- what can be differentiated -----------------------------------------------------------------------------------------


def _differentiable(function: Function, positions: Sequence[int]) -> list[str]:
    """The names of the parameters at these positions, which must be floats."""
    names = []
    for position in positions:
        name = function.params[position].name
        type_ = function.types[name]
        if not is_float(type_):
            what, remedy = _kind(type_)
            raise NotDifferentiableError(
                f"cannot differentiate with respect to `{name}`: it is {what}",
                loc=function.loc, reason="only floating-point arguments have a derivative", remedy=remedy,
            )  # fmt: skip
        names.append(name)
    return names


def _kind(type_: Type) -> tuple[str, str]:
    """What an argument without a derivative is, and what to pass instead."""
    match type_:
        case Scalar("bool"):
            return "a bool", "pass 3.0, or drop it from argnums"
        case Scalar(dtype):
            return f"an integer ({dtype})", "pass 3.0, or drop it from argnums"
        case Array(dtype):
            return f"an array of {dtype}", "pass an array of floats, or drop it from argnums"
        case TupleOf():
            return "a tuple", "pass its items as arguments of their own"
        case _:
            return f"a {type_}", "drop it from argnums"


def _one_number(function: Function) -> None:
    """`grad` needs a scalar result; a 0-d array counts as one."""
    results = returned(function)
    last = function.body[-1]
    type_ = function.types.get(results[0].name) if isinstance(results[0], Var) else Scalar("float64")
    if _packed(function):
        found = f"a tuple of {len(results)}"
    elif isinstance(type_, Array) and type_.ndim:
        found = f"a {type_.ndim}-dimensional array of {type_.dtype}"
    elif not is_float(type_):
        found = f"a value of type {type_.dtype if isinstance(type_, Scalar | Array) else type_}"
    else:
        return
    raise NotDifferentiableError(
        f"grad needs a scalar result, but `{function.name}` returns {found}",
        loc=last.loc, reason="a gradient is the derivative of one number",
        remedy="use vjp for a product with a cotangent, or jacrev for the whole Jacobian",
    )  # fmt: skip
