"""What makes derived code short: each pass keeps the meaning, and can be left out without changing a number."""
from __future__ import annotations

from ..ir import Function
from ..normalise import split_webs
from ..switches import on
from ..walk import everywhere
from .borrowed import borrow
from .branches import merge
from .clears import unclear
from .copies import propagate
from .deadcode import eliminate
from .registers import promote
from .spreads import unspread


def simplify(function: Function) -> Function:
    """The function and its routines without dead code, needless copies and versions that could be one variable; to a fixed
    point."""
    return everywhere(function, _shorter)


def _shorter(function: Function) -> Function:
    function = _versions(eliminate(function))
    function = borrow(unclear(promote(unspread(propagate(function)))))
    shorter = eliminate(merge(propagate(function)))
    while shorter.body != function.body:
        function = _versions(shorter)
        shorter = eliminate(merge(propagate(function)))
    return function


def _versions(function: Function) -> Function:
    return split_webs(function) if on("webs") else function
