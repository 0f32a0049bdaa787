"""The contract of the rules: how a primitive says, once, what its derivative is in both modes and at every order.

In go the declarations of the modules beside this one, out comes `RULES`, one `Rule` per key.  The body of a
declaration is parsed and never executed.  Names bind by suffix: for a variable x, `x_dot` is its tangent and
`x_bar` its adjoint.

    @zero(len)                                  no derivative flows: the signature says how arguments bind
    def length(x): ...

    @elementwise(np.exp, math.exp)              result first; one partial derivative for each parameter
    def exp(y, x): return y,                    (assignments to names may stand before the return)

    @linear(np.sum)                             adjoint of the result first; the transpose for each parameter
    def sum(y_bar, x, axis=None): return spread(y_bar, like=x, axis=axis)

    @bilinear(np.dot)                           as linear, and linear in each of two parameters separately
    def dot(z_bar, x, y): return dot_left(z_bar, y), dot_right(x, z_bar)

    @lowered(np.flip)                           no primitive: `resolve` writes it as views and loops
    def flip(m): ...

    @rule(np.linalg.solve)                      anything else: statements, then a return
    class solve:
        def jvp(x, A, b, A_dot, b_dot): return np.linalg.solve(A, b_dot - A_dot @ x)
        def vjp(x, A, b, x_bar): ...; return A_bar, b_bar

`None` in the place of a partial or transpose: that parameter is never differentiated.  Parameters with a default
may be left out at the end.  `like=x` reads the shape of x only.  Partials broadcast as NumPy does, and so do the
transposes of a linear rule that says `broadcasts=True`; the engine sums an adjoint back to its variable's shape and casts
literals to its dtype.  `strong=True` (or one flag for each partial) asks for `strong(y_bar, p)` in the place of
`p * y_bar`: the partial may be infinite or NaN at a finite argument, or a zero partial must silence an infinite adjoint.
(Griewank & Walther, Evaluating Derivatives, 2nd ed., ch. 2 and 3.)
"""
from __future__ import annotations

import ast
import builtins
import copy
import linecache
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import FunctionType, MappingProxyType
from typing import Any, Literal, TypeVar

Kind = Literal["zero", "elementwise", "linear", "bilinear", "rule", "lowered"]
Op = str | Callable[..., Any] | tuple[str, Callable[..., Any]]
Declared = TypeVar("Declared", bound=Callable[..., Any])

SYMBOLS: Mapping[Callable[..., Any], str] = MappingProxyType({
    operator.add: "+", operator.sub: "-", operator.mul: "*", operator.truediv: "/", operator.floordiv: "//",
    operator.mod: "%", operator.pow: "**", operator.matmul: "@", operator.neg: "neg", operator.pos: "pos",
    operator.not_: "not", operator.lt: "<", operator.le: "<=", operator.gt: ">", operator.ge: ">=",
    operator.eq: "==", operator.ne: "!=", operator.and_: "&", operator.or_: "|", operator.xor: "^", operator.lshift: "<<",
    operator.rshift: ">>", operator.invert: "~",
})
UNARY = ("neg", "pos", "not", "~")

_RUNTIME = f"{__name__.split('.')[0]}.runtime"
_NO_DEFAULTS: Mapping[str, ast.expr] = MappingProxyType({})


