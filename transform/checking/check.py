"""The gradient check: differences as the referee of forward mode, forward mode as that of reverse mode.

In: a function and arguments.  Out: nothing, or a GradientCheckError that names the argument and the likely cause.  What
is compared, in this order:

    value       the derivative's value with the function's own
    forward     a Jacobian-vector product with central differences along random directions
    reverse     ⟨u, J v⟩ with ⟨Jᵀ u, v⟩
    second      H v with differences of the gradient, and the rates at which Taylor's remainders fall: h² and h³

A disagreement is then looked for element by element (a random subset where there are many), and `diagnosis` names the
cause.  (Griewank & Walther, chapter 3.)
"""
from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...runtime.trees import is_tree, packed, restored
from .. import api
from ..errors import TransformError
from ..reading.source import python_function
from ..structure import structured, ways
from . import diagnosis
from .diagnosis import Cause, GradientCheckError
from .differences import (
    Difference,
    Structure,
    copied,
    difference,
    flat,
    inner,
    is_float,
    leaves,
    norm,
    one_sided,
    random_like,
    value_at,
    widened,
)

Function = Callable[..., Any]
Route = tuple[int, ...]                 # positions from the arguments down to a leaf
_TRANSFORM: Any = api                   # what its functions return is callable, which its type does not say
_ELEMENTS = 24                          # of an argument that are compared with differences one by one
_ALL = 256                              # arguments up to this size are compared whole once something is wrong
_FLOOR = 1e-9                           # derivatives this small beside the value are beyond differences
_DOT = 1e-10                            # forward and reverse are one linear map up to rounding
_RATE = 0.4                             # how far a Taylor rate may fall short


def check_grads(
    f: Function,
    args: Sequence[Any],
    order: int = 2,
    modes: Sequence[str] = ("fwd", "rev"),
    argnums: int | str | Sequence[int | str] | None = None,
    *,
    gradient: Function | None = None,
    rtol: float | None = None,
    seed: int = 0,
) -> None:
    """Check the derivatives of `f` at `args`, and raise GradientCheckError at the first disagreement.

    `order` 2 checks Hessian-vector products too, where the result is one number.  `modes` are those to check;
    `argnums` as for `grad`, every float argument by default.  `gradient` is a gradient to check in place of Wengert's:
    it is called as `f` is and returns what ``grad(f, argnums)`` would (a tuple where several arguments are
    differentiated).  `rtol` is 1e-7 in float64 and 2e-3 in float32 where it is not given.  Large arguments are checked
    in random elements and along random directions drawn from `seed`.  Arguments are copied before every call.

    >>> def cube(x):
    ...     return x * x * x
    >>> check_grads(cube, (2.0,), gradient=lambda x: 3.0 * x * x)
    >>> check_grads(cube, (2.0,), gradient=lambda x: 6.0 * x * x)
    Traceback (most recent call last):
    wengert.transform.checking.diagnosis.GradientCheckError: the gradient disagrees with differences, argument `x`
      found     24
      expected  12
      relative error 5.0e-01
      likely cause: a factor 2 too many
    """
    if not set(modes) <= {"fwd", "rev"} or order not in (1, 2):
        raise ValueError("modes are 'fwd' and 'rev', order is 1 or 2")
    point = _point(f, args, argnums, rtol, seed)
    if gradient is not None:
        point.against_differences("the gradient disagrees with differences", packed(gradient(*map(restored, copied(point.args)))))
        return
    if "fwd" in modes:
        _check_forward(point)
    if "rev" in modes:
        _check_reverse(point, "fwd" in modes)
    if order == 2 and point.is_scalar:
        _check_second(point)


