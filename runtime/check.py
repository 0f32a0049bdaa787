"""Checks in the prologue of derivative code: what Numba would read past the end of, or mix up, without a word."""
from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from numba.core import types

from .extend import cached, compiled, overload


def check_seed(seed: Any, like: Any, name: str = "a seed") -> None:
    """A tangent or cotangent has the shape of the value that it belongs to."""
    if np.shape(seed) != np.shape(like):
        raise ValueError(f"{name} has shape {np.shape(seed)}, its value has shape {np.shape(like)}")


def check_disjoint(a: Any, b: Any, a_name: str, b_name: str) -> None:
    """Two arrays, one of which is written, share no element."""
    if _share(a, b):
        raise ValueError(_shared(a_name, b_name))


def check_distinct(a: Any, name: str) -> None:
    """No two elements of an array that is written share memory."""
    if _repeats(np.array(a.strides, np.int64), np.array(a.shape, np.int64), a.itemsize):
        raise ValueError(_repeated(name))


def check_item(i: Any, n: int) -> None:
    """A tuple of n items has one at i."""
    if i < -n or i >= n:
        raise IndexError("tuple index out of range")


def check_divisor(n: Any) -> None:
    """An integer is not divided by zero."""
    if n == 0:
        raise ZeroDivisionError("integer division or modulo by zero")


@overload(check_item)
def _check_item(i: Any, n: Any) -> Any:
    def check(i: Any, n: Any) -> None:
        if i < -n or i >= n:
            raise IndexError("tuple index out of range")
    return check


@overload(check_divisor)
def _check_divisor(n: Any) -> Any:
    def check(n: Any) -> None:
        if n == 0:
            raise ZeroDivisionError("integer division or modulo by zero")
    return check


def check_count(found: int, expected: int) -> None:
    """As many items as there are names to take them."""
    if found < expected:
        raise ValueError("not enough values to unpack")
    if found > expected:
        raise ValueError("too many values to unpack")


@overload(check_count)
def _check_count(found: Any, expected: Any) -> Any:
    def check(found: Any, expected: Any) -> None:
        if found < expected:
            raise ValueError("not enough values to unpack")
        if found > expected:
            raise ValueError("too many values to unpack")
    return check


def check_items(count: int) -> None:
    """There is a first item."""
    if count <= 0:
        raise StopIteration


@overload(check_items)
def _check_items(count: Any) -> Any:
    def check(count: Any) -> None:
        if count <= 0:
            raise StopIteration
    return check


def check_index(k: int, count: int) -> None:
    """A position of a list is one that it has, from the front or from the back."""
    if k >= count or k < -count:
        raise IndexError("list index out of range")


@overload(check_index)
def _check_index(k: Any, count: Any) -> Any:
    def check(k: Any, count: Any) -> None:
        if k >= count or k < -count:
            raise IndexError("list index out of range")
    return check


def check_pop(count: int) -> None:
    """A list from which an item is taken has one."""
    if count == 0:
        raise IndexError("pop from empty list")


@overload(check_pop)
def _check_pop(count: Any) -> Any:
    def check(count: Any) -> None:
        if count == 0:
            raise IndexError("pop from empty list")
    return check


def _shared(a_name: str, b_name: str) -> str:
    return f"{a_name} and {b_name} share memory and one of them is written: pass a copy of one"


def _repeated(name: str) -> str:
    return f"{name} is written, and elements of it share memory: pass a copy"


def _share(a: Any, b: Any) -> bool:
    return bool(np.shares_memory(a, b))


# ---- compiled -----------------------------------------------------------------------------------------------


def _text(name: Any, otherwise: str) -> str:
    """What the type of a name says: its text where it was a literal."""
    return name.literal_value if isinstance(name, types.StringLiteral) else otherwise


@overload(check_seed, prefer_literal=True)
def _check_seed(seed: Any, like: Any, name: Any = "a seed") -> Any:
    message = f"{_text(name, 'a seed')} has another shape than its value"
    if not (isinstance(seed, types.Array) and isinstance(like, types.Array)):
        if isinstance(seed, types.Array) or isinstance(like, types.Array):
            return _refuse(message)
        return lambda seed, like, name="a seed": None
    if seed.ndim != like.ndim:
        return _refuse(message)

    def check(seed: Any, like: Any, name: Any = "a seed") -> None:
        if seed.shape != like.shape:
            raise ValueError(message)
    return check


def _refuse(message: str) -> Any:
    def refuse(seed: Any, like: Any, name: Any = "a seed") -> NoReturn:
        raise ValueError(message)
    return refuse


@overload(check_disjoint, prefer_literal=True)
def _check_disjoint(a: Any, b: Any, a_name: Any, b_name: Any) -> Any:
    message = _shared(_text(a_name, "an array"), _text(b_name, "another"))

    def check(a: Any, b: Any, a_name: Any, b_name: Any) -> None:
        if _share(a, b):
            raise ValueError(message)
    return check


