"""How the Wengert list prints."""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

import numpy as np

import wengert as wg
from wengert.transform.ir import (
    Array,
    Assign,
    Const,
    For,
    Function,
    If,
    ListOf,
    Other,
    Return,
    Scalar,
    TupleOf,
    Var,
    While,
)
from wengert.transform.pipeline import wengert_list
from wengert.transform.show import WengertList, show
from wengert.transform.statement_text import statement_text, type_text


def textbook(x: float) -> float:
    return math.exp(x) * (x + 1.0)


def diamond(x: float, y: float) -> float:
    return (x * y) * (x + y)


def relax(u: Any, k: float, steps: int) -> float:
    energy = 0.0
    for t in range(steps):
        for i in range(1, u.size - 1):
            flux = k * (u[i + 1] - u[i])
            u[i] += flux * u[i]
        energy += u[1] * u[1]
    return energy


def search(a: Any, x: float) -> float:
    while x * x > 2.0:
        x = 0.5 * x
    row = a[0, ::2]
    if x > 1.0:
        row[:] = x
    else:
        x = -x if x < 0.0 else max(x, 0.25)
    return row.sum() + x


def step(x: float) -> float:
    y = x * x
    return y + 1.0


def twice(x: float) -> float:
    z = step(step(x))
    return z


def pair(x: float, n: int) -> tuple[float, float]:
    for i in range(n, 0, -1):
        x = x * x
    return x, 2.0 * x


def without_lines(text: str, primal: Any) -> str:
    """Line numbers counted from the function's own first line, so that this file may change."""
    first = primal.__code__.co_firstlineno
    for number in range(first + 20, first - 1, -1):
        text = text.replace(f"# {number}", f"# {number - first + 1}")
    return text


def listed(function: Any, *args: Any) -> str:
    return without_lines(str(wg.wengert(function, *args)), function)


def test_the_list_of_the_textbook_counts_from_v1_to_v4() -> None:
    assert listed(textbook, 1.0) == """\
textbook(x: float64)           # 1  def textbook(x: float) -> float:
  v1 = x              float64
  v2 = math.exp(v1)   float64  # 2  return math.exp(x) * (x + 1.0)
  v3 = v1 + 1.0       float64  # 2
  v4 = v2 * v3        float64  # 2
  return v4                    # 2"""


def test_both_uses_of_a_value_are_seen() -> None:
    assert listed(diamond, 2.0, 3.0) == """\
diamond(x: float64, y: float64)           # 1  def diamond(x: float, y: float) -> float:
  v1 = x                         float64
  v2 = y                         float64
  v3 = v1 * v2                   float64  # 2  return (x * y) * (x + y)
  v4 = v1 + v2                   float64  # 2
  v5 = v3 * v4                   float64  # 2
  return v5                               # 2"""


def test_blocks_are_indented_under_their_headers_and_the_user_s_names_are_kept() -> None:
    assert listed(relax, np.ones(4), 1.0, 2) == """\
relax(u: float64[::1], k: float64, steps: int64)           # 1  def relax(u: Any, k: float, steps: int) -> float:
  v1 = k                                          float64
  energy = 0.0                                    float64  # 2  energy = 0.0
  for t in range(steps):                          int64    # 3  for t in range(steps):
    v2 = u.size                                   int64    # 4  for i in range(1, u.size - 1):
    v3 = v2 - 1                                   int64    # 4
    for i in range(1, v3):                        int64    # 4
      v4 = i + 1                                  int64    # 5  flux = k * (u[i + 1] - u[i])
      v5 = u[v4]                                  float64  # 5
      v6 = u[i]                                   float64  # 5
      v7 = v5 - v6                                float64  # 5
      flux = v1 * v7                              float64  # 5
      v8 = u[i]                                   float64  # 6  u[i] += flux * u[i]
      v9 = flux * v8                              float64  # 6
      u[i] += v9                                           # 6
    v10 = u[1]                                    float64  # 7  energy += u[1] * u[1]
    v11 = u[1]                                    float64  # 7
    v12 = v10 * v11                               float64  # 7
    energy = energy + v12                         float64  # 7
  return energy                                            # 8  return energy"""


def test_while_branches_and_views() -> None:
    assert listed(search, np.ones((2, 4)), 3.0) == """\
search(a: float64[:, ::1], x: float64)                   # 1  def search(a: Any, x: float) -> float:
  while True:                                            # 2  while x * x > 2.0:
    v1 = x * x                          float64          # 2
    v2 = v1 > 2.0                       bool             # 2
    if not v2: break                                     # 2
    x = 0.5 * x                         float64          # 3  x = 0.5 * x
  row = a[0, ::2]                       float64[:] view  # 4  row = a[0, ::2]
  v3 = x > 1.0                          bool             # 5  if x > 1.0:
  if v3:                                                 # 5
    row[:] = x                                           # 6  row[:] = x
  else:
    v4 = x < 0.0                        bool             # 8  x = -x if x < 0.0 else max(x, 0.25)
    if v4:                                               # 8
      v5 = -x                           float64          # 8
      v6 = v5                           float64          # 8
    else:
      v7 = max(x, 0.25)                 float64          # 8
      v6 = v7                           float64          # 8
    x = v6                              float64          # 8
  v8 = row.sum()                        float64          # 9  return row.sum() + x
  v9 = v8 + x                           float64          # 9
  return v9                                              # 9"""


