"""Several derivatives of a function are made of one list, as long as all that the list depends on is as it was."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import X, run
from wengert.runtime import build
from wengert.transform import pipeline, remembered
from wengert.transform.errors import TransformError
from wengert.transform.switches import without

SCALE = 2.0


def scaled(x):
    return np.sum(x * x) * SCALE


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The functions whose lists were made, from here on."""
    calls: list[Any] = []
    make = pipeline._list_of_function
    monkeypatch.setattr(remembered, "_lists", {})
    monkeypatch.setattr(build, "_built", {})
    monkeypatch.setattr(build, "_load", lambda stem: None)
    monkeypatch.setattr(pipeline, "_list_of_function", lambda primal, *rest: calls.append(primal) or make(primal, *rest))
    return calls


def every(f: Any, *args: Any) -> None:
    ones = np.ones_like(args[0])
    run(wg.grad(f), *args)
    run(wg.value_and_grad(f), *args)
    run(wg.jvp(f), args, (ones, *(None for _ in args[1:])))
    run(wg.vjp(f), args, 1.0)
    run(wg.hvp(f), args[0], ones, *args[1:])


def test_one_list_for_all_derivatives(made: list[Any]) -> None:
    every(scaled, X)
    every(scaled, X.astype(np.float32))
    assert made == [scaled, scaled]


def test_derivatives_of_a_derivative(made: list[Any]) -> None:
    slope = wg.grad(scaled)
    run(wg.jvp(slope), (X,), (X,))
    run(wg.vjp(slope), (X,), X)
    assert made == [slope, scaled]


def test_a_global_that_changes(made: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    np.testing.assert_array_equal(run(wg.grad(scaled), X), 4.0 * X)
    monkeypatch.setattr(sys.modules[__name__], "SCALE", 3.0)
    np.testing.assert_array_equal(run(wg.value_and_grad(scaled), X)[1], 6.0 * X)
    assert len(made) == 2


def times(table: Any) -> Any:
    return lambda x: np.sum(x * table)


def test_arrays_that_were_alike(made: list[Any]) -> None:
    """What is generated for the second must not hold the array of the first."""
    one, other = np.arange(5.0), np.arange(5.0)
    f, g = times(one), times(other)
    np.testing.assert_array_equal(run(wg.grad(f), X), np.arange(5.0))
    one[:] = 9.0
    np.testing.assert_array_equal(run(wg.value_and_grad(g), X)[1], np.arange(5.0))


def inner(x):
    return x * x


def outer(x):
    return inner(x) + x


def twice(x):
    return 2.0 * x


def test_a_rule_that_is_declared_in_between(made: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(wg.grad(outer), 3.0) == 7.0
    ruled = wg.custom_jvp(inner)
    ruled.defjvp(lambda primals, tangents: (inner(*primals), 5.0 * tangents[0]))
    monkeypatch.setattr(sys.modules[__name__], "inner", ruled)
    assert run(wg.value_and_grad(outer), 3.0)[1] == 6.0


def test_an_optimisation_that_is_off(made: list[Any]) -> None:
    run(wg.grad(scaled), X)
    with without("extents"):
        run(wg.value_and_grad(scaled), X)
    assert len(made) == 2


def test_a_signature(made: list[Any]) -> None:
    """It is refused, for whatever it was made before."""
    wg.grad(numba.njit(inner)).source_for(np.float32(2.0))
    with pytest.raises(TransformError, match=r"is compiled for \(float64,\), not for \(float32,\)"):
        wg.grad(numba.njit("float64(float64)")(inner)).source_for(np.float32(2.0))


def test_two_files_with_the_same_text(tmp_path: Path) -> None:
    """Each error names the file that it is about."""
    for folder in ("one", "other"):
        path = tmp_path / folder / "model.py"
        path.parent.mkdir()
        path.write_text("def f(x):\n    return x * 2.0, x\n")
        spec = spec_from_file_location("model", path)
        assert spec is not None and spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        place = pipeline.wengert_list(module.f, (numba.float64,)).body[0].loc
        assert place is not None and Path(place.file) == path


def test_only_the_last_are_kept(made: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 2)
    for f in (inner, outer, inner, twice, inner, outer):
        pipeline.wengert_list(f, (numba.float64,))
    assert made == [inner, outer, twice, outer]


def ruled_by(table: Any) -> Any:
    @wg.custom_vjp
    def masked(x):
        return x * 1.0

    def fwd(x):
        return x * 1.0, None

    def bwd(_, y_bar):
        return (y_bar * table,)

    masked.defvjp(fwd, bwd)
    return lambda x: np.sum(masked(x))


def test_arrays_of_a_rule(made: list[Any]) -> None:
    """A rule is read when a derivative asks for it: by then the array of the one that was alike may have changed."""
    one, other = np.ones(5), np.ones(5)
    f, g = ruled_by(one), ruled_by(other)
    run(wg.grad(f), X)
    one[:] = 9.0
    np.testing.assert_array_equal(run(wg.value_and_grad(g), X)[1], np.ones(5))
