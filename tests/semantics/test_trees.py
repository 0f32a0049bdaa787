"""Dicts, lists and dataclasses of arrays and numbers as arguments; gradients in the same structure."""
from __future__ import annotations

import builtins
import pickle
import subprocess
import sys
from collections import OrderedDict, deque, namedtuple
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import types

import wengert as wg
from tests import oracles
from tests.semantics.agreement import run
from wengert import TransformError
from wengert.runtime import trees

pytest.importorskip("optree")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(5, 3))
Y = RNG.normal(size=(5, 2))


def network() -> dict[str, Any]:
    rng = np.random.default_rng(1)
    first = {"W": rng.normal(size=(3, 4)), "b": rng.normal(size=4)}
    return {"layers": [first, {"W": rng.normal(size=(4, 2)), "b": rng.normal(size=2)}], "decay": 0.1, "skip": None, "width": 4}


def affine(layer, x):
    return x @ layer["W"] + layer["b"]


def loss(p, x, y):
    h = np.tanh(affine(p["layers"][0], x))
    gap = affine(p["layers"][1], h) - y
    total = np.sum(gap * gap)
    if p["skip"] is not None:
        total += np.sum(p["skip"])
    for layer in p["layers"]:
        total += p["decay"] * np.sum(layer["W"] * layer["W"])
    return total / p["width"]


def along(p: Any, direction: Any) -> float:
    """The derivative of the loss along a direction, by differences."""
    packed = trees.packed(p), X, Y
    plain = lambda q, x, y: loss(trees.restored(q), x, y)  # noqa: E731
    return float(oracles.directional_difference(plain, packed, (trees.packed(direction), None, None)))


def direction_of(p: Any, seed: int = 2) -> Any:
    """A random direction in the structure of p, None for what does not move."""
    found = oracles.random_like((trees.packed(p),), np.random.default_rng(seed))[0]
    return trees.restored(found)


def test_a_network_with_a_dict_of_parameters() -> None:
    p = network()
    value, slope = run(wg.value_and_grad(loss), p, X, Y)
    assert value == pytest.approx(loss(p, X, Y), rel=1e-14)
    assert list(slope) == list(p) and type(slope["layers"]) is list
    assert slope["skip"] is None and slope["width"] is None
    assert [layer[key].shape for layer in slope["layers"] for key in layer] == [(3, 4), (4,), (4, 2), (2,)]
    v = direction_of(p)
    assert oracles.inner(trees.packed(slope), trees.packed(v)) == pytest.approx(along(p, v), rel=1e-8)
    np.testing.assert_array_equal(p["layers"][0]["W"], network()["layers"][0]["W"])


def test_jvp_vjp_and_hvp_take_and_give_the_structure() -> None:
    p = network()
    slope, v = run(wg.grad(loss), p, X, Y), direction_of(p)
    value, tangent = run(wg.jvp(loss), (p, X, Y), (v, None, None))
    assert tangent == pytest.approx(oracles.inner(trees.packed(slope), trees.packed(v)), rel=1e-12)
    again, bars = run(wg.vjp(loss), (p, X, Y), 1.0)
    assert value == again
    np.testing.assert_allclose(bars[0]["layers"][1]["W"], slope["layers"][1]["W"], rtol=1e-13)
    product = run(wg.hvp(loss), p, v, X, Y)
    h = 1e-6
    step = lambda s: lambda a, b: a if b is None else a + s * h * b  # noqa: E731
    moved = [trees.restored(oracles.mapped(step(s), trees.packed(p), trees.packed(v))) for s in (1.0, -1.0)]
    ahead, behind = (oracles.flat(trees.packed(run(wg.grad(loss), q, X, Y))) for q in moved)
    np.testing.assert_allclose(oracles.flat(trees.packed(product)), (ahead - behind) / (2 * h), rtol=1e-6, atol=1e-6)


def test_the_forms_that_are_given_their_arguments() -> None:
    def twice(q):
        return q["a"] * 2.0, q

    q = {"a": 3.0, "b": np.ones(2)}
    y, pull = wg.vjp(twice, q)
    assert y[0] == 6.0 and y[1]["a"] == 3.0
    (bar,) = pull((1.0, {"a": 1.0, "b": np.array([2.0, 3.0])}))
    assert bar["a"] == 3.0
    np.testing.assert_array_equal(bar["b"], [2.0, 3.0])
    y, dots = wg.jvp(twice, (q,), ({"a": 1.0, "b": None},))
    assert dots[0] == 2.0 and dots[1]["a"] == 1.0


def blocks(p):
    return p["A"] @ p["v"]


