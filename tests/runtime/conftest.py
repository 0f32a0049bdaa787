"""Every test here has a cache folder of its own and starts like a fresh process."""

from __future__ import annotations

from pathlib import Path

import pytest

from wengert.runtime import build as build_module


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder, not made yet."""
    monkeypatch.setenv("WENGERT_CACHE_DIR", str(tmp_path / "made" / "here"))
    monkeypatch.setattr(build_module, "_built", {})
    return tmp_path / "made" / "here"
