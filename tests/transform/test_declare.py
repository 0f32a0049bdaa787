"""What a declaration becomes, and what is refused."""
import ast
import math
import operator
import random

import numpy as np
import pytest

from wengert.transform import rules
from wengert.transform.rules import declare
from wengert.transform.rules.declare import RuleError, bilinear, elementwise, linear, rule, zero


@pytest.fixture(autouse=True)
def restored(monkeypatch):
    """Declarations of a test end with it."""
    monkeypatch.setattr(declare, "_rules", mine := dict(declare._rules))
    monkeypatch.setattr(declare, "_keys", dict(declare._keys))
    return mine


def text(node):
    return None if node is None else ast.unparse(node)


def test_elementwise(restored):
    @elementwise(".mine", strong=(True, False), cheap=True)
    def mine(z, x, y):
        """A docstring does no harm."""
        return 1 / y, None

    found = restored[".mine"]
    assert (found.kind, found.result, found.params, found.active, found.strong, found.cheap) == (
        "elementwise", "z", ("x", "y"), (True, False), (True, False), True)
    assert [text(p) for p in found.partials] == ["1 / y", None]


def test_linear_and_its_options(restored):
    @linear(".mine")
    def mine(y_bar, x, axis=None, k=3):
        return first(y_bar, like=x, axis=axis)  # noqa: F821

    found = restored[".mine"]
    assert (found.seed, found.params, found.active) == ("y_bar", ("x", "axis", "k"), (True, False, False))
    assert {name: text(value) for name, value in found.defaults.items()} == {"axis": "None", "k": "3"}
    assert [text(t) for t in found.transposes] == ["first(y_bar, like=x, axis=axis)", None, None]


def test_a_rule_in_two_parts(restored):
    @rule(".solve")
    class solve:
        def jvp(x, A, b, trans, A_dot, b_dot):
            return np.linalg.solve(A, b_dot - A_dot @ x)

        def vjp(x, A, b, trans, x_bar):
            b_bar = np.linalg.solve(A.T, x_bar)
            return -np.outer(b_bar, x), b_bar, None

    found = restored[".solve"]
    assert (found.kind, found.result, found.seed, found.params) == ("rule", "x", "x_bar", ("A", "b", "trans"))
    assert found.active == (True, True, False)
    assert text(found.vjp.body[0]) == "b_bar = np.linalg.solve(A.T, x_bar)"
    assert text(found.jvp.body[-1].value) == "np.linalg.solve(A, b_dot - A_dot @ x)"


def test_names_that_share_a_body():
    assert rules.lookup(np.exp).key == "np.exp"
    assert rules.lookup(math.exp).key == "math.exp"
    assert rules.lookup(np.exp).partials is rules.lookup(math.exp).partials
    assert rules.lookup(operator.add) is rules.RULES["+"]
    assert rules.lookup(np.abs).key == "np.abs"
    assert rules.lookup(abs).key == "abs"
    assert rules.lookup(np.float32).key == "np.float32"
    assert rules.lookup(rules.arithmetic.strong).key == "strong"
    for other in (3, [], None, "np.exp", np.linalg.matrix_power, np.ones(2)):
        assert rules.lookup(other) is None


def test_every_key_prints_as_it_is_called():
    import wengert.runtime as runtime

    for key, found in rules.RULES.items():
        for primitive in found.callables:
            if key in rules.SYMBOLS.values():
                assert rules.SYMBOLS[primitive] == key
            else:
                assert eval(key, {"np": np, "math": math, "random": random, **vars(runtime)}) is primitive


def test_closure():
    """What a body emits has a rule, and its names are those of the declaration."""
    for key, found in rules.RULES.items():
        bodies = [*found.partials, *found.transposes, *([found.jvp, found.vjp] if found.jvp else [])]
        for node in (n for body in bodies if body is not None for n in ast.walk(body)):
            if isinstance(node, ast.Call):
                assert called(node.func) in rules.RULES, f"{key} emits {text(node)}"
            elif isinstance(node, ast.BinOp | ast.UnaryOp):
                symbol = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.FloorDiv: "//",
                          ast.Mod: "%", ast.MatMult: "@", ast.USub: "neg"}[type(node.op)]
                assert symbol in rules.RULES
            elif isinstance(node, ast.Name) and not hasattr(rules.arithmetic, node.id):
                known = {*found.params, found.result, found.seed, "np", *(c.__name__ for r in rules.RULES.values()
                                                                          for c in r.callables)}
                assert node.id in known or found.kind == "rule", f"{key} reads {node.id}"


