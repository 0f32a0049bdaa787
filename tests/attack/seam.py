"""Types for generated programs without Numba's inference of the whole: the pipeline's seam.

What type one statement gives for operands of known types is asked of `analyses.types.infer` once, and remembered: there are
some hundred such questions, and each of many thousand programs is made of them.  What is left is flow: a name has the
types of the definitions that reach a point, joined where paths meet, as in Numba's SSA form.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any

import pytest
from numba import typeof
from numba.core import types as numba_types

from wengert.transform import pipeline
from wengert.transform.analyses.passed import without_passed
from wengert.transform.analyses.types import convert, infer
from wengert.transform.analyses.versions import one_type_each, unify
from wengert.transform.applied import numba_type
from wengert.transform.ir import (
    Array,
    Assign,
    Block,
    Call,
    Const,
    For,
    Function,
    If,
    Leave,
    ListOf,
    Load,
    Operand,
    Other,
    Pop,
    Push,
    Return,
    Scalar,
    Statement,
    TupleOf,
    Type,
    Var,
    While,
)
from wengert.transform.names import Namer
from wengert.transform.switches import on
from wengert.transform.walk import binds, blocks, located, map_bind, map_reads, with_blocks

Env = dict[str, Type]
Question = tuple[Statement, tuple[Type, ...]]
Instance = tuple[str, tuple[Type, ...]]
_answers: dict[Question, Type] = {}
_told: set[Question] = set()                            # those that the other processes know
_files: set[str] = set()                                # those of others that were read, and our own
_LITERAL = ("item", "tuple", "**", "np.power", "pow", "np.sum", ".sum", "np.expand_dims")
"""Operations whose type depends on the value of a whole number that is written out."""


def assign(function: Function, argtypes: tuple[Any, ...]) -> Function:
    """What `infer` would give, for functions whose tests are no constants."""
    try:
        return _Instances(function.routines).typed(function, tuple(map(convert, argtypes)))
    except _Strange:
        return infer(function, argtypes)


@contextmanager
def without_inference() -> Iterator[None]:
    """Inside, the pipeline asks `assign` for types, and makes the list of a function once for all its derivatives."""
    make = pipeline.wengert_list

    @lru_cache(maxsize=4)
    def listed(primal: Any, argtypes: tuple[Any, ...], outputs: tuple[str, ...], switched: bool) -> Function:
        return make(primal, argtypes, outputs)

    def shared(primal: Any, argtypes: tuple[Any, ...], outputs: Sequence[str] = ()) -> Function:
        return listed(primal, tuple(argtypes), tuple(outputs), on("extents"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "infer", assign)
        patch.setattr(pipeline, "agree", lambda *_: None)
        patch.setattr(pipeline, "remembered", lambda primal, argtypes, outputs, make: make())       # (its lists are Numba's)
        patch.setattr(pipeline, "wengert_list", shared)
        yield


def keep(file: Path) -> None:
    """What has been asked so far, for other processes."""
    file.write_bytes(pickle.dumps(_answers))


def remember(file: Path) -> None:
    """What another process has asked."""
    _answers.update(pickle.loads(file.read_bytes()))


def exchange(folder: Path) -> None:
    """Tell the other processes with this folder what has been asked here, and learn what they have asked."""
    for file in sorted(folder.glob("*.answers")):
        if file.name not in _files:
            _files.add(file.name)
            found = pickle.loads(file.read_bytes())
            _told.update(found)
            _answers.update(found)
    if new := {question: type_ for question, type_ in _answers.items() if question not in _told}:
        file = folder / f"{os.getpid()}-{len(_answers)}.answers"
        _files.add(file.name)
        _told.update(new)
        file.with_suffix(".new").write_bytes(pickle.dumps(new))
        file.with_suffix(".new").rename(file)           # (nobody reads half of it)


class _Strange(Exception):
    """A type that no question is asked with."""


class _Unknown(Exception):
    """What a routine gives that is being typed."""


class _Instances:
    """Routines by the types that they are called with; passes over all of them until the types of results stay."""

    def __init__(self, routines: Mapping[str, Function]) -> None:
        self.routines, self.namer = routines, Namer()
        self.results: dict[Instance, tuple[Type, ...]] = {}
        self.flows: dict[Instance, _Flow] = {}
        self.named: dict[Instance, str] = {}

    def typed(self, function: Function, given: tuple[Type, ...]) -> Function:
        before = None
        while before != self.results:
            before = dict(self.results)
            self.flows.clear()
            flow = self.flow(function, given)
        whole = self.renamed(function, flow)
        done: dict[str, Function] = {}
        while len(done) < len(self.named):
            for key, name in list(self.named.items()):
                if name not in done:
                    done[name] = replace(self.renamed(self.routines[key[0]], self.flows[key]), name=name)
        return replace(whole, routines=done)

    def flow(self, function: Function, given: tuple[Type, ...]) -> _Flow:
        params = {param.name: type_ for param, type_ in zip(function.params, given, strict=True)}
        env = params | {name: convert(typeof(value)) for name, value in function.captures.items()}
        flow = _Flow(self, dict(env), params, function.captures)
        flow.block(function.body, env)
        return flow

    def of_call(self, key: Instance) -> tuple[Type, ...]:
        if key not in self.flows:
            self.flows[key] = _Flow(self)               # while its own is made
            self.flows[key] = flow = self.flow(self.routines[key[0]], key[1])
            if flow.returned is not None:
                self.results[key] = flow.returned
        if key not in self.results:
            raise _Unknown
        return self.results[key]

    def renamed(self, function: Function, flow: _Flow) -> Function:
        """With calls of the routines for the types at hand, and one type for each name."""
        own = {(name, ()): type_ for name, type_ in flow.given.items()}
        for path, s in located(function.body):
            own |= {(var.name, path): flow.own[id(s), var.name] for var in binds(s) if (id(s), var.name) in flow.own}
        called = replace(function, body=self.calling(function.body, flow), types=flow.types)
        return without_passed(one_type_each(called, own))

    def calling(self, block: Block, flow: _Flow) -> Block:
        return tuple(self.call(s, flow) for s in block)

    def call(self, s: Statement, flow: _Flow) -> Statement:
        if isinstance(s, Call):
            return replace(s, routine=self.name(flow.calls[id(s)]))
        inner = tuple(self.calling(block, flow) for block in blocks(s))
        return with_blocks(s, inner) if inner else s

    def name(self, key: Instance) -> str:
        if key not in self.named:
            self.named[key] = self.namer.fresh(key[0]).name
        return self.named[key]


@dataclass
class _Flow:
    instances: _Instances
    types: dict[str, Type] = field(default_factory=dict)
    given: Env = field(default_factory=dict)                    # the types of the parameters
    captures: Mapping[str, Any] = field(default_factory=dict)
    own: dict[tuple[int, str], Type] = field(default_factory=dict)      # of what each statement binds
    leaving: list[Env] = field(default_factory=list)            # what is known where the innermost loop is left
    asked: dict[int, tuple[Statement, tuple[str, ...]]] = field(default_factory=dict)
    calls: dict[int, Instance] = field(default_factory=dict)
    returned: tuple[Type, ...] | None = None

    def block(self, block: Block, env: Env) -> Env:
        env = dict(env)
        for s in block:
            env = self.statement(s, env)
        return env

    def statement(self, s: Statement, env: Env) -> Env:
        match s:
            case For(counter, body=body):

                def counted(before: Env) -> tuple[Env, Env]:        # (without rounds the name is what it was)
                    begun = dict(before)
                    self.bind(counter.name, Scalar("int64"), begun, s)
                    return before, self.block(body, begun)

                return self.loop(env, counted)
            case While(header, _, body):

                def around(before: Env) -> tuple[Env, Env]:
                    tested = self.block(header, before)
                    return tested, self.block(body, tested)

                return self.loop(env, around)
            case If(_, then, orelse):
                return _joined([self.block(then, env), self.block(orelse, env)])
            case Leave():
                self.leaving.append(dict(env))
            case _:
                with suppress(_Unknown):
                    self.simple(s, env)
        return env

    def simple(self, s: Statement, env: Env) -> None:
        match s:
            case Call(targets, routine, args):
                self.calls[id(s)] = routine, tuple(self.of(arg, env) for arg in args)
                for target, type_ in zip(targets, self.instances.of_call(self.calls[id(s)]), strict=True):
                    self.bind(target.name, type_, env, s)
            case Return(values):
                found = tuple(self.of(value, env) for value in values)
                self.returned = tuple(map(unify, self.returned or found, found))
            case Push(list_, value):
                self.bind(list_.name, ListOf(self.of(value, env)), env)
            case Pop(target, list_):
                held = self.of(list_, env)
                assert isinstance(held, ListOf)
                self.bind(target.name, held.item, env, s)
            case Assign(op="list" | "list_of", args=args) if not (args and s.op == "list"):
                pass                                    # it has a type when something is put into it
            case Assign(target, "list", args):
                items = [self.of(arg, env) for arg in args]
                self.bind(target.name, reduce(_either, map(ListOf, items)), env, s)
            case Assign(target, "apply", (Var(name), *args)):       # asked as Numba does
                _, found = self.captures[name].product(tuple(numba_type(self.of(arg, env)) for arg in args))
                self.bind(target.name, convert(found), env, s)
            case Assign(target, ".append", (Var(list_), value, *_)):
                self.bind(list_, _either(env.get(list_), ListOf(self.of(value, env))), env)
                self.bind(target.name, self.answer(s, env), env, s)
            case _:
                for target in binds(s):
                    self.bind(target.name, self.answer(s, env), env, s)

    def of(self, operand: Operand, env: Env) -> Type:
        if not isinstance(operand, Var):
            return convert(typeof(operand.value))
        if operand.name not in env:
            raise _Unknown
        return env[operand.name]

    def bind(self, name: str, type_: Type, env: Env, s: Statement | None = None) -> None:
        env[name] = type_
        if s is not None:
            self.own[id(s), name] = type_
        self.types[name] = _either(self.types.get(name), type_)

    def loop(self, env: Env, around: Callable[[Env], tuple[Env, Env]]) -> Env:
        """`around` gives what is known when the loop ends at its head, and after a round."""
        outer, self.leaving = self.leaving, []
        while True:
            tested, after = around(env)
            joined = _joined([env, after])
            if joined == env:
                break
            env = joined
        left, self.leaving = self.leaving, outer
        return _joined([tested, *left])

    def answer(self, s: Statement, env: Env) -> Type:
        if id(s) not in self.asked:
            self.asked[id(s)] = _general(s)
        general, operands = self.asked[id(s)]
        question = general, tuple(self.of(Var(name), env) for name in operands)
        if question not in _answers:
            _answers[question] = _infer(*question)
        return _answers[question]


def _joined(envs: list[Env]) -> Env:
    first, *others = envs
    joined = dict(first)
    for env in others:
        for name, type_ in env.items():
            joined[name] = _either(joined.get(name), type_)
    return joined


def _either(left: Type | None, right: Type) -> Type:
    if isinstance(left, ListOf) and isinstance(right, ListOf):
        if isinstance(left.item, ListOf) and left != right:
            raise _Strange(left, right)                 # Numba converts no list to another
        return ListOf(_either(left.item, right.item))
    found = unify(left, right)
    if isinstance(found, Other) and found not in (left, right):
        raise _Strange(found)
    return found


def _general(s: Statement) -> tuple[Statement, tuple[str, ...]]:
    """The statement with general names, and the names in it; numbers that no type depends on are all the same."""
    names: dict[str, Var] = {}
    keep = isinstance(s, Load) or (isinstance(s, Assign) and s.op in _LITERAL)

    def read(operand: Operand) -> Operand:
        if isinstance(operand, Var):
            return names.setdefault(operand.name, Var(f"o{len(names)}"))
        if type(operand.value) is float or (type(operand.value) is int and not keep):
            return replace(operand, value=0.5 if type(operand.value) is float else 3)       # (1.0 would be found for 1)
        return operand

    return map_bind(map_reads(s, read), lambda _: Var("target")), tuple(names)


def _infer(s: Statement, operands: tuple[Type, ...]) -> Type:
    params = tuple(Var(f"o{k}") for k in range(len(operands)))
    target = Var("target")
    returned = Return((Const(0),))
    function = Function("question", params, (s, returned))
    return infer(function, tuple(map(_numba, operands))).types[target.name]


def _numba(type_: Type) -> Any:
    match type_:
        case Scalar(dtype):
            return numba_types.boolean if dtype == "bool" else getattr(numba_types, dtype)
        case Array(dtype, ndim, layout):
            return numba_types.Array(_numba(Scalar(dtype)), ndim, layout)
        case ListOf(item):
            return numba_types.List(_numba(item))
        case TupleOf(items):
            return numba_types.Tuple([_numba(item) for item in items])
        case _:
            raise _Strange(type_)
