"""A value that no derivative flows through."""
from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types

from .extend import overload


def stop_gradient(x: Any) -> Any:
    """x, and a constant to every derivative.  An array comes back as a copy; of a tuple every item is stopped.

    >>> from wengert import grad, stop_gradient
    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    if isinstance(x, tuple):
        items = tuple(map(stop_gradient, x))
        return type(x)(*items) if hasattr(x, "_fields") else items
    return np.copy(x) if isinstance(x, np.ndarray) else x


@overload(stop_gradient)
def _stop_gradient(x: Any) -> Any:
    if isinstance(x, types.Array):
        return lambda x: x.copy()
    if isinstance(x, types.BaseTuple) and not isinstance(x, types.BaseNamedTuple):
        if not len(x):
            return lambda x: ()
        return lambda x: (stop_gradient(x[0]), *stop_gradient(x[1:]))
    return None if isinstance(x, types.BaseTuple) else lambda x: x
