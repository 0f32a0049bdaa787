"""The oracles.  In: a program.  Out: a verdict: what is wrong with its derivatives, or why it was set aside.

- the value, bit for bit, and the arguments and seeds unchanged
- no name of the text that may be read before it is bound, unless it is so in the list that the text was written from
- effects: what is printed, and the state of the random numbers, are the primal's
- forward mode against a complex step (exact to rounding, of the branch taken) and against central differences with
  Richardson's extrapolation, where no test or selection comes out differently within x ± h (else the program has a *kink*)
- reverse mode against forward mode
- the Hessian-vector product against a complex step of the gradient, and its symmetry
- optimisations off, each in turn, against on
- first derivatives by the same texts at other arguments, where the program takes other ways
- arguments that share memory: noticed if one of them is written
- exceptions: where the primal raises, derivatives raise the same
- a gradient has the type of what it belongs to

What misses a bound is computed again in longdouble: it counts only if it is not rounding, which is two
thousand times smaller there.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from tests.attack.effects import alike, watched
from tests.attack.programs import Program
from tests.attack.sharing import sharing
from tests.attack.subject import NARGS, STEP, Derived, Numbers, Subject, flat, frozen
from wengert.transform.errors import TransformError

LARGE = 1e3                             # results and derivatives beyond this are set aside: their rounding is
CANCELS = 1e15                          # numbers of this size on the way leave no digit of a result
ROUNDING = 0.3                          # of a difference that is rounding there is left less in longdouble, of others all
H = 1e-4
INEXACT = {"dot product", "matrix product", "transform inside", "transform of a function of a vector",
           "forward rule of the user's own"}  # fmt: skip
FORWARD_ONLY = ("steepness",)
Pair = tuple[Numbers, Numbers]


@dataclass(frozen=True)
class Verdict:
    """`aside`: why nothing can be said (too large, or a kink, where the modes are compared with each other only)."""

    findings: tuple[str, ...]
    aside: str = ""
    moves: bool = False                 # is the gradient other than zero?


def judge(program: Program, name: str, off: Sequence[str]) -> Verdict:
    """What is wrong with the derivatives of a program; `off`: the optimisations that are taken away, one at a time."""
    try:
        subject = Subject(program, name)
    except Exception:                                   # while it is made smaller: the module itself does not load
        return Verdict((), "irregular")
    try:
        with np.errstate(all="ignore"):
            if not regular(subject):
                return Verdict((), "irregular")
            return _Judge(subject, subject.derived("jvp"), subject.derived("vjp")).verdict(off)
    except TransformError as error:
        untyped = "Numba cannot type", "different types"
        if program.single and any(words in str(error) for words in untyped):        # not all takes both kinds of floats
            return Verdict((), "irregular")
        if "is changed by a call in a later part" in str(error):        # where Numba's order is not Python's
            return Verdict((), "irregular")
        return Verdict((f"refused: {error}",))
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return Verdict((f"error: {type(error).__name__} in {where.name}: {error} ({where.filename}:{where.lineno})",))
    finally:
        subject.forget()


def regular(subject: Subject) -> bool:
    """Does the program run, with a value of moderate size?"""
    try:
        value = flat(subject.value)
    except Exception:
        return False
    return bool(np.isfinite(value).all() and np.linalg.norm(value) < LARGE)


def has_kink(subject: Subject) -> bool:
    """Does a test or a selection come out differently within x ± h?"""
    traces = [subject.run(np.float64, subject.moved(np.float64(step), subject.v))[1] for step in (H, -H)]
    return any(trace != subject.reference[1] for trace in traces)


class _Judge:
    def __init__(self, subject: Subject, forward: Derived, backward: Derived) -> None:
        self.subject, self.forward, self.backward = subject, forward, backward

    def verdict(self, off: Sequence[str]) -> Verdict:
        subject = self.subject
        first = self.first()
        found = [*first.findings]
        if first.aside == "irregular":
            return first
        kink = first.aside == "kink"
        found += [*self.second_order(kink), *self.switched(off), *self.exceptions(), *self.kinds()]
        found += sharing(subject, self.backward, subject.u)
        found += [f"elsewhere, {finding}" for finding in self.elsewhere()]
        return replace(first, findings=tuple(found))

    def first(self) -> Verdict:
        """Values, effects and first derivatives."""
        subject = self.subject
        found: list[str] = []
        y, jv = self.called(self.forward, (subject.fresh(), subject.v), found)
        again, jtu = self.called(self.backward, (subject.fresh(), subject.u), found)
        self.jv, self.jtu = flat(jv), flat(jtu)
        if np.linalg.norm(self.jv) > LARGE or np.linalg.norm(self.jtu) > LARGE or self.overflows():
            return Verdict(tuple(found), "irregular")
        found += [f"value of {mode}" for mode, value in (("jvp", y), ("vjp", again)) if not self.same(value)]
        found += self.modes()
        kink = has_kink(self.subject)
        if not kink:
            found += self.first_order()
        return Verdict(tuple(found), "kink" if kink else "", bool(np.any(self.jtu)))

    def elsewhere(self) -> tuple[str, ...]:
        """What is wrong with the same texts at other arguments."""
        other = self.subject.elsewhere()
        return _Judge(other, self.forward, self.backward).first().findings if regular(other) else ()

    def overflows(self) -> bool:
        """Is a derivative no number because + − × alone went beyond all bounds, in what the value does not need?"""
        return not (np.isfinite(self.jv).all() and np.isfinite(self.jtu).all()) and self.overflowing()

    def overflowing(self) -> bool:
        try:
            with np.errstate(over="raise"):
                self.subject.run(np.float64, self.subject.fresh())
        except (FloatingPointError, OverflowError):
            return True
        return False

    def called(self, derived: Derived, args: tuple[Any, ...], found: list[str]) -> Any:
        """The derivative at these arguments, which it must not write to, not even for a while."""
        found += [f"unbound: {name}" for name in derived.unbound]
        result = derived.python(*frozen(args))
        effects = self.subject.reference[2]
        if not alike(derived.effects, effects, exact=not INEXACT & self.subject.program.used):
            found.append(f"effects of {derived.written.entry}: {derived.effects} against {effects}")
        return result

    def same(self, value: Any) -> bool:
        """Bit for bit, but for the sign of a NaN, for the order in which BLAS adds up, and that of a derivative inside, and for the
        last bit of functions that NumPy computes in another way where the numbers have gaps."""
        gaps = any(isinstance(arg, np.ndarray) and not arg.flags.c_contiguous for arg in self.subject.args)
        if gaps or INEXACT & self.subject.program.used:
            found, expected = flat(value), flat(self.subject.value)
            return bool(np.linalg.norm(found - expected) <= 1e-13 * max(np.linalg.norm(expected), 1.0))
        return np.array_equal(flat(value), flat(self.subject.value), equal_nan=True)

    # ---- first order --------------------------------------------------------------------------------------------

    def modes(self) -> Iterator[str]:
        """⟨u, Jv⟩ = ⟨J'u, v⟩."""
        subject, v, u = self.subject, flat(self.subject.v), flat(self.subject.u)

        def gap(jv: Numbers, jtu: Numbers) -> Any:
            size = np.linalg.norm(u) * np.linalg.norm(jv) + np.linalg.norm(jtu) * np.linalg.norm(v)
            return abs(np.dot(u, jv) - np.dot(jtu, v)) / size if size != 0 else 0.0

        if gap(self.jv, self.jtu) <= 1e-12:
            return
        args = subject.moved(np.longdouble(0), subject.v)
        jv = flat(self.forward.run(np.longdouble, (args, subject.v))[1])
        jtu = flat(self.backward.run(np.longdouble, (args, subject.u))[1])
        lost = np.linalg.norm(jv - self.jv) * np.linalg.norm(u) + np.linalg.norm(jtu - self.jtu) * np.linalg.norm(v)
        if subject.largest < CANCELS and not gap(jv, jtu) <= 1e-15 and not abs(np.dot(u, jv) - np.dot(jtu, v)) < ROUNDING * lost:
            yield f"reverse against forward: {gap(self.jv, self.jtu):.1e}, in longdouble {gap(jv, jtu):.1e}"

    def first_order(self) -> Iterator[str]:
        subject = self.subject
        value, _ = subject.run(np.complex128, subject.moved(np.complex128(STEP * 1j), subject.v))
        expected = flat(value).imag / STEP
        if np.isfinite(expected).all() and not close(self.jv, expected, 1e-11):
            value, _ = subject.run(np.clongdouble, subject.moved(np.clongdouble(STEP * 1j), subject.v))
            args = subject.moved(np.longdouble(0), subject.v)
            found, exact = flat(self.forward.run(np.longdouble, (args, subject.v))[1]), flat(value).imag / np.longdouble(STEP)
            if self.differ((self.jv, found), (expected, exact), 1e-14):
                yield f"forward against a complex step: {self.jv[:4]} against {expected[:4]}"
            if not close(found, exact, 1e-14):
                return                                  # differences would be no better
        if close(self.jv, self.differences(np.float64, H)[0], 1e-6):
            return
        found, error = self.differences(np.longdouble, H / 4)
        if not close(self.jv, found, 1e-7) and error < 1e-2 * np.linalg.norm(found - self.jv):
            yield f"forward against differences: {self.jv[:4]} against {found[:4]}"

    def differences(self, dtype: Any, step: float) -> tuple[Numbers, float]:
        """Central differences at h and h/2, extrapolated, and by how much that moves them: a lot where the program is chaotic."""
        subject = self.subject

        def central(h: float) -> Numbers:
            above, below = (flat(subject.run(dtype, subject.moved(dtype(s), subject.v))[0]) for s in (h, -h))
            return (above - below) / dtype(2 * h)

        coarse, fine = central(step), central(step / 2)
        return fine + (fine - coarse) / 3, float(np.linalg.norm(fine - coarse))

    def differ(self, found: Pair, expected: Pair, bound: float) -> bool:
        """Are they apart, beyond the bound and beyond rounding?  Both in float64 and in longdouble."""
        if close(found[1], expected[1], bound) or self.subject.largest >= CANCELS:
            return False
        lost = np.linalg.norm(found[1] - found[0]) + np.linalg.norm(expected[1] - expected[0])
        return not np.linalg.norm(found[1] - expected[1]) < ROUNDING * lost

    # ---- second order -------------------------------------------------------------------------------------------

    def second_order(self, kink: bool) -> Iterator[str]:
        subject = self.subject
        product = subject.derived("hvp")
        x, *rest = subject.fresh()
        v, w = subject.v[:NARGS], subject.w[:NARGS]
        found: list[str] = []
        hv, hw = flat(self.called(product, (x, v, *rest), found)), flat(product.python(x, w, *rest))
        yield from found
        if np.linalg.norm(hv) > LARGE * 10:
            return
        size = np.linalg.norm(hv) * np.linalg.norm(flat(w)) + np.linalg.norm(hw) * np.linalg.norm(flat(v))
        gap = abs(np.dot(flat(w), hv) - np.dot(flat(v), hw))
        expected = self.of_gradient(np.complex128, np.float64)
        overflows = not np.isfinite(expected).all()
        known = kink or (close(hv, self.differences_of_gradient(), 1e-5) if overflows else close(hv, expected, 1e-10))
        skew = gap > 1e-10 * size
        if not skew and known:
            return
        x, *rest = subject.moved(np.longdouble(0), subject.v)
        both = (hv, flat(product.run(np.longdouble, (x, v, *rest)))), (expected, self.of_gradient(np.clongdouble, np.longdouble))
        if skew and self.differ(*both, 1e-9):
            yield f"hvp is not symmetric: {gap / size:.1e}"
        if not known and self.differ(*both, 1e-13):
            yield f"hvp against a complex step of the gradient: {hv[:4]} against {expected[:4]}"

    def of_gradient(self, dtype: Any, real: Any) -> Numbers:
        """The gradient of `total` differentiated by a complex step."""
        subject = self.subject
        args = subject.moved(dtype(STEP * 1j), subject.v)
        gradient = self.backward.run(dtype, (args, weighted(subject.value, subject.program.weights)))[1]
        return flat(gradient).imag / real(STEP)

    def differences_of_gradient(self) -> Numbers:
        """The same by differences."""
        subject, weights = self.subject, weighted(self.subject.value, self.subject.program.weights)
        above, below = (flat(self.backward.run(np.float64, (subject.moved(np.float64(h), subject.v), weights))[1]) for h in (H, -H))
        return (above - below) / (2 * H)

    # ---- the rest -----------------------------------------------------------------------------------------------

    def switched(self, off: Sequence[str]) -> Iterator[str]:
        subject = self.subject
        for name in off:
            if name in FORWARD_ONLY:
                other = subject.derived("jvp", (name,))
                found, expected, args = flat(other.python(subject.fresh(), subject.v)[1]), self.jv, (subject.v,)
            else:
                other = subject.derived("vjp", (name,))
                found, expected, args = flat(other.python(subject.fresh(), subject.u)[1]), self.jtu, (subject.u,)
            yield from (f"without {name}, unbound: {what}" for what in other.unbound)
            if close(found, expected, 1e-11) or (not np.isfinite(found).all() and self.overflowing()):
                continue
            point = subject.moved(np.longdouble(0), subject.v)
            with_it = self.forward if name in FORWARD_ONLY else self.backward
            runs = [flat(derived.run(np.longdouble, (point, *args))[1]) for derived in (other, with_it)]
            if self.differ((found, runs[0]), (expected, runs[1]), 1e-14):
                yield f"without {name}: {found[:4]} against {expected[:4]}"

    def kinds(self) -> Iterator[str]:
        subject = self.subject
        if subject.program.single:
            args = subject.declared(subject.fresh())
            (_, gradients), _ = watched(lambda: self.backward.plain(args, subject.u))
            for name, arg, found in zip("xm", args, gradients, strict=False):
                if found.dtype != arg.dtype:
                    yield f"{name} has {arg.dtype}, its gradient {found.dtype}"

    def exceptions(self) -> Iterator[str]:
        subject = self.subject
        if not {"raise", "assert"} & subject.program.used:
            return
        expected = raised(lambda: subject.run(np.float64, subject.fresh(99.0)))
        if expected is None or expected[0] == "OverflowError":      # another way through; what Python alone raises
            return
        for derived, seed in ((self.forward, subject.v), (self.backward, subject.u)):
            found = raised(partial(derived.python, subject.fresh(99.0), seed))
            if found != expected:
                yield f"{derived.written.entry} raises {found}, the primal {expected}"


def weighted(value: Any, weights: Any) -> Any:
    """The adjoint of each result in `total`."""
    if isinstance(value, tuple):
        return tuple(map(weighted, value, weights))
    return np.full(np.shape(value), weights) if isinstance(value, np.ndarray) else weights


def close(found: Numbers, expected: Numbers, bound: float) -> bool:
    """By norms; what is of no size is measured against a number."""
    if not (np.isfinite(found).all() and np.isfinite(expected).all()):
        return False
    size = max(np.linalg.norm(found), np.linalg.norm(expected), 1e-3)
    return bool(np.linalg.norm(found - expected) <= bound * size)


def raised(call: Callable[[], Any]) -> tuple[str, tuple[Any, ...]] | None:
    try:
        call()
    except Exception as error:
        return type(error).__name__, error.args
    return None