# ---- what is checked ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Point:
    """A function, where it is checked, and with respect to what."""

    function: Function
    plain: Function                     # the same for arguments as they are kept here
    args: tuple[Any, ...]
    names: tuple[str, ...]
    chosen: tuple[int, ...]
    single: bool                        # one argument that was given as such: the gradient is no tuple
    rtol: float
    rng: np.random.Generator

    @property
    def wide(self) -> tuple[Any, ...]:
        """Fresh arguments in float64."""
        found: tuple[Any, ...] = widened(self.args)
        return found

    @property
    def value(self) -> Structure:
        return self.plain(*copied(self.args))

    @property
    def is_scalar(self) -> bool:
        value = self.value
        return is_float(value) and np.ndim(value) == 0

    @property
    def argnums(self) -> int | tuple[int, ...]:
        return self.chosen[0] if self.single else self.chosen

    def direction(self) -> Structure:
        return random_like(self.args, self.rng, self.chosen)

    def slots(self, direction: Structure) -> Structure:
        """The slots of the chosen arguments alone, structured like the gradient."""
        parts = tuple(direction[k] for k in self.chosen)
        return parts[0] if self.single else parts

    def against_differences(self, what: str, gradient: Structure) -> None:
        """Compare the gradient of a scalar function with differences, argument by argument."""
        parts = (gradient,) if self.single else tuple(gradient)
        if len(parts) != len(self.chosen):
            raise ValueError(f"{len(parts)} gradients for {len(self.chosen)} arguments")
        for position, part in zip(self.chosen, parts, strict=True):
            for route, arg, found in _routes(self.args[position], part, (position,)):
                self._one_leaf(what, route, arg, found)

    def label(self, route: Route) -> str:
        """What the user calls a part of an argument."""
        value, text = self.args[route[0]], self.names[route[0]]
        for k in route[1:]:
            text += ways(structured(value))[k]
            value = value[k]
        return text

    def _one_leaf(self, what: str, route: Route, arg: Any, part: Any) -> None:
        name = self.label(route)
        if np.shape(part) != np.shape(arg):
            raise GradientCheckError(what, diagnosis.shape(np.shape(part), np.shape(arg)), name)
        found = np.asarray(part, dtype=np.float64)
        places = list(np.ndindex(found.shape))
        order = [places[k] for k in self.rng.permutation(len(places))]
        expected, errors = np.full(found.shape, math.nan), 0.0
        for place in order[:_ELEMENTS]:
            expected[place], error = self._element(route, place)
            errors = max(errors, error)
        known = ~np.isnan(expected)
        if self.agree(found[known], expected[known], errors, self._size(arg)):
            if not known.all():
                self._all_together(what, route, found)
            return
        for place in order[_ELEMENTS:] if len(order) <= _ALL else []:
            expected[place], _ = self._element(route, place)
        known = ~np.isnan(expected)
        cause = self._kink(route, found, expected) or diagnosis.numbers(found, expected, known)
        if not known.all():
            found, expected = found[known], expected[known]
        raise GradientCheckError(what, cause, name, found, expected)

    def _all_together(self, what: str, route: Route, found: Any) -> None:
        """A gradient of many elements along a random direction."""
        arg = _at(self.wide, route)
        v = widened(random_like(arg, self.rng))
        expected = difference(self.plain, self.wide, _only(self.args, route, v))
        along = np.atleast_1d(inner(found, v))
        if not self.agree(along, expected.value, expected.error):
            cause = Cause("some elements", f"wrong in elements beyond the {_ELEMENTS} that were compared one by one")
            what = f"{what} along a random direction"
            raise GradientCheckError(what, cause, self.label(route), along, expected.value)

    def _unit(self, route: Route, place: tuple[int, ...]) -> tuple[Structure, float]:
        """The direction of one element, as long as the argument is large."""
        arg = _at(self.wide, route)
        size = self._size(arg)
        if not isinstance(arg, np.ndarray):
            along: Any = size
        else:
            along = np.zeros(arg.shape)
            along[place] = size
        return _only(self.args, route, along), size

    def _size(self, arg: Any) -> float:
        arg = np.abs(np.asarray(arg, dtype=np.float64))
        size = float(np.sqrt(np.mean(arg**2))) if arg.size else 1.0
        return size if 0.0 < size < math.inf else 1.0

    def _element(self, route: Route, place: tuple[int, ...]) -> tuple[float, float]:
        direction, size = self._unit(route, place)
        found = difference(self.plain, self.wide, direction)
        return float(found.value[0]) / size, found.error / size

    def _kink(self, route: Route, found: Any, expected: Any) -> Cause | None:
        """Are the one-sided derivatives different where the disagreement is largest?"""
        gap = np.nan_to_num(np.abs(found - expected), nan=-1.0)
        place = np.unravel_index(int(np.argmax(gap)), gap.shape) if gap.ndim else ()
        direction, size = self._unit(route, tuple(map(int, place)))
        before, after = (float(side[0]) / size for side in one_sided(self.plain, self.wide, direction))
        if not abs(before - after) > 1e-4 * max(abs(before), abs(after)):
            return None
        return diagnosis.kink(before, after)

    def agree(self, found: Any, expected: Any, error: float, size: float = 1.0) -> bool:
        """Within the tolerance, as far as differences can tell; `size` is that of the step."""
        scale = max(norm(np.ravel(found)), norm(np.ravel(expected)))
        floor = _FLOOR * norm(flat(self.value)) / size
        allowed = self.rtol * scale + min(10.0 * error, 1e-4 * scale) + floor
        return bool(norm(np.ravel(found) - np.ravel(expected)) <= allowed)