def test_jacobians_have_a_block_for_each_part() -> None:
    p = {"A": np.array([[1.0, 2.0], [3.0, 4.0]]), "v": np.array([5.0, 6.0])}
    for transform in (wg.jacfwd, wg.jacrev, wg.jacobian):
        found = run(transform(blocks), p)
        np.testing.assert_allclose(found["v"], p["A"])
        np.testing.assert_allclose(found["A"], np.einsum("ij,k->ijk", np.eye(2), p["v"]))
    second = run(wg.hessian(lambda p: p["x"] * p["x"] * p["y"]), {"x": 3.0, "y": 2.0})
    assert second == {"x": {"x": 4.0, "y": 6.0}, "y": {"x": 6.0, "y": 0.0}}


# ---- kinds of structures -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Oscillator:
    mass: float
    spring: Any
    power: int = field(default=2, metadata={"pytree_node": False})

    def __post_init__(self) -> None:
        assert self.mass > 0.0

    @property
    def stiffness(self):
        return np.sum(self.spring)

    def energy(self, x):
        return self.stiffness * x**self.power + self.mass


def energy(o, x):
    return o.energy(x) * o.mass


def test_a_dataclass_with_its_methods_and_what_its_init_would_not_accept() -> None:
    o = Oscillator(2.0, np.array([1.0, 3.0]))
    found = run(wg.grad(energy), o, 0.5)
    assert type(found) is Oscillator and found.power == 2
    assert found.mass == 4.0 * 0.25 + 2.0 * 2.0
    np.testing.assert_array_equal(found.spring, [0.5, 0.5])
    falling = run(wg.grad(lambda o: -o.mass * o.spring), o.__class__(2.0, 3.0))
    assert (falling.mass, falling.spring) == (-3.0, -2.0)
    cubed = run(wg.grad(energy), Oscillator(2.0, np.array([1.0, 3.0]), power=3), 0.5)
    np.testing.assert_array_equal(cubed.spring, [0.25, 0.25])


@dataclass
class Mutable:
    __slots__ = ("_hidden", "scale")
    scale: float
    _hidden: float


def test_a_dataclass_with_slots_and_private_fields() -> None:
    found = run(wg.grad(lambda m: m.scale * m._hidden), Mutable(2.0, 3.0))
    assert (found.scale, found._hidden) == (3.0, 2.0)


Pair = namedtuple("Pair", "first second")


def mixed(p):
    return p["t"][0] * p["t"][1].first["z"] + p[0] * p[-1] + p["a b"] * p["class"] + p["_x"] * p["list"][1] + len(p["none"])


def test_tuples_namedtuples_and_keys_of_all_kinds() -> None:
    p = {"t": (2.0, Pair(OrderedDict(z=3.0, y=1.0), 7)), 0: 5.0, -1: 6.0, "a b": 1.5, "class": 2.5, "_x": 4.0,
         "list": deque([1, 8.0]), "none": []}  # fmt: skip
    found = run(wg.grad(mixed), p)
    assert found == {"t": (3.0, Pair(OrderedDict(z=2.0, y=0.0), None)), 0: 6.0, -1: 5.0, "a b": 2.5, "class": 1.5, "_x": 8.0,
                     "list": deque([None, 4.0]), "none": []}  # fmt: skip
    assert type(found["t"][1].first) is OrderedDict and type(found["list"]) is deque


KEY = "b"


def test_global_keys_and_the_presence_of_keys() -> None:
    def f(p):
        total = p[KEY] * 2.0
        if "c" in p:
            total *= p["c"]
        if "d" not in p:
            total *= 3.0
        return total

    assert run(wg.grad(f), {"b": 1.0}) == {"b": 6.0}
    assert run(wg.grad(f), {"b": 1.0, "c": 5.0}) == {"b": 30.0, "c": 6.0}
    assert run(wg.grad(f), {"b": 1.0, "d": 0.0}) == {"b": 2.0, "d": 0.0}


def of_lists(p):
    total = 0.0
    for k in range(len(p["xs"])):
        total += p["xs"][k] * (k + 1)
    for k in range(len(p["arrays"])):
        total += np.sum(p["arrays"][k]) * p["xs"][k]
    for x, y in p["pairs"]:
        total += x * y
    return total + np.sum(p["layers"][0]) * p["xs"][0] + np.sum(p["layers"][1]) * p["xs"][-1]


LISTS = {"xs": [2.0, 3.0], "arrays": [np.ones(2), np.ones(3)], "pairs": [(2.0, 1)], "layers": [np.ones((1, 2)), np.ones(1)]}


