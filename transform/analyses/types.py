"""Numba's own types for every name of a function.

The function is written out flat, one statement a line, and taken through Numba's untyped passes and its type inference;
no machine code is made.  Each name then has the type that its definitions share (`x = 0` before `x += 0.5` is a
float, as in Numba).  `infer` is the seam: tests may hand types in and skip it.
"""
from __future__ import annotations

import ast
import math
import random
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from numba import typeof
from numba.core import compiler, config, types
from numba.core import ir as numba_ir
from numba.core.compiler_lock import global_compiler_lock
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.errors import NumbaError, NumbaWarning
from numba.core.registry import cpu_target
from numba.core.typed_passes import NopythonTypeInference

from .. import spell
from ..errors import TransformError
from ..ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    For,
    Function,
    Grow,
    If,
    Leave,
    ListOf,
    Load,
    Loc,
    Operand,
    Other,
    Pop,
    Push,
    Raise,
    Remark,
    Return,
    Scalar,
    Statement,
    Store,
    TupleOf,
    Type,
    Var,
    View,
    While,
)
from ..walk import Path, binds, blocks, walk, with_blocks


def infer(function: Function, argtypes: tuple[Any, ...]) -> Function:
    """The function with `types` filled in for these Numba argument types.

    Raises TransformError with the user's line where Numba cannot type it."""
    text = _Flat(function)
    namespace = _namespace(function)
    exec(compile(text.source, f"<types of {function.name}>", "exec"), namespace)
    try:
        func_ir, typemap = _run(namespace[text.name], argtypes)
    except NumbaError as error:
        raise _explain(error, function, text) from None
    found: dict[str, Type] = {}
    reached: set[int] = set()
    for block in func_ir.blocks.values():
        reached |= {inst.loc.line for inst in block.body}
        for inst in block.find_insts(numba_ir.Assign):
            name = text.names.get(inst.target.unversioned_name)
            if name is not None and (inst.loc.line, name) in text.lines:
                found[name] = unify(found.get(name), convert(typemap[inst.target.name]))
    for param, type_ in zip(function.params, argtypes, strict=True):
        found[param.name] = unify(found.get(param.name), convert(type_))
    for name, value in function.captures.items():
        found[name] = convert(typeof(value))
    return replace(function, body=_reached(function.body, (), text, reached), types=found)


def _reached(block: Block, path: Path, text: _Flat, lines: set[int]) -> Block:
    """The block without the branches that Numba has pruned, because their test is a constant for these types."""
    out: list[Statement] = []
    for position, s in enumerate(block):
        here = (*path, position)
        inner = tuple(_reached(b, (*here, number), text, lines) for number, b in enumerate(blocks(s)))
        pruned = [bool(b) and not _seen(b, (*here, number), text, lines) for number, b in enumerate(blocks(s))]
        if isinstance(s, If) and any(pruned):
            out += inner[1] if pruned[0] else inner[0]
        else:
            out.append(with_blocks(s, inner) if inner else s)
    return tuple(out)


def _seen(block: Block, path: Path, text: _Flat, lines: set[int]) -> bool:
    """Is there a line of the block, outside what it nests, in the typed function?"""
    return any(text.at.get((*path, position)) in lines for position in range(len(block)))


def convert(numba_type: Any) -> Type:
    """Numba's type as ours."""
    numba_type = types.unliteral(numba_type)
    match numba_type:
        case types.Array():
            return Array(str(numba_type.dtype), numba_type.ndim, numba_type.layout)
        case types.Boolean():
            return Scalar("bool")
        case types.Number():
            return Scalar(str(numba_type))
        case types.BaseTuple():
            return TupleOf(tuple(convert(item) for item in numba_type))
        case types.List():
            return ListOf(convert(numba_type.dtype))
        case _:
            return Other(str(numba_type))


def unify(left: Type | None, right: Type) -> Type:
    """The type of a name with two definitions, as Numba unifies them."""
    if left is None or left == right:
        return right
    match left, right:
        case Scalar(a), Scalar(b):
            return Scalar(np.result_type(a, b).name)
        case Array(a, n, _), Array(b, m, _) if a == b and n == m:
            return Array(a, n, "A")
        case _:
            return Other(f"{left} or {right}")


# ---- Numba ----------------------------------------------------------------------------------------------------


@register_pass(mutates_CFG=False, analysis_only=True)
class _Stop(FunctionPass):  # type: ignore[misc]  # Numba is untyped
    _name = "wengert_types_known"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        raise compiler._EarlyPipelineCompletion((state.func_ir, state.typemap))


class _TypesOnly(compiler.CompilerBase):  # type: ignore[misc]
    def define_pipelines(self) -> list[Any]:
        passes = compiler.DefaultPassBuilder.define_untyped_pipeline(self.state)
        passes.add_pass(NopythonTypeInference, "type inference")
        passes.add_pass(_Stop, "types are known")
        passes.finalize()
        return [passes]


def _run(function: Any, argtypes: tuple[Any, ...]) -> tuple[Any, Mapping[str, Any]]:
    typing, target = cpu_target.typing_context, cpu_target.target_context
    typing.refresh()
    target.refresh()
    flags = compiler.Flags()
    flags.nrt = True
    flags.error_model = "numpy"
    with global_compiler_lock, _jit(), warnings.catch_warnings():
        warnings.simplefilter("ignore", NumbaWarning)      # the generated code gives its own, with its own lines
        result: tuple[Any, Mapping[str, Any]] = _TypesOnly(typing, target, None, argtypes, None, flags, {}).compile_extra(function)
    return result


