"""Tests write to a cache folder of their own, never to the user's; some are left to the full tier (`tiers.py`)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import tiers


@pytest.fixture(autouse=True, scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """WENGERT_CACHE_DIR for the whole session, and for the processes that tests start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WENGERT_CACHE_DIR", str(tmp_path_factory.mktemp("wengert")))
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before pytest takes those away whose marks are not asked for."""
    tiers.share(items)
