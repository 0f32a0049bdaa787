"""What the corpus promises: size, variety, origins, points away from kinks, and that Numba compiles every program."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from tests import oracles
from tests.programs import PROGRAMS, Program
from tests.programs.skeleton import skeleton, statement_count

BY_NAME = [pytest.param(program, id=program.name) for program in PROGRAMS]


KNOWN_FAILURES = {
    "Newton with break",
    "Thomas algorithm",
    "a scalar set before a loop and used inside",
    "a time loop that reuses one scratch array",
    "in-place Cholesky",
    "insertion sort by swaps",
    "leapfrog with a tuple-returning step",
    "log-sum-exp with a running maximum",
    "one-sweep Jacobi in place",
    "one-sweep Jacobi out of place",
    "ping-pong stencil",
    "ravel of a strided array written through",
    "repeated fancy indices",
    "row views scaled in place",
    "w = a if c else b[1:] written through",
    "x[1:] = x[:-1]",
}


def test_there_are_at_least_two_hundred_programs() -> None:
    assert len(PROGRAMS) >= 200


def test_what_is_known_to_go_wrong_elsewhere_is_among_them() -> None:
    assert {program.known_failure for program in PROGRAMS if program.known_failure is not None} == KNOWN_FAILURES


def test_every_program_has_eight_statements_or_more() -> None:
    assert {p.name: statement_count(p.function) for p in PROGRAMS if statement_count(p.function) < 8} == {}


def test_no_two_programs_have_the_same_skeleton() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for program in PROGRAMS:
        found[skeleton(program.function)].append(program.name)
    assert [names for names in found.values() if len(names) > 1] == []


def test_half_of_the_programs_follow_public_kernels() -> None:
    assert 2 * sum(program.origin is not None for program in PROGRAMS) >= len(PROGRAMS)


def add_up(x, k):
    total = 0.0
    scale = k * 2.0
    for i in range(x.size):
        total += x[i] * scale
    return total


def multiply_out(values, factor):
    """Other names, operators and constants, one scalar statement fewer: the same skeleton."""
    product = 1.0 - factor
    for j in range(len(values)):
        product *= 3.0 / values[j]
    return product


def add_up_backwards(x, k):
    total = 0.0
    scale = k * 2.0
    for i in range(x.size - 1, -1, -1):
        total += x[i] * scale
    return total


def add_up_and_clear(x, k):
    total = 0.0
    scale = k * 2.0
    for i in range(x.size):
        total += x[i] * scale
        x[i] = 0.0
    return total


def test_a_skeleton_forgets_names_and_keeps_control_and_memory() -> None:
    assert skeleton(add_up) == skeleton(multiply_out)
    assert len({skeleton(f) for f in (add_up, add_up_backwards, add_up_and_clear)}) == 3


@pytest.mark.parametrize("program", BY_NAME)
def test_arguments_are_the_same_on_every_call(program: Program) -> None:
    first, second = program.args(), program.args()
    assert str(first) == str(second)
    np.testing.assert_array_equal(oracles.flat(first), oracles.flat(second))


@pytest.mark.parametrize("program", [param for param in BY_NAME if not param.values[0].needs_numba])
def test_arguments_lie_away_from_kinks(program: Program) -> None:
    """Differences with steps far apart agree, in random directions and on every active argument at once."""
    function = oracles.interpreted_primal(program.function)
    args = oracles.promoted(program.args())
    rng = np.random.default_rng(1)
    for _ in range(3):
        direction = oracles.random_like(tuple(a if i in program.argnums else None for i, a in enumerate(args)), rng)
        coarse = oracles.directional_difference(function, args, direction, step=1e-2)
        fine = oracles.directional_difference(function, args, direction, step=1e-3)
        assert oracles.relative_gap(coarse, fine, scale=1e-3) < (1e-3 if program.single else 1e-6)


@pytest.mark.full
@pytest.mark.compiled
@pytest.mark.parametrize("program", BY_NAME)
def test_numba_computes_what_python_computes(program: Program) -> None:
    compiled = oracles.compiled_primal(program.function)(*program.args())
    interpreted = oracles.interpreted_primal(program.function)(*program.args())
    gap = oracles.relative_gap(compiled, interpreted)
    if program.needs_numba:
        assert gap > 1e-3
    else:
        assert gap <= (1e-6 if program.single else 1e-12)