class RuleError(Exception):
    """A declaration that does not keep the contract."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One primitive.

    `key`       how statements of the Wengert list name it, which is how it prints: ``+``, ``neg``, ``np.exp``,
                ``abs``, ``.sum``, ``strong``
    `params`    the primitive's own parameters, without the result; `defaults` holds those that may be left out
    `result`    the name of the result in `partials`, `jvp` and `vjp` ("" where the body has no use for it)
    `seed`      the name of the result's adjoint in `transposes` and `vjp` ("" likewise)
    `variadic`  f(a, b, c) is f(f(a, b), c)
    `active`    for each parameter: may a derivative flow through it?
    `cheap`     may be computed again in the reverse sweep
    `effect`    is called for what it does: once, in the forward sweep, in the primal's order, whoever reads the result
    `opaque`    what its arguments give has no derivative here: one that carries a derivative is refused
    `writes`    changes what is in its first argument
    `broadcasts`  works element by element, on operands that are broadcast together
    """

    key: str
    kind: Kind
    params: tuple[str, ...]
    defaults: Mapping[str, ast.expr] = field(default_factory=lambda: _NO_DEFAULTS, compare=False, repr=False)
    result: str = ""
    seed: str = ""
    active: tuple[bool, ...] = ()
    partials: tuple[ast.expr | None, ...] = ()
    transposes: tuple[ast.expr | None, ...] = ()
    strong: tuple[bool, ...] = ()
    jvp: ast.FunctionDef | None = None
    vjp: ast.FunctionDef | None = None
    cheap: bool = False
    callables: tuple[Callable[..., Any], ...] = ()
    variadic: bool = False
    broadcasts: bool = False
    effect: bool = False
    opaque: bool = False
    writes: bool = False


_rules: dict[str, Rule] = {}
_keys: dict[int, str] = {}
RULES: Mapping[str, Rule] = MappingProxyType(_rules)


def lookup(primitive: object) -> Rule | None:
    """The rule of a callable, by identity: `np.exp`, `math.exp`, `abs`, `np.float64`, `operator.add`."""
    key = _keys.get(id(primitive))
    return None if key is None else _rules[key]


def key_of(primitive: Callable[..., Any]) -> str:
    """How a callable prints in the Wengert list."""
    if primitive in SYMBOLS:
        return SYMBOLS[primitive]
    name: str = primitive.__name__
    module: str = getattr(primitive, "__module__", None) or "numpy"          # ufuncs of old NumPy have none
    if module == builtins.__name__ or module.startswith(_RUNTIME):
        return name
    if module.split(".")[0] == "numpy":
        area = module.removeprefix("numpy").strip(".")
        return f"np.{area}.{name}" if area in ("linalg", "random", "fft") else f"np.{name}"
    return f"{module}.{name}"


# ---- the declarations ---------------------------------------------------------------------------------------


def zero(
    *ops: Op, cheap: bool = False, broadcasts: bool = False, opaque: bool = False
) -> Callable[[Declared], Declared]:
    """No derivative flows through the primitive; its body is ``...``.  `opaque`: none may come to it."""

    def declare(function: Declared) -> Declared:
        tree = definition(function)
        params, defaults, variadic = _signature(tree)
        _register(ops, Rule("", "zero", params, defaults, active=(False,) * len(params), strong=(False,) * len(params),
                            cheap=cheap, variadic=variadic, broadcasts=broadcasts, opaque=opaque))
        return function

    return declare


def effect(*ops: Op, opaque: bool = False) -> Callable[[Declared], Declared]:
    """As `zero`, for what is called for what it does; `opaque`: its arguments may not carry a derivative."""

    def declare(function: Declared) -> Declared:
        params, defaults, variadic = _signature(definition(function))
        inert = (False,) * len(params)
        _register(ops, Rule("", "zero", params, defaults, active=inert, strong=inert, variadic=variadic,
                            effect=True, opaque=opaque))
        return function

    return declare


def lowered(*ops: Op, writes: bool = False) -> Callable[[Declared], Declared]:
    """Not a primitive: written as other statements once types are known (`resolve.site`); its body is ``...``.  `writes`: into
    its first argument."""

    def declare(function: Declared) -> Declared:
        params, defaults, _ = _signature(definition(function))
        inert = (False,) * len(params)
        _register(ops, Rule("", "lowered", params, defaults, active=inert, strong=inert, writes=writes))
        return function

    return declare


def elementwise(
    *ops: Op, strong: bool | tuple[bool, ...] = False, cheap: bool = False
) -> Callable[[Declared], Declared]:
    """``def f(result, *params): return partials``; with ``*more`` at the end, more operands are taken from the left."""

    def declare(function: Declared) -> Declared:
        tree = definition(function)
        result, params, defaults = _headed(tree)
        partials = _returned(tree, len(params))
        _register(ops, Rule("", "elementwise", params, defaults, result=result, partials=partials,
                            active=_present(partials), strong=_flags(tree.name, strong, partials), cheap=cheap,
                            variadic=tree.args.vararg is not None, broadcasts=True))
        return function

    return declare


