"""`g.report(*args)`: what is stored, copied and computed again; it is told of the code that is generated, to the byte."""

from __future__ import annotations

import ast
import re
import sys
from typing import Any

import numba
import numpy as np
import pytest

import wengert as wg
from tests import oracles
from tests import report_primals as primals
from tests.programs import PROGRAMS, Program

U = np.linspace(0.1, 0.5, 10)


def allocated(g: Any, *args: Any) -> dict[str, list[int]]:
    """The bytes of every `np.empty`, and of the last growth, by the name that the generated source gives it."""
    text, run = g.source_for(*args), g.python_for(*args)
    lines, found = text.splitlines(), dict[str, list[int]]()

    def name() -> str:
        return lines[sys._getframe(2).f_lineno - 1].split("=")[0].strip()

    class Watched:
        def __getattr__(self, attribute: str) -> Any:
            return getattr(np, attribute)

        def empty(self, *shape: Any) -> Any:
            made = np.empty(*shape)
            found.setdefault(name(), []).append(made.nbytes)
            return made

    run.__globals__["np"] = Watched()
    grow = run.__globals__.get("grow")

    def grown(tape: Any) -> Any:
        made = grow(tape)
        found[name()].append(made.nbytes)
        return made

    run.__globals__["grow"] = grown
    run(*args)
    return found


# ---- texts ----------------------------------------------------------------------------------------------------------


RECURRENCE = """\
Gradient of recurrence (report_primals.py:8) with respect to x
mode: reverse
active: x, y
recorded:
  y_tape      y          float64  8 * max(n, 0) = 56 bytes  computed in a loop and overwritten  # 11  y = np.sin(y) * x
  sin_y_tape  np.sin(y)  float64  8 * max(n, 0) = 56 bytes  costs more than a load              # 11
copied: nothing
computed again: nothing
bytes in all: 16 * max(n, 0) = 112"""

STENCIL = """\
Gradient of stencil (report_primals.py:15) with respect to u, k
mode: reverse
active: u, k, energy, flux
recorded:
  u_i_tape   u[i]             float64  8 * max(steps, 0) * max(len(u) - 2, 0) = 320 bytes  reads memory that line 20 overwrites                           # 19  flux = k * (u[i + 1] - u[i])
  diff_tape  u[i + 1] - u[i]  float64  8 * max(steps, 0) * max(len(u) - 2, 0) = 320 bytes  its operand is not kept: reads memory that line 20 overwrites  # 19
  u_1_tape   u[1]             float64  8 * max(steps, 0) = 40 bytes                        reads memory that line 20 overwrites                           # 21  energy += u[1] * u[1]
copied:
  u  u  float64  8 * len(u) = 80 bytes  the caller's memory that line 20 overwrites  # 20  u[i] += flux * u[i]
computed again:
  u.size  asks for a shape only      # 18  for i in range(1, u.size - 1):
  i + 1   integer arithmetic         # 19  flux = k * (u[i + 1] - u[i])
  flux    costs no more than a load  # 19
bytes in all: 8 * len(u) + 16 * max(steps, 0) * max(len(u) - 2, 0) + 8 * max(steps, 0) = 760"""  # noqa: E501

PLAIN_SUM = """\
Value and gradient of plain_sum (report_primals.py:25) with respect to x
mode: reverse
active: x, s
recorded: nothing
copied: nothing
computed again:
  x[i]          its round depends on nothing that other rounds or later lines change  # 28  s += x[i] * np.exp(x[i])
  np.exp(x[i])  its round depends on nothing that other rounds or later lines change  # 28
bytes in all: 0"""


def test_a_loop_with_a_recurrence() -> None:
    assert str(wg.grad(primals.recurrence).report(0.3, 7)) == RECURRENCE


def test_a_stencil_that_overwrites_cells() -> None:
    assert str(wg.grad(primals.stencil, argnums=(0, 1)).report(U, 0.1, 5)) == STENCIL


def test_a_sum_without_storage() -> None:
    assert str(wg.value_and_grad(primals.plain_sum).report(U)) == PLAIN_SUM


