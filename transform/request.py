"""A transform of a function as an object: what is pickled, what generates source, and what other functions are told of it.

In: the kind of the transform, the function, what to differentiate by, Numba's options.  Out: a `Request`, which asks `pipeline` for
the source of each combination of argument types when the callable that it makes is first called with them (`runtime.dispatch`).
"""
from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..runtime.build import Generated
from ..runtime.dispatch import Specialised, make_template, make_transformed
from . import fence, pipeline
from .errors import TransformError, UnsupportedError
from .interface import Packed, ParameterKind, direction_name
from .nesting import result_of
from .pickling import packed, unpacked
from .reading.fingerprint import fingerprint, key_of
from .reading.options import taken_over
from .reading.source import EMPTY, Lifted, head, is_transformed, python_function, read, signature_with
from .reporting.recorded import mode_of
from .reporting.report import Report
from .structure import Structure, mapped

Argnums = int | str | Sequence[int | str]
Outputs = int | str | Sequence[int | str]


@dataclass(frozen=True)
class Request:
    """A transform of a function: what is pickled, and what generates source."""

    kind: str
    primal: Any
    argnums: int | tuple[int, ...] | None
    options: tuple[tuple[str, object], ...]
    has_aux: bool = False
    outputs: tuple[str, ...] = ()
    into: bool = False

    @property
    def name(self) -> str:
        nested = isinstance(self.primal, Lifted) or is_transformed(self.primal)
        return f"{head(self.primal).name if nested else python_function(self.primal).__name__.strip('<>')}_{self.kind}"

    def key(self, argtypes: tuple[Any, ...]) -> str | None:
        return key_of(self.fingerprint(), argtypes)

    def generate(self, argtypes: tuple[Any, ...]) -> Generated:
        wide = not dict(self.options).get("parallel")       # which takes a[:, None] and (n, WIDTH) for arrays that do not fit
        with _within_limits(self.primal):
            written = pipeline.write(self.product(argtypes, wide), self.compiled_with())
        return Generated(written.entry, written.text, written.injected)

    def report(self, argtypes: tuple[Any, ...], values: Sequence[object]) -> Report:
        """What the code that `generate` makes stores and computes again."""
        with _within_limits(self.primal):
            return pipeline.report(self.product(argtypes), self.compiled_with(), mode_of(self.kind), values)

    def compiled_with(self) -> dict[str, object]:
        """Options for `@njit`: those that were given, and what the function has of its own."""
        return {**taken_over(self.primal), **dict(self.options)}

    def __reduce__(self) -> tuple[Callable[..., Request], tuple[object, ...]]:
        rest = self.argnums, self.options, self.has_aux, self.outputs, self.into
        return _request, (self.kind, packed(self.primal), *rest)

    def fingerprint(self) -> str | None:
        """What tells this transform from others, for the keys of functions that call it."""
        found = fingerprint(self.primal)
        parts = self.kind, self.argnums, self.options, self.has_aux, self.outputs, self.into, found
        return None if found is None else repr(parts)

    def outline(self, inputs: tuple[Structure, ...], around: frozenset[object]) -> Structure:
        """The structure of the result for arguments of these structures, called in the text of the functions `around`."""
        if self.kind in ("vjp", "jvp"):
            given = inputs[0] if isinstance(inputs[0], tuple) else ()
            output = pipeline.outline(self.primal, given, around, self.outputs)
            return output, (tuple(given) if self.kind == "vjp" else output)
        own = (inputs[0], *inputs[2:]) if self.kind == "hvp" else inputs[:-1] if self.into else inputs
        assert self.argnums is not None
        slots: Structure = own[self.argnums] if isinstance(self.argnums, int) else tuple(own[k] for k in self.argnums)
        output = pipeline.outline(self.primal, own, around, self.outputs) if self.has_aux else 0
        if self.kind in ("jacfwd", "jacrev", "jacobian"):
            output = pipeline.outline(self.primal, own, around, self.outputs)
        if self.kind in ("jacfwd", "jacrev", "jacobian", "hessian"):
            found: Structure = mapped(lambda leaf: None if leaf is None else slots, slots if self.kind == "hessian" else output)
            return found
        if self.kind == "value_and_grad":
            return output, slots
        return (slots, output[1]) if isinstance(output, tuple) and len(output) == 2 else slots

    def result_type(self, packed: Packed, argtypes: tuple[Any, ...]) -> Any:
        return result_of(packed, argtypes)

    def product(self, argtypes: tuple[Any, ...], wide: bool = False) -> Packed:
        """The derivative; `wide`: it is compiled, and not differentiated or put into another function."""
        fastmath, outputs = bool(dict(self.options).get("fastmath")), self.outputs
        match self.kind:
            case "grad" | "value_and_grad":
                assert self.argnums is not None
                with_value = self.kind == "value_and_grad"
                rest = self.has_aux, fastmath, outputs, self.into
                return pipeline.gradient(self.primal, argtypes, self.argnums, with_value, *rest)
            case "jacfwd" | "jacrev" | "jacobian":
                assert self.argnums is not None
                return pipeline.jacobian(self.primal, argtypes, self.argnums, self.kind, fastmath, outputs, wide)
            case "hessian":
                assert self.argnums is not None
                slope = Request("grad", self.primal, self.argnums, (), outputs=outputs).make()
                return pipeline.hessian(slope, argtypes, self.argnums, wide)
            case "hvp":
                assert self.argnums is not None
                return pipeline.hessian_vector(self.primal, argtypes, self.argnums, fastmath, outputs)
            case "vjp":
                return pipeline.vector_jacobian(self.primal, argtypes, fastmath, outputs, self.into)
            case "value":
                return pipeline.value(self.primal, argtypes, outputs)
            case "pullback":
                return pipeline.pullback(self.primal, argtypes, fastmath, outputs)
            case _:
                return pipeline.jacobian_vector(self.primal, argtypes, outputs)

    def of_kind(self, kind: str) -> Request:
        return replace(self, kind=kind)

    def checked(self) -> Request:
        """The request, if the parameters of the function can be those of a derivative."""
        if not isinstance(self.primal, Lifted) and not is_transformed(self.primal):
            fence.check_parameters(read(self.primal), self.kind == "hvp")
        return self

    def make(self) -> Specialised:
        """The transformed callable."""
        self.checked()
        source = head(self.primal)
        required: tuple[ParameterKind, object] = "plain", EMPTY
        match self.kind:
            case "vjp":
                params = {"primals": required, "y_bar": required}
            case "jvp":
                params = {"primals": required, "tangents": required}
            case "hvp":
                first, *rest = source.parameters.items()
                params = {first[0]: required, direction_name(source.params): required, **dict(rest)}
            case _:
                params = source.parameters
        if self.into:
            params = {**params, "into": ("keyword", EMPTY)}
        template = make_template(self.name, signature_with(params), source.doc, source.module)
        return make_transformed(template, self, self.primal, dict(self.options), self)


