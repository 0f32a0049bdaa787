"""A mutant: one piece of one file of the package replaced, and a tree of the package with it in its place.

In: declarations, `area(path, (name, original, mutated, what it breaks), ...)`.  Out: `Mutant`s; `Tree`, a copy of the package
that a process of its own imports in place of the real one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Planted = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Mutant:
    """`original` stands exactly once in the file at `path`."""

    path: str
    name: str
    original: str
    mutated: str
    what: str

    @property
    def id(self) -> str:
        """derive/adjoint.py and `no clear` → derive/adjoint:no-clear"""
        return f"{self.path.removeprefix('transform/').removesuffix('.py')}:{self.name.replace(' ', '-')}"

    @property
    def area(self) -> str:
        return self.path.rpartition("/")[0] if self.path.count("/") > 1 else self.path

    @property
    def digest(self) -> str:
        """Verdicts of another text of this mutant are no verdicts of this one."""
        text = "\0".join((self.path, self.original, self.mutated))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def text(self) -> str:
        """The file with the bug in it."""
        text = (ROOT / self.path).read_text()
        found = text.count(self.original)
        if found != 1:
            raise ValueError(f"{self.id}: the original stands {found} times in {self.path}:\n{self.original}")
        return text.replace(self.original, self.mutated)


def area(path: str, *planted: Planted) -> tuple[Mutant, ...]:
    """Bugs in one file."""
    return tuple(Mutant(path, *bug) for bug in planted)


class Tree:
    """A copy of the package in a folder, in which mutants are planted one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.package = folder, folder / "wengert"
        shutil.rmtree(self.package, ignore_errors=True)
        ignored = shutil.ignore_patterns("*.nbi", "*.nbc")
        shutil.copytree(ROOT / "src/wengert", self.package, ignore=shutil.ignore_patterns("transform", "runtime"))
        for part in ("transform", "runtime"):
            shutil.copytree(ROOT / part, self.package / part, ignore=ignored)

    def digest(self) -> str:
        """Of the package as it is: what is known of its lines holds for this text alone."""
        found = hashlib.sha256()
        for path in sorted(self.package.rglob("*.py")):
            found.update(path.relative_to(self.package).as_posix().encode() + b"\0" + path.read_bytes())
        return found.hexdigest()[:12]

    @contextmanager
    def planted(self, mutant: Mutant | None) -> Iterator[None]:
        """The tree with the mutant in it; None: as it is."""
        if mutant is None:
            yield
            return
        path = self.package / mutant.path
        kept = path.read_text()
        self._write(path, mutant.text())
        try:
            yield
        finally:
            self._write(path, kept)

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text)
        for stale in path.parent.glob(f"__pycache__/{path.stem}.*"):        # bytecode and compiled helpers
            stale.unlink()

    def enter(self) -> None:
        """Make this process and those that it starts import the tree."""
        sys.path[:0] = [str(self.folder), str(ROOT)]
        os.environ["PYTHONPATH"] = str(self.folder)
        os.chdir(ROOT)
