"""Numba's type inference, of a function and of routines that call themselves; no machine code is made."""
from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from numba.core import compiler, config, types
from numba.core import ir as numba_ir
from numba.core.analysis import dead_branch_prune
from numba.core.compiler_lock import global_compiler_lock
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.consts import ConstantInference
from numba.core.errors import NumbaError, NumbaWarning
from numba.core.ir_utils import build_definitions, get_definition, guard
from numba.core.registry import CPUDispatcher, cpu_target
from numba.core.typed_passes import NopythonTypeInference, PartialTypeInference
from numba.core.typing import signature
from numba.core.untyped_passes import InlineClosureLikes

from ..ir import Function
from .flat import Flat, rank


@dataclass(frozen=True, slots=True)
class Inferred:
    """What Numba knows of a function after type inference."""

    func_ir: Any
    typemap: Mapping[str, Any]
    calltypes: Mapping[Any, Any]
    return_type: Any


class Stub(CPUDispatcher):  # type: ignore[misc]  # Numba is untyped
    """A routine as a function that Numba types and never compiles.  Its own handling of recursion finds the type of the
    result."""

    def __init__(self, function: Function) -> None:
        self.function, self.text = function, Flat(function)
        self.inferred: dict[tuple[Any, ...], Inferred] = {}
        self.error: NumbaError | None = None

    def ready(self, stubs: Mapping[str, Stub]) -> None:
        CPUDispatcher.__init__(self, self.text.compiled(stubs))

    def compile(self, sig: Any) -> None:
        argtypes = tuple(types.unliteral(arg) for arg in sig)
        if argtypes in self.inferred:
            return
        try:
            with self._compiling_counter:
                found = run(self.py_func, argtypes)
        except NumbaError as error:
            self.error = self.error or error
            raise
        self.inferred[argtypes] = found
        described = SimpleNamespace(modname=__name__, qualname=self.function.name, uid=len(self.inferred))
        made = SimpleNamespace(signature=signature(found.return_type, *argtypes), objectmode=False, fndesc=described)
        self.overloads[argtypes] = made

    def _make_finalizer(self) -> Callable[[], None]:
        """There is no machine code to release."""
        return _nothing

    def fold_argument_types(self, args: Any, kws: Any) -> Any:
        folded, args = CPUDispatcher.fold_argument_types(self, args, kws)
        return folded, tuple(map(types.unliteral, args))

    def get_call_template(self, args: Any, kws: Any) -> Any:
        return CPUDispatcher.get_call_template(self, tuple(map(types.unliteral, args)), kws)


@register_pass(mutates_CFG=False, analysis_only=True)
class _Stop(FunctionPass):  # type: ignore[misc]  # Numba is untyped
    _name = "wengert_types_known"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        raise compiler._EarlyPipelineCompletion(Inferred(state.func_ir, state.typemap, state.calltypes, state.return_type))


class _TypesOnly(compiler.CompilerBase):  # type: ignore[misc]
    def define_pipelines(self) -> list[Any]:
        passes = compiler.DefaultPassBuilder.define_untyped_pipeline(self.state)
        passes.passes = [step for step in passes.passes if step[0] is not InlineClosureLikes]      # it takes lists away
        passes.add_pass(NopythonTypeInference, "type inference")
        passes.add_pass(_Stop, "types are known")
        passes.finalize()
        return [passes]


def _nothing() -> None:
    """What is left to do when a stub dies."""


class _WithClosures(_TypesOnly):
    """Of a function as the user wrote it."""

    def define_pipelines(self) -> list[Any]:
        passes = compiler.DefaultPassBuilder.define_untyped_pipeline(self.state)
        passes.add_pass(NopythonTypeInference, "type inference")
        passes.add_pass(_Stop, "types are known")
        passes.finalize()
        return [passes]


