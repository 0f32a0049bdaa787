"""Every pass keeps the promises of the list, on every program of the corpus; a planted defect is found."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numba
import pytest
from numba.core import types as numba_types

from tests.programs import PROGRAMS, Program
from wengert.transform import fence
from wengert.transform.analyses.types import infer
from wengert.transform.calling.arguments import flat_types, functions_of, inputs_of
from wengert.transform.derive.prepare import prepare
from wengert.transform.derive.reverse import reverse
from wengert.transform.derive.tangent import push
from wengert.transform.ir import (
    Accumulate,
    Array,
    Assign,
    Const,
    For,
    Function,
    If,
    Load,
    Operand,
    Other,
    Return,
    Scalar,
    Slice,
    Statement,
    Store,
    Type,
    Var,
    View,
    While,
    is_float,
)
from wengert.transform.names import Namer
from wengert.transform.normalise import split_webs
from wengert.transform.parse import parse
from wengert.transform.pipeline import wengert_list
from wengert.transform.reading.source import read
from wengert.transform.simplify import simplify
from wengert.transform.structure import leaves
from wengert.transform.verify import InvalidListError, verify
from wengert.transform.walk import names

CASES = [pytest.param(p, id=p.name, marks=[pytest.mark.full] if k % 15 else []) for k, p in enumerate(PROGRAMS)]
EVERY = pytest.mark.parametrize("program", CASES)
SCALAR = [case for case in CASES if isinstance(p := case.values[0], Program) and p.outputs == "scalar"]


def types_of(program: Program) -> tuple[Any, ...]:
    bound = inspect.signature(program.function).bind(*program.args())
    bound.apply_defaults()
    return tuple(numba.typeof(arg) for arg in bound.arguments.values())


@cache
def listed(program: Program) -> Function:
    return wengert_list(program.function, types_of(program))


def active(function: Function) -> list[str]:
    return [p.name for p in function.params if is_float(function.types[p.name])]


def numba_type(type_: Type) -> Any:
    """The Numba type of a seed."""
    assert isinstance(type_, Scalar | Array)
    scalar = getattr(numba_types, type_.dtype)
    return scalar if isinstance(type_, Scalar) else numba_types.Array(scalar, type_.ndim, type_.layout)


def closed(function: Function, results: list[Operand | None]) -> Function:
    """With a Return, as the pipeline packs it."""
    found = tuple(result for result in results if result is not None)
    return replace(function, body=(*function.body, Return(found, True)))


@EVERY
def test_what_is_parsed(program: Program) -> None:
    source = read(program.function)
    fence.check(source)
    argtypes = types_of(program)
    parsed = parse(source, inputs_of(argtypes), functions_of(argtypes))
    verify(parsed, "parsed")
    verify(split_webs(parsed), "parsed")


@EVERY
def test_what_is_resolved_and_prepared(program: Program) -> None:
    function = listed(program)
    verify(function, "resolved")
    verify(prepare(function, Namer(names(function))).function, "prepared")
    verify(simplify(function), "resolved")


@EVERY
def test_what_reverse_mode_derives(program: Program) -> None:
    argtypes = types_of(program)
    function = listed(program)
    reversed_ = reverse(function, active(function), seed_types=[])
    verify(reversed_.function, "derived")
    whole = closed(reversed_.function, [*reversed_.values, *reversed_.gradients.values()])
    seeds = tuple(numba_type(whole.types[seed.name]) for seed in reversed_.seeds if seed is not None)
    verify(infer(simplify(whole), (*flat_types(argtypes), *seeds)), "resolved")


@EVERY
def test_what_forward_mode_derives(program: Program) -> None:
    argtypes = types_of(program)
    function = listed(program)
    wrt = active(function)
    pushed = push(function, wrt, {name: function.types[name] for name in wrt})
    verify(pushed.function, "derived")
    whole = closed(pushed.function, [*pushed.values, *pushed.tangents])
    seeds = tuple(numba_type(function.types[name]) for name in pushed.seeds)
    verify(infer(simplify(whole), (*flat_types(argtypes), *seeds)), "resolved")


@pytest.mark.full
@pytest.mark.parametrize("program", SCALAR)
def test_what_forward_over_reverse_derives(program: Program) -> None:
    argtypes = types_of(program)
    function = listed(program)
    inputs = list(function.inputs.values())
    places = [place for k in program.argnums for place in leaves(inputs[k]) if place is not None]
    wrt = [name for name in (function.params[place].name for place in places) if is_float(function.types[name])]
    reversed_ = reverse(function, wrt, seed_types=None)
    slope = infer(simplify(closed(reversed_.function, [reversed_.gradients[name] for name in wrt])), flat_types(argtypes))
    verify(slope, "resolved")
    moving = [slope.params[[p.name for p in function.params].index(name)].name for name in wrt]
    pushed = push(slope, moving, {name: slope.types[name] for name in moving})
    verify(pushed.function, "derived")
    verify(simplify(closed(pushed.function, list(pushed.tangents))), "parsed")


# ---- planted defects ----------------------------------------------------------------------------------------

A, C, K, P, T, X, Y = map(Var, ("a", "c", "k", "p", "t", "x", "y"))
DOUBLE, INT, VECTOR, MATRIX = Scalar("float64"), Scalar("int64"), Array("float64", 1, "C"), Array("float64", 2, "C")
TYPES: dict[str, Type] = {"a": VECTOR, "c": Scalar("bool"), "k": INT, "m": MATRIX, "x": DOUBLE, "y": DOUBLE, "p": INT}
DOUBLED = Assign(Y, "*", (X, Const(2.0)))


def holding(*body: Statement, returns: bool = True, **types: Type) -> Function:
    end = (Return((X,)),) if returns else ()
    return Function("f", (A, C, X, P, Var("m")), (*body, *end), TYPES | types)


def test_a_good_list_passes() -> None:
    taken = Load(Var("e"), A, (P,)), View(Var("v"), A, "index", (Slice(),))
    verify(holding(DOUBLED, *taken, e=DOUBLE, v=VECTOR), "resolved")
    verify(holding(For(K, Const(0), P, Const(1), (If(C, (DOUBLED,), ()), Store(A, (K,), Y)))), "resolved")
    verify(holding(DOUBLED, returns=False), "derived")


DEFECTS: dict[str, tuple[Function, Any, str]] = {
    "unbound": (holding(Assign(Y, "+", (Var("z"), X))), "parsed", "`z` is read before it is bound\n  y = z + x"),
    "bound later": (holding(Assign(X, "+", (Y, X)), DOUBLED), "parsed", "`y` is read before it is bound"),
    "unbound index": (holding(Store(A, (Slice(None, Var("n")),), X)), "parsed", "`n` is read before it is bound"),
    "bound in the other branch": (
        holding(If(C, (DOUBLED,), (Assign(X, "=", (Y,)),))), "parsed", "`y` is read before it is bound",
    ),
    "test bound in the body": (
        holding(While((), T, (Assign(T, ">", (X, Const(1.0))),))), "parsed", "the header does not bind the test `t`",
    ),
    "no return": (holding(DOUBLED, returns=False), "parsed", "nothing is returned"),
    "two returns": (holding(Return((X,))), "parsed", "a Return that is not the last statement\n  return x"),
    "return in a branch": (
        holding(If(C, (Return((X,)),), ()), returns=False), "parsed", "a Return that is not the last statement",
    ),
    "returned too early": (holding(DOUBLED), "derived", "a derivative returns nothing before it is packed"),
    "two parameters": (Function("f", (X, X), (Return((X,)),), TYPES), "parsed", "two parameters have one name"),
    "untyped": (holding(Assign(T, "+", (X, X))), "resolved", "`t` has no type\n  t = x + x"),
    "no rule": (holding(Assign(Y, "np.frobnicate", (X,))), "resolved", "`np.frobnicate` has no rule"),
    "not resolved": (holding(Assign(Y, "bind", (X,))), "resolved", "`bind` has no rule"),
    "load of a row": (holding(Load(Y, Var("m"), (P,))), "resolved", "1 indices for an element of 2 axes"),
    "load into an array": (
        holding(Load(T, A, (P,)), t=VECTOR), "resolved", "a Load gives a number, `t` is float64[::1]",
    ),
    "load of a number": (holding(Load(Y, X, (P,))), "resolved", "`x` is used as an array and is float64"),
    "view of a number": (
        holding(View(T, A, "index", (P,)), t=DOUBLE), "resolved", "a View gives an array, `t` is float64",
    ),
    "view of other dtype": (
        holding(View(T, A, "="), t=Array("float32", 1, "C")), "resolved", "a View of float64[::1] is float32[::1]",
    ),
    "unknown view": (holding(View(T, A, ".diagonal"), t=VECTOR), "resolved", "`.diagonal` is no kind of view"),
    "fancy index": (holding(Store(A, (A,), X)), "resolved", "an index is float64[::1]\n  a[a] = x"),
    "float index": (holding(Accumulate(A, (X,), X)), "resolved", "an index is float64\n  a[x] += x"),
    "bool index": (holding(Store(A, (C,), X)), "resolved", "an index is bool"),
    "constant index": (holding(Store(A, (Const(1.5),), X)), "resolved", "an index is 1.5"),
    "too many indices": (holding(Store(A, (P, P), X)), "resolved", "2 indices for 1 axes"),
    "array as a test": (holding(If(A, (DOUBLED,), ())), "resolved", "the test `a` is float64[::1]"),
    "counter": (
        holding(For(T, Const(0), P, Const(1), ()), t=Other("none")), "resolved", "the counter `t` is none",
    ),
    "cell computed": (holding(DOUBLED, DOUBLED), "prepared", "`y` is a cell, which is only copied\n  y = x * 2.0"),
    "cell to cell": (
        holding(*[Assign(Var(n), "=", (X,)) for n in "yyzz"], Assign(Y, "=", (Var("z"),)), z=DOUBLE),
        "prepared", "`z` and `y` are cells, copied into each other",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_found(name: str) -> None:
    function, stage, message = DEFECTS[name]
    with pytest.raises(InvalidListError) as caught:
        verify(function, stage)
    assert str(caught.value).startswith(f"f, {stage}: {message}")


def test_a_pass_that_loses_a_statement_is_noticed() -> None:
    program = next(p for p in PROGRAMS if p.name == "log_sum_exp" or p.outputs == "scalar")
    function = listed(program)
    noticed = 0
    for position in range(len(function.body) - 1):
        body = function.body[:position] + function.body[position + 1 :]
        noticed += _is_noticed(lambda body=body: verify(replace(function, body=body), "resolved"))
    assert noticed > 0


def _is_noticed(check: Callable[[], None]) -> bool:
    try:
        check()
    except InvalidListError:
        return True
    return False