@contextmanager
def _within_limits(primal: Any) -> Iterator[None]:
    """What is nested deeper than Python can read (IndentationError) or walk is refused; any other SyntaxError is our own."""
    try:
        yield
    except (RecursionError, IndentationError) as error:
        source = head(primal)
        raise UnsupportedError(
            f"`{source.name}` is nested too deeply", loc=source.loc, reason=f"Python gives up: {error.args[0]}",
            remedy="take long sums, and long chains of `elif` or `if ...: return`, apart: into a loop over a table, or functions",
        ) from error  # fmt: skip


def _request(kind: str, primal: Any, *rest: Any) -> Request:
    return Request(kind, unpacked(primal), *rest)


def requested(
    kind: str, f: Any, argnums: Argnums | None, options: Mapping[str, object], has_aux: bool = False, outputs: Outputs = (),
    into: bool = False,
) -> Request:  # fmt: skip
    """The request for a transform, its arguments checked."""
    positions = None if argnums is None and kind in ("vjp", "jvp") else _positions(f, argnums)
    return Request(kind, f, positions, _checked(options), has_aux, _names(f, outputs), _into(kind, f, into))


def _into(kind: str, f: Any, into: object) -> bool:
    """May the result take a parameter `into` behind those of the function?"""
    if not isinstance(into, bool):
        raise TypeError(
            f"into takes True or False, not a {type(into).__name__}: buffers go to the result, grad(f, into=True)(x, into=b)"
        )
    source = head(f)
    if into and kind != "vjp" and ("into" in source.params or any(source.kind(name) == "starred" for name in source.params)):
        raise TransformError(f"`{source.name}` has an argument `into` or `*args`", loc=source.loc,
                             reason="buffers are given by that name, behind all other arguments",
                             remedy="rename the argument, or write out what `*args` stands for")  # fmt: skip
    return into


