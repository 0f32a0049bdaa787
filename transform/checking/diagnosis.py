"""What is probably wrong with a gradient that disagrees: a name for the cause, a sentence, and the error that says so.

In: what was found and what differences expect, element by element, for one argument.  Out: a Cause.  The list is that
of the mistakes that hand-written backward passes make.
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .differences import norm

Array = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

_CLOSE = 1e-4                           # agreement that is no accident
_ALIKE = 0.3                            # cosine above which a part of the truth is there


@dataclass(frozen=True)
class Cause:
    """`name` is for programs and tests, `text` for people."""

    name: str
    text: str


class GradientCheckError(AssertionError):
    """A derivative that disagrees with its referee.

    `cause` is a word or two ("factor 2", "half", "sign", "transposed", "kink", …), `argument` the name of the argument,
    `found` and `expected` are the numbers, `error` their relative distance.
    """

    def __init__(self, what: str, cause: Cause, argument: str = "", found: Any = None, expected: Any = None) -> None:
        self.cause, self.argument, self.found, self.expected = cause.name, argument, found, expected
        self.error = _relative(np.atleast_1d(found), np.atleast_1d(expected)) if found is not None else math.nan
        lines = [what if not argument else f"{what}, argument `{argument}`"]
        if found is not None:
            lines += [f"  found     {_shown(found)}", f"  expected  {_shown(expected)}"]
            lines.append(f"  relative error {self.error:.1e}")
        lines.append(f"  likely cause: {cause.text}")
        super().__init__("\n".join(lines))


FACTORS = {
    2.0: Cause("factor 2", "a factor 2 too many"),
    0.5: Cause("half", "half of what it should be: a factor 2 is missing"),
    -1.0: Cause("sign", "the opposite sign"),
}


def kink(before: float, after: float) -> Cause:
    return Cause(
        "kink",
        f"a kink: the derivative is {before:.6g} before this point and {after:.6g} after it, so that any convention "
        "disagrees with central differences; check at another point",
    )


def shape(found: tuple[int, ...], expected: tuple[int, ...]) -> Cause:
    """A gradient of another shape than its argument."""
    if len(found) > len(expected):
        return Cause("not summed", f"not summed over the batch: its shape is {found} instead of {expected}, and what "
                     "was broadcast forwards is summed backwards")  # fmt: skip
    if found == expected[::-1]:
        return Cause("transposed", f"a transpose is missing: its shape is {found} instead of {expected}")
    return Cause("shape", f"its shape is {found}, the argument's is {expected}")


def numbers(found: Array, expected: Array, known: Mask) -> Cause:
    """A gradient of the right shape with wrong numbers; `known` says which elements of `expected` were computed."""
    if not np.isfinite(found).all():
        return Cause("not finite", f"not finite at {_places(~np.isfinite(found))}")
    f, e = found[known], expected[known]
    if not f.any():
        return Cause("zero", "all zeros: the value is cut off from the result on its way back")
    if _close(e, np.zeros_like(e), f) and not _close(f, e, f):
        return Cause("not zero", "the result does not depend on this argument, and the gradient is not zero")
    by_factor = _factor(f, e)
    if by_factor is not None:
        return by_factor
    if known.all() and found.ndim > 1:
        if found.shape == found.T.shape and _close(found, expected.T, expected):
            return Cause("transposed", "a transpose is missing or too many: it is right transposed")
        if _close(found, expected.T.reshape(found.shape), expected):
            return Cause("reshaped", "reshaped where it should be transposed")
    wrong = known & (np.abs(found - expected) > _CLOSE * max(float(np.max(np.abs(expected))), 1e-300))
    count, total = int(wrong.sum()), int(known.sum())
    if 0 < count <= total // 2:
        return Cause("some elements", f"wrong in {count} of {total} elements, at {_places(wrong)}")
    if _cosine(f, e) > _ALIKE and np.linalg.norm(f) < np.linalg.norm(e):
        return Cause("a part is missing", "right in part: where a value is used twice, adjoints add up and must not "
                     "overwrite each other")  # fmt: skip
    return Cause("all wrong", "all wrong: no transpose and no common factor explains it")


def _factor(found: Array, expected: Array) -> Cause | None:
    """One factor between all elements."""
    square = float(np.dot(expected, expected))
    if square == 0.0:
        return None
    ratio = float(np.dot(found, expected)) / square
    if not _close(found, ratio * expected, expected):
        return None
    for factor, cause in FACTORS.items():
        if abs(ratio - factor) < _CLOSE:
            return cause
    if abs(ratio - 1.0) < _CLOSE:
        return Cause("precision", "right to a few digits only: lost precision, or a constant that is a little off")
    if found.size == 1:
        return None
    whole = 1.0 / ratio if abs(ratio) < 1.0 else ratio
    count = f", a sum for a mean over {round(whole)} or the reverse" if abs(whole - round(whole)) < 1e-3 else ""
    return Cause("factor", f"{ratio:.6g} times what it should be, in every element{count}")


def _close(a: Array, b: Array, scale: Array) -> bool:
    return bool(np.linalg.norm(a - b) <= _CLOSE * np.linalg.norm(scale))


def _cosine(a: Array, b: Array) -> float:
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.dot(a, b)) / size if 0.0 < size < math.inf else 0.0


def _places(which: Mask) -> str:
    """The first few places, as indices."""
    places = [str([int(i) for i in place]) for place in np.argwhere(which)]
    return ", ".join(places[:4]) + (", …" if len(places) > 4 else "") if which.ndim else "this number"


def _relative(found: Any, expected: Any) -> float:
    if np.shape(found) != np.shape(expected):
        return math.inf
    found, expected = np.asarray(found, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    size = max(norm(found.ravel()), norm(expected.ravel()))
    return norm((found - expected).ravel()) / size if size > 0.0 else 0.0


def _shown(value: Any) -> str:
    array = np.asarray(value)
    if array.size == 1:
        return f"{float(array.reshape(())):.10g}"
    text = np.array2string(array, precision=6, threshold=12, edgeitems=3, separator=", ")
    return text.replace("\n", "\n" + " " * 12)
