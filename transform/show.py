"""The Wengert list as a person expects it."""
from __future__ import annotations

from dataclasses import dataclass

from .ir import Function


@dataclass(frozen=True)
class WengertList:
    function: Function
