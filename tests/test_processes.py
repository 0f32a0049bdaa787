"""Derivatives in compiled callers, threads, other processes, and without compilation: the same numbers each time."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests import oracles, shipped
from tests.runtime.generators import ROOT, run_python
from tests.semantics.agreement import run
from tests.shipped import bits
from wengert.transform import pipeline

compiled = pytest.mark.compiled


# ---- compiled callers -----------------------------------------------------------------------------------------


def kinetic(x, p):
    total = 0.0
    for i in range(x.shape[0]):
        total += p[0] * x[i] * x[i] / (1.0 + p[1] * x[i])
    return total


@compiled
def test_inside_njit_before_any_call_from_python() -> None:
    gradient = wg.value_and_grad(kinetic, argnums=(0, 1))
    product = wg.hvp(kinetic)
    forward = wg.jvp(kinetic)

    @njit
    def step(x, p):
        value, (x_bar, p_bar) = gradient(x, p)
        curved = product(x, x_bar, p)
        y, y_dot = forward((x, p), (x_bar, None))
        return value, x_bar, p_bar, curved, y, y_dot

    x, p = np.linspace(0.1, 1.0, 4), np.array([0.7, 0.2])
    value, x_bar, p_bar, curved, y, y_dot = step(x, p)
    assert bits((value, (x_bar, p_bar))) == bits(gradient(x, p))
    assert bits(curved) == bits(product(x, x_bar, p))
    assert bits((y, y_dot)) == bits(forward((x, p), (x_bar, None)))
    assert oracles.relative_gap(y_dot, np.dot(x_bar, x_bar)) < 1e-14


# ---- threads --------------------------------------------------------------------------------------------------


@compiled
def test_sixteen_threads_whose_first_calls_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    transforms = []
    real = pipeline.wengert_list
    monkeypatch.setattr(pipeline, "wengert_list", lambda *args: transforms.append(args) or real(*args))
    gradient = wg.grad(kinetic, argnums=1, nogil=True)
    barrier = threading.Barrier(16)

    def call(i: int) -> Any:
        barrier.wait()
        return gradient(np.arange(1.0, 5.0 + i), np.array([0.1 * i, 0.3]))

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(call, range(16)))
    assert len(transforms) == len(gradient.overloads) == 1
    for i, result in enumerate(found):
        assert bits(result) == bits(gradient(np.arange(1.0, 5.0 + i), np.array([0.1 * i, 0.3])))


# ---- processes ------------------------------------------------------------------------------------------------

UNPICKLE = """
import pickle
import sys

calls = pickle.load(open(sys.argv[1], "rb"))
results = {name: function(*args) for name, (function, args) in calls.items()}
pickle.dump(results, open(sys.argv[1], "wb"))
"""


@compiled
def test_pickled_functions_in_a_fresh_process(tmp_path: Path) -> None:
    path = tmp_path / "calls"
    path.write_bytes(pickle.dumps(shipped.CALLS))
    run_python(UNPICKLE, tmp_path / "cache", str(path))
    results = pickle.loads(path.read_bytes())
    for name in shipped.CALLS:
        assert bits(results[name]) == bits(shipped.called(name)()), name


def test_a_decorated_function_pickles_by_its_name() -> None:
    again = pickle.loads(pickle.dumps(shipped.decorated))
    assert again is not shipped.decorated
    assert again.primal is shipped.decorated.primal
    assert again.options == shipped.decorated.options
    assert again.source_for(shipped.U, 1.0) == shipped.decorated.source_for(shipped.U, 1.0)


def test_what_has_no_name_is_pickled_by_value() -> None:
    scale, table = 3.0, np.array([0.5, 2.0])

    def scaled(y):
        return y * scale

    def local(x, k=2.0):
        return np.sum(scaled(x) ** 2 * table) * k

    def falling(x, depth):
        return 1.0 if depth == 0 else np.sin(x) * falling(x, depth - 1)

    x = np.array([0.3, 0.7])
    again = pickle.loads(pickle.dumps(wg.grad(local)))
    assert again.primal is not local and again.primal.__qualname__ == local.__qualname__
    assert again.source_for(x) == wg.grad(local).source_for(x)
    np.testing.assert_array_equal(run(again, x), run(wg.grad(local), x))
    assert run(pickle.loads(pickle.dumps(wg.grad(falling))), 0.4, 3) == run(wg.grad(falling), 0.4, 3)


SCRIPT = """
import pickle, sys
import numpy as np
from joblib import Parallel, delayed
import wengert as wg

SCALE = 2.0

def squared(x):
    return x * x * SCALE

def shifted(a):
    def inner(x):
        return np.sum(squared(x) + a)
    return inner

@wg.custom_vjp
def capped(x):
    return min(x, 1.0)

