"""Generated modules on disk: whole or not at all, private, and usable wherever a folder can be written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import pytest

from tests.runtime.generators import run_python
from wengert.runtime import cache

TEXT = "def f(x):\n    return x  # √x\n"


def test_what_is_stored_is_loaded(folder: Path) -> None:
    arrays = {
        "file": np.arange(6.0).reshape(2, 3),  # a name that np.savez has for itself
        "fortran": np.asfortranarray(np.arange(6, dtype=np.int32).reshape(2, 3)),
        "point": np.array(2.5, dtype=np.float32),
        "records": np.array([(1, 2.0)], dtype=[("a", np.int64), ("b", np.float64)]),
    }
    path = cache.store("stem", "f", TEXT, arrays)
    assert path == folder / "stem.py"
    found = cache.load("stem")
    assert found is not None
    assert (found.path, found.entry, found.text) == (path, "f", TEXT)
    for name, array in arrays.items():
        loaded = found.arrays[name]
        assert loaded.dtype == array.dtype
        assert loaded.flags.c_contiguous == array.flags.c_contiguous
        np.testing.assert_array_equal(loaded, array)


def test_the_file_is_the_text_with_one_line_more() -> None:
    path = cache.store("stem", "f", TEXT, {})
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert "".join(lines[:-1]) == TEXT
    assert lines[-1].startswith("# ")


def test_the_same_content_gives_the_same_bytes() -> None:
    captured = {"a": np.arange(3.0)}
    first = cache.store("one", "f", TEXT, captured).read_bytes()
    assert cache.store("two", "f", TEXT, captured).read_bytes() == first


def test_nothing_stored_is_nothing_loaded() -> None:
    assert cache.load("stem") is None


@pytest.mark.parametrize("cut", [1, 60, 130, 10_000])
def test_a_cut_file_is_not_loaded(cut: int) -> None:
    path = cache.store("stem", "f", TEXT, {})
    content = path.read_bytes()
    path.write_bytes(content[:-cut])
    assert cache.load("stem") is None


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"def f(): pass\n", b"# wengert-file \n", b"# wengert-file 00 {}\n", b"x\n" * 5000]
)
def test_a_foreign_file_is_not_loaded(folder: Path, content: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / "stem.py").write_bytes(content)
    assert cache.load("stem") is None


def test_an_edited_file_is_not_loaded_and_is_replaced() -> None:
    path = cache.store("stem", "f", TEXT, {})
    path.write_bytes(path.read_bytes().replace(b"return x", b"return y"))
    assert cache.load("stem") is None
    cache.store("stem", "f", TEXT, {})
    assert cache.load("stem") is not None


def test_a_module_without_its_own_arrays_is_not_loaded() -> None:
    path = cache.store("stem", "f", TEXT, {"a": np.arange(3.0)})
    archive = path.with_suffix(".npz")
    content = archive.read_bytes()
    other = cache.store("other", "f", TEXT, {"a": np.arange(4.0)}).with_suffix(".npz")
    changed = content.replace(np.arange(3.0).tobytes(), np.arange(3.0, 6.0).tobytes())
    assert changed != content
    for wrong in (content[:-30], b"", changed, other.read_bytes()):
        archive.write_bytes(wrong)
        assert cache.load("stem") is None
    archive.unlink()
    assert cache.load("stem") is None
    archive.write_bytes(content)
    assert cache.load("stem") is not None


def test_what_is_no_plain_array_is_written_but_not_offered() -> None:
    strided = np.arange(10.0)[::2]
    for value in (len, strided, np.array([None]), np.arange(3).view(np.matrix)):
        path = cache.store("stem", "f", TEXT, {"a": np.arange(3.0), "g": value})
        assert path.read_text(encoding="utf-8").startswith(TEXT)
        assert cache.load("stem") is None


def test_unchanged_files_are_left_alone() -> None:
    path = cache.store("stem", "f", TEXT, {})
    before = path.stat()
    cache.store("stem", "f", TEXT, {})
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_nothing_temporary_is_left(folder: Path) -> None:
    cache.store("stem", "f", TEXT, {"a": np.arange(3.0)})
    assert sorted(path.name for path in folder.iterdir()) == ["stem.npz", "stem.py"]


def test_a_failed_write_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: str, target: str) -> None:
        raise OSError("no space left on device")

    folder.mkdir(parents=True)
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="cannot write generated code"):
        cache.store("stem", "f", TEXT, {})
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_the_folder_and_its_files_are_private(folder: Path) -> None:
    path = cache.store("stem", "f", TEXT, {})
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_usable_folder_a_private_one_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("WENGERT_CACHE_DIR", str(tmp_path / "file" / "below"))
    path = cache.store("stem_alone", "f", TEXT, {})
    assert path.parent == cache.folder() != tmp_path
    found = cache.load("stem_alone")
    assert found is not None and found.path == path
    if os.name == "posix":
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_folder_that_is_only_readable_is_still_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = cache.store("known", "f", TEXT, {})
    make = cache.tempfile.mkstemp

    def refuse(dir: Path, prefix: str) -> tuple[int, str]:
        if Path(dir) == folder:
            raise PermissionError(dir)
        return make(dir=dir, prefix=prefix)

    monkeypatch.setattr(cache, "_is_usable", lambda path: False)
    monkeypatch.setattr(cache.tempfile, "mkstemp", refuse)
    found = cache.load("known")
    assert found is not None and found.path == known
    assert cache.store("fresh", "f", TEXT, {}).parent != folder
    assert cache.load("fresh") is not None


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_a_default_folder_that_others_can_write_to_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WENGERT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.folder() == tmp_path / "wengert"
    cache.store("stem", "f", TEXT, {})
    assert cache.load("stem") is not None
    (tmp_path / "wengert").chmod(0o777)
    assert cache.folder() != tmp_path / "wengert"
    assert cache.load("stem") is None


def test_the_temporary_folder_goes_with_its_process(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    code = (
        "import os\n"
        "from wengert.runtime import cache\n"
        "path = cache.store('stem', 'f', 'def f(x):\\n    return x\\n', {})\n"
        "if os.name == 'posix':\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        raise SystemExit\n"
        "    os.waitpid(child, 0)\n"
        "assert path.exists()\n"
        "print(path)\n"
    )
    printed = run_python(code, tmp_path / "file" / "below")
    assert not Path(printed.strip()).parent.exists()


def test_a_stamp_tells_edited_sources(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.py").write_text("x = 1\n")
    (tmp_path / "notes.txt").write_text("1")
    first = cache.stamp(tmp_path)
    (tmp_path / "notes.txt").write_text("2")
    assert cache.stamp(tmp_path) == first
    (tmp_path / "sub" / "a.py").write_text("x = 2\n")
    second = cache.stamp(tmp_path)
    (tmp_path / "sub" / "a.py").rename(tmp_path / "sub" / "b.py")
    assert len({first, second, cache.stamp(tmp_path)}) == 3
