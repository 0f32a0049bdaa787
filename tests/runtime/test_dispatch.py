"""The transformed function as a callable: from Python, from compiled code, from threads, from other processes."""

from __future__ import annotations

import inspect
import time
from typing import Any

import numpy as np
import pytest
from numba import cfunc, njit, prange, typeof, types
from numba.core import errors

from tests.runtime.generators import (
    HEADER,
    RefusedError,
    TextGenerator,
    cube,
    cube_generator,
    cube_grad,
    relax,
    relax_generator,
    relax_grad,
    transformed,
)
from wengert.runtime.dispatch import Transformed, make_template

compiled = pytest.mark.compiled
gradient: Any = cube_grad()
relaxed: Any = relax_grad()


# ---- from Python --------------------------------------------------------------------------------------------


@compiled
def test_scalars_and_arrays_of_several_types() -> None:
    generator = cube_generator()
    function: Any = transformed(cube, generator)
    assert function(2.0) == 12.0
    assert function(2) == 12.0
    np.testing.assert_array_equal(function(np.arange(3.0)), [0.0, 3.0, 12.0])
    single = function(np.arange(6, dtype=np.float32)[::2])
    assert single.dtype == np.float64 or single.dtype == np.float32
    assert function(3.0) == 27.0
    expected = [typeof(2.0), typeof(2), typeof(np.arange(3.0)), typeof(np.arange(6, dtype=np.float32)[::2])]
    assert generator.calls == [(argtype,) for argtype in expected]
    assert len(function.overloads) == 4


@compiled
def test_keywords_and_defaults_share_one_specialisation() -> None:
    generator = relax_generator()
    function: Any = transformed(relax, generator)
    u = np.ones(2)
    for result in (function(u), function(u, 2.0), function(u, steps=3), function(k=2.0, u=u), function(u, 2.0, 3)):
        np.testing.assert_array_equal(result, [6.0, 6.0])
    np.testing.assert_array_equal(function(u, steps=5, k=1.5), [7.5, 7.5])
    assert generator.calls == [(types.float64[::1], types.float64, types.int64)]
    assert list(function.overloads) == generator.calls


@compiled
def test_wrong_calls_fail_as_python_functions_do() -> None:
    for args, kwargs in (((), {}), ((1.0, 2.0), {}), ((), {"y": 1.0}), ((1.0,), {"y": 2.0})):
        with pytest.raises(TypeError):
            gradient(*args, **kwargs)
    with pytest.raises(TypeError, match="'x'"):
        gradient.source_for(object())
    with pytest.raises(errors.TypingError, match="cube_grad: Numba has no type for argument 'x'"):
        gradient(object())


@compiled
def test_a_call_is_as_fast_as_numbas_own() -> None:
    plain = njit(lambda x: 3.0 * x * x)
    function: Any = transformed(relax, TextGenerator("f", HEADER + "def f(u, k, steps):\n    return 3.0 * u * k\n"))

    def nanoseconds(call: Any) -> float:
        call(2.0)
        best = float("inf")
        for _ in range(5):
            start = time.perf_counter()
            for _ in range(5000):
                call(2.0)
            best = min(best, time.perf_counter() - start)
        return best / 5000 * 1e9

    reference = nanoseconds(plain)
    assert nanoseconds(gradient) < 4 * reference + 200
    assert nanoseconds(function) < 5 * reference + 200


@compiled
def test_a_method() -> None:
    class Holder:
        value = 2.0
        scaled: Any = transformed(cube, cube_generator())

    assert Holder.scaled(2.0) == 12.0
    with pytest.raises(TypeError, match="too many"):
        Holder().scaled(2.0)


@compiled
def test_a_large_captured_array_gives_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    text = HEADER + "def pick(x):\n    return table[300_000] * x\n"
    function: Any = transformed(cube, TextGenerator("pick", text, {"table": np.arange(400_000.0)}))
    assert function(2.0) == 600_000.0
    assert not [w for w in recwarn if "Cannot cache" in str(w.message)]


# ---- from compiled code -------------------------------------------------------------------------------------


@compiled
def test_inside_njit_with_literals_keywords_and_defaults() -> None:
    @njit
    def caller(x: float, u: Any) -> Any:
        return gradient(x) + gradient(x=2), relaxed(u)[0], relaxed(u, steps=5)[0], relaxed(u, 1.0, 2)[0]

    assert caller(1.0, np.ones(2)) == (15.0, 6.0, 10.0, 2.0)
    for function in (gradient, relaxed):
        for argtypes in function.overloads:
            assert not any(isinstance(a, types.Literal | types.Omitted) for a in argtypes)


@compiled
def test_tuples_none_and_text_as_arguments_and_defaults() -> None:
    def primal(pair: Any, last: Any = (1.0, 2), nothing: Any = None, word: str = "ab") -> Any:
        return pair, last, nothing, word

    text = "def shifted(pair, last, nothing, word):\n    return pair[0] + last[0], pair[1] * last[1], len(word)\n"
    generator = TextGenerator("shifted", HEADER + text)
    function: Any = transformed(primal, generator)

    @njit
    def caller(x: float) -> Any:
        return function((x, 3)), function((x, 3), (2.0, 2), word="abc")

    assert function((1.0, 3)) == (2.0, 6, 2)
    assert caller(1.0) == ((2.0, 6, 2), (3.0, 6, 3))
    pair = types.Tuple((types.float64, types.int64))
    assert generator.calls == [(pair, pair, types.none, types.unicode_type)]


@compiled
def test_inside_prange() -> None:
    @njit(parallel=True)
    def caller(x: Any) -> Any:
        out = np.empty_like(x)
        for i in prange(x.size):
            out[i] = gradient(x[i])
        return out

    x = np.linspace(-1.0, 1.0, 101)
    np.testing.assert_array_equal(caller(x), 3.0 * x * x)