def check_lists(found: Any) -> None:
    assert found["xs"] == [5.0, 6.0] and found["pairs"] == [(1.0, None)]
    np.testing.assert_array_equal(found["arrays"][0], [2.0, 2.0])
    np.testing.assert_array_equal(found["arrays"][1], [3.0, 3.0, 3.0])
    np.testing.assert_array_equal(found["layers"][0], [[2.0, 2.0]])
    np.testing.assert_array_equal(found["layers"][1], [3.0])


def test_lists_of_items_of_one_type_are_lists_and_others_are_taken_apart() -> None:
    check_lists(run(wg.grad(of_lists), LISTS))


def test_dtypes_stay_and_integers_have_no_derivative() -> None:
    def f(p):
        return np.sum(p["a"] * p["b"]) * p["n"] * p["m"][0]

    p = {"a": np.ones(2, np.float32), "b": np.array([2.0, 3.0]), "n": 2, "m": np.array([3])}
    found = run(wg.grad(f), p)
    assert found["a"].dtype == np.float32 and found["b"].dtype == np.float64
    assert found["n"] is None and found["m"] is None
    np.testing.assert_array_equal(found["a"], [12.0, 18.0])
    with pytest.raises(TypeError, match="floats"):
        wg.grad(f).source_for({"a": 1, "b": 2, "n": 2, "m": np.array([3])})


def test_arguments_that_are_written_to_stay_as_they_are() -> None:
    def f(p, x):
        p["a"][0] *= x
        p["a"][1:] += p["a"][0]
        return np.sum(p["a"] * p["a"])

    a = np.array([1.0, 2.0, 3.0])
    found = run(wg.grad(f, ("p", "x")), {"a": a}, 2.0)
    np.testing.assert_array_equal(a, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(found[0]["a"], [8.0 + 36.0, 8.0, 10.0])
    assert found[1] == 4.0 + 18.0


def test_other_arguments_and_several_argnums() -> None:
    def f(x, p, q=None):
        return x * p["a"] if q is None else x * p["a"] * q["c"][0]

    assert run(wg.grad(f), 2.0, {"a": 3.0}) == 3.0
    assert run(wg.grad(f, ("q", "p")), 2.0, {"a": 3.0}, {"c": (5.0, None)}) == ({"c": (6.0, None)}, {"a": 10.0})
    assert run(wg.grad(lambda x, *rest: x * rest[0]["a"] * rest[1], 1), 2.0, {"a": 3.0}, 4.0) == ({"a": 8.0}, 6.0)


def test_recursion_and_nested_transforms_are_handed_structures() -> None:
    def inner(q, x):
        return q["a"] * x * x

    def outer(p):
        return wg.grad(inner)(p["q"], p["x"])["a"] * wg.grad(inner, 1)(p["q"], p["x"])

    q = {"q": {"a": 2.0}, "x": 3.0}                     # 2 a x³
    assert run(wg.grad(outer), q) == {"q": {"a": 54.0}, "x": 108.0}
    assert run(wg.grad(chain), {"q": {"a": 2.0}, "x": 3.0}, 3) == {"q": {"a": 36.0}, "x": 8.0}


def chain(p, n):
    return p["x"] if n == 0 else p["q"]["a"] * chain(p, n - 1)


# ---- what does not fit -------------------------------------------------------------------------------------------------


def test_seeds_have_the_same_keys() -> None:
    def f(p):
        return p["a"] * p["b"]["c"]

    p = {"a": 1.0, "b": {"c": 2.0}}
    with pytest.raises(TransformError, match=r"`tangents\[0\]` is a dict of 'a', 'z', not a dict of 'a', 'b'"):
        wg.jvp(f).source_for((p,), ({"a": 1.0, "z": {"c": 2.0}},))
    with pytest.raises(TransformError, match=r"`v\['b'\]` is a list of 0, 1, not a dict of 'c'"):
        wg.hvp(f).source_for(p, {"a": 1.0, "b": [None, 1.0]})
    with pytest.raises(TransformError, match=r"the direction of `p\['b'\]\['c'\]` is none"):
        wg.hvp(f).source_for(p, {"a": 1.0, "b": {"c": None}})
    _, pull = wg.vjp(lambda p: (p, 1.0), p)
    with pytest.raises(TransformError, match=r"`y_bar\[0\]` of `.*` is a dict of 'a', its result is a dict of 'a', 'b'"):
        pull(({"a": 1.0}, 1.0))


def of_dict(p, x):
    return p["w"] * x * p["b"]


def test_rules_of_the_user_s_own_keep_the_keys() -> None:
    product = wg.custom_vjp(of_dict)
    product.defvjp(lambda p, x: (of_dict(p, x), p), lambda p, y_bar: (p, 3.0 * y_bar))
    p = {"w": 2.0, "b": 5.0}
    assert run(wg.grad(lambda p, x: product(p, x), (0, 1)), p, 1.0) == ({"w": 2.0, "b": 5.0}, 3.0)
    product = wg.custom_vjp(of_dict)
    product.defvjp(lambda p, x: (of_dict(p, x), p), lambda p, y_bar: ((y_bar, 2.0 * y_bar), 3.0))
    with pytest.raises(TransformError, match="gives no cotangents with the keys of a dict of 'b', 'w'"):
        wg.grad(lambda p, x: product(p, x)).source_for(p, 1.0)
    same = wg.custom_vjp(lambda p: p)
    same.defvjp(lambda p: ((p["w"], p["b"]), None), lambda _, y_bar: (y_bar,))
    with pytest.raises(TransformError, match="gives no y with the keys of what"):
        wg.grad(lambda p: same(p)["w"]).source_for(p)


def test_lists_of_lists_are_taken_apart_in_python_only() -> None:
    def f(x, rows):
        return x * rows[0][1] * rows[1][0]

    assert run(wg.grad(f, (0, 1)), 2.0, [[1.0, 3.0], [5.0, 7.0]]) == (15.0, [[0.0, 10.0], [6.0, 0.0]])
    with pytest.raises(TransformError, match="`rows` is a list of lists"):
        wg.grad(f).source_for(2.0, types.List(types.List(types.float64)))


def test_what_is_no_number_is_named() -> None:
    with pytest.raises(TypeError, match="'tanh' is part of an argument"):
        wg.grad(lambda p: p["a"]).source_for({"a": 1.0, "kind": "tanh"})
    with pytest.raises(TypeError, match="Numba has no type for argument 'p'"):
        wg.grad(lambda p: p["a"]).source_for({"a": 1.0, "kind": object()})


def test_without_optree_dicts_are_an_error_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name == "optree":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ImportError, match=r"pip install wengert\[trees\]"):
        wg.grad(lambda p: p["a"]).source_for({"a": 1.0})
    assert run(wg.grad(lambda p: p.scale), Mutable(2.0, 3.0)).scale == 1.0