def _names(f: Any, outputs: Outputs) -> tuple[str, ...]:
    """The parameters that are results, too."""
    params = head(f).params
    given = outputs if isinstance(outputs, Sequence) and not isinstance(outputs, str) else (outputs,)
    names = tuple(params[_position(f, name, "outputs")] for name in given)
    if len(set(names)) < len(names):
        raise TypeError("outputs names an argument twice")
    if names and is_transformed(f):
        raise TransformError(f"`{head(f).name}` writes into no argument", reason="it is a derivative",
                             remedy="give `outputs` to the transform that it came from")  # fmt: skip
    return names


_OPTIONS = {"boundscheck", "cache", "error_model", "fastmath", "forceinline", "inline", "nogil", "parallel"}
_OF_OTHERS = {"into": "grad, value_and_grad and vjp", "has_aux": "grad and value_and_grad"}

_KEEPS_NAN = ("afn", "arcp", "contract", "nsz", "reassoc")
"""LLVM's fast-math flags without nnan and ninf: those make NaN and Inf undefined, which a user has to ask for by name."""


def _checked(options: Mapping[str, object]) -> tuple[tuple[str, object], ...]:
    """Options of `@njit` in a fixed order."""
    for name in options:
        if name in _OF_OTHERS:
            raise TypeError(f"`{name}` is an option of {_OF_OTHERS[name]}")
        if name not in _OPTIONS:
            raise TypeError(f"`{name}` is not an option of numba.njit that derivatives take: {', '.join(sorted(_OPTIONS))}")
    given = sorted(({**options, "fastmath": _KEEPS_NAN} if options.get("fastmath") is True else options).items())
    return tuple((k, tuple(sorted(v)) if isinstance(v, set | frozenset) else v) for k, v in given)


def _positions(f: Any, argnums: Argnums | None) -> int | tuple[int, ...]:
    if isinstance(argnums, Sequence) and not isinstance(argnums, str):
        if not argnums:
            raise TypeError("argnums is empty: name at least one argument")
        positions = tuple(_position(f, item) for item in argnums)
        if len(set(positions)) < len(positions):
            raise TypeError("argnums names an argument twice")
        return positions
    return _position(f, argnums)


def _position(f: Any, argnum: object, what: str = "argnums") -> int:
    params = head(f).params
    if isinstance(argnum, str):
        if argnum not in params:
            raise TransformError(f"`{head(f).name}` has no argument `{argnum}`", reason=f"it has {', '.join(params)}")
        return params.index(argnum)
    if isinstance(argnum, bool) or not hasattr(argnum, "__index__") or isinstance(argnum, np.ndarray):
        raise TypeError(
            f"{what} takes positions or names, not a {type(argnum).__name__}: the arguments of f go to the result, grad(f)(x)"
        )
    argnum = operator.index(argnum)
    if not -len(params) <= argnum < len(params):
        raise TransformError(f"`{head(f).name}` has no argument {argnum}", reason=f"it has {len(params)}: {', '.join(params)}")
    return argnum % len(params)
