"""Central differences, extrapolated, with an estimate of their own error: the referee of `check`.

In: a function of a tuple of arguments, a point and a direction.  Out: the derivative along the direction.  Central
differences over a falling sequence of steps form a tableau of Richardson extrapolations; the entry whose neighbours
agree best is taken (Ridders 1982; Press et al., Numerical Recipes, section 5.7).  Steps at which the function raises or
is not finite are left out.  Arguments are copied before every call: a function may overwrite them.

Values are *structures*: tuples of arrays, numbers and None, where only floats count.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Structure = Any
Vector = np.ndarray[Any, np.dtype[np.float64]]

_LEVELS = 12                            # steps h, h/2, … h/2048
_STEP = 0.02                            # the first, as a part of the direction
_STOP = 2.0                             # leave a row of the tableau where the error has grown by so much


@dataclass(frozen=True)
class Difference:
    """The derivative along a direction, flat; the norm of its error as estimated; the largest step that it rests on."""

    value: Vector
    error: float
    step: float


def difference(function: Callable[..., Structure], args: tuple[Any, ...], direction: Structure) -> Difference:
    """The derivative of `function` at `args` along `direction` (None: an argument that does not move)."""

    def slope(h: float) -> Vector | None:
        ahead, behind = (value_at(function, args, direction, sign * h) for sign in (1.0, -1.0))
        return None if ahead is None or behind is None else (ahead - behind) / (2.0 * h)

    best = Difference(np.full(1, math.nan), math.inf, _STEP)
    row: list[Vector] = []
    for level in range(_LEVELS):
        h = _STEP / 2**level
        new = slope(h)
        if new is None:
            row = []
            continue
        last, row = row, [new]
        for order, old in enumerate(last):
            factor = 4.0 ** (order + 1)
            row.append((factor * row[order] - old) / (factor - 1.0))
            error = max(norm(row[-1] - row[-2]), norm(row[-1] - old))
            if error < best.error:
                best = Difference(row[-1], error, h * 2 ** (order + 1))
        if len(last) > 1 and norm(row[-1] - last[-1]) > _STOP * best.error and level > _LEVELS // 2:
            break
    return best


def one_sided(function: Callable[..., Structure], args: tuple[Any, ...], direction: Structure) -> tuple[Vector, Vector]:
    """The derivatives along the direction seen from before and from after the point (NaN where there is none)."""
    here = value_at(function, args, direction, 0.0)
    found = []
    for sign in (-1.0, 1.0):
        near, far = (value_at(function, args, direction, sign * h) for h in (0.5e-6, 1e-6))
        if here is None or near is None or far is None:
            found.append(np.full(1, math.nan))
        else:
            found.append(sign * (4.0 * near - 3.0 * here - far) / 1e-6)
    return found[0], found[1]


def value_at(
    function: Callable[..., Structure], args: tuple[Any, ...], direction: Structure, h: float
) -> Vector | None:
    """The value at `args + h * direction`, flat; None where the function raises or is not finite."""
    try:
        with np.errstate(all="ignore"):
            value = flat(function(*moved(args, direction, h)))
    except (ArithmeticError, ValueError):
        return None
    return value if np.isfinite(value).all() else None


# ---- structures ---------------------------------------------------------------------------------------------


def is_float(value: object) -> bool:
    if isinstance(value, np.ndarray):
        return str(value.dtype.kind) == "f"
    return isinstance(value, float | np.floating)


def mapped(function: Callable[..., Any], *structures: Structure) -> Structure:
    """The function on the leaves of structures of one form."""
    first = structures[0]
    if isinstance(first, tuple):
        items = [mapped(function, *parts) for parts in zip(*structures, strict=True)]
        return type(first)(*items) if hasattr(first, "_fields") else tuple(items)
    return function(*structures)


def leaves(structure: Structure) -> list[Any]:
    if isinstance(structure, tuple):
        return [leaf for item in structure for leaf in leaves(item)]
    return [structure]


def flat(structure: Structure) -> Vector:
    """Every float of the structure in one vector of float64, as a copy."""
    found = [np.array(leaf, dtype=np.float64).ravel() for leaf in leaves(structure) if is_float(leaf)]
    return np.concatenate(found) if found else np.zeros(0)


def norm(vector: Vector) -> float:
    size = float(np.max(np.abs(vector), initial=0.0))
    return size * float(np.linalg.norm(vector / size)) if 0.0 < size < math.inf else size


def copied(structure: Structure) -> Structure:
    """With arrays copied in their own memory order."""
    return mapped(lambda leaf: leaf.copy(order="K") if isinstance(leaf, np.ndarray) else leaf, structure)


def widened(structure: Structure) -> Structure:
    """A copy with float64 for every float, so that differences mean something."""

    def wide(leaf: Any) -> Any:
        if not is_float(leaf):
            return leaf.copy(order="K") if isinstance(leaf, np.ndarray) else leaf
        return leaf.astype(np.float64, order="K", copy=True) if isinstance(leaf, np.ndarray) else float(leaf)

    return mapped(wide, structure)


def moved(args: tuple[Any, ...], direction: Structure, h: float) -> tuple[Any, ...]:
    """Fresh arguments at `args + h * direction`."""

    def move(arg: Any, along: Any) -> Any:
        if along is None:
            return copied(arg)
        if isinstance(arg, tuple):
            items = [move(item, part) for item, part in zip(arg, along, strict=True)]
            return type(arg)(*items) if hasattr(arg, "_fields") else tuple(items)
        if not isinstance(arg, np.ndarray):
            return type(arg)(arg + h * along)
        new = arg.copy(order="K")
        new += h * along
        return new

    return tuple(move(arg, along) for arg, along in zip(args, direction, strict=True))


def random_like(structure: Structure, rng: np.random.Generator, chosen: tuple[int, ...] | None = None) -> Structure:
    """A random structure of the dtypes and the size of the numbers in `structure`; None for what is not a float, and
    for the items that are not among `chosen`."""

    def draw(leaf: Any) -> Any:
        if not is_float(leaf):
            return None
        finite = np.abs(np.asarray(leaf, dtype=np.float64))
        size = float(np.sqrt(np.mean(finite**2))) if finite.size else 0.0
        size = size if 0.0 < size < math.inf else 1.0
        if isinstance(leaf, np.ndarray):
            return np.asarray(size * rng.normal(size=leaf.shape), dtype=leaf.dtype)
        return type(leaf)(size * rng.normal())

    if chosen is None:
        return mapped(draw, structure)
    return tuple(mapped(draw, item) if k in chosen else None for k, item in enumerate(structure))


def inner(left: Structure, right: Structure) -> float:
    """The inner product over the slots where both have numbers."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return math.fsum(inner(a, b) for a, b in zip(left, right, strict=True))
    if left is None or right is None or not is_float(left) or not is_float(right):
        return 0.0
    a, b = (np.asarray(leaf, dtype=np.float64).ravel() for leaf in (left, right))
    return float(np.dot(a, b))
