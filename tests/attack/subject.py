"""One program ready for its oracles: loaded, run in several kinds of numbers, and derived."""

from __future__ import annotations

import ast
import copy
import linecache
from collections.abc import Callable
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np
from numba import typeof
from numpy.lib.stride_tricks import as_strided

from tests import oracles
from tests.attack import numerics
from tests.attack.bound import unbound
from tests.attack.effects import Effects, watched
from tests.attack.numerics import Numerics, Trace
from tests.attack.programs import Program
from wengert.transform import pipeline
from wengert.transform.interface import Packed
from wengert.transform.ir import Function
from wengert.transform.reading import locate
from wengert.transform.switches import without

Numbers = np.ndarray[Any, Any]
NARGS = 3                               # x, m and y are floats, and the others are not
STEP = 1e-30                            # of complex steps


def flat(structure: Any) -> Numbers:
    """All numbers of a structure, in whatever kind they are."""
    found = [np.ravel(np.asarray(leaf)) for leaf in leaves(structure)]
    return np.concatenate(found) if found else np.zeros(0)


def leaves(structure: Any) -> list[Any]:
    if structure is None:
        return []
    if isinstance(structure, tuple):
        return [leaf for part in structure for leaf in leaves(part)]
    return [structure]


class Subject:
    def __init__(self, program: Program, name: str) -> None:
        self.program, self.args, self.file = program, program.args, f"<attack {name}>"
        linecache.cache[self.file] = (len(program.text), None, program.text.splitlines(keepends=True), self.file)
        self.module = ModuleType(name)
        exec(compile(program.text, self.file, "exec"), vars(self.module))
        rng = np.random.default_rng(sum(program.choices))
        self.v, self.w = (oracles.random_like(self.args, rng) for _ in range(2))
        self._lists: dict[str, Function] = {}

    def forget(self) -> None:
        """Nothing of the program stays in the caches of this process."""
        linecache.cache.pop(self.file, None)
        locate._FOUND.clear()

    # ---- the primal --------------------------------------------------------------------------------------------

    @cached_property
    def code(self) -> Any:
        return numerics.rewritten(self.program.text)

    def run(self, dtype: Any, args: tuple[Any, ...], entry: str = "program") -> tuple[Any, Trace]:
        """The value and the trace of the primal, with these numbers."""
        value, trace, _ = self.watched(dtype, args, entry)
        return value, trace

    def watched(self, dtype: Any, args: tuple[Any, ...], entry: str = "program") -> tuple[Any, Trace, Effects]:
        """The same with the effects."""
        numbers = Numerics(dtype)
        function = numbers.load(self.code)[entry]
        value, effects = watched(lambda: function(*args))
        return oracles.copied(value), numbers.trace, effects

    @cached_property
    def largest(self) -> float:
        """Of all numbers that the primal stores: what cancels against it leaves nothing of smaller ones."""
        numbers = Numerics(np.float64)
        watched(lambda: numbers.load(self.code)["program"](*self.fresh()))
        return numbers.largest

    @cached_property
    def value(self) -> Any:
        return self.reference[0]

    @cached_property
    def reference(self) -> tuple[Any, Trace, Effects]:
        return self.watched(np.float64, self.fresh())

    @cached_property
    def u(self) -> Any:
        return oracles.random_like(self.value, np.random.default_rng(7))

    def fresh(self, y: float | None = None) -> tuple[Any, ...]:
        """The arguments, in memory of their own and in their layout."""
        x, m, third, n = self.args
        if y is not None:
            third = third._replace(first=y) if isinstance(third, tuple) else y
        return in_memory_of_their_own((x, m, third, n))

    def overlapping(self) -> tuple[Any, ...]:
        """The arguments with one element in common: the last of x is the first of m."""
        x, m, third, n = self.fresh()
        base = np.zeros(2 * x.size + 2 * m.size)
        first, *_ = forwards = np.abs(x.strides)
        rest = base[(len(x) - 1) * first // base.itemsize :]
        shared = as_strided(base, x.shape, forwards), as_strided(rest, m.shape, np.abs(m.strides))
        shared[0][...], shared[1][...] = x, np.where(np.arange(m.size).reshape(m.shape) > 0, m, x[-1])
        return *shared, third, n

    def elsewhere(self) -> Subject:
        """The same program at other arguments of the same types: signs and order change, and with them the ways it takes."""
        x, m, y, n = self.fresh()
        other = copy.copy(self)
        for name in ("value", "reference", "u", "largest"):
            vars(other).pop(name, None)
        x[...] = -1.3 * x[::-1]
        m[...] = 0.9 * m[::-1, ::-1]
        other.args = x, m, oracles.mapped(lambda old: 0.4 - 1.3 * old, y), n - 1
        return other

    def moved(self, step: Any, along: Any) -> tuple[Any, ...]:
        """The arguments moved by step * along, in the kind of number that `step` is."""
        x, m, y, n = self.args
        a, b, c, _ = along
        return x + step * a, _like(m, m + step * b), oracles.mapped(lambda old, by: old + step * by, y, c), n

    # ---- derivatives --------------------------------------------------------------------------------------------

    def jvp(self) -> Packed:
        return pipeline.jacobian_vector(self.module.program, (typeof(self.declared(self.args)), typeof(self.declared(self.v))))

    def vjp(self) -> Packed:
        return pipeline.vector_jacobian(self.module.program, (typeof(self.declared(self.args)), typeof(self.u)))

    def hvp(self) -> Packed:
        total = getattr(self.module, "total", self.module.program)
        x, m, y, n = self.declared(self.args)
        v = typeof(self.declared(self.v)[:NARGS])
        return pipeline.hessian_vector(total, (typeof(x), v, *map(typeof, (m, y, n))), tuple(range(NARGS)))

    def declared(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Arguments, or tangents of them, in the types that the program is differentiated for: some of them float32."""
        return tuple(_as(arg, np.float32) if place in self.program.single else arg for place, arg in enumerate(args))

    def derived(self, product: str, off: tuple[str, ...] = ()) -> Derived:
        with without(*off):
            return Derived(getattr(self, product)(), bool(self.program.single))


class Derived:
    """A derivative as text, and as Python; `effects`: those of the last call; `unbound`: names that the text may read too early.
    One that is `mixed`, of float32 and float64, is computed in float64 throughout, where errors are not lost in rounding."""

    effects: Effects = ()

    def __init__(self, packed: Packed, mixed: bool) -> None:
        self.mixed = mixed
        self.written = pipeline.write(packed, {})
        self.unbound = unbound(packed, self.written.text)

    @cached_property
    def python(self) -> Callable[..., Any]:
        function = Numerics(np.float64).load(self.code, self.written.injected)[self.written.entry] if self.mixed else self.plain

        def called(*args: Any) -> Any:
            value, self.effects = watched(lambda: function(*args))
            return value

        return called

    @cached_property
    def plain(self) -> Callable[..., Any]:
        text = "\n".join("" if line.startswith("@njit") else line for line in self.written.text.split("\n"))
        tree = ast.fix_missing_locations(numerics.Stores().visit(ast.parse(text)))
        namespace: dict[str, Any] = dict(self.written.injected) | {"_apart": numerics.apart}
        exec(compile(tree, self.written.entry, "exec"), namespace)
        function: Callable[..., Any] = namespace[self.written.entry]
        return function

    @cached_property
    def code(self) -> Any:
        return numerics.rewritten(self.written.text)

    def run(self, dtype: Any, args: tuple[Any, ...]) -> Any:
        """The derivative with these numbers, tangents and cotangents, too."""
        function = Numerics(dtype).load(self.code, self.written.injected)[self.written.entry]
        return watched(lambda: function(*oracles.mapped(lambda old: _as(old, dtype), args)))[0]


def in_memory_of_their_own(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Copies of x, m, y and n, in their layout."""
    x, m, third, n = args
    return spaced(x), spaced(m), oracles.copied(third), n


def spaced(a: Numbers) -> Numbers:
    """A copy in the layout of the original, strides included."""
    return _like(a, a.copy())


def _as(old: Any, dtype: Any) -> Any:
    """A float, or an array of floats, in these numbers."""
    if isinstance(old, np.ndarray):
        return _like(old, old.astype(dtype)) if old.dtype.kind == "f" and old.dtype != dtype else old
    return dtype(old) if isinstance(old, float) else old


def _like(old: Numbers, new: Numbers) -> Numbers:
    if old.flags.c_contiguous:
        return np.asarray(new, order="C")
    if old.flags.f_contiguous:
        return np.asfortranarray(new)
    laid_out = np.zeros((2 * old.shape[0], *old.shape[1:]), new.dtype)[:: 2 if old.strides[0] > 0 else -2]
    laid_out[...] = new
    return laid_out


def frozen(args: Any) -> Any:
    """The same arguments; no array of them can be written from now on."""
    for leaf in leaves(args):
        if isinstance(leaf, np.ndarray):
            leaf.flags.writeable = False
    return args
