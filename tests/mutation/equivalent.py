"""Mutants that change nothing that anybody could see, each with the reason."""

from __future__ import annotations

EQUIVALENT: dict[str, str] = {
    "analyses/aliases:items":
        "the items of a tuple get names where it is made: each array is taken out of it once, and nobody reads the tuple again",
}

# Found by tests and out of the attack's reach: the construct that its programs would have to have.
OUT_OF_REACH: dict[str, str] = {}
