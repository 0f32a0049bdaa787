"""Parameters that the caller of a vjp or jvp leaves out: they are what their defaults are.

In: a typed function, and values for some of its parameters, structured as these are.  Out: the function without the parameters.
Numbers are written into it; arrays are captured, as Numba freezes them, and the function changes a copy if it changes one.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ...runtime.trees import is_tree, packed
from ..analyses.aliases import aliases_of
from ..errors import TransformError
from ..ir import Assign, Const, Function, Statement, View, is_array
from ..names import Namer
from ..reading.source import Head, Source
from ..resolve.layouts import copy_of
from ..structure import leaves, structured
from ..walk import all_binds, names, walk, written


def as_left_out(default: object, name: str, source: Source | Head) -> object:
    """A default as a value that Numba has a type for: structures are namedtuples."""
    if isinstance(default, list) and not is_tree(default):
        raise TransformError(f"`{name}` of `{source.name}` is left out, and its default is a list",
                             reason="Numba takes no list for a constant", remedy="pass it")  # fmt: skip
    return packed(default) if is_tree(default) else default


def knowing(function: Function, known: Mapping[str, object]) -> Function:
    """The function where these parameters have these values."""
    places = [place for name in known for place in leaves(function.inputs[name]) if place is not None]
    values = [value for default in known.values() for value in leaves(structured(default)) if value is not None]
    memory = aliases_of(function)
    written_to = {root for s in walk(function.body) for array in written(s) for root in memory.of(array.name)}
    bound = all_binds(function.body)
    namer = Namer(names(function))
    types, captures = dict(function.types), dict(function.captures)
    start: list[Statement] = []
    for place, value in zip(places, values, strict=True):
        var = function.params[place]
        if isinstance(value, int | float) and not isinstance(value, np.generic):
            start.append(Assign(var, "=", (Const(value),)))
        elif var.name not in written_to and var.name not in bound:
            captures[var.name] = value
        else:
            held = namer.fresh(var.name)
            types[held.name], captures[held.name] = types[var.name], value
            if var.name in written_to:
                start += copy_of(var, held, types, namer)
            else:
                start.append(View(var, held, "=") if is_array(types[var.name]) else Assign(var, "=", (held,)))
    left = {function.params[place] for place in places}
    params = tuple(param for param in function.params if param not in left)
    inputs = {name: structure for name, structure in function.inputs.items() if name not in known}
    return replace(function, params=params, inputs=inputs, body=(*start, *function.body), types=types, captures=captures)
