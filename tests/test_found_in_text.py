"""Programs whose generated text once meant something else, or that ended in an error of this library: found by reading it."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections import namedtuple
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run

X = np.array([1.0, 2.0, 3.0])
ONES = np.ones(2)
Pair = namedtuple("Pair", "a b")

# ---- names that are used again as counters --------------------------------------------------------------------------


def counted(x, n):
    k = x * x
    for k in range(n):
        x *= 1.5
    return x * k


def counted_inside(x, n):
    k = x
    for _ in range(n):
        for k in range(2):
            x *= 1.1
        x *= k + 1.1
        k = x
    return x * k


def counted_backwards(x, n):
    k = x * x
    for k in reversed(range(1, n + 1)):
        x *= 1.5 * k + k * x
    else:
        x = x * k
    return x * k


@pytest.mark.parametrize("f", [counted, counted_inside, counted_backwards])
@pytest.mark.parametrize("n", [0, 1, 3])
def test_a_number_whose_name_becomes_a_counter(f: Any, n: int) -> None:
    """Its tangent stayed what it was."""
    agrees(f, 0.4, n)


def test_a_parameter_whose_name_becomes_a_counter() -> None:
    def f(x: float, k: float) -> float:
        for k in range(3):
            x *= 1.1
        return x * k

    agrees(f, 1.2, 0.5)


# ---- values, to the bit ---------------------------------------------------------------------------------------------


def whole_or_false(x, a):
    m = 9007199254740993
    k = m + 0 if a else False
    return x * (k - 9007199254740992)


def place_or_false(x, a):
    table = np.array([1.0, 2.0])
    b = (x > 1.0) if a else False
    return table[b + 0] * x


def zero_of_a_sign(x, c):
    y_bar = c + 0.0
    return x * math.copysign(1.0, y_bar)


def negated(x, c):
    y_dot = 0.0 - c
    return math.atan2(y_dot, -1.0) * x


def sums_in_turn(x, c):
    s_bar = np.zeros(2)
    s_bar[0] = 1e16
    for _ in range(3):
        s_bar[0] += x
    s_bar[0] -= 1e16
    return s_bar[0] * x


def sum_that_begins_anew(x, c):
    n_size = 4611686018427387904
    m_size = n_size + n_size
    return x * 1.0 if m_size < 0 else x * 2.0


@pytest.mark.parametrize("f", [place_or_false, zero_of_a_sign, negated, sums_in_turn])
@pytest.mark.parametrize("c", [-0.0, 1.0])
def test_the_value_is_the_primal_s(f: Any, c: float) -> None:
    expected = f(1.5, c)
    assert run(wg.value_and_grad(f), 1.5, c)[0] == expected == run(wg.jvp(f), (1.5, c), (1.0, 1.0))[0]


@pytest.mark.compiled
@pytest.mark.parametrize("f", [sum_that_begins_anew, whole_or_false])
def test_integers_are_those_of_numba(f: Any) -> None:
    """CPython's have no end, and are no floats where one arm is False."""
    assert wg.value_and_grad(f)(1.5, 1.0) == (1.5, 1.0) == (njit(f)(1.5, 1.0), 1.0)


# ---- parameters that are taken apart --------------------------------------------------------------------------------


def called_like_a_class(Pair):
    return Pair.a * Pair.b * Pair.a


def called_like_a_module(np, np_1):
    return np[0][0] * np[1] * np_1[0] * np_1[1]


def called_like_builtins(range, zip, list):
    s = 0.0
    for p, q in zip:
        s += p * q * p * range[0]
    for v in list:
        s += v * v * range[1]
    return s


def called_like_a_helper(strong, x):
    return math.log(x) * strong[0] * math.exp(x * strong[1])


def rest_called_like_a_builtin(x, *range):
    k = 0
    while k < 2:
        x += range[0] * range[1] * x
        k += 1
    return x


def called_like_parts(t, t_0_0_list):
    s = 0.0
    for p, q in t[0]:
        s += p * q * t[1]
    for p, q in t_0_0_list:
        s += p * p * q
    return s