@overload(_share)
def _share_compiled(a: Any, b: Any) -> Any:
    if a.ndim == 0:
        return lambda a, b: _share(a.reshape(1), b)
    if b.ndim == 0:
        return lambda a, b: _share(a, b.reshape(1))

    def share(a: Any, b: Any) -> bool:
        gap: Any = np.int64(b.ctypes.data) - np.int64(a.ctypes.data)        # Numba's addresses are unsigned
        low, high = gap, gap                            # bounds first, without making anything
        for k in range(a.ndim):
            reach = a.strides[k] * (a.shape[k] - 1)
            low, high = low - max(reach, 0), high - min(reach, 0)
        for k in range(b.ndim):
            reach = b.strides[k] * (b.shape[k] - 1)
            low, high = low + min(reach, 0), high + max(reach, 0)
        if a.size == 0 or b.size == 0 or low >= a.itemsize or high <= -b.itemsize:
            return False
        steps, counts = np.empty(a.ndim + b.ndim, np.int64), np.empty(a.ndim + b.ndim, np.int64)
        for k in range(a.ndim):
            steps[k], counts[k] = -a.strides[k], a.shape[k] - 1
        for k in range(b.ndim):
            steps[a.ndim + k], counts[a.ndim + k] = b.strides[k], b.shape[k] - 1
        return _meet(gap, steps, counts, a.itemsize, b.itemsize)
    return share


@overload(check_distinct, prefer_literal=True)
def _check_distinct(a: Any, name: Any) -> Any:
    message = _repeated(_text(name, "an array"))

    def check(a: Any, name: Any) -> None:
        steps, sizes = np.empty(a.ndim, np.int64), np.empty(a.ndim, np.int64)
        for k in range(a.ndim):
            steps[k], sizes[k] = a.strides[k], a.shape[k]
        if _repeats_kept(steps, sizes, a.itemsize):
            raise ValueError(message)
    return check


@cached
def _meet(gap: int, steps: Any, counts: Any, width_a: int, width_b: int) -> bool:
    """Elements of a and b overlap where the distance of their addresses, gap + Σ stepsₖ tₖ with 0 ≤ tₖ ≤ countsₖ,
    lies between −width_b and width_a.  Bounds first, then exactly."""
    low, high = gap, gap
    for k in range(steps.size):
        if counts[k] < 0:
            return False
        low, high = low + min(steps[k] * counts[k], 0), high + max(steps[k] * counts[k], 0)
        steps[k] = abs(steps[k])
    if low >= width_a or high <= -width_b:
        return False
    _largest_first(steps, counts)
    for distance in range(1 - width_b, width_a):  # noqa: SIM110 (Numba has no any)
        if _reachable(distance - low, steps, counts):
            return True
    return False


@compiled
def _repeats(steps: Any, sizes: Any, width: int) -> bool:
    """Do two elements of one array overlap?  Not where each step passes over all that the smaller steps reach; else
    exactly: two elements differ by some tₖ in |tₖ| < sizesₖ, of which the first that is not 0 may be taken as positive."""
    counts = sizes - 1
    for k in range(steps.size):
        if counts[k] < 0:
            return False
        steps[k] = abs(steps[k]) if counts[k] > 0 else 0
    _largest_first(steps, counts)
    extent, apart = width, True
    for k in range(steps.size - 1, -1, -1):
        if counts[k] > 0:
            apart = apart and steps[k] >= extent
            extent += steps[k] * counts[k]
    if apart:
        return False
    for k in range(steps.size):
        if counts[k] > 0:
            doubled, low = 2 * counts[k:], steps[k]         # tₖ = 1 + u, the later t = u − counts, all u from 0
            doubled[0] = counts[k] - 1
            for j in range(k + 1, steps.size):
                low -= steps[j] * counts[j]
            for distance in range(1 - width, width):
                if _reachable(distance - low, steps[k:], doubled):
                    return True
    return False


_repeats_kept = cached(_repeats)


@compiled
def _largest_first(steps: Any, counts: Any) -> None:
    for i in range(1, steps.size):
        for k in range(i, 0, -1):
            if steps[k] > steps[k - 1]:
                steps[k], steps[k - 1] = steps[k - 1], steps[k]
                counts[k], counts[k - 1] = counts[k - 1], counts[k]


@compiled
def _reachable(target: int, steps: Any, counts: Any) -> bool:
    """Is target = Σ stepsₖ tₖ for some 0 ≤ tₖ ≤ countsₖ?  Depth first, largest step first; what is left must be
    within reach of the smaller steps and a multiple of their common divisor."""
    n = steps.size
    reach, divisor = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    for k in range(n - 1, -1, -1):
        reach[k] = reach[k + 1] + steps[k] * counts[k]
        u, v = divisor[k + 1], steps[k] if counts[k] > 0 else 0
        while v != 0:
            u, v = v, u % v
        divisor[k] = u
    left, tried, last = np.zeros(n + 1, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    left[0] = target
    k, entering = 0, True
    while k >= 0:
        if entering:
            rest = left[k]
            fits = 0 <= rest <= reach[k] and (rest == 0 or (divisor[k] != 0 and rest % divisor[k] == 0))
            if fits and rest == 0:
                return True
            if not fits or k == n:
                k, entering = k - 1, False
                continue
            moves = steps[k] != 0 and counts[k] != 0
            tried[k] = max(0, -((reach[k + 1] - rest) // steps[k])) if moves else 0
            last[k] = min(counts[k], rest // steps[k]) if moves else 0
        else:
            tried[k] += 1
        if tried[k] > last[k]:
            k, entering = k - 1, False
            continue
        left[k + 1] = left[k] - tried[k] * steps[k]
        k, entering = k + 1, True
    return False
