"""Dicts, lists and dataclasses of arrays and numbers: how they become what Numba knows, and come back.

In: arguments of a transformed function as Python has them.  Out: `packed` gives namedtuples in their place, `restored` makes the
user's structures again of those in a result.  What holds afterwards: a class of these namedtuples stands for one kind of node with
its keys (`Node`), and there is one class for each in a process; so the structure is part of the types that a function is made for.

`optree` takes dicts and lists apart and knows what else counts as one of them; it is imported when the first one is met.
"""
from __future__ import annotations

import ast
import dataclasses
import itertools
import keyword
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

_NUMBERS = (bool, int, float, complex, np.number, np.bool_)
_WORDS: Mapping[type, str] = {dict: "Dict", list: "List"}


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """A dict (`item`), a list (`place`) or a dataclass (`field`): its keys in the order of its parts, and how it is made of new
    ones.  `constants` are fields that are no parts: options that go with the structure."""

    access: Literal["item", "place", "field"]
    origin: type
    entries: tuple[Any, ...]
    rebuild: Callable[[Sequence[Any]], Any]
    constants: Mapping[str, Any]

    @property
    def word(self) -> str:
        """What it is, in messages."""
        return f"a {self.origin.__name__}"

    def __str__(self) -> str:
        return f"{self.word} of {', '.join(map(repr, self.entries)) or 'nothing'}"

    def suffix(self, number: int) -> str:
        """How a user writes part number so and so."""
        entry = self.entries[number]
        return f".{entry}" if self.access == "field" else f"[{entry!r}]"


def node_of(kind: type) -> Node | None:
    """What a class of namedtuples stands for; None for one of the user's."""
    found: Node | None = vars(kind).get("_node")
    return found


def is_tree(value: Any) -> bool:
    """Is it, or is there in it, what Numba has no type for and this module has?"""
    if isinstance(value, tuple):
        return any(map(is_tree, value))
    if isinstance(value, list):
        return not _is_plain_list(value)
    return is_keyed(value) or _is_deque(value)


def is_keyed(value: Any) -> bool:
    """Is it a dict or a dataclass?"""
    return isinstance(value, dict) or _is_dataclass(value)


