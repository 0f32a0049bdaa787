"""The lists that were made last: several derivatives of a function, for the same types, are made of one list.

In: a function, the types of its arguments, and how its list is made.  Out: the list, which is made unless all is as it was: text,
values from outside, callees, rules, optimisations.  What captures an array is made anew, since the user may write to that, and so
is what calls a function with a rule of its own, which is read later.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numba.core.compiler_lock import global_compiler_lock

from .errors import UnsupportedError
from .ir import Function
from .reading.fingerprint import fingerprint, key_of
from .reading.source import is_transformed, python_function

MOST = 16
_lists: dict[tuple[str, ...], Function] = {}                # the newest last


def remembered(primal: Any, argtypes: tuple[Any, ...], outputs: Sequence[str], make: Callable[[], Function]) -> Function:
    """The list of a function; holds the lock under which types are inferred, so that threads which come at once make one."""
    try:
        key = key_of(fingerprint(primal), argtypes)
    except UnsupportedError:                            # of what cannot be told, such as a function inside of another one
        key = None
    if key is None:
        return make()
    file = "" if is_transformed(primal) else python_function(primal).__code__.co_filename
    place = key, file, *outputs
    with global_compiler_lock:
        function = _lists.pop(place, None) or make()
        all_ = function, *function.routines.values()
        captured = [value for one in all_ for value in one.captures.values()]
        if not any(isinstance(value, np.ndarray) for value in captured) and all(one.rule is None for one in all_):
            _lists[place] = function
            if len(_lists) > MOST:
                del _lists[next(iter(_lists))]
        return function