def called(func):
    if isinstance(func, ast.Name):
        return func.id
    return f"np.{func.attr}" if text(func.value) == "np" else f".{func.attr}"


def test_constant_powers():
    table = [(0, None, False), (1, "1", False), (2, "2 * x", False), (3, "3 * x ** 2", False), (2.0, "2.0 * x", False),
             (0.5, "0.5 * x ** -0.5", True), (-1, "-1 * x ** -2", True), (1.5, "1.5 * x ** 0.5", True)]
    for exponent, partial, strong in table:
        found = rules.constant_power(exponent)
        assert text(found[0]) == text(partial and ast.parse(partial, mode="eval"))
        assert found[1] == strong


def too_many(z, x): return 1, 2
def too_few(z, x, y): return 1
def nothing(z, x): pass
def no_result(): return 1
def keyword_only(z, *, x): return 1


@pytest.mark.parametrize(("declaration", "function", "message"), [
    (elementwise(".new"), too_many, "too_many: 2 results for 1 parameters"),
    (elementwise(".new"), too_few, "too_few: 1 results for 2 parameters; None says that nothing flows"),
    (elementwise(".new"), nothing, "nothing: the last statement of a rule is a return"),
    (elementwise(".new"), no_result, "no_result: the first parameter of a rule stands for the result"),
    (elementwise(".new"), keyword_only, "keyword_only: the parameters of a rule are plain names"),
    (elementwise(".new", strong=(True, True)), lambda z, x: 1, "does not hold it"),
    (elementwise(".new"), math.exp, "is not a function"),
    (linear(".new"), too_few, "the first parameter of a linear rule is the result's adjoint, such as y_bar"),
    (zero(), nothing, "a rule needs a key or a callable"),
    (zero("+"), nothing, r"\+ has a rule already"),
    (zero(("another", np.exp)), nothing, "np.exp has a rule already"),
])
def test_refused(declaration, function, message):
    with pytest.raises(RuleError, match=message):
        declaration(function)


def test_strong_counts_its_flags():
    with pytest.raises(RuleError, match="1 flags in strong for 2 parameters"):
        @elementwise(".new", strong=(True,))
        def new(z, x, y):
            return 1, 1


def test_bilinear_needs_two():
    with pytest.raises(RuleError, match="a bilinear rule has two transposes, this one has 1"):
        @bilinear(".new")
        def new(z_bar, x, y):
            return z_bar, None


def test_the_parts_of_a_rule_agree():
    with pytest.raises(RuleError, match="jvp of new: its parameters must be y, x, x_dot"):
        @rule(".new")
        class new:
            def jvp(y, x): return x
            def vjp(y, x, y_bar): return y_bar

    with pytest.raises(RuleError, match="vjp of new: its last parameter must be y_bar"):
        @rule(".new")
        class new:
            def jvp(y, x, x_dot): return x
            def vjp(y, x, seed): return seed

    with pytest.raises(RuleError, match=r"new\.vjp is not a function"):
        @rule(".new")
        class new:
            def jvp(y, x, x_dot): return x


def test_without_source():
    space = {"elementwise": elementwise}
    with pytest.raises(RuleError, match="rules are read from source, <nowhere> does not hold it"):
        exec(compile("@elementwise('.new')\ndef new(y, x): return 1", "<nowhere>", "exec"), space)


def test_what_stands_before_the_return(restored):
    @elementwise(".mine")
    def mine(z, x, y):
        """Formulas with names, one of which is given anew."""
        t = x * y
        t = t + z
        return t, t * x

    assert [text(p) for p in restored[".mine"].partials] == ["x * y + z", "(x * y + z) * x"]
    with pytest.raises(RuleError, match="before its return a rule gives names to expressions, and does nothing else"):
        @elementwise(".other")
        def other(z, x):
            if x:
                return 1
            return x
