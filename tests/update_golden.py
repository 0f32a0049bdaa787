"""Write the golden files anew: `python -m tests.update_golden [FOLDER]`.

A change there needs a reason in the commit message.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.golden_cases import CASES, FOLDER


def update(folder: Path) -> None:
    """Write every text, and remove files of cases that are gone."""
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.py"):
        if path.name not in {case.path.name for case in CASES}:
            path.unlink()
    for case in CASES:
        (folder / case.path.name).write_bytes(case.text().encode())


if __name__ == "__main__":
    update(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
