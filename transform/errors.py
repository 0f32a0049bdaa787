"""What is raised when a function cannot be transformed.

In: what is wrong in one sentence, the place in the user's file, the reason, and what to write instead.
Out: an exception whose text is laid out like a compiler's message.

    demo.py:7: `try` is not supported in a differentiated function
        7 |     try:
          |     ^^^
      reason: an exception leaves the reverse sweep without the values that it needs
      help:   test the condition with `if` before the statement that could fail
      called from demo.py:31: total += safe(x[i])

Errors compare by identity, pickle, and are never changed: `called` gives a new one with one more call site.
"""
from __future__ import annotations

import unicodedata
from typing import Self

from .ir import Loc

_GUTTER = 5


class TransformError(Exception):
    """Base of everything that this package raises about a function that it was given.

    `loc`, `reason`, `remedy` and `calls` (the call sites on the way in, outermost first) are there for tools;
    `str` has it all.
    """

    def __init__(
        self,
        message: str,
        *,
        loc: Loc | None = None,
        reason: str = "",
        remedy: str = "",
        calls: tuple[Loc, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.loc = loc
        self.reason = reason
        self.remedy = remedy
        self.calls = calls

    def __str__(self) -> str:
        lines = [self.message] if self.loc is None else _excerpt(self.message, self.loc)
        if self.reason:
            lines.append(f"  reason: {self.reason}")
        if self.remedy:
            lines.append(f"  help:   {self.remedy}")
        lines += [f"  called from {site.file}:{site.line}: {site.text.strip()}" for site in reversed(self.calls)]
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.loc, self.reason, self.remedy, self.calls)

    def called(self, site: Loc | None) -> Self:
        """The same error, seen from a caller: `site` is the call in the caller's file (None changes nothing)."""
        calls = self.calls if site is None else (site, *self.calls)
        return type(self)(self.message, loc=self.loc, reason=self.reason, remedy=self.remedy, calls=calls)


class UnsupportedError(TransformError):
    """Syntax, a call or a kind of function that is refused."""


class NotDifferentiableError(TransformError, TypeError):
    """Types for which there is no derivative: an integer among `argnums`, a result that is not a scalar."""


def _rebuild(
    kind: type[TransformError], message: str, loc: Loc | None, reason: str, remedy: str, calls: tuple[Loc, ...]
) -> TransformError:
    return kind(message, loc=loc, reason=reason, remedy=remedy, calls=calls)


def _excerpt(message: str, loc: Loc) -> list[str]:
    """The headline, the user's line, and the caret under the text from `loc.column` to `loc.end_column`."""
    text = loc.text.rstrip()
    if not text:
        return [f"{loc.file}:{loc.line}: {message}"]
    before, under = text[: loc.column], text[loc.column : loc.end_column]
    indent = "".join(character if character == "\t" else " " * _width(character) for character in before)
    carets = "^" * max(1, sum(map(_width, under)))
    return [
        f"{loc.file}:{loc.line}: {message}",
        f"{loc.line:>{_GUTTER}} | {text}",
        f"{'':>{_GUTTER}} | {indent}{carets}",
    ]


def _width(character: str) -> int:
    """Columns that a terminal gives a character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
