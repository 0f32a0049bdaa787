"""The state that random numbers are drawn from: what a call that is run again in a reverse sweep begins with.

`random_state()` is that of `np.random` and that of `random`, as an array; `set_random_state` goes back to one.  In compiled code
they are Numba's, of this thread; from Python they are Python's.
"""
from __future__ import annotations

import random
from typing import Any

import numpy as np
from numba import carray
from numba.core import types
from numba.cpython.randomimpl import get_state_ptr
from numba.extending import intrinsic

from .extend import overload

_KEYS = 624                                             # of a Mersenne twister
_STATE = 630                                            # Numba's rnd_state_t: 2520 bytes


def random_state() -> Any:
    """A copy of the states as they are."""
    _, keys, place, has_gauss, gauss = np.random.get_state()
    _, python, python_gauss = random.getstate()
    bits = np.array([gauss, 0.0 if python_gauss is None else python_gauss]).view(np.uint32)
    return np.concatenate((keys, python, (place, has_gauss, python_gauss is not None), bits)).astype(np.uint32)


def set_random_state(state: Any) -> None:
    """What is drawn next is what was drawn next then."""
    python, (place, has_gauss, python_has) = state[_KEYS : 2 * _KEYS + 1], map(int, state[2 * _KEYS + 1 : 2 * _KEYS + 4])
    gauss, python_gauss = map(float, state[2 * _KEYS + 4 :].copy().view(np.float64))
    np.random.set_state(("MT19937", state[:_KEYS], place, has_gauss, gauss))
    random.setstate((3, tuple(map(int, python)), python_gauss if python_has else None))


# ---- compiled -----------------------------------------------------------------------------------------------


def _address(kind: str) -> Any:
    def address(typingctx: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return builder.bitcast(get_state_ptr(context, builder, kind), context.get_value_type(types.voidptr))

        return types.voidptr(), generate

    return intrinsic(address)


_numpy_state, _python_state = _address("np"), _address("py")


@overload(random_state)
def _random_state() -> Any:
    def implementation() -> Any:
        state = np.empty(2 * _STATE, np.uint32)
        state[:_STATE] = carray(_numpy_state(), _STATE, np.uint32)
        state[_STATE:] = carray(_python_state(), _STATE, np.uint32)
        return state
    return implementation


@overload(set_random_state)
def _set_random_state(state: Any) -> Any:
    def implementation(state: Any) -> Any:
        carray(_numpy_state(), _STATE, np.uint32)[:] = state[:_STATE]
        carray(_python_state(), _STATE, np.uint32)[:] = state[_STATE:]
    return implementation