def packed(value: Any) -> Any:
    """Namedtuples in the place of dicts, lists and dataclasses, at any depth."""
    if isinstance(value, tuple):
        items = [packed(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if not is_tree(value):
        if isinstance(value, str):
            raise TypeError(f"{value!r} is part of an argument, and is no number or array: only those have derivatives")
        return value
    kind, parts = _dataclass_apart(value) if _is_dataclass(value) else _apart(value)
    return kind(*map(packed, parts))


def restored(value: Any) -> Any:
    """The user's structures in the place of the namedtuples that stand for them."""
    if not isinstance(value, tuple):
        return value
    items = [restored(item) for item in value]
    node = node_of(type(value))
    if node is not None:
        return node.rebuild(items)
    return type(value)(*items) if hasattr(value, "_fields") else tuple(items)


def _is_plain_list(value: list[Any]) -> bool:
    """One that a function takes as it is, of any length: its items are numbers, arrays in C order or tuples of one type."""
    first = _form(value[0]) if value else None
    return first is not None and all(_form(item) == first for item in value)


def _form(item: Any) -> Any:
    """Equal for items of one type; None for what is no item of such a list."""
    if item is None or isinstance(item, _NUMBERS):
        return type(item)
    if isinstance(item, np.ndarray):
        return (item.dtype, item.ndim, item.flags.writeable) if item.ndim and item.flags.c_contiguous else None
    if not isinstance(item, tuple):
        return None
    inside = tuple(map(_form, item))
    return None if None in inside else (type(item), inside)


def _is_dataclass(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def _is_deque(value: Any) -> bool:
    return type(value).__name__ == "deque" and type(value).__module__ == "collections"


# ---- dicts and lists ---------------------------------------------------------------------------------------------------

_KINDS: dict[Any, type] = {}
"""The class for each kind of node that was met."""


def _told(value: Any) -> Any:
    """Equal for what means the same: to Python 1, 1.0 and True are equal, and so are 0.0 and -0.0, while a NaN equals nothing."""
    if isinstance(value, _NUMBERS):
        return type(value), repr(value)
    if isinstance(value, tuple | frozenset):
        return type(value), (tuple if isinstance(value, tuple) else frozenset)(map(_told, value))
    if _is_dataclass(value) and any("__eq__" in vars(kind) for kind in type(value).__mro__[:-1]):   # which may leave fields out
        return type(value), tuple(_told(getattr(value, field.name)) for field in dataclasses.fields(value))
    try:
        hash(value)
    except TypeError:
        return type(value), _This(value)
    return type(value), value


class _This:
    """An object that is equal to itself only: what it holds may change."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _This) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def _apart(value: Any) -> tuple[type, Sequence[Any]]:
    try:
        import optree
    except ImportError:
        raise ImportError(
            f"an argument is a {type(value).__name__} of arrays, and `optree` takes those apart: pip install wengert[trees]"
        ) from None
    leaves, spec = optree.tree_flatten(value, is_leaf=lambda item: item is not value, none_is_leaf=True)
    if spec.type is None:
        raise TypeError(f"optree does not know a {type(value).__name__} as a structure")
    entries = tuple(spec.entries())
    key = spec, _told(entries)
    if key not in _KINDS:
        access: Literal["item", "place"] = "item" if isinstance(value, dict) else "place"
        _KINDS[key] = _new(Node(access, type(value), entries, spec.unflatten, {}))
    return _KINDS[key], leaves


def kind_of(word: str, entries: Sequence[Any]) -> type:
    """The class for a dict or a list with these keys, as generated text asks for it."""
    return _apart(dict.fromkeys(entries) if word == "Dict" else [None] * len(entries))[0]


def spelled(kind: type) -> str | None:
    """The arguments of `kind_of` that give this class, if text can have them."""
    node = node_of(kind)
    return None if node is None else spelled_node(node)


def spelled_node(node: Node) -> str | None:
    """The same for a node."""
    if node.origin not in _WORDS or not all(isinstance(entry, str | int) for entry in node.entries):
        return None
    return f"{_WORDS[node.origin]!r}, {list(node.entries)!r}"


_NAMES: dict[str, type] = {}


def __getattr__(name: str) -> type:
    """The class of that name.  Numba keeps the types of machine code on disk by the names of classes: a class that this process
    cannot make from its name is one that it has no use for, and any stands in for it."""
    word, of, keys = name.partition(" of ")
    if not of:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name not in _NAMES and word in _WORDS.values() and keys.endswith("]"):
        return kind_of(word, ast.literal_eval(keys))
    return _NAMES.get(name, _Forgotten)


class _Forgotten(namedtuple("Forgotten", ())):
    """A kind of node that another process knew."""


def _new(node: Node) -> type:
    """A class of namedtuples for a kind of node."""
    names: list[str] = []
    for entry in node.entries:
        plain = isinstance(entry, str) and entry.isidentifier() and not keyword.iskeyword(entry) and not entry.startswith("_")
        others = (f"item{number}" for number in range(2 * len(node.entries)))
        names.append(entry if plain else next(name for name in others if name not in names and name not in node.entries))
    made = namedtuple(_WORDS.get(node.origin, node.origin.__name__), names)  # type: ignore[misc]
    kind: Any = made
    kind.__module__ = __name__
    whole = f"{kind.__name__} of {list(node.entries)!r}"
    if spelled_node(node) is None:
        whole += f" {node.origin.__module__} {node.origin.__qualname__} {dict(node.constants)!r}"
    whole = whole.replace(".", "\\x2e")
    kind.__qualname__ = next(name for k in itertools.count() if (name := f"{whole} {k}" if k else whole) not in _NAMES)
    kind._node = node
    _NAMES[kind.__qualname__] = kind
    return kind  # type: ignore[no-any-return]


# ---- dataclasses -------------------------------------------------------------------------------------------------------


def _dataclass_apart(value: Any) -> tuple[type, Sequence[Any]]:
    origin, fields = type(value), dataclasses.fields(value)
    parts = tuple(field.name for field in fields if field.metadata.get("pytree_node", True))
    constants = {field.name: getattr(value, field.name) for field in fields if field.name not in parts}
    try:
        hash(tuple(constants.values()))
    except TypeError:
        raise TypeError(f"a field of a {origin.__name__} that is no part of its structure must be hashable") from None
    key = origin, _told(tuple(constants.values()))
    if key not in _KINDS:
        _KINDS[key] = _new(Node("field", origin, parts, _maker(origin, parts, constants), constants))
    return _KINDS[key], [getattr(value, name) for name in parts]


def _maker(origin: type, parts: tuple[str, ...], constants: Mapping[str, Any]) -> Callable[[Sequence[Any]], Any]:
    """`__init__` is not called: a gradient need not be what it accepts."""

    def make(items: Sequence[Any]) -> Any:
        new: Any = object.__new__(origin)
        for name, item in (*zip(parts, items, strict=True), *constants.items()):
            object.__setattr__(new, name, item)
        return new

    return make
