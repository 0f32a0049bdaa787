"""Function in, syntax tree out, with the user's own lines and columns and with what its names mean.

In: a plain Python function, a lambda, or a Numba dispatcher (its `py_func` is read).
Out: a `Source`.  What holds afterwards:
  - the tree compiles to `function.__code__`'s bytecode, so a file that was edited since its import is never used;
  - line numbers are those of the file, and `loc` gives columns in characters, also after text that is not ASCII;
  - names are resolved as Python does it now: closure cell, then globals, then builtins;
  - it is an ordinary function: no method, no generator, no coroutine, nothing written in C.

The tree is shared between calls of `read` on the same code: nobody may change it.
"""
from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import BuiltinFunctionType, FunctionType, MethodType, MethodWrapperType
from typing import Any, Final

from numba.core.registry import cpu_target

from ...runtime.dispatch import Specialised
from ..errors import UnsupportedError
from ..interface import ParameterKind
from ..ir import Loc
from ..structure import plain_numbers
from . import scopes
from .locate import characters, lambda_as_def, locate, method


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""What `Source.resolve` gives for a name that is bound nowhere."""

LIBRARIES: Final = frozenset({"numpy", "scipy", "numba", "llvmlite", "wengert"})
"""Packages whose functions are primitives: they have a rule or not, and are never read."""

DEFINITIONS: Final = f"{__name__.rpartition('.reading.')[0]}.resolve.numpy_texts"
"""The module of this package that says what functions of NumPy mean, in functions that are read."""

_WORD = re.compile(r"\w+")


EMPTY: Final = inspect.Parameter.empty


_KINDS: Mapping[ParameterKind, Any] = {
    "plain": inspect.Parameter.POSITIONAL_OR_KEYWORD,
    "starred": inspect.Parameter.VAR_POSITIONAL,
    "keyword": inspect.Parameter.KEYWORD_ONLY,
}


def signature_with(parameters: Mapping[str, tuple[ParameterKind, object]]) -> inspect.Signature:
    """A signature of these parameters, with their kinds and defaults (EMPTY: none)."""
    return inspect.Signature([inspect.Parameter(name, _KINDS[kind], default=value) for name, (kind, value) in parameters.items()])


class Signed:
    """Anything with parameters."""

    signature: inspect.Signature

    @property
    def params(self) -> tuple[str, ...]:
        return tuple(self.signature.parameters)

    @property
    def defaults(self) -> dict[str, object]:
        """The default values by parameter, for those that have one."""
        parameters = self.signature.parameters.values()
        return {item.name: item.default for item in parameters if item.default is not inspect.Parameter.empty}

    @property
    def parameters(self) -> dict[str, tuple[ParameterKind, object]]:
        """What `signature_with` takes."""
        return {name: (self.kind(name), self.defaults.get(name, EMPTY)) for name in self.params}

    def kind(self, name: str) -> ParameterKind:
        """How an argument is given to a parameter: in its turn or by name, as all that are left over, only by name."""
        kind = self.signature.parameters[name].kind
        return "starred" if kind is kind.VAR_POSITIONAL else "keyword" if kind is kind.KEYWORD_ONLY else "plain"


@dataclass(frozen=True)
class Head(Signed):
    """What a function shows to its caller; of the result of a transform there is no more."""

    name: str
    signature: inspect.Signature
    doc: str | None
    module: str
    loc: Loc | None


@dataclass(frozen=True)
class Source(Signed):
    """A function, its text and its surroundings.

    `tree` has the file's line numbers; `lines` are the function's lines from `first` on, decorators included;
    `name` is the def's name, or the name that a lambda is assigned to; `signature` and `defaults` have the default
    values as they are now (a nested function's are known when it is read); `own` are the names that the function binds,
    `assigned` those that its body binds, `captured` those that functions inside it read; `locals` are all names that
    are no globals: a nested function's include those of the functions around it.
    """

    function: FunctionType
    tree: ast.FunctionDef
    name: str
    file: str
    first: int
    lines: tuple[str, ...]
    signature: inspect.Signature
    locals: frozenset[str]
    own: frozenset[str]
    assigned: frozenset[str]
    captured: frozenset[str]
    key: object
    """Equal for two sources exactly if they are of the same function (same code and same closure)."""

    @property
    def nested(self) -> bool:
        """Is it a function inside a function?"""
        return self.key is not self.function

    def inner(self, node: ast.FunctionDef | ast.Lambda) -> Source:
        """The source of a function that this one makes."""
        tree = node if isinstance(node, ast.FunctionDef) else lambda_as_def(node, "lambda")
        names = scopes.parameters(tree.args)
        assigned = scopes.bound(tree.body)
        own = assigned | set(names)
        return replace(
            self, tree=tree, name=tree.name, signature=signature_with(dict.fromkeys(names, ("plain", EMPTY))),
            locals=self.locals | own, own=own, assigned=assigned, captured=scopes.captured(tree.body), key=node,
        )  # fmt: skip

    def around(self, names: frozenset[str]) -> Source:
        """The same text where some names are those of a comprehension."""
        return replace(self, own=names, locals=self.locals | names)

    def resolve(self, name: str) -> Any:
        """What a name that is not local means now: a closure cell, a global or a builtin; else MISSING."""
        return resolve(self.function, name)

    def line(self, number: int) -> str:
        """A line of the function by its number in the file, without the line end."""
        position = number - self.first
        return self.lines[position] if 0 <= position < len(self.lines) else ""

    def loc(self, node: ast.AST, word: bool = False) -> Loc:
        """The place of a node: as much of it as stands on its first line, or only its first word."""
        number = getattr(node, "lineno", self.first)
        text = self.line(number)
        column = characters(text, getattr(node, "col_offset", 0))
        end = len(text.rstrip())
        if getattr(node, "end_lineno", None) == number:
            end = characters(text, getattr(node, "end_col_offset", 0))
        if word and (match := _WORD.match(text, column)):
            end = match.end()
        return Loc(self.file, number, column, end, text)

    def text(self, node: ast.AST) -> str:
        """What the user wrote for a node, on its first line."""
        loc = self.loc(node)
        return loc.text[loc.column : loc.end_column]


@dataclass(frozen=True, eq=False)
class Lifted:
    """A nested function that is differentiated where it stands.  `closure` is what parse knows of it, `types` are those
    of the values that it captures, in parse's order."""

    source: Source
    closure: Any
    defaults: Mapping[str, Any]
    around: frozenset[object]                           # the functions whose text is being read there
    types: tuple[Any, ...] = ()

    def capturing(self, types: tuple[Any, ...]) -> Lifted:
        return replace(self, types=types)

    @property
    def head(self) -> Head:
        parameters = {name: (kind, self.defaults.get(name, EMPTY)) for name, (kind, _) in self.source.parameters.items()}
        where = self.source
        return Head(where.name, signature_with(parameters), None, where.function.__module__, where.loc(where.tree))


def read(function: object, methods: bool = False) -> Source:
    """The source of a function, which may stand in a class if `methods`.  Raises UnsupportedError for what has none, or has one
    that cannot be used."""
    plain = python_function(function)
    code = plain.__code__
    text = locate(plain)
    if text.in_class and not methods:
        raise method(plain, text)
    own = frozenset(code.co_varnames) | frozenset(code.co_cellvars)
    return Source(
        function=plain,
        tree=text.tree,
        name=text.tree.name,
        file=code.co_filename,
        first=text.first,
        lines=text.lines,
        signature=_signature(plain),
        locals=own,
        own=own,
        assigned=scopes.bound(text.tree.body),
        captured=scopes.captured(text.tree.body),
        key=plain,
    )


def head(function: Any) -> Head:
    """The parameters and the name of a function, which may be the result of a transform."""
    if isinstance(function, Lifted):
        return function.head
    if is_transformed(function):
        return Head(function.__name__, inspect.signature(function), function.__doc__, function.__module__, None)
    source = read(function)
    return Head(source.name, source.signature, source.function.__doc__, source.function.__module__, source.loc(source.tree))


def origin(function: Any) -> object:
    """The plain function that a function comes from, however often it was transformed and compiled."""
    while is_transformed(function):
        function = function.primal
    return getattr(function, "py_func", function)


def resolve(function: FunctionType, name: str) -> Any:
    """What a name that is not local to the function means now: a closure cell, a global or a builtin; else MISSING."""
    free = function.__code__.co_freevars
    if name in free:
        cell = (function.__closure__ or ())[free.index(name)]
        try:
            return cell.cell_contents
        except ValueError:
            return MISSING
    if name in function.__globals__:
        return function.__globals__[name]
    builtins: Mapping[str, object] = getattr(function, "__builtins__", {})
    return builtins.get(name, MISSING)


def is_function(value: object) -> bool:
    """Is it a plain or @njit function of the user, one that `read` may be asked for?"""
    inner = _inner(value)
    module = "" if inner is None else inner.__module__ or ""
    return inner is not None and (module == DEFINITIONS or module.split(".")[0] not in LIBRARIES)


def is_transformed(value: object) -> bool:
    """Is it the result of a transform?"""
    return isinstance(value, Specialised)


def bound_arguments(function: Any, args: Sequence[Any], words: Mapping[str, Any]) -> list[tuple[str, Any, object]] | None:
    """For each parameter its name, what it is given (MISSING: nothing) and its default; None if the arguments do not fit."""
    signature = inspect.signature(function)
    try:
        bound = signature.bind(*args, **words).arguments
    except TypeError:
        return None
    return [(p.name, bound.get(p.name, MISSING), p.default) for p in signature.parameters.values()]


def attribute_in(kind: type, name: str) -> Any:
    """What a class or one of its bases has under a name, as it stands there; else MISSING."""
    return inspect.getattr_static(kind, name, MISSING)


def arguments_of(function: Any, args: Sequence[Any], words: Mapping[str, Any]) -> list[Any]:
    """The arguments of a call by parameter, defaults filled in."""
    bound = inspect.signature(function) if is_transformed(function) else read(function).signature
    arguments = bound.bind(*args, **words)
    arguments.apply_defaults()
    return list(arguments.arguments.values())


def has_overload(function: object) -> bool:
    """Has somebody told Numba how to compile this Python function (`numba.extending.overload`)?"""
    context = cpu_target.typing_context
    context.refresh()
    return context._lookup_global(function) is not None


def python_function(function: object) -> FunctionType:
    """The plain function behind what the user gave, or UnsupportedError that says what it is and what to do."""
    if isinstance(function, Specialised):
        name = function.__name__
        raise UnsupportedError(
            f"`{name}` is itself the result of a transform",
            reason="its text is generated, and asked for with `source_for`",
            remedy="give the function that it came from, its `primal`",
        )
    inner = _inner(function)
    if inner is None:
        raise _not_a_function(function)
    if getattr(function, "locals", None):
        raise UnsupportedError(
            f"`{inner.__name__}` is compiled with types for its own variables (`locals=`)",
            reason="the types of a derivative are those that Numba infers",
            remedy="convert in the function: `y = np.float32(x)`",
        )
    for flag, kind in _SUSPENDING.items():
        if inner.__code__.co_flags & flag:
            raise UnsupportedError(
                f"`{inner.__qualname__}` is {kind} and cannot be differentiated",
                loc=Loc(inner.__code__.co_filename, inner.__code__.co_firstlineno, 0, 0, ""),
                reason="it stops and goes on later, and a reverse sweep cannot run backwards through that",
                remedy="write a function that runs through and returns its results in an array",
            )
    return inner


_SUSPENDING = {
    inspect.CO_GENERATOR: "a generator",
    inspect.CO_COROUTINE: "a coroutine",
    inspect.CO_ASYNC_GENERATOR: "an asynchronous generator",
}


def _inner(value: object) -> FunctionType | None:
    """The function itself, or the one that a Numba dispatcher was made from."""
    if isinstance(value, FunctionType):
        return value
    inner = None if isinstance(value, type) else getattr(value, "py_func", None)
    return inner if isinstance(inner, FunctionType) else None


def _not_a_function(value: object) -> UnsupportedError:
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None) or type(value).__name__
    if isinstance(value, MethodType):
        return UnsupportedError(
            f"the method `{name}` cannot be differentiated",
            reason="a method's state is not among its arguments, so no derivative with respect to it could be returned",
            remedy="write a function that takes the object's arrays and numbers as arguments",
        )
    if isinstance(value, type):
        return UnsupportedError(
            f"the class `{name}` cannot be differentiated",
            reason="calling a class makes an object, and only a function has a derivative",
            remedy="write a function that returns the number whose derivative you want",
        )
    if isinstance(value, BuiltinFunctionType | MethodWrapperType) or type(value).__name__ == "ufunc":
        return UnsupportedError(
            f"`{name}` cannot be differentiated by itself",
            reason="it is written in C, so there is no Python source to transform",
            remedy="call it inside a Python function and differentiate that",
        )
    return UnsupportedError(
        f"an object of type `{type(value).__name__}` cannot be differentiated",
        reason="it is neither a Python function nor an @njit function, so there is no source to transform",
        remedy="write a function (`def`) that calls it, with everything it needs as arguments",
    )