def called_like_what_is_given(a, b, a_given):
    s = 0.0
    for i in range(len(a)):
        s += a[i] * b[i] * a[0]
    for p, q in a_given:
        s += p * q * p
    return s


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (called_like_a_class, (Pair(1.2, 1.3),)), (called_like_a_module, ((X, 1.2), (1.3, 0.7))),
        (called_like_builtins, ((1.2, 1.3), [(1.0, 2.0), (3.0, 4.0)], [0.5, 0.7])), (called_like_a_helper, ((1.2, 1.3), 1.3)),
        (rest_called_like_a_builtin, (1.0, 0.2, 0.3)), (called_like_parts, (([(1.0, 2.0), (3.0, 4.0)], 2.0), [(5.0, 6.0)])),
        (called_like_what_is_given, ([1.0, 2.0], [3.0, 4.0], [(1.0, 2.0)])),
    ],
)  # fmt: skip
def test_parameters_that_are_called_like_what_the_text_uses(f: Any, args: tuple[Any, ...]) -> None:
    value, gradient = run(wg.value_and_grad(f), *args)
    assert value == pytest.approx(f(*args), rel=1e-14)
    step = 1e-6
    first, *rest = args
    moved = [_moved(first, by) for by in (step, -step)]
    difference = (f(moved[0], *rest) - f(moved[1], *rest)) / (2 * step)
    assert _total(gradient) == pytest.approx(difference, rel=1e-7)


