"""Function in, a hash of everything that its meaning depends on out.

In: a plain or @njit function.  Out: sha256 in hexadecimal over
  - its text, file name and place (generated source shows lines of the user's file, and a line may have several lambdas),
    and its default values;
  - the values of the globals and closure cells that it reads, as they are now: numbers, strings, tuples, lists, dtypes,
    arrays (type, layout and bytes); of ``module.name`` only that one value;
  - the same of every user function that it refers to, with its @njit options; cycles end.
Functions of libraries and classes count by name; the caller adds the versions.  What cannot be told by its contents (a
dict, an object of the user's own) makes the result None: such a function must not be cached.
An object may bring its own `__wengert_fingerprint__()`, which returns text or None.
"""
from __future__ import annotations

import ast
import dis
import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import reduce
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numba
import numpy as np
from numba.core import types

from ...runtime.cache import stamp
from ...runtime.captured import is_frozen
from ...runtime.trees import node_of
from ..custom.new_rules import declared
from ..errors import UnsupportedError
from ..structure import fields_of, is_record_class, plain_numbers
from ..switches import off
from .locate import Text, locate
from .signatures import signatures
from .source import LIBRARIES, MISSING, has_overload, is_function, python_function, resolve

Chain = tuple[str, ...]

_NUMBERS = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis))


_asked: ContextVar[tuple[object, ...]] = ContextVar("objects that are asked for their own fingerprint", default=())


_OF_EVERY_NAMEDTUPLE = {"_make", "_replace", "_asdict", "_fields", "_field_defaults", "_field_types"}


class _Opaque(Exception):
    """A value that cannot be told by its contents was met."""


def fingerprint(function: object) -> str | None:
    """The hash, or None if the function reads what cannot be hashed.  Raises UnsupportedError as `read` does."""
    if not _has_own(function) and not is_record_class(function):
        locate(python_function(function))
    hasher = _Hasher()
    try:
        hasher.value(function)
    except _Opaque:
        return None
    return hasher.digest()


def fingerprint_of_type(numba_type: Any) -> str | None:
    """What stands for the type of an argument.  That of a function is the function itself."""
    if isinstance(numba_type, types.Dispatcher):
        return fingerprint(numba_type.dispatcher)
    if not isinstance(numba_type, types.BaseTuple):
        return str(numba_type)
    kind = fingerprint(numba_type.instance_class) if isinstance(numba_type, types.BaseNamedTuple) else "tuple"
    items = [fingerprint_of_type(item) for item in numba_type]
    return None if kind is None or None in items else f"{kind}{items}"


_LIBRARY = stamp(Path(__file__).parents[1]), numba.__version__, np.__version__


def key_of(found: str | None, argtypes: tuple[Any, ...]) -> str | None:
    """Under what the text for these types is kept, made from what has this fingerprint; None if it must not be kept."""
    given = tuple(map(fingerprint_of_type, argtypes))
    if found is None or None in given:
        return None
    return hashlib.sha256(repr((found, given, declared(), off(), _LIBRARY)).encode()).hexdigest()[:32]


_CLASSES: dict[str, list[type]] = {}
"""The classes of namedtuples that were met under each name in this process."""


def is_importable(kind: type) -> bool:
    """Does the name of its module lead to the class?  Those that stand for dicts and their like are no names for text."""
    if node_of(kind) is not None:
        return False
    module: Any = sys.modules.get(kind.__module__)
    path = kind.__qualname__.split(".")
    return "<locals>" not in path and reduce(lambda value, name: getattr(value, name, None), path, module) is kind


