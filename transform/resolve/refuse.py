"""The error at a statement of the list."""
from __future__ import annotations

from ..errors import UnsupportedError
from ..ir import Statement


def refuse(s: Statement, what: str, reason: str, remedy: str = "") -> UnsupportedError:
    return UnsupportedError(what, loc=s.loc, reason=reason, remedy=remedy)
