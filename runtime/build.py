"""From types to a function that can be compiled: ask for source, put it in a file, import it.

In: a `Generator` (the pipeline, handed in so that `runtime` imports nothing from `transform`) and Numba types.  Out:
`Built`, the imported module with its entry function.  The entry is an `@njit` dispatcher that nothing has compiled
yet, or a plain function under NUMBA_DISABLE_JIT.

What holds afterwards: `generate`, the expensive call, runs once per key in a process, and not at all when an earlier
process left the file (see `cache`).  The module has the same name in every process, stands in `sys.modules`, and its
code carries its file, which is what Numba's disk cache, tracebacks and debuggers go by.
"""

from __future__ import annotations

import hashlib
import re
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from numba.core import types
from numba.core.compiler_lock import global_compiler_lock

from . import cache
from .captured import as_now
from .interpret import interpreted

ArgTypes = tuple[types.Type, ...]

# Taken at import: hashing later could see files that were edited after their code was loaded.
_RUNTIME = cache.stamp(Path(__file__).parent)


@dataclass(frozen=True)
class Generated:
    """What a generator makes: a complete module.

    `entry` names its entry function.  `injected` holds the values that the text uses and cannot define: captured
    arrays and the user's own dispatchers; they become globals of the module before its text runs.
    """

    entry: str
    text: str
    injected: Mapping[str, object]


class Generator(Protocol):
    """Where source comes from: one object per transformed function."""

    @property
    def name(self) -> str:
        """A readable stem for files, such as `relax_vjp`."""

    def key(self, argtypes: ArgTypes) -> str | None:
        """A cheap hash of everything that `generate` depends on: source, captured values, callees, types, options.

        None if something cannot be hashed: then nothing is taken from disk or from another generator, nor left there.
        """

    def generate(self, argtypes: ArgTypes) -> Generated:
        """The transform itself, expensive.  Its errors reach the user unchanged."""

    def report(self, argtypes: ArgTypes, values: Sequence[object]) -> object:
        """What the generated code stores and computes again, for these arguments; an object that prints as text."""


@dataclass(frozen=True)
class Built:
    """An imported module of generated code; `function` is its entry, decorated as the text says."""

    path: Path
    text: str
    function: Callable[..., Any]

    @cached_property
    def python(self) -> Callable[..., Any]:
        """The entry as plain Python, down to its last callee: runs without compiling anything."""
        function: Callable[..., Any] = interpreted(self.function)
        return function


_PREFIX = "wengert_generated_"

_built: dict[str, Built] = {}


def build(generator: Generator, argtypes: ArgTypes) -> Built:
    """The module for these types: from this process, else from disk, else generated.

    Holds Numba's own compile lock, so that threads which come at once make one module, and no second lock can be
    taken in the other order.
    """
    with global_compiler_lock:
        name = re.sub(r"[^0-9A-Za-z_]", "_", generator.name)[:60]
        key = generator.key(argtypes)
        if key is None:
            return _generate(generator, argtypes, f"{name}_{uuid.uuid4().hex}", lasting=False)
        stem = f"{name}_{_full_key(key)}"
        found = _built.get(stem)
        if found is None:
            found = _built[stem] = _load(stem) or _generate(generator, argtypes, stem, lasting=True)
        return found


def _full_key(key: str) -> str:
    """The generator's key with what only this side knows: the helpers that generated code calls, and the Python."""
    parts = (key, _RUNTIME, *map(str, sys.version_info[:2]))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _load(stem: str) -> Built | None:
    stored = cache.load(stem)
    return None if stored is None else _import(stored.path, stored.entry, stored.text, stored.arrays)


def _generate(generator: Generator, argtypes: ArgTypes, stem: str, lasting: bool) -> Built:
    made = generator.generate(argtypes)
    text = made.text if made.text.endswith("\n") else made.text + "\n"
    injected = {name: as_now(value) for name, value in made.injected.items()}
    path = cache.store(stem, made.entry, text, injected, lasting)
    return _import(path, made.entry, text, injected)


def _import(path: Path, entry: str, text: str, injected: Mapping[str, object]) -> Built:
    """Run the text as a module.

    It is compiled from `text`, whose checksum was right, and not imported by Python's machinery, which would trust a
    `.pyc` beside the file.  Numba looks the module up by name when it loads machine code, hence `sys.modules`.
    """
    name = f"{_PREFIX}{path.stem}"
    module = module_from_spec(ModuleSpec(name, SourceFileLoader(name, str(path)), origin=str(path)))
    module.__file__ = str(path)
    module.__dict__.update(injected)
    sys.modules[name] = module
    try:
        exec(compile(text, str(path), "exec"), module.__dict__)
        function = getattr(module, entry)
    except BaseException:
        del sys.modules[name]
        raise
    return Built(path, text, function)


class _Finder(MetaPathFinder, Loader):
    """Makes generated modules importable by name.

    Machine code that Numba stored for a user's own `@njit(cache=True)` function names the modules of the functions in
    it, and importing them must not fail in a process that has not made the derivative yet.  Nothing is looked up in
    such a module, so an empty one serves; `build` puts the real one in its place.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A spec for names of generated modules, None for all others."""
        return ModuleSpec(fullname, self) if fullname.startswith(_PREFIX) else None

    def exec_module(self, module: ModuleType) -> None:
        """Leave the module empty."""


sys.meta_path.append(_Finder())