# ---- what a program reads -------------------------------------------------------------------------------------------


def test_the_fields() -> None:
    report = wg.grad(primals.recurrence).report(0.3, 7)
    first, second = report.records
    assert (first.name, first.of, first.line, first.text) == ("y_tape", "y", 11, "        y = np.sin(y) * x")
    assert (first.dtype, first.count, first.n, first.bytes, first.size) == ("float64", "max(n, 0)", 7, "8 * max(n, 0)", 56)
    assert (second.of, second.reason) == ("np.sin(y)", "costs more than a load")
    assert report.active == ("x", "y") and report.mode == "reverse"
    assert (report.bytes, report.size) == ("16 * max(n, 0)", 112)
    with pytest.raises(AttributeError):
        report.bytes = ""  # type: ignore[misc]


def test_types_for_arguments_give_the_formula_alone() -> None:
    report = wg.grad(primals.stencil).report(numba.float64[::1], 0.1, numba.int64)
    assert report.records[-1].bytes == "8 * max(steps, 0)" and report.records[-1].size is None
    assert report.size is None and "=" not in str(report).splitlines()[-1]


def test_nothing_is_run_or_compiled() -> None:
    g = wg.grad(primals.recurrence)
    assert g.report(0.3, 10**12).size == 16 * 10**12
    assert not g.overloads


def test_a_record_that_was_optimised_away_is_not_told() -> None:
    report = wg.grad(primals.unused).report(0.3, 5)
    assert [record.of for record in report.records] == ["y"]
    assert report.active == ("x", "y")


def test_a_value_that_is_computed_in_the_reverse_sweep_only_is_not_computed_again() -> None:
    """Without the value nothing is left of the forward sweep."""
    assert wg.grad(primals.plain_sum).report(U).recomputed == ()


def test_rounds_that_only_running_counts() -> None:
    report = wg.grad(primals.newton).report(2.0)
    assert [record.count for record in report.records] == ["rounds of line 34"] * 2
    assert all(record.grows and record.size is None for record in report.records)
    assert report.bytes == "16 * rounds of line 34" and report.size is None


def test_arrays_that_are_kept_by_reference() -> None:
    kept = {record.name: record for record in wg.grad(primals.buffers).report(U, 3).records}
    assert (kept["new_bar_list"].of, kept["new_bar_list"].size) == ("adjoint of new", 3 * U.nbytes)
    assert kept["new_bar_list"].reason == "an array that each round makes anew"


def test_contents_that_change_later_are_copied() -> None:
    [copy] = wg.grad(primals.changed_later).report(U).copies
    assert (copy.of, copy.reason, copy.bytes, copy.size) == ("a", "memory that line 82 overwrites", "8 * len(x)", U.nbytes)


def test_a_comparison_of_floats_is_recorded() -> None:
    report = wg.grad(primals.branches).report(0.3, 6)
    assert ("y > 0.5", "bool", 6, "compares floats, which may come out differently") in [
        (record.of, record.dtype, record.size, record.reason) for record in report.records
    ]


def test_forward_mode_records_nothing() -> None:
    report = wg.jvp(primals.recurrence).report((0.3, 7), (1.0, None))
    assert (report.mode, report.active, report.records, report.recomputed, report.size) == ("forward", ("x", "y"), (), (), 0)


def test_tangents_of_records_are_storage_too() -> None:
    report = wg.hvp(primals.recurrence).report(0.3, 1.0, 7)
    assert report.mode == "forward over reverse" and report.active == ("x", "y")
    assert [record.of for record in report.records] == ["y", "tangent of y", "np.sin(y)", "tangent of np.sin(y)"]
    assert report.size == 4 * 56


def test_a_routine_is_run_again() -> None:
    report = wg.grad(primals.tree).report(0.3, 3)
    assert ("tree(x + 1.0, d - 1)", "tree_vjp") in [(one.of, one.routine) for one in report.recomputed]