@register_pass(mutates_CFG=True, analysis_only=False)
class _KnownRanks(PartialTypeInference):  # type: ignore[misc]
    """`rank(a)` as a constant where the type of `a` is known, and only those branches that it leaves; again, as long as that makes
    more types known."""

    _name = "wengert_known_ranks"

    def run_pass(self, state: Any) -> bool:
        count = -1
        while count != len(state.func_ir.blocks):
            count = len(state.func_ir.blocks)
            PartialTypeInference.run_pass(self, state)
            for block in state.func_ir.blocks.values():
                for s in block.find_insts(numba_ir.Assign):
                    is_call = isinstance(s.value, numba_ir.Expr) and s.value.op == "call"
                    function = guard(get_definition, state.func_ir, s.value.func) if is_call else None
                    is_rank = isinstance(function, numba_ir.Global) and function.value is rank
                    array = state.typemap.get(s.value.args[0].name) if is_rank else None
                    if isinstance(array, types.Array):
                        s.value = numba_ir.Const(array.ndim, loc=s.loc)
            self.prune(state)
        return True

    def prune(self, state: Any) -> None:
        count = -1
        while count != len(state.func_ir.blocks):
            count = len(state.func_ir.blocks)
            state.func_ir._definitions = build_definitions(state.func_ir.blocks)
            state.func_ir._consts = ConstantInference(state.func_ir)
            dead_branch_prune(state.func_ir, state.args)


class _WithRanks(_TypesOnly):
    """Of a function whose helpers ask for the rank of their arguments.  Numba takes away the branches for other ranks in each
    helper by itself; inlined, its arguments are names like others, whose types have to be found first."""

    def define_pipelines(self) -> list[Any]:
        passes = compiler.DefaultPassBuilder.define_untyped_pipeline(self.state)
        passes.passes = [step for step in passes.passes if step[0] is not InlineClosureLikes]
        passes.add_pass(_KnownRanks, "ranks as constants")
        passes.add_pass(NopythonTypeInference, "type inference")
        passes.add_pass(_Stop, "types are known")
        passes.finalize()
        return [passes]


class _Remembering:
    """Numba's typing context for one function: what a function of Numba gives for the same types is asked once.  There are hundreds
    of sums and products of two floats in a derivative."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self.known: dict[tuple[Any, Any], Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.context, name)

    def resolve_function_type(self, function: Any, args: Any, kws: Any) -> Any:
        if kws or type(function) is not types.Function or not all(arg.is_precise() for arg in args):
            return self.context.resolve_function_type(function, args, kws)
        found = self.known.get((function, args))
        if found is None:
            self.known[function, args] = found = self.context.resolve_function_type(function, args, kws)
        return found

    def resolve_setitem(self, target: Any, index: Any, value: Any) -> Any:
        return self.resolve_function_type(self.context.resolve_value_type(operator.setitem), (target, index, value), {})


def run(function: Any, argtypes: tuple[Any, ...], closures: bool = False) -> Inferred:
    """`closures`: there may be functions and comprehensions inside, and lists need not stay."""
    typing, target = cpu_target.typing_context, cpu_target.target_context
    typing.refresh()
    target.refresh()
    flags = compiler.Flags()
    flags.nrt = True
    flags.error_model = "numpy"

    def by(kind: type[_TypesOnly]) -> Inferred:
        result: Inferred = kind(_Remembering(typing), target, None, argtypes, None, flags, {}).compile_extra(function)
        return result

    with global_compiler_lock, jitting(), warnings.catch_warnings():
        warnings.simplefilter("ignore", NumbaWarning)      # the generated code gives its own, with its own lines
        return by(_WithClosures if closures else _WithRanks if "rank" in function.__code__.co_names else _TypesOnly)


@contextmanager
def jitting() -> Iterator[None]:
    """Inference also under NUMBA_DISABLE_JIT, where Numba could not type the functions that it implements in Python."""
    disabled, config.DISABLE_JIT = config.DISABLE_JIT, 0
    try:
        yield
    finally:
        config.DISABLE_JIT = disabled