def linear(*ops: Op, cheap: bool = False, broadcasts: bool = False) -> Callable[[Declared], Declared]:
    """``def f(y_bar, *params): return transposes``: linear in the parameters that have one, taken together."""
    return _by_transposes("linear", ops, cheap, broadcasts)


def bilinear(*ops: Op, cheap: bool = False) -> Callable[[Declared], Declared]:
    """``def f(z_bar, *params): return transposes``: linear in each of two parameters while the other is held."""
    return _by_transposes("bilinear", ops, cheap)


def rule(*ops: Op, cheap: bool = False) -> Callable[[Declared], Declared]:
    """A class with ``jvp(result, *params, *tangents)`` and ``vjp(result, *params, result_bar)``, both returning
    what their names say; a parameter whose adjoint is `None` has no tangent."""

    def declare(holder: Declared) -> Declared:
        forward, reverse = (definition(getattr(holder, name, None), f"{holder.__name__}.{name}")
                            for name in ("jvp", "vjp"))
        result, params, defaults = _headed(reverse)
        params, seed = params[:-1], params[-1] if params else ""
        if seed != f"{result}_bar":
            raise RuleError(f"{reverse.name} of {holder.__name__}: its last parameter must be {result}_bar")
        active = _present(_returned(reverse, len(params)))
        expected = (result, *params, *(f"{p}_dot" for p, moves in zip(params, active, strict=True) if moves))
        if _headed(forward)[:2] != (expected[0], expected[1:]):
            raise RuleError(f"jvp of {holder.__name__}: its parameters must be {', '.join(expected)}")
        _returned(forward, 1)
        _register(ops, Rule("", "rule", params, defaults, result=result, seed=seed, active=active,
                            strong=(False,) * len(params), jvp=forward, vjp=reverse, cheap=cheap))
        return holder

    return declare


def _by_transposes(
    kind: Literal["linear", "bilinear"], ops: tuple[Op, ...], cheap: bool, broadcasts: bool = False
) -> Callable[[Declared], Declared]:
    def declare(function: Declared) -> Declared:
        tree = definition(function)
        seed, params, defaults = _headed(tree)
        if not seed.endswith("_bar"):
            raise RuleError(f"{tree.name}: the first parameter of a {kind} rule is the result's adjoint, such as y_bar")
        transposes = _returned(tree, len(params))
        active = _present(transposes)
        if kind == "bilinear" and sum(active) != 2:
            raise RuleError(f"{tree.name}: a bilinear rule has two transposes, this one has {sum(active)}")
        _register(ops, Rule("", kind, params, defaults, seed=seed, transposes=transposes, active=active,
                            strong=(False,) * len(params), cheap=cheap, broadcasts=broadcasts))
        return function

    return declare


def _register(ops: tuple[Op, ...], template: Rule) -> None:
    """Enter the rule under every key; np.exp and math.exp share a body and print as themselves."""
    by_key: dict[str, list[Callable[..., Any]]] = {}
    for op in ops:
        key, primitive = (op, None) if isinstance(op, str) else op if isinstance(op, tuple) else (key_of(op), op)
        by_key.setdefault(key, []).extend(() if primitive is None else (primitive,))
    if not by_key:
        raise RuleError("a rule needs a key or a callable")
    for key, callables in by_key.items():
        known = [key_of(c) for c in callables if id(c) in _keys]
        if key in _rules or known:
            raise RuleError(f"{(known or [key])[0]} has a rule already")
    for key, callables in by_key.items():
        _rules[key] = replace(template, key=key, callables=tuple(callables))
        _keys.update((id(c), key) for c in callables)


def forget(key: str) -> None:
    """Take a rule out again."""
    for primitive in _rules.pop(key).callables:
        _keys.pop(id(primitive), None)


