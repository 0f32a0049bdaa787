"""What derivatives are measured against: differences, the dot-product test, the symmetry of Hessians.

Values are structures: a float, an array, None (inactive), or a tuple or namedtuple of structures. In: functions and
structures. Out: structures and gaps, which are norms of a disagreement relative to the norms of what is compared.
"""

from __future__ import annotations

import itertools
import types
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
from numba import njit
from numba.extending import is_jitted

Structure = Any
Function = Callable[..., Any]


def is_float(value: Structure) -> bool:
    """Whether a leaf is a float scalar or an array of floats."""
    if isinstance(value, np.ndarray):
        return bool(value.dtype.kind == "f")
    if isinstance(value, list):
        return bool(value) and all(map(is_float, value))
    return isinstance(value, float | np.floating)


def rebuilt(like: tuple[Any, ...], parts: Iterable[Structure]) -> tuple[Structure, ...]:
    """A tuple of `parts`, which is a namedtuple where `like` is one."""
    return type(like)(*parts) if hasattr(like, "_fields") else tuple(parts)


def mapped(function: Function, *structures: Structure) -> Structure:
    """`function` on the leaves; None where the first structure has None."""
    first = structures[0]
    if first is None:
        return None
    if isinstance(first, tuple):
        return rebuilt(first, [mapped(function, *parts) for parts in zip(*structures, strict=True)])
    return function(*structures)


def leaves(structure: Structure) -> list[np.ndarray[Any, Any]]:
    """Every leaf as a flat array of float64."""
    if structure is None:
        return []
    if isinstance(structure, tuple):
        return [leaf for part in structure for leaf in leaves(part)]
    return [np.asarray(structure, dtype=np.float64).ravel()]


def flat(structure: Structure) -> np.ndarray[Any, Any]:
    found = leaves(structure)
    return np.concatenate(found) if found else np.zeros(0)


def inner(a: Structure, b: Structure) -> float:
    """The inner product of two structures; slots where either is None are left out."""
    if a is None or b is None:
        return 0.0
    if isinstance(a, tuple):
        return sum(inner(x, y) for x, y in zip(a, b, strict=True))
    return float(np.dot(flat(a), flat(b)))


def norm(structure: Structure) -> float:
    return float(np.linalg.norm(flat(structure)))


def relative_gap(found: Structure, expected: Structure, scale: float = 0.0) -> float:
    """The norm of the disagreement over that of the larger; `scale` is what counts as size where both vanish."""
    a, b = flat(found), flat(expected)
    if a.shape != b.shape:
        raise ValueError(f"{a.size} numbers against {b.size}")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return float("inf")
    size = max(float(np.linalg.norm(a)), float(np.linalg.norm(b)), scale)
    return float(np.linalg.norm(a - b)) / size if size > 0.0 else 0.0


def copied(args: Structure) -> Structure:
    """Copies of arrays in their own memory order, so that a function may overwrite them."""

    def copy(leaf: Any) -> Any:
        return leaf.copy(order="K") if isinstance(leaf, np.ndarray) else list(leaf) if isinstance(leaf, list) else leaf

    return mapped(copy, args)


def promoted(args: Structure) -> Structure:
    """The same arguments with float64 for float32, so that differences mean something."""

    def widen(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray) and leaf.dtype == np.float32:
            return leaf.astype(np.float64)
        return float(leaf) if isinstance(leaf, np.float32) else leaf

    return mapped(widen, args)


def assert_structured_like(found: Structure, model: Structure) -> None:
    """The same tuples, shapes and dtypes of arrays; None where the model has None or what is not a float."""
    if isinstance(model, tuple):
        assert type(found) is type(model)
        for part, like in zip(found, model, strict=True):
            assert_structured_like(part, like)
    elif not is_float(model):
        assert found is None
    else:
        assert np.shape(found) == np.shape(model)
        if isinstance(model, np.ndarray):
            assert found.dtype == model.dtype


def random_like(structure: Structure, rng: np.random.Generator) -> Structure:
    """A random structure of norm 1 with the dtypes of `structure`; None for what is not a float."""

    def draw(leaf: Any) -> Any:
        if not is_float(leaf):
            return None
        if isinstance(leaf, np.ndarray):
            return np.asarray(rng.normal(size=leaf.shape), dtype=leaf.dtype)
        if isinstance(leaf, list):
            return rng.normal(size=len(leaf)).tolist()
        return type(leaf)(rng.normal())

    drawn = mapped(draw, structure)
    size = norm(drawn)

    def scale(leaf: Any) -> Any:
        if isinstance(leaf, list):
            return [float(item / size) for item in leaf]
        return np.asarray(leaf / leaf.dtype.type(size)) if isinstance(leaf, np.ndarray) else type(leaf)(leaf / size)

    return mapped(scale, drawn)


