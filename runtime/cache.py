"""Where generated modules lie on disk.

In: a file stem, the text of a module and the arrays that go with it.  Out: a real file `<folder>/<stem>.py` (arrays
beside it as `<stem>.npz`), or what an earlier process left there.  A real file, because Numba's own disk cache,
tracebacks and debuggers need one.

What holds afterwards: a file is written whole or not at all (temporary file, then `os.replace`), and nothing that
`load` returns was cut short, edited or left by someone else's program, because the last line of every file is a
seal with a checksum over the rest.  Code is executed from the default folder, so it is used only while nobody else
can write to it; a folder named in WENGERT_CACHE_DIR is trusted as it is.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import json
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeGuard

import numpy as np
import numpy.typing as npt

from .captured import is_frozen

Arrays = Mapping[str, npt.NDArray[Any]]

_SEAL = "# wengert-file "


@dataclass(frozen=True)
class Stored:
    """A generated module as it lies on disk: its file, the name of its entry function, its text, its arrays."""

    path: Path
    entry: str
    text: str
    arrays: Arrays


def load(stem: str) -> Stored | None:
    """What an earlier call stored under `stem`, or None if there is nothing that is whole and can stand alone."""
    for folder in _folders():
        found = _read(folder / f"{stem}.py")
        if found is not None:
            return found
    return None


def store(stem: str, entry: str, text: str, injected: Mapping[str, object], lasting: bool = True) -> Path:
    """Write the module to disk and return its file.  `text` ends with a line break.

    Values in `injected` that are no plain arrays cannot be stored.  The file is written all the same (Numba and
    debuggers want it), but its seal says so and `load` does not offer it to the next process.  A module that is not
    `lasting` goes to the temporary folder, so that Numba's machine code for it is forgotten with it.
    """
    arrays = {name: value for name, value in injected.items() if _is_storable(value)}
    alone = len(arrays) == len(injected)
    arrays = arrays if alone else {}
    content = _sealed(entry, text, arrays, alone)
    folders = _folders() if lasting else [_temporary_folder()]
    for folder in folders:
        try:
            return _write(folder, stem, content, arrays)
        except OSError as error:
            failure = error
    raise OSError(f"wengert: cannot write generated code to {' or '.join(map(str, folders))}") from failure


def folder() -> Path:
    """The folder that is asked first: WENGERT_CACHE_DIR, else the user's cache folder, else a private temporary one."""
    return _folders()[0]


def stamp(package: Path) -> str:
    """A hash over the Python sources below a folder: part of a key, so that an edited library never meets old files."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(package).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


# ---- folders ------------------------------------------------------------------------------------------------


def _folders() -> list[Path]:
    """The folders to try, best first; the temporary one is made only when nothing else is left."""
    named = os.environ.get("WENGERT_CACHE_DIR")
    first = Path(named).expanduser().absolute() if named else _user_folder()
    if first is not None and (named or _is_private(first)) and _is_usable(first):
        return [first]
    temporary = _temporary_folder()
    readable = first is not None and first.is_dir() and (named or _is_private(first))
    return [first, temporary] if first is not None and readable else [temporary]


def _user_folder() -> Path | None:
    """The platform's folder for caches, or None for an account without a home."""
    try:
        home = Path.home()
    except RuntimeError:
        return None
    xdg = os.environ.get("XDG_CACHE_HOME")
    if xdg and os.path.isabs(xdg):
        return Path(xdg) / "wengert"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "wengert" / "cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "wengert"
    return home / ".cache" / "wengert"


def _is_private(path: Path) -> bool:
    """Whether nobody else can put code there: it is ours and not writable by others (or does not exist yet)."""
    if os.name != "posix":
        return True
    try:
        status = path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022


def _is_usable(path: Path) -> bool:
    """Whether files can be made there; makes the folder.  The attempt counts, permission bits alone do not."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path).close()
    except OSError:
        return False
    return True


@functools.cache
def _temporary_folder() -> Path:
    """A folder of this process alone, removed when the process ends (not when a forked child does)."""
    made = Path(tempfile.mkdtemp(prefix="wengert-"))
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:
            shutil.rmtree(made, ignore_errors=True)

    atexit.register(remove)
    return made


# ---- files --------------------------------------------------------------------------------------------------


def _is_storable(value: object) -> TypeGuard[npt.NDArray[Any]]:
    """Plain contiguous arrays come back from `.npz` with the same bytes, type and layout; nothing else does surely.  What is read
    where it is, is that very array."""
    return type(value) is np.ndarray and not value.dtype.hasobject and is_frozen(value)


def _member(name: str) -> str:
    """The array's name inside the archive, prefixed because `np.savez` has parameters of its own."""
    return f"array_{name}"


def _digest_of(arrays: Arrays) -> str:
    digest = hashlib.sha256()
    for name, value in sorted(arrays.items()):
        order = "C" if value.flags.c_contiguous else "F"
        digest.update(f"{name}\0{value.dtype.descr}\0{value.shape}\0{order}\0".encode())
        digest.update(value.tobytes(order="A"))
    return digest.hexdigest()


def _sealed(entry: str, text: str, arrays: Arrays, alone: bool) -> bytes:
    """The bytes of the file.  The seal is the last line: a cut file has none, and line numbers stay those of `text`."""
    facts = json.dumps({"entry": entry, "alone": alone, "arrays": sorted(arrays), "digest": _digest_of(arrays)}) + "\n"
    check = hashlib.sha256(f"{facts}\0{text}".encode()).hexdigest()
    return f"{text}{_SEAL}{check} {facts}".encode()


def _read(path: Path) -> Stored | None:
    """The module in that file with its arrays, or None unless every checksum is right."""
    try:
        content = path.read_bytes().decode()
        body, mark, seal = content.rpartition(_SEAL)
        check, _, facts = seal.partition(" ")
        if not mark or check != hashlib.sha256(f"{facts}\0{body}".encode()).hexdigest():
            return None
        about = json.loads(facts)
        if not about["alone"]:
            return None
        arrays = _read_arrays(path.with_suffix(".npz"), about["arrays"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    if _digest_of(arrays) != about["digest"]:
        return None
    return Stored(path, about["entry"], body, arrays)


def _read_arrays(path: Path, names: list[str]) -> Arrays:
    if not names:
        return {}
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[_member(name)] for name in names}


def _write(folder: Path, stem: str, content: bytes, arrays: Arrays) -> Path:
    """Both files, arrays first: whoever finds the module finds its arrays."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if arrays:
        members: Any = {_member(name): value for name, value in arrays.items()}
        _replace(folder / f"{stem}.npz", lambda file: np.savez(file, **members))
    path = folder / f"{stem}.py"
    if not _holds(path, content):
        _replace(path, lambda file: file.write(content))
    return path


def _holds(path: Path, content: bytes) -> bool:
    """Whether the file has that content already: writing it again would cost Numba its fresh index for nothing."""
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _replace(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file whole: into a temporary file beside it, then over it in one step."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".wengert-")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