def network(y, p, z):
    for i in range(p["W"].size):
        for j in range(z[1].size):
            y = np.sin(y * p["W"][i]) + p["b"] * z[1][j]
    return y


def test_parameters_in_dicts_and_lists() -> None:
    """They are called what the user calls them, and their sizes are known."""
    p, z = {"W": np.ones(4), "b": 0.3}, [2.0, np.ones(3)]
    for report in (
        wg.grad(network, (1, 2)).report(1.0, p, z), wg.vjp(network).report((1.0, p, z), 1.0),
        wg.jacrev(network).report(1.0, p, z), wg.hvp(network, 2).report(1.0, z, p, z),
    ):  # fmt: skip
        assert {(record.count, record.n) for record in report.records} == {("len(p['W']) * len(z[1])", 12)}
        assert report.size == sum(record.size for record in report.records if record.size is not None) > 0
    assert wg.grad(network, (1, 2)).report(1.0, p, z).active == ("y", "p['W']", "p['b']", "z[1]")


kept = wg.checkpoint(primals.recurrence)


def checkpointed(x):
    return kept(x, 5) * kept(x * x, 6)


def test_checkpoint_records_in_the_call_alone() -> None:
    report = wg.grad(checkpointed).report(0.3)
    assert {record.routine for record in report.records} == {"recurrence_vjp"}
    assert {record.lives for record in report.records} == {"in each call"}
    assert [one.reason for one in report.recomputed if not one.routine] == ["the adjoint of a call runs the call once more"] * 2


@wg.custom_vjp
def ruled(x):
    return np.sin(x)


ruled.defvjp(lambda x: (np.sin(x), np.cos(x)), lambda c, y_bar: (c * y_bar,))


def with_a_rule(x, n):
    for _ in range(n):
        x = ruled(x)
    return x


def test_residuals_of_a_rule_are_recorded() -> None:
    [record] = wg.grad(with_a_rule).report(0.3, 4).records
    assert (record.reason, record.size) == ("comes from a call", 32)
    assert ruled.report(0.3).mode == "no derivative"


# ---- to the byte ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("primal", "args"),
    [(primals.recurrence, (0.3, 7)), (primals.recurrence, (0.3, -1)), (primals.stencil, (U, 0.1, 5)),
     (primals.stencil, (U[:2], 0.1, 5)), (primals.branches, (0.3, 9)), (primals.single, (U.astype(np.float32), 8))],
)  # fmt: skip
def test_the_bytes_are_those_that_are_allocated(primal: Any, args: Any) -> None:
    g = wg.grad(primal)
    made = allocated(g, *args)
    assert {record.name: [record.size] for record in g.report(*args).records} == made
    assert made


def test_what_grows_has_room_for_all_and_less_than_twice_that() -> None:
    g = wg.grad(primals.nested_rounds)
    rounds = sum(range(30))
    made = allocated(g, 0.3, 30)
    records = g.report(0.3, 30).records
    assert {record.name for record in records} == made.keys()
    for record in records:
        assert record.grows and record.count == "rounds of line 42"
        assert rounds * 8 <= made[record.name][-1] < 2 * rounds * 8


@pytest.mark.full
@pytest.mark.parametrize("program", [pytest.param(program, id=program.name) for program in PROGRAMS])
def test_every_record_of_the_corpus_is_told(program: Program) -> None:
    """The names that end so are those of generated storage here: no program of the corpus has one."""
    args = program.args()
    scalar = not isinstance(oracles.interpreted_primal(program.function)(*program.args()), tuple | np.ndarray)
    g = (wg.grad if scalar else wg.jacrev)(program.function, argnums=program.argnums)
    report = g.report(*args)
    names = {node.id for node in ast.walk(ast.parse(g.source_for(*args))) if isinstance(node, ast.Name)}
    assert {record.name for record in report.records} == {name for name in names if re.search(r"_(tape|list)(_\d+)?$", name)}
    made = allocated(g, *args) if scalar else {}
    for record in report.records:
        assert record.size is None or set(made.get(record.name, [record.size])) == {record.size}