class _Hasher:
    """Feeds values to sha256, each with a tag and a length, so that no two different inputs give the same bytes."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._functions: dict[FunctionType, int] = {}
        self._classes: set[Any] = set()

    def digest(self) -> str:
        return self._hash.hexdigest()

    def feed(self, tag: str, content: str | bytes = "") -> None:
        data = content.encode() if isinstance(content, str) else content
        self._hash.update(f"{tag}:{len(data)}:".encode())
        self._hash.update(data)

    def value(self, value: object) -> None:
        """One value of any kind; raises _Opaque."""
        value = plain_numbers(value)
        if _has_own(value):
            self._own(value)
        elif isinstance(value, np.generic):
            self.feed(f"scalar {value.dtype.str}", value.tobytes())
        elif isinstance(value, np.ndarray):
            self._array(value)
        elif isinstance(value, _NUMBERS):
            self.feed(f"number {type(value).__qualname__}", repr(value))
        elif isinstance(value, tuple | list):
            self._items(value)
        elif is_record_class(value):
            self._record(value)
        elif is_function(value):
            self._function(value)
        else:
            self.feed("named", _name_of(value))

    def _own(self, value: Any) -> None:
        asked = _asked.get()
        if any(one is value for one in asked):          # a transformed function that its own text refers to
            self.feed("own again", str([one is value for one in asked]))
            return
        token = _asked.set((*asked, value))
        try:
            text = value.__wengert_fingerprint__()
        finally:
            _asked.reset(token)
        if text is None:
            raise _Opaque
        self.feed("own", text)

    def _items(self, items: tuple[object, ...] | list[object]) -> None:
        self.feed(f"{type(items).__qualname__} {','.join(getattr(items, '_fields', ()))}", str(len(items)))
        if is_record_class(type(items)):
            self.value(type(items))
        for item in items:
            self.value(item)

    def _array(self, array: np.ndarray[Any, Any]) -> None:
        if array.dtype.hasobject:
            raise _Opaque
        flags = array.flags
        layout = f"{flags.c_contiguous} {flags.f_contiguous} {flags.writeable}"
        self.feed("array", f"{array.dtype.descr} {array.shape} {layout}")
        if is_frozen(array):
            self.feed("bytes", array.tobytes())
        else:                                           # it is read where it is, in this process
            self.feed("place", str(id(array)))

    def _record(self, kind: Any) -> None:
        """The class of a namedtuple: its fields, and what it has beside them.  A generated module imports the class or is given
        it: one that was made for an older class of the name is another module."""
        name = f"{kind.__module__}.{kind.__qualname__}"
        known = _CLASSES.setdefault(name, [])
        if kind not in known:
            known.append(kind)
        self.feed("namedtuple", f"{name} {fields_of(kind)} {known.index(kind)}")
        node = node_of(kind)
        if node is not None:
            self.feed("stands for", f"{node.access} {node.entries!r}")
            for constant in node.constants.values():
                self.value(constant)
        if kind in self._classes:
            return
        self._classes.add(kind)
        self.value(tuple(sorted(getattr(kind, "_field_defaults", {}).items())))
        # (a dataclass has methods)
        bases = kind.__mro__ if node is None else node.origin.__mro__ if node.access == "field" else ()
        for base in bases:
            if base.__module__.split(".")[0] not in LIBRARIES | {"builtins"}:
                for attribute, value in sorted(vars(base).items()):
                    if attribute not in _OF_EVERY_NAMEDTUPLE and not attribute.startswith("__"):
                        self._member(attribute, value)

    def _member(self, attribute: str, value: Any) -> None:
        """What a class has under a name: nothing is told of what no text can use."""
        own = value.fget if isinstance(value, property) else value
        own = own.__func__ if isinstance(own, staticmethod | classmethod) else own
        self.feed("member", attribute)
        try:
            self.value(own)
        except _Opaque:
            if isinstance(own, type | ModuleType) or callable(own):
                raise

    def _function(self, function: object) -> None:
        try:
            inner = python_function(function)
            text = locate(inner)
        except UnsupportedError:
            raise _Opaque from None
        self._options(function)
        if inner in self._functions:
            self.feed("again", str(self._functions[inner]))
            return
        self._functions[inner] = len(self._functions)
        if function is inner and has_overload(inner):
            self.feed("overload")
        self.feed("function", f"{os.path.basename(inner.__code__.co_filename)}:{text.first}:{text.tree.col_offset}")
        self.feed("text", "\n".join(text.lines))
        self.value(inner.__defaults__)
        self.value(tuple(sorted((inner.__kwdefaults__ or {}).items())))
        for chain, value in outside(inner, text):
            self.feed("reads", ".".join(chain))
            self.value("missing" if value is MISSING else value)

    def _options(self, function: object) -> None:
        """What the user gave to @njit: options (fastmath, error_model, ...), and the types that it is compiled for."""
        options: Mapping[str, object] = getattr(function, "targetoptions", {})
        for name, option in sorted(options.items()):
            if isinstance(option, set | frozenset):
                option = sorted(map(str, option))
            self.feed("option", f"{name}={option!r}")
        if (fixed := signatures(function)) is not None:
            self.feed("signatures", str(fixed))


def _has_own(value: object) -> bool:
    return hasattr(type(value), "__wengert_fingerprint__")


def _name_of(value: object) -> str:
    """What stands for a module, a class, or a function of a library; anything else is opaque."""
    if isinstance(value, ModuleType) and value.__name__.split(".")[0] in LIBRARIES | {"builtins"}:
        return f"module {value.__name__}"
    if isinstance(value, np.dtype):
        return f"dtype {value.descr}"
    module = getattr(value, "__module__", None) or ""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    known = module.split(".")[0] in LIBRARIES | {"builtins"} or isinstance(value, BuiltinFunctionType | np.ufunc)
    if name and known:
        return f"{type(value).__qualname__} {module}.{name}"
    raise _Opaque


# ---- what a function reads from outside ---------------------------------------------------------------------


def outside(function: FunctionType, text: Text | None = None) -> Iterator[tuple[Chain, Any]]:
    """What the function reads from outside itself: name or dotted name, and its value now (or MISSING), sorted.

    A dotted name is followed as long as it goes through modules."""
    for chain in _chains(function.__code__, text or locate(function)):
        value = resolve(function, chain[0])
        length = 1
        while length < len(chain) and isinstance(value, ModuleType):
            value = getattr(value, chain[length], MISSING)
            length += 1
        yield chain[:length], value


_CHAINS: dict[tuple[str, CodeType], tuple[Chain, ...]] = {}


def _chains(code: CodeType, text: Text) -> tuple[Chain, ...]:
    """Every dotted name in the text whose first part is a global or a closure variable of the code."""
    key = code.co_filename, code
    if key not in _CHAINS:
        roots = set(globals_read(code)) | set(code.co_freevars)
        chains = {chain for node in ast.walk(text.tree) if (chain := _chain(node)) and chain[0] in roots}
        longer = {chain[:k] for chain in chains for k in range(1, len(chain))}
        _CHAINS[key] = tuple(sorted(chains - longer | {(root,) for root in roots - {chain[0] for chain in chains}}))
    return _CHAINS[key]


def _chain(node: ast.AST) -> Chain | None:
    match node:
        case ast.Name(name):
            return (name,)
        case ast.Attribute(value, attribute):
            inner = _chain(value)
            return inner and (*inner, attribute)
        case _:
            return None


def globals_read(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from globals_read(constant)

