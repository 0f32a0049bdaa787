"""Generated source is a file that stands alone: numpy, numba and wengert.runtime are all that it needs."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests import golden_primals as primals
from tests import oracles
from tests.runtime.generators import run_python

FIELD = 1.0 + 0.3 * np.cos(np.arange(6.0))

# (transform, its name, arguments): all of them of undecorated Python functions
CASES: list[tuple[Any, str, tuple[Any, ...]]] = [
    (wg.grad(primals.relax, argnums=(0, 1)), "relax_grad", (FIELD, 0.1, 3)),
    (wg.jvp(primals.log_sum_exp), "log_sum_exp_jvp", ((FIELD,), (np.sin(FIELD),))),
    (wg.hvp(primals.newton, argnums=(0, 1)), "newton_hvp", (2.0, (0.3, -0.7), 1.5)),
]

BARE = """
import pickle
import sys
from pathlib import Path

class Refuse:
    '''Nothing but the three, and what they need themselves.'''
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("astor", "scipy") or name.startswith("wengert.transform"):
            raise ImportError(f"{name} is not here")

sys.meta_path.insert(0, Refuse())
folder = Path(sys.argv[1])
sys.path.insert(0, str(folder))
results = {}
for name, args in pickle.loads((folder / "arguments").read_bytes()).items():
    entry = getattr(__import__(name), name)
    results[name] = entry(*args)
    assert entry.signatures
assert "wengert.runtime" in sys.modules
assert not [name for name in sys.modules if name.startswith("wengert.transform")]
(folder / "results").write_bytes(pickle.dumps(results))
"""


@pytest.mark.compiled
def test_sources_of_undecorated_functions_run_in_a_bare_process(tmp_path: Path) -> None:
    for transformed, name, args in CASES:
        (tmp_path / f"{name}.py").write_text(transformed.source_for(*args))
    (tmp_path / "arguments").write_bytes(pickle.dumps({name: args for _, name, args in CASES}))
    run_python(BARE, tmp_path / "cache", str(tmp_path))
    results = pickle.loads((tmp_path / "results").read_bytes())
    for transformed, name, args in CASES:
        expected, found = oracles.flat(transformed(*args)), oracles.flat(results[name])
        assert expected.tobytes() == found.tobytes(), name
        assert np.any(expected)


def test_importing_the_runtime_imports_no_transform(tmp_path: Path) -> None:
    code = (
        "import sys, wengert.runtime as runtime, wengert as wg\n"
        "print([name for name in sys.modules if 'transform' in name and 'wengert' in name])\n"
        "assert sorted(set(wg.__all__) - set(dir(wg))) == []\n"
        "assert all(callable(getattr(wg, name)) for name in wg.__all__)\n"
        "print(hasattr(wg, 'nonsense'), wg.wengert.__name__)\n"
    )
    assert run_python(code, tmp_path) == "[]\nFalse wengert\n"
