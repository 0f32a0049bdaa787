"""Lists that are printed: as Numba prints them, once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run

A = np.array([0.7, 1.3, 0.2])


def printed(a):
    values = [x * a[0] for x in a]
    print(values)
    values.append(a[1])
    print("then", values, len(values), [1, 2], a[0] > 0.0)
    empty = values[:0]
    print(empty, [x > 0.5 for x in a])
    return values[0] * values[3]


def downwards(values, n):
    values.append(2.0 * n)
    print(values)
    return values[0] if n == 0 else downwards(values, n - 1) * values[0]


def in_recursion(a):
    values = [a[0]]
    return downwards(values, 2) * wg.grad(lambda t: t * values[-1])(a[1])


@pytest.mark.filterwarnings("ignore::numba.core.errors.NumbaPendingDeprecationWarning")
def test_lists_are_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    njit(printed)(A)
    expected = capsys.readouterr().out
    for transformed, args in ((wg.grad(printed), (A,)), (wg.jvp(printed), ((A,), (A,))), (wg.hvp(printed), (A, A))):
        run(transformed, *args)
        assert capsys.readouterr().out == expected
    agrees(printed, A)


def test_in_recursion_and_beside_a_derivative(capsys: pytest.CaptureFixture[str]) -> None:
    run(wg.grad(in_recursion), A)
    assert capsys.readouterr().out == "[0.7, 4.0]\n[0.7, 4.0, 2.0]\n[0.7, 4.0, 2.0, 0.0]\n"


@pytest.mark.compiled
def test_compiled(capfd: pytest.CaptureFixture[str]) -> None:
    njit(printed)(A)
    expected = capfd.readouterr().out
    wg.grad(printed)(A)
    assert capfd.readouterr().out == expected


def printed_rows(a):
    rows: Any = [[a[0]], [a[1]]]
    print(rows)
    return rows[0][0]


def test_lists_of_lists_are_not_printed() -> None:
    with pytest.raises(wg.UnsupportedError, match="a list is used in `print"):
        wg.grad(printed_rows).source_for(A)
