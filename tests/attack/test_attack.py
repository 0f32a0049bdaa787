"""Random programs, always the same, against every oracle; fifty short ones compiled, and fifty of any length in the full tier."""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import count, islice

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from tests.attack import compiled, order, seam
from tests.attack.bound import unsure_in_text
from tests.attack.campaign import Tally, attack, program
from tests.attack.choices import Choices
from tests.attack.derivatives import real
from tests.attack.effects import alike
from tests.attack.judge import Verdict, judge
from tests.attack.numerics import Numerics, rewritten
from tests.attack.programs import Program
from tests.attack.shrink import kind_of, programs
from tests.attack.subject import Subject
from tests.attack.writer import Writer

SEED = 20250
PROGRAMS, SHORT_ONES, BATCH, COMPILED = 50, 150, 10, 50
SHORT = 900                             # characters


@cache
def short_programs() -> tuple[int, ...]:
    """The numbers of those that come next."""
    return tuple(islice((n for n in count(PROGRAMS) if len(program(SEED, n).text) < SHORT), SHORT_ONES))


@pytest.mark.parametrize("batch", range(PROGRAMS // BATCH))
def test_random_programs(batch: int) -> None:
    assert findings(range(batch * BATCH, (batch + 1) * BATCH)) == []


@pytest.mark.parametrize("batch", range(SHORT_ONES // BATCH))
def test_random_short_programs(batch: int) -> None:
    assert findings(short_programs()[batch * BATCH : (batch + 1) * BATCH]) == []


def findings(numbers: Iterable[int]) -> list[tuple[int, tuple[str, ...]]]:
    return [(number, found) for number in numbers if (found := attack(SEED, number).verdict.findings)]


@settings(max_examples=10, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_programs_that_hypothesis_draws(drawn: Program) -> None:
    with seam.without_inference():
        assert judge(drawn, "drawn", ()).findings == ()


def test_the_grammar_meets_its_quotas() -> None:
    """Every construct in 2 % of the programs, every pair of views, overwrites, exits and helpers in 1 %."""
    tally = Tally()
    for number in range(2000):
        tally.count(program(SEED, number).used)
    assert tally.rare() == []


@pytest.mark.parametrize(("found", "expected", "exact", "same"), [
    ("0.3 2 a\n", "0.3 2 a\n", True, True), ("0.3 2\n", "0.3 3\n", True, False), ("0.3 2\n", "0.3 2 2\n", True, False),
    ("[0.3 2.0]\n", "[0.3 2]\n", True, True), ("[0.3 2]\n", "[0.3 2.0]\n", True, False),     # floats may not become whole
    ("0.3\n", "0.30000000000000004\n", True, False), ("0.3\n", "0.30000000000000004\n", False, True),
    ("nan\n", "inf\n", False, False),
])  # fmt: skip
def test_what_is_printed(found: str, expected: str, exact: bool, same: bool) -> None:
    assert alike((found, 0.5), (expected, 0.5), exact) is same
    assert not alike((found, 0.5), (expected, 0.6), exact)


def test_the_text_does_not_depend_on_the_order_of_sets() -> None:
    assert _digest("1") == _digest("2")


def digest_of_texts() -> str:
    """Of the derivatives of some programs."""
    texts = []
    with seam.without_inference():
        for number in range(2):
            subject = Subject(program(SEED, number), str(number))
            texts += [subject.derived(product).written.text for product in ("jvp", "vjp", "hvp")]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _digest(hash_seed: str) -> str:
    command = [sys.executable, "-c", "from tests.attack.test_attack import digest_of_texts as d; print(d())"]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.splitlines()[-1]


@pytest.mark.compiled
@pytest.mark.parametrize("place", range(COMPILED))
def test_compiled_short_programs(place: int) -> None:
    """The shortest ones, which take Numba some seconds each."""
    number = sorted(short_programs(), key=lambda n: len(program(SEED, n).text))[place]
    assert compiled.findings(compiled.drawn(SEED, number)) == []


@pytest.mark.compiled
@pytest.mark.full
@pytest.mark.parametrize("number", range(COMPILED))
def test_compiled_programs(number: int) -> None:
    assert compiled.findings(compiled.drawn(SEED, number)) == []


def test_a_finding_has_a_kind() -> None:
    assert kind_of("without replay: [1.] against [2.]") == kind_of("without replay: [3.] against [4.]") == "without replay:"
    assert kind_of("error: KeyError in read: x (a.py:1)") == "error:KeyError in read"


UNSURE = """
def f(x, c, d):
    while True:
        at_a_way_out = x
        if c:
            break
    if c:
        chosen = in_one_arm = at_a_way_out
        in_both = x
    else:
        in_both = in_the_other = d
    if c:
        not_chosen = x
    if c:
        the_same_way = in_one_arm
    in_both = (chosen if c else x) + (in_the_other if c else 1.0) + (x if c else not_chosen)
    for k in range(d):
        in_a_loop = in_one_arm
    c = d
    if c:
        in_both += the_same_way
    return in_a_loop + in_both
"""


def test_names_that_may_have_no_value_are_found() -> None:
    definition = ast.parse(UNSURE).body[0]
    assert isinstance(definition, ast.FunctionDef)
    assert unsure_in_text(definition) == {"in_one_arm", "in_the_other", "not_chosen", "the_same_way", "in_a_loop"}


UPDATED = """
def halves(q):
    q[0] *= 0.5
    return q[1]


def program(x):
    x[0] *= halves(x)
    return x[0]
"""


def test_what_is_updated_is_read_before_the_value_that_changes_it() -> None:
    """As Numba does: the oracle once read it afterwards."""
    function = Numerics(np.float64).load(rewritten(UPDATED))["program"]
    assert function(np.array([3.0, 2.0])) == 6.0


def test_the_order_in_which_a_matrix_is_changed() -> None:
    m = np.asfortranarray(np.zeros((3, 4)))
    backwards = m[::-1, ::-1]
    assert list(order.in_order(backwards, m.copy(order="F")))[1] == (1, 0)
    assert list(order.in_order(backwards, m[::-1]))[1] == list(order.in_order(m, m.copy()))[1] == (0, 1)


def by_hand(body: str) -> Program:
    """`program(x, m, y, n)` with this body, of a vector, a matrix, a number and 4."""
    args = np.array([0.4, -0.7, 0.3, 0.9]), np.arange(6.0).reshape(2, 3) * 0.1 + 0.3, 0.6, 4
    text = "import numpy as np\n\n\ndef program(x, m, y, n):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    return Program(text, args, frozenset(), (), 1.0, True, ())


SATURATED = """h = 1.0
for i in range(10):
    h -= h * x[1] * 2.0
return np.tanh(h) + y * x[0]
"""
COLUMNS_FOR_CPYTHON = """b = m.T + m[1:2, 0:1] * 1.0
v = b.ravel()
v[0] = y * x[0]
b[1, 1] *= y
return np.sum(b * b) + v[3] * v[0]
"""

LATE = """def set_first(a):
    a[0] = y
    return a[1]

return np.sum((x * 2.0) * set_first(x))
"""


def test_what_numba_computes_in_another_order_is_set_aside() -> None:
    with seam.without_inference():
        assert judge(by_hand(LATE), "late", ()) == Verdict((), "irregular")


def test_a_helper_may_be_given_a_counter_which_has_no_derivative() -> None:
    assert real(Writer(Choices.seeded("any"), 1, Counter()), "y") == "(y) * 1.0"
    assert real(Writer(Choices.seeded("any"), 1), "y") == "y"


def test_a_complex_step_that_overflows_says_nothing() -> None:
    with seam.without_inference():
        assert judge(by_hand(SATURATED), "saturated", ()).findings == ()


def test_numba_decides_about_numbers_alone() -> None:
    subject = Subject(by_hand(COLUMNS_FOR_CPYTHON), "columns")
    for finding in ("error: KeyError in walk", "without replay: [1.] against [2.]", "unbound: a", "x has float32, its gradient"):
        assert not compiled.agrees(subject, ("value of jvp", finding))


@pytest.mark.compiled
@pytest.mark.full
def test_numba_decides_where_it_reads_a_layout_in_another_way() -> None:
    """What is computed of `m.T` and one element lies by columns for NumPy, so that `ravel` copies it, and by rows for Numba."""
    drawn = by_hand(COLUMNS_FOR_CPYTHON)
    with seam.without_inference():
        found = judge(drawn, "columns", ()).findings
    assert found != ()
    assert compiled.agrees(Subject(drawn, "columns"), found)
    assert any(finding.endswith("by CPython") for finding in compiled.findings(Subject(drawn, "columns")))
