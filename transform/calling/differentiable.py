"""What a function can be differentiated by, and whether it has a gradient.

In: the typed list of a function.  Out: the parts of the chosen arguments, and the floats among them; NotDifferentiableError where
there are none, or where the result is not one number.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numba.core import types as numba_types

from ..analyses.activity import returned
from ..errors import NotDifferentiableError, TransformError, UnsupportedError
from ..ir import Array, Function, Scalar, TupleOf, Var, is_float
from ..structure import Listed, Spread, Structure, labelled, leaves, spreads
from .seeds import kind_of


def chosen_parts(function: Function, wrt: Sequence[int] | int) -> Structure:
    """What the arguments at these positions are made of, each of which has a float."""
    inputs = list(function.inputs.items())
    for position in (wrt,) if isinstance(wrt, int) else wrt:
        name, structure = inputs[position]
        if not float_names(function, structure):
            type_ = TupleOf(()) if isinstance(structure, tuple) else None
            what, remedy = kind_of(function.types[function.params[structure].name] if isinstance(structure, int) else type_)
            raise NotDifferentiableError(
                f"cannot differentiate with respect to `{name}`: it is {what}",
                loc=function.loc, reason="only arguments of float64 or float32 have a derivative", remedy=remedy,
            )  # fmt: skip
    return inputs[wrt][1] if isinstance(wrt, int) else tuple(inputs[position][1] for position in wrt)


def float_names(function: Function, structure: Structure) -> list[str]:
    """The names of the floats in a structure of arguments."""
    names = [function.params[place].name for place in leaves(structure) if place is not None]
    return [name for name in names if is_float(function.types[name])]


def one_number(function: Function, has_aux: bool = False) -> None:
    """`grad` needs a scalar result, with something beside it if `has_aux`; a 0-d array counts as one."""
    results = returned(function)
    last = function.body[-1]
    output = function.output
    if has_aux and (not isinstance(output, tuple) or len(output) != 2):
        raise NotDifferentiableError(
            f"has_aux: `{function.name}` has to return two values", loc=last.loc,
            reason="the first is differentiated, the second is handed out beside the gradient",
            remedy="return (value, aux), where aux may be a tuple, or leave has_aux out",
        )  # fmt: skip
    if has_aux and isinstance(output, tuple):
        output = output[0]
    first = results[0] if results else None
    type_ = function.types.get(first.name) if isinstance(first, Var) else Scalar("float64")
    if isinstance(output, Spread | Listed):
        found = "a list"
    elif isinstance(output, tuple):
        found = f"a tuple of {len(output)}"
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


def arrays_only(function: Function, outputs: Sequence[str], types: Sequence[Any]) -> Function:
    """The function, if each of its parameters that is to be a result is an array; `types` are Numba's of the flat parameters."""
    for name in outputs:
        for label, place in labelled(function.inputs[name], name):
            if place is None or not isinstance(types[place], numba_types.Array):
                what = "None" if place is None else str(types[place])
                raise TransformError(f"`outputs` of `{function.name}` names `{label}`, which is {what}", loc=function.loc,
                                     reason="only what is written into an array is there when the function has returned",
                                     remedy="return it instead")  # fmt: skip
    return function


def blocks_only(function: Function, chosen: Structure) -> None:
    """A Jacobian has a block for each pair of numbers, arrays and lists of numbers."""
    if spreads(function.output) or spreads(chosen):
        raise UnsupportedError(
            f"a Jacobian of `{function.name}`, which takes or returns a list of lists, tuples or arrays", loc=function.loc,
            reason="it has a block for each array, and how many arrays there are must be known before the call",
            remedy="take and return arrays, or lists of numbers",
        )  # fmt: skip
