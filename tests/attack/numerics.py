"""Running a program in other numbers: complex for derivatives without differences, longdouble to see what rounding did.

The text is rewritten so that every comparison and every operation that selects goes through a function here.  That gives
three things: a *trace*, the outcomes of tests and selections in the order in which they are made; complex numbers that are
compared by their real parts, so that a complex step has the derivative of the branch taken; and Numba's meaning of
`a[1:] += a[:-1]`, which runs element by element.
"""

from __future__ import annotations

import ast
import builtins
import math
import operator
import random
from collections.abc import Callable, Mapping
from functools import partial, reduce
from typing import Any

import numpy as np

from tests.attack import special
from tests.attack.operators import BINARY, COMPARE, IN_PLACE
from tests.attack.order import in_order
from wengert import runtime

Trace = list[Any]


class Stores(ast.NodeTransformer):
    """An array that is stored into an array is copied first, as Numba does: NumPy reads `a[::2] = a[:3]` while it writes."""

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        self.generic_visit(node)
        if isinstance(node.targets[0], ast.Subscript) and not isinstance(node.value, ast.Constant):
            node.value = ast.Call(ast.Name("_apart", ast.Load()), [node.value], [])
        return node


def apart(value: Any) -> Any:
    """What `Stores` calls."""
    return value.copy() if isinstance(value, np.ndarray) else value


