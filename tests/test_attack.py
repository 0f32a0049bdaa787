"""A hundred random programs, always the same, against the oracles of `attack`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import attack

PROGRAMS = 100
BATCH = 10


@pytest.mark.filterwarnings("ignore:.*faster on contiguous")
@pytest.mark.parametrize("batch", range(PROGRAMS // BATCH))
def test_random_programs(batch: int, tmp_path: Path) -> None:
    seeds = range(batch * BATCH, (batch + 1) * BATCH)
    assert [defect for seed in seeds for defect in attack.defects(seed, tmp_path, seed % 6 == 0)] == []