@contextmanager
def forgetting(keys: Iterable[str]) -> Iterator[None]:
    """Take rules out for what is declared in their place; if that fails, which enters nothing, they are back."""
    rules, callables = dict(_rules), dict(_keys)
    try:
        for key in keys:
            forget(key)
        yield
    except BaseException:
        _rules.update(rules)
        _keys.update(callables)
        raise


# ---- reading a body -----------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _definitions(source: str) -> Mapping[int, ast.FunctionDef]:
    """Every function of a file by the line that its code object names: that of its first decorator, or of its def."""
    return {
        min([node.lineno, *(d.lineno for d in node.decorator_list)]): node
        for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)
    }


def definition(function: object, what: str | None = None) -> ast.FunctionDef:
    if not isinstance(function, FunctionType):
        raise RuleError(f"{what or getattr(function, '__name__', function)} is not a function")
    code = function.__code__
    linecache.checkcache(code.co_filename)              # a module may be loaded again
    source = "".join(linecache.getlines(code.co_filename, function.__globals__))
    tree = _definitions(source).get(code.co_firstlineno) if source else None
    if tree is None or tree.name != function.__name__:
        raise RuleError(f"{what or function.__name__}: rules are read from source, {code.co_filename} does not hold it")
    return tree


def _signature(tree: ast.FunctionDef) -> tuple[tuple[str, ...], Mapping[str, ast.expr], bool]:
    args = tree.args
    if args.kwonlyargs or args.kwarg or args.posonlyargs:
        raise RuleError(f"{tree.name}: the parameters of a rule are plain names")
    names = tuple(a.arg for a in args.args)
    defaults = dict(zip(names[len(names) - len(args.defaults):], args.defaults, strict=True))
    return names, MappingProxyType(defaults), args.vararg is not None


def _headed(tree: ast.FunctionDef) -> tuple[str, tuple[str, ...], Mapping[str, ast.expr]]:
    """The first parameter, which stands for the result or its adjoint, and the others."""
    names, defaults, _ = _signature(tree)
    if not names or names[0] in defaults:
        raise RuleError(f"{tree.name}: the first parameter of a rule stands for the result")
    return names[0], names[1:], defaults


def _returned(tree: ast.FunctionDef, count: int) -> tuple[ast.expr | None, ...]:
    """What the return statement holds, one for each of `count` parameters, `None` for what is left out; what was given a name
    before stands in the place of the name."""
    last = tree.body[-1]
    if not isinstance(last, ast.Return) or last.value is None:
        raise RuleError(f"{tree.name}: the last statement of a rule is a return")
    known: dict[str, ast.expr] = {}
    for statement in tree.body[:-1]:
        match statement:
            case ast.Assign([ast.Name(name)], value):
                known[name] = _Named(known).visit(copy.deepcopy(value))
            case ast.Expr(ast.Constant(str())):
                pass
            case _:
                raise RuleError(f"{tree.name}: before its return a rule gives names to expressions, and does nothing else")
    returned: ast.expr = _Named(known).visit(copy.deepcopy(last.value))
    items = returned.elts if isinstance(returned, ast.Tuple) else [returned]
    required = count - len(tree.args.defaults)
    if not required <= len(items) <= count:
        raise RuleError(f"{tree.name}: {len(items)} results for {count} parameters; None says that nothing flows")
    found = tuple(None if isinstance(e, ast.Constant) and e.value is None else e for e in items)
    return found + (None,) * (count - len(found))


class _Named(ast.NodeTransformer):
    """Names by what they were given to, of which no part is changed afterwards."""

    def __init__(self, known: Mapping[str, ast.expr]) -> None:
        self.known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.known.get(node.id, node)


def _present(items: tuple[ast.expr | None, ...]) -> tuple[bool, ...]:
    return tuple(item is not None for item in items)


def _flags(name: str, strong: bool | tuple[bool, ...], partials: tuple[ast.expr | None, ...]) -> tuple[bool, ...]:
    if isinstance(strong, bool):
        return tuple(strong and p is not None for p in partials)
    if len(strong) != len(partials):
        raise RuleError(f"{name}: {len(strong)} flags in strong for {len(partials)} parameters")
    return strong