def _moved(value: Any, by: float) -> Any:
    if isinstance(value, tuple | list):
        items = [_moved(item, by) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    return value + by


def _total(value: Any) -> float:
    return sum(map(_total, value)) if isinstance(value, tuple | list) else float(np.sum(value))


# ---- Jacobians ------------------------------------------------------------------------------------------------------


def overwritten(x):
    x[0] = x[1] * x[2]
    return x


def copied_and_written(x):
    y = x.copy()
    for i in range(4):
        y[i % 3] = y[(i + 1) % 3] * x[0]
    return y


def written_into(x):
    x[0] = x[1] * x[2] * 2.0


@pytest.mark.parametrize(("f", "outputs"), [(overwritten, ()), (copied_and_written, ()), (written_into, "x")])
def test_what_is_copied_before_it_is_written(f: Any, outputs: Any) -> None:
    """Forward Jacobians took the seed for the result."""
    found = run(wg.jacfwd(f, outputs=outputs), X)
    np.testing.assert_allclose(found, run(wg.jacrev(f, outputs=outputs), X), rtol=1e-14)
    np.testing.assert_allclose(run(wg.jacobian(f, outputs=outputs), X), found, rtol=1e-14)
    assert found[0, 0] != 1.0


def test_results_that_are_no_floats() -> None:
    assert run(wg.jacobian(lambda x: (x * 2.0, 3)), 2.0) == (2.0, None)
    assert run(wg.jacrev(lambda x: (3, (4, True, x))), 2.0) == (None, (None, None, 1.0))
    assert run(wg.jacfwd(lambda x: (None, x * 2.0)), 2.0) == (None, 2.0)


@pytest.mark.compiled
def test_parallel_jacobians() -> None:
    np.testing.assert_array_equal(wg.jacfwd(lambda x: x * x, parallel=True)(X), np.diag(2.0 * X))


def fifth(y):
    return y**5


def test_derivatives_of_products() -> None:
    """The public name of a direction is not that of the text."""
    assert run(wg.hvp(wg.hvp(fifth)), 2.0, 1.0, 1.0) == run(wg.grad(wg.hvp(fifth)), 2.0, 1.0) == 240.0
    assert run(wg.value_and_grad(wg.hvp(fifth), (0, 1)), 2.0, 1.0) == (160.0, (240.0, 160.0))
    assert run(wg.jacrev(wg.vjp(fifth)), (2.0,), 1.0) == ((80.0,), ((160.0,),))
    assert run(wg.grad(lambda x: wg.grad(wg.hvp(fifth))(x, 1.0) * x), 2.0) == 720.0


# ---- defaults that are structures -----------------------------------------------------------------------------------


def with_structures(x, k=2, p={"a": 3.0}, *, w=(1.0, [ONES, 4.0])):  # noqa: B006
    return x * x * k * p["a"] * w[1][1] * w[1][0][1]


def of_a_list(x, p=[2.0, 5.0]):  # noqa: B006
    return x * p[1]


@pytest.mark.compiled
def test_structures_that_are_left_out() -> None:
    assert wg.jvp(with_structures, (3.0,), (1.0,)) == (216.0, 144.0)
    y, pullback = wg.vjp(with_structures, 3.0)
    assert y == 216.0 and pullback(1.0) == (144.0,)
    with pytest.raises(wg.TransformError, match="`p` of `of_a_list` is left out, and its default is a list"):
        wg.vjp(of_a_list, 3.0)


def test_structures_that_are_left_out_without_compiling() -> None:
    """Of a dict the keys were taken for its values."""
    script = "import wengert as wg\nfrom tests.test_found_in_text import with_structures as f\nprint(wg.grad(f)(3.0))"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["144.0"]


# ---- long texts -----------------------------------------------------------------------------------------------------


def test_a_chain_of_ternaries_is_written_in_time(tmp_path: Any, monkeypatch: Any) -> None:
    """Each level once doubled the time: this one would not end."""
    arms = " else ".join(f"x * {k} if x < {k}" for k in range(40))
    (tmp_path / "chain.py").write_text(f"def chain(x):\n    return {arms} else x * x\n")
    monkeypatch.syspath_prepend(tmp_path)
    chain = import_module("chain").chain
    assert run(wg.jvp(chain), (3.5,), (1.0,)) == (14.0, 4.0)


def written(folder: Any, monkeypatch: Any, name: str, text: str) -> Any:
    """A function that a program has written."""
    (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(folder)
    return getattr(import_module(name), name)


def test_a_long_sum_is_several_lines(tmp_path: Any, monkeypatch: Any) -> None:
    """400 terms were one line, which nobody could read, nor astor write."""
    series = written(tmp_path, monkeypatch, "series", "def series(x):\n    return " + " + ".join(f"x * {k}" for k in range(400)))
    derivative = wg.jvp(series)
    assert run(derivative, (2.0,), (1.0,)) == (2.0 * 79800.0, 79800.0)
    assert max(map(len, derivative.source_for((2.0,), (1.0,)).splitlines())) < 300


def test_a_choice_with_a_long_sum_in_it_is_written_in_time(tmp_path: Any, monkeypatch: Any) -> None:
    """It does not fit into an expression, and neither do those around it, which each tried that twice."""
    terms = " + ".join(f"x * {k}" for k in range(60))
    arms = " else ".join(f"x * {k} if x < {k}" for k in range(1, 19))
    steps = written(tmp_path, monkeypatch, "steps", f"def steps(x):\n    return {arms} else {terms}\n")
    assert run(wg.jvp(steps), (30.0,), (1.0,)) == (30.0 * 1770.0, 1770.0)
    assert run(wg.jvp(steps), (3.5,), (1.0,)) == (14.0, 4.0)


LADDER = "".join(f"    if x < {k}.0:\n        return x * {k}\n" for k in range(120))
TOWER = " + ".join(f"x * {k}" for k in range(2000))
DEEP = {"ladder": f"def ladder(x):\n{LADDER}    return x\n", "tower": f"def tower(x):\n    return {TOWER}\n"}


@pytest.mark.parametrize("name", DEEP)
def test_what_is_nested_too_deeply_is_refused(name: str, tmp_path: Any, monkeypatch: Any) -> None:
    with pytest.raises(wg.UnsupportedError) as caught:
        run(wg.grad(written(tmp_path, monkeypatch, name, DEEP[name])), 2.0)
    lines = str(caught.value).splitlines()
    assert lines[0].endswith(f"{name}.py:1: `{name}` is nested too deeply")
    assert lines[1] == f"    1 | def {name}(x):"
    assert lines[3].startswith("  reason: Python gives up: ")
    assert lines[4].startswith("  help:   take long sums, and long chains of `elif`")


def divided_in_place(x):
    for i in range(1, len(x)):
        x[i] /= x[i - 1]
        x[i] = np.sin(x[i]) * x[0]
    return np.sum(x)


def test_a_quotient_is_called_one() -> None:
    """In place it was called a flag."""
    source = wg.grad(divided_in_place).source_for(X)
    assert "quot" in source and "flag" not in source
