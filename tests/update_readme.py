"""Write README.md's example anew: `python -m tests.update_readme`.

The first Python block is examples/quickstart.py, the second the source that it prints, and the line between them has the
gradient that it prints.  A test holds all three current.
"""
from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
QUICKSTART = ROOT / "examples" / "quickstart.py"
EXAMPLE = re.compile(
    r"(?P<open>^```python\n).*?(?P<between>^```\n\nIt prints `)[^`]*(?P<after>`.*?^```python\n).*?(?P<close>^```$)",
    re.MULTILINE | re.DOTALL)


def output() -> tuple[str, str]:
    """What the example prints, in a process and a cache folder of its own: the gradient, and the source."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, str(QUICKSTART)], cwd=folder, env=os.environ | {"WENGERT_CACHE_DIR": folder},
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    gradient, source = done.stdout.split("\n", 1)
    return gradient, source.strip() + "\n"


def current() -> str:
    """README.md as it should be."""
    _docstring, code = QUICKSTART.read_text().split("\n", 1)
    gradient, source = output()
    text, found = EXAMPLE.subn(
        lambda m: f"{m['open']}{code}{m['between']}{gradient}{m['after']}{source}{m['close']}", README.read_text(), count=1)
    assert found == 1, "README.md has lost its example"
    return text


if __name__ == "__main__":
    README.write_text(current())