class _Rewrite(Stores):
    """Comparisons and augmented assignments become calls; decorators and imports go."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.ops[0], ast.Is | ast.IsNot):
            return node
        operands = [node.left, *node.comparators]
        tests: list[ast.expr] = [
            ast.Call(ast.Name("_compare", ast.Load()), [ast.Constant(type(op).__name__), left, right], [])
            for op, left, right in zip(node.ops, operands, operands[1:], strict=False)
        ]
        return tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        called = {ast.FloorDiv: "_floor", ast.Mod: "_rest"}.get(type(node.op))
        return ast.Call(ast.Name(called, ast.Load()), [node.left, node.right], []) if called else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        self.generic_visit(node)
        op = ast.Constant(type(node.op).__name__)
        if isinstance(node.target, ast.Name):
            old = ast.Name(node.target.id, ast.Load())
            call = ast.Call(ast.Name("_augmented", ast.Load()), [op, old, node.value], [])
            return ast.Assign([node.target], call)
        assert isinstance(node.target, ast.Subscript)
        index = _index(node.target.slice)
        place = ast.Call(ast.Name("_place", ast.Load()), [node.target.value, index], [])
        return ast.Expr(ast.Call(ast.Name("_updated", ast.Load()), [op, place, node.value], []))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        self.generic_visit(node)
        node.decorator_list = []
        return node

    def visit_Import(self, node: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt | None:
        return node if (node.module or "").startswith("tests.") else None


def _index(node: ast.expr) -> ast.expr:
    """An index as an expression that can stand anywhere."""
    if isinstance(node, ast.Slice):
        parts = [ast.Constant(None) if part is None else part for part in (node.lower, node.upper, node.step)]
        return ast.Call(ast.Name("slice", ast.Load()), parts, [])
    if isinstance(node, ast.Tuple):
        return ast.Tuple([_index(item) for item in node.elts], ast.Load())
    return node


def rewritten(text: str) -> Any:
    """The code of a module, rewritten."""
    tree = _Rewrite().visit(ast.parse(text))
    return compile(ast.fix_missing_locations(tree), "<rewritten>", "exec")


class Numerics:
    """One kind of number: what a rewritten module is run with."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self.trace: Trace = []
        self.largest = 0.0                              # of what is stored or updated
        self.np = _NumPy(self)

    def namespace(self) -> dict[str, Any]:
        helpers = {name: getattr(runtime, name) for name in runtime.__all__} | self.helpers()
        return {
            **helpers, "np": self.np, "math": _Math(self), "_compare": self.compare, "_augmented": self.augmented,
            "_apart": self.stored, "_floor": self.floor, "_rest": self.rest(operator.mod, np.floor),
            "_place": self.place, "_updated": self.updated, "max": self.max,
            "min": self.min, "abs": self.absolute, "int": self.whole, "float": self.number, "random": random,
            "prange": range,
        }  # fmt: skip

    def load(self, code: Any, given: Mapping[str, object] | None = None) -> dict[str, Any]:
        """The functions of a rewritten module, which is given some values."""
        namespace = self.namespace() | {"wg": _Transforms(self)} | dict(given or {})
        exec(code, namespace)
        self.loaded = namespace
        return namespace

    def helpers(self) -> dict[str, Any]:
        """Helpers of generated code that would not know these numbers."""
        def share(op: Callable[[Any, Any], Any], tie: float) -> Callable[[Any, Any], Any]:
            def of(x: Any, y: Any) -> Any:
                return np.where(op(_real(x), _real(y)), 1.0, np.where(_real(x) == _real(y), tie, 0.0))[()]
            return of

        def strong(c: Any, p: Any) -> Any:
            return np.where((np.asarray(c) == 0) | (np.asarray(p) == 0), 0, c * p)[()]

        def dpow(x: Any, y: Any) -> Any:
            return np.where(np.asarray(y) == 0, 0, y * np.power(x + self.dtype(0), y - 1))[()]

        def dpow_y(x: Any, y: Any) -> Any:
            return np.power(x, y) * np.log(x)

        greater, less = operator.gt, operator.lt
        shares = {"max_share": share(greater, 1.0), "min_share": share(less, 1.0), "maximum_share": share(greater, 0.5),
                  "minimum_share": share(less, 0.5), "fmax_share": share(greater, 0.5), "fmin_share": share(less, 0.5)}  # fmt: skip
        slopes = {"sech2": lambda x, *_: 1 / np.cosh(x) ** 2, "dangle": lambda x, y: x / (x * x + y * y)}  # fmt: skip
        gammas = {"digamma": special.digamma, "polygamma": special.polygamma}
        return {**shares, **slopes, **gammas, "strong": strong, "dpow": dpow, "dpow_y": dpow_y, "spread_mean": self.spread_mean}

    def spread_mean(self, g: Any, like: Any) -> Any:
        return runtime.spread(g / np.size(like), like)

    def stored(self, value: Any) -> Any:
        self.weigh(value)
        return apart(value)

    def weigh(self, value: Any) -> None:
        self.largest = max(self.largest, float(np.max(np.abs(value), initial=0.0)))

    # ---- what selects ---------------------------------------------------------------------------------------

    def log(self, outcome: Any) -> None:
        self.trace.append(outcome.tobytes() if isinstance(outcome, np.ndarray) else outcome)

    def compare(self, op: str, left: Any, right: Any) -> Any:
        left, right = _real(left), _real(right)
        outcome = COMPARE[getattr(ast, op)](left, right)
        if isinstance(outcome, np.ndarray):
            self.log(np.sign(left - right).astype(np.int8))
        else:
            self.log(0 if left == right else 1 if left > right else -1)
        return outcome

    def augmented(self, op: str, old: Any, value: Any) -> Any:
        if not isinstance(old, np.ndarray):
            new = BINARY[getattr(ast, op)](old, value)
            self.weigh(new)
            return new
        if isinstance(value, np.ndarray) and np.shares_memory(old, value):
            spread = np.broadcast_to(value, old.shape)
            for at in in_order(old, value):
                old[at] = BINARY[getattr(ast, op)](old[at], spread[at])
            return old
        new = IN_PLACE[op](old, value)
        self.weigh(new)
        return new

    def place(self, array: Any, index: Any) -> tuple[Any, Any, Any]:
        """A place and what is there before the value is computed that changes it, which may write there, too."""
        return array, index, array[index]

    def updated(self, op: str, place: tuple[Any, Any, Any], value: Any) -> None:
        array, index, part = place
        if isinstance(part, np.ndarray) and np.shares_memory(part, array):
            self.augmented(op, part, value)
        else:
            array[index] = new = BINARY[getattr(ast, op)](part, value)
            self.weigh(new)

    def max(self, *items: Any) -> Any:
        return reduce(lambda x, y: y if self.compare("Gt", y, x) else x, items if len(items) > 1 else items[0])

    def min(self, *items: Any) -> Any:
        return reduce(lambda x, y: y if self.compare("Lt", y, x) else x, items if len(items) > 1 else items[0])

    def maximum(self, x: Any, y: Any) -> Any:
        return np.where(self.compare("GtE", np.asarray(x), np.asarray(y)), x, y)[()]

    def minimum(self, x: Any, y: Any) -> Any:
        return np.where(self.compare("LtE", np.asarray(x), np.asarray(y)), x, y)[()]

    def absolute(self, x: Any) -> Any:
        if isinstance(x, int):
            return builtins.abs(x)
        return np.where(self.compare("Lt", np.asarray(x), 0.0), -x, x)[()]

    def whole(self, x: Any) -> int:
        number = int(_real(x))
        self.log(number)
        return number

    def number(self, x: Any) -> Any:
        return self.dtype(x) if isinstance(x, int | bool) else x

    def floor(self, x: Any, y: Any) -> Any:
        return x // y if _whole(x) and _whole(y) else self.step(np.floor)(_real(x) / _real(y))

    def rest(self, exact: Callable[[Any, Any], Any], whole: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
        """What is left of a division; `exact` knows real numbers only."""
        def of(x: Any, y: Any) -> Any:
            if _whole(x) and _whole(y):
                return exact(x, y)
            rounds = self.step(whole)(_real(x) / _real(y))
            return x - rounds * y if np.iscomplexobj(x) or np.iscomplexobj(y) else exact(x, y)
        return of

    def copysign(self, x: Any, y: Any) -> Any:
        return self.absolute(x) * self.step(partial(np.copysign, 1.0))(y)

    def step(self, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def of(x: Any) -> Any:
            found = function(_real(x))
            self.log(found)
            return found + self.dtype(-0.0)             # (which keeps the sign of a zero)
        return of


def _real(x: Any) -> Any:
    return x.real if isinstance(x, complex | np.complexfloating) or (isinstance(x, np.ndarray) and x.dtype.kind == "c") else x


def _whole(x: Any) -> bool:
    return isinstance(x, int | np.integer) or (isinstance(x, np.ndarray) and x.dtype.kind in "iu")


def _angle(y: Any, x: Any) -> Any:
    """`np.arctan2` of real numbers that have moved a little in the imaginary direction."""
    a, b = np.asarray(y), np.asarray(x)
    return (np.arctan2(a.real, b.real) + 1j * (b.real * a.imag - a.real * b.imag) / (a.real**2 + b.real**2))[()]


class _NumPy:
    """`np` for one kind of number: what makes arrays makes them of it, what selects leaves its trace."""

    def __init__(self, numerics: Numerics) -> None:
        dtype = numerics.dtype
        self.abs = self.absolute = numerics.absolute
        self.maximum, self.minimum = numerics.maximum, numerics.minimum
        for name in ("floor", "ceil", "sign", "trunc", "rint"):
            setattr(self, name, numerics.step(getattr(np, name)))
        for name in ("zeros", "ones", "empty"):
            setattr(self, name, partial(self.made, getattr(np, name), dtype))
        self.full = lambda shape, value, dtype=dtype: np.full(shape, value, dtype)
        for name in ("zeros_like", "ones_like", "empty_like"):
            setattr(self, name, partial(self.like, getattr(np, name), dtype))
        self.float64 = self.float32 = dtype
        self.random = _Random(dtype)
        for name in ("array", "asarray", "broadcast_to"):
            setattr(self, name, partial(self.converted, getattr(np, name)))
        self.mod = self.remainder = numerics.rest(np.mod, np.floor)
        self.fmod = numerics.rest(np.fmod, np.trunc)
        self.copysign = numerics.copysign
        self.fmax, self.fmin = numerics.maximum, numerics.minimum
        if np.issubdtype(dtype, np.complexfloating):
            self.hypot = lambda x, y: np.sqrt(x * x + y * y)
            self.cbrt, self.arctan2 = (lambda x: x ** dtype(1 / 3)), _angle
            self.radians, self.degrees = (lambda x: x * np.pi / 180), (lambda x: x / np.pi * 180)

    def made(self, make: Callable[..., Any], default: Any, shape: Any, dtype: Any = None) -> Any:
        return make(shape, dtype or default)

    def converted(self, make: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
        made = make(*args, **keywords)
        return made.astype(self.float64, copy=False) if made.dtype.kind == "f" else made

    def like(self, make: Callable[..., Any], dtype: Any, a: Any) -> Any:
        return make(a) if isinstance(a, np.ndarray) else dtype(make(a))

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


class _Transforms:
    """`wg`, by the functions that stand beside a function: `..._slope`, its derivative by its first argument, `..._along`, by all
    of them in one direction, `..._bend`, the second derivative by the first argument in a direction.  Rules are left away.
    """

    def __init__(self, numerics: Numerics) -> None:
        self.numerics = numerics

    def beside(self, function: Any, what: str) -> Any:
        return self.numerics.loaded[f"{function.__name__}_{what}"]

    def grad(self, function: Any) -> Any:
        return self.beside(function, "slope")

    def value_and_grad(self, function: Any) -> Any:
        return lambda *args: (function(*args), self.grad(function)(*args))

    def hvp(self, function: Any) -> Any:
        return self.beside(function, "bend")

    def jvp(self, function: Any) -> Any:
        return lambda primals, tangents: (function(*primals), self.beside(function, "along")(*primals, *tangents))

    def vjp(self, function: Any) -> Any:
        along = self.beside(function, "along")
        return lambda primals, bar: (function(*primals), (bar * along(*primals, 1, 0), bar * along(*primals, 0, 1)))

    def checkpoint(self, function: Any) -> Any:
        return function

    custom_vjp = custom_jvp = staticmethod(lambda function: _Ruled(function))


class _Ruled:
    """A function whose rule is left away."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def __call__(self, *args: Any) -> Any:
        return self.function(*args)

    def defvjp(self, *_: Any) -> None:
        pass

    defjvp = defvjp


class _Random:
    """`np.random`, where draws in arrays, locations and scales are of any kind."""

    rand, random, randint, seed = np.random.rand, np.random.random, np.random.randint, np.random.seed

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype

    def standard_normal(self, size: Any = None) -> Any:
        drawn = np.random.standard_normal(size)
        return drawn if size is None else drawn.astype(self.dtype)

    def normal(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        return loc + scale * self.standard_normal(size)

    def uniform(self, low: Any, high: Any, size: Any = None) -> Any:
        return low + (high - low) * np.random.random(size)

    def logistic(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        return loc + scale * np.random.logistic(0.0, 1.0, size)


_NAMES = {"pow": "power", "atan2": "arctan2"} | {f"a{name}": f"arc{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}


class _Math:
    """`math` for one kind of number."""

    def __init__(self, numerics: Numerics) -> None:
        self.np, self.plain = numerics.np, numerics.dtype is np.float64
        self.fabs = numerics.absolute

    def __getattr__(self, name: str) -> Any:
        if self.plain or name in ("pi", "e", "inf", "nan"):         # to the last bit not what NumPy has
            return getattr(math, name)
        return getattr(special if name in special.__all__ else self.np, _NAMES.get(name, name))