def test_each_inlined_call_has_names_of_its_own() -> None:
    lines = [line.partition("#")[0].rstrip() for line in listed(twice, 2.0).splitlines()]
    assert lines == [
        "twice(x: float64)",
        "  v1 = x                 float64",
        "  y = v1 * v1            float64",
        "  result = y + 1.0       float64",
        "  y.1 = result * result  float64",
        "  result.1 = y.1 + 1.0   float64",
        "  z = result.1           float64",
        "  return z",
    ]


def test_a_tuple_is_returned_and_a_loop_may_run_down() -> None:
    assert listed(pair, 2.0, 3) == """\
pair(x: float64, n: int64)            # 1  def pair(x: float, n: int) -> tuple[float, float]:
  for i in range(n, 0, -1):  int64    # 2  for i in range(n, 0, -1):
    x = x * x                float64  # 3  x = x * x
  v1 = 2.0 * x               float64  # 4  return x, 2.0 * x
  return x, v1                        # 4"""


def test_iteration_goes_over_the_statements_outer_ones_first() -> None:
    found = wg.wengert(relax, np.ones(4), 1.0, 2)
    assert isinstance(found, WengertList)
    assert len(found) == len(list(found))
    outer = next(s for s in found if isinstance(s, For))
    assert list(found).index(outer) < list(found).index(outer.body[0])
    assert isinstance(list(found)[-1], Return)
    assert found.function.name == "relax"


def test_the_same_text_every_time() -> None:
    texts = {str(wg.wengert(relax, np.ones(4), 1.0, 2)) for _ in range(3)}
    assert len(texts) == 1


def test_float32_and_layouts_show_in_the_types() -> None:
    text = listed(relax, np.ones(8, np.float32)[::2], np.float32(1.0), 2)
    assert text.startswith("relax(u: float32[:], k: float32, steps: int64)")


def test_types_in_numba_s_notation() -> None:
    assert type_text(Array("float64", 2, "C")) == "float64[:, ::1]"
    assert type_text(Array("float64", 2, "F")) == "float64[::1, :]"
    assert type_text(Array("float32", 1, "A")) == "float32[:]"
    assert type_text(Array("float64", 0, "C")) == "float64[()]"
    assert type_text(TupleOf((Scalar("int64"),))) == "(int64,)"
    assert type_text(TupleOf((Scalar("int64"), Scalar("bool")))) == "(int64, bool)"
    assert type_text(ListOf(Array("float64", 1, "C"))) == "list(float64[::1])"
    assert type_text(Other("none")) == "none"
    assert type_text(None) == ""


def test_a_list_without_types_and_places_prints_too() -> None:
    body = (If(Var("c"), (While((), Var("c"), ()),), ()), Assign(Var("%a.1"), "+", (Var("x"), Const(1))))
    assert show(Function("f", (Var("c"), Var("x")), body)) == """\
f(c, x)
  if c:
    while True:
      pass
      if not c: break
      pass
  v1 = x + 1"""


def test_one_statement_prints_with_the_names_inside() -> None:
    assert statement_text(Assign(Var("%a.1"), "+", (Var("x"), Const(1)))) == "%a.1 = x + 1"


def test_a_name_that_a_copy_gives_and_that_is_read_again_stays_a_line() -> None:
    body = (
        Assign(Var("%p"), "*", (Var("x"), Var("x"))),
        Assign(Var("y"), "=", (Var("%p"),)),
        Return((Var("%p"), Var("y"))),
    )
    assert show(Function("f", (Var("x"),), body)) == """\
f(x)
  v1 = x * x
  y = v1
  return v1, y"""


def test_wengert_takes_the_result_of_the_pipeline() -> None:
    function = wengert_list(diamond, (np_float(), np_float()))
    assert show(function) == str(WengertList(function))


def np_float() -> Any:
    from numba import types

    return types.float64


class Spring(NamedTuple):
    mass: Any
    stiffness: Any


def structured(state, spring, w=None):
    (x, y), n = state
    return Spring(np.sum(x) * y, spring.mass * n), (y, 2)


def test_structures_are_shown_as_they_are_given() -> None:
    lines = str(wg.wengert(structured, ((np.ones(3), 2.0), 3), Spring(1.0, 2.0))).splitlines()
    assert lines[0].startswith(
        "structured(state: ((float64[::1], float64), int64), spring: Spring(mass: float64, stiffness: float64), w: None)"
    )
    assert [line.split("  ")[1].strip() for line in lines[1:6]] == [
        "state_0_0 = state[0][0]", "v1 = state[0][1]", "state_1 = state[1]", "v2 = spring.mass", "v3 = spring.stiffness",
    ]  # fmt: skip
    assert re.search(r"return \(Spring\(v\d+, v\d+\), \(y, 2\)\)", lines[-1])
