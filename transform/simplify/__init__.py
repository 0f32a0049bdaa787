"""What makes derived code short: each pass keeps the meaning, and can be left out without changing a number."""
from __future__ import annotations

from ..ir import Function
from ..normalise import split_webs
from .branches import merge
from .clears import unclear
from .copies import propagate
from .deadcode import eliminate
from .deadstores import drop
from .registers import promote


def simplify(function: Function) -> Function:
    """The function without dead code, needless copies and versions that could be one variable; to a fixed point."""
    function = split_webs(eliminate(function))
    function = unclear(promote(drop(propagate(function))))
    while True:
        shorter = split_webs(eliminate(drop(merge(propagate(function)))))
        if shorter.body == function.body:
            return function
        function = shorter