def _signature(function: FunctionType) -> inspect.Signature:
    """The parameters from the code object and the defaults from the function, whatever `__signature__` claims."""
    code = function.__code__
    names, positional = code.co_varnames, code.co_argcount
    defaults: dict[str, object] = dict(function.__kwdefaults__ or {})
    defaults.update(zip(reversed(names[:positional]), reversed(function.__defaults__ or ()), strict=False))

    kinds = inspect.Parameter

    def parameter(name: str, kind: Any) -> inspect.Parameter:
        return inspect.Parameter(name, kind, default=plain_numbers(defaults[name]) if name in defaults else inspect.Parameter.empty)

    parameters = [
        parameter(name, kinds.POSITIONAL_ONLY if k < code.co_posonlyargcount else kinds.POSITIONAL_OR_KEYWORD)
        for k, name in enumerate(names[:positional])
    ]
    extra = list(names[positional + code.co_kwonlyargcount :])
    if code.co_flags & inspect.CO_VARARGS:
        parameters.append(parameter(extra.pop(0), kinds.VAR_POSITIONAL))
    keywords = names[positional : positional + code.co_kwonlyargcount]
    parameters += [parameter(name, kinds.KEYWORD_ONLY) for name in keywords]
    if code.co_flags & inspect.CO_VARKEYWORDS:
        parameters.append(parameter(extra[0], kinds.VAR_KEYWORD))
    return inspect.Signature(parameters)