def test_optree_is_not_imported_for_other_arguments(tmp_path: Path) -> None:
    script = tmp_path / "plain.py"
    script.write_text("import sys, wengert as wg\ndef f(x):\n    return x[0]\n"
                      "wg.grad(f).source_for(([2.0, 3.0]))\nprint('optree' in sys.modules)\n")  # fmt: skip
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


def test_check_grads_names_the_part_that_is_wrong() -> None:
    def gradient(p, x, y):
        found = run(wg.grad(loss), p, x, y)
        found["layers"][1]["b"] = found["layers"][1]["b"] * 2.0
        return found

    with pytest.raises(AssertionError, match=r"argument `p\['layers'\]\[1\]\['b'\]`"):
        wg.check_grads(loss, (network(), X, Y), argnums=0, gradient=gradient)


def test_the_list_of_a_function_shows_the_keys() -> None:
    text = str(wg.wengert(loss, network(), X, Y))
    assert "p['layers'][1]['W']" in text


# ---- compiled ----------------------------------------------------------------------------------------------------------


@pytest.mark.full
@pytest.mark.compiled
def test_the_example_of_the_documentation(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs/structures.md").read_text().split("```python\n")[1].split("```")[0]
    script = tmp_path / "network.py"
    script.write_text(text)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert done.stdout.startswith("mean square error 0.0"), done.stderr


@pytest.mark.compiled
@pytest.mark.filterwarnings("ignore::numba.core.errors.NumbaPendingDeprecationWarning")
def test_calls_from_python_and_what_is_kept() -> None:
    p = network()
    g = wg.value_and_grad(loss)
    value, slope = g(p, X, Y)
    expected = run(g, p, X, Y)
    assert value == pytest.approx(expected[0], rel=1e-14)
    np.testing.assert_allclose(slope["layers"][0]["W"], expected[1]["layers"][0]["W"], rtol=1e-12)
    assert len(g.overloads) == 1
    g(dict(reversed(p.items())), y=Y, x=X)
    assert len(g.overloads) == 1
    copy = pickle.loads(pickle.dumps(g))
    assert copy(p, X, Y)[0] == value
    check_lists(wg.grad(of_lists)(LISTS))
    rest = wg.grad(lambda p, *rest: p[0][0] * rest[0] * rest[1]["a"])
    assert rest([np.ones(1), 2], 3.0, {"a": 4.0})[0] == 12.0