@compiled
def test_inside_cfunc() -> None:
    @cfunc("float64(float64)")
    def callback(x: float) -> Any:
        return gradient(x)

    assert callback.ctypes(2.0) == 12.0


@compiled
def test_as_a_function_argument() -> None:
    other: Any = transformed(cube, TextGenerator("other", HEADER + "def other(x):\n    return x + 1.0\n"))

    @njit
    def apply(f: Any, x: float) -> Any:
        return f(x)

    @njit("float64(FunctionType(float64(float64)), float64)")
    def apply_typed(f: Any, x: float) -> Any:
        return f(x)

    @njit
    def apply_one_of(i: int, x: float) -> Any:
        chosen = gradient if i == 0 else other
        return chosen(x)

    assert (apply(gradient, 2.0), apply(other, 2.0)) == (12.0, 3.0)
    assert (apply_typed(gradient, 2.0), apply_typed(other, 2.0)) == (12.0, 3.0)
    assert [apply_one_of(i, 2.0) for i in range(2)] == [12.0, 3.0]


@compiled
def test_compiled_callers_outlive_the_function() -> None:
    def make_caller() -> Any:
        function: Any = transformed(cube, cube_generator())

        @njit
        def caller(x: float) -> Any:
            return function(x)

        assert function(2.0) == 12.0
        return caller

    first, second = make_caller(), make_caller()
    assert first(2.0) == second(2.0) == 12.0
    del first
    again: Any = transformed(cube, cube_generator())
    assert njit(lambda x: again(x))(2.0) == second(2.0) == 12.0


# ---- errors -------------------------------------------------------------------------------------------------


@compiled
def test_errors_of_the_transform_come_out_unchanged() -> None:
    error = RefusedError("demo.py:3: `try` is not supported\n  help: use `if`")
    function: Any = transformed(cube, cube_generator(failure=error))
    for _ in range(2):
        with pytest.raises(RefusedError) as caught:
            function(1.0)
        assert caught.value is error

    @njit
    def caller(x: float) -> Any:
        return function(x)

    @njit
    def outer(x: float) -> Any:
        return caller(x)

    for compiled_caller in (caller, outer):
        with pytest.raises(RefusedError) as caught:
            compiled_caller(1.0)
        assert caught.value is error
    assert not function.overloads


@compiled
def test_an_error_is_not_remembered() -> None:
    generator = cube_generator(failure=RefusedError("not yet"))
    function: Any = transformed(cube, generator)
    with pytest.raises(RefusedError):
        function(2.0)
    generator.failure = None
    assert function(2.0) == 12.0


def test_a_wrong_number_of_parameters_fails_loudly() -> None:
    function: Any = transformed(cube, TextGenerator("two", HEADER + "def two(x, y):\n    return x\n"))
    with pytest.raises(TypeError, match=r"two takes 1 arguments, but its generated entry two .* takes 2"):
        function(1.0)
    with pytest.raises(TypeError, match="takes 2"):
        function.source_for(1.0)


def test_an_entry_that_is_not_compiled_fails_loudly() -> None:
    function: Any = transformed(cube, TextGenerator("plain", "def plain(x):\n    return x\n"))
    with pytest.raises(TypeError, match="must be decorated with @njit"):
        function(1.0)


# ---- what it carries ----------------------------------------------------------------------------------------


def test_source_of_the_last_specialisation() -> None:
    generator = cube_generator()
    function: Any = transformed(cube, generator)
    with pytest.raises(AttributeError, match=r"cube_grad has no source yet.*cube_grad\.source_for\(\.\.\.\)"):
        _ = function.source
    assert function.source_for(1.0) == generator.text == function.source
    assert function.source_for(x=types.float32) == generator.text
    assert generator.calls == [(types.float64,), (types.float32,)]
    assert not function.overloads


def test_python_for_runs_without_compiling() -> None:
    function: Any = transformed(relax, relax_generator())
    np.testing.assert_array_equal(function.python_for(np.ones(2))(np.ones(2), 2.0, 3), [6.0, 6.0])
    assert not function.overloads


def test_it_looks_like_a_function() -> None:
    assert isinstance(relaxed, Transformed)
    assert relaxed.primal is relaxed.__wrapped__ is relax
    assert (relaxed.__name__, relaxed.__doc__) == ("relax_grad", "About relax_grad.")
    assert inspect.signature(relaxed) == inspect.signature(relax)
    shown = repr(relaxed)
    assert shown.startswith("<wengert relax_grad(u: ") and f"of relax ({relax.__code__.co_filename}:" in shown


def test_the_signature_may_differ_from_the_primals() -> None:
    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in ("primals", "y_bar")]
    text = HEADER + "def pull(primals, y_bar):\n    return primals[0] * y_bar\n"
    function: Any = transformed(cube, TextGenerator("pull", text), signature=inspect.Signature(parameters))
    assert str(inspect.signature(function)) == "(primals, y_bar)"
    assert function.python_for((2.0,), y_bar=3.0)((2.0,), 3.0) == 6.0


def test_templates_have_no_body() -> None:
    template = make_template("f", inspect.signature(relax), None, "m")
    assert (template.__name__, template.__module__, template.__defaults__) == ("f", "m", (2.0, 3))
    with pytest.raises(TypeError, match="no body"):
        template(1.0)


@compiled
def test_the_profiler_can_watch() -> None:
    import cProfile

    profile = cProfile.Profile()
    relaxed(np.ones(2))
    assert profile.runcall(relaxed, np.ones(2))[0] == 6.0
