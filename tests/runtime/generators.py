"""A generator for tests that gives a fixed text, and transformed functions made from it.

Importable by name, so that fresh processes can unpickle what the tests pickle.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wengert.runtime.build import ArgTypes, Generated
from wengert.runtime.dispatch import PlainTransformed, Specialised, Transformed, make_template, make_transformed

ROOT = Path(__file__).parents[2]
HEADER = 'import math\nimport numpy as np\nfrom numba import njit\n\n\n@njit(error_model="numpy", cache=True)\n'


class RefusedError(Exception):
    """Stands for the transform's own error."""


@dataclass
class TextGenerator:
    """Gives `text`, whose entry is `entry`, for all types; `calls` holds the types that it was asked for."""

    entry: str
    text: str
    injected: Mapping[str, object] = field(default_factory=dict)
    failure: Exception | None = None
    hashable: bool = True
    stem: str = ""
    calls: list[ArgTypes] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.stem or self.entry

    def key(self, argtypes: ArgTypes) -> str | None:
        if not self.hashable:
            return None
        return hashlib.sha256(f"{self.text}{argtypes}{sorted(self.injected)}".encode()).hexdigest()

    def generate(self, argtypes: ArgTypes) -> Generated:
        self.calls.append(argtypes)
        if self.failure is not None:
            raise self.failure
        return Generated(self.entry, self.text, self.injected)


@dataclass(frozen=True)
class NamedRecipe:
    """Names a function of this module that makes the transformed function."""

    maker: str

    def make(self) -> Specialised:
        made: Specialised = globals()[self.maker]()
        return made


def transformed(
    primal: Callable[..., Any], generator: TextGenerator, recipe: str = "", signature: inspect.Signature | None = None
) -> Transformed | PlainTransformed:
    """The transformed function of a generator, with the primal's parameters."""
    template = make_template(
        generator.name, signature or inspect.signature(primal), f"About {generator.name}.", __name__
    )
    return make_transformed(template, generator, primal, {}, NamedRecipe(recipe))


def cube(x: float) -> float:
    return x**3


def relax(u: Any, k: float = 2.0, steps: int = 3) -> float:
    return float(k * steps * u.sum())


def cube_generator(**changes: Any) -> TextGenerator:
    return TextGenerator("cube_grad", HEADER + "def cube_grad(x):\n    return 3.0 * x * x\n", **changes)


def cube_grad() -> Transformed | PlainTransformed:
    return transformed(cube, cube_generator(), "cube_grad")


def relax_generator() -> TextGenerator:
    """Fills an array with k·steps in a helper of the same module, as generated code with callees does."""
    helper = "def fill(out, value):\n    for i in range(out.size):\n        out[i] = value\n\n\n"
    entry = HEADER.partition("\n\n\n")[2] + "def relax_grad(u, k, steps):\n"
    body = "    out = np.empty_like(u)\n    fill(out, k * steps)\n    return out\n"
    return TextGenerator("relax_grad", HEADER + helper + entry + body)


def relax_grad() -> Transformed | PlainTransformed:
    return transformed(relax, relax_generator(), "relax_grad")


def run_python(code: str, cache: Path, *args: str, **environment: str) -> str:
    """What a fresh interpreter prints for this code; its cache folder is `cache`."""
    variables = {**os.environ, "WENGERT_CACHE_DIR": str(cache), **environment}
    command = [sys.executable, "-c", code, *args]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout
