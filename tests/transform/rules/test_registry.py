"""Every rule of the registry: forward, reverse, second order, dtypes, layouts, and the kinks of semantics.md §3.

Most of it runs the generated source uncompiled, where numbers are the same and no time goes to LLVM; one sample of
each rule is compiled.  A rule without a sample fails.
"""
import importlib.util
import math
import sys
import warnings

import numpy as np
import pytest

import wengert as wg
from tests.transform.rules import samples
from wengert.transform.rules import RULES

compiled = pytest.mark.compiled


def test_every_rule_has_a_sample():
    """Effects apart: what is drawn or printed is tested in tests/semantics/test_effects.py."""
    assert {s.key for s in samples.SAMPLES} | samples.COMPLEX == {key for key, rule in RULES.items() if not rule.effect}


@pytest.fixture(scope="module")
def functions(tmp_path_factory):
    """All samples in one file, imported once: f_i, and g_i which makes a number of it."""
    lines = ["import math", "import numpy as np", "from wengert.runtime import *", ""]
    for i, s in enumerate(samples.SAMPLES):
        wrapped = f"np.sum(np.cos({s.text}))" if np.ndim(value_of(s)) else f"math.cos({s.text})"
        lines += [f"def f_{i}({s.params}):", f"    {s.first}", f"    return {s.text}", ""]
        lines += [f"def g_{i}({s.params}):", f"    {s.first}", f"    return {wrapped}", ""]
    for kind, table in (("kink", samples.KINKS), ("second", samples.SECOND)):
        for i, (text, point, _) in enumerate(table):
            lines += [f"def {kind}_{i}({', '.join('xy'[: len(point)])}):", f"    return {text}", ""]
    path = tmp_path_factory.mktemp("registry") / "registry_samples.py"
    path.write_text("\n".join(lines))
    spec = importlib.util.spec_from_file_location("registry_samples", path)
    module = sys.modules["registry_samples"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield vars(module)
    del sys.modules["registry_samples"]


def value_of(sample):
    from wengert import runtime
    names = dict(zip(sample.params.split(", "), sample.arguments, strict=True))
    exec(sample.first, {"np": np}, names)
    return eval(sample.text, {"np": np, "math": math, **vars(runtime), **names})


def floats(v):
    return isinstance(v, float | np.floating) or (isinstance(v, np.ndarray) and v.dtype.kind == "f")


def typed(v):
    """A float as NumPy's, so that Python divides as Numba does."""
    return np.float64(v) if type(v) is float else v


def direction(v, seed):
    """Numbers without pattern, in the shape and dtype of v; None for what is not differentiated."""
    if not floats(v):
        return None
    numbers = np.cos(7 * seed + 1 + 3.1 * np.arange(np.size(v))).reshape(np.shape(v))
    return numbers.astype(np.result_type(v))[()]


def moved(args, directions, step):
    """args + step · directions in float64."""
    return [a if d is None else np.asarray(a, np.float64) + step * np.asarray(d, np.float64)
            for a, d in zip(args, directions, strict=True)]


def widened(args):
    return [np.asarray(a, np.float64)[()] if floats(a) else a for a in args]


def inner(us, vs):
    return sum(float(np.vdot(u, v)) for u, v in zip(us, vs, strict=True) if u is not None and v is not None)


def norm(us):
    return math.sqrt(inner(us, us))


def plain(transformed, *args):
    """The generated source, run by CPython."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return transformed.python_for(*args)(*args)


def jitted(transformed, *args):
    return transformed(*args)


NUMBERED = list(enumerate(samples.SAMPLES))
FIRST = [pytest.param(i, s, id=s.label) for i, s in NUMBERED if s.key not in {t.key for t in samples.SAMPLES[:i]}]
# What is written as loops, or called as it is, consists of rules that are tried themselves: of that, one in three is tried at once.
PLAIN = {s.key for s in (*samples.DEFINED, *samples.INACTIVE)}
OF_RULES = {i for i, s in NUMBERED if s.key not in PLAIN}
ONCE = {p.values[0] for n, p in enumerate(FIRST) if p.values[0] in OF_RULES or n % 3 == 0}
# Of other layouts, which all rules share, a part is tried at once: most of float32 and of what broadcasts.
HARD = {i for i, s in NUMBERED if i in OF_RULES and s.name in ("float32", "matrix and row", "strided")}
SOON = ONCE | {i for i in HARD if i % 2} | {i for i in OF_RULES if i % 9 == 0}
TWICE = {i for i in ONCE if i in OF_RULES or i % 3 == 0} | {i for i in HARD if i % 4 == 1}
LATER = [pytest.param(i, s, id=s.label, marks=() if i in TWICE else pytest.mark.full) for i, s in NUMBERED]
ALL = [pytest.param(i, s, id=s.label, marks=() if i in SOON else pytest.mark.full) for i, s in NUMBERED]
# Of the rules, one in four is compiled at once.
COMPILED = [pytest.param(*p.values, id=p.id, marks=[pytest.mark.full] if n % 4 or p.values[1].key in PLAIN else [])
            for n, p in enumerate(FIRST)]


def narrow(sample):
    """Does float32 limit how well the numbers can agree?"""
    return "np.float32" in sample.text or any(floats(a) and np.result_type(a) == np.float32 for a in sample.arguments)


def step_of(sample):
    """Differences are taken in float64, except where the primal itself rounds."""
    return 1e-2 if "np.float32" in sample.text else 1e-6


def first_order(run, f, sample):
    args = [typed(a) for a in sample.arguments]
    tangents = tuple(direction(a, k) for k, a in enumerate(args))
    float32 = narrow(sample)
    y, y_dot = run(wg.jvp(f), tuple(args), tangents)
    y_bar = direction(y, 5)
    again, bars = run(wg.vjp(f), tuple(args), y_bar)
    np.testing.assert_array_equal(y, again)
    step = step_of(sample)
    difference = (np.asarray(f(*moved(args, tangents, step))) - f(*moved(args, tangents, -step))) / (2 * step)
    scale = 1 + float(np.max(np.abs(difference), initial=0))
    assert np.max(np.abs(y_dot - difference), initial=0) <= (2e-5 if float32 else 1e-7) * scale
    left, right = inner([y_bar], [y_dot]), inner(bars, tangents)
    size = norm([y_bar]) * norm([y_dot]) + norm(bars) * norm(tangents)
    assert abs(left - right) <= (1e-5 if float32 else 1e-12) * (1e-2 + size)
    mixed = run is plain and float32                    # NumPy keeps float32 where Numba widens it
    assert np.shape(y_dot) == np.shape(y) and (mixed or np.result_type(y_dot) == np.result_type(y))
    for a, bar in zip(args, bars, strict=True):
        assert (bar is not None) == floats(a)
        assert bar is None or np.shape(bar) == np.shape(a)
        boxed = run is jitted and type(bar) is float    # Numba hands a float32 number to Python as a float
        assert bar is None or boxed or np.result_type(bar) == np.result_type(a)


def second_order(run, g, sample):
    args = [typed(a) for a in sample.arguments]
    wrt = tuple(k for k, a in enumerate(args) if floats(a))
    vs, ws = (tuple(direction(args[k], seed + k) for k in wrt) for seed in (2, 9))
    float32 = narrow(sample)

    def product(v):
        return run(wg.hvp(g, argnums=wrt), args[0], v, *args[1:])

    def slope(v, step):
        at = moved([args[k] for k in wrt], v, step)
        shifted = [at[wrt.index(k)] if k in wrt else a for k, a in enumerate(args)]
        return run(wg.grad(g, argnums=wrt), *(typed(a[()]) if floats(a) else a for a in shifted))

    hv, hw = product(vs), product(ws)
    step = step_of(sample)
    difference = [(np.asarray(a) - b) / (2 * step) for a, b in zip(slope(vs, step), slope(vs, -step), strict=True)]
    error = norm([np.asarray(a, np.float64) - b for a, b in zip(hv, difference, strict=True)])
    assert error <= (3e-4 if float32 else 1e-6) * (1 + norm(difference))
    size = norm(ws) * norm(hv) + norm(vs) * norm(hw)
    assert abs(inner(ws, hv) - inner(vs, hw)) <= (1e-5 if float32 else 1e-10) * (1e-2 + size)
    for k, h in zip(wrt, hv, strict=True):
        assert np.shape(h) == np.shape(args[k]) and np.result_type(h) == np.result_type(args[k])


@pytest.mark.parametrize(("i", "sample"), ALL)
def test_first_order(functions, i, sample):
    first_order(plain, functions[f"f_{i}"], sample)


@pytest.mark.parametrize(("i", "sample"), LATER)
def test_second_order(functions, i, sample):
    second_order(plain, functions[f"g_{i}"], sample)


@compiled
@pytest.mark.parametrize(("i", "sample"), COMPILED)
def test_compiled(functions, i, sample):
    first_order(jitted, functions[f"f_{i}"], sample)


# ---- kinks --------------------------------------------------------------------------------------------------


def unit(k, n):
    return tuple(np.float64(j == k) for j in range(n))


def at_points(table):
    return [pytest.param(i, row, id=f"{row[0]} at {row[1]}") for i, row in enumerate(table)]


@pytest.mark.parametrize(("i", "kink"), at_points(samples.KINKS))
def test_kink(functions, i, kink):
    text, point, expected = kink
    f, args = functions[f"kink_{i}"], tuple(map(np.float64, point))
    run = jitted if "math." in text else plain      # CPython's raise, or give a float that does when divided by
    reverse = run(wg.vjp(f), args, np.float64(1))[1]
    forward = [run(wg.jvp(f), args, unit(k, len(args)))[1] for k in range(len(args))]
    np.testing.assert_allclose(reverse, expected, rtol=1e-14)
    np.testing.assert_allclose(forward, expected, rtol=1e-14)


@pytest.mark.parametrize(("i", "case"), at_points(samples.SECOND))
def test_second_derivative_at_a_kink(functions, i, case):
    _, point, expected = case
    args, wrt = tuple(map(np.float64, point)), tuple(range(len(point)))
    h = wg.hvp(functions[f"second_{i}"], argnums=wrt)
    found = [plain(h, args[0], unit(k, len(args)), *args[1:]) for k in wrt]
    np.testing.assert_allclose(found, expected, rtol=1e-14)
