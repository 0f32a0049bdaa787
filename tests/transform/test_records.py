"""Records of loops whose number of rounds is not known on entry: they grow together, and hold nothing that is known anyway."""

from __future__ import annotations

import math

import numpy as np

import wengert as wg
from tests.semantics.agreement import agrees


def branching(x, k, n):
    """Some two hundred rounds, more than records have room for at first; some values are recorded in a branch."""
    y, total, i = x, 0.0, 0
    while i < n and abs(y) < 3.0:
        y = math.sin(y + k) * x
        if i % 3 > 0:
            total += y * y * math.exp(-y)
        else:
            y = y * 0.5 + 0.2 * x * y
        i += 1
    return total + y


def ragged(x, n):
    """Loops in loops, counted by a position; the inner ones also without a round."""
    total = x
    for i in range(n):
        for j in range(i % 7):
            total = math.sin(total * x + j)
        total *= 1.1 * x
    return total


def lines(text: str, part: str) -> list[str]:
    return [line.split("  #")[0].strip() for line in text.splitlines() if part in line]


def test_records_beyond_their_first_room() -> None:
    agrees(branching, 0.9, 0.7, 200)
    agrees(ragged, 0.8, 60)


def test_records_of_a_loop_grow_in_one_place() -> None:
    text = wg.grad(branching, (0, 1)).source_for(0.9, 0.7, 200)
    assert len(lines(text, "while rounds >= ")) == 1
    assert len(lines(text, " = grow(")) == len(lines(text, "_tape = np.empty(64"))


def test_what_numbers_a_round_is_not_recorded() -> None:
    assert not lines(wg.grad(branching, (0, 1)).source_for(0.9, 0.7, 200), "round_tape")


def squares(x, n):
    """Quadratic: the second derivative needs the tangents of what is recorded for the first, and not the values."""
    y, total, i = x, 0.0, 0
    while i < n:
        total += y * y
        y = 0.5 * y + x
        i += 1
    return total


def test_what_no_derivative_needs_is_not_recorded() -> None:
    text = wg.hvp(squares).source_for(0.7, 1.0, 5)
    assert lines(text, "tape_dot[rounds] = ") and not lines(text, "y_tape[rounds] = ")
    agrees(squares, 0.7, 80)


def scaled_rows(a, t):
    a[1:] *= t
    a[:, 0] /= 1.0 + t * t
    return np.sum(a * a)


def test_a_part_that_was_changed_in_place_is_not_put_back() -> None:
    """`a[1:] *= t` changes a view and would store it where it is."""
    a = np.arange(6.0).reshape(3, 2) * 0.3 + 0.1
    agrees(scaled_rows, a, 0.7)
    forward = wg.grad(scaled_rows, (0, 1)).source_for(a, 0.7).split("---- reverse sweep")[0]
    assert len(lines(forward, "[:] = ")) == 2
    assert not lines(forward, "a[1:] = ") and not lines(forward, "a[:, 0] = ")