def _routes(arg: Any, part: Any, route: Route) -> Iterator[tuple[Route, Any, Any]]:
    """The floats of an argument with the way there and their part of a gradient."""
    if isinstance(arg, tuple):
        for k, (item, inside) in enumerate(zip(arg, part, strict=True)):
            yield from _routes(item, inside, (*route, k))
    elif is_float(arg):
        yield route, arg, part


def _at(structure: Structure, route: Route) -> Any:
    return structure if not route else _at(structure[route[0]], route[1:])


def _only(structure: Structure, route: Route, along: Any) -> Structure:
    """A direction in which one leaf moves alone."""
    if not route:
        return along
    return tuple(_only(item, route[1:], along) if k == route[0] else None for k, item in enumerate(structure))


def _point(f: Function, args: Sequence[Any], argnums: Any, rtol: float | None, seed: int) -> _Point:
    names, defaults = _parameters(f)
    missing = max(len(names) - len(args), 0)
    given = packed((*args, *defaults[len(defaults) - missing :]))
    plain = (lambda *args: packed(f(*map(restored, args)))) if any(map(is_tree, args)) else f
    names += tuple(f"argument {k}" for k in range(len(names), len(given)))
    if argnums is None:
        chosen = tuple(k for k, arg in enumerate(given) if any(map(is_float, leaves(arg))))
    else:
        asked = [argnums] if isinstance(argnums, int | str) else list(argnums)
        chosen = tuple(names.index(item) if isinstance(item, str) else item % len(given) for item in asked)
    if not chosen:
        raise ValueError("no argument is a float")
    single = isinstance(argnums, int | str) or (argnums is None and len(chosen) == 1)
    is_short = any(np.asarray(leaf).dtype == np.float32 for k in chosen for leaf in leaves(given[k]) if is_float(leaf))
    tolerance = rtol if rtol is not None else 2e-3 if is_short else 1e-7
    return _Point(f, plain, copied(given), names, chosen, single, tolerance, np.random.default_rng(seed))


