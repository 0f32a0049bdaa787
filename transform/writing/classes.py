"""The classes of namedtuples in generated text: what they are called, and the lines that define them.

A class that its module's name leads to is imported from there, with a plain namedtuple of the same fields where that module is not
to be found; any other is handed to the module, which has the plain one if it is run without.  A class that stands for a dict or
a list is made from its keys (`runtime.trees`).
"""
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ...runtime.trees import spelled
from ..reading.fingerprint import is_importable
from ..structure import fields_of


def class_names(kinds: Iterable[type], taken: Collection[str]) -> dict[type, str]:
    """A name in the text for each class: its own where that is free."""
    names: dict[type, str] = {}
    for kind in kinds:
        if kind not in names:
            used = {*taken, *names.values()}
            candidates = (kind.__name__ if k == 0 else f"{kind.__name__}_{k}" for k in range(len(used) + 1))
            names[kind] = next(name for name in candidates if name not in used)
    return names


def definitions(names: Mapping[type, str]) -> list[str]:
    """The lines that define the classes, behind the imports."""
    lines = []
    for kind, name in names.items():
        if (keys := spelled(kind)) is not None:
            lines += [f"{name} = kind_of({keys})"]
            continue
        plain = f"namedtuple({kind.__name__!r}, {list(fields_of(kind))!r})"
        if not is_importable(kind):
            lines += [f"{name} = globals().get({name!r}) or {plain}"]
            continue
        root, *path = kind.__qualname__.split(".")
        outer = f"_{name}"
        while outer in names.values():
            outer = f"_{outer}"
        alias = f"{root} as {outer}" if path else root if root == name else f"{root} as {name}"
        lines += ["try:", f"    from {kind.__module__} import {alias}"]
        lines += [f"    {name} = {'.'.join((outer, *path))}"] if path else []
        lines += ["except ImportError:", f"    {name} = {plain}"]
    return lines
