"""`custom_vjp`, `custom_jvp`, `checkpoint`: functions that stay calls where they are differentiated.

In: a function, and for the first two its derivative as functions of the user's.  Out: a callable like the result of any
transform, from Python and inside Numba; it computes what the function computes, and every transform of it, or of what calls it,
uses the rule (`calls`), or runs it again in the reverse sweep.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from ...runtime.build import Generated
from ...runtime.dispatch import PlainTransformed, Specialised, Transformed, make_template, make_transformed
from .. import fence, pipeline
from ..errors import TransformError, UnsupportedError
from ..interface import Packed
from ..nesting import result_of
from ..parse.routines import outline_of_text
from ..pickling import packed, unpacked
from ..reading.fingerprint import fingerprint, key_of
from ..reading.options import taken_over
from ..reading.source import Lifted, head, is_transformed, read, signature_with
from ..reporting.report import Report
from ..structure import Structure
from .calls import Rule, called, itself

Kind = Literal["custom_vjp", "custom_jvp", "checkpoint"]

RuleFunction = TypeVar("RuleFunction", bound=Callable[..., Any])


@dataclass(eq=False)
class Kept:
    """A function that stays a call: what is pickled, and what generates source.  `parts` are the functions of its rule."""

    kind: Kind
    primal: Any
    parts: tuple[Any, ...] = field(default=())

    @property
    def name(self) -> str:
        return head(self.primal).name

    @property
    def rule(self) -> Rule | None:
        if self.kind == "checkpoint":
            return None
        return Rule("vjp" if self.kind == "custom_vjp" else "jvp", self.primal, self.parts)

    def key(self, argtypes: tuple[Any, ...]) -> str | None:
        return key_of(self.fingerprint(), argtypes)

    def fingerprint(self) -> str | None:
        """What tells this function and its rule from others, for the keys of derivatives."""
        found = [fingerprint(part) for part in (self.primal, *self.parts)]
        return None if None in found else repr((self.kind, found))

    def generate(self, argtypes: tuple[Any, ...]) -> Generated:
        written = pipeline.write(itself(self.primal, argtypes, self.kind != "checkpoint"), taken_over(self.primal))
        return Generated(written.entry, written.text, written.injected)

    def report(self, argtypes: tuple[Any, ...], values: Sequence[object]) -> Report:
        """What the function stores by itself: no derivative is taken here."""
        own = itself(self.primal, argtypes, self.kind != "checkpoint")
        return pipeline.report(own, taken_over(self.primal), "no derivative", values)

    def product(self, argtypes: tuple[Any, ...]) -> Packed:
        return called(self.primal, argtypes, self.rule)

    def result_type(self, packed: Packed, argtypes: tuple[Any, ...]) -> Any:
        return result_of(packed, argtypes)

    def outline(self, inputs: tuple[Structure, ...], around: frozenset[object]) -> Structure:
        """The structure of the result for arguments of these structures, called in the text of the functions `around`."""
        try:
            return pipeline.outline(self.primal, inputs, around)
        except UnsupportedError:
            if self.kind == "checkpoint":
                raise
            found: Structure = outline_of_text(read(self.primal))
            return found

    def __reduce__(self) -> tuple[Callable[..., Kept], tuple[object, ...]]:
        return _kept, (self.kind, packed(self.primal), tuple(map(packed, self.parts)))

    def make(self) -> Specialised:
        if not isinstance(self.primal, Lifted) and not is_transformed(self.primal):
            fence.check_parameters(read(self.primal), False)
        source = head(self.primal)
        if self.kind != "checkpoint" and any(source.kind(name) != "plain" for name in source.params):
            raise UnsupportedError(
                f"`{source.name}` takes arguments by name only or as many as there are, and gets a rule of its own", loc=source.loc,
                reason="the functions of the rule get the arguments in their turn", remedy="write plain parameters",
            )  # fmt: skip
        template = make_template(source.name, signature_with(source.parameters), source.doc, source.module)
        return make_transformed(template, self, self.primal, {}, self, _KINDS[self.kind])


def _kept(kind: Kind, primal: Any, parts: tuple[Any, ...]) -> Kept:
    return Kept(kind, unpacked(primal), tuple(map(unpacked, parts)))


class WithVjp(Specialised):
    """A function that takes a rule for reverse mode."""

    def defvjp(self, fwd: Callable[..., Any], bwd: Callable[..., Any]) -> None:
        """Its derivative: ``fwd(*args)`` returns ``(y, residuals)``, ``bwd(residuals, y_bar)`` a tuple with a cotangent for each
        argument, None where there is none."""
        _give(self.recipe, (fwd, bwd), (len(head(self.primal).params), 2))


class WithJvp(Specialised):
    """A function that takes a rule for forward mode."""

    def defjvp(self, rule: RuleFunction) -> RuleFunction:
        """Its derivative: ``rule(primals, tangents)`` returns ``(y, y_dot)``, linear in the tangents.  Also a decorator of it."""
        _give(self.recipe, (rule,), (2,))
        return rule


class CustomVjp(WithVjp, Transformed):
    pass


class PlainCustomVjp(WithVjp, PlainTransformed):
    pass


class CustomJvp(WithJvp, Transformed):
    pass


class PlainCustomJvp(WithJvp, PlainTransformed):
    pass


_KINDS = {
    "custom_vjp": (CustomVjp, PlainCustomVjp),
    "custom_jvp": (CustomJvp, PlainCustomJvp),
    "checkpoint": (Transformed, PlainTransformed),
}


def custom_vjp(f: Callable[..., Any]) -> Any:
    """The function with a derivative of your own for reverse mode, which ``f.defvjp(fwd, bwd)`` gives.

    ``fwd(*args)`` returns ``(y, residuals)``; ``bwd(residuals, y_bar)`` returns a tuple with a cotangent for each argument, None
    where there is none.  The residuals are numbers, arrays, tuples of them, or None; `y_bar` has the structure of y, with None for
    integers.  Nothing that is said so is questioned.
    Forward mode takes the transpose of `bwd`, if `bwd` is linear in `y_bar`.

    >>> import numpy as np
    >>> from wengert import custom_vjp, grad
    >>> @custom_vjp
    ... def rounded(x):
    ...     return np.rint(x)
    >>> def fwd(x):
    ...     return rounded(x), None
    >>> def bwd(_, y_bar):
    ...     return y_bar,
    >>> rounded.defvjp(fwd, bwd)
    >>> def square(x):
    ...     return rounded(x) ** 2
    >>> grad(square)(2.7)
    6.0
    """
    return _made("custom_vjp", f)


def custom_jvp(f: Callable[..., Any]) -> Any:
    """The function with a derivative of your own, which ``f.defjvp(rule)`` gives, for both modes.

    ``rule(primals, tangents)`` gets the tuple of the arguments and that of their tangents, with None for integers, and returns
    ``(y, y_dot)``.  Reverse mode takes the transpose of the rule, which has to be linear in the tangents.

    >>> import math
    >>> from wengert import custom_jvp, grad
    >>> @custom_jvp
    ... def logistic(x):
    ...     return 1.0 / (1.0 + math.exp(-x))
    >>> @logistic.defjvp
    ... def rule(primals, tangents):
    ...     y = logistic(primals[0])
    ...     return y, y * (1.0 - y) * tangents[0]
    >>> grad(logistic)(0.0)
    0.25
    """
    return _made("custom_jvp", f)


def checkpoint(f: Callable[..., Any]) -> Any:
    """The function, run again in the reverse sweep: of a call nothing is kept but the arguments.

    >>> import numpy as np
    >>> from wengert import checkpoint, grad
    >>> def layer(x):
    ...     return np.tanh(x * x)
    >>> def network(x):
    ...     return np.sum(checkpoint(layer)(x))
    >>> bool(np.all(grad(network)(np.ones(2)) == grad(lambda x: np.sum(layer(x)))(np.ones(2))))
    True
    """
    return _made("checkpoint", f)


def _made(kind: Kind, f: Any) -> Specialised:
    return Kept(kind, f).make()


def _give(kept: Kept, parts: tuple[Any, ...], counts: tuple[int, ...]) -> None:
    """The rule, whose functions take so many arguments."""
    if kept.parts:
        raise TransformError(
            f"`{kept.name}` has its rule already", loc=head(kept.primal).loc,
            reason="derivatives that were made with the first one would stay what they are",
            remedy=f"give the rule to a new function: `{kept.kind}(f)`",
        )  # fmt: skip
    for part, count in zip(parts, counts, strict=True):
        source = head(part)
        if len(source.params) != count or any(source.kind(name) != "plain" for name in source.params):
            raise TransformError(
                f"`{source.name}` takes {', '.join(source.params)}, and as part of a rule it is given {count}",
                loc=source.loc, reason=f"`{kept.name}` takes {', '.join(head(kept.primal).params)}",
                remedy="write it for `fwd(*args)`, `bwd(residuals, y_bar)`, `rule(primals, tangents)`",
            )  # fmt: skip
    kept.parts = parts