def _parameters(f: Function) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Names and defaults; nothing for a callable that is no function."""
    try:
        function = python_function(f)
    except TransformError:
        return (), ()
    code = function.__code__
    return code.co_varnames[: code.co_argcount], function.__defaults__ or ()


# ---- the comparisons --------------------------------------------------------------------------------------------


def _check_value(point: _Point, value: Structure, what: str) -> None:
    expected = flat(point.value)
    if not point.agree(flat(value), expected, 0.0):
        cause = Cause("value", "the forward sweep computes another value than the function; a plain Python function "
                      "may mean something else to Numba than to NumPy: pass njit(f)")  # fmt: skip
        raise GradientCheckError(f"{what} returns another value", cause, "", flat(value), expected)


def _check_forward(point: _Point) -> None:
    push = _TRANSFORM.jvp(point.function)
    for _ in range(2):
        v = point.direction()
        value, tangent = push(copied(point.args), v)
        _check_value(point, value, "forward mode")
        expected = difference(point.plain, point.wide, widened(v))
        found = flat(tangent)
        if not point.agree(found, expected.value, expected.error):
            _localise_forward(point, push)
            raise GradientCheckError("forward mode disagrees with differences along a random direction",
                                     _along(point, v, found, expected), "", found, expected.value)  # fmt: skip


def _localise_forward(point: _Point, push: Any) -> None:
    """The same, one argument at a time: raise for the one that is wrong."""
    for position in point.chosen:
        v = random_like(point.args, point.rng, (position,))
        found = flat(push(copied(point.args), v)[1])
        expected = difference(point.plain, point.wide, widened(v))
        if not point.agree(found, expected.value, expected.error):
            raise GradientCheckError("forward mode disagrees with differences", _along(point, v, found, expected),
                                     point.names[position], found, expected.value)  # fmt: skip


def _along(point: _Point, v: Structure, found: Any, expected: Difference) -> Cause:
    before, after = one_sided(point.plain, point.wide, widened(v))
    if np.isnan(before).any() or np.isnan(after).any():
        return Cause("edge", "the point lies at the edge of where the function is finite")
    if norm(before - after) > 1e-4 * max(norm(before), norm(after)):
        worst = int(np.argmax(np.abs(before - after)))
        return diagnosis.kink(float(before[worst]), float(after[worst]))
    return diagnosis.numbers(found, expected.value, np.ones(found.shape, dtype=bool))


def _check_reverse(point: _Point, has_forward: bool) -> None:
    """Scalar functions by their gradient, others by a random combination of what they return."""
    v = point.direction()
    if point.is_scalar:
        value, gradient = _TRANSFORM.value_and_grad(point.function, point.argnums)(*copied(point.args))
        _check_value(point, value, "reverse mode")
        if has_forward:
            tangent = _TRANSFORM.jvp(point.function)(copied(point.args), v)[1]
            size = norm(flat(gradient)) * norm(flat(v))
            if _is_transpose(point, inner(gradient, point.slots(v)), float(tangent), size):
                return
        point.against_differences("reverse mode disagrees with differences", gradient)
        return
    u = random_like(point.value, point.rng)
    value, gradients = _TRANSFORM.vjp(point.function)(copied(point.args), u)
    _check_value(point, value, "reverse mode")
    if has_forward:
        tangent = _TRANSFORM.jvp(point.function)(copied(point.args), v)[1]
        size = norm(flat(u)) * norm(flat(tangent)) + norm(flat(gradients)) * norm(flat(v))
        if _is_transpose(point, inner(gradients, v), inner(u, tangent), size):
            return

    def combined(*args: Any) -> float:
        return inner(widened(u), point.plain(*args))

    whole = _Point(combined, combined, point.args, point.names, point.chosen, False, point.rtol, point.rng)
    whole.against_differences("reverse mode disagrees with differences", tuple(gradients[k] for k in point.chosen))


def _is_transpose(point: _Point, by_reverse: float, by_forward: float, size: float) -> bool:
    tolerance = _DOT if point.rtol < 1e-4 else point.rtol
    return abs(by_reverse - by_forward) <= tolerance * size


def _check_second(point: _Point) -> None:
    v = point.direction()
    along = point.slots(v)
    first, *rest = copied(point.args)
    product = _TRANSFORM.hvp(point.function, point.argnums)(first, along, *rest)
    slope = _TRANSFORM.grad(point.function, point.argnums)
    gradient = slope(*copied(point.args))
    expected = difference(slope, point.wide, widened(v))
    found = flat(product)
    scale = max(norm(found), norm(expected.value), 1e-3 * norm(flat(gradient)))
    allowed = 10.0 * point.rtol * scale + min(10.0 * expected.error, 1e-4 * scale)
    if not norm(found - expected.value) <= allowed:
        cause = diagnosis.numbers(found, expected.value, np.ones(found.shape, dtype=bool))
        raise GradientCheckError("the Hessian-vector product disagrees with differences of the gradient",
                                 cause, "", found, expected.value)  # fmt: skip
    if all(np.asarray(leaf).dtype == np.float64 for leaf in leaves(point.slots(point.args)) if is_float(leaf)):
        _check_rates(point, v, inner(gradient, along), inner(product, along))


def _check_rates(point: _Point, v: Structure, slope: float, curvature: float) -> None:
    """Taylor's remainders fall as h² with the gradient and as h³ with the Hessian as well."""
    start = min(difference(point.plain, point.wide, v).step, 0.02)
    steps = [start / 2**k for k in range(5)]
    here, *values = (value_at(point.plain, point.wide, v, h) for h in (0.0, *steps))
    if here is None or any(value is None for value in values):
        return
    for order, name in ((1, "gradient"), (2, "Hessian")):
        remainders = [
            abs(float(value[0] - here[0]) - h * slope - (0.5 * h * h * curvature if order == 2 else 0.0))
            for h, value in zip(steps, values, strict=True) if value is not None
        ]
        noise = 1e-13 * max(abs(float(here[0])), abs(steps[0] * slope), 1e-300)
        rates = [math.log2(a / b) for a, b in itertools.pairwise(remainders) if min(a, b) > noise]
        if rates and max(rates) < order + 1 - _RATE:
            cause = Cause("rate", f"the remainder falls as h^{max(rates):.1f}, not as h^{order + 1}: the {name} is "
                          "wrong along this direction, or the function is not smooth there")  # fmt: skip
            raise GradientCheckError(f"Taylor's remainder with the {name} falls too slowly", cause)
