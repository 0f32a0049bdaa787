"""Every transform on every program of the corpus, against the oracles.

Each program runs in two ways: as generated, uncompiled Python (fast), and compiled: a subset in the quick tier, all
of them in the full one. The quick tier asks of every program for its gradient, of every eighth for the agreement of modes, and of
every 24th, in the order of the corpus, for the rest. Programs that mean something else to NumPy run compiled only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests import oracles
from tests.oracles import Function, Structure
from tests.programs import PROGRAMS, Program


def cases(outputs: tuple[str, ...], every: int = 1) -> list[Any]:
    """(program, compiled) for every program with such outputs; the quick tier runs every eighth, say, if `every` is 8."""
    found = []
    for number, program in enumerate(PROGRAMS):
        if program.outputs not in outputs:
            continue
        later = [pytest.mark.full] if number % every else []
        if not program.needs_numba:
            found.append(pytest.param(program, False, id=f"{program.name}-python", marks=later))
        quick = program.compiled or program.needs_numba
        marks = [pytest.mark.compiled, *(later if quick else [pytest.mark.full])]
        found.append(pytest.param(program, True, id=f"{program.name}-compiled", marks=marks))
    return found


SCALAR = cases(("scalar",))
ARRAY = cases(("array",))
ALL = cases(("scalar", "array"), every=12)
COSTLY = cases(("scalar",), every=24)
COSTLY_ALL = cases(("scalar", "array"), every=24)


def tolerance(program: Program, double: float, single: float) -> float:
    return single if program.single else double


def runnable(transformed: Any, compiled: bool, *args: Any) -> Function:
    """What is called: the transformed callable itself, or the Python function generated for the types of `args`."""
    function: Function = transformed if compiled else transformed.python_for(*args)
    return function


def argnums_of(program: Program) -> int | tuple[int, ...]:
    """One position as an int, several as a tuple: both forms of the interface are met."""
    return program.argnums[0] if len(program.argnums) == 1 else program.argnums


def primal_of(program: Program, compiled: bool) -> Function:
    rebuild = oracles.compiled_primal if compiled or program.needs_numba else oracles.interpreted_primal
    return rebuild(program.function)


def as_tuple(program: Program, gradient: Structure) -> tuple[Structure, ...]:
    return (gradient,) if len(program.argnums) == 1 else gradient


def active_direction(program: Program, args: tuple[Any, ...], rng: np.random.Generator) -> tuple[Structure, ...]:
    """A random direction with a slot per argument, None where the program is not differentiated."""
    chosen = tuple(arg if i in program.argnums else None for i, arg in enumerate(args))
    direction: tuple[Structure, ...] = oracles.random_like(chosen, rng)
    return direction


def in_argnums(program: Program, direction: tuple[Structure, ...]) -> Structure:
    """The slots of `argnums` alone, structured like the gradient."""
    parts = tuple(direction[i] for i in program.argnums)
    return parts[0] if len(parts) == 1 else parts


@pytest.mark.parametrize(("program", "compiled"), SCALAR)
def test_the_gradient_agrees_with_differences(program: Program, compiled: bool) -> None:
    args = program.args()
    found = runnable(wg.value_and_grad(program.function, argnums_of(program)), compiled, *args)(*args)
    gradient = as_tuple(program, found[1])
    primal = primal_of(program, False)
    expected = oracles.difference_gradient(primal, oracles.promoted(program.args()), program.argnums)
    assert oracles.relative_gap(gradient, expected) <= tolerance(program, 1e-7, 1e-4)
    for position, part in zip(program.argnums, gradient, strict=True):
        oracles.assert_structured_like(part, args[position])


@pytest.mark.parametrize(("program", "compiled"), SCALAR)
def test_the_value_is_that_of_the_primal(program: Program, compiled: bool) -> None:
    args = program.args()
    value, _ = runnable(wg.value_and_grad(program.function, argnums_of(program)), compiled, *args)(*args)
    expected = primal_of(program, compiled)(*program.args())
    if compiled:
        assert value == expected
    else:
        assert oracles.relative_gap(value, expected) <= tolerance(program, 1e-13, 1e-6)


@pytest.mark.parametrize(("program", "compiled"), [case for case in COSTLY if not case.values[1]])
def test_grad_is_the_gradient_of_value_and_grad(program: Program, compiled: bool) -> None:
    args = program.args()
    alone = runnable(wg.grad(program.function, argnums_of(program)), compiled, *args)(*args)
    _, both = runnable(wg.value_and_grad(program.function, argnums_of(program)), compiled, *args)(*args)
    assert oracles.relative_gap(alone, both) <= tolerance(program, 1e-14, 1e-6)


@pytest.mark.parametrize(("program", "compiled"), ALL)
def test_forward_and_reverse_agree(program: Program, compiled: bool) -> None:
    rng = np.random.default_rng(7)
    args = program.args()
    v = oracles.random_like(args, rng)
    forward = runnable(wg.jvp(program.function), compiled, args, v)
    y, jv = forward(args, v)
    u = oracles.random_like(oracles.copied(y), rng)
    reverse = runnable(wg.vjp(program.function), compiled, args, u)
    y_again, jtu = reverse(args, u)
    assert oracles.dot_product_gap(u, jv, jtu, v) <= tolerance(program, 1e-12, 1e-5)
    expected = primal_of(program, compiled)(*program.args())
    for found in (y, y_again):
        assert oracles.relative_gap(found, expected) <= tolerance(program, 1e-13, 1e-6)
    for slot, along in zip(jtu, v, strict=True):
        oracles.assert_structured_like(slot, along)


@pytest.mark.parametrize(("program", "compiled"), ARRAY)
def test_the_tangent_of_an_array_agrees_with_differences(program: Program, compiled: bool) -> None:
    args = program.args()
    v = oracles.random_like(args, np.random.default_rng(8))
    _, jv = runnable(wg.jvp(program.function), compiled, args, v)(args, v)
    wide = oracles.promoted(v)
    expected = oracles.directional_difference(primal_of(program, False), oracles.promoted(program.args()), wide)
    assert oracles.relative_gap(jv, expected) <= tolerance(program, 1e-7, 1e-4)


@pytest.mark.parametrize(("program", "compiled"), COSTLY)
def test_the_hessian_product_agrees_with_differences(program: Program, compiled: bool) -> None:
    args = program.args()
    direction = active_direction(program, args, np.random.default_rng(9))
    v = in_argnums(program, direction)
    product = runnable(wg.hvp(program.function, argnums_of(program)), compiled, args[0], v, *args[1:])
    hv = as_tuple(program, product(args[0], v, *args[1:]))
    wide = oracles.promoted(program.args())
    transformed = runnable(wg.grad(program.function, argnums_of(program)), compiled, *wide)

    def gradient(*at: Any) -> tuple[Structure, ...]:
        return as_tuple(program, transformed(*at))

    gap = oracles.second_order_gap(hv, gradient, wide, oracles.promoted(direction))
    assert gap <= tolerance(program, 1e-6, 1e-3)


@pytest.mark.parametrize(("program", "compiled"), COSTLY)
def test_the_hessian_is_symmetric(program: Program, compiled: bool) -> None:
    rng = np.random.default_rng(10)
    args = program.args()
    u, v = (in_argnums(program, active_direction(program, args, rng)) for _ in range(2))
    function = runnable(wg.hvp(program.function, argnums_of(program)), compiled, args[0], v, *args[1:])
    gap = oracles.symmetry_gap(lambda along: function(args[0], along, *args[1:]), u, v)
    assert gap <= tolerance(program, 1e-10, 1e-4)


@pytest.mark.parametrize(("program", "compiled"), COSTLY_ALL)
def test_arguments_and_seeds_are_left_unwritten(program: Program, compiled: bool) -> None:
    rng = np.random.default_rng(11)
    args = program.args()
    v = oracles.random_like(args, rng)
    kept = oracles.copied((args, v))
    y, _ = runnable(wg.jvp(program.function), compiled, args, v)(args, v)
    u = oracles.random_like(oracles.copied(y), rng)
    seed = oracles.copied(u)
    runnable(wg.vjp(program.function), compiled, args, u)(args, u)
    for written, before in ((args, kept[0]), (v, kept[1]), (u, seed)):
        np.testing.assert_array_equal(oracles.flat(written), oracles.flat(before))
    if program.outputs == "scalar":
        runnable(wg.value_and_grad(program.function, argnums_of(program)), compiled, *args)(*args)
        np.testing.assert_array_equal(oracles.flat(args), oracles.flat(kept[0]))