capped.defvjp(lambda x: (capped(x), None), lambda _, y_bar: (y_bar,))

@wg.grad
def decorated(x):
    return capped(x) ** 2

@wg.grad
def bent(x, k):
    return np.sin(x) * x ** k

if __name__ == "__main__":
    x = np.array([0.3, -0.7])
    calls = [(wg.grad(shifted(0.5)), (x,)), (wg.hvp(lambda x: np.sum(squared(x))), (x, x)), (decorated, (0.3,)), (bent, (0.4, 2)),
             (wg.grad(bent), (0.4, 2))]
    if "joblib" in sys.argv:
        found = Parallel(n_jobs=2)(delayed(call)(*args) for call, args in calls)
    else:
        found = [call(*args) for call, args in calls]
    pickle.dump((calls, found), open(sys.argv[1], "wb"))
"""
CALL_AGAIN = """
import pickle, sys
calls, found = pickle.load(open(sys.argv[1], "rb"))
pickle.dump([call(*args) for call, args in calls], open(sys.argv[1], "wb"))
"""


@compiled
@pytest.mark.parametrize("way", ["joblib", "pickle"])
def test_functions_of_a_script_in_other_processes(tmp_path: Path, way: str) -> None:
    """What the script's own process computes, its workers do, and so does a process that has never seen the script."""
    script, kept = tmp_path / "script.py", tmp_path / "kept"
    script.write_text(SCRIPT)
    for asked in ("here", way):
        environment = {**os.environ, "WENGERT_CACHE_DIR": str(tmp_path / "cache")}
        subprocess.run([sys.executable, str(script), str(kept), asked], cwd=ROOT, env=environment, check=True, timeout=300)
        _, found = pickle.loads(kept.read_bytes())
        if asked == "here":
            expected = found
    assert bits(tuple(found)) == bits(tuple(expected))
    script.unlink()
    run_python(CALL_AGAIN, tmp_path / "cache", str(kept))
    assert bits(tuple(pickle.loads(kept.read_bytes()))) == bits(tuple(expected))


WARM = """
import sys
import numpy as np
from wengert.transform import pipeline

if sys.argv[1] == "warm":
    def transformed_again(*args):
        raise AssertionError("transformed again")
    pipeline.wengert_list = pipeline.write = transformed_again

from tests import shipped

for name, (function, args) in shipped.CALLS.items():
    print(name, shipped.bits(function(*args)))
    hits, misses = (sum(counts.values()) for counts in function.stats[1:])
    assert (hits, misses) == ((1, 0) if sys.argv[1] == "warm" else (0, 1)), (name, hits, misses)
"""


@compiled
def test_a_second_process_neither_transforms_nor_compiles(tmp_path: Path) -> None:
    cold = run_python(WARM, tmp_path, "cold")
    assert run_python(WARM, tmp_path, "warm", PYTHONHASHSEED="7") == cold
    assert len(cold.splitlines()) == len(shipped.CALLS)


PRINT = """
from tests import shipped

for name, (function, args) in shipped.CALLS.items():
    print(name, shipped.bits(function(*args)))
"""


@compiled
@pytest.mark.full
def test_processes_that_share_an_empty_cache_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        first, *rest = pool.map(lambda _: run_python(PRINT, tmp_path), range(3))
    assert rest == [first, first]
    assert len(first.splitlines()) == len(shipped.CALLS)


# ---- without compilation --------------------------------------------------------------------------------------

STEPPED = """
import linecache
import sys
from tests import shipped

lines, files = [], set()

def step(frame, event, argument):
    if not frame.f_code.co_name.startswith("decorated_value_and_grad"):
        return None
    if event == "line":
        files.add(frame.f_code.co_filename)
        lines.append(linecache.getline(frame.f_code.co_filename, frame.f_lineno).rstrip())
    return step

for name, (function, args) in shipped.CALLS.items():
    print(name, shipped.bits(function(*args)))
function, args = shipped.CALLS["decorated"]
sys.settrace(step)
function(*args)
sys.settrace(None)
(file,) = files
text = open(file).read()
assert text.startswith(function.source)
assert lines and set(lines) <= set(function.source.splitlines())
assert sum("np.exp" in line for line in lines) >= args[0].size
"""


@compiled
def test_without_jit_the_generated_file_runs_and_can_be_stepped(tmp_path: Path) -> None:
    printed = run_python(STEPPED, tmp_path, NUMBA_DISABLE_JIT="1")
    for line in printed.splitlines():
        name, found = line.split()
        expected = oracles.flat(shipped.called(name)())
        assert oracles.relative_gap(np.frombuffer(bytes.fromhex(found)), expected) < 1e-14
    assert len(printed.splitlines()) == len(shipped.CALLS)
