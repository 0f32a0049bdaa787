"""Which statements are there for what they do, as against what they compute."""
from __future__ import annotations

from ..ir import Assign, Statement
from ..rules import RULES


def is_effect(s: Statement) -> bool:
    """Does it print, or draw a random number?  It runs once, and in the primal's order."""
    return isinstance(s, Assign) and s.op in RULES and RULES[s.op].effect


def acts(s: Statement) -> bool:
    """Is it an effect, or a check that is made for what it raises?"""
    return is_effect(s) or (isinstance(s, Assign) and s.op.startswith("check_"))