@contextmanager
def _jit() -> Iterator[None]:
    """Inference also under NUMBA_DISABLE_JIT, where Numba could not type the functions that it implements in Python."""
    disabled, config.DISABLE_JIT = config.DISABLE_JIT, 0
    try:
        yield
    finally:
        config.DISABLE_JIT = disabled


def _namespace(function: Function) -> dict[str, Any]:
    from ... import runtime

    namespace = {name: getattr(runtime, name) for name in runtime.__all__}
    captured = {_identifier(name): value for name, value in function.captures.items()}
    return namespace | {"np": np, "math": math, "random": random} | captured


def _explain(error: Exception, function: Function, text: _Flat) -> TransformError:
    """Numba's complaint, at the user's line."""
    line = getattr(getattr(error, "loc", None), "line", None)
    loc = text.locs.get(line or 0, function.loc)
    first = next((part.strip() for part in str(error).splitlines() if part.strip() and "pipeline" not in part), "")
    return TransformError(f"Numba cannot type `{function.name}` for these arguments", loc=loc, reason=first,
                          remedy="make sure that `numba.njit` compiles the function as it is")  # fmt: skip


# ---- the flat text ----------------------------------------------------------------------------------------------


def _identifier(name: str) -> str:
    return "v_" + name.replace("%", "_t_").replace(".", "_v")


class _Flat:
    """The function as text, one statement a line, and which line came from where."""

    def __init__(self, function: Function) -> None:
        bound = {var.name for s in walk(function.body) for var in binds(s)}
        everything = bound | {param.name for param in function.params} | set(function.captures)
        self.names = {_identifier(name): name for name in everything}
        self.name = "_flat"
        self.lines: set[tuple[int, str]] = set()
        self.locs: dict[int, Loc | None] = {}
        self.at: dict[Path, int] = {}
        self.text = [f"def _flat({', '.join(_identifier(p.name) for p in function.params)}):"]
        self.block(function.body, "    ", ())
        self.source = "\n".join(self.text) + "\n"

    def line(self, indent: str, text: str, statement: Statement, *targets: Var) -> None:
        self.text.append(indent + text)
        self.locs[len(self.text)] = statement.loc
        self.lines |= {(len(self.text), target.name) for target in targets}

    def block(self, block: Block, indent: str, path: Path) -> None:
        if all(isinstance(s, Remark) for s in block):
            self.text.append(indent + "pass")
        for position, statement in enumerate(block):
            self.at[(*path, position)] = len(self.text) + 1
            self.statement(statement, indent, (*path, position))

    def statement(self, s: Statement, indent: str, path: Path) -> None:
        deeper = indent + "    "
        match s:
            case For(counter, start, stop, step, body):
                bounds = ", ".join(_text(x) for x in (start, stop, step))
                self.line(indent, f"for {_identifier(counter.name)} in range({bounds}):", s, counter)
                self.block(body, deeper, (*path, 0))
            case While(header, test, body):
                self.line(indent, "while True:", s)
                self.block(header, deeper, (*path, 0))
                self.line(deeper, f"if not {_text(test)}: break", s)
                self.block(body, deeper, (*path, 1))
            case If(test, then, orelse):
                self.line(indent, f"if {_text(test)}:", s)
                self.block(then, deeper, (*path, 0))
                self.line(indent, "else:", s)
                self.block(orelse, deeper, (*path, 1))
            case Remark():
                pass
            case _:
                self.line(indent, _simple(s), s, *binds(s))


def _text(operand: Operand) -> str:
    return ast.unparse(_spell(operand))


def _spell(operand: Operand) -> ast.expr:
    return spell.operand(operand, _identifier)


def _simple(s: Statement) -> str:
    match s:
        case Assign(target, op, args):
            return f"{_identifier(target.name)} = {ast.unparse(spell.primitive(op, [_spell(a) for a in args]))}"
        case Load(target, array, index):
            place = _place(array, index) if index else f"{_text(array)}[()]"
            return f"{_identifier(target.name)} = {place}"
        case View(target, array):
            return f"{_identifier(target.name)} = {ast.unparse(spell.view(s, _spell(array), _spell))}"
        case Store(array, index, value):
            return f"{_place(array, index)} = {_text(value)}"
        case Accumulate(array, index, value):
            return f"{_place(array, index)} += {_text(value)}"
        case Grow(tape, position):
            name = _identifier(tape.name)
            return f"while {_text(position)} >= {name}.shape[0]: {name} = grow({name})"
        case Push(list_, value):
            return f"{_identifier(list_.name)}.append({_text(value)})"
        case Pop(target, list_):
            return f"{_identifier(target.name)} = {_identifier(list_.name)}.pop()"
        case Leave(test):
            return f"if {_text(test)}: break"
        case Raise(exception, args):
            return f"raise {ast.unparse(spell.raised(exception, args, _spell))}"
        case Return(values, packed):
            inside = ", ".join(_text(v) for v in values)
            return f"return ({inside},)" if packed else f"return {inside}"
        case _:
            raise AssertionError(s)


def _place(array: Var, index: tuple[Any, ...]) -> str:
    if not index:
        return f"{_text(array)}[...]"
    items = tuple(spell.index_item(item, _spell) for item in index)
    return ast.unparse(spell.subscript(_spell(array), items))
