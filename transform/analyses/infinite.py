"""What may be infinite although the arguments are ordinary numbers: values, and the derivatives of values that are not.

A value overflows after `exp` and its kin, and has a pole after `log`, a negative power or the gamma function; so may all that
is computed from it, until a function is taken that is bounded there (the sine of Inf is NaN).  Quotients of numbers do not
count: in Numba a division by zero raises.  A tangent is infinite at a finite value after a root, a fractional power or an
inverse sine, an adjoint before one.  Zero times such a factor is zero by convention, and derivative code has to compute it so:
`0.0 * sqrt(x)` at 0, `sqrt(x * x)` at 0, `1 / (1 + exp(-x))` at −1000.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from ..ir import Accumulate, Array, Assign, Call, Const, Function, Load, Operand, Statement, Store, Var, is_float
from ..walk import walk, written
from .activity import active_args, returned
from .aliases import Aliases
from .positive import positive

_POWERS = {"**", "pow", "np.power", "math.pow", "dpow", "dpow_y"}
_ROOTS = {"np.sqrt", "math.sqrt"}
_QUOTIENTS = {"/", "np.divide"}
_STEEP = _POWERS | _ROOTS | {
    "np.cbrt", "math.cbrt", "np.arcsin", "math.asin", "np.arccos", "math.acos",
    "np.arccosh", "math.acosh", "np.arctanh", "math.atanh",
}  # fmt: skip
_UNBOUNDED = _POWERS | {
    "np.exp", "math.exp", "np.exp2", "math.exp2", "np.expm1", "math.expm1", "np.sinh", "math.sinh", "np.cosh", "math.cosh",
    "np.log", "math.log", "np.log2", "math.log2", "np.log10", "math.log10", "np.log1p", "math.log1p",
    "np.arctanh", "math.atanh", "math.gamma", "math.lgamma", "digamma", "polygamma", "np.reciprocal", "np.divide",
}  # fmt: skip
_BOUNDED = {
    "np.tanh", "math.tanh", "np.arctan", "math.atan", "np.arctan2", "math.atan2", "math.erf", "math.erfc", "np.sign",
}  # fmt: skip

Places = Callable[[Operand], frozenset[str]]
Flow = Callable[[Statement, set[str]], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Infinite:
    """Names: numbers, arrays and their roots."""

    values: frozenset[str]
    derivatives: frozenset[str]         # of finite values: tangents in forward mode, adjoints in reverse mode
    sure: frozenset[str]                # what is never near zero

    def value(self, operand: Operand) -> bool:
        return isinstance(operand, Var) and operand.name in self.values

    def derivative(self, operand: Operand) -> bool:
        return isinstance(operand, Var) and operand.name in self.derivatives

    def regular(self, s: Assign) -> bool:
        """Is it a quotient, a root or a power that has no infinite slope here?"""
        return _regular(s, self.sure)


@dataclass(frozen=True, slots=True)
class Around:
    """What may come back from routines, and into them: is there a source of infinite values, or derivatives, in any of them?"""

    values: bool = False
    derivatives: bool = False


def around(functions: Iterable[Function]) -> Around:
    """What routines that call each other may hand on."""
    values = derivatives = False
    for function in functions:
        sure = positive(function)
        assigned = [s for s in walk(function.body) if isinstance(s, Assign)]
        values |= any(_is_unbounded(s, function, sure) for s in assigned)
        derivatives |= any(_is_steep(s, sure) for s in assigned)
    return Around(values, derivatives)


def infinite(
    function: Function, memory: Aliases, mode: Literal["forward", "reverse"], called: Around = Around(), entered: Around = Around()
) -> Infinite:
    """Numbers are judged by name, arrays by any of their roots.  `called`: what routines may return, `entered`: what
    parameters (the adjoints of results) may be."""

    def places(operand: Operand) -> frozenset[str]:
        if not isinstance(operand, Var) or not is_float(function.types.get(operand.name)):
            return frozenset()
        return memory.of(operand.name) if isinstance(function.types[operand.name], Array) else frozenset([operand.name])

    def moving(s: Assign) -> set[str]:
        return {place for arg, moves in zip(s.args, active_args(s), strict=False) if moves for place in places(arg)}

    def steep(s: Assign, found: set[str]) -> bool:
        return _is_steep(s, sure) or bool(moving(s) & found)

    def unbounded(s: Assign, found: set[str]) -> bool:
        return _is_unbounded(s, function, sure) or (s.op not in _BOUNDED and any(places(arg) & found for arg in s.args))

    def onwards(becomes: Callable[[Assign, set[str]], bool], called: bool) -> Flow:
        return lambda s, found: _onwards(s, places, becomes, called, found)

    def backwards(s: Statement, found: set[str]) -> Iterable[str]:
        return _backwards(s, places, moving, lambda s: _is_steep(s, sure), called.derivatives, found)

    sure = positive(function)
    params = {place for param in function.params for place in places(param)}
    results = {place for value in returned(function) for place in places(value)}
    by = onwards(steep, called.derivatives) if mode == "forward" else backwards
    ends = params if mode == "forward" else params | results      # (what a routine writes into is a result of it, too)
    return Infinite(
        _closure(function, memory, onwards(unbounded, called.values), params if entered.values else set()),
        _closure(function, memory, by, ends if entered.derivatives else set()),
        sure,
    )


def _is_steep(s: Assign, sure: frozenset[str]) -> bool:
    """Has it an infinite slope somewhere?  `sure`: names of what is never near zero."""
    return s.op in _STEEP and not _polynomial(s) and not _regular(s, sure)


def _is_unbounded(s: Assign, function: Function, sure: frozenset[str]) -> bool:
    array = isinstance(function.types.get(s.target.name), Array)
    pole = (s.op in _UNBOUNDED and not _gentle(s)) or (s.op == "/" and array)
    return pole and not _regular(s, sure)


def _regular(s: Assign, sure: frozenset[str]) -> bool:
    """A quotient by what is never near zero, a root or a power of it."""
    if s.op in _QUOTIENTS:
        return _is_sure(s.args[1], sure)
    exponent = 0.5 if s.op in _ROOTS else _exponent(s)
    return exponent is not None and exponent >= -3 and _is_sure(s.args[0], sure)


def _is_sure(operand: Operand, sure: frozenset[str]) -> bool:
    return isinstance(operand, Var) and operand.name in sure


def _closure(function: Function, memory: Aliases, flow: Flow, found: set[str]) -> frozenset[str]:
    """The names that are found as long as statements add to those that are known."""
    changed = True
    while changed:
        before = len(found)
        for s in walk(function.body):
            found |= set(flow(s, found))
        changed = len(found) != before
    return frozenset(found | {name for name, roots in memory.roots.items() if roots & found})


def _onwards(
    s: Statement, places: Places, becomes: Callable[[Assign, set[str]], bool], called: bool, found: set[str]
) -> Iterable[str]:
    """What a statement makes infinite, which `becomes` tells of assignments; `called`: results of routines count."""
    match s:
        case Assign(target) if becomes(s, found):
            return places(target)
        case Load(target, array) if places(array) & found:
            return places(target)
        case Store(array, _, value) | Accumulate(array, _, value) if places(value) & found:
            return places(array)
        case Call(targets) if called:
            return [place for var in (*targets, *written(s)) for place in places(var)]
        case _:
            return ()


def _backwards(
    s: Statement, places: Places, moving: Callable[[Assign], set[str]], steep: Callable[[Assign], bool], called: bool,
    found: set[str],
) -> Iterable[str]:  # fmt: skip
    """Whose adjoints a statement makes infinite; `called`: those of arguments of routines count."""
    match s:
        case Assign(target) if steep(s) or places(target) & found:
            return moving(s)
        case Load(target, array) if places(target) & found:
            return places(array)
        case Store(array, _, value) | Accumulate(array, _, value) if places(array) & found:
            return places(value)
        case Call(_, _, args) if called:
            return [place for arg in args for place in places(arg)]
        case _:
            return ()


def _exponent(s: Assign) -> int | float | None:
    """The exponent of a power, if it is a literal."""
    exponent = s.args[1] if s.op in _POWERS else None
    return exponent.value if isinstance(exponent, Const) and isinstance(exponent.value, int | float) else None


def _polynomial(s: Assign) -> bool:
    exponent = _exponent(s)
    return exponent is not None and exponent >= 0 and float(exponent).is_integer()


def _gentle(s: Assign) -> bool:
    """A power without a pole."""
    exponent = _exponent(s)
    return exponent is not None and exponent >= 0