def moved(args: Structure, direction: Structure, step: float) -> Structure:
    """`args + step * direction` in the layout of `args`; slots where the direction is None stay as they are."""
    if direction is None:
        return copied(args) if isinstance(args, tuple | np.ndarray) else args
    if isinstance(args, tuple):
        return rebuilt(args, [moved(arg, along, step) for arg, along in zip(args, direction, strict=True)])
    if isinstance(args, list):
        return [item + step * by for item, by in zip(args, direction, strict=True)]
    if isinstance(args, np.ndarray):
        result = np.copy(args, order="K")
        result += step * direction
        return result
    return args + step * direction


def directional_difference(
    function: Function, args: tuple[Any, ...], direction: Structure, step: float = 4e-3
) -> Structure:
    """The derivative of `function` along `direction`: central differences at h, h/2, h/4, extrapolated to order 6.

    `function` may overwrite its arguments: every call gets copies. Arguments should be float64.
    """
    table: list[Structure] = []
    for level in range(3):
        h = step / 2**level
        above = copied(function(*moved(args, direction, h)))
        below = copied(function(*moved(args, direction, -h)))
        table.append(mapped(lambda a, b, h=h: np.subtract(a, b) / (2.0 * h) if is_float(a) else None, above, below))
    for order in (4.0, 16.0):
        table = [mapped(lambda a, b, o=order: b + (b - a) / (o - 1.0), *pair) for pair in itertools.pairwise(table)]
    return table[0]


def difference_gradient(
    function: Function, args: tuple[Any, ...], argnums: tuple[int, ...], step: float = 4e-3
) -> tuple[Structure, ...]:
    """The gradient of a scalar function element by element, structured like the arguments."""

    def of(value: Structure, inside: Callable[[Structure], tuple[Structure, ...]]) -> Structure:
        """The partials for one argument or a part of it; `inside` puts a direction of the part where it belongs."""
        if isinstance(value, tuple):
            return rebuilt(value, [of(part, partial(_at, inside, value, i)) for i, part in enumerate(value)])
        if not is_float(value):
            return None
        partials = np.zeros(np.shape(value))
        for index in np.ndindex(partials.shape):
            unit = np.zeros(partials.shape)
            unit[index] = 1.0
            direction = inside(unit if isinstance(value, np.ndarray) else 1.0)
            partials[index] = directional_difference(function, args, direction, step)
        return partials

    return tuple(of(args[position], partial(_at, tuple, args, position)) for position in argnums)


def _at(outside: Callable[[Structure], Structure], whole: tuple[Any, ...], place: int, along: Structure) -> Structure:
    """A direction of `whole` that is `along` at one place and None at the others."""
    return outside(rebuilt(whole, [along if i == place else None for i in range(len(whole))]))


def dot_product_gap(u: Structure, jv: Structure, jtu: Structure, v: Structure) -> float:
    """|<u, Jv> - <J'u, v>| over |u||Jv| + |J'u||v|: forward and reverse are one linear map."""
    size = norm(u) * norm(jv) + norm(jtu) * norm(v)
    gap = abs(inner(u, jv) - inner(jtu, v))
    return gap / size if size > 0.0 else gap


def symmetry_gap(product: Function, u: Structure, v: Structure) -> float:
    """How far `product`, v -> Hv, is from symmetric along u and v."""
    hv = product(v)
    hu = product(u)
    return dot_product_gap(u, hv, hu, v)


def second_order_gap(product: Structure, gradient: Function, args: tuple[Any, ...], direction: Structure) -> float:
    """Hv against differences of the gradient along v; `direction` has one slot per argument.

    Where the Hessian vanishes along v, what is left is measured against a thousandth of the gradient.
    """
    expected = directional_difference(gradient, args, direction)
    return relative_gap(product, expected, scale=1e-3 * norm(gradient(*copied(args))))


def compiled_primal(function: Function) -> Function:
    """`function` under Numba's njit, with the plain functions that it calls compiled too."""
    return _deep_copy(function, True, {})


def interpreted_primal(function: Function) -> Function:
    """`function` run by the interpreter, with the jitted functions that it calls taken out of Numba."""
    return _deep_copy(function, False, {})


def _deep_copy(function: Function, compiled: bool, done: dict[Function, Function]) -> Function:
    """A function whose globals that are functions are compiled, or not, like itself; recursion finds `done`."""
    if compiled and is_jitted(function):
        return function
    if function in done:
        return done[function]
    plain = function.py_func if is_jitted(function) else function
    namespace = dict(plain.__globals__)
    copy = types.FunctionType(plain.__code__, namespace, plain.__name__, plain.__defaults__, plain.__closure__)
    copy.__kwdefaults__ = plain.__kwdefaults__
    done[function] = njit(copy) if compiled else copy
    for name in _global_names(plain.__code__):
        value = namespace.get(name)
        if isinstance(value, types.FunctionType) or is_jitted(value):
            namespace[name] = _deep_copy(value, compiled, done)
    return done[function]


def _global_names(code: types.CodeType) -> Iterable[str]:
    """Names of globals in a function and in the functions and lambdas inside of it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _global_names(constant)
