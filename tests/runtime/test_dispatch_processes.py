"""The transformed function in threads, in other processes, and without compilation."""

from __future__ import annotations

import copy
import inspect
import pickle
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from numba import types

from tests.runtime.generators import (
    HEADER,
    TextGenerator,
    cube,
    cube_generator,
    cube_grad,
    relax,
    relax_grad,
    run_python,
    transformed,
)
from wengert.runtime.dispatch import PlainTransformed, Transformed, make_template

compiled = pytest.mark.compiled
gradient: Any = cube_grad()
relaxed: Any = relax_grad()


# ---- threads ------------------------------------------------------------------------------------------------


@compiled
def test_sixteen_threads_at_once_make_one_specialisation() -> None:
    class Slow(TextGenerator):
        def generate(self, argtypes: Any) -> Any:
            time.sleep(0.05)
            return super().generate(argtypes)

    generator = Slow("cube_grad", cube_generator().text)
    function: Any = transformed(cube, generator)
    barrier = threading.Barrier(16)

    def call(i: int) -> Any:
        barrier.wait()
        return function(float(i))

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(call, range(16))) == [3.0 * i * i for i in range(16)]
    assert len(generator.calls) == 1
    assert sum(function.stats.cache_misses.values()) == 1
    assert len(function.overloads) == 1


@compiled
@pytest.mark.parametrize("released", [True, False])
def test_the_gil_is_released_on_request(released: bool) -> None:
    header = HEADER.replace("cache=True", f"nogil={released}")
    body = "def spin(x):\n    for i in range(50_000_000):\n        x = x * 0.9 + 0.1 / (1.0 + x * x)\n    return x\n"
    function: Any = transformed(cube, TextGenerator("spin", header + body))
    function.compile((types.float64,))
    span: list[float] = []

    def run() -> None:
        span.append(time.perf_counter())
        function(1.0)
        span.append(time.perf_counter())

    thread = threading.Thread(target=run)
    thread.start()
    ticks = []
    while thread.is_alive():
        ticks.append(time.perf_counter())
        time.sleep(0.005)
    start, end = span
    inside = sum(start + 0.02 < tick < end - 0.02 for tick in ticks)
    assert (inside > 5) == released


# ---- processes ----------------------------------------------------------------------------------------------


def test_pickling_asks_the_recipe() -> None:
    for again in (pickle.loads(pickle.dumps(relaxed)), copy.deepcopy(relaxed)):
        assert isinstance(again, Transformed)
        assert (again.__name__, again.primal) == ("relax_grad", relax)


@compiled
def test_a_pickled_function_in_a_fresh_process(tmp_path: Path) -> None:
    (tmp_path / "function.pickle").write_bytes(pickle.dumps([gradient, relaxed]))
    code = (
        "import pickle, sys\nimport numpy as np\n"
        "cube_grad, relax_grad = pickle.load(open(sys.argv[1], 'rb'))\n"
        "print(cube_grad(2.0), relax_grad(np.ones(2), steps=5))\n"
    )
    assert run_python(code, tmp_path, str(tmp_path / "function.pickle")) == "12.0 [10. 10.]\n"


SECOND_PROCESS = """
import numpy as np
from tests.runtime.generators import RefusedError, relax, relax_generator, transformed

generator = relax_generator()
function = transformed(relax, generator)
print(function(np.ones(2))[0], len(generator.calls), *(sum(c.values()) for c in function.stats[1:]))
assert function.source == generator.text
"""


@compiled
def test_a_second_process_neither_transforms_nor_compiles(tmp_path: Path) -> None:
    assert run_python(SECOND_PROCESS, tmp_path) == "6.0 1 0 1\n"
    assert run_python(SECOND_PROCESS, tmp_path) == "6.0 0 1 0\n"
    (path,) = tmp_path.glob("relax_grad_*.py")
    path.write_bytes(path.read_bytes()[:-20])
    assert run_python(SECOND_PROCESS, tmp_path).startswith("6.0 1 ")


CACHED_CALLER = """
from numba import njit
from tests.runtime.generators import cube_grad

gradient = cube_grad()

@njit(cache=True)
def caller(x):
    return gradient(x) + 1.0
"""


@compiled
def test_a_users_own_cached_caller(tmp_path: Path) -> None:
    (tmp_path / "users_module.py").write_text(CACHED_CALLER)
    code = (
        f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\n"
        "from users_module import caller, gradient\n"
        "print(caller(2.0), sum(caller.stats.cache_hits.values()), gradient(1.0))\n"
    )
    assert run_python(code, tmp_path / "cache") == "13.0 0 3.0\n"
    assert run_python(code, tmp_path / "cache") == "13.0 1 3.0\n"


# ---- without compilation ------------------------------------------------------------------------------------

DISABLED = """
import pickle
import numpy as np
from tests.runtime.generators import RefusedError, cube, cube_generator, relax_grad, transformed
from wengert.runtime.dispatch import PlainTransformed

function = relax_grad()
assert isinstance(function, PlainTransformed) and isinstance(pickle.loads(pickle.dumps(function)), PlainTransformed)
print(function(np.ones(2), steps=5)[0], function.python_for(np.ones(2))(np.ones(2), 1.0, 1)[0], repr(function)[:20])
generator = cube_generator()
cube_grad = transformed(cube, generator)
print(cube_grad(2.0), cube_grad(3.0), cube_grad(np.float32(2.0)), len(generator.calls))
refused = transformed(cube, cube_generator(failure=RefusedError("no")))
for wrong, args in ((cube_grad, ()), (cube_grad, (set(),)), (refused, (1,))):
    try:
        wrong(*args)
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
class Holder:
    method = transformed(cube, cube_generator())
print(Holder.method(2.0), Holder().method.__self__.__class__.__name__)
"""


def test_without_jit_the_generated_python_runs(tmp_path: Path) -> None:
    assert run_python(DISABLED, tmp_path, NUMBA_DISABLE_JIT="1").splitlines() == [
        "10.0 1.0 <wengert relax_grad(",
        "12.0 27.0 12.0 2",
        "TypeError: missing a required argument: 'x'",
        "TypeError: cube_grad: Numba has no type for argument 'x', a set",
        "RefusedError: no",
        "12.0 Holder",
    ]


def test_the_plain_kind_can_be_made_beside_the_compiled_one() -> None:
    template = make_template("cube_grad", inspect.signature(cube), None, __name__)
    function = PlainTransformed(template, cube_generator(), cube, {"nogil": True}, relaxed._recipe)
    assert function.options == {"nogil": True}
    assert function.python_for(2.0)(2.0) == 12.0
